"""The kinds of data there are about a participant, in words, and who sees each: the source of /privacy and of the register.

A cell says what a role sees of one kind. The table is checked against the pages by the tests of this slice.
"""

from __future__ import annotations

from typing import NamedTuple

from webapp.foundation.texts import N_, gettext

YES, NO, TOTALS, OWN, LETTER, FOUR = "yes", "no", "totals", "own", "letter", "four"
CELLS = {
    YES: N_("Yes"), NO: N_("No"), TOTALS: N_("Only totals"), OWN: N_("Only at their place"), LETTER: N_("First name and one letter"),
    FOUR: N_("Only the last four"),
}  # fmt: skip


class Kind(NamedTuple):
    """One kind of data. Columns in the order of the page: supervisor, case manager, money of the municipality, council."""

    label: str
    supervisor: str
    case_manager: str
    money: str
    council: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        return (self.supervisor, self.case_manager, self.money, self.council)


KINDS = {
    "name": Kind(N_("Your name"), LETTER, YES, YES, NO),
    "contact": Kind(N_("Your phone number and mail"), NO, YES, NO, NO),
    "birth": Kind(N_("The day you were born"), NO, YES, YES, NO),
    "wishes": Kind(N_("What you like and what you need"), NO, YES, NO, NO),
    "yes": Kind(N_("That you said yes to work"), OWN, YES, NO, TOTALS),
    "no": Kind(N_("That you said no to work"), NO, NO, NO, TOTALS),
    "hours": Kind(N_("Your hours"), OWN, YES, YES, TOTALS),
    "disputes": Kind(N_("Hours you did not agree on"), OWN, YES, NO, NO),
    "premium": Kind(N_("Your premium"), NO, YES, YES, TOTALS),
    "account": Kind(N_("Your bank account"), NO, NO, FOUR, NO),
    "points": Kind(N_("What you reached"), NO, YES, NO, TOTALS),
    "messages": Kind(N_("Messages you get here"), NO, NO, NO, NO),
}


class Row(NamedTuple):
    """A kind as it stands on the page: its words, and for each column the cell's mark and words."""

    label: str
    cells: list[tuple[str, str]]


def who_sees_words() -> list[Row]:
    return [Row(gettext(kind.label), [(cell, gettext(CELLS[cell])) for cell in kind.cells]) for kind in KINDS.values()]
