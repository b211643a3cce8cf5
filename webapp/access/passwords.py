"""For who works at the municipality: a password and an app with codes, set at the end of an invitation, and signing in with them."""

from __future__ import annotations

import base64

from flask import Response, g, request

from webapp.access import invitations, locks, rules
from webapp.access.attempts import Wait
from webapp.access.blueprint import enter, guess, keys, pages, too_many
from webapp.access.models import Invitation
from webapp.access.signing_in import context, then
from webapp.access.start import ENDED, Underway, municipality_of, step
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.people import sessions


def totp_of(invitation: Invitation) -> str:
    """The seed an app is filled with; the same each time the page of this invitation is opened."""
    return base64.b32encode(bytes.fromhex(keys().mark("totp seed", invitation.id.hex))[:20]).decode()


def password_page(underway: Underway, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    import pyotp
    import segno

    seed = totp_of(underway.invitation)
    address = pyotp.TOTP(seed).provisioning_uri(name=underway.account.email, issuer_name="Opstap")
    picture = segno.make(address, error="m", micro=False).svg_data_uri(border=4, light="#ffffff")
    return page(
        "access/password.html",
        status=status,
        errors=errors or {},
        picture=picture,
        seed=" ".join(seed[n : n + 4] for n in range(0, len(seed), 4)),
        email=underway.account.email,
    )


@pages.get("/start/password")
@step
def choose_password(underway: Underway) -> Response:
    return password_page(underway) if underway.is_office else go("/start/lock")


@pages.post("/start/password")
@step
def set_password(underway: Underway) -> Response:
    """A password and the first code of the app. The answer shows the recovery codes, this once."""
    if not underway.is_office:
        return go("/start/lock")
    at, typed = now(), request.form
    own = (underway.account.first_name, underway.account.last_name, underway.account.email, municipality_of(underway.invitation).name)
    errors = {}
    try:
        rules.ensure_hard_password(typed.get("password", ""), own)
    except rules.TooEasy as easy:
        errors["password"] = password_words(easy.why)
    if not errors and rules.plain_password(typed.get("password", "")) != rules.plain_password(typed.get("again", "")):
        errors["again"] = _("This is not the same password. Type it again.")
    seed = totp_of(underway.invitation)
    used = locks.step_of(seed, rules.read_digits(typed.get("code", ""), 6) or "", last_used=0, now=at)
    if used is None:
        errors["code"] = _("This code is not right. Type the code your app shows now.")
    if errors or used is None:
        return password_page(underway, status=422, errors=errors)
    role = underway.membership.role
    if not invitations.use(db(), underway.invitation, role=role, now=at):
        return go(ENDED)
    shown = locks.set_password(db(), keys(), underway.account, typed["password"], seed, used, role=role, now=at)
    then = enter(underway.membership, way=sessions.PASSWORD)
    return page("access/recovery.html", codes=[rules.shown_code(code) for code in shown], onward=then)


def password_words(why: str) -> str:
    return {
        "short": _("Use at least 12 characters. A few words in a row is fine."),
        "long": _("Use at most 128 characters."),
        "common": _("Many people use this password. Choose another one."),
        "own": _("Your name or mail address is in it. Choose another one."),
    }[why]


# with a password and a code of an app -------------------------------------------------------


def sign_in_page(*, status: int = 200, errors: dict[str, str] | None = None, typed: str = "") -> Response:
    return page("access/sign_in_password.html", status=status, errors=errors or {}, typed=typed, **context())


@pages.get("/sign-in/password")
def type_password() -> Response:
    return go(then()) if g.person else sign_in_page()


@pages.post("/sign-in/password")
def sign_in_with_password() -> Response:
    """Mail address, password and code are judged together, so that no answer tells which of them was wrong."""
    typed, at = request.form.get("contact", "")[:200], now()
    where, password = rules.read_contact(typed), request.form.get("password", "")[: rules.LONGEST_PASSWORD + 1]
    attempt = guess("password " + (where.to if where else ""))
    try:
        attempt.count(db(), now=at)
    except Wait as wait:
        return too_many("access/sign_in_password.html", wait, typed=typed, **context())
    found = locks.with_contact(db(), keys(), where, "password")
    db().commit()
    right = locks.right_one(found, rules.plain_password(password))
    membership = locks.membership_for(db(), right.account_id, sessions.PASSWORD, day_of(at)) if right else None
    code = request.form.get("code", "")[:64]
    if right is None or membership is None or not locks.second_factor_is_right(db(), keys(), right, code, now=at):
        return sign_in_page(status=422, errors={"contact": _("These are not right together: mail address, password and code.")}, typed=typed)
    attempt.was_right(db())
    return go(enter(membership, way=sessions.PASSWORD, then=then()))
