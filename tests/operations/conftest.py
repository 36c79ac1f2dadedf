"""What several of these modules begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.operations import supervision
from desktop.operations.session import Session
from tests.operations.cases import create
from tests.operations.registers import district

__all__ = ["district"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Session]:
    """A district that issues letters under 杭西."""
    session = create(tmp_path)
    supervision.set_number_settings(session, "杭西")
    yield session
    session.workspace.close()
