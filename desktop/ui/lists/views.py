"""The views of a list: a button that opens them, to choose one, to keep what is shown, to rename and to forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidgetItem, QPushButton, QToolButton, QVBoxLayout

from desktop.operations import views
from desktop.operations.session import Session
from desktop.operations.views import LONGEST_NAME, View
from desktop.ui import icons, theme
from desktop.ui.notices import Tone
from desktop.ui.parts import plain
from desktop.ui.widgets.menu_list import MenuList
from desktop.ui.widgets.overlay import Overlay
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_VIEW = Qt.ItemDataRole.UserRole
_WIDTH, _MOST_LINES = 380, 9
_BUTTON_WORDS = 12
EVERYTHING = View()
"""No filter, no search, the order of names; the columns stay."""


class ViewsOverlay(Overlay):
    """The views by name. Says what is wanted; whoever opened it does it and shows the views anew."""

    chosen = Signal(object)
    kept = Signal(str)
    renamed = Signal(str, str)
    forgotten = Signal(object)

    def __init__(self, anchor: QToolButton) -> None:
        super().__init__(anchor)
        self.setObjectName("card")
        self._renaming = ""
        self.list = MenuList("视图")
        self.list.itemClicked.connect(self._choose)
        self.list.installEventFilter(self)
        self.list.currentItemChanged.connect(lambda *_: self._show_state())
        self.rename, self.forget = QPushButton("改名（F2）"), QPushButton("删除（Del）")
        self.rename.clicked.connect(self._begin_renaming)
        self.forget.clicked.connect(self._forget)
        self.name, self.keep = QLineEdit(), QPushButton("存为视图")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("给现在的样子起个名字")
        self.name.setAccessibleName("视图的名字")
        self.name.installEventFilter(self)
        self.name.textChanged.connect(lambda _text: self._show_state())
        self.keep.clicked.connect(self._keep)
        self.hint = plain(
            "视图记下筛选、查找、列和顺序，本单位的人在这台电脑上都能用。", muted=True, small=True
        )
        acts, line = QHBoxLayout(), QHBoxLayout()
        acts.addWidget(self.rename)
        acts.addWidget(self.forget)
        acts.addStretch(1)
        line.addWidget(self.name, 1)
        line.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.list, 1)
        column.addLayout(acts)
        column.addWidget(self.hint)
        column.addLayout(line)

    def show_views(self, found: Sequence[View], current: str) -> None:
        """Shows these views below the list of everything, with the cursor on the current one."""
        self.list.clear()
        for view in (EVERYTHING, *found):
            item = QListWidgetItem(view.name or "全部记录")
            item.setData(_VIEW, view)
            item.setToolTip(item.text())
            self.list.addItem(item)
            if view.name == current:
                self.list.setCurrentItem(item)
        self._renaming = ""
        self.name.clear()
        self._show_state()

    def wanted_size(self) -> QSize:
        """As high as its lines."""
        row = theme.measures().row
        lines = min(max(self.list.count(), 2), _MOST_LINES)
        return QSize(_WIDTH, lines * row + 3 * row + self.hint.heightForWidth(_WIDTH - 16) + 56)

    def open_below(self) -> None:
        """Opens with the cursor on the list, or on the name while there is nothing to choose from."""
        super().open_below()
        (self.list if self.list.count() > 1 else self.name).setFocus(Qt.FocusReason.PopupFocusReason)

    def _current(self) -> View | None:
        """The named view under the cursor."""
        item = self.list.currentItem()
        view: View | None = None if item is None else item.data(_VIEW)
        return view if view is not None and view.name else None

    def _names(self) -> list[str]:
        return [self.list.item(n).data(_VIEW).name for n in range(1, self.list.count())]

    def _show_state(self) -> None:
        for made in (self.rename, self.forget):
            made.setEnabled(self._current() is not None)
        typed = self.name.text().strip()
        known = typed in self._names() and typed != self._renaming
        self.keep.setText("改名" if self._renaming else "替换同名的" if known else "存为视图")
        self.keep.setEnabled(bool(typed) and not (self._renaming and known))
        self.keep.setToolTip("已经有这个名字" if self._renaming and known else "")

    def _choose(self, item: QListWidgetItem) -> None:
        view = item.data(_VIEW)
        self._leave()
        self.chosen.emit(view)

    def _leave(self) -> None:
        self.close_overlay()
        self.anchor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_renaming(self) -> None:
        view = self._current()
        if view is not None:
            self._renaming = view.name
            self.name.setText(view.name)
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.selectAll()
            self._show_state()

    def _forget(self) -> None:
        view = self._current()
        if view is not None:
            self._leave()
            self.forgotten.emit(view)

    def _keep(self) -> None:
        if not self.keep.isEnabled():
            return
        typed, renaming = self.name.text().strip(), self._renaming
        self._leave()
        if renaming:
            self.renamed.emit(renaming, typed)
        else:
            self.kept.emit(typed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes, F2 renames, Del forgets."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if watched is self.name and enter:
                self._keep()
                return True
            if watched is self.list:
                item = self.list.currentItem()
                if enter and item is not None:
                    self._choose(item)
                    return True
                if event.key() == Qt.Key.Key_F2:
                    self._begin_renaming()
                    return True
                if event.key() == Qt.Key.Key_Delete:
                    self._forget()
                    return True
        return super().eventFilter(watched, event)


class ViewsButton(QToolButton):
    """Names the view that is shown. ``present`` says what the list shows, ``wanted`` what it is to show."""

    wanted = Signal(object)

    def __init__(self, workbench: Workbench, type_name: str, present: Callable[[], View]) -> None:
        super().__init__()
        self._workbench, self._type, self._present = workbench, type_name, present
        self.views: list[View] = []
        self.overlay: ViewsOverlay | None = None
        self.setIcon(icons.icon("list-filter", theme.MUTED))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setProperty("flat", True)
        self.clicked.connect(self._open)
        QShortcut(QKeySequence("Alt+V"), self).activated.connect(self._open)
        self.show_current()
        self.load()

    def load(self) -> None:
        """Asks which views there are; erasing personal values forgets those that search for words."""
        name = self._type
        self._workbench.read(
            lambda database, _ticket: views.of(database, name), self._arrived, owner=self, key="views"
        )

    def _arrived(self, found: list[View]) -> None:
        self.views = found
        self.show_current()

    @property
    def current(self) -> str:
        """The name of the view that the list shows; empty when it shows something else."""
        present = self._present()
        return next((view.name for view in self.views if view.same(present)), "")

    def show_current(self) -> None:
        """Says which view is shown; other words would move the list that is open below them."""
        if self.overlay is not None:
            return
        name = self.current if self.views else ""
        short = name if len(name) <= _BUTTON_WORDS else name[:_BUTTON_WORDS] + "…"
        self.setText(f"视图：{short}" if name else "视图")
        self.setAccessibleName(f"视图：{name or '没有选'}")
        self.setToolTip(f"{name}\n选择、存下或改名（Alt+V）".strip())

    def _open(self) -> None:
        if self.overlay is not None:
            return
        overlay = ViewsOverlay(self)
        overlay.show_views(self.views, self.current)
        overlay.chosen.connect(self.wanted)
        overlay.kept.connect(self._keep)
        overlay.renamed.connect(self._rename)
        overlay.forgotten.connect(self._forget)
        overlay.closed.connect(lambda: self._closed(overlay))
        self.overlay = overlay
        overlay.open_below()

    def _closed(self, overlay: ViewsOverlay) -> None:
        overlay.deleteLater()
        if self.overlay is overlay:
            self.overlay = None
            self.show_current()

    def _keep(self, name: str) -> None:
        view = replace(self._present(), name=name)
        self._write("存下视图", lambda s, _t: views.keep(s, self._type, view), f"已存为视图“{name}”。")

    def _rename(self, old: str, new: str) -> None:
        self._write(
            "视图改名", lambda s, _t: views.rename(s, self._type, old, new), f"视图“{old}”改叫“{new}”。"
        )

    def _forget(self, view: View) -> None:
        self._write(
            "删除视图",
            lambda s, _t: views.forget(s, self._type, view.name),
            f"已删除视图“{view.name}”，记录没有动。",
            lambda: self._write("恢复视图", lambda s, _t: views.keep(s, self._type, view), "视图已恢复。"),
        )

    def _write(
        self,
        name: str,
        job: Callable[[Session, Ticket], list[View]],
        words: str,
        back: Callable[[], None] | None = None,
    ) -> None:
        def then(found: list[View]) -> None:
            self._arrived(found)
            self._workbench.shell.tell(Tone.GOOD, words, "撤消" if back is not None else "", back)

        self._workbench.write(name, job, then, owner=self, step=False)
