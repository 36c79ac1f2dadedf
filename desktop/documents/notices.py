"""What people are told where their data is collected (个人信息保护法 第十七条): one text, filled with who collects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from desktop.resources import resource

_NOBODY: Final = "主办单位"
"""Who collects, where a sheet does not say it."""


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One thing that is told, under its label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CollectionNotice:
    """The whole text; ``notice`` says that it is an example, ``sensitive`` is told where consent is asked for."""

    id: str
    version: str
    official: bool
    notice: str
    source: str
    title: str
    short: str
    items: tuple[NoticeItem, ...]
    sensitive: NoticeItem


@cache
def collection_notice() -> CollectionNotice:
    """The text that is shipped, or what a district has put in its place."""
    data = resource("personal", "collection_notice.json").read_bytes()
    return msgspec.json.decode(data, type=CollectionNotice)


def short_words(unit: str) -> str:
    """One paragraph for the foot of a sheet."""
    return collection_notice().short.replace("{unit}", unit or _NOBODY)


def lines(unit: str, fields: Sequence[str], *, sensitive: bool) -> list[tuple[str, str]]:
    """Label and text of everything that is told beside a table with these personal columns."""
    told = collection_notice()
    items = [*told.items, *([told.sensitive] if sensitive else [])]
    return [
        (i.label, i.text.replace("{unit}", unit or _NOBODY).replace("{fields}", "、".join(fields)))
        for i in items
    ]
