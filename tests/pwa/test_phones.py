"""What the server says to a phone: whose page it is, what may stay, and whose waiting items it takes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from tests import factories as make
from webapp.hours.models import CheckIn, HoursEntry
from webapp.pwa.phones import KEEP, NOBODY, PERSON

STATIC = Path(__file__).parents[2] / "static"
PIN = "2580"


def test_pages_for_reading_may_stay_on_a_phone_and_others_may_not(as_person: Any, world: make.World) -> None:
    selam, jan, marieke = (as_person(one) for one in (world.participant, world.supervisor, world.case_manager))

    kept = {
        address: KEEP in selam.get(address).headers
        for address in ("/today", "/hours", "/premium", "/me", "/offers", "/messages", "/language", "/nowhere")
    }

    assert kept == {**dict.fromkeys(kept, True), "/language": False, "/nowhere": False}
    assert KEEP in jan.get("/employer/hours").headers
    assert KEEP not in marieke.get("/participants").headers


def test_a_shared_tablet_keeps_no_page(as_person: Any, world: make.World) -> None:
    tablet = as_person(world.supervisor)
    tablet.post("/employer/pin", {"pin": PIN})
    tablet.post("/employer/tablet")
    tablet.post("/employer/tablet/sign-in", {"membership_id": str(world.supervisor.id), "pin": PIN})

    answer = tablet.get("/employer/hours")

    assert answer.status_code == 200
    assert KEEP not in answer.headers
    assert "data-keeps" not in answer.text


def test_the_key_of_a_person_is_the_same_at_every_sign_in_and_says_nothing(as_person: Any, world: make.World, visitor: Any) -> None:
    first, again = (as_person(world.participant).get("/today").headers[PERSON] for _ in range(2))
    other = as_person(world.other_participant).get("/today").headers[PERSON]

    assert first == again != other
    assert re.fullmatch(r"[0-9a-f]{24}", first)
    assert not any(part in first for part in (world.participant.account_id.hex[:8], world.participant.id.hex[:8]))
    assert visitor.get("/sign-in").headers[PERSON] == NOBODY


def hours_form(world: make.World, **more: str) -> dict[str, str]:
    day = make.MONDAY.isoformat()
    return {
        "placement_id": str(world.placement.id),
        "worked_on": day,
        "start": "08:30",
        "stop": "13:00",
        "break_minutes": "30",
        "version": "0",
        **more,
    }


@pytest.mark.parametrize("in_a_field", [True, False])
def test_what_another_person_wrote_is_refused_and_not_saved(as_person: Any, world: make.World, session: Session, in_a_field: bool) -> None:
    selam = as_person(world.participant)
    theirs = as_person(world.other_participant).get("/today").headers[PERSON]
    extra, headers = ({"_person": theirs}, {}) if in_a_field else ({}, {PERSON: theirs})

    answer = selam.post(f"/hours/{uuid4()}", hours_form(world, **extra), headers=headers)

    assert answer.status_code == 403
    assert session.exec(select(HoursEntry)).all() == []


def test_a_waiting_item_of_somebody_signed_out_is_refused_and_not_sent_to_the_sign_in_page(as_person: Any, visitor: Any, world: make.World) -> None:
    key = as_person(world.participant).get("/today").headers[PERSON]

    answer = visitor.post(f"/hours/{uuid4()}", hours_form(world), headers={PERSON: key})

    assert (answer.status_code, answer.headers[PERSON]) == (403, NOBODY)


def test_a_waiting_item_is_taken_once_with_a_short_answer(as_person: Any, world: make.World, session: Session) -> None:
    selam = as_person(world.participant)
    key, entry_id = selam.get("/today").headers[PERSON], uuid4()

    answers = [selam.post(f"/hours/{entry_id}", hours_form(world), headers={PERSON: key}) for _ in range(2)]

    assert [(answer.status_code, answer.headers[PERSON], answer.text) for answer in answers] == [(204, key, "")] * 2
    assert len(session.exec(select(HoursEntry)).all()) == 1


@pytest.mark.parametrize(("waited", "minutes"), [("10800", 180), ("", 0), ("-5", 0), ("soon", 0), ("99999999", 0)])
def test_a_start_that_waited_counts_from_the_tap(as_person: Any, world: make.World, session: Session, waited: str, minutes: int) -> None:
    selam, entry_id = as_person(world.participant), uuid4()
    before = datetime.now(UTC)

    for _ in range(2):
        selam.post(f"/placements/{world.placement.id}/check-in", {"entry_id": str(entry_id)}, headers={"X-Opstap-Age": waited})

    found = session.exec(select(CheckIn)).one()
    assert abs(before - found.started_at - timedelta(minutes=minutes)) < timedelta(minutes=2)


def test_a_start_that_comes_again_after_the_stop_begins_nothing(as_person: Any, world: make.World, session: Session) -> None:
    selam, address = as_person(world.participant), f"/placements/{world.placement.id}"
    start = {"entry_id": str(uuid4())}
    selam.post(f"{address}/check-in", start)
    selam.post(f"{address}/check-out")

    selam.post(f"{address}/check-in", start)

    assert session.exec(select(CheckIn)).one().stopped_at is not None


def test_a_stop_tapped_before_the_work_began_ends_nothing(as_person: Any, world: make.World, session: Session) -> None:
    selam, address = as_person(world.participant), f"/placements/{world.placement.id}"
    selam.post(f"{address}/check-in")

    selam.post(f"{address}/check-out", headers={"X-Opstap-Age": "3600"})

    assert session.exec(select(CheckIn)).one().stopped_at is None


def test_the_page_without_internet_knows_nobody(as_person: Any, visitor: Any, world: make.World) -> None:
    selam = as_person(world.participant)
    selam.post("/language", {"language": "en"})

    text = selam.get("/offline").text

    assert "data-person" not in text and 'class="nav"' not in text and "Selam" not in text
    assert "No internet. We keep what you do." in text


def test_the_worker_keeps_files_that_exist_and_changes_with_them(visitor: Any) -> None:
    worker = visitor.get("/sw.js").text
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", worker)[1])  # type: ignore[index]

    assert {visitor.get(file).status_code for file in files} == {200}
    assert visitor.get("/sw.js").text == worker
    assert re.search(r'"static-" \+ "[0-9a-f]{12}"', worker)


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_static_files_come_compressed_and_stay_for_a_year(visitor: Any, coding: str) -> None:
    answer = visitor.get("/static/app.css", headers={"Accept-Encoding": coding})

    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.data) < (STATIC / "app.css").stat().st_size / 3
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/static/../app.py").status_code == 404
    assert visitor.get("/static/app.css", headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_manifest_leads_to_hours_and_offers(visitor: Any) -> None:
    manifest = visitor.get("/manifest.webmanifest").get_json()

    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/hours", "/offers"]
    assert {visitor.get(icon["src"]).status_code for icon in manifest["icons"]} == {200}
    assert "maskable" in {icon.get("purpose") for icon in manifest["icons"]}
