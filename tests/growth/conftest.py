"""The people of the world, reading English: the texts in the code are what these tests read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests import factories as make
from webapp.people.models import Account


@pytest.fixture
def world(world: make.World) -> make.World:
    with world.database.transaction() as db:
        db.execute(update(Account).where(col(Account.municipality_id) == world.municipality_id).values(language="en"))
    return world


@pytest.fixture
def marieke(world: make.World, as_person: Any) -> Any:
    return as_person(world.case_manager)


@pytest.fixture
def ruud(world: make.World, as_person: Any) -> Any:
    return as_person(world.colleague)


@pytest.fixture
def jan(world: make.World, as_person: Any) -> Any:
    return as_person(world.supervisor)


@pytest.fixture
def selam(world: make.World, as_person: Any) -> Any:
    return as_person(world.participant)


WEEK = timedelta(weeks=1)
