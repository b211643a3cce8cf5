"""Second checkers from outside: the admin names them; they work as finance, but only approve or send back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask import Response, abort, g, request
from sqlalchemy import select, update
from sqlmodel import Session, col

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.history.actions import told
from webapp.hours.reads import accounts
from webapp.payouts.blueprint import pages
from webapp.payouts.models import OutsideChecker
from webapp.payouts.reads import checkers as table
from webapp.payouts.reads import members
from webapp.people.models import Account, Membership, SignIn
from webapp.people.person import Person
from webapp.permissions import Role

FIELDS = ("first_name", "last_name", "email", "organisation", "reason")


@pages.get("/payouts/checkers")
def checkers() -> Response:
    return checkers_page({}, {})


def checkers_page(typed: Mapping[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    rows = db().execute(
        select(table, accounts.c.first_name, accounts.c.last_name)
        .join_from(table, members, members.c.id == table.c.membership_id)
        .join(accounts, accounts.c.id == members.c.account_id)
        .where(table.c.municipality_id == g.person.municipality_id)
        .order_by(table.c.registered_at)
    )
    return page("payouts/checkers.html", status=status, checkers=list(rows), typed=typed, errors=errors, fresh_id=typed.get("id") or new_id())


@pages.post("/payouts/checkers")
def add_checker() -> Response:
    typed = {name: request.form.get(name, "").strip()[:1000] for name in ("id", *FIELDS)}
    errors = read_errors(typed)
    try:
        id = uuid.UUID(typed["id"])
    except ValueError:
        id = new_id()
    if errors:
        return checkers_page(typed, errors, status=422)
    register(db(), id, typed, by=g.person, at=now())
    return go("/payouts/checkers")


def read_errors(typed: Mapping[str, str]) -> dict[str, str]:
    words = {
        "first_name": _("Fill in the first name."), "last_name": _("Fill in the last name."), "email": _("Fill in an e-mail address."),
        "organisation": _("Fill in for which organisation this person works."), "reason": _("Write in a few words why."),
    }  # fmt: skip
    wrong = {name: text for name, text in words.items() if not typed[name]}
    if typed["email"] and ("@" not in typed["email"][1:-1] or " " in typed["email"]):
        wrong["email"] = words["email"]
    return wrong


def register(db: Session, id: uuid.UUID, typed: Mapping[str, str], *, by: Person, at: datetime) -> None:
    """A new person with the right to do second checks. Sending the same form twice names one person."""
    if db.get(OutsideChecker, id) is not None:
        return
    account = Account(
        municipality_id=by.municipality_id, first_name=typed["first_name"], last_name=typed["last_name"], email=typed["email"], created_at=at
    )
    db.add(account)
    db.flush()
    member = Membership(municipality_id=by.municipality_id, account_id=account.id, role=Role.FINANCE, valid_from=day_of(at))
    db.add(member)
    db.flush()
    db.add(
        OutsideChecker(
            id=id, municipality_id=by.municipality_id, membership_id=member.id, organisation=typed["organisation"], reason=typed["reason"],
            registered_by=by.id, registered_at=at,
        )
    )  # fmt: skip
    db.flush()
    told(db, "payout.checker_named", id, {"organisation": typed["organisation"], "reason": typed["reason"]}, by=by, now=at)


@pages.post("/payouts/checkers/<uuid:checker_id>/end")
def end_checker(checker_id: uuid.UUID) -> Response:
    """From today on this person checks nothing here; a second tap changes nothing."""
    known = db().execute(
        select(OutsideChecker).where(table.c.id == checker_id, table.c.municipality_id == g.person.municipality_id)
    ).scalar_one_or_none() or abort(404)
    if known.ended_at is None:
        end(db(), known, by=g.person, at=now())
    return go("/payouts/checkers")


def end(db: Session, checker: OutsideChecker, *, by: Person, at: datetime) -> None:
    checker.ended_at = at
    db.add(checker)
    member = db.get(Membership, checker.membership_id)
    assert member is not None
    member.valid_until = max(member.valid_from, day_of(at))
    db.add(member)
    db.execute(update(SignIn).where(col(SignIn.membership_id) == member.id, col(SignIn.ended_at).is_(None)).values(ended_at=at))
    db.flush()
    told(db, "payout.checker_ended", checker.id, {}, by=by, now=at)
