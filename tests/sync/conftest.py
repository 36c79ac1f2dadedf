"""What several of these modules begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.sync.desks import Desk, enrol, new_desk, new_root
from tests.sync.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Two towns and three villages under a district."""
    return Places(tmp_path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Desk, Desk]:
    """A district and a village that it has enrolled."""
    above = new_root(tmp_path, "区")
    village = new_desk(tmp_path, "村", Level.VILLAGE)
    enrol(village, above)
    return above, village
