"""Which records are one, and what they say together (rule 10).

Edges that count, and whose writers stood above both ends, join records to components; the table ``component`` names
the head of each. The head's row shows what all of them say, the others' rows are not shown, and links to any of them
lead to the head. Through the pure resolution: components are few, and what they hold is small.

A record that joins has all that its births filled copied to the log first, so its own words, its digest and its life
stay its own, and whatever is shown can be computed again from the log when the records are taken apart.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from desktop.records.declaration import UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, parse
from desktop.records.versions.deciding import SAME, UNIT
from desktop.records.versions.resolution import (
    Joined,
    Life,
    heads_of,
    heads_of_components,
    join,
    rank,
)
from desktop.store.log import edges
from desktop.store.log.versions import BY_COMPONENT, copy_births, load_versions
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

_Key = tuple[str, bytes]
"""Type and id."""


def members(database: Database, type_name: str, record: str) -> tuple[str, ...]:
    """The ids of the records that are one with this one, the head first; none where it stands alone."""
    return tuple(
        r
        for (r,) in database.rows(
            "SELECT lower(hex(o.id)) FROM component m JOIN component o ON o.head = m.head AND o.type = m.type"
            " WHERE m.id = unhex(?) AND m.type = ? ORDER BY o.id <> o.head, o.id",
            (record, type_name),
        )
    )


class Together:
    """All records that are one with others, and which units have or claim them: asked once for all that are one.

    For whoever asks about every record: there may be thousands that are one.
    """

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._db, self._types = database, types
        self._of: dict[tuple[str, str], list[str]] = {}
        self._units: dict[tuple[str, str], frozenset[str]] = {}
        heads: dict[tuple[str, str], list[str]] = {}
        for name, record, head in database.rows(
            "SELECT type, lower(hex(id)), lower(hex(head)) FROM component ORDER BY type, id <> head, id"
        ):
            self._of[name, record] = ids = heads.setdefault((name, head), [])
            ids.append(record)

    def each(self) -> list[tuple[str, Sequence[str]]]:
        """Type and ids of all that are one, the head first."""
        return [(name, ids) for (name, record), ids in self._of.items() if ids[0] == record]

    def ids(self, type_name: str, record: str) -> Sequence[str]:
        """The ids of the records that are one with this one, the head first; none where it stands alone."""
        return self._of.get((type_name, record), ())

    def units(self, type_name: str, record: str) -> frozenset[str]:
        """The units that have or claim a record, or another that is one with it."""
        key = type_name, (*self.ids(type_name, record), record)[0]
        if key not in self._units:
            self._units[key] = claims(self._db, self._types, type_name, [key[1]])
        return self._units[key]


def load(database: Database, types: Catalogue, type_name: str, ids: Sequence[str]) -> Joined:
    """What records that are one say together."""
    record_type = types.get(type_name)
    key = None if record_type is None else record_type.key
    return join({r: load_versions(database, type_name, bytes.fromhex(r)) for r in ids}, key)


def ask(database: Database, types: Catalogue, type_name: str, ids: Sequence[str]) -> Joined:
    """Notes under the head which slots of records that are one are in conflict."""
    joined = load(database, types, type_name, ids)
    # Whether the head's row is deleted is asked where lives are judged.
    database.connection.executemany(
        "DELETE FROM conflict WHERE record = unhex(?) AND type = ? AND (slot <> '_deleted' OR ?)",
        [(r, type_name, r != ids[0]) for r in ids],
    )
    database.connection.executemany(
        "INSERT INTO conflict (record, slot, type) VALUES (unhex(?), ?, ?)",
        [(ids[0], slot, type_name) for slot in sorted(joined.conflicts)],
    )
    return joined


def claims(database: Database, types: Catalogue, type_name: str, records: Sequence[str]) -> frozenset[str]:
    """The units that have or claim records, or others that are one with them."""
    found: set[str] = set()
    for record in records:
        if ids := members(database, type_name, record):
            found |= load(database, types, type_name, ids).units
        elif type_name in types:
            versions = load_versions(database, type_name, bytes.fromhex(record))
            heads = heads_of(v for v in versions if v.slot == UNIT_SLOT)
            found |= {parse(h.value) for h in heads} or {u for (u,) in database.rows(
                f"SELECT u.id FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
                f" WHERE r.id = unhex(?)", (record,))}  # fmt: skip
    return frozenset(found)


def side(
    database: Database, types: Catalogue, type_name: str, record: str, without: Collection[str]
) -> tuple[str, ...]:
    """The ids that would be one with a record without some edges, the head first; only itself where none would."""
    together = set(members(database, type_name, record))
    pairs = [
        (edge.one, edge.other)
        for edge in (edges.said(database, types, together) if together else ())
        if edge.joins and edge.kind == type_name and edge.id not in without
    ]
    heads = heads_of_components(pairs)
    found = [r for r in together if record in heads and heads.get(r) == heads[record]]
    return tuple(sorted(found, key=rank)) or (record,)


class Components:
    """The components in one merge: :meth:`look_again` before its slots are resolved, :meth:`resolve` after.

    ``shown`` are the records, by type, whose rows show something else now because of what is one.
    """

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._db = database
        self._types = types
        self._affected: list[_Key] = []
        self.shown: dict[str, set[str]] = {}

    # -- which records are one -------------------------------------------------------------------------------------

    def look_again(self, *, anew: bool) -> bool:
        """Finds the components anew where what came may have changed them: edges, units, or what edges name.

        Says whether it may.
        """
        self._affected.clear()
        self.shown.clear()
        if not (anew or self._is_touched()):
            return False
        before: dict[_Key, bytes] = {
            (t, i): h for t, i, h in self._db.rows("SELECT type, id, head FROM component")
        }
        after = self._heads()
        changed = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        if not changed:
            return True
        about = {(k[0], h[k]) for k in changed for h in (before, after) if k in h}
        self._affected = sorted(
            {k for heads in (before, after) for k, h in heads.items() if (k[0], h) in about}
        )
        self._log_whole([k for k in changed if k not in before])
        # As long as it is known who was one: what those show may be the word of another, and is no birth's.
        self._link_again(changed, before)
        self._db.connection.executemany("DELETE FROM component WHERE type = ? AND id = ?", changed)
        self._db.connection.executemany(
            "INSERT INTO component (type, id, head) VALUES (?, ?, ?)",
            [(*k, after[k]) for k in changed if k in after],
        )
        self._touch_affected()
        return True

    def _is_touched(self) -> bool:
        """Whether the log of an edge, of a unit, or of the unit of what an edge names has changed."""
        return self._db.row("SELECT 1 FROM r_same LIMIT 1") is not None and bool(
            self._db.row(
                "SELECT 1 FROM touched t WHERE t.type IN (:same, :unit) OR t.slot = 'unit' AND EXISTS ("
                " SELECT 1 FROM r_same r WHERE r.one = lower(hex(t.record)) OR r.other = lower(hex(t.record)))",
                {"same": SAME, "unit": UNIT},
            )
        )

    def _heads(self) -> dict[_Key, bytes]:
        """The head of each record that is one with another, by the edges that have effect."""
        pairs: dict[str, list[tuple[str, str]]] = {}
        for edge in edges.said(self._db, self._types):
            if edge.joins:
                pairs.setdefault(edge.kind, []).append((edge.one, edge.other))
        return {
            (kind, bytes.fromhex(record)): bytes.fromhex(head)
            for kind, found in pairs.items()
            for record, head in heads_of_components(found).items()
        }

    # -- what has to be computed again -----------------------------------------------------------------------------

    def _log_whole(self, joining: Iterable[_Key]) -> None:
        """All that the births of these filled goes to the log, and the units that they have or had are noted."""
        joining = list(joining)
        for name, record in joining:
            slots = [UNIT_SLOT, *self._types[name].slots]
            self._db.connection.executemany(
                "INSERT INTO fresh (record, slot, type) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(record, slot, name) for slot in slots],
            )
        copy_births(self._db, self._types, "fresh")
        self._db.execute("DELETE FROM temp.fresh")
        self._db.connection.executemany(
            "INSERT INTO record_unit (record, type, unit) SELECT record, type, unit FROM version"
            " WHERE type = +? AND record = ? AND slot = 'unit' AND birth ON CONFLICT DO NOTHING",
            joining,
        )

    def _touch_affected(self) -> None:
        for key in self._affected:
            self._db.execute(
                "INSERT INTO touched (record, slot, type) SELECT DISTINCT record, slot, type FROM version"
                " WHERE type = +? AND record = ? ON CONFLICT DO NOTHING",
                key,
            )
            self._db.execute(
                "DELETE FROM replacement WHERE type = ? AND record = ? AND origin = ?", (*key, BY_COMPONENT)
            )
            self._db.execute("DELETE FROM conflict WHERE type = ? AND record = ?", key)
            self._db.execute(
                f"INSERT INTO judged (record, type) SELECT id, ? FROM {quoted(table_of(key[0]))} WHERE id = ?"
                f" ON CONFLICT DO NOTHING",
                key,
            )

    def _link_again(self, changed: Sequence[_Key], before: Mapping[_Key, bytes]) -> None:
        """What links to a record leads to its head; the words of the links stay in the log."""
        for name in sorted({k[0] for k in changed}):
            ids = {i.hex() for k in changed if k[0] == name for i in (k[1], before.get(k, k[1]))}
            for record_type, field in self._types.links_to(name):
                self._db.execute(
                    f"INSERT INTO fresh (record, slot, type) SELECT id, ?, ? FROM {quoted(table_of(record_type.name))}"
                    f" WHERE {quoted(field)} IN (SELECT unhex(value) FROM json_each(?)) ON CONFLICT DO NOTHING",
                    (record_type.slot_of[field], record_type.name, json.dumps(sorted(ids))),
                )
        copy_births(self._db, self._types, "fresh")
        self._db.execute(
            "INSERT INTO touched (record, slot, type) SELECT record, slot, type FROM fresh WHERE true"
            " ON CONFLICT DO NOTHING"
        )
        self._db.execute("DELETE FROM temp.fresh")

    # -- what they say together ------------------------------------------------------------------------------------

    def resolve(self) -> None:
        """What records that are one show, instead of what each of them says; what stands alone again is alone."""
        heads = self._db.rows(
            "SELECT DISTINCT m.type, lower(hex(m.head)) FROM touched t"
            " CROSS JOIN component m ON m.id = t.record AND m.type = t.type ORDER BY m.type, m.head"
        ) if self._db.row("SELECT 1 FROM component LIMIT 1") else []  # fmt: skip
        for name, record in self._affected:
            self.shown.setdefault(name, set()).add(record.hex())
            # What others had said is shown no longer.
            self._db.connection.executemany(
                "INSERT INTO winner (record, slot, type, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(record, slot, name, ABSENT) for slot in self._types[name].slots],
            )
        for name, head in heads:
            self.shown.setdefault(name, set()).add(head)
            self._show(name, members(self._db, name, head))

    def _show(self, name: str, ids: Sequence[str]) -> None:
        joined = ask(self._db, self._types, name, ids)
        head = ids[0]
        values = dict.fromkeys(self._types[name].slots, ABSENT)
        values |= {slot: found.value for slot, found in joined.slots.items()}
        self._db.execute("DELETE FROM winner WHERE record = unhex(?) AND type = ?", (head, name))
        self._db.connection.executemany(
            "INSERT INTO winner (record, slot, type, value) VALUES (unhex(?), ?, ?, ?)",
            [(head, slot, name, value) for slot, value in values.items()],
        )
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [(head, slot, name) for slot in values],
        )
        self._db.connection.executemany(
            "DELETE FROM replacement WHERE record = unhex(?) AND type = ? AND origin = ?",
            [(r, name, BY_COMPONENT) for r in ids],
        )
        self._db.connection.executemany(
            "INSERT INTO replacement (record, slot, type, replaced, origin, number) VALUES (unhex(?), ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [(v.record, v.slot, name, v.stamp, BY_COMPONENT, int(v.birth)) for v in joined.hidden],
        )
        self._db.connection.executemany(
            f"UPDATE {quoted(table_of(name))} SET _life = ? WHERE id = unhex(?)",
            [(int(Life.DELETED), r) for r in ids[1:]],
        )
