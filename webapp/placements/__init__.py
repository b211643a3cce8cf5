"""Work accepted: from a yes, through the recorded start, to the last day."""
