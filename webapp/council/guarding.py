"""The second half of the report: signals, the protection of regular work with every judgement, reports, and the money."""

from __future__ import annotations

from collections import Counter

from webapp.bookkeeping.reads import per_hour
from webapp.council import rules
from webapp.council.finding import Found
from webapp.council.sections import Bar, Section, Table, number
from webapp.council.work import euros, few, few_ended
from webapp.foundation.texts import N_, euro_words, long_date, ngettext
from webapp.foundation.texts import gettext as _
from webapp.safeguards.rules import ITEMS
from webapp.safeguards.words import TITLES

OF_A_PERSON = ("skills", "duration")  # tests of one person: their small numbers are hidden too
SIGNALS = {
    "ready": N_("seems ready for regular work"), "hire": N_("an employer wants to hire"), "limit_50": N_("halfway the longest time"),
    "limit_75": N_("at three quarters of the longest time"), "limit_100": N_("at the longest time"), "no_growth": N_("no growth for some weeks"),
    "workplace": N_("red answers about the workplace"),
}  # fmt: skip
DECISIONS = {"regular_job": N_("to a regular job"), "talk_first": N_("talk first"), "not_yet": N_("not yet"), "talked": N_("talked about it")}
ROLES = {"case_manager": N_("case manager"), "admin": N_("admin")}


def signals(found: Found) -> Section:
    last = {row.id: row for row in found.signals}  # the last decision of each
    kinds = Counter(row.kind for row in last.values())
    closed = [row for row in last.values() if row.status == "closed" and row.decided_at]
    chosen = found.parts(dict(Counter(row.decision for row in closed if row.decision in DECISIONS)))
    parts = found.parts({kind: kinds[kind] for kind in SIGNALS})
    told = len(closed) >= found.smallest
    days = rules.middle(max(0, (row.decided_at - row.raised_at).days) for row in closed) if told else None
    words = few_ended(found) if last else _("No signal came in this period.")
    if days is not None:
        words = ngettext("Half of the signals were decided within %(num)s day.", "Half of the signals were decided within %(num)s days.", days)
    late = found.people(sum(row.decided_at.date() > row.due_on for row in closed))
    tables = [
        Table(_("Signals"), (_("Signal"), _("How many there are")), [(_("Signals"), number(found.people(len(last)))), *((_(said), number(parts[kind])) for kind, said in SIGNALS.items())]),
        Table(_("Decisions"), (_("Decision"), _("How many there are")), [
            (_("Decided"), number(found.people(len(closed)))), (_("Decided after the agreed day"), number(late)),
            *((_(said), number(chosen.get(key, 0))) for key, said in DECISIONS.items()),
        ]),
    ]  # fmt: skip
    how = _(
        "Signals raised in this period. The system only asks to look; a case manager decides by name, with a reason. Days from the signal to the last decision."
    )
    return Section("signals", _("Signals and decisions"), words, how, tables, [])


def displacement(found: Found) -> Section:
    agreed = Counter(one.item for one in found.judged if one.agrees)
    counts = found.counts

    def row(item: str) -> tuple[str, ...]:
        tested = found.tests[item]
        cells = (tested.requests, tested.ok, tested.needs_reason, tested.not_allowed, agreed[item])
        shown = [found.people(cell) if item in OF_A_PERSON else cell for cell in cells]
        return (_(TITLES[item]), *(number(cell) for cell in shown))

    requests = [
        (_("Asked"), number(counts.asked)), (_("Taken on"), number(counts.taken_on)), (_("Not taken on"), number(counts.refused)),
        (_("Ended by the employer"), number(counts.ended_by_employer)),
    ]  # fmt: skip
    tests = Table(_("Tests"), (_("Test"), _("Requests tested"), _("In order"), _("Needs a reason"), _("Not allowed"), _("Judged by two people")), [row(item) for item in ITEMS if item in found.tests])  # fmt: skip
    judged = [
        (long_date(one.day), _(TITLES[one.item]), one.reason, _("%(first)s and %(second)s", first=role(one.first_role), second=role(one.second_role)), _("yes") if one.agrees else _("no, the second person did not agree"))
        for one in found.judged
    ]  # fmt: skip
    every = Table(
        _("Every judgement by two people"),
        (_("Day"), _("Test"), _("Reason that was given"), _("Signed by two people, as"), _("Goes ahead")),
        judged,
        words=True,
    )
    stops = [(_("Stopped in this period"), number(counts.stopped)), (_("Stopped at the end of it"), number(counts.stopped_now))]
    tables = [Table(_("Requests of employers"), (_("What became of it"), _("Requests")), requests), tests, *([every] if judged else []), Table(_("Employers that get nobody for a while"), (_("What"), _("Employers")), stops)]  # fmt: skip
    yes = sum(agreed.values())
    words = ngettext(
        "%(num)s time two people judged that a place could be filled although a test asked for a reason.",
        "%(num)s times two people judged that a place could be filled although a test asked for a reason.",
        yes,
    )
    how = _(
        "Each request counts once per test, with the worst that was found. A test that is not allowed cannot be judged away. Judgements are told each, with the reason as it was written, without names."
    )
    return Section(
        "displacement",
        _("Regular work protected"),
        words,
        how,
        tables,
        [Bar(_(TITLES[item]), count, number(count)) for item, count in agreed.most_common()],
    )


def role(key: str) -> str:
    return _(ROLES[key]) if key in ROLES else _("an official")


def complaints(found: Found) -> Section:
    counts = found.counts
    line = [
        (_("Came in"), number(counts.reports)), (_("The report was right"), number(counts.founded)), (_("The report was not right"), number(counts.unfounded)),
        (_("Not enough could be found out"), number(counts.not_enough)), (_("Not finished at the end"), number(counts.reports_open)),
    ]  # fmt: skip
    made = [
        (_("Objections, or a question to look again"), number(found.people(counts.objections))), (_("Of those answered"), number(found.people(counts.objections_answered))),
        (_("Differences about hours that were decided"), number(found.people(counts.disputes_ruled))),
    ]  # fmt: skip
    words = ngettext("%(num)s report about work came in.", "%(num)s reports about work came in.", counts.reports)
    how = _(
        "Anybody can report work without an account. Reports count on the day they came in, outcomes on the day they were finished. Objections are of participants."
    )
    return Section("reports", _("Reports and objections"), words, how, [Table(_("Reports about work"), (_("What became of it"), _("Reports")), line), Table(_("Of participants"), (_("What"), _("How many there are")), made)], [])  # fmt: skip


def money(found: Found) -> Section:
    result, told = found.result, found.is_told
    lines = (
        (_("Owed by employers, without VAT"), result.revenue_cents, ""), (_("Premium for participants"), -result.premium_cents, ""), (_("Software"), -result.software_cents, ""),
        (_("Implementation"), -result.implementation_cents, ""), (_("Handling"), -result.handling_cents, ""), (_("Result before guidance"), result.before_guidance_cents, ""),
        (_("Own guidance"), -result.guidance_cents, ""), (_("Back to helping people find work"), result.rest_cents, ""),
    )  # fmt: skip
    rows = [(label, euro_words(per_hour(cents, result.minutes)) if told else _("not shown"), euros(cents, told)) for label, cents, _mark in lines]
    pieces = (
        (_("premium for the participant"), result.premium_cents, "p1"), (_("software, implementation and handling"), result.running_cents, "p2"),
        (_("guidance by the municipality"), result.guidance_cents, "p3"), (_("back to helping people find work"), result.rest_cents, "p4"),
    )  # fmt: skip
    bars = (
        [Bar(label, max(0, per_hour(cents, result.minutes)), euro_words(per_hour(cents, result.minutes)), mark) for label, cents, mark in pieces]
        if told
        else []
    )
    words = _("An employer paid %(amount)s for an hour of work; %(rest)s of it is left for helping people find work.", amount=euro_words(per_hour(result.revenue_cents, result.minutes)), rest=euro_words(per_hour(result.rest_cents, result.minutes))) if told else few(found)  # fmt: skip
    how = _(
        "Confirmed hours at the tariff of each day, less the premium of those hours and the costs that were entered. Costs count by the days of theirs that fall in this period. Our own guidance is counted; the benefit is not."
    )
    table = Table(_("Where the money goes"), (_("Money"), _("Per hour"), _("Total")), rows)
    return Section("money", _("Costs and result per hour"), words, how, [table], bars, whole=True)


SECTIONS = (signals, displacement, complaints, money)
