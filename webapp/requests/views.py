"""Requests as the application finds them: the pages are added by the slices that know who took a place."""

from webapp.requests import employer_views  # noqa: F401 - it adds its addresses
from webapp.requests.blueprint import pages

__all__ = ["pages"]
