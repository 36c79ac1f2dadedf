"""All record types: every module in this folder that defines ``TYPE`` is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from desktop.records.declaration import Kind, RecordType


class Catalogue(Mapping[str, RecordType]):
    """Record types by their permanent names, in menu order, with the questions that need several of them."""

    def __init__(self, types: dict[str, RecordType]) -> None:
        self._types = types
        self._children: dict[str, tuple[RecordType, ...]] = {}
        for t in types.values():
            for f in t.fields:
                if f.link is not None and f.link not in types:
                    raise ValueError(f"{t.name}.{f.name} links to the unknown type {f.link}")
            if t.parent is not None:
                target = t.by_name[t.parent].link or ""
                self._children[target] = (*self._children.get(target, ()), t)

    def __getitem__(self, name: str) -> RecordType:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def children(self, name: str) -> tuple[RecordType, ...]:
        """The types whose parent link leads to this one."""
        return self._children.get(name, ())

    @cached_property
    def attached(self) -> tuple[RecordType, ...]:
        """The types whose records belong to one of any other type."""
        return tuple(t for t in self._types.values() if t.attached is not None)

    @cached_property
    def widest(self) -> int:
        """The most fields that one slot has."""
        return max((len(slot.fields) for t in self._types.values() for slot in t.slots.values()), default=1)

    def bears(self, name: str) -> bool:
        """Whether something may be attached to records of a type: to all that people record, known here or not."""
        return name not in self._types or not self._types[name].by_program

    def links_to(self, name: str) -> tuple[tuple[RecordType, str], ...]:
        """Every (type, field) that can point to a record of this type, parents included."""
        return tuple(
            (t, f.name)
            for t in self._types.values()
            for f in t.fields
            if f.kind is Kind.LINK and f.link == name
        )


@cache
def catalogue() -> Catalogue:
    """The record types that come with this program, in the order of their ``ORDER``, then by name."""
    found: list[tuple[int, str, RecordType]] = []
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        record_type: RecordType = module.TYPE
        found.append((getattr(module, "ORDER", 1000), record_type.name, record_type))
    return Catalogue({t.name: t for _, _, t in sorted(found, key=lambda item: item[:2])})
