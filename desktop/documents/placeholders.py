"""Text of templates: placeholders ``{name}``, and stretches in ``[ ]`` that stand only when all in them is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from desktop.errors import UsageProblem

_NAME: Final = re.compile(r"\{([^{}]*)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_STRAY: Final = re.compile(r"[{}\[\]]")


_PLACE: Final = re.compile(r"at `\$\.?([^`]*)`")
_NUMBER: Final = re.compile(r"\[(\d+)\]")
_SAID: Final = {
    re.compile(r"unknown field `([^`]*)`"): "不认识“{}”这一项",
    re.compile(r"missing required field `([^`]*)`"): "缺少“{}”这一项",
    re.compile(r"[Ii]nvalid (?:enum )?value '([^']*)'"): "不能写“{}”",
    re.compile(r"Expected `"): "写法不对",
}
"""What the reader of JSON says, and what is said to people."""


class TemplateFaulty(UsageProblem):
    """A template that cannot be used as it stands."""

    next_step = "请改正这个样式文件，或者换回程序自带的样式。"
    help_anchor = "templates"


def unread(name: str, error: Exception) -> TemplateFaulty:
    """What is wrong with a template's file, in words instead of those of the library that reads it."""
    said = str(error)
    where = "".join(f"的“{place}”里" for place in _PLACE.findall(said)[-1:])
    where = _NUMBER.sub(lambda match: f"第{int(match[1]) + 1}项", where)
    for pattern, words in _SAID.items():
        if found := pattern.search(said):
            return TemplateFaulty(f"样式“{name}”{where}{words.format(*found.groups())}。")
    return TemplateFaulty(f"样式“{name}”不是完整的样式文件，读不出来。")


def names_in(text: str) -> list[str]:
    """What the placeholders of a text ask for, in their order."""
    return _NAME.findall(text)


def paired(text: str) -> bool:
    """Whether every bracket of a text belongs to a placeholder or an optional stretch."""
    return not _STRAY.search(_NAME.sub("", _OPTIONAL.sub(lambda match: match[1], text)))


def filled(text: str, value: Callable[[str], str], missing: Callable[[str], str]) -> str:
    """The text with its placeholders filled; ``missing`` says what stands where there is no value, or raises."""

    def optional(match: re.Match[str]) -> str:
        return match[1] if all(value(name) for name in names_in(match[1])) else ""

    def named(match: re.Match[str]) -> str:
        return value(match[1]) or missing(match[1])

    return _NAME.sub(named, _OPTIONAL.sub(optional, text))
