"""The items of one operation of this computer: rows, log, the lines to be sent and what is searched in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from desktop.records.types import Catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import parse
from desktop.store.log import pending
from desktop.store.merging.merging import Change, Merger
from desktop.store.queries import indexing
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.tables.writes import NewRecord, TooMuchSeen
from desktop.store.writing.births import indexed_afterwards, lay_out, shape_of


class Writing:
    """Inside one transaction: :meth:`bear`, then :meth:`change`, then :meth:`end` if there are any items.

    They are numbered from ``first`` without a gap; births share the stamp, changes bring their own.
    """

    def __init__(
        self, database: Database, types: Catalogue, *, origin: int, first: int, stamp: int, operator: str
    ) -> None:
        self.first = first
        self._next = first
        self._db = database
        self._types = types
        self._origin = origin
        self._stamp = stamp
        self._operator = operator
        self._merger = Merger(database, types)
        self._lines: list[tuple[int, int | None, list[bytes]]] = []
        # Sets that keep their order.
        self._new: dict[str, dict[str, None]] = {}
        self._changed: dict[str, dict[str, None]] = {}
        self._searched: dict[str, dict[str, None]] = {}
        self._rows_before: dict[str, int] = {}

    @property
    def last(self) -> int:
        """The number of the last item; one below ``first`` as long as there is none."""
        return self._next - 1

    def bear(self, births: Sequence[NewRecord], id_of: Callable[[str, int], str]) -> None:
        """Writes new records; where one has no id, ``id_of`` tells it from its type and the number of its item."""
        for type_name, group in _by_type(births).items():
            self._bear_alike(type_name, group, id_of)

    def _bear_alike(
        self, type_name: str, group: Sequence[NewRecord], id_of: Callable[[str, int], str]
    ) -> None:
        record_type = self._types[type_name]
        shape = shape_of(record_type, [b.cells for b in group])
        shape_ref = self._shape_ref(type_name, shape)
        ids = [b.record or id_of(type_name, n) for n, b in enumerate(group, self._next)]
        born = [(key, b.unit, b.cells) for key, b in zip(ids, group, strict=True)]
        births, written = lay_out(
            record_type, shape, born,
            stamp=self._stamp, first=self._next, operator=self._operator,
        )  # fmt: skip
        with indexed_afterwards(self._db, record_type, len(group)) as last_row:
            added = self._merger.add_births(births, self._origin)
        self._lines.append((self._next, shape_ref, written))
        self._new[type_name] = dict.fromkeys(ids)
        if added == len(group):
            self._rows_before[type_name] = last_row
        else:
            self._searched[type_name] = dict(self._new[type_name])
        self._next += len(group)

    def change(self, changes: Sequence[Change]) -> None:
        """Writes changes and tombstones, which get their numbers here; raises :class:`TooMuchSeen`."""
        numbered = [_numbered(change, n) for n, change in enumerate(changes, self._next)]
        self._next += len(numbered)
        if numbered:
            self._lines.append((numbered[0].number, None, [*map(self._change_line, numbered)]))
        for change in numbered:
            self._changed.setdefault(change.type, {})[change.record] = None
            if indexing.holds(self._types[change.type], change.slot):
                self._searched.setdefault(change.type, {})[change.record] = None
        self._merger.add_changes(numbered)

    def end(self, environment: Environment) -> dict[str, tuple[str, ...]]:
        """Resolves, keeps the lines, brings the search index up to date; the records that are touched, by type."""
        shown = self._merger.finish(environment.since_epoch()).shown
        pending.keep(self._db, environment, self._lines)
        for type_name, joined in shown.items():
            self._changed.setdefault(type_name, {}).update(dict.fromkeys(sorted(joined)))
            self._searched.setdefault(type_name, {}).update(dict.fromkeys(sorted(joined)))
        for type_name, last_row in self._rows_before.items():
            indexing.add(self._db, self._types[type_name], last_row)
        for type_name, records in self._searched.items():
            indexing.update(self._db, self._types[type_name], list(records))
        new, changed = self._new, self._changed
        return {t: tuple(new.get(t, {}) | changed.get(t, {})) for t in new | changed}

    def _change_line(self, change: Change) -> bytes:
        # Nobody types so much, so it is a deletion, whose text is ASCII. Sent, its segment would be refused.
        if len(change.value) > items.MAX_VALUE:
            raise TooMuchSeen("这条记录有几十万处不同的填写，还没有定下来，删除时写不下。")
        head = items.Head(
            change.kind, change.type, change.record, change.unit, change.slot, change.stamp,
            tuple(items.Replaced(s) if isinstance(s, int) else items.Replaced(s[1], s[0]) for s in change.replaces),
            change.number, change.operator,
        )  # fmt: skip
        slot = self._types[change.type].slots.get(change.slot)
        salt = items.sealed() if slot is not None and slot.personal else None
        return items.change_line(head, parse(change.value), salt)

    def _shape_ref(self, type_name: str, shape: items.Shape) -> int:
        text = _canonical_shape(type_name, shape)
        self._db.execute(
            "INSERT INTO shape (type, json) VALUES (?, ?) ON CONFLICT (json) DO NOTHING", (type_name, text)
        )
        return int(self._db.value("SELECT ref FROM shape WHERE json = ?", (text,)))


def _canonical_shape(type_name: str, shape: items.Shape) -> str:
    """The text under which a shape is kept until the segment that states it is cut."""
    return json.dumps({type_name: shape.to_json()}, ensure_ascii=False, separators=(",", ":"))


def _numbered(change: Change, number: int) -> Change:
    return Change(
        change.kind, change.type, change.record, change.unit, change.slot, change.stamp, change.replaces,
        change.origin, number, change.operator, change.value,
    )  # fmt: skip


def _by_type(births: Sequence[NewRecord]) -> dict[str, list[NewRecord]]:
    groups: dict[str, list[NewRecord]] = {}
    for birth in births:
        groups.setdefault(birth.type, []).append(birth)
    return groups
