"""Templates of papers as data under ``resources/papers``: read and checked against the record types.

A placeholder is a path of field names, ``{name}`` or through links ``{enterprise.name}``; ``{@today}``, ``{@unit}``,
``{@organ}`` and ``{@operator}`` are no fields. ``{venue|8}`` leaves a line of eight characters to write on where there
is no value, ``{|8}`` always. A template says who reads the paper; only for some of them may it name who complained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from desktop import reference
from desktop.documents.placeholders import TemplateFaulty, names_in, paired, unread
from desktop.documents.template_lines import unknown
from desktop.records.codes import CodeList
from desktop.records.declaration import Kind, RecordType
from desktop.records.types import Catalogue, catalogue
from desktop.resources import resource

TODAY: Final = "@today"
SPECIAL: Final = frozenset({"@today", "@unit", "@organ", "@operator"})
BLANK: Final = ""
"""The path of a place to write on that no field fills."""
PROTECTED: Final = frozenset({"complainant", "sender"})
"""The groups of fields that no paper for an employer may hold (浙江省工会劳动法律监督条例第十三条): who complained, and
who wrote to the mailbox."""
_MAY_NAME: Final = frozenset({"own", "complainant"})
_LONGEST_BLANK: Final = 24

Reader = Literal["own", "employer", "department", "complainant", "public"]
_READERS: Final = {"employer": "用人单位", "department": "部门", "public": "大家"}


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template file may say, and nothing beside."""


class Recipient(_Strict, frozen=True, tag="recipient", tag_field="part"):
    """Whom the paper addresses."""

    text: str


class Heading(_Strict, frozen=True, tag="heading", tag_field="part"):
    """A heading, which bears no number where it has none beside it."""

    text: str
    level: int = 1
    numbered: bool = True


class Paragraph(_Strict, frozen=True, tag="paragraph", tag_field="part"):
    """Running text; with ``when`` it is left out while that field is empty."""

    text: str
    when: str = ""


class Entry(_Strict, frozen=True, tag="entry", tag_field="part"):
    """A list with its label, as 纪要 name who came (GB/T 9704-2012, 10.3); it is left out while nothing stands in it.

    With ``of`` it says ``text`` of each child of that type for which ``where`` holds, in the order of ``order``.
    """

    label: str
    text: str
    of: str = ""
    order: str = ""
    where: Mapping[str, tuple[str, ...]] = {}


class Cell(_Strict, frozen=True):
    """One box: ``label`` or ``text``."""

    label: str = ""
    text: str = ""
    width: float = 1.0
    align: Literal["left", "centre", "right"] = "left"


class Row(_Strict, frozen=True):
    """Boxes side by side, at least ``lines`` lines high."""

    cells: tuple[Cell, ...]
    lines: float = 1.5


class Form(_Strict, frozen=True, tag="form", tag_field="part"):
    """A ruled form."""

    rows: tuple[Row, ...]
    size: float = 12.0


class TableColumn(_Strict, frozen=True):
    """A column and what stands in it, by placeholders of the child's type; ``{#}`` is the number of the row."""

    title: str
    text: str
    width: float = 1.0
    align: Literal["left", "centre", "right"] = "left"


class Table(_Strict, frozen=True, tag="table", tag_field="part"):
    """The children of one type, in the order of ``order``; at least ``rows`` rows, the rest to be written in.

    ``where`` are codes or yes and no that a child has in its fields to stand here.
    """

    of: str
    columns: tuple[TableColumn, ...]
    order: str = ""
    rows: int = 0
    lines: int = 1
    size: float = 12.0
    where: Mapping[str, tuple[str, ...]] = {}


class Notice(_Strict, frozen=True, tag="notice", tag_field="part"):
    """What people are told whose data the paper collects."""


Part = Recipient | Heading | Paragraph | Entry | Form | Table | Notice


class Signed(_Strict, frozen=True):
    """Who signs at the end, and which day stands below: the first of some date fields that is filled, or today."""

    organ: str
    date: str | tuple[str, ...] = "@today"
    seal: bool = True
    signer: bool = False

    @property
    def dates(self) -> tuple[str, ...]:
        """The paths of the day, the first one first."""
        return (self.date,) if isinstance(self.date, str) else self.date


class PaperTemplate(_Strict, frozen=True):
    """A checked template of a paper about one record of the type ``about``.

    ``when`` are the codes that its fields must have, ``carried`` says that a motion must not have been lost, ``order``
    says where it stands among the papers of a record, ``notice`` what is not official about it.
    """

    id: str
    label: str
    about: str
    version: str
    official: bool
    notice: str
    source: str
    reader: Reader
    title: str
    parts: tuple[Part, ...]
    look: Literal["plain", "letter"] = "plain"
    carried: bool = False
    number: str = ""
    corner: str = ""
    order: int = 0
    when: Mapping[str, tuple[str, ...]] = {}
    signature: Signed | None = None

    @property
    def secret(self) -> bool:
        """Whether it may name who complained."""
        return self.reader in _MAY_NAME

    def texts(self) -> Iterator[str]:
        """Every text that is filled from the record itself."""
        yield from (self.title, self.number)
        if self.signature is not None:
            yield self.signature.organ
        for part in self.parts:
            match part:
                case Recipient() | Heading() | Paragraph():
                    yield part.text
                case Form():
                    yield from (cell.text for row in part.rows for cell in row.cells)


def path_of(placeholder: str) -> tuple[tuple[str, ...], int]:
    """The path of a placeholder and how long the line is that stands for a missing value."""
    path, _, blank = placeholder.partition("|")
    return tuple(path.split(".")), int(blank) if blank.isdecimal() and blank.isascii() else 0


class _Checker:
    """Checks one template; what is wrong is named in words."""

    def __init__(self, template: PaperTemplate, types: Catalogue, codes: Mapping[str, CodeList]) -> None:
        self.template, self.types, self.codes = template, types, codes

    def check(self) -> None:
        about = self.types.get(self.template.about)
        if about is None or about.by_program:
            raise self._faulty(f"不认识“{self.template.about}”这一类记录")
        if not self.template.official and not self.template.notice:
            raise self._faulty("不是官方样式，要在notice里写明")
        for text in self.template.texts():
            self._text(text, about)
        self._codes(self.template.when, about)
        if self.template.carried and about.name != "motion":
            raise self._faulty("只有议题才有通过不通过")
        for part in self.template.parts:
            if isinstance(part, Table):
                self._table(part, about)
            elif isinstance(part, Entry):
                self._entry(part, about)
            elif isinstance(part, Paragraph) and part.when:
                self._path((part.when,), about)
            elif isinstance(part, Form) and not all(row.cells for row in part.rows):
                raise self._faulty("表格里有一行没有格子")
        signature = self.template.signature
        for date in signature.dates if signature is not None else ():
            if date != TODAY:
                self._path(tuple(date.split(".")), about, Kind.DATE)

    def _table(self, table: Table, about: RecordType) -> None:
        child = self._child(table, about)
        if not table.columns:
            raise self._faulty("有一张表没有栏目")
        for column in table.columns:
            self._text(column.text, child, numbered=True)

    def _entry(self, entry: Entry, about: RecordType) -> None:
        if not entry.label.strip():
            raise self._faulty("有一个条目没有名称")
        self._text(entry.text, self._child(entry, about) if entry.of else about)

    def _child(self, part: Table | Entry, about: RecordType) -> RecordType:
        """The type of the children that a part is about, by whose fields they are chosen and ordered."""
        child = self.types.get(part.of)
        field = child.by_name[child.parent] if child is not None and child.parent is not None else None
        if child is None or field is None or field.link != about.name:
            raise self._faulty(f"“{part.of}”不是“{about.label}”下面的记录")
        if part.order:
            self._path((part.order,), child)
        self._codes(part.where, child)
        return child

    def _codes(self, wanted: Mapping[str, tuple[str, ...]], about: RecordType) -> None:
        for name, allowed in wanted.items():
            self._path((name,), about)
            field = about.by_name[name]
            known = {"0", "1"} if field.codes is None else set(self.codes[field.codes].by_code)
            for code in allowed:
                if code and code not in known:
                    raise self._faulty(f"“{field.label}”没有“{code}”这个选项")

    def _text(self, text: str, about: RecordType, *, numbered: bool = False) -> None:
        if not paired(text):
            raise self._faulty(f"括号不成对：{text[:20]}…")
        for placeholder in names_in(text):
            if numbered and placeholder == "#":
                continue
            path, blank = path_of(placeholder)
            _, bar, typed = placeholder.partition("|")
            if bar and (not 1 <= blank <= _LONGEST_BLANK or typed != str(blank)):
                raise self._faulty(f"占位{{{placeholder}}}的空白要写成1到{_LONGEST_BLANK}个字")
            if len(path) > 1 or path[0] not in SPECIAL | {BLANK if blank else "@"}:
                self._path(path, about)

    def _path(self, path: tuple[str, ...], about: RecordType, kind: Kind | None = None) -> None:
        shown = ".".join(path)
        for place, name in enumerate(path):
            field = about.by_name.get(name)
            if field is None or not field.shown:
                near = [".".join((*path[:place], f.name)) for f in about.shown_fields]
                raise self._faulty(unknown(shown, near))
            if field.group in PROTECTED and not self.template.secret:
                whom = next(g.label for g in about.groups if g.name == field.group)
                raise self._faulty(
                    f"给{_READERS[self.template.reader]}看的文书不能写{whom}（占位{{{shown}}}）"
                )
            if place < len(path) - 1:
                if field.link is None:
                    raise self._faulty(f"占位{{{shown}}}里的“{field.label}”后面没有别的记录")
                about = self.types[field.link]
            elif kind is not None and field.kind is not kind:
                raise self._faulty(f"占位{{{shown}}}不是日期")

    def _faulty(self, words: str) -> TemplateFaulty:
        # Who adds a paper knows it by its name; its key was made for it.
        if self.template.id.startswith("own_"):
            return TemplateFaulty(f"“{self.template.label}”不能用：{words}。", "请改正写的内容。")
        return TemplateFaulty(f"样式“{self.template.id}”不能用：{words}。")


def parse_paper(
    data: bytes | str, name: str, types: Catalogue, codes: Mapping[str, CodeList]
) -> PaperTemplate:
    """A template from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong."""
    try:
        template = msgspec.json.decode(data, type=PaperTemplate)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise unread(name, error) from error
    if template.id != name:
        raise TemplateFaulty(f"样式文件“{name}”里写的编号是“{template.id}”。")
    _Checker(template, types, codes).check()
    return template


def load_papers(folder: Path, types: Catalogue, codes: Mapping[str, CodeList]) -> dict[str, PaperTemplate]:
    """The templates of a folder by id. Raises :class:`TemplateFaulty`."""
    found = (parse_paper(p.read_bytes(), p.stem, types, codes) for p in sorted(folder.glob("*.json")))
    return {template.id: template for template in found}


@cache
def subjects() -> frozenset[str]:
    """The record types that there are papers about."""
    return frozenset(template.about for template in papers().values())


def names() -> list[str]:
    """The ids of all templates, without reading them."""
    return sorted(path.stem for path in resource("papers").glob("*.json"))


@cache
def papers() -> Mapping[str, PaperTemplate]:
    """Every template that comes with the program, by id."""
    return load_papers(resource("papers"), catalogue(), reference.code_lists())
