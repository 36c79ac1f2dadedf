"""What is personal in a random history: who is named, files that are attached, and what is erased of both."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection
from typing import Any

from desktop.errors import StateProblem, UsageProblem
from desktop.operations.workspaces import erasing
from desktop.records.versions.canonical import Cell
from desktop.records.versions.stamps import from_wire, make
from desktop.store.ledger import Deletion, NewRecord, SlotEdit
from desktop.store.merging.erasing import targets
from desktop.store.peers import segment_log
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.tables.clock import WrongClock
from desktop.sync.bundles import kept
from desktop.sync.bundles.sending import Sent
from desktop.sync.merging import erasing as blanking
from desktop.sync.signed.tree import reached
from tests.histories.histories import History
from tests.histories.recording import SHARED
from tests.histories.travelling import is_linked
from tests.sync.acts import AtWork
from tests.sync.desks import Desk

BASIS = "consent"
_WORD = re.compile(r"(?<![A-Za-z0-9+/])w[0-9]+w(?![A-Za-z0-9+/=])")
"""As words stand in values; within signatures and certificates anything may stand."""


class People(History):
    """A history in which people are named, files attached, and both erased."""

    acts = (
        *History.acts,
        *("person", "person", "attach", "attach", "replace", "detach", "forget", "erase_file", "part_ways"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.named: dict[str, str] = {}
        """Every word that names somebody, and the record of which that is said."""
        self.named_after: dict[str, int] = {}
        """A stamp that what says it is later than."""
        self.doomed: list[tuple[str, str]] = []
        """Words that were erased, and the records that say so."""

    def _writer(self, type_name: str = "firm") -> tuple[Desk, str] | None:
        """Somebody who may write a record of a type, and the record."""
        for desk in self.rnd.sample(self.desks, len(self.desks)):
            if record := self.some(desk, type_name):
                return desk, record
        return None

    def _naming(self, desk: Desk, record: str) -> str:
        word = self.word(desk)
        self.named[word] = record
        self.named_after[word] = make(desk.ledger.clock.last_tick(), 0)
        return word

    # -- people ----------------------------------------------------------------------------------------------------

    def person(self, desk: Desk) -> object:
        """Somebody whose name nobody else has."""
        found = self._writer()
        if found is None:
            return None
        desk, record = found
        value = {"person": self._naming(desk, record), "phone": self.rnd.choice(("139", None))}
        self.contacts.add((value["person"], value["phone"]))
        self.done.append((desk, desk.edit(record, "contact", value)))
        return desk.name, record, value["person"]

    def erase(self, desk: Desk) -> object:
        """Who is named of a firm is forgotten, with the files that are attached to it."""
        return self._erase(desk, "firm", self.some(desk))

    def forget(self, desk: Desk) -> object:
        """The same, of somebody who has anything to forget."""
        found = self._writer()
        return found and (found[0].name, self._erase(found[0], "firm", found[1]))

    def erase_file(self, desk: Desk) -> object:
        """A file is forgotten."""
        found = self._writer(ATTACHMENT)
        return (found[0].name, self._erase(found[0], ATTACHMENT, found[1])) if found else self.attach(desk)

    def _erase(self, desk: Desk, type_name: str, *asked: str | None) -> object:
        records = [record for record in asked if record is not None]
        if not records:
            return None
        before = desk.records("erasure")
        held = words_in_tables(desk)
        seen = [word for word, of in self.named.items() if of in records and word in held]
        try:
            erasing.erase(AtWork(desk), type_name, records, basis=BASIS, date_is_right=True)  # type: ignore[arg-type]
        except (StateProblem, UsageProblem) as problem:
            if isinstance(problem, WrongClock):
                raise
            return type(problem).__name__
        said = {
            r: (desk.values(r, "erasure") or {})["target"] for r in sorted(desk.records("erasure") - before)
        }
        # What was typed while two were one, and waits under that which was withdrawn, is that one's.
        others = words_aside(desk, {*said.values()})
        for erasure, target in said.items():
            if target in records:
                doomed = (word for word in seen if self.named[word] == target and word not in others)
                self.doomed += [(word, erasure) for word in doomed]
        return records[0] if len(records) == 1 else None

    def part_ways(self, desk: Desk) -> object:
        """What two branches hold is erased in one of them, and edited or deleted in the other, which has not heard."""
        if self.apart:
            return None
        record = self.rnd.choice(SHARED)
        for town in self.towns:
            writer = self.rnd.choice([town, *self.below(town)])
            if record not in writer.records():
                value = {"name": self.word(writer), "person": self._naming(writer, record)}
                self.groups.add((None, None, None))
                self.contacts.add((value["person"], None))
                writer.birth("firm", value, record=record)
        self._bring_together()
        holders = [d for d in self.desks if record in self.writable(d)]
        if len(holders) < 2:
            return None
        one, other = self.rnd.sample(holders, 2)
        one.time.at = other.time.at = self.latest
        self._name_anew(one, record)
        if self.rnd.random() < 0.5 and one.name in self.above and is_linked(one, self.above[one.name]):
            # A bundle with the value waits somewhere.
            self.underway.append((self.above[one.name], one.send()))
        if self.rnd.random() < 0.3:
            self.snapshot(one)
        told = self._erase(one, "firm", record)
        if self.rnd.random() < 0.5:
            self._name_anew(other, record)
        else:
            self.done.append((other, other.delete(record)))
        if self.rnd.random() < 0.3:
            if one.name in self.above:
                self.bring(self.above[one.name], one)
            self.restore(one)
        return record[:4], one.name, other.name, told

    def _name_anew(self, desk: Desk, record: str) -> None:
        # Of several that are one it is said under one of them, and erased with that.
        record = desk.ledger.written_under("firm", record)
        value = {"person": self._naming(desk, record), "phone": None}
        self.contacts.add((value["person"], None))
        self.done.append((desk, desk.edit(record, "contact", value)))

    # -- files -----------------------------------------------------------------------------------------------------

    def _file(self, desk: Desk, record: str) -> list[NewRecord]:
        """A file and its parts, as the operation lays them out."""
        written = desk.ledger.written_under("firm", record)
        unit, made = desk.ledger.unit_of("firm", written), desk.ledger.new_id()
        parts = self.rnd.choice((1, 1, 2))
        cells: dict[str, Cell] = {
            "kind": "firm", "record": written, "name": self._naming(desk, made), "media": "jpeg", "size": 3 * parts,
            "sha256": f"{self.rnd.getrandbits(64):064x}", "parts": parts,
        }  # fmt: skip
        births = [NewRecord(ATTACHMENT, made, unit, cells)]
        for number in range(1, parts + 1):
            content: dict[str, Cell] = {
                "attachment": made,
                "number": number,
                "content": self._naming(desk, made),
            }
            births.append(NewRecord(PART, desk.ledger.new_id(), unit, content))
        return births

    def attach(self, desk: Desk) -> object:
        """A file is put on a firm."""
        record = self.some(desk)
        shown = desk.shown(record) if record is not None else None
        if (
            shown is None
            or shown.life == 1
            or desk.ledger.unit_of("firm", shown.id) not in self.units_of(desk)
        ):
            return None
        births = self._file(desk, shown.id)
        self.done.append((desk, desk.ledger.write("添加附件", desk.name, births=births)))
        return desk.name, shown.id, len(births) - 1

    def _bearer(self, desk: Desk, file: str) -> str | None:
        """The firm to which a file is attached, where it is here and the station may write it."""
        held = desk.shown(file, ATTACHMENT)
        bearer = str(held.values["record"]) if held is not None else ""
        return bearer if bearer in self.writable(desk) else None

    def replace(self, desk: Desk) -> object:
        """Another file in the place of one, or another name for it."""
        found = self._writer(ATTACHMENT)
        if found is None:
            return self.attach(desk)
        desk, file = found
        if self.rnd.random() < 0.5:
            edit = SlotEdit(ATTACHMENT, file, "name", self._naming(desk, file))
            self.done.append((desk, desk.ledger.write("改名", desk.name, edits=[edit])))
            return desk.name, file
        bearer = self._bearer(desk, file)
        if bearer is None or desk.ledger.unit_of("firm", bearer) not in self.units_of(desk):
            return None
        births, deletions = self._file(desk, bearer), [Deletion(ATTACHMENT, file)]
        self.done.append((desk, desk.ledger.write("替换附件", desk.name, births=births, deletions=deletions)))
        return desk.name, file, births[0].record

    def detach(self, desk: Desk) -> object:
        """A file is taken away, or put back with its parts."""
        found = self._writer(ATTACHMENT)
        if found is None:
            return self.attach(desk)
        desk, file = found
        revive = self.rnd.random() < 0.3
        deletion = Deletion(ATTACHMENT, file, revive, together=revive)
        self.done.append((desk, desk.ledger.write("删除附件", desk.name, deletions=[deletion])))
        return desk.name, file

    def merge(self, to: Desk, several: list[Sent]) -> int:
        """After a merge what others have attached to an erased record goes too, as in the program."""
        found = super().merge(to, several)
        with contextlib.suppress(WrongClock):
            erasing.follow(AtWork(to))  # type: ignore[arg-type]
        return found


def words_in_tables(desk: Desk) -> set[str]:
    """Every word that stands in records of people, or beside them."""
    tables = ("r_firm", "r_attachment", "r_attachment_part", "version", "held", "refused")
    cells = (str(c) for t in tables for row in desk.database.rows(f"SELECT * FROM {t}") for c in row)
    return {word for text in cells for word in _WORD.findall(text)}


def words_aside(desk: Desk, but: set[Any]) -> set[str]:
    """Every word that waits or was refused, of other records than these."""
    rows = (
        row
        for table in ("held", "refused")
        for row in desk.database.rows(f"SELECT lower(hex(record)), value FROM {table}")
    )
    return {word for record, value in rows if record not in but for word in _WORD.findall(str(value))}


def words_in_lines(desk: Desk) -> set[str]:
    """Every word that stands in a line of a segment."""
    lines = (line for at in positions(desk) for line in kept.read_at(desk.database, at)[1])
    return {word for line in lines for word in _WORD.findall(line.decode())}


def positions(desk: Desk) -> Collection[int]:
    """Where the segments stand that a station holds."""
    return [p for p, _, _ in segment_log.all_kinds(desk.database)]


def check_erased(history: People) -> None:
    """What erasures that count reach stands nowhere: in no table, and in no line that is kept."""
    for desk in history.desks:
        assert blanking.due(desk.ledger) == [], desk.name
        wanted = targets(desk.database)
        for position in positions(desk) if wanted else ():
            assert blanking.blanked(*kept.read_at(desk.database, position), wanted) is None, desk.name
    said = history.district.records("erasure")
    words = (
        {word for word, by in history.doomed if by in said} - said_later(history) - said_elsewhere(history)
    )
    for desk in history.desks if words else ():
        assert words & (words_in_tables(desk) | words_in_lines(desk)) == set(), desk.name


def said_later(history: People) -> set[str]:
    """Words that somebody has written once more after all that is erased: who took back what he had put over them.

    And words aside that are dated after it, as the clock of who erased had not followed them. What is erased under a
    unit, by the whole tree, says nothing of words under another: a lost root may have decided for what it had not heard
    erased.
    """
    known = targets(history.district.database)
    everything = (
        "SELECT lower(hex(v.record)), v.stamp, u.id, v.value FROM version v JOIN unit_ref u ON u.ref = v.unit"
        " UNION ALL SELECT lower(hex(record)), stamp, unit, value FROM held"
        " UNION ALL SELECT lower(hex(record)), stamp, unit, value FROM refused"
    )
    return {
        word
        for desk in history.desks
        for record, stamp, unit, value in desk.database.rows(everything)
        for word in _WORD.findall(str(value))
        if all(
            stamp > e.upto or unit not in e.units
            for (_, of), said in known.items() if of == record for e in said
        )
    }  # fmt: skip


def said_elsewhere(history: People) -> set[str]:
    """Words that stand under a unit of which no erasure speaks, by the whole tree (decision 44).

    So it is where who claims the record in another branch has recorded it as well, or decides for what is being erased
    in the first (decision 249).
    """
    database = history.district.database
    known = targets(database)
    said = database.rows(
        "SELECT lower(hex(v.record)), v.slot, v.stamp, u.id, v.value FROM version v"
        " JOIN unit_ref u ON u.ref = v.unit WHERE v.type = 'firm'"
    )
    # Nor does it reach what was said there and does not count: by others, or by who has it no more, as little as its
    # own erasure of that does.
    for record, slot, stamp, unit, value in database.rows(
        "SELECT lower(hex(record)), slot, stamp, unit, value FROM refused WHERE type = 'firm'"
        " AND kind IN ('birth', 'change')"
    ):
        cells = {slot: value} if slot is not None else json.loads(value)
        said += [(record, column.partition(".")[0], stamp, unit, cell) for column, cell in cells.items()]
    return {
        word
        for record, slot, stamp, unit, value in said
        for word in _WORD.findall(str(value))
        if not any(e.reaches(slot, stamp, unit) for e in known.get(("firm", record), ()))
    }


def may_be_erased(history: People) -> set[str]:
    """Words that an erasure reaches which was said later, of their record or of one that was ever one with it.

    What is typed into one of several that are one may stand under another's id.
    """
    erased: dict[str, int] = {}
    for desk in history.desks:
        for target, upto, own in desk.database.rows(
            "SELECT lower(target), upto, _stamp FROM r_erasure UNION SELECT lower(value ->> 'target'),"
            " value ->> 'upto', stamp FROM refused WHERE type = 'erasure' AND kind = 'birth'"
        ):
            erased[target] = max(erased.get(target, 0), min(from_wire(upto), own))
    joined = {pair for desk in history.desks for pair in desk.database.rows("SELECT one, other FROM r_same")}
    ends = _ends(joined)
    return {
        word
        for word, record in history.named.items()
        if any(erased.get(r, 0) > history.named_after[word] for r in reached({record}, ends))
    }


def _ends(joined: Collection[tuple[str, str]]) -> dict[str, set[str]]:
    """With which each record is one."""
    found: dict[str, set[str]] = {}
    for one, other in joined:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
