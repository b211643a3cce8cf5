"""Files for the books: every row of the own municipality, safe to open, in balance."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, Office
from webapp.bookkeeping.reads import per_hour, result_of, work_of
from webapp.hours.models import HoursEntry
from webapp.invoices.costs import share_cents
from webapp.permissions import Role
from webapp.placements.models import Placement
from webapp.placements.tariffs import change_tariff
from webapp.premium.models import LedgerLine

DAY = LAST_MONTH + timedelta(days=27)
XAF = {"x": "http://www.auditfiles.nl/XAF/3.2"}


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.is_streamed
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
def billed(office: Office, as_person: Any) -> Any:
    office.worked(DAY)
    office.worked(DAY - timedelta(days=1))
    make.hours(office.database, office.world.placement, day=DAY - timedelta(days=2))
    office.issue()
    return as_person(office.ellen)


def test_the_hours_file_has_every_entry_of_the_own_municipality_and_no_name_of_a_person(office: Office, billed: Any, session: Session) -> None:
    strange = make.work_request(office.database, office.world.establishment, office.world.supervisor)
    assert strange

    found = rows_of(billed.get("/exports/hours.csv"))

    ours = session.exec(select(HoursEntry).where(HoursEntry.municipality_id == office.world.municipality_id)).all()
    assert {row["id"] for row in found} == {entry.id.hex for entry in ours}
    assert sum(int(row["certain_minutes"]) for row in found) == sum(entry.certain_minutes for entry in ours)
    assert "Selam" not in str(found) and "Tesfay" not in str(found)
    assert {row["worked_on"] for row in found} == {entry.worked_on.isoformat() for entry in ours}


def test_the_hours_file_has_the_tariff_of_the_day_that_was_worked(office: Office, billed: Any) -> None:
    with office.database.transaction() as db:
        placement = db.get_one(Placement, office.world.placement.id)
        first, later = placement.tariff_cents, placement.tariff_cents + 55
        change_tariff(db, placement, later, valid_from=DAY, reason="Het minimumloon steeg.", by=None, now=make.NOW)

    tariffs = {row["worked_on"]: int(row["tariff_cents"]) for row in rows_of(billed.get("/exports/hours.csv"))}

    assert (tariffs[(DAY - timedelta(days=1)).isoformat()], tariffs[DAY.isoformat()]) == (first, later)


def test_the_ledger_file_adds_up_to_the_ledger(office: Office, billed: Any, session: Session) -> None:
    found = rows_of(billed.get("/exports/ledger.csv"))

    assert sum(int(row["amount_cents"]) for row in found) == sum(line.amount_cents for line in session.exec(select(LedgerLine)))


def test_a_name_that_looks_like_a_formula_stays_text_in_every_file(office: Office, as_person: Any) -> None:
    place = make.establishment(office.database, office.world.municipality_id, '=HYPERLINK("http://x";"Klik")')
    work = make.work_request(office.database, place, office.world.supervisor, function="@SUM(1)")
    office.worked(DAY, of=make.placement(office.database, work, office.world.other_participant, office.world.case_manager))
    office.issue()
    ellen = as_person(office.ellen)

    [row] = [row for row in rows_of(ellen.get("/exports/hours.csv")) if "HYPERLINK" in row["employer"]]
    sheet = load_workbook(BytesIO(ellen.get(f"/exports/invoices.xlsx?year={make.TODAY.year}").data)).active

    assert row["employer"].startswith("'=") and row["function"].startswith("'@")
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


def test_the_workbook_has_every_printed_line(billed: Any) -> None:
    sheet = load_workbook(BytesIO(billed.get(f"/exports/invoices.xlsx?year={make.TODAY.year}").data)).active

    lines = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[9], line[11]) for line in lines] == [(f"{make.TODAY.year}-00001", 480, 156)]


def test_the_audit_file_is_in_balance_and_counts_its_lines(office: Office, billed: Any) -> None:
    answer = billed.get(f"/exports/auditfile.xml?year={make.TODAY.year}")
    tree = etree.fromstring(answer.data)

    lines = tree.findall(".//x:trLine", XAF)
    sides = {
        side: sum(round(float(line.findtext("x:amnt", namespaces=XAF)) * 100) for line in lines if line.findtext("x:amntTp", namespaces=XAF) == side)
        for side in "DC"
    }
    assert sides["D"] == sides["C"] == 15600
    assert (tree.findtext(".//x:linesCount", namespaces=XAF), tree.findtext(".//x:totalDebit", namespaces=XAF)) == (str(len(lines)), "156.00")
    known = {found.text for found in tree.findall(".//x:ledgerAccount/x:accID", XAF)}
    assert {line.findtext("x:accID", namespaces=XAF) for line in lines} <= known


def test_a_year_of_nothing_gives_files_that_open(office: Office, as_person: Any) -> None:
    ellen = as_person(office.ellen)

    assert load_workbook(BytesIO(ellen.get("/exports/invoices.xlsx?year=2001").data)).active.max_row == 1
    assert etree.fromstring(ellen.get("/exports/auditfile.xml?year=junk").data) is not None


# costs and result ---------------------------------------------------------------------------------


def test_the_result_per_hour_is_revenue_minus_premium_and_costs_as_in_the_letter(office: Office, as_person: Any) -> None:
    for day in range(5):
        office.worked(DAY - timedelta(days=day), stop="12:30", pause=0)  # 4 hours each
    ellen, year = as_person(office.ellen), DAY.year
    for number, (kind, amount, more) in enumerate((("software", "20,00", {}), ("handling", "10,00", {}), ("guidance", "40,00", {"hours": "2"}))):
        typed = {
            "cost_id": f"00000000-0000-7000-8000-00000000000{number}",
            "kind": kind,
            "first_day": f"{year}-01-01",
            "last_day": f"{year}-12-31",
            "amount": amount,
            **more,
        }
        for _ in range(2):  # twice the same form
            assert ellen.post("/overview/costs", typed).status_code == 303

    with office.database.transaction() as db:
        since, until = date(year, 1, 1), date(year, 12, 31)
        works = work_of(db, office.world.municipality_id, since, until)
        result = result_of(db, office.world.municipality_id, works, since, until)

    assert (result.minutes, result.revenue_cents, result.premium_cents, result.running_cents, result.guidance_cents) == (
        1200,
        39000,
        4000,
        3000,
        8000,
    )
    assert (result.before_guidance_cents, result.rest_cents) == (32000, 24000)
    assert per_hour(result.before_guidance_cents, result.minutes) == 1600
    page = ellen.get(f"/overview/costs?year={year}").text
    assert "16,00" in page and "12,00" in page


def test_a_withdrawn_cost_counts_no_more(office: Office, as_person: Any) -> None:
    ellen, key = as_person(office.ellen), "00000000-0000-7000-8000-000000000001"
    typed = {"cost_id": key, "kind": "software", "first_day": f"{make.TODAY.year}-01-01", "last_day": f"{make.TODAY.year}-12-31", "amount": "20,00"}
    ellen.post("/overview/costs", typed)

    for _ in range(2):
        assert ellen.post(f"/overview/costs/{key}/withdrawal").status_code == 303

    assert f"{key}/withdrawal" not in ellen.get("/overview/costs").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "feest"), ("amount", ""), ("amount", "0"), ("first_day", ""), ("last_day", "2001-01-01"), ("last_day", "x")],
)
def test_a_cost_that_cannot_be_is_refused_at_its_field(office: Office, as_person: Any, field: str, value: str) -> None:
    typed = {
        "cost_id": str(make.uuid.uuid4()),
        "kind": "software",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "amount": "20,00",
        field: value,
    }

    answer = as_person(office.ellen).post("/overview/costs", typed)

    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text


@given(st.integers(1, 10**9), st.integers(0, 400), st.integers(0, 400), st.integers(1, 400))
def test_the_shares_of_a_cost_in_periods_side_by_side_differ_from_the_whole_by_rounding_only(cents: int, first: int, cut: int, length: int) -> None:
    start = date(2026, 1, 1)
    since, until = start + timedelta(days=first), start + timedelta(days=first + length)
    middle = start + timedelta(days=cut)

    parts = share_cents(cents, since, until, start, middle) + share_cents(cents, since, until, middle + timedelta(days=1), date(2030, 1, 1))

    assert abs(parts - cents) <= 1


def test_the_overview_shows_what_is_so_and_what_asks_for_somebody(office: Office, billed: Any) -> None:
    page = billed.get("/overview").text

    assert "156,00" in page and f"{make.TODAY.year}-00001" in page
    assert "Selam" not in page


def test_premium_that_is_certain_and_not_paid_stands_on_the_overview(world: make.World, as_person: Any) -> None:
    ellen = as_person(make.account(world.database, world.municipality_id, Role.FINANCE, "Ellen Mulder"))
    entry = make.hours(world.database, world.placement, day=make.MONDAY)
    assert as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation").status_code in (200, 303)

    page = ellen.get("/overview").text

    assert '<data value="800"' in page and "van 1 deelnemer" in page
