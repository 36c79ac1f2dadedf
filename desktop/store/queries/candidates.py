"""Which records may be one: organisations by code, or by name and address, people by number, or by name and telephone.

Read in one pass a question, whatever the size of the ledger.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.records.declaration import UNIT_SLOT, RecordType
from desktop.records.typed.person_names import fold_name
from desktop.records.typed.uscc import names_a_record
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, parse
from desktop.records.versions.resolution import heads_of
from desktop.store.log.versions import load_versions
from desktop.store.queries import reading
from desktop.store.queries.units import stands_within, subtree
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

BY_CODE, BY_NAME, BY_FULL_NAME, BY_NUMBER, BY_PHONE = "code", "name", "full_name", "number", "phone"
LAPSED, LAPSED_ABOVE = "lapsed", "lapsed_above"
"""Merged once, until a unit elsewhere came to have one of them: who stands above all of them may merge them again."""
MOST = 2_000
"""As many pairs as anybody looks through; when these are settled the next are found."""

MOST_TOGETHER = 5
"""As many records as anybody compares at once."""

_ADDRESSES = ("address", "registered_address")
_TOWN = ("town",)
_DISTRICT = 6
"""Digits of a district's code, with which those of its towns begin."""
_FORMS = re.compile(
    r"(?:有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|分公司|公司|集团|合作社|"
    r"(?:有限合伙|普通合伙|个人独资)|合伙企业|工会委员会|委员会|联合会|工会)$"
)
_NOISE = re.compile(r"[\s()（）\[\]【】〔〕《》「」“”\"'·•．.,，、;；:：\-—–_/\\&＆*#]+")
_REGION = re.compile(r"^(?:中国)?(?:浙江省?)?(?:杭州市?)?(?:[一-龥]{2,3}[区县市](?!场|块|域))?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two records that may be one, and by what they were found."""

    type: str
    one: str
    other: str
    why: str


def kinds(types: Catalogue) -> list[RecordType]:
    """The types whose records stand for one thing in the world each: those with a code, and people."""
    return [
        t
        for t in types.values()
        if not t.by_program
        and t.parent is None
        and (t.key is not None or {"id_number", "phone"} <= set(t.by_name))
    ]


def candidates(database: Database, record_type: RecordType, unit: str) -> list[Candidate]:
    """The pairs of living records in the scope of a unit, those of which somebody has said otherwise left out."""
    found = (
        _organisations(database, record_type, unit)
        if record_type.key
        else _people(database, record_type, unit)
    )
    return _left(database, record_type, found)


def certain(database: Database, types: Catalogue, unit: str) -> int:
    """How many groups of them have one code or one document number, which is quickly told."""
    return sum(len(together(_left(database, t, _same_key(database, t, unit)))) for t in kinds(types))


def _left(
    database: Database, record_type: RecordType, found: Iterable[tuple[str, str, str]]
) -> list[Candidate]:
    """Each pair once, but for those of which somebody has said otherwise."""
    told = _told_apart(database, record_type.name)
    pairs: dict[tuple[str, str], Candidate] = {}
    for one, other, why in found:
        pair = (min(one, other), max(one, other))
        if pair not in told:
            pairs.setdefault(pair, Candidate(record_type.name, *pair, why))
        if len(pairs) >= MOST:
            break
    return list(pairs.values())


def _told_apart(database: Database, type_name: str) -> set[tuple[str, str]]:
    """The pairs of which somebody has said here that they are not the same."""
    return {
        (one, other)
        for one, other in database.rows(
            "SELECT lower(hex(one)), lower(hex(other)) FROM not_same WHERE type = ?", (type_name,)
        )
    }


def lapsed(database: Database, types: Catalogue, unit: str) -> list[Candidate]:
    """What this unit or one below it had merged and that is apart again, as somebody elsewhere has one of them.

    Where nobody elsewhere has one, a merge was taken back by hand, and is none of these.
    """
    within, found = set(subtree(database, unit)), []
    said = database.rows(
        "SELECT r.kind, r.one, r.other, (SELECT json_group_array(u.id) FROM unit_ref u WHERE u.ref = r.unit"
        " OR u.ref IN (SELECT o.unit FROM record_unit o WHERE o.record = r.id AND o.type = 'same'))"
        " FROM r_same r WHERE r._life = 1 ORDER BY r._stamp DESC, r.id"
    )
    for kind, one, other, writers in said:
        mine = within.intersection(json.loads(writers))
        if not mine or kind not in types or (one, other) in _told_apart(database, kind):
            continue
        owners = _owners(database, types, kind, one) | _owners(database, types, kind, other)
        if not all(stands_within(database, owner, writer) for writer in mine for owner in owners):
            found.append(Candidate(kind, one, other, LAPSED if owners <= within else LAPSED_ABOVE))
    return found


def _owners(database: Database, types: Catalogue, type_name: str, record: str) -> set[str]:
    """The units that have a record or claim it, as far as it is known here."""
    held = reading.record(database, types, type_name, record)
    versions = load_versions(database, type_name, bytes.fromhex(record))
    heads = heads_of(v for v in versions if v.slot == UNIT_SLOT)
    return {parse(h.value) for h in heads} or ({held.unit} if held is not None else set())


def together(pairs: Iterable[Candidate]) -> list[tuple[list[str], str]]:
    """The records that hang together by pairs, with what the first of them was found by, in the order of the pairs.

    Not more than :data:`MOST_TOGETHER`: a pair that would join more is left for when these are settled.
    """
    groups: list[tuple[list[str], str]] = []
    of: dict[str, int] = {}
    for pair in pairs:
        at = {of[r] for r in (pair.one, pair.other) if r in of}
        new = [r for r in (pair.one, pair.other) if r not in of]
        if sum(len(groups[n][0]) for n in at) + len(new) > MOST_TOGETHER:
            continue
        home = min(at, default=len(groups))
        if home == len(groups):
            groups.append(([], pair.why))
        members = groups[home][0]
        for other in sorted(at - {home}):
            new += groups[other][0]
            groups[other][0].clear()
        members += new
        of |= dict.fromkeys(members, home)
    return [group for group in groups if group[0]]


def plain_name(words: str) -> str:
    """A name without what people write in several ways: width, brackets, spaces, and how a firm is organised."""
    text = _NOISE.sub("", unicodedata.normalize("NFKC", words)).upper()
    return _FORMS.sub("", text) or text


def full_name(words: str) -> str:
    """A name as it is registered, with its form; nothing where it has none and may be anybody's."""
    text = _NOISE.sub("", unicodedata.normalize("NFKC", words)).upper()
    return text if _FORMS.search(text) else ""


def plain_place(words: object) -> str:
    """An address without what people leave out."""
    text = _NOISE.sub("", unicodedata.normalize("NFKC", str(words or ""))).upper()
    return _REGION.sub("", text)


def _rows(
    database: Database, record_type: RecordType, unit: str, fields: Sequence[str], where: str
) -> list[tuple[Cell, ...]]:
    """Id and fields of the living records in scope that a condition leaves; what is shown elsewhere does not live."""
    below = tuple(subtree(database, unit))
    marks = ", ".join("?" * len(below))
    columns = ", ".join(f"r.{quoted(f)}" for f in fields)
    return database.rows(
        f"SELECT lower(hex(r.id)), {columns} FROM {quoted(table_of(record_type.name))} r"
        f" WHERE r._life <> 1 AND r.unit IN (SELECT ref FROM unit_ref WHERE id IN ({marks})) AND {where}"
        f" ORDER BY r._sort, r.id",
        below,
    )


def _same_key(database: Database, record_type: RecordType, unit: str) -> Iterator[tuple[str, str, str]]:
    """The records that have one code, of people one document number."""
    key, why = (str(record_type.key), BY_CODE) if record_type.key else ("id_number", BY_NUMBER)
    same = (
        f"r.{quoted(key)} IN (SELECT s.{quoted(key)} FROM {quoted(table_of(record_type.name))} s WHERE s._life <> 1"
        f" AND s.{quoted(key)} IS NOT NULL GROUP BY s.{quoted(key)} HAVING count(*) > 1)"
    )
    for group in _groups(_rows(database, record_type, unit, [key], same), lambda row: str(row[1])):
        yield from ((str(group[0][0]), str(row[0]), why) for row in group[1:])


def _organisations(database: Database, record_type: RecordType, unit: str) -> Iterator[tuple[str, str, str]]:
    name, key = record_type.title[0], str(record_type.key)
    yield from _same_key(database, record_type, unit)
    places = [f for f in _ADDRESSES if f in record_type.by_name]
    towns = [f for f in _TOWN if f in record_type.by_name]
    fields = [name, key, *places, *towns]
    rows = _rows(database, record_type, unit, fields, f"r.{quoted(name)} IS NOT NULL")
    last = 3 + len(places)
    for group in _groups(rows, lambda row: plain_name(str(row[1]))):
        for at, row in enumerate(group):
            for other in group[at + 1 : at + 8]:
                if row[2] != other[2] and _is_code(row[2]) and _is_code(other[2]):
                    # Two codes are two firms; of a wrong one and a right one the wrong one may be a slip.
                    continue
                if _near(row[3:last], other[3:last]):
                    yield str(row[0]), str(other[0]), BY_NAME
                elif _same_firm(row, other, row[last:], other[last:]):
                    yield str(row[0]), str(other[0]), BY_FULL_NAME


def _is_code(cell: Cell) -> bool:
    return isinstance(cell, str) and names_a_record(cell)


def _same_firm(
    one: Sequence[Cell], other: Sequence[Cell], mine: Sequence[Cell], theirs: Sequence[Cell]
) -> bool:
    """Whether two rows have one registered name in one district: nobody else may bear it there, wherever it moves."""
    named = full_name(str(one[1]))
    districts = {str(town)[:_DISTRICT] for town in (*mine, *theirs) if town}
    return bool(named) and named == full_name(str(other[1])) and len(districts) < 2


def _near(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether addresses are alike, or one is not known: one of them stands in the other."""
    mine = [p for p in map(plain_place, one) if p]
    theirs = [p for p in map(plain_place, other) if p]
    return not mine or not theirs or any(a in b or b in a for a in mine for b in theirs)


def _people(database: Database, record_type: RecordType, unit: str) -> Iterator[tuple[str, str, str]]:
    table = quoted(table_of(record_type.name))
    yield from _same_key(database, record_type, unit)
    same_phone = (
        f"(r.unit, r.phone) IN (SELECT s.unit, s.phone FROM {table} s WHERE s._life <> 1"
        f" AND s.phone IS NOT NULL AND s.name IS NOT NULL GROUP BY s.unit, s.phone HAVING count(*) > 1)"
        f" AND r.name IS NOT NULL"
    )
    rows = _rows(database, record_type, unit, ["name", "phone", "unit", "id_number"], same_phone)
    for group in _groups(rows, lambda row: (fold_name(str(row[1])), row[2], row[3])):
        first = group[0]
        for row in group[1:]:
            # Two numbers are two people, whatever they are called.
            if not (first[4] and row[4] and first[4] != row[4]):
                yield str(first[0]), str(row[0]), BY_PHONE


def _groups(
    rows: Iterable[tuple[Cell, ...]], key: Callable[[tuple[Cell, ...]], object]
) -> Iterator[list[tuple[Cell, ...]]]:
    """The rows that have the same key, in their order, where there are several."""
    found: dict[object, list[tuple[Cell, ...]]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return (group for group in found.values() if len(group) > 1)


def connections(database: Database, types: Catalogue, type_name: str, record: str) -> Mapping[str, int]:
    """How many living records of each type link to a record."""
    counted: dict[str, int] = {}
    for record_type, field in types.links_to(type_name):
        count = int(database.value(
            f"SELECT count(*) FROM {quoted(table_of(record_type.name))} WHERE {quoted(field)} = unhex(?)"
            f" AND _life <> 1", (record,)))  # fmt: skip
        if count:
            counted[record_type.name] = counted.get(record_type.name, 0) + count
    return counted


def keep_apart(database: Database, type_name: str, one: str, other: str, *, at: int, operator: str) -> None:
    """Remembers in this ledger that somebody has said that two records are not the same."""
    database.execute(
        "INSERT INTO not_same (type, one, other, at, operator) VALUES (?, unhex(?), unhex(?), ?, ?)"
        " ON CONFLICT DO NOTHING",
        (type_name, min(one, other), max(one, other), at, operator),
    )


def forget_apart(database: Database, type_name: str, one: str, other: str) -> None:
    """Nobody has said that two records are not the same."""
    database.execute(
        "DELETE FROM not_same WHERE type = ? AND one = unhex(?) AND other = unhex(?)",
        (type_name, min(one, other), max(one, other)),
    )


def edges(database: Database) -> list[tuple[str, str, str, str, str, int]]:
    """Edge, type, the two records, the head and the newest stamp of every edge that joins records now, newest first."""
    found: list[tuple[str, str, str, str, str, int]] = database.rows(
        "SELECT lower(hex(r.id)), r.kind, r.one, r.other, lower(hex(m.head)), max(r._stamp, coalesce(("
        " SELECT max(v.stamp) FROM version v WHERE v.record = r.id AND v.type = 'same'), 0)) AS at FROM r_same r"
        " JOIN component m ON m.id = unhex(r.one) AND m.type = r.kind"
        " JOIN component o ON o.id = unhex(r.other) AND o.type = r.kind AND o.head = m.head"
        " WHERE r._life <> 1 ORDER BY at DESC, r.id"
    )
    return found


def edges_at(database: Database, type_name: str, records: Sequence[str]) -> list[tuple[str, str, str]]:
    """Edge and the two records of every edge at these records, whether it joins them now or not."""
    found: list[tuple[str, str, str]] = database.rows(
        "SELECT lower(hex(id)), one, other FROM r_same WHERE kind = ?"
        " AND (one IN (SELECT value FROM json_each(?2)) OR other IN (SELECT value FROM json_each(?2))) ORDER BY id",
        (type_name, json.dumps(records)),
    )
    return found


def ends_of(database: Database, edge: str) -> tuple[str, str, str] | None:
    """Type and ids of the two records that an edge is about, whether it joins them now or not."""
    found: tuple[str, str, str] | None = database.row(
        "SELECT kind, one, other FROM r_same WHERE id = unhex(?)", (edge,)
    )
    return found


def was_changed_at(database: Database, type_name: str, record: str, slot: str, stamp: int) -> bool:
    """Whether a change of a slot was written with this stamp under this id."""
    return database.row(
        "SELECT 1 FROM version WHERE record = unhex(?) AND type = +? AND slot = +? AND stamp = ? AND NOT birth",
        (record, type_name, slot, stamp),
    ) is not None  # fmt: skip
