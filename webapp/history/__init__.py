"""Who changed what: an append-only chain of rows per municipality."""
