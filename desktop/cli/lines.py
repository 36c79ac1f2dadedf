"""Reads records from JSON lines: each line becomes typed values, or the reasons why it cannot be saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from desktop.cli.cells import CellReader
from desktop.cli.frame import like
from desktop.cli.names import field_named, field_names
from desktop.cli.output import remark
from desktop.errors import UsageProblem
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records import id_numbers
from desktop.records.declaration import Kind, RecordType
from desktop.records.identity import is_id
from desktop.records.versions.canonical import Cell

ID = "id"
UNIT = "unit"
_EXACT_DIGITS = 15
"""A longer number is read as text: it is a code or an ID number, and nothing may round it."""


class BadValue(UsageProblem):
    """A value for a field that cannot be read."""

    next_step = "请改正 --set 里的字段和值。"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a line, or one field of it, cannot be saved."""

    message: str
    field: str = ""


@dataclass
class Line:
    """One line of input; with ``troubles`` nothing of it is saved. ``unit`` is as it was written.

    ``placed`` says which place was filled in and why.
    """

    number: int
    values: dict[str, Cell] = field(default_factory=dict)
    record: str | None = None
    unit: str | None = None
    notes: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    placed: str = ""


@dataclass(frozen=True)
class LineReader:
    """What reading lines of one type needs."""

    session: Session
    record_type: RecordType
    cells: CellReader

    def read(self, stream: IO[bytes]) -> Iterator[Line]:
        """The lines of a stream; empty ones are passed over, a byte order mark is not minded."""
        for number, data in enumerate(stream, 1):
            data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
            if data.strip():
                yield self._line(number, data)

    def _line(self, number: int, data: bytes) -> Line:
        line = Line(number)
        try:
            given = _object(data.decode("utf-8"))
        except UnicodeDecodeError:
            line.troubles.append(
                Trouble("这一行不是UTF-8编码，请把文件另存为UTF-8再试；在Windows的命令行里先运行 chcp 65001")
            )
            return line
        except (ValueError, RecursionError) as error:
            line.troubles.append(Trouble(_json_trouble(error)))
            return line
        try:
            given = self._by_name(given)
        except _NotUsable as problem:
            line.troubles.append(Trouble(str(problem)))
            return line
        self._take_names(line, given)
        # In the order of the declaration a town comes before its villages, and tells which of one name is meant.
        declared = [name for name in self.record_type.by_name if name in given]
        for name in dict.fromkeys([*declared, *given]):
            self._take(line, name, given[name])
        if not line.troubles:
            self._fill_from_number(line)
            if line.record is None:
                self._fill_town(line)
        return line

    def _fill_from_number(self, line: Line) -> None:
        """What a person's number tells fills the fields that are empty, as in the form; those named here are said."""
        if not any(f.kind is Kind.ID_NUMBER and line.values.get(f.name) for f in self.record_type.fields):
            return
        held = records.load(self.session, self.record_type.name, line.record) if line.record else None
        present = {**(held.values if held is not None else {}), **line.values}
        today = self.session.environment.today()
        found = id_numbers.completed(self.record_type, present, today, line.values.get(id_numbers.KIND))
        told = {n: cell for n, cell in found.items() if n not in line.values}
        line.values |= told
        if told:
            named = "、".join(f"“{self.record_type.by_name[n].label}”" for n in told)
            line.notes.append(f"{named}：由证件号码带出")

    def _fill_town(self, line: Line) -> None:
        """A new record that names a village and no town lies in the town of that village."""
        town, village = (self.record_type.by_name.get(name) for name in ("town", "village"))
        code = line.values.get("village")
        if (
            town is None
            or village is None
            or line.values.get("town") is not None
            or not isinstance(code, str)
        ):
            return
        above = self.cells.town_of(code)
        if above is not None and self.session.may_write(self.record_type, town):
            line.values["town"] = above.code
            line.notes.append(f"“{town.label}”：按“{village.label}”填了“{above.name}”（{above.code}）")

    def _by_name(self, given: dict[str, Any]) -> dict[str, Any]:
        """The same with fields that are called by their labels under their names."""
        meant = {said: field_named(self.record_type, said) for said in given}
        return _without_doubles(
            [(f.name if (f := meant[said]) else said, cell) for said, cell in given.items()]
        )

    def _take_names(self, line: Line, given: dict[str, Any]) -> None:
        """Takes out id and unit, which are not fields."""
        for name in (ID, UNIT):
            if name not in given or name in self.record_type.by_name:
                continue
            said = given.pop(name)
            if said is None:
                continue
            if not isinstance(said, str):
                line.troubles.append(Trouble("应写成文字", name))
            elif name == ID and not is_id(said):
                line.troubles.append(Trouble("不是记录编号，应为32位小写十六进制", name))
            elif name == ID:
                line.record = said
            else:
                line.unit = said

    def _take(self, line: Line, name: str, cell: object) -> None:
        declared = self.record_type.by_name.get(name)
        if declared is None:
            hint = like(name, field_names(self.record_type))
            line.troubles.append(Trouble(f"“{self.record_type.label}”没有字段“{name}”{hint}", name))
            return
        if isinstance(cell, dict) or (isinstance(cell, list) and declared.kind is not Kind.CODES):
            line.troubles.append(Trouble(f"“{declared.label}”应是一个值，组里的各个字段请分开写", name))
            return
        parsed = self.cells.read(declared, cell, self._places(line))
        if parsed.problem is not None:
            line.troubles.append(Trouble(parsed.problem, name))
        elif parsed.value is not None and not self.session.may_write(self.record_type, declared):
            line.troubles.append(Trouble(f"本单位或您的角色不能填写“{declared.label}”", name))
        else:
            line.values[name] = parsed.value
            if parsed.note is not None:
                line.notes.append(f"“{declared.label}”：{parsed.note}")

    def _places(self, line: Line) -> list[str]:
        """The codes of the places that a line has named so far."""
        kinds = {f.name for f in self.record_type.fields if f.kind is Kind.PLACE}
        return [cell for name, cell in line.values.items() if name in kinds and isinstance(cell, str)]


def typed_pairs(
    session: Session, record_type: RecordType, pairs: Iterable[tuple[str, str]]
) -> dict[str, Cell]:
    """The stored values of fields said as ``FIELD=VALUE``; raises :class:`BadValue`."""
    found: dict[str, Cell] = {}
    cells = CellReader.of(session)
    for name, said in pairs:
        declared = field_named(record_type, name)
        if declared is None:
            raise BadValue(f"“{record_type.label}”没有字段“{name}”{like(name, field_names(record_type))}。")
        parsed = cells.read(declared, said)
        if parsed.problem is not None:
            raise BadValue(f"{parsed.problem}。")
        if parsed.note is not None:
            remark(f"“{declared.label}”：{parsed.note}。")
        found[declared.name] = parsed.value
    return found


def _object(text: str) -> dict[str, Any]:
    given = json.loads(
        text,
        object_pairs_hook=_without_doubles,
        parse_float=str,
        parse_int=_number,
        parse_constant=_no_number,
    )
    if not isinstance(given, dict):
        raise _NotUsable('一行应是一个JSON对象，如{"字段": "值"}')
    return given


class _NotUsable(ValueError):
    pass


def _json_trouble(error: Exception) -> str:
    if isinstance(error, _NotUsable):
        return str(error)
    place = f"，第{error.colno}个字符附近" if isinstance(error, json.JSONDecodeError) else ""
    return f"这一行不是完整的JSON对象{place}"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        names = [name for name, _ in pairs]
        raise _NotUsable(f"字段“{next(n for n in names if names.count(n) > 1)}”写了两次")
    return given


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _EXACT_DIGITS else digits


def _no_number(word: str) -> Any:
    raise _NotUsable(f"{word}不是可以保存的值")
