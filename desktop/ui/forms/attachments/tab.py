"""The tab with the files on a record: added by dropping them or by a button, looked at, saved, deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.operations import audit
from desktop.operations.file_names import size_words
from desktop.operations.recording import attachments
from desktop.operations.recording.attachments import Attachment
from desktop.records.declaration import RecordType, Role
from desktop.store.ledger import ChangeSet
from desktop.store.queries.attached import ATTACHMENT
from desktop.store.tables.database import Database
from desktop.ui import icons, theme
from desktop.ui.dialogs import Answer
from desktop.ui.erase import offer as offer_erasing
from desktop.ui.notices import Tone
from desktop.ui.parts import button, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

if TYPE_CHECKING:
    from desktop.ui.forms.attachments.viewer import Drawn

_HEADS = ("文件名", "大小", "日期", "说明", "添加人")
_WIDTHS = (200, 76, 96, 130, 80)
_HALVES = (620, 540)
_FILTERS = ("照片和文件 (*.jpg *.jpeg *.png *.pdf *.docx *.xlsx)", "全部文件 (*)")
_WHAT = "照片和图片（jpg、png）、PDF、docx、xlsx，每个最多10 MB。附件和记录一起加密保存，一起上报。"
_HIDDEN = "选中一个附件，按回车查看。查看会记入审计日志。"


class AttachmentsTab(QWidget):
    """``counted`` tells how many there are. Before the record is saved, it offers to save it."""

    counted = Signal(int)

    def __init__(
        self, workbench: Workbench, record_type: RecordType, save_record: Callable[[], None]
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._type = record_type
        self._record = ""
        self._locked = False
        self.found: list[Attachment] = []
        self.setAcceptDrops(True)
        self._before = EmptyState(self)
        self._before.show_words(
            "save",
            "先保存，再添加附件",
            "保存以后就可以把照片、扫描件和文件添加到这里。",
            ("保存", save_record),
            quiet=True,
        )
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._before)
        self._built = False

    # -- building --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The list and the viewer are made when they are first wanted: most who open a form do not come here."""
        if not self._built:
            self._built = True
            self._layers.addWidget(self._build())
            self.viewer.say(self._hint())
            self._fill()
        self._layers.setCurrentIndex(1 if self._record else 0)
        super().showEvent(event)

    def _build(self) -> QWidget:
        from desktop.ui.forms.attachments.adding import Adding
        from desktop.ui.forms.attachments.viewer import Viewer

        self.table = QTableWidget(0, len(_HEADS))
        self.viewer = Viewer(self._workbench)
        self.empty = EmptyState()
        self.add_button = button("添加附件…", self.choose, "paperclip")
        self.show_button = button("查看", self.look, "eye")
        self.save_button = button("另存为…", self.save, "save")
        self.name_button = button("名称和说明…", self.rename, "pencil")
        self.delete_button = button("删除", self.delete, "trash-2")
        self.erase_button = button("清除…", self.erase)
        self.adding = Adding(self._workbench, self._type)
        self._sum = plain(muted=True)
        self._prepare_table()
        self.add_button.setToolTip("也可以把文件拖到这一页上")
        self.show_button.setToolTip("在右边查看（回车）")
        self.name_button.setToolTip("F2")
        self.delete_button.setToolTip("删除选中的附件，可以撤消（Delete）")
        self.erase_button.setToolTip("到期或者本人要求的，文件名和内容在各级彻底清除，不能恢复")
        for key, do in (("F2", self.rename), ("Delete", self.delete)):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(do)
        left = QWidget()
        self._list_layers = QStackedLayout(left)
        self._list_layers.addWidget(self.empty)
        self._list_layers.addWidget(self.table)
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        self.halves.addWidget(left)
        self.halves.addWidget(self.viewer)
        self.halves.setSizes(list(_HALVES))
        self.halves.setChildrenCollapsible(False)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(row(self.add_button, self.show_button, self.save_button, self.name_button, self.delete_button,
                             self.erase_button, self.adding, 1, self._sum))  # fmt: skip
        column.addWidget(self.halves, 1)
        return full

    def _prepare_table(self) -> None:
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self.table.setAccessibleName("附件列表")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.measures().row)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in enumerate(_WIDTHS):
            head.resizeSection(place, width)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._chosen)
        # By keyboard and mouse alike.
        self.table.activated.connect(lambda _index: self.look())

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_record(self, record: str, *, locked: bool = False) -> None:
        """Shows what is attached to a record."""
        if record != self._record and self._built:
            self.viewer.say(self._hint())
        self._record, self._locked = record, locked
        if self._built:
            self._layers.setCurrentIndex(1)
        self._read()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again, if attachments changed."""
        if self._record and (changes is None or changes.everything or ATTACHMENT in changes.records):
            self._read()

    def start(self) -> None:
        """Puts the cursor into the list, or on the button that adds the first."""
        if not self._record:
            self._before.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.found:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """What was looked at does not stay open behind another page."""
        super().hideEvent(event)
        if self._built:
            self.viewer.say(self._hint())

    @property
    def writable(self) -> bool:
        """Whether files may be added to the record."""
        return bool(self._record) and not self._locked and self._workbench.may_write(self._type)

    def _hint(self) -> str:
        return (
            _HIDDEN
            if audit.may_see(self._workbench.role)
            else self._workbench.denied("您登录的身份不能查看附件的内容。")
        )

    def _read(self) -> None:
        bench, name, record = self._workbench, self._type.name, self._record

        def job(database: Database, _ticket: Ticket) -> list[Attachment]:
            return attachments.of_record(database, bench.types, name, record)

        bench.read(job, self._arrived, owner=self, key="attachments")

    def _arrived(self, found: list[Attachment]) -> None:
        fresh = {a.id for a in found}.difference(a.id for a in self.found)
        chosen = {a.id for a in self.selected()} if self._built else set()
        self.found = found
        if self._built:
            self._fill(chosen if self.viewer.shown else fresh or chosen)
        self.counted.emit(len(found))

    def _fill(self, chosen: Set[str] = frozenset()) -> None:
        found = self.found
        self.table.setRowCount(len(found))
        for place, each in enumerate(found):
            for at, words in enumerate(self._cells(each)):
                item = QTableWidgetItem(words)
                item.setToolTip(words if at < len(_HEADS) - 1 else f"{each.added} {each.operator}添加")
                if at == 0:
                    item.setIcon(icons.icon("image" if each.width else "file-text"))
                self.table.setItem(place, at, item)
        self._select(chosen)
        self._list_layers.setCurrentIndex(1 if found else 0)
        self.viewer.setVisible(bool(found))
        if self.viewer.shown and self.viewer.shown not in {a.id for a in found if a.complete}:
            self.viewer.say(self._hint())
        self._say_empty()
        size = size_words(sum(a.size for a in found))
        self._sum.setText(f"{len(found)}个，共{size}" if found else "")
        self._chosen()

    def _cells(self, each: Attachment) -> tuple[str, ...]:
        said = each.shown_description
        if each.erased:
            said = "内容已清除"
        elif not each.complete:
            said = f"{each.parts}份中到了{each.here}份，还不完整"
        return (
            each.shown_name,
            "" if each.erased else size_words(each.size),
            each.taken,
            said,
            each.operator,
        )

    def _say_empty(self) -> None:
        if self.writable:
            self.empty.show_words(
                "paperclip",
                "还没有附件",
                f"把文件拖到这里，或者按“添加附件…”。{_WHAT}",
                ("添加附件…", self.choose),
                quiet=True,
            )
        else:
            self.empty.show_words("paperclip", "还没有附件")

    def _select(self, chosen: Set[str]) -> None:
        self.table.clearSelection()
        places = [p for p, a in enumerate(self.found) if a.id in chosen]
        if self.found:
            # Where nothing is chosen, no key chooses the first: it is the current one without being chosen.
            self.table.selectRow(places[0] if places else 0)

    def selected(self) -> list[Attachment]:
        """The chosen ones, in the order of the list."""
        places = sorted({index.row() for index in self.table.selectedIndexes()})
        return [self.found[place] for place in places if place < len(self.found)]

    def _chosen(self) -> None:
        chosen, may_see = self.selected(), audit.may_see(self._workbench.role)
        one = len(chosen) == 1
        self.add_button.setVisible(bool(self.found) and self.writable)
        there, may_change = bool(self.found), bool(self.found) and self.writable
        may_erase = self._workbench.role in (Role.ADMIN, Role.DESK)
        for made, offered, possible in (
            (self.show_button, there and may_see, one),
            (self.save_button, there and may_see, one),
            (self.name_button, may_change, one and not chosen[0].erased),
            (self.delete_button, may_change, bool(chosen)),
            (self.erase_button, may_change and may_erase, any(not a.erased for a in chosen)),
        ):
            made.setVisible(offered)
            made.setEnabled(possible)
        if self.viewer.shown and self.viewer.shown not in {a.id for a in chosen}:
            self.viewer.say(self._hint())

    # -- adding ----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files."""
        if self.writable and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Adds what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths and self.writable:
            event.acceptProposedAction()
            self.add(paths)

    def choose(self) -> None:
        """Asks for files, and adds them."""
        start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        if paths := self._workbench.dialogs.open_files("添加附件", Path(start or Path.home()), _FILTERS):
            self.add(paths)

    def add(self, paths: Sequence[Path]) -> None:
        """Adds files to the record."""
        if self.writable:
            self.adding.begin(self._record, paths)

    # -- one of them -----------------------------------------------------------------------------------------------

    def _one(self) -> Attachment | None:
        chosen = self.selected()
        return chosen[0] if len(chosen) == 1 else None

    def look(self) -> None:
        """Shows the chosen one; that it was shown is noted first."""
        each, bench = self._one(), self._workbench
        if each is None or not audit.may_see(bench.role):
            return
        from desktop.ui.forms.attachments.viewer import draw

        self.viewer.say("正在打开…")

        def failed(error: Exception) -> bool:
            self.viewer.say(str(error) if isinstance(error, Problem) else self._hint())
            return isinstance(error, Problem)

        def drawn(ready: Drawn) -> None:
            if self.isVisible() and self._one() == each:
                self.viewer.show_drawn(each.id, each.shown_name, ready)

        def read(data: bytes) -> None:
            bench.read(
                lambda _database, _ticket: draw(data, each.media), drawn, owner=self, key="drawn", fail=failed
            )

        bench.write(
            "查看附件", lambda session, _ticket: attachments.show(session, each.id), read, owner=self, fail=failed,
            step=False,
        )  # fmt: skip

    def save(self) -> None:
        """Asks where, and writes the file."""
        each, bench = self._one(), self._workbench
        if each is None:
            return
        start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        suggestion = Path(start or Path.home()) / attachments.file_name(each)
        path = bench.dialogs.save_file("另存附件", suggestion, (f"{each.media}文件 (*.{each.media})",))
        if path is None:
            return
        target = (
            path if path.suffix.lower() == f".{each.media}" else path.with_name(f"{path.name}.{each.media}")
        )
        bench.write(
            "另存附件",
            lambda session, _ticket: attachments.save(session, each.id, target),
            lambda saved: bench.shell.tell(
                Tone.GOOD, f"已存到“{saved.name}”。文件没有加密，用完请删除。"
            ),
            owner=self,
            step=False,
        )  # fmt: skip

    def rename(self) -> None:
        """Asks for another name and words."""
        each = self._one()
        if each is None or not self.name_button.isEnabled():
            return
        from desktop.ui.forms.attachments import naming

        naming.offer(self._workbench, each, self)

    def delete(self) -> None:
        """Deletes the chosen ones, after a question."""
        chosen = self.selected()
        if not chosen or not self.delete_button.isEnabled():
            return
        named = f"附件“{chosen[0].shown_name}”" if len(chosen) == 1 else f"选中的{len(chosen)}个附件"
        question = f"要删除{named}吗？可以撤消。"
        if self._workbench.dialogs.ask("删除附件", question, yes="删除", danger=True) is not Answer.YES:
            return
        ids = [a.id for a in chosen]
        self._workbench.write(
            "删除附件",
            lambda session, _ticket: attachments.remove(session, ids),
            lambda _changes: self._workbench.shell.tell(Tone.GOOD, f"已删除{len(ids)}个附件。"),
            owner=self,
        )

    def erase(self) -> None:
        """Asks what of the chosen ones is erased for good."""
        ids = [a.id for a in self.selected() if not a.erased]
        if ids:
            offer_erasing(self._workbench, self._workbench.types[ATTACHMENT], ids, f"选中的{len(ids)}个附件")
