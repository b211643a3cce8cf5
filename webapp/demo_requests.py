"""The demo of asking for people: a draft, a request that waits for an official, and one that was refused with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.ids import new_id
from webapp.people.person import Person
from webapp.placements import assessing
from webapp.requests import actions, forms, questions
from webapp.requests.models import WorkRequest
from webapp.terms.actions import Terms

STATED = {"let_go": "no", "vacancy": "no", "replaces_paid_hours": "no", "staff_consulted": "yes"}
MORNINGS = {f"{what}_{day}": value for day in (1, 3) for what, value in (("start", "08:30"), ("stop", "12:30"), ("break", "0"))}


def tell(db: Session, *, people: dict[str, Person], monday: date, at: datetime, terms: Terms) -> None:
    """What two workplaces typed and sent in the last days."""
    first, second, marieke = people["supervisor-1"], people["supervisor-2"], people["case-manager-1"]
    actions.keep(
        db,
        first,
        new_id(),
        {"function": "Helpen in de winkel", "tasks": "Planten bijvullen\nKlanten de weg wijzen", "sector": "G"},
        now=at - timedelta(hours=5),
    )
    typed = {
        "function": "Zaaien en stekken", "tasks": "Zaaibakken vullen\nStekken planten\nWater geven", "sector": "A", "starts_on": (monday + timedelta(weeks=3)).isoformat(),
        "weeks": "12", "places": "2", **MORNINGS, "guide_id": str(first.id), "guide_note": "", "learn": "Werken in een ritme. Planten kennen. Rekenen met aantallen.",
        "paid_work": "yes", "tariff": "19,50", "staff_count": "45", "staff_counted_on": (day_of(at) - timedelta(days=20)).isoformat(), **STATED, "insurance": "Polis WA-104",
    }  # fmt: skip
    waits = send(db, first, typed, terms=terms, at=at - timedelta(hours=4))
    question = new_id()
    questions.ask(db, waits, question, "Wie helpt er op donderdag? Op de tekening staat dan niemand.", by=marieke, now=at - timedelta(hours=3))
    questions.answer(db, waits, question, "Op donderdag ben ik er ook. De tekening is van vorig jaar.", by=first, now=at - timedelta(hours=2))
    typed |= {
        "function": "Invallen voor een zieke kok", "tasks": "Koken voor de lunch\nBestellen", "sector": "R", "guide_id": str(second.id), "vacancy": "open",
        "insurance": "Polis WA-204", "staff_count": "65", "places": "1",
    }  # fmt: skip
    work = send(db, second, typed, terms=terms, at=at - timedelta(days=6))
    actions.refuse(
        db,
        work,
        reason="regular_job",
        words="Een kok vervangen is een gewone baan. We denken graag mee over de vacature.",
        by=marieke,
        now=at - timedelta(days=5),
    )


def send(db: Session, by: Person, typed: dict[str, str], *, terms: Terms, at: datetime) -> WorkRequest:
    draft = actions.keep(db, by, new_id(), typed, now=at)
    asker = forms.Asker(day_of(at), {str(by.id): by.first_name}, is_agency=False, floor_cents=lambda day: None)
    found, wrong = forms.read_all(typed, asker)
    assert not wrong, wrong
    work = actions.send(db, draft, found, by=by, now=at)
    assessing.look(db, work, terms, occasion="asked", by=by, now=at)
    return work
