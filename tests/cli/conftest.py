"""What several of these modules begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.cli.calling import Places, enrol, make


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town's workspace."""
    return make(tmp_path / "town")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The three files of enrolment have gone to and fro."""
    found = Places(
        make(tmp_path / "district", Level.DISTRICT, "330106", "西湖区总工会"),
        make(tmp_path / "town"),
        tmp_path / "stick",
    )
    found.stick.mkdir()
    enrol(found.town, found.district, found.stick)
    return found
