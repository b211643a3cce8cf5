"""What an employer states about a request, written down by a case manager who asked: typed text to values, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from webapp.history.actions import Change, record
from webapp.people.person import Person
from webapp.requests.models import RequestStatement, WorkRequest

statements: Any = RequestStatement.__table__  # type: ignore[attr-defined]
YES_NO = {"yes": True, "no": False}
QUESTIONS = ("let_go", "vacancy", "replaces_paid_hours", "staff_consulted", "paid_work")
DAYS = ("let_go_on", "vacancy_until")
LONGEST = 200


class Unreadable(Exception):
    """Something typed cannot be so. `fields`: field -> why."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def read(typed: Mapping[str, str], *, today: date) -> dict[str, Any]:
    """The values of a statement. What is left open is not known. Raises Unreadable with every field that is wrong."""
    values: dict[str, Any] = {name: YES_NO.get(typed.get(name, "")) for name in QUESTIONS}
    wrong: dict[str, str] = {}
    for name in DAYS:
        try:
            values[name] = _day(typed.get(name, ""))
        except ValueError:
            wrong[name] = "not_a_day"
    try:
        values["agency_tariff_cents"] = _cents(typed.get("agency_tariff", ""))
    except ValueError:
        wrong["agency_tariff"] = "not_money"
    values["end_client"] = typed.get("end_client", "").strip()[:LONGEST]
    if values["let_go"] and "let_go_on" not in wrong and values.get("let_go_on") is None:
        wrong["let_go_on"] = "empty"
    if values.get("let_go_on") is not None and values["let_go_on"] > today:
        wrong["let_go_on"] = "future"
    if wrong:
        raise Unreadable(wrong)
    if not values["let_go"]:
        values["let_go_on"] = None
    if not values["vacancy"]:
        values["vacancy_until"] = None
    return values


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    day = date.fromisoformat(text.strip())
    if not 2000 <= day.year <= 2100:
        raise ValueError(text)
    return day


def _cents(text: str) -> int | None:
    """An amount as people type it, with a comma or a point."""
    said = text.strip().replace("€", "").replace(",", ".").strip()
    if not said:
        return None
    try:
        cents = Decimal(said) * 100
    except InvalidOperation:
        raise ValueError(text) from None
    if not cents.is_finite() or cents != int(cents) or not 0 < cents < 100_000:
        raise ValueError(text)
    return int(cents)


def of_request(db: Session, work: WorkRequest) -> RequestStatement | None:
    found: RequestStatement | None = db.execute(select(RequestStatement).where(statements.c.request_id == work.id)).scalar_one_or_none()
    return found


def keep(db: Session, work: WorkRequest, values: Mapping[str, Any], *, by: Person, now: datetime) -> None:
    """Write down what was stated, or what it is now. The same again changes nothing. The caller holds the municipality's lock."""
    known = of_request(db, work)
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return
    kept = known or RequestStatement(municipality_id=work.municipality_id, request_id=work.id, stated_by=by.id, stated_at=now)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.stated_by, kept.stated_at = by.id, now
    db.add(kept)
    db.flush()
    facts = {name: value for name, value in values.items() if name != "end_client"}
    record(db, [Change("request.stated", work.id, facts)], municipality_id=work.municipality_id, actor_id=by.id, actor_role=by.role, now=now)
