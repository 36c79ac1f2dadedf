"""Reads a block of names pasted from a sheet, a chat or a notice: who is named, and what stands beside each name.

People paste what they have: one name a line, a sheet with columns, "1、张三，径山村，主席，138…", a chain of a chat
group, or all names in one line. Nothing is guessed in silence: every line without a name is handed back.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.records.typed.people_words import (
    BRACKETS,
    NUMBERING,
    SURNAMES,
    TWO_TO_FOUR,
    Part,
    Person,
    is_substitute,
    is_surely_name,
    kind_of,
    looks_like_name,
    tidy_name,
    value_of,
)
from desktop.records.typed.texts import printable

MOST_LINES: Final = 2000
"""More lines than this are no list of people."""


@dataclass(frozen=True)
class Block:
    """A pasted block as columns: ``parts`` says what each is, ``left_out`` are the lines that name nobody."""

    rows: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()


_HEADINGS: Final = {
    "姓名": Part.NAME, "名字": Part.NAME, "学员": Part.NAME, "学员姓名": Part.NAME, "代表": Part.NAME,
    "代表姓名": Part.NAME, "参训人员": Part.NAME, "人员": Part.NAME, "名单": Part.NAME,
    "单位": Part.UNIT, "工会": Part.UNIT, "单位名称": Part.UNIT, "工会名称": Part.UNIT, "所在单位": Part.UNIT,
    "工作单位": Part.UNIT, "所在工会": Part.UNIT, "部门": Part.UNIT, "选区": Part.UNIT, "村社": Part.UNIT,
    "车间": Part.UNIT, "班组": Part.UNIT, "科室": Part.UNIT, "职务": Part.POST, "岗位": Part.POST,
    "职位": Part.POST, "岗位类别": Part.POST, "工会职务": Part.POST, "电话": Part.PHONE, "手机": Part.PHONE,
    "联系电话": Part.PHONE, "手机号": Part.PHONE, "手机号码": Part.PHONE, "移动电话": Part.PHONE,
    "联系方式": Part.PHONE, "性别": Part.SEX, "证件号码": Part.CODE, "身份证": Part.CODE, "身份证号": Part.CODE,
    "身份证号码": Part.CODE, "身份证后四位": Part.CODE, "内部编号": Part.CODE, "序号": Part.SKIP, "编号": Part.SKIP,
    "备注": Part.SKIP, "签到": Part.SKIP, "上午": Part.SKIP, "下午": Part.SKIP, "签名": Part.SKIP,
}  # fmt: skip
_UNIT_AND_POST = re.compile(
    r"(.+(?:工会|联合会|委员会|公司|村|社区|街道|镇|厂))((?:(?:常务|专职|兼职)?副)?(?:主席|主任|书记)|委员|干事|社工|.{0,2}部长)"
)
_AND_SO_ON = re.compile(
    r"等\s*(?:[0-9０-９一二三四五六七八九十百]+\s*[人名位]|人)?(?:同志|参加)?[。.，,；;！!]?$"
)
"""What ends a row of names: 王芳、李强等12人。"""
_STRONG = re.compile(r"[,，;；|｜、]")
_WEAK = re.compile(r"[\s　/:：@]+")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ \-]?(\d{4})[ \-]?(\d{4})(?!\d)")
_FOR: Final = frozenset({"代", "替", "代替"})
"""Behind such a word stands the name of somebody who did not come."""


def read_block(text: str) -> Block:
    """The columns of a pasted text. A sheet keeps its columns, free lines are taken apart by what their words are."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if "\t" in text:
        return _sheet(_tabbed(text))
    cells = [[c.strip() for c in _STRONG.split(line)] for line in lines[:MOST_LINES]]
    if cells and _is_heading(cells[0]) and len(cells) > 1:
        return _sheet(cells)
    if lines and _is_heading(_WEAK.split(lines[0].strip())) and len(lines) > 1:
        return _sheet([_WEAK.split(line.strip()) for line in lines[:MOST_LINES]])
    return _free(lines[:MOST_LINES])


def people(block: Block, parts: Sequence[Part] | None = None) -> list[Person]:
    """The people of a block, with other meanings of its columns where ``parts`` says so; rows without a name go."""
    found = (_person(row, parts or block.parts) for row in block.rows)
    return [person for person in found if person.name]


# -- a sheet: the same column means the same in every row --------------------------------------------------------------


def _tabbed(text: str) -> list[list[str]]:
    """Cells of a sheet; a cell with a line break inside comes in quotation marks."""
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter="\t"))
    except csv.Error:
        rows = [line.split("\t") for line in text.splitlines()]
    tidied = [[" ".join(cell.split()) for cell in row] for row in rows[:MOST_LINES]]
    return [row for row in tidied if any(row)]


def _sheet(cells: list[list[str]]) -> Block:
    width = max((len(row) for row in cells), default=0)
    rows = [tuple(row + [""] * (width - len(row))) for row in cells]
    at = next((n for n, row in enumerate(rows[:6]) if _is_heading(row)), None)
    if at is not None:
        parts = tuple(_HEADINGS.get(_heading_word(cell), Part.SKIP) for cell in rows[at])
        above, rows = [" ".join(filter(None, row)) for row in rows[:at]], rows[at + 1 :]
        parts = _one_name(parts, rows)
    elif all(is_surely_name(cell) for row in rows for cell in row if cell):
        # A sheet of names in several columns, as lists are set to save paper.
        above, parts = [], (Part.NAME,)
        rows = [(cell,) for row in rows for cell in row if cell]
    else:
        above, parts = [], _guess([row for row in rows if sum(map(bool, row)) > 1] or rows, width)
    parts, rows = _with_typed_lines(parts, rows)
    named = [row for row in rows if _person(row, parts).name]
    without = [" ".join(filter(None, row)) for row in rows if not _person(row, parts).name]
    return Block(tuple(named), parts, (*above, *without))


def _with_typed_lines(
    parts: tuple[Part, ...], rows: Sequence[tuple[str, ...]]
) -> tuple[tuple[Part, ...], list[tuple[str, ...]]]:
    """Lines that somebody typed among the rows of a sheet are read as free lines: each may name several people.

    What they tell and the sheet has no column for gets one.
    """
    typed = [_typed_among(row) for row in rows]
    told = [person for persons in typed for person in persons]
    more = [p for p in Part if p not in (*parts, Part.SKIP) and any(getattr(t, p.value) for t in told)]
    wide = (*parts, *more)
    found: list[tuple[str, ...]] = []
    for row, persons in zip(rows, typed, strict=True):
        found += [
            tuple("" if p is Part.SKIP else getattr(person, p.value) for p in wide) for person in persons
        ]
        if not persons:
            found.append((*row, *("" for _ in more)))
    return wide, found


def _typed_among(row: tuple[str, ...]) -> list[Person]:
    filled = [cell for cell in row if cell]
    if len(row) == 1 or len(filled) != 1:
        return []
    aside = any(kind_of(word) is Part.SKIP for word in _WEAK.split(filled[0])[1:])  # 沈四 请假
    return _persons(filled[0]) if aside or not looks_like_name(filled[0]) else []


def _is_heading(cells: Iterable[str]) -> bool:
    known = [_HEADINGS.get(_heading_word(cell)) for cell in cells]
    return Part.NAME in known and (len(known) == 1 or sum(part is not None for part in known) >= 2)


def _heading_word(cell: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", BRACKETS.sub("", cell)) if c.isalnum())


def _guess(rows: Sequence[tuple[str, ...]], width: int) -> tuple[Part, ...]:
    """What the columns are when no heading says it: each by what most of its cells look like."""
    parts = []
    for n in range(width):
        seen = Counter(kind_of(row[n]) for row in rows if row[n])
        parts.append(seen.most_common(1)[0][0] if seen else Part.SKIP)
    return _one_name(tuple(parts), rows)


def _one_name(parts: tuple[Part, ...], rows: Sequence[tuple[str, ...]]) -> tuple[Part, ...]:
    """One column and no more holds the names; another that looks like it is a unit, the next of a kind is left."""

    def score(n: int) -> int:
        return sum(2 if row[n][:1] in SURNAMES else 1 for row in rows if looks_like_name(row[n]))

    chosen = next((n for n, part in enumerate(parts) if part is Part.NAME), None)
    if parts.count(Part.NAME) != 1:
        best = max(range(len(parts)), key=score, default=None)
        chosen = best if best is not None and score(best) else chosen
    seen: set[Part] = set()
    result = []
    for n, part in enumerate(parts):
        kept = Part.NAME if n == chosen else Part.UNIT if part is Part.NAME else part
        result.append(Part.SKIP if kept in seen else kept)
        seen.add(kept)
    return tuple(result)


def _person(row: Sequence[str], parts: Sequence[Part]) -> Person:
    told: dict[str, str] = {}
    inside: list[str] = []
    for part, cell in zip(parts, row, strict=True):
        if part is Part.SKIP or not cell:
            continue
        beside = part is Part.NAME and (
            _MOBILE.search(cell) or any(map(is_substitute, _WEAK.split(cell)[1:]))
        )
        if beside and (typed := _persons(cell)):
            # Somebody typed a number behind the name, or for whom this person came: it is no part of it.
            return typed[0]
        if part is Part.NAME:
            inside = BRACKETS.findall(cell)
        told[part.value] = value_of(part, cell)
    person = Person(**{"name": "", **told})
    return _beside(person, inside) if person.name else person


# -- free lines: every word says by itself what it is ------------------------------------------------------------------


def _free(lines: Sequence[str]) -> Block:
    found: list[Person] = []
    left_out = []
    for line in lines:
        persons = _persons(line)
        found += persons
        if not persons:
            left_out.append(line.strip())
    used = [
        part
        for part in Part
        if part is not Part.SKIP and any(getattr(person, part.value) for person in found)
    ]
    rows = tuple(tuple(getattr(person, part.value) for part in used) for person in found)
    return Block(rows, tuple(used), tuple(left_out))


def _persons(line: str) -> list[Person]:
    """The people of one line: several when it is a row of names, one with what stands beside the name, or none.

    What stands before the first of several names (一车间：王芳、李强) is said of all of them.
    """
    plain = _AND_SO_ON.sub("", _MOBILE.sub(r" \1\2\3 ", NUMBERING.sub("", line.strip())))
    if plain.startswith("#"):
        return []
    pieces = [p.strip() for p in _STRONG.split(plain) if p.strip()]
    told = [(word, at > 0) for piece in pieces for at, word in enumerate(_words(piece))]
    told = [(word, behind) for word, behind in told if _heading_word(word) not in _HEADINGS]
    words = [word for word, _ in told]
    names = [n for n, word in enumerate(words) if is_surely_name(word)]
    if not names or (len(pieces) > 1 and all(kind_of(_words(piece)[0]) is Part.NAME for piece in pieces)):
        names = [
            n for n, (word, behind) in enumerate(told)
            if kind_of(word) is Part.NAME and not (behind and is_substitute(word))
        ]  # fmt: skip
        names = names if len(pieces) > 1 else names[:1]
    if not names:
        return []
    found = []
    for n, end in zip(names, [*names[1:], len(words)], strict=True):
        found.append(_beside(Person(tidy_name(words[n])), [*words[n + 1 : end], *words[: names[0]]]))
    return found


def _words(piece: str) -> list[str]:
    """The words of a piece; what stands in brackets is a word, “王 芳”, “陈 小明” and “代 周明” are one and not two."""
    bracketed = [w.strip() for w in BRACKETS.findall(piece)]
    words = [w for w in _WEAK.split(BRACKETS.sub(" ", piece).strip()) if w]
    joined: list[str] = []
    for word in words:
        if joined and _is_one_word(joined[-1], word):
            joined[-1] += word
        else:
            joined.append(word)
    return [*joined, *filter(None, bracketed)] or [""]


def _is_one_word(before: str, word: str) -> bool:
    """Whether a space stands only within a word: a name that is set as wide as others, for whom somebody came."""
    if before in _FOR:
        return is_surely_name(word)
    if len(before) > 1 or TWO_TO_FOUR.fullmatch(before + word) is None:
        return False
    return len(word) == 1 or (len(word) == 2 and before in SURNAMES and kind_of(word) is Part.NAME)


def _beside(person: Person, words: Sequence[str]) -> Person:
    for word in words:
        part = Part.REMARK if is_substitute(word) else kind_of(word)
        if part is Part.NAME:
            part = Part.UNIT
        if part is Part.POST and (both := _UNIT_AND_POST.fullmatch(word)) and not person.unit:
            person, word = replace(person, unit=printable(both[1])), both[2]
        if part is not Part.SKIP and not getattr(person, part.value):
            person = replace(person, **{part.value: value_of(part, word)})
    return person
