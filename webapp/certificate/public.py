"""For whoever holds a certificate or a link, without an account: is it real, and what does it say."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort, request

from webapp.certificate import paper, reads, signing
from webapp.certificate.blueprint import pages
from webapp.certificate.rules import read_code, shown_code, works_in
from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.documents import send
from webapp.foundation.pages import extension, go, page


@pages.get("/verify")
def verify_code() -> Response:
    """Where a code is typed."""
    typed = request.args.get("code", "")
    if typed.strip():
        return go(f"/verify/{read_code(typed) or '-'}")
    return page("certificate/verify.html", found=None, asked="", works=[])


@pages.get("/verify/<code>")
def verify(code: str) -> Response:
    """What was given out under this code, as it was signed; or that there is no such certificate."""
    read = read_code(code)
    found = reads.by_code(db(), read)
    if found is None:
        return page("certificate/verify.html", status=404, found=None, asked=code[:40], works=[])
    real = signing.is_ours(db(), found.code, found.content, found.signature)
    shows = real and found.withdrawn_at is None
    return page("certificate/verify.html", found=found, real=real, asked=shown_code(read), **said(found.content if shows else None))


@pages.get("/shared/<token>")
def shared(token: str) -> Response:
    """The certificate somebody shared with whoever has this link, while it lasts."""
    found = opened(token)
    return page("certificate/shared.html", found=found, token=token, shown=shown_code(found.code), **said(found.content))


@pages.get("/shared/<token>/werkbewijs.pdf")
def shared_paper(token: str) -> Response:
    found = opened(token)
    address = f"{extension('settings').url}/verify/{found.code}"
    return send(paper.certificate(found.content, code=found.code, address=address, issued_at=found.issued_at), "werkbewijs.pdf")


def opened(token: str) -> Any:
    found = reads.by_token(db(), token, now())
    if found is None or not signing.is_ours(db(), found.code, found.content, found.signature):
        abort(404)
    return found


def said(content: str | None) -> dict[str, Any]:
    """The words of a signed text for a page, or nothing."""
    return {"name": json.loads(content)["name"] if content else "", "works": works_in(content) if content else [], "period": paper.period}
