"""The demo's growth: weeks of feedback, own views and a workplace with a question, told through the same actions as in real life.

The readiness signal of participant-3 is not written down here: the rules find it in what was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlmodel import Session

from webapp.foundation.clock import instant
from webapp.foundation.ids import new_id
from webapp.growth import feedback, signals
from webapp.growth.feedback import Said
from webapp.people.person import Person
from webapp.placements.models import Placement
from webapp.terms.actions import Terms

RAISED_DAYS_AGO = 2
WORDS = {
    1: "Vraagt nog veel, en dat is goed. Pakt alles aan.",
    4: "Werkt netjes en is altijd op tijd. Ik werk graag samen.",
    6: "Wist deze week zelf wat er moest gebeuren.",
}


class Town(Protocol):
    """What of a demo municipality is needed here."""

    db: Session
    people: dict[str, Person]
    today: date
    at: datetime

    @property
    def id(self) -> int: ...
    @property
    def terms(self) -> Terms: ...


def tell(town: Town, places: dict[str, Placement]) -> None:
    """Weeks of feedback for everybody who works; then one night in which the rules look."""
    learning(town, places["participant-1"])
    ready(town, places["participant-3"])
    weeks(town, places["participant-4"], "supervisor-1", ["much", "much", "some"], [2, 2, 2])
    weeks(town, places["participant-5"], "supervisor-1", ["much", "some", "some", "some"], [2, 3, 2, 3])
    weeks(town, places["participant-7"], "supervisor-2", ["some", "some", "little", "little", "little", "little"], [3, 3, 3, 3, 4, 4], tasks=1)
    rate(town, places["participant-5"], {"safe": "good", "explained": "bad", "fair": "bad"}, "Ik hoor vaak niet wat ik moet doen.")
    town.db.flush()
    night = instant(town.today - timedelta(days=RAISED_DAYS_AGO), time(2, 30))
    signals.notice(town.db, town.id, town.terms, now=night)
    wish = instant(town.today - timedelta(days=1), time(16, 10))
    feedback.wants_to_hire(town.db, places["participant-7"], town.terms, by=town.people["supervisor-2"], now=wish)


def weeks(
    town: Town, placement: Placement, who: str, helps: Sequence[str], levels: Sequence[int], *, hires: Sequence[str] = ("maybe", "maybe", "yes"),
    tasks: int = 0, words: bool = False,
) -> None:  # fmt: skip
    """One answer a week from the first week on, each on Friday: what was asked that week, and no more."""
    supervisor, hire = town.people[who], 0
    numbers = town.terms.readiness(town.today)
    for number, (help, level) in enumerate(zip(helps, levels, strict=True)):
        week = placement.starts_on + timedelta(weeks=number)
        at = instant(week + timedelta(days=4), time(16, 5))
        if at > town.at:
            return
        row = row_of(town, placement)
        asked = next(iter(feedback.asks(town.db, [row], numbers, week)))
        said = Said(week, help=help, words=WORDS.get(number, "") if words else "", tasks=asked.tasks[:1] if number in (1, 3, 5)[:tasks] else ())
        if asked.question == "hire":
            said, hire = said._replace(hire=hires[min(hire, len(hires) - 1)]), hire + 1
        else:
            said = said._replace(item=asked.question, level=level)
        feedback.give(town.db, new_id(at), placement, said, town.terms, by=supervisor, now=at)


def row_of(town: Town, placement: Placement) -> Any:
    person = next(one for one in town.people.values() if one.id == placement.participant_id)
    return Row(placement, person)


class Row:
    """A placement as the questions of the week want it."""

    def __init__(self, placement: Placement, person: Person) -> None:
        self.id, self.starts_on, self.first_name, self.last_name = placement.id, placement.starts_on, person.first_name, person.last_name


def learning(town: Town, placement: Placement) -> None:
    """Somebody in the middle of learning: two of three tasks, less help each month, an answer and an own view."""
    weeks(town, placement, "supervisor-1", ["much", "much", "some", "some", "some", "little"], [2, 2, 3, 3, 3, 4], tasks=2, words=True)
    person, at = town.people["participant-1"], town.at - timedelta(days=4)
    feedback.say_own_view(
        town.db, new_id(at), "learning", "later", "Ik leer veel. Ik wil eerst beter Nederlands praten.", town.terms, by=person, now=at
    )
    rate(town, placement, {"safe": "good", "explained": "good", "fair": "good"}, "")


def ready(town: Town, placement: Placement) -> None:
    """Somebody for whom four of five milestones hold since sixteen days, so for two nights now the rules have noticed."""
    helps = ["much", "much", "some", "some", "some"] + ["little"] * 6
    weeks(town, placement, "supervisor-2", helps, [3, 3, 4, 3, 4, 4, 4, 4, 4, 4, 4], hires=("maybe", "yes", "yes"), tasks=2, words=True)
    at = instant(town.today - timedelta(days=14 + RAISED_DAYS_AGO), time(15, 40))
    asked = next(iter(feedback.asks(town.db, [row_of(town, placement)], town.terms.readiness(town.today), placement.starts_on)))
    feedback.show_tasks(town.db, placement, asked.tasks, by=town.people["supervisor-2"], now=at)


def rate(town: Town, placement: Placement, colours: dict[str, str], words: str) -> None:
    person = next(one for one in town.people.values() if one.id == placement.participant_id)
    at = town.at - timedelta(days=2)
    feedback.rate_workplace(town.db, new_id(at), placement, colours, words, town.terms, by=person, now=at)
