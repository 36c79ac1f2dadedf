"""Whether a paper's template that a district worded may be used: for one of the program, or as one of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from desktop import reference
from desktop.documents.papers.templates import (
    Entry,
    Form,
    PaperTemplate,
    Paragraph,
    Recipient,
    Table,
    papers,
    parse_paper,
)
from desktop.documents.placeholders import TemplateFaulty
from desktop.records.declaration import RecordType
from desktop.records.supervision.likeness import passes_for_letter, squeezed
from desktop.records.types import catalogue

OWN: Final = re.compile(r"own_[a-z0-9]{4,40}")
"""Keys of papers that no edition of the program has."""
NOTICE: Final = "本单位自定的样式，非官方"
_FILLED_IN: Final = re.compile(r"\{[^{}]*\}")
_WHOM: Final = re.compile(r"\s*\{[^{}]+\}\s*[：:]\s*")
_SENT_TO: Final = re.compile(r"主送|抄送|收件|收文|^致")
"""Labels of a list that says whom a paper is for."""
SUPERVISION: Final = frozenset({"case", "case_event", "case_document", "handover_item"})
"""What is printed of a supervision case is said by law, so nobody adds a paper about one."""
MARK: Final = "自制表单，不是工会劳动法律监督文书"
"""Stands below every page of a paper that a unit added."""
_SHORT: Final = 14
"""So short a line of a paper is read as what it is called."""


@lru_cache(maxsize=64)
def replacement(data: str, key: str) -> PaperTemplate:
    """The template from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong.

    What it is about, when it is offered and who reads it stay: by the reader is judged whom it may name.
    """
    shipped = papers()[key]
    template = parse_paper(data, key, catalogue(), reference.code_lists())
    fixed = (
        ("对应的记录", template.about, shipped.about),
        ("使用条件", dict(template.when), dict(shipped.when)),
        ("须已通过", template.carried, shipped.carried),
        ("给谁看", template.reader, shipped.reader),
        ("是否官方", template.official, shipped.official),
        ("顺序", template.order, shipped.order),
    )
    for what, found, wanted in fixed:
        if found != wanted:
            raise TemplateFaulty(f"“{shipped.label}”的“{what}”不能改，只能改文字和格子。")
    if not template.title.strip():
        raise TemplateFaulty(f"“{shipped.label}”没有标题。", "请保留“标题：”那一行。")
    found = _like_a_letter(template)
    if found and found != _like_a_letter(shipped):
        raise _letters_only(shipped.label, found, "改")
    return template


def may_be_about(record_type: RecordType) -> bool:
    """Whether a unit may add papers about records of a type."""
    return not record_type.by_program and record_type.name not in SUPERVISION


def own_begun(key: str, about: str, label: str) -> PaperTemplate:
    """A paper that is to be worded: a title and an empty paragraph. Others may read it, so it names no complainant."""
    return PaperTemplate(
        id=key, label=label, about=about, version="", official=False, notice=NOTICE, source="本单位自定",
        reader="public", title=label, parts=(Paragraph("{|20}"),), order=900,
    )  # fmt: skip


@lru_cache(maxsize=64)
def own_paper(data: str, key: str) -> PaperTemplate:
    """A paper that a unit added, from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong."""
    template = parse_paper(data, key, catalogue(), reference.code_lists())
    usual = own_begun(key, template.about, template.label)
    fixed = ("official", "notice", "source", "reader", "look", "order", "when", "carried")
    if any(getattr(template, name) != getattr(usual, name) for name in fixed):
        raise TemplateFaulty(f"自己加的“{template.label}”只能写标题、文字和格子，别的不能改。")
    if not template.title.strip() or not template.label.strip():
        raise TemplateFaulty(f"“{template.label or key}”没有标题或者名称。", "请写上“标题：”那一行。")
    if template.about in SUPERVISION:
        raise TemplateFaulty("监督案件的文书由法律规定，不能自己加。", "请修改“文书模板”里已有的样式。")
    if not may_be_about(catalogue()[template.about]):
        raise TemplateFaulty("这类记录不能自己加表单。", "请换一类记录。")
    if found := _like_a_letter(template):
        raise _letters_only(template.label, found, "加")
    return template


def addressed(template: PaperTemplate) -> bool:
    """Whether a paper names whom it is for."""
    return any(
        isinstance(part, Recipient)
        or (isinstance(part, Paragraph) and _WHOM.fullmatch(part.text))
        or (isinstance(part, Entry) and _SENT_TO.search(squeezed(part.label)))
        for part in template.parts
    )


def _like_a_letter(template: PaperTemplate) -> str:
    """What in a paper's own words makes it one of the letters of the law, "" where nothing does."""
    texts = list(template.texts())
    for part in template.parts:
        match part:
            case Form():
                texts += [cell.label for row in part.rows for cell in row.cells]
            case Entry():
                texts += [part.label, part.text]
            case Table():
                texts += [words for column in part.columns for words in (column.title, column.text)]
    texts = [_FILLED_IN.sub("", text) for text in texts]
    names = [template.label, template.corner, *(text for text in texts if len(squeezed(text)) <= _SHORT)]
    return passes_for_letter("。".join(names), "\n".join(texts), addressed=addressed(template))


def _letters_only(label: str, found: str, how: str) -> TemplateFaulty:
    return TemplateFaulty(
        f"“{label}”里有“{found}”，像一函两书，不能这样{how}。",
        "提示函、意见书、建议书请从监督案件里起草、签发；只是告知、通知的，请换一种写法。",
    )
