"""The first half of the report: people and places, how long they lasted, where, and what came after."""

from __future__ import annotations

from collections import Counter

from webapp.council import rules
from webapp.council.finding import Found
from webapp.council.sections import Bar, Section, Table, bar, number, share
from webapp.foundation.texts import N_, euro_words
from webapp.foundation.texts import gettext as _
from webapp.requests.sectors import SECTORS

PAID_WORK = ("contract_here", "contract_elsewhere", "wage_subsidy")
KINDS = {
    "contract_here": N_("contract with the same employer"), "contract_elsewhere": N_("contract elsewhere"), "wage_subsidy": N_("job with wage subsidy"),
    "training": N_("training"), "other": N_("another step"),
}  # fmt: skip
STILL = {
    "still": N_("still at work there"), "other_work": N_("at work elsewhere"), "stopped": N_("no longer at work"), "rather_not": N_("rather does not say"),
    "": N_("no answer yet"),
}  # fmt: skip
MONTHS_AFTER = (3, 6)
BANDS = {1: "≤ 1", 2: "1–2", 3: "2–3", 4: "3–4", 5: "4–5", 6: "5–6", 7: "> 6"}


def hours(found: Found) -> int | None:
    """Hours worked, to tens."""
    return (found.result.minutes // 60 + rules.HOURS_STEP // 2) // rules.HOURS_STEP * rules.HOURS_STEP if found.is_told else None


def euros(cents: int, is_told: bool) -> str:
    """An amount to whole hundreds, where it may be told."""
    if not is_told:
        return _("not shown")
    step = rules.EUROS_STEP * 100
    return euro_words((abs(cents) + step // 2) // step * step * (-1 if cents < 0 else 1)).removesuffix(",00").removesuffix(".00")


def people(found: Found) -> Section:
    worked, places = found.people(found.worked), found.people(len({place.id for place in found.places}))
    each = number(found.result.minutes // 60 // found.worked) if found.is_told else _("not shown")
    paid_told = found.counts.paid_people >= found.smallest
    rows = [
        (_("People who worked"), number(worked)), (_("Places where they worked"), number(places)), (_("Places that began"), number(found.people(found.began))),
        (_("Hours worked"), number(hours(found))), (_("Hours per person, on average"), each),
        (_("Premium earned"), euros(found.counts.premium_cents, found.is_told)), (_("Premium paid out"), euros(found.counts.paid_cents, paid_told)),
        (_("People who got premium paid out"), number(found.people(found.counts.paid_people))),
    ]  # fmt: skip
    words = _("%(people)s people worked %(hours)s hours.", people=number(worked), hours=number(hours(found))) if found.is_told else few(found)
    how = _(
        "Hours count when the employer confirmed them, on the day they were worked. Premium earned belongs to those hours; premium paid out counts on the day of the payment."
    )
    return Section(
        "people", _("People, hours and premium"), words, how, [Table(_("People, hours and premium"), (_("What"), _("How many there are")), rows)], []
    )


def few(found: Found) -> str:
    return _("Fewer than %(count)s people worked. Their numbers are not shown.", count=found.smallest)


def durations(found: Found) -> Section:
    counted = Counter(rules.band(place.starts_on, place.ends_on) for place in found.ended)
    parts = found.parts({str(one): counted[one] for one in BANDS})
    ended = found.people(len(found.ended))
    short = found.people(sum(counted[one] for one in rules.SHORT))
    words = _("No place ended in this period.") if not found.ended else few_ended(found)
    if ended and short is not None:
        words = _("%(short)s of the %(all)s places that ended lasted three months or shorter (%(part)s).", short=number(short), all=number(ended), part=share(rules.percent(short, ended)))  # fmt: skip
    table = Table(_("How long places lasted"), (_("Months"), _("Places")), [(label, number(parts[str(one)])) for one, label in BANDS.items()])
    how = _("Places that ended in this period, from their first to their last day, both counted.")
    return Section("durations", _("How long places lasted"), words, how, [table], [bar(label, parts[str(one)]) for one, label in BANDS.items()])


def few_ended(found: Found) -> str:
    return _("Too few places to say more. Numbers below %(count)s are not shown.", count=found.smallest)


def sectors(found: Found) -> Section:
    once = {place.id: place for place in found.places}.values()
    by_sector, agency = Counter(place.sector for place in once), sum(place.is_agency for place in once)
    parts = found.parts(dict(by_sector.most_common()))
    through = found.parts({"yes": agency, "no": len(once) - agency})
    named = [(_(SECTORS[key]) if key in SECTORS else _("Not named"), parts[key]) for key in parts]
    part = rules.percent(through["yes"], found.people(len(once)))
    words = _("%(part)s of the places went through an agency.", part=share(part)) if part is not None else few_ended(found)
    tables = [
        Table(_("Places per sector"), (_("Sector"), _("Places")), [(label, number(count)) for label, count in named]),
        Table(_("Through an agency or not"), (_("How"), _("Places")), [(_("Through an agency"), number(through["yes"])), (_("At the employer itself"), number(through["no"]))]),
    ]  # fmt: skip
    how = _("Places with hours in this period, by the sector the employer named (SBI 2025).")
    return Section("sectors", _("In which sectors"), words, how, tables, [bar(label, count) for label, count in named])


def outflow(found: Found) -> Section:
    kinds = Counter({row.id: row.kind for row in found.outflow}.values())
    parts = found.parts({kind: kinds[kind] for kind in KINDS})
    ended = len({place.participant_id for place in found.ended} | {row.participant_id for row in found.outflow})
    paid = found.people(sum(kinds[kind] for kind in PAID_WORK))
    whole = found.people(ended)
    words = few_ended(found) if ended else _("No place ended in this period.")
    if paid is not None and whole:
        words = _("%(paid)s of the %(all)s people who finished a place went on to paid work (%(part)s).", paid=number(paid), all=number(whole), part=share(rules.percent(paid, whole)))  # fmt: skip
    tables = [
        Table(_("Where people went"), (_("Where to"), _("People")), [
            (_("Finished a place"), number(whole)), (_("Paid work together"), number(paid)), *((_(words_of), number(parts[kind])) for kind, words_of in KINDS.items()),
        ])
    ]  # fmt: skip
    asked = {
        months: Counter(row.answer for row in found.outflow if row.kind in PAID_WORK and row.months == months and row.due_on <= found.today)
        for months in MONTHS_AFTER
    }
    after = {months: found.parts({answer: counts[answer] for answer in STILL}) for months, counts in asked.items()}
    head = (_("Answer"), *(_("After %(months)s months", months=months) for months in MONTHS_AFTER))
    tables.append(
        Table(
            _("And later"), head, [(_(words_of), *(number(after[months][answer]) for months in MONTHS_AFTER)) for answer, words_of in STILL.items()]
        )
    )
    how = _(
        "People whose first day of paid work or training lies in this period. After three and six months the person is asked whether they still work there; nobody has to answer."
    )
    bars: list[Bar] = [bar(_(words_of), parts[kind]) for kind, words_of in KINDS.items()]
    return Section("outflow", _("What came after"), words, how, tables, bars)


def voluntary(found: Found) -> Section:
    yes, no = found.counts.offers_yes, found.counts.offers_closed + found.counts.offers_forgotten
    parts = found.parts({"yes": yes, "no": no})
    whole = found.people(yes + no)
    words = _("Work was offered %(count)s times.", count=number(whole)) if whole else few_ended(found)
    rows = [(_("Said yes"), number(parts["yes"])), (_("Not now, or no answer"), number(parts["no"]))]
    how = _(
        "Offers made in this period that are closed. A no and no answer are counted as one, and not per person: a no changes nothing for anybody."
    )
    return Section("voluntary", _("Free to choose"), words, how, [Table(_("Offers"), (_("Answer"), _("Offers")), rows)], [bar(*row) for row in ((_("Said yes"), parts["yes"]), (_("Not now, or no answer"), parts["no"]))])  # fmt: skip


SECTIONS = (people, durations, sectors, outflow, voluntary)
