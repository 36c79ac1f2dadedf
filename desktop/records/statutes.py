"""Statutes as values: articles (条), paragraphs (款) and items (项), parsed from text and quoted exactly."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from desktop.errors import StateProblem
from desktop.records.typed.numerals import chinese_to_int, int_to_chinese

_ARTICLE = re.compile(r"第([零〇一二三四五六七八九十百千]+)条 ")
_PASTED_ARTICLE = re.compile(r"^(第[零〇一二三四五六七八九十百千]+条)(?![之第款的规所和与及至或、，])\s*")
_PASTED_HEADING = re.compile(r"^(第[零〇一二三四五六七八九十百]+([编章节]))(?=\s).*")
_NUMBERED = re.compile(r"([一二三四五六七八九十]+)、")
_ITEM = re.compile(r"([（(])([一二三四五六七八九十]+)([）)])")
_HEADING = re.compile(r"(#+) (.*)")
_ANNEX = re.compile(r"附录|附件")
_ENDS_OF_LINE = ("。", "；", ";", "：", ":", "！", "？", "”", "）", ")")
_END_OF_HEAD = "<!-- INFO END -->"
_BLANK = "\u200b"

LIABILITY_MARK = "法律责任"
"""A line of a letter that begins so names what follows from a breach."""
_NUMBER = "[零〇一二三四五六七八九十百千0-9]+"
_CITATION = re.compile(
    rf"(?:《(?P<book>[^《》]+(?:《[^《》]+》[^《》]*)?)》|(?P<bare>[^\s《》第；;、，,。：:]+))\s*第(?P<article>{_NUMBER})条"
    rf"(?:第(?P<paragraph>{_NUMBER})款)?(?:第[（(]?(?P<item>{_NUMBER})[）)]?项)?"
)


class StatuteProblem(StateProblem):
    """A quotation that cannot be made."""

    help_anchor = "laws"


class StatuteUnknown(StatuteProblem):
    """No statute goes by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"法规库里没有《{name}》。", "请核对名称，或者由区里补充后下发。")


class StatuteTextMissing(StatuteProblem):
    """The statute is known by name and number only."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"《{name}》的条文尚未录入（待录入），不能引用原文。",
            "可以只引用名称和条号，或者由区里补录条文后再引用。",
        )


class ArticleMissing(StatuteProblem):
    """The statute has no such article, paragraph or item."""

    def __init__(self, citation: str) -> None:
        super().__init__(f"没有{citation}。", "请核对条、款、项的序号和法规版本。")


class ArticleAmbiguous(StatuteProblem):
    """An item was named without its paragraph, and several paragraphs have such an item."""

    def __init__(self, citation: str) -> None:
        super().__init__(f"{citation}不止一处。", "请同时指明是第几款。")


@dataclass(frozen=True, slots=True)
class Item:
    """One 项: its number, its mark as printed, and its text without the mark."""

    n: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One 款: its text and the items that belong to it."""

    lead: str
    items: tuple[Item, ...] = ()

    @property
    def text(self) -> str:
        """The paragraph with its items, a line each."""
        return "\n".join((self.lead, *(f"{item.mark}{item.text}" for item in self.items)))


@dataclass(frozen=True, slots=True)
class Article:
    """One 条. ``number`` is as printed (第二十二条); ``chapter`` and ``section`` are headings or empty."""

    n: int
    number: str
    paragraphs: tuple[Paragraph, ...]
    chapter: str = ""
    section: str = ""

    @property
    def text(self) -> str:
        """The whole article without its number, a line for each paragraph and item."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True)
class Statute:
    """One version of a law, regulation or rule.

    ``version`` is the day of adoption or last amendment, ``effective`` the day that its own text states (for
    an amended law that of its first version), ``None`` where it states none. ``has_text`` is false where only
    name and number are known.
    """

    key: str
    name: str
    short_name: str
    version: datetime.date | None = None
    adopted: datetime.date | None = None
    effective: datetime.date | None = None
    number: str = ""
    source: str = ""
    note: str = ""
    has_text: bool = True
    preamble: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    annex: tuple[str, ...] = ()

    @property
    def in_force_from(self) -> datetime.date | None:
        """The first day on which this text can have been the law: none before it was adopted or took effect."""
        return max(filter(None, (self.effective, self.version)), default=None)

    @cached_property
    def by_number(self) -> Mapping[int, Article]:
        """The articles by number."""
        return {article.n: article for article in self.articles}

    def article(self, n: int) -> Article:
        """The article with this number.

        Raises :class:`StatuteTextMissing` without any text, :class:`ArticleMissing` without such an article.
        """
        if not self.has_text:
            raise StatuteTextMissing(self.name)
        found = self.by_number.get(n)
        if found is None:
            raise ArticleMissing(self.cite(n))
        return found

    def quote(self, n: int, paragraph: int | None = None, item: int | None = None) -> str:
        """The exact text of an article, a paragraph of it, or an item, without the numbers in front.

        An item without a paragraph is found if only one paragraph has it. Raises as :meth:`article`, and
        :class:`ArticleAmbiguous` where the paragraph is needed.
        """
        article = self.article(n)
        if paragraph is None:
            return article.text if item is None else self._item(article, item)
        if not 1 <= paragraph <= len(article.paragraphs):
            raise ArticleMissing(self.cite(n, paragraph, item))
        chosen = article.paragraphs[paragraph - 1]
        if item is None:
            return chosen.text
        return next((i.text for i in chosen.items if i.n == item), None) or self._missing(n, paragraph, item)

    def cite(self, n: int, paragraph: int | None = None, item: int | None = None) -> str:
        """How a document names the place: 《中华人民共和国劳动法》第九十一条第（一）项."""
        words = f"《{self.name}》第{int_to_chinese(n)}条"
        if paragraph is not None:
            words += f"第{int_to_chinese(paragraph)}款"
        return words if item is None else f"{words}第（{int_to_chinese(item)}）项"

    def _item(self, article: Article, item: int) -> str:
        found = [i.text for p in article.paragraphs for i in p.items if i.n == item]
        if len(found) > 1:
            raise ArticleAmbiguous(self.cite(article.n, None, item))
        return found[0] if found else self._missing(article.n, None, item)

    def _missing(self, n: int, paragraph: int | None, item: int) -> str:
        raise ArticleMissing(self.cite(n, paragraph, item))


@dataclass(frozen=True, slots=True)
class StatuteReference:
    """A place in a statute that a category points to; ``unverified`` if it was not read there."""

    statute: str
    article: int | None = None
    paragraph: int | None = None
    item: int | None = None
    unverified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ViolationCategory:
    """A kind of violation: its matters (codes of ``supervision_matter``), duties broken and sanctions."""

    id: str
    label: str
    matters: tuple[str, ...]
    duties: tuple[StatuteReference, ...]
    sanctions: tuple[StatuteReference, ...] = ()
    note: str = ""


@dataclass(slots=True)
class _Row:
    n: int
    number: str
    chapter: str
    section: str
    lines: list[str]

    def add(self, line: str) -> None:
        """Adds a line; what the collection broke off in the middle of a sentence is joined again."""
        if self.lines[-1].endswith(_ENDS_OF_LINE) or _ITEM.match(line):
            self.lines.append(line)
        else:
            self.lines[-1] += line


@dataclass(slots=True)
class _Body:
    preamble: list[str] = field(default_factory=list)
    articles: list[_Row] = field(default_factory=list)
    annex: list[str] = field(default_factory=list)


def parse_articles(text: str) -> tuple[tuple[str, ...], tuple[Article, ...], tuple[str, ...]]:
    """Preamble, articles and annex of a published text in Markdown.

    The head before ``<!-- INFO END -->`` is left out. Articles are lines that begin 第…条, or 一、 in a text
    that has none; lines that follow one are its paragraphs, or items where they begin （一）.
    """
    body, lines = _Body(), _content(text)
    start = _ARTICLE if any(_ARTICLE.match(line) for line in lines) else _NUMBERED
    chapter = section = ""
    for line in lines:
        if heading := _HEADING.match(line):
            chapter, section = (heading[2], "") if len(heading[1]) <= 2 else (chapter, heading[2])
        elif body.annex or (body.articles and _ANNEX.match(line)):
            body.annex.append(line)
        elif found := start.match(line):
            row = _Row(chinese_to_int(found[1]), found[0].rstrip(), chapter, section, [line[found.end() :]])
            body.articles.append(row)
        elif body.articles:
            body.articles[-1].add(line)
        else:
            body.preamble.append(line)
    articles = tuple(
        Article(row.n, row.number, _paragraphs(row.lines), row.chapter, row.section) for row in body.articles
    )
    return tuple(body.preamble), articles, tuple(body.annex)


def as_published(pasted: str) -> str:
    """A text that somebody pasted, its blanks and headings as :func:`parse_articles` reads them; no word is new."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in pasted.replace(_BLANK, "").splitlines())
    return "\n".join(_PASTED_ARTICLE.sub(r"\1 ", _PASTED_HEADING.sub(_heading, line)) for line in lines)


def _heading(found: re.Match[str]) -> str:
    return f"{'##' if found[2] in '编章' else '###'} {found[0]}"


def _content(text: str) -> list[str]:
    _, mark, rest = text.partition(_END_OF_HEAD)
    return [line for line in (rest if mark else text).split("\n") if line.strip(_BLANK).strip()]


def _paragraphs(lines: list[str]) -> tuple[Paragraph, ...]:
    paragraphs: list[tuple[str, list[Item]]] = []
    for line in lines:
        mark = _ITEM.match(line)
        if mark and paragraphs:
            paragraphs[-1][1].append(Item(chinese_to_int(mark[2]), mark[0], line[mark.end() :]))
        else:
            paragraphs.append((line, []))
    return tuple(Paragraph(lead, tuple(items)) for lead, items in paragraphs)


def cited_lines(text: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """The lines of a letter's articles, each with what it cites: of which law, and which article of it."""
    for line in filter(None, map(str.strip, text.splitlines())):
        yield line, list(_CITATION.finditer(line.removeprefix(LIABILITY_MARK).lstrip("：: ")))
