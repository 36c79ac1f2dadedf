"""A letter as it is printed and kept: frozen values, the same for ever, whatever templates and laws become.

The text of an issued letter is this value as JSON in the document's ``snapshot``; printing reads nothing else.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from desktop.documents.letters.quoted import Quote
from desktop.errors import StateProblem

Layout = Literal["letter", "plain"]


class SnapshotDamaged(StateProblem):
    """The kept text of an issued letter cannot be read."""

    exit_code = 15
    next_step = "请从备份恢复，或者在更新的程序里打开。"


@dataclass(frozen=True)
class Part:
    """One piece of text: ``number`` stands before it, ``rows`` are those of a list of materials."""

    kind: Literal["recipient", "paragraph", "heading", "attachment"]
    text: str
    number: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    quoted: bool = False


@dataclass(frozen=True)
class PrintedLetter:
    """Everything that stands on the paper, and the quotations by themselves with the versions they are from."""

    template: str
    template_version: str
    notice: str
    kind: str
    title: str
    title_words: str
    layout: Layout
    number: str
    organ: str
    date: str
    signer: bool
    parts: tuple[Part, ...]
    quotes: tuple[Quote, ...] = ()
    copies: tuple[str, ...] = ()
    case: str = ""
    """The id of the case in which it was issued; empty in older letters."""
    reply_days: int = 0
    reply_day_kind: str = ""
    """The time to answer that it asks for; none in a suggestion letter and in older letters."""

    @property
    def day(self) -> datetime.date:
        """The day of the letter (成文日期)."""
        return datetime.date.fromisoformat(self.date)

    @property
    def own_words(self) -> str:
        """The letter's text without quotations."""
        return "\n".join(part.text for part in self.parts if not part.quoted)

    @property
    def text(self) -> str:
        """The whole text in reading order."""
        pieces = [self.number, self.title_words]
        for part in self.parts:
            pieces.append(part.number + part.text)
            pieces += ["　".join(row) for row in part.rows]
        return "\n".join([*pieces, self.organ, self.date, *self.copies])


def is_letter_of(letter: PrintedLetter, document: Mapping[str, object]) -> bool:
    """Whether a record still is what was issued: its kind, its title, its case."""
    told = (
        ("kind", letter.kind),
        ("title_variant", letter.title),
        ("case", letter.case or document.get("case")),
    )
    return all(document.get(name) == words for name, words in told)


def to_snapshot(letter: PrintedLetter) -> str:
    """The letter as the JSON that is kept."""
    return msgspec.json.encode(letter).decode("utf-8")


def digest_of(snapshot: str) -> str:
    """What ties a kept letter to its number: SHA-256 of the kept text in hexadecimal digits."""
    return hashlib.sha256(snapshot.encode("utf-8")).hexdigest()


def from_snapshot(text: str) -> PrintedLetter:
    """The letter that was kept; fields of newer programs are passed over. Raises :class:`SnapshotDamaged`."""
    try:
        return msgspec.json.decode(text.encode("utf-8"), type=PrintedLetter)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SnapshotDamaged("这份文书签发时保存的全文读不出来。") from error
