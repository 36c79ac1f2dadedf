"""How letters and cases are numbered here: code and name of the body, a pattern for each series, its next number."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from desktop.records.supervision.numbering import (
    DEFAULT_PATTERNS,
    BadPattern,
    Series,
    check_pattern,
    form_number,
    said,
)
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.pages.case.reading import Numbers
from desktop.ui.parts import Card, Note, button, plain, row

_WORDS = (
    "请和纸质登记簿核对“下一个号”：以前在纸上编过号的，从下一个号接着编，不会重号。"
    "没有找到文号写法的官方规定，下面的是示例，本单位有规定的改成自己的；已经编出的号不变。"
)


class _SeriesLine:
    """The pattern of a series, its next number, and what it will look like in words."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.label = QLabel(series.label)
        self.pattern, self.following, self.preview = QLineEdit(), QSpinBox(), plain(muted=True)
        self.label.setBuddy(self.pattern)
        self.pattern.setAccessibleName(f"{series.label}写法")
        self.pattern.setPlaceholderText(f"如：{said(DEFAULT_PATTERNS[series])}")
        self.following.setAccessibleName(f"{series.label}下一个号")
        self.following.setRange(1, 99_999)
        self.following.lineEdit().setTextMargins(7, 0, 7, 0)

    def widgets(self) -> tuple[QWidget, ...]:
        """From left to right."""
        return self.label, self.pattern, self.following, self.preview

    def take_measures(self) -> None:
        """A pattern is seen whole, in the text size of now."""
        words = said(DEFAULT_PATTERNS[self.series])
        self.pattern.setMinimumWidth(self.pattern.fontMetrics().horizontalAdvance(words) + 26)
        self.following.setMaximumWidth(theme.measures().average(9))

    def show_next(self, body: str, year: int) -> None:
        """The number as it would be given next, or why there is none."""
        try:
            pattern = check_pattern(self.pattern.text(), self.series)
            words = form_number(pattern, body or "××", year, self.following.value())
        except BadPattern as problem:
            words = problem.sentence
        self.preview.setText(words)


class NumbersCard(Card):
    """``wanted`` carries the settings as they shall be."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.say_heading("编号设置")
        self.body, self.organ = QLineEdit(), QLineEdit()
        self.body.setPlaceholderText("如：杭西")
        self.series = {series: _SeriesLine(series) for series in Series}
        self._shown = Numbers()
        self.note = Note()
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(3, 1)
        for n, (label, line) in enumerate((("机关代字(&B)", self.body), ("发文机关全称(&O)", self.organ))):
            words = QLabel(label)
            words.setBuddy(line)
            line.setAccessibleName(label.partition("(")[0])
            grid.addWidget(words, n, 0)
            grid.addWidget(line, n, 1, 1, 3)
        for n, words_above in enumerate(("写法（示例，可以改）", "下一个号", "编出来是"), 1):
            grid.addWidget(plain(words_above, muted=True), 2, n)
        for n, each in enumerate(self.series.values(), 3):
            for column, widget in enumerate(each.widgets()):
                grid.addWidget(widget, n, column)
            each.pattern.textEdited.connect(lambda _text: self._preview())
            each.following.valueChanged.connect(lambda _n: self._preview())
            each.pattern.returnPressed.connect(self.submit)
        self.body.textEdited.connect(lambda _text: self._preview())
        self.body.returnPressed.connect(self.organ.setFocus)
        self.organ.returnPressed.connect(self.submit)
        self.column.addWidget(self.note)
        self.column.addLayout(grid)
        save = button("保存", self.submit, "check", primary=True)
        self.column.addLayout(row(save, button("返回（Esc）", self.given_up.emit), 1))

    def open(self, numbers: Numbers) -> None:
        """Shows the settings as they are."""
        self.note.say(Tone.PLAIN, _WORDS)
        self._shown = numbers
        self.body.setText(numbers.body)
        self.organ.setText(numbers.organ)
        for series, line in self.series.items():
            line.take_measures()
            line.following.setValue(numbers.following.get(series, 1))
            line.pattern.setText(said(numbers.patterns.get(series, DEFAULT_PATTERNS[series])))
            line.pattern.home(False)
            for widget in line.widgets():
                widget.setVisible(series in numbers.following)
        self._preview()
        self.body.setFocus()

    def _preview(self) -> None:
        for line in self.series.values():
            line.show_next(self.body.text().strip(), self._shown.year)

    def submit(self) -> None:
        """Hands them over once the code is filled and each pattern can be one; else the cursor is on what cannot."""
        if not self.body.text().strip():
            self.note.say(Tone.ERROR, "请填写机关代字，它印在文号里。")
            self.body.setFocus()
            return
        lines = [line for series, line in self.series.items() if series in self._shown.following]
        for line in lines:
            try:
                check_pattern(line.pattern.text(), line.series)
            except BadPattern as problem:
                self.note.refuse(problem, f"{line.series.label}的写法要改")
                line.pattern.setFocus()
                return
        self.wanted.emit(
            replace(
                self._shown,
                body=self.body.text().strip(),
                organ=self.organ.text().strip(),
                following={line.series: line.following.value() for line in lines},
                patterns={line.series: line.pattern.text() for line in lines},
            )
        )
