"""The report for the council: what it says, what it never says, who reads it, and that it stays quick."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from tests import factories as make
from webapp.bookkeeping.reads import result_of, work_of
from webapp.growth.models import Signal
from webapp.growth.work_models import Outflow, OutflowCheck, Route
from webapp.hours.models import HoursEntry
from webapp.invoices.costs import ProgrammeCost
from webapp.people.employers import Employer
from webapp.people.models import Account, Membership
from webapp.permissions import PERMISSIONS, Role
from webapp.requests.models import RequestStatement
from webapp.safeguards import actions as safeguards
from webapp.safeguards.rules import NEEDS_REASON, NOT_ALLOWED, OK, Finding

WORKED = date(make.TODAY.year - 1, 3, 2)  # last year, so that every place of these tests is over
ADDRESSES = ("/report", "/report.csv", "/report.pdf")


@pytest.fixture
def wim(world: make.World, as_person: Any) -> Any:
    return as_person(make.account(world.database, world.municipality_id, Role.COUNCIL, "Wim Dekker", language="en"))


def worked(world: make.World, people: int, *, day: date = WORKED, sector: str = "G", agency: bool = False) -> list[Any]:
    """So many people with a place of eleven weeks and eight certain hours in it, at one employer."""
    place = make.establishment(world.database, world.municipality_id, f"Bedrijf {sector}")
    boss = make.account(world.database, world.municipality_id, Role.SUPERVISOR, "Baas Bazig", establishment_id=place.id)
    work = make.work_request(world.database, place, boss, starts_on=day, tariff_cents=2000, places=200, weeks=11)
    made = []
    for number in range(people):
        who = make.participant(world.database, world.municipality_id, world.case_manager, f"Voornaam{number}{sector} Achternaam{number}")
        placed = make.placement(world.database, work, who, world.case_manager, place_number=number + 1, status="ended")
        entry = make.hours(world.database, placed, day=day + timedelta(days=7), start="08:00", stop="16:00", pause=0)
        made.append((who, placed, entry))
    with world.database.transaction() as db:
        ids = [entry.id for *_, entry in made]
        db.execute(update(HoursEntry).where(HoursEntry.id.in_(ids)).values(status="confirmed", certain_minutes=480))  # type: ignore[attr-defined]
        db.execute(update(RequestStatement).where(RequestStatement.request_id == work.id).values(sector=sector))  # type: ignore[arg-type]
        if agency:
            db.execute(update(Employer).where(Employer.id == place.employer_id).values(is_agency=True))  # type: ignore[arg-type]
    return made


def cells(answer: Any) -> dict[tuple[str, str, str], str]:
    """The file of a report: (table, row, column) → value."""
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]
    return {(row[4], row[5], row[6]): row[7] for row in rows}


def test_a_year_is_told_as_in_the_letter(world: make.World, wim: Any) -> None:
    worked(world, 24, sector="A")
    worked(world, 16, sector="G", agency=True)
    found = cells(wim.get(f"/report.csv?period={WORKED.year}"))

    figures = {row: value for (table, row, _column), value in found.items() if table == "People, hours and premium"}
    assert figures["People who worked"] == "40" and figures["Hours worked"] == "320" and figures["Hours per person, on average"] == "8"
    assert found["Places per sector", "Farming, forestry and fishing", "Places"] == "25"  # 24, rounded to five
    assert found["Through an agency or not", "Through an agency", "Places"] == "15"
    assert found["How long places lasted", "2–3", "Places"] == "40"
    assert "40 of the 40 places that ended lasted three months or shorter (100%)." in wim.get(f"/report?period={WORKED.year}").text


def test_few_people_are_not_told_and_cannot_be_found_by_subtracting(world: make.World, wim: Any) -> None:
    worked(world, 9)
    text, found = wim.get("/report").text, cells(wim.get("/report.csv"))

    assert "Fewer than 10 people worked" in text
    assert found["People, hours and premium", "People who worked", "How many there are"] == "not shown"
    assert {value for (table, *_), value in found.items() if table == "Where the money goes"} == {"not shown"}
    assert wim.get(f"/report?period={WORKED.year}").status_code == 404

    worked(world, 31, sector="A")
    found = cells(wim.get(f"/report.csv?period={WORKED.year}"))
    assert found["Places per sector", "Farming, forestry and fishing", "Places"] == "not shown"  # else nine are forty less thirty-one
    assert found["Places per sector", "Trade and shops", "Places"] == "not shown"


def test_money_is_that_of_the_books_with_own_guidance(world: make.World, wim: Any, session: Session) -> None:
    worked(world, 12)
    first = date(WORKED.year, 1, 1)
    make.save(
        world.database,
        *(
            ProgrammeCost(
                municipality_id=world.municipality_id, kind=kind, first_day=first, last_day=date(WORKED.year, 12, 31), amount_cents=cents,
                recorded_by=world.case_manager.account_id, recorded_at=make.NOW,
            )
            for kind, cents in (("software", 9600), ("guidance", 19200))
        ),
    )  # fmt: skip
    found = cells(wim.get(f"/report.csv?period={WORKED.year}"))
    works = work_of(session, world.municipality_id, first, date(WORKED.year, 12, 31))
    books = result_of(session, world.municipality_id, works, first, date(WORKED.year, 12, 31))

    assert (books.minutes, books.revenue_cents) == (96 * 60, 96 * 2000)
    assert found["Where the money goes", "Owed by employers, without VAT", "Per hour"].endswith("20.00")
    assert found["Where the money goes", "Own guidance", "Per hour"].endswith("2.00")
    assert books.rest_cents * 60 // books.minutes == 1700
    assert found["Where the money goes", "Back to helping people find work", "Per hour"].endswith("17.00")


def test_what_came_after_is_told_with_three_and_six_months(world: make.World, wim: Any) -> None:
    for number, (who, placed, _entry) in enumerate(worked(world, 30)):
        if number >= 20:
            continue
        kind = "contract_here" if number < 12 else "training"
        mine = {"municipality_id": world.municipality_id, "participant_id": who.account_id}
        signal = Signal(
            **mine,
            placement_id=placed.id,
            establishment_id=placed.establishment_id,
            kind="ready",
            raised_on=WORKED,
            raised_at=make.NOW,
            due_on=WORKED,
            status="closed",
        )
        make.save(world.database, signal)
        route = Route(
            **mine,
            signal_id=signal.id,
            placement_id=placed.id,
            kind=kind,
            status="reached",
            opened_by=world.case_manager.account_id,
            opened_on=WORKED,
        )
        make.save(world.database, route)
        went = Outflow(
            **mine,
            route_id=route.id,
            kind=kind,
            weekly_minutes=1200,
            starts_on=WORKED,
            recorded_by=world.case_manager.account_id,
            recorded_at=make.NOW,
        )
        make.save(world.database, went)
        asked = {**mine, "outflow_id": went.id, "due_on": WORKED + timedelta(days=92), "answered_at": make.NOW, "answer": "still"}
        make.save(world.database, OutflowCheck(**asked, months=3), OutflowCheck(**asked, months=6))
    found = cells(wim.get(f"/report.csv?period={WORKED.year}"))

    assert found["Where people went", "Paid work together", "People"] == "10"  # twelve, rounded
    assert found["And later", "still at work there", "After 6 months"] == "10"
    assert "10 of the 30 people who finished a place went on to paid work (33%)." in wim.get(f"/report?period={WORKED.year}").text


def judge(world: make.World, reason: str) -> None:
    """Two officials judge that the work of the world may be filled although its chain is long."""
    marieke, ruud = (make.person(world.database, who) for who in (world.case_manager, world.colleague))
    findings = [
        Finding("chaining", NEEDS_REASON, "over", make.TODAY, value=30, limit=26),
        Finding("tariff", OK, "ok", make.TODAY),
        Finding("skills", NOT_ALLOWED, "ready", make.TODAY),
    ]
    with world.database.transaction() as db:
        kept = safeguards.keep(
            db,
            findings,
            occasion="asked",
            day=make.TODAY,
            request_id=world.request.id,
            establishment_id=world.establishment.id,
            municipality_id=world.municipality_id,
            by=marieke,
            now=make.NOW,
        )
        safeguards.judge(db, kept, {"chaining": (reason, "")}, by=marieke, now=make.NOW)
        safeguards.sign(db, kept.id, agrees=True, by=ruud, now=make.NOW)


def test_nothing_of_anybody_is_in_the_report(world: make.World, wim: Any, session: Session) -> None:
    pypdf = pytest.importorskip("pypdf")
    worked(world, 20)
    pages = [wim.get(address) for address in ADDRESSES]
    paper = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pages[2].data)).pages)
    told = "\n".join([re.sub(r"(?s)<(nav|header).*?</\1>", "", pages[0].text), pages[1].text, paper])

    names = session.execute(
        select(Account.first_name, Account.last_name, Account.id, Membership.role).join(Membership, Membership.account_id == Account.id)
    ).all()  # type: ignore[call-overload]
    assert len(names) > 25
    for first, last, id, role in names:
        if role != Role.COUNCIL:
            assert not any(re.search(rf"\b{re.escape(word)}\b", told) for word in (first, last, str(id)) if word), (first, last)
    assert "Bedrijf" not in told and "De Morgen" not in told
    assert pypdf.PdfReader(io.BytesIO(pages[2].data)).trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("role", [Role.COUNCIL, Role.CASE_MANAGER, Role.ADMIN, Role.FINANCE])
def test_who_may_read_it_reads_the_same_of_their_own_municipality(world: make.World, as_person: Any, role: Role) -> None:
    worked(world, 15)
    reader = as_person(make.account(world.database, world.municipality_id, role, "Iris Lezer", language="en"))
    stranger = as_person(make.account(world.database, world.strange_case_manager.municipality_id, role, "Vera Ver", language="en"))

    assert [reader.get(address).status_code for address in ADDRESSES] == [200, 200, 200]
    assert cells(reader.get("/report.csv"))["People, hours and premium", "People who worked", "How many there are"] == "15"
    assert cells(stranger.get("/report.csv"))["People, hours and premium", "People who worked", "How many there are"] == "0"
    assert [as_person(world.participant).get(address).status_code for address in ADDRESSES] == [403, 403, 403]


def test_the_council_comes_home_to_the_report_and_reads_nothing_else(world: make.World, wim: Any) -> None:
    assert wim.get("/").headers["Location"] == "/report"
    text = wim.get("/report").text
    assert 'href="/open-data"' in text and 'aria-current="page"' in text
    own = {endpoint for endpoint, permission in PERMISSIONS.items() if Role.COUNCIL in permission.roles and permission.whose != "own"}
    assert own == {"council.report", "council.report_csv", "council.report_pdf"}
    assert [
        wim.get(address).status_code for address in ("/overview", "/participants", "/signals", "/safeguards", "/exports/hours.csv", "/history")
    ] == [403] * 6


def test_the_number_of_statements_stays_the_same(world: make.World, wim: Any) -> None:
    def statements() -> int:
        return int(wim.get("/report").headers["Server-Timing"].split('"')[1])

    worked(world, 10)
    judge(world, "Het werk is nieuw.")
    statements()
    few = statements()
    worked(world, 12, sector="A", day=WORKED + timedelta(days=120))
    assert statements() == few and few <= 12


def test_reading_the_report_is_not_noted_as_looking_at_anybody(world: make.World, wim: Any, as_person: Any) -> None:
    assert wim.get("/report.csv").status_code == 200
    assert "Wim" not in as_person(world.participant).get("/me/data").text


def test_every_judgement_is_told_with_its_reason_and_no_name(world: make.World, wim: Any) -> None:
    judge(world, "Selam Tesfay leert hier veel, zegt mevrouw Vos. Bel 0612345678.")
    text = wim.get("/report").text

    assert "[a name] [a name] leert hier veel, zegt mevrouw [a name]. Bel [a name]." in text
    assert "case manager and case manager" in text and "Chaining" in text
    found = cells(wim.get("/report.csv"))
    assert (
        found["Tests", "Chaining", "Requests tested"],
        found["Tests", "Chaining", "Needs a reason"],
        found["Tests", "Chaining", "Judged by two people"],
    ) == ("1", "1", "1")
    assert found["Tests", "Fits this person", "Not allowed"] == "not shown"  # that is about one person
