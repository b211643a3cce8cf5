"""Totals for everybody: told once per quarter, rounded, without small numbers; as page, CSV, JSON and description."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.clock import instant
from webapp.hours.models import HoursEntry
from webapp.people.models import Municipality
from webapp.reports.models import OpenTotal
from webapp.reports.rules import totals as rules
from webapp.reports.rules.totals import Counted, Quarter, ended, quarter_of, tell
from webapp.reports.totals import counted, publish

numbers = st.integers(min_value=0, max_value=100_000)
counts = st.builds(Counted, numbers, numbers, numbers, numbers, numbers, numbers, numbers, numbers, numbers, numbers, numbers, numbers)


@given(counts, st.integers(1, 50), st.integers(1, 20))
def test_nothing_small_is_told_and_everything_told_is_rounded(given_counts: Counted, smallest: int, step: int) -> None:
    told = tell(given_counts, smallest, step)

    for name, raw in (("people", "people"), ("placements_started", "started"), ("to_paid_work", "paid_work"), ("reports", "reports")):
        shown, number = getattr(told, name), getattr(given_counts, raw)
        assert (shown is None) == (number < smallest)
        assert shown is None or (shown % step == 0 and abs(shown - number) <= step / 2)
    if given_counts.people < smallest:
        assert (told.hours, told.premium_euros, told.average_tariff_cents) == (None, None, None)
    if given_counts.employers < rules.FEWEST_EMPLOYERS:
        assert told.average_tariff_cents is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_exactly_one_quarter(day: date) -> None:
    quarter = quarter_of(day)

    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.after.first_day == quarter.last_day + timedelta(days=1)
    assert quarter not in ended(day, day, 0) or day == quarter.last_day


QUARTER = Quarter(2026, 1)


def worked(world: make.World, people: int) -> None:
    """So many people with eight certain hours in the first quarter of 2026, at three employers, at 20 euros an hour."""
    starts = date(2026, 1, 5)
    for number in range(people):
        if number < 3:
            place = make.establishment(world.database, world.municipality_id, f"Bedrijf {number}")
            boss = make.account(world.database, world.municipality_id, "supervisor", f"Baas {number}", establishment_id=place.id)
            work = make.work_request(world.database, place, boss, starts_on=starts, tariff_cents=2000 if number else 2600, places=20, weeks=8)
        who = make.participant(world.database, world.municipality_id, world.case_manager, f"Wie {number}")
        placed = make.placement(world.database, work, who, world.case_manager, place_number=number + 1, status="ended")
        entry = make.hours(world.database, placed, day=date(2026, 2, 2), start="08:00", stop="16:00", pause=0)
        with world.database.transaction() as db:
            db.execute(update(HoursEntry).where(HoursEntry.id == entry.id).values(status="confirmed", certain_minutes=480))  # type: ignore[arg-type]


def at(day: date) -> datetime:
    return instant(day, time(5))


def tell_all(world: make.World, on: date) -> int:
    with world.database.transaction() as db:
        return publish(db, world.municipality_id, make.terms(world.database, world.municipality_id), now=at(on))


def test_a_quarter_is_counted_as_it_was(world: make.World, session: Session) -> None:
    worked(world, 4)

    found = counted(session, world.municipality_id, QUARTER, make.terms(world.database, world.municipality_id))

    assert (found.people, found.started, found.minutes, found.employers) == (4, 4, 4 * 480, 3)
    assert found.tariff_cents == (2600 + 3 * 2000) // 4
    assert found.floor_cents == 1471  # the bare minimum wage of 31 March 2026, where no factor is agreed
    strange = counted(session, world.strange_case_manager.municipality_id, QUARTER, make.terms(world.database, world.municipality_id))
    assert (strange.people, strange.started) == (0, 0)


def test_a_quarter_is_told_once_after_some_days_and_never_changes(world: make.World, session: Session) -> None:
    worked(world, 12)

    assert tell_all(world, date(2026, 4, 13)) == 0
    assert tell_all(world, date(2026, 4, 14)) == 1
    first = session.execute(select(OpenTotal)).scalars().one().figures
    assert (first["people"], first["hours"], first["average_tariff_cents"]) == (10, 100, 2050)
    worked(world, 12)
    assert tell_all(world, date(2026, 4, 15)) == 0
    session.rollback()
    assert session.execute(select(OpenTotal)).scalars().one().figures == first


def test_everybody_reads_the_totals_as_page_csv_json_and_description(world: make.World, visitor: Any) -> None:
    worked(world, 12)
    tell_all(world, date(2026, 4, 20))

    text = visitor.get("/open-data").text
    assert "2026-Q1" in text and '<data value="10" class="dir">10</data>' in text and "–" in text
    file = visitor.get("/open-data.csv")
    row = next(csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    assert (row["municipality"], row["quarter"], row["people"], row["reports"]) == ("Waterveen", "2026-Q1", "10", "")
    found = visitor.get("/open-data.json")
    assert found.json["rows"][0]["people"] == 10 and found.json["rows"][0]["reports"] is None
    described = json.loads(visitor.get("/open-data/dcat.jsonld").text)
    dataset = next(one for one in described["@graph"] if one["@type"] == "dcat:Dataset")
    assert {one["dcat:downloadURL"]["@id"].rsplit("/", 1)[1] for one in dataset["dcat:distribution"]} == {"open-data.csv", "open-data.json"}
    assert dataset["dct:license"]["@id"].startswith("https://creativecommons.org/publicdomain/zero")
    for answer in (file, found):
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = visitor.get("/open-data.csv", headers={"If-None-Match": file.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_name_never_becomes_a_formula_in_the_file(world: make.World, visitor: Any) -> None:
    worked(world, 1)
    with world.database.transaction() as db:
        db.execute(update(Municipality).where(Municipality.id == world.municipality_id).values(name="=HYPERLINK(1)"))  # type: ignore[arg-type]
    tell_all(world, date(2026, 4, 20))

    assert "'=HYPERLINK(1)" in visitor.get("/open-data.csv").text


@pytest.mark.parametrize("address", ["/open-data", "/open-data.csv", "/open-data.json", "/open-data/dcat.jsonld"])
def test_before_anything_is_told_the_pages_are_empty_and_whole(world: make.World, visitor: Any, address: str) -> None:
    assert visitor.get(address).status_code == 200
