"""Puts a letter together: template, values and quotations become the parts that are printed and kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from desktop.documents.letters.filling import Material, Source, facts_of, requests_of, values_of
from desktop.documents.letters.printed import Layout, Part, PrintedLetter
from desktop.documents.letters.quoted import Quote
from desktop.documents.letters.quotes import quote, read_citations
from desktop.documents.letters.templates import MATERIALS, LetterTemplate, TemplatePart, fill, incomplete
from desktop.documents.letters.typed import official
from desktop.records.cells import text
from desktop.records.supervision import LetterKind
from desktop.records.supervision.clocks import asked_period
from desktop.records.supervision.kinds import TITLE_WORDS
from desktop.records.typed.numerals import int_to_chinese

TOTAL = "合计"
_TOTALS = ("copy_total", "page_total")
"""What is missing when there are no materials."""


@dataclass(frozen=True)
class _Writing:
    """What the parts of one letter are written from."""

    values: dict[str, str]
    facts: tuple[str, ...]
    requests: tuple[str, ...]
    quotes: tuple[Quote, ...]
    materials: Sequence[Material]
    lacking: list[str] = field(default_factory=list)
    """What the letter still needs, so that all of it is told at once."""

    def fill(self, text: str, **more: str) -> str:
        """The text with its placeholders filled; what is missing is noted."""
        return fill(text, self.values | more, self.lack)

    def lack(self, name: str) -> str:
        """Notes something that is missing; nothing stands in its place."""
        name = MATERIALS if name in _TOTALS else name
        if name not in self.lacking:
            self.lacking.append(name)
        return ""


def compose(
    template: LetterTemplate,
    source: Source,
    *,
    organ: str,
    day: datetime.date,
    number: str = "",
    layout: Layout | None = None,
) -> PrintedLetter:
    """The letter as it will be printed.

    Raises ``LetterIncomplete`` for what is still to be filled in, ``CitationUnreadable`` and the problems of the
    statutes for articles that cannot be quoted.
    """
    draft = source.draft.values
    laws = source.laws
    quotes = tuple(quote(citation, day, laws) for citation in read_citations(text(draft, "articles"), laws))
    writing = _Writing(values_of(source, day), facts_of(draft), requests_of(draft), quotes, source.materials)
    parts = tuple(_parts(template, writing))
    if writing.lacking:
        raise incomplete(writing.lacking)
    copies = text(draft, "copies_to").replace(",", "，").replace("；", "，").replace("、", "，")
    days, day_kind = (
        (0, "") if source.kind is LetterKind.SUGGESTION else asked_period(source.kind, source.draft.values)
    )
    return PrintedLetter(
        template=template.id,
        template_version=template.version,
        notice=template.notice,
        kind=source.kind.value,
        title=source.draft.title.value,
        title_words=TITLE_WORDS[source.draft.title],
        layout=layout or template.layout,
        number=number,
        organ=organ,
        date=day.isoformat(),
        signer=template.signer,
        parts=parts,
        quotes=quotes,
        copies=tuple(official(copy.strip()) for copy in copies.split("，") if copy.strip()),
        case=text(source.draft.values, "case"),
        reply_days=days,
        reply_day_kind=day_kind,
    )


def _parts(template: LetterTemplate, writing: _Writing) -> Iterator[Part]:
    headings = 0
    for part in template.parts:
        if part.when and not writing.values.get(part.when):
            continue
        match part.part:
            case "heading":
                headings += 1
                yield Part("heading", writing.fill(part.text), f"{int_to_chinese(headings)}、")
            case "list":
                yield from _list(part, writing)
            case "quotes":
                yield from _quotes(part, writing)
            case "attachment":
                yield from _attachment(part, writing)
            case "recipient":
                yield Part("recipient", writing.fill(part.text))
            case "paragraph":
                yield Part("paragraph", writing.fill(part.text))


def _list(part: TemplatePart, writing: _Writing) -> Iterator[Part]:
    """Items, numbered where there are several; facts are sentences, demands parts of one sentence."""
    facts = part.of == "facts"
    found = writing.facts if facts else writing.requests
    if not found:
        writing.lack("事实" if facts else "要求（建议）")
        return
    form = "（{}）" if part.style == "bracketed" else "{}、"
    for index, item in enumerate(found, start=1):
        end = "。" if facts or index == len(found) else "；"
        number = form.format(int_to_chinese(index)) if len(found) > 1 else ""
        yield Part("paragraph", item + end, number)


def _quotes(part: TemplatePart, writing: _Writing) -> Iterator[Part]:
    wanted = [
        each for each in writing.quotes if part.of == "all" or each.liability == (part.of == "liabilities")
    ]
    if not wanted and part.of != "liabilities":
        writing.lack("条文")
        return
    for index, each in enumerate(wanted):
        if len(each.lines) == 1:
            pattern = part.more if index else part.text
            words = {"citation": each.citation, "quote": each.text}
            yield Part("paragraph", writing.fill(pattern, **words), quoted=True)
            continue
        pattern = part.long_more if index else part.long
        yield Part("paragraph", writing.fill(pattern, citation=each.citation))
        for line in each.lines:
            # GB/T 15834, 4.8.3.4: every quoted paragraph begins with the mark, the last one ends with it.
            end = "”" if line is each.lines[-1] else ""
            yield Part("paragraph", f"“{line}{end}", quoted=True)


def _attachment(part: TemplatePart, writing: _Writing) -> Iterator[Part]:
    if not writing.materials:
        writing.lack(MATERIALS)
        return
    yield Part("attachment", writing.fill(part.text), rows=material_rows(writing.materials))


def material_rows(materials: Sequence[Material]) -> tuple[tuple[str, ...], ...]:
    """The list of materials as it stands behind a letter, with its sums."""
    rows = [
        (str(index), official(each.name), str(each.copies), str(each.pages), each.form)
        for index, each in enumerate(materials, start=1)
    ]
    copies = sum(each.copies for each in materials)
    pages = sum(each.pages for each in materials)
    return (*rows, ("", TOTAL, str(copies), str(pages), ""))
