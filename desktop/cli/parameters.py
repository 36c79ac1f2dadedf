"""What commands take: paths, numbers, days, and names of types and choices, with Chinese complaints."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, TypeVar

import click

from desktop.cli.frame import JSON_PARAMETER, like
from desktop.cli.names import type_named, type_names
from desktop.records.declaration import RecordType
from desktop.records.typed.dates import parse_date
from desktop.records.types import catalogue

F = TypeVar("F", bound=Callable[..., Any])


class PathOf(click.ParamType[Path]):
    """A path: ``file`` is there, ``out`` a file in a folder that is, ``place`` that or a folder, ``folder`` one that
    may have to be made, ``new`` any.

    With an ``ending`` (such as ``.xlsx``) the name of a file has it: under another one no program would open the file,
    and a stick that is not there would leave its name to one.
    """

    name = "path"

    def __init__(self, kind: str = "new", ending: str = "") -> None:
        self._kind = kind
        self._ending = ending

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, if it can be what it has to be."""
        path = Path(value)
        if self._kind in ("out", "place") and str(value).endswith(("/", os.sep)) and not path.is_dir():
            # Whoever ends a name so means a folder, and would look for the file in it.
            self.fail(f"没有文件夹“{_called(path)}”", param, ctx)
        if self._kind == "file" and path.is_dir():
            self.fail(f"“{_called(path)}”是文件夹，这里要写一个文件", param, ctx)
        if self._kind == "file" and path.exists() and not path.is_file():
            self.fail(f"“{path.name}”不是普通文件，请先存成文件", param, ctx)
        if self._kind == "file" and not path.is_file():
            self.fail(f"没有文件“{path.name}”", param, ctx)
        if self._kind == "out" and path.is_dir():
            self.fail(f"“{_called(path)}”是文件夹，这里要写文件名", param, ctx)
        if self._kind in ("out", "place") and not path.absolute().parent.is_dir():
            self.fail(f"没有文件夹“{_called(path.parent)}”", param, ctx)
        if self._kind == "folder":
            there = next((each for each in (path, *path.parents) if each.exists()), path)
            if there.exists() and not there.is_dir():
                self.fail(f"“{there.name}”是文件，这里要写一个文件夹", param, ctx)
        if self._kind == "place" and path.is_dir():
            return path
        if self._kind == "place" and not path.name.lower().endswith(self._ending):
            self.fail(
                f"没有文件夹“{_called(path)}”；要写的是文件的话，文件名以{self._ending}结尾", param, ctx
            )
        if not path.name.lower().endswith(self._ending):
            self.fail(
                f"写出的是{self._ending}文件，“{path.name}”请改成“{path.stem}{self._ending}”", param, ctx
            )
        return path


def _called(path: PurePath) -> str:
    """The last part of a path; a drive of Windows has its letter for a name."""
    return path.name or str(path)


class OneOf(click.ParamType[Any]):
    """One of the values of an enumeration, by its name on the command line or by what people call it.

    ``called`` is word → value; the first word of a value stands beside its name where the choices are listed.
    """

    name = "choice"

    def __init__(self, choices: Iterable[Any], called: Mapping[str, Any] | None = None) -> None:
        self._choices = {str(c): c for c in choices}
        self._called = {word: c for word, c in (called or {}).items() if str(c) in self._choices}
        shown = {str(c): f"{c}（{word}）" for word, c in reversed(self._called.items())}
        self.listed = "、".join(shown.get(c, c) for c in self._choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The chosen value."""
        said = self._called.get(str(value), value)
        if str(said) not in self._choices:
            self.fail(f"不能填“{value}”，可以填：{self.listed}", param, ctx)
        return self._choices[str(said)]


class Number(click.ParamType[int]):
    """A whole number that is not below ``least``."""

    name = "number"

    def __init__(self, least: int = 0) -> None:
        self._least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"“{value}”不是整数", param, ctx)
        if number < self._least:
            self.fail(f"不能小于{self._least}", param, ctx)
        return number


class Day(click.ParamType[datetime.date]):
    """A day in any of the forms in which people write one."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day."""
        day = parse_date(value)
        if day is None:
            self.fail(f"“{value}”看不出是哪一天，写法如 2026-11-22", param, ctx)
        return day


class Pair(click.ParamType[tuple[str, str]]):
    """``NAME=VALUE``; the value may be empty."""

    name = "pair"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Name and value."""
        name, sign, said = value.partition("=")
        if not sign or not name.strip():
            self.fail(f"“{value}”应写成 名称=值", param, ctx)
        return name.strip(), said.strip()


class TypeName(click.ParamType[RecordType]):
    """A record type by its permanent name or its Chinese label."""

    name = "type"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> RecordType:
        """The declaration."""
        if isinstance(value, RecordType):
            return value
        types = catalogue()
        found = type_named(types, str(value))
        if found is None:
            hint = like(str(value), type_names(types)) or "，用 xiaosanji schema 看有哪些"
            self.fail(f"没有记录类型“{value}”{hint}", param, ctx)
        return found


def json_option(function: F) -> F:
    """``--json``, handed over as ``as_json``."""
    return click.option("--json", JSON_PARAMETER, is_flag=True, help="结果用JSON输出，供程序读取。")(function)


def reveal_option(function: F) -> F:
    """``--reveal`` shows what is masked."""
    return click.option("--reveal", is_flag=True, help="身份证号码、电话等完整显示，默认用星号遮住。")(
        function
    )


def type_argument(function: F) -> F:
    """The record type, handed over as ``record_type``."""
    return click.argument("record_type", metavar="类型", type=TypeName())(function)
