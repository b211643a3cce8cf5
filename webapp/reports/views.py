"""Everything this slice answers, in one place for the assembly."""

from webapp.reports import case_views, public, watch_views
from webapp.reports.blueprint import pages

assert public and case_views and watch_views  # they add their pages

__all__ = ["pages"]
