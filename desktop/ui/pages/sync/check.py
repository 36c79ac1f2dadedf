"""Holding a cover sheet against a file: the digest typed or scanned, the file chosen, dropped or found in the inbox."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.documents.cover_sheet import Sheet, grouped, read_sheet
from desktop.operations.stations import covers, roots, signing
from desktop.operations.stations.covers import ENOUGH_DIGITS, Examined, Fit, Slip
from desktop.operations.stations.inbox import Arrival
from desktop.records import duties
from desktop.store.peers.arrivals import MergedBundle
from desktop.store.tables.database import Database
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.check_words import Found, verdict
from desktop.ui.pages.sync.digest import Groups
from desktop.ui.pages.sync.drop import dropped_paths
from desktop.ui.pages.sync.inbox_watch import apart
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Card, Note, button, link, plain
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_FILTERS = ("数据包 (*.xsj)", "所有文件 (*)")
_Merged = tuple[list[MergedBundle], tuple[MergedBundle, Slip] | None]


def _merged(database: Database, sheet: Sheet) -> _Merged:
    """The bundles that were merged before and fit, else the one whose digest was perhaps mistyped."""
    found = covers.merged_like(database, sheet)
    return found, None if found else covers.merged_near(database, sheet)


class CheckTab(QWidget):
    """The digest above, the file below it, the verdict between, and what the file says beside the paper."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.typed = QLineEdit()
        self.file_name = plain()
        self.other_file = button("选择文件…", self.choose, "folder-open")
        self.drop_file = link("不看这个文件", lambda: self.look_at(None))
        self.groups = Groups()
        self.verdict = Note()
        self.facts = QWidget()
        self.lines: dict[str, str] = {}
        self._arrivals: list[Arrival] = []
        self._watched = False
        self._merged: list[MergedBundle] = []
        self._near_merged: tuple[MergedBundle, Slip] | None = None
        self._chosen: Path | None = None
        self._target: Path | None = None
        self._file: Examined | None = None
        self._roots: tuple[bytes, ...] = ()
        self._asks: frozenset[str] = frozenset()
        self._build()
        self.typed.textChanged.connect(lambda _text: self._update())
        self.typed.returnPressed.connect(self.typed.selectAll)
        self._update()

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.typed.setAccessibleName("报送单上的摘要")
        self.typed.setPlaceholderText("扫报送单上的二维码，或照着“文件摘要”输入；空格、大小写、全角都可以")
        self.typed.setClearButtonEnabled(True)
        # A scanner types like a keyboard: an input method would take its letters for pinyin.
        self.typed.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        card = Card("核对报送单：纸和文件是不是一起的")
        both = QGridLayout()
        both.setColumnStretch(1, 1)
        both.addWidget(QLabel("报送单"), 0, 0)
        both.addWidget(self.typed, 0, 1, 1, 3)
        both.addWidget(QLabel("文件"), 1, 0)
        both.addWidget(self.file_name, 1, 1)
        both.addWidget(self.drop_file, 1, 2)
        both.addWidget(self.other_file, 1, 3)
        card.column.addLayout(both)
        card.column.addWidget(self.groups)
        card.column.addWidget(self.verdict)
        self.facts_card = Card("文件里写的，和纸上一行一行比")
        self.fact_grid = QGridLayout(self.facts)
        self.fact_grid.setContentsMargins(0, 0, 0, 0)
        self.fact_grid.setHorizontalSpacing(18)
        self.fact_grid.setVerticalSpacing(5)
        self.fact_grid.setColumnStretch(1, 1)
        self.fact_grid.setColumnStretch(3, 1)
        self.facts_card.column.addWidget(self.facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(10)
        column.addWidget(card)
        column.addWidget(self.facts_card)
        column.addStretch(1)

    # -- what is compared ------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Whoever comes here has the sheet in hand."""
        unit = self.workbench.facts.unit.id
        self.workbench.read(
            lambda database, _ticket: (roots.believed_roots(database), signing.wanted_above(database, unit)),
            self._take_roots,
            owner=self,
            key="roots",
        )
        self.typed.setFocus()
        self.typed.selectAll()

    def _take_roots(self, found: tuple[tuple[bytes, ...], frozenset[str]]) -> None:
        if found != (self._roots, self._asks):
            self._roots, self._asks = found
            self._examine(self._target)

    def show_arrivals(self, arrivals: list[Arrival], *, watched: bool) -> None:
        """The files of the inbox, in which the sheet's is looked for, and whether one was chosen."""
        self._watched = watched
        self._arrivals = [a for a in arrivals if a.look.said is not None]
        self._update()

    def choose(self) -> None:
        """Asks for the file."""
        start = self._target.parent if self._target is not None else documents()
        found = self.workbench.dialogs.open_file("选择收到的数据包", start, _FILTERS)
        if found is not None:
            self.look_at(found)

    def take_scanned(self, text: str) -> None:
        """What was scanned elsewhere, as if the cursor had stood here; another scan takes its place."""
        self.typed.setText(text)
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        self.typed.selectAll()

    def look_at(self, path: Path | None) -> None:
        """Compares with this file; with none, whichever of the inbox fits."""
        self._chosen = path
        self._update()
        self.typed.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes one file."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Compares with the first file that was dropped."""
        if paths := dropped_paths(event):
            self.look_at(paths[0])

    def _update(self) -> None:
        """Whatever was typed, chosen or has arrived: looks at the file that is meant now, and says what is known."""
        sheet = read_sheet(self.typed.text())
        found = self._matches(sheet)
        target = self._chosen or (found[0].path if len(found) == 1 else None)
        if target != self._target:
            self._examine(target)
        if target is None and len(sheet.digits) >= ENOUGH_DIGITS and not found:
            self.workbench.read(
                lambda database, _ticket: _merged(database, sheet),
                self._take_merged,
                owner=self,
                key="merged",
            )
        else:
            self._merged, self._near_merged = [], None
        self._show()

    def _matches(self, sheet: Sheet) -> list[Arrival]:
        """The files of the inbox that the sheet may belong to, each content once."""
        if sheet.wrong or sheet.cut:
            return []
        fitting = (Fit.WHOLE, Fit.PARTLY)
        found = {
            a.look.digest: a for a in reversed(self._arrivals) if covers.fit(a.look.digest, sheet) in fitting
        }
        return list(found.values())

    def _near(self, sheet: Sheet) -> tuple[Arrival, Slip] | None:
        """The file of the inbox, other than the one in hand, whose digest was perhaps mistyped."""
        others = {a.look.digest: a for a in reversed(self._arrivals) if a.path != self._target}
        found = covers.nearest(others, sheet)
        return None if found is None else (others[found[0]], found[1])

    def _alike(self, sheet: Sheet) -> list[Arrival]:
        """The files of the inbox that bear the numbers that a scanned sheet has beside its digest."""
        numbers = (sheet.sequence, sheet.total)
        return [
            a for a in self._arrivals
            if (said := a.look.said) is not None and (said.sequence, said.items) == numbers
        ]  # fmt: skip

    def _take_merged(self, found: _Merged) -> None:
        self._merged, self._near_merged = found
        self._show()

    def _examine(self, path: Path | None) -> None:
        self._target, self._file, self.lines = path, None, {}
        if path is None:
            return
        roots, asks, station = self._roots, self._asks, self.workbench.facts.station

        def job(_ticket: Ticket) -> Examined:
            return covers.examine(path, roots, station, asks)

        apart(self.workbench, "核对报送单", job, self._examined, self)

    def _examined(self, file: Examined) -> None:
        if file.path != self._target:
            return
        self._file = file
        self._show()
        said = file.said
        if said is None:
            return
        here = self.workbench.here
        nearby = {a.look.digest: a.look.said for a in self._arrivals if a.look.said is not None}

        def job(database: Database, _ticket: Ticket) -> tuple[Path, dict[str, str]]:
            return file.path, covers.tell(database, here, file.path, said, nearby)

        self.workbench.read(job, self._take_lines, owner=self, key="facts")

    def _take_lines(self, told: tuple[Path, dict[str, str]]) -> None:
        if told[0] == self._target:
            self.lines = told[1]
            self._show()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        sheet = read_sheet(self.typed.text())
        self.drop_file.setVisible(self._chosen is not None)
        self.file_name.setText(self._file_words())
        self.file_name.setToolTip(str(self._target) if self._target is not None else "")
        digest = self._file.digest if self._file is not None else ""
        own = grouped(digest) if digest else sheet.groups[:16]
        self.groups.show_groups(own, sheet.groups if digest else [])
        self.groups.setVisible(bool(own))
        if self._target is not None and self._file is None:
            self.verdict.say(Tone.PLAIN, "正在读文件…")
        else:
            found = Found(
                sheet, self._file, self._matches(sheet), self._merged, self._near(sheet), self._near_merged,
                self._alike(sheet), self._watched,
            )  # fmt: skip
            self.verdict.say(*verdict(found))
            self.verdict.offer(*self._offers(found))
        self._show_facts()

    def _offers(self, found: Found) -> list[QPushButton]:
        """Another file of the inbox that fits where the one in hand does not, or whose digest was perhaps mistyped."""
        in_hand = Fit.NOTHING if found.file is None else covers.fit(found.file.digest, found.sheet)
        if in_hand is Fit.OTHER and found.matches:
            fitting = next(a.path for a in found.matches if a.path != self._target)
            return [link("改看对得上的文件", lambda: self.look_at(fitting))]
        if found.near is not None and not found.matches and in_hand in (Fit.NOTHING, Fit.OTHER):
            near = found.near[0].path
            return [link("和最像的这个文件逐组比", lambda: self.look_at(near))]
        return []

    def _file_words(self) -> str:
        if self._target is None:
            words = "还没有选文件；也可以把文件拖到这里。"
            return f"{words}没有选时，在收件文件夹里找。" if self._watched else words
        name = self._target.name.encode("utf-8", "replace").decode()
        return name if self._chosen is not None else f"{name}（在收件文件夹里找到的）"

    def _show_facts(self) -> None:
        lines = dict(self.lines)
        if lines and self._file is not None:
            lines["签名"] = _signature_words(self._file)
        self.facts_card.setVisible(bool(lines))
        while (item := self.fact_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        half = (len(lines) + 1) // 2
        for n, (label, words) in enumerate(lines.items()):
            name, said = plain(label, muted=True), plain(words)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if label == "签名" and self._file is not None and self._file.problem is not None:
                theme.restyle(said, tone="error")
            self.fact_grid.addWidget(name, n % half, n // half * 2, Qt.AlignmentFlag.AlignTop)
            self.fact_grid.addWidget(said, n % half, n // half * 2 + 1)


def _signature_words(file: Examined) -> str:
    if file.problem is not None:
        return file.problem.sentence
    signed = f"；{duties.words(file.duties)}已签" if file.duties else ""
    return f"签名无误，内容完整{signed}" if file.stands else "本机还没有入网，没有核对签名"
