"""The demo of a placement's life: signatures, other hours, a pause, a calendar address, an agreement to sign, and a change of terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from webapp.foundation.clock import instant
from webapp.foundation.ids import new_id
from webapp.people.person import Person
from webapp.placements import agreements, course, feeds, rules
from webapp.placements.models import Placement
from webapp.policy import actions as policy
from webapp.terms.actions import Terms


def sign_all(db: Session, placement: Placement, people: tuple[Person, ...], *, terms: Terms, at: datetime) -> None:
    """Everybody agrees on the phone, one after the other."""
    for number, person in enumerate(people):
        found = agreements.document(db, placement, terms)
        agreements.sign(db, placement, found.digest, terms=terms, by=person, now=at + timedelta(hours=3 * number))


def live(
    db: Session,
    *,
    people: dict[str, Person],
    placements: dict[str, Placement],
    yes: Callable[[], Placement],
    today: date,
    at: datetime,
    terms: Terms,
    secret: str,
) -> None:
    """What happened after the start. `yes`: somebody says yes to work of which the start is not recorded yet."""
    first, case_manager = people["participant-1"], people["case-manager-1"]
    feeds.make_feed(db, secret=secret, by=first, now=at - timedelta(days=20))
    oksana, amina = placements["participant-5"], placements["participant-4"]
    monday = today + timedelta(days=8 - today.weekday() + 6)
    fewer: list[dict[str, Any]] = [{"weekday": day, "start": "08:30", "stop": "12:30", "break": 15} for day in (0, 1, 3)]
    course.change_hours(
        db,
        oksana,
        new_id(),
        monday,
        fewer,
        reason="Oksana volgt op woensdag en vrijdag een taalcursus.",
        by=case_manager,
        terms=terms,
        now=at - timedelta(days=1),
    )
    rest = rules.Pause(monday + timedelta(days=1), monday + timedelta(days=3))
    course.pause(
        db, amina, new_id(), rest, wished_by="participant", reason="Schoolvakantie van de kinderen.", by=case_manager, now=at - timedelta(days=1)
    )
    waiting = yes()
    found = agreements.document(db, waiting, terms)
    agreements.sign(db, waiting, found.digest, terms=terms, by=people["participant-6"], now=at - timedelta(minutes=40))
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    policy.propose(
        db, new_id(), "premium", {"basis": "per_hour", "cents": 225}, valid_from=next_month, source="Raadsvoorstel premie (voorbeeld)",
        reason="De premie gaat mee met de prijzen.", by=people["admin-1"], now=instant(today, time(8)) - timedelta(days=1),
    )  # fmt: skip
