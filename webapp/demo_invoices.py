"""The demo's money: invoices of the last two months, one of them late, a credit note, a payment that nobody placed, and costs."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.foundation.clock import instant, local
from webapp.foundation.ids import new_id
from webapp.hours import actions as hours
from webapp.hours.models import HoursEntry
from webapp.hours.reads import entries
from webapp.hours.times import shift
from webapp.invoices import actions, costs, reads, receipts, sending
from webapp.invoices.camt import Credit
from webapp.invoices.costs import ProgrammeCost
from webapp.invoices.models import BillingAddress
from webapp.invoices.rules import last_day_of, next_month, printed_number
from webapp.notifications.answers import Answer
from webapp.people.models import Municipality

if TYPE_CHECKING:
    from webapp.demo import Town

IBANS = {"waterveen": "NL91ABNA0417164300", "hoogland": "NL02ABNA0123456789"}  # the example numbers of the banks themselves


def invoicing_of(municipality: Municipality) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Who sends the invoices, and how long employers have to pay."""
    sender = {
        "name": f"Gemeente {municipality.name}", "street": "Raadhuisplein 1", "postcode": "1234 AB", "town": municipality.name, "kvk": "90000001",
        "vat_number": "NL001234567B01", "iban": IBANS.get(municipality.slug, "NL91ABNA0417164300"), "email": f"facturen@{municipality.slug}.example",
    }  # fmt: skip
    return ("invoice_sender", sender), ("invoicing", {"payment_days": 28, "reminder_after_days": [7, 21]})


def add_invoices(town: Town) -> None:
    """The month before last is sent and partly paid, then hours in it change; last month is sent."""
    last = (town.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for place in town.places:
        mail = f"administratie@{place.name.lower().replace(' ', '-')}.example"
        town.db.add(BillingAddress(establishment_id=place.id, municipality_id=town.id, email=mail, postcode="1234 AC", updated_at=town.at))
    town.db.flush()
    issue(town, before)
    pay(town, before)
    take_back(town, before)
    issue(town, last)
    for kind, cents, minutes in (
        ("software", 42_000, None),
        ("implementation", 15_000, None),
        ("handling", 28_000, None),
        ("guidance", 240_000, 50 * 60),
    ):
        cost = ProgrammeCost(
            id=new_id(), municipality_id=town.id, kind=kind, first_day=before, last_day=last_day_of(last), amount_cents=cents, minutes=minutes,
            recorded_by=town.people["finance-1"].id, recorded_at=town.at,
        )  # fmt: skip
        costs.enter(town.db, cost, by=town.people["finance-1"], now=town.at)


def morning_after(town: Town, month: date) -> datetime:
    """The second day after a month, or now when that is still to come."""
    return min(town.at, instant(next_month(month) + timedelta(days=1), time(10, 5)))


def issue(town: Town, month: date) -> None:
    """Make the invoices of a month and send them."""
    ellen, at = town.people["finance-1"], morning_after(town, month)
    run = actions.start(town.db, ellen, month, terms=town.terms, now=at)
    while run is not None and run.finished_at is None:
        actions.go_on(town.db, run, terms=town.terms, now=at)
    rows = reads.rows_of(town.db, ellen, town.today, month=month)
    sending.ask(town.db, rows, reminder_after_days=(), by=ellen, now=at)
    for mail in town.db.execute(select(reads.mails).where(reads.mails.c.municipality_id == town.id, reads.mails.c.state == "waiting")).all():
        sending.settled(town.db, mail, Answer(200), now=at + timedelta(minutes=2))


def pay(town: Town, month: date) -> None:
    """All but the second employer paid; and something came in that names no invoice."""
    ellen, at = town.people["finance-1"], min(town.at, morning_after(town, month) + timedelta(days=8))
    came = [
        Credit(
            "", f"demo:{row.document.id}", at.date(), row.document.total_cents, row.document.employer, f"Factuur {printed_number(row.document.year, row.document.number)}",
        )
        for row in reads.rows_of(town.db, ellen, town.today, month=month)
        if row.document.establishment_id != town.places[1].id
    ]  # fmt: skip
    came.append(Credit("", f"demo:{uuid.uuid4()}", at.date(), 12_500, town.places[0].name, "Bedankt voor de hulp in de kas"))
    receipts.bring_in(town.db, came, ibans=frozenset(), by=ellen, now=at)


def take_back(town: Town, month: date) -> None:
    """A supervisor finds that a shift of that month was shorter, and the participant agrees: that becomes a credit note."""
    yusuf, fatma = town.people["participant-3"], town.people["supervisor-2"]
    query = (
        select(HoursEntry)
        .where(entries.c.participant_id == yusuf.id, entries.c.status == "confirmed", entries.c.worked_on.between(month, last_day_of(month)))
        .order_by(entries.c.worked_on.desc())
        .limit(1)
    )
    entry = town.db.execute(query).scalar_one_or_none()
    if entry is None:
        return
    at = min(town.at, morning_after(town, month) + timedelta(days=3))
    shorter = shift(entry.worked_on, local(entry.starts_at).time(), local(entry.stops_at - timedelta(hours=1)).time(), entry.break_minutes)
    hours.correct(
        town.db, entry, shorter, version=entry.version, reason="stopped_earlier", note="Het restaurant ging eerder dicht.", by=fatma, terms=town.terms, now=at,
    )  # fmt: skip
    hours.agree(town.db, entry, by=yusuf, terms=town.terms, now=at + timedelta(hours=4))
