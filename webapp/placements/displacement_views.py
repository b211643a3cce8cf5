"""The displacement tests of a request (UX C6): what was found, a judgement with a reason for what asks for one, and a colleague's signature."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response, abort, g, request
from sqlalchemy import select

from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.pages import go, page
from webapp.foundation.texts import N_
from webapp.foundation.texts import gettext as _
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account
from webapp.permissions import Role
from webapp.placements import assessing, matching, statements
from webapp.placements.actions import own_caseload, placements
from webapp.placements.assessing import Tested
from webapp.placements.blueprint import pages
from webapp.placements.models import Placement
from webapp.requests.models import WorkRequest
from webapp.safeguards.actions import AlreadySigned, judge, sign
from webapp.safeguards.reads import Judgement, judgements
from webapp.safeguards.rules import NEEDS_REASON, NOT_ALLOWED, OK, Finding, NotKeptApart, covered
from webapp.safeguards.words import Told, told
from webapp.terms.here import terms

LONGEST_TEXT = 1000
ORDER = (NOT_ALLOWED, NEEDS_REASON, OK)


class Row(NamedTuple):
    """One test on the page, with what was judged about it. `state`: "ok", "not_allowed", "open", "waits", "agreed" or "refused"."""

    told: Told
    state: str
    judged: Judgement | None


def state_of(finding: Finding, said: Sequence[Judgement]) -> tuple[str, Judgement | None]:
    """How a finding stands, and the newest judgement that is about it."""
    if finding.outcome == OK:
        return "ok", None
    if not finding.can_be_overridden:
        return "not_allowed", None
    about = [one for one in said if covered(finding, [one.what])]
    for one in about:
        if one.second_agrees:
            return "agreed", one
    newest = about[0] if about else None
    if newest is None:
        return "open", None
    return ("waits" if newest.second_agrees is None else "refused"), newest


def request_or_404(request_id: uuid.UUID) -> tuple[WorkRequest, Establishment]:
    """A request of the municipality, and where it is."""
    own = matching.requests.c.municipality_id == g.person.municipality_id
    query = select(WorkRequest, Establishment).join_from(
        WorkRequest, Establishment, matching.establishments.c.id == matching.requests.c.establishment_id
    )
    found = db().execute(query.where(own, matching.requests.c.id == request_id)).one_or_none()
    if found is None:
        abort(404)
    return found[0], found[1]


class Somebody(NamedTuple):
    """One person the request is looked at for, and the place they have or said yes to in it."""

    account: Account
    place: Placement | None

    @property
    def id(self) -> uuid.UUID:
        return self.account.id


def somebody_or_404(participant_id: uuid.UUID, work: WorkRequest) -> Somebody:
    """Somebody of the own caseload; nobody else's."""
    own = matching.accounts.c.id.in_(own_caseload(g.person, day_of(now())))
    theirs = (placements.c.participant_id == matching.accounts.c.id) & (placements.c.request_id == work.id)
    query = select(Account, Placement).outerjoin(Placement, theirs & placements.c.status.in_(("accepted", "running")))
    found = db().execute(query.where(own, matching.accounts.c.id == participant_id)).first()
    return Somebody(found[0], found[1]) if found else abort(404)


@pages.get("/requests/<uuid:request_id>/displacement", endpoint="displacement")
def of_request(request_id: uuid.UUID) -> Response:
    return show(*request_or_404(request_id))


@pages.get("/requests/<uuid:request_id>/displacement/<uuid:participant_id>", endpoint="displacement_of")
def of_person(request_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
    """The same tests for one person: what they did here before counts too."""
    work, place = request_or_404(request_id)
    return show(work, place, somebody_or_404(participant_id, work))


def found_now(work: WorkRequest, somebody: Somebody | None) -> tuple[Tested, list[Judgement]]:
    said = judgements(db(), work.id)
    agreed = [one.what for one in said if one.second_agrees]
    who, place = (somebody.id, somebody.place) if somebody else (None, None)
    return assessing.run(db(), work, terms(), day=day_of(now()), participant_id=who, placement=place, judged=agreed), said


def show(
    work: WorkRequest, place: Establishment, somebody: Somebody | None = None, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
    refused: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    tested, said = found_now(work, somebody)
    rows = [Row(told(finding), *state_of(finding, said)) for finding in tested.findings]
    rows.sort(key=lambda row: ORDER.index(row.told.outcome))
    waiting = {row.judged.assessment_id: row.judged for row in rows if row.state == "waits" and row.judged is not None}
    signable = [one for one in waiting.values() if one.decided_by != g.person.id]
    judges = g.person.role == Role.CASE_MANAGER
    return page(
        "placements/displacement.html", status=status, work=work, somebody=somebody.account if somebody else None, place=place, rows=rows,
        count={state: sum(row.state == state for row in rows) for state in ("ok", "not_allowed", "open", "waits", "agreed", "refused")}, new_id=new_id(),
        asks=judges and not any(row.state == "not_allowed" for row in rows), typed=typed or {}, errors=errors or {}, refused=refused, waiting=list(waiting.values()),
        signable=signable, day_of=day_of, notice=NOTICES.get(request.args.get("kept", ""), lambda: None)(), blocked="blocked" in request.args,
    )  # fmt: skip


NOTICES: dict[str, Any] = {
    "judged": lambda: _("Recorded. A colleague looks too. Until then nothing can be offered."),
    "agreed": lambda: _("Recorded. The work may be offered."),
    "stated": lambda: _("Kept. The tests use it at once."),
    "disagreed": lambda: _("Recorded. The work cannot be offered like this."),
}


def address(work: WorkRequest, somebody: Somebody | None) -> str:
    return f"/requests/{work.id}/displacement" + (f"/{somebody.id}" if somebody else "")


@pages.post("/requests/<uuid:request_id>/displacement", endpoint="judge")
def judge_request(request_id: uuid.UUID) -> Response:
    return judged(*request_or_404(request_id), None)


@pages.post("/requests/<uuid:request_id>/displacement/<uuid:participant_id>", endpoint="judge_of")
def judge_person(request_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
    work, place = request_or_404(request_id)
    return judged(work, place, somebody_or_404(participant_id, work))


def judged(work: WorkRequest, place: Establishment, somebody: Somebody | None) -> Response:
    """Record a judgement, or sign one of a colleague. The same again changes nothing."""
    if "judgement" in request.form:
        return signed(work, place, somebody)
    if g.person.role != Role.CASE_MANAGER:
        abort(403)
    tested, said = found_now(work, somebody)
    asked = [finding for finding in tested.findings if state_of(finding, said)[0] in ("open", "refused")]
    typed = {name: text.strip()[:LONGEST_TEXT] for name, text in request.form.items()}
    if any(finding.outcome == NOT_ALLOWED for finding in tested.findings):
        return show(work, place, somebody, typed=typed, refused=_("This is not allowed. No judgement can change that."), status=422)
    if not asked:
        return go(address(work, somebody))
    errors = {f"reason-{one.item}": _("Write why this may go on after all.") for one in asked if not typed.get(f"reason-{one.item}")}
    if errors:
        return show(work, place, somebody, typed=typed, errors=errors, status=422)
    kept = assessing.keep_tested(
        db(), work, tested, occasion="offered" if somebody else "asked", participant_id=somebody.id if somebody else None, placement=somebody.place if somebody else None, id=own_id(typed.get("id", "")),
        by=g.person, now=now(),
    )  # fmt: skip
    if kept.request_id != work.id:
        abort(404)
    reasons = {one.item: (typed[f"reason-{one.item}"], typed.get(f"evidence-{one.item}", "")) for one in asked}
    judge(db(), kept, reasons, by=g.person, now=now())
    return go(address(work, somebody) + "?kept=judged")


def own_id(text: str) -> uuid.UUID:
    """The identifier the form was made with; without a proper one, a new one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return new_id()


def signed(work: WorkRequest, place: Establishment, somebody: Somebody | None) -> Response:
    """The second signature: agree, or not."""
    said = request.form.get("judgement", "")
    known = {str(one.assessment_id): one.assessment_id for one in judgements(db(), work.id)}
    assessment_id = known.get(request.form.get("assessment_id", "")) or abort(404)
    if said not in ("agree", "disagree"):
        return show(work, place, somebody, errors={"judgement": _("Choose whether you agree.")}, status=422)
    try:
        sign(db(), assessment_id, agrees=said == "agree", by=g.person, now=now())
    except NotKeptApart:
        return show(work, place, somebody, refused=_("You judged this yourself. A colleague looks as second."), status=409)
    except AlreadySigned:
        return show(work, place, somebody, refused=_("A colleague answered already. That stands."), status=409)
    return go(address(work, somebody) + ("?kept=agreed" if said == "agree" else "?kept=disagreed"))


# what the employer states ---------------------------------------------------------------------


STATEMENT_WRONG = {
    "not_a_day": N_("Fill in a day, for example 2026-04-06."), "not_money": N_("Fill in an amount, for example 24,50."),
    "empty": N_("Fill in the day."), "future": N_("This day has not come yet."),
}  # fmt: skip


def typed_of(work: WorkRequest) -> dict[str, str]:
    """What is known already, as the form shows it."""
    known = statements.of_request(db(), work)
    if known is None:
        return {}
    words = {True: "yes", False: "no", None: ""}
    cents = known.agency_tariff_cents
    return {
        **{name: words[getattr(known, name)] for name in statements.QUESTIONS}, **{name: str(getattr(known, name) or "") for name in statements.DAYS},
        "end_client": known.end_client, "agency_tariff": f"{cents // 100},{cents % 100:02}" if cents else "",
    }  # fmt: skip


def statement_page(
    work: WorkRequest, place: Establishment, typed: Mapping[str, str], errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    employer = db().get(Employer, place.employer_id)
    return page("placements/statement.html", status=status, work=work, place=place, employer=employer, typed=typed, errors=errors or {})


@pages.get("/requests/<uuid:request_id>/statement", endpoint="statement")
def stated(request_id: uuid.UUID) -> Response:
    work, place = request_or_404(request_id)
    return statement_page(work, place, typed_of(work))


@pages.post("/requests/<uuid:request_id>/statement", endpoint="state")
def state(request_id: uuid.UUID) -> Response:
    """Write down what the employer said. The same again changes nothing."""
    work, place = request_or_404(request_id)
    typed = {name: text[:LONGEST_TEXT] for name, text in request.form.items()}
    try:
        values = statements.read(typed, today=day_of(now()))
    except statements.Unreadable as wrong:
        return statement_page(work, place, typed, {field: _(STATEMENT_WRONG[why]) for field, why in wrong.fields.items()}, status=422)
    statements.keep(db(), work, values, by=g.person, now=now())
    return go(f"{address(work, None)}?kept=stated")
