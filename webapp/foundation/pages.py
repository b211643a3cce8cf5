"""Pages: one template for the whole page and its fragments, and the answers every view gives."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from webapp.foundation.texts import language

STATIC = Path(__file__).parents[2] / "static"


def wants_fragment() -> bool:
    """Whether htmx asks for a part of a page, and not for a whole one (a boosted visit, or history)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true" and headers.get("HX-History-Restore-Request") != "true"


def page(template: str, *, fragment: str | None = None, then: str | None = None, status: int = 200, **context: Any) -> Response:
    """htmx gets the named block, a plain form is sent on to `then`, a plain visit gets the whole page."""
    if fragment and wants_fragment():
        return make_response(render_block(template, fragment, **context), status)
    if then is not None:
        return go(then)
    return make_response(render_template(template, **context), status)


def go(address: str) -> Response:
    """On to another page after something was done; htmx is told to follow in the whole window."""
    if wants_fragment():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = address
        return answer
    answer = make_response(redirect(address, code=303))
    return answer


def invalid(template: str, *, fragment: str | None = None, errors: dict[str, str], status: int = 422, **context: Any) -> Response:
    """The same page again with what was typed and an error at each field; nothing is saved."""
    return page(template, fragment=fragment, status=status, errors=errors, **context)


@lru_cache
def asset(name: str) -> str:
    """The address of a static file, with a mark that changes with its content."""
    file = STATIC / name
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "0"
    return f"/static/{name}?v={mark}"


@lru_cache
def favicon() -> str:
    """The icon of the tab inside the page itself: 0.3 kB, and a request less at the first visit."""
    return "data:image/svg+xml," + quote((STATIC / "favicon.svg").read_text().strip(), safe=" =:/'")


MIRRORED = frozenset({
    "arrow-left", "arrow-right", "bike", "chevron-left", "chevron-right", "footprints", "log-out", "send", "trending-up", "undo-2", "volume-2",
})  # fmt: skip


@lru_cache(512)
def icon_mark(name: str, cls: str = "") -> Markup:
    """An icon of static/icons.svg. Arrows and things that move mirror in Arabic. Kept: a page has a dozen of them."""
    classes = "icon" + (" flip" if name in MIRRORED else "") + (f" {cls}" if cls else "")
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(classes, asset("icons.svg"), name)


def part(template: str, **values: Any) -> Markup:
    """A part of the frame that depends on nothing but these values: made once per language, then kept."""
    return _part(template, language().code, tuple(values.items()))


@lru_cache(2048)
def _part(template: str, _language: str, values: tuple[tuple[str, Any], ...]) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render(dict(values)))  # noqa: S704 - our own template, escaped by itself


@lru_cache(512)
def _plain_url(endpoint: str) -> str:
    return url_for(endpoint)


def url(endpoint: str, **values: Any) -> str:
    """The address of an endpoint; those without parts are remembered."""
    return url_for(endpoint, **values) if values else _plain_url(endpoint)


def own_path(asked: str | None, otherwise: str = "/") -> str:
    """An address somebody asks to go back to, only ever a page of ours."""
    asked = asked or ""
    inside = asked.startswith("/") and not asked.startswith("//") and asked.isprintable() and "\\" not in asked
    return asked if inside else otherwise


def problem_page(error: HTTPException) -> Response:
    """A calm page for every refusal; JSON callers get JSON."""
    code = error.code or 500
    answer = make_response({"error": error.name} if request.is_json else render_template("problem.html", code=code), code)
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def extension(name: str) -> Any:
    return current_app.extensions[name]
