"""The demo: two made-up municipalities with people in the middle of things.

Everything is done through the same actions as in real life, in the past, so that history, ledger and
messages are what they would have been; `verify` holds on it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from webapp import demo_growth, demo_payouts, demo_privacy, demo_reports, demo_requests, demo_safeguards
from webapp.certificate import actions as certificate
from webapp.demo_access import fill_access
from webapp.demo_invoices import add_invoices, invoicing_of
from webapp.demo_placement import live, sign_all
from webapp.foundation.clock import day_of, instant, local, monday_of, now
from webapp.foundation.database import Database, lock_municipality
from webapp.foundation.ids import new_id
from webapp.foundation.sealing import KeyRing
from webapp.foundation.settings import Settings
from webapp.hours import actions as hours
from webapp.hours.times import shift
from webapp.notifications.models import Notification
from webapp.offers.actions import make_offer
from webapp.offers.rules import Answer
from webapp.offers.seal import Sealer
from webapp.people import bank
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.people.person import Person
from webapp.permissions import Role
from webapp.placements import actions as placements
from webapp.placements import statements
from webapp.placements.models import Placement
from webapp.placements.rules import Preparation
from webapp.requests.models import WorkRequest, planned_days
from webapp.terms.actions import Terms, change_term, seed_statutory, terms_of

LONG_AGO = date(2020, 1, 1)
NOTHING_IN_THE_WAY = {"let_go": False, "vacancy": False, "replaces_paid_hours": False, "staff_consulted": True, "paid_work": True}
DAYS = {"work": range(5), "three": (0, 2, 4), "evening": (0, 1, 3)}

TOWNS: dict[str, dict[str, Any]] = {
    "waterveen": {
        "phone": "0100 201 201",
        "staff": [("case_manager", "Marieke", "Vos"), ("case_manager", "Ruud", "Smit"), ("finance", "Ellen", "Mulder"), ("finance", "Sander", "Post"), ("admin", "Nadia", "Kuiper"), ("council", "Wim", "Dekker")],
        "employers": [("Kwekerij De Morgen", "Kasweg 12", "Jan", "de Wit"), ("Zorgcentrum De Linde", "Lindelaan 4", "Fatma", "Aydın")],
        "participants": [
            ("Selam", "Tesfay", "nl"), ("Piotr", "Wolski", "nl"), ("Yusuf", "Adan", "nl"), ("Amina", "Haddad", "ar"),
            ("Oksana", "Bondar", "nl"), ("Hamid", "Rahimi", "nl"), ("Aster", "Gebre", "nl"), ("Ruben", "de Boer", "nl"),
        ],
    },
    "hoogland": {
        "phone": "0100 302 302",
        "staff": [("case_manager", "Ineke", "Berg"), ("case_manager", "Tom", "Hoekstra"), ("finance", "Karin", "Visser"), ("finance", "Bas", "Blom"), ("admin", "Esra", "Demir"), ("council", "Joke", "Prins")],
        "employers": [("Houtwerf Hoogland", "Zaagpad 3", "Kees", "Bakker"), ("Wasserij Wit", "Stoomstraat 8", "Sonja", "Meijer")],
        "participants": [
            ("Liya", "Mebrahtu", "nl"), ("Marek", "Nowak", "nl"), ("Abdi", "Warsame", "nl"), ("Rania", "Khalil", "ar"),
            ("Iryna", "Koval", "nl"), ("Farid", "Azizi", "nl"), ("Elif", "Kaya", "nl"), ("Sjors", "Kok", "nl"),
        ],
    },
}  # fmt: skip


@dataclass
class Town:
    """One demo municipality while it is being filled."""

    db: Session
    municipality: Municipality
    sealer: Sealer
    today: date
    at: datetime
    people: dict[str, Person]
    places: list[Establishment]
    secret: str
    placements: dict[str, Placement] = field(default_factory=dict)

    @property
    def id(self) -> int:
        assert self.municipality.id is not None
        return self.municipality.id

    @property
    def terms(self) -> Terms:
        return terms_of(self.db, self.id, self.municipality.terms_token)


def fill(database: Database, settings: Settings) -> bool:
    """Fill an empty database; one that holds a municipality is left alone. Gives whether it was filled."""
    with database.transaction() as db:
        if db.execute(select(Municipality).limit(1)).first() is not None:
            return False
        seed_statutory(db, now=now())
        for slug, facts in TOWNS.items():
            fill_town(db, slug, facts, settings)
    return True


def fill_town(db: Session, slug: str, facts: dict[str, Any], settings: Settings) -> None:
    municipality = Municipality(slug=slug, name=slug.title(), phone=facts["phone"])
    db.add(municipality)
    db.flush()
    assert municipality.id is not None
    lock_municipality(db, municipality.id)
    agree_terms(db, municipality)
    change_term(  # nobody here is real, so the few there are may be counted: a council then has something to read
        db, municipality, "open_data", {"smallest": 3, "round_to": 1, "wait_days": 14}, valid_from=LONG_AGO, source="Voorbeeld: niemand hier bestaat echt",
        reason="Demo", now=now(),
    )  # fmt: skip
    town = Town(db, municipality, Sealer(*settings.sealing_keys), day_of(now()), now(), {}, [], settings.signing_key)
    add_people(town, slug, facts)
    add_work(town)
    fill_access(town, settings)
    db.flush()
    add_invoices(town)
    db.flush()
    bank_vault = bank.vault(settings.sealing_keys)
    demo_payouts.pay(db, town.people, town.id, town.terms, bank_vault, town.at)
    demo_reports.tell(db, town.people, town.places, municipality, KeyRing(*settings.sealing_keys), town.terms, town.at)
    demo_privacy.tell(db, town.people, town.terms, town.at)
    # what is older than two days was read long ago, and nothing of it still has to travel
    old = col(Notification.created_at) < town.at - timedelta(days=2)
    db.execute(update(Notification).where(col(Notification.municipality_id) == municipality.id).values(settled_at=town.at))
    db.execute(update(Notification).where(col(Notification.municipality_id) == municipality.id, old).values(read_at=town.at))


def agree_terms(db: Session, municipality: Municipality) -> None:
    """The policy of a demo municipality; the amounts are examples, and say so."""
    source = f"Beleidsregel werken met behoud van uitkering {municipality.name} (voorbeeld)"
    agreed: tuple[tuple[str, dict[str, Any]], ...] = (
        ("premium", {"basis": "per_hour", "cents": 200}),
        ("payout", {"per_year": 2, "months": [6, 12]}),
        ("payout_account", {"holder": f"Gemeente {municipality.name}", "iban": demo_payouts.iban(9_000_000_000)}),
        ("tariff_floor", {"factor_basis_points": 12000}),
        ("tariff_split", {"software_cents": 45, "implementation_cents": 30, "handling_cents": 60, "guidance_cents": 520}),
        ("vat", {"category": "E", "basis_points": 0, "reason": "Participatiewet art. 7 (voorbeeld)"}),
        *invoicing_of(municipality),
    )
    for key, value in agreed:
        change_term(db, municipality, key, value, valid_from=LONG_AGO, source=source, reason="Demo", now=now())


def add_people(town: Town, slug: str, facts: dict[str, Any]) -> None:
    counts: dict[str, int] = {}

    def add(role: str, first: str, last: str, establishment: Establishment | None = None, language: str = "nl", phone: str = "") -> Person:
        counts[role] = counts.get(role, 0) + 1
        key = f"{role.replace('_', '-')}-{counts[role]}"
        account = Account(
            municipality_id=town.id, handle=f"{slug}-{key}", first_name=first, last_name=last, language=language, phone=phone, created_at=town.at
        )
        town.db.add(account)
        town.db.flush()
        member = Membership(
            municipality_id=town.id,
            account_id=account.id,
            role=role,
            establishment_id=establishment.id if establishment else None,
            valid_from=LONG_AGO,
        )
        town.db.add(member)
        town.db.flush()
        person = Person(
            account.id, uuid.uuid4(), member.id, role, town.id, town.municipality.name, town.municipality.phone, town.municipality.terms_token,
            first, last, language, "", member.establishment_id, establishment.name if establishment else None,
        )  # fmt: skip
        town.people[key] = person
        return person

    for number, (role, first, last) in enumerate(facts["staff"]):
        add(role, first, last, phone=f"0100 200 {100 + number}")
    for number, (name, street, first, last) in enumerate(facts["employers"]):
        employer = Employer(municipality_id=town.id, name=name, kvk=f"{10000000 + hash_of(slug) * 10 + number:08d}")
        town.db.add(employer)
        town.db.flush()
        place = Establishment(
            municipality_id=town.id,
            employer_id=employer.id,
            name=name,
            street=street,
            town=town.municipality.name,
            staff_count=45 + 20 * number,
            staff_counted_on=town.today - timedelta(days=90),
        )
        town.db.add(place)
        town.db.flush()
        town.places.append(place)
        add(Role.SUPERVISOR, first, last, place, phone=f"0100 400 {100 + number}")
    wishes = (
        ["buiten werken", "met planten"],
        ["met mijn handen werken", "in de avond"],
        ["met mensen"],
        ["in de zorg"],
        ["leren koken"],
        ["rustig werk"],
        ["in de keuken"],
        ["met hout werken"],
    )
    for number, (first, last, language) in enumerate(facts["participants"]):
        person = add(Role.PARTICIPANT, first, last, language=language, phone=f"0600 000 {100 + number}")
        manager = town.people["case-manager-1" if number < 6 else "case-manager-2"]
        town.db.add(
            ParticipantFile(
                account_id=person.id, municipality_id=town.id, case_manager_id=manager.id, birth_date=date(1978 + number, 3, 4 + number) if number != 5 else None,
                wage_subsidy_group=None if number == 5 else False, obliged=False, wishes=wishes[number], travels_by=("bike", "bike", "walk", "bus")[number % 4], needs="uitleg in korte zinnen" if number % 2 else "",
                wished_minutes_from=(12 * 60, 16 * 60, None, 8 * 60)[number % 4], wished_minutes_to=(24 * 60, 20 * 60, 16 * 60, None)[number % 4],
                cannot_work=["2m", "4a"] if number % 3 == 1 else [],
            )
        )  # fmt: skip
    town.db.flush()


def hash_of(text: str) -> int:
    return sum(ord(letter) * place for place, letter in enumerate(text, 1))


def add_work(town: Town) -> None:
    """Requests, offers, placements and hours, told as they happened."""
    start = monday_of(town.today) - timedelta(weeks=7)
    growing = ask(
        town,
        0,
        "Planten verzorgen",
        ["Planten in potten zetten", "Etiketten lezen en plakken", "Zelf een bestelling klaarzetten"],
        "Werken in een ritme. Samenwerken. Een bestelling lezen.",
        week("work", "08:30", "13:00", 30),
        start,
        12,
        places=4,
    )
    kitchen = ask(
        town,
        1,
        "Keukenhulp",
        ["Groente wassen en snijden", "Helpen met de lunch", "De keuken schoonmaken"],
        "Veilig werken met eten. Samenwerken. Nederlands praten op het werk. Na afloop krijg je een bewijs op papier.",
        week("three", "09:00", "13:00"),
        monday_of(town.today) + timedelta(weeks=2),
        12,
        places=2,
        note="kok. Zij leert je alles.",
    )
    packing = ask(
        town,
        0,
        "Inpakhulp in de avond",
        ["Dozen vouwen", "Planten inpakken", "Karren klaarzetten"],
        "Netjes en op tempo inpakken. Samenwerken in een kleine ploeg.",
        week("evening", "19:00", "23:30", 30),
        town.today,
        10,
        places=1,
    )
    care = ask(
        town,
        1,
        "Hulp in het restaurant",
        ["Tafels dekken", "Koffie schenken", "Praten met bewoners"],
        "Omgaan met gasten. Nederlands praten.",
        week("three", "10:00", "15:00", 30),
        start - timedelta(weeks=4),
        16,
        places=3,
    )
    first, second = "participant-1", "participant-2"
    selam, amina, oksana = (begin(town, growing, who, 0) for who in (first, "participant-4", "participant-5"))
    yusuf, aster = begin(town, care, "participant-3", 1), begin(town, care, "participant-7", 1, "case-manager-2")
    town.placements = {"participant-4": amina, "participant-5": oksana}
    for placement, who in ((selam, first), (amina, "participant-4"), (oksana, "participant-5"), (yusuf, "participant-3"), (aster, "participant-7")):
        write_hours(town, placement, who)
    asked = certificate.ask_reference(town.db, selam, by=town.people[first], now=town.at - timedelta(days=9))
    certificate.answer_reference(
        town.db, asked, "Werkt netjes en is altijd op tijd. Ik werk graag met haar.", by=town.people["supervisor-1"], now=town.at - timedelta(days=8)
    )
    certificate.ask_reference(town.db, amina, by=town.people["participant-4"], now=town.at - timedelta(days=1))
    demo_growth.tell(town, {first: selam, "participant-3": yusuf, "participant-4": amina, "participant-5": oksana, "participant-7": aster})
    propose(town, kitchen, first, town.at - timedelta(days=1), travel=8)
    propose(town, packing, second, town.at - timedelta(hours=3), travel=11)
    demo_safeguards.tell(
        town.db, ask=lambda place, **more: ask(town, place, **more), begin=lambda work, who: begin(town, work, who, 0), people=town.people,
        monday=monday_of(town.today), at=town.at, terms=town.terms,
    )  # fmt: skip
    demo_requests.tell(town.db, people=town.people, monday=monday_of(town.today), at=town.at, terms=town.terms)
    live(
        town.db, people=town.people, placements=town.placements, yes=lambda: say_yes(town, kitchen, "participant-6"), today=town.today, at=town.at,
        terms=town.terms, secret=town.secret,
    )  # fmt: skip


def say_yes(town: Town, request: WorkRequest, who: str) -> Placement:
    """A yes of an hour ago, of which the start is not recorded."""
    offer = propose(town, request, who, town.at - timedelta(hours=20), travel=12)
    said = town.at - timedelta(hours=1)
    placements.answer(town.db, offer, Answer.YES, by=town.people[who], case_manager_id=town.people["case-manager-1"].id, sealer=town.sealer, now=said)
    found = placements.placement_of(town.db, offer)
    assert found is not None
    return found


def week(days: str, start: str, stop: str, pause: int = 0) -> list[dict[str, Any]]:
    return [{"weekday": day, "start": start, "stop": stop, "break": pause} for day in DAYS[days]]


def ask(
    town: Town,
    place: int,
    function: str,
    tasks: list[str],
    learn: str,
    pattern: list[dict[str, Any]],
    starts_on: date,
    weeks: int,
    *,
    places: int,
    note: str = "",
    states: dict[str, Any] | None = None,
) -> WorkRequest:
    guide = town.people[f"supervisor-{place + 1}"]
    request = WorkRequest(
        municipality_id=town.id, establishment_id=town.places[place].id, guide_id=guide.id, guide_note=note, function=function, tasks=tasks, learn=learn,
        pattern=pattern, weekly_minutes=sum(day.minutes for day in planned_days(pattern)), starts_on=starts_on, weeks=weeks, places=places, tariff_cents=1950, created_at=town.at,
    )  # fmt: skip
    town.db.add(request)
    town.db.flush()
    statements.keep(town.db, request, {**NOTHING_IN_THE_WAY, **(states or {})}, by=guide, now=town.at)
    return request


def propose(town: Town, request: WorkRequest, who: str, at: datetime, *, travel: int, manager: str = "case-manager-1") -> Any:
    return make_offer(
        town.db, request, town.people[who].id, by=town.people[manager], travel_minutes=travel, terms=town.terms, sealer=town.sealer, now=at
    )


def begin(town: Town, request: WorkRequest, who: str, place: int, manager: str = "case-manager-1") -> Placement:
    """Offer, yes and recorded start, in the two weeks before the first day."""
    offered = instant(request.starts_on - timedelta(days=14), time(10, 5))
    offer = propose(town, request, who, offered, travel=9, manager=manager)
    placements.answer(
        town.db, offer, Answer.YES, by=town.people[who], case_manager_id=town.people[manager].id, sealer=town.sealer, now=offered + timedelta(hours=5)
    )
    placement = placements.placement_of(town.db, offer)
    assert placement is not None
    before = request.starts_on - timedelta(days=5)
    supervisor = town.people[f"supervisor-{place + 1}"]
    sign_all(town.db, placement, (town.people[who], supervisor, town.people[manager]), terms=town.terms, at=offered + timedelta(days=2))
    prepared = Preparation(
        "Past bij de wensen en is een stap naar werk.", before, request.starts_on, f"Polis WA-{place + 1}04 ({town.places[place].name})"
    )
    placements.start(town.db, placement, prepared, by=town.people[manager], now=instant(before, time(14, 20)))
    return placement


def write_hours(town: Town, placement: Placement, who: str) -> None:
    """Every planned shift until yesterday: most confirmed the same evening, the last ones in every state there is."""
    db, person = town.db, town.people[who]
    supervisor = town.people["supervisor-1" if placement.establishment_id == town.places[0].id else "supervisor-2"]
    plans = sorted(
        db.execute(select(placements.shifts).where(placements.shifts.c.placement_id == placement.id, placements.shifts.c.day < town.today)).all(),
        key=lambda plan: plan.starts_at,
    )
    for number, plan in enumerate(plans):
        left = len(plans) - 1 - number
        if who == "participant-4" and left == 0:
            continue  # the last shift is still to be sent
        sent_at = plan.stops_at + timedelta(minutes=20)
        longer = timedelta(minutes=30) if who == "participant-1" and left in (1, 3) else timedelta()
        worked = shift(plan.day, local_time(plan.starts_at), local_time(plan.stops_at + longer), plan.break_minutes)
        entry = hours.log(db, new_id(), None, placement, worked, version=0, by=person, now=sent_at)
        if left <= 1 and who != "participant-3":
            continue  # waits for the supervisor
        later = sent_at + timedelta(hours=2)
        if who == "participant-1" and left == 3:
            shorter = shift(plan.day, local_time(plan.starts_at), local_time(plan.stops_at), plan.break_minutes)
            hours.correct(
                db,
                entry,
                shorter,
                version=entry.version,
                reason="stopped_earlier",
                note="Om 13:00 was alles klaar.",
                by=supervisor,
                terms=town.terms,
                now=later,
            )
        elif who == "participant-5" and left == 4:
            shorter = shift(plan.day, local_time(plan.starts_at), local_time(plan.stops_at - timedelta(minutes=45)), plan.break_minutes)
            hours.correct(db, entry, shorter, version=entry.version, reason="stopped_earlier", note="", by=supervisor, terms=town.terms, now=later)
            hours.dispute(db, entry, "Ik was er tot het einde. Vraag het aan mijn collega.", by=person, now=later + timedelta(hours=3))
        else:
            hours.confirm(db, hours.to_confirm(db, [entry.id], by=supervisor), by=supervisor, terms=town.terms, undo_seconds=60, now=later)


def local_time(at: datetime) -> time:
    return local(at).time()
