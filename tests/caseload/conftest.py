"""The case manager of the world, in English: the texts in the code are what these tests read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests import factories as make
from webapp.people.models import Account


@pytest.fixture
def world(world: make.World) -> make.World:
    """As everywhere, with staff who read English."""
    with world.database.transaction() as db:
        staff = [world.case_manager.account_id, world.colleague.account_id, world.strange_case_manager.account_id]
        db.execute(update(Account).where(col(Account.id).in_(staff)).values(language="en"))
    return world


@pytest.fixture
def marieke(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)


@pytest.fixture
def colleague(world: make.World, as_person: Any) -> Any:
    return as_person(world.colleague)
