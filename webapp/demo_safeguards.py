"""The demo of the displacement tests: work that was done one after the other, a judgement that waits for a colleague, and work that is not allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.people.person import Person
from webapp.placements import assessing
from webapp.placements.actions import end_passed
from webapp.requests.models import WorkRequest
from webapp.safeguards.actions import judge, sign
from webapp.terms.actions import Terms

Ask = Callable[..., WorkRequest]
EARLY = [{"weekday": day, "start": "08:00", "stop": "14:30", "break": 30} for day in (0, 1, 2, 3)]
SHORT = [{"weekday": day, "start": "09:00", "stop": "13:00", "break": 0} for day in (0, 2, 4)]


def decide(
    db: Session, work: WorkRequest, reasons: dict[str, tuple[str, str]], *, terms: Terms, by: Person, second: Person | None, now: datetime
) -> None:
    """Somebody judges what asks for it, and a colleague agrees, or has not looked yet."""
    tested = assessing.run(db, work, terms, day=day_of(now))
    kept = assessing.keep_tested(db, work, tested, occasion="asked", by=by, now=now)
    judge(db, kept, reasons, by=by, now=now)
    if second is not None:
        sign(db, kept.id, agrees=True, by=second, now=now + timedelta(hours=3))


def tell(
    db: Session, *, ask: Ask, begin: Callable[[WorkRequest, str], Any], people: dict[str, Person], monday: date, at: datetime, terms: Terms
) -> None:
    """`ask` makes a request at a place, `begin` lets somebody work in it."""
    marieke, ruud = people["case-manager-1"], people["case-manager-2"]
    tasks = ["Dozen vouwen", "Planten inpakken", "Etiketten plakken"]
    packing = {"function": "Inpakhulp", "tasks": tasks, "learn": "Netjes en op tempo inpakken.", "pattern": EARLY, "places": 1}
    first = ask(0, starts_on=monday - timedelta(weeks=47), weeks=16, **packing)
    begin(first, "participant-8")
    second = ask(0, starts_on=monday - timedelta(weeks=27), weeks=15, **packing)
    before = at - timedelta(weeks=30)
    why = "De kwekerij neemt na deze plek iemand in dienst. Dat staat in de brief van de werkgever."
    decide(db, second, {"chaining": (why, "Brief van de werkgever")}, terms=terms, by=marieke, second=ruud, now=before)
    begin(second, "participant-6")
    end_passed(db, marieke.municipality_id, now=at - timedelta(weeks=11))
    ask(0, starts_on=monday + timedelta(weeks=2), weeks=12, **packing)
    cleaning = ask(
        0, function="Kassen schoonmaken", tasks=["Ramen wassen", "Vloeren vegen"], learn="Veilig werken. Plannen.", pattern=SHORT, places=1,
        starts_on=monday + timedelta(weeks=3), weeks=8, states={"staff_consulted": False},
    )  # fmt: skip
    why = "De werkgever vertelt het deze week aan de vaste mensen. Het werk is extra: het wordt nu niet gedaan."
    decide(db, cleaning, {"consulted": (why, "")}, terms=terms, by=marieke, second=None, now=at - timedelta(hours=2))
    ask(
        1, function="Linnen vouwen", tasks=["Vouwen", "Stapelen"], learn="Werken in een ritme.", pattern=SHORT, places=1, starts_on=monday + timedelta(weeks=2),
        weeks=10, states={"let_go": True, "let_go_on": day_of(at) - timedelta(days=120)},
    )  # fmt: skip
