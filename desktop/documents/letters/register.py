"""The register of numbers beside the ledger: a small file, so that a restored ledger gives no number twice.

``numbers.jsonl`` holds numbers and ids and no word about anybody. It is written after the issuing transaction and
always before anything is printed; a number counts as taken when it stands in the ledger or in the file. A head line
names the station and incarnation that write it: after a restore (a new incarnation), or where the file is gone while
the ledger has numbers, a person confirms the next number first (rule 13).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import StateProblem
from desktop.records.supervision.numbering import Series
from desktop.store.tables.database import ReadOnlyPlace

FILE: Final = "numbers.jsonl"


class NumbersUnconfirmed(StateProblem):
    """The register was restored, copied or lost; a person has to say how far the numbers have come."""

    next_step = "请对照纸质登记簿，在“编号设置”里确认各类文书的下一个号，再签发。"
    help_anchor = "numbers"


class NumbersDamaged(StateProblem):
    """A line of the register cannot be read."""

    exit_code = 15
    next_step = "请从备份恢复编号登记文件，再对照纸质登记簿确认下一个号。"
    help_anchor = "numbers"


class Owner(msgspec.Struct, frozen=True, tag="owner"):
    """Who writes from here on: issuing body, station and incarnation."""

    body: str
    station: str
    incarnation: str


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """A number that was given: to which document (or case) of which case."""

    body: str
    series: Series
    year: int
    n: int
    number: str
    record: str
    case: str


class Voided(msgspec.Struct, frozen=True, tag="voided"):
    """A number that was voided; it stays taken."""

    number: str
    record: str


class Confirmed(msgspec.Struct, frozen=True, tag="confirmed"):
    """A person has said up to which number all are taken."""

    body: str
    series: Series
    year: int
    n: int


Line = Owner | Taken | Voided | Confirmed


@dataclass(frozen=True)
class Register:
    """The register of a workspace folder for one owner.

    ``known`` are the numbers that stand in the ledger, those of the series and year that are asked for at least.
    """

    folder: Path
    owner: Owner
    known: tuple[Taken, ...]

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.folder / FILE

    def lines(self) -> list[Line]:
        """What the file holds. A last line that a crash cut off is left out: its number stands in the ledger.

        Raises :class:`NumbersDamaged` for any other line, or a whole file, that cannot be read.
        """
        if not self.path.exists():
            return []
        try:
            pieces = self.path.read_bytes().split(b"\n")[:-1]
            return [msgspec.json.decode(piece, type=Line) for piece in pieces]
        except (msgspec.DecodeError, msgspec.ValidationError, OSError) as error:
            raise NumbersDamaged("编号登记文件读不出来，或者其中一行读不出来。") from error

    def begin(self, *, fresh: bool) -> None:
        """Starts the register at the first number ever; ``fresh`` says that the ledger has none yet.

        Raises :class:`NumbersUnconfirmed`, :class:`NumbersDamaged`, ``ReadOnlyPlace``.
        """
        owners = [line for line in self.lines() if isinstance(line, Owner)]
        if owners and owners[-1] != self.owner:
            raise NumbersUnconfirmed("台账恢复过或者换过电脑，编号要先确认。")
        if not owners and not fresh:
            raise NumbersUnconfirmed("台账里有已经编过的文号，编号登记文件却不在。")
        if not owners:
            self._append([self.owner])

    def next(self, series: Series, year: int) -> int:
        """The number after the highest that stands in the ledger or in the file."""
        given = [line for line in self.lines() if isinstance(line, Taken | Confirmed)]
        wanted = (self.owner.body, series, year)
        highest = (line.n for line in (*given, *self.known) if (line.body, line.series, line.year) == wanted)
        return 1 + max(highest, default=0)

    def confirm(self, numbers: Iterable[tuple[Series, int, int]]) -> None:
        """A person has compared the paper register: series, year and the last number taken, for this owner."""
        confirmed = [Confirmed(self.owner.body, series, year, n) for series, year, n in numbers]
        self._append([*self._missing(self.known), self.owner, *confirmed])

    def keep(self, *added: Taken | Voided) -> None:
        """Brings the file up to what the ledger knows and what is added; flushed to disk before it returns.

        Raises ``ReadOnlyPlace`` where the folder cannot be written.
        """
        self._append(self._missing((*self.known, *added)))

    def _missing(self, lines: Iterable[Line]) -> list[Line]:
        held = set(self.lines())
        return [line for line in dict.fromkeys(lines) if line not in held]

    def _append(self, lines: Iterable[Line]) -> None:
        data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        if not data:
            return
        try:
            with open(self.path, "r+b" if self.path.exists() else "x+b") as file:
                whole = file.read()
                file.truncate(whole.rfind(b"\n") + 1)
                file.seek(0, os.SEEK_END)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ReadOnlyPlace("编号登记文件写不进去，文书还不能打印。") from error
