"""The providers that are trusted: rows of a municipality, and for an installation of one municipality the environment."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.foundation.settings import Settings, SignOn
from webapp.people.models import Municipality
from webapp.sso.models import SignOnProvider

municipalities: Any = Municipality.__table__  # type: ignore[attr-defined]
rows: Any = SignOnProvider.__table__  # type: ignore[attr-defined]


class Provider(NamedTuple):
    """One way in. `secret_name`: under what name its secret is known to `Settings.named_secret`."""

    id: uuid.UUID
    municipality_id: int
    municipality_name: str
    municipality_phone: str
    municipality_slug: str
    audience: str
    issuer: str
    client_id: str
    secret_name: str
    scopes: str
    finds_by: str
    claim: str
    kvk_claim: str
    acr: str


OF_A_ROW = [rows.c[name] for name in ("audience", "issuer", "client_id", "secret_name", "scopes", "finds_by", "claim", "kvk_claim", "acr")]
KEPT = (
    select(rows.c.id, municipalities.c.id, municipalities.c.name, municipalities.c.phone, municipalities.c.slug, *OF_A_ROW)
    .join_from(rows, municipalities, municipalities.c.id == rows.c.municipality_id)
    .where(rows.c.ended_at.is_(None))
    .order_by(municipalities.c.name, rows.c.audience)
)


def all_providers(db: Session, settings: Settings) -> list[Provider]:
    return [*_of_the_environment(db, settings), *(Provider._make(row) for row in db.execute(KEPT))]


def provider_with(db: Session, settings: Settings, id: uuid.UUID) -> Provider | None:
    return next((provider for provider in all_providers(db, settings) if provider.id == id), None)


def _of_the_environment(db: Session, settings: Settings) -> list[Provider]:
    given: dict[str, SignOn] = {audience: one for audience, one in settings.sign_on.items() if one is not None}
    if not given:
        return []
    query = select(municipalities.c.id, municipalities.c.name, municipalities.c.phone, municipalities.c.slug)
    found = db.execute(query.where(municipalities.c.slug == settings.oidc_municipality) if settings.oidc_municipality else query.limit(2)).all()
    if len(found) != 1:
        return []  # which municipality it would be for is not said
    made = []
    for audience, one in given.items():
        id = uuid.uuid5(uuid.NAMESPACE_URL, f"{audience} {one.issuer} {one.client_id}")
        defaults = {"staff": ("email", "email"), "participant": ("reference", "sub"), "supervisor": ("kvk_email", "email")}[audience]
        fields = (one.finds_by or defaults[0], one.claim or defaults[1], one.kvk_claim if audience == "supervisor" else "", one.acr)
        made.append(Provider._make((id, *found[0], audience, one.issuer, one.client_id, f"environment.{audience}", one.scopes, *fields)))
    return made
