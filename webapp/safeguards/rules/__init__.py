"""The thirteen displacement tests (law/domain.md 4.4): plain values in, a finding for each out. No database, no clock."""

from webapp.safeguards.rules.findings import (
    HARD,
    ITEMS,
    NEEDS_REASON,
    NOT_ALLOWED,
    OK,
    VERSION,
    Finding,
    Judged,
    NotKeptApart,
    covered,
    fingerprint,
    worst,
)
from webapp.safeguards.rules.people import Stay, people_at_once
from webapp.safeguards.rules.time import Stretch, chain_weeks, days_filled, last_allowed, limit_day, weeks_filled
from webapp.safeguards.rules.whole import Facts, Limits, Said, assess, duration_until

__all__ = [
    "HARD", "ITEMS", "NEEDS_REASON", "NOT_ALLOWED", "OK", "VERSION", "Facts", "Finding", "Judged", "Limits", "NotKeptApart", "Said", "Stay", "Stretch",
    "assess", "chain_weeks", "covered", "days_filled", "duration_until", "fingerprint", "last_allowed", "limit_day", "people_at_once", "weeks_filled", "worst",
]  # fmt: skip
