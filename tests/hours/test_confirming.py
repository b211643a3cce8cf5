"""Confirming on the supervisor's phone: the list, one tap, taking it back, and everything as planned at once."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests import factories as make
from webapp.foundation.clock import day_of
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.hours import actions, board
from webapp.hours.models import HoursEntry
from webapp.hours.rules import OwnHours
from webapp.notifications.models import Notification
from webapp.people.person import signed_in_person
from webapp.premium.actions import balance_cents
from webapp.premium.models import LedgerLine
from webapp.terms.actions import terms_of

HTMX = {"HX-Request": "true"}
FORGIVING = 60


@pytest.fixture
def supervisor(as_person: Any, world: make.World) -> Any:
    return as_person(world.supervisor)


def entry_now(session: Session, entry: HoursEntry) -> HoursEntry:
    session.expire_all()
    found = session.get(HoursEntry, entry.id)
    assert found is not None
    return found


def statements(answer: Any) -> int:
    found = re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])
    assert found is not None
    return int(found[1])


def fifty(world: make.World, *, first: date | None = None) -> list[HoursEntry]:
    """Fifty sent shifts of one person, all as planned, one a day."""
    start = first or make.TODAY - timedelta(days=60)
    return [make.hours(world.database, world.placement, day=start + timedelta(days=n), as_planned=True) for n in range(50)]


# the list -------------------------------------------------------------------------------------


def test_the_list_shows_open_hours_by_day_with_the_newest_day_first(world: make.World, supervisor: Any) -> None:
    older = make.hours(world.database, world.placement, day=make.MONDAY, as_planned=True)
    newer = make.hours(
        world.database,
        world.placement,
        day=make.MONDAY + timedelta(days=2),
        stop="13:30",
        deviation_minutes=30,
    )

    text = supervisor.get("/employer/hours").text

    assert text.index(f"entry-{newer.id}") < text.index(f"entry-{older.id}")
    assert f'<article class="who" id="entry-{older.id}" data-status="sent">' in text
    assert "Selam T." in text and "Tesfay" not in text
    assert '<data value="270" class="minutes">' in text


def test_a_row_that_deviates_says_how_and_offers_to_change_it(world: make.World, supervisor: Any) -> None:
    longer = make.hours(world.database, world.placement, stop="13:30", deviation_minutes=30)
    unplanned = make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=1), deviation_minutes=None)

    supervisor.post("/language", {"language": "en"})
    text = supervisor.get("/employer/hours").text

    assert "30 min more than planned" in text and "not planned" in text
    assert f'href="/hours/{longer.id}/correction"' in text and f'href="/hours/{unplanned.id}/correction"' in text


def test_the_button_for_all_lists_only_what_matches_the_plan(world: make.World, supervisor: Any) -> None:
    planned = make.hours(world.database, world.placement, as_planned=True)
    other = make.hours(
        world.database,
        world.placement,
        day=make.MONDAY + timedelta(days=1),
        stop="13:30",
        deviation_minutes=30,
    )

    text = supervisor.get("/employer/hours").text

    assert f'name="entry_id" value="{planned.id}"' in text
    assert f'name="entry_id" value="{other.id}"' not in text


def test_what_is_not_agreed_stands_below_with_who_decides(world: make.World, supervisor: Any) -> None:
    disputed = make.hours(
        world.database, world.placement, stop="13:30", as_planned=False,
    )  # fmt: skip
    with Session(world.database.engine) as db:
        entry = db.get(HoursEntry, disputed.id)
        assert entry is not None
        entry.status, entry.corrected_minutes, entry.correction_reason, entry.corrected_by = (
            "disputed",
            240,
            "stopped_earlier",
            world.supervisor.account_id,
        )
        entry.corrected_at = entry.responded_at = make.NOW
        db.add(entry)
        db.commit()

    text = supervisor.get("/employer/hours").text

    assert f'id="entry-{disputed.id}" data-status="disputed"' in text
    assert "Marieke" in text


def test_an_empty_list_says_so_and_who_works_next(world: make.World, supervisor: Any) -> None:
    supervisor.post("/language", {"language": "en"})

    text = supervisor.get("/employer/hours").text

    assert "Everything is confirmed." in text
    assert "Selam T." in text


def test_a_list_of_fifty_takes_at_most_five_statements(world: make.World, supervisor: Any) -> None:
    fifty(world)
    supervisor.get("/employer/hours")  # the terms are in memory from here on

    answer = supervisor.get("/employer/hours")

    assert answer.text.count('class="ok"') == 50
    assert statements(answer) <= 5


# one row --------------------------------------------------------------------------------------


def test_confirming_makes_the_hours_certain_books_the_premium_and_tells_the_participant(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)

    answer = supervisor.post(f"/hours/{entry.id}/confirmation", {"version": "1"})

    assert answer.status_code == 303 and answer.location.startswith("/employer/hours")
    now = entry_now(session, entry)
    assert (now.status, now.certain_minutes, now.confirmed_by, now.version) == (
        "confirmed",
        240,
        world.supervisor.account_id,
        2,
    )
    assert balance_cents(session, world.participant.account_id) == 800
    assert session.exec(select(Notification.key).where(Notification.account_id == world.participant.account_id)).all() == ["hours.ok"]


def test_a_confirmed_row_keeps_its_place_and_can_be_undone(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    supervisor.post(f"/hours/{entry.id}/confirmation")

    text = supervisor.get("/employer/hours").text
    assert f'id="entry-{entry.id}" data-status="confirmed"' in text and f"/hours/{entry.id}/confirmation/undo" in text

    assert supervisor.post(f"/hours/{entry.id}/confirmation/undo").status_code == 303
    assert entry_now(session, entry).status == "sent"
    assert balance_cents(session, world.participant.account_id) == 0


def test_a_tap_in_the_page_answers_with_the_row_and_the_new_counts(world: make.World, supervisor: Any) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=1), as_planned=True)

    answer = supervisor.post(f"/hours/{entry.id}/confirmation", {"version": "1"}, headers=HTMX)

    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'aria-pressed="true"' in answer.text and 'id="bulk-dock"' in answer.text
    assert f'id="bulk-{entry.id}" hx-swap-oob="delete"' in answer.text


def test_a_second_tap_changes_nothing_and_shows_what_is_true(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)

    answers = [supervisor.post(f"/hours/{entry.id}/confirmation", {"version": "1"}, headers=HTMX) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert all('data-status="confirmed"' in answer.text for answer in answers)
    assert len(session.exec(select(LedgerLine)).all()) == 1
    assert entry_now(session, entry).version == 2


def test_a_stale_tap_is_refused_with_both_versions(world: make.World, supervisor: Any, as_person: Any, session: Session) -> None:
    key = uuid.uuid4()
    participant = as_person(world.participant)
    shift = {
        "placement_id": str(world.placement.id),
        "worked_on": make.MONDAY.isoformat(),
        "start": "08:30",
        "break_minutes": "30",
    }
    participant.post(f"/hours/{key}", {**shift, "stop": "13:00", "version": "0"})
    participant.post(f"/hours/{key}", {**shift, "stop": "13:30", "version": "1"})

    answer = supervisor.post(f"/hours/{key}/confirmation", {"version": "1"})
    in_page = supervisor.post(f"/hours/{key}/confirmation", {"version": "1"}, headers=HTMX)

    for refused in (answer, in_page):
        assert refused.status_code == 409
        assert "08:30 – 13:00" in refused.text and "08:30 – 13:30" in refused.text
    assert session.exec(select(LedgerLine)).all() == []
    assert supervisor.post(f"/hours/{key}/confirmation", {"version": "2"}).status_code == 303


def test_hours_that_were_taken_back_cannot_be_confirmed(world: make.World, supervisor: Any) -> None:
    entry = make.hours(world.database, world.placement)
    with Session(world.database.engine) as db:
        db.merge(entry).status = "withdrawn"
        db.commit()

    assert supervisor.post(f"/hours/{entry.id}/confirmation").status_code == 409


@pytest.mark.parametrize("who", ["other_supervisor", "strange_supervisor"])
def test_a_stranger_finds_no_such_hours(world: make.World, as_person: Any, who: str) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    stranger = as_person(getattr(world, who))

    for address in (
        f"/hours/{entry.id}/confirmation",
        f"/hours/{entry.id}/confirmation/undo",
        f"/hours/{entry.id}/correction",
    ):
        assert stranger.post(address, {"reason": "other"}).status_code == 404
    assert stranger.get(f"/hours/{entry.id}/correction").status_code == 404
    assert stranger.post("/employer/hours/confirmations", {"entry_id": str(entry.id)}).status_code == 404
    assert str(entry.id) not in stranger.get("/employer/hours").text


def test_nobody_confirms_their_own_hours(world: make.World, as_person: Any, session: Session) -> None:
    both = make.account(world.database, world.municipality_id, "participant", "Dubbel Rol")
    make.save(
        world.database,
        make.ParticipantFile(
            account_id=both.account_id,
            municipality_id=world.municipality_id,
            case_manager_id=world.case_manager.account_id,
        ),
    )
    role = make.Membership(
        municipality_id=world.municipality_id,
        account_id=both.account_id,
        role="supervisor",
        establishment_id=world.establishment.id,
        valid_from=make.LONG_AGO,
    )
    make.save(world.database, role)
    request = make.work_request(world.database, world.establishment, world.supervisor)
    own = make.placement(world.database, request, both, world.case_manager)
    entry = make.hours(world.database, own, as_planned=True)
    visitor = as_person(role)

    assert visitor.post(f"/hours/{entry.id}/confirmation").status_code == 403
    assert visitor.post("/employer/hours/confirmations", {"entry_id": str(entry.id)}).status_code == 403
    assert (
        visitor.post(
            f"/hours/{entry.id}/correction",
            {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "other"},
        ).status_code
        == 403
    )
    assert entry_now(session, entry).status == "sent"


# taking it back -------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "in_time"), [(0, True), (FORGIVING, True), (FORGIVING + 1, False)])
def test_a_confirmation_can_be_taken_back_within_the_time_agreed(world: make.World, database: Database, seconds: int, in_time: bool) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    with database.transaction() as db:
        by = signed_in(db, world)
        terms = terms_of(db, by.municipality_id, by.terms_token)
        actions.confirm(
            db,
            actions.to_confirm(db, [entry.id], by=by),
            by=by,
            terms=terms,
            undo_seconds=FORGIVING,
            now=make.NOW,
        )
        own = db.get(HoursEntry, entry.id)
        assert own is not None
        db.refresh(own)
        later = make.NOW + timedelta(seconds=seconds)
        if in_time:
            actions.unconfirm(db, own, by=by, terms=terms, undo_seconds=FORGIVING, now=later)
        else:
            with pytest.raises(actions.AlreadyClosed):
                actions.unconfirm(db, own, by=by, terms=terms, undo_seconds=FORGIVING, now=later)
        assert balance_cents(db, own.participant_id) == (0 if in_time else 800)


def test_taking_back_too_late_says_what_to_do_instead(world: make.World, supervisor: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    supervisor.post(f"/hours/{entry.id}/confirmation")
    with Session(world.database.engine) as db:
        own = db.get(HoursEntry, entry.id)
        assert own is not None
        own.confirmed_at = make.NOW - timedelta(days=1)
        db.add(own)
        db.commit()

    answer = supervisor.post(f"/hours/{entry.id}/confirmation/undo")

    assert answer.status_code == 409 and f'href="/hours/{entry.id}/correction"' in answer.text
    assert entry_now(session, entry).status == "confirmed"


# all as planned -------------------------------------------------------------------------------


def test_confirming_all_takes_what_matches_the_plan_and_leaves_the_rest(world: make.World, supervisor: Any, session: Session) -> None:
    planned = [make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=n), as_planned=True) for n in range(3)]
    longer = make.hours(
        world.database,
        world.placement,
        day=make.MONDAY + timedelta(days=3),
        stop="14:00",
        deviation_minutes=60,
    )

    answer = supervisor.post("/employer/hours/confirmations", {"entry_id": [str(entry.id) for entry in [*planned, longer]]})

    assert answer.status_code == 303 and answer.location == "/employer/hours?confirmed=3&left=1"
    assert {entry_now(session, entry).status for entry in planned} == {"confirmed"}
    assert entry_now(session, longer).status == "sent"
    told = session.exec(select(Notification).where(Notification.account_id == world.participant.account_id)).all()
    assert [message.slots["worked_minutes"] for message in told] == [720]  # one message for the three


def test_confirming_all_again_changes_nothing(world: make.World, supervisor: Any, session: Session) -> None:
    ids = [str(make.hours(world.database, world.placement, day=make.MONDAY + timedelta(days=n), as_planned=True).id) for n in range(3)]

    supervisor.post("/employer/hours/confirmations", {"entry_id": ids})
    again = supervisor.post("/employer/hours/confirmations", {"entry_id": [*ids, ids[0]]})

    assert again.location == "/employer/hours?confirmed=0"
    assert len(session.exec(select(LedgerLine)).all()) == 3


@pytest.mark.parametrize("ids", [[], ["junk"], ["", str(uuid.uuid4())]])
def test_junk_among_the_chosen_is_refused(supervisor: Any, ids: list[str]) -> None:
    answer = supervisor.post("/employer/hours/confirmations", {"entry_id": ids})

    assert answer.status_code == 422 and 'id="entry_id-error"' in answer.text


def test_one_stranger_among_the_chosen_confirms_nothing(world: make.World, supervisor: Any, session: Session) -> None:
    own = make.hours(world.database, world.placement, as_planned=True)

    answer = supervisor.post("/employer/hours/confirmations", {"entry_id": [str(own.id), str(uuid.uuid4())]})

    assert answer.status_code == 404
    assert entry_now(session, own).status == "sent"


def test_a_hundred_rows_take_as_many_statements_as_one_and_at_most_eight(world: make.World, supervisor: Any) -> None:
    first = fifty(world, first=make.TODAY - timedelta(days=150)) + fifty(world, first=make.TODAY - timedelta(days=90))
    supervisor.get("/employer/hours")

    hundred = supervisor.post("/employer/hours/confirmations", {"entry_id": [str(entry.id) for entry in first]})

    assert hundred.location == "/employer/hours?confirmed=100"
    assert statements(hundred) <= 8


def test_two_supervisors_confirming_the_same_fifty_at_once_book_each_once(world: make.World, as_person: Any, session: Session) -> None:
    chosen = fifty(world)
    second = make.account(
        world.database,
        world.municipality_id,
        "supervisor",
        "Noor Bas",
        establishment_id=world.establishment.id,
    )
    visitors = [as_person(world.supervisor), as_person(second)]
    gate, answers = threading.Barrier(2), []

    def confirm(visitor: Any) -> None:
        gate.wait()
        answers.append(visitor.post("/employer/hours/confirmations", {"entry_id": [str(entry.id) for entry in chosen]}))

    threads = [threading.Thread(target=confirm, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.location for answer in answers) == [
        "/employer/hours?confirmed=0",
        "/employer/hours?confirmed=50",
    ]
    assert len(session.exec(select(LedgerLine)).all()) == 50
    assert len(session.exec(select(HistoryRow).where(HistoryRow.action == "hours.confirmed")).all()) == 50
    assert balance_cents(session, world.participant.account_id) == 50 * 800


def test_the_same_row_tapped_on_two_phones_at_once_is_booked_once(world: make.World, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    gate, codes = threading.Barrier(4), []

    def tap(visitor: Any) -> None:
        gate.wait()
        codes.append(visitor.post(f"/hours/{entry.id}/confirmation", {"version": "1"}).status_code)

    threads = [threading.Thread(target=tap, args=(as_person(world.supervisor),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [303] * 4
    assert len(session.exec(select(LedgerLine)).all()) == 1


def signed_in(db: Session, world: make.World) -> Any:
    key = make.start_sign_in(db, world.supervisor, now=make.NOW - timedelta(minutes=1)).id
    person = signed_in_person(db, key, make.NOW, day_of(make.NOW))
    assert person is not None
    return person


def test_hours_of_oneself_are_refused_before_anything_is_written(world: make.World, database: Database) -> None:
    entry = make.hours(world.database, world.placement, as_planned=True)
    with database.transaction() as db:
        by = signed_in(db, world)._replace(id=world.participant.account_id)
        with pytest.raises(OwnHours):
            actions.confirm(
                db,
                actions.to_confirm(db, [entry.id], by=by),
                by=by,
                terms=terms_of(db, by.municipality_id, by.terms_token),
                undo_seconds=0,
                now=make.NOW,
            )


def test_a_correction_upwards_waits_for_nobody_and_is_not_listed_as_not_agreed() -> None:
    row = board.Row(
        uuid.uuid4(),
        "corrected",
        2,
        make.MONDAY,
        make.NOW,
        make.NOW + timedelta(hours=4),
        0,
        240,
        False,
        None,
        None,
        300,
        None,
        "Selam",
        "Tesfay",
    )

    assert board.arranged([row]).not_agreed == []
    assert len(board.arranged([row._replace(corrected_minutes=200)]).not_agreed) == 1
