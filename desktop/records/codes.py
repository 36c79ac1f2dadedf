"""Code lists as values: what a coded field may hold, and which code a person meant by the words they typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from desktop.records.divisions import Divisions

PLACES = "divisions"
"""The id of the list that names places by division code."""
TYPES = "record_types"
"""The id of the list that names record types."""


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One entry: the permanent code that is stored, the words that are shown, and other words for the same thing.

    ``retired`` keeps an old code readable that is no longer offered; its words then mean the code ``instead``, if any.
    ``note`` says what the entry means, or what is unverified about it.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    retired: bool = False
    instead: str = ""
    note: str = ""


@dataclass(frozen=True)
class CodeList:
    """A list of codes in the order in which they are offered."""

    id: str
    items: tuple[CodeItem, ...]
    label: str = ""
    version: str = ""
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError(f"code list {self.id}: a code stands twice")

    @cached_property
    def by_code(self) -> dict[str, CodeItem]:
        """The entries by code, retired ones included."""
        return {item.code: item for item in self.items}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {item.code: place for place, item in enumerate(self.items)}

    def in_order(self, codes: Iterable[str]) -> list[str]:
        """These codes as the list has them, those that it does not know before."""
        return sorted(codes, key=lambda code: self._places.get(code, -1))

    @cached_property
    def _by_words(self) -> dict[str, str | None]:
        """Folded words to code; ``None`` where the same words stand for two codes."""
        found: dict[str, str | None] = {}
        codes = [(item.code, item.code) for item in self.items]
        levels = [codes]
        for items in (self.offered, tuple(item for item in self.items if item.retired)):
            # What is offered is meant before what is not any more.
            levels.append([(item.label, item.instead or item.code) for item in items])
            levels.append([(alias, item.instead or item.code) for item in items for alias in item.aliases])
        for pairs in levels:
            level: dict[str, str | None] = {}
            for words, code in pairs:
                folded = fold(words)
                level[folded] = code if level.get(folded, code) == code else None
            found = level | found
        return found

    def is_ambiguous(self, words: str) -> bool:
        """Whether these words stand for more than one code."""
        return fold(words) in self._by_words and self._by_words[fold(words)] is None

    @property
    def offered(self) -> tuple[CodeItem, ...]:
        """The entries that a person can choose."""
        return tuple(item for item in self.items if not item.retired)

    def label_of(self, code: str) -> str:
        """The words for a code; an unknown code (from a newer list) shows as itself."""
        item = self.by_code.get(code)
        return code if item is None else item.label

    def find(self, words: str) -> str | None:
        """The code that these words mean: a code, a label or an alias, whatever their width, case and spacing."""
        text = words.strip()
        return text if text in self.by_code else self._by_words.get(fold(words))


def fold(words: str) -> str:
    """Words without what people vary: full width, case, spaces, brackets' and commas' form."""
    text = unicodedata.normalize("NFKC", words).casefold()
    return "".join(c for c in text if not c.isspace() and c not in "、,，;；·・")


def places(divisions: Divisions) -> CodeList:
    """Divisions as a list of codes: the name is the label, the names from the district or town down are aliases.

    So are former names; one that ended is retired, and its name means what it went into.
    """
    items = []
    for division in divisions:
        path = divisions.path(division.code)
        longer = tuple("".join(d.name for d in path[start:]) for start in range(len(path) - 1))
        now = divisions.now(division).code
        instead = now if now != division.code else ""
        items.append(
            CodeItem(division.code, division.name, (*longer, *division.former), division.ended, instead)
        )
    return CodeList(PLACES, tuple(items), "行政区划", divisions.version)
