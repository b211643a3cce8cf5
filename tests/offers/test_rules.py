"""What each answer does to an offer, in every state an offer can be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from webapp.offers.rules import Answer, CannotOffer, OfferGone, Outcome, ensure_offerable, outcome

CLOSES = datetime(2026, 4, 10, 12, tzinfo=UTC)
ACCEPT, DECLINE, REOPEN, NOTHING, GONE = Outcome.ACCEPT, Outcome.DECLINE, Outcome.REOPEN, Outcome.NOTHING, OfferGone

# what stands now              yes      no       undo      yes      no       undo
#                              ---- in time ------------   ---- too late -----------
TABLE = {
    ("open", False):          (ACCEPT,  DECLINE, NOTHING,  GONE,    DECLINE, NOTHING),
    ("yes", False):           (NOTHING, DECLINE, REOPEN,   NOTHING, DECLINE, DECLINE),
    ("closed", True):         (ACCEPT,  NOTHING, REOPEN,   GONE,    NOTHING, GONE),
    ("closed", False):        (GONE,    NOTHING, GONE,     GONE,    NOTHING, GONE),
}  # fmt: skip
CASES = [
    (answer, *state, in_time, result)
    for state, row in TABLE.items()
    for (in_time, answer), result in zip(product((True, False), Answer), row, strict=True)
]


@pytest.mark.parametrize(("answer", "status", "said_no", "in_time", "result"), CASES)
def test_every_answer_in_every_state_has_one_outcome(answer: Answer, status: str, said_no: bool, in_time: bool, result: object) -> None:
    now = CLOSES - timedelta(seconds=1) if in_time else CLOSES

    if result is OfferGone:
        with pytest.raises(OfferGone):
            outcome(answer, status=status, said_no=said_no, closes_at=CLOSES, now=now)
    else:
        assert outcome(answer, status=status, said_no=said_no, closes_at=CLOSES, now=now) == result


def test_a_no_is_never_too_late_and_never_refused() -> None:
    for status, now in product(("open", "yes", "closed"), (CLOSES - timedelta(days=1), CLOSES + timedelta(days=400))):
        assert outcome(Answer.NO, status=status, said_no=False, closes_at=CLOSES, now=now) in (DECLINE, NOTHING)


def test_one_offer_is_open_at_a_time_also_when_an_answer_is_taken_back() -> None:
    asked = {"closes_at": CLOSES, "now": CLOSES - timedelta(days=1), "has_another_open": True}

    assert outcome(Answer.UNDO, status="yes", said_no=False, **asked) == DECLINE
    assert outcome(Answer.UNDO, status="closed", said_no=True, **asked) == NOTHING
    assert outcome(Answer.YES, status="closed", said_no=True, **asked) == ACCEPT


@pytest.mark.parametrize(("answer", "result"), [(Answer.YES, OfferGone), (Answer.NO, NOTHING), (Answer.UNDO, NOTHING)])
def test_work_that_was_offered_again_is_answered_in_the_newer_offer(answer: Answer, result: object) -> None:
    asked = {"status": "closed", "said_no": True, "closes_at": CLOSES, "now": CLOSES - timedelta(days=1), "was_offered_again": True}

    if result is OfferGone:
        with pytest.raises(OfferGone):
            outcome(answer, **asked)
    else:
        assert outcome(answer, **asked) == result


FREE = {"request_open": True, "free_places": 1, "waiting": 0, "has_open_offer": False, "works_here": False}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"request_open": False}, "request_closed"),
        ({"free_places": 0}, "no_places"),
        ({"waiting": 1}, "all_offered"),
        ({"free_places": 2, "waiting": 2}, "all_offered"),
        ({"has_open_offer": True}, "open_offer"),
        ({"works_here": True}, "placed_here"),
    ],
)
def test_an_offer_needs_a_place_and_somebody_without_another_offer(wrong: dict[str, bool | int], why: str) -> None:
    ensure_offerable(**FREE)

    with pytest.raises(CannotOffer) as refused:
        ensure_offerable(**{**FREE, **wrong})
    assert refused.value.why == why
