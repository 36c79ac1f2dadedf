"""Stations without workspaces: ledgers in memory with real keys, certificates, segments and bundles.

What a workspace adds (passwords, a lock, backups) costs more than everything that these tests are about.
"""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop.records.declaration import Field, Group, Kind, Level, RecordType, Role, Writers
from desktop.records.identity import derived_id
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import DECIDING_TYPES, OWN_TYPES, SAME
from desktop.records.versions.items import Head, Replaced, Shape
from desktop.records.versions.spans import spans_of
from desktop.records.versions.stamps import EPOCH, make, tag_of, tick_at
from desktop.store.ledger import ChangeSet, Deletion, Ledger, NewRecord, SlotEdit
from desktop.store.peers import links
from desktop.store.peers.links import Link
from desktop.store.queries import digest as digests
from desktop.store.queries import reading
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.digest import Digest
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.sync.authority import excluding, exclusions, speaking, station
from desktop.sync.bundles import kept, sending
from desktop.sync.bundles.sending import Sent
from desktop.sync.formats import segments
from desktop.sync.formats.forms import CODE
from desktop.sync.merging import receiving, standing
from desktop.sync.merging.results import BundleResult, MergeReport
from desktop.sync.signed import certificates, identity, renewing
from desktop.sync.signed.certificates import Claims, grant_serial
from desktop.sync.signed.identity import StationKeys
from tests import moulds

START = 1_795_420_800_000
"""2026-11-23 in milliseconds."""
DAY = 86_400_000
KEY = bytes(32)
EPOCH_MS = int(EPOCH.timestamp() * 1000)
_DISTRICT = Writers(levels=(Level.DISTRICT,))

FIRM = RecordType(
    name="firm",
    label="单位",
    title=("name",),
    groups=(Group("count", "人数"), Group("contact", "联系人", personal=True)),
    fields=(
        Field("name", "名称", search=True),
        Field("staff", "人数", Kind.INTEGER, group="count"),
        Field("source", "来源", group="count"),
        Field("in_park", "在园区", Kind.BOOLEAN),
        Field("partner", "伙伴", Kind.LINK, link="firm"),
        Field("person", "联系人", group="contact", personal=True),
        Field("phone", "电话", group="contact", personal=True),
        Field("checked", "核对", written_by=_DISTRICT),
    ),
)
VISIT = RecordType(
    name="visit",
    label="走访",
    title=("topic",),
    parent="firm",
    fields=(Field("firm", "单位", Kind.LINK, link="firm"), Field("topic", "事由")),
)
NOTICE = RecordType(
    name="notice", label="通知", title=("title",), written_by=_DISTRICT, fields=(Field("title", "标题"),)
)
_TREE = [catalogue()[name] for name in (*DECIDING_TYPES, SAME)]
_FILES = [catalogue()[name] for name in (ATTACHMENT, PART)]
TYPES = Catalogue({t.name: t for t in (FIRM, VISIT, NOTICE, *_TREE)})

NEWER_FIRM = RecordType(
    name="firm",
    label="单位",
    title=("name",),
    groups=FIRM.groups,
    fields=(
        *FIRM.fields[:3],
        Field("verified", "已核实", Kind.BOOLEAN, group="count"),
        *FIRM.fields[3:],
        Field("slogan", "口号", search=True),
        Field("keeper", "保管人", personal=True),
    ),
)
PRIZE = RecordType(
    name="prize",
    label="奖项",
    title=("title",),
    parent="firm",
    fields=(
        Field("firm", "单位", Kind.LINK, link="firm"),
        Field("title", "名称", search=True),
        Field("year", "年份", Kind.INTEGER),
    ),
)
NEWER_TYPES = Catalogue({t.name: t for t in (NEWER_FIRM, VISIT, NOTICE, PRIZE, *_TREE)})
_MORE = [*_FILES, replace(NOTICE, goes_below=True)]
FILING_TYPES = Catalogue({**TYPES, **{t.name: t for t in _MORE}})
NEWER_FILING_TYPES = Catalogue({**NEWER_TYPES, **{t.name: t for t in _MORE}})
"""The same where files are attached as well, and what districts word goes down to everybody below."""


@dataclass
class Time:
    """The clock of a station: it moves a millisecond a look, and a test may set it."""

    at: int = START

    def __call__(self) -> int:
        self.at += 1
        return self.at

    def pass_days(self, days: float) -> None:
        """Some days later."""
        self.at += int(days * DAY)


@dataclass
class Desk:
    """A station at work."""

    name: str
    level: Level
    unit: str
    ledger: Ledger
    keys: StationKeys
    time: Time
    folder: Path
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    code: str = ""
    """The code of its unit, if that is not called as the desk is."""

    @property
    def database(self) -> Database:
        return self.ledger.database

    @property
    def station(self) -> str:
        return self.keys.station

    # -- what a person does ----------------------------------------------------------------------------------------

    def birth(self, type_name: str, cells: Mapping[str, Cell], *, record: str = "", unit: str = "") -> str:
        """A new record; its id."""
        record = record or ("" if type_name in OWN_TYPES else self.ledger.new_id())
        changes = self.ledger.write(
            "新增", self.name, births=[NewRecord(type_name, record, unit or self.unit, dict(cells))]
        )
        return changes.records[type_name][0]

    def edit(self, record: str, slot: str, value: Any, type_name: str = "firm") -> ChangeSet:
        """Changes one slot."""
        return self.ledger.write("修改", self.name, edits=[SlotEdit(type_name, record, slot, value)])

    def move(self, record: str, unit: str, type_name: str = "firm") -> ChangeSet:
        """Gives a record to another unit."""
        return self.edit(record, "unit", unit, type_name)

    def delete(self, record: str, type_name: str = "firm", *, revive: bool = False) -> ChangeSet:
        """Deletes a record, or brings it back."""
        return self.ledger.write("删除", self.name, deletions=[Deletion(type_name, record, revive)])

    def values(self, record: str, type_name: str = "firm") -> Mapping[str, Cell] | None:
        """What a record shows."""
        found = reading.record(self.database, self.ledger.types, type_name, record)
        return None if found is None else found.values

    def shown(self, record: str, type_name: str = "firm") -> reading.Record | None:
        """A record as it stands."""
        return reading.record(self.database, self.ledger.types, type_name, record)

    def records(self, type_name: str = "firm") -> set[str]:
        """The ids of all records of a type that are held, deleted ones included."""
        return {r for (r,) in self.database.rows(f"SELECT lower(hex(id)) FROM r_{type_name}")}

    def digest(self, unit: str = "") -> Digest:
        """The digest of everything, or of a unit and all below."""
        units = frozenset(subtree(self.database, unit)) if unit else None
        return digests.digest(self.database, self.ledger.types, units)

    # -- what it says about what counts ----------------------------------------------------------------------------

    def exclude(
        self, *items: tuple[Desk, int], cause: str = excluding.WITHDRAWN, refusal: str | None = None
    ) -> str:
        """Says that items of stations do not count; the id of the record, which :meth:`delete` lifts."""
        named: dict[tuple[str, str], list[int]] = {}
        for desk, number in items:
            named.setdefault((desk.station, desk.keys.incarnation), []).append(number)
        (text,) = exclusions.write(
            {origin: exclusions.Named(spans_of(numbers)) for origin, numbers in named.items()}
        )
        return self.say("exclusion", {"cause": cause, "refusal": refusal, "items": text})

    def revoke(self, desk: Desk, last: int | None = None) -> str:
        """Says up to which of its items a station counts; nothing counts without a number."""
        cuts = {} if last is None else {desk.keys.incarnation: last}
        return self.say("revocation", {"station": desk.station, "cuts": exclusions.write_cuts(cuts) or None})

    def say(self, type_name: str, cells: Mapping[str, Cell]) -> str:
        """Writes a record that says what counts, and acts upon it."""
        record = self.birth(type_name, cells)
        self.settle()
        return record

    def settle(self) -> ChangeSet:
        """Acts upon what was said about what counts."""
        return standing.settle(self.ledger, self.keys, self.name)

    def lift(self, record: str, type_name: str = "exclusion") -> None:
        """Takes such a record back."""
        self.delete(record, type_name)
        self.settle()

    # -- what travels ----------------------------------------------------------------------------------------------

    def send(self, to: Desk | None = None) -> Sent:
        """A bundle upward, or down to a station."""
        path = self.folder / f"{self.name}-{next(self.numbers)}.xsj"
        if to is None:
            return sending.send_up(self.ledger, self.keys, path, self.name)
        return sending.send_down(self.ledger, self.keys, self.link(to), path, self.name)

    def merge(self, *sent: Sent, preview: bool = False) -> MergeReport:
        """Merges bundles."""
        return receiving.merge_bundles(
            self.ledger, self.keys, [s.path for s in sent], self.name, preview=preview
        )

    def take(self, *sent: Sent) -> BundleResult:
        """Merges bundles and gives the result of the last, which must have been read."""
        result = self.merge(*sent).bundles[-1]
        if result.problem is not None:
            raise result.problem
        return result

    def link(self, to: Desk) -> Link:
        """The link with a station."""
        found = links.link_to(self.database, to.station)
        if found is None:
            raise LookupError(to.name)
        return found

    def cut(self) -> None:
        """Cuts what is not in a segment yet."""
        sending.cut_own(self.ledger, self.keys)

    # -- what a hostile or newer program does ----------------------------------------------------------------------

    def stamp(self, days: float = 0) -> int:
        """A stamp of now, or of some days later, that the ledger does not know of."""
        return make(tick_at(self.time() - EPOCH_MS + int(days * DAY)), tag_of(self.station))

    def head(self, kind: str, record: str, slot: str | None, **changes: Any) -> Head:
        """The head of a line with the next number."""
        said: dict[str, Any] = {
            "kind": kind,
            "type": "firm",
            "record": record,
            "unit": self.unit,
            "slot": slot,
            "stamp": self.stamp(),
            "replaces": (),
            "number": self.next_number(),
            "operator": self.name,
        } | changes
        said["replaces"] = tuple(Replaced(r) if isinstance(r, int) else r for r in said["replaces"])
        return Head(**said)

    def next_number(self) -> int:
        """The next own number, whatever was forged before."""
        self.cut()
        return self.ledger.next_number()

    def forge_birth(self, record: str, cells: Mapping[str, Any], **changes: Any) -> int:
        """A birth with any cells, columns and head, under this station's signature; its number."""
        head = self.head(items.BIRTH, record, None, **changes)
        shape = Shape(tuple(cells))
        self.forge([(head.number, items.birth_line(head, shape, cells, lambda: "salt"))], {head.type: shape})
        return head.number

    def forge_change(
        self, record: str, slot: str | None, value: Any, kind: str = items.CHANGE, **changes: Any
    ) -> int:
        """A change with any value and head, under this station's signature; its number."""
        head = self.head(kind, record, slot, **changes)
        self.forge([(head.number, items.change_line(head, value, None))])
        return head.number

    def forge(
        self,
        lines: Sequence[tuple[int, bytes]],
        shapes: Mapping[str, Shape] | None = None,
        *,
        incarnation: str = "",
        keep: bool = True,
    ) -> tuple[segments.Header, Any]:
        """A segment of these lines under this station's signature; its own ledger takes no note of what it says."""
        header, frame = segments.cut(
            self.station, incarnation or self.keys.incarnation, lines, shapes or {}, self.keys.sign,
        )  # fmt: skip
        if keep:
            kept.keep(self.ledger, header, frame)
            self.ledger.note_received(
                self.ledger.origin_ref(header.station, header.incarnation), header.first, header.last
            )
        return header, frame

    # -- what a test asks ------------------------------------------------------------------------------------------

    def held(self) -> dict[tuple[str, int], str]:
        """The reasons of what is held: station and number to reason."""
        return {(s, n): r for s, n, r in self.database.rows(
            "SELECT o.station, h.number, h.reason FROM held h JOIN origin o ON o.ref = h.origin")}  # fmt: skip

    def refused(self) -> dict[tuple[str, int], str]:
        """The reasons of what is in quarantine."""
        return {(s, n): r for s, n, r in self.database.rows(
            "SELECT o.station, r.number, r.reason FROM refused r JOIN origin o ON o.ref = r.origin")}  # fmt: skip

    def answers(self) -> dict[tuple[str, int], tuple[str, str]]:
        """What levels above have answered: station and number to outcome and reason."""
        return {(s, n): (o, r) for s, n, o, r in self.database.rows(
            "SELECT station, number, outcome, reason FROM answer")}  # fmt: skip

    def conflicts(self) -> set[tuple[str, str]]:
        """Record and slot of every conflict."""
        return set(self.database.rows("SELECT lower(hex(record)), slot FROM conflict"))


def code_of(name: str) -> str:
    """A code as units have it: nobody takes a grant that tells of another (see the format document)."""
    return name if CODE.fullmatch(name) else name.encode().hex()


def coded_unit(level: Level, name: str) -> str:
    """The id of a unit of this name that has such a code; most tests need none, and name the code as the unit."""
    return derived_id(f"unit:{level.value}", code_of(name))


def code_for(unit: str, level: Level, name: str) -> str:
    """The code from which the id of a unit of this name follows."""
    return name if unit == derived_id(f"unit:{level.value}", name) else code_of(name)


def new_desk(
    folder: Path,
    name: str,
    level: Level,
    *,
    types: Catalogue = TYPES,
    time: Time | None = None,
    unit: str = "",
    cipher: bool = False,
) -> Desk:
    """A station that is not enrolled; the same name has the same keys, unit and randomness.

    Its ledger is in memory, or with ``cipher`` in an encrypted file of its folder.
    """
    rnd = random.Random(name)
    keys = identity.generate(rnd.randbytes)
    time = time or Time()
    database = (
        Database.open(folder / f"{name}.db", KEY, create=True)
        if cipher
        else moulds.empty(types, indexed=True)
    )
    ledger = Ledger(database, types, Environment(time, rnd.randbytes), keys.station, keys.incarnation)
    unit = unit or derived_id(f"unit:{level.value}", name)
    with database.transaction():
        ledger.set_meta("station", keys.station)
        ledger.set_meta("incarnation", keys.incarnation)
        ledger.set_meta("unit_id", unit)
        station.keep_keys(ledger, keys)
    return Desk(name, level, unit, ledger, keys, time, folder)


def new_root(folder: Path, name: str, level: Level = Level.DISTRICT, **options: Any) -> Desk:
    """A district that begins a tree, or another level."""
    desk = new_desk(folder, name, level, **options)
    begin_tree(desk)
    return desk


def begin_tree(desk: Desk) -> None:
    """A station that is not enrolled is the root of a tree from now on."""
    serial = grant_serial(desk.station, desk.keys.incarnation, 1)
    root = certificates.issue(_claims(desk, desk, 4), serial, desk.keys, None)
    station.keep_chain(desk.ledger, [root.der])
    _register(desk, desk.unit, desk.code or desk.name, desk.level, None)


def enrol(
    below: Desk,
    desk: Desk,
    path_length: int | None = None,
    incarnation: str | None = None,
    *,
    wished: str | None = None,
) -> None:
    """What request, grant, acceptance and acknowledgement do in the end; with the unit that a station had asked for
    where it is granted another.
    """
    if reading.record(desk.database, desk.ledger.types, "unit", below.unit) is None:
        _register(desk, below.unit, below.code or below.name, below.level, desk.unit)
    if wished is not None:
        _register(desk, wished, below.name, below.level, below.unit)
    chain = station.own_chain(desk.ledger)
    serial = grant_serial(desk.station, desk.keys.incarnation, desk.ledger.next_number())
    claims = _claims(below, desk, path_length)
    if wished is not None:
        claims = replace(claims, units=claims.units | {wished})
    certificate = certificates.issue(claims, serial, desk.keys, certificates.parse(chain[0]))
    proof = proof_of(below.keys)
    desk.ledger.write(
        "批准", desk.name, births=[grant_record(desk, certificate, below.unit, incarnation, proof)]
    )
    connect(below, desk)
    station.keep_chain(below.ledger, [certificate.der, *chain])
    frames = sending.tree_frames(desk.ledger, desk.keys, below.unit)
    receiving.take_tree(below.ledger, below.keys, frames, certificates.parse(chain[0]))


def proof_of(keys: StationKeys) -> str | None:
    """That renewed keys are the station's, as its first key says."""
    if keys.first is keys:
        return None
    csr = certificates.request(keys)
    return renewing.proof(keys.first.public_key, renewing.sign(keys.first, csr), csr)


def grant_record(
    desk: Desk,
    certificate: certificates.Certificate,
    unit: str,
    incarnation: str | None = None,
    proof: str | None = None,
) -> NewRecord:
    """The record that issues a certificate."""
    cells: dict[str, Cell] = {
        "station": certificate.station,
        "holder": unit,
        "certificate": base64.b64encode(certificate.der).decode(),
        "incarnation": incarnation,
        "proof": proof,
    }
    return NewRecord("grant", "", desk.unit, cells)


def connect(below: Desk, desk: Desk) -> None:
    """A link between two stations, with an incarnation that both know."""
    links.connect(desk.database, below.station, upward=False, unit=below.unit, name=below.name,
                  recipient=below.keys.recipient)  # fmt: skip
    links.connect(below.database, desk.station, upward=True, unit=desk.unit, name=desk.name,
                  recipient=desk.keys.recipient)  # fmt: skip
    links.confirm(desk.database, below.station, below.keys.incarnation)
    speaking.note_enrolled(desk.ledger, below.station, certificates.parse(station.own_chain(desk.ledger)[0]))


def report(below: Desk, desk: Desk) -> BundleResult:
    """A bundle up, merged, and the receipt down."""
    result = desk.take(below.send())
    below.take(desk.send(below))
    return result


def settle(pairs: Iterable[tuple[Desk, Desk]], rounds: int = 3) -> None:
    """Everything is delivered: pairs of (below, desk) report until nothing is new."""
    pairs = list(pairs)
    for _ in range(rounds):
        for below, desk in pairs:
            report(below, desk)


def below(
    desk: Desk, name: str, level: Level = Level.VILLAGE, path_length: int | None = None, *, unit: str = ""
) -> Desk:
    """A station that the desk has enrolled."""
    made = new_desk(desk.folder, name, level, unit=unit)
    enrol(made, desk, path_length)
    return made


def two_districts(folder: Path) -> tuple[Desk, Desk, Desk]:
    """A city as the root, and two districts that may enrol towns which may enrol."""
    city = new_root(folder, "市", Level.CITY)
    return city, below(city, "甲区", Level.DISTRICT, 3), below(city, "乙区", Level.DISTRICT, 3)


def copied(desk: Desk, path: Path | None = None) -> Database:
    """The database of a station as it stands, in memory or in a file with its key."""
    found = Database.open(path, KEY, create=path is not None)
    desk.database.connection.backup(found.connection)
    return found


def copied_disk(desk: Desk, folder: Path) -> Desk:
    """The station once more, from a copy of its disk: the same keys, incarnation and numbers."""
    folder.mkdir(exist_ok=True)
    copy = new_desk(folder, desk.name, desk.level)
    station.keep_chain(copy.ledger, station.own_chain(desk.ledger))
    return copy


def put_back(desk: Desk, database: Database, types: Catalogue) -> None:
    """A station goes on with another database of its own, and with the keys that this holds."""
    desk.ledger = Ledger(
        database, types, desk.ledger.environment, desk.station, str(database.value(
            "SELECT value FROM meta WHERE key = 'incarnation'"
        ))
    )  # fmt: skip
    desk.keys = station.load_keys(desk.ledger)


def reopen(desk: Desk, types: Catalogue) -> None:
    """The program was updated: the same database under other declarations."""
    desk.ledger = Ledger(desk.database, types, desk.ledger.environment, desk.station, desk.keys.incarnation)


def _claims(holder: Desk, issuer: Desk, path_length: int | None) -> Claims:
    return Claims(holder.station, holder.keys.public_key, holder.keys.recipient, frozenset([holder.unit]),
                  holder.level, Role.DESK, path_length=path_length)  # fmt: skip


def _register(desk: Desk, unit: str, name: str, level: Level, superior: str | None) -> None:
    cells: dict[str, Cell] = {
        "name": name,
        "code": code_for(unit, level, name),
        "level": level.value,
        "superior": superior,
    }
    desk.ledger.write("登记", desk.name, births=[NewRecord("unit", unit, desk.unit, cells)])
