"""Whether what one station of a random history has heard since its own last word says the same in any other order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from desktop.records.types import Catalogue
from desktop.store.tables.database import Database, Row
from desktop.sync.authority import station
from desktop.sync.bundles.sending import Sent
from tests.histories.losing import Losing
from tests.sync.desks import Desk, copied, put_back

SELDOM: Final = 3
"""In one of so many histories somebody is watched."""
MOST_TIMES: Final = 4
"""So often all may have to come, as some of it is taken only after the rest."""
_STATES: Final = {
    "change": "SELECT o.station, o.incarnation, s.number, s.stamp, lower(hex(s.record)), s.slot, s.value FROM version s"
    " JOIN origin o ON o.ref = s.origin WHERE NOT s.birth",
    "refused": "SELECT o.station, o.incarnation, s.number, s.stamp, s.reason FROM refused s"
    " JOIN origin o ON o.ref = s.origin",
    "held": "SELECT o.station, o.incarnation, s.number, s.stamp, s.reason FROM held s"
    " JOIN origin o ON o.ref = s.origin",
    "conflict": "SELECT type, lower(hex(record)), slot FROM conflict",
}
"""What has become of items. A value of a birth may still be copied to the log where nothing replaces it any more."""


@dataclass
class Window:
    """The database of a station as it was, by what that is known, and the bundles that were brought to it since."""

    mark: tuple[object, ...]
    database: Database
    types: Catalogue
    files: list[Sent] = field(default_factory=list)


class Reordering(Losing):
    """A history in which one station is watched."""

    def __init__(self, folder: Any, seed: int, **options: Any) -> None:
        super().__init__(folder, seed, **options)
        # An encrypted file is not copied into memory.
        self.watched = "" if self.cipher or seed % SELDOM else self.rnd.choice(self.desks).name
        self.window: Window | None = None

    def close(self) -> None:
        super().close()
        if self.window is not None:
            self.window.database.close()

    def merge(self, to: Desk, several: list[Sent]) -> int:
        """What comes to it is kept until it writes, or has other keys, a certificate or a program."""
        if to.name == self.watched:
            if self.window is None or self.window.mark != _mark(to):
                if self.window is not None:
                    self.window.database.close()
                self.window = Window(_mark(to), copied(to), to.ledger.types)
            self.window.files += several
        return super().merge(to, several)


def _mark(desk: Desk) -> tuple[object, ...]:
    keys = desk.keys
    chain = station.own_chain(desk.ledger)
    return (
        keys.station,
        keys.incarnation,
        keys.public_key,
        desk.ledger.next_number(),
        chain,
        id(desk.ledger.types),
    )


def check_any_order(history: Reordering) -> None:
    """All that comes to a copy of then, in the order in which it came and in another, leads to the same.

    Nothing is asked where it takes something in no order, as of a former root, or says something itself.
    """
    window = history.window
    desk = next((d for d in history.desks if d.name == history.watched), None)
    if window is None or desk is None or window.mark[:2] != (desk.station, desk.keys.incarnation):
        return
    shuffled = history.rnd.sample(window.files, len(window.files))
    copies = [_heard(history, desk, window, files) for files in (window.files, shuffled)]
    if all(taken for taken, _ in copies):
        one, other = (state_of(copy) for _, copy in copies)
        assert one == other, desk.name
    for _, copy in copies:
        copy.database.close()


def _heard(history: Reordering, desk: Desk, window: Window, files: list[Sent]) -> tuple[bool, Desk]:
    """A copy to which all has come, some at a time, and whether it took all and said nothing itself."""
    then, copy = replace(desk), replace(desk)
    put_back(then, window.database, window.types)
    put_back(copy, copied(then), window.types)
    copy.ledger.clock.confirm()
    number = copy.ledger.next_number()
    for time in range(MOST_TIMES):
        problems, at = [], 0
        while at < len(files):
            end = at + history.rnd.randint(1, 3)
            problems += [b.problem for b in copy.merge(*files[at:end]).bundles if b.problem is not None]
            at = end
        # Once more, as what was taken last may let count what came before.
        if time and not problems:
            break
    copy.settle()
    return not problems and copy.ledger.next_number() == number, copy


def state_of(desk: Desk) -> tuple[str, dict[str, list[Row]]]:
    """The digest, and what has become of every item."""
    return desk.digest().sha256, {name: sorted(desk.database.rows(sql)) for name, sql in _STATES.items()}
