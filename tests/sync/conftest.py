"""What several of these modules begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Two towns and three villages under a district."""
    return Places(tmp_path)
