"""Which records live, are deleted, or were deleted here and edited there (rule 9).

Through the pure resolution: deletions are few and their rule is long.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from desktop.records.declaration import DELETED_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.resolution import Life
from desktop.store.log import belonging, components, resolving, versions
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


class Lives:
    """The lives of records after one merge; ``parents`` are type and id of records that got a child in it."""

    def __init__(self, database: Database, types: Catalogue, parents: Iterable[tuple[str, bytes]]) -> None:
        self._db = database
        self._types = types
        self._parents = parents

    def judge(self) -> None:
        """Rule 9, through the pure resolution: deletions are few."""
        self._db.execute(
            "INSERT OR IGNORE INTO judged (record, type) SELECT DISTINCT t.record, t.type FROM touched t"
            " CROSS JOIN version v ON v.record = t.record AND v.slot = '_deleted' AND v.type = t.type"
        )
        self._db.connection.executemany(
            "INSERT OR IGNORE INTO judged (record, type) SELECT record, type FROM version"
            " WHERE record = ? AND slot = '_deleted' AND type = +?",
            [(record, type_name) for type_name, record in self._parents],
        )
        self._judge_relinked()
        self._judge_heads()
        judged: set[tuple[bytes, str]] = set()
        # Children before their parents: a parent asks whether a child lives. So is one that joins because of a child.
        waiting = [self._in_turn(*found) for found in self._db.rows("SELECT record, type FROM judged")]
        heapq.heapify(waiting)
        while waiting:
            _, record, type_name = heapq.heappop(waiting)
            if (record, type_name) in judged:
                continue
            judged.add((record, type_name))
            life = self._life(type_name, record)
            before = self._db.value(
                f"SELECT _life FROM {quoted(table_of(type_name))} WHERE id = ?", (record,)
            )
            self._db.execute(
                f"UPDATE {quoted(table_of(type_name))} SET _life = ? WHERE id = ?", (int(life), record)
            )
            self._ask(record, type_name, life, Life(before))
            if before != int(life):
                for parent in self._tombstoned_parents(type_name, record):
                    heapq.heappush(waiting, self._in_turn(*parent))

    def _ask(self, record: bytes, type_name: str, life: Life, before: Life) -> None:
        """The fields of a deleted record are not asked; whether it is deleted is, where people disagree."""
        slots = "" if life is Life.DELETED else " AND slot = '_deleted'"
        self._db.execute(f"DELETE FROM conflict WHERE record = ? AND type = ?{slots}", (record, type_name))
        if life is Life.DISPUTED:
            self._db.execute(
                "INSERT INTO conflict (record, slot, type) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (record, DELETED_SLOT, type_name),
            )
        if before is Life.DELETED and life is not Life.DELETED:
            if ids := components.members(self._db, type_name, record.hex()):
                components.ask(self._db, self._types, type_name, ids)
            else:
                resolving.find_conflicts_again(self._db, record, type_name)

    def _judge_heads(self) -> None:
        """Records that are one live and die under their head (rule 10)."""
        self._db.execute(
            "INSERT OR IGNORE INTO judged (record, type) SELECT m.head, m.type FROM judged j"
            " CROSS JOIN component m ON m.id = j.record AND m.type = j.type"
        )
        self._db.execute(
            "DELETE FROM judged WHERE EXISTS (SELECT 1 FROM component m WHERE m.id = judged.record"
            " AND m.type = judged.type AND m.head <> m.id)"
        )

    def _judge_relinked(self) -> None:
        """What was put under another record may change the life of both."""
        for type_name, slot_name in self._db.rows("SELECT DISTINCT type, slot FROM touched"):
            record_type = self._types.get(type_name)
            if record_type is None:
                continue
            link, kind = "", ""
            if record_type.parent is not None:
                link = record_type.parent
            elif record_type.attached is not None:
                link, kind = record_type.attached.record, record_type.attached.kind
            if record_type.slot_of.get(link) == slot_name:
                self._db.execute(
                    "INSERT OR IGNORE INTO judged (record, type) SELECT p.record, p.type FROM touched t"
                    " CROSS JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type"
                    " CROSS JOIN version p ON p.record = unhex(json_extract(v.value, :path)) AND p.slot = '_deleted'"
                    " AND p.type = coalesce(:parent, json_extract(v.value, :kind))"
                    " WHERE t.type = :type AND t.slot = :slot",
                    {
                        "path": f"$.{link}" if slot_name != link else "$",
                        "parent": record_type.by_name[link].link,
                        "kind": f"$.{kind}" if kind else "$",
                        "type": type_name,
                        "slot": slot_name,
                    },
                )

    def _in_turn(self, record: bytes, type_name: str) -> tuple[int, bytes, str]:
        """A record with its place among those that are to be judged: a parent lies less deep than its child."""
        return -self._depth(type_name), record, type_name

    def _depth(self, type_name: str) -> int:
        record_type = self._types.get(type_name)
        if record_type is not None and record_type.attached is not None:
            # It may belong to a record of any other type.
            return len(self._types)
        if record_type is None or record_type.parent is None:
            return 0
        return 1 + self._depth(str(record_type.by_name[record_type.parent].link))

    def _tombstoned_parents(self, type_name: str, record: bytes) -> list[tuple[bytes, str]]:
        return [
            (bearer, name)
            for name, bearer in belonging.bearers(self._db, self._types, type_name, record)
            if self._db.row(
                "SELECT 1 FROM version WHERE record = ? AND slot = '_deleted' AND type = +? LIMIT 1",
                (bearer, name),
            )
        ]

    def _life(self, type_name: str, record: bytes) -> Life:
        if ids := components.members(self._db, type_name, record.hex()):
            joined = components.load(self._db, self._types, type_name, ids)
            return joined.life(live_child=self._live_child(type_name, record))
        table = quoted(table_of(type_name))
        births = [b for (b,) in self._db.rows(f"SELECT _stamp FROM {table} WHERE id = ?", (record,))]
        live_child = self._live_child(type_name, record)
        return versions.life(self._db, type_name, record, births, live_child=live_child)

    def _live_child(self, type_name: str, record: bytes) -> bool:
        ids = components.members(self._db, type_name, record.hex()) or (record.hex(),)
        return any(True for _ in belonging.living(self._db, self._types, type_name, ids))
