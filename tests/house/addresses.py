"""Every address of the application, filled with ids that are there, of somebody else, or of nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from tests.growth import making as growth
from tests.payouts import people
from webapp.foundation.database import metadata
from webapp.reports.models import ReportCase
from webapp.safeguards.models import EmployerRestriction

NOBODY = uuid.UUID(int=7)
TABLES = {
    "entry_id": "hours_entry", "offer_id": "offer", "placement_id": "placement", "request_id": "work_request", "participant_id": "participant_file",
    "tablet_id": "shared_tablet",
    "certificate_id": "certificate",
    "absence_id": "absence", "notification_id": "notification", "outgoing_id": "outgoing",
    "feedback_id": "feedback", "signal_id": "signal", "objection_id": "objection", "route_id": "route", "task_id": "route_task",
    "check_id": "outflow_check",
    "sign_in_id": "sign_in", "passkey_id": "passkey", "hold_id": "legal_hold", "question_id": "data_request",
    "run_id": "payout_run", "payout_id": "payout", "checker_id": "outside_checker",
    "invoice_id": "invoice", "invoice_run_id": "invoice_run", "receipt_id": "invoice_receipt", "cost_id": "programme_cost", "establishment_id": "establishment",
    "report_id": "report_case", "employer_id": "employer", "restriction_id": "employer_restriction",
    "shift_id": "planned_shift", "pause_id": "placement_pause", "feed_id": "calendar_feed", "change_id": "term_change", "draft_id": "request_draft",
    "provider_id": "sign_on_provider",
}  # fmt: skip


def ids(session: Session, limit: int = 3) -> dict[str, list[Any]]:
    """For each part of an address: a few ids that are there, of every municipality, and one that is nobody's."""
    found: dict[str, list[Any]] = {"key": ["premium", "duration", "minimum_wage", NOBODY]}
    for name, table_name in TABLES.items():
        table = metadata.tables[table_name]
        key = next(iter(table.primary_key))
        rows = session.execute(select(key).order_by(table.c.municipality_id.desc()).limit(limit)).scalars().all()
        more = session.execute(select(key).order_by(table.c.municipality_id).limit(limit)).scalars().all()
        found[name] = list(dict.fromkeys([*rows, *more, NOBODY]))
    members = metadata.tables["membership"]
    supervisors = session.execute(select(members.c.account_id).where(members.c.role == "supervisor").order_by(members.c.municipality_id)).scalars()
    found["account_id"] = [*list(supervisors)[:limit], NOBODY]
    found |= {"year": [people.PAY_ON.year, 1], "step": ["work", "terms"]}
    return found


def addresses(app: Flask, method: str, known: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every route that takes this method, once for each id it may be given."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        parts = sorted(rule.arguments)
        for values in product(*(known.get(name, [NOBODY]) for name in parts)):
            yield rule.endpoint, adapter.build(rule.endpoint, dict(zip(parts, values, strict=True)), method=method)


def busy_world(world: make.World, as_person: Any) -> make.World:
    """A world in which something of everything is there: hours in each state, an open and a closed offer, a message, a payout."""
    jan, selam = as_person(world.supervisor), as_person(world.participant)
    entries = [make.hours(world.database, world.placement, day=make.TODAY - make.timedelta(days=day)) for day in range(1, 6)]
    shorter = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}
    assert jan.post(f"/hours/{entries[0].id}/confirmation").status_code == 303
    for entry in entries[1:3]:
        assert jan.post(f"/hours/{entry.id}/correction", shorter).status_code == 303
    assert selam.post(f"/hours/{entries[2].id}/response", {"response": "dispute", "reason": "Nee."}).status_code == 303
    assert selam.post("/me/certificate").status_code == 303
    assert selam.post(f"/placements/{world.placement.id}/reference-request").status_code == 303
    work = make.work_request(
        world.database, world.establishment, world.supervisor, function="Keukenhulp", starts_on=make.TODAY + make.timedelta(days=9)
    )
    make.offer(world.database, work, world.other_participant, world.case_manager)
    other = make.work_request(world.database, world.establishment, world.supervisor, function="Inpakhulp")
    make.offer(world.database, other, world.other_participant, world.case_manager, status="closed")
    letter = {"id": str(uuid.uuid4()), "language": "nl"}
    assert as_person(world.case_manager).post(f"/participants/{world.other_participant.account_id}/invitation", letter).status_code == 303
    growing(world)
    watching(world)
    office = people.office(world)
    people.work(office)
    people.pay(office)
    make.billed(world)
    draft = {"id": str(uuid.uuid4()), "function": "Inpakken", "tasks": "Dozen vouwen", "sector": "G"}
    assert as_person(world.supervisor).post("/employer/requests", draft).status_code == 303
    for audience in ("staff", "participant", "supervisor"):
        make.sign_on_provider(world.database, world.municipality_id, audience)
    return world


def growing(world: make.World) -> None:
    """Feedback, a signal that is open, one that was decided and objected to, a route with its steps, and a question after work began."""
    growth.feedback(world)
    growth.signal(world)
    growth.route(world)


def watching(world: make.World) -> None:
    """A report about work, and an employer that is stopped."""
    report = ReportCase(
        municipality_id=world.municipality_id, form_mark="1", code_mark="1", received_at=make.NOW, due_on=make.TODAY, language="nl", who="other",
        place="De Morgen", words="Er klopt iets niet.", employer_id=world.establishment.employer_id,
    )  # fmt: skip
    stop = EmployerRestriction(
        municipality_id=world.municipality_id, employer_id=world.establishment.employer_id, reason="Omdat.", evidence="Bezoek.", starts_on=make.TODAY,
        ends_on=make.TODAY, made_by=world.case_manager.account_id, made_at=make.NOW,
    )  # fmt: skip
    make.save(world.database, report, stop)
