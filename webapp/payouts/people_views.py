"""One person in a run: the lines inside, leaving somebody out, a payment that came back, and files of the bank about that."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.payouts import actions, forms, overviews, reads, returns, rules
from webapp.payouts.blueprint import pages
from webapp.payouts.models import PayoutRun
from webapp.payouts.views import payout_or_404, run_or_404, runs_page
from webapp.payouts.words import BANK_REASONS, bank_reason, remark_chip
from webapp.premium.models import Payout
from webapp.premium.reads import lines_of


@pages.get("/payouts/<uuid:run_id>/people/<uuid:payout_id>")
def person(run_id: uuid.UUID, payout_id: uuid.UUID) -> Response:
    run = run_or_404(run_id)
    return person_page(run, payout_or_404(run, payout_id))


def person_page(run: PayoutRun, payout: Payout, *, status: int = 200, errors: dict[str, str] | None = None, typed: Any = None) -> Response:
    return page(
        "payouts/person.html", status=status, run=run, payout=payout, errors=errors or {}, typed=typed or {}, lines=lines_of(db(), payout),
        who=overviews.person_of(db(), payout), remarks=overviews.remarks_of(db(), payout), remark_chip=remark_chip, bank_reason=bank_reason,
        reasons=[(code, bank_reason(code)) for code in BANK_REASONS], today=day_of(now()),
    )  # fmt: skip


@pages.post("/payouts/<uuid:run_id>/people/<uuid:payout_id>/omission")
def hold(run_id: uuid.UUID, payout_id: uuid.UUID) -> Response:
    """Leave one person out, with a reason. What is due stays due."""
    run = run_or_404(run_id)
    payout, reason = payout_or_404(run, payout_id), request.form.get("reason", "").strip()[: forms.LONGEST]
    if not reason:
        return person_page(run, payout, status=422, errors={"reason": _("Write in a few words why.")}, typed=request.form)
    try:
        actions.hold(db(), run, payout, reason, by=g.person, now=now())
    except rules.NotWaiting:
        return person_page(run, payout, status=409)
    return go(f"/payouts/{run.id}")


@pages.post("/payouts/<uuid:run_id>/people/<uuid:payout_id>/return")
def take_return(run_id: uuid.UUID, payout_id: uuid.UUID) -> Response:
    """The bank could not pay, as somebody read it in the bank's own pages."""
    run = run_or_404(run_id)
    payout, read = payout_or_404(run, payout_id), forms.read_return(request.form, run.pay_on, day_of(now()))
    if read.errors or read.on is None:
        return person_page(run, payout, status=422, errors=read.errors, typed=request.form)
    try:
        actions.take_return(db(), payout, read.reason, returned_on=read.on, by=g.person, now=now())
    except rules.NotWaiting:
        return person_page(run, payout, status=409)
    return go(f"/payouts/{run.id}/people/{payout.id}")


@pages.post("/payouts/returns")
def take_returns() -> Response:
    """A file of the bank (pain.002, camt.053 or camt.054): every payment of ours that came back. The same file again changes nothing."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return runs_page({}, errors={"file": _("Choose the file of the bank.")}, status=422)
    at, found = now(), 0
    try:
        for one in returns.read(sent.stream):
            payout = reads.payout_of(db(), g.person, uuid.UUID(one.end_to_end_id))
            if payout is None or payout.status not in ("paid", "returned"):
                continue  # of another municipality or system, or never paid
            found += actions.take_return(db(), payout, one.code or "MS03", returned_on=one.on or day_of(at), by=g.person, now=at)
    except returns.NotReadable:
        return runs_page({}, errors={"file": _("This is not a file that tells what came back (pain.002, camt.053 or camt.054).")}, status=422)
    return go(f"/payouts?returned={found}")
