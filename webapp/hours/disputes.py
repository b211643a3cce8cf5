"""What a case manager does with hours: the list of what waits for them, both versions side by side, and the ruling."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page
from webapp.foundation.texts import duration_words
from webapp.foundation.texts import gettext as _
from webapp.hours import actions, rules, rulings
from webapp.hours.blueprint import pages
from webapp.hours.models import HoursEntry
from webapp.hours.reads import check_ins, entries, paid_day, visible_to
from webapp.hours.words import reason_words, status_chip
from webapp.people.employers import Establishment
from webapp.people.models import Account
from webapp.placements.models import Placement
from webapp.premium.rules import premium_cents
from webapp.terms.here import terms

LONGEST_REASON = 1000


def entry_or_404(entry_id: uuid.UUID) -> HoursEntry:
    found: HoursEntry | None = db().execute(visible_to(g.person, day_of(now())).where(entries.c.id == entry_id)).scalar_one_or_none()
    return found or abort(404)


@pages.get("/disputes")
def disputes() -> Response:
    """What waits for this case manager, the most urgent first, and what the others can still settle themselves."""
    today = day_of(now())
    waiting = rulings.unsettled(db(), g.person, terms().silence(today), today)
    return page(
        "hours/disputes.html", today=today, to_rule=[entry for entry in waiting if entry.needs_ruling(today)],
        others=[entry for entry in waiting if entry.status == rules.Status.CORRECTED and not entry.needs_ruling(today)],
    )  # fmt: skip


def case_page(entry: HoursEntry, errors: Mapping[str, str] | None = None, *, typed: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """One entry as a case manager sees it: both versions in hours and euros, who said what, and the ruling when it is theirs to make."""
    today, silence = day_of(now()), terms().silence(day_of(now()))
    placement = db().get(Placement, entry.placement_id)
    assert placement is not None
    settle_by = rulings.settle_by(entry.status, since=rulings.since(entry), silence=silence) if is_open(entry) else None
    shown_status = rules.Status.PAID if paid_day(db(), entry) else entry.status
    return page(
        "hours/show_case_manager.html", status=status, shown_status=shown_status, errors=errors or {}, typed=typed or {}, entry=entry, placement=placement,
        participant=db().get(Account, entry.participant_id), supervisor=db().get(Account, entry.corrected_by or placement.supervisor_id),
        place=db().get(Establishment, placement.establishment_id), ruled_by=db().get(Account, entry.ruled_by) if entry.ruled_by else None,
        check_in=db().execute(select(check_ins).where(check_ins.c.entry_id == entry.id)).first(),
        cents=cents_of_versions(entry), reason=reason_words(entry.correction_reason) if entry.correction_reason else "",
        chip=status_chip(shown_status, ""), settle_by=settle_by, due=rulings.rule_by(entry, silence) if is_open(entry) else None,
        may_rule=is_open(entry) and rules.may_rule(rules.Status(entry.status), due=settle_by, today=today),
    )  # fmt: skip


def is_open(entry: HoursEntry) -> bool:
    return entry.status in (rules.Status.SENT, rules.Status.CORRECTED, rules.Status.DISPUTED)


def cents_of_versions(entry: HoursEntry) -> dict[str, int | None]:
    """What each version is worth, at the rate of the day worked. None where nothing is said, or no rate is known."""
    rate = terms().rate_or_none(entry.worked_on)
    if rate is None:
        return dict.fromkeys(("written", "corrected", "certain", "ruled"))
    minutes = {"written": entry.minutes, "corrected": entry.corrected_minutes, "certain": entry.certain_minutes, "ruled": entry.ruled_minutes}
    return {name: None if value is None else premium_cents(value, rate.cents_per_hour) for name, value in minutes.items()}


@pages.post("/hours/<uuid:entry_id>/ruling")
def rule(entry_id: uuid.UUID) -> Response:
    """A case manager decides, with a reason both sides read. Sending the same again changes nothing."""
    entry = entry_or_404(entry_id)
    typed = {name: request.form.get(name, "").strip() for name in ("ruling", "minutes", "reason")}
    minutes, errors = read_ruling(typed, entry)
    reason = typed["reason"][:LONGEST_REASON]
    if not reason:
        errors["reason"] = _("Write in a few words why. Both of them read it.")
    if errors or minutes is None:
        return case_page(entry, errors, typed=typed, status=422)
    today = day_of(now())
    due = rulings.settle_by(entry.status, since=rulings.since(entry), silence=terms().silence(today)) if is_open(entry) else None
    try:
        actions.rule(db(), entry, minutes, reason, due=due, by=g.person, terms=terms(), now=now())
    except rules.RulingOutside as outside:
        between = {"low": duration_words(outside.lowest), "high": duration_words(outside.highest)}
        return case_page(
            entry, {"minutes": _("Choose a time from %(low)s to %(high)s: what the two of them wrote.", **between)}, typed=typed, status=422
        )
    except (actions.AlreadyClosed, rules.NotNow):
        return case_page(entry, {"ruling": _("This can not be decided now. Look at what is recorded here.")}, typed=typed, status=409)
    return go(f"/hours/{entry.id}")


def read_ruling(typed: Mapping[str, str], entry: HoursEntry) -> tuple[int | None, dict[str, Any]]:
    """The minutes somebody chose, or the error at its field. Without a choice, `minutes` alone says it."""
    versions = {"written": entry.minutes, "corrected": entry.corrected_minutes}
    if versions.get(typed["ruling"]) is not None:
        return versions[typed["ruling"]], {}
    if typed["ruling"] not in ("", "other") or not (typed["ruling"] or typed["minutes"]):
        return None, {"ruling": _("Choose how many hours count.")}
    try:
        return rulings.minutes_typed(typed["minutes"], hours_up_to=rulings.LONGEST_HOURS if typed["ruling"] else 0), {}
    except rulings.NotADuration:
        return None, {"minutes": _("Fill in how long it was. For example 4:15 or 4,25.")}
