"""Computers below that report to somebody else: who they are, and writing another grant for each at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from desktop.operations.session import Session
from desktop.operations.stations import taking_over, traffic
from desktop.operations.stations.enrolling import Granted
from desktop.operations.stations.taking_over import Astray
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.signed.words import Fingerprint
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.merge_words import some_of
from desktop.ui.pages.sync.send import documents
from desktop.ui.pages.sync.words import may_decide, refuse_in_view
from desktop.ui.parts import Card, Note, button, folder_link, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class TakeOverCard(Card):
    """There only while there are such computers; ``done`` when grants were written."""

    done = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("还报给别处的下级电脑")
        self.workbench = workbench
        self._astray: Sequence[Astray] = ()
        self.hint = plain(
            "上级换了电脑、调整了隶属关系、越级办的入网，下级不用重新申请：补发批准文件（.xsg），"
            "对方接受以后就报给本机，登记的内容一条不少。",
            muted=True,
        )
        self.grid = Grid([Col("单位", 20, wide=True), Col("现在", 30, wide=True)], "还报给别处的下级电脑")
        self.grid.limit_height(8)
        self.all = button("", self.write_all, "file-output", primary=True)
        self.one = button("只给选中的补发…", self.write_one)
        self.note = Note()
        self.column.addWidget(self.hint)
        self.column.addWidget(self.grid)
        self.column.addLayout(row(self.all, self.one, 1))
        self.column.addWidget(self.note)
        self.grid.chosen.connect(lambda _station: self._show_buttons())
        self.hide()

    def show_astray(self, found: Sequence[Astray]) -> None:
        """Shows them; the card stays as long as its last word is to be read."""
        self._astray = found
        self.grid.show_lines([Line((a.name, a.why), _tone(a), a.station) for a in found])
        for widget in (self.hint, self.grid):
            widget.setVisible(bool(found))
        self._show_buttons()
        self.setVisible(bool(found) or not self.note.isHidden())

    def _show_buttons(self) -> None:
        allowed, waiting = may_decide(self.workbench), len(self._lost())
        self.all.setText(f"给{waiting}台补发批准文件…" if waiting > 1 else "补发批准文件…")
        self.all.setVisible(waiting > 0)
        self.one.setVisible(bool(self._astray))
        self.all.setEnabled(allowed)
        self.one.setEnabled(allowed and self.grid.current() is not None)
        words = "" if allowed else self.workbench.denied("由本单位的汇总员或管理员来办。")
        for made in (self.all, self.one):
            made.setToolTip(words)

    def _lost(self) -> list[str]:
        """Those whom nobody else takes anything of, and who were given nothing yet."""
        return [a.station for a in self._astray if a.lost and not a.given]

    def write_all(self) -> None:
        """Writes one for each that is lost."""
        self._write(self._lost())

    def write_one(self) -> None:
        """Writes one for the computer under the cursor, whoever takes its bundles now; once more, if it was lost."""
        if (station := self.grid.current()) is not None:
            self._write([station])

    def _write(self, stations: Collection[str]) -> None:
        folder = self.workbench.dialogs.folder("批准文件保存到哪里（可以选U盘）", documents())
        if folder is None:
            return
        where: Path = folder

        def job(session: Session, _ticket: Ticket) -> tuple[list[Granted], Fingerprint]:
            with plain_problems():
                made = taking_over.take_over(session, stations, where)
            return made, traffic.own_words(session)

        self.workbench.write(
            "补发批准文件", job, lambda made: self._written(*made), owner=self, fail=self._failed, step=False
        )

    def _written(self, made: Sequence[Granted], own: Fingerprint) -> None:
        names = some_of([granted.unit.name for granted in made])
        self.note.say(
            Tone.GOOD,
            f"已写好{len(made)}个批准文件。",
            f"下一步：按文件名交给{names}，对方拖到自己的“上报与合并”里。"
            f"对方接受前会打电话来，请念这几个词语和数字：{own}。\n"
            "对方接受后会交来一个入网回执（.xsa），导入以后给它写一份回执。",
        )
        self.note.offer(folder_link(made[0].path))
        self.done.emit()

    def _failed(self, error: Exception) -> bool:
        return refuse_in_view(self.note, error, "没有写成")


def _tone(found: Astray) -> Tone | None:
    return Tone.WARNING if found.lost and not found.given else None
