"""The generated list page of a record type: search, filters, columns, and what can be done with its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout

from desktop import reference
from desktop.operations import queries
from desktop.operations.queries import UnitNode
from desktop.operations.recording import examples
from desktop.operations.stations import unsettled
from desktop.operations.views import View
from desktop.records.declaration import RecordType, Role
from desktop.store.ledger import ChangeSet
from desktop.store.queries.reading import TITLE_ORDER, Query
from desktop.ui import icons, spacing, theme
from desktop.ui.lists.columns import columns_of, shown_at_first
from desktop.ui.lists.filters import FilterRow
from desktop.ui.lists.record_list import RecordList
from desktop.ui.lists.views import ViewsButton
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.parts import link
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.workbench import Workbench
from desktop.ui.worker import LATER

SEARCH_DELAY_MS = 180


class ListPage(Page):
    """All records of one type that the user may see."""

    adds_any = False

    def __init__(self, workbench: Workbench, record_type: RecordType, icon: str) -> None:
        super().__init__(workbench)
        self.record_type = record_type
        self._icon = icon
        self._several_units = False
        self.search = QLineEdit()
        self.filters = FilterRow(workbench, record_type)
        self.list = RecordList(workbench, record_type)
        self._columns_button = QToolButton()
        self.views = ViewsButton(workbench, record_type.name, self.view)
        self.restore_button = QPushButton("恢复选中的记录")
        self.missing = link("", lambda: workbench.shell.open_page("sync", part="unsettled"))
        """Leads to records that would stand here, but were not taken."""
        self._selection: Query | None = None
        self._count = (0, 0)
        self._fresh = True
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._timer.timeout.connect(lambda: self._ask())
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(lambda: self._ask())
        self.filters.changed.connect(lambda: self._ask())
        self.filters.selection_cleared.connect(self._selection_cleared)
        self.list.counted.connect(self._counted)
        self.list.new_wanted.connect(self._new)
        self.list.find_wanted.connect(self._find)
        self.list.counted.connect(lambda *_: self.views.show_current())
        self.views.wanted.connect(self.show_view)
        self._show_columns()
        self._load_units()
        self._ask()

    def _build(self) -> None:
        heading = QLabel(self.record_type.label)
        heading.setProperty("heading", "1")
        fields = "、".join(f.label for f in self.record_type.fields if f.search)
        self.search.setPlaceholderText("查找文字或名称的拼音首字母（Ctrl+F）")
        whole = "、".join(f.label for f in self.record_type.found_whole)
        more = f"。也可以输入完整的姓名或号码，按这些查找：{whole}" if whole else ""
        self.search.setToolTip(f"在这些内容里查找：{fields}{more}" if fields else "这类记录没有可查找的文字")
        self.search.setEnabled(bool(fields))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(f"查找{self.record_type.label}")
        self.search.addAction(
            QAction(icons.icon("search", theme.MUTED), "查找", self.search),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.search.setMinimumWidth(280)
        self.search.setMaximumWidth(460)
        self.search.installEventFilter(self)
        self.list.pasting.catch_blocks(self.search)
        self._columns_button.setText("选择列")
        self._columns_button.setIcon(icons.icon("columns-3", theme.MUTED))
        self._columns_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._columns_button.setProperty("flat", True)
        self._columns_button.clicked.connect(self._choose_columns)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(heading)
        line.addWidget(self.search, 1)
        line.addStretch(1)
        line.addWidget(self.missing)
        self.missing.hide()
        line.addWidget(self.restore_button)
        line.addWidget(self.views)
        line.addWidget(self._columns_button)
        self.restore_button.clicked.connect(self.list.restore_selected)
        self.restore_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.filters)
        column.addWidget(self.list, 1)

    # -- asking ----------------------------------------------------------------------------------------------------

    def _ask(self, order: str = "", descending: bool = False) -> None:
        """Asks in another order, or in that of before."""
        self._timer.stop()
        present = self.list.model.query
        query = replace(
            self._selection or Query(self.record_type.name),
            order=order or present.order,
            descending=descending if order else present.descending,
        )
        query = replace(self.filters.applied(query), text=self.search.text().strip())
        self.list.show_query(query)
        self.restore_button.setVisible(self.filters.deleted and self.list.writable)
        self.state_changed.emit()

    def show_selection(self, query: Query, words: str) -> None:
        """Shows the records that a number on another page counts; ``words`` say which, until the user clears them."""
        self.search.clear()
        self._selection = query
        self.filters.show_selection(words)
        self._ask()

    def view(self) -> View:
        """What the list shows now, as it would be kept under a name."""
        query = self.list.model.query
        return View(
            text=self.search.text().strip(),
            filters=self.filters.values,
            unit=self.filters.unit,
            disputed=self.filters.disputed,
            deleted=self.filters.deleted,
            columns=tuple(c.name for c in self.list.columns),
            order=query.order,
            descending=query.descending,
        )

    def show_view(self, view: View) -> None:
        """Shows what a view says; the columns stay where it names none, and what is gone is passed over."""
        self._selection = None
        self.filters.show_view(view.filters, view.unit, disputed=view.disputed, deleted=view.deleted)
        self.search.setText(view.text)
        known = {c.name for c in columns_of(self.record_type)}
        if columns := [name for name in view.columns if name in known]:
            self.workbench.settings.keep_columns(self.record_type.name, columns)
            self._show_columns()
        orders = {c.order for c in columns_of(self.record_type)}
        order = view.order if view.order in orders else TITLE_ORDER
        self._ask(order, view.descending and order == view.order)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selection_cleared(self) -> None:
        self._selection = None
        self._ask()

    def _load_units(self) -> None:
        types = self.workbench.types
        self.workbench.read(
            lambda database, _ticket: queries.unit_tree(database, types),
            self._units_arrived,
            owner=self,
            key="units",
        )

    def _units_arrived(self, units: list[UnitNode]) -> None:
        own = own_and_below(units, self.workbench.facts.unit.id)
        self.filters.set_units(own)
        self.list.model.units = {u.id: u.name for u in units}
        if (len(own) > 1) != self._several_units:
            self._several_units = len(own) > 1
            self._show_columns()
            self.list.model.refresh()

    def _load_missing(self) -> None:
        here, name = self.workbench.here, self.record_type.name
        self.workbench.read(
            lambda database, _ticket: (unsettled.missing(database, here, name), unsettled.unlisted(database)),
            lambda found: self._missing_arrived(*found),
            owner=self,
            key="missing",
            priority=LATER,
        )

    def _missing_arrived(self, count: int, unlisted: int) -> None:
        self.missing.setVisible(count > 0)
        self.missing.setText(f"另有{count}条{'以上' if unlisted else ''}没有收下 ›")
        self.missing.setToolTip("不计入、也不在这张表里；点一下看是哪几条、为什么。")

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again; units too when they changed."""
        if changes is None or changes.everything:
            self._load_missing()
        if changes is None or changes.everything or "unit" in changes.records:
            self._load_units()
        if changes is None or self.record_type.name in changes.records or changes.everything:
            self.views.load()
        self.list.refresh(changes)

    def _counted(self, count: int, selected: int) -> None:
        self._count = (count, selected)
        self.restore_button.setEnabled(selected > 0)
        if not count and not self.list.model.loading:
            self._show_empty()
            if self._nobody_at_work() and not self.list.empty.primary.isHidden():
                self.list.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        if count and not self.list.model.loading and self._nobody_at_work():
            # The page was entered before it had anything to put the cursor on.
            self._fresh = False
            self.list.table.take_cursor()
        self.state_changed.emit()

    def _nobody_at_work(self) -> bool:
        """Whether the cursor is where it was put when nothing was known of the records yet."""
        waiting = self.search.hasFocus() and not self.search.text() and not self.filters.active
        return self._fresh and (waiting or self.list.table.hasFocus())

    def _show_empty(self) -> None:
        label, empty = self.record_type.label, self.list.empty
        if self.filters.deleted and not self.search.text():
            empty.show_words(
                "trash-2", f"没有已删除的{label}", "", ("返回列表", self.filters.clear), quiet=True
            )
        elif self.filters.active or self.search.text():
            empty.show_words(
                "search",
                "没有找到符合条件的记录",
                "换几个字试试，或者清除筛选条件。",
                ("清除条件", self._clear),
                quiet=True,
            )
        elif not self.list.writable:
            empty.show_words("info", f"还没有{label}", self.why_none())
        else:
            shell = self.workbench.shell
            more = ("从表格导入", self._import) if shell.has_page("import") else None
            if reference.examples(self.record_type.name) is not None:
                more = ("放入示例（非官方）", self._take_examples)
            empty.show_words(
                self._icon, f"还没有登记{label}", self.record_type.help, (self._new_words(), self._new), more
            )

    def why_none(self) -> str:
        """What is said where there is nothing and nobody can write anything here."""
        if self.record_type.by_program:
            return "这类记录由程序登记，有了以后在这里显示。"
        if (why := self.workbench.unwritten) is not None:
            return why.sentence
        if self.workbench.role is Role.READER:
            return "您登录的身份只能查看；有人登记以后在这里显示。"
        return "这类记录由别的单位登记，随数据包下来后在这里显示。"

    def _take_examples(self) -> None:
        """What comes with the program is a beginning, to be worked over."""
        bench, name, label = self.workbench, self.record_type.name, self.record_type.label

        def done(changes: ChangeSet) -> None:
            count = len(changes.records.get(name, ()))
            words = f"已放入{count}条{label}示例，不是官方口径，请核对后改成自己的。"
            bench.shell.tell(Tone.GOOD, words, "撤消", bench.undo)

        bench.write(
            f"放入{label}示例", lambda session, _ticket: examples.take_over(session, name), done, owner=self
        )

    def _clear(self) -> None:
        self.search.clear()
        self.filters.clear()

    # -- columns ---------------------------------------------------------------------------------------------------

    def _show_columns(self) -> None:
        chosen = self.workbench.settings.columns(self.record_type.name)
        self.list.set_columns(chosen or shown_at_first(self.record_type, several_units=self._several_units))

    def _choose_columns(self) -> None:
        choices = [Choice(c.name, c.label) for c in columns_of(self.record_type)]
        ticked = [c.name for c in self.list.columns]
        overlay = ChoiceOverlay(self._columns_button, choices, ticked, matches=matches)
        overlay.chosen.connect(self._columns_chosen)
        overlay.closed.connect(overlay.deleteLater)
        overlay.open_below()

    def _columns_chosen(self, names: list[str]) -> None:
        present = [c.name for c in self.list.columns]
        ordered = [n for n in present if n in names] + [n for n in names if n not in present]
        self.workbench.settings.keep_columns(self.record_type.name, ordered)
        self._show_columns()
        self.list.model.refresh()

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The type's name."""
        return self.record_type.label

    @property
    def help_anchor(self) -> str:
        """The type."""
        return self.record_type.name

    def _new_words(self) -> str:
        return f"新增{self.record_type.label.partition('（')[0]}"

    def words_for(self, act: Act) -> str:
        """Says what is new, and 恢复 among the deleted ones."""
        return self._new_words() if act is Act.NEW and not self.record_type.by_program else ""

    def primary(self) -> Act | None:
        """A new record is what one comes here for; while nothing is there, the button for it stands in the middle."""
        return None if self.list.empty_shown and self.list.empty.stands_out else Act.NEW

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """New, find; import, export and print where there are pages for them."""
        shell, possible = self.workbench.shell, {Act.FIND: self._find}
        if self.list.writable and not self.filters.deleted:
            possible[Act.NEW] = self._new
            if shell.has_page("import"):
                possible[Act.IMPORT] = self._import
        if shell.has_page("export") and self._count[0]:
            possible[Act.EXPORT] = lambda: shell.open_page("export", **self._shown())
        if self._count[0]:
            possible[Act.PRINT] = self._print
        return possible

    def _print(self) -> None:
        """What the list shows, with its columns, order and filters in words."""
        from desktop.ui.lists.printing import print_list  # loads what only paper needs
        from desktop.ui.printing.papers import choose_paper, register_choices

        text = self.search.text().strip()
        scope = "；".join(filter(None, [self.filters.words(), f"查找“{text}”" if text else ""]))
        shown = (
            f"列表：{self.record_type.label}",
            lambda: print_list(self.workbench, self.list.model, scope, self.list.sums_words()),
        )
        choose_paper(self, [shown, *register_choices(self.workbench, self.record_type.name)])

    def _shown(self) -> dict[str, object]:
        return {"type_name": self.record_type.name, "query": self.list.model.query}

    def status(self) -> Status:
        """How many there are and how many are selected."""
        count, selected = self._count
        return Status(f"共{count}条", f"已选{selected}条" if selected else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of a list."""
        return {
            "Enter": "打开选中的记录",
            "F2": "打开并修改光标所在的一项",
            "Ins 或 Ctrl+N": "新增",
            "Del": "删除选中的记录（会先问一声）",
            "Ctrl+C": "把选中的行复制到表格",
            "Ctrl+V": "粘贴从表格里复制的行（先预览，确认才写入）",
            "Ctrl+B": "批量修改选中的记录（Ctrl+A全选）",
            "Shift+F10 或菜单键": "选中的记录能做什么：复制一条新增、合并为一家等",
            "Ctrl+F 或 /": "查找",
            "Alt+V": "视图：选择、存下、改名",
            "Home、End": "到第一条、最后一条",
        }

    def enter(self) -> None:
        """The cursor goes to the records, with one in hand, or to the button of the empty page."""
        self._load_missing()
        self._fresh = not self.list.model.rowCount()
        if self._fresh and self.search.isEnabled():
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._fresh and self.list.empty.primary.isVisible():
            self.list.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.list.table.take_cursor()

    def keep_clear(self, foot: int) -> None:
        """The last rows and the sums stand above the notice; those at the top stay where they are."""
        left, top, right, bottom = spacing.PAGE
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(left, top, right, max(bottom, foot))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search box, the down arrow goes to the records and Esc empties it."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down and self.list.model.rowCount():
                self.list.table.take_cursor()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _find(self) -> None:
        self._fresh = False
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _new(self) -> None:
        if self.list.writable:
            self.workbench.shell.new_record(self.record_type.name)

    def _import(self) -> None:
        self.workbench.shell.open_page("import", type_name=self.record_type.name)


def own_and_below(units: Sequence[UnitNode], own: str) -> list[UnitNode]:
    """The units whose records one sees: those above send down none of their own; all while the own is not held."""
    inside = {own}
    for unit in units:  # those above stand before those below
        if unit.superior in inside:
            inside.add(unit.id)
    found = [unit for unit in units if unit.id in inside]
    return found if any(unit.id == own for unit in found) else list(units)
