"""Puts the records that words of a link column mean into their rows, and holds a code beside a name against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.operations import queries
from desktop.operations.imports.model import Note, Part, RowResult, Weight
from desktop.operations.session import Session
from desktop.records.declaration import Field
from desktop.records.versions.canonical import Cell
from desktop.store.queries import lookup

_LONGEST = 30
_MOST_TOLD = 3
"""So many of one name are told apart in words."""


class Linker:
    """Fills one link field. ``code_column`` is the place of the column of codes beside its names, or -1."""

    def __init__(self, session: Session, wanted: Field, code_column: int) -> None:
        self._session = session
        self._target = session.types[str(wanted.link)]
        self._wanted = wanted
        self._code_column = code_column
        self._ways: dict[tuple[str, ...], str] = {}

    def link(
        self,
        rows: Sequence[tuple[RowResult, Part]],
        codes: Sequence[str],
        found: Mapping[str, list[str]],
    ) -> None:
        """Takes what is meant without doubt. Of several of one name the code tells; a name counts before a code."""
        doubtful: list[tuple[RowResult, str, str, str]] = []
        for (row, part), code in zip(rows, codes, strict=True):
            text, column = (part.words or {}).pop(self._wanted.name, ("", -1))
            named, coded = found.get(text, []), found.get(code, [])
            if len(named) > 1 and len(both := [r for r in named if r in coded]) == 1:
                named = both
            if text and len(named) == 1:
                part.values[self._wanted.name] = named[0]
                if code and coded != named:
                    doubtful.append((row, text, code, named[0]))
            elif code and len(coded) == 1 and not named:
                part.values[self._wanted.name] = coded[0]
                if text:
                    doubtful.append((row, text, code, coded[0]))
            elif text or code:
                reason = "有几条" if named or coded else "没有找到"
                way = self._told_apart(named) or "请先登记或改成准确的名称"
                words = f"“{self._wanted.label}”{reason}“{(text or code)[:_LONGEST]}”，{way}"
                at = column if text else self._code_column
                row.say(Note(words, Weight.PROBLEM, at, self._wanted.name))
        if doubtful:
            self._doubt(doubtful, found)

    def _told_apart(self, records: Sequence[str]) -> str:
        """How to write which of several is meant, where what lists show of them differs."""
        if len(records) < 2 or len(self._target.title) == 1:
            return ""
        asked = tuple(records[:_MOST_TOLD])
        if asked not in self._ways:
            at = self._session
            titles = queries.titles(at.database, at.types, at.codes, self._target.name, asked)
            shown = sorted(set(titles.values()))
            said = "或".join(f"“{words}”" for words in shown)
            self._ways[asked] = f"请写成{said}这样" if len(shown) > 1 else ""
        return self._ways[asked]

    def _doubt(self, rows: Sequence[tuple[RowResult, str, str, str]], found: Mapping[str, list[str]]) -> None:
        """Says of each row what its record is called and has as its code, where that is not what the row says."""
        key, title = str(self._target.key), self._target.title[0]
        ids = {r for _, _, code, taken in rows for r in (taken, *found.get(code, ()))}
        held = lookup.values(self._session.database, self._target, ids, (key, title))
        for row, text, code, taken in rows:
            if words := self._difference(text, code, taken, found, held):
                row.say(Note(words, Weight.WARNING, self._code_column, self._wanted.name))

    def _difference(
        self,
        text: str,
        code: str,
        taken: str,
        found: Mapping[str, list[str]],
        held: Mapping[str, Mapping[str, Cell]],
    ) -> str:
        key, title = str(self._target.key), self._target.title[0]
        name, known = text[:_LONGEST], held[taken][key]
        if known == code:
            return f"没有找到“{name}”，按代码当作“{held[taken][title]}”，请核对是哪一家"
        if others := [r for r in found.get(code, ()) if r != taken]:
            return f"这个代码是“{held[others[0]][title]}”的，先按名称当作“{name}”，请核对是哪一家"
        return f"“{name}”登记的代码是{known}，与这里的不同，请核对是哪一家" if known else ""
