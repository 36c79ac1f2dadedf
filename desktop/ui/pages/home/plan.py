"""How far the targets are: one row for each indicator, which opens into its records and unfolds its reading."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from fractions import Fraction

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from desktop import reference
from desktop.plan.results import Figure, Indicator, Status, number, share_words, target_words
from desktop.ui import icons, theme
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import SIGNS, Tone
from desktop.ui.pages.home.bar import Bar
from desktop.ui.pages.home.choosing import IndicatorActs
from desktop.ui.pages.home.reading import parts_of_figure
from desktop.ui.parts import button, heading, link, plain
from desktop.ui.widgets.elided import ElidedLink
from desktop.ui.workbench import Workbench

_TONES = {Status.MET: Tone.GOOD, Status.NOT_MET: Tone.WARNING}
_NARROW = 66
"""Below so many characters there is no room for a name and its numbers in one line."""
_BARE = 47
"""Below so many there is none for a bar beside its numbers either; they say the same."""
EXAMPLE = "以下口径为示例，非官方。"
"""What stands before every reading as long as nobody official has set it."""


class IndicatorRow(QFrame):
    """One indicator."""

    def __init__(self, workbench: Workbench, indicator: Indicator) -> None:
        super().__init__()
        self.workbench = workbench
        self.indicator = indicator
        self.fold = QToolButton()
        self.fold.setProperty("flat", True)
        self.fold.setCheckable(True)
        self.fold.setFixedSize(QSize(26, 26))
        # The usual padding of buttons would leave no room for the arrow.
        self.fold.setStyleSheet("padding: 0; min-height: 0;")
        self.fold.setAccessibleName(f"{indicator.label}：口径和下级情况")
        self.fold.setToolTip(_basis(indicator))
        self.fold.toggled.connect(self._unfold)
        self.name = ElidedLink(f"{_code(indicator)} {indicator.label}", "打开名单，还没有做到的在前")
        self.name.clicked.connect(self.open_records)
        self.amount, self.gap, self.sign = QLabel(), QLabel(), QLabel()
        self._take_measures()
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.sign.setFixedWidth(18)
        self.bar = Bar()
        self.origin = plain(muted=True, small=True)
        self.body: QWidget | None = None
        self._show()
        self._top, self._middle = QHBoxLayout(), QHBoxLayout()
        self._top.setSpacing(8)
        self._top.addWidget(self.fold)
        self._top.addWidget(self.name, 1)
        self._middle.setContentsMargins(32, 0, 0, 0)
        self._middle.setSpacing(12)
        self._middle.addWidget(self.bar, 3)
        self._middle.addWidget(self.origin, 2)
        self._narrow: bool | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 2, 0, 4)
        self.column.setSpacing(0)
        self.column.addLayout(self._top)
        self.column.addLayout(self._middle)
        self._lay_out(narrow=False)
        self._unfold(False)

    def _take_measures(self) -> None:
        for label, width in ((self.amount, 16), (self.gap, 10)):
            label.setMinimumWidth(theme.measures().average(width))

    def changeEvent(self, event: QEvent) -> None:
        """Figures keep standing under each other in another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_measures()

    def _lay_out(self, *, narrow: bool) -> None:
        """Where it is narrow the name has its line for itself, and where the number is from is its tool tip."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for widget in (self.amount, self.sign, self.gap):
            (self._middle if narrow else self._top).addWidget(widget)
        self.origin.setVisible(not narrow)
        self.amount.setToolTip(self.origin.text() if narrow else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follows the width of the window."""
        super().resizeEvent(event)
        self._lay_out(narrow=self.width() < theme.measures().average(_NARROW))
        bare = self.width() < theme.measures().average(_BARE)
        self.bar.setHidden(bare)
        self._middle.setStretchFactor(self.amount, int(bare))

    def _show(self) -> None:
        figure = self.indicator.figure
        self.amount.setText(amount_words(figure))
        tone = _TONES.get(figure.status)
        if tone is not None:
            self.sign.setPixmap(icons.pixmap(*SIGNS[tone], 16))
        self.gap.setText(figure.gap_words if tone is not None else figure.status.label)
        theme.restyle(
            self.gap, tone={Tone.GOOD: "good", Tone.WARNING: "warning"}.get(tone, "note") if tone else "note"
        )
        self.bar.show_share(
            figure.ratio, _mark(figure), met=figure.status is Status.MET, words=self.indicator.sentence
        )
        self.origin.setText(origin_words(figure))

    def _unfold(self, on: bool) -> None:
        self.fold.setIcon(icons.icon("chevron-down" if on else "chevron-right", theme.MUTED))
        if on and self.body is None:
            self.body = self._details()
            self.column.addWidget(self.body)
        if self.body is not None:
            self.body.setVisible(on)

    def _details(self) -> QWidget:
        indicator, figure = self.indicator, self.indicator.figure
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(32, 6, 0, 8)
        column.setSpacing(4)
        column.addWidget(plain("方案原文：" + "；".join(f"“{w}”" for w in indicator.wording)))
        whole = f"；分母：{indicator.denominator_words}" if indicator.denominator_words else ""
        column.addWidget(plain(f"分子：{indicator.numerator_words}{whole}"))
        column.addWidget(plain(_basis(indicator), muted=True))
        for note in indicator.notes:
            column.addWidget(plain(f"· {note}", muted=True))
        open_list = button("打开名单", self.open_records, "list-filter")
        column.addWidget(IndicatorActs(self.workbench, indicator, open_list))
        if indicator.below:
            grid = Grid(
                [Col("下级", 16, wide=True), Col("完成", 12, numeric=True), Col("比例", numeric=True), Col("还差", 11)],
                f"{indicator.label}：各下级",
            )  # fmt: skip
            grid.show_lines([_below_line(f) for f in indicator.below])
            grid.limit_height(6)
            grid.opened.connect(self._open_below)
            column.addWidget(grid)
        if figure.deducted_count:
            column.addWidget(plain(f"已扣减{figure.deducted_count}{figure.counter}。", muted=True))
        return body

    def open_records(self) -> None:
        """Shows the records behind the figure."""
        self._open_figure(self.indicator.figure, self.indicator.label)

    def _open_below(self, figure: Figure | None) -> None:
        if figure is not None:
            self._open_figure(figure, f"{figure.name}：{self.indicator.label}")

    def _open_figure(self, figure: Figure, title: str) -> None:
        self.workbench.shell.open_page(
            "found",
            title=title,
            explanation=_explained(self.indicator, figure),
            parts=parts_of_figure(figure, own=self.indicator.id == "T03" and figure is self.indicator.figure),
        )


class PlanPart(QWidget):
    """All indicators by the plan's chapters; those without data are named in one line at the end."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.rows: list[IndicatorRow] = []
        self.chapters: list[QLabel] = []
        self._open: set[str] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.silent = plain(muted=True)
        self.more = link("也显示出来", self._show_silent)
        self._silent_shown = False
        self._found: Sequence[Indicator] = ()

    def show_indicators(self, found: Sequence[Indicator]) -> None:
        """Shows them anew; what was unfolded stays so."""
        self._found = found
        self._open = {r.indicator.id for r in self.rows if r.fold.isChecked()}
        for old in (*self.rows, *self.chapters):
            old.hide()
            old.deleteLater()
        for kept in (self.silent, self.more):
            self._column.removeWidget(kept)  # what takeAt leaves alive would hide their new heights
        while self._column.takeAt(0) is not None:
            pass
        silent = [i for i in found if i.figure.status is Status.NO_DATA]
        shown = [i for i in found if self._silent_shown or i not in silent]
        self.rows, self.chapters = [], []
        for chapter in reference.plan_chapters():
            its = [i for i in shown if i.chapter == chapter]
            if its:
                self._show_chapter(chapter, sorted(its, key=_says_nothing))
        names = "、".join(dict.fromkeys(_code(i) for i in silent))
        self.silent.setText(f"还有{len(silent)}项没有可算的数据：{names}")
        for widget in (self.silent, self.more):
            self._column.addWidget(widget)
            widget.setVisible(bool(silent) and not self._silent_shown)
        self._column.addStretch(1)

    def _show_chapter(self, chapter: str, its: Sequence[Indicator]) -> None:
        """A heading that says how many of its targets are met, and the rows below it."""
        judged = [i for i in its if i.figure.status in _TONES]
        met = sum(i.figure.status is Status.MET for i in judged)
        words = f"　{len(judged)}项有目标，{met}项达标" if judged else ""
        head = heading(f"{chapter}{words}", 3)
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        head.setContentsMargins(0, 8 if self.chapters else 0, 0, 2)
        self.chapters.append(head)
        self._column.addWidget(head)
        for indicator in its:
            made = IndicatorRow(self.workbench, indicator)
            self.rows.append(made)
            self._column.addWidget(made)
            made.fold.setChecked(indicator.id in self._open)

    def _show_silent(self) -> None:
        self._silent_shown = True
        self.show_indicators(self._found)


class WholeRows(QScrollArea):
    """The plan in a card, which ends below a whole row: half a line at its end looks like one that is cut off."""

    def __init__(self, plan: PlanPart) -> None:
        super().__init__()
        self._plan = plan
        self._left_free = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(plan)
        self.viewport().setAutoFillBackground(False)
        plan.setAutoFillBackground(False)
        plan.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits anew."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fits anew when rows come, go or unfold."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        bar = self.horizontalScrollBar()
        room = self.height() - (bar.height() if bar.isVisible() else 0)
        ends = [r.geometry().bottom() + 1 for r in self._plan.rows]
        whole = max((end for end in ends if end <= room), default=room)
        cut = next((r for r, end in zip(self._plan.rows, ends, strict=True) if end > room), None)
        # What somebody has just unfolded is longer than a line, and is to be seen.
        folded = cut is not None and not cut.fold.isChecked()
        free = room - whole if folded and self._plan.height() > room else 0
        if free != self._left_free:
            self._left_free = free
            self.setViewportMargins(0, 0, 0, free)


def _says_nothing(indicator: Indicator) -> bool:
    """A count of nothing that is not measured against anything."""
    figure = indicator.figure
    return figure.status is Status.NO_TARGET and figure.denominator is None and not figure.numerator.total


def _basis(indicator: Indicator) -> str:
    return f"{EXAMPLE}{indicator.basis}"


def _code(indicator: Indicator) -> str:
    return indicator.target_id


def amount_words(figure: Figure) -> str:
    """“8/300家” for a count with a target, “12/40家，30.00%” for a share."""
    if figure.denominator is None:
        whole = f"/{number(figure.target.value)}" if figure.target is not None else ""
        return f"{figure.numerator.shown}{whole}{figure.counter}"
    if figure.status is Status.NO_DATA:
        return "—"
    return f"{figure.numerator.shown}/{figure.denominator.shown}{figure.counter}　{figure.percent}"


def origin_words(figure: Figure) -> str:
    """The target, and which part was computed from records and which was reported."""
    words = [
        f"目标{target_words(figure.target, figure.counter)}" if figure.target is not None else "没有定目标"
    ]
    reported = figure.numerator.reported or (
        figure.denominator.reported if figure.denominator is not None else 0
    )
    if reported:
        top = f"分子记录{figure.numerator.computed}、上报{number(figure.numerator.reported)}"
        if figure.numerator.reported < 0:
            top = "分子是跟上报数比的增减"
        bottom = figure.denominator
        words.append(
            top if bottom is None else f"{top}；分母记录{bottom.computed}、上报{number(bottom.reported)}"
        )
    else:
        words.append("按记录算出")
    return "，".join(words)


def _mark(figure: Figure) -> Fraction | None:
    """Where the target stands on the bar: a count's bar is as long as its target."""
    if figure.target is None:
        return None
    return figure.target.value if figure.denominator is not None else Fraction(1)


def _below_line(figure: Figure) -> Line:
    amount = figure.numerator.shown
    if figure.denominator is not None:
        amount = f"{amount}/{figure.denominator.shown}"
    tone = _TONES.get(figure.status)
    share = share_words(figure.ratio) if figure.ratio is not None else "—"
    return Line((figure.name, amount, share, figure.gap_words), tone, figure)


def _explained(indicator: Indicator, figure: Figure) -> str:
    return f"{amount_words(figure)}，{origin_words(figure)}。{_basis(indicator)}"


def title_words(found: Sequence[Indicator]) -> str:
    """“截至2026-11-23”."""
    return f"截至{found[0].as_of.isoformat()}（含下级）" if found else ""


def left_words(today: datetime.date, due: Set[datetime.date]) -> str:
    """How many days are left to what is due last in this year, or that all of the plan is over."""
    if due and today > max(due):
        return f"，方案已于{max(due).isoformat()}到期"
    ahead = {day for day in due if day.year == today.year and day >= today}
    return f"，离{max(ahead).isoformat()}还有{(max(ahead) - today).days}天" if ahead else ""
