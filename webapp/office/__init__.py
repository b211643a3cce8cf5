"""Pages of the administrator that look over everything: the history of who saw or changed what."""
