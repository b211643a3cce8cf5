"""The agreement: what it says, in which version, who signed it, and on which day it was complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.clock import day_of, instant
from webapp.foundation.texts import clock_words, duration_words, euro_words, long_date, speaking, weekday_words
from webapp.foundation.texts import gettext as _
from webapp.notifications.actions import notify_many
from webapp.people.actions import on_duty
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Municipality
from webapp.people.person import Person
from webapp.placements.checks import check_plan, plan_of
from webapp.placements.course import case_manager_of, record_change
from webapp.placements.models import Placement
from webapp.placements.records import PARTIES, Agreement, AgreementSignature
from webapp.placements.rules import digest_of
from webapp.requests.models import WorkRequest, planned_days
from webapp.terms.actions import Terms

agreements, signatures = Agreement.__table__, AgreementSignature.__table__  # type: ignore[attr-defined]


class Changed(Exception):
    """The agreement says something else than what this person read. They read it again."""


class Closed(Exception):
    """The placement has started, or goes no further: signatures stay as they are."""


class Signature(NamedTuple):
    party: str
    name: str
    signed_at: datetime


class Document(NamedTuple):
    """An agreement as it stands: what it says, and who signed it. `kept`: the version that was signed, if anybody did."""

    facts: dict[str, Any]
    words: dict[str, Any]
    digest: str
    kept: Agreement | None
    signed: dict[str, Signature]

    @property
    def complete_on(self) -> date | None:
        """The day on which the last of all three signed; None while one is missing."""
        return day_of(max(one.signed_at for one in self.signed.values())) if set(self.signed) == set(PARTIES) else None


def document(db: Session, placement: Placement, terms: Terms) -> Document:
    """The agreement of this moment. After the start: the version that was signed last, as it was."""
    last: Agreement | None = db.execute(
        select(Agreement).where(agreements.c.placement_id == placement.id).order_by(agreements.c.number.desc()).limit(1)
    ).scalar_one_or_none()
    if last is not None and placement.status != "accepted":
        return Document(last.facts, last.words, last.digest, last, signed(db, last))
    facts = facts_of(db, placement, terms)
    if last is not None and last.facts == facts:
        return Document(facts, last.words, last.digest, last, signed(db, last))
    participant = db.get(Account, placement.participant_id)
    words = words_in(facts, list(dict.fromkeys(("nl", participant.language if participant else "nl"))))
    return Document(facts, words, digest_of({"facts": facts, "words": words}), None, {})


def signed(db: Session, agreement: Agreement) -> dict[str, Signature]:
    accounts: Any = Account.__table__  # type: ignore[attr-defined]
    rows = db.execute(
        select(signatures.c.party, accounts.c.first_name, accounts.c.last_name, signatures.c.signed_at)
        .join_from(signatures, accounts, accounts.c.id == signatures.c.account_id)
        .where(signatures.c.agreement_id == agreement.id, signatures.c.taken_back_at.is_(None))
    )
    return {row.party: Signature(row.party, f"{row.first_name} {row.last_name}", row.signed_at) for row in rows}


def sign(db: Session, placement: Placement, digest: str, *, terms: Terms, by: Person, now: datetime) -> None:
    """ "I agree", under exactly the words this person read. Again changes nothing. Raises Changed or Closed."""
    found = document(db, placement, terms)
    if by.role in found.signed and digest == found.digest:
        return
    if placement.status != "accepted":
        raise Closed
    if digest != found.digest:
        raise Changed
    kept = found.kept or keep(db, placement, found, now=now)
    db.add(
        AgreementSignature(
            municipality_id=placement.municipality_id, agreement_id=kept.id, placement_id=placement.id, party=by.role, account_id=by.id, signed_at=now
        )
    )
    db.flush()
    record_change(db, placement, "agreement.signed", {"party": by.role, "digest": digest}, by=by, now=now)
    ask_the_others(db, placement, kept, {*found.signed, by.role}, now=now)


def keep(db: Session, placement: Placement, found: Document, *, now: datetime) -> Agreement:
    """The first signature under a version keeps it, word for word."""
    numbers = db.execute(select(agreements.c.number).where(agreements.c.placement_id == placement.id)).scalars().all()
    made = Agreement(
        municipality_id=placement.municipality_id, placement_id=placement.id, number=max(numbers, default=0) + 1, facts=found.facts, words=found.words,
        digest=found.digest, made_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


def ask_the_others(db: Session, placement: Placement, kept: Agreement, done: set[str], *, now: datetime) -> None:
    """Once a version: whoever has not signed hears that it waits."""
    today = day_of(now)
    who = {
        "participant": placement.participant_id, "supervisor": on_duty(db, placement.supervisor_id, today),
        "case_manager": on_duty(db, case_manager_of(db, placement.participant_id), today),
    }  # fmt: skip
    notify_many(
        db,
        [
            {
                "to": to, "municipality_id": placement.municipality_id, "key": "agreement.waiting", "slots": {"work": placement.function},
                "path": f"/placements/{placement.id}/agreement", "cause_id": str(kept.id), "now": now,
            }
            for party, to in who.items() if party not in done
        ],
    )  # fmt: skip


def take_back(db: Session, placement: Placement, *, by: Person, now: datetime) -> None:
    """Undo, free, until the start is recorded. Again changes nothing. Raises Closed."""
    if placement.status != "accepted":
        raise Closed
    mine = db.execute(
        select(AgreementSignature).where(
            signatures.c.placement_id == placement.id,
            signatures.c.party == by.role,
            signatures.c.account_id == by.id,
            signatures.c.taken_back_at.is_(None),
        )
    ).scalars()
    found = list(mine)
    for signature in found:
        signature.taken_back_at = now
        db.add(signature)
    if found:
        db.flush()
        record_change(db, placement, "agreement.taken_back", {"party": by.role}, by=by, now=now)


# what it says -----------------------------------------------------------------------------------


def facts_of(db: Session, placement: Placement, terms: Terms) -> dict[str, Any]:
    """What the agreement is about, as plain values of this moment."""
    place = db.get(Establishment, placement.establishment_id)
    work = db.get(WorkRequest, placement.request_id)
    town = db.get(Municipality, placement.municipality_id)
    people = {name: db.get(Account, key) for name, key in (
        ("participant", placement.participant_id), ("supervisor", placement.supervisor_id), ("case_manager", case_manager_of(db, placement.participant_id)),
    )}  # fmt: skip
    assert place is not None and town is not None
    employer = db.get(Employer, place.employer_id)
    rate = terms.rate_or_none(placement.starts_on)
    checked = check_plan(db, plan_of(db, placement), terms)
    manager = people["case_manager"]
    return {
        **{name: account.name if account else "" for name, account in people.items()}, "phone": (manager.phone if manager else "") or town.phone,
        "municipality": town.name, "employer": employer.name if employer else place.name, "place": place.name, "street": place.street, "town": place.town,
        "function": placement.function, "tasks": list(work.tasks) if work else [], "pattern": list(placement.pattern), "weekly_minutes": placement.weekly_minutes,
        "starts_on": placement.starts_on.isoformat(), "ends_on": checked.last_day.isoformat(), "limit_source": checked.source,
        "cents_per_hour": rate.cents_per_hour if rate else None, "premium_source": rate.source if rate else "", "premium_from": rate.valid_from.isoformat() if rate else "",
    }  # fmt: skip


def words_in(facts: Mapping[str, Any], codes: list[str]) -> dict[str, Any]:
    said = {}
    for code in codes:
        with speaking(code) as spoken:
            said[spoken.code] = {"dir": spoken.direction, "title": _("Agreement about work"), "sections": sections(facts)}
    return said


def sections(facts: Mapping[str, Any], mark: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The agreement in the language of this moment: a list of title and lines. B1: one idea a line.

    `mark`: how a page shows what is Dutch by nature (names, places, sources); on paper it is plain.
    """
    starts_on, ends_on = date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])
    who = {
        name: mark(facts[name]) for name in ("participant", "supervisor", "case_manager", "employer", "municipality", "function", "place", "phone")
    }
    where = mark(f"{facts['street']}, {facts['town']}")
    return [
        part(_("Who"), _("You: %(name)s.", name=who["participant"]), _("The employer: %(name)s.", name=who["employer"]), _("The municipality: %(name)s.", name=who["municipality"])),
        part(_("The work"), _("You do this work: %(work)s.", work=who["function"]), *(mark(task) for task in facts["tasks"]), _("You work here: %(place)s, %(where)s.", place=who["place"], where=where)),
        part(
            _("When"), *(f"{weekday_words(day.weekday)} {day.hours[0]} – {day.hours[1]}" for day in planned_days(list(facts["pattern"]))),
            _("That is %(hours)s a week.", hours=duration_words(facts["weekly_minutes"])),
            _("Your first day is %(first)s. Your last day is %(last)s.", first=long_date(starts_on), last=long_date(ends_on)),
        ),
        part(_("Your premium"), *premium_lines(facts, mark)),
        part(_("Your benefit"), _("Your benefit stays the same."), _("The premium is not taken off your benefit.")),
        part(_("You choose"), _("You do this work of your own free will."), _("You may stop at any time. You need not say why."), _("Stopping changes nothing about your benefit.")),
        part(_("Insurance"), _("You are insured while you work, from the first hour."), _("%(name)s checks this before you start.", name=who["case_manager"])),
        part(_("Help at work"), _("%(name)s helps you at work.", name=who["supervisor"]), _("%(name)s talks with you about how it goes.", name=who["case_manager"])),
        part(_("The end"), _("This work stops on %(day)s, or earlier.", day=long_date(ends_on))),
        part(_("Questions?"), _("Call %(name)s: %(phone)s.", name=who["case_manager"], phone=who["phone"])),
    ]  # fmt: skip


def premium_lines(facts: Mapping[str, Any], mark: Callable[[str], str]) -> list[str]:
    if facts["cents_per_hour"] is None:
        return [_("The municipality tells you in a letter how much your premium is.")]
    return [
        _("For every hour you work you get %(amount)s.", amount=euro_words(facts["cents_per_hour"])),
        _("The municipality saves it and pays it at most twice a year."),
        _("Where this amount stands: %(source)s, since %(day)s.", source=mark(facts["premium_source"].rstrip(".")), day=long_date(date.fromisoformat(facts["premium_from"]))),
    ]  # fmt: skip


def part(title: str, *lines: str) -> dict[str, Any]:
    return {"title": title, "lines": list(lines)}


# on paper -----------------------------------------------------------------------------------------


def paper(found: Document, *, now: datetime) -> bytes:
    """The PDF: Dutch, and after it the language of the participant; with who signed, or a line to sign on."""
    from webapp.foundation.documents import pdf

    parts = []
    for code, words in found.words.items():
        with speaking(code):
            parts.append({"lang": code, **words, "signed_title": _("Signatures"), "signatures": [signature_words(found, party) for party in PARTIES]})
    at = found.kept.made_at if found.kept else instant(day_of(now), datetime.min.time())
    with speaking("nl"):
        return pdf(
            "placements/documents/agreement.typ", title=_("Agreement about work"), at=at,
            content={"parts": parts, "footer": _("Version %(digest)s", digest=found.digest[:12])},
        )  # fmt: skip


def signature_words(found: Document, party: str) -> dict[str, str]:
    """One side with its name; `signed` is empty where somebody still signs on paper."""
    side = {"participant": _("Participant"), "supervisor": _("Employer"), "case_manager": _("Municipality")}[party]
    one = found.signed.get(party)
    when = _("Agreed on the phone on %(day)s at %(time)s", day=long_date(day_of(one.signed_at)), time=clock_words(one.signed_at)) if one else ""
    return {"side": side, "name": one.name if one else found.facts[party], "signed": when, "line": _("Day and signature:")}
