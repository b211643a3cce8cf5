"""The history for administrators: who saw or changed what, never who said no, and nothing of another municipality."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.database import Database
from webapp.foundation.sheets import safe_cell
from webapp.history.actions import Change, record
from webapp.office.reads import Asked, facts_of
from webapp.office.views import lines
from webapp.permissions import Role
from webapp.privacy import erasing


@pytest.fixture
def nadia(world: make.World, as_person: Any) -> Any:
    return as_person(make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper"))


@pytest.fixture
def busy(world: make.World, as_person: Any) -> make.World:
    """Hours that were corrected with a note, and a file that was opened."""
    entry = make.hours(world.database, world.placement)
    shorter = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier", "note": "=HYPERLINK(1) Bus gemist."}
    assert as_person(world.supervisor).post(f"/hours/{entry.id}/correction", shorter).status_code == 303
    assert as_person(world.case_manager).get(f"/participants/{world.participant.account_id}").status_code == 200
    return world


def saved(visitor: Any, query: str = "") -> list[list[str]]:
    answer = visitor.get("/history.csv" + query)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_an_administrator_reads_who_did_what_with_the_words_that_were_written(busy: make.World, nadia: Any) -> None:
    page = nadia.get("/history").text

    assert "Jan Wit" in page and "Bus gemist." in page and "Selam Tesfay" in page
    assert "Marieke Vos" in page


def test_words_that_were_erased_are_a_dash_and_the_row_stays(busy: make.World, nadia: Any) -> None:
    with busy.database.transaction() as db:
        erasing.erase(db, busy.participant.account_id, busy.municipality_id, whole=True, now=make.NOW)

    page = nadia.get("/history?kind=hours").text
    assert "Jan Wit" in page and "Bus gemist." not in page and "Selam" not in page


@pytest.mark.parametrize(("query", "actions"), [("?kind=hours", {"hours.corrected"}), ("?kind=file", {"file.opened"}), ("?kind=tablet", set())])
def test_a_filter_on_kind_shows_that_kind(busy: make.World, nadia: Any, query: str, actions: set[str]) -> None:
    assert {row[4] for row in saved(nadia, query)[1:]} == actions


def test_a_filter_on_a_person_finds_what_they_did_and_what_was_done_about_them(busy: make.World, nadia: Any) -> None:
    of_selam, of_jan, of_yusuf = (
        {row[4] for row in saved(nadia, f"?person={who.account_id}")[1:]} for who in (busy.participant, busy.supervisor, busy.other_participant)
    )

    assert of_selam >= {"hours.corrected", "file.opened"}
    assert of_jan == {"hours.corrected"}
    assert of_yusuf <= {"file.opened"}


def test_a_filter_on_days_includes_both(busy: make.World, nadia: Any) -> None:
    today, yesterday = make.TODAY.isoformat(), (make.TODAY - timedelta(days=1)).isoformat()

    assert len(saved(nadia, f"?first={today}&last={today}&kind=hours")) == 2
    assert len(saved(nadia, f"?last={yesterday}")) == 1


@pytest.mark.parametrize("query", ["?person=x", "?kind=nothing", "?first=2026-13-01", "?last=0001-01-01", "?before=x", "?before=-1", "?first=%01"])
def test_a_filter_that_means_nothing_is_named_and_shows_a_page(busy: make.World, nadia: Any, query: str) -> None:
    assert nadia.get("/history" + query).status_code == 422
    assert nadia.get("/history.csv" + query).status_code == 422


def test_looking_into_somebodys_history_is_a_look_and_saving_it_all_is_told_to_everybody(busy: make.World, nadia: Any, as_person: Any) -> None:
    nadia.get(f"/history?person={busy.participant.account_id}")
    saved(nadia)

    told, other = as_person(busy.participant).get("/me/looks").text, as_person(busy.other_participant).get("/me/looks").text
    assert told.count("Nadia Kuiper") == 2
    assert other.count("Nadia Kuiper") == 1


def test_nobody_of_another_municipality_is_found(busy: make.World, as_person: Any) -> None:
    esra = as_person(make.account(busy.database, busy.stranger.municipality_id, Role.ADMIN, "Esra Demir"))

    assert esra.get(f"/history?person={busy.participant.account_id}").status_code == 404
    assert esra.get(f"/history.csv?person={busy.participant.account_id}").status_code == 404
    assert "Selam" not in esra.get("/history?name=Selam").text.replace('value="Selam"', "")
    assert not any("Jan Wit" in cell for row in saved(esra) for cell in row)


def test_a_no_is_not_in_the_history_an_administrator_reads(world: make.World, nadia: Any, as_person: Any) -> None:
    """Nor when: the instant of a closing would tell."""
    texts = []
    for number, said in enumerate((["no"], ["no", "undo"], ["yes", "undo", "no"], [])):
        work = make.work_request(world.database, world.establishment, world.supervisor, function=f"Werk {number}")
        who = make.participant(world.database, world.municipality_id, world.case_manager, "Aster Gebre")
        offer = make.offer(world.database, work, who, world.case_manager)
        for word in said:
            assert as_person(who).post(f"/offers/{offer.id}/answer", {"answer": word}).status_code == 303
        texts.append({row[4] for row in saved(nadia, f"?person={who.account_id}")[1:]} - {"file.opened"})

    assert texts[0] == texts[1] == texts[3] == set()
    assert texts[2] <= {"offer.yes", "placement.accepted"}
    assert not {row[4] for row in saved(nadia)[1:]} & {"offer.open", "offer.closed", "placement.cancelled"}


def test_no_cell_is_a_formula(busy: make.World, nadia: Any) -> None:
    assert not [cell for row in saved(nadia) for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert [safe_cell(cell) for cell in ("=1", "+1", "@x", "\t1", "Jan", 7)] == ["'=1", "'+1", "'@x", "'\t1", "Jan", 7]


def test_pages_follow_each_other_without_a_gap(world: make.World, nadia: Any) -> None:
    import re

    fill(world, 120)
    seen: list[int] = []
    address = "/history?kind=hours"
    while address:
        page = nadia.get(address).text
        seen += [int(number) for number in re.findall(r'id="row-(\d+)"', page)]
        more = re.search(r'href="(/history\?[^"]*before=\d+[^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def fill(world: make.World, rows: int) -> None:
    with world.database.transaction() as db:
        changes = [Change("hours.sent", world.placement.id, {"minutes": number}) for number in range(rows)]
        record(db, changes, municipality_id=world.municipality_id, actor_id=world.participant.account_id, actor_role="participant", now=make.NOW)


def test_a_long_file_is_streamed_in_little_memory(database: Database, world: make.World) -> None:
    fill(world, 20_000)
    peaks = []
    for first in (None, make.TODAY - timedelta(days=1)):  # the second time everything is loaded and compiled
        tracemalloc.start()
        size = sum(len(part) for part in lines(database, world.municipality_id, Asked(first=first)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert size > 1_500_000
    assert peaks[1] < 8_000_000


def test_facts_become_pairs_without_identifiers() -> None:
    facts = {
        "was": {"start": "08:30"},
        "note": "sha256:ab",
        "gone": "sha256:cd",
        "id": "01a2099f-b110-7316-8b67-a6249502a367",
        "empty": "",
        "none": None,
        "n": 0,
    }

    assert facts_of(facts, {"note": "Bus gemist."}) == [("was.start", "08:30"), ("note", "Bus gemist."), ("gone", "–"), ("n", "0")]


def test_only_an_administrator_opens_it(world: make.World, as_person: Any, session: Session) -> None:
    for who in (world.participant, world.supervisor, world.case_manager):
        assert [as_person(who).get(address).status_code for address in ("/history", "/history.csv", "/retention", "/privacy/register")] == [403] * 4
