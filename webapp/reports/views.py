"""Everything this slice answers, in one place for the assembly."""

from webapp.reports import public
from webapp.reports.blueprint import pages

assert public  # it adds the pages for everybody

__all__ = ["pages"]
