"""Which values of this unit a bundle from above has replaced: decided otherwise, or simply changed by somebody else.

Told after the merge, and again from the ledger of merges. Of what comes from below nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.operations.slot_words import differing, links_of, told_apart
from desktop.operations.stations import renewal
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.records.declaration import DELETED_SLOT, RESERVED_LABELS, RecordType
from desktop.records.typed.dates import stamp_words
from desktop.store.peers import links
from desktop.store.peers import traffic as stored
from desktop.store.peers.traffic import Merged
from desktop.store.queries.replaced import Replaced, by_merges
from desktop.store.tables.database import Database
from desktop.sync.merging.results import BundleResult

LISTED = 200
"""So many are put into words; the rest is counted."""
_EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Decided:
    """One own value ``was`` and the one ``now`` in its place, in words with personal values masked, and by whom.

    ``verb`` is whether several values were decided between, or one was changed or a record deleted.
    """

    type: str
    record: str
    slot: str
    label: str
    title: str
    slot_label: str
    was: str
    now: str
    verb: str
    operator: str
    author: str
    when: str

    @property
    def who(self) -> str:
        """“王芳（径山镇总工会）”."""
        return f"{self.operator}（{self.author}）" if self.operator else self.author


@dataclass(frozen=True, slots=True)
class Told:
    """The first of them, and how many there are."""

    listed: tuple[Decided, ...] = ()
    count: int = 0

    @property
    def unlisted(self) -> int:
        """How many more there are."""
        return self.count - len(self.listed)


def decided_words(count: int) -> str:
    """That own values stand no more; in every place the same words."""
    return f"本单位填的有{count}处，上级或别的单位改了"


def after_merge(database: Database, here: Here, results: Iterable[BundleResult]) -> Told:
    """What the bundles from above among these have replaced, as soon as they are merged."""
    merges = [r.merge for r in results if r.problem is None and _is_above(database, r.sender)]
    return _told(database, here, merges)


def of_merge(database: Database, here: Here, merged: Merged) -> Told:
    """What a merge of the ledger had replaced; of what does not count any more nothing is said."""
    return _told(database, here, [merged.id] if _is_above(database, merged.sender) else [])


def _is_above(database: Database, station: str) -> bool:
    link = links.link_to(database, station)
    return (link is not None and link.upward) or links.was_above(database, station)


def _told(database: Database, here: Here, merges: Sequence[int]) -> Told:
    own = {here.station, stored.setting(database, renewal.STATION_BEFORE)} - {""}
    # Several bundles at once are told as one: the last of them has the last word.
    found = [one for one in by_merges(database, here.types, merges, own) if _is_shown(here, one)]
    listed = found[:LISTED]
    wanted: dict[str, set[str]] = {}
    for one in listed:
        wanted.setdefault(one.type, set()).add(one.record)
    titles = {
        (name, key): words
        for name, ids in wanted.items()
        for key, words in queries.titles(database, here.types, here.codes, name, ids).items()
    }
    names = station_names(database, here) if listed else {}
    told = [
        _words(database, here, one, titles.get((one.type, one.record), ""), names.get(one.station, ""))
        for one in listed
    ]
    return Told(tuple(told), len(found))


def _is_shown(here: Here, one: Replaced) -> bool:
    """Whether people see it in a record: the program itself keeps some, and does not know all that came."""
    record_type = here.types.get(one.type)
    if record_type is None or record_type.by_program:
        return False
    slot = record_type.slots.get(one.slot)
    return one.slot in RESERVED_LABELS if slot is None else bool(slot.shown_fields)


def _words(database: Database, here: Here, one: Replaced, title: str, author: str) -> Decided:
    record_type = here.types[one.type]
    was, now = _both(database, here, record_type, one)
    gone = one.slot == DELETED_SLOT and one.own is None
    return Decided(
        type=one.type,
        record=one.record,
        slot=one.slot,
        label=record_type.label,
        title=title,
        slot_label="整条记录" if one.slot == DELETED_SLOT else record_type.slot_label(one.slot),
        was="没有删除" if gone else was,
        now=now,
        verb="定为" if one.decided else "改为",
        operator=one.operator,
        author=author or unknown_station(one.station),
        when=stamp_words(one.stamp),
    )


def _both(database: Database, here: Here, record_type: RecordType, one: Replaced) -> tuple[str, str]:
    found = links_of(database, here, record_type, [(one.slot, one.own), (one.slot, one.value)])
    new, old = differing(here, record_type, found, one.slot, one.own, one.value)
    # A group that is called like its first field says that once.
    said = f"{record_type.slot_label(one.slot)}："
    was, now = (words.removeprefix(said) or _EMPTY for words in (old, new))
    return was, told_apart(was, now, changed=True)
