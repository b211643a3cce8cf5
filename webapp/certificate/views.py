"""The participant's own certificate (UX P16): see it, keep it on paper, share it for a while, take it back."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Response, abort, g, request

from webapp.certificate import (
    actions,
    cv,  # noqa: F401 - they add their addresses
    paper,
    public,  # noqa: F401
    reads,
    references,  # noqa: F401
)
from webapp.certificate.blueprint import pages
from webapp.certificate.models import Certificate
from webapp.certificate.rules import shown_code
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.documents import send
from webapp.foundation.pages import extension, go, page
from webapp.foundation.texts import gettext as _
from webapp.terms.here import terms


def address_of(code: str) -> str:
    return f"{extension('settings').url}/verify/{code}"


def own_or_404(certificate_id: uuid.UUID) -> Certificate:
    return next((one for one in actions.own(db(), g.person) if one.id == certificate_id), None) or abort(404)


@pages.get("/me/certificate")
def mine() -> Response:
    return certificate_page()


def certificate_page(*, link: str = "", status: int = 200) -> Response:
    """What it would say now, what was given out, and which links are open. `link`: a new one, shown this once."""
    at = now()
    given = actions.own(db(), g.person)
    days = terms().certificate(day_of(at)).share_days
    return page(
        "certificate/mine.html", status=status, worked=reads.worked(db(), g.person.id), as_work=reads.as_work, period=paper.period, given=given,
        shown_code=shown_code, shares=actions.open_shares(db(), g.person, at), link=link, ends_on=day_of(at) + timedelta(days=days), days=days,
        notice=_("Your certificate no longer counts.") if "withdrawn" in request.args else None,
    )  # fmt: skip


@pages.post("/me/certificate")
def issue() -> Response:
    """Give it out as it stands now, and open the paper."""
    try:
        made = actions.issue(db(), by=g.person, now=now())
    except actions.NothingToShow:
        return certificate_page(status=409)
    return go(f"/me/certificate/{made.id}.pdf")


@pages.get("/me/certificate/<uuid:certificate_id>.pdf")
def paper_of(certificate_id: uuid.UUID) -> Response:
    found = own_or_404(certificate_id)
    made = paper.certificate(found.content, code=found.code, address=address_of(found.code), issued_at=found.issued_at)
    return send(made, "werkbewijs.pdf")


@pages.post("/me/certificate/<uuid:certificate_id>/withdrawal")
def withdraw(certificate_id: uuid.UUID) -> Response:
    known = db().get(Certificate, certificate_id)
    if known is None or known.participant_id != g.person.id:
        abort(404)
    actions.withdraw(db(), known, by=g.person, now=now())
    return go("/me/certificate?withdrawn=1")


@pages.post("/me/certificate/shares")
def share() -> Response:
    """A link that opens the certificate as it is now. The page with the link is the answer itself: it is not kept."""
    at = now()
    try:
        made = actions.issue(db(), by=g.person, now=at)
    except actions.NothingToShow:
        return certificate_page(status=409)
    days = terms().certificate(day_of(at)).share_days
    token = actions.share(db(), made, days=days, by=g.person, now=at)
    return certificate_page(link=f"{extension('settings').url}/shared/{token}")


@pages.post("/me/certificate/shares/end")
def end_shares() -> Response:
    actions.end_shares(db(), by=g.person, now=now())
    return go("/me/certificate")
