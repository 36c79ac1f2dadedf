"""Which rows below a header are about nobody: sums, notes, signatures, headings over a part, and another table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set

from desktop.documents.workbooks import cells as workbook
from desktop.documents.workbooks.cells import Row, shown
from desktop.documents.workbooks.headers import folded_header, type_entries
from desktop.documents.workbooks.sheets import MergedRanges
from desktop.operations.imports.mapping import Layout
from desktop.records.declaration import RecordType
from desktop.records.typed.texts import compact
from desktop.records.typed.uscc import plainly_valid

_SUM = re.compile(
    r"(?:(?:以上|本页|本表|本村|本镇|全村|全镇|各村)|[\u4e00-\u9fff]{1,8}(?:村|社区|街道|镇|乡|园区))?"
    r"(?:总?合计|总计|小计|共计|累计)(?:\([^()]*\))?[:.]?"
    r"|(?:总|合|小)?共计?[0-9]{1,6}[家户个人名条](?:企业|单位|公司|工会|会员|职工)?[。.]?"
)
_LONGEST_SUM = 20
_PART_OF_SUM = ("其中：", "其中:")
_FOOTERS = (
    *("注：", "注:", "备注：", "备注:", "说明：", "说明:", "填表", "填报", "制表", "审核", "单位负责人"),
    *("信息采集人", "联系人：", "联系电话：", "（盖章）"),
)
_SIGNED = re.compile(
    r"(?:填表|填报|制表|制单|报送|上报|采集|审核|审批|复核|校对|核对|经办|联系)(?:人|单位|日期|时间)?(?:\([^()]{1,8}\))?:.*"
    r"|(?:本?单位|本?部门|工会)?(?:主要|分管|主管)?(?:负责人|领导|主席|书记|单位|日期|电话)(?:\([^()]{1,8}\))?"
    r"(?:签[字名章]|盖章|意见)?:.*"
    r"|第[0-9]+页.{0,8}|[-—_*]*以下(?:空白|为空|无正文)[-—_*]*|截[至止][0-9年月日.]{4,12}"
)
"""In half width and without blanks; what a person's name or a firm's never looks like."""
_EXAMPLES = ("示例", "例：", "例:", "例如", "样例", "填写说明", "填表说明")
_BEGIN_REMARKS = (*_EXAMPLES, *_FOOTERS, "第")
_PLACEHOLDER = re.compile(r"(?:示例|样例)(?:单位|企业|公司|有限公司)?[0-9一二三]?")
"""What stands for a name in an example."""
_ORGANISATION = re.compile(
    r"\S*(?:公司|厂|店|馆|行|社|所|院|部|中心|超市|工作室|事务所|幼儿园|经营户|合伙\)|合伙）)(?:[(（][^()（）]*[)）])?"
)
_SIGNATURE = re.compile(
    r"[（(](?:盖章|签章|公章|签字|章)[）)]\s*$|^\s*20[0-9]{2}\s*年\s*[0-9]{0,2}\s*月\s*[0-9]{0,2}\s*日\s*$"
)
"""Who stamps a list and on which day, somewhere below it; a row of nothing else is about nobody."""
_MOST_IN_FOOTER = 4
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.,].*|\([一二三四五六七八九十]{1,3}\).*"
    r"|[\u4e00-\u9fff]{1,8}(?:村|社区|街道|镇|乡|园区)(?:\([^()]*\))?:?"
)
"""A line over the rows of a part: 一、已建会企业, 径山村（12家）."""
_COLUMNS_OF_A_LIST = 3
"""With fewer columns a lone cell may well be all that a row says."""
_LONGEST_HEADER = 30
_ROW_NUMBERS = frozenset({"序号", "序 号", "序　号", "编号"})
_BEFORE_WORDS = " *＊\n"
_SHARE_OF_WORDS = 0.6


class Beside:
    """Tells the rows of one layout apart."""

    def __init__(self, layout: Layout, merged: MergedRanges | None, types: Collection[RecordType]) -> None:
        self._texts = layout.header.texts if layout.header.last_row else ()
        self._targets = sorted(layout.targets)
        self._wide = len(self._targets) >= _COLUMNS_OF_A_LIST
        self._spread = {top + 1 for (top, left), (_, right) in merged or () if right - left > 1}
        self._words = _header_words(types) if self._texts else frozenset()
        self._beginnings = {word[:2] for word in self._words}
        self._probes = self._targets[:2]
        titles = {(t.name, t.title[0]) for t in types}
        self._named = max((i for i in self._targets if layout.targets[i] in titles), default=-1) + 1

    def holds(self, number: int, cells: Row) -> bool:
        """Whether a row is an example, sums up, is signed or stands over a part of the list."""
        first = cells[0] if cells else None
        if not (first is None or type(first) is str):
            # A row that goes on with the numbers of the list may sum up in the next cells.
            return self._sums_up(cells)
        if self._wide and cells.count(None) == len(cells) - 1:
            only = next(cell for cell in cells if cell is not None)
            if isinstance(only, str) and self._is_heading(number, only):
                return True
        if first is None:
            first = next((c for c in cells if c is not None), None)
        if not isinstance(first, str):
            return self._sums_up(cells)
        text = first.strip()
        if text.startswith(_PART_OF_SUM) or _is_sum(text) or self._sums_up(cells):
            return True
        if _names_a_firm(text, cells):
            return False
        if text.startswith(_EXAMPLES):
            return True
        if text.startswith(_FOOTERS) or _SIGNED.fullmatch(compact(text)):
            return sum(c is not None for c in cells) <= _MOST_IN_FOOTER
        return _is_signature(first) and all(c is None or _is_signature(c) for c in cells)

    def _sums_up(self, cells: Row) -> bool:
        """Whether a sum stands where names do, or before: behind a number or a place merged with the rows above."""
        first = True
        for cell in cells[: self._named or 1]:
            if type(cell) is str:
                if _is_sum(cell) or (first and cell.startswith(_PART_OF_SUM)):
                    return True
                first = False
        return False

    def repeats_header(self, cells: Row) -> bool:
        """Whether a printed table repeats its header here."""
        said = list(self._said(cells))
        same = sum(words == self._texts[index] for index, words in said)
        return len(said) > 1 and same * 2 > len(said) and not self._differs(said)

    def begins_another(self, cells: Row) -> bool:
        """Whether the header of another table stands here, with other columns or in another order."""
        said = list(self._said(cells))
        if _counts_rows(cells):
            return any(words != self._texts[index] for index, words in said)
        known = sum(words in self._words for _, words in said)
        texts = sum(isinstance(cell, str) for cell in cells)
        return known > 1 and known == len(said) and known >= _SHARE_OF_WORDS * texts and self._differs(said)

    def suspects(self, cells: Row) -> bool:
        """A quick look: whether a header may stand here at all."""
        if cells and cells[0] in _ROW_NUMBERS:
            return True
        for index in self._probes:
            cell = cells[index] if index < len(cells) else None
            if cell is not None:
                # In a header all that stands in these columns is words of headers, the first of them too.
                return type(cell) is str and self._may_be_words(cell)
        return False

    def _may_be_words(self, cell: str) -> bool:
        start = cell[:2]
        marked = start in self._beginnings or start[:1] in _BEFORE_WORDS or " " in start
        return marked and len(cell) <= _LONGEST_HEADER

    def _said(self, cells: Row) -> Iterator[tuple[int, str]]:
        """What stands in the columns that are read, as headers are compared."""
        for index in self._targets:
            if index < len(cells) and cells[index] is not None and index < len(self._texts):
                yield index, folded_header(shown(cells[index]))

    def _differs(self, said: Iterable[tuple[int, str]]) -> bool:
        return any(words in self._words and words != self._texts[index] for index, words in said)

    def _is_heading(self, number: int, text: str) -> bool:
        return number in self._spread or _HEADING.fullmatch(compact(text)) is not None


def _counts_rows(cells: Row) -> bool:
    """Whether a row says 序号 first and only words behind it, as no other than a header does."""
    filled = [cell for cell in cells if cell is not None]
    return (
        len(filled) >= _COLUMNS_OF_A_LIST
        and filled[0] in _ROW_NUMBERS
        and all(type(cell) is str and not any(map(str.isdigit, cell)) for cell in filled)
    )


def _header_words(types: Iterable[RecordType]) -> Set[str]:
    """The words that name a column of any type; all are folded."""
    return {folded_header(words) for record_type in types for words, _, _ in type_entries(record_type)}


def _is_sum(cell: str) -> bool:
    # Nearly every row is asked, and the pattern costs more than all else.
    return (
        len(cell) <= _LONGEST_SUM
        and ("计" in cell or "共" in cell)
        and _SUM.fullmatch(compact(cell)) is not None
    )


def _names_a_firm(text: str, cells: Row) -> bool:
    """Whether words are the name of somebody on the list, with whatever a remark begins: 制表厂, 示例科技有限公司."""
    if not text.startswith(_BEGIN_REMARKS) or _PLACEHOLDER.fullmatch(text):
        # Hardly any row has to be looked at closely.
        return False
    coded = any(type(cell) is str and plainly_valid(cell) for cell in cells)
    return ":" not in compact(text) and (coded or _ORGANISATION.fullmatch(text) is not None)


def _is_signature(cell: workbook.Cell) -> bool:
    return isinstance(cell, str) and _SIGNATURE.search(cell) is not None
