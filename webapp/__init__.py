"""Opstap: temporary work with the benefit kept and a premium per hour on top.

Importing this package needs nothing but Python itself, so that the bootstrap can run before
anything is installed. `create_app` puts the pieces together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.foundation.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application: settings, database, sign-in, then each slice in turn."""
    from webapp.assembly import assemble

    return assemble(settings)
