"""Views of lists: filters, search, columns and order under a name that somebody gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from desktop.errors import UsageProblem
from desktop.operations.session import Session
from desktop.records.versions.canonical import normal_text
from desktop.store.queries import views as stored
from desktop.store.tables.database import Database

LONGEST_NAME = 30


class NoName(UsageProblem):
    """A view without a name."""

    next_step = "请写一个名字，如“还没有建会的”。"


@dataclass(frozen=True)
class View:
    """What a list shows. ``filters`` are the values that are chosen by field; names that are gone are passed over."""

    name: str = ""
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""
    disputed: bool = False
    deleted: bool = False
    columns: tuple[str, ...] = ()
    order: str = ""
    descending: bool = False

    def same(self, other: View) -> bool:
        """Whether both show the same, whatever they are called."""
        return replace(self, name="") == replace(other, name="")


def of(database: Database, type_name: str) -> list[View]:
    """The views of a type's list; what a newer program kept beside them is passed over."""
    return msgspec.convert(stored.kept(database, type_name), list[View])


def keep(session: Session, type_name: str, view: View) -> list[View]:
    """Keeps a view, in the place of one with the same name; the views as they are now. Raises :class:`NoName`."""
    view = replace(view, name=_tidy(view.name))
    present = of(session.database, type_name)
    if any(v.name == view.name for v in present):
        return _put(session, type_name, [view if v.name == view.name else v for v in present])
    return _put(session, type_name, [*present, view])


def rename(session: Session, type_name: str, old: str, new: str) -> list[View]:
    """Gives a view another name; another view that has it already goes. Raises :class:`NoName`."""
    name = _tidy(new)
    present = [v for v in of(session.database, type_name) if v.name == old or v.name != name]
    return _put(session, type_name, [replace(v, name=name) if v.name == old else v for v in present])


def forget(session: Session, type_name: str, name: str) -> list[View]:
    """Forgets a view; the views that are left."""
    return _put(session, type_name, [v for v in of(session.database, type_name) if v.name != name])


def _tidy(name: str) -> str:
    tidied = normal_text(name)[:LONGEST_NAME]
    if not tidied:
        raise NoName("视图还没有名字。")
    return tidied


def _put(session: Session, type_name: str, views: Sequence[View]) -> list[View]:
    with session.database.transaction():
        stored.keep(session.database, type_name, [msgspec.to_builtins(view) for view in views])
    return list(views)
