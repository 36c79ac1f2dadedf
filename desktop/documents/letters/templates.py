"""Templates of letters as data under ``resources/templates``: read, checked and filled.

Text holds placeholders ``{name}``; a stretch in ``[ ]`` is printed only when all placeholders in it are filled.
There is no placeholder for the complainant, so no template can print one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from desktop.documents.placeholders import TemplateFaulty, filled, names_in, paired, unread
from desktop.documents.template_lines import unknown
from desktop.errors import StateProblem
from desktop.records.supervision import Route, Title
from desktop.resources import resource

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "addressee": "主送",
    "received_date": "收到投诉（发现线索）日期",
    "clue": "线索来源",
    "clue_words": "线索来源的写法",
    "subject": "事项（案由）",
    "matter": "事项类别",
    "legal_basis": "依据",
    "union_law": "工会法第二十三条",
    "inquiry_articles": "调查所依据的条文",
    "investigation": "调查经过",
    "reply_term": "答复期限",
    "reply_method": "答复方式",
    "federation": "可以发建议书的工会",
    "consequence": "后果提示",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "contact_address": "联系地址",
    "employer": "单位名称",
    "employer_identity": "单位信用代码、住所等",
    "history": "函书送达和答复经过",
    "situation": "建议书情形",
    "ground_item": "第二十三条的项",
    "feedback_articles": "部门反馈所依据的条文",
    "copy_total": "移交材料份数",
    "page_total": "移交材料页数",
}
"""What a template may ask for, with the words by which a missing one is named."""
QUOTE_PLACEHOLDERS: Final = frozenset({"citation", "quote"})
DEFAULTED: Final = frozenset({"legal_basis", "reply_method", "consequence"})
"""Fields of a draft that a template may begin with words of its own."""

MATERIALS: Final = "移交材料"
_WHERE: Final[Mapping[str, str]] = {
    "employer_identity": "请在案件的“单位（已登记）”里选择这个单位，代码、住所等从单位记录带出。",
    MATERIALS: "建议书要移交相关材料（条例第二十三条），请在建议书草稿的“移交材料”里逐项登记。",
}
"""Where something is filled in that stands neither in the draft nor in the case itself."""


class LetterIncomplete(StateProblem):
    """A letter for which something needed is not filled in yet."""

    next_step = "请在草稿或者案件里补填后再试。"


@dataclass(frozen=True)
class TemplatePart:
    """One piece of a letter. ``of`` says which list or which quotations, ``when`` what it depends on."""

    part: Literal["recipient", "paragraph", "heading", "list", "quotes", "attachment"]
    text: str = ""
    more: str = ""
    long: str = ""
    long_more: str = ""
    of: Literal["", "facts", "requests", "duties", "liabilities", "all"] = ""
    style: Literal["", "plain", "bracketed"] = ""
    when: str = ""


@dataclass(frozen=True)
class LetterTemplate:
    """A checked template. ``notice`` says what is not official about it; screens show it, letters do not."""

    id: str
    label: str
    version: str
    official: bool
    notice: str
    source: str
    title: Title
    route: Route
    layout: Literal["letter", "plain"]
    signer: bool
    parts: tuple[TemplatePart, ...]
    defaults: Mapping[str, str] = field(default_factory=dict)


def parse_template(data: bytes | str, name: str) -> LetterTemplate:
    """A template from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong."""
    try:
        plain = msgspec.json.decode(data)
        template = msgspec.convert(plain, LetterTemplate)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise unread(name, error) from error
    _refuse_unknown(plain, LetterTemplate, name)
    for part in plain["parts"]:
        _refuse_unknown(part, TemplatePart, name)
    for text, extra in _texts(template):
        _check_text(text, extra, name)
    for part in template.parts:
        if part.when and part.when not in PLACEHOLDERS:
            raise TemplateFaulty(f"样式“{name}”里不认识占位{{{part.when}}}。")
        if part.part in ("list", "quotes") and not part.of:
            raise TemplateFaulty(f"样式“{name}”里有一段没有说明列出什么。")
    strange = sorted(set(template.defaults) - DEFAULTED)
    if strange:
        raise TemplateFaulty(f"样式“{name}”不能预填“{strange[0]}”。")
    if not template.official and not template.notice:
        raise TemplateFaulty(f"样式“{name}”不是官方样式，要在notice里写明。")
    return template


def _refuse_unknown(
    plain: Mapping[str, object], kind: type[LetterTemplate] | type[TemplatePart], name: str
) -> None:
    unknown = sorted(set(plain) - {each.name for each in fields(kind)})
    if unknown:
        raise TemplateFaulty(f"样式“{name}”里不认识“{unknown[0]}”这一项。")


def _texts(template: LetterTemplate) -> Iterable[tuple[str, frozenset[str]]]:
    for part in template.parts:
        extra = QUOTE_PLACEHOLDERS if part.part == "quotes" else frozenset[str]()
        yield from ((text, extra) for text in (part.text, part.more, part.long, part.long_more))
    yield from ((text, frozenset[str]()) for text in template.defaults.values())


def _check_text(text: str, extra: frozenset[str], name: str) -> None:
    for found in names_in(text):
        if found not in PLACEHOLDERS and found not in extra:
            raise TemplateFaulty(f"样式“{name}”里{unknown(found, {*PLACEHOLDERS, *extra})}。")
    if not paired(text):
        raise TemplateFaulty(f"样式“{name}”里的括号不成对：{text[:20]}…")


@cache
def templates() -> Mapping[str, LetterTemplate]:
    """Every template that comes with the program, by id."""
    return load_templates(resource("templates"))


def load_templates(folder: Path) -> dict[str, LetterTemplate]:
    """The templates of a folder. Raises :class:`TemplateFaulty`."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        template = parse_template(path.read_bytes(), path.stem)
        if template.id != path.stem:
            raise TemplateFaulty(f"样式文件“{path.name}”里写的编号是“{template.id}”。")
        found[template.id] = template
    return found


def template_for(title: Title, route: Route) -> LetterTemplate:
    """The template of a title under a regulation. Raises :class:`TemplateFaulty` where there is none."""
    fitting = [t for t in templates().values() if t.title is title]
    exact = [t for t in fitting if t.route is route]
    if not fitting:
        raise TemplateFaulty("没有这种文书的样式。")
    return (exact or fitting)[0]


def fill(text: str, values: Mapping[str, str], missing: Callable[[str], str] | None = None) -> str:
    """The text with its placeholders filled; ``missing`` is told of one that has nothing in it.

    Without it such a one raises :class:`LetterIncomplete`.
    """

    def lacking(name: str) -> str:
        raise incomplete([name])

    return filled(text, lambda name: values.get(name, ""), missing or lacking)


def incomplete(missing: Collection[str]) -> LetterIncomplete:
    """All that is missing in one sentence: placeholders, or lists of a letter by what they are called."""
    words = "”“".join(PLACEHOLDERS.get(name, name) for name in missing)
    steps = "".join(_WHERE[name] for name in missing if name in _WHERE)
    return LetterIncomplete(f"文书还缺“{words}”。", steps)


def default_text(template: LetterTemplate, name: str, values: Mapping[str, str]) -> str:
    """What a draft begins with in one field; a placeholder without value counts as nothing here."""
    words = template.defaults.get(name, "")
    return filled(words, lambda name: values.get(name, ""), lambda _name: "")
