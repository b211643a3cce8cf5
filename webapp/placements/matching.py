"""Which work looks for whom: open requests with their free places, the people it may suit, and offering it to one of them.

Nothing here reads how somebody answered before. People stand in the order of their names, and a closed offer
says "does not fit now", whether it was a no, ran out, or the place went to somebody else (blueprint decision 9).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from webapp.offers import actions as offering
from webapp.offers.actions import offers
from webapp.offers.models import Offer
from webapp.offers.rules import ensure_offerable
from webapp.offers.seal import Sealer
from webapp.people.employers import Establishment
from webapp.people.models import Account, ParticipantFile
from webapp.people.person import Person
from webapp.placements.actions import own_caseload, placements
from webapp.placements.assessing import ensure, look
from webapp.placements.checks import again_after
from webapp.placements.facts import earlier_of, signals, waits_at
from webapp.placements.rules import last_day
from webapp.requests.models import PlannedDay, WorkRequest, planned_days
from webapp.safeguards.rules import Stretch, duration_until
from webapp.terms.actions import Terms
from webapp.terms.rules import NoTermsInForce, limit_months
from webapp.terms.shapes import Duration
from webapp.wishes.rules import Fit, Wishes, fit

accounts: Any = Account.__table__  # type: ignore[attr-defined]
files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]

TAKEN = ("accepted", "running")
WORD_ORDER = ("yes", "open", "closed")  # of several offers of the same work to one person, the first of these is told
DAY_MINUTES = 24 * 60

TAKEN_PLACES = (
    select(func.count()).where(placements.c.request_id == requests.c.id, placements.c.status.in_(TAKEN)).correlate(requests).scalar_subquery()
)  # fmt: skip
WAITING = select(func.count()).where(offers.c.request_id == requests.c.id, offers.c.status == "open").correlate(requests).scalar_subquery()
OPEN_REQUESTS = (
    select(requests, establishments.c.name.label("establishment"), TAKEN_PLACES.label("taken"), WAITING.label("waiting"))
    .join_from(requests, establishments, establishments.c.id == requests.c.establishment_id)
    .where(requests.c.status == "open")
    .order_by(requests.c.starts_on, requests.c.function, requests.c.id)
)  # fmt: skip
PEOPLE = select(
    accounts.c.id,
    accounts.c.first_name,
    accounts.c.last_name,
    accounts.c.language,
    files.c.wishes,
    files.c.travels_by,
    files.c.needs,
    files.c.wished_minutes_from,
    files.c.wished_minutes_to,
    files.c.cannot_work,
).join_from(files, accounts, accounts.c.id == files.c.account_id)
WORK_OF = (
    select(
        placements.c.id, placements.c.participant_id, placements.c.request_id, placements.c.status, placements.c.function, placements.c.weekly_minutes, placements.c.pattern,
        placements.c.starts_on, placements.c.ends_on, establishments.c.name.label("establishment"),
    )
    .join_from(placements, establishments, establishments.c.id == placements.c.establishment_id)
    .where(placements.c.status.in_(TAKEN))
    .order_by(placements.c.starts_on)
)  # fmt: skip


class Candidate(NamedTuple):
    """Somebody this work may suit, with their own reasons and with what stands in the way.

    `word`: how an offer of this work to them stands: "yes", "open", "closed" or "" for none.
    `elsewhere`: work they have now. `limit_months`: the shorter limit that both together would bring, or None.
    """

    id: uuid.UUID
    first_name: str
    last_name: str
    language: str
    wishes: Wishes
    fit: Fit  # of the hours and days of this work, beside what they wish
    word: str
    has_open_offer: bool
    here: Any  # their placement for this work, when they said yes
    elsewhere: Sequence[Any]
    clashes: bool
    week_minutes: int
    limit_months: int | None
    signal: bool  # a readiness signal waits, or is talked about: regular work comes first
    until: date | None  # the last day this work may be done, where what was done before leaves less than is asked
    used_up: bool

    @property
    def may_be_offered(self) -> bool:
        return not (self.has_open_offer or self.word == "yes" or self.signal or self.used_up)


def open_requests(db: Session, municipality_id: int) -> list[Any]:
    """Requests of the municipality that are open, with the places already taken."""
    return list(db.execute(OPEN_REQUESTS.where(requests.c.municipality_id == municipality_id)))


def candidates(db: Session, person: Person, request: WorkRequest, terms: Terms, today: date) -> list[Candidate]:
    """The people of somebody's caseload, by name, as far as this request concerns them. Six statements."""
    caseload = own_caseload(person, today)
    work: dict[uuid.UUID, list[Any]] = {}
    for row in db.execute(WORK_OF.where(placements.c.participant_id.in_(caseload), placements.c.ends_on >= today)):
        work.setdefault(row.participant_id, []).append(row)
    said: dict[uuid.UUID, set[tuple[uuid.UUID, str]]] = {}
    for who, what, status in db.execute(
        select(offers.c.participant_id, offers.c.request_id, offers.c.status).where(offers.c.participant_id.in_(caseload))
    ):
        said.setdefault(who, set()).add((what, status))
    people = db.execute(PEOPLE.where(files.c.account_id.in_(caseload))).all()
    by_name = sorted(people, key=lambda row: (row.first_name.casefold(), row.last_name.casefold(), row.id))
    before = earlier_of(db, caseload, request.establishment_id, request.function)
    ready = set(
        db.execute(select(signals.c.participant_id).where(signals.c.participant_id.in_(caseload), waits_at(request.establishment_id))).scalars()
    )
    return [
        _candidate(
            row, request, work.get(row.id, []), said.get(row.id, set()), duration_on(terms, today), before.get(row.id, []), terms, row.id in ready
        )
        for row in by_name
    ]


def duration_on(terms: Terms, day: date) -> Duration | None:
    try:
        return terms.duration(day)
    except NoTermsInForce:
        return None


def _candidate(
    row: Any, request: WorkRequest, work: Sequence[Any], said: set[tuple[uuid.UUID, str]], duration: Duration | None, before: Sequence[Stretch], terms: Terms, signal: bool,
) -> Candidate:  # fmt: skip
    first = request.starts_on
    wishes = Wishes([str(wish) for wish in row.wishes], row.wished_minutes_from, row.wished_minutes_to, row.cannot_work, row.travels_by, row.needs)
    _months, until, _counts = duration_until(duration_on(terms, first), first, request.weekly_minutes, before, again_after(terms, first))
    shorter = until if until is not None and before and until < last_day(first, request.weeks) else None
    elsewhere = [own for own in work if own.request_id != request.id]
    together = request.weekly_minutes + sum(own.weekly_minutes for own in elsewhere)
    own_words = {status for what, status in said if what == request.id}
    return Candidate(
        row.id, row.first_name, row.last_name, row.language, wishes, fit(wishes, _spans(planned_days(request.pattern)), together),
        word=next((word for word in WORD_ORDER if word in own_words), ""),
        has_open_offer=any(status == "open" for _, status in said), here=next((own for own in work if own.request_id == request.id), None), elsewhere=elsewhere,
        clashes=any(clash(planned_days(request.pattern), planned_days(own.pattern)) for own in elsewhere if own.ends_on >= request.starts_on),
        week_minutes=together, limit_months=shorter_limit(duration, alone=request.weekly_minutes, together=together),
        signal=signal, until=shorter, used_up=shorter is not None and shorter < first,
    )  # fmt: skip


def shorter_limit(duration: Duration | None, *, alone: int, together: int) -> int | None:
    """How many months such a week may last, when that is shorter than for this work alone. Minutes a week."""
    if duration is None or together == alone:
        return None
    all_work, only_this = limit_months(duration, together), limit_months(duration, alone)
    return all_work if all_work is not None and only_this is not None and all_work < only_this else None


def clash(plan: Sequence[PlannedDay], other: Sequence[PlannedDay]) -> bool:
    """Whether two weekly plans ask somebody at two places at one time. Touching is not clashing.

    >>> clash([PlannedDay(0, "09:00", "13:00")], [PlannedDay(0, "12:00", "14:00")]), clash([PlannedDay(6, "22:00", "06:00")], [PlannedDay(0, "05:00", "09:00")])
    (True, True)
    """
    return any(a < d and c < b for a, b in _spans(plan) for c, d in _spans(other, round_the_week=True))


def _spans(plan: Sequence[PlannedDay], *, round_the_week: bool = False) -> list[tuple[int, int]]:
    """Each planned day as minutes since Monday 00:00; with the weeks beside it, so that Sunday night meets Monday."""
    spans = []
    for day in plan:
        start = day.weekday * DAY_MINUTES + day.start.hour * 60 + day.start.minute
        spans.append((start, start + day.minutes + day.pause))
    weeks = (-7, 0, 7) if round_the_week else (0,)
    return [(start + week * DAY_MINUTES, stop + week * DAY_MINUTES) for week in weeks for start, stop in spans]


def places_left(db: Session, request: WorkRequest) -> tuple[int, int]:
    """Places nobody has, and offers of this work that wait for an answer."""
    taken, waiting = db.execute(select(TAKEN_PLACES, WAITING).where(requests.c.id == request.id)).one()
    return max(request.places - taken, 0), waiting


def offer_work(
    db: Session, request: WorkRequest, participant_id: uuid.UUID, *, by: Person, travel_minutes: int | None, terms: Any, sealer: Sealer, now: datetime
) -> Offer:
    """Offer this work to one person. A second time finds the first offer, while that is open.

    Raises CannotOffer, or Blocked when a displacement test stands in the way; what was found is kept all the same.
    """
    live: Offer | None = db.execute(
        select(Offer).where(offers.c.request_id == request.id, offers.c.participant_id == participant_id, offers.c.status != "closed")
    ).scalar_one_or_none()
    if live is not None and live.status == "open":
        return live
    free, waiting = places_left(db, request)
    ensure_offerable(
        request_open=request.status == "open", free_places=free, waiting=waiting,
        has_open_offer=offering.open_offers(db, participant_id) > 0, works_here=live is not None,
    )  # fmt: skip
    ensure(look(db, request, terms, occasion="offered", participant_id=participant_id, by=by, now=now))
    return offering.make_offer(db, request, participant_id, by=by, travel_minutes=travel_minutes, terms=terms, sealer=sealer, now=now)


def days_grouped(pattern: Sequence[Mapping[str, Any]]) -> list[tuple[list[int], str, str]]:
    """Weekdays with the same hours together: ([0, 2, 4], "09:00", "13:00")."""
    groups: dict[tuple[str, str], list[int]] = {}
    for day in planned_days(list(pattern)):  # type: ignore[arg-type]
        groups.setdefault(day.hours, []).append(day.weekday)
    return [(weekdays, start, stop) for (start, stop), weekdays in groups.items()]
