"""A district, a town that may enrol, and two villages of the town, with what is told of their merges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.records.declaration import Level
from desktop.sync.merging.results import BundleResult
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_desk, new_root, settle

FIRM, OTHER = "f1" * 16, "f2" * 16


@dataclass
class Tree:
    """A district, a town that may enrol, and two villages of the town."""

    district: Desk
    town: Desk
    village: Desk
    other: Desk

    def deliver(self) -> None:
        """Everything reaches everybody."""
        settle([(self.village, self.town), (self.other, self.town), (self.town, self.district)])

    def digests(self) -> set[str]:
        """What the three that hold the village's records say of them."""
        return {d.digest(self.village.unit).sha256 for d in (self.district, self.town, self.village)}


def grow(folder: Path, **options: Any) -> Tree:
    return Tree(*(_enrolled(folder, **options) if options else cast(_enrolled, folder)))


def _enrolled(folder: Path, **options: Any) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town = new_desk(folder, "镇", Level.TOWN, **options)
    village = new_desk(folder, "甲村", Level.VILLAGE)
    other = new_desk(folder, "乙村", Level.VILLAGE)
    enrol(town, district, 3)
    enrol(village, town)
    enrol(other, town)
    return district, town, village, other


def unit_cells(code: str, superior: str) -> dict[str, str]:
    """What registers a village."""
    return {"name": code, "code": code, "level": "village", "superior": superior}


def outcome(result: BundleResult) -> tuple[int, int, int, int, int]:
    """Applied, known, conflict, held, refused; they always add up."""
    counts = (result.applied, result.known, result.conflict, result.held, result.refused)
    assert sum(counts) == result.total
    assert min(counts) >= 0
    return counts
