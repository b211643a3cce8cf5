"""The overview (UX G1), what the programme costs, and the exports. Totals only: no page here names a participant."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, current_app, g, request

from webapp.bookkeeping import reads
from webapp.bookkeeping.auditfile import audit_file as make_audit_file
from webapp.bookkeeping.auditfile import years_with_invoices
from webapp.bookkeeping.blueprint import pages
from webapp.bookkeeping.exports import hours_csv as hours_rows
from webapp.bookkeeping.exports import invoices_xlsx as make_workbook
from webapp.bookkeeping.exports import ledger_csv as ledger_rows
from webapp.bookkeeping.exports import parts
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import database, db, lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.money import cents_of
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.hours.forms import read_day, read_uuid
from webapp.invoices import costs
from webapp.invoices import reads as invoice_reads
from webapp.invoices.costs import KINDS, ProgrammeCost
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce

SHOWN = 5
LONGEST_NOTE = 200
MOST_CENTS, MOST_HOURS = 10**10, 100_000


# the overview -------------------------------------------------------------------------------------


@pages.get("/overview")
def overview() -> Response:
    today, ours = day_of(now()), g.person.municipality_id
    first = date(today.year, 1, 1)
    works = reads.work_of(db(), ours, first, today)
    result = reads.result_of(db(), ours, works, first, today)
    month_ago = today.replace(day=1) - timedelta(days=1)
    working, before = reads.at_work(db(), ours, today), reads.at_work(db(), ours, month_ago)
    return page(
        "bookkeeping/overview.html", today=today, at_work=working, more=working - before, month_ago=month_ago, saved=reads.saved(db(), ours), pays_on=terms().next_payout_on(today),
        waiting_minutes=reads.waiting_minutes(db(), ours), result=result, per_hour=reads.per_hour, months=reads.months(db(), ours, today),
        late=invoice_reads.late(db(), g.person, today), unplaced=len(invoice_reads.unmatched(db(), ours)), ending=reads.ending_soon(db(), ours, today),
        disputes=reads.open_disputes(db(), ours), rows=invoice_reads.rows_of(db(), g.person, today, limit=SHOWN), undecided=undecided(today),
    )  # fmt: skip


def undecided(today: date) -> list[str]:
    """What must be recorded before an invoice can be made, in words."""
    words = {"vat": _("Which VAT counts is not recorded yet"), "invoice_sender": _("Who sends the invoices is not recorded yet")}
    missing = []
    for key, said in words.items():
        try:
            terms().row(key, today)
        except NoTermsInForce:
            missing.append(said)
    return missing


# costs --------------------------------------------------------------------------------------------


@pages.get("/overview/costs", endpoint="costs")
def costs_of_a_year() -> Response:
    return costs_page(notice=_("It is saved.") if "saved" in request.args else None)


def costs_page(
    *, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, notice: str | None = None
) -> Response:
    today = day_of(now())
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdigit() and 2015 <= int(asked[:4]) <= today.year and len(asked) == 4 else today.year
    since, until = date(year, 1, 1), date(year, 12, 31)
    works = reads.work_of(db(), g.person.municipality_id, since, until)
    result = reads.result_of(db(), g.person.municipality_id, works, since, until)
    try:
        planned = terms().tariff_split(min(until, today))
    except NoTermsInForce:
        planned = None
    return page(
        "bookkeeping/costs.html", status=status, errors=errors or {}, typed=typed or {}, notice=notice, year=year, this_year=today.year, result=result, works=works, planned=planned,
        per_hour=reads.per_hour, entered=costs.of_period(db(), g.person.municipality_id, since, until), cost_id=(typed or {}).get("cost_id") or new_id(),
    )  # fmt: skip


@pages.post("/overview/costs")
def enter_cost() -> Response:
    """A cost for a period. The same form sent twice adds it once."""
    typed, errors = request.form, {}
    days: dict[str, date] = {}
    for name in ("first_day", "last_day"):
        try:
            days[name] = read_day(typed.get(name, ""))
        except ValueError:
            errors[name] = _("Choose a day.")
    if len(days) == 2 and days["last_day"] < days["first_day"]:
        errors["last_day"] = _("The last day lies before the first.")
    kind = typed.get("kind", "")
    if kind not in KINDS:
        errors["kind"] = _("Choose what it was for.")
    cents, minutes = money_typed(typed, kind, errors)
    cost_id = read_uuid(typed.get("cost_id"))
    if errors or cost_id is None:
        return costs_page(status=422, errors=errors or {"kind": _("Open this page again.")}, typed=typed)
    lock_municipality(db(), g.person.municipality_id)
    at = now()
    made = ProgrammeCost(
        id=cost_id, municipality_id=g.person.municipality_id, kind=kind, amount_cents=cents, minutes=minutes, note=typed.get("note", "").strip()[:LONGEST_NOTE],
        recorded_by=g.person.id, recorded_at=at, first_day=days["first_day"], last_day=days["last_day"],
    )  # fmt: skip
    costs.enter(db(), made, by=g.person, now=at)
    return go(f"/overview/costs?year={days['first_day'].year}&saved=1")


def money_typed(typed: Mapping[str, str], kind: str, errors: dict[str, str]) -> tuple[int, int | None]:
    """The amount in cents, and for own guidance the minutes behind it: then `amount` is what an hour of it costs."""
    try:
        cents = cents_of(typed.get("amount", ""))
    except ValueError:
        cents = 0
    if not 0 < cents <= MOST_CENTS:
        errors["amount"] = _("Fill in an amount. For example 1.234,50.")
    if kind != "guidance":
        return cents, None
    hours = typed.get("hours", "").strip()
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours[:9]) <= MOST_HOURS):
        errors["hours"] = _("Fill in how many hours, as a whole number.")
        return cents, None
    return cents * int(hours), int(hours) * 60


@pages.post("/overview/costs/<uuid:cost_id>/withdrawal")
def withdraw_cost(cost_id: uuid.UUID) -> Response:
    lock_municipality(db(), g.person.municipality_id)
    if not costs.withdraw(db(), cost_id, by=g.person, now=now()):
        abort(404)
    return go("/overview/costs?saved=1")


# exports ------------------------------------------------------------------------------------------


@pages.get("/exports")
def exports() -> Response:
    years = years_with_invoices(db(), g.person.municipality_id)
    return page("bookkeeping/exports.html", years=years)


def streamed(rows: Any, filename: str, kind: str) -> Response:
    """An answer that goes out while it is made."""
    answer = current_app.response_class(rows, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


@pages.get("/exports/hours.csv")
def hours_csv() -> Response:
    return streamed(hours_rows(database(), g.person.municipality_id), "uren.csv", "text/csv; charset=utf-8")


@pages.get("/exports/ledger.csv")
def ledger_csv() -> Response:
    return streamed(ledger_rows(database(), g.person.municipality_id), "premie-grootboek.csv", "text/csv; charset=utf-8")


def asked_year() -> int:
    asked = request.args.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and asked > "1999" else day_of(now()).year


@pages.get("/exports/invoices.xlsx")
def invoices_xlsx() -> Response:
    year = asked_year()
    file = make_workbook(database(), g.person.municipality_id, year)
    return streamed(parts(file), f"facturen-{year}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@pages.get("/exports/auditfile.xml")
def audit_file() -> Response:
    """The invoices of a year as Auditfile Financieel."""
    today, year = day_of(now()), asked_year()
    try:
        sender, invoicing = terms().value("invoice_sender", today), terms().value("invoicing", today)
    except NoTermsInForce:
        abort(404)
    file = make_audit_file(database(), g.person.municipality_id, year, sender=sender, invoicing=invoicing, made_on=today)
    return streamed(parts(file), f"auditfile-{year}.xaf", "application/xml; charset=utf-8")
