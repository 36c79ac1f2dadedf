"""Where a case stands, which periods run, and its steps: lawful ones as buttons, the others grey with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.records.cells import text
from desktop.records.supervision import Clock, EventKind, LetterKind, Reason
from desktop.records.supervision.numbering import Series
from desktop.records.typed.dates import month_day_words
from desktop.ui import icons, theme
from desktop.ui.notices import SIGNS, Tone
from desktop.ui.pages.case.reading import CaseView, Offer, clock_words, periods, periods_words
from desktop.ui.parts import Card, button, empty_layout, heading, link, plain, row
from desktop.ui.widgets.flow import FlowLayout

_SOON_DAYS = 5


class StandingCard(Card):
    """The stage in large words, and every period with the days that are left."""

    number_wanted = Signal()
    holidays_wanted = Signal()
    sample_wanted = Signal()
    list_wanted = Signal(str, tuple)
    """Words, and the letters that they are said of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.stage = heading("", 1)
        self.number = plain(muted=True)
        self._give = link("给案件编号", self.number_wanted.emit)
        self._give.setToolTip("编本年的下一个立案号；文书上印的就是它")
        self.column.addLayout(row(self.stage, 1, self.number, self._give))
        self._clocks = QVBoxLayout()
        self._clocks.setSpacing(4)
        self.column.addLayout(self._clocks)

    def show_case(self, view: CaseView, writable: bool) -> None:
        """Shows where a case stands; what could be done about it only to whom it is ``writable``."""
        state = view.state
        since = f"（{month_day_words(state.since)}）" if state.since else ""
        self.stage.setText(f"{state.stage.label}{since}")
        number = text(view.file.case, "case_number")
        self.number.setText(number)
        accepted = bool(view.file.of(EventKind.ACCEPTED))
        self._give.setVisible(view.desk and accepted and not number and Series.CASE in view.numbers.following)
        empty_layout(self._clocks)
        for clocks in periods(view):
            self._clocks.addLayout(self._line(clocks, view))
        if state.missing_years and writable:
            years = "、".join(map(str, state.missing_years))
            bring = link(f"导入{years}年放假安排…", self.holidays_wanted.emit)
            sample = link("导出样表…", self.sample_wanted.emit)
            sample.setToolTip("导出现在的放假安排表，按国务院办公厅的通知在后面补上新一年，再导入")
            self._clocks.addLayout(row(bring, sample, 1))
        general = [reason for reason in state.contradictions if not reason.subject]
        for reason in general:
            self._clocks.addLayout(_said(Tone.ERROR, reason_words([reason], advice=writable)))
        if state.contradictions and not general:
            words = f"有{len(state.contradictions)}处与法定步骤不符，见左边标红的地方；改正以前不能打印文书。"
            self._clocks.addLayout(_said(Tone.ERROR, words))

    def _line(self, clocks: Sequence[Clock], view: CaseView) -> QHBoxLayout:
        line = _clock_line(clocks, view)
        if len(clocks) > 1:
            letters = tuple(clock.letter for clock in clocks)
            words = f"{'已过期限，' if clocks[0].overdue(view.state.today) else ''}{clocks[0].awaits}"
            line.addWidget(link("列出", lambda: self.list_wanted.emit(words, letters)))
        return line


def _clock_line(clocks: Sequence[Clock], view: CaseView) -> QHBoxLayout:
    clock, today = clocks[0], view.state.today
    late = clock.overdue(today)
    soon = clock.due is not None and (clock.due - today).days <= _SOON_DAYS
    tone = Tone.ERROR if late else Tone.WARNING if soon or clock.due is None else Tone.PLAIN
    said = clock_words(clock, today, view.file.table)
    words = said if len(clocks) == 1 else periods_words(clocks, today, view.file.table)
    return _said(tone, f"{words}（{clock.article}）" if clock.article else words)


def _said(tone: Tone, words: str) -> QHBoxLayout:
    sign, label = QLabel(), plain(words)
    sign.setPixmap(icons.pixmap(*SIGNS[tone], 16))
    label.setProperty("tone", tone.value if tone in (Tone.ERROR, Tone.WARNING) else "")
    line = QHBoxLayout()
    line.setSpacing(6)
    line.addWidget(sign)
    line.addWidget(label, 1)
    return line


class StepsCard(Card):
    """``chosen`` carries the step whose button was pressed."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.say_heading("下一步")
        self.buttons: dict[object, QPushButton] = {}
        self._inner = QVBoxLayout()
        self._inner.setSpacing(6)
        self.column.addLayout(self._inner)
        self._all = False
        self._view: CaseView | None = None

    def show_case(self, view: CaseView, writable: bool) -> None:
        """Offers the steps."""
        self._view = view
        empty_layout(self._inner)
        self.buttons.clear()
        coming = [offer for offer in view.offers if offer.coming]
        others = [offer for offer in view.offers if not offer.coming and offer.lawful]
        never = [offer for offer in view.offers if not offer.coming and not offer.lawful]
        for n, offer in enumerate(coming):
            # A case that is closed waits for nothing, and red would ask for it to be opened again.
            on = n == 0 and offer.step is not EventKind.REOPENED
            self._inner.addWidget(self._offer(offer, writable, primary=on))
        if writable and (others or never):
            words = (
                "收起其他步骤"
                if self._all
                else f"其他步骤：可以登记的{len(others)}个，还不能办的{len(never)}个"
            )
            self._inner.addWidget(link(words, lambda: self._toggle(writable)))
        if self._all and writable:
            self._inner.addWidget(self._row(others, writable))
            for offer in never:
                self._inner.addWidget(self._offer(offer, writable, primary=False))

    def _toggle(self, writable: bool) -> None:
        self._all = not self._all
        if self._view is not None:
            self.show_case(self._view, writable)

    def _offer(self, offer: Offer, writable: bool, *, primary: bool) -> QWidget:
        """A button with what speaks for it or against it beside it."""
        # A letter may be drafted by anybody at any time; only its issue follows the order of the law.
        possible = writable and (offer.lawful or (isinstance(offer.step, LetterKind) and offer.coming))
        made = self._button(offer, possible)
        made.setProperty("primary", primary and possible)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(made)
        line.addWidget(self._why(offer, writable), 1)
        return whole

    def _why(self, offer: Offer, writable: bool) -> QLabel:
        drafted = writable and isinstance(offer.step, LetterKind) and offer.coming
        # That another body issues it stands in the way of nobody who drafts it.
        reasons = [r for r in offer.reasons if not (drafted and r.of_others)]
        if drafted and offer.reasons and not reasons:
            return plain("起草后随数据包上报，由区总工会审核、编号、印发。", muted=True, small=True)
        if reasons:
            label = plain(reason_words(reasons, advice=writable), small=True)
            label.setProperty("tone", "warning")
            if drafted:
                label.setText(f"可以先起草；现在还不能签发：\n{label.text()}")
            return label
        lacking = [r for r in offer.lacking if not r.of_others]
        if lacking:
            label = plain(f"还不能签发：{reason_words(lacking, advice=writable)}", small=True)
            label.setProperty("tone", "warning")
            return label
        words = "草稿已经齐备，可以签发" if offer.ready else ""
        return plain("　".join(filter(None, (words, offer.article))), muted=True, small=True)

    def _row(self, offers: Iterable[Offer], writable: bool) -> QWidget:
        whole = QWidget()
        flow = FlowLayout(whole)
        for offer in offers:
            flow.addWidget(self._button(offer, writable))
        return whole

    def _button(self, offer: Offer, possible: bool) -> QPushButton:
        made = button(offer.label, lambda: self.chosen.emit(offer.step))
        made.setMinimumWidth(theme.measures().average(14))
        made.setEnabled(possible)
        words = reason_words(offer.reasons) or offer.article
        made.setToolTip(words)
        made.setAccessibleDescription(words)
        self.buttons[offer.step] = made
        return made


def reason_words(reasons: Iterable[Reason], *, advice: bool = True) -> str:
    """Reasons with their articles, each with what to do about it and on a line of its own."""
    return "\n".join(dict.fromkeys(f"{reason}。{reason.next_step if advice else ''}" for reason in reasons))
