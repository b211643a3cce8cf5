"""The history: who saw or changed what, by person, kind and period, on screen and as a file."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, request

from webapp.foundation.clock import local
from webapp.foundation.database import database, db
from webapp.foundation.pages import page
from webapp.foundation.sheets import safe_cell
from webapp.foundation.texts import gettext as _
from webapp.office import reads
from webapp.office.words import KINDS, action_words, fact_words, kind_words
from webapp.people.models import ParticipantFile
from webapp.privacy.looking import show

pages = Blueprint("office", __name__, template_folder="templates")


class Junk(ValueError):
    """A filter that means nothing; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def read_filters(values: Mapping[str, str]) -> reads.Asked:
    """The filters of an address. Raises Junk."""
    person, before = values.get("person", ""), values.get("before", "")
    try:
        chosen = uuid.UUID(person) if person else None
    except ValueError as wrong:
        raise Junk("person") from wrong
    if before and not (before.isascii() and before.isdigit() and len(before) < 10):
        raise Junk("before")
    kind = values.get("kind", "")
    if kind and kind not in KINDS:
        raise Junk("kind")
    return reads.Asked(chosen, kind, _day(values, "first"), _day(values, "last"), int(before) if before else None)


def _day(values: Mapping[str, str], name: str) -> date | None:
    try:
        day = date.fromisoformat(values[name]) if values.get(name) else None
    except ValueError as wrong:
        raise Junk(name) from wrong
    if day is not None and not 2000 <= day.year <= 2100:
        raise Junk(name)
    return day


def asked_person(asked: reads.Asked) -> Any:
    """Who is filtered on; somebody of another municipality is not found. A participant will read that their history was opened."""
    if asked.person is None:
        return None
    found = reads.person_named(db(), g.person, asked.person) or abort(404)
    if db().get(ParticipantFile, found.id) is not None:
        show(found.id)
    return found


@pages.get("/history")
def history() -> Response:
    """Who saw or changed what, the latest first."""
    errors, asked = {}, reads.Asked()
    try:
        asked = read_filters(request.args)
    except Junk as junk:
        errors[junk.field] = _("This filter means nothing. It is left out.")
    somebody = asked_person(asked)
    name = " ".join(request.args.get("name", "").replace("\x00", "").split())[:100]
    rows, more = reads.a_page(db(), g.person, asked)
    return page(
        "office/history.html", status=422 if errors else 200, errors=errors, rows=rows, more=more, asked=asked, somebody=somebody, name=name,
        found=reads.people(db(), g.person, name) if name else [], kinds=[(kind, kind_words(kind)) for kind in KINDS], action_words=action_words,
        fact_words=fact_words, query=filters(asked),
    )  # fmt: skip


def filters(asked: reads.Asked) -> dict[str, str]:
    """The same filters as words of an address, without the page."""
    told = {"person": asked.person, "kind": asked.kind, "first": asked.first, "last": asked.last}
    return {name: str(value) for name, value in told.items() if value}


@pages.get("/history.csv")
def history_csv() -> Response:
    """The same as a file for a spreadsheet, streamed; that it was saved stands in the history too."""
    try:
        asked = read_filters(request.args)
    except Junk:
        abort(422)
    asked_person(asked)
    here, municipality_id = database(), g.person.municipality_id
    answer = Response(lines(here, municipality_id, asked), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="opstap-logboek.csv"'
    return answer


def lines(here: Any, municipality_id: int, asked: reads.Asked) -> Iterator[bytes]:
    """The file, a batch at a time, on a connection of its own: the request is over before the last line goes."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")  # so that a spreadsheet reads the letters right
    writer.writerow(("number", "at", "who", "role", "action", "about", "facts"))
    with here.reading.connect() as connection:
        for count, told in enumerate(reads.everything(connection, municipality_id, asked), 1):
            facts = "; ".join(f"{name}: {value}" for name, value in told.facts)
            writer.writerow(
                [safe_cell(cell) for cell in (told.number, local(told.at).isoformat(), told.actor, told.role, told.action, told.about, facts)]
            )
            if count % 500 == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
    yield out.getvalue().encode()
