"""Which records items are about that were not applied, wherever these items stand: held, refused, logged or born."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.records.types import Catalogue
from desktop.records.versions.item_outcomes import CONFLICT, HELD, REFUSED
from desktop.store.peers import received
from desktop.store.peers.traffic import Unapplied
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Place:
    """The record that an item is about; ``slot`` is empty for a birth, ``cells`` of one that was set aside as JSON.

    ``stamp`` is that of the item, 0 where it is not known.
    """

    type: str
    record: str
    slot: str
    cells: str = ""
    stamp: int = 0


def locate(database: Database, types: Catalogue, items: Sequence[Unapplied]) -> list[Place | None]:
    """The record that each of these items is about, if it is held here in whatever state.

    Of a fork one number has several contents: the one with the item's stamp is meant, else the one that stands where
    the item's outcome has put it.
    """
    wanted: dict[int, set[int]] = {}
    refs = received.origins(database)
    for item in items:
        if (ref := refs.get((item.station, item.incarnation))) is not None:
            wanted.setdefault(ref, set()).add(item.number)
    found: dict[tuple[int | None, int], list[_Content]] = {}
    for ref, numbers in wanted.items():
        for number, content in _logged(database, ref, sorted(numbers)):
            found.setdefault((ref, number), []).append(content)
        missing = sorted(n for n in numbers if (ref, n) not in found)
        for number, content in _births(database, types, ref, missing):
            found.setdefault((ref, number), []).append(content)
    places: list[Place | None] = []
    for item in items:
        several = found.get((refs.get((item.station, item.incarnation)), item.number), ())
        meant = max(several, key=lambda c: (c.stamp == item.stamp, c.outcome == item.outcome), default=None)
        places.append(None if meant is None else meant.place)
    return places


@dataclass(frozen=True, slots=True)
class _Content:
    """One content of a number: where it stands, as the outcome that puts it there, and what it is about."""

    outcome: str
    stamp: int
    place: Place


def _logged(database: Database, ref: int, numbers: Sequence[int]) -> Iterator[tuple[int, _Content]]:
    """What waits, what is refused and what stands in the log, with these numbers; in this order."""
    cells = "CASE kind WHEN 'birth' THEN value ELSE '' END"
    for part in _parts(numbers):
        for number, outcome, stamp, name, record, slot, said in database.rows(
            f"SELECT number, '{HELD}', stamp, type, lower(hex(record)), coalesce(slot, ''), {cells} FROM held"
            f" WHERE origin = :origin AND number IN (SELECT value FROM json_each(:numbers))"
            f" UNION ALL SELECT number, '{REFUSED}', stamp, type, lower(hex(record)), coalesce(slot, ''), {cells}"
            f" FROM refused WHERE origin = :origin AND number IN (SELECT value FROM json_each(:numbers))"
            f" UNION ALL SELECT number, '{CONFLICT}', stamp, type, lower(hex(record)),"
            f" CASE birth WHEN 1 THEN '' ELSE slot END, '' FROM version"
            f" WHERE origin = :origin AND number IN (SELECT value FROM json_each(:numbers))",
            {"origin": ref, "numbers": json.dumps(part)},
        ):
            yield number, _Content(outcome, stamp, Place(name, record, slot, said, stamp))


def _births(
    database: Database, types: Catalogue, ref: int, numbers: Sequence[int]
) -> Iterator[tuple[int, _Content]]:
    for part in _parts(numbers):
        for name in types:
            for number, stamp, record in database.rows(
                f"SELECT _number, _stamp, lower(hex(id)) FROM {quoted(table_of(name))}"
                f" WHERE _origin = ? AND _number IN (SELECT value FROM json_each(?))",
                (ref, json.dumps(part)),
            ):
                yield number, _Content(CONFLICT, stamp, Place(name, record, "", "", stamp))


def _parts(numbers: Sequence[int], size: int = 300) -> Iterable[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
