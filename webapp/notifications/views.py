"""The inbox, when and how messages come, and the addresses a phone subscribes at."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, request
from sqlalchemy import func, select, update

from webapp.foundation.clock import now
from webapp.foundation.database import database, db
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import gettext as _
from webapp.notifications import actions
from webapp.notifications.keys import application_key, own_keys
from webapp.notifications.messages import words
from webapp.notifications.models import Notification, PushSubscription
from webapp.notifications.rules import EVENINGS, MORNINGS, EndpointRefused, KeyRefused, Quiet
from webapp.people.models import Account

pages = Blueprint("notifications", __name__, template_folder="templates")

KEPT = timedelta(days=60)
notices: Any = Notification.__table__  # type: ignore[attr-defined]
subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]
accounts: Any = Account.__table__  # type: ignore[attr-defined]


@pages.get("/messages")
def inbox() -> Response:
    rows = [(row, words(row.key, row.slots)) for row in actions.inbox(db(), g.person, since=now() - KEPT)]
    return page("notifications/inbox.html", rows=rows)


@pages.post("/messages/<uuid:notification_id>/read")
def read(notification_id: uuid.UUID) -> Response:
    """Open a message: it is read, and the screen it is about follows."""
    found: Notification | None = (
        db().execute(select(Notification).where(notices.c.id == notification_id, notices.c.account_id == g.person.id)).scalar_one_or_none()
    )
    if found is None:
        abort(404)
    actions.mark_read(db(), found, now=now())
    return go(found.path)


@pages.get("/messages/settings")
def settings() -> Response:
    wishes = db().execute(select(accounts.c.push_wanted, accounts.c.mail_wanted, accounts.c.email).where(accounts.c.id == g.person.id)).one()
    devices = db().execute(select(func.count()).where(subscriptions.c.account_id == g.person.id)).scalar_one()
    quiet = actions.quiet_of(db(), g.person.id, g.person.role)
    return page(
        "notifications/settings.html",
        wishes=wishes,
        devices=devices,
        push_key=push_key(),
        evening=f"{quiet.evening:%H:%M}",
        morning=f"{quiet.morning:%H:%M}",
        sunday=quiet.sunday,
        evenings=[(f"{clock:%H:%M}",) * 2 for clock in EVENINGS],
        mornings=[(f"{clock:%H:%M}",) * 2 for clock in MORNINGS],
    )


def push_key() -> str:
    """Our public key, for the browser. It never changes, so each process asks for it once."""
    known = current_app.extensions.get("push_key")
    if known is None:
        with database().transaction() as own:
            known = current_app.extensions["push_key"] = application_key(own_keys(own, now=now())[1])
    return str(known)


@pages.post("/messages/settings")
def save_settings() -> Response:
    """Which ways messages may come. What is not ticked is switched off; the inbox always stays."""
    wishes = {"push_wanted": request.form.get("push") == "1", "mail_wanted": request.form.get("mail") == "1"}
    db().execute(update(Account).where(accounts.c.id == g.person.id).values(**wishes))
    return go("/messages/settings")


@pages.post("/messages/settings/quiet")
def save_quiet() -> Response:
    """When no messages come. A time that is not one of those on the page changes nothing."""
    evening = next((clock for clock in EVENINGS if f"{clock:%H:%M}" == request.form.get("evening")), None)
    morning = next((clock for clock in MORNINGS if f"{clock:%H:%M}" == request.form.get("morning")), None)
    if evening is None or morning is None:
        abort(422)
    actions.choose_quiet(db(), g.person, Quiet(evening, morning, request.form.get("sunday") == "1"))
    return go("/messages/settings#quiet")


@pages.post("/push/subscriptions")
def subscribe() -> Response:
    """A phone gives its PushSubscription as JSON. 201 when it is kept, 422 with the field that is not right.

    The answer names our key, so that a phone that subscribed with another one notices. `?asked=1`: somebody tapped the
    button for it just now, so their wish is known too.
    """
    endpoint, keys = _subscription()
    if not isinstance(keys, dict) or not all(isinstance(keys.get(name), str) for name in ("p256dh", "auth")):
        return _refused("keys", _("The keys of the subscription are missing."))
    try:
        actions.subscribe(db(), g.person, endpoint, keys["p256dh"], keys["auth"], extra_origins=extension("settings").extra_push_origins, now=now())
    except EndpointRefused:
        return _refused("endpoint", _("This is not the address of a push service we know."))
    except KeyRefused as wrong:
        return _refused(wrong.field, _("This key is not right."))
    if request.args.get("asked") == "1":
        db().execute(update(Account).where(accounts.c.id == g.person.id).values(push_wanted=True))
    return make_response({"key": application_key(own_keys(db(), now=now())[1])}, 201)


@pages.delete("/push/subscriptions")
def unsubscribe() -> Response:
    endpoint, _keys = _subscription()
    try:
        actions.unsubscribe(db(), g.person, endpoint)
    except EndpointRefused:
        return _refused("endpoint", _("This is not the address of a push service we know."))
    return make_response("", 204)


def _subscription() -> tuple[str, Any]:
    """Endpoint and keys of the JSON a browser sends; junk ends with 422."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("endpoint"), str):
        abort(_refused("endpoint", _("The address of the push service is missing.")))
    return body["endpoint"], body.get("keys")


def _refused(field: str, text: str) -> Response:
    return make_response({"error": text, "field": field}, 422)
