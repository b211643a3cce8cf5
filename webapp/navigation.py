"""Finding the way: the menu of each role with what they must do, home, language, and where to sign in."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, g, make_response, redirect, request
from markupsafe import Markup
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import bindparam, func, literal_column, select, text

from webapp.access.signing_in import keep_typed, sign_in_page
from webapp.foundation.clock import now
from webapp.foundation.database import Read, db
from webapp.foundation.pages import go, own_path, page, wants_fragment
from webapp.foundation.settings import LOCAL_HOSTS
from webapp.foundation.texts import LANGUAGES, N_, Language, gettext, reader_of, spoken_to
from webapp.foundation.texts import language as spoken
from webapp.hours.reads import entries
from webapp.offers.actions import offers
from webapp.people import actions as people_actions
from webapp.people.person import Person
from webapp.permissions import Role

pages = Blueprint("pages", __name__)

HOME = {
    Role.PARTICIPANT: "/today", Role.SUPERVISOR: "/employer/hours", Role.CASE_MANAGER: "/signals",
    Role.FINANCE: "/overview", Role.ADMIN: "/overview", Role.COUNCIL: "/report",
}  # fmt: skip
MENU: dict[str, Any] = {
    Role.PARTICIPANT: (
        ("today", "/today", "sun", N_("Today")), ("offers", "/offers", "briefcase", N_("Offers")), ("hours", "/hours", "clock", N_("Hours")),
        ("premium", "/premium", "hand-coins", N_("Premium")), ("me", "/me", "circle-user", N_("Me")),
    ),
    Role.SUPERVISOR: (
        ("to_confirm", "/employer/hours", "clock", N_("Hours")), ("team", "/employer/team", "users", N_("Team")),
        ("own_requests", "/employer/requests", "handshake", N_("Requests")),
        ("company", "/employer/company", "building-2", N_("Company")), ("messages", "/messages", "bell", N_("Messages")),
    ),
    Role.CASE_MANAGER: (
        ("signals", "/signals", "bell", N_("Signals")), ("participants", "/participants", "users", N_("Candidates")),
        ("requests", "/requests", "handshake", N_("Matching")), ("safeguards", "/safeguards", "scale", N_("Watching")), ("disputes", "/disputes", "message-circle", N_("Disputes")),
        ("messages", "/messages", "mail", N_("Messages")),
    ),
    Role.ADMIN: (
        ("overview", "/overview", "gauge", N_("Overview")), ("safeguards", "/safeguards", "scale", N_("Watching")), ("report", "/report", "chart-column", N_("Report")), ("people", "/people", "users", N_("People")), ("outbox", "/outbox", "mail", N_("Post")),
        ("history", "/history", "history", N_("History")), ("retention", "/retention", "hourglass", N_("Keeping")),
        ("data_requests", "/data-requests", "message-circle", N_("Questions about data")), ("hand_over", "/hand-over", "repeat", N_("Hand over")),
        ("terms", "/terms", "settings", N_("Terms")), ("checkers", "/payouts/checkers", "shield-check", N_("Second check")), ("invoices", "/invoices", "receipt", N_("Invoices")), ("messages", "/messages", "mail", N_("Messages")),
    ),
    Role.FINANCE: (
        ("overview", "/overview", "gauge", N_("Overview")), ("payouts", "/payouts", "banknote", N_("Payments")), ("invoices", "/invoices", "receipt", N_("Invoices")), ("safeguards", "/safeguards", "scale", N_("Watching")),
        ("report", "/report", "chart-column", N_("Report")), ("terms", "/terms", "settings", N_("Terms")), ("messages", "/messages", "mail", N_("Messages")),
    ),
    Role.COUNCIL: (
        ("report", "/report", "chart-column", N_("Report")), ("open_data", "/open-data", "search", N_("Numbers for everybody")), ("messages", "/messages", "mail", N_("Messages")),
    ),
}  # fmt: skip
OTHERS = (("messages", "/messages", "bell", N_("Messages")),)

# words of a partial index, as they stand in it (DECISIONS.md 3)
OPEN: Any = literal_column("'open'")
SENT: Any = literal_column("'sent'")
CORRECTED: Any = literal_column("'corrected'")
PARTICIPANT_TODO = Read(
    select(
        select(func.count()).where(offers.c.participant_id == bindparam("person"), offers.c.status == OPEN).scalar_subquery().label("offers"),
        select(func.count())
        .where(entries.c.participant_id == bindparam("person"), entries.c.status == CORRECTED, entries.c.corrected_minutes < entries.c.minutes)
        .scalar_subquery()
        .label("hours"),
    )
)
SUPERVISOR_TODO = Read(
    select(func.count().label("waiting")).where(entries.c.establishment_id == bindparam("establishment"), entries.c.status == SENT)
)


class Item(NamedTuple):
    """One place in the menu; `badge` counts what this person must do there, never news."""

    key: str
    href: str
    icon: str
    label: str
    current: bool
    badge: int


def menu(person: Person | None) -> tuple[Item, ...]:
    """The menu of somebody's role. A page that already knows the counts leaves them in `g.todo`."""
    if person is None:
        return ()
    todo: dict[str, int] = g.todo if "todo" in g else todo_of(person)
    here = next((key for key, href, _, _ in MENU.get(person.role, OTHERS) if request.path == href or request.path.startswith(href + "/")), "")
    return _menu(person.role, spoken().code, here, tuple(todo.items()))


@lru_cache(1024)
def _menu(role: str, _language: str, here: str, todo: tuple[tuple[str, int], ...]) -> tuple[Item, ...]:
    badges = dict(todo)
    return tuple(Item(key, href, icon, gettext(label), key == here, badges.get(key, 0)) for key, href, icon, label in MENU.get(role, OTHERS))


def todo_of(person: Person) -> dict[str, int]:
    """What this person must do, per place in the menu, with one statement."""
    if person.role == Role.PARTICIPANT:
        found = PARTICIPANT_TODO.first(db(), person=person.id)
        return {"offers": found.offers, "hours": found.hours}
    if person.role == Role.SUPERVISOR:
        return {"to_confirm": SUPERVISOR_TODO.first(db(), establishment=person.establishment_id).waiting}
    return {}


def home_of(person: Person) -> str:
    return HOME[Role(person.role)]


def ask_to_sign_in() -> Response:
    """To the sign-in page, and back here afterwards; htmx is sent there in the whole window.

    A form that may wait on the phone (it says whose it is) gets 401: the worker then keeps what was typed until its person is back.
    """
    if request.is_json:
        return make_response({"error": "sign in first"}, 401)
    if request.method == "POST" and request.form.get("_person"):
        return sign_in_page(status=401)
    if request.method == "POST":
        keep_typed()
    back = "?" + urlencode({"next": request.full_path.rstrip("?")}) if request.method == "GET" and not wants_fragment() else ""
    return go("/sign-in" + back)


@pages.get("/")
def home() -> Response:
    return make_response(redirect(home_of(g.person) if g.person else "/sign-in", code=303))


@pages.get("/language")
def language() -> Response:
    return page("language.html", languages=languages(), back_to=_back())


def languages() -> list[Language]:
    return spoken_to(reader_of(g.person.role if g.person else None))


@pages.post("/language")
def choose_language() -> Response:
    code = request.form.get("language", "")
    if code not in {spoken.code for spoken in languages()}:
        return page("language.html", status=422, languages=languages(), back_to=_back())
    if g.person:
        people_actions.choose_language(db(), g.person, code)
    answer = go(_back())
    answer.set_cookie("language", code, max_age=31_536_000, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


def _back() -> str:
    """Where somebody came from, only ever a page of ours."""
    return own_path(request.values.get("next") or _came_from())


def _came_from() -> str:
    try:
        return urlsplit(request.referrer or "").path
    except ValueError:  # no address at all
        return ""


STATEMENT_MADE_ON = date(2026, 11, 23)  # when what it says was last looked at


@pages.get("/accessibility")
def accessibility() -> Response:
    """The accessibility statement, for everybody who can open the app."""
    unreviewed = [Markup('<bdi lang="{}">{}</bdi>').format(one.code, one.name) for one in LANGUAGES.values() if not one.reviewed]
    return page("accessibility.html", unreviewed=Markup(", ").join(unreviewed), made_on=STATEMENT_MADE_ON, back_to=_back())


SECURITY_TEXT_LASTS = timedelta(days=180)


@pages.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Where somebody who finds a weakness reports it (RFC 9116)."""
    settings = current_app.extensions["settings"]
    lines = (
        f"Contact: {settings.report_to}", f"Expires: {(now() + SECURITY_TEXT_LASTS).replace(microsecond=0).isoformat()}",
        "Preferred-Languages: nl, en", f"Canonical: {settings.url}/.well-known/security.txt",
    )  # fmt: skip
    return make_response("\n".join(lines) + "\n", 200, {"Content-Type": "text/plain; charset=utf-8"})


@pages.get("/healthz")
def healthz() -> Response:
    return make_response("ok\n", 200, {"Content-Type": "text/plain"})


@pages.get("/readyz")
def readyz() -> Response:
    db().execute(text("SELECT 1 FROM municipality LIMIT 1"))
    return make_response("ready\n", 200, {"Content-Type": "text/plain"})


@pages.get("/metrics")
def metrics() -> Any:
    token = current_app.extensions["settings"].metrics_token
    allowed = request.headers.get("Authorization") == f"Bearer {token}" if token else request.remote_addr in LOCAL_HOSTS
    if not allowed:
        return make_response("", 403)
    return make_response(generate_latest(), 200, {"Content-Type": CONTENT_TYPE_LATEST})
