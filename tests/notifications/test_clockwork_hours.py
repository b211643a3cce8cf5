"""What the clock asks for happens at Dutch hours, in winter and in summer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from huey import MemoryHuey

from webapp.notifications.worker import dutch_time
from webapp.watch import CLOCKWORK


@pytest.mark.parametrize(
    ("utc", "due"),
    [
        (datetime(2026, 11, 23, 7, 5), True),  # 08:05 in winter
        (datetime(2026, 11, 23, 8, 5), False),
        (datetime(2026, 7, 1, 6, 5), True),  # 08:05 in summer
        (datetime(2026, 7, 1, 8, 5), False),
    ],
)
def test_the_morning_reminder_goes_at_eight_in_the_netherlands(utc: datetime, due: bool) -> None:
    assert dutch_time("5", "8")(utc) is due


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 7, 1)])
def test_every_task_of_the_day_runs_as_often_on_the_days_the_clock_changes(day: datetime) -> None:
    start = day - timedelta(hours=2 if day.month == 7 or day.month == 10 else 1)  # midnight in the Netherlands, in UTC
    hours = {3: 23, 10: 25}.get(day.month, 24)

    for task in CLOCKWORK:
        due = dutch_time(task.minute, task.hour)
        times = sum(due(start + timedelta(minutes=minute)) for minute in range(hours * 60))
        every = 1 if task.minute == "*" else int(task.minute.removeprefix("*/")) if task.minute.startswith("*/") else 60
        expected = hours * 60 // every if task.hour == "*" else len(task.hour.split(","))
        assert times == expected, task.name


def test_the_queue_tells_its_time_in_utc() -> None:
    assert MemoryHuey("time").utc
