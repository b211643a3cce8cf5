"""A month on invoices: every confirmed minute once, numbers without gaps, and what changes afterwards becomes a credit note."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from tests import factories as make
from tests.invoices.conftest import LAST_MONTH, STANDARD, Office, agree
from webapp.invoices.models import ISSUED, BilledHours, Invoice, InvoiceLine
from webapp.invoices.rules import next_month
from webapp.placements.models import Placement
from webapp.placements.tariffs import change_tariff

FIRST, SECOND = LAST_MONTH + timedelta(days=2), LAST_MONTH + timedelta(days=3)


def all_invoices(session: Session) -> list[Invoice]:
    return list(session.exec(select(Invoice).order_by(Invoice.number)))  # type: ignore[arg-type]


def test_confirmed_hours_times_the_tariff_stand_on_one_line_of_a_placement(office: Office, session: Session) -> None:
    office.worked(FIRST)
    office.worked(SECOND, stop="12:30")
    make.hours(office.database, office.world.placement, day=SECOND + timedelta(days=1))  # nobody confirmed these

    office.issue()

    [invoice] = all_invoices(session)
    [line] = session.exec(select(InvoiceLine))
    assert (line.minutes, line.tariff_cents, line.net_cents) == (240 + 210, 1950, 14625)
    assert (invoice.net_cents, invoice.vat_cents, invoice.total_cents, invoice.number) == (14625, 0, 14625, 1)
    assert line.description == "Planten verzorgen – Selam T."
    assert line.vat_reason == "Participatiewet art. 7 (test)"


def test_pressing_again_issues_nothing_twice(office: Office, session: Session) -> None:
    office.worked(FIRST)

    issued = [office.issue(), office.issue(), office.issue(by=office.sander)]

    assert [len(found) for found in issued] == [1, 0, 0]
    assert len(all_invoices(session)) == 1


def test_hours_confirmed_late_come_on_the_next_invoice_with_their_own_days(office: Office, session: Session) -> None:
    office.worked(FIRST)
    office.issue()
    late = office.worked(SECOND)
    after = next_month(LAST_MONTH)

    assert office.issue() == []  # this month has its invoice
    office.issue(after, now=make.NOW + timedelta(days=40))

    lines = session.exec(select(InvoiceLine).join(BilledHours).where(BilledHours.entry_id == late.id)).all()
    assert [(line.first_day, line.minutes) for line in lines] == [(SECOND, 240)]
    assert [(one.period, one.number) for one in all_invoices(session)][-1][0] == after


def test_a_ruling_that_takes_hours_back_becomes_a_credit_note_on_that_invoice(office: Office, session: Session) -> None:
    entry = office.worked(FIRST)
    office.issue()
    office.certain(entry, 210)

    office.issue()

    invoice, note = all_invoices(session)
    assert (note.kind, note.corrects_id, note.number) == ("credit_note", invoice.id, 2)
    assert (note.minutes, note.total_cents) == (30, 975)
    assert sum(one.minutes for one in session.exec(select(BilledHours))) == 210
    assert office.issue() == []


def test_a_ruling_that_adds_hours_is_a_line_on_the_next_invoice_that_names_the_earlier_one(office: Office, session: Session) -> None:
    entry = office.worked(FIRST, stop="12:00")
    office.issue()
    office.certain(entry, 240)

    office.issue(next_month(LAST_MONTH), now=make.NOW + timedelta(days=40))

    first, second = all_invoices(session)
    [line] = session.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == second.id))
    assert (line.minutes, line.refers_to) == (60, first.id)


def test_each_day_costs_the_tariff_and_the_vat_of_that_day(office: Office, session: Session) -> None:
    agree(office.database, office.world.municipality_id, "vat", STANDARD, valid_from=SECOND)
    with office.database.transaction() as db:
        placement = db.get(Placement, office.world.placement.id)
        assert placement is not None
        change_tariff(db, placement, 2000, valid_from=SECOND, reason="Het minimumloon steeg.", by=None, now=make.NOW)
    office.worked(FIRST)
    office.worked(SECOND)

    office.issue()

    lines = session.exec(select(InvoiceLine).order_by(InvoiceLine.position)).all()  # type: ignore[arg-type]
    assert [(line.tariff_cents, line.vat_category, line.net_cents) for line in lines] == [(1950, "E", 7800), (2000, "S", 8000)]
    [invoice] = all_invoices(session)
    assert (invoice.net_cents, invoice.vat_cents, invoice.total_cents) == (15800, 1680, 17480)


@pytest.mark.parametrize(("cents", "kind"), [(1900, "credit_note"), (2000, "invoice")])
def test_a_tariff_set_afterwards_for_days_already_billed_is_put_right(office: Office, session: Session, cents: int, kind: str) -> None:
    office.worked(FIRST)
    office.issue()
    with office.database.transaction() as db:
        placement = db.get(Placement, office.world.placement.id)
        assert placement is not None
        change_tariff(db, placement, cents, valid_from=date(2020, 1, 1), reason="Verkeerd afgesproken.", by=None, now=make.NOW)

    office.issue(next_month(LAST_MONTH), now=make.NOW + timedelta(days=40))

    last = all_invoices(session)[-1]
    assert (last.kind, last.total_cents) == (kind, 200)


def test_vat_decided_afterwards_for_days_already_billed_is_put_right(office: Office, session: Session) -> None:
    office.worked(FIRST)
    office.issue()
    agree(office.database, office.world.municipality_id, "vat", STANDARD, valid_from=FIRST)

    office.issue(next_month(LAST_MONTH), now=make.NOW + timedelta(days=40))

    last = all_invoices(session)[-1]
    assert (last.kind, last.net_cents, last.vat_cents) == ("invoice", 0, 1638)


def test_each_municipality_counts_its_own_numbers_and_each_year_begins_anew(office: Office, session: Session) -> None:
    for day in (FIRST, SECOND):
        office.worked(day)
    office.issue()
    entry = office.worked(next_month(LAST_MONTH))
    later = make.NOW + timedelta(days=370)

    office.issue(next_month(LAST_MONTH), now=later)

    assert entry.certain_minutes == 240
    assert [(one.year, one.number) for one in all_invoices(session)] == [(make.TODAY.year, 1), (later.year, 1)]


@pytest.mark.parametrize("table", ISSUED)
@pytest.mark.parametrize("change", ["UPDATE {table} SET municipality_id = municipality_id", "DELETE FROM {table}"])
def test_what_was_issued_can_never_be_changed_or_removed(office: Office, table: str, change: str) -> None:
    office.worked(FIRST)
    [invoice_id] = office.issue()
    with office.database.engine.begin() as db:
        db.execute(
            text("INSERT INTO invoice_file (invoice_id, format, municipality_id, content, sha256, made_at) VALUES (:id, 'xml', :m, :c, '', :at)"),
            {"id": invoice_id.hex if db.dialect.name == "sqlite" else invoice_id, "m": office.world.municipality_id, "c": b"x", "at": make.NOW},
        )

    with pytest.raises(DatabaseError, match="append-only"), office.database.engine.begin() as db:
        db.execute(text(change.format(table=table)))


def test_an_invoice_says_whom_to_pay_as_it_was_agreed_that_day(office: Office, session: Session) -> None:
    office.worked(FIRST)
    office.issue()
    before: Any = all_invoices(session)[0].seller
    agree(office.database, office.world.municipality_id, "invoice_sender", {**before, "name": "Gemeente Groot"}, valid_from=make.TODAY)

    assert all_invoices(session)[0].seller["name"] == "Gemeente Waterveen"
