"""A municipality that can pay."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.payouts import people


@pytest.fixture
def office(world: make.World) -> people.Office:
    return people.office(world)
