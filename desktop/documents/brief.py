"""A work brief (工作简报) of one or two pages: goals as bars, what was done, what is overdue, where to go next."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.documents.page import (
    Block,
    ChartBar,
    ChartBlock,
    Column,
    Heading,
    Metadata,
    OfficialDocument,
    PlainHead,
    Remark,
    TableBlock,
    render_pdf,
)
from desktop.records.typed.dates import midnight

TITLE = "工作简报"
NOT_OFFICIAL = "内部参考，不是正式公文"
_SHARES = ("0", "50%", "100%")
_CHART, _SIZE = 10.0, 10.5


@dataclass(frozen=True)
class Brief:
    """What stands on it. ``goals`` and ``done`` are bars; the remarks below them say what they are parts of.

    ``late`` are sentences, ``visits`` rows of four: employer, place, reasons, last visit.
    """

    unit: str
    period: str
    day: datetime.date
    goals: tuple[ChartBar, ...]
    goal_remarks: tuple[str, ...]
    done: tuple[ChartBar, ...]
    done_remarks: tuple[str, ...]
    late: tuple[str, ...]
    late_remark: str
    visits: tuple[tuple[str, str, str, str], ...]
    visit_remark: str
    sources: str

    @property
    def name(self) -> str:
        """What it is called, also as a file."""
        return f"{self.unit}{TITLE} {self.period}"

    @property
    def noted(self) -> str:
        """What it is for the audit log."""
        return f"brief {self.period} 不含隐藏内容"

    def render(self) -> bytes:
        """Its pages as PDF."""
        return render_pdf(self.document, self._metadata)

    def word(self) -> bytes:
        """The same as a Word file, for those who have to edit it; its bars are rows of squares."""
        # Loaded where it is asked for, as in letters.
        from desktop.documents.page.word import render_docx

        return render_docx(self.document, self._metadata)

    @property
    def _metadata(self) -> Metadata:
        return Metadata(f"{self.unit}{TITLE}（{self.period}）", self.unit, NOT_OFFICIAL, midnight(self.day))

    @property
    def document(self) -> OfficialDocument:
        """The brief as blocks of a page."""
        return OfficialDocument(
            PlainHead(caption=f"（{self.period}）"),
            f"{self.unit}\n{TITLE}",
            tuple(self._blocks()),
            mark=NOT_OFFICIAL,
        )

    def _blocks(self) -> Iterator[Block]:
        yield Heading(1, "主要目标")
        yield ChartBlock(self.goals, _SHARES, size=_CHART)
        yield from map(Remark, self.goal_remarks)
        yield Heading(1, "本期做了什么")
        yield ChartBlock(self.done, columns=2, size=_CHART)
        yield from map(Remark, self.done_remarks)
        yield Heading(1, "已经逾期的")
        for number, words in enumerate(self.late, start=1):
            yield Remark(f"{number}. {words}。")
        yield Remark(self.late_remark)
        yield Heading(1, "下一步走访")
        if self.visits:
            columns = (
                Column("单位", 2.9),
                Column("在哪里", 2.5),
                Column("为什么去", 4.4),
                Column("上次走访", 1.6),
            )
            yield TableBlock(columns, self.visits, size=_SIZE)
        yield Remark(self.visit_remark)
        yield Remark(self.sources)
