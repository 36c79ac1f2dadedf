"""What was saved here under a date in the future is written anew, under that of today (rule 19)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.audit import Act
from desktop.operations.quantities import Count
from desktop.operations.session import Session
from desktop.operations.stations.policy import counted
from desktop.records.declaration import Role
from desktop.records.versions.deciding import GRANT
from desktop.records.versions.stamps import COUNTER_BITS
from desktop.store.ledger import ChangeSet
from desktop.store.peers import traffic as stored
from desktop.store.tables.database import Database
from desktop.store.tables.environment import EPOCH_MS, Environment
from desktop.sync.authority import station
from desktop.sync.merging import rewriting
from desktop.sync.merging.withdrawing import Losses
from desktop.sync.signed import identity


class NothingWrong(StateProblem):
    """No own item lies in the future."""

    next_step = "日期没有问题，不用更正。"


def look_at_redating(session: Session) -> tuple[Count, ...]:
    """What was saved here under a date in the future, by type."""
    found = rewriting.future_items(session.ledger, station.load_keys(session.ledger))
    losses = Losses()
    losses.add(item.put for item in found)
    return counted(session, losses)


def saved_anew(found: Iterable[Count]) -> tuple[Count, ...]:
    """Those of :func:`look_at_redating` that are saved anew: who was enrolled is enrolled once more by hand."""
    return tuple(c for c in found if c.type != GRANT)


def enrolled_words(found: Iterable[Count]) -> str:
    """What is left to do by hand, in words; nothing where nobody was enrolled under a wrong date."""
    enrolled = sum(c.births for c in found if c.type == GRANT)
    return f"那时候批准入网的{enrolled}台电脑，请再各办理一次入网。" if enrolled else ""


def latest_day(database: Database) -> datetime.date:
    """The day of the newest stamp that was given here: in the future where the date was wrong and is not corrected."""
    tick = int(stored.setting(database, "clock") or 0)
    return Environment.day_of((tick >> COUNTER_BITS) + EPOCH_MS)


def is_ahead(latest: datetime.date, today: datetime.date) -> bool:
    """Whether that day is so far ahead that levels above wait for it; the clocks of two may differ by a day."""
    return latest > today + datetime.timedelta(days=1)


def redate(session: Session) -> ChangeSet:
    """Writes what was saved under a date in the future anew, under the date of today, which must be right by now.

    What of it waits at the levels above is let go there with the next bundle. Raises :class:`NothingWrong` and
    ``WrongClock``.
    """
    session.require(Role.DESK)
    keys = station.load_keys(session.ledger)
    fresh = identity.new_incarnation(session.environment.random)
    with session.database.transaction():
        count = len(rewriting.future_items(session.ledger, keys))
        if not count:
            raise NothingWrong("本机没有保存日期在今天以后的内容。")
        audit.note(session, Act.REDATED, f"{count}项 新编号{fresh}")
        return rewriting.redate(session.ledger, keys, fresh, session.operator.name, rewriting.REDATING)
