"""Hours on the supervisor's phone: confirm, take back a slip of the thumb, or correct with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, g, request

from webapp.foundation.clock import day_of, local, now
from webapp.foundation.database import db
from webapp.foundation.pages import go, page, wants_fragment
from webapp.foundation.texts import (
    Day_words,
    clock_words,
    date_words,
    day_words,
    duration_words,
    language,
    ngettext,
)
from webapp.foundation.texts import gettext as _
from webapp.hours import actions, board, forms, rules, times
from webapp.hours.blueprint import pages
from webapp.hours.board import Row
from webapp.hours.drawing import drawn_days, drawn_dock, drawn_rows, drawn_with_problem, hidden_ids
from webapp.hours.models import REASONS, HoursEntry
from webapp.hours.reads import entries, paid_day, visible_to
from webapp.hours.rules import Action, Status
from webapp.hours.versions import written_at
from webapp.hours.words import REASON_WORDS, reason_words
from webapp.people.models import Account
from webapp.terms.here import terms
from webapp.terms.rules import NoTermsInForce, NotPerHour

LONGEST_NOTE = 500


def entry_or_404(entry_id: uuid.UUID) -> HoursEntry:
    found: HoursEntry | None = db().execute(visible_to(g.person, day_of(now())).where(entries.c.id == entry_id)).scalar_one_or_none()
    return found or abort(404)


# the list ---------------------------------------------------------------------------------


@pages.get("/employer/hours")
def to_confirm() -> Response:
    return list_page(notice=notice_of(request.args))


def list_page(*, status: int = 200, **more: Any) -> Response:
    at = now()
    today = day_of(at)
    found = board.read_board(db(), g.person, since=board.kept_since(terms(), today, at))
    g.todo = {"to_confirm": found.open}
    return page(
        "hours/to_confirm.html", status=status, board=found, ruling_by=ruling_by, hidden_ids=hidden_ids(found.planned), dock=drawn_dock(len(found.planned), language().code),
        days=drawn_days((day, day_title(day.day, today)) for day in found.days), expected=None if found.days else board.next_expected(db(), g.person, now=at), **more,
    )  # fmt: skip


def day_title(day: date, today: date) -> str:
    if day == today:
        return _("Today, %(day)s", day=date_words(day))
    if day == today - timedelta(days=1):
        return _("Yesterday, %(day)s", day=date_words(day))
    return Day_words(day)


def ruling_by(responded_at: datetime) -> date | None:
    """The last day on which the case manager decides in time, as agreed in the terms."""
    try:
        return rules.ruling_due(day_of(responded_at), terms().silence(day_of(responded_at)).ruling_working_days)
    except NoTermsInForce:
        return None


def notice_of(said: Mapping[str, str]) -> str | None:
    """What was done just now, in words."""
    count, left = (int(said[name]) if said.get(name, "").isdigit() and len(said[name]) < 6 else None for name in ("confirmed", "left"))
    if said.get("sent"):
        return _("Your change is sent. You read the answer here.")
    if count is None:
        return None
    words = ngettext("%(num)s shift is confirmed.", "%(num)s shifts are confirmed.", count) if count else _("Nothing was left to confirm.")
    if left:
        words += " " + ngettext(
            "%(num)s shift changed meanwhile and stays open.",
            "%(num)s shifts changed meanwhile and stay open.",
            left,
        )
    return words


# confirming -------------------------------------------------------------------------------


@pages.post("/hours/<uuid:entry_id>/confirmation")
def confirm(entry_id: uuid.UUID) -> Response:
    """These hours are right. A second tap finds them confirmed already and changes nothing."""
    found = actions.to_confirm(db(), [entry_id], by=g.person)
    if not found:
        abort(404)
    entry, version, at = found[0], forms.read_version(request.form.get("version")), now()
    # a second tap still holds the version that was there before the first
    seen = {entry.version, entry.version - 1} if entry.status == Status.CONFIRMED else {entry.version}
    if version is not None and version not in seen:
        return changed(row_of(entry), version)
    try:
        fresh = actions.confirm(
            db(),
            found,
            by=g.person,
            terms=terms(),
            undo_seconds=board.undo_seconds(terms(), day_of(at)),
            now=at,
        )
    except (rules.OwnHours, rules.NotYours):
        abort(403)
    except rules.NotNow:
        return changed(row_of(entry), version)
    except (NoTermsInForce, NotPerHour):
        return no_rate(row_of(entry))
    if fresh:
        entry = entry._replace(status=Status.CONFIRMED, version=entry.version + 1, confirmed_at=at)
    return answered(row_of(entry))


@pages.post("/hours/<uuid:entry_id>/confirmation/undo")
def unconfirm(entry_id: uuid.UUID) -> Response:
    """A slip of the thumb, taken back shortly after."""
    entry, at = entry_or_404(entry_id), now()
    try:
        actions.unconfirm(
            db(),
            entry,
            by=g.person,
            terms=terms(),
            undo_seconds=board.undo_seconds(terms(), day_of(at)),
            now=at,
        )
    except actions.AlreadyClosed:
        return refused(
            shown(entry_id),
            _(
                "It is too late to take this back here. Change the hours instead: %(name)s then reads why.",
                name=shown(entry_id).first_name,
            ),
        )
    except rules.NotNow:
        return changed(shown(entry_id), None)
    return answered(shown(entry_id))


@pages.post("/employer/hours/confirmations")
def confirm_many() -> Response:
    """Everything that matches the plan, at once. What changed in the meantime, or deviates, stays open for a look."""
    asked = [forms.read_uuid(text) for text in request.form.getlist("entry_id")]
    ids = {id for id in asked if id is not None}
    if not ids or None in asked:
        return list_page(status=422, errors={"entry_id": _("Nothing was chosen to confirm. Look at the list once more.")})
    found = actions.to_confirm(db(), list(ids), by=g.person)
    if len(found) != len(ids):
        abort(404)
    chosen = [entry for entry in found if entry.status == Status.SENT and entry.as_planned]
    left = sum(entry.status == Status.SENT for entry in found) - len(chosen)
    at = now()
    try:
        count = actions.confirm(
            db(),
            chosen,
            by=g.person,
            terms=terms(),
            undo_seconds=board.undo_seconds(terms(), day_of(at)),
            now=at,
        )
    except (rules.OwnHours, rules.NotYours):
        abort(403)
    except (NoTermsInForce, NotPerHour):
        return list_page(status=409, problem=no_rate_words())
    return go(f"/employer/hours?confirmed={count}" + (f"&left={left}" if left else ""))


def row_of(entry: actions.ToConfirm) -> Row:
    """The row of an entry as it was read to be confirmed: no second statement."""
    return Row(
        entry.id, entry.status, entry.version, entry.worked_on, entry.starts_at, entry.stops_at, entry.break_minutes, entry.minutes, entry.as_planned,
        entry.deviation_minutes, entry.confirmed_at, entry.corrected_minutes, None, entry.first_name, entry.last_name,
    )  # fmt: skip


def shown(entry_id: uuid.UUID) -> Row:
    return board.one_row(db(), g.person, entry_id) or abort(404)


def answered(row: Row) -> Response:
    """The row as it is now, with the counts around it; a plain form goes back to the list."""
    if not wants_fragment():
        return go(f"/employer/hours#entry-{row.id}")
    g.todo = {}  # a fragment has no menu
    return page(
        "hours/row.html",
        fragment="fragment",
        row=row,
        drawn=drawn_rows([row]),
        counts=board.counts(db(), g.person, row.worked_on),
    )


def refused(row: Row, problem: str) -> Response:
    """409: why it cannot be done, and the row as it is now."""
    if wants_fragment():
        g.todo = {}  # a fragment has no menu
    return page(
        "hours/row.html",
        fragment="fragment",
        status=409,
        row=row,
        drawn=drawn_with_problem(row, problem),
        counts=None,
    )


def changed(row: Row, version: int | None) -> Response:
    """409: somebody was first. Both versions in words: what this supervisor had before them, and what it is now."""
    before = written_at(db(), row.id, version, municipality_id=g.person.municipality_id) if version else None
    problem = (
        _("This changed while you were looking.") if row.status != Status.WITHDRAWN else _("%(name)s took these hours back.", name=row.first_name)
    )
    if before is not None:
        problem += " " + _("You saw %(before)s. It is now %(after)s.", before=shift_words(before), after=shift_words(row))
    return refused(row, problem)


def shift_words(shift: Any) -> str:
    """Times, break and length of a shift in one line: '08:30 – 13:00, break 30 min: 4 hours'."""
    times_words = board.time_range(shift.starts_at, shift.stops_at)
    if not shift.break_minutes:
        return _("%(times)s, no break: %(duration)s", times=times_words, duration=duration_words(shift.minutes))
    return _(
        "%(times)s, break %(pause)s: %(duration)s",
        times=times_words,
        pause=duration_words(shift.break_minutes),
        duration=duration_words(shift.minutes),
    )


def no_rate(row: Row) -> Response:
    return refused(row, no_rate_words())


def no_rate_words() -> str:
    return _(
        "The municipality has not recorded the premium for this day yet. The hours stay open; call %(phone)s.",
        phone=g.person.municipality_phone,
    )


# correcting -------------------------------------------------------------------------------


@pages.get("/hours/<uuid:entry_id>/correction")
def correcting(entry_id: uuid.UUID) -> Response:
    """The sheet, filled with what is there now. With times in the address: what they would make, for the page itself."""
    entry = entry_or_404(entry_id)
    if (Status(entry.status), Action.CORRECT) not in rules.MACHINE or paid_day(db(), entry) is not None:
        return go(f"/hours/{entry.id}")
    typed = request.args if "start" in request.args else as_it_is(entry)
    return sheet(entry, typed, fragment="outcome")


@pages.post("/hours/<uuid:entry_id>/correction")
def correct(entry_id: uuid.UUID) -> Response:
    """It was different: the lower version counts at once, the participant answers about the rest."""
    entry, at, typed = entry_or_404(entry_id), now(), request.form
    reason, note = read_reason(typed)
    read = read_correction(entry, typed, reason)
    errors = dict(read.errors)
    if not reason and not (read.shift and is_as_written(entry, read.shift)):
        errors["reason"] = _("Choose why the hours are different.")
    if errors:
        return sheet(entry, typed, status=422, errors=errors, twice=read.twice)
    version = forms.read_version(typed.get("version"))
    try:
        if read.shift and is_as_written(entry, read.shift):
            return accept(entry, version)
        actions.correct(
            db(),
            entry,
            read.shift,
            version=version,
            reason=reason,
            note=note,
            by=g.person,
            terms=terms(),
            now=at,
        )
    except actions.Stale:
        return sheet(entry, typed, status=409, problem=stale_words(entry, read.shift))
    except actions.Overlaps as clash:
        words = _(
            "%(name)s already has other hours at this time, on %(day)s.",
            name=first_name(entry),
            day=day_words(clash.worked_on),
        )
        return sheet(entry, typed, status=422, errors={"start": words})
    except actions.NotInPlacement:
        words = _("The place ended with this shift. Fill in at most the end that was planned.")
        return sheet(entry, typed, status=422, errors={"stop": words})
    except (rules.OwnHours, rules.NotYours):
        abort(403)
    except rules.NotNow:
        return changed(shown(entry_id), None)
    except (NoTermsInForce, NotPerHour):
        return no_rate(shown(entry_id))
    return go("/employer/hours?sent=1")


def accept(entry: HoursEntry, version: int | None) -> Response:
    """The sheet was sent with the very times that were written: that is a confirmation."""
    if version is not None and version != entry.version and entry.status != Status.CONFIRMED:
        raise actions.Stale
    return confirm(entry.id)


def sheet(
    entry: HoursEntry,
    typed: Mapping[str, str],
    *,
    status: int = 200,
    fragment: str | None = None,
    errors: Mapping[str, str] | None = None,
    twice: set[str] | None = None,
    problem: str | None = None,
) -> Response:
    """The sheet with these values; what was typed stays, errors stand at their fields."""
    reason, note = read_reason(typed)
    would_be = read_correction(entry, typed, reason)
    minutes = 0 if reason == "not_worked" else would_be.shift.minutes if would_be.shift else None
    asked_again = bool(fragment) and wants_fragment()
    if asked_again:
        g.todo = {}  # a fragment has no menu
    return page(
        "hours/correcting.html", fragment=fragment, status=status, entry=entry, typed=typed, name=first_name(entry), reason=reason, note=note,
        errors=errors or {}, twice=twice or would_be.twice if status == 422 else set(), problem=problem, minutes=minutes,
        same=bool(would_be.shift and is_as_written(entry, would_be.shift)), hints=supervisor_hints(would_be.shift),
        reasons=[(code, reason_words(code)) for code in REASON_WORDS], asked_again=asked_again,
    )  # fmt: skip


def as_it_is(entry: HoursEntry) -> dict[str, str]:
    """What the sheet starts with: the supervisor's own version when there is one, otherwise what was written."""
    if entry.corrected_starts_at and entry.corrected_stops_at and entry.status == Status.CORRECTED:
        start, stop, pause = (
            entry.corrected_starts_at,
            entry.corrected_stops_at,
            entry.corrected_break_minutes or 0,
        )
    else:
        start, stop, pause = entry.starts_at, entry.stops_at, entry.break_minutes
    filled = {
        "start": clock_words(start),
        "stop": clock_words(stop),
        "break_minutes": str(pause),
        "version": str(entry.version),
    }
    for name, moment in (("start", start), ("stop", stop)):
        if local(moment).fold:
            filled[f"{name}_fold"] = "1"
    return filled


def read_reason(typed: Mapping[str, str]) -> tuple[str, str]:
    """The code of the reason, and the note. Words that are no code are a reason too: "other", in these words."""
    reason, note = typed.get("reason", "").strip(), typed.get("note", "").strip()[:LONGEST_NOTE]
    if not reason or reason in REASONS:
        return reason, note
    return "other", f"{reason} {note}".strip()[:LONGEST_NOTE]


def read_correction(entry: HoursEntry, typed: Mapping[str, str], reason: str) -> forms.Typed:
    """The shift as the supervisor says it was; nothing to read when there was no work at all."""
    if reason == "not_worked":
        return forms.Typed(typed)
    read = forms.read_shift(with_known_folds(entry, typed), worked_on=day_meant(entry, typed.get("start", "")))
    for name, words in (
        ("start", _("Fill in when the work began. For example 08:30.")),
        ("stop", _("Fill in when the work stopped. For example 13:00.")),
    ):
        if name in read.errors and not is_clock(typed.get(name, "")):
            read.errors[name] = words
    return read


def day_meant(entry: HoursEntry, start: str) -> date:
    """The day a corrected shift starts on: in a night shift that began late, the next one."""
    if not is_clock(start) or local(entry.stops_at).date() == entry.worked_on:
        return entry.worked_on
    clock, written = times.parse_clock(start), local(entry.starts_at).replace(tzinfo=None)
    days = (entry.worked_on, entry.worked_on + timedelta(days=1))
    return min(days, key=lambda day: abs(datetime.combine(day, clock) - written))


def with_known_folds(entry: HoursEntry, typed: Mapping[str, str]) -> dict[str, str]:
    """A time left as it was written needs no question which of two equal times it is."""
    known = {name: typed[name] for name in typed}
    for name, moment in (("start", entry.starts_at), ("stop", entry.stops_at)):
        if is_clock(typed.get(name, "")) and times.parse_clock(typed[name]) == local(moment).time().replace(second=0, microsecond=0):
            known.setdefault(f"{name}_fold", str(local(moment).fold))
    return known


def is_clock(text: str) -> bool:
    try:
        times.parse_clock(text)
    except times.NotAClockTime:
        return False
    return True


def is_as_written(entry: HoursEntry, shift: times.Shift) -> bool:
    return (shift.starts_at, shift.stops_at, shift.break_minutes) == (
        entry.starts_at,
        entry.stops_at,
        entry.break_minutes,
    )


def stale_words(entry: HoursEntry, shift: times.Shift | None) -> str:
    """Both versions in words: what the participant made of it meanwhile, and what this supervisor typed."""
    yours = shift_words(shift) if shift else _("not worked")
    return _(
        "%(name)s changed these hours in the meantime: %(theirs)s. You typed %(yours)s. Look once more.",
        name=first_name(entry),
        theirs=shift_words(entry),
        yours=yours,
    )


def supervisor_hints(shift: times.Shift | None) -> list[str]:
    """What is worth saying about the times, without asking."""
    if shift is None:
        return []
    known, words = times.hints(shift), []
    if "clock_back" in known:
        words.append(_("The clock went back one hour. That hour counts."))
    if "clock_forward" in known:
        words.append(_("The clock went forward one hour. That hour was not there."))
    return words


def first_name(entry: HoursEntry) -> str:
    found: Account | None = db().get(Account, entry.participant_id)
    return found.first_name if found else ""
