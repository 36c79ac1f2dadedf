"""Withdrawing a merge: what it brought counts nowhere any more, unless something stands on it (rule 18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.audit import Act
from desktop.operations.quantities import Count
from desktop.operations.queries import titles
from desktop.operations.session import Session
from desktop.operations.stations.policy import BuiltUpon, birth_of, counted, require_above, say
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.records.declaration import Role
from desktop.records.versions.deciding import EXCLUSION, GRANT
from desktop.store.ledger import ChangeSet
from desktop.store.peers import traffic as stored
from desktop.store.peers.traffic import Merged
from desktop.sync.authority import excluding, exclusions
from desktop.sync.merging import withdrawing


class NoMerge(StateProblem):
    """There is no such merge here, or nothing is left of it to be withdrawn."""

    next_step = "请在合并记录里选择另一次合并。"


_MOST_TITLES = 5
"""As many records are named of what a withdrawal would take away."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What withdrawing a merge would do. ``upon`` counts later changes, ``letters`` issued letters that forbid it.

    ``titles`` are the words for some of the records that it brought or changed, ``granted`` the units whose
    enrolment it brought.
    """

    merge: Merged
    name: str
    losses: tuple[Count, ...]
    upon: int
    letters: int
    titles: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands on it (rule 18)."""
        return not self.upon and not self.letters

    @property
    def granted_words(self) -> str:
        """What becomes of those whose enrolment would not count; nothing where there are none."""
        names = "、".join(f"“{name}”" for name in self.granted[:_MOST_TITLES])
        if len(self.granted) > _MOST_TITLES:
            names += f"等{len(self.granted)}个单位"
        return (
            f"还带来了{names}的入网批准：撤回以后就当没有入网，登记的内容（别的数据包带来的也在内）都先留着，"
            "不再计入，以后的数据包各级都收不进来；恢复这次合并，或者重新办理入网，才会再计入。"
            if names
            else ""
        )


def look_at_withdrawal(session: Session, merge: int) -> Withdrawal:
    """What withdrawing a merge would do, before anything is written. Raises :class:`NoMerge` and ``NotAllowed``."""
    return _withdrawal(session, merge)[0]


def withdraw(session: Session, merge: int, note: str = "") -> ChangeSet:
    """Rolls a merge back everywhere, the authors' computers included; ``policy.lift`` restores it exactly.

    Raises :class:`NoMerge`, ``BuiltUpon``, ``NotAllowed`` and ``WrongClock``.
    """
    session.require(Role.DESK)
    found, brought = _withdrawal(session, merge)
    if found.upon:
        raise BuiltUpon(f"后来有{found.upon}处修改接在这次合并的内容上，不能撤回。")
    if found.letters:
        raise BuiltUpon(f"已经签发的{found.letters}份文书用到了这次合并的内容，不能撤回。")
    label = f"撤回合并：{found.name}第{found.merge.sequence}个数据包"
    births = [
        birth_of(
            session,
            EXCLUSION,
            {"label": label, "cause": excluding.WITHDRAWN, "note": note or None, "items": text},
        )
        for text in exclusions.write(brought.named)
    ]
    with session.database.transaction():
        audit.note(session, Act.WITHDRAWN, f"合并记录第{merge}号 {brought.losses.total()}项")
        return say(session, label, births=births)


def _withdrawal(session: Session, merge: int) -> tuple[Withdrawal, withdrawing.Withdrawable]:
    merged = next((m for m in stored.merges(session.database) if m.id == merge), None)
    if merged is None:
        raise NoMerge(f"没有第{merge}次合并。")
    brought = withdrawing.brought_by(session.ledger, merge)
    if not brought.losses.total():
        raise NoMerge("这次合并没有带来新的内容，或者已经撤回。")
    require_above(session, brought.places)
    names = station_names(session.database, session.here)
    return (
        Withdrawal(
            merged,
            names.get(merged.sender, unknown_station(merged.sender)),
            counted(session, brought.losses),
            brought.upon,
            brought.letters,
            _titles(session, brought.records),
            _granted(session, brought.records),
        ),
        brought,
    )


def _titles(session: Session, records: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The words for the first of these records, as a reader would know them again."""
    found: dict[str, None] = {}
    for type_name, record in records:
        if type_name not in session.types or session.types[type_name].by_program:
            continue
        found |= dict.fromkeys(
            titles(session.database, session.types, session.codes, type_name, [record]).values()
        )
        if len(found) >= _MOST_TITLES:
            break
    return tuple(found)


def _granted(session: Session, records: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names of the units whose grants are among these records."""
    ids = [record for name, record in records if name == GRANT]
    found = titles(session.database, session.types, session.codes, GRANT, ids) if ids else {}
    return tuple(dict.fromkeys(found.values()))
