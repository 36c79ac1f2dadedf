"""Station forks in words: whose computer gave one number two contents, which, and how much waits for the decision."""

from __future__ import annotations

import contextlib
import enum
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop.errors import StateProblem
from desktop.operations import audit, queries
from desktop.operations.session import Here, NotAllowed, Session
from desktop.operations.stations import policy, renewal
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.operations.workspaces import erasing
from desktop.records.declaration import Role
from desktop.records.typed.dates import stamp_words
from desktop.records.versions import items
from desktop.records.versions.canonical import parse
from desktop.records.versions.deciding import EXCLUSION
from desktop.records.versions.item_outcomes import HELD_FORK
from desktop.records.versions.spans import inside
from desktop.store.ledger import ChangeSet
from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.queries import reading
from desktop.store.tables.columns import wire_columns
from desktop.store.tables.database import Database
from desktop.sync.authority import exclusions
from desktop.sync.authority.excluding import FORK
from desktop.sync.merging import forks

KINDS = {items.BIRTH: "新增", items.CHANGE: "修改", items.TOMBSTONE: "删除"}
"""What an item is, in words."""


@dataclass(frozen=True, slots=True)
class Content:
    """One of the contents of a number; ``value`` is that of a changed slot, and nothing for a birth.

    ``type`` may be one that is not known here; then there is no ``title``. ``stamp`` says when it was written.
    """

    number: int
    kind: str
    type: str
    record: str
    title: str
    slot: str
    value: Any
    operator: str
    stamp: int


@dataclass(frozen=True, slots=True)
class OpenFork:
    """One incarnation of a station with two contents for some numbers: those, and how many items wait for a word."""

    station: str
    incarnation: str
    author: str
    contents: tuple[Content, ...]
    waiting: int

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers that have several contents, the lowest first."""
        return sorted({c.number for c in self.contents})


def open_forks(database: Database, here: Here) -> list[OpenFork]:
    """Every fork that is not decided. Who decides asks by telephone: was a laptop restored, or are there two?"""
    names = station_names(database, here)
    return [
        OpenFork(
            fork.station,
            fork.incarnation,
            names.get(fork.station, unknown_station(fork.station)),
            tuple(_content(database, here, put) for put in fork.contents),
            fork.waiting,
        )
        for fork in forks.open_forks(database, here.types)
    ]


@dataclass(frozen=True, slots=True)
class Doubled:
    """A unit of which two computers seem to use one ledger; ``since`` is the stamp from which both were written to."""

    station: str
    author: str
    since: int

    @property
    def sentence(self) -> str:
        """What was seen, in words; what is to be done is :data:`ONE_COMPUTER`."""
        since = stamp_words(self.since)
        return f"“{self.author}”像是有两台电脑在用同一份台账：从{since}起，恢复前后的两份都有新内容。"


ONE_COMPUTER = (
    "两份的内容都照收，没有丢。下一步：打电话问清。原来那台不再用的，请不要再打开；两台都要用的，"
    "在其中一台上把台账文件夹复制到别处打开，选“复制来的”，再重新办理入网。只有一台、是日期调快过的，不用处理。"
    "其中一份满30天没有新内容，这条提示就不再出现。"
)
"""What is to be done about two computers that use one ledger."""


def doubled(database: Database, here: Here) -> list[Doubled]:
    """Every station of which two computers seem to be in use."""
    names = station_names(database, here)
    return [
        Doubled(found.station, names.get(found.station, unknown_station(found.station)), found.since)
        for found in forks.doubled(database, here.types)
    ]


def _content(database: Database, here: Here, put: Put) -> Content:
    birth = put.kind == items.BIRTH
    return Content(
        put.number,
        put.kind,
        put.type,
        put.record,
        _title(database, here, put, birth),
        put.slot,
        None if birth else parse(put.value),
        put.operator,
        put.stamp,
    )


def _title(database: Database, here: Here, put: Put, birth: bool) -> str:
    """What the record is called: a new one by its own cells, another as it stands here, if it does."""
    record_type = here.types.get(put.type)
    if record_type is None:
        return ""
    if birth:
        columns = wire_columns(record_type)
        cells = {columns[c].name: value for c, value in json.loads(put.value).items() if c in columns}
        return queries.title(database, here.types, here.codes, record_type, cells)
    held = reading.record(database, here.types, put.type, put.record)
    return "" if held is None else queries.title(database, here.types, here.codes, record_type, held.values)


def decidable(session: Session) -> frozenset[tuple[str, str]]:
    """The open forks, by station and incarnation, that this operator at this computer may decide."""
    if session.operator.role not in (Role.ADMIN, Role.DESK):
        return frozenset()
    found = set()
    for fork in open_forks(session.database, session.here):
        with contextlib.suppress(NotAllowed):
            policy.require_above_station(session, fork.station)
            found.add((fork.station, fork.incarnation))
    return frozenset(found)


class Kind(enum.StrEnum):
    """What the telephone call has shown."""

    RESTORED = "restored"
    COPIED = renewal.COPIED


class NoFork(StateProblem):
    """There is no fork of that computer here that is not decided."""

    next_step = "请先合并最新的数据包，再看还有没有重号。"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a decision would do: which contents count and which do not, and how many that wait come in, or do not."""

    counting: tuple[Content, ...]
    lost: tuple[Content, ...]
    released: int
    left: int


def look_at(session: Session, name: str, incarnation: str, *, keep_waiting: bool = False) -> Outlook:
    """What :func:`decide` would do; raises :class:`NoFork` and ``NotAllowed``."""
    fork = _undecided(session, name, incarnation)
    origin = session.ledger.origin_ref(name, incarnation)
    named = forks.losing(session.ledger, origin, keep_held=keep_waiting)
    waiting = aside.held_of(session.database, origin, HELD_FORK)
    left = {item for item in waiting if inside([item[0]], named.spans) or item in named.contents}
    lost = [
        c for c in fork.contents if inside([c.number], named.spans) or (c.number, c.stamp) in named.contents
    ]
    return Outlook(
        tuple(c for c in fork.contents if c not in lost), tuple(lost), len(waiting) - len(left), len(left)
    )


def _undecided(session: Session, name: str, incarnation: str) -> OpenFork:
    """The open fork of a station's incarnation, of a station below this one."""
    fork = next(
        (
            f
            for f in open_forks(session.database, session.here)
            if (f.station, f.incarnation) == (name, incarnation)
        ),
        None,
    )
    if fork is None:
        raise NoFork("没有这处重号，或者已经定了。")
    policy.require_above_station(session, name)
    return fork


def decide(
    session: Session, name: str, incarnation: str, kind: Kind, *, keep_waiting: bool = False, note: str = ""
) -> ChangeSet:
    """Says which contents of a forked computer count: what counts already, or with ``keep_waiting`` what waits.

    The decision travels. A restored computer saves what lost anew under new numbers, so that nothing is missing; a
    copied one has to be enrolled as a computer of its own. Raises :class:`NoFork`, ``NotAllowed``, ``WrongClock``.
    """
    session.require(Role.DESK)
    fork = _undecided(session, name, incarnation)
    origin = session.ledger.origin_ref(name, incarnation)
    lost = forks.losing(session.ledger, origin, keep_held=keep_waiting)
    found = "恢复过备份" if kind is Kind.RESTORED else "复制成两台"
    words = f"重号：{fork.author}，{found}"
    births = [
        policy.birth_of(
            session,
            EXCLUSION,
            {"label": words, "cause": FORK, "refusal": kind.value, "note": note or None, "items": text},
        )
        for text in exclusions.write({(name, incarnation): lost})
    ]
    with session.database.transaction():
        audit.note(session, audit.Act.FORK_DECIDED, f"工作电脑{name} 编号{incarnation} {found}")
        changes = policy.say(session, words, births=births)
    # An erasure may have waited behind it.
    erasing.finish(session)
    return changes
