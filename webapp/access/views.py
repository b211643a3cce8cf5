"""All addresses of getting in."""

from webapp.access import devices, office, passwords, signing_in, start
from webapp.access.blueprint import pages

__all__ = ["devices", "office", "pages", "passwords", "signing_in", "start"]
