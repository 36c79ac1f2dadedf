"""What commands print: lines and tables for people, JSON for programs, complaints on standard error."""

from __future__ import annotations

import contextlib
import errno
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import click

from desktop.errors import EnvironmentProblem
from desktop.records.typed.texts import visible

_WIDEST = 40
"""No column is padded beyond this; longer cells simply push the rest of their line."""
_PIECES = re.compile(r"[（“]*(?:[!-~]+|[^，。、；：？！）”…])[，。、；：？！）”…]*\s*|.")
"""Where a line may end: behind a word or a Chinese character and the signs that close it."""


class AnswerLost(EnvironmentProblem):
    """What a command answers could not be written where it was led to; what the command did stands."""

    next_step = "请腾出空间，或者换一个位置；会改动台账的，先看一看是不是已经做了，没有做的再做一次。"


class CodeLost(AnswerLost):
    """The answer held a recovery code, which nobody has now."""

    next_step = "请腾出空间，再用 recovery new-code 另外生成一个恢复码，抄在纸上。"


@contextlib.contextmanager
def code_shown(done: str = "") -> Iterator[None]:
    """What is answered within holds a recovery code; ``done`` is what is told as well where it is lost."""
    try:
        yield
    except AnswerLost as lost:
        raise CodeLost(f"{done}{lost.sentence}恢复码没有显示出来。") from lost


def say(text: str) -> None:
    """One line of the answer. Raises :class:`AnswerLost`."""
    _answer(visible(text))


def remark(text: str) -> None:
    """One line beside the answer, which a program that reads the answer does not want."""
    _aside(visible(text))


def complain(text: str) -> None:
    """What went wrong."""
    _aside(visible(text))


def json_line(value: Any) -> None:
    """An answer, or one line of it, as JSON. Raises :class:`AnswerLost`."""
    _answer(json.dumps(value, ensure_ascii=False))


def json_lines(values: Sequence[Any]) -> None:
    """Several lines of the answer as JSON, in one piece. Raises :class:`AnswerLost`."""
    _answer("\n".join(json.dumps(value, ensure_ascii=False) for value in values))


def _answer(text: str) -> None:
    try:
        click.echo(text)
    except OSError as error:
        # Nobody reads a pipe any more: that is no trouble.
        if error.errno == errno.EPIPE:
            raise
        from desktop.sync.errors.surroundings import is_full, is_surroundings

        if not is_surroundings(error):
            raise
        why = "要存的磁盘空间不够" if is_full(error) else "要存的位置读写出错"
        raise AnswerLost(f"结果没有写完：{why}。") from error


def _aside(text: str) -> None:
    # Whether there is room for it changes nothing of what was done or answered.
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


class Ticker:
    """One line on a terminal that says how far a long step is; silent where nobody looks."""

    def __init__(self) -> None:
        self._shown = 0

    def tick(self, done: int, total: int, words: str) -> None:
        """Shows progress; ``total`` is 0 when it is not known."""
        if not sys.stderr or not sys.stderr.isatty():
            return
        text = f"{words} {done}/{total}" if total else f"{words} {done}"
        click.echo(f"\r{_padded(text, self._shown)}", err=True, nl=False)
        self._shown = width_of(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            click.echo(f"\r{' ' * self._shown}\r", err=True, nl=False)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns under their headings, aligned for a terminal in which a Chinese character takes two places."""
    lines = [list(head), *([_one_line(cell) for cell in row] for row in rows)]
    widths = [min(_WIDEST, max(width_of(line[i]) for line in lines)) for i in range(len(head))]
    for line in lines:
        say("  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` places; words of Latin letters stay whole, and no line begins with a stop.

    A word that is wider than a line stands on one of its own.
    """
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and width_of(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def width_of(text: str) -> int:
    """Places on a terminal, two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - width_of(text))
