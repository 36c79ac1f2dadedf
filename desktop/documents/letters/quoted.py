"""What stands quoted in a letter: a place in a statute, and its words as they were that day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """A place in a statute as a draft names it. ``liability`` marks what follows from a breach."""

    statute: str
    article: int
    paragraph: int | None = None
    item: int | None = None
    liability: bool = False


@dataclass(frozen=True)
class Quote:
    """A citation with the words of its day: the statute's version and the lines as they stand there."""

    statute: str
    name: str
    version: str
    citation: str
    lines: tuple[str, ...]
    liability: bool = False
    article: int = 0
    paragraph: int | None = None
    item: int | None = None

    @property
    def text(self) -> str:
        """The quoted words, a line for each paragraph and item."""
        return "\n".join(self.lines)
