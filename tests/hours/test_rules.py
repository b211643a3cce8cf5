"""Who may do what to hours, what is certain, and who is late."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from webapp.hours import rules
from webapp.hours.rules import Action, Status, next_status

ROLES = ["participant", "supervisor", "case_manager", "finance", "admin", "council"]

# Every step there is, written out by hand. Whatever is not in this table is refused.
#     when       who           does        becomes
TABLE = """
      sent       participant   rewrite     sent
      sent       participant   withdraw    withdrawn
      sent       supervisor    confirm     confirmed
      sent       supervisor    correct     corrected
      sent       case_manager  rule        ruled
      confirmed  supervisor    unconfirm   sent
      confirmed  supervisor    correct     corrected
      confirmed  participant   dispute     disputed
      confirmed  finance       pay         paid
      corrected  participant   agree       confirmed
      corrected  participant   dispute     disputed
      corrected  supervisor    correct     corrected
      corrected  supervisor    confirm     confirmed
      corrected  case_manager  rule        ruled
      disputed   participant   agree       confirmed
      disputed   case_manager  rule        ruled
      ruled      finance       pay         paid
"""
STEPS = {(when, who, does): becomes for when, who, does, becomes in (line.split() for line in TABLE.split("\n") if line.strip())}
KNOWN = {(when, does) for when, _, does in STEPS}

FRIDAY, SATURDAY, MONDAY = date(2026, 7, 3), date(2026, 7, 4), date(2026, 7, 6)
NOON = datetime(2026, 7, 3, 10, 0, tzinfo=UTC)
SANNE, JAN = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(("status", "role", "action"), list(product(Status, ROLES, Action)))
def test_every_state_role_and_action_does_what_the_table_says_and_nothing_else(status, role, action):
    expected = STEPS.get((status.value, role, action.value))

    if expected is not None:
        assert next_status(status, action, role) == expected
    elif (status.value, action.value) in KNOWN:
        with pytest.raises(rules.NotYours):
            next_status(status, action, role)
    else:
        with pytest.raises(rules.NotNow):
            next_status(status, action, role)


def test_the_table_and_the_machine_have_as_many_steps():
    assert len(STEPS) == len(rules.MACHINE) == 17


def test_nothing_happens_to_hours_that_are_paid_or_withdrawn():
    assert not {status for status, _ in rules.MACHINE} & {Status.PAID, Status.WITHDRAWN}


def test_silence_never_becomes_agreement():
    agreements = {(step.role, action) for (_, action), step in rules.MACHINE.items() if step.to == Status.CONFIRMED}

    assert agreements == {("supervisor", Action.CONFIRM), ("participant", Action.AGREE)}


def test_a_refusal_says_what_was_asked():
    with pytest.raises(rules.Refused) as late:
        next_status(Status.PAID, Action.CORRECT, "supervisor")
    with pytest.raises(rules.Refused) as stranger:
        next_status(Status.SENT, Action.CONFIRM, "participant")

    assert (late.value.status, late.value.action) == ("paid", "correct")
    assert (stranger.value.role, stranger.value.action) == ("participant", "confirm")


def test_nobody_confirms_their_own_hours():
    rules.ensure_confirmable(written_by=SANNE, confirming=JAN)
    with pytest.raises(rules.OwnHours):
        rules.ensure_confirmable(written_by=SANNE, confirming=UUID(int=1))


@pytest.mark.parametrize(
    ("written", "corrected", "already", "certain"),
    [
        (480, 420, 0, 420),  # downwards: the lower version at once
        (480, 540, 0, 540),  # upwards: in full at once
        (480, 480, 0, 480),  # the same minutes at other times
        (480, 0, 0, 0),  # did not work
        (480, 420, 480, 480),  # was confirmed: stays until agreed or ruled
        (480, 540, 480, 540),
        (480, 450, 420, 450),  # corrected again, upwards
        (480, 400, 420, 420),  # corrected again, downwards
        (480, 400, 540, 540),
    ],
)
def test_what_both_sides_say_is_certain_at_once_and_what_was_certain_stays(written, corrected, already, certain):
    assert rules.certain_minutes_after_correction(written=written, corrected=corrected, already_certain=already) == certain


@pytest.mark.parametrize(
    ("status", "corrected", "certain", "waiting"),
    [
        ("sent", None, 0, 480),
        ("corrected", 420, 420, 60),
        ("corrected", 540, 540, 0),
        ("corrected", 0, 0, 480),
        ("corrected", 420, 480, 0),
        ("corrected", 420, 600, 0),
        ("disputed", 420, 420, 60),
        ("disputed", 540, 540, 0),
        ("disputed", None, 480, 0),
        ("confirmed", None, 480, 0),
        ("confirmed", 420, 420, 0),
        ("ruled", 420, 450, 0),
        ("paid", None, 480, 0),
        ("withdrawn", None, 0, 0),
    ],
)
def test_only_the_difference_waits_for_somebody(status, corrected, certain, waiting):
    assert rules.waiting_minutes(Status(status), written=480, corrected=corrected, certain=certain) == waiting


@pytest.mark.parametrize(
    ("corrected", "lowest", "highest"),
    [(420, 420, 480), (540, 480, 540), (480, 480, 480), (0, 0, 480), (None, 0, 480)],
)
def test_a_ruling_lies_between_what_the_two_sides_say(corrected, lowest, highest):
    for minutes in {lowest, (lowest + highest) // 2, highest}:
        rules.ensure_ruling_allowed(minutes=minutes, written=480, corrected=corrected)
    for minutes in (lowest - 1, highest + 1):
        with pytest.raises(rules.RulingOutside) as refused:
            rules.ensure_ruling_allowed(minutes=minutes, written=480, corrected=corrected)
        assert (refused.value.lowest, refused.value.highest) == (lowest, highest)


@pytest.mark.parametrize("status", [Status.SENT, Status.CORRECTED])
def test_a_case_manager_rules_only_after_the_last_day_for_an_answer(status):
    assert not rules.may_rule(status, due=FRIDAY, today=FRIDAY)
    assert rules.may_rule(status, due=FRIDAY, today=SATURDAY)
    assert not rules.may_rule(status, due=None, today=SATURDAY)


def test_a_case_manager_may_rule_on_a_dispute_at_once():
    assert rules.may_rule(Status.DISPUTED, due=MONDAY, today=FRIDAY)
    assert rules.may_rule(Status.DISPUTED, due=None, today=FRIDAY)


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.RULED, Status.PAID, Status.WITHDRAWN])
def test_there_is_nothing_to_rule_on_when_nobody_is_waiting(status):
    assert not rules.may_rule(status, due=FRIDAY, today=MONDAY)


def test_a_slip_of_the_thumb_can_be_taken_back_for_ten_seconds():
    assert rules.may_unconfirm(NOON, NOON, 10)
    assert rules.may_unconfirm(NOON, NOON + timedelta(seconds=10), 10)
    assert not rules.may_unconfirm(NOON, NOON + timedelta(seconds=10, microseconds=1), 10)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (FRIDAY, 0, FRIDAY),
        (SATURDAY, 0, SATURDAY),
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (FRIDAY, 5, date(2026, 7, 10)),
        (MONDAY, 4, date(2026, 7, 10)),
        (MONDAY, 5, date(2026, 7, 13)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_working_days_pass_over_the_weekend(day, n, expected):
    assert rules.add_working_days(day, n) == expected


def test_working_days_pass_over_holidays_and_do_not_count_one_in_a_weekend_twice():
    christmas = {date(2026, 12, 25), date(2026, 12, 26)}  # a Friday and a Saturday

    assert rules.add_working_days(date(2026, 12, 24), 1, christmas) == date(2026, 12, 28)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forward"):
        rules.add_working_days(FRIDAY, -1)


def test_a_participant_gets_calendar_days_and_staff_get_working_days():
    assert rules.answer_due(FRIDAY, 7) == date(2026, 7, 10)
    assert rules.confirmation_due(FRIDAY, 2) == date(2026, 7, 7)
    assert rules.ruling_due(FRIDAY, 5) == date(2026, 7, 10)
    assert rules.confirmation_due(FRIDAY, 1, {MONDAY}) == rules.ruling_due(FRIDAY, 1, {MONDAY}) == date(2026, 7, 7)
