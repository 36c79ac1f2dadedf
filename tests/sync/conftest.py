"""What several of these modules begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.sync.casting import cast
from tests.sync.desks import Desk, below, enrol, new_desk, new_root
from tests.sync.forking import later_copy
from tests.sync.levels import Tree, grow
from tests.sync.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Two towns and three villages under a district."""
    return Places(tmp_path)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A district, a town that may enrol, and two villages of the town."""
    return grow(tmp_path)


@pytest.fixture
def district(tmp_path: Path) -> Desk:
    """The root of a tree."""
    return new_root(tmp_path, "区")


@pytest.fixture
def village(district: Desk) -> Desk:
    """A village right below the district."""
    return below(district, "甲村")


@pytest.fixture
def town(district: Desk, tmp_path: Path) -> Desk:
    """A town right below the district that may enrol."""
    town = new_desk(tmp_path, "镇", Level.TOWN)
    enrol(town, district, 1)
    return town


@pytest.fixture
def laptop(town: Desk, tmp_path: Path) -> Desk:
    """A village right below the town."""
    found = new_desk(tmp_path, "甲村", Level.VILLAGE)
    enrol(found, town)
    return found


@pytest.fixture
def twin(laptop: Desk, town: Desk, tmp_path: Path) -> Desk:
    """The laptop once more, from a copied disk: the same keys, incarnation and numbers."""
    return later_copy(laptop, town, tmp_path / "twin", days=0.01)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Desk, Desk]:
    """A district and a village that it has enrolled."""
    above, village = cast(_pair, tmp_path)
    return above, village


def _pair(folder: Path) -> tuple[Desk, ...]:
    above = new_root(folder, "区")
    village = new_desk(folder, "村", Level.VILLAGE)
    enrol(village, above)
    return above, village
