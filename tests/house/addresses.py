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
from webapp.foundation.database import metadata

NOBODY = uuid.UUID(int=7)
TABLES = {
    "entry_id": "hours_entry", "offer_id": "offer", "placement_id": "placement", "request_id": "work_request", "participant_id": "participant_file",
    "absence_id": "absence", "notification_id": "notification",
    "tablet_id": "shared_tablet",
    "certificate_id": "certificate",
    "provider_id": "sign_on_provider",
}  # fmt: skip


def ids(session: Session, limit: int = 3) -> dict[str, list[uuid.UUID]]:
    """For each part of an address: a few ids that are there, of every municipality, and one that is nobody's."""
    found = {}
    for name, table_name in TABLES.items():
        table = metadata.tables[table_name]
        key = next(iter(table.primary_key))
        rows = session.execute(select(key).order_by(table.c.municipality_id.desc()).limit(limit)).scalars().all()
        more = session.execute(select(key).order_by(table.c.municipality_id).limit(limit)).scalars().all()
        found[name] = list(dict.fromkeys([*rows, *more, NOBODY]))
    return found


def addresses(app: Flask, method: str, known: dict[str, list[uuid.UUID]]) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every route that takes this method, once for each id it may be given."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        parts = sorted(rule.arguments)
        for values in product(*(known.get(name, [NOBODY]) for name in parts)):
            yield rule.endpoint, adapter.build(rule.endpoint, dict(zip(parts, values, strict=True)), method=method)


def busy_world(world: make.World, as_person: Any) -> make.World:
    """A world in which something of everything is there: hours in each state, an open and a closed offer, a message."""
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
    for audience in ("staff", "participant", "supervisor"):
        make.sign_on_provider(world.database, world.municipality_id, audience)
    return world
