"""/report: what a council is told, as a page to read and print, as CSV and as PDF. Totals only; nobody can be found in it."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from flask import Response, abort, g, make_response, request

from webapp.council import finding, guarding, work
from webapp.council.blueprint import pages
from webapp.council.finding import Found
from webapp.council.rules import Period
from webapp.council.sections import Section, number, share
from webapp.foundation import documents
from webapp.foundation.clock import day_of, now
from webapp.foundation.database import db
from webapp.foundation.pages import page
from webapp.foundation.sheets import safe_cell
from webapp.foundation.texts import gettext as _
from webapp.foundation.texts import long_date
from webapp.terms.here import terms


class Figure(NamedTuple):
    """One of the four at the top."""

    label: str
    big: str
    small: str


def found() -> Found:
    try:
        return finding.find(
            db(), g.person.municipality_id, terms(), request.args.get("period", ""), hidden="[" + _("a name") + "]", today=day_of(now())
        )
    except finding.NoSuchPeriod:
        abort(404)


def sections(one: Found) -> list[Section]:
    return [made(one) for made in (*work.SECTIONS, *guarding.SECTIONS)]


def words_of(period: Period) -> str:
    """A period as a choice."""
    if period.name == "since":
        return _("Since the start")
    if period.number:
        return _("First half of %(year)s", year=period.year) if period.number == 1 else _("Second half of %(year)s", year=period.year)
    return period.name.replace("-", "–")


def days_of(period: Period) -> str:
    return f"{long_date(period.first_day)} – {long_date(period.last_day)}"


def figures(one: Found) -> list[Figure]:
    """People, hours, premium, and how many went on to paid work."""
    kinds = {row.id: row.kind for row in one.outflow}
    paid = one.people(sum(kind in work.PAID_WORK for kind in kinds.values()))
    each = number(one.result.minutes // 60 // one.worked) if one.is_told else ""
    places = number(one.people(len({place.id for place in one.places})))
    return [
        Figure(_("Participants"), number(one.people(one.worked)), _("at %(places)s places", places=places)),
        Figure(_("Hours"), number(work.hours(one)), _("%(hours)s per person", hours=each) if each else ""),
        Figure(_("Premium earned"), work.euros(one.counts.premium_cents, one.is_told), _("%(amount)s was paid out", amount=work.euros(one.counts.paid_cents, one.counts.paid_people >= one.smallest))),
        Figure(_("To paid work"), number(paid), ""),
    ]  # fmt: skip


def careful(one: Found) -> str:
    return _(
        "Numbers of people below %(smallest)s are not shown, and the others are rounded to multiples of %(step)s, so that nobody can be recognised. Hours are rounded to tens, totals in euros to hundreds.",
        smallest=one.smallest,
        step=one.step,
    )


@pages.get("/report")
def report() -> Response:
    one = found()
    periods = [(period.name, words_of(period)) for period in one.periods]
    return page(
        "council/report.html", one=one, sections=sections(one), figures=figures(one), periods=periods, days=days_of(one.period), chosen=words_of(one.period),
        careful=careful(one), share=share, town=g.person.municipality_name,
    )  # fmt: skip


@pages.get("/report.csv")
def report_csv() -> Response:
    """Every figure as a line: section, table, row, column, value."""
    one, out = found(), io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Municipality"), _("From"), _("Until and including"), _("Section"), _("Table"), _("Row"), _("Column"), _("Value")])
    for section in sections(one):
        for table in section.tables:
            for at, row in enumerate(table.rows, 1):
                first, cells, heads = (str(at), row, table.head) if table.words else (row[0], row[1:], table.head[1:])
                for head, cell in zip(heads, cells, strict=True):
                    line = (g.person.municipality_name, one.period.first_day, one.period.last_day, section.title, table.title, first, head, cell)
                    writer.writerow([safe_cell(value) for value in line])
    answer = make_response("\ufeff" + out.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="verslag-{one.period.name}.csv"'
    return answer


@pages.get("/report.pdf")
def report_pdf() -> Response:
    """The same on A4, tagged, for reading aloud and for the papers of a meeting."""
    one = found()
    content = {
        "header": g.person.municipality_name, "footer": f"{_('Report for the council')}, {words_of(one.period)}", "days": days_of(one.period), "careful": careful(one),
        "how": _("How this is counted"), "made": _("Made on %(day)s.", day=long_date(one.today)),
        "sections": [
            {"title": part.title, "found": part.found, "how": part.how, "tables": [{"title": table.title, "head": table.head, "rows": table.rows, "words": table.words} for table in part.tables]}
            for part in sections(one)
        ],
    }  # fmt: skip
    paper = documents.pdf("council/documents/report.typ", title=_("Temporary work with benefit: report for the council"), content=content, at=now())
    return documents.send(paper, f"verslag-{one.period.name}.pdf")
