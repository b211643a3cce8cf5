"""What somebody typed about payouts, turned into typed values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from webapp.foundation.texts import gettext as _

LONGEST = 1000
FURTHEST = timedelta(days=366)


@dataclass
class Asked:
    """A run that somebody wants: its day, and the one person it is for, if it settles with somebody who left."""

    pay_on: date | None = None
    settles_id: uuid.UUID | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_run(values: Mapping[str, str], today: date) -> Asked:
    asked = Asked()
    try:
        asked.pay_on = date.fromisoformat(values.get("pay_on", "").strip())
        if not today <= asked.pay_on <= today + FURTHEST:
            asked.errors["pay_on"] = _("Choose a day from today on, within a year.")
    except ValueError:
        asked.errors["pay_on"] = _("Fill in the day on which it is paid.")
    who = values.get("participant_id", "").strip()
    if who:
        try:
            asked.settles_id = uuid.UUID(who)
        except ValueError:
            asked.errors["participant_id"] = _("Choose somebody from the list.")
    return asked


@dataclass
class Return:
    on: date | None = None
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def read_return(values: Mapping[str, str], pay_on: date, today: date) -> Return:
    read = Return(reason=values.get("reason", "").strip()[:LONGEST])
    if not read.reason:
        read.errors["reason"] = _("Choose why the bank could not pay.")
    try:
        read.on = date.fromisoformat(values.get("returned_on", "").strip())
        if read.on > today:
            read.errors["returned_on"] = _("Fill in a day that has been, today at the latest.")
    except ValueError:
        read.errors["returned_on"] = _("Fill in the day on which it came back.")
    return read
