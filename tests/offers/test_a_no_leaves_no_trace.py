"""Blueprint decision 9, looked for everywhere: in every page a case manager can open and in every row of every table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlmodel import Session, col

from tests import factories as make
from tests.caseload.pages import without_ids, words
from webapp.foundation.database import metadata
from webapp.history.models import HistoryRow
from webapp.offers.actions import close_expired, forget_closed, make_offer, said_no
from webapp.offers.models import Offer, OfferTotal
from webapp.offers.rules import Answer
from webapp.offers.seal import NO, NOTHING_SAID, Sealer
from webapp.people.models import Account, Membership, SignIn
from webapp.people.person import Person, signed_in_person
from webapp.permissions import PERMISSIONS, Role
from webapp.placements import actions
from webapp.requests.models import WorkRequest

ASKED = make.NOW - timedelta(days=10)
ANSWERED = make.NOW - timedelta(days=8)
TOLD = re.compile(r"declin|refus|weiger|afgewezen|zei nee|said no|\bno thank", re.IGNORECASE)


@dataclass
class Town:
    """A municipality in which one offer was made, by the same steps as in the other."""

    municipality_id: int
    participant: Membership
    case_manager: Membership
    work: WorkRequest
    offer: Offer


def town(world_of: Any, app: Flask, slug: str) -> Town:
    database, sealer = world_of, app.extensions["sealer"]
    own = make.municipality(database, slug)
    place = make.establishment(database, own)
    manager = make.account(database, own, Role.CASE_MANAGER, "Marieke Vos", language="en")
    guide = make.account(database, own, Role.SUPERVISOR, "Jan Wit", establishment_id=place.id)
    person = make.participant(database, own, manager)
    work = make.work_request(database, place, guide, starts_on=make.TODAY + timedelta(days=14))
    by, terms = make.person(database, manager, now=ASKED), make.terms(database, own)
    make.person(database, person, now=ANSWERED)  # both were there that day, whatever they did
    with database.transaction() as db:
        made = make_offer(db, work, person.account_id, by=by, travel_minutes=8, terms=terms, sealer=sealer, now=ASKED)
    assert made.closes_at < make.NOW
    return Town(own, person, manager, work, made)


@pytest.fixture
def towns(app: Flask, database: Any) -> tuple[Town, Town]:
    """Two towns alike. In the first somebody says no; in the second nothing is said until the offer runs out."""
    with database.transaction() as db:
        make.seed_statutory(db, now=make.NOW)
    after_no, after_silence = town(database, app, "waterveen"), town(database, app, "hoogland")
    with database.transaction() as db:
        mine = db.get(Offer, after_no.offer.id)
        by = person_in(db, after_no)
        actions.answer(db, mine, Answer.NO, by=by, case_manager_id=after_no.case_manager.account_id, sealer=app.extensions["sealer"], now=ANSWERED)
    closed = []
    for each in (after_no, after_silence):
        with database.transaction() as db:
            closed.append(close_expired(db, each.municipality_id, sealer=app.extensions["sealer"], now=make.NOW))
    assert closed == [0, 1]
    return after_no, after_silence


def person_in(db: Session, where: Town) -> Person:
    key = db.execute(select(SignIn.id).where(col(SignIn.membership_id) == where.participant.id)).scalars().first()
    found = signed_in_person(db, key, ANSWERED, ANSWERED.date())
    assert found is not None
    return found


# tables -----------------------------------------------------------------------------------------


def rows_of(session: Session, municipality_id: int) -> Iterator[tuple[str, tuple[tuple[str, Any], ...]]]:
    """Every row of a town in every table, without ids, instants, random seals and hashes: in words what it says."""
    for table in metadata.sorted_tables:
        if "municipality_id" not in table.c:
            continue
        for row in session.execute(select(table).where(table.c.municipality_id == municipality_id)).mappings():
            yield table.name, tuple((name, plain(name, value)) for name, value in row.items())


def plain(name: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return "id"
    if isinstance(value, datetime | date):
        return "time"
    if name in ("sealed", "hash", "previous_hash", "terms_token", "kvk"):
        return f"{len(value)} characters"
    if name in ("municipality_id", "id"):
        return "number"
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", str(value))


def test_the_rows_of_a_no_and_of_silence_say_the_same_in_every_table(towns: tuple[Town, Town], session: Session) -> None:
    after_no, after_silence = (sorted(rows_of(session, each.municipality_id), key=str) for each in towns)

    assert {name for name, _ in after_no} >= {"offer", "history", "notification", "participant_file", "sign_in"}
    assert after_no == after_silence


def test_a_seal_has_one_length_and_opens_for_nobody_without_the_key(towns: tuple[Town, Town], app: Flask, session: Session) -> None:
    declined, silent = (session.get(Offer, each.offer.id) for each in towns)
    assert declined is not None
    assert silent is not None

    assert len(declined.sealed) == len(silent.sealed) == 64
    assert (said_no(declined, app.extensions["sealer"]), said_no(silent, app.extensions["sealer"])) == (True, False)
    assert not said_no(declined, Sealer("somebody else's secret"))
    assert Sealer(make.DEMO_SECRET).open(declined.sealed, silent.id) == NOTHING_SAID  # nor moved to another offer


def test_two_seals_of_the_same_answer_differ() -> None:
    sealer, offer = Sealer("a secret"), UUID(int=7)

    seals = {sealer.seal(answer, offer) for answer in (NO, NO, NOTHING_SAID, NOTHING_SAID)}

    assert len(seals) == 4
    assert {len(seal) for seal in seals} == {64}


def test_the_history_of_offers_names_no_participant_and_no_closing_names_an_actor(towns: tuple[Town, Town], session: Session) -> None:
    rows = session.execute(select(HistoryRow).where(col(HistoryRow.action).startswith("offer."))).scalars().all()

    people = [each.participant.account_id for each in towns]
    assert {row.action for row in rows} == {"offer.made", "offer.closed"}
    for row in rows:
        assert not any(str(person) in row.facts or person.hex in row.facts or person == row.subject_id for person in people)
        assert row.action == "offer.made" or (row.actor_id, row.actor_role, row.facts) == (None, "clock", "{}")


# pages ------------------------------------------------------------------------------------------


def addresses(app: Flask, where: Town) -> list[str]:
    """Every address a case manager may read, with the ids of this town filled in."""
    ids = {"participant_id": where.participant.account_id, "request_id": where.work.id, "offer_id": where.offer.id}
    found = []
    for rule in app.url_map.iter_rules():
        permission = PERMISSIONS.get(rule.endpoint)
        if permission is None or Role.CASE_MANAGER not in permission.roles or "GET" not in (rule.methods or ()):
            continue
        values = {name: ids.get(name, where.offer.id) for name in rule.arguments}
        with app.test_request_context():
            found.append(app.url_map.bind("localhost").build(rule.endpoint, values))
    return sorted(found, key=lambda address: re.sub(r"[0-9a-f-]{36}", "ID", address))


def test_every_page_of_a_case_manager_is_the_same_after_a_no_and_after_silence(
    towns: tuple[Town, Town], app: Flask, database: Any, as_person: Any
) -> None:
    pages: list[list[tuple[str, int, str]]] = []
    for each in towns:
        visitor = as_person(each.case_manager)
        answers = [(address, visitor.get(address)) for address in addresses(app, each)]
        pages.append([(re.sub(r"[0-9a-f-]{36}", "ID", address), page.status_code, same_for_all(page)) for address, page in answers])

    read = [address for address, status, _ in pages[0] if status == 200]
    assert {"/signals", "/participants", "/participants/ID", "/requests", "/requests/ID/matching", "/disputes"} <= set(read)
    assert pages[0] == pages[1]
    assert not [(address, TOLD.search(text)) for address, _, text in pages[0] if TOLD.search(text)]


def same_for_all(page: Any) -> str:
    if page.mimetype == "application/pdf":
        said = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.get_data())).pages)
    else:
        said = without_ids(page) if page.mimetype == "text/html" else page.get_data(as_text=True)
    return said.replace("Hoogland", "Waterveen")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_closed_offer_reads_as_does_not_fit_now_in_both_languages(towns: tuple[Town, Town], database: Any, as_person: Any, language: str) -> None:
    after_no, _ = towns
    with database.transaction() as db:
        db.execute(update(Account).where(col(Account.id) == after_no.case_manager.account_id).values(language=language))

    visitor = as_person(after_no.case_manager)
    page = visitor.get(f"/participants/{after_no.participant.account_id}")

    assert {"nl": "past nu niet", "en": "does not fit now"}[language] in words(page)
    assert not TOLD.search(words(page))
    assert not TOLD.search(words(visitor.get(f"/requests/{after_no.work.id}/matching")))


# forgetting -------------------------------------------------------------------------------------


def test_closed_offers_become_a_total_without_a_name_after_their_term(towns: tuple[Town, Town], database: Any, session: Session) -> None:
    after_no, after_silence = towns
    closes_at = after_no.offer.closes_at

    def forget(now: datetime, where: Town) -> int:
        with database.transaction() as db:
            return forget_closed(db, where.municipality_id, keep_days=30, now=now)

    assert forget(closes_at + timedelta(days=30), after_no) == 0
    assert [forget(closes_at + timedelta(days=30, seconds=1), after_no) for _ in range(2)] == [1, 0]
    session.rollback()
    assert session.get(Offer, after_no.offer.id) is None
    assert session.get(Offer, after_silence.offer.id) is not None
    total = session.execute(select(OfferTotal)).scalar_one()
    assert (total.municipality_id, total.month, total.closed) == (after_no.municipality_id, make.day_of(ASKED).replace(day=1), 1)


def test_totals_of_one_month_add_up_and_a_yes_is_kept(world: make.World, session: Session) -> None:
    for _ in range(2):
        for number in range(3):
            work = make.work_request(world.database, world.establishment, world.supervisor, function=f"Work {number}")
            make.offer(world.database, work, world.other_participant, world.case_manager, status="closed", offered_at=ASKED, closes_at=ASKED)
        with world.database.transaction() as db:
            assert forget_closed(db, world.municipality_id, keep_days=1, now=make.NOW) == 3

    assert session.execute(select(OfferTotal.closed)).scalars().all() == [6]
    assert session.execute(select(Offer.status)).scalars().all() == ["yes"]
