"""What a sheet is made of: rows with what is saved and what is typed, and columns."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.records.declaration import Field, Kind
from desktop.records.versions.canonical import Cell, Values
from desktop.ui.widgets.looks import Look


class Way(enum.Enum):
    """How a column is filled: only shown, typed, or ticked with space."""

    SHOWN = "shown"
    TYPED = "typed"
    TICK = "tick"


@dataclass(eq=False)
class SheetRow:
    """One row: the record it shows if it is saved, its values as read and as they stand, and what cannot be read.

    ``start`` are the values with which an empty row was offered, ``extra`` is whatever the page knows of a row
    beside its values.
    """

    record: str | None = None
    base: dict[str, Cell] = field(default_factory=dict)
    values: dict[str, Cell] = field(default_factory=dict)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    start: Mapping[str, Cell] | None = None
    extra: Any = None

    @property
    def blank(self) -> bool:
        """Whether nobody has typed anything into an empty row yet."""
        return self.record is None and self.values == self.start and not self.problems

    @property
    def changes(self) -> dict[str, Cell]:
        """What differs from what is saved."""
        if self.blank:
            return {}
        keys = {**self.base, **self.values}
        return {k: self.values.get(k) for k in keys if self.values.get(k) != self.base.get(k)}

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return (self.record is None and not self.blank) or bool(self.problems) or bool(self.changes)


@dataclass(frozen=True)
class SheetColumn:
    """One column. ``code`` is ticked in a field of several codes; ``on`` and ``off`` are what a tick means else.

    ``fills`` says which rows F8 gives the value ``on``, or what ``gives`` says for each; in a ``counting`` column a
    number that is filled down goes up. ``follows`` gives the cells that follow from what was typed here, such as a
    unit from a name; ``title`` the words for the record that a link leads to.
    """

    key: str
    label: str
    width: int
    way: Way = Way.SHOWN
    field: Field | None = None
    code: str = ""
    on: Cell = 1
    off: Cell = None
    stretch: bool = False
    tip: str = ""
    counting: bool = False
    fills: Callable[[SheetRow], bool] | None = None
    gives: Callable[[SheetRow], Cell] | None = None
    look: Callable[[SheetRow], Look] | None = None
    follows: Callable[[SheetRow], Values] | None = None
    title: Callable[[str], str] | None = None

    @property
    def name(self) -> str:
        """The field's name, or the column's own."""
        return self.field.name if self.field is not None else self.key

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers to be written; a tick is none."""
        kinds = (Kind.INTEGER, Kind.DECIMAL)
        return self.way is not Way.TICK and self.field is not None and self.field.kind in kinds
