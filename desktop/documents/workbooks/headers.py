"""Finds the header of a table, in one to three rows, below titles, and says which column holds which field.

Words are compared without what people vary: width, case, blanks, marks, and remarks in brackets. A field takes the
column that fits it best; what is left is listed with the field that it may mean. Nothing is mapped on a mere
likeness: such a column is only proposed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from rapidfuzz import fuzz, process

from desktop.documents.workbooks.cells import Cell, Row, is_blank, shown
from desktop.documents.workbooks.sheets import MergedRanges
from desktop.documents.workbooks.synonyms import row_numbers, synonyms
from desktop.records.declaration import RecordType

SEARCHED_ROWS = 40
"""How far down a header is looked for."""
SAMPLES = 3
_MOST_FOLDED = 8_192
"""Words whose folded form is remembered: those of all types are about half as many."""
_ROWS_OF_TWO = 2

_ALIKE = 80
_BRACKETED = re.compile(r"[(\[{<【〔《][^()\[\]{}<>【】〔〕《》]*[)\]}>】〕》]")
_BESIDE = re.compile("[/、|]|或者?")
_MARKS = re.compile(r"[\W_]+")
_WITHOUT_REMARK = 0.03
"""Taken off where a remark in brackets had to be left out."""
_GENERAL = frozenset({"总数", "合计", "小计", "总计", "人数", "总人数", "数量", "名称", "姓名", "全称"})
"""Words in a lower row that mean what stands above them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place from 0, its header, and the target that it was recognised as.

    ``confidence`` is 1 for the exact label; ``proposed`` is the target that an unrecognised header may mean.
    """

    index: int
    header: str
    target: str | None = None
    confidence: float = 0.0
    proposed: str | None = None
    counts_rows: bool = False
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Where the header stands (row numbers of the spreadsheet) and what its columns are."""

    first_row: int
    last_row: int
    columns: tuple[Column, ...]

    @property
    def recognised(self) -> int:
        """How many columns have a target."""
        return sum(c.target is not None for c in self.columns)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The folded headers, by which a header repeated in the middle of a table is known."""
        return tuple(folded_header(c.header) for c in self.columns)


class Labels:
    """The words for each target (a field's name, or ``type.field`` where a row fills several records)."""

    def __init__(self, entries: Iterable[tuple[str, str, float]]) -> None:
        """Entries are words, target and a weight from 0 to 1."""
        self._weights: dict[str, dict[str, float]] = {}
        for words, target, weight in entries:
            known = self._weights.setdefault(folded_header(words), {})
            known[target] = max(weight, known.get(target, 0.0))
        self._words = [w for w in self._weights if len(w) > 1]
        # A row is looked at alone, and as part of two and of three.
        self._asked: dict[str, Mapping[str, float]] = {}

    def weights(self, header: str) -> Mapping[str, float]:
        """The targets that a header can mean, with weights."""
        if header not in self._asked:
            self._asked[header] = self._meant(header)
        return self._asked[header]

    def _meant(self, header: str) -> Mapping[str, float]:
        exact = self._weights.get(folded_header(header))
        if exact is not None:
            return exact
        bare = _BRACKETED.sub("", unicodedata.normalize("NFKC", header))
        weights = self._weights.get(folded_header(bare)) or self._of_two_names(bare)
        return {t: w - _WITHOUT_REMARK for t, w in weights.items()}

    def _of_two_names(self, header: str) -> Mapping[str, float]:
        """The targets that all names in a header can mean, as in 联系电话/手机; none for 姓名/电话."""
        names = [self._weights.get(folded_header(name), {}) for name in _BESIDE.split(header)]
        common = set(names[0]).intersection(*names[1:])
        return {target: min(weights[target] for weights in names) for target in common}

    def proposal(self, header: str) -> str | None:
        """The target whose words are most like a header, if any is like it at all."""
        words = folded_header(header)
        if len(words) < 2:
            return None
        found = process.extractOne(words, self._words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if found is None:
            return None
        targets = self._weights[found[0]]
        return max(targets, key=lambda t: targets[t])


def type_entries(record_type: RecordType, prefix: str = "") -> list[tuple[str, str, float]]:
    """Words, target and weight for a type: labels first, then synonyms."""
    entries = [(f.label, prefix + f.name, 1.0) for f in record_type.shown_fields]
    entries += [(f.name, prefix + f.name, 1.0) for f in record_type.shown_fields]
    known = {f.name for f in record_type.shown_fields}
    entries += [(w, prefix + name, weight) for w, name, weight in synonyms(record_type.name) if name in known]
    return entries


@lru_cache(_MOST_FOLDED)
def folded_header(words: str) -> str:
    """Words as headers are compared."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", words).casefold())


def find_header(
    rows: Sequence[tuple[int, Row]],
    labels: Labels,
    merged: MergedRanges | None,
    alone: Set[str] = frozenset(),
) -> Header | None:
    """The header among the first rows of a sheet; nothing when no row names two fields.

    In a sheet of a single column it is enough that a row names one of the fields ``alone``.
    """
    single = len({i for _, cells in rows for i, cell in enumerate(cells) if not is_blank(cell)}) == 1
    best: tuple[float, Header] | None = None
    for height in (1, 2, 3):
        for position, (number, _) in enumerate(rows[:SEARCHED_ROWS]):
            part = rows[position : position + height]
            if len(part) < height or part[-1][0] != number + height - 1:
                continue
            columns = assign(_texts(part, merged), labels)
            score = sum(c.confidence for c in columns) + 0.1 * sum(c.counts_rows for c in columns)
            header = Header(number, number + height - 1, columns)
            enough = header.recognised > 1 or (single and any(c.target in alone for c in columns))
            if enough and (best is None or score > best[0] + 0.01):
                best = (score, header)
    if best is None:
        return None
    header = best[1]
    readings = _texts([row for row in rows if header.first_row <= row[0] <= header.last_row], merged)
    columns = tuple(_with_proposal(c, r, labels) for c, r in zip(header.columns, readings, strict=True))
    return replace(header, columns=columns)


def assign(texts: Sequence[tuple[str, ...]], labels: Labels) -> tuple[Column, ...]:
    """Gives each target the column that fits it best; ``texts`` are the readings of each column's header."""
    wishes = [
        (weight - 0.001 * order, -index, target)
        for index, readings in enumerate(texts)
        for order, reading in enumerate(readings)
        for target, weight in labels.weights(reading).items()
    ]
    given: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for weight, place, target in sorted(wishes, reverse=True):
        if -place not in given and target not in taken:
            given[-place] = (target, weight)
            taken.add(target)
    return tuple(_column(index, readings, given.get(index)) for index, readings in enumerate(texts))


def _column(index: int, readings: Sequence[str], given: tuple[str, float] | None) -> Column:
    header = readings[1] if len(readings) > 1 else "".join(readings)
    if given is not None:
        return Column(index, header, given[0], round(given[1], 2))
    return Column(index, header, counts_rows=any(folded_header(r) in row_numbers() for r in readings))


def _with_proposal(column: Column, readings: Sequence[str], labels: Labels) -> Column:
    if column.target is not None or column.counts_rows:
        return column
    for reading in readings:
        weights = labels.weights(reading)
        alike = max(weights, key=lambda t: weights[t]) if weights else labels.proposal(reading)
        if alike is not None:
            return replace(column, proposed=alike)
    return column


def _texts(part: Sequence[tuple[int, Row]], merged: MergedRanges | None) -> list[tuple[str, ...]]:
    """The readings of each column's header: two rows joined, the lower alone, the upper where the lower is general.

    Of three rows the upper two count as one, in which the second stands where it says anything.
    """
    width = max(len(cells) for _, cells in part)
    lines = [[_one_line(cells[i]) if i < len(cells) else "" for i in range(width)] for _, cells in part]
    if len(lines) == 1:
        return [(text,) if text else () for text in lines[0]]
    first, (*_, upper, lower) = part[0][0] - 1, lines
    if len(lines) > _ROWS_OF_TWO:
        over = _spread(lines[0], upper, first, merged)
        second = _spread(upper, lower, first + 1, merged)
        upper = [own or above for own, above in zip(second, lines[0], strict=True)]
        spread = [own or above for own, above in zip(second, over, strict=True)]
    else:
        spread = _spread(upper, lower, first, merged)
    found: list[tuple[str, ...]] = []
    for own, above, below in zip(upper, spread, lower, strict=True):
        if below and above and folded_header(below) != folded_header(above):
            general = folded_header(below) in _GENERAL
            found.append((f"{above}{below}", below, above) if general else (f"{above}{below}", below))
        elif below or own:
            found.append((below or own,))
        else:
            found.append(())
    return found


def _spread(upper: list[str], lower: list[str], row: int, merged: MergedRanges | None) -> list[str]:
    """The upper row with each heading over all columns that it is merged across."""
    if merged is not None:
        spread = list(upper)
        for (top, left), (bottom, right) in merged:
            if top <= row <= bottom and left < len(upper):
                for i in range(left, min(right + 1, len(upper))):
                    spread[i] = spread[i] or upper[left]
        return spread
    spread, last = [], ""
    for above, below in zip(upper, lower, strict=True):
        last = above or (last if below else "")
        spread.append(above or last)
    return spread


def _one_line(cell: Cell) -> str:
    return " ".join(shown(cell).split()) if not is_blank(cell) else ""
