"""Signing in: with a passkey, with a code and a pin, or with a password and a code. Whether somebody is known is never told."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, make_response, redirect, request, session

from webapp.access import codes, kept, locks, passkeys, rules
from webapp.access.attempts import Wait
from webapp.access.blueprint import body, enter, guess, keys, pages, party, refused, settings, too_many
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, own_path, page
from webapp.foundation.texts import gettext as _
from webapp.people import sessions
from webapp.people.models import Account

PLACE = "signing_in"  # in the session: which code was asked for


def then() -> str:
    """Where somebody was going."""
    return own_path(request.values.get("next"))


def back(address: str) -> str:
    return address + ("?" + urlencode({"next": then()}) if then() != "/" else "")


def context() -> dict[str, Any]:
    return {"onward": then(), "party": party(), "demo": settings().demo}


def sign_in_page(*, status: int = 200, errors: dict[str, str] | None = None, typed: str = "") -> Response:
    return page("access/sign_in.html", status=status, errors=errors or {}, typed=typed, **context())


@pages.get("/sign-in")
def sign_in() -> Response:
    return go(then()) if g.person else sign_in_page()


# with a passkey -----------------------------------------------------------------------------


@pages.post("/sign-in/passkey/options")
def sign_in_options() -> Any:
    try:
        guess().count(db(), now=now())
    except Wait:
        return refused(_("Too many tries. Wait a moment and try again."), 429)
    return passkeys.ask_to_sign(db(), keys(), party(), now=now())


@pages.post("/sign-in/passkey")
def sign_in_with_passkey() -> Any:
    at, sent = now(), body()
    try:
        found = passkeys.whose(db(), keys(), party(), sent.get("answer"), now=at)
    except passkeys.NotThePasskey:
        return refused(_("This did not work. Try again, or sign in another way."))
    membership = locks.membership_for(db(), found.account_id, sessions.PASSKEY, day_of(at))
    if membership is None:
        return refused(_("This did not work. Try again, or sign in another way."))
    guess().was_right(db())
    asked = sent.get("next")
    return {"then": enter(membership, way=sessions.PASSKEY, then=own_path(asked if isinstance(asked, str) else None))}


# with a code and a pin ----------------------------------------------------------------------


@pages.post("/sign-in")
def ask_code() -> Response:
    """Send a code, when somebody signs in with this contact. The answer is the same when nobody does."""
    typed, at = request.form.get("contact", "")[:200], now()
    where = rules.read_contact(typed)
    if where is None:
        return sign_in_page(status=422, errors={"contact": _("Fill in a mobile number or a mail address.")}, typed=typed)
    try:
        guess("send " + where.to).count(db(), now=at)
    except Wait as wait:
        return too_many("access/sign_in.html", wait, typed=typed, **context())
    found = locks.with_contact(db(), keys(), where, "pin")
    accounts = [account for one in found if (account := db().get(Account, one.account_id))]
    challenge = codes.send_code(db(), keys(), accounts, where, now=at)
    session[PLACE] = {"challenge": challenge.hex, "contact": list(where)}
    return go(back("/sign-in/code"))


def code_page(*, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    where = rules.Contact(*session[PLACE]["contact"])
    return page("access/sign_in_code.html", status=status, errors=errors or {}, shown=rules.hidden(where), channel=where.channel, **context())


@pages.get("/sign-in/code")
def type_code() -> Response:
    return code_page() if session.get(PLACE) else go(back("/sign-in"))


@pages.post("/sign-in/code")
def sign_in_with_code() -> Response:
    place = session.get(PLACE)
    if not place:
        return go(back("/sign-in"))
    at, challenge, where = now(), uuid.UUID(place["challenge"]), rules.Contact(*place["contact"])
    attempt = guess("pin " + where.to)
    try:
        attempt.count(db(), now=at)
    except Wait as wait:
        return too_many("access/sign_in_code.html", wait, shown=rules.hidden(where), channel=where.channel, **context())
    opened = {row.account_id for row in codes.try_code(db(), keys(), challenge, rules.read_digits(request.form.get("code", "")[:64], 6), now=at)}
    found = [one for one in locks.with_contact(db(), keys(), where, "pin") if one.account_id in opened]
    db().commit()  # hashing takes a while: nobody waits for it
    right = locks.right_one(found, rules.read_digits(request.form.get("pin", "")[:64], rules.PIN_LENGTH) or "")
    membership = locks.membership_for(db(), right.account_id, sessions.PIN, day_of(at)) if right else None
    if membership is None or not codes.use_code(db(), challenge, now=at):
        return code_page(status=422, errors={"code": _("The code or the pin is not right. Try again, or ask for a new code.")})
    attempt.was_right(db())
    guess("send " + where.to).was_right(db())
    return go(enter(membership, way=sessions.PIN, then=then()))


# what was being typed -----------------------------------------------------------------------


@pages.get("/sign-in/kept")
def kept_form() -> Response:
    found = kept.typed_by(db(), keys(), g.person.membership_id, now=now())
    return page("access/kept.html", kept=found) if found else go("/")


@pages.post("/sign-in/kept")
def send_kept_form() -> Response:
    """Send it after all: the browser repeats this form, with what was typed in it, to where it was going."""
    thrown_away = "away" in request.form
    found = kept.typed_by(db(), keys(), g.person.membership_id, now=now())
    kept.forget(db(), g.person.membership_id)
    if found is None or thrown_away:
        return go("/")
    return make_response(redirect(found.path, code=307))


def keep_typed() -> None:
    """Somebody whose sign-in had ended sent a form: keep what was in it."""
    typed = [(name, text) for name, texts in request.form.lists() for text in texts]
    kept.keep(db(), keys(), session.get("_user_id"), request.full_path.rstrip("?"), typed, now=now())
