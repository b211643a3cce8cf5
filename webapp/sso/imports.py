"""Bringing in the providers municipalities trust, from a JSON file: all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from sqlalchemy import select, update
from sqlmodel import Session, col

from webapp.foundation.database import lock_municipality
from webapp.history.actions import Change, record
from webapp.people.imports import Faulty, NotImported, municipality_of
from webapp.people.models import Municipality
from webapp.sso.models import SignOnProvider
from webapp.sso.rules import FINDS_BY, is_safe

providers: Any = SignOnProvider.__table__  # type: ignore[attr-defined]
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]


class ProviderRow(BaseModel):
    """One provider for one audience. `secret_name`: under which name its secret stands in the environment or a file, never the secret."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    municipality: Word
    audience: Literal["staff", "participant", "supervisor"]
    issuer: Word
    client_id: Word
    secret_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
    scopes: Annotated[str, Field(max_length=200, pattern=r"^openid( \S+)*$")] = "openid"
    finds_by: str = ""
    claim: Word
    kvk_claim: str = ""
    acr: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def fits_its_audience(self) -> ProviderRow:
        self.finds_by = self.finds_by or FINDS_BY[self.audience][0]
        if self.finds_by not in FINDS_BY[self.audience]:
            raise ValueError(f"finds_by is one of {', '.join(FINDS_BY[self.audience])} for {self.audience}")
        if (self.audience == "supervisor") != bool(self.kvk_claim):
            raise ValueError("kvk_claim is for supervisors, and they need it")
        if not is_safe(self.issuer, local=False):
            raise ValueError("the issuer is an https address")
        return self


ROWS = TypeAdapter(list[ProviderRow])


def import_providers(db: Session, lines: Iterable[str], *, now: datetime) -> int:
    """The providers of a file; those of its municipalities that it does not name end. Gives how many it held. Raises NotImported."""
    rows = read("\n".join(lines))
    towns: dict[str, Municipality] = {}
    for number, row in enumerate(rows, start=1):
        found = municipality_of(db, row.municipality)
        if found is None or found.id is None:
            raise NotImported([Faulty(number, "municipality", "not known: import the employers first")])
        towns[row.municipality] = found
    for slug, town in towns.items():
        assert town.id is not None
        lock_municipality(db, town.id)
        db.execute(update(SignOnProvider).where(providers.c.municipality_id == town.id, providers.c.ended_at.is_(None)).values(ended_at=now))
        kept = [save(db, town.id, row) for row in rows if row.municipality == slug]
        changes = [Change("sign_on.provider", one.id, {"audience": one.audience, "issuer": one.issuer, "finds_by": one.finds_by}) for one in kept]
        record(db, changes, municipality_id=town.id, actor_id=None, actor_role="operator", now=now)
    return len(rows)


def read(text: str) -> list[ProviderRow]:
    try:
        return ROWS.validate_python(json.loads(text))
    except ValidationError as wrong:
        raise NotImported([Faulty(*_place(error["loc"]), error["msg"]) for error in wrong.errors()]) from None
    except (ValueError, RecursionError):
        raise NotImported([Faulty(1, "file", "is not JSON")]) from None


def _place(loc: tuple[int | str, ...]) -> tuple[int, str]:
    """Which row, counted from 1, and which field of it."""
    row, field = (*loc, "", "")[:2]
    return (row + 1 if isinstance(row, int) else 1), str(field) or "row"


def save(db: Session, municipality_id: int, row: ProviderRow) -> SignOnProvider:
    same: dict[str, Any] = {"municipality_id": municipality_id, "audience": row.audience, "issuer": row.issuer, "client_id": row.client_id}
    values = row.model_dump(exclude={"municipality"})
    found: SignOnProvider | None = db.execute(
        select(SignOnProvider).where(*(col(getattr(SignOnProvider, name)) == value for name, value in same.items()))
    ).scalar_one_or_none()
    made = found or SignOnProvider(**same, **{name: value for name, value in values.items() if name not in same})
    for name, value in values.items():
        setattr(made, name, value)
    made.ended_at = None
    db.add(made)
    db.flush()
    return made
