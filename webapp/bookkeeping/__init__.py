"""The desk of the municipality: the overview, what the programme costs, and exports for the bookkeeping."""
