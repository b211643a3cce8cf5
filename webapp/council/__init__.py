"""The report for the council: totals of one municipality, without a name, as a page, as CSV and on paper."""
