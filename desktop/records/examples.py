"""Records that come with the program to begin with, such as templates of an assessment: examples, never official."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.records.versions.canonical import Cell


@dataclass(frozen=True, slots=True)
class ExampleRecord:
    """One record, and what belongs to it by type, in order. A date that says ``today`` is the day of taking it over."""

    values: Mapping[str, Cell]
    children: Mapping[str, tuple[Mapping[str, Cell], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one type, with their version and where they are from."""

    type: str
    version: str
    source: str
    official: bool
    records: tuple[ExampleRecord, ...]
