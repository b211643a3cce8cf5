"""One's own signed-in devices and passkeys: sign out one, or all of them."""

from __future__ import annotations

import uuid

from flask import Response, abort, g, request, session
from flask_login import logout_user
from sqlalchemy import select

from webapp.access import passkeys
from webapp.access.blueprint import pages
from webapp.access.passkeys import passkeys as table
from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import reader_of
from webapp.people import sessions

HERE = "/me/devices"


@pages.get("/me/devices")
def devices() -> Response:
    at = now()
    own = db().execute(select(table).where(table.c.account_id == g.person.id, table.c.ended_at.is_(None)).order_by(table.c.made_at)).all()
    parent = "/me" if g.person.role == "participant" else "/employer/company" if g.person.role == "supervisor" else "/"
    return page(
        "access/devices.html", devices=sessions.devices_of(db(), g.person.id, now=at), passkeys=own, parent=parent, reader=reader_of(g.person.role),
        notice=_("It is done.") if "done" in request.args else None,
    )  # fmt: skip


@pages.post("/me/devices/<uuid:sign_in_id>/end")
def end_device(sign_in_id: uuid.UUID) -> Response:
    """Sign out one device. Ending it again changes nothing; one of somebody else does not exist."""
    at = now()
    if sign_in_id == g.person.sign_in_id:
        return sign_out_here()
    if not sessions.is_device_of(db(), g.person.id, sign_in_id):
        abort(404)
    sessions.end_devices(db(), g.person.id, now=at, only=sign_in_id)
    return go(HERE + "?done=1")


@pages.post("/me/devices/end")
def end_all_devices() -> Response:
    """Sign out everywhere, this device too."""
    sessions.end_devices(db(), g.person.id, now=now())
    return sign_out_here()


@pages.post("/me/passkeys/<uuid:passkey_id>/end")
def end_passkey(passkey_id: uuid.UUID) -> Response:
    """This passkey opens nothing any more: for a phone or key that was sold or lost."""
    if not passkeys.end_passkey(db(), g.person.id, passkey_id, now=now()):
        abort(404)
    return go(HERE + "?done=1")


def sign_out_here() -> Response:
    sessions.end_devices(db(), g.person.id, now=now(), only=g.person.sign_in_id)
    logout_user()
    session.clear()
    answer = go("/sign-in")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
