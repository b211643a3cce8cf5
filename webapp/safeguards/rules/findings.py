"""What a test finds, what of it a person may still judge, and on which legal ground of that day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

VERSION = "1"  # of these rules; stands in every assessment
OK, NEEDS_REASON, NOT_ALLOWED = OUTCOMES = ("ok", "needs_reason", "not_allowed")
# in the order of law/domain.md 4.4
ITEMS = (
    "skills", "guidance", "dismissed", "vacancy", "replaces", "tariff", "share", "duration", "chaining", "agency", "outlook", "restricted", "consulted",
)  # fmt: skip
# what no reason can allow (DECISIONS.md); the others may be judged by two people
HARD = frozenset({"skills", "dismissed", "replaces", "tariff", "duration", "agency", "restricted"})

LETTER = "Kamerstuk 34 352 nr. 73 (24-10-2017)"
# Unsure: on which day between 2017 and 2026 the paragraph got its new number; both copies were read (law/domain.md 3.3)
COMPETITION = (
    (date(2015, 1, 1), "Participatiewet art. 7 lid 9 en Wsw art. 5"),
    (date(2026, 1, 1), "Participatiewet art. 7 lid 8 en Wsw art. 5"),
)
LETTER_ALONE = ((date(2015, 1, 1), LETTER),)
MINIMUM = tuple((first, f"{words}; Wet minimumloon art. 8") for first, words in COMPETITION)
GROUNDS: Mapping[str, Sequence[tuple[date, str]]] = {
    "skills": LETTER_ALONE, "guidance": LETTER_ALONE, "dismissed": COMPETITION, "vacancy": COMPETITION, "replaces": COMPETITION, "tariff": MINIMUM,
    "share": LETTER_ALONE, "duration": LETTER_ALONE, "chaining": LETTER_ALONE, "agency": COMPETITION, "outlook": LETTER_ALONE, "restricted": LETTER_ALONE,
    "consulted": (),
}  # fmt: skip


class Finding(NamedTuple):
    """What one test found. `value` and `limit` in the unit of the item (cents, weeks, people, days, basis points), None without a number.

    `why`: which case of the rule it is, for the words on the screen. `inputs`: what it was found from, no names.
    `source` and `source_from`: the term behind the limit. `legal_basis`: as the law was numbered on that day; "" where no law speaks.
    """

    item: str
    outcome: str
    why: str
    day: date
    value: int | None = None
    limit: int | None = None
    inputs: Mapping[str, Any] = {}
    source: str = ""
    source_from: date | None = None
    rule_version: str = VERSION

    @property
    def legal_basis(self) -> str:
        begun = [words for first, words in GROUNDS[self.item] if first <= self.day]
        return begun[-1] if begun else ""

    @property
    def can_be_overridden(self) -> bool:
        return self.outcome == NEEDS_REASON and self.item not in HARD

    def plain(self) -> dict[str, Any]:
        """As it is kept with the assessment."""
        inputs = {name: value.isoformat() if isinstance(value, date) else value for name, value in self.inputs.items()}
        return {
            "item": self.item, "outcome": self.outcome, "why": self.why, "day": self.day.isoformat(), "value": self.value, "limit": self.limit, "inputs": inputs,
            "source": self.source, "source_from": self.source_from.isoformat() if self.source_from else None, "legal_basis": self.legal_basis,
            "rule_version": self.rule_version,
        }  # fmt: skip


def from_plain(kept: Mapping[str, Any]) -> Finding:
    """A finding as it was kept; days inside `inputs` stay text."""
    first = kept["source_from"]
    return Finding(
        kept["item"], kept["outcome"], kept["why"], date.fromisoformat(kept["day"]), kept["value"], kept["limit"], kept["inputs"], kept["source"],
        date.fromisoformat(first) if first else None, kept["rule_version"],
    )  # fmt: skip


class NotKeptApart(Exception):
    """Two signatures need two people."""


def worst(findings: Iterable[Finding]) -> str:
    """The outcome of all tests together.

    >>> worst([Finding("share", OK, "", date(2026, 1, 1)), Finding("chaining", NEEDS_REASON, "over", date(2026, 1, 1))])
    'needs_reason'
    """
    return max((finding.outcome for finding in findings), key=OUTCOMES.index, default=OK)


def fingerprint(findings: Iterable[Finding]) -> str:
    """The same for what is found the same: outcomes and cases, and the numbers of what is not in order. Not the day they were found on."""
    said = [
        [finding.item, finding.outcome, finding.why, *((finding.value, finding.limit) if finding.outcome != OK else ()), finding.rule_version]
        for finding in findings
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


class Judged(NamedTuple):
    """What two people agreed to: this item, in this case of the rule, up to this value, held against this limit."""

    item: str
    why: str
    value: int | None
    limit: int | None


def covered(finding: Finding, judged: Iterable[Judged]) -> bool:
    """Whether a finding stands in nobody's way: it is in order, or it is not worse than what two people judged.

    What may not be judged is never covered. Worse is a larger value or a stricter limit.
    """
    if finding.outcome == OK:
        return True
    if not finding.can_be_overridden:
        return False
    return any(one.item == finding.item and one.why == finding.why and not _worse(finding, one) for one in judged)


def _worse(finding: Finding, judged: Judged) -> bool:
    grown = finding.value is not None and (judged.value is None or finding.value > judged.value)
    return grown or (finding.limit is not None and (judged.limit is None or finding.limit < judged.limit))
