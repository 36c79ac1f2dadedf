"""Which records are one, and what they say together (rule 10).

Edges that count, and whose writers stood above both ends, join records to components; the table ``component`` names
the head of each. The head's row shows what all of them say, the others' rows are not shown, and links to any of them
lead to the head. Through the pure resolution: components are few, and what they hold is small.

A record that joins has all that its births filled copied to the log first, so its own words, its digest and its life
stay its own, and whatever is shown can be computed again from the log when the records are taken apart.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from desktop.records.declaration import UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, parse
from desktop.records.versions.deciding import SAME, UNIT
from desktop.records.versions.resolution import (
    MOST_JOINED,
    Joined,
    Life,
    heads_of,
    heads_of_components,
    join,
    rank,
)
from desktop.store.log import edges
from desktop.store.log.versions import BY_COMPONENT, copy_births, load_standing, load_versions, whole
from desktop.store.tables.columns import filled, quoted, table_of
from desktop.store.tables.database import Database

_Key = tuple[str, bytes]
"""Type and id."""
_MOST_KNOWN = 10_000
"""Records of which it is kept whose they are."""


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
    """All records that are one with others, and which units have or claim them, for whoever asks about every record.

    There may be hundreds of thousands that are one, and mostly there are none.
    """

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._db, self._types = database, types
        self._any = database.row("SELECT 1 FROM component LIMIT 1") is not None
        self._units: dict[tuple[str, str], frozenset[str]] = {}

    def each(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Type and ids of all that are one, the head first."""
        for name, head in self._db.execute("SELECT type, lower(hex(head)) FROM component WHERE id = head"):
            yield name, members(self._db, name, head)

    def ids(self, type_name: str, record: str) -> tuple[str, ...]:
        """The ids of the records that are one with this one, the head first; none where it stands alone."""
        return members(self._db, type_name, record) if self._any else ()

    def units(self, type_name: str, record: str) -> frozenset[str]:
        """The units that have or claim a record, or another that is one with it."""
        key = type_name, (*self.ids(type_name, record), record)[0]
        if key not in self._units:
            if len(self._units) >= _MOST_KNOWN:
                self._units.clear()
            self._units[key] = claims(self._db, self._types, type_name, [key[1]])
        return self._units[key]


def load(database: Database, types: Catalogue, type_name: str, ids: Sequence[str]) -> Joined:
    """What records that are one say together, of long values their digests alone: see ``versions.whole``."""
    record_type = types.get(type_name)
    key = None if record_type is None else record_type.key
    versions = {r: load_standing(database, type_name, bytes.fromhex(r)) for r in ids}
    return join(versions, key, said=lambda tombstone: whole(database, type_name, tombstone))


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
            heads = heads_of(load_versions(database, type_name, bytes.fromhex(record), only=UNIT_SLOT))
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


_AT_ONCE = 1_000
"""Records of which it is computed at once what they show: all their slots lie in memory."""

_NODES = """
CREATE TEMP TABLE IF NOT EXISTS node (ref INTEGER PRIMARY KEY, type TEXT NOT NULL, id BLOB NOT NULL, head INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS temp.node_id ON node (id, type);
CREATE INDEX IF NOT EXISTS temp.node_head ON node (head) WHERE head IS NOT NULL;
CREATE TEMP TABLE IF NOT EXISTS parting (type TEXT NOT NULL, head BLOB NOT NULL, PRIMARY KEY (head, type))
    WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS joining (head INTEGER PRIMARY KEY)
"""
"""The records that edges name or that are one, each with the number of what is its head from now on.

And the heads of those that are one no longer, or with others than before, and of those that are one instead.
"""


class Components:
    """The components in one merge, in steps: each ends what was one and begins what is one now, of some records.

    :meth:`look_again` finds what is to be done. Then, as long as anything is, :meth:`take_up` begins a step before
    slots are resolved and :meth:`resolve` ends it after. ``shown`` are the records, by type, whose rows show something
    else now because of what is one.
    """

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._db = database
        self._types = types
        self._affected: list[_Key] = []
        self.shown: dict[str, set[str]] = {}
        for statement in _NODES.split(";"):
            database.execute(statement)

    # -- which records are one -------------------------------------------------------------------------------------

    def look_again(self, *, anew: bool) -> bool:
        """Finds the components anew where what came may have changed them: edges, units, or what edges name.

        Says whether it may.
        """
        self._empty()
        if not (anew or self._is_touched()):
            return False
        self._number()
        self._find_heads()
        self._find_changed()
        self._db.execute("DELETE FROM temp.node WHERE head IS NULL OR head NOT IN (SELECT head FROM joining)")
        return True

    @property
    def goes_on(self) -> bool:
        """Whether there is another step."""
        return self._db.row("SELECT 1 FROM parting UNION ALL SELECT 1 FROM joining LIMIT 1") is not None

    def _empty(self) -> None:
        for table in ("node", "parting", "joining"):
            self._db.execute(f"DELETE FROM temp.{table}")

    def _is_touched(self) -> bool:
        """Whether the log of an edge, of a unit, or of the unit of what an edge names has changed."""
        return self._db.row("SELECT 1 FROM r_same LIMIT 1") is not None and bool(
            self._db.row(
                "SELECT 1 FROM touched t WHERE t.type IN (:same, :unit) OR t.slot = 'unit' AND EXISTS ("
                " SELECT 1 FROM r_same r WHERE r.one = lower(hex(t.record)) OR r.other = lower(hex(t.record)))",
                {"same": SAME, "unit": UNIT},
            )
        )

    def _number(self) -> None:
        """Numbers the records that edges name or that are one, in the order in which they name a component."""
        for name in sorted(edges.kinds(self._db) & self._types.keys()):
            table = quoted(table_of(name))
            ends = " UNION ".join(
                f"SELECT r.id FROM ({edges.SAID}) s CROSS JOIN {table} r ON r.id = unhex(s.{end})"
                f" WHERE s.kind = :name"
                for end in ("one", "other")
            )
            self._db.execute(
                f"INSERT INTO node (type, id) SELECT :name, id FROM ({ends} UNION"
                f" SELECT id FROM component WHERE type = :name) ORDER BY substr(hex(id), 13, 1) <> '5', id",
                {"name": name},
            )

    def _find_heads(self) -> None:
        """Notes what each record is one with, by the edges that have effect: see ``heads_of_components``."""
        last = self._db.value("SELECT coalesce(max(ref), 0) FROM node")
        # In little memory: somebody may say of a million records that each is one with the next.
        nearer = array("q", range(last + 1))
        for edge in edges.said(self._db, self._types):
            if edge.joins:
                first, other = sorted(self._nearest(nearer, edge.kind, end) for end in (edge.one, edge.other))
                nearer[other] = first
        size = array("q", bytes(8 * (last + 1)))
        for ref in range(1, last + 1):
            # Whatever stands nearer has a smaller number, and was led on before.
            nearer[ref] = nearer[nearer[ref]]
            size[nearer[ref]] += 1
        self._db.connection.executemany(
            "UPDATE node SET head = ? WHERE ref = ?",
            ((head, ref) for ref, head in enumerate(nearer) if 1 < size[head] <= MOST_JOINED),
        )

    def _nearest(self, nearer: array[int], kind: str, record: str) -> int:
        """The last on the way from a record to its head, a way that is shorter the next time."""
        ref = int(self._db.value("SELECT ref FROM node WHERE id = unhex(?) AND type = ?", (record, kind)))
        while nearer[ref] != ref:
            nearer[ref] = nearer[nearer[ref]]
            ref = nearer[ref]
        return ref

    def _find_changed(self) -> None:
        """Notes whose components end and which begin: all of one where anything of it has changed."""
        found = (
            "node n JOIN component m ON m.id = n.id AND m.type = n.type LEFT JOIN node h ON h.ref = n.head"
        )
        self._db.execute(
            f"INSERT INTO parting (type, head) SELECT DISTINCT m.type, m.head FROM {found} WHERE h.id IS NOT m.head"
        )
        self._db.execute(
            "INSERT INTO joining (head) SELECT n.head FROM node n JOIN node h ON h.ref = n.head"
            " LEFT JOIN component m ON m.id = n.id AND m.type = n.type WHERE m.head IS NOT h.id UNION"
            " SELECT n.head FROM parting p CROSS JOIN component m ON m.head = p.head AND m.type = p.type"
            " CROSS JOIN node n ON n.id = m.id AND n.type = m.type WHERE n.head IS NOT NULL"
        )

    # -- what has to be computed again -----------------------------------------------------------------------------

    def take_up(self) -> None:
        """Ends and begins some components, or all where they are few. None begins before all have ended that must."""
        before: dict[_Key, bytes] = {}
        after: dict[_Key, bytes] = {}
        for name, head in self._db.rows(f"SELECT type, head FROM parting LIMIT {_AT_ONCE}"):
            if len(before) >= _AT_ONCE:
                break
            self._db.execute("DELETE FROM parting WHERE type = ? AND head = ?", (name, head))
            ids = self._db.rows("SELECT id FROM component WHERE type = ? AND head = ?", (name, head))
            before |= {(name, i): head for (i,) in ids}
        if self._db.row("SELECT 1 FROM parting LIMIT 1") is None:
            for (ref,) in self._db.rows(f"SELECT head FROM joining LIMIT {_AT_ONCE}"):
                if len(before.keys() | after.keys()) >= _AT_ONCE:
                    break
                self._db.execute("DELETE FROM joining WHERE head = ?", (ref,))
                for name, record, head, former in self._db.rows(
                    "SELECT n.type, n.id, h.id, m.head FROM node n JOIN node h ON h.ref = n.head"
                    " LEFT JOIN component m ON m.id = n.id AND m.type = n.type WHERE n.head = ?",
                    (ref,),
                ):
                    after[name, record] = head
                    if former is not None:
                        before[name, record] = former
        self._affected = sorted(before.keys() | after.keys())
        if self._affected:
            self._rewrite(before, after)

    def _rewrite(self, before: Mapping[_Key, bytes], after: Mapping[_Key, bytes]) -> None:
        """Writes who is one instead of who was, and touches all of whom either is told."""
        changed = [k for k in self._affected if before.get(k) != after.get(k)]
        self._log_whole([k for k in changed if k not in before])
        # As long as it is known who was one: what those show may be the word of another, and is no birth's.
        self._link_again(changed, before)
        self._db.connection.executemany("DELETE FROM component WHERE type = ? AND id = ?", changed)
        self._db.connection.executemany(
            "INSERT INTO component (type, id, head) VALUES (?, ?, ?)",
            [(*k, after[k]) for k in changed if k in after],
        )
        self._touch_affected()

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

    def _shown_slots(self, name: str, record: str) -> set[str]:
        """The slots in which the row of a record shows anything yet; in all others there is nothing to take away."""
        slots = self._types[name].slots
        cells = ", ".join(filled(slot, "r.") for slot in slots.values())
        rows = self._db.rows(
            f"SELECT {cells} FROM {quoted(table_of(name))} r WHERE r.id = unhex(?)", (record,)
        )
        # There is none where a birth counts no longer and a later step ends what it was one with.
        return {slot for row in rows for slot, said in zip(slots, row, strict=True) if said}

    def _show(self, name: str, ids: Sequence[str]) -> None:
        joined = ask(self._db, self._types, name, ids)
        head = ids[0]
        slots = sorted(self._shown_slots(name, head) | joined.slots.keys())
        taking = json.dumps(joined.taking)
        self._db.execute("DELETE FROM winner WHERE record = unhex(?) AND type = ?", (head, name))
        # What is shown is looked for where the values are: it may be long, and so may all others (rule 6).
        self._db.connection.executemany(
            "INSERT INTO winner (record, slot, type, value) SELECT unhex(:head), :slot, :type, coalesce(("
            " SELECT v.value FROM json_each(:taking) e CROSS JOIN version v ON v.record = unhex(e.value)"
            "  AND v.slot = :slot AND v.type = +:type ORDER BY v.birth, v.stamp DESC, v.value DESC LIMIT 1), :absent)",
            [
                {"head": head, "slot": slot, "type": name, "taking": taking, "absent": ABSENT}
                for slot in slots
            ],
        )
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [(head, slot, name) for slot in slots],
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
