"""Texts that are longer than anybody may type: said before they are written, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.errors import UsageProblem
from desktop.records.declaration import Field, RecordType
from desktop.records.versions.canonical import Cell


class TooLong(UsageProblem):
    """A text has more characters than its field takes."""

    next_step = "请缩短后再保存；材料较长的，可以作为附件添加。"


def too_long(field: Field, cell: Cell) -> str:
    """What is said of a text that has more characters than its field takes; nothing of others."""
    if not isinstance(cell, str) or len(cell) <= field.longest:
        return ""
    return f"“{field.label}”最多{field.longest}个字，现在是{len(cell)}个"


def check_lengths(
    record_type: RecordType, values: Mapping[str, Cell], standing: Mapping[str, Cell] | None = None
) -> None:
    """Raises :class:`TooLong` for a text that nobody may type; what others have sent, and stands already, may stay."""
    for name, cell in values.items():
        words = too_long(record_type.by_name[name], cell)
        if words and (standing is None or standing.get(name) != cell):
            raise TooLong(f"{words}。")
