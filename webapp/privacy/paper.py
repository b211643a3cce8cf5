"""One's own data on paper: what people can read, in their own language. The complete rows are in the JSON beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from webapp.foundation import documents
from webapp.foundation.clock import day_of
from webapp.foundation.texts import LANGUAGES, clock_words, date_words, day_of_instant, duration_words, euro_words, long_date
from webapp.foundation.texts import gettext as _
from webapp.hours.rules import Status
from webapp.hours.words import WORDS
from webapp.people import bank
from webapp.people.person import Person
from webapp.privacy import questions, reads
from webapp.privacy.purposes import export_words, purpose_words
from webapp.privacy.reads import accounts, entries, establishments, files, ledger, placements


def own_data(db: Session, person: Person, *, at: datetime) -> bytes:
    """A PDF of one's own data. The same data at the same instant give the same bytes."""
    sections = [_who(db, person), _work(db, person), _hours(db, person), _premium(db, person), _questions(db, person), _looks(db, person)]
    content = {
        "header": person.municipality_name, "footer": _("My data"), "made": _("Made on %(day)s.", day=long_date(day_of(at))),
        "intro": _("This is what Opstap keeps about you. Every detail is in the file beside it (JSON)."), "sections": sections,
    }  # fmt: skip
    return documents.pdf("privacy/documents/data.typ", title=_("My data"), content=content, at=at)


def _section(title: str, *, facts: Any = (), head: Any = (), rows: Any = (), empty: str = "", numbers: Any = ()) -> dict[str, Any]:
    return {"title": title, "facts": list(facts), "head": list(head), "rows": [list(row) for row in rows], "empty": empty, "numbers": list(numbers)}


def _who(db: Session, person: Person) -> dict[str, Any]:
    known = db.execute(
        select(accounts.c.phone, accounts.c.email, accounts.c.language, files.c.birth_date, files.c.wishes, files.c.needs)
        .join_from(accounts, files, files.c.account_id == accounts.c.id)
        .where(accounts.c.id == person.id)
    ).one()
    account = bank.account_of(db, person.id)
    unknown = _("Unknown")
    facts = [
        (_("Name"), person.name), (_("Born on"), long_date(known.birth_date) if known.birth_date else unknown), (_("Phone"), known.phone or unknown),
        (_("Mail"), known.email or unknown), (_("Language"), LANGUAGES[known.language].name if known.language in LANGUAGES else known.language),
        (_("What you like"), ", ".join(known.wishes) or unknown), (_("What you need"), known.needs or unknown),
        (_("Your bank account"), f"•••• {account.last_four}, {account.holder}" if account else unknown),
    ]  # fmt: skip
    return _section(_("Who you are"), facts=facts)


def _work(db: Session, person: Person) -> dict[str, Any]:
    rows = db.execute(
        select(placements.c.function, establishments.c.name, placements.c.starts_on, placements.c.ends_on)
        .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
        .where(placements.c.participant_id == person.id, placements.c.status != "cancelled")
        .order_by(placements.c.starts_on)
    )
    told = [
        (row.function, row.name, f"{date_words(row.starts_on)} {row.starts_on.year}", f"{date_words(row.ends_on)} {row.ends_on.year}") for row in rows
    ]
    return _section(_("Work"), head=(_("Work"), _("Where"), _("From"), _("Until")), rows=told, empty=_("No work yet."))


def _hours(db: Session, person: Person) -> dict[str, Any]:
    mine = select(entries).where(entries.c.participant_id == person.id).order_by(entries.c.worked_on, entries.c.starts_at)
    told = [
        (long_date(row.worked_on), f"{clock_words(row.starts_at)} – {clock_words(row.stops_at)}", duration_words(row.certain_minutes), _(WORDS[Status(row.status)][2], name="").strip())
        for row in db.execute(mine)
    ]  # fmt: skip
    head = (_("Day"), _("From – until"), _("Certain"), _("How it stands"))
    return _section(_("Hours"), head=head, rows=told, empty=_("No hours yet."))


def _premium(db: Session, person: Person) -> dict[str, Any]:
    year = func.extract("year", ledger.c.worked_on)
    rows = db.execute(select(year, func.sum(ledger.c.amount_cents)).where(ledger.c.participant_id == person.id).group_by(year).order_by(year))
    told = [(str(int(row[0])), euro_words(int(row[1]))) for row in rows]
    return _section(_("Premium"), head=(_("Year"), _("Certain")), rows=told, empty=_("No premium yet."), numbers=[1])


def _questions(db: Session, person: Person) -> dict[str, Any]:
    told = [
        (long_date(day_of_instant(row.asked_at)), row.words or "–", {"yes": _("Yes"), "no": _("No"), "": _("No answer yet")}[row.answer], row.reason or "–")
        for row in questions.asked_by(db, person)
    ]  # fmt: skip
    return _section(
        _("What you asked about your data"), head=(_("Day"), _("Question"), _("Answer"), _("Why")), rows=told, empty=_("You asked nothing yet.")
    )


def _looks(db: Session, person: Person) -> dict[str, Any]:
    told = [
        (long_date(day_of_instant(look.at)), f"{look.name}, {look.organisation or person.municipality_name}", export_words(look.purpose) if look.is_export else purpose_words(look.purpose))
        for look in reads.looks_of(db, person, limit=None)
    ]  # fmt: skip
    return _section(_("Who looked at my data"), head=(_("Day"), _("Who"), _("What for")), rows=told, empty=_("Nobody has opened your data yet."))
