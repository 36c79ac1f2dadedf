"""Breaks a title into lines of like length that do not cut a word (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from desktop.documents.fonts import FontRole
from desktop.documents.page.characters import CLOSING, break_penalties
from desktop.documents.page.flow import Row
from desktop.documents.page.geometry import SIZE_TITLE, TEXT_WIDTH
from desktop.documents.page.linebreak import Line, break_lines
from desktop.documents.page.setting import Setter
from desktop.documents.page.shaping import Cell, Style, paragraphs, shape

TITLE = Style(FontRole.TITLE, SIZE_TITLE)
WIDEST: Final = TEXT_WIDTH - 2 * SIZE_TITLE
"""A title line keeps a character free on either side."""

CUT_WORD: Final = 30.0
CUT_PHRASE: Final = 4.0
QUOTED: Final = 6.0

_WORD: Final = re.compile(
    "职工代表大会|有限责任公司|股份有限公司|供应链|电子商务|有限公司|分公司|总工会|联合会|委员会|提示函|意见书|建议书|告知书|通知书|进一步|新就业|劳动者|女职工|"
    "农民工|杭州市|开发区|工会|劳动|法律|监督|回证|关于|开展|贯彻|落实|实施|加强|做好|"
    "推进|印发|召开|活动|通知|通报|决定|报告|请示|批复|意见|方案|办法|规定|细则|行动|"
    "计划|工作|情况|职工|代表|大会|企业|民主|管理|集体|合同|协商|工资|安全|生产|卫生|"
    "保障|保护|权益|维护|社会|保险|人力|资源|公司|有限|责任|股份|形态|基层|组织|建设|"
    "规范|街道|社区|经济|提升|三年|年度|专项|检查|处理|整改|科技|技术|研究|开发|材料|制造|机械|建筑|工程|"
    "信息|网络|服务|贸易|物流|物业|餐饮|酒店|食品|服饰|文化|发展|投资|集团|中心|合作社"
)
"""Words of titles that are not cut, longest first."""


def title_lines(text: str, setter: Setter, style: Style = TITLE, widest: float = WIDEST) -> list[Line]:
    """The lines of a title: as few as will do, of like length; a line feed in ``text`` is kept as a break."""
    lines: list[Line] = []
    for piece in paragraphs(text):
        cells = shape(piece, style, setter.fonts)
        begin = 0
        for end in _balanced_ends(cells, widest):
            lines += break_lines(cells[begin : end + 1], max(widest, TEXT_WIDTH), justify=False)
            begin = end + 1
    return lines


def title_rows(text: str, setter: Setter) -> list[Row]:
    """The title in the middle of the text area, a line of the grid each; it keeps to what follows."""
    return [
        setter.row(line, TITLE, (TEXT_WIDTH - line.width) / 2, keep_next=True)
        for line in title_lines(text, setter)
    ]


def cut_costs(text: str) -> list[float]:
    """What it costs the sense of a title to be broken after each character."""
    costs = [cost + CUT_PHRASE for cost in break_penalties(text)]
    for match in _WORD.finditer(text):
        for index in range(match.start(), match.end() - 1):
            costs[index] += CUT_WORD
    for match in re.finditer(r"《[^》]*》|“[^”]*”|（[^）]*）", text):
        for index in range(match.start(), match.end() - 1):
            costs[index] += QUOTED
    for index, following in enumerate(text[1:]):
        if following in "的和与及之":
            costs[index] += CUT_WORD if following == "的" else 0.0
        elif text.startswith("关于", index + 1) or text[index] in CLOSING or text[index] == "的":
            costs[index] -= CUT_PHRASE
    return costs


def _balanced_ends(cells: Sequence[Cell], widest: float) -> list[int]:
    """The last cell of every line, for the fewest lines that hold the title."""
    count = len(cells)
    costs = cut_costs("".join(cell.character for cell in cells))
    sums = list(accumulate((cell.advance for cell in cells), initial=0.0))
    size = cells[0].size if cells else 1.0
    for lines in range(1, count + 1):
        if sums[-1] > lines * widest:
            continue
        found = _cheapest(costs, sums, lines, widest, size)
        if found:
            return found
    return [count - 1]


def _cheapest(
    costs: Sequence[float], sums: Sequence[float], lines: int, widest: float, size: float
) -> list[int]:
    """The least costly division into ``lines`` lines: unlike lengths and cut words cost."""
    count, mean = len(costs), sums[-1] / lines
    table: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for number in range(lines):
        following: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, ends) in table.items():
            for end in range(start, count):
                width = sums[end + 1] - sums[start]
                if width > widest:
                    break
                final = end == count - 1
                if final != (number == lines - 1) or (costs[end] == float("inf") and not final):
                    continue
                total = cost + ((width - mean) / size) ** 2 + (0.0 if final else costs[end])
                if total < following.get(end + 1, (float("inf"), []))[0]:
                    following[end + 1] = (total, [*ends, end])
        table = following
    return table.get(count, (0.0, []))[1]
