"""What an answer to an offer means. Yes and no are equally free, and both can be taken back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNDO = "undo"


class Outcome(StrEnum):
    """What is to be done with the offer. NOTHING: it is already so."""

    ACCEPT = "accept"
    DECLINE = "decline"
    REOPEN = "reopen"
    NOTHING = "nothing"


class OfferGone(Exception):
    """The place is no longer there; that is not because of this person."""


class CannotOffer(Exception):
    """This person cannot be offered this work now. `why`: "open_offer", "no_places", "all_offered", "request_closed", "placed_here"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def outcome(
    answer: Answer, *, status: str, said_no: bool, closes_at: datetime, now: datetime, has_another_open: bool = False, was_offered_again: bool = False
) -> Outcome:
    """What this answer does to an offer in this state.

    `said_no`: it was this person's own no that closed it, which may be taken back until it closes by itself.
    `has_another_open`: another offer came meanwhile; one is open at a time, so this one does not open again, but a yes
    to it is still possible. `was_offered_again`: the same work, in a newer offer that took the place of this one.
    Raises OfferGone when it is too late: it ran out, or the place went to somebody else.
    """
    in_time = now < closes_at
    if status == "closed" and was_offered_again:
        if answer == Answer.YES:
            raise OfferGone
        return Outcome.NOTHING
    if answer == Answer.YES:
        if status == "yes":
            return Outcome.NOTHING
        if in_time and (status == "open" or said_no):
            return Outcome.ACCEPT
        raise OfferGone
    if answer == Answer.NO:
        return Outcome.NOTHING if status == "closed" else Outcome.DECLINE
    if status == "yes":
        return Outcome.REOPEN if in_time and not has_another_open else Outcome.DECLINE
    if status == "closed" and said_no and in_time:
        return Outcome.NOTHING if has_another_open else Outcome.REOPEN
    if status == "open":
        return Outcome.NOTHING
    raise OfferGone


def ensure_offerable(*, request_open: bool, free_places: int, waiting: int, has_open_offer: bool, works_here: bool) -> None:
    """One offer per person and per free place at a time: nobody says yes to a place that is gone. `waiting`: open offers of this work. Raises CannotOffer."""
    for wrong, why in (
        (not request_open, "request_closed"),
        (free_places < 1, "no_places"),
        (waiting >= free_places > 0, "all_offered"),
        (has_open_offer, "open_offer"),
        (works_here, "placed_here"),
    ):
        if wrong:
            raise CannotOffer(why)
