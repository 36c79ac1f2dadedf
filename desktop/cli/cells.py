"""Reads what was typed for one field: as everywhere, and where that is a place or a link, with what helps here."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from desktop.operations.session import Session
from desktop.records.codes import PLACES, CodeList
from desktop.records.declaration import Field, Kind
from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.typed.typed_numbers import text_of
from desktop.records.typed.values import EMPTY, Parsed, parse_cell

_MOST_NAMED = 5
_LONGEST_SAID = 20


@dataclass(frozen=True)
class CellReader:
    """What reading values needs; ``area`` is the division of the own unit, where a name may stand once only."""

    codes: Mapping[str, CodeList]
    today: datetime.date
    divisions: Divisions
    area: str = ""

    @classmethod
    def of(cls, session: Session) -> Self:
        """The reader of one session."""
        here = session.reference
        return cls(here.codes, session.environment.today(), here.divisions, session.unit.code)

    def read(self, field: Field, cell: object, beside: Sequence[str] = ()) -> Parsed:
        """The stored value, a note on what was put right or left out, or the problem with what can be done here.

        ``beside`` are codes of places that the same record has: of several places of one name the one in there is
        meant.
        """
        if field.kind is Kind.PLACE:
            parsed = self._place(field, cell, beside)
        else:
            parsed = parse_cell(field, cell, codes=self.codes, today=self.today)
        if not parsed.ok and field.kind is Kind.LINK:
            return _problem(f"“{field.label}”要写记录编号，用 xiaosanji list 台账 {field.link} 查编号")
        return _with_note(parsed, left_out(cell)) if parsed.ok else parsed

    def _place(self, field: Field, cell: object, beside: Sequence[str]) -> Parsed:
        if cell is None:
            return EMPTY
        text = text_of(cell)
        if text is None:
            return _problem(f"“{field.label}”应写地名或区划代码")
        if not text:
            return EMPTY
        found: Sequence[Division] = self.divisions.meant(text)
        if len(found) > 1:
            found = self._nearest(found, beside)
        if len(found) != 1:
            return self._which(field, text[:_LONGEST_SAID], found or self.divisions.search(text))
        place = found[0]
        if self.codes[PLACES].find(text) == place.code:
            return Parsed(place.code)
        return Parsed(place.code, f"“{text}”按“{self._full(place)}”（{place.code}）保存")

    def town_of(self, village: str) -> Division | None:
        """The town that a village lies in."""
        town = self.divisions.at_level(village, DivisionLevel.TOWN)
        return None if town is None or town.code == village else town

    def _nearest(self, found: Sequence[Division], beside: Sequence[str]) -> Sequence[Division]:
        """Those that lie in a place that is named beside them, else in the own unit's, if that leaves one."""
        for upper in (*beside, self.area):
            inside = [d for d in found if d.code != upper and self.divisions.is_within(d.code, upper)]
            if len(inside) == 1:
                return inside
        return found

    def _which(self, field: Field, text: str, candidates: Sequence[Division]) -> Parsed:
        if not candidates or len(candidates) > _MOST_NAMED:
            return _problem(f"“{field.label}”里没有“{text}”，用 xiaosanji divisions 查名称和代码")
        named = "、".join(f"{self._full(d)}（{d.code}）" for d in candidates)
        if len(candidates) == 1:
            return _problem(f"“{field.label}”里没有“{text}”，是不是{named}")
        return _problem(f"“{text}”可能是{named}，请写代码或连着上级写全名")

    def _full(self, division: Division) -> str:
        return self.divisions.full_name(division.code).removeprefix("杭州市") or division.name


def left_out(cell: object) -> str | None:
    """A note on characters that nobody sees and nothing keeps, such as those that control a terminal."""
    if not isinstance(cell, str) or cell.isprintable():
        return None
    count = sum(text_of(f"|{c}|") == "||" for c in cell)
    return f"去掉了{count}个看不见的控制字符" if count else None


def _problem(sentence: str) -> Parsed:
    return Parsed(None, problem=sentence)


def _with_note(parsed: Parsed, more: str | None) -> Parsed:
    if more is None:
        return parsed
    return Parsed(parsed.value, f"{parsed.note}；{more}" if parsed.note else more)
