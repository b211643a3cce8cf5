"""The pages of who invites: a case manager and a participant, an admin and colleagues, and the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, g, request
from sqlmodel import Session

from webapp.access import invitations, letter, mail, reads, rules
from webapp.access.blueprint import keys, pages, settings
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.documents import send
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import reader_of, spoken_to
from webapp.history.actions import Change, record_by
from webapp.notifications import outgoing
from webapp.people.models import Account
from webapp.terms.here import terms
from webapp.terms.shapes import Invitation as Agreed

LONGEST_ADDRESS = 400
OLDEST = 120  # years


def agreed() -> Agreed:
    return terms().invitation(day_of(now()))


def read_id(typed: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed or "")
    except ValueError:
        return None


# a participant ------------------------------------------------------------------------------


@pages.get("/participants/<uuid:participant_id>/invitation")
def invitation(participant_id: uuid.UUID) -> Response:
    return invitation_page(participant_id)


def invitation_page(
    participant_id: uuid.UUID, *, status: int = 200, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response:
    """One participant: whether they are in, the letter that counts, and what to do when a phone is lost."""
    at = now()
    account, _membership, file = reads.participant(db(), g.person, participant_id, day_of(at)) or abort(404)
    latest = invitations.latest(db(), account.id)
    words = {
        "made": _("The letter is made. Print it, or let it go by post."),
        "shut": _("Nothing of the lost phone opens any more."),
        "born": _("The birth date is recorded."),
    }
    return page(
        "access/invitation.html", status=status, somebody=account, file=file, latest=latest, now=at, ways=invitations.ways_in(db(), account.id),
        parcel=reads.letters_about(db(), latest.id) if latest else None, languages=spoken_to("participant"), agreed=agreed(),
        by_post=bool(settings().notify_key), typed=typed or {"id": str(new_id()), "language": account.language, "phone": account.phone}, errors=errors or {},
        notice=next((text for name, text in words.items() if name in request.args), None),
    )  # fmt: skip


@pages.post("/participants/<uuid:participant_id>/invitation")
def make_letter(participant_id: uuid.UUID) -> Response:
    """Make the letter; an older code is void. The id comes with the form, so twice is once."""
    at, typed = now(), request.form
    account, membership, _file = reads.participant(db(), g.person, participant_id, day_of(at)) or abort(404)
    key, language, address, phone = (
        read_id(typed.get("id")),
        typed.get("language", ""),
        typed.get("address", "").strip(),
        typed.get("phone", "").strip(),
    )
    errors = {}
    if language not in {spoken.code for spoken in spoken_to("participant")}:
        errors["language"] = _("Choose the language of the letter.")
    if len(address) > LONGEST_ADDRESS or len(address.splitlines()) > 6 or not all(line.isprintable() for line in address.splitlines()):
        errors["address"] = _("An address has at most six lines.")
    if phone and rules.read_contact(phone) is None:
        errors["phone"] = _("Fill in a phone number, or leave it empty.")
    if errors or key is None:
        return invitation_page(participant_id, status=422, typed={**typed.to_dict(), "id": str(key or new_id())}, errors=errors)
    account.language, account.phone = language, phone or account.phone
    db().add(account)
    try:
        made, code = invitations.invite(db(), keys(), key, membership, kind="letter", agreed=agreed(), by=g.person, now=at)
    except invitations.BirthDateUnknown:
        words = _("The birth date is not known. Record it first: the year is the second check of the letter.")
        return invitation_page(participant_id, status=422, typed=typed.to_dict(), errors={"birth_date": words})
    if made.account_id != account.id:
        abort(404)
    if code is not None:
        put_letter(db(), account, made, code, address)
    return go(f"/participants/{participant_id}/invitation?made=1")


def put_letter(session: Session, account: Account, made: Any, code: str, address: str) -> None:
    days = {"made_on": day_of(made.made_at), "ends_on": day_of(made.ends_at)}
    content = letter.letter_content(account, code, by=g.person, url=settings().url, address=address, **days)
    said = {"layout": letter.LAYOUT, "title": content["pages"][0]["title"], "content": content}
    outgoing.put(
        session, keys(), account, outgoing.LETTER, said, purpose="invitation", cause_id=made.id, ends_at=made.ends_at, now=made.made_at,
        has_address=bool(address),
    )  # fmt: skip


@pages.post("/participants/<uuid:participant_id>/birth-date")
def record_birth_date(participant_id: uuid.UUID) -> Response:
    at = now()
    if reads.participant(db(), g.person, participant_id, day_of(at)) is None:
        abort(404)
    typed = request.form.get("birth_date", "")
    try:
        born = date.fromisoformat(typed)
    except ValueError:
        born = date.max
    if not date(day_of(at).year - OLDEST, 1, 1) <= born < day_of(at):
        return invitation_page(participant_id, status=422, errors={"birth_date": _("Fill in the birth date.")})
    invitations.record_birth_date(db(), participant_id, born, by=g.person, now=at)
    return go(f"/participants/{participant_id}/invitation?born=1")


@pages.post("/participants/<uuid:participant_id>/lock-out")
def phone_lost(participant_id: uuid.UUID) -> Response:
    """Nothing of this person opens any more, at once; a new letter lets them in again."""
    at = now()
    _account, membership, _file = reads.participant(db(), g.person, participant_id, day_of(at)) or abort(404)
    invitations.shut_out(db(), membership, by=g.person, now=at)
    return go(f"/participants/{participant_id}/invitation?shut=1")


# colleagues ---------------------------------------------------------------------------------


@pages.get("/people")
def people() -> Response:
    at = now()
    words = {"invited": _("The invitation is on its way."), "shut": _("Nothing of this person opens any more.")}
    notice = next((text for name, text in words.items() if name in request.args), None)
    return page("access/people.html", people=reads.colleagues(db(), g.person, day_of(at)), now=at, notice=notice)


@pages.get("/people/<uuid:account_id>/invitation")
def inviting(account_id: uuid.UUID) -> Response:
    return inviting_page(account_id)


def inviting_page(
    account_id: uuid.UUID, *, status: int = 200, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response:
    account, membership = reads.colleague(db(), g.person, account_id, day_of(now())) or abort(404)
    typed = typed or {"id": str(new_id()), "email": account.email}
    return page(
        "access/inviting.html", status=status, somebody=account, membership=membership, typed=typed, errors=errors or {}, agreed=agreed(),
        ways=invitations.ways_in(db(), account.id), reader=reader_of(membership.role),
    )  # fmt: skip


@pages.post("/people/<uuid:account_id>/invitation")
def invite(account_id: uuid.UUID) -> Response:
    """A mail with a code to type; an older code is void. The id comes with the form, so twice is once."""
    at, typed = now(), request.form
    account, membership = reads.colleague(db(), g.person, account_id, day_of(at)) or abort(404)
    key, where = read_id(typed.get("id")), rules.read_contact(typed.get("email", "")[:250])
    if where is None or where.channel != "mail" or key is None:
        errors = {"email": _("Fill in a mail address.")}
        return inviting_page(account_id, status=422, typed={**typed.to_dict(), "id": str(key or new_id())}, errors=errors)
    account.email = where.to
    db().add(account)
    made, code = invitations.invite(db(), keys(), key, membership, kind="mail", agreed=agreed(), by=g.person, now=at)
    if made.account_id != account.id:
        abort(404)
    if code is not None:
        words = mail.mail_words(account, code, by=g.person, url=settings().url, ends_on=day_of(made.ends_at))
        outgoing.put(db(), keys(), account, outgoing.MAIL, words, purpose="invitation", cause_id=made.id, ends_at=made.ends_at, now=at)
    return go("/people?invited=1")


@pages.post("/people/<uuid:account_id>/lock-out")
def shut_out(account_id: uuid.UUID) -> Response:
    """A colleague lost a phone, or left: nothing of theirs opens any more, at once."""
    at = now()
    _account, membership = reads.colleague(db(), g.person, account_id, day_of(at)) or abort(404)
    invitations.shut_out(db(), membership, by=g.person, now=at)
    return go("/people?shut=1")


# the outbox ---------------------------------------------------------------------------------


@pages.get("/outbox")
def outbox() -> Response:
    """What waits to be printed or handed over. A code to sign in with is shown to nobody but in the demo."""
    rows = outgoing.outbox(db(), g.person, now=now())
    shown = [(row, outgoing.said(keys(), row) if row.purpose == "invitation" or settings().demo else {}) for row in rows]
    return page("access/outbox.html", rows=shown, notice=_("It is out of the box.") if "printed" in request.args else None)


@pages.get("/outbox/<uuid:outgoing_id>/letter.pdf")
def print_letter(outgoing_id: uuid.UUID) -> Response:
    """The letter, ready to print. Reading it changes nothing."""
    row = reads.letter(db(), g.person, outgoing_id, day_of(now()))
    document = outgoing.letter_of(keys(), row) if row is not None and row.kind == outgoing.LETTER else None
    return send(document, "opstap.pdf") if document else abort(404)


@pages.post("/outbox/<uuid:outgoing_id>/printed")
def mark_printed(outgoing_id: uuid.UUID) -> Response:
    """It left the house on paper. Again changes nothing."""
    at = now()
    row = reads.letter(db(), g.person, outgoing_id, day_of(at)) or abort(404)
    if outgoing.printed(db(), row, now=at):
        change = Change("outgoing.printed", row.id, {"kind": row.kind})
        record_by(db(), [change], by=g.person, now=at)
    return go("/outbox?printed=1" if g.person.role == "admin" else f"/participants/{row.account_id}/invitation")
