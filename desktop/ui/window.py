"""The main window: navigation, actions at the top, the page in front, one line at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet
from desktop.store.queries.reading import Query
from desktop.store.workspaces.drafts import Draft
from desktop.ui import registry, theme
from desktop.ui.adding import addable, choose_new
from desktop.ui.dialogs import Answer
from desktop.ui.lists.page import ListPage
from desktop.ui.navigation import WIDTH, Navigation
from desktop.ui.notices import FloatingNotice, Tone
from desktop.ui.page import Act, Page
from desktop.ui.registry import Entry
from desktop.ui.shell import Opening
from desktop.ui.statusbar import StatusBar
from desktop.ui.theme import PROGRAM, TextSize
from desktop.ui.topbar import TopBar
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.reach import PageStack
from desktop.ui.widgets.scanned import SHEET, ScanWatch
from desktop.ui.widgets.typed import TypedKeys, settle
from desktop.ui.workbench import Workbench

if TYPE_CHECKING:
    from desktop.ui.pages.sync.herald import InboxHerald


class MainWindow(QMainWindow):
    """Shows one page of the navigation, with the forms opened from it in front. Is the shell of its pages."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        # It goes with the window: what is connected to it holds pages, where no collector sees that.
        workbench.setParent(self)
        self.workbench = workbench
        workbench.shell = self
        self._entries: dict[str, Entry] = {e.key: e for h in registry.headings(workbench) for e in h.entries}
        self._roots: dict[str, Page] = {}
        self._root = ""
        self._trail: list[Page] = []
        self._told_at: Page | None = None
        self._adds = bool(addable(workbench))
        self._herald: InboxHerald | None = None
        self.navigation = Navigation(registry.headings(workbench))
        self.topbar = TopBar(self)
        self.statusbar = StatusBar(workbench)
        self._stack = PageStack()
        self.notices = FloatingNotice(self._stack)
        workbench.place = self._stack.place
        self._build()
        self.navigation.chosen.connect(self.open_page)
        self.topbar.undo.triggered.connect(workbench.undo)
        self.topbar.redo.triggered.connect(workbench.redo)
        self.topbar.refresh.triggered.connect(lambda: self._refresh(None))
        self.topbar.help.triggered.connect(self._help)
        self.topbar.larger.triggered.connect(self._change_text_size)
        self.notices.covers.connect(self._keep_clear)
        self.statusbar.drafts_wanted.connect(self.offer_drafts)
        workbench.changed.connect(self._refresh)
        workbench.steps_changed.connect(self._show_steps)
        for keys in (QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Left), QKeySequence(Qt.Key.Key_Back)):
            QShortcut(keys, self).activated.connect(self.back)
        QShortcut(QKeySequence(Qt.Key.Key_F7), self).activated.connect(self._look_through)
        QShortcut(QKeySequence(Qt.Key.Key_F6), self).activated.connect(self._change_sides)
        self._typed, self._scans = TypedKeys(self), ScanWatch(self)
        self._scans.scanned.connect(lambda text: self.open_page("sync", part=f"{SHEET}{text}"))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_cursor)
        self._show_steps()

    def _follow_cursor(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._stack.bring_into_view(now)
        self.notices.make_way()
        self._typed.follow(now)
        self._scans.follow(now)

    def _build(self) -> None:
        brand = self._brand = QFrame()
        brand.setObjectName("brand")
        brand.setFixedWidth(WIDTH)
        name, unit = QLabel(PROGRAM), ElidedLabel()
        unit.setText(self.workbench.facts.unit.name)
        name.setProperty("heading", "1")
        unit.setProperty("muted", True)
        unit.setProperty("small", True)
        words = QVBoxLayout(brand)
        words.setContentsMargins(16, 3, 8, 3)
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(unit)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(brand)
        left.addWidget(self.navigation)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.topbar)
        right.addWidget(self._stack, 1)
        both = QHBoxLayout()
        both.setSpacing(0)
        both.addLayout(left)
        both.addLayout(right, 1)
        whole = QWidget()
        whole.setObjectName("page")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(both, 1)
        column.addWidget(self.statusbar)
        self.setCentralWidget(whole)
        # At 150 % a screen of 768 lines holds 512, less the bars of the desktop and the frame.
        self.setMinimumSize(QSize(880, 400))

    def showEvent(self, event: QShowEvent) -> None:
        """Only now is it known how high words are."""
        super().showEvent(event)
        self._level()

    def _level(self) -> None:
        """One line below the unit's name and the actions, high enough for both."""
        parts = (self._brand, self.topbar)
        height = max(part.sizeHint().height() for part in parts)
        for part in parts:
            part.setFixedHeight(height)

    # -- the shell -------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self._trail[-1] if self._trail else self._roots.get(self._root)

    def open_page(self, key: str, **arguments: Any) -> None:
        """Shows a page of the navigation, perhaps at a ``part`` of it, or a tool in front of the present one."""
        if key not in self._entries:
            self._push(registry.tool(self.workbench, key, **arguments))
            return
        if not self._leave_trail(lambda: self.open_page(key, **arguments)):
            self.navigation.show_current(self._root)
            return
        if key not in self._roots:
            if key == "sync" and self._herald is not None:
                self._herald.retire()
                self._herald = None
            self._roots[key] = self._entries[key].make(self.workbench)
            self._adopt(self._roots[key])
        self._root = key
        self._show()
        if part := arguments.get("part"):
            self._roots[key].go_to_part(part)

    def open_list(self, type_name: str, query: Query, words: str) -> None:
        """Shows the list of a type with the records of a query."""
        key = f"list:{type_name}"
        self.open_page(key)
        page = self.page
        if self._root == key and isinstance(page, ListPage):
            page.show_selection(query, words)

    def has_page(self, key: str) -> bool:
        """Whether there is such a page."""
        return key in self._entries or key in registry.TOOLS

    def open_record(self, type_name: str, record: str, field: str = "") -> None:
        """Shows a record; one that is open behind the present page comes to the front again."""
        for depth, page in enumerate(self._trail):
            if page.property("record") == f"{type_name}:{record}":
                while len(self._trail) > depth + 1:
                    if not self._pop(lambda: self.open_record(type_name, record, field)):
                        return
                self._show()
                return
        self.open_form(Opening(type_name, record, cursor=field))

    def new_record(self, type_name: str, values: Mapping[str, Cell] | None = None) -> None:
        """Shows an empty form, with these values to begin with."""
        self.open_form(Opening(type_name, values=values or {}))

    def open_draft(self, draft: Draft) -> None:
        """Shows the form, or the page, that a draft was typed into, as it was left."""
        if (page := registry.DRAFT_PAGES.get(draft.type)) is not None:
            self.open_page(page, part=draft.key)
            return
        self.open_form(Opening(draft.type, draft.record or None, draft=draft))

    def open_form(self, opening: Opening) -> None:
        """Shows a form as it is described."""
        page = registry.record_page(self.workbench, opening)
        page.setProperty("record", f"{opening.type}:{opening.record}")
        self._push(page)

    def back(self) -> None:
        """Returns to the page before; the page itself may ask whether it can go."""
        if self._pop(self.back):
            self._show()

    def tell(self, tone: Tone, words: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        """Says something over the foot of the page."""
        self._told_at = self.page
        self.notices.show_notice(tone, words, action, then)

    def _keep_clear(self, foot: int) -> None:
        if self._told_at is not None:
            self._told_at.keep_clear(foot)

    def move_on(self) -> None:
        """Takes away what was said of what is done with, as when another page is shown."""
        self.notices.leave()

    # -- pages -----------------------------------------------------------------------------------------------------

    def _adopt(self, page: Page) -> None:
        self._stack.add(page)
        page.state_changed.connect(self._show_state)

    def _push(self, page: Page) -> None:
        self._trail.append(page)
        self._adopt(page)
        self._show()

    def _pop(self, again: Callable[[], None]) -> bool:
        if not self._trail or not self._trail[-1].may_leave(again):
            return False
        page = self._trail.pop()
        self._stack.remove(page)
        page.deleteLater()
        return True

    def _leave_trail(self, again: Callable[[], None]) -> bool:
        while self._trail:
            if not self._pop(again):
                return False
        return True

    def _show(self) -> None:
        page = self.page
        if page is None:
            return
        if self._told_at is not page:
            # What was said of another page would be read as said of this one.
            self.notices.leave()
        self._stack.show_page(page)
        self.navigation.show_current(self._root)
        self._show_state()
        page.enter()

    def _show_state(self) -> None:
        page = self.page
        if page is None:
            return
        self.setWindowTitle(f"{page.title} - {self.workbench.facts.unit.name} - {PROGRAM}")
        self.topbar.show_actions(self._acts(page), page.primary(), page.words_for)
        self.statusbar.show_status(page.status())

    def _acts(self, page: Page) -> Mapping[Act, Callable[[], None]]:
        """What the page offers; where none shows one kind of record, any may be added."""
        found = page.acts()
        if Act.NEW in found or not page.adds_any or not self._adds:
            return found
        return {**found, Act.NEW: lambda: choose_new(page, self.workbench)}

    def _show_steps(self) -> None:
        if self.page is not None:
            settle(self.page)
        self.topbar.show_steps(self.workbench.steps.last, self.workbench.steps.next)

    def _refresh(self, changes: ChangeSet | None) -> None:
        for page in [*self._roots.values(), *self._trail]:
            page.refresh(changes)
        self._show_state()

    def _look_through(self) -> None:
        """F7: the logic check, wherever one is."""
        in_front = self.page is self._roots.get("logic")
        self.open_page("logic", part="again" if in_front else "")

    def _change_sides(self) -> None:
        """F6: from the page to the navigation, and back to where its work begins."""
        if self.page is not None and self.navigation.hasFocus():
            self.page.enter()
        else:
            self.navigation.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _help(self) -> None:
        page = self.page
        if page is not None and page.property("help") is None:
            self.open_page("help", anchor=page.help_anchor, keys=page.shortcuts())

    def _change_text_size(self) -> None:
        """Between the usual size of text and a larger one."""
        settings = self.workbench.settings
        large = settings.text_size is TextSize.LARGE
        settings.text_size = TextSize.NORMAL if large else TextSize.LARGE
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, settings.text_size)
            self._level()

    # -- drafts and the end ----------------------------------------------------------------------------------------

    def offer_drafts(self) -> None:
        """Asks whether to go on with what was typed and not saved; says nothing when there is none."""
        from desktop.ui.draft_dialog import offer

        self.workbench.read_drafts(partial(offer, self.workbench), self)

    def start(self) -> None:
        """Shows the first page, then asks about drafts as soon as the window stands."""
        self.open_page(next(iter(self._entries)))
        QTimer.singleShot(0, self, self.offer_drafts)
        QTimer.singleShot(0, self, self._watch_inbox)

    def _watch_inbox(self) -> None:
        """Tells of new files from the start on, not only once their page was opened."""
        from desktop.ui.pages.sync.herald import InboxHerald  # loads what the first page does not need

        if "sync" in self._entries and "sync" not in self._roots:
            self._herald = InboxHerald(self.workbench, self)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks about what is not saved, lets running work end, and closes the workspace."""
        again = self._close_again
        if not self._leave_trail(again) or not all(p.may_leave(again) for p in self._roots.values()):
            event.ignore()
            return
        if not self.workbench.writer.idle and self._keep_waiting():
            event.ignore()
            return
        self.workbench.settings.geometry = self.saveGeometry()
        self.workbench.settings.save()
        self.workbench.close()
        event.accept()

    def _close_again(self) -> None:
        self.close()

    def _keep_waiting(self) -> bool:
        answer = self.workbench.dialogs.ask(
            "还有工作没有完成",
            "程序正在保存或处理数据。等它完成后关闭，不会丢失任何内容。",
            yes="完成后关闭",
        )
        return answer is not Answer.YES
