"""An invented record to look at a paper's template by: every field holds what its declaration gives as an example."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_field
from typing import Final

from desktop.documents.papers.compose import FilledPaper, Subject, compose_paper
from desktop.documents.papers.templates import PaperTemplate, Table
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.typed.dates import day_words
from desktop.records.types import Catalogue

DAY: Final = datetime.date(2026, 6, 30)
_ROWS: Final = 3
_SPECIAL: Final = {
    "@today": day_words(DAY),
    "@unit": "某某区总工会",
    "@organ": "某某区总工会",
    "@operator": "张三",
}
_BY_KIND: Final[Mapping[Kind, str]] = {
    Kind.DATE: day_words(DAY), Kind.TIME: "09:30", Kind.INTEGER: "24", Kind.DECIMAL: "24", Kind.BOOLEAN: "是",
    Kind.PHONE: "0571-00000000", Kind.USCC: "91330100MA2XXXXXX0", Kind.ID_NUMBER: "3301**********0000",
    Kind.PLACE: "某某镇",
}  # fmt: skip


@dataclass(frozen=True)
class _Example:
    record_type: RecordType
    types: Catalogue
    codes: Mapping[str, CodeList]
    where: Mapping[str, Mapping[str, tuple[str, ...]]]
    """What the children of a type must hold to stand in the paper's tables."""
    shown: Mapping[str, str] = made_field(default_factory=dict)

    def words(self, path: tuple[str, ...]) -> str:
        name = path[0]
        if name.startswith("@"):
            return _SPECIAL[name]
        field = self.record_type.by_name[name]
        if field.link is None:
            return self._value(field)
        other = _Example(self.types[field.link], self.types, self.codes, {})
        return other.words(path[1:] or (other.record_type.title[0],))

    def _value(self, field: Field) -> str:
        if field.codes is not None and field.codes in self.codes:
            return self.codes[field.codes].offered[0].label
        if field.example and field.kind is not Kind.DATE:
            return field.example
        return _BY_KIND.get(field.kind, f"（{field.label}）")

    def day(self, name: str) -> datetime.date | None:
        return DAY

    def children(self, of: str, order: str) -> Sequence[Subject]:
        shown = {name: allowed[0] for name, allowed in self.where.get(of, {}).items()}
        return [_Example(self.types[of], self.types, self.codes, {}, shown)] * _ROWS

    def holds(self, name: str) -> str:
        return self.shown.get(name, "")


def example_paper(template: PaperTemplate, types: Catalogue, codes: Mapping[str, CodeList]) -> FilledPaper:
    """The paper of a template about an invented record."""
    where = {part.of: part.where for part in template.parts if isinstance(part, Table)}
    about = _Example(types[template.about], types, codes, where)
    return compose_paper(template, about, f"{template.id} example")
