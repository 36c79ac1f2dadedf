"""The computers below: putting one out of use that is lost, stolen or given back, and letting it in again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.quantities import Count
from desktop.operations.session import Session
from desktop.operations.stations import policy
from desktop.operations.stations.policy import Standing
from desktop.operations.workspaces import wiping
from desktop.records.cells import as_day
from desktop.records.declaration import Field, Kind
from desktop.sync.enrolling.wiped import Statement
from desktop.ui.decision import Decision
from desktop.ui.dialogs import Answer
from desktop.ui.fields.dates import DateEditor
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.words import counted, may_decide, to_receipts
from desktop.ui.parts import Note, button, heading, link, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

EXAMPLES = ("丢失", "被盗", "已交回")
WIPED = "已清除"
_MOST = 2_000_000_000
_BELOW = "由它批准入网的下级电脑照样有效，换了新电脑以后，在新电脑的“入网”里给它们补发批准文件。"


class StationsTab(QWidget):
    """By the name of their unit; what stands there is read when the tab comes to the front."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.stations: dict[str, Standing] = {}
        self.note = Note()
        self.grid = Grid(
            [
                Col("单位", 24, wide=True),
                Col("工作电脑", 10),
                Col("收到几项", 9, numeric=True),
                Col("状态", 10),
            ],
            "下级的工作电脑",
        )
        self.hint = plain(
            "电脑丢了、被盗或者交回了，在这里停用：以后它写的内容，不论谁转来都不收。", muted=True
        )
        self.revoke = button("停用这台电脑…", self._begin, "x")
        self.restore = button("恢复使用…", self._restore, "rotate-ccw")
        self.decision = Decision(workbench, "停用这台电脑", EXAMPLES, "记在“不计入的”里，随数据包送到各处")
        self.earlier = QCheckBox("从这一天起它写的就不算（例如丢失以后有人用它写过）(&N)：")
        self.day = DateEditor(Field("day", "从哪一天起不算", Kind.DATE), workbench, self)
        self.day.line.setAccessibleName(self.day.field.label)
        self.after = QSpinBox()
        self.after.setAccessibleName("算到第几条为止")
        self.anew = plain(
            "这台电脑恢复过备份，编号从1重新开始；恢复以前收到的都还算，不受这个数影响。",
            muted=True,
            small=True,
        )
        self.number = QWidget()
        self.number.setLayout(
            row(
                plain("也就是算到第", muted=True),
                self.after,
                plain("条为止，知道编号的可以直接改", muted=True),
                1,
            )
        )
        for part in (self.number, self.anew):
            part.hide()
        self.empty = EmptyState()
        self.empty.show_words(
            "network", "还没有下级的工作电脑", "为下级办好入网、收到它的数据包以后，会列在这里。"
        )
        self._work = QWidget()
        self._build()
        self.grid.chosen.connect(self._choose)
        self.grid.opened.connect(
            lambda _station: self._begin() if self.revoke.isVisible() else self._restore()
        )
        self.earlier.toggled.connect(lambda _on: self._take_day())
        self.day.finished.connect(self._take_day)
        self.after.valueChanged.connect(lambda _number: self._look())
        self.decision.decided.connect(self._revoke)
        self.decision.closed.connect(self._closed)

    def _build(self) -> None:
        self.decision.choices.addLayout(row(self.earlier, self.day, 1))
        self.decision.choices.addWidget(self.number)
        self.decision.choices.addWidget(self.anew)
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row(heading("下级的工作电脑"), 1, self.revoke, self.restore))
        column.addWidget(self.hint)
        column.addWidget(self.decision)
        column.addWidget(self.grid, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.note)
        whole.addWidget(self._work)
        whole.addWidget(self.empty)
        self.empty.hide()
        self._choose(None)

    def load(self) -> None:
        """Asks again which computers there are."""

        def job(session: Session, _ticket: Ticket) -> list[Standing]:
            return policy.stations(session)

        self.workbench.write("查看工作电脑", job, self._show, owner=self, fail=self._cannot_look, step=False)

    def _show(self, found: Sequence[Standing]) -> None:
        self.stations = {s.station: s for s in found}
        self.grid.show_lines([_line(s) for s in found])
        if found and self.grid.current() is None:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._work.setVisible(bool(found))
        self.empty.setVisible(not found)
        self._choose(self.grid.current())

    def _cannot_look(self, error: Exception) -> bool:
        """A computer that is not enrolled has none below it."""
        if isinstance(error, Problem):
            self._show([])
            return True
        return False

    def _choose(self, station: str | None) -> None:
        chosen = self.stations.get(station or "")
        allowed = may_decide(self.workbench)
        revoked = chosen is not None and bool(chosen.revocation)
        self.revoke.setVisible(not revoked)
        self.restore.setVisible(revoked)
        for made in (self.revoke, self.restore):
            made.setEnabled(chosen is not None and allowed)
            made.setToolTip("" if allowed else self.workbench.denied("由本单位的汇总员或管理员来做。"))

    # -- a computer that was wiped ---------------------------------------------------------------------------------

    def take_wiped(self, path: Path) -> None:
        """Says whose computer was wiped and what of it is missing here, and offers to put it out of use."""

        def job(session: Session, _ticket: Ticket) -> tuple[Statement, int, list[Standing]]:
            return *wiping.read_statement(session, path), policy.stations(session)

        def then(found: tuple[Statement, int, list[Standing]]) -> None:
            said, missing, stations = found
            self._show(stations)
            self._tell_wiped(said, missing)

        self.decision.close_it()
        self.note.hide()
        self.workbench.write(
            "核对清除确认",
            job,
            then,
            owner=self,
            fail=lambda error: self.note.refuse(error, f"“{path.name}”不能用"),
            step=False,
        )

    def _tell_wiped(self, said: Statement, missing: int) -> None:
        whole, detail = wiping.held_words(said, missing)
        name = f"“{said.name}”的工作电脑{said.station[:8]}"
        known = self.stations.get(said.station)
        tone = Tone.GOOD if whole else Tone.WARNING
        keys = [line.key for line in self.grid.rows.lines]
        if known is None:
            self.note.say(
                tone, f"{name}已经清除，签名核对无误。", f"{detail}它不归本单位停用，请交给它的上级。"
            )
            return
        self.grid.setCurrentIndex(self.grid.rows.index(keys.index(said.station), 0))
        if known.revocation:
            self.note.say(tone, f"{name}已经清除，签名核对无误。", f"{detail}这台电脑已经停用，不用再办。")
            return
        self.note.say(tone, f"{name}已经清除，签名核对无误。", f"{detail}下一步：停用这台电脑。")
        self.note.offer(link("停用这台电脑…", self._begin_wiped))

    # -- out of use ------------------------------------------------------------------------------------------------

    def _closed(self) -> None:
        self.grid.setEnabled(True)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self) -> Standing | None:
        return self.stations.get(self.grid.current() or "")

    def _begin(self) -> None:
        chosen = self._chosen()
        if chosen is None or not self.revoke.isEnabled() or not self.decision.isHidden():
            return
        self.note.hide()
        # Another row under an open question would be another computer.
        self.grid.setEnabled(False)
        for widget in (self.earlier, self.after):
            widget.blockSignals(True)
        self.earlier.setChecked(False)
        self.day.set_text(self.workbench.today().isoformat())
        self.after.setRange(0, min(chosen.last, _MOST))
        self.after.setValue(self.after.maximum())
        self.earlier.setEnabled(chosen.last > 0)
        for widget in (self.earlier, self.after):
            widget.blockSignals(False)
        self.decision.ask(f"停用“{chosen.name}”的工作电脑{chosen.station[:8]}", "", "")
        self._look()

    def _begin_wiped(self) -> None:
        """Why is known then; what is said of the computer stays beside it, to be read before it is decided."""
        self._begin()
        self.note.offer()
        self.note.show()
        self.decision.reason.setText(WIPED)

    def _number(self) -> int | None:
        return self.after.value() if self.earlier.isChecked() else None

    def _take_day(self) -> None:
        """Asks which item was the last one before the chosen day."""
        chosen, day = self._chosen(), as_day(self.day.parsed().value)
        self.day.show_state("" if day is not None else "error")
        if chosen is None or day is None or not self.earlier.isChecked():
            self._look()
            return
        self.decision.set_ready(ready=False)

        def then(number: int) -> None:
            self.after.blockSignals(True)
            self.after.setValue(number)
            self.after.blockSignals(False)
            self._look()

        self.workbench.write(
            "查看那一天以前的内容", lambda session, _ticket: policy.last_before(session, chosen.station, day),
            then, owner=self, fail=self.decision.failed, step=False,
        )  # fmt: skip

    def _look(self) -> None:
        """Says what would count no longer."""
        chosen, number = self._chosen(), self._number()
        self.day.setEnabled(self.earlier.isChecked())
        self.number.setVisible(self.earlier.isChecked())
        self.anew.setVisible(self.earlier.isChecked() and chosen is not None and chosen.held > chosen.last)
        if chosen is None:
            return
        self.decision.set_ready(ready=False)

        def job(session: Session, _ticket: Ticket) -> tuple[Count, ...]:
            return policy.look_at_revocation(session, chosen.station, number)

        def then(losses: tuple[Count, ...]) -> None:
            if number != self._number() or self.decision.isHidden():
                return
            self.decision.set_ready(ready=True)
            self._say(chosen, losses)

        self.workbench.write("查看会少哪些内容", job, then, owner=self, fail=self.decision.failed, step=False)

    def _say(self, chosen: Standing, losses: Sequence[Count]) -> None:
        if self._number() is None:
            now = "已经收到的内容都还算。" if chosen.held else "还没有收到过它的内容。"
        elif losses:
            now = f"会不再计入：{counted(losses)}。"
        else:
            now = "已经收到的内容都还算。"
        words = (
            f"{now}停用以后它再写的，不论谁转来都不收；也不再给它导出数据包和回执。"
            f"停用错了可以恢复；换了新电脑的，请用新电脑重新办理入网。{_BELOW if chosen.enrols else ''}"
        )
        self.decision.say(words, f"要停用“{chosen.name}”的工作电脑{chosen.station[:8]}吗？\n{now}")

    def _revoke(self, reason: str) -> None:
        chosen, number = self._chosen(), self._number()
        if chosen is None:
            return
        self.workbench.write(
            f"停用工作电脑：{chosen.name}",
            lambda session, _ticket: policy.revoke(session, chosen.station, number, reason),
            lambda _changes: self._done(
                f"已停用“{chosen.name}”的工作电脑{chosen.station[:8]}。",
                "下一步：照常导出数据包和回执，上级和其他下级收到以后也不再收它的内容。"
                f"{_BELOW if chosen.enrols else ''}",
            ),
            owner=self,
            fail=self.decision.failed,
        )

    def _done(self, words: str, detail: str) -> None:
        self.decision.close_it()
        self.note.say(Tone.GOOD, words, detail)
        self.note.offer(to_receipts(self.workbench))
        self.load()

    # -- in again --------------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        chosen = self._chosen()
        if chosen is None or not chosen.revocation or not self.restore.isEnabled():
            return
        answer = self.workbench.dialogs.ask(
            "恢复使用",
            f"要恢复“{chosen.name}”的工作电脑{chosen.station[:8]}吗？\n"
            "它写的内容重新计入，以后的数据包照常收。请先确认这台电脑已经找回、由本单位的人在用。",
            yes="恢复使用",
            danger=True,
        )
        if answer is not Answer.YES:
            return
        self.workbench.write(
            f"恢复工作电脑：{chosen.name}",
            lambda session, _ticket: policy.lift(session, chosen.revocation),
            lambda _changes: self._done(
                f"已恢复“{chosen.name}”的工作电脑。", "下级要等收到下一个数据包才会恢复。"
            ),
            owner=self,
            fail=self._failed,
        )

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error, "没有恢复")


def _line(found: Standing) -> Line:
    texts = (
        found.name,
        found.station[:8],
        str(found.held) if found.held else "",
        "已停用" if found.out else "在用",
    )
    return Line(texts, Tone.WARNING if found.out else Tone.GOOD, found.station)
