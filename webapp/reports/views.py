"""Everything this slice answers, in one place for the assembly."""

from webapp.reports import case_views, open_data, public, watch_views
from webapp.reports.blueprint import pages

assert public and case_views and watch_views and open_data  # they add their pages

__all__ = ["pages"]
