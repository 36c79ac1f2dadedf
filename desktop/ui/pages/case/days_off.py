"""The days off by which periods are counted, brought in from a table and given out as one to fill in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop import reference
from desktop.operations import supervision
from desktop.operations.session import Session
from desktop.records.declaration import RecordType, Role
from desktop.store.ledger import ChangeSet
from desktop.ui import icons
from desktop.ui.lists.page import ListPage
from desktop.ui.notices import Tone
from desktop.ui.pages.case.steps import StandingCard
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_TABLES = "放假调休安排表 (*.csv)"


class DaysOff(QObject):
    """Brings a year in and gives the table out."""

    def __init__(self, parent: QObject, bench: Workbench) -> None:
        super().__init__(parent)
        self._bench = bench

    def listen(self, standing: StandingCard) -> None:
        """Listens to the card of a case's standing, which says when a year's arrangement is lacking."""
        standing.holidays_wanted.connect(self.bring_in)
        standing.sample_wanted.connect(self.give_out)

    def bring_in(self) -> None:
        """Takes a year's days off from a file; every page that shows a period counts it anew."""
        path = self._bench.dialogs.open_file("选择放假调休安排表", Path.home(), [_TABLES])
        if path is None:
            return

        def job(session: Session, _ticket: Ticket) -> tuple[tuple[int, ...], ChangeSet]:
            return supervision.import_working_days(session, path), ChangeSet(everything=True)

        def then(brought: tuple[tuple[int, ...], ChangeSet]) -> None:
            years, _ = brought
            below = "，随下一次下发的数据包到各单位" if self._goes_below else ""
            words = f"已导入{'、'.join(map(str, years))}年的放假安排，期限已重新计算{below}。"
            self._bench.shell.tell(Tone.GOOD, words)

        self._bench.write("导入放假安排", job, then, owner=self, step=False)

    @property
    def _goes_below(self) -> bool:
        level = self._bench.facts.unit.level
        return self._bench.types[supervision.HOLIDAYS].written_by.admits_level(level)

    def give_out(self) -> None:
        """Writes the table as it counts here, to be filled in with the next year."""
        path = self._bench.dialogs.save_file("导出放假调休安排表", Path.home() / "放假安排.csv", [_TABLES])
        if path is None:
            return

        def then(saved: Path) -> None:
            words = f"已导出到{saved}。按国务院办公厅的通知在后面补上新一年，再导入。"
            self._bench.shell.tell(Tone.GOOD, words)

        self._bench.write(
            "导出放假安排", lambda session, _t: supervision.export_working_days(session, path), then,
            owner=self, step=False,
        )  # fmt: skip


class HolidaysList(ListPage):
    """The years that were brought in for all units, with the buttons that bring one in before a case asks for it."""

    def __init__(self, workbench: Workbench, record_type: RecordType, icon: str) -> None:
        super().__init__(workbench, record_type, icon)
        days_off = DaysOff(self, workbench)
        sample = QPushButton(icons.icon("file-text"), "导出样表")
        sample.setToolTip("导出现在的放假安排表，按国务院办公厅的通知在后面补上新一年，再导入")
        sample.clicked.connect(days_off.give_out)
        bring = self.bring = QPushButton(icons.icon("calendar-days"), "导入一年")
        bring.clicked.connect(days_off.bring_in)
        if not self._may_bring:
            bring.hide()
        layout = self.layout()
        first = layout.itemAt(0) if layout is not None else None
        line = first.layout() if first is not None else None
        if isinstance(line, QHBoxLayout):
            line.addWidget(sample)
            line.addWidget(bring)

    @property
    def _may_bring(self) -> bool:
        return self.workbench.unwritten is None and self.workbench.role is not Role.READER

    def why_none(self) -> str:
        """Which years come with the program: an empty list does not mean that no period can be reckoned."""
        years = reference.working_day_table().years
        words = f"程序自带{min(years)}年至{max(years)}年的安排，期限照它计算。"
        if not self._may_bring:
            return f"{words}以后各年的由能登记的人导入，或者随上级的数据包下来。"
        return (
            f"{words}国务院办公厅的通知出来后，点“导出样表”，"
            "在后面补上新一年，再点“导入一年”；上级总工会导入的，随数据包下来后在这里显示。"
        )
