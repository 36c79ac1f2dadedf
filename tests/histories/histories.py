"""A random history over five stations in three levels, or six in four, with whatever may happen to them.

Records are born twice, edited, grouped, moved, deleted, revived and undone; items are withdrawn, revoked and let in
again; laptops are restored, set back unnoticed, copied, given new keys and clocks that are days or years wrong; one of
them has a newer program, which others get later. Bundles are lost, doubled, late, out of order, cut anew, and too small
for all that is due. What is personal, what becomes of units, how conflicts are decided, what offices ask, and what
becomes of computers has rooms of its own beside this one: ``people``, ``offices``, ``deciding``, ``asking`` and
``machines``; what seldom meets by itself is brought together in ``combining``.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.identity import same_id
from desktop.records.versions import items
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import CannotUndo, ChangeSet, NewRecord, NotFound
from desktop.store.peers import links
from desktop.store.tables.clock import WrongClock
from desktop.store.tables.database import Database
from desktop.sync import trust
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.bundles import kept
from desktop.sync.bundles.sending import Sent
from desktop.sync.enrolling import copies, succession
from desktop.sync.errors import (
    BadSegmentSignature,
    FormerKey,
    FormerRoot,
    FormerSuperior,
    NotGranted,
    Revoked,
    UnitMoved,
    UnitNotKnown,
    WrongDirection,
)
from desktop.sync.errors.persons import NotSignedByPersons
from desktop.sync.formats import segments
from desktop.sync.merging import forks, rewriting
from desktop.sync.merging.doubting import ClockInDoubt
from desktop.sync.signed import identity
from tests.histories.comparing import words_of
from tests.sync.acts import renew
from tests.sync.casting import cast
from tests.sync.desks import (
    DAY,
    FILING_TYPES,
    NEWER_FILING_TYPES,
    Desk,
    copied,
    enrol,
    new_desk,
    new_root,
    put_back,
    reopen,
)

SHARED: Final = ("aa" * 16, "bb" * 16)
"""Record ids that several stations know without each other, as a code gives them."""
PRIZES: Final = ("ca" * 16, "cb" * 16)
"""Records of a type that only the newer program knows."""
CONTACTS: Final = ((None, None), ("王", None), ("李", "139"), ("张", "139"))
"""Every person and telephone that anybody saves together."""
PASSING: Final = (
    FormerKey, FormerRoot, FormerSuperior, NotGranted, NotSignedByPersons, Revoked, UnitMoved, UnitNotKnown,
    WrongDirection,
)  # fmt: skip
"""Why a bundle may not be taken now, and comes again with the next."""
PATHS: Final = {Level.DISTRICT: 3, Level.TOWN: 2}
"""How many may stand below whom a certificate lets enrol others."""
TALL: Final = 7
"""Of so many histories one is about four levels."""
MOST_ROUNDS: Final = 3
"""In so many rounds up and down everything has arrived everywhere, and nothing is on its way any more."""
MOST_TURNS: Final = 12
"""So often somebody may have to be let in, or a fork to be decided, that was heard of only by what came before."""
OFTEN: Final = (
    "birth", "birth", "edit", "edit", "edit", "contact", "visit", "send", "send", "send", "deliver", "deliver",
    "deliver", "deliver",
)  # fmt: skip
ACTS: Final = (
    "count", "move", "delete", "undo", "novelty", "recut", "exclude", "revoke", "lift", "redate", "run_ahead",
    "fall_behind", "snapshot", "restore", "set_back", "copy", "renew", "change_root", "settle_fork",
    "contest", "contest", "contest", "contest", "join", "join", "part", "update", "relapse", "relapse",
)  # fmt: skip

WHILE_IT_LASTS: Final = (
    "birth",
    "edit",
    "edit",
    "count",
    "move",
    "delete",
    "visit",
    "exclude",
    "lift",
    "erase",
    "revoke",
)
"""What a desk does between a backup and the day on which it is put back."""
AHEAD: Final = ("edit", "edit", "birth", "delete", "visit", "count", "erase")
"""What is saved under a date in the future."""


def _enrolled(folder: Path, *, cipher: bool = False) -> tuple[Desk, ...]:
    """The district, the towns and the villages; the first of these has the newer program."""
    district = new_root(folder, "区", cipher=cipher, types=FILING_TYPES)
    towns = _made(folder, Level.TOWN, "甲镇", "乙镇", cipher=cipher)
    villages = _made(folder, Level.VILLAGE, "一村", "二村", cipher=cipher)
    for town in towns:
        _put_under(town, district)
    for village in villages:
        _put_under(village, towns[0])
    return district, *towns, *villages


def _enrolled_below_a_city(folder: Path, *, cipher: bool = False) -> tuple[Desk, ...]:
    """The same with a city above two districts, of which the first has a town with both villages."""
    city = new_root(folder, "市", Level.CITY, cipher=cipher, types=FILING_TYPES)
    districts = _made(folder, Level.DISTRICT, "甲区", "乙区", cipher=cipher)
    (town,) = _made(folder, Level.TOWN, "甲镇", cipher=cipher)
    villages = _made(folder, Level.VILLAGE, "一村", "二村", cipher=cipher)
    for district in districts:
        _put_under(district, city)
    _put_under(town, districts[0])
    for village in villages:
        _put_under(village, town)
    return city, *districts, town, *villages


def _made(folder: Path, level: Level, *names: str, cipher: bool) -> list[Desk]:
    return [
        new_desk(
            folder, name, level, cipher=cipher, types=NEWER_FILING_TYPES if name == "一村" else FILING_TYPES
        )
        for name in names
    ]


def _put_under(below: Desk, desk: Desk, incarnation: str | None = None) -> None:
    """Enrols a station, which takes over what is known of the roots."""
    enrol(below, desk, PATHS.get(below.level), incarnation)
    station.keep_history(below.ledger, station.history(desk.database))


@dataclass
class Snapshot:
    """The database of a station as it once was, and the words that had been typed by then."""

    database: Database
    typed: frozenset[str]


class History:
    """One history, repeatable by its seed: a district, two towns, and two villages of the first.

    Of every ``TALL`` one is about a city, two districts and two villages of a town of the first: then the city is what
    is called district here, and the districts are the towns.
    """

    acts: tuple[str, ...] = ACTS
    """What happens now and then."""

    def __init__(self, folder: Path, seed: int, *, cipher: bool = False) -> None:
        self.rnd = random.Random(seed)
        self.apart = seed % 2 == 1
        """Towns hold nothing in common."""
        self.small = seed % 5 == 0
        """Bundles hold little, and what has come into a scope goes to the end of the journal."""
        self.folder = folder
        self.cipher = cipher
        self.log: list[str] = []
        making = _enrolled_below_a_city if seed % TALL == TALL - 1 else _enrolled
        self.desks = [*(making(folder, cipher=True) if cipher else cast(making, folder))]
        self.district, *self.towns = self.desks[:3]
        self.between = [d for d in self.desks[3:] if d.level is not Level.VILLAGE]
        """Who stands between a town and the villages."""
        self.villages = [d for d in self.desks[3:] if d.level is Level.VILLAGE]
        self.above = {below.name: self.district for below in self.towns}
        """Which station stands above a station, by the name of that below."""
        self.above |= {below.name: self.towns[0] for below in self.desks[3:]}
        self.above |= {below.name: desk for desk in self.between for below in self.villages}
        self.said: list[tuple[Desk, str, str]] = []
        """What takes items back: whose word, of which type, its record."""
        self.lifted: list[tuple[Desk, str, str]] = []
        """What was taken back again, unless a backup comes back that does not know."""
        self.underway: list[tuple[Desk, Sent]] = []
        self.done: list[tuple[Desk, ChangeSet]] = []
        self.words = itertools.count()
        self.typed: list[tuple[Desk, str]] = []
        """Every word that was typed where nobody may erase it, and where."""
        self.contacts = {*CONTACTS}
        """Every person and telephone that somebody has saved together."""
        self.groups: set[tuple[Any, ...]] = {(None, None, None)}
        """Every head-count, its source and its mark that somebody has saved together."""
        self.snapshots: dict[str, Snapshot] = {}
        self.doubtful: set[str] = set()
        """Stations that have gone on from one state twice."""
        self.roots_left = 1
        self.relapsed: set[str] = set()
        """Desks that may have words to get back, for which they have vouched with the keys that they have now."""
        self.furthest = 0
        """The last moment under which anything was saved."""

    def put_under(self, below: Desk, desk: Desk, incarnation: str | None = None) -> None:
        """Enrols a station elsewhere, or once more."""
        _put_under(below, desk, incarnation)
        self.above[below.name] = desk

    def close(self) -> None:
        """Nothing is kept of it."""
        for database in (*(d.database for d in self.desks), *(s.database for s in self.snapshots.values())):
            database.close()

    # -- who is where ----------------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[tuple[Desk, Desk]]:
        """Every station with the one above it, the lowest first."""
        return [(d, self.above[d.name]) for d in reversed(self.desks) if d is not self.district]

    @property
    def laptops(self) -> list[Desk]:
        """The stations of villages, copies included."""
        return [d for d in self.desks if d.level is Level.VILLAGE]

    @property
    def latest(self) -> int:
        """The time on the clock that is furthest ahead."""
        return max(desk.time.at for desk in self.desks)

    def below(self, desk: Desk) -> list[Desk]:
        """All stations below another."""
        found = [d for d in self.desks if self.above.get(d.name) is desk]
        return [x for d in found for x in (d, *self.below(d))]

    def over(self, desk: Desk) -> list[Desk]:
        """All stations above another, the next one first."""
        above = self.above.get(desk.name)
        return [] if above is None else [above, *self.over(above)]

    def units_of(self, desk: Desk) -> list[str]:
        """The units that a station may write for."""
        return sorted({desk.unit, *(d.unit for d in self.below(desk))})

    def some(self, desk: Desk, type_name: str = "firm") -> str | None:
        """A record that the station may write to."""
        mine = self.writable(desk, type_name)
        return self.rnd.choice(mine) if mine else None

    def writable(self, desk: Desk, type_name: str = "firm") -> list[str]:
        """The records that the station may write to."""
        units = self.units_of(desk)
        shown = {r: desk.shown(r, type_name) for r in sorted(desk.records(type_name))}
        return [r for r, found in shown.items() if found is not None and found.unit in units]

    def word(self, desk: Desk) -> str:
        """A new word, typed at a station."""
        text = f"w{next(self.words)}w"
        self.typed.append((desk, text))
        return text

    # -- what happens ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Something happens somewhere."""
        desk = self.rnd.choice(self.desks)
        desk.time.at += self.rnd.choice((0, 0, 5_000, 3_600_000))
        name = self.rnd.choice(OFTEN) if self.rnd.random() < 0.6 else self.rnd.choice(self.acts)
        act: Callable[[Desk], object] = getattr(self, name)
        typed = len(self.typed)
        try:
            told = act(desk)
        except WrongClock:
            del self.typed[typed:]
            desk.time.at = self.latest
            told = "its clock was put right"
        self.log.append(f"{desk.name} {name} {told}")

    def birth(self, desk: Desk) -> object:
        record = self.rnd.choice(("", "", "") if self.apart else (*SHARED, "", "", ""))
        if record in desk.records():
            return None
        cells = {
            "name": self.word(desk),
            "staff": self.rnd.choice((1, 2, None)),
            "source": self.rnd.choice(("社保", None)),
            "in_park": self.rnd.choice((0, 1, None)),
            "partner": self.rnd.choice((*SHARED, None)),
            "person": self.rnd.choice(("王", None)),
        }
        self.groups.add((cells["staff"], cells["source"], None))
        return desk.birth("firm", cells, record=record, unit=self.rnd.choice(self.units_of(desk)))

    def _edit(self, desk: Desk, slot: str, value: Callable[[], Any]) -> object:
        record = self.some(desk)
        if record is not None:
            self.done.append((desk, desk.edit(record, slot, value())))
        return record, slot

    def edit(self, desk: Desk) -> object:
        slot = self.rnd.choice(("name", "name", "in_park", "partner"))
        return self._edit(desk, slot, {
            "name": lambda: self.word(desk),
            "in_park": lambda: self.rnd.choice((0, 1)),
            "partner": lambda: self.rnd.choice((*SHARED, None)),
        }[slot])  # fmt: skip

    def contact(self, desk: Desk) -> object:
        person, phone = self.rnd.choice(CONTACTS[2:])
        return self._edit(
            desk, "contact", lambda: self.rnd.choice(({"person": person, "phone": phone}, None))
        )

    def count(self, desk: Desk) -> object:
        staff = self.rnd.choice((3, 4, None))
        self.groups.add((staff, staff and "税务", None))
        return self._edit(desk, "count", lambda: staff and {"staff": staff, "source": "税务"})

    def novelty(self, desk: Desk) -> object:
        """What only a newer program writes: a type, a field, a member of a group, a kind that waits everywhere."""
        newer = self.villages[0]
        firm = self.some(newer)
        if firm is None:
            return None
        prize = self.rnd.choice((*PRIZES, ""))
        if prize in newer.records("prize"):
            newer.edit(prize, "title", self.rnd.choice(("一等", None)), "prize")
            newer.edit(prize, "firm", self.rnd.choice((firm, *SHARED)), "prize")
            if self.rnd.random() < 0.3:
                newer.delete(prize, "prize")
        else:
            newer.birth("prize", {"firm": firm, "title": "二等", "year": 2026}, record=prize)
        newer.edit(firm, "slogan", self.rnd.choice(("好", None)))
        staff = self.rnd.randint(5, 6)
        self.groups.add((staff, None, 1))
        newer.edit(firm, "count", {"staff": staff, "verified": 1})
        if self.rnd.random() < 0.3:
            newer.forge_change(firm, None, None, kind="praise")
        return firm

    def update(self, desk: Desk) -> object:
        """A station gets the newer program: what it has only kept until then is understood."""
        reopen(desk, NEWER_FILING_TYPES)
        return None

    def visit(self, desk: Desk) -> object:
        record = self.some(desk)
        shown = desk.shown(record) if record is not None else None
        if shown is None:
            return None
        return desk.birth("visit", {"firm": shown.id, "topic": self.word(desk)}, unit=shown.unit)

    def move(self, desk: Desk) -> object:
        record = self.some(desk)
        if record is None or desk.level is Level.VILLAGE or (self.apart and desk is self.district):
            return None
        to = self.rnd.choice(self.units_of(desk))
        self.done.append((desk, desk.move(record, to)))
        return record, to

    def delete(self, desk: Desk) -> object:
        type_name = self.rnd.choice(("firm", "firm", "visit"))
        record = self.some(desk, type_name)
        if record is not None:
            self.done.append((desk, desk.delete(record, type_name, revive=self.rnd.random() < 0.3)))
        return record

    def undo(self, desk: Desk) -> object:
        mine = [changes for d, changes in self.done if d is desk and changes.stamp]
        if mine:
            try:
                desk.ledger.undo(self.rnd.choice(mine).stamp, desk.name)
            except (CannotUndo, NotFound):
                return "cannot"
        return None

    def join(self, desk: Desk) -> object:
        """Somebody who may write two firms says that they are one."""
        may = ((d, self.writable(d)) for d in self.rnd.sample(self.desks, len(self.desks)))
        desk, mine = next(((d, found) for d, found in may if len(found) > 1), (desk, []))
        if not mine:
            return None
        one, other = sorted(self.rnd.sample(mine, 2))
        edge = same_id("firm", one, other)
        if edge in desk.records(SAME):
            return "said before"
        birth = NewRecord(SAME, edge, desk.unit, {"kind": "firm", "one": one, "other": other})
        self.done.append((desk, desk.ledger.write("合并", desk.name, births=[birth])))
        return desk.name, one[:6], other[:6]

    def part(self, desk: Desk) -> object:
        """And that they are not, or are again."""
        edges = [(d, edge) for d in self.desks if (edge := self.some(d, SAME)) is not None]
        if not edges:
            return None
        desk, edge = self.rnd.choice(edges)
        self.done.append((desk, desk.delete(edge, SAME, revive=self.rnd.random() < 0.3)))
        return desk.name, edge[:6]

    # -- what a level above says -----------------------------------------------------------------------------------

    def _speaker(self, desk: Desk) -> Desk:
        return desk if desk in (*self.towns, *self.between) else self.district

    def exclude(self, desk: Desk) -> object:
        """Some items of a station are withdrawn; not those that say who is who, or it could send nothing."""
        desk = self._speaker(desk)
        below = [d for d in self.below(desk) if d.station not in self.doubtful]
        if not below:
            return None
        whom = self.rnd.choice(below)
        top = whom.ledger.next_number() + 2
        numbers = {self.rnd.randrange(1, top) for _ in range(self.rnd.randint(1, 3))}
        # That a laptop's own word about its dates counts no more is not heard beside its town (known residue).
        words = whom.database.rows("SELECT _number FROM r_exclusion WHERE _origin = ?", (whom.ledger.origin,))
        numbers -= {n for (n,) in words}
        if whom.level is not Level.VILLAGE:
            grants = whom.database.rows(
                "SELECT _number FROM r_grant WHERE _origin = ?", (whom.ledger.origin,)
            )
            numbers = {n for n in numbers if 8 < n < whom.ledger.next_number()} - {n for (n,) in grants}
        if numbers:
            self.said.append((desk, "exclusion", desk.exclude(*((whom, n) for n in sorted(numbers)))))
        return whom.name, numbers

    def contest(self, desk: Desk) -> object:
        """What both branches know is claimed, given to either, or taken back by a town that the other does not know.

        Only where somebody above both says so once more do they hold the same in the end.
        """
        if self.apart:
            return None
        record, town = self.rnd.choice(SHARED), self.rnd.choice(self.towns)
        if record in self.district.records() and self.rnd.random() < 0.3:
            to = self.rnd.choice(self.units_of(self.district))
            self.done.append((self.district, self.district.move(record, to)))
            return record[:4], to
        for claiming in self.towns:
            writer = self.rnd.choice([claiming, *self.below(claiming)])
            if record not in writer.records():
                writer.birth("firm", {"name": self.word(writer)}, record=record)
                self.groups.add((None, None, None))
        self._bring_together()
        if said := self._about(record, town):
            several = self.rnd.sample(said, self.rnd.randint(1, len(said)))
            self.said.append((town, "exclusion", town.exclude(*several)))
        return record[:4], town.name

    def inform(self, desk: Desk) -> None:
        """A station hears what those above it know."""
        for above, below in pairwise([desk, *self.over(desk)][::-1]):
            self.bring(below, above)

    def _bring_together(self) -> None:
        """Everybody reports, and both towns hear of it."""
        for below, desk in (*self.pairs, *((self.district, town) for town in self.towns)):
            below.time.at = desk.time.at = self.latest
            self.bring(desk, below)

    def _about(self, record: str, town: Desk) -> list[tuple[Desk, int]]:
        """What stations below a town have said of a record, as far as that holds it."""
        below = [d for d in self.below(town) if d.station not in self.doubtful]
        return [
            (d, number)
            for d in below
            for (number,) in town.database.rows(
                "SELECT number FROM version WHERE record = unhex(:record) AND origin = :origin"
                " UNION SELECT _number FROM r_firm WHERE id = unhex(:record) AND _origin = :origin",
                {"record": record, "origin": town.ledger.origin_ref(d.station, d.keys.incarnation)},
            )
        ]

    def revoke(self, desk: Desk) -> object:
        desk = self._speaker(desk)
        below = [d for d in self.below(desk) if d.level is Level.VILLAGE]
        if not below:
            return None
        whom = self.rnd.choice(below)
        last = self.rnd.randrange(whom.ledger.next_number() + 1)
        self.said.append((desk, "revocation", desk.revoke(whom, last)))
        return whom.name, last

    def lift(self, desk: Desk) -> object:
        if not self.said:
            return None
        at = self.rnd.randrange(len(self.said))
        writer, type_name, record = self.said[at]
        if writer.shown(record, type_name) is None:
            # It may come back from those who have heard it.
            self.lifted.append(self.said.pop(at))
            return "it was lost"
        # Where the clock is in doubt nothing was lifted.
        writer.lift(record, type_name)
        self.lifted.append(self.said.pop(at))
        return writer.name, type_name

    # -- what happens to computers ---------------------------------------------------------------------------------

    def run_ahead(self, desk: Desk) -> object:
        """A clock is set wrong by more than a day, until somebody corrects the others."""
        if desk.time.at < self.latest + DAY:
            desk.time.at += int(1.2 * DAY)
        return None

    def fall_behind(self, desk: Desk) -> object:
        """A clock says 2015, so that all that comes is dated ahead: until somebody wants to save something."""
        desk.time.at -= 4_000 * DAY
        return None

    def redate(self, desk: Desk) -> object:
        """Something is saved under a date in the future, perhaps sent, and saved anew today in a new incarnation."""
        if desk.level is not Level.VILLAGE or desk.station in self.doubtful:
            return None
        days = self.rnd.choice((1.5, 400, 7_000))
        desk.time.pass_days(days)
        self.furthest = max(self.furthest, desk.time.at + DAY)
        # Somebody has said that it is the right date.
        desk.ledger.clock.confirm()
        act: Callable[[Desk], object] = getattr(self, self.rnd.choice(AHEAD))
        try:
            told = act(desk)
        finally:
            desk.time.pass_days(-days)
        if self.rnd.random() < 0.5 and is_linked(desk, self.above[desk.name]):
            self.underway.append((self.above[desk.name], desk.send()))
        rewriting.redate(desk.ledger, desk.keys, self.incarnation(), desk.name, "更正")
        desk.keys = station.load_keys(desk.ledger)
        return told

    def incarnation(self) -> str:
        """A new one."""
        return f"{self.rnd.getrandbits(64):016x}"

    def recut(self, desk: Desk) -> object:
        """Own items stand in other segments than before: they are known item by item."""
        found: list[tuple[tuple[int, bytes], Mapping[str, items.Shape]]] = []
        for position, compressed in desk.database.rows(
            "SELECT position, frame FROM segment WHERE origin = ? AND vouched IS NULL", (desk.ledger.origin,)
        ):
            header, lines = segments.opened(*segments.read(kept.frame_of(compressed)))
            numbered = zip(range(header.first, header.last + 1), lines, strict=True)
            found += ((line, header.shapes) for line in numbered)
            desk.database.execute("DELETE FROM segment WHERE position = ?", (position,))
        found.sort(key=lambda line: line[0])
        while found:
            taken, shapes = [], dict[str, items.Shape]()
            for line, stated in found[: self.rnd.randint(1, len(found))]:
                if any(shapes.get(name, shape) != shape for name, shape in stated.items()):
                    # Since the program was updated births have more columns.
                    break
                shapes |= stated
                taken.append(line)
            kept.keep(desk.ledger, *segments.cut(
                desk.station, desk.keys.incarnation, taken, shapes, desk.keys.sign
            ))  # fmt: skip
            found = found[len(taken) :]
        return None

    def _path(self, desk: Desk) -> Path | None:
        return self.folder / f"{desk.name}-{next(desk.numbers)}.db" if self.cipher else None

    def snapshot(self, desk: Desk) -> object:
        """A backup."""
        self.snapshots[desk.name] = Snapshot(
            copied(desk, self._path(desk)), frozenset(w for _, w in self.typed)
        )
        return None

    def _go_back(self, desk: Desk) -> bool:
        """What was typed since and has reached nobody is gone."""
        found = self.snapshots.pop(desk.name, None)
        if found is None:
            return False
        old, types = desk.ledger.database, desk.ledger.types
        put_back(desk, found.database, types)
        old.close()
        # What others hold may have been given to another unit since: then it is theirs and does not come back.
        there = [(d, words_of(d)) for d in self.desks if d is not desk]
        since = {w for d, w in self.typed if d is desk and w not in found.typed}
        self.typed = [
            (holder, w)
            for d, w in self.typed
            for holder in ([d] if w not in since else [o for o, text in there if w in text][:1])
        ]
        return True

    def restore(self, desk: Desk) -> object:
        """A backup is put back, which begins a new incarnation. Of two that are one station nobody could tell them."""
        if desk.station in self.doubtful or not self._go_back(desk):
            return "no backup"
        desk.cut()
        station.begin_incarnation(desk.ledger, self.incarnation())
        station.drop_request(desk.ledger)
        desk.keys = station.load_keys(desk.ledger)
        return "restored"

    def relapse(self, desk: Desk) -> object:
        """A desk tells those below what nobody above hears, and a backup of before is put back."""
        desk = self._speaker(desk)
        self.snapshot(desk)
        for _ in range(self.rnd.randint(1, 3)):
            act: Callable[[Desk], object] = getattr(self, self.rnd.choice(WHILE_IT_LASTS))
            act(desk)
        for below in (d for d in self.desks if self.above.get(d.name) is desk and self.rnd.random() < 0.8):
            try:
                self.bring(below, desk)
            except ClockInDoubt:
                below.time.at = self.latest
        self.relapsed.add(desk.name)
        return self.restore(desk)

    def set_back(self, desk: Desk) -> object:
        """An old copy of the file is put back where nothing notices it: numbers are given a second time."""
        if desk.level is not Level.VILLAGE:
            return "no backup"
        return self._set_back(desk)

    def _set_back(self, desk: Desk) -> object:
        if not self._go_back(desk):
            return "no backup"
        # Of two contents with the very same number and stamp nobody could say which counts (known residue).
        desk.time.at = self.latest + 1_000
        self.doubtful.add(desk.station)
        return "set back"

    def copy(self, desk: Desk) -> object:
        """A laptop's disk is copied, and both are written to."""
        if desk.level is not Level.VILLAGE or len(self.laptops) > len(self.villages):
            return None
        return self._twin(desk).name

    def _twin(self, desk: Desk) -> Desk:
        """A second computer with the same on it."""
        name = f"{desk.name}副本"
        (self.folder / name).mkdir()
        twin = Desk(
            name,
            desk.level,
            desk.unit,
            desk.ledger,
            desk.keys,
            type(desk.time)(desk.time.at + 1),
            self.folder / name,
            code=desk.code or desk.name,
        )
        put_back(twin, copied(desk, self._path(twin)), desk.ledger.types)
        twin.ledger.environment = type(desk.ledger.environment)(twin.time, random.Random(name).randbytes)
        put_back(twin, twin.database, desk.ledger.types)
        self.desks.append(twin)
        self.above[name] = self.above[desk.name]
        self.doubtful.add(desk.station)
        return twin

    def renew(self, desk: Desk) -> object:
        """New keys for a laptop."""
        above = self.above.get(desk.name)
        shared = [d for d in self.desks if d.station == desk.station]
        if above is None or len(shared) > 1 or desk.name in self.relapsed or not is_linked(desk, above):
            return None
        desk.time.at = above.time.at = self.latest
        renew(desk, above)
        self.snapshots.pop(desk.name, None)
        self.snapshots.pop(above.name, None)
        return above.name

    def change_root(self, desk: Desk) -> object:
        """The district's root gives way to another."""
        if not self.roots_left or self.district.name in self.relapsed:
            return None
        self.roots_left -= 1
        succession.change_root(self.district.ledger)
        self.district.keys = station.load_keys(self.district.ledger)
        self.snapshots.pop(self.district.name, None)
        return "changed"

    def settle_fork(self, desk: Desk) -> object:
        """The district says which contents count, and computers follow what was said."""
        decided = [fork.station[:6] for fork in self._decide()]
        return decided, [d.name for d, _ in self.pairs if self.follow(d)]

    def _decide(self) -> list[forks.Fork]:
        desk = self.district
        found = forks.open_forks(desk.database, desk.ledger.types)
        for fork in found:
            two = sum(d.station == fork.station for d in self.desks) > 1
            origin = desk.ledger.origin_ref(fork.station, fork.incarnation)
            lost = forks.losing(desk.ledger, origin, keep_held=self.rnd.random() < 0.5)
            for text in exclusions.write({(fork.station, fork.incarnation): lost}):
                refusal = "copied" if two else "restored"
                desk.say("exclusion", {"cause": excluding.FORK, "refusal": refusal, "items": text})
        return found

    def follow(self, desk: Desk) -> bool:
        """What a computer does on its next start when its fork is decided."""
        origin = desk.station, desk.keys.incarnation
        if not station.knowledge(desk.ledger, desk.keys).policy.is_decided(origin):
            return False
        if _is_copy(desk):
            desk.cut()
            fresh = identity.generate(desk.ledger.environment.random)
            with desk.database.transaction():
                copies.become_another(desk.ledger, fresh)
            desk.keys = station.load_keys(desk.ledger)
            above = self.above[desk.name]
            desk.time.at = above.time.at = self.latest
            self.put_under(desk, above)
            self.snapshots.pop(above.name, None)
        else:
            rewriting.renumber(desk.ledger, self.incarnation(), "换新编号")
            desk.keys = station.load_keys(desk.ledger)
        self.snapshots.pop(desk.name, None)
        return True

    # -- what travels ----------------------------------------------------------------------------------------------

    def send(self, desk: Desk) -> object:
        below, above = self.rnd.choice(self.pairs)
        if not is_linked(below, above):
            return "not yet"
        if self.rnd.random() < 0.5:
            self.underway.append((above, below.send()))
        elif not is_out(above, below):
            self.underway.append((below, above.send(below)))
        return below.name, above.name

    def deliver(self, desk: Desk) -> object:
        """One that is underway, perhaps the newest first, perhaps several at once; it may come again or be lost."""
        if not self.underway:
            return None
        to, sent = self.rnd.choice(self.underway)
        several = [
            sent,
            *(s for d, s in self.underway if d is to and s is not sent and self.rnd.random() < 0.3),
        ]
        self.rnd.shuffle(several)
        if self.rnd.random() < 0.7:
            self.underway.remove((to, sent))
        try:
            self.merge(to, several)
        except ClockInDoubt:
            to.time.at = self.latest
        return to.name, len(several)

    def merge(self, to: Desk, several: list[Sent]) -> int:
        """Merges bundles, looked through before now and then; the counts of each add up to what was signed: of all."""
        looked = to.merge(*several, preview=True) if self.rnd.random() < 0.2 else None
        report = to.merge(*several)
        for told, file in zip(report.bundles, several, strict=True):
            # Of new keys the grant may have come to stand behind what they have signed, and come with the next bundle.
            passing = (*PASSING, BadSegmentSignature) if self.small else PASSING
            assert told.problem is None or isinstance(told.problem, passing), told.problem
            assert told.applied >= 0
            assert told.problem or sums(told) == told.total == file.items
            done = [*told.changes.values(), *told.deletions.values()]
            assert sum(done) <= told.applied + told.released
        if looked is not None:
            assert [sums(b) for b in looked.bundles] == [sums(b) for b in report.bundles]
        return sum(told.total for told in report.bundles)

    def bring(self, to: Desk, desk: Desk) -> int:
        """All that is due from one station to another, in as many bundles as it takes; how many items that were.

        Nobody sends to a computer that was put out of use, nor before it is enrolled.
        """
        downward = to is not self.above.get(desk.name)
        if (downward and is_out(desk, to)) or not is_linked(*((to, desk) if downward else (desk, to))):
            return 0
        sent = [desk.send(to if downward else None)]
        while sent[-1].more:
            sent.append(desk.send(to if downward else None))
        return self.merge(to, sent)

    def finish(self) -> None:
        """Clocks are put right, whoever was shut out is let in, forks are decided, and everything arrives."""
        # By then the day has come of what was dated ahead and nobody has said anything about.
        at = max(self.latest, self.furthest) + 2 * DAY
        for n, d in enumerate(self.desks):
            d.time.at = at + n * 60_000
        for d in self.desks:
            d.ledger.clock.confirm()
        self._let_in()
        # Two that go on from one state are told from each other by what they write, once all of it is heard.
        for desk, _ in self.pairs:
            if desk.station in self.doubtful:
                # Of some numbers the district may have said that they do not count, whatever they are.
                for _ in range(4):
                    desk.birth("firm", {"name": self.word(desk)})
                links.send_all_again(desk.database)
                self.bring(self.above[desk.name], desk)
        at_rest = self.settle()
        # What a desk had said before it was restored may only have come back now.
        for _ in range(MOST_TURNS):
            # Whoever has not followed what was decided of it says nothing that counts.
            if not self._let_in() | self._settle_forks():
                break
            at_rest = self.settle()
        else:
            raise AssertionError("somebody is let in, or a fork is decided, without end")
        assert at_rest or self.settle()

    def _let_in(self) -> bool:
        """Whether somebody was revoked; nobody is any more."""
        revoked = [
            (desk, record)
            for desk, name, record in (*self.said, *self.lifted)
            if name == "revocation" and (shown := desk.shown(record, name)) is not None and shown.life != 1
        ]
        for desk, record in revoked:
            desk.lift(record, "revocation")
        return bool(revoked)

    def _settle_forks(self) -> bool:
        """Whether something was decided, or followed by a computer."""
        decided = self._decide()
        followed = [self.follow(d) for d, _ in self.pairs]
        return bool(decided) or any(followed)

    def settle(self) -> bool:
        """Down, then up and down until nothing is on its way; whether it came to that.

        Two computers that are one station hear and tell the same again and again until they are told apart.
        """
        self._down()
        return any(not self._round() for _ in range(MOST_ROUNDS))

    def _round(self) -> int:
        """Ten minutes later, by whatever clock, up and down; how many items were on their way."""
        for desk in self.desks:
            desk.time.at += 600_000
            desk.ledger.clock.confirm()
        return self._up() + self._down()

    def _up(self) -> int:
        return sum(self.bring(desk, below) for below, desk in self.pairs)

    def _down(self) -> int:
        return sum(self.bring(below, desk) for below, desk in reversed(self.pairs))


def sums(told: Any) -> int:
    """The items of a bundle by what became of them."""
    found: int = told.applied + told.known + told.held + told.conflict + told.refused
    return found


def is_linked(below: Desk, above: Desk) -> bool:
    """Whether a station reports to another: it may wait until that has enrolled it."""
    return links.link_to(below.database, above.station) is not None


def is_out(desk: Desk, below: Desk) -> bool:
    """Whether a desk takes a station below it for one that was put out of use, or did until it deleted its unit.

    That takes the word's effect at who has said it, and nowhere else; and when the unit is back it has it once more.
    """
    if desk.database.row("SELECT 1 FROM r_revocation WHERE station = ?", (below.station,)) is None:
        # Nobody has ever said so, which is told without working out all that is known of everybody.
        return False
    if trust.is_out(station.knowledge(desk.ledger, desk.keys).state, below.station):
        return True
    said = desk.database.row("SELECT 1 FROM r_revocation WHERE station = ? AND _life <> 1", (below.station,))
    unit = desk.shown(below.unit, "unit")
    return said is not None and unit is not None and unit.life == 1


def _is_copy(desk: Desk) -> bool:
    """Whether a level above has said that there are two computers, and what lost is this one's."""
    origin = desk.station, desk.keys.incarnation
    for record in desk.records("exclusion"):
        said = desk.values(record, "exclusion")
        if said is None or (said["cause"], said["refusal"]) != (excluding.FORK, "copied"):
            continue
        named = exclusions.read(str(said["items"] or "")).get(origin)
        if named is not None and rewriting.holds_one(desk.ledger, named.contents):
            return True
    return False
