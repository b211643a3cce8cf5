"""The first steps after the letter (ux.md F1): code, year of birth, language, what this is, and a lock of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from flask import Response, current_app, request, session

from webapp.access import codes, invitations, locks, passkeys, rules
from webapp.access.attempts import Wait
from webapp.access.blueprint import body, enter, guess, keys, pages, party, phone_to_call, refused, too_many
from webapp.access.models import Invitation
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import ngettext, reader_of, spoken_to
from webapp.people import sessions
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.permissions import Role
from webapp.terms.actions import terms_of
from webapp.terms.shapes import Invitation as Agreed

PLACE = "start"  # in the session: how far this device is
ENDED = "/start?ended=1"


class Underway(NamedTuple):
    """Somebody in the middle of the first steps."""

    invitation: Invitation
    account: Account
    membership: Membership

    @property
    def is_office(self) -> bool:
        return reader_of(self.membership.role) == "staff"


def municipality_of(invitation: Invitation) -> Municipality:
    found = db().get(Municipality, invitation.municipality_id)
    assert found is not None
    return found


def agreed(invitation: Invitation) -> Agreed:
    own = municipality_of(invitation)
    return terms_of(db(), invitation.municipality_id, own.terms_token).invitation(day_of(now()))


def place() -> dict[str, Any]:
    found = session.get(PLACE)
    return found if isinstance(found, dict) else {}


def remember(**more: Any) -> None:
    session[PLACE] = {**place(), **more}
    session.permanent = True


def step(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view of a step: only with a code that counts still, and after the year of birth where that is asked."""

    @wraps(view)
    def checked() -> Response:
        underway = found_place()
        if underway is None:
            return refused(_("This code does not work any more. Call us, then you get a new one.")) if request.is_json else go(ENDED)
        if underway.invitation.asks_year and not place().get("year") and view.__name__ not in ("birth", "check_birth"):
            return refused(_("First fill in the year you were born.")) if request.is_json else go("/start/birth")
        return view(underway)

    return checked


def found_place() -> Underway | None:
    try:
        key = uuid.UUID(str(place().get("id")))
    except ValueError:
        return None
    found = invitations.live(db(), key, now=now())
    return Underway(found, *invitations.account_of(db(), found)) if found else None


# P0: the code -------------------------------------------------------------------------------


def code_page(code: str = "", *, status: int = 200, **more: Any) -> Response:
    context = {"errors": {}, "code": code, "phone": phone_to_call(), **more}
    return page("access/start.html", status=status, **context)


@pages.get("/start")
def start() -> Response:
    if "ended" in request.args:
        return code_page(errors={"code": _("This code does not work any more. Call us, then you get a new one.")})
    return code_page(underway=found_place() is not None)


@pages.get("/start/<code>")
def start_with(code: str) -> Response:
    """Where the square in the letter leads: the code is filled in, and nothing is looked up yet."""
    known = rules.read_code(code)
    return code_page(rules.shown_code(known) if known else code[:16])


@pages.post("/start")
def check_code() -> Response:
    typed, at = request.form.get("code", "")[:64], now()
    attempt = guess("code " + (rules.read_code(typed) or ""))
    try:
        attempt.count(db(), now=at)
    except Wait as wait:
        return too_many("access/start.html", wait, code=typed, phone=phone_to_call())
    found = invitations.with_code(db(), keys(), typed, now=at)
    if found is None:
        short = rules.read_code(typed) is None
        words = (
            _("A code has 8 letters and numbers. It is in the yellow box.")
            if short
            else _("This code does not work any more. Call us, then you get a new one.")
        )
        return code_page(typed, status=422, errors={"code": words})
    attempt.was_right(db())
    session.pop(PLACE, None)
    remember(id=found.id.hex)
    return go("/start/birth" if found.asks_year else "/start/lock")


@pages.get("/start/birth")
@step
def birth(underway: Underway) -> Response:
    return birth_page(underway)


def birth_page(underway: Underway, *, status: int = 200, errors: dict[str, str] | None = None, year: str = "", call: bool = False) -> Response:
    phone = municipality_of(underway.invitation).phone
    return page("access/birth.html", status=status, errors=errors or {}, year=year, phone=phone, call=call)


@pages.post("/start/birth")
@step
def check_birth(underway: Underway) -> Response:
    typed, at = request.form.get("year", "")[:16], now()
    year = rules.read_year(typed, day_of(at))
    if year is None:
        return birth_page(underway, status=422, errors={"year": _("Fill in four numbers. For example 1987.")}, year=typed)
    try:
        invitations.check_year(db(), underway.invitation, year, agreed=agreed(underway.invitation), now=at)
    except invitations.NotTheYear as wrong:
        words = ngettext(
            "This year is not right. You may try %(num)s more time.", "This year is not right. You may try %(num)s more times.", wrong.left
        )
        return birth_page(underway, status=422, errors={"year": words}, year=typed)
    except invitations.CallUs:
        session.pop(PLACE, None)
        return birth_page(underway, status=422, call=True)
    remember(year=True)
    return go("/start/language")


# P1, P2: language, what this is -------------------------------------------------------------


@pages.get("/start/language")
@step
def choose_language(underway: Underway) -> Response:
    return page("access/language.html", languages=spoken_to(reader_of(underway.membership.role)))


@pages.post("/start/language")
@step
def keep_language(underway: Underway) -> Response:
    languages = spoken_to(reader_of(underway.membership.role))
    code = request.form.get("language", "")
    if code not in {spoken.code for spoken in languages}:
        return page("access/language.html", status=422, languages=languages)
    underway.account.language = code
    db().add(underway.account)
    answer = go("/start/what")
    answer.set_cookie("language", code, max_age=31_536_000, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


@pages.get("/start/what")
@step
def what_this_is(underway: Underway) -> Response:
    return page("access/what.html")


# P3: a lock of one's own --------------------------------------------------------------------


@pages.get("/start/lock")
@step
def lock(underway: Underway) -> Response:
    return page(
        "access/lock.html", underway=underway, party=party(), office=underway.is_office, participant=underway.membership.role == Role.PARTICIPANT
    )


@pages.post("/start/passkey/options")
@step
def passkey_options(underway: Underway) -> Any:
    return passkeys.ask_to_make(db(), keys(), party(), underway.account, now=now())


@pages.post("/start/passkey")
@step
def make_passkey(underway: Underway) -> Any:
    at, role = now(), underway.membership.role
    if not invitations.use(db(), underway.invitation, role=role, now=at):
        return refused(_("This code does not work any more. Call us, then you get a new one."))
    device = sessions.device_words(request.user_agent.string)
    try:
        passkeys.keep(db(), keys(), party(), underway.account, body().get("answer"), device=device, role=role, now=at)
    except passkeys.NotThePasskey:
        return refused(_("Your phone did not set it up. Try again, or choose a code and a pin."))
    return {"then": enter(underway.membership, way=sessions.PASSKEY)}


@pages.get("/start/contact")
@step
def contact(underway: Underway) -> Response:
    return contact_page(underway, typed=underway.account.phone or underway.account.email)


def contact_page(underway: Underway, *, typed: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return page("access/contact.html", status=status, errors=errors or {}, typed=typed)


@pages.post("/start/contact")
@step
def send_code(underway: Underway) -> Response:
    """A code to the phone or mail address with which this person signs in from now on."""
    typed, at = request.form.get("contact", "")[:200], now()
    if underway.is_office:
        return go("/start/lock")
    where = rules.read_contact(typed)
    if where is None:
        return contact_page(underway, typed=typed, status=422, errors={"contact": _("Fill in a mobile number or a mail address.")})
    try:
        guess("send " + underway.account.id.hex).count(db(), now=at)
    except Wait as wait:
        return too_many("access/contact.html", wait, typed=typed)
    challenge = codes.send_code(db(), keys(), [underway.account], where, now=at)
    remember(challenge=challenge.hex, contact=list(where))
    return go("/start/pin")


def pin_page(*, status: int = 200, errors: dict[str, str] | None = None, code: str = "") -> Response:
    where = rules.Contact(*place()["contact"])
    return page("access/pin.html", status=status, errors=errors or {}, code=code, shown=rules.hidden(where), channel=where.channel)


@pages.get("/start/pin")
@step
def choose_pin(underway: Underway) -> Response:
    return pin_page() if place().get("challenge") else go("/start/contact")


@pages.post("/start/pin")
@step
def set_pin(underway: Underway) -> Response:
    """The code that came, and a pin of one's own: together they open from now on."""
    if underway.is_office or not place().get("challenge"):
        return go("/start/contact")
    at, challenge, where = now(), uuid.UUID(place()["challenge"]), rules.Contact(*place()["contact"])
    typed, pin, again = (request.form.get(name, "")[:64] for name in ("code", "pin", "again"))
    errors = pin_errors(underway, rules.read_digits(pin, rules.PIN_LENGTH) or "", rules.read_digits(again, rules.PIN_LENGTH) or "")
    if errors:
        return pin_page(status=422, errors=errors, code=typed)
    if not codes.try_code(db(), keys(), challenge, rules.read_digits(typed, 6), now=at):
        return pin_page(status=422, errors={"code": _("This code is not right, or too old. Ask for a new one.")})
    role = underway.membership.role
    if not (codes.use_code(db(), challenge, now=at) and invitations.use(db(), underway.invitation, role=role, now=at)):
        return go(ENDED)
    locks.set_pin(db(), keys(), underway.account, rules.read_digits(pin, rules.PIN_LENGTH) or "", where, role=role, now=at)
    return go(enter(underway.membership, way=sessions.PIN))


def pin_errors(underway: Underway, pin: str, again: str) -> dict[str, str]:
    own = db().get(ParticipantFile, underway.account.id)
    try:
        rules.ensure_hard_pin(pin, own.birth_date if own else None)
    except rules.TooEasy as easy:
        return {"pin": _("Choose six numbers.") if easy.why == "digits" else _("This pin is easy to guess. Choose other numbers.")}
    return {} if pin == again else {"again": _("This is not the same pin. Type it again.")}
