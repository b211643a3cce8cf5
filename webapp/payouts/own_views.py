"""A payout on the phone of the participant: what was paid, to which account, for which work, and the same on paper."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, abort, g

from webapp.foundation.clock import day_of, instant, local, now
from webapp.foundation.database import db
from webapp.foundation.documents import pdf, send
from webapp.foundation.pages import page
from webapp.foundation.texts import date_words, duration_words, euro_words, long_date
from webapp.foundation.texts import gettext as _
from webapp.payouts import reads
from webapp.payouts.blueprint import pages
from webapp.payouts.overviews import person_of
from webapp.premium.models import Payout
from webapp.premium.reads import PAYOUTS_OF, lines_of, others_in
from webapp.terms.actions import terms_of

MOST_LINES = 2000  # of one payout on paper


def payout_or_404(payout_id: uuid.UUID) -> Payout:
    return reads.payout_of(db(), g.person, payout_id) or abort(404)


@pages.get("/premium/payouts/<uuid:payout_id>")
def own(payout_id: uuid.UUID) -> Response:
    payout = payout_or_404(payout_id)
    return page("payouts/own.html", payout=payout, account=person_of(db(), payout), lines=lines_of(db(), payout), today=day_of(now()))


@pages.get("/premium/payouts/<uuid:payout_id>.pdf")
def statement(payout_id: uuid.UUID) -> Response:
    """One payout on paper, in the language of the reader."""
    payout = payout_or_404(payout_id)
    account, lines = person_of(db(), payout), lines_of(db(), payout)
    title = _("Payment of %(day)s", day=long_date(payout.pay_on))
    facts = [
        (_("Name"), f"{account.first_name} {account.last_name}"),
        (_("Amount"), euro_words(payout.amount_cents)),
        (_("Day of payment"), long_date(payout.pay_on)),
        (_("To account"), f"{account.holder}, … {account.last_four}"),
    ]
    if payout.status == "returned":
        facts.append((_("The bank could not pay"), _("The premium stays yours.")))
    rows = [
        [date_words(line.worked_on), cause_words(line.cause), duration_words(line.minutes) if line.minutes else "", euro_words(line.amount_cents)]
        for line in lines[:MOST_LINES]
    ]
    if payout.cut_cents:
        rows.append(["", _("Above the highest amount of the year"), "", euro_words(-payout.cut_cents)])
    rows.append(["", _("Paid"), duration_words(payout.minutes), euro_words(payout.amount_cents)])
    head = [_("Day"), _("What"), _("Hours"), _("Premium")]
    return send(paper(title, facts, head, rows), f"opstap-{payout.pay_on}.pdf")


@pages.get("/premium/years/<int:year>.pdf")
def year(year: int) -> Response:
    """Everything paid in a calendar year, on paper: what somebody may have to show."""
    if not 2000 <= year <= 2200:
        abort(404)
    paid = [row for row in reversed(PAYOUTS_OF.all(db(), participant=g.person.id)) if row.pay_on.year == year and row.status == "paid"]
    others = others_in(db(), g.person.id, year)
    if not paid and not others:
        abort(404)
    terms = terms_of(db(), g.person.municipality_id, g.person.terms_token)
    total = sum(row.amount_cents for row in paid) + sum(row.amount_cents for row in others)
    maximum = terms.yearly_maximum(min(date(year, 12, 31), max(day_of(now()), date(year, 1, 1))))
    facts = [
        (_("Name"), g.person.name),
        (_("Year"), str(year)),
        (_("Paid in this year"), euro_words(total)),
        (_("Highest amount of this year"), euro_words(maximum.cents)),
    ]
    rows = [
        [long_date(row.pay_on), _("Premium for %(hours)s of work", hours=duration_words(row.minutes)), euro_words(row.amount_cents)] for row in paid
    ]
    rows += [[long_date(row.paid_on), row.scheme, euro_words(row.amount_cents)] for row in others]
    rows.append(["", _("Together"), euro_words(total)])
    return send(paper(_("Your premium in %(year)s", year=year), facts, [_("Day"), _("What"), _("Premium")], rows), f"opstap-{year}.pdf")


def cause_words(cause: str) -> str:
    return {"hours": _("Hours"), "hours_back": _("Correction"), "payout_back": _("Came back from the bank"), "carried": _("From an earlier year")}[
        cause
    ]


def paper(title: str, facts: list[tuple[str, str]], head: list[str], rows: list[list[str]]) -> bytes:
    at = now()
    content: dict[str, Any] = {
        "header": f"{g.person.municipality_name}", "footer": _("Made on %(day)s. Questions? Call %(phone)s.", day=long_date(local(at).date()), phone=g.person.municipality_phone),
        "facts": facts, "head": head, "rows": rows,
        "told": [
            _("You need not report this premium as income. There is no tax on it, and your benefit and allowances stay the same."),
            _("It does count as savings, for example when you ask not to pay local taxes."),
        ],
    }  # fmt: skip
    return pdf(
        "payouts/documents/statement.typ",
        title=title,
        content=content,
        at=instant(local(at).date(), local(at).time().replace(hour=0, minute=0, second=0, microsecond=0)),
    )
