"""The demo of watching: a report that is new, one with an answer and a known code, one that is finished, and an employer that is stopped."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from webapp.foundation.clock import day_of
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import KeyRing
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Municipality
from webapp.people.person import Person
from webapp.reports import actions
from webapp.reports.actions import NOTHING, About
from webapp.reports.forms import Report
from webapp.reports.totals import publish
from webapp.safeguards.actions import restrict
from webapp.terms.actions import Terms

CODES = {"waterveen": "WATERVEEN1", "hoogland": "H00G1AND22"}  # stands on /demo; whoever types HOOGLAND22 is understood


def tell(
    db: Session, people: Mapping[str, Person], places: Sequence[Establishment], municipality: Municipality, keys: KeyRing, terms: Terms, at: datetime
) -> None:
    """Everything in the past days, through the same actions as in real life. `people` by the last part of their account."""
    manager, colleague = people["case-manager-1"], people["case-manager-2"]

    def receive(about: About, days: int, who: str, place: str, words: str, contact: str = "") -> actions.Received:
        report = Report({}, uuid.uuid4(), who, place, words, contact)
        assert municipality.id is not None
        return actions.receive(
            db, keys, report, municipality_id=municipality.id, about=about, language="nl", terms=terms, now=at - timedelta(days=days)
        )

    first, second = (About(place.employer_id, place.id) for place in places)
    done = receive(
        second, 40, "neighbour", f"{places[1].name}, {places[1].town}", "Ik zie elke dag mensen buiten werken zonder jas of handschoenen."
    ).case
    actions.take(db, done, seen=None, by=colleague, now=at - timedelta(days=39))
    actions.answer(
        db,
        done,
        id=new_id(),
        words="Wij waren er op bezoek. Er zijn nu jassen en handschoenen voor iedereen.",
        by=colleague,
        now=at - timedelta(days=35),
    )
    actions.close(
        db, done, "founded", "Het klopte. Het is nu opgelost en wij kijken over een maand nog eens.", by=colleague, now=at - timedelta(days=34)
    )

    answered = receive(
        first, 12, "colleague", f"{places[0].name}, {places[0].town}",
        "Sinds een half jaar doen steeds andere mensen het inpakken. Vroeger deed een collega met een contract dat.", "vakbond@example.nl",
    ).case  # fmt: skip
    answered.code_mark = actions.code_mark(keys, CODES[municipality.slug])
    db.add(answered)
    db.flush()
    actions.take(db, answered, seen=None, by=manager, now=at - timedelta(days=11))
    actions.note(
        db, answered, id=new_id(), words="Gebeld met de werkgever. Hij stuurt het rooster van dit jaar.", by=manager, now=at - timedelta(days=10)
    )
    actions.answer(
        db, answered, id=new_id(), words="Dank voor je melding. Wij kijken hoe vaak dit werk is gedaan, en vroegen het rooster op.", by=manager,
        now=at - timedelta(days=6),
    )  # fmt: skip
    actions.add_words(db, answered, id=new_id(), words="Het gaat vooral om de avonden, van maandag tot donderdag.", now=at - timedelta(days=2))
    receive(
        NOTHING,
        1,
        "union",
        "Distributiecentrum aan de haven",
        "Leden vertellen dat zij minder uren krijgen sinds er mensen met een uitkering werken.",
    )
    stop_one(db, manager, municipality, at)
    publish(db, manager.municipality_id, terms, now=at)


def stop_one(db: Session, by: Person, municipality: Municipality, at: datetime) -> None:
    """An employer that gets nobody for half a year."""
    employer = Employer(
        municipality_id=by.municipality_id, name=f"Snelpak {municipality.name}", kvk=f"{90000000 + by.municipality_id:08d}", is_agency=True
    )
    db.add(employer)
    db.flush()
    db.add(
        Establishment(
            municipality_id=by.municipality_id, employer_id=employer.id, name=employer.name, street="Havenweg 40", town=municipality.name, staff_count=12,
            staff_counted_on=day_of(at) - timedelta(days=60),
        )
    )  # fmt: skip
    db.flush()
    restrict(
        db, employer.id, reason="Drie keer werd niemand begeleid, ook niet na een gesprek.", evidence="Bezoeken in het voorjaar en een brief van de gemeente.",
        starts_on=day_of(at) - timedelta(days=30), ends_on=day_of(at) + timedelta(days=150), by=by, now=at - timedelta(days=30),
    )  # fmt: skip
