"""Finds records by the words that lists and exports show for them, where these are more than one name.

A course is shown with its day and an officer with his post, so that is what an exported table has in its columns of
links, and what tells two of one name apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from desktop.operations import queries
from desktop.operations.session import Session
from desktop.records.declaration import Field, Kind
from desktop.records.typed.texts import folded
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup

Found = Mapping[str, list[str]]
_MOST_PARTS = 12
"""So many beginnings of one text are looked up at most."""


def by_title(
    session: Session, type_name: str, texts: Iterable[str], named: Callable[[str, Iterable[str]], Found]
) -> dict[str, list[str]]:
    """The living records that are shown as each text; ``named`` finds those of another type that words name."""
    target = session.types[type_name]
    wanted = {text: _beginnings(text) for text in texts}
    if len(target.title) == 1 or not wanted:
        return {}
    beginnings = sorted({words for each in wanted.values() for words in each})
    ids: set[str] = set()
    for name in target.title:
        cells = _cells(session, target.by_name[name], beginnings, named)
        held = lookup.by_value(session.database, target, name, cells) if cells else ()
        ids |= {record for _, record, life, _ in held if life is not Life.DELETED}
    shown: dict[str, list[str]] = {}
    for record, words in queries.titles(
        session.database, session.types, session.codes, type_name, ids
    ).items():
        shown.setdefault(folded(words), []).append(record)
    return {text: sorted(shown.get(folded(text), ())) for text in wanted}


def _beginnings(text: str) -> list[str]:
    """The text and what stands before each space in it, one of which is the first part of a title."""
    words = text.split(" ")
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)][:_MOST_PARTS]


def _cells(
    session: Session,
    field: Field,
    beginnings: Iterable[str],
    named: Callable[[str, Iterable[str]], Found],
) -> set[Cell]:
    """What a field may hold where a title begins with its words."""
    if field.link is not None:
        return {record for records in named(field.link, beginnings).values() for record in records}
    if field.kind is Kind.INTEGER:
        return {int(words) for words in beginnings if words.isascii() and words.isdigit()}
    if field.kind is Kind.CODE:
        labels = set(beginnings)
        return {item.code for item in session.codes[str(field.codes)].items if item.label in labels}
    return set(beginnings)
