"""Citations that a draft names, with the exact words of the statutes, taken letter by letter and never typed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from desktop import reference
from desktop.documents.letters.quoted import Citation, Quote
from desktop.errors import StateProblem, UsageProblem
from desktop.records.statutes import LIABILITY_MARK, Statute, StatuteReference, cited_lines
from desktop.records.typed.numerals import chinese_to_int
from desktop.reference import SHIPPED_LAWS, Laws


class CitationUnreadable(UsageProblem):
    """A line of the articles that names no article."""

    next_step = "请从条文库选取，或者写成“《中华人民共和国劳动法》第五十条”。"
    help_anchor = "laws"


class NotInForce(StateProblem):
    """A statute, or the text of it that is kept, that takes effect only after the letter's day."""

    next_step = "请引用签发那天有效的条文。"
    help_anchor = "laws"


def read_citations(text: str, laws: Laws = SHIPPED_LAWS) -> tuple[Citation, ...]:
    """The articles that a draft names, a line each, in their order and without doubles.

    A line that begins with 法律责任 is quoted as what follows from a breach; so is an article that the library of
    violations lists only as a sanction. Raises :class:`CitationUnreadable`, ``StatuteUnknown``.
    """
    found: dict[Citation, None] = {}
    for line, matches in cited_lines(text):
        marked = line.startswith(LIABILITY_MARK)
        if not matches:
            raise CitationUnreadable(f"条文“{line[:30]}”看不出是哪部法的第几条。")
        for match in matches:
            statute = laws.law(match["book"] or match["bare"])
            place = (_number(match["article"]), _number(match["paragraph"]), _number(match["item"]))
            liability = marked or _only_sanction(statute.key, place[0] or 0)
            found[Citation(statute.key, place[0] or 0, place[1], place[2], liability)] = None
    return tuple(found)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text) if text.isascii() else chinese_to_int(text)
    except ValueError:
        raise CitationUnreadable(f"“{text}”不是条款的序号。") from None


def _only_sanction(statute: str, article: int) -> bool:
    def named(references: Sequence[StatuteReference]) -> bool:
        return any((r.statute, r.article) == (statute, article) for r in references)

    categories = reference.violation_categories()
    return any(named(c.sanctions) for c in categories) and not any(named(c.duties) for c in categories)


def quote(citation: Citation, day: datetime.date | None = None, laws: Laws = SHIPPED_LAWS) -> Quote:
    """The exact words of a citation.

    With a ``day`` they are those in force then. An item is quoted under the words that lead it. Raises a
    ``StatuteProblem`` where there is no such text, which includes statutes known by name only, and :class:`NotInForce`.
    """
    statute = laws.law(citation.statute, day)
    n, paragraph, item = citation.article, citation.paragraph, citation.item
    words = statute.quote(n, paragraph, item)
    if day is not None and (begins := statute.in_force_from) is not None and begins > day:
        raise NotInForce(f"《{statute.name}》的这个文本自{begins}起才有，签发时还没有生效。")
    lines = tuple(words.split("\n")) if item is None else tuple(_with_lead(statute, n, paragraph, item))
    version = statute.version.isoformat() if statute.version else ""
    cited = statute.cite(n, paragraph, item)
    return Quote(statute.key, statute.name, version, cited, lines, citation.liability, n, paragraph, item)


def _with_lead(statute: Statute, n: int, paragraph: int | None, item: int) -> Iterator[str]:
    for number, found in enumerate(statute.article(n).paragraphs, start=1):
        wanted = next((each for each in found.items if each.n == item), None)
        if wanted is not None and paragraph in (None, number):
            yield found.lead
            yield f"{wanted.mark}{wanted.text}"


def offered_citations(violations: frozenset[str], laws: Laws = SHIPPED_LAWS) -> dict[str, str]:
    """What a draft may choose from, each citation with the label of the violation that it belongs to.

    Those of the violations that are suspected, or all where none was named. Left out is what could not be quoted:
    whole statutes, places that nobody has read, statutes without text, and articles that an amendment took away.
    """
    found: dict[str, str] = {}
    for category in reference.violation_categories():
        if violations and category.id not in violations:
            continue
        for place in (*category.duties, *category.sanctions):
            statute = laws.law(place.statute)
            if place.article is None or place.unverified or not statute.has_text:
                continue
            if place.article in statute.by_number:
                found.setdefault(statute.cite(place.article, place.paragraph, place.item), category.label)
    return found
