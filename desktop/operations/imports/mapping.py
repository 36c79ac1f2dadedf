"""Decides which column of a table goes to which field: by its words, by what stands below, and as a person wished."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from desktop.documents.workbooks import headers
from desktop.documents.workbooks.cells import Row, is_blank, shown
from desktop.documents.workbooks.headers import (
    Column,
    Header,
    Labels,
    folded_header,
    type_entries,
)
from desktop.documents.workbooks.sheets import MergedRanges, Sheet
from desktop.operations.imports.model import ColumnMatch
from desktop.operations.imports.units import COLUMN, HEADINGS, UNIT
from desktop.operations.session import Session
from desktop.records.declaration import Kind, Mask, RecordType
from desktop.records.display import display
from desktop.records.masking import mask_numbers
from desktop.records.real_name_forms import FORMS, UNION_FORM
from desktop.records.typed.uscc import uscc_kind

JOINT = "union"
"""The type whose table fills three: a row of unions names the enterprise as well, and so the coverage."""
EMPLOYER = "enterprise"

Wishes = Mapping[int | str, str | None]
"""What a person has said of columns: place from 0 or header, to a target, or to nothing to leave it out."""

_EMPLOYER_CODE, _UNION_CODE = f"{EMPLOYER}.uscc", f"{JOINT}.uscc"
_FIRMS_OWN = {
    "town": "town", "village": "village", "address": "address", "staff_count": "surveyed_staff",
    "women_count": "women_count", "migrant_count": "migrant_count", "established_date": "union_state_date",
    "remark": "remark",
}  # fmt: skip
"""What a row says of its union and its firm alike, where a list of firms names their unions too."""
_BEFORE_PHONE = frozenset({f"{EMPLOYER}.contact_name", f"{EMPLOYER}.legal_person"})
_UNIONS_OWN = "工会"
_CODES = re.compile("代码|税号|识别号|注册号|执照号")
_FORM_WEIGHT = 1.2
_SECOND_TYPE = 0.8
_USUAL = 0.96
_FEWEST_BELOW, _SURE = 2, 0.95


@dataclass(frozen=True)
class Layout:
    """A sheet's header with the rows it stands in, and the type and field of each column that has one.

    The sheet itself is not kept: with it, all its cells would stay in memory as long as a preview is shown.
    ``by_order`` says that there is no header and the columns were taken in the order of a list. ``alike`` names the
    other visible sheets that hold rows under the same columns, as a book with one sheet for each town does.
    ``codes_beside`` are columns of codes beside those of names, by the link that both are about.
    """

    sheet_name: str
    header: Header
    header_cells: tuple[Row, ...]
    targets: Mapping[int, tuple[str, str]]
    columns: tuple[ColumnMatch, ...]
    by_order: bool = False
    alike: tuple[str, ...] = ()
    codes_beside: Mapping[str, int] = field(default_factory=dict)

    def columns_of(self, type_name: str) -> dict[str, int]:
        """The column that each field of a type comes from."""
        return {name: index for index, (owner, name) in self.targets.items() if owner == type_name}


@dataclass(frozen=True)
class Candidate:
    """A sheet with a header that may be the one to read; in a table of several types targets have a prefix."""

    sheet: Sheet
    rows: Sequence[tuple[int, Row]]
    header: Header
    prefixed: bool

    @property
    def score(self) -> float:
        """How well its columns were recognised."""
        return sum(c.confidence for c in self.header.columns)

    @property
    def filled(self) -> set[str]:
        """The targets of the columns that have rows below them."""
        if all(number <= self.header.last_row for number, _ in self.rows):
            return set()
        return {c.target for c in self.header.columns if c.target is not None}


def mapped(session: Session, record_type: RecordType, candidate: Candidate, wishes: Wishes) -> Layout:
    """The layout of a candidate with what a person has said of its columns."""
    return _Mapper(session, record_type, candidate, wishes).layout()


def labels_of(session: Session, record_type: RecordType) -> Labels:
    """The words of a type; for unions also those of the enterprise, with targets ``type.field``."""
    if record_type.name != JOINT:
        entries = type_entries(record_type)
        known = {folded_header(words) for words, _, _ in entries}
        entries += [
            (w, UNIT, _USUAL) for w in HEADINGS.get(record_type.name, ()) if folded_header(w) not in known
        ]
        for form in FORMS:
            if form.record_type == record_type.name:
                entries += [(c.header, c.path[0], _FORM_WEIGHT) for c in form.columns if len(c.path) == 1]
        return Labels(entries)
    entries = type_entries(record_type, f"{JOINT}.")
    second = type_entries(session.types[EMPLOYER], f"{EMPLOYER}.")
    entries += [(words, target, weight * _SECOND_TYPE) for words, target, weight in second]
    for column in UNION_FORM.columns:
        if column.path:
            target = ".".join(column.path) if len(column.path) > 1 else f"{JOINT}.{column.path[0]}"
            entries.append((column.header, target, _FORM_WEIGHT))
    return Labels(entries)


class _Mapper:
    """Puts what was recognised and what was wished for together."""

    def __init__(
        self, session: Session, record_type: RecordType, candidate: Candidate, wishes: Wishes
    ) -> None:
        self._session = session
        self._type = record_type
        self._found = candidate
        self._wishes = {folded_header(k) if isinstance(k, str) else k: v for k, v in wishes.items()}

    def layout(self) -> Layout:
        header, rows = self._settled(self._found.header), self._found.rows
        wished = {c.index: t for c in header.columns if (t := self._wish(c)) is not None}
        samples = _samples(rows, header)
        targets: dict[int, tuple[str, str]] = {}
        columns = []
        for column in header.columns:
            # What a person has given to another column is taken from the one that was recognised.
            target = column.target if column.target not in wished.values() else None
            if target == _EMPLOYER_CODE and self._is_unions_own(samples.get(column.index, ())):
                target = _UNION_CODE
            elif target == _UNION_CODE and self._is_firms_own(column, samples.get(column.index, ())):
                target = _EMPLOYER_CODE
            if not column.header and _numbers_rows(samples.get(column.index, ())):
                column = replace(column, counts_rows=True)
            if column.target is None and not column.counts_rows:
                column = replace(column, proposed=self._proposed(column, samples.get(column.index, ())))
            match, place = self._match(column, wished.get(column.index, target))
            if place is not None:
                targets[column.index] = place
            shown_samples = tuple(self._masked(place, s) for s in samples.get(column.index, ()))
            columns.append(replace(match, samples=shown_samples))
        beside = self._codes_beside(header, columns, {name for _, name in targets.values()})
        for name, index in beside.items():
            columns[index] = replace(columns[index], proposed=None, checks=self._type.by_name[name].label)
        own = tuple(
            _spread(number, cells, self._found.sheet.merged) if number >= header.first_row else cells
            for number, cells in rows
            if number <= header.last_row
        )
        shown_columns = tuple(self._elsewhere(columns))
        return Layout(self._found.sheet.name, header, own, targets, shown_columns, codes_beside=beside)

    def _codes_beside(
        self, header: Header, columns: Sequence[ColumnMatch], taken: Set[str]
    ) -> dict[str, int]:
        """The columns of codes of what another column names, which say whether it is that one."""
        found: dict[str, int] = {}
        for said, column in zip(header.columns, columns, strict=True):
            name = column.proposed or ""
            wanted = self._type.by_name.get(name) if name in taken else None
            if wanted is None or wanted.link is None or column.target is not None or self._wish(said) == "":
                continue
            if self._session.types[wanted.link].key is not None and _CODES.search(column.header):
                found.setdefault(name, column.index)
        return found

    def _elsewhere(self, columns: Sequence[ColumnMatch]) -> Sequence[ColumnMatch]:
        """Says of what is not recognised that it is recorded below, as posts below an officer, where that is plain."""
        unknown = {
            c.index for c in columns if c.target is None and not (c.reason or c.counts_rows or c.checks)
        }
        best: tuple[set[int], str] = (set(), "")
        for below in self._session.types.children(self._type.name) if len(unknown) >= _FEWEST_BELOW else ():
            known = headers.assign([(c.header,) for c in columns], labels_of(self._session, below))
            if any(c.target == below.parent for c in known) and self._session.may_write(below):
                theirs = {c.index for c in known if c.target is not None and c.confidence >= _SURE} & unknown
                best = max(best, (theirs, below.label), key=lambda found: len(found[0]))
        if len(best[0]) < _FEWEST_BELOW:
            return columns
        reason = f"是{best[1]}的信息，请再按“{best[1]}”导入一次"
        return [replace(c, reason=reason) if c.index in best[0] else c for c in columns]

    def _settled(self, header: Header) -> Header:
        """The header with what is the firm's, in a list that names firms and their unions.

        A telephone right behind the contact is the contact's, and one right behind the legal person is the firm's.
        Where only firms are taken, so is what holds for both.
        """
        if not self._found.prefixed:
            return header
        taken = {c.target for c in header.columns}
        columns: list[Column] = []
        for column in header.columns:
            prefix, _, name = (column.target or "").partition(".")
            own = _FIRMS_OWN.get(name) if self._type.name == EMPLOYER else None
            if name == "chair_phone" and columns and columns[-1].target in _BEFORE_PHONE:
                own = "contact_phone"
            is_firms = prefix == JOINT and own is not None and f"{EMPLOYER}.{own}" not in taken
            columns.append(replace(column, target=f"{EMPLOYER}.{own}") if is_firms else column)
        return replace(header, columns=tuple(columns))

    def _is_unions_own(self, samples: Sequence[str]) -> bool:
        """Whether a column of codes is of the unions themselves: a list that names no employers, and their prefix."""
        recognised = {c.target for c in self._found.header.columns}
        if _UNION_CODE in recognised or f"{EMPLOYER}.name" in recognised:
            return False
        kinds = [kind for kind in map(uscc_kind, samples) if kind is not None]
        return bool(kinds) and all(kind.is_union for kind in kinds)

    def _is_firms_own(self, column: Column, samples: Sequence[str]) -> bool:
        """Whether a column of codes beside names of firms is theirs, though its heading alone may mean either."""
        recognised = {c.target for c in self._found.header.columns}
        if (
            _EMPLOYER_CODE in recognised
            or f"{EMPLOYER}.name" not in recognised
            or _UNIONS_OWN in column.header
        ):
            return False
        kinds = [kind for kind in map(uscc_kind, samples) if kind is not None]
        return bool(kinds) and not any(kind.is_union for kind in kinds)

    def _proposed(self, column: Column, samples: Sequence[str]) -> str | None:
        """What a column may mean: rather a list that has all that stands below than what its heading is most like.

        户籍 is most like 户籍地, and with 农业 below it is the kind.
        """
        place, words = self._place(column.proposed), folded_header(column.header)
        if place is None or not samples:
            return column.proposed
        owner, codes = self._session.types[place[0]], self._session.codes
        listed = (
            f.name
            for f in owner.shown_fields
            if f.codes is not None
            and f.codes in codes
            and words in folded_header(f.label)
            and all(map(codes[f.codes].find, samples))
        )
        name = next(listed, place[1])
        return f"{owner.name}.{name}" if self._found.prefixed else name

    def _wish(self, column: Column) -> str | None:
        """The target that a person chose for a column; empty words for none, nothing where nothing was said."""
        for key in (column.index, folded_header(column.header)):
            if key in self._wishes and key != "":
                return self._wishes[key] or ""
        return None

    def _match(self, column: Column, target: str | None) -> tuple[ColumnMatch, tuple[str, str] | None]:
        proposed, place = self._place(column.proposed), self._place(target)
        match = ColumnMatch(column.index, column.header, counts_rows=column.counts_rows)
        if place is None:
            if proposed is None:
                return match, None
            return replace(match, proposed=column.proposed, proposed_label=self._label(proposed)), None
        owner = self._session.types[place[0]]
        if self._type.name == EMPLOYER and owner.name != EMPLOYER:
            return replace(match, reason="是工会的信息，请按“工会”导入"), None
        if place[1] != UNIT and not self._session.may_write(owner, owner.by_name[place[1]]):
            return replace(match, reason=f"本单位或您的角色不能填写“{self._label(place)}”"), None
        if place[1] != UNIT and owner.by_name[place[1]].reckoned:
            return replace(match, reason=f"“{self._label(place)}”由程序填写，不能导入"), None
        confidence = min(column.confidence, 1.0) if target == column.target else 1.0
        return replace(match, target=target, label=self._label(place), confidence=confidence), place

    def _place(self, target: str | None) -> tuple[str, str] | None:
        if not target:
            return None
        type_name, dot, field_name = target.partition(".")
        if not self._found.prefixed or not dot:
            type_name, field_name = self._type.name, target
        if field_name == UNIT:
            return (type_name, UNIT) if type_name in HEADINGS else None
        known = self._session.types.get(type_name)
        return (type_name, field_name) if known is not None and field_name in known.by_name else None

    def _masked(self, place: tuple[str, str] | None, sample: str) -> str:
        """A sample as its field shows it; of a column that goes nowhere, at least its numbers are masked."""
        if place is not None and place[1] != UNIT:
            field = self._session.types[place[0]].by_name[place[1]]
            if field.mask is not Mask.NONE:
                return display(field, sample, codes=self._session.codes, masked=True)
            if field.kind is Kind.USCC:
                return sample
        return mask_numbers(sample)

    def _label(self, place: tuple[str, str]) -> str:
        return COLUMN.label if place[1] == UNIT else self._session.types[place[0]].by_name[place[1]].label


def _spread(number: int, cells: Row, merged: MergedRanges | None) -> Row:
    """A row of a header with each heading in every column that it is merged across.

    So it stands above returned rows, where nothing is merged and each column must still be known by its words.
    """
    spread = list(cells)
    for (top, left), (_, right) in merged or ():
        if top == number - 1 and left < len(cells):
            spread += [None] * (right + 1 - len(spread))
            spread[left : right + 1] = [cells[left]] * (right + 1 - left)
    return spread


def _numbers_rows(samples: Sequence[str]) -> bool:
    """Whether the first cells of a column count from 1."""
    return bool(samples) and all(text.rstrip(".、") == str(n) for n, text in enumerate(samples, start=1))


def _samples(rows: Sequence[tuple[int, Row]], header: Header) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for number, cells in rows:
        if number > header.last_row:
            for index, cell in enumerate(cells):
                if not is_blank(cell) and len(found.setdefault(index, [])) < headers.SAMPLES:
                    found[index].append(shown(cell)[:40])
    return {index: tuple(texts) for index, texts in found.items()}
