"""An employer asks for people in five steps, and reads what became of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests import factories as make
from webapp.foundation.texts import long_date
from webapp.history.actions import history
from webapp.notifications.models import Notification
from webapp.people.employers import Employer, Establishment
from webapp.placements import assessing
from webapp.privacy import retention
from webapp.requests import actions
from webapp.requests.models import RequestDecision, RequestDraft, RequestStatement, WorkRequest
from webapp.safeguards.models import Assessment

FIRST = (make.TODAY + timedelta(days=14)).isoformat()
STEPS = {
    "work": {"function": "Hulp in de keuken", "tasks": "Groente wassen\nTafels dekken\n", "sector": "I"},
    "times": {"starts_on": FIRST, "weeks": "12", "places": "2", **{f"{what}_{day}": value for day in (0, 2) for what, value in (("start", "9"), ("stop", "13.00"), ("break", "30"))}},
    "help": {"guide_note": "de kok"},
    "learn": {"learn": "Veilig werken met eten.", "paid_work": "yes"},
    "terms": {
        "tariff": "19,50", "staff_count": "38", "staff_counted_on": make.TODAY.isoformat(), "let_go": "no", "vacancy": "no", "replaces_paid_hours": "no",
        "staff_consulted": "yes", "insurance": "Polis WA-104",
    },
}  # fmt: skip


@pytest.fixture
def thomas(world: make.World, as_person: Any) -> Any:
    return as_person(world.supervisor)


@pytest.fixture
def marieke(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)


def answers(world: make.World, step: str, **more: str) -> dict[str, str]:
    own = {"guide_id": str(world.supervisor.account_id)} if step == "help" else {}
    return {**STEPS[step], **own, **more}


def whole(world: make.World, **more: str) -> dict[str, str]:
    return {name: value for step in STEPS for name, value in answers(world, step).items()} | more


def draft_with(visitor: Any, world: make.World, **more: str) -> str:
    """The address of a draft in which everything is right, but for what is said in `more`."""
    id = str(uuid.uuid4())
    visitor.post("/employer/requests", {"id": id, **whole(world, **more)})
    return f"/employer/requests/drafts/{id}"


def sent(visitor: Any, world: make.World, session: Session, **more: str) -> WorkRequest:
    answer = visitor.post(draft_with(visitor, world, **more))
    assert answer.status_code == 303, answer.text
    session.rollback()
    return session.get_one(WorkRequest, uuid.UUID(answer.location.split("/")[-1].split("?")[0]))


def test_five_short_steps_become_a_request_with_its_statement_and_its_tests(world: make.World, thomas: Any, session: Session) -> None:
    begun = thomas.post("/employer/requests", {"id": str(uuid.uuid4())})
    assert begun.status_code == 303
    address = begun.location
    for step in STEPS:
        assert address.endswith(f"/{step}")
        assert thomas.get(address).status_code == 200
        answer = thomas.post(address, answers(world, step))
        assert answer.status_code == 303, answer.text
        address = answer.location
    assert "Polis WA-104" in thomas.get(address).text

    answer = thomas.post(address)

    session.rollback()
    work = session.get_one(WorkRequest, uuid.UUID(answer.location.split("/")[-1].split("?")[0]))
    assert (work.status, work.function, work.places, work.weekly_minutes, work.tariff_cents) == ("asked", "Hulp in de keuken", 2, 2 * 210, 1950)
    assert work.pattern[0] == {"weekday": 0, "start": "09:00", "stop": "13:00", "break": 30}
    said = session.execute(select(RequestStatement).where(RequestStatement.request_id == work.id)).scalar_one()  # type: ignore[arg-type]
    assert (said.request_id, said.let_go, said.vacancy, said.paid_work, said.sector, said.insurance) == (
        work.id,
        False,
        False,
        True,
        "I",
        "Polis WA-104",
    )
    assert session.execute(select(Assessment.occasion).where(Assessment.request_id == work.id)).scalars().all() == ["asked"]  # type: ignore[call-overload]
    place = session.get_one(Establishment, world.supervisor.establishment_id)
    assert (place.staff_count, place.staff_counted_on) == (38, make.TODAY)
    told = session.execute(select(Notification).where(Notification.key == "request.new")).scalars().all()  # type: ignore[arg-type]
    assert {row.account_id for row in told} == {world.case_manager.account_id, world.colleague.account_id}


def test_a_draft_is_kept_at_each_step_also_with_what_is_not_right_yet(world: make.World, thomas: Any, session: Session) -> None:
    begun = thomas.post("/employer/requests", {"id": str(uuid.uuid4()), "function": "Inpakken", "tasks": "Dozen vouwen", "sector": "G"}).location
    times = begun.replace("/work", "/times")

    wrong = thomas.post(times, {"starts_on": "gisteren", "weeks": "0", "start_0": "8.30", "stop_0": "half twaalf"})

    assert wrong.status_code == 422
    for name in ("starts_on", "weeks", "places", "start_0"):
        assert f'id="{name}-error"' in wrong.text
    again = thomas.get(times).text
    assert 'value="gisteren"' in again and 'value="half twaalf"' in again
    assert "Inpakken" in thomas.get("/employer/requests").text
    assert thomas.post(times, {"starts_on": FIRST, "later": "1"}).location == "/employer/requests"
    assert f'value="{FIRST}"' in thomas.get(times).text


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("work", "function", ""), ("work", "tasks", " \n "), ("work", "tasks", "\n".join("abcdefghijklm")), ("work", "sector", "Ω"), ("work", "function", "x" * 121), ("work", "tasks", "x" * 121), ("help", "guide_note", "x" * 121), ("learn", "learn", "x" * 1001), ("times", "starts_on", "2020-01-06"),
        ("times", "starts_on", "9999-12-31"), ("times", "weeks", "53"), ("times", "weeks", "-1"), ("times", "places", "0"), ("times", "places", "٣"),
        ("times", "stop_0", "09:00"), ("times", "break_0", "240"), ("help", "guide_id", ""), ("help", "guide_id", str(uuid.UUID(int=7))),
        ("learn", "learn", ""), ("learn", "paid_work", "misschien"), ("terms", "tariff", "negentien"), ("terms", "tariff", "0"),
        ("terms", "staff_count", "-3"), ("terms", "staff_counted_on", "2090-01-01"), ("terms", "let_go", ""), ("terms", "let_go", "yes"), ("terms", "vacancy", ""),
        ("terms", "vacancy", "was"), ("terms", "replaces_paid_hours", ""), ("terms", "staff_consulted", ""), ("terms", "insurance", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_named_at_its_field_and_not_sent(
    world: make.World, thomas: Any, session: Session, step: str, field: str, value: str
) -> None:
    at = {"stop_0": "start_0", "break_0": "start_0"}.get(
        field, "let_go_on" if (field, value) == ("let_go", "yes") else "vacancy_until" if value == "was" else field
    )
    draft = draft_with(thomas, world)

    answer = thomas.post(f"{draft}/{step}", answers(world, step, **{field: value}))

    assert answer.status_code == 422
    assert f'id="{at}-error"' in answer.text
    assert thomas.post(draft).status_code == 422
    session.rollback()
    assert session.execute(select(WorkRequest.status)).scalars().all().count("asked") == 0  # type: ignore[call-overload]


def test_the_lowest_tariff_of_the_first_day_is_shown_and_kept(world: make.World, thomas: Any) -> None:
    make.agree(world.database, world.municipality_id, "tariff_floor", {"factor_basis_points": 20_000})
    draft = draft_with(thomas, world)

    page = thomas.post(f"{draft}/terms", answers(world, "terms", tariff="19,50"))

    assert page.status_code == 422 and 'id="tariff-error"' in page.text
    assert thomas.post(draft).status_code == 422
    assert thomas.post(f"{draft}/terms", answers(world, "terms", tariff="31,00")).status_code == 303
    assert thomas.post(draft).status_code == 303


def test_a_second_tap_is_one_request(world: make.World, thomas: Any, session: Session) -> None:
    draft = draft_with(thomas, world)

    first, second = thomas.post(draft), thomas.post(draft)

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert thomas.get(f"{draft}/work").location == first.location.split("?")[0]
    session.rollback()
    assert session.execute(select(WorkRequest.status)).scalars().all().count("asked") == 1  # type: ignore[call-overload]


def test_all_at_once_is_a_draft_to_look_over(world: make.World, thomas: Any) -> None:
    id = str(uuid.uuid4())

    assert thomas.post("/employer/requests", {"id": id, "send": "1", **whole(world)}).location == f"/employer/requests/drafts/{id}"
    assert thomas.post("/employer/requests", {"id": str(uuid.uuid4()), **whole(world, places="0")}).status_code == 422


def test_an_agency_names_its_client_and_what_it_asks_there(world: make.World, thomas: Any, session: Session) -> None:
    employer = session.get_one(Employer, session.get_one(Establishment, world.supervisor.establishment_id).employer_id)
    employer.is_agency = True
    session.add(employer)
    session.commit()
    draft = draft_with(thomas, world)
    assert thomas.post(draft).status_code == 422

    assert thomas.post(f"{draft}/terms", answers(world, "terms", end_client="Hotel De Brug", agency_tariff="24,00")).status_code == 303
    thomas.post(draft)

    session.rollback()
    said = session.execute(select(RequestStatement).where(RequestStatement.end_client != "")).scalar_one()  # type: ignore[arg-type]
    assert (said.end_client, said.agency_tariff_cents) == ("Hotel De Brug", 2400)


def test_a_draft_can_be_thrown_away_and_belongs_to_the_workplace(world: make.World, thomas: Any, as_person: Any, session: Session) -> None:
    draft = draft_with(thomas, world)
    for stranger in (world.other_supervisor, world.strange_supervisor):
        other = as_person(stranger)
        assert [other.get(draft).status_code, other.post(draft).status_code, other.post(f"{draft}/work").status_code] == [404, 404, 404]
        assert other.post(f"{draft}/end").status_code == 404
        assert other.post("/employer/requests", {"id": draft.split("/")[-1], "function": "Iets anders"}).status_code == 404
    assert thomas.get(draft).status_code == 200

    assert thomas.post(f"{draft}/end").status_code == thomas.post(f"{draft}/end").status_code == 303

    session.rollback()
    (row,) = session.execute(select(RequestDraft)).scalars()
    assert row.typed == {}
    assert "Hulp in de keuken" not in thomas.get("/employer/requests").text
    assert thomas.get(draft).status_code == 404
    thomas.post("/employer/requests", {"id": draft.split("/")[-1], **whole(world)})
    session.rollback()
    assert session.get_one(RequestDraft, row.id).typed == {}


def test_an_official_takes_it_on_and_only_then_it_can_be_offered(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    page = marieke.get("/requests").text
    assert f'href="/requests/{work.id}"' in page
    offer = {"participant_id": str(world.other_participant.account_id)}
    assert marieke.post(f"/requests/{work.id}/offers", offer).status_code == 409

    assert marieke.post(f"/requests/{work.id}/decision", {"decision": "take_on"}).location == f"/requests/{work.id}/displacement"

    session.rollback()
    assert session.get_one(WorkRequest, work.id).status == "open"
    assert marieke.post(f"/requests/{work.id}/offers", offer).status_code == 303
    told = session.execute(select(Notification).where(Notification.key == "request.yes")).scalar_one()  # type: ignore[arg-type]
    assert (told.account_id, told.path) == (world.supervisor.account_id, f"/employer/requests/{work.id}")


def test_a_refusal_has_a_reason_the_employer_reads_and_can_begin_from_again(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    decision = f"/requests/{work.id}/decision"
    assert marieke.post(decision, {"decision": "refuse"}).status_code == 422
    assert marieke.post(decision, {"decision": "refuse", "reason": "other"}).status_code == 422
    assert marieke.post(decision, {"decision": "misschien"}).status_code == 422

    for _ in range(2):
        assert marieke.post(decision, {"decision": "refuse", "reason": "regular_job", "words": "Bel gerust."}).status_code == 303

    page = thomas.get(f"/employer/requests/{work.id}").text
    assert "Bel gerust." in page and "werk.nl" in page and "verdringing" not in page.lower()
    session.rollback()
    decided = session.execute(select(RequestDecision)).scalar_one()
    assert (decided.outcome, decided.reason, decided.decided_by) == ("refused", "regular_job", world.case_manager.account_id)
    assert session.execute(select(history.c.id).where(history.c.subject_id == work.id, history.c.action == "request.refused")).first()
    assert marieke.post(decision, {"decision": "take_on"}).status_code == 409

    again = thomas.post("/employer/requests", {"id": str(uuid.uuid4()), "again": str(work.id)})
    assert "Hulp in de keuken" in thomas.get(again.location).text
    assert thomas.post("/employer/requests", {"id": str(uuid.uuid4()), "again": str(uuid.uuid4())}).status_code == 404


def test_who_decided_last_about_an_employer_hears_of_its_next_request_and_nobody_goes_on_seeing_it(
    world: make.World, thomas: Any, as_person: Any, session: Session
) -> None:
    colleague = make.account(world.database, world.municipality_id, "case_manager", "Bram Smit")

    def told(work: WorkRequest) -> dict[uuid.UUID, bool]:
        session.rollback()
        rows = session.execute(select(Notification).where(Notification.key == "request.new", Notification.cause_id == str(work.id))).scalars()  # type: ignore[arg-type]
        return {one.account_id: one.withdrawn_at is None for one in rows}

    first = sent(thomas, world, session)
    everybody = told(first)
    assert {world.case_manager.account_id, colleague.account_id} <= set(everybody) and set(everybody.values()) == {True}

    assert as_person(colleague).post(f"/requests/{first.id}/decision", {"decision": "take_on"}).status_code == 303
    assert told(first) == dict.fromkeys(everybody, False)
    assert told(sent(thomas, world, session)) == {colleague.account_id: True}


def test_what_is_not_allowed_cannot_be_taken_on_whoever_calls(world: make.World, thomas: Any, session: Session) -> None:
    work = sent(thomas, world, session, let_go="yes", let_go_on=(make.TODAY - timedelta(days=30)).isoformat())
    by, terms = make.person(world.database, world.case_manager), make.terms(world.database, world.municipality_id)
    with world.database.transaction() as db:
        request = db.get_one(WorkRequest, work.id)
        findings = assessing.run(db, request, terms, day=make.TODAY).findings
        with pytest.raises(actions.NotAllowed):
            actions.take_on(db, request, findings, by=by, now=make.NOW)
    session.rollback()
    assert session.get_one(WorkRequest, work.id).status == "asked"


def test_a_draft_says_until_when_it_is_kept_and_then_goes(world: make.World, thomas: Any, session: Session) -> None:
    sent_draft, left = sent(thomas, world, session), uuid.uuid4()
    thomas.post("/employer/requests", {"id": str(left), **whole(world)})
    assert long_date(make.TODAY + timedelta(days=183)) in thomas.get(f"/employer/requests/drafts/{left}").text
    terms = make.terms(world.database, world.municipality_id)

    with world.database.transaction() as db:
        retention.run(db, world.municipality_id, terms, now=make.NOW + timedelta(days=182))
    session.rollback()
    assert session.get(RequestDraft, left) is not None
    with world.database.transaction() as db:
        retention.run(db, world.municipality_id, terms, now=make.NOW + timedelta(days=184))
    session.rollback()
    assert session.get(RequestDraft, left) is None
    assert session.execute(select(RequestDraft.request_id)).scalars().all() == [sent_draft.id]  # type: ignore[call-overload]


def test_what_is_not_allowed_cannot_be_taken_on(world: make.World, thomas: Any, marieke: Any, session: Session) -> None:
    work = sent(thomas, world, session, let_go="yes", let_go_on=(make.TODAY - timedelta(days=30)).isoformat())
    assert 'value="take_on"' not in marieke.get(f"/requests/{work.id}").text

    assert marieke.post(f"/requests/{work.id}/decision", {"decision": "take_on"}).status_code == 409

    session.rollback()
    assert session.get_one(WorkRequest, work.id).status == "asked"


def test_two_officials_at_once_decide_once(world: make.World, thomas: Any, as_person: Any, session: Session) -> None:
    work = sent(thomas, world, session)
    codes: list[int] = []

    def decide(who: Any, typed: dict[str, str]) -> None:
        codes.append(who.post(f"/requests/{work.id}/decision", typed).status_code)

    both = (
        (as_person(world.case_manager), {"decision": "take_on"}),
        (as_person(world.colleague), {"decision": "refuse", "reason": "unclear"}),
    )
    threads = [Thread(target=decide, args=one) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()
    assert sorted(codes) == [303, 409]
    assert session.execute(select(RequestDecision)).scalars().one().outcome in ("taken_on", "refused")


def test_the_employer_ends_it_and_what_is_offered_closes(world: make.World, thomas: Any, session: Session) -> None:
    offer = make.offer(world.database, world.request, world.other_participant, world.case_manager)

    for _ in range(2):
        assert thomas.post(f"/employer/requests/{world.request.id}/end").status_code == 303

    session.rollback()
    assert session.get_one(WorkRequest, world.request.id).status == "closed"
    assert session.get_one(make.Offer, offer.id).status == "closed"
    assert session.get_one(make.Placement, world.placement.id).status == "running"


def test_a_request_of_another_workplace_or_municipality_does_not_exist(world: make.World, thomas: Any, as_person: Any, session: Session) -> None:
    work = sent(thomas, world, session)

    for stranger in (world.other_supervisor, world.strange_supervisor):
        other = as_person(stranger)
        assert [other.get(f"/employer/requests/{work.id}").status_code, other.post(f"/employer/requests/{work.id}/end").status_code] == [404, 404]
    official = as_person(world.strange_case_manager)
    assert [
        official.get(f"/requests/{work.id}").status_code,
        official.post(f"/requests/{work.id}/decision", {"decision": "take_on"}).status_code,
    ] == [404, 404]
    assert as_person(world.participant).get("/employer/requests").status_code == 403


def test_longer_than_the_terms_allow_is_said_while_it_can_be_changed(world: make.World, thomas: Any) -> None:
    draft = draft_with(thomas, world)

    page = thomas.post(f"{draft}/times", answers(world, "times", weeks="30"))

    assert page.status_code == 422 and 'id="weeks-error"' in page.text
    assert thomas.post(draft).status_code == 422
    assert thomas.post(f"{draft}/times", answers(world, "times", weeks="25")).status_code == 303
    assert thomas.post(draft).status_code == 303


def test_the_number_of_staff_is_asked_again_after_a_year_and_held_against_the_share(world: make.World, thomas: Any, session: Session) -> None:
    place = session.get_one(Establishment, world.supervisor.establishment_id)
    place.staff_count, place.staff_counted_on = 40, make.TODAY - timedelta(days=400)
    session.add(place)
    session.commit()
    assert "<details open><summary>Hoeveel mensen werken hier nu?" in thomas.get("/employer/company").text

    for typed in ({"staff_count": "veel"}, {"staff_count": "41", "staff_counted_on": "2090-01-01"}, {}):
        assert thomas.post("/employer/company/staff", typed).status_code == 422
    assert thomas.post("/employer/company/staff", {"staff_count": "41", "staff_counted_on": make.TODAY.isoformat()}).status_code == 303

    session.rollback()
    place = session.get_one(Establishment, world.supervisor.establishment_id)
    assert (place.staff_count, place.staff_counted_on) == (41, make.TODAY)
    assert "1 persoon" in thomas.get("/employer/company").text


def test_fewer_staff_are_held_against_who_works_there_at_once(world: make.World, thomas: Any, session: Session) -> None:
    for _ in range(2):
        thomas.post("/employer/company/staff", {"staff_count": "2", "staff_counted_on": make.TODAY.isoformat()})

    session.rollback()
    found = session.execute(select(Assessment).where(Assessment.occasion == "changed")).scalars().one()  # type: ignore[arg-type]
    assert (found.placement_id, found.outcome) == (world.placement.id, "needs_reason")
    told = session.execute(select(Notification).where(Notification.key == "safeguards.changed")).scalars().one()  # type: ignore[arg-type]
    assert told.account_id == world.case_manager.account_id
