"""The line above a preview in which somebody says which days and which unit it is about."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from desktop.operations import queries
from desktop.operations.papers.briefs import quarter_of
from desktop.operations.queries import UnitNode
from desktop.records.cells import as_day
from desktop.records.declaration import Field, Kind
from desktop.ui import theme
from desktop.ui.fields.dates import DateEditor
from desktop.ui.parts import row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench

Span = tuple[datetime.date, datetime.date]
OTHER = "自己写日期"


def usual(today: datetime.date) -> Mapping[str, Span]:
    """Periods that are asked for most, by what they are called."""
    quarter = quarter_of(today)
    return {
        "本季度": quarter,
        "上季度": quarter_of(quarter[0] - datetime.timedelta(days=1)),
        "今年": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        "去年": (datetime.date(today.year - 1, 1, 1), datetime.date(today.year - 1, 12, 31)),
    }


class PeriodBar(QWidget):
    """A usual period or two typed days, and with ``units`` a unit here or below.

    ``chosen`` tells first and last day and the unit's id, "" for the own one; ``unclear`` what cannot be read.
    """

    chosen = Signal(object, object, str)
    unclear = Signal(str)

    def __init__(
        self, workbench: Workbench, first: datetime.date, last: datetime.date, *, units: bool
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._told = (first, last, "")
        self.usual, self.units = DropDown(self), DropDown(self)
        self.first = DateEditor(Field("first", "从哪天", Kind.DATE), workbench, self)
        self.last = DateEditor(Field("last", "到哪天", Kind.DATE), workbench, self)
        self._build(units)
        self._show(first, last)
        self.usual.activated.connect(lambda _n: self._take_usual())
        self.units.activated.connect(lambda _n: self.take())
        for editor in (self.first, self.last):
            editor.finished.connect(self.take)
            editor.advanced.connect(partial(self._go_on, editor))

    def _build(self, units: bool) -> None:
        self.usual.addItems([*usual(self._workbench.today()), OTHER])
        self.usual.setAccessibleName("哪段时间")
        self.units.setAccessibleName("哪个单位")
        self.units.addItem(f"{self._workbench.facts.unit.name}（含下级）", "")
        self.units.setVisible(units)
        self.units.setMaximumWidth(theme.measures().average(34))
        for editor in (self.first, self.last):
            editor.line.setAccessibleName(editor.field.label)
        line = row(QLabel("时间"), self.usual, self.first, QLabel("至"), self.last, self.units, 1)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        if units:
            types = self._workbench.types
            self._workbench.read(
                lambda database, _ticket: queries.unit_tree(database, types),
                self._units_arrived, owner=self, key="units",
            )  # fmt: skip

    def _units_arrived(self, found: list[UnitNode]) -> None:
        own = self._workbench.facts.unit.id
        for unit in found:
            if unit.id != own:
                self.units.addItem(unit.name, unit.id)

    def _show(self, first: datetime.date, last: datetime.date) -> None:
        """Puts a period into the line, under the name that it usually has."""
        self.first.set_text(first.isoformat())
        self.last.set_text(last.isoformat())
        known = {span: name for name, span in usual(self._workbench.today()).items()}
        self.usual.setCurrentText(known.get((first, last), OTHER))

    def _take_usual(self) -> None:
        span = usual(self._workbench.today()).get(self.usual.currentText())
        if span is None:
            self.first.take_focus()
            return
        self._show(*span)
        self.take()

    def _go_on(self, editor: DateEditor) -> None:
        if editor is self.first:
            self.last.take_focus()

    def take(self) -> None:
        """Tells what is chosen, once, or why it cannot be read."""
        found = [as_day(editor.parsed().value) for editor in (self.first, self.last)]
        for editor, day in zip((self.first, self.last), found, strict=True):
            editor.show_state("" if day is not None else "error")
        first, last = found
        if first is None or last is None:
            self.unclear.emit("日期看不懂，请写成20261001这样。")
        elif first > last:
            self.unclear.emit("开始的日期晚于结束的日期，请对调。")
        else:
            self._show(first, last)
            chosen = (first, last, str(self.units.currentData() or ""))
            if chosen != self._told:
                self._told = chosen
                self.chosen.emit(*chosen)
