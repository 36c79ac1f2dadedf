"""Papers' templates as plain lines in which fields bear their Chinese names, for who words them anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from desktop.documents.papers.templates import (
    PROTECTED,
    SPECIAL,
    Entry,
    Form,
    Heading,
    Notice,
    PaperTemplate,
    Paragraph,
    Recipient,
    Row,
    Table,
)
from desktop.documents.placeholders import TemplateFaulty
from desktop.documents.template_lines import BAR, Line, read, unknown, written
from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue

_SPECIAL_WORDS: Final[Mapping[str, str]] = {
    "@today": "今天", "@unit": "本单位", "@organ": "发文机关", "@operator": "操作员", "#": "行号",
}  # fmt: skip
_HEADINGS: Final = ("一级标题", "二级标题", "三级标题", "四级标题")
_TEXTS: Final = {"title": "标题", "number": "编号", "corner": "左上角"}
_NAME: Final = re.compile(r"\{([^{}]*)\}")
_UNFIT: Final = re.compile(r"[.|{}\[\]｜@#：]")
ENTRY, FORM, ROW, TABLE, COLUMN, NOTICE, SIGNED = "条目", "表格", "表格行", "名单", "栏目", "告知", "落款"
KINDS: Final = (*_TEXTS.values(), "主送", *_HEADINGS, "正文", ENTRY, FORM, ROW, TABLE, COLUMN, NOTICE, SIGNED)
_LABEL: Final = re.compile(r"【(.*)】", re.DOTALL)


def labels(record_type: RecordType) -> dict[str, str]:
    """The words for each shown field of a type by its name; a field whose words are another's keeps its name."""
    found: dict[str, str] = {}
    taken = set(_SPECIAL_WORDS.values())
    for f in record_type.shown_fields:
        fit = f.label not in taken and not _UNFIT.search(f.label)
        found[f.name] = f.label if fit else f.name
        taken.add(found[f.name])
    return found


def placeholders(types: Catalogue, about: RecordType, *, secret: bool) -> list[str]:
    """What may be inserted into a paper about a type, in Chinese: its fields, then those of linked records."""
    found = [word for name, word in _SPECIAL_WORDS.items() if name in SPECIAL]
    for name, word in labels(about).items():
        f = about.by_name[name]
        if f.group in PROTECTED and not secret:
            continue
        found.append(word)
        if f.link is not None and f.link != about.name:
            other = types[f.link]
            found += [
                f"{word}.{inner}"
                for key, inner in labels(other).items()
                if secret or other.by_name[key].group not in PROTECTED
            ]
    return found


def _translated(text: str, one: Callable[[str], str]) -> str:
    return _NAME.sub(lambda match: f"{{{one(match[1])}}}", text)


def _shown(types: Catalogue, about: RecordType, text: str) -> str:
    """Field names become words."""

    def one(placeholder: str) -> str:
        path, bar, blank = placeholder.partition("|")
        if path in _SPECIAL_WORDS or not path:
            return _SPECIAL_WORDS.get(path, path) + bar + blank
        at: RecordType | None = about
        words = []
        for name in path.split("."):
            words.append(labels(at).get(name, name) if at is not None else name)
            field = at.by_name.get(name) if at is not None else None
            at = types[field.link] if field is not None and field.link is not None else None
        return ".".join(words) + bar + blank

    return _translated(text, one)


def _named(types: Catalogue, about: RecordType, text: str) -> str:
    """Words become field names. Raises :class:`TemplateFaulty` for one that is not known."""
    special = {word: name for name, word in _SPECIAL_WORDS.items()}

    def one(placeholder: str) -> str:
        path, bar, blank = placeholder.partition("|")
        path = path.strip()
        if path in special or path in _SPECIAL_WORDS or not path:
            return special.get(path, path) + bar + blank
        at: RecordType | None = about
        names = []
        for word in path.split("."):
            known = labels(at) if at is not None else {}
            name = word if word in known else next((n for n, w in known.items() if w == word), None)
            if at is None or name is None:
                raise TemplateFaulty(
                    f"{unknown(path, placeholders(types, about, secret=False))}。", "请从“插入占位”里选择。"
                )
            names.append(name)
            link = at.by_name[name].link
            at = types[link] if link is not None else None
        return ".".join(names) + bar + blank

    return _translated(text, one)


def lines_of(template: PaperTemplate, types: Catalogue) -> list[Line]:
    """The template line by line."""
    about = types[template.about]

    def said(text: str) -> str:
        return _shown(types, about, text)

    found = [
        Line(words, said(getattr(template, name)))
        for name, words in _TEXTS.items()
        if name == "title" or getattr(template, name)
    ]
    for part in template.parts:
        plain = msgspec.to_builtins(part)
        match part:
            case Recipient():
                found.append(Line("主送", said(part.text), plain))
            case Heading():
                found.append(Line(_HEADINGS[part.level - 1], said(part.text), plain))
            case Paragraph():
                found.append(Line("正文", said(part.text), plain))
            case Entry():
                whose = types[part.of] if part.of else about
                found.append(Line(ENTRY, f"{part.label}{BAR}{_shown(types, whose, part.text)}", plain))
            case Form():
                found.append(Line(FORM, "", {**plain, "rows": []}))
                found += [Line(ROW, said(_row_text(row)), msgspec.to_builtins(row)) for row in part.rows]
            case Table():
                found.append(Line(TABLE, types[part.of].label, {**plain, "columns": []}))
                found += [
                    Line(
                        COLUMN,
                        f"{c.title}{BAR}{_shown(types, types[part.of], c.text)}",
                        msgspec.to_builtins(c),
                    )
                    for c in part.columns
                ]
            case Notice():
                found.append(Line(NOTICE, "个人信息处理告知", plain))
    if template.signature is not None:
        found.append(Line(SIGNED, said(template.signature.organ), msgspec.to_builtins(template.signature)))
    return found


def _row_text(row: Row) -> str:
    return BAR.join(f"【{cell.label}】" if cell.label else cell.text for cell in row.cells)


def text_of(template: PaperTemplate, types: Catalogue) -> str:
    """The template as text to be edited."""
    return written(lines_of(template, types))


def reworded(template: PaperTemplate, text: str, types: Catalogue) -> dict[str, Any]:
    """The template with the words of a text, as its JSON's plain values; it is still to be checked.

    Raises :class:`TemplateFaulty` with what is wrong in the text.
    """
    about = types[template.about]
    plain: dict[str, Any] = msgspec.to_builtins(template)
    plain |= {"number": "", "corner": "", "title": "", "signature": None, "parts": []}
    for line in read(text, lines_of(template, types), KINDS):
        _put(plain, line, types, about)
    return plain


def _put(plain: dict[str, Any], line: Line, types: Catalogue, about: RecordType) -> None:
    parts: list[dict[str, Any]] = plain["parts"]
    if line.kind == ROW:
        _last(parts, "form", ROW)["rows"].append(_row(line, types, about))
        return
    if line.kind == COLUMN:
        table = _last(parts, "table", COLUMN)
        title, bar, words = line.text.partition(BAR)
        if not bar:
            raise TemplateFaulty(f"“栏目：{title}”后面要写{BAR}和内容。", f"例如“姓名{BAR}{{姓名}}”。")
        child = types[table["of"]]
        table["columns"].append(
            {**line.carried, "title": title.strip(), "text": _named(types, child, words.strip())}
        )
        return
    if line.kind == ENTRY:
        parts.append(_entry(line, types, about))
        return
    words = _named(types, about, line.text) if line.kind not in (FORM, TABLE, NOTICE) else ""
    for name, kind in _TEXTS.items():
        if line.kind == kind:
            plain[name] = words
            return
    if line.kind == SIGNED:
        plain["signature"] = {"date": "@today", **line.carried, "organ": words}
    elif line.kind == TABLE and not line.carried:
        raise TemplateFaulty("“名单”不能在这里新加。", "请删去这一行和它下面的“栏目”。")
    elif line.kind in (FORM, TABLE):
        emptied: dict[str, Any] = {"rows": []} if line.kind == FORM else {"columns": []}
        parts.append({"part": "form", **line.carried, **emptied})
    elif line.kind == NOTICE:
        parts.append({"part": "notice"})
    elif line.kind in _HEADINGS:
        level = _HEADINGS.index(line.kind) + 1
        parts.append({"part": "heading", **line.carried, "level": level, "text": words})
    else:
        kind = "recipient" if line.kind == "主送" else "paragraph"
        parts.append({"part": kind, **line.carried, "text": words})


def _entry(line: Line, types: Catalogue, about: RecordType) -> dict[str, Any]:
    label, bar, words = line.text.partition(BAR)
    if not bar:
        raise TemplateFaulty(f"“{ENTRY}：{label}”后面要写{BAR}和内容。", f"例如“参加单位{BAR}{{参加单位}}”。")
    whose = types[line.carried["of"]] if line.carried.get("of") else about
    text = _named(types, whose, words.strip())
    return {"part": "entry", **line.carried, "label": label.strip(), "text": text}


def _last(parts: list[dict[str, Any]], kind: str, what: str) -> dict[str, Any]:
    if not parts or parts[-1]["part"] != kind:
        above = FORM if kind == "form" else TABLE
        raise TemplateFaulty(f"“{what}”要写在“{above}：”的下面。", f"请把这一行移到“{above}：”下面。")
    return parts[-1]


def _row(line: Line, types: Catalogue, about: RecordType) -> dict[str, Any]:
    words = line.text.split(BAR)
    before = list(line.carried.get("cells", ()))
    kept = before if len(before) == len(words) else [{}] * len(words)
    cells = list(_cells(words, kept, types, about))
    return {**line.carried, "cells": cells}


def _cells(
    words: list[str], kept: list[dict[str, Any]], types: Catalogue, about: RecordType
) -> Iterator[dict[str, Any]]:
    for text, cell in zip(words, kept, strict=True):
        label = _LABEL.fullmatch(text.strip())
        text = _named(types, about, text)
        yield {**cell, "label": label[1], "text": ""} if label else {**cell, "label": "", "text": text}
