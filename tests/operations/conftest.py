"""What several of these modules begin with."""

from __future__ import annotations

from tests.operations.registers import district

__all__ = ["district"]
