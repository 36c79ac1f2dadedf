"""What several of these modules begin with."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.store.workspaces import keys
from tests.cli.calling import CHEAP, Places, enrol, make


@pytest.fixture(autouse=True)
def passwords_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command names no cost, and what is derived at the program's own takes longer than most commands."""
    cheap = partial(keys.Cost, memory=CHEAP.memory, passes=CHEAP.passes, lanes=CHEAP.lanes)
    monkeypatch.setattr(keys, "Cost", cheap)


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
