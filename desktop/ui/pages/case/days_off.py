"""The days off by which periods are counted, brought in from a table and given out as one to fill in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.operations import supervision
from desktop.ui.notices import Tone
from desktop.ui.pages.case.steps import StandingCard
from desktop.ui.workbench import Workbench

_TABLES = "放假调休安排表 (*.csv)"


class DaysOff(QObject):
    """Listens to the card of a case's standing, which says when a year's arrangement is lacking.

    ``count_anew`` is called when a year has come.
    """

    def __init__(self, standing: StandingCard, bench: Workbench, count_anew: Callable[[], None]) -> None:
        super().__init__(standing)
        self._bench = bench
        self._count_anew = count_anew
        standing.holidays_wanted.connect(self._import)
        standing.sample_wanted.connect(self._export)

    def _import(self) -> None:
        """Takes a year's days off from a file; every period is counted anew."""
        path = self._bench.dialogs.open_file("选择放假调休安排表", Path.home(), [_TABLES])
        if path is None:
            return

        def then(years: tuple[int, ...]) -> None:
            self._count_anew()
            words = f"已导入{'、'.join(map(str, years))}年的放假安排，期限已重新计算。"
            self._bench.shell.tell(Tone.GOOD, words)

        self._bench.write(
            "导入放假安排", lambda session, _t: supervision.import_working_days(session, path), then,
            owner=self, step=False,
        )  # fmt: skip

    def _export(self) -> None:
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
