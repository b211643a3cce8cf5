"""People, places and hours for tests: they fill in what a test is not about, and commit what they make."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from webapp.foundation.clock import day_of, instant, monday_of
from webapp.foundation.database import Database
from webapp.foundation.settings import DEMO_SECRET
from webapp.hours.models import HoursEntry
from webapp.hours.times import Shift, shift
from webapp.invoices.actions import STEP, go_on
from webapp.invoices.actions import start as start_invoices
from webapp.invoices.costs import ProgrammeCost
from webapp.invoices.models import Receipt
from webapp.offers.models import Offer
from webapp.offers.seal import NOTHING_SAID, Sealer
from webapp.people.actions import sign_in as start_sign_in
from webapp.people.employers import Employer, Establishment
from webapp.people.models import Account, Membership, Municipality, ParticipantFile
from webapp.people.person import Person, signed_in_person
from webapp.permissions import Role
from webapp.placements.actions import plan_shifts
from webapp.placements.models import Placement
from webapp.requests.models import RequestStatement, WorkRequest, planned_days
from webapp.sso.models import SignOnProvider
from webapp.terms.actions import Terms, change_term, seed_statutory, terms_of

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = day_of(NOW)
MONDAY = monday_of(TODAY) - timedelta(days=7)  # the Monday of last week: always worked, never in the future
LONG_AGO = date(2020, 1, 1)


@dataclass
class World:
    """The people and things most tests need. Memberships sign in; `*_id` are the accounts behind them."""

    database: Database
    municipality_id: int
    participant: Membership
    other_participant: Membership
    supervisor: Membership
    other_supervisor: Membership
    case_manager: Membership
    colleague: Membership
    establishment: Establishment
    request: WorkRequest
    placement: Placement
    stranger: Membership  # a participant of another municipality
    strange_supervisor: Membership
    strange_case_manager: Membership


def save(database: Database, *rows: Any) -> None:
    with Session(database.engine, expire_on_commit=False) as db:
        db.add_all(rows)
        db.commit()


def account(
    database: Database, municipality_id: int, role: str, name: str = "Selam Tesfay", *, establishment_id: uuid.UUID | None = None, **more: Any
) -> Membership:
    first, _, last = name.partition(" ")
    person = Account(municipality_id=municipality_id, first_name=first, last_name=last, created_at=NOW, **more)
    save(database, person)
    membership = Membership(municipality_id=municipality_id, account_id=person.id, role=role, establishment_id=establishment_id, valid_from=LONG_AGO)
    save(database, membership)
    return membership


def participant(database: Database, municipality_id: int, case_manager: Membership, name: str = "Selam Tesfay", **more: Any) -> Membership:
    membership = account(database, municipality_id, Role.PARTICIPANT, name, **more)
    save(
        database,
        ParticipantFile(
            account_id=membership.account_id, municipality_id=municipality_id, case_manager_id=case_manager.account_id, birth_date=date(1990, 5, 1)
        ),
    )
    return membership


def municipality(database: Database, slug: str, *, rate_cents: int = 200) -> int:
    made = Municipality(slug=slug, name=slug.title(), phone="0100 000 000")
    save(database, made)
    with database.transaction() as db:
        own = db.get(Municipality, made.id)
        assert own is not None
        change_term(
            db, own, "premium", {"basis": "per_hour", "cents": rate_cents}, valid_from=LONG_AGO, source="Beleidsregel (test)", reason="test", now=NOW
        )
    assert made.id is not None
    return made.id


def establishment(database: Database, municipality_id: int, name: str = "Kwekerij De Morgen") -> Establishment:
    employer = Employer(municipality_id=municipality_id, name=name, kvk=uuid.uuid4().hex[:8])
    save(database, employer)
    made = Establishment(
        municipality_id=municipality_id, employer_id=employer.id, name=name, street="Kasweg 1", town="Waterveen", staff_count=60, staff_counted_on=TODAY - timedelta(days=30)
    )  # fmt: skip
    save(database, made)
    return made


PATTERN = [{"weekday": day, "start": "08:30", "stop": "13:00", "break": 30} for day in range(5)]


def work_request(database: Database, at: Establishment, guide: Membership, *, places: int = 1, **more: Any) -> WorkRequest:
    values: dict[str, Any] = {
        "function": "Planten verzorgen", "tasks": ["Planten in potten zetten"], "learn": "Samenwerken.", "pattern": PATTERN,
        "starts_on": MONDAY - timedelta(weeks=5), "weeks": 12, "tariff_cents": 1950, "created_at": NOW, **more,
    }  # fmt: skip
    weekly = sum(day.minutes for day in planned_days(values["pattern"]))
    made = WorkRequest(
        municipality_id=at.municipality_id, establishment_id=at.id, guide_id=guide.account_id, places=places, weekly_minutes=weekly, **values
    )
    save(database, made)
    statement(database, made, guide)
    return made


def statement(database: Database, request: WorkRequest, by: Membership, **more: Any) -> RequestStatement:
    """The employer states that nothing stands in the way of a request."""
    values: dict[str, Any] = {
        "let_go": False, "vacancy": False, "replaces_paid_hours": False, "staff_consulted": True, "paid_work": True, "stated_by": by.account_id, "stated_at": NOW, **more,
    }  # fmt: skip
    made = RequestStatement(municipality_id=request.municipality_id, request_id=request.id, **values)
    save(database, made)
    return made


def sign_on_provider(
    database: Database, municipality_id: int, audience: str = "staff", issuer: str = "https://127.0.0.1:9", **more: Any
) -> SignOnProvider:
    """A provider somebody may sign on with; at the address of its own nobody answers."""
    finds_by, claim = {"staff": ("email", "email"), "participant": ("reference", "client_number"), "supervisor": ("kvk_email", "email")}[audience]
    values: dict[str, Any] = {
        "client_id": f"opstap-{audience}", "secret_name": audience, "scopes": "openid email", "finds_by": finds_by, "claim": claim,
        "kvk_claim": "kvk" if audience == "supervisor" else "", **more,
    }  # fmt: skip
    made = SignOnProvider(municipality_id=municipality_id, audience=audience, issuer=issuer, **values)
    save(database, made)
    return made


def offer(database: Database, request: WorkRequest, to: Membership, by: Membership, **more: Any) -> Offer:
    id = uuid.uuid4()
    values: dict[str, Any] = {"offered_at": NOW, "closes_at": NOW + timedelta(days=7), "sealed": Sealer(DEMO_SECRET).seal(NOTHING_SAID, id), **more}
    made = Offer(
        id=id, municipality_id=request.municipality_id, request_id=request.id, participant_id=to.account_id, case_manager_id=by.account_id, **values
    )
    save(database, made)
    return made


def placement(database: Database, request: WorkRequest, who: Membership, by: Membership, *, place_number: int = 1, **more: Any) -> Placement:
    accepted = offer(database, request, who, by, status="yes")
    values: dict[str, Any] = {
        "status": "running", "starts_on": request.starts_on, "ends_on": request.starts_on + timedelta(weeks=request.weeks, days=-1),
        "decided_by": by.account_id, "decided_on": request.starts_on, "decision_reason": "Past bij de wensen.",
        "agreement_signed_on": request.starts_on, "insured_from": request.starts_on, "insurance_evidence": "Polis 1", **more,
    }  # fmt: skip
    made = Placement(
        municipality_id=request.municipality_id, offer_id=accepted.id, request_id=request.id, place_number=place_number, participant_id=who.account_id,
        establishment_id=request.establishment_id, supervisor_id=request.guide_id, function=request.function, pattern=request.pattern,
        weekly_minutes=request.weekly_minutes, tariff_cents=request.tariff_cents, accepted_at=NOW, **values,
    )  # fmt: skip
    with Session(database.engine, expire_on_commit=False) as db:
        db.add(made)
        db.flush()
        if made.status == "running":
            plan_shifts(db, made)
        db.commit()
    return made


def hours(
    database: Database, of: Placement, *, day: date = MONDAY, start: str = "08:30", stop: str = "13:00", pause: int = 30, **more: Any
) -> HoursEntry:
    """A sent entry, as if the participant wrote it."""
    worked: Shift = shift(day, time.fromisoformat(start), time.fromisoformat(stop), pause)
    made = HoursEntry(
        id=uuid.uuid4(), municipality_id=of.municipality_id, placement_id=of.id, participant_id=of.participant_id, establishment_id=of.establishment_id,
        worked_on=day, week_of=monday_of(day), starts_at=worked.starts_at, stops_at=worked.stops_at, break_minutes=pause, minutes=worked.minutes,
        status="sent", sent_at=instant(day, time(18)), **more,
    )  # fmt: skip
    save(database, made)
    return made


def person(database: Database, membership: Membership, *, now: datetime = NOW) -> Person:
    """Somebody as actions know them, for a story that does not begin at a screen."""
    with database.transaction() as db:
        found = signed_in_person(db, start_sign_in(db, membership, now=now).id, now, day_of(now))
        assert found is not None
        return found


def terms(database: Database, municipality_id: int) -> Terms:
    """What this municipality decided, as it is now."""
    with database.transaction() as db:
        own = db.get(Municipality, municipality_id)
        assert own is not None
        return terms_of(db, municipality_id, own.terms_token)


def change_rate(database: Database, municipality_id: int, cents: int, *, valid_from: date = LONG_AGO) -> None:
    """Another premium per hour, from a day on."""
    with database.transaction() as db:
        own = db.get(Municipality, municipality_id)
        assert own is not None
        change_term(
            db, own, "premium", {"basis": "per_hour", "cents": cents}, valid_from=valid_from, source="Beleidsregel (test)", reason="test", now=NOW
        )


def sign_in(database: Database, membership: Membership) -> str:
    with database.transaction() as db:
        return start_sign_in(db, membership, now=datetime.now(UTC)).id.hex


def world(database: Database) -> World:
    with database.transaction() as db:
        seed_statutory(db, now=NOW)
    own, strange = municipality(database, "waterveen"), municipality(database, "hoogland")
    place, elsewhere, far = establishment(database, own), establishment(database, own, "De Linde"), establishment(database, strange, "Zaagmeer")
    case_manager = account(database, own, Role.CASE_MANAGER, "Marieke Vos")
    colleague = account(database, own, Role.CASE_MANAGER, "Ruud Smit")
    supervisor = account(database, own, Role.SUPERVISOR, "Jan Wit", establishment_id=place.id)
    other_supervisor = account(database, own, Role.SUPERVISOR, "Fatma Kok", establishment_id=elsewhere.id)
    person = participant(database, own, case_manager)
    other = participant(database, own, case_manager, "Yusuf Adan")
    request = work_request(database, place, supervisor)
    running = placement(database, request, person, case_manager)
    strange_manager = account(database, strange, Role.CASE_MANAGER, "Ineke Berg")
    return World(
        database=database, municipality_id=own, participant=person, other_participant=other, supervisor=supervisor, other_supervisor=other_supervisor,
        case_manager=case_manager, colleague=colleague, establishment=place, request=request, placement=running,
        stranger=participant(database, strange, strange_manager, "Olga Bondar"),
        strange_supervisor=account(database, strange, Role.SUPERVISOR, "Kees Zaag", establishment_id=far.id), strange_case_manager=strange_manager,
    )  # fmt: skip


SENDER = {
    "name": "Gemeente Waterveen", "street": "Raadhuisplein 1", "postcode": "1234 AB", "town": "Waterveen", "kvk": "12345678", "vat_number": "NL001234567B01",
    "iban": "NL91ABNA0417164300", "oin": "00000001123456789000",
}  # fmt: skip
EXEMPT = {"category": "E", "basis_points": 0, "reason": "Participatiewet art. 7 (test)"}
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)


def agree(database: Database, municipality_id: int, key: str, value: dict[str, Any], *, valid_from: date = LONG_AGO) -> None:
    """From a day on, a municipality agrees something else."""
    with database.transaction() as db:
        own = db.get(Municipality, municipality_id)
        assert own is not None
        change_term(db, own, key, value, valid_from=valid_from, source="Beleidsregel (test)", reason="test", now=NOW)


def bills(database: Database, municipality_id: int) -> Membership:
    """The municipality can send invoices. Gives somebody of its finance department."""
    agree(database, municipality_id, "vat", EXEMPT)
    agree(database, municipality_id, "invoice_sender", SENDER)
    return account(database, municipality_id, Role.FINANCE, "Ellen Mulder")


def issue(database: Database, by: Membership, month: date = LAST_MONTH, *, now: datetime = NOW, limit: int = STEP) -> list[uuid.UUID]:
    """Issue the invoices of a month, step by step; gives the ids of what was issued."""
    somebody, agreed, issued = person(database, by), terms(database, by.municipality_id), []
    with database.transaction() as db:
        run = start_invoices(db, somebody, month, terms=agreed, now=now)
    while run is not None:
        with database.transaction() as db:
            run = db.merge(run)
            step = go_on(db, run, terms=agreed, now=now, limit=limit)
        issued += step.issued
        if step.done >= step.todo:
            break
    return issued


def billed(world: World) -> list[uuid.UUID]:
    """Hours of the last day of last month, confirmed and on an invoice; and money that came in."""
    ellen = bills(world.database, world.municipality_id)
    entry = hours(world.database, world.placement, day=TODAY.replace(day=1) - timedelta(days=1), start="14:00", stop="16:00", pause=0)
    with world.database.transaction() as db:
        kept = db.get(HoursEntry, entry.id)
        assert kept is not None
        kept.status, kept.certain_minutes, kept.confirmed_by, kept.confirmed_at = "confirmed", kept.minutes, world.supervisor.account_id, NOW
    issued = issue(world.database, ellen)
    more = {"municipality_id": world.municipality_id, "recorded_by": ellen.account_id, "recorded_at": NOW}
    save(world.database, Receipt(bank_key="1", received_on=TODAY, amount_cents=100, **more))
    save(world.database, ProgrammeCost(kind="software", first_day=LAST_MONTH, last_day=TODAY, amount_cents=100_00, **more))
    return issued
