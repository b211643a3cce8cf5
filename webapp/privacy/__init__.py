"""Whose data it is: who looked, who sees what, one's own data, corrections, leaving, and how long things are kept."""
