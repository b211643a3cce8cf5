"""Watching over ordinary work: the report line that is open to anyone, /safeguards of the office, and the totals as open data."""
