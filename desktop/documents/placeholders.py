"""Text of templates: placeholders ``{name}``, and stretches in ``[ ]`` that stand only when all in them is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from desktop.errors import UsageProblem

_NAME: Final = re.compile(r"\{([^{}]*)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_STRAY: Final = re.compile(r"[{}\[\]]")


class TemplateFaulty(UsageProblem):
    """A template that cannot be used as it stands."""

    next_step = "请改正这个样式文件，或者换回程序自带的样式。"
    help_anchor = "templates"


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
