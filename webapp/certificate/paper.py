"""Certificate and CV on paper: in Dutch, and after it in the language of its owner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from webapp.certificate.rules import Work, shown_code, works_in
from webapp.foundation.clock import day_of
from webapp.foundation.documents import pdf, qr_svg
from webapp.foundation.texts import duration_words, language, long_date, speaking
from webapp.foundation.texts import gettext as _


def period(work: Work) -> str:
    """'9 maart 2026 – 5 juni 2026', or one day."""
    return long_date(work.first_on) if work.first_on == work.last_on else f"{long_date(work.first_on)} – {long_date(work.last_on)}"


def languages() -> list[str]:
    """The languages of a paper: Dutch first, for whoever reads it, then that of its owner."""
    return list(dict.fromkeys(["nl", language().code]))


def certificate(content: str, *, code: str, address: str, issued_at: datetime) -> bytes:
    """The certificate as PDF. `address`: where the QR code leads. The same certificate always gives the same bytes."""
    name, works = json.loads(content)["name"], works_in(content)
    parts = []
    for spoken in languages():
        with speaking(spoken) as one:
            parts.append({"lang": one.code, "dir": one.direction, **certificate_words(name, works, day_of(issued_at))})
    with speaking("nl"):
        return pdf(
            "certificate/documents/certificate.typ", title=_("Work certificate of %(name)s", name=name), at=issued_at,
            content={"name": name, "parts": parts, "qr": qr_svg(address), "code": shown_code(code), "address": address.split("://", 1)[-1]},
        )  # fmt: skip


def certificate_words(name: str, works: Sequence[Work], issued_on: date) -> dict[str, Any]:
    return {
        "heading": _("Work certificate"), "intro": _("%(name)s worked here:", name=name),
        "works": [
            {
                "function": work.function, "employer": f"{work.employer}, {work.town}",
                "facts": [[_("Period"), period(work)], [_("Hours worked"), duration_words(work.minutes)]],
                "tasks_label": _("What the work was"), "tasks": list(work.tasks), "reference": work.reference,
                "reference_by": _("%(name)s, %(employer)s", name=work.reference_by, employer=work.employer) if work.reference else "",
            }
            for work in works
        ],
        "issued": _("Given out on %(day)s.", day=long_date(issued_on)), "check": _("Is this real? Scan the code, or type it at the address below it."),
    }  # fmt: skip


def cv(name: str, sections: Sequence[tuple[str, str]], works: Sequence[Work], contact: str, *, at: datetime) -> bytes:
    """The CV as PDF: own words as they were written, and the work done."""
    return pdf(
        "certificate/documents/cv.typ", title=_("CV of %(name)s", name=name), at=at,
        content={
            "name": name, "contact": contact, "sections": [{"title": title, "words": words} for title, words in sections if words],
            "works_title": _("Work"),
            "works": [{"function": work.function, "where": f"{work.employer}, {work.town}", "period": period(work), "tasks": list(work.tasks)} for work in works],
        },
    )  # fmt: skip
