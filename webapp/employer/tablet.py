"""The shared tablet: names to choose from, a pin, and away again after a minute without use."""

from __future__ import annotations

import uuid
from math import ceil
from typing import Any

from flask import Response, abort, current_app, g, request, session
from flask_login import login_user, logout_user

from webapp.employer import actions, reads
from webapp.employer.blueprint import pages
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import SAFE_METHODS, database, db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import duration_words
from webapp.foundation.texts import gettext as _
from webapp.history.actions import told
from webapp.hours.forms import read_uuid
from webapp.people import actions as people
from webapp.people import tablets
from webapp.people.models import Membership
from webapp.people.person import signed_in_person
from webapp.people.tablets import ENDS_WITHOUT_USE, SharedTablet

COOKIE = "tablet"
A_LONG_TIME = 400 * 24 * 3600  # seconds; the longest a browser keeps a cookie
HERE = "/employer/tablet"
OWN_PHONE_ONLY = frozenset({
    "people.roles", "people.work_as", "access.devices", "access.end_device", "access.end_all_devices", "access.end_passkey", "access.kept_form",
    "access.send_kept_form", "employer.set_pin", "employer.stand_in", "employer.end_stand_in", "employer.share_tablet",
    "notifications.settings", "notifications.save_settings", "notifications.save_quiet", "notifications.subscribe",
})  # fmt: skip


@pages.before_app_request
def to_the_names() -> Response | None:
    """On a shared tablet, signing in is choosing a name; this also catches everything that asks to sign in first."""
    return go(HERE) if request.endpoint == "access.sign_in" and request.cookies.get(COOKIE) else None


@pages.before_app_request
def only_the_floor() -> None:
    """Four digits on a device that others hold open the work of the day, and nothing that is only this person's."""
    if request.endpoint in OWN_PHONE_ONLY and session.get("tablet"):
        abort(403)


@pages.after_app_request
def keep_awake(response: Response) -> Response:
    """Use of the tablet moves the end of its sign-in; without use the page itself goes back to the names.

    Other devices carry no mark in their session, so this costs them nothing.
    """
    person = g.get("person")
    if person is None or request.endpoint in ("static", "employer.tablet", "people.sign_out") or not session.get("tablet"):
        return response
    if request.method in SAFE_METHODS:
        with database().transaction() as own:
            tablets.used(own, person.sign_in_id, now=now())
    else:
        tablets.used(db(), person.sign_in_id, now=now())
    response.headers["Refresh"] = f"{ENDS_WITHOUT_USE.seconds + 1}; url={HERE}"
    return response


def this_tablet() -> SharedTablet | None:
    return tablets.tablet_with(db(), request.cookies.get(COOKIE))


@pages.get("/employer/tablet")
def tablet() -> Response:
    """Who are you? Only on a device that a supervisor made a shared tablet."""
    if g.person is not None and session.get("tablet"):
        return go("/employer/hours")
    device = this_tablet()
    if device is None:
        answer = go("/sign-in")
        answer.delete_cookie(COOKIE)
        return answer
    return names_page(device)


def names_page(device: SharedTablet, *, status: int = 200, **more: Any) -> Response:
    more.setdefault("errors", {})
    more.setdefault("chosen", None)
    return page("employer/tablet.html", status=status, names=reads.with_pin(db(), device, day_of(now())), **more)


@pages.post("/employer/tablet/sign-in")
def open_tablet() -> Response:
    """A name and a pin open the list for this supervisor."""
    device, at = this_tablet(), now()
    if device is None:
        return go("/sign-in")
    chosen = read_uuid(request.form.get("membership_id"))
    if chosen not in {row.id for row in reads.with_pin(db(), device, day_of(at))}:
        return names_page(device, status=422, errors={"membership_id": _("Choose your name.")})
    membership = db().get(Membership, chosen)
    assert membership is not None
    try:
        made = tablets.open_with_pin(db(), membership, request.form.get("pin", ""), now=at)
    except tablets.WrongPin as wrong:
        db().commit()  # a refusal saves nothing, but a wrong try counts
        return names_page(device, status=422, errors={"pin": wrong_words(wrong)}, chosen=str(chosen))
    session.clear()
    session["tablet"] = True
    login_user(signed_in_person(db(), made.id, at, day_of(at)), remember=False)
    return go("/employer/hours")


def wrong_words(wrong: tablets.WrongPin) -> str:
    if wrong.locked_until is None:
        return _("This pin is not right. After five wrong pins it locks for a while.")
    minutes = max(1, ceil((wrong.locked_until - now()).total_seconds() / 60))
    return _(
        "Too many wrong pins. Try again in %(duration)s, or sign in on your own phone.",
        duration=duration_words(minutes),
    )


@pages.post("/employer/tablet")
def share_tablet() -> Response:
    """This device is for everybody here from now on; so whoever did it is signed out on it."""
    at = now()
    made, token = tablets.share(db(), g.person, now=at)
    told(db(), "tablet.shared", made.id, {"establishment": made.establishment_id}, by=g.person, now=at)
    people.sign_out(db(), g.person.sign_in_id, now=at)
    logout_user()
    session.clear()
    answer = go(HERE)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=A_LONG_TIME,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


@pages.post("/employer/tablet/<uuid:tablet_id>/end")
def end_tablet(tablet_id: uuid.UUID) -> Response:
    """Not shared any more, also when the device itself is lost."""
    if not actions.end_tablet(db(), g.person, tablet_id, now=now()):
        abort(404)
    return go("/employer/company?arranged=1")
