"""Invoices on the desk of the finance department: make them, look at them, send them (UX G4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, g, make_response, request
from sqlalchemy import insert, select, update

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db, lock_municipality
from webapp.foundation.documents import send as send_pdf
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page, wants_fragment
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import long_month, ngettext
from webapp.history.actions import Change, record_by
from webapp.invoices import (
    actions,
    files,
    forms,
    money_views,  # noqa: F401 - it adds its addresses
    reads,
    rules,
    sending,
)
from webapp.invoices.actions import addresses, runs
from webapp.invoices.blueprint import pages
from webapp.invoices.models import InvoiceRun
from webapp.invoices.paper import papers
from webapp.invoices.reads import Row
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce


def row_or_404(invoice_id: uuid.UUID) -> Row:
    return reads.one(db(), g.person, invoice_id, day_of(now())) or abort(404)


# the month ----------------------------------------------------------------------------------------


@pages.get("/invoices")
def all() -> Response:
    if request.args.get("show") == "late":
        return late_page()
    try:
        month = rules.read_month(request.args["month"]) if "month" in request.args else last_month()
    except rules.BadMonth:
        month = last_month()
    return month_page(month)


def last_month() -> date:
    """The last month that is over."""
    return rules.month_of(rules.month_of(day_of(now())) - timedelta(days=1))


def month_page(month: date, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    today = day_of(now())
    rows = reads.rows_of(db(), g.person, today, month=month)
    try:
        after_days = terms().value("invoicing", today).reminder_after_days
    except NoTermsInForce:
        after_days = []
    return page(
        "invoices/all.html", status=status, errors=errors or {}, month=month, before=rules.month_of(month - timedelta(days=1)), after=rules.next_month(month),
        is_over=rules.last_day_of(month) < today, rows=rows, sums=sums_of(rows), run=progress_of(month), waiting_minutes=reads.waiting_minutes(db(), g.person.municipality_id, month),
        to_send=sum(sending.next_step(row, today=today, after_days=after_days) is not None for row in rows), no_address=sum(row.step is None and not row.document.buyer["email"] for row in rows),
        late_count=len(reads.late(db(), g.person, today)), unplaced=len(reads.unmatched(db(), g.person.municipality_id)), notice=notice_of(request.args),
    )  # fmt: skip


def late_page() -> Response:
    today = day_of(now())
    rows = reads.late(db(), g.person, today)
    try:
        after_days = terms().value("invoicing", today).reminder_after_days
    except NoTermsInForce:
        after_days = []
    to_send = sum(sending.next_step(row, today=today, after_days=after_days) is not None for row in rows)
    return page(
        "invoices/late.html",
        rows=rows,
        open_cents=sum(row.standing.open_cents for row in rows if row.standing),
        to_send=to_send,
        notice=notice_of(request.args),
    )


def sums_of(rows: list[Row]) -> dict[str, int]:
    """The month in figures: what was billed, taken back, and is still open."""
    billed = sum(row.document.total_cents for row in rows if row.standing)
    return {
        "count": sum(1 for row in rows if row.standing),
        "minutes": sum(row.document.minutes * (1 if row.standing else -1) for row in rows),
        "billed_cents": billed,
        "credited_cents": sum(row.document.total_cents for row in rows if not row.standing),
        "open_cents": sum(max(0, row.standing.open_cents) for row in rows if row.standing),
    }


def notice_of(said: Mapping[str, str]) -> str | None:
    """What was done just now, in words."""
    count = said.get("sending", "")
    if count.isdigit() and len(count) < 6:
        return (
            ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", int(count))
            if int(count)
            else _("There was nothing left to send.")
        )
    if "nothing" in said:
        return _("There was nothing left to invoice in this month.")
    return _("It is saved.") if "saved" in said else None


# issuing ------------------------------------------------------------------------------------------


@pages.post("/invoices")
def issue() -> Response:
    """Make the invoices of a month. Pressing again, or together with somebody else, goes on with the same ones."""
    at = now()
    try:
        month = rules.read_month(request.form.get("month", ""))
        rules.ensure_over(month, day_of(at))
    except rules.BadMonth as bad:
        words = (
            _("Choose a month.")
            if "not a month" in str(bad)
            else _("This month is not over yet. You can make its invoices from the first day of the next one.")
        )
        return month_page(last_month(), status=422, errors={"month": words})
    try:
        run = actions.start(db(), g.person, month, terms=terms(), now=at)
        if run is not None:
            actions.go_on(db(), run, terms=terms(), now=at)
    except NoTermsInForce as missing:
        db().rollback()
        return month_page(month, status=422, errors={"month": missing_words(missing)})
    return go(f"/invoices?month={month:%Y-%m}" + ("" if run is not None else "&nothing=1"))


def missing_words(missing: NoTermsInForce) -> str:
    what = {"vat": _("which VAT counts"), "invoice_sender": _("who sends the invoices"), "invoicing": _("how long employers have to pay")}.get(
        missing.key, missing.key
    )
    return _("It is not recorded yet: %(what)s, on %(day)s. An administrator adds it to the policy.", what=what, day=missing.day.isoformat())


def progress_of(month: date) -> Any:
    """The latest run of a month with how far it is, or None."""
    run = reads.last_run(db(), g.person.municipality_id, month)
    if run is None:
        return None
    return {
        "id": run.id,
        "done": run.done,
        "todo": len(run.todo),
        "finished": run.finished_at is not None,
        "percent": 100 * run.done // max(1, len(run.todo)),
    }


@pages.get("/invoices/runs/<uuid:invoice_run_id>")
def progress(invoice_run_id: uuid.UUID) -> Response:
    """How far a run is, for who looks without pressing."""
    run = run_or_404(invoice_run_id)
    return page("invoices/progress.html", fragment="progress", month=run.period, run=progress_of(run.period))


@pages.post("/invoices/runs/<uuid:invoice_run_id>/steps")
def go_on(invoice_run_id: uuid.UUID) -> Response:
    """The next step of a run. The page asks for it by itself; without JavaScript there is a button."""
    run = run_or_404(invoice_run_id)
    actions.go_on(db(), run, terms=terms(), now=now())
    if run.finished_at is not None or not wants_fragment():
        return go(f"/invoices?month={run.period:%Y-%m}")
    return page("invoices/progress.html", fragment="progress", month=run.period, run=progress_of(run.period))


def run_or_404(run_id: uuid.UUID) -> InvoiceRun:
    query = select(InvoiceRun).where(runs.c.id == run_id, runs.c.municipality_id == g.person.municipality_id)
    found: InvoiceRun | None = db().execute(query).scalar_one_or_none()
    return found or abort(404)


# sending ------------------------------------------------------------------------------------------


@pages.post("/invoices/sending")
def send() -> Response:
    """Send what was not sent yet of a month, or the reminders that are due."""
    today, late = day_of(now()), request.form.get("show") == "late"
    try:
        month = None if late else rules.read_month(request.form.get("month", ""))
    except rules.BadMonth:
        return month_page(last_month(), status=422, errors={"month": _("Choose a month.")})
    rows = reads.late(db(), g.person, today) if month is None else reads.rows_of(db(), g.person, today, month=month)
    count = ask_for(rows)
    return go(f"/invoices?show=late&sending={count}" if month is None else f"/invoices?month={month:%Y-%m}&sending={count}")


@pages.post("/invoices/<uuid:invoice_id>/sending")
def send_one(invoice_id: uuid.UUID) -> Response:
    row = row_or_404(invoice_id)
    return go(f"/invoices/{invoice_id}?sending={ask_for([row])}")


def ask_for(rows: list[Row]) -> int:
    at = now()
    return sending.ask(db(), rows, reminder_after_days=terms().value("invoicing", day_of(at)).reminder_after_days, by=g.person, now=at)


# one document -------------------------------------------------------------------------------------


@pages.get("/invoices/<uuid:invoice_id>")
def show(invoice_id: uuid.UUID) -> Response:
    return invoice_page(row_or_404(invoice_id), notice=notice_of(request.args))


def invoice_page(
    row: Row, *, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, notice: str | None = None
) -> Response:
    today, document = day_of(now()), row.document
    [paper] = papers(db(), [document.id])
    try:
        step = sending.next_step(row, today=today, after_days=terms().value("invoicing", today).reminder_after_days)
    except NoTermsInForce:
        step = None
    corrects = reads.one(db(), g.person, document.corrects_id, today) if document.corrects_id else None
    return page(
        "invoices/show.html", status=status, errors=errors or {}, typed=typed or {}, notice=notice, row=row, paper=paper, corrects=corrects, step=step, today=today,
        notes=reads.credit_notes_on(db(), g.person, document.id), mails=reads.mails_of(db(), document.id), receipts=reads.receipts_of(db(), document.id),
        receipt_id=(typed or {}).get("receipt_id") or new_id(), printed=rules.printed_number, month_words=long_month,
    )  # fmt: skip


@pages.get("/invoices/<uuid:invoice_id>.pdf")
def pdf(invoice_id: uuid.UUID) -> Response:
    row_or_404(invoice_id)
    return send_pdf(*files.file_of(db(), invoice_id, "pdf"))


@pages.get("/invoices/<uuid:invoice_id>.xml")
def xml(invoice_id: uuid.UUID) -> Response:
    """The e-invoice, UBL 2.1."""
    row_or_404(invoice_id)
    content, filename = files.file_of(db(), invoice_id, "xml")
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/xml; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


# where it goes ------------------------------------------------------------------------------------


@pages.get("/invoices/addresses/<uuid:establishment_id>")
def address(establishment_id: uuid.UUID) -> Response:
    place = reads.establishment_of(db(), g.person, establishment_id) or abort(404)
    typed = {name: getattr(place, {"street": "bill_street", "town": "bill_town"}.get(name, name)) or "" for name in forms.ADDRESS}
    return page("invoices/address.html", place=place, typed=typed, notice=notice_of(request.args))


@pages.post("/invoices/addresses/<uuid:establishment_id>")
def save_address(establishment_id: uuid.UUID) -> Response:
    """From the next invoice on. What was issued keeps the address it had."""
    place = reads.establishment_of(db(), g.person, establishment_id) or abort(404)
    at, (values, errors) = now(), forms.read_address(request.form)
    if errors:
        return page("invoices/address.html", status=422, place=place, typed=values, errors=errors)
    lock_municipality(db(), g.person.municipality_id)
    row = {**values, "updated_by": g.person.id, "updated_at": at}
    changed: Any = db().execute(update(addresses).where(addresses.c.establishment_id == establishment_id).values(**row))
    if not changed.rowcount:
        db().execute(insert(addresses).values(establishment_id=establishment_id, municipality_id=g.person.municipality_id, **row))
    change = Change("billing_address.saved", establishment_id, {"email": bool(values["email"]), "vat_number": values["vat_number"]})
    record_by(db(), [change], by=g.person, now=at)
    return go(f"/invoices/addresses/{establishment_id}?saved=1")


__all__ = ["pages"]
