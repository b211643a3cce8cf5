"""The supervisor's list as it stands on the page: every look drawn once by its template, then only filled in.

Shifts at one workplace look alike and everybody's today is the same day, so a list of fifty rows is a
handful of drawn looks. What is remembered holds no name, no id and no person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup, escape

from webapp.foundation.texts import language
from webapp.hours.board import Day, Look, Row

ID, VERSION, NAME = "%(id)s", "%(version)s", "%(name)s"  # stand in a drawn look where a row's own belong
HOLDS = {"\ue001": ID, "\ue002": VERSION, "\ue003": NAME}  # private letters: no text and no name holds them


@lru_cache(1024)
def drawn_look(look: Look, code: str) -> str:
    """A row in the words of one language, ready to be filled with `%`."""
    drawn = str(get_template_attribute("hours/rows.html", "row")(look, *HOLDS)).replace("%", "%%")
    for letter, place in HOLDS.items():
        drawn = drawn.replace(letter, place)
    return drawn


@lru_cache(1024)
def drawn_head(day: date, title: str, count: int, code: str) -> str:
    """The head of a day: its name and how many rows still wait."""
    return str(get_template_attribute("hours/rows.html", "head")(day, title, count))


@lru_cache(1024)
def drawn_dock(count: int, code: str) -> Markup:
    """The button for all that match the plan."""
    return Markup(get_template_attribute("hours/rows.html", "bulk_dock")(count))  # noqa: S704 - a macro escapes


def drawn_row(row: Row, code: str) -> str:
    return drawn_look(row.look, code) % {
        "id": str(row.id),
        "version": row.version,
        "name": str(escape(row.name)),
    }


def drawn_rows(rows: Iterable[Row]) -> Markup:
    code = language().code
    return Markup("".join([drawn_row(row, code) for row in rows]))  # noqa: S704 - drawn by a template, names escaped above


def drawn_days(days: Iterable[tuple[Day, str]]) -> Markup:
    """The whole list: days with their titles, newest first."""
    code = language().code
    parts = []
    for day, title in days:
        parts += [
            '<section class="card flush" aria-labelledby="day-',
            day.day.isoformat(),
            '">',
            drawn_head(day.day, title, day.open, code),
        ]
        parts += [drawn_row(row, code) for row in day.rows]
        parts.append("</section>")
    return Markup("".join(parts))  # noqa: S704 - drawn by templates, names escaped above


def drawn_with_problem(row: Row, problem: str) -> Markup:
    """One row with why something could not be done."""
    drawn: Markup = get_template_attribute("hours/rows.html", "row")(row.look, row.id, row.version, row.name, problem)
    return drawn


def hidden_ids(rows: Iterable[Row]) -> Markup:
    """The fields of the button for all that match the plan."""
    ids = [str(row.id) for row in rows]
    field = '<input type="hidden" name="entry_id" value="{0}" id="bulk-{0}">'
    return Markup("".join([field.format(id) for id in ids]))  # noqa: S704 - ids only
