"""What several of these modules begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.session import Session
from desktop.records.declaration import Level
from tests.operations import stations


@pytest.fixture
def district(tmp_path: Path) -> Session:
    """A district with an empty ledger."""
    return stations.station(tmp_path, "330106", "西湖区总工会", Level.DISTRICT)
