"""What forbids taking a step back although nothing newer stands in its slots: what it is about, or belongs to, is gone.

A station that writes under a deletion that it knows would be in conflict with itself (rule 9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from desktop.records.declaration import DELETED_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.resolution import Life
from desktop.store.log import belonging, components
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.writes import CannotUndo, Restoration


def check(database: Database, types: Catalogue, restorations: Collection[Restoration]) -> None:
    """Raises :class:`CannotUndo` where a record was deleted since, or what a record that comes back belongs to.

    Or to what one would belong again.
    """
    back = {
        (r.type, r.record)
        for r in restorations
        if r.slot == DELETED_SLOT and ABSENT in {value for value, _ in r.values}
    }
    gone: dict[str, set[str]] = {}
    for r in restorations:
        if (r.type, r.record) in back:
            check_bearers(database, types, r.type, r.record, back)
        elif r.slot != DELETED_SLOT and is_deleted(database, types, r.type, r.record):
            gone.setdefault(r.type, set()).add(r.record)
        elif r.slot == belonging.naming_slot(types[r.type]):
            found = (belonging.named_in(types, types[r.type], value) for value, _ in r.values)
            _check_named(database, types, [bearer for bearer in found if bearer is not None], back)
    if gone:
        # A step may have changed hundreds, and who reads this has to find the few.
        which = "、".join(f"{types[name].label}{len(found)}条" for name, found in gone.items())
        raise CannotUndo(
            f"这一步改过的记录后来有删除了的（{which}），不能撤消以前的修改。",
            "请先在“最近的操作”里把删除撤消，再撤消这一步；也可以只把要改回的那几条改回来。",
        )


def check_bearers(
    database: Database,
    types: Catalogue,
    type_name: str,
    record: str,
    back: Collection[tuple[str, str]] = (),
) -> None:
    """Raises :class:`CannotUndo` where a record belongs to one that is deleted, and not brought ``back`` with it."""
    bearers = belonging.bearers(database, types, type_name, bytes.fromhex(record))
    _check_named(database, types, [(name, found.hex()) for name, found in bearers], back)


def _check_named(
    database: Database,
    types: Catalogue,
    bearers: Iterable[tuple[str, str]],
    back: Collection[tuple[str, str]],
) -> None:
    for name, bearer in bearers:
        if (name, bearer) not in back and is_deleted(database, types, name, bearer):
            raise CannotUndo(
                f"它属于的{types[name].label}已经删除，单独恢复不了。", f"请先恢复那条{types[name].label}。"
            )


def is_deleted(database: Database, types: Catalogue, type_name: str, record: str) -> bool:
    """Whether a record is deleted, by what is said under its own id; one that is not here is not."""
    if ids := components.members(database, type_name, record):
        return components.load(database, types, type_name, ids).lives[record] is Life.DELETED
    life = database.value(f"SELECT _life FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,))
    return bool(life == int(Life.DELETED))
