"""Putting the application together: settings, database, sign-in, then each slice in turn."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, abort, g, request
from flask_compress import Compress
from flask_login import current_user
from jinja2 import StrictUndefined
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict, HTTPException, InternalServerError, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import navigation
from webapp.access import views as access
from webapp.bookkeeping import views as bookkeeping
from webapp.caseload import views as caseload
from webapp.certificate import views as certificate
from webapp.council import views as council
from webapp.employer import views as employer
from webapp.foundation import clock, database, files, limits, logs, pages, pictures, security, texts
from webapp.foundation.compiling import SpokenEnvironment
from webapp.foundation.sealing import KeyRing
from webapp.foundation.sessions import KeptSessions
from webapp.foundation.settings import Settings, load
from webapp.foundation.tenancy import look_everywhere
from webapp.growth import views as growth
from webapp.hours import views as hours
from webapp.invoices import views as invoices
from webapp.notifications import views as notifications
from webapp.offers import views as offers
from webapp.offers.seal import Sealer
from webapp.office import views as office
from webapp.participant import views as participant
from webapp.payouts import checkers, own_views, people_views
from webapp.payouts import views as payouts
from webapp.people import bank, citizen_number
from webapp.people import views as people
from webapp.people.person import login
from webapp.people.sessions import LONGEST
from webapp.permissions import PUBLIC, may
from webapp.placements import views as placements
from webapp.policy import views as policy
from webapp.privacy import looking
from webapp.privacy import views as privacy
from webapp.pwa import views as pwa
from webapp.reports import views as reports
from webapp.requests import views as requests
from webapp.sso import views as sso
from webapp.terms.rules import NoTermsInForce, NotPerHour

SLICES = (
    people, notifications, requests, offers, placements, hours, growth, participant, employer, caseload, certificate, access, privacy, office, payouts,
    invoices, bookkeeping, policy, sso, reports, council, pwa,
)  # fmt: skip
assert checkers and own_views and people_views  # they add their pages to those of payouts


class Opstap(Flask):
    """A Flask application with templates of its own kind."""

    jinja_environment = SpokenEnvironment

    def ensure_sync(self, func: Any) -> Any:
        return func  # none of ours is async, and Flask would ask a dozen times for every page


def assemble(settings: Settings | None = None) -> Flask:
    settings = settings or load()
    app = Opstap("webapp", static_folder=None)  # files.py sends them
    cookies = settings.url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.signing_key,
        SECRET_KEY_FALLBACKS=settings.former_keys,
        SESSION_COOKIE_NAME="__Host-opstap" if cookies else "opstap",
        SESSION_COOKIE_SECURE=cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # signing the cookie anew on each page costs more than it gives
        PERMANENT_SESSION_LIFETIME=LONGEST,
        TEMPLATES_AUTO_RELOAD=False,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/javascript",
            "application/json",
            "image/svg+xml",
            "application/manifest+json",
        ],
        COMPRESS_MIN_SIZE=600,
        TESTING=settings.testing,
    )
    app.session_interface = KeptSessions()
    app.extensions["settings"] = settings
    app.extensions["database"] = database.Database(database.make_engine(settings.database))
    app.extensions["sealer"] = Sealer(*settings.sealing_keys)
    app.extensions["keyring"] = KeyRing(*settings.sealing_keys)
    app.extensions["bank_vault"] = bank.vault(settings.sealing_keys)
    app.extensions["citizen_vault"] = citizen_number.vault(settings.sealing_keys)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    files.serve_files(app)
    Compress(app)
    set_up_requests(app, settings)
    set_up_templates(app)
    for part in SLICES:
        app.register_blueprint(part.pages)
    app.register_blueprint(navigation.pages)
    return app


def set_up_requests(app: Flask, settings: Settings) -> None:
    """What happens around every request, in this order: origin, language, permission; afterwards: save, measure, headers."""
    security.protect(app, settings)
    logs.set_up(json=not (settings.demo or settings.testing))
    logs.follow_requests(app, every_request=not settings.testing)
    login.init_app(app)
    not_too_fast = limits.limits(app, settings)
    if settings.server_timing or settings.testing:
        database.count_statements(app.extensions["database"].engine)

        @app.after_request
        def timing(response: Response) -> Response:
            response.headers["Server-Timing"] = f'sql;desc="{g.get("statements", 0)}"'
            return response

    @app.before_request
    def speak_and_permit() -> Any:
        endpoint = request.endpoint
        if endpoint == "static":
            return None
        person = current_user._get_current_object()
        known = person if person.is_authenticated else None
        g.person = known
        not_too_fast()
        wished = known.language if known else request.cookies.get("language") or texts.best_language(request.headers.get("Accept-Language", ""))
        texts.use_language(wished, texts.reader_of(known.role if known else None))
        if endpoint in PUBLIC:
            if known is not None:
                look_everywhere(database.db())
            return None
        if endpoint is None or may(known, endpoint):
            return None
        if known is None:
            return navigation.ask_to_sign_in()
        return abort(403)

    looking.watch_answers(app, settings.data_dir / "looks")  # runs after `finish`: what is registered first runs last
    app.after_request(database.finish)
    app.teardown_request(database.forget)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        return error.response or pages.problem_page(error)

    @app.errorhandler(NoTermsInForce)
    @app.errorhandler(NotPerHour)
    def not_decided(error: Exception) -> Any:
        """The municipality has not recorded what this would need; nothing is guessed and nothing is saved."""
        return pages.problem_page(Conflict())

    @app.errorhandler(IntegrityError)
    def taken(error: IntegrityError) -> Any:
        """An id that is taken where row-level security lets nobody here look: a record of a stranger does not exist for you."""
        refused = str(getattr(getattr(error.orig, "diag", None), "constraint_name", None) or error.orig)
        if not re.match(r"pk_|UNIQUE constraint failed: \w+\.id$", refused):
            return broken(error)
        database.db().rollback()
        return pages.problem_page(NotFound())

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        if settings.testing:
            raise error
        logs.tell_failure(error)
        session = g.get("session")
        if session is not None:
            session.rollback()
        return pages.problem_page(InternalServerError())


class Unset(StrictUndefined):
    """What a template was not given: it may ask whether it is there, but never show it by mistake."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # the one thing it may be asked
        return False


def set_up_templates(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=False)  # type: ignore[attr-defined]
    env.undefined = Unset
    env.trim_blocks = env.lstrip_blocks = True
    env.auto_reload = False
    env.policies["ext.i18n.trimmed"] = True
    env.filters.update(
        euro=texts.euro, euro_words=texts.euro_words, euro_round=texts.euro_round, duration=texts.duration, duration_words=texts.duration_words,
        day=texts.day_words, Day=texts.Day_words, short_day=texts.short_day, date=texts.date_words, long_date=texts.long_date, clock=texts.clock_words,
        weekday=texts.weekday_words, weekdays=texts.weekdays_words, dutch=texts.dutch, month=texts.month_words, long_month=texts.long_month, bdi=texts.bdi, local_day=texts.day_of_instant,
    )  # fmt: skip
    env.globals.update(
        asset=pages.asset,
        favicon=pages.favicon,
        part=pages.part,
        icon_mark=pages.icon_mark,
        mini_bars_mark=pictures.mini_bars,
        rise_mark=pictures.level_stairs,
        week_bars_mark=pictures.week_bars,
        url=pages.url,
        _=texts.gettext,
        ngettext=texts.ngettext,
        now=clock.now,
        demo=app.extensions["settings"].demo,
    )

    @app.context_processor
    def for_every_page() -> dict[str, Any]:
        person = g.get("person")
        spoken = texts.language()
        return {
            "person": person, "lang": spoken.code, "text_dir": spoken.direction, "lang_short": spoken.short, "here": request.path,
            "may": lambda endpoint: may(person, endpoint), "nav": navigation.menu(person), "notice": None, "errors": {},
        }  # fmt: skip
