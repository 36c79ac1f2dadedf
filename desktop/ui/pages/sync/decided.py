"""The list of own values that a bundle from above has replaced; a double click opens the record at the field."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.operations.stations.decided import Decided, Told, decided_words
from desktop.operations.stations.unsettled import unlisted_words
from desktop.records.declaration import short_label
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.pages.sync.preview import open_field
from desktop.ui.parts import heading
from desktop.ui.workbench import Workbench

_ROWS, _LEAST_ROWS = 8, 2


class DecidedList(QWidget):
    """What stood here and what stands there now; out of sight where nothing is to be told."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self.head = heading()
        self.head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.grid = Grid(
            [
                Col("记录", 18, wide=True),
                Col("项目", 10),
                Col("本单位填的", 14, wide=True),
                Col("现在的", 14, wide=True),
                Col("谁改的", 16, wide=True),
                Col("时间", 15),
            ],
            "本单位填的，被改了的",
        )
        self.grid.limit_height(_ROWS, _LEAST_ROWS)
        self.grid.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self.grid, 1)
        column.addStretch(0)
        self.hide()

    def show_told(self, told: Told) -> None:
        """Shows these, and how many more there are."""
        hint = "，".join(filter(None, ("双击打开记录", unlisted_words(told.unlisted, "处"))))
        self.head.setText(f"{decided_words(told.count)}（{hint}）")
        self.grid.show_lines([_line(one) for one in told.listed])
        self.setVisible(bool(told.count))

    def _open(self, one: Decided | None) -> None:
        if one is not None:
            open_field(self._workbench, one.type, one.record, one.slot)


def _line(one: Decided) -> Line:
    record, now = f"{short_label(one.label)}：{one.title}", f"{one.verb}{one.now}"
    tip = f"{record}\n{one.slot_label}：原来是{one.was}\n{now}\n{one.who}，{one.when}"
    return Line((record, one.slot_label, one.was, now, one.who, one.when), key=one, tip=tip)
