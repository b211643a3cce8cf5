"""The terms of the signed-in person's municipality, for views."""

from __future__ import annotations

from flask import g

from webapp.foundation.database import db
from webapp.terms.actions import Terms, terms_of


def terms() -> Terms:
    """As they are now; kept in memory until the municipality's token says that something changed."""
    return terms_of(db(), g.person.municipality_id, g.person.terms_token)
