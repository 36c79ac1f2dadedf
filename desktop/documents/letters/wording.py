"""Letters' templates as plain lines in which placeholders bear their Chinese names, for who words them anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from desktop.documents.letters.templates import PLACEHOLDERS, QUOTE_PLACEHOLDERS, LetterTemplate
from desktop.documents.placeholders import TemplateFaulty
from desktop.documents.template_lines import BAR, Line, read, unknown, written

_WORDS: Final[Mapping[str, str]] = {**PLACEHOLDERS, "citation": "条文名称", "quote": "条文原文"}
_NAMES: Final = {words: name for name, words in _WORDS.items()}
_NAME: Final = re.compile(r"\{([^{}]*)\}")
_LISTS: Final = {"facts": "事实", "requests": "要求"}
_QUOTES: Final = {"all": "条文", "duties": "义务条文", "liabilities": "责任条文"}
_QUOTE_TEXTS: Final = ("text", "more", "long", "long_more")
_DEFAULTS: Final = {"legal_basis": "预填依据", "reply_method": "预填答复方式", "consequence": "预填后果提示"}
_TEXTS: Final = {"recipient": "主送", "paragraph": "正文", "heading": "一级标题", "attachment": "附件"}
KINDS: Final = (*_TEXTS.values(), *_LISTS.values(), *_QUOTES.values(), *_DEFAULTS.values())


def placeholders() -> list[str]:
    """What may be inserted, in Chinese; there is nothing for the complainant among it."""
    return list(PLACEHOLDERS.values())


def _shown(text: str) -> str:
    return _NAME.sub(lambda match: f"{{{_WORDS.get(match[1], match[1])}}}", text)


def _named(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        word = match[1].strip()
        if word not in _NAMES and word not in PLACEHOLDERS and word not in QUOTE_PLACEHOLDERS:
            raise TemplateFaulty(f"{unknown(word, _NAMES)}。", "请从“插入占位”里选择。")
        return f"{{{_NAMES.get(word, word)}}}"

    return _NAME.sub(one, text)


def lines_of(template: LetterTemplate) -> list[Line]:
    """The template line by line."""
    found = [
        Line(_DEFAULTS[name], _shown(text)) for name, text in template.defaults.items() if name in _DEFAULTS
    ]
    for part in template.parts:
        plain = msgspec.to_builtins(part)
        if part.part == "list":
            found.append(Line(_LISTS.get(part.of, "要求"), "（草稿里逐条填写的，自动编号）", plain))
        elif part.part == "quotes":
            texts = BAR.join(_shown(getattr(part, name)) for name in _QUOTE_TEXTS)
            found.append(Line(_QUOTES.get(part.of, "条文"), texts, plain))
        else:
            found.append(Line(_TEXTS[part.part], _shown(part.text), plain))
    return found


def text_of(template: LetterTemplate) -> str:
    """The template as text to be edited."""
    return written(lines_of(template))


def reworded(template: LetterTemplate, text: str) -> dict[str, Any]:
    """The template with the words of a text, as its JSON's plain values; it is still to be checked.

    Raises :class:`TemplateFaulty` with what is wrong in the text.
    """
    plain: dict[str, Any] = {**msgspec.to_builtins(template), "parts": [], "defaults": {}}
    defaults = {words: name for name, words in _DEFAULTS.items()}
    kinds = {words: name for name, words in _TEXTS.items()}
    for line in read(text, lines_of(template), KINDS):
        if line.kind in defaults:
            plain["defaults"][defaults[line.kind]] = _named(line.text)
        elif line.kind in _LISTS.values() or line.kind in _QUOTES.values():
            plain["parts"].append(_fixed(line))
        else:
            plain["parts"].append({"part": kinds[line.kind], **line.carried, "text": _named(line.text)})
    return plain


def _fixed(line: Line) -> dict[str, Any]:
    """A list or the quotations: they stay where the template has them, only the words around quotations change."""
    if not line.carried:
        raise TemplateFaulty(f"“{line.kind}”不能在这里新加。", "请删去这一行。")
    if line.kind in _LISTS.values():
        return dict(line.carried)
    texts = line.text.split(BAR)
    if len(texts) != len(_QUOTE_TEXTS):
        raise TemplateFaulty(f"“{line.kind}”要有{len(_QUOTE_TEXTS)}段，用{BAR}隔开。", "请照原来的样子写。")
    return {**line.carried, **{name: _named(t) for name, t in zip(_QUOTE_TEXTS, texts, strict=True)}}
