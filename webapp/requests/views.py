"""Requests as the application finds them: the pages are added by the slices that know who took a place."""

from webapp.requests.blueprint import pages

__all__ = ["pages"]
