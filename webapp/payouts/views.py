"""Payout runs on the desks of finance: look, prepare, have a second person judge, get the bank file."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, abort, current_app, g, request

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import database, db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import ngettext
from webapp.payouts import actions, bankfile, forms, overviews, reads, rules
from webapp.payouts.blueprint import pages
from webapp.payouts.models import PayoutRun
from webapp.payouts.pain001 import InvalidFile
from webapp.payouts.words import remark_chip, run_chip
from webapp.premium.models import Payout
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce


def run_or_404(run_id: uuid.UUID) -> PayoutRun:
    return reads.run_of(db(), g.person, run_id) or abort(404)


def payout_or_404(run: PayoutRun, payout_id: uuid.UUID) -> Payout:
    found = reads.payout_of(db(), g.person, payout_id)
    return found if found is not None and found.run_id == run.id else abort(404)


def from_outside() -> bool:
    return reads.is_from_outside(db(), g.person.membership_id)


# all runs, and a trial ---------------------------------------------------------------------------


@pages.get("/payouts")
def all_runs() -> Response:
    """The runs there were, and a trial of the next one; a trial writes nothing."""
    asked = forms.read_run(request.args, day_of(now())) if "pay_on" in request.args else None
    if asked is not None and asked.errors:
        return runs_page(request.args, errors=asked.errors, status=422)
    return runs_page(request.args, asked=asked)


def runs_page(typed: Any, *, asked: forms.Asked | None = None, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    at = now()
    today = day_of(at)
    usual = terms().next_payout_on(today)
    trial = problem = None
    if asked is not None and asked.pay_on is not None:
        try:
            trial = actions.trial(db(), g.person.municipality_id, terms(), pay_on=asked.pay_on, settles_id=asked.settles_id, now=at)
        except NoTermsInForce as unknown:
            problem = _("The municipality has not recorded this for that day yet: %(what)s.", what=unknown.key)
    waiting = actions.standing_run(db(), g.person.municipality_id, date.min, None)
    return page(
        "payouts/all.html", status=status, errors=errors or {}, typed=typed, usual=usual, closes_on=closing(usual), trial=trial, problem=problem,
        waiting=waiting, runs=overviews.runs_of(db(), g.person.municipality_id), run_chip=run_chip, outside=from_outside(),
        today=today, looked=overviews.of_trial(trial) if trial else None, remark_chip=remark_chip, settles_id=asked.settles_id if asked else None,
        left=overviews.who_left(db(), g.person.municipality_id, today), returned=request.args.get("returned", type=int), household=household(asked),
    )  # fmt: skip


def closing(pay_on: date | None) -> date | None:
    try:
        return rules.hours_until(pay_on, terms().value("payout_run", pay_on).close_days) if pay_on else None
    except NoTermsInForce:
        return None


def household(asked: forms.Asked | None) -> bool:
    """Whether the maximum counts per household: Opstap knows no partners, so somebody has to look."""
    return bool(asked and asked.pay_on and terms().yearly_maximum(asked.pay_on).scope == "household")


@pages.post("/payouts")
def prepare() -> Response:
    """The first check. The same day again, or any day while a run waits, leads to the run there is."""
    asked = forms.read_run(request.form, day_of(now()))
    if asked.errors or asked.pay_on is None:
        return runs_page(request.form, errors=asked.errors, status=422)
    if asked.settles_id is not None and not reads.is_participant(db(), g.person.municipality_id, asked.settles_id):
        abort(404)
    try:
        run = actions.prepare(db(), terms(), pay_on=asked.pay_on, by=g.person, from_outside=from_outside(), settles_id=asked.settles_id, now=now())
    except rules.OutsideOnly:
        abort(403)
    except rules.NothingToPay:
        nothing = _("Nothing can be paid on this day. Who has premium stands below, with the reason.")
        return runs_page(request.form, asked=asked, errors={"pay_on": nothing}, status=422)
    except NoTermsInForce as unknown:
        words = _("The municipality has not recorded this for that day yet: %(what)s.", what=unknown.key)
        return runs_page(request.form, errors={"pay_on": words}, status=422)
    return go(f"/payouts/{run.id}")


# one run -----------------------------------------------------------------------------------------


@pages.get("/payouts/<uuid:run_id>")
def show(run_id: uuid.UUID) -> Response:
    return run_page(run_or_404(run_id))


def run_page(run: PayoutRun, *, status: int = 200, errors: dict[str, str] | None = None, typed: Any = None, problem: str | None = None) -> Response:
    shown = request.args.get("page", default=1, type=int)
    return page(
        "payouts/show.html", status=status, run=run, errors=errors or {}, typed=typed or {}, problem=problem, totals=reads.totals_of(db(), run.id),
        looked=overviews.of_run(db(), run), lines=overviews.payouts_of(db(), run, max(1, min(shown, 100_000))), people=overviews.people_of(db(), run),
        run_chip=run_chip, remark_chip=remark_chip, own=run.prepared_by == g.person.id, languages=overviews.languages_of(db(), run), page_number=shown,
    )  # fmt: skip


@pages.post("/payouts/<uuid:run_id>/approval")
def approve(run_id: uuid.UUID) -> Response:
    """The second check: somebody else judges, in words. Only then there is a bank file."""
    run = run_or_404(run_id)
    judgement, seen = request.form.get("judgement", "").strip()[: forms.LONGEST], request.form.get("seen_cents", type=int)
    if run.prepared_by == g.person.id:
        abort(403)
    if not judgement and run.status == "prepared":
        return run_page(run, status=422, errors={"judgement": _("Write in a few words why this premium helps people find work.")}, typed=request.form)
    try:
        actions.approve(db(), run, judgement, terms=terms(), by=g.person, seen_cents=seen, now=now())
    except rules.OwnRun:
        abort(403)
    except rules.NotWaiting:
        return run_page(run, status=409, problem=_("This payment no longer waits for a second check."))
    except rules.Looked:
        return run_page(run, status=409, typed=request.form, problem=_("This payment changed while you were looking. Look once more."))
    except rules.NoAccount:
        return run_page(
            run, status=409, typed=request.form, problem=_("The account of the municipality is not recorded yet. Record it with the terms.")
        )
    except rules.NothingToPay:
        return run_page(run, status=409, problem=_("Nobody is left in this payment. Send it back."))
    except rules.AccountsChanged as changed:
        words = ngettext(
            "%(names)s changed account after the first check. Send the payment back and prepare it again.",
            "These people changed account after the first check: %(names)s. Send the payment back and prepare it again.",
            len(changed.names), names=", ".join(changed.names),
        )  # fmt: skip
        return run_page(run, status=409, typed=request.form, problem=words)
    return go(f"/payouts/{run.id}")


@pages.post("/payouts/<uuid:run_id>/refusal")
def send_back(run_id: uuid.UUID) -> Response:
    run, reason = run_or_404(run_id), request.form.get("reason", "").strip()[: forms.LONGEST]
    if not reason and run.status == "prepared":
        return run_page(run, status=422, errors={"reason": _("Write in a few words why.")}, typed=request.form)
    try:
        actions.send_back(db(), run, reason, by=g.person, now=now())
    except rules.NotWaiting:
        return run_page(run, status=409, problem=_("This payment no longer waits for a second check."))
    return go(f"/payouts/{run.id}")


@pages.get("/payouts/<uuid:run_id>/pain001.xml")
def bank_file(run_id: uuid.UUID) -> Response:
    """The file for the bank, in pieces; made anew at each download, with the same bytes."""
    run = run_or_404(run_id)
    try:
        made = bankfile.make(db(), database(), run, municipality=g.person.municipality_name, vault=current_app.extensions["bank_vault"])
    except rules.NotWaiting:
        return run_page(run, status=409, problem=_("There is no bank file before the second check."))
    except (InvalidFile, rules.NotLatin) as fault:
        return run_page(run, status=409, problem=_("The bank would refuse this file: %(fault)s", fault=str(fault)[:200]))

    def pieces() -> Any:
        with made:
            while piece := made.read(64 * 1024):
                yield piece

    answer = Response(pieces(), content_type="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{rules.file_name(run.pay_on)}"'
    return answer
