"""Reads of the Today page: few, built once, on table columns (DECISIONS.md 3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select

from webapp.foundation.database import Read
from webapp.hours.reads import STANDS, check_ins, entries
from webapp.notifications.models import Notification
from webapp.offers.actions import offers
from webapp.people.employers import Establishment
from webapp.people.models import Account, ParticipantFile
from webapp.placements.actions import placements, shifts
from webapp.placements.course import absences
from webapp.requests.models import WorkRequest

files: Any = ParticipantFile.__table__  # type: ignore[attr-defined]
establishments: Any = Establishment.__table__  # type: ignore[attr-defined]
requests: Any = WorkRequest.__table__  # type: ignore[attr-defined]
notices: Any = Notification.__table__  # type: ignore[attr-defined]
case_managers: Any = Account.__table__.alias("case_manager")  # type: ignore[attr-defined]
supervisors: Any = Account.__table__.alias("supervisor")  # type: ignore[attr-defined]

# the case manager, and the placement that matters today: running before accepted, the earliest first
PLACEMENT = Read(
    select(
        case_managers.c.first_name.label("case_manager"), case_managers.c.phone.label("case_manager_phone"), files.c.travels_by,
        placements.c.id, placements.c.status, placements.c.function, placements.c.starts_on, placements.c.ends_on, placements.c.offer_id,
        establishments.c.name.label("employer"), establishments.c.street, establishments.c.town, supervisors.c.first_name.label("supervisor"),
        offers.c.travel_minutes,
    )
    .select_from(files)
    .join(case_managers, case_managers.c.id == files.c.case_manager_id)
    .outerjoin(placements, and_(placements.c.participant_id == files.c.account_id, placements.c.status.in_((literal_column("'running'"), literal_column("'accepted'"))), placements.c.ends_on >= bindparam("today")))
    .outerjoin(establishments, establishments.c.id == placements.c.establishment_id)
    .outerjoin(supervisors, supervisors.c.id == placements.c.supervisor_id)
    .outerjoin(offers, offers.c.id == placements.c.offer_id)
    .where(files.c.account_id == bindparam("person"))
    .order_by(placements.c.status.desc(), placements.c.starts_on)
    .limit(1)
)  # fmt: skip

# the earliest planned shift around today for which no hours were written: to be sent, or next
SHIFTS = Read(
    select(shifts.c.id, shifts.c.placement_id, shifts.c.day, shifts.c.starts_at, shifts.c.stops_at, shifts.c.break_minutes)
    .select_from(shifts)
    .outerjoin(entries, and_(entries.c.planned_shift_id == shifts.c.id, STANDS))
    .where(
        shifts.c.participant_id == bindparam("person"), shifts.c.day.between(bindparam("from_day"), bindparam("to_day")),
        shifts.c.cancelled_at.is_(None), entries.c.id.is_(None),
    )
    .order_by(shifts.c.day, shifts.c.starts_at)
    .limit(1)
)  # fmt: skip

# everything else that wants attention, in one row
TODO = Read(
    select(
        offers.c.id.label("offer_id"), requests.c.function.label("offer_function"), check_ins.c.started_at, check_ins.c.placement_id.label("check_in_placement"),
        select(func.count())
        .where(notices.c.account_id == bindparam("person"), notices.c.read_at.is_(None), notices.c.withdrawn_at.is_(None))
        .scalar_subquery()
        .label("unread"),
        select(absences.c.planned_shift_id)
        .where(absences.c.participant_id == bindparam("person"), absences.c.day == bindparam("today"), absences.c.taken_back_at.is_(None))
        .order_by(absences.c.said_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("absent_shift"),
        select(shifts.c.id)
        .where(
            shifts.c.participant_id == bindparam("person"), shifts.c.day == bindparam("today"), shifts.c.stops_at > bindparam("now"),
            shifts.c.cancelled_at.is_(None), ~select(entries.c.id).where(entries.c.planned_shift_id == shifts.c.id, STANDS).exists(),
        )
        .order_by(shifts.c.starts_at)
        .limit(1)
        .scalar_subquery()
        .label("shift_today"),
    )
    .select_from(files)
    .outerjoin(offers, and_(offers.c.participant_id == files.c.account_id, offers.c.status == literal_column("'open'"), offers.c.closes_at > bindparam("now")))
    .outerjoin(requests, requests.c.id == offers.c.request_id)
    .outerjoin(check_ins, and_(check_ins.c.participant_id == files.c.account_id, check_ins.c.stopped_at.is_(None)))
    .where(files.c.account_id == bindparam("person"))
)  # fmt: skip
