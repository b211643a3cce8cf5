"""What was kept long enough goes, at night, per kind and with holds; what goes is counted and never told about whom."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.database import metadata
from webapp.people import bank
from webapp.people.models import Municipality, SignIn
from webapp.permissions import Role
from webapp.privacy import erasing, holding, retention
from webapp.privacy.models import DataRequest
from webapp.terms.actions import change_term
from webapp.verify import faults

VAULT = bank.vault(("a secret of a test",))


def run(world: make.World, *, days: int = 0, municipality_id: int | None = None) -> int:
    here = municipality_id or world.municipality_id
    with world.database.transaction() as db:
        return retention.run(db, here, make.terms(world.database, here), now=make.NOW + timedelta(days=days))


def tonight(world: make.World, *, days: int = 0) -> dict[str, tuple[int, int]]:
    with world.database.transaction() as db:
        found = retention.tonight(db, world.municipality_id, make.terms(world.database, world.municipality_id), make.NOW + timedelta(days=days))
        return {due.kind: (due.goes, due.held) for due in found}


def count(session: Session, table: str, **values: Any) -> int:
    session.rollback()
    where = " AND ".join(f"{name} IS NULL" if value is None else f"{name} = :{name}" for name, value in values.items()) or "1 = 1"
    return int(
        session.execute(
            text(f"SELECT COUNT(*) FROM {table} WHERE {where}"), {name: value for name, value in values.items() if value is not None}
        ).scalar_one()
    )


def old_devices(world: make.World, who: Any = None, *days: int) -> None:
    member = who or world.participant
    for ago in days or (200,):
        begun = make.NOW - timedelta(days=ago)
        make.save(
            world.database,
            SignIn(
                municipality_id=member.municipality_id,
                membership_id=member.id,
                started_at=begun,
                seen_at=begun,
                idle_ends_at=begun,
                ends_at=begun,
                ended_at=begun,
            ),
        )


@pytest.fixture
def admin(world: make.World) -> Any:
    return make.account(world.database, world.municipality_id, Role.ADMIN, "Nadia Kuiper")


def test_a_record_goes_the_day_after_its_term_and_not_before(world: make.World, session: Session) -> None:
    old_devices(world, None, 0)

    assert [run(world, days=days) for days in (89, 90)] == [0, 0]
    assert run(world, days=91) == 1
    assert run(world, days=91) == 0
    assert count(session, "sign_in") == 0


def test_what_is_shown_before_is_what_goes_and_what_is_shown_after(world: make.World, as_person: Any, session: Session, admin: Any) -> None:
    old_devices(world, None, 100, 200, 300)
    nadia = as_person(admin)

    assert '<data value="3">3</data>' in nadia.get("/retention").text
    assert tonight(world)["sign_in"] == (3, 0)
    assert run(world) == 3

    assert tonight(world)["sign_in"] == (0, 0)
    page = nadia.get("/retention").text
    assert '<data value="3">3</data>' not in page and ">3<" in page
    assert "Selam" not in page and "Tesfay" not in page


def test_what_is_held_stays_and_goes_when_the_hold_ends(world: make.World, as_person: Any, session: Session, admin: Any) -> None:
    old_devices(world)
    old_devices(world, world.other_participant)
    nadia, key = as_person(admin), uuid.uuid4()
    form = {
        "id": str(key),
        "whose": "one",
        "name": "selam tesfay",
        "kind": "",
        "reason": "Bezwaar",
        "until": (make.TODAY + timedelta(days=30)).isoformat(),
    }

    assert [nadia.post("/retention/holds", form).status_code for _ in range(2)] == [303, 303]
    assert count(session, "legal_hold") == 1
    assert tonight(world)["sign_in"] == (1, 1)
    assert run(world) == 1
    assert count(session, "sign_in", membership_id=hexed(session, world.other_participant.id)) == 0
    for _ in range(2):
        assert nadia.post(f"/retention/holds/{key}/end").status_code == 303

    assert run(world) == 1


def test_a_hold_of_everybody_of_one_kind_and_its_last_day(world: make.World, session: Session, admin: Any) -> None:
    old_devices(world)
    until = make.TODAY + timedelta(days=10)
    with world.database.transaction() as db:
        by = make.person(world.database, admin)
        holding.hold(db, by, id=uuid.uuid4(), participant_id=None, kind="sign_in", reason="Onderzoek", until=until, now=make.NOW)

    assert [run(world, days=days) for days in (0, 10)] == [0, 0]
    assert run(world, days=11) >= 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"), ({"until": "2020-01-01"}, "until"), ({"until": "morgen"}, "until"), ({"until": "9999-12-31"}, "until"), ({"kind": "all"}, "kind"),
        ({"whose": ""}, "whose"), ({"name": ""}, "name"), ({"name": "Niemand Hier"}, "name"), ({"name": "Olga Bondar"}, "name"),
    ],
)  # fmt: skip
def test_a_hold_that_says_too_little_is_refused_at_its_field(
    world: make.World, as_person: Any, session: Session, admin: Any, change: Any, field: str
) -> None:
    form = {"whose": "one", "name": "Selam Tesfay", "kind": "", "reason": "Bezwaar", "until": make.TODAY.isoformat(), **change}

    answer = as_person(admin).post("/retention/holds", form)

    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert count(session, "legal_hold") == 0


def test_a_hold_of_another_municipality_is_not_found(world: make.World, as_person: Any, admin: Any) -> None:
    key = uuid.uuid4()
    with world.database.transaction() as db:
        holding.hold(db, make.person(world.database, admin), id=key, participant_id=None, kind="", reason="Onderzoek", until=make.TODAY, now=make.NOW)
    strange = make.account(world.database, world.stranger.municipality_id, Role.ADMIN, "Esra Demir")

    assert as_person(strange).post(f"/retention/holds/{key}/end").status_code == 404


def test_without_an_agreed_period_nothing_goes(world: make.World, session: Session) -> None:
    old_devices(world)
    with world.database.transaction() as db:
        own = db.get(Municipality, world.municipality_id)
        assert own is not None
        change_term(
            db, own, "retention", {"days": {"client_file": 3653}}, valid_from=make.LONG_AGO, source="Beleidsregel (test)", reason="test", now=make.NOW
        )

    assert run(world, days=4000) == 0
    assert count(session, "sign_in") == 1


def test_old_messages_go_with_how_they_were_sent_and_verify_misses_none(world: make.World, as_person: Any, session: Session) -> None:
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(
        f"/hours/{entry.id}/correction", {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier"}
    )
    before = set(faults(world.database))
    assert count(session, "notification", key="hours.changed") == 1

    assert run(world, days=401) >= 1

    assert count(session, "notification") == count(session, "delivery") == 0
    assert set(faults(world.database)) <= before


def test_one_municipality_never_touches_another(world: make.World, session: Session) -> None:
    old_devices(world, world.stranger)

    run(world, days=100)

    assert count(session, "sign_in", membership_id=hexed(session, world.stranger.id)) == 1


# people who leave ---------------------------------------------------------------------------------------


def worked_and_left(world: make.World, as_person: Any) -> None:
    """Selam worked, disputed, gave an account, and her place ended."""
    entry = make.hours(world.database, world.placement)
    selam, jan, marieke = as_person(world.participant), as_person(world.supervisor), as_person(world.case_manager)
    shorter = {"start": "08:30", "stop": "12:00", "break_minutes": "0", "reason": "stopped_earlier", "note": "Bus gemist."}
    assert jan.post(f"/hours/{entry.id}/correction", shorter).status_code == 303
    assert selam.post(f"/hours/{entry.id}/response", {"response": "dispute", "reason": "Mijn kind was ziek."}).status_code == 303
    assert marieke.post(f"/hours/{entry.id}/ruling", {"ruling": "other", "minutes": "3:30", "reason": "Moeder van twee."}).status_code == 303
    assert selam.post("/me/account", {"iban": "NL91ABNA0417164300", "holder": "S Tesfay", "whose": "own"}).status_code == 303
    with world.database.transaction() as db:
        db.execute(text("UPDATE placement SET status = 'ended', ends_on = :last"), {"last": make.TODAY - timedelta(days=1)})
        db.execute(text("UPDATE account SET phone = '0600000000', email = 'selam@example.org' WHERE first_name = 'Selam'"))


def wish(world: make.World, who: Any, by: Any) -> None:
    make.save(world.database, DataRequest(
        municipality_id=world.municipality_id, participant_id=who.account_id, kind="erasure", asked_at=make.NOW, answered_at=make.NOW, answered_by=by.account_id,
        answer="yes", reason="Goed.", erase_on=make.TODAY,
    ))  # fmt: skip


def everything_about(session: Session, *words: str) -> list[str]:
    """Tables in which one of these words still stands, whatever the column."""
    session.rollback()
    found = []
    for table in metadata.sorted_tables:
        rows = session.execute(select(table)).all()
        if any(word.lower() in json.dumps([str(cell) for cell in row], ensure_ascii=False).lower() for row in rows for word in words):
            found.append(table.name)
    return found


def test_leaving_erases_at_once_what_no_law_keeps_and_keeps_the_rest(world: make.World, as_person: Any, session: Session) -> None:
    worked_and_left(world, as_person)
    before = set(faults(world.database))
    wish(world, world.participant, world.case_manager)

    assert run(world) >= 1
    assert run(world) == 0

    assert everything_about(session, "0600000000", "selam@example.org") == []
    assert count(session, "notification", account_id=key_of(session, world.participant)) == 0
    assert (count(session, "bank_account"), count(session, "hours_entry"), count(session, "account", first_name="Selam")) == (1, 1, 1)
    assert set(everything_about(session, "Mijn kind was ziek.")) == {"hours_entry", "history_words"}
    assert set(faults(world.database)) <= before
    assert count(session, "data_request", erased_at=None) == 0


def test_a_signed_in_phone_of_somebody_who_left_is_signed_out(world: make.World, as_person: Any) -> None:
    worked_and_left(world, as_person)
    selam = as_person(world.participant)
    wish(world, world.participant, world.case_manager)

    run(world)

    assert selam.get("/today").status_code == 303


def test_ten_years_later_nothing_names_them_any_more_and_the_chain_is_whole(world: make.World, as_person: Any, session: Session) -> None:
    worked_and_left(world, as_person)
    before = {fault for fault in faults(world.database) if fault.table != "notification"}
    wish(world, world.participant, world.case_manager)
    run(world)
    kept = count(session, "history")

    assert run(world, days=3654) >= 1

    assert everything_about(session, "Selam", "Tesfay", "NL91", "Bus gemist", "Mijn kind", "Moeder van twee") == []
    assert count(session, "ledger_line") == 1
    assert count(session, "history") > kept
    assert {fault for fault in faults(world.database) if fault.table != "notification"} <= before


def test_who_never_worked_is_gone_at_once_and_whole(world: make.World, as_person: Any, session: Session) -> None:
    work = make.work_request(world.database, world.establishment, world.supervisor, function="Keukenhulp")
    make.offer(world.database, work, world.other_participant, world.case_manager)
    wish(world, world.other_participant, world.case_manager)

    run(world)

    assert everything_about(session, "Yusuf", "Adan") == []
    assert count(session, "offer", participant_id=key_of(session, world.other_participant)) == 0
    assert count(session, "offer_total", closed=1) == 1


def test_somebody_who_is_held_is_not_erased(world: make.World, as_person: Any, session: Session, admin: Any) -> None:
    worked_and_left(world, as_person)
    wish(world, world.participant, world.case_manager)
    with world.database.transaction() as db:
        holding.hold(
            db, make.person(world.database, admin), id=uuid.uuid4(), participant_id=world.participant.account_id, kind="", reason="Bezwaar",
            until=make.TODAY + timedelta(days=9000), now=make.NOW,
        )  # fmt: skip

    run(world)
    run(world, days=3654)

    assert count(session, "account", email="selam@example.org") == 1
    assert count(session, "data_request", erased_at=None) == 1


def test_nobody_who_still_works_here_is_touched_however_long(world: make.World, session: Session) -> None:
    run(world, days=20_000)

    assert count(session, "participant_file", municipality_id=world.municipality_id) == 2
    assert count(session, "account", first_name="Selam") == 1


def test_erasing_again_finds_nothing_more(world: make.World, as_person: Any) -> None:
    worked_and_left(world, as_person)
    with world.database.transaction() as db:
        done = [erasing.erase(db, world.participant.account_id, world.municipality_id, whole=True, now=make.NOW) for _ in range(2)]

    assert done[0]
    assert set(done[1]) <= {"account"}


def hexed(session: Session, key: Any) -> Any:
    return key.hex if session.get_bind().dialect.name == "sqlite" else key


def key_of(session: Session, member: Any) -> Any:
    return hexed(session, member.account_id)
