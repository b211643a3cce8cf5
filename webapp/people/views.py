"""Beginning and ending a sign-in, the demo accounts, and choosing as what to work."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, current_app, g, request, session
from flask_login import login_user, logout_user
from sqlalchemy import select
from sqlmodel import col

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import SAFE_METHODS, database, db
from webapp.foundation.pages import go, page
from webapp.people import actions, sessions
from webapp.people.models import Account, Membership, Municipality
from webapp.people.person import signed_in_person
from webapp.people.sessions import device_words, due_to_note

pages = Blueprint("people", __name__, template_folder="templates")

DEMO_ORDER = ("participant", "supervisor", "case_manager", "finance", "admin", "council")


def begin(membership: Membership, *, way: str) -> None:
    """Sign this device in; whatever the old cookie held is gone, and who was signed in on it no longer is."""
    at = now()
    if g.get("person"):
        actions.sign_out(db(), g.person.sign_in_id, now=at)
    made = actions.sign_in(db(), membership, now=at, way=way, device=device_words(request.user_agent.string))
    session.clear()
    session.permanent = True
    person = signed_in_person(db(), made.id, at, day_of(at))
    login_user(person, remember=False)


@pages.after_app_request
def note_use(response: Response) -> Response:
    """Write down now and then that this device is used (sessions.LIMITS), so that without use it ends."""
    person = g.get("person")
    if person is None or request.endpoint == "static" or not due_to_note(person.role, person.idle_ends_at, at := now()):
        return response
    if request.method in SAFE_METHODS:
        with database().transaction() as own:
            sessions.note_use(own, person.sign_in_id, person.role, now=at)
    else:
        sessions.note_use(db(), person.sign_in_id, person.role, now=at)
    return response


@pages.post("/sign-out")
def sign_out() -> Response:
    if g.person:
        actions.sign_out(db(), g.person.sign_in_id, now=now())
    logout_user()
    session.clear()
    answer = go("/sign-in")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.get("/demo")
def demo() -> Response:
    in_demo_only()
    rows = db().execute(
        select(Account.handle, Account.first_name, Account.last_name, Account.language, Membership.role, Municipality.name)  # type: ignore[call-overload]
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .join(Municipality, col(Municipality.id) == col(Account.municipality_id))
        .where(col(Account.handle).is_not(None))
    )
    ordered = sorted(rows, key=lambda row: (row.name != "Waterveen", DEMO_ORDER.index(row.role), row.handle))
    return page("people/demo.html", accounts=ordered)


@pages.post("/demo/sign-in")
def demo_sign_in() -> Response:
    in_demo_only()
    account = actions.account_with_handle(db(), request.form.get("account", ""))
    found = actions.memberships_of(db(), account.id, day_of(now())) if account else []
    if not found:
        abort(422)
    begin(found[0], way=sessions.DEMO)
    return go("/")


def in_demo_only() -> None:
    if not current_app.extensions["settings"].demo:
        abort(404)


@pages.get("/me/roles")
def roles() -> Response:
    return page("people/roles.html", memberships=actions.memberships_of(db(), g.person.id, day_of(now())))


@pages.post("/me/roles")
def work_as() -> Response:
    """Work in another of one's own roles; the old signed-in role ends."""
    try:
        wanted = uuid.UUID(request.form.get("membership_id", ""))
    except ValueError:
        abort(422)
    own = [m for m in actions.memberships_of(db(), g.person.id, day_of(now())) if m.id == wanted]
    if not own:
        abort(404)
    if not sessions.opens(g.person.way, own[0].role):
        abort(403)
    begin(own[0], way=g.person.way)
    return go("/")


@pages.post("/me/theme")
def theme() -> Response:
    chosen = request.form.get("theme", "")
    if chosen not in ("", "light", "dark"):
        abort(422)
    actions.choose_theme(db(), g.person, chosen)
    return go("/me" if g.person.role == "participant" else "/messages/settings")
