"""The list of offers of a participant. One offer, with its answer, is a page of `placements`: a yes begins one."""

from __future__ import annotations

from flask import Blueprint, Response, g
from sqlalchemy import bindparam, select

from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.pages import extension, page
from webapp.offers.actions import offers
from webapp.offers.seal import NO
from webapp.people.employers import Establishment
from webapp.requests.models import WorkRequest

pages = Blueprint("offers", __name__, template_folder="templates")

requests, establishments = WorkRequest.__table__, Establishment.__table__  # type: ignore[attr-defined]

MINE = (
    select(
        offers.c.id, offers.c.status, offers.c.sealed, offers.c.closes_at, requests.c.function, requests.c.starts_on, requests.c.weekly_minutes,
        establishments.c.name.label("employer"),
    )
    .join_from(offers, requests, requests.c.id == offers.c.request_id)
    .join(establishments, establishments.c.id == requests.c.establishment_id)
    .where(offers.c.municipality_id == bindparam("municipality"), offers.c.participant_id == bindparam("person"))
    .order_by(offers.c.offered_at.desc())
)  # fmt: skip


@pages.get("/offers")
def mine() -> Response:
    rows = db().execute(MINE, {"municipality": g.person.municipality_id, "person": g.person.id}).all()
    sealer, at = extension("sealer"), now()
    own_no = {row.id for row in rows if row.status == "closed" and sealer.open(row.sealed, row.id) == NO}
    open_now = [row for row in rows if row.status == "open" and row.closes_at > at]
    return page("offers/mine.html", open_now=open_now, earlier=[row for row in rows if row not in open_now], own_no=own_no)
