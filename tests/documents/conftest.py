"""The bundled fonts for all prints of these tests: results must not depend on the machine's own fonts."""

from __future__ import annotations

import os

import pytest

from desktop.documents.fonts import FontBook

os.environ["XIAOSANJI_FONTS"] = "bundle"


@pytest.fixture(scope="session")
def fonts() -> FontBook:
    """The bundled fonts, parsed once a process."""
    return FontBook(bundle_only=True)
