"""The report line for everybody, without an account: telling what one saw, and reading the answer with a code."""

from __future__ import annotations

import uuid
from datetime import datetime
from math import ceil
from typing import Any

from flask import Response, request

from webapp.access.attempts import Guess, Wait
from webapp.access.rules import Patience
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.ids import new_id
from webapp.foundation.limits import network_of
from webapp.foundation.pages import extension, page
from webapp.foundation.sealing import KeyRing
from webapp.foundation.texts import duration_words, language
from webapp.foundation.texts import gettext as _
from webapp.reports import actions, forms, reads
from webapp.reports.blueprint import pages
from webapp.reports.models import ReportCase
from webapp.reports.rules import line
from webapp.reports.words import LOOKS, outcome_words, state_words, whos
from webapp.terms.actions import Terms, terms_of


def keys() -> KeyRing:
    found: KeyRing = extension("keyring")
    return found


class Sending(Guess):
    """Reports from one address: counted as guesses are, by a keyed hash that goes within days and is never beside a report."""

    def __init__(self, ring: KeyRing, address: str) -> None:
        self.marks: dict[str, Patience] = {ring.mark("report line", "address " + address): line.SENDING}


# telling ---------------------------------------------------------------------------------------------------


@pages.get("/report-work")
def tell() -> Response:
    """Where somebody tells what they saw; first which municipality, where there are several."""
    place = reads.place_of(db(), request.args.get("at", ""))
    towns = reads.towns(db())
    town = town_of(towns, request.args.get("municipality", ""), place)
    if town is None:
        return choosing(towns)
    return page("reports/tell.html", **telling(town, place, {"place": f"{place.name}, {place.town}"} if place else {}))


def choosing(towns: list[Any], **more: Any) -> Response:
    return page("reports/choose.html", towns=towns, choices=[(town.slug, town.name, "") for town in towns], **more)


def town_of(towns: list[Any], slug: str, place: reads.Place | None) -> Any:
    """The municipality a report is for: that of the place, the one that was chosen, or the only one there is."""
    if place is not None:
        return next(town for town in towns if town.id == place.municipality_id)
    chosen = next((town for town in towns if town.slug == slug), None)
    return chosen or (towns[0] if len(towns) == 1 else None)


def telling(town: Any, place: reads.Place | None, typed: Any, *, token: uuid.UUID | None = None, made: str = "") -> dict[str, Any]:
    at = now()
    row = terms_in(town).row("report_line", day_of(at))
    return {
        "town": town, "place": place, "typed": typed, "token": token or uuid.uuid4(), "made": made or forms.stamp(keys(), at), "whos": whos(),
        "look_days": row.value.look_days, "reply_days": row.value.reply_days, "source": row.source,
    }  # fmt: skip


def terms_in(town: Any) -> Terms:
    return terms_of(db(), town.id, town.terms_token)


@pages.post("/report-work")
def send() -> Response:
    """A report comes in. Nothing says who sent it but what they wrote themselves."""
    at, form = now(), request.form
    place = reads.place_of(db(), form.get("at", ""))
    towns = reads.towns(db())
    town = town_of(towns, form.get("municipality", ""), place)
    if town is None:
        return choosing(towns, status=422, errors={"municipality": _("Choose the municipality where the work is.")})
    report = forms.read_report(form)
    again = actions.known(db(), keys(), town.id, report.token)
    if again is not None:
        return sent(again, town)
    if not report.errors and not line.is_human(forms.made_at(keys(), form.get("made", "")), at, form.get("website", "")):
        report.errors["form"] = _("Please send your report once more. We check that a person sends it.")
    if report.errors:
        made = form.get("made", "") if forms.made_at(keys(), form.get("made", "")) else ""
        return page("reports/tell.html", status=422, errors=report.errors, **telling(town, place, form, token=report.token, made=fresh(made, at)))
    try:
        Sending(keys(), network_of(request.remote_addr)).count(db(), now=at)
    except Wait as wait:
        return too_many("reports/tell.html", wait, **telling(town, place, form, token=report.token, made=form.get("made", "")))
    received = actions.receive(
        db(), keys(), report, municipality_id=town.id, about=place.about if place else actions.NOTHING, language=language().code,
        terms=terms_in(town), now=at,
    )  # fmt: skip
    return sent(received, town)


def fresh(made: str, at: datetime) -> str:
    """The stamp a form came with, unless it is too old to come back with."""
    then = forms.made_at(keys(), made) if made else None
    return made if then is not None and at - then <= line.OLDEST else ""


def sent(received: actions.Received, town: Any) -> Response:
    return page("reports/sent.html", case=received.case, code=line.shown_code(received.code), town=town)


def too_many(template: str, wait: Wait, **context: Any) -> Response:
    """The same page with what was typed, and how long to wait."""
    seconds = max(1, ceil((wait.until - now()).total_seconds()))
    words = _("Too many tries. Wait %(duration)s and try again.", duration=duration_words(60 * ceil(seconds / 60)))
    answer = page(template, status=429, errors={"form": words}, **context)
    answer.headers["Retry-After"] = str(seconds)
    return answer


# reading the answer ----------------------------------------------------------------------------------------


@pages.get("/report-work/answer")
def follow() -> Response:
    return page("reports/follow.html", code="")


@pages.post("/report-work/answer")
def look() -> Response:
    """How a report stands, for whoever has its code. The code stays out of addresses, which are kept in many places."""
    typed = request.form.get("code", "")
    case = opened(typed)
    return case if isinstance(case, Response) else shown(case, typed)


@pages.post("/report-work/answer/words")
def add_words() -> Response:
    """The reporter says more."""
    typed, words = request.form.get("code", ""), forms.read_text(request.form, "words", line.LONGEST_WORDS)
    case = opened(typed)
    if isinstance(case, Response):
        return case
    if not words:
        return shown(case, typed, status=422, errors={"words": _("Write what you want to add.")})
    try:
        actions.add_words(db(), case, id=forms.read_id(request.form), words=words, now=now())
    except line.Enough:
        return shown(
            case, typed, status=422, errors={"words": _("You wrote a lot. Somebody reads it first. You can add more by phone.")}, typed=words
        )
    return shown(case, typed, notice=_("Your words are added."))


def opened(typed: str) -> ReportCase | Response:
    """The report of a code, or the page that asks for it again. A try is counted before it is judged."""
    guess = Guess(keys(), target="", address="report " + network_of(request.remote_addr))
    try:
        guess.count(db(), now=now())
    except Wait as wait:
        return too_many("reports/follow.html", wait, code=typed[:40])
    case = reads.by_code(db(), keys(), typed)
    if case is None:
        wrong = {"code": _("This code is not right. Look once more: ten letters and digits.")}
        return page("reports/follow.html", status=422, errors=wrong, code=typed[:40])
    guess.was_right(db())
    return case


def shown(case: ReportCase, code: str, *, status: int = 200, typed: str = "", **context: Any) -> Response:
    town = next(town for town in reads.towns(db()) if town.id == case.municipality_id)
    return page(
        "reports/answer.html", status=status, case=case, town=town, said=reads.told_to_reporter(db(), case), code=line.shown_code(line.read_code(code) or ""),
        state_words=state_words, outcome_words=outcome_words, look=LOOKS[case.status], typed=typed, key=new_id(),
        late=line.is_late(case.status, case.due_on, day_of(now())), **context,
    )  # fmt: skip
