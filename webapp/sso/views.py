"""Going to a provider, and coming back. Both are forms: no address that is only opened changes anything."""

from __future__ import annotations

import secrets
import uuid
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, request, session

from webapp.access.blueprint import enter
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.logs import log
from webapp.foundation.pages import extension, go, own_path, page
from webapp.people import sessions
from webapp.sso import actions, providers
from webapp.sso.protocol import Answer, Providers
from webapp.sso.providers import Provider
from webapp.sso.rules import NotBelieved, NotKnown, NotReachable

pages = Blueprint("sso", __name__, template_folder="templates", url_prefix="/sign-in/with")

SECRET = "sign_on"  # noqa: S105 - the name of a slot in the session; what is in it never leaves this device but as a hash
LONGEST = 2000  # letters of a code or state


@pages.app_template_global("sign_on_ways")
def ways() -> list[Provider]:
    """The providers that are trusted, for the page where somebody signs in."""
    return providers.all_providers(db(), extension("settings"))


@pages.get("")
def choose() -> Response:
    return page("sso/choose.html", providers=ways(), onward=onward(), failed=request.args.get("failed") == "1")


@pages.post("/<uuid:provider_id>")
def start(provider_id: uuid.UUID) -> Response:
    """Off to the provider, by a page: the content policy lets no form lead to another site."""
    provider = provider_or_404(provider_id)
    then = onward()
    db().commit()  # nobody else waits while the provider is asked
    secret = secrets.token_urlsafe(32)
    try:
        address = speaking().way_out(provider, secret, return_address(provider))
    except NotReachable as silent:
        return try_again(provider, silent.why)
    actions.begin(db(), provider, secret, onward=then, now=now())
    session[SECRET] = secret
    answer = page("sso/going.html", provider=provider, address=address, host=urlsplit(address).hostname)
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


@pages.get("/<uuid:provider_id>/back")
def back(provider_id: uuid.UUID) -> Response:
    """Back from the provider. This only shows a button (pressed by sign-on.js at once): opening an address signs nobody in."""
    provider = provider_or_404(provider_id)
    given = {name: request.args.get(name, "")[:LONGEST] for name in ("code", "state", "iss")}
    return page("sso/back.html", provider=provider, given=given, came_back=bool(given["code"] and given["state"]))


@pages.post("/<uuid:provider_id>/answer")
def finish(provider_id: uuid.UUID) -> Response:
    """Believe the provider, or not; then sign in whoever the municipality knows already."""
    provider, at = provider_or_404(provider_id), now()
    answer = Answer(request.form.get("code", "")[:LONGEST], request.form.get("state", "")[:LONGEST], request.form.get("iss") or None)
    secret = str(session.pop(SECRET, ""))
    try:
        then = actions.claim(db(), provider, secret, answer.state, now=at)
        db().commit()  # used up, whatever comes of it; and nobody else waits while the provider is asked
        claims = speaking().claims(provider, secret, answer, return_address(provider), now=at)
        membership = actions.whose(db(), provider, claims, extension("settings").sealing_keys, now=at, today=day_of(at))
    except NotReachable as silent:
        return try_again(provider, silent.why)
    except NotBelieved as refused:
        log.warning("sign-on not believed", why=refused.why, audience=provider.audience)
        db().rollback()
        return page("sso/failed.html", status=422, provider=provider)
    except NotKnown:
        log.info("sign-on of somebody not known", audience=provider.audience)
        db().rollback()
        return page("sso/unknown.html", status=403, provider=provider)
    return go(enter(membership, way=sessions.PROVIDER if provider.audience == "staff" else sessions.BROKER, then=then))


def provider_or_404(provider_id: uuid.UUID) -> Provider:
    found = providers.provider_with(db(), extension("settings"), provider_id)
    if found is None:
        abort(404)
    return found


def speaking() -> Providers:
    known: Providers | None = current_app.extensions.get("sign_on")
    if known is None:
        known = current_app.extensions["sign_on"] = Providers(extension("settings"))
    return known


def return_address(provider: Provider) -> str:
    """Each provider has one of its own, so that the answer of one is never taken for that of another."""
    return f"{extension('settings').url}/sign-in/with/{provider.id}/back"


def onward() -> str:
    """Where somebody was going, only ever a page of ours."""
    return own_path(request.values.get("next", "")[:LONGEST])


def try_again(provider: Provider, why: str) -> Response:
    log.warning("sign-on not possible", why=why, audience=provider.audience)
    return redirect("/sign-in/with?failed=1", code=303)  # type: ignore[return-value]
