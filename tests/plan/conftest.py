"""One workspace for all plan tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.records.declaration import Level
from tests.operations.stations import station
from tests.plan.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A district's workspace; tests take units of their own."""
    session = station(tmp_path_factory.mktemp("plan"), "330110", "余杭区总工会", Level.DISTRICT)
    yield World(session)
    session.workspace.close()


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A workspace that nothing else was saved in, for what looks at the whole of it."""
    session = station(tmp_path_factory.mktemp("fresh"), "330110", "余杭区总工会", Level.DISTRICT)
    yield World(session)
    session.workspace.close()


@pytest.fixture
def town(world: World) -> str:
    """A unit that nothing was recorded under."""
    return world.unit()
