"""Identifiers lie in the order of time, and nobody can guess one."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as some

from webapp.foundation.ids import new_id

INSTANTS = some.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=some.just(UTC))


@given(INSTANTS, INSTANTS)
def test_what_is_made_later_comes_later(one, other):
    apart = int(one.timestamp() * 1000) != int(other.timestamp() * 1000)
    if apart:
        assert (new_id(one) < new_id(other)) == (one < other)
        assert (new_id(one).hex < new_id(other).hex) == (one < other)


@given(INSTANTS)
def test_an_identifier_is_a_uuid_of_version_seven_and_never_the_same(at):
    made = [new_id(at) for _ in range(50)]
    assert len(set(made)) == 50
    assert all(id.version == 7 and id.variant == RFC_4122 for id in made)
