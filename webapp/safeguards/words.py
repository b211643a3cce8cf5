"""What the tests found, in words for a case manager: a title, what was found, and what it was held against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from webapp.foundation.texts import N_, date_words, duration_words, euro_words, ngettext
from webapp.foundation.texts import gettext as _
from webapp.safeguards.rules import Finding

TITLES = {
    "skills": N_("Fits this person"), "guidance": N_("Guidance at work"), "dismissed": N_("Nobody let go"), "vacancy": N_("Open vacancy"),
    "replaces": N_("Paid hours"), "tariff": N_("Tariff"), "share": N_("Share of the staff"), "duration": N_("Duration"), "chaining": N_("Chaining"),
    "agency": N_("Agency"), "outlook": N_("View on paid work"), "restricted": N_("Stopped for a while"), "consulted": N_("Staff informed"),
}  # fmt: skip
ICONS = {
    "skills": "user-round", "guidance": "handshake", "dismissed": "log-out", "vacancy": "search", "replaces": "scale", "tariff": "banknote", "share": "users",
    "duration": "timer", "chaining": "repeat", "agency": "building-2", "outlook": "trending-up", "restricted": "lock", "consulted": "message-circle",
}  # fmt: skip
SAID = {
    ("skills", "each_person"): N_("Is looked at for each person, when the work is offered."),
    ("skills", "not_yet"): N_("There is no signal that this person can already find regular work."),
    ("skills", "signal"): N_("There is a signal that this person seems ready for regular work. Decide about that first."),
    ("skills", "ready"): N_("This person is on the way to paid work. That comes first."),
    ("guidance", "named"): N_("Somebody helps at work, by name, and the tasks are named."),
    ("guidance", "nobody"): N_("Nobody at this place is named who helps now."),
    ("guidance", "no_tasks"): N_("No tasks are named, so the work cannot be fitted to a person."),
    ("dismissed", "nobody"): N_("Nobody who did this work was let go, the employer says."),
    ("dismissed", "recent"): N_("Somebody who did this work was let go, or not kept on, on %(on)s."),
    ("dismissed", "long_ago"): N_("Somebody who did this work was let go on %(on)s. That is longer ago than is looked back."),
    ("dismissed", "no_period"): N_("Somebody who did this work was let go on %(on)s, and no period is agreed."),
    ("dismissed", "unknown"): N_("The employer did not say yet whether somebody was let go. Ask for it first."),
    ("vacancy", "none"): N_("There is no vacancy for this work, the employer says."),
    ("vacancy", "open"): N_("There is a vacancy for this work. Could this be a paid job?"),
    ("vacancy", "recent"): N_("There was a vacancy for this work until %(on)s. Could this be a paid job?"),
    ("vacancy", "long_ago"): N_("There was a vacancy until %(on)s. That is longer ago than is looked back."),
    ("vacancy", "unknown"): N_("The employer did not say yet whether there is a vacancy."),
    ("replaces", "none"): N_("No paid hours become fewer, the employer says."),
    ("replaces", "fewer"): N_("Paid hours would become fewer."),
    ("replaces", "unknown"): N_("The employer did not say yet whether paid hours become fewer. Ask for it first."),
    ("agency", "none"): N_("The employer does the work itself."),
    ("agency", "unknown"): N_("This is an agency. Its client and the tariff there are not known. Ask for them first."),
    ("agency", "no_margin"): N_("The client and the tariff there are known. No margin is agreed."),
    ("outlook", "some"): N_("There is a view on paid work, here or elsewhere."),
    ("outlook", "none"): N_("There is no view on paid work."),
    ("outlook", "unknown"): N_("Nobody said yet whether there is a view on paid work."),
    ("restricted", "no"): N_("This employer may have people."),
    ("restricted", "until"): N_("This employer gets nobody until and including %(until)s."),
    ("consulted", "yes"): N_("The staff, or the works council, knows of it."),
    ("consulted", "no"): N_("The staff does not know of it yet."),
    ("consulted", "unknown"): N_("The employer did not say whether the staff knows of it."),
    ("duration", "no_limit"): N_("No limit is agreed."),
    ("chaining", "no_limit"): N_("No limit is agreed."),
    ("tariff", "no_floor"): N_("No lowest tariff is known for this day."),
    ("share", "unknown"): N_("It is not known how many people work there. Ask for the number and the day it was counted."),
    ("share", "nobody"): N_("Nobody works there on a wage. Everybody would be on benefit."),
    ("share", "no_share"): N_("No largest share is agreed."),
}  # fmt: skip


class Told(NamedTuple):
    """One test as the page shows it. `percent`: how full the limit is, where a bar shows it; `label` says the same."""

    item: str
    outcome: str
    title: str
    icon: str
    text: str
    limit: str
    percent: int | None
    bars: tuple[tuple[int, int], ...]
    finding: Finding


def told(finding: Finding) -> Told:
    """The words of a finding."""
    text, limit, percent = _words(finding)
    bars = tuple((int(first), int(last)) for first, last in finding.inputs.get("bars", ())) if finding.item == "chaining" else ()
    return Told(finding.item, finding.outcome, _(TITLES[finding.item]), ICONS[finding.item], text, limit, percent, bars, finding)


def _words(finding: Finding) -> tuple[str, str, int | None]:
    special = {"duration": _duration, "chaining": _chaining, "share": _share, "tariff": _tariff, "agency": _agency}.get(finding.item)
    fixed = SAID.get((finding.item, finding.why))
    if fixed is not None or special is None:
        slots = {name: date_words(_day(value)) for name, value in finding.inputs.items() if name in ("on", "until") and value}
        limit = _look_back(finding)
        return _(fixed or "", **slots), limit, None
    return special(finding, finding.inputs)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _look_back(finding: Finding) -> str:
    return (
        ngettext("In your policy: %(num)s day back.", "In your policy: %(num)s days back.", finding.limit)
        if finding.item == "dismissed" and finding.limit
        else ""
    )


def _share_of(value: int | None, limit: int | None) -> int | None:
    return None if value is None or not limit else min(100, value * 100 // limit)


def _duration(finding: Finding, inputs: Mapping[str, Any]) -> tuple[str, str, int | None]:
    week = duration_words(inputs["week_minutes"])
    text = ngettext("%(hours)s a week: at most %(num)s month.", "%(hours)s a week: at most %(num)s months.", inputs["months"], hours=week)
    until = date_words(_day(inputs["until"]))
    if finding.why == "used_up":
        text += " " + _("This person did this work here before. Nothing is left of it.")
    elif inputs["before"]:
        text += " " + _("This person did this work here before. It may last until %(day)s.", day=until)
    if finding.why == "too_long":
        text += " " + _("Asked until %(day)s. That is too long.", day=date_words(_day(inputs["last_day"])))
    elif finding.why == "within":
        text += " " + _("Asked until %(day)s.", day=date_words(_day(inputs["last_day"])))
    return text, _("The last day allowed: %(day)s.", day=until) if finding.limit else "", _share_of(finding.value, finding.limit)


def _chaining(finding: Finding, inputs: Mapping[str, Any]) -> tuple[str, str, int | None]:
    if finding.why == "waiting":
        text = _("Somebody else did this work before. It may be filled again from %(day)s.", day=date_words(_day(inputs["until"])))
        return text, "", None
    if not inputs["before"]:
        text = _("Nobody on benefit did this work here in the last %(weeks)s weeks.", weeks=inputs["of_weeks"])
    else:
        text = ngettext(
            "This work was done %(num)s time before: together %(weeks)s of the last %(of)s weeks. With this it becomes %(then)s.",
            "This work was done %(num)s times before: together %(weeks)s of the last %(of)s weeks. With this it becomes %(then)s.",
            inputs["before"], weeks=inputs["weeks_before"], of=inputs["of_weeks"], then=finding.value,
        )  # fmt: skip
    return text, _("Limit in your policy: %(weeks)s weeks in %(of)s.", weeks=finding.limit, of=inputs["of_weeks"]), None


def percent(basis_points: int) -> str:
    """A share in whole percents, or with one decimal where it has one."""
    whole, part = divmod(basis_points, 100)
    return f"{whole},{part // 10}%" if part >= 10 else f"{whole}%"


def _share(finding: Finding, inputs: Mapping[str, Any]) -> tuple[str, str, int | None]:
    text = _("%(people)s of %(staff)s people: %(part)s.", people=finding.value, staff=inputs["staff"], part=percent(inputs["part"]))
    if finding.why == "stale":
        text += " " + _("The staff was counted on %(day)s. That is too long ago: ask again.", day=date_words(_day(inputs["counted_on"])))
    limit = _("At most %(part)s, that is %(people)s.", part=percent(inputs["basis_points"]), people=finding.limit)
    return text, limit, _share_of(finding.value, finding.limit) if finding.limit else (100 if finding.value else 0)


def _tariff(finding: Finding, inputs: Mapping[str, Any]) -> tuple[str, str, int | None]:
    return (
        _("%(amount)s an hour.", amount=euro_words(finding.value or 0)),
        _("At least %(amount)s on %(day)s: the minimum wage with what comes on top.", amount=euro_words(finding.limit or 0), day=date_words(_day(inputs["on"]))),
        None,
    )  # fmt: skip


def _agency(finding: Finding, inputs: Mapping[str, Any]) -> tuple[str, str, int | None]:
    text = _("The agency pays %(pays)s and asks %(charges)s an hour there.", pays=euro_words(inputs["pays"]), charges=euro_words(inputs["charges"]))
    return text, _("At most %(part)s on top.", part=percent(finding.limit or 0)), None
