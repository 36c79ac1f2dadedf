"""How much of what, as people are told: a file counts as one file, not as the parts in which its content is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from desktop.operations.file_names import size_words
from desktop.records.declaration import short_label
from desktop.records.types import Catalogue
from desktop.records.types.attachment_part import PART_BYTES
from desktop.store.queries.attached import ATTACHMENT, PART

UNKNOWN = "本程序不认识的内容"


@dataclass(frozen=True, slots=True)
class Count:
    """New records, changes and deletions of one type; ``size`` in words where they are files."""

    type: str
    label: str
    births: int
    changes: int
    deletions: int = 0
    size: str = ""

    @property
    def items(self) -> int:
        """All of them."""
        return self.births + self.changes + self.deletions

    @property
    def caption(self) -> str:
        """What they are called, with their size."""
        return short_label(self.label) + (f"（{self.size}）" if self.size else "")

    @property
    def words(self) -> str:
        """“企业新增3条、修改1处、删除1条”."""
        new = f"新增{self.births}{counter(self.type)}" if self.births else ""
        changed = f"修改{self.changes}处" if self.changes else ""
        deleted = f"删除{self.deletions}{counter(self.type)}" if self.deletions else ""
        return self.caption + "、".join(filter(None, (new, changed, deleted)))


def count(types: Catalogue, type_name: str, births: int, changes: int = 0, deletions: int = 0) -> Count:
    """A count with the name of its type."""
    label = types[type_name].label if type_name in types else UNKNOWN
    return Count(type_name, label, births, changes, deletions)


def counter(type_name: str) -> str:
    """The word behind a number of these."""
    return "个" if type_name == ATTACHMENT else "条"


def told(counts: Iterable[Count]) -> list[Count]:
    """The same for people: the parts of contents are the size of the files, or where none are among them, a size."""
    found = list(counts)
    parts = next((c for c in found if c.type == PART), None)
    if parts is None:
        return found
    size = f"约{size_words(parts.births * PART_BYTES)}" if parts.births else ""
    if any(c.type == ATTACHMENT for c in found):
        return [replace(c, size=size) if c.type == ATTACHMENT else c for c in found if c is not parts]
    return [replace(c, births=0, changes=0, deletions=0, size=size) if c is parts else c for c in found]


def files_among(counts: Sequence[Count]) -> tuple[int, int]:
    """How many new files there are, and of how many parts their contents are."""
    by_type = {c.type: c.births for c in counts}
    return by_type.get(ATTACHMENT, 0), by_type.get(PART, 0)


def amount_words(records: int, files: int, record: str = "条记录") -> str:
    """“2条记录、3个附件”."""
    both = (f"{records}{record}" if records or not files else "", f"{files}个附件" if files else "")
    return "、".join(filter(None, both))
