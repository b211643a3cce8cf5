"""What work earns, in whole cents."""

from __future__ import annotations


def premium_cents(minutes: int, cents_per_hour: int) -> int:
    """Premium for one confirmed entry, in whole cents.

    `minutes` is paid time: whole minutes, breaks already taken off.
    Rounded once, per entry, half a cent up: a total is the sum of its lines.
    Raises ValueError for negative minutes; a correction is a counter-line.

    >>> premium_cents(450, 250)
    1875
    """
    if minutes < 0:
        raise ValueError("minutes cannot be negative")
    return (minutes * cents_per_hour + 30) // 60


def room_left_cents(counted_this_year_cents: int, yearly_maximum_cents: int) -> int:
    """What may still be paid to this person in the same calendar year, premiums of other schemes counted too.

    Source: Participatiewet art. 31 lid 2 onder j; the amount itself is a dated row in `terms`.
    """
    return max(0, yearly_maximum_cents - counted_this_year_cents)


def hours_with_premium_left(room_cents: int, cents_per_hour: int) -> int:
    """Whole hours that still earn a premium this year."""
    return room_cents // cents_per_hour if cents_per_hour > 0 else 0
