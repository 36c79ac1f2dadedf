"""What can be written into a ledger, as values, and what a write changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from desktop.errors import StateProblem
from desktop.records.versions.canonical import Cell

SlotValue = Cell | Mapping[str, Cell]


class NotFound(StateProblem):
    """There is no such record here."""

    next_step = "它可能已被删除，或者还没有随上级的数据包下来。"


class TooMuchSeen(StateProblem):
    """A deletion would have to name more than a value of the format holds."""

    exit_code = 22
    next_step = "请先在“分歧”里把这条记录定下来，或者撤销收下它们的那一次，再删除。"


class CannotUndo(StateProblem):
    """Something newer stands on what should be taken back."""

    next_step = "请先撤消后来的修改，或者直接改成需要的内容。"


class EditedSince(CannotUndo):
    """A slot of what should be taken back says something newer: that of these names."""

    def __init__(self, sentence: str, type_name: str, record: str, slot: str) -> None:
        super().__init__(sentence)
        self.type, self.record, self.slot = type_name, record, slot


class NewRecord(msgspec.Struct, frozen=True):
    """A record to be born; ``cells`` maps field names to values, empty ones may be left out.

    Without a ``record`` its id follows from the item, as the types ask for that are their author's alone.
    """

    type: str
    record: str
    unit: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """A slot to be changed; a group's value is a mapping of its fields."""

    type: str
    record: str
    slot: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class Again:
    """A change that is written once more as it was: canonical ``value``, and the stamps that its writer saw.

    What has been written meanwhile stands beside it and is not decided by it. ``unit`` is the one under which it is to
    be written, if this workspace may; that of the record where none is said.
    """

    type: str
    record: str
    slot: str
    value: str
    replaces: tuple[int | tuple[str, int], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record to be deleted with what belongs to it, or brought back when ``revive`` is set.

    With ``together`` what belongs to it and was deleted in the same step comes back too.
    """

    type: str
    record: str
    revive: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """What stood in a slot before it was changed, as canonical texts with the id that each was said under.

    They are several for a conflict, the one that was shown last.
    ``since`` is the first stamp of what is taken back, and of what was taken back before it.
    ``within``: only what stands under these ids, whatever else is one with them now.
    """

    type: str
    record: str
    slot: str
    values: tuple[tuple[str, str], ...]
    since: int
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSet:
    """What an operation changed: record ids by type. ``stamp`` names the operation, 0 when nothing was written."""

    stamp: int = 0
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everything: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not self.records and not self.everything
