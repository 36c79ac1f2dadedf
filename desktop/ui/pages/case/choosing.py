"""Who gets a class notice: employers taken from the list by search, filters and views, or pasted by name or code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.operations import queries, supervision
from desktop.operations.queries import UnitNode
from desktop.operations.session import Session
from desktop.operations.supervision.batches import MOST, Chosen, Named
from desktop.operations.views import View
from desktop.store.queries.reading import TITLE_ORDER, Query
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.lists.columns import columns_of
from desktop.ui.lists.filters import FilterRow
from desktop.ui.lists.model import RowsModel
from desktop.ui.lists.page import SEARCH_DELAY_MS, own_and_below
from desktop.ui.lists.table import RowsTable
from desktop.ui.lists.views import ViewsButton
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, button, heading, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_TYPE = "enterprise"
_COLUMNS = ("name", "uscc", "town")
_MOST_TAKEN = 2_000
"""More employers than that are not even looked at: the list has to be filtered first."""
_MOST_NAMED = 5


class Chooser(QWidget):
    """The list at the left, those who were taken at the right. ``judged`` says that it is known who gets one."""

    judged = Signal()

    def __init__(self, workbench: Workbench, case: str) -> None:
        super().__init__()
        self._bench, self._case = workbench, case
        self._type = workbench.types[_TYPE]
        self.ids: list[str] = []
        self.found = Chosen({}, {})
        self.search = QLineEdit()
        self.filters = FilterRow(workbench, self._type)
        self.model = RowsModel(workbench, self._type, self)
        self.table = RowsTable(self.model)
        self.views = ViewsButton(workbench, _TYPE, self.view)
        self.count = plain("", muted=True)
        self.take_button = button("加入选中的（Enter）", self.take_selected, "plus")
        self.all_button = button("全部加入", self.take_all)
        self.head = heading()
        self.note = Note()
        self.taken = Grid([Col("单位", 24, wide=True), Col("说明", 22)], "要发给的单位")
        self.taken.setSelectionMode(Grid.SelectionMode.ExtendedSelection)
        self.paste_button = button("粘贴名单（Ctrl+V）", self.paste, "file-input")
        self.drop_button = button("移出选中的（Del）", self.drop_selected, "x")
        self.tidy_button = button("移出不发的", self.drop_passed)
        self.keep_button = button(f"只留前{MOST}家", self.keep_first)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._build()
        self._connect()
        known = {c.name: c for c in columns_of(self._type)}
        self.model.set_columns([known[name] for name in _COLUMNS if name in known])
        self._load_units()
        self._ask()
        self._show()

    def _build(self) -> None:
        find = QLabel("找单位(&Z)")
        find.setBuddy(self.search)
        self.search.setPlaceholderText("名称、地址里的字，或名称的拼音首字母")
        self.search.setClearButtonEnabled(True)
        self.filters.chips["_deleted"].hide()
        left, right = QVBoxLayout(), QVBoxLayout()
        line = row(find, self.search, self.views)
        line.setStretch(1, 1)
        left.addLayout(line)
        left.addWidget(self.filters)
        left.addWidget(self.table, 1)
        foot = row(self.take_button, self.all_button, self.count)
        foot.setStretch(2, 1)
        left.addLayout(foot)
        right.addLayout(row(self.head, 1, self.paste_button))
        right.addWidget(self.note)
        right.addWidget(self.taken, 1)
        right.addLayout(row(self.drop_button, self.tidy_button, self.keep_button, 1))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(16)
        for column, share in ((left, 6), (right, 5)):
            column.setSpacing(6)
            whole.addLayout(column, share)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._ask)
        self.filters.changed.connect(self._ask)
        self.views.wanted.connect(self.show_view)
        self.model.loaded.connect(self._counted)
        self.table.opened.connect(lambda *_: self.take_selected())
        self.table.find_wanted.connect(self.search.setFocus)
        self.table.selection_counted.connect(lambda _count: self._counted())
        self.table.horizontalHeader().setSectionsClickable(False)
        self.search.installEventFilter(self)
        self.taken.installEventFilter(self)
        self.taken.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self).activated.connect(self.paste)

    # -- the list --------------------------------------------------------------------------------------------------

    def _load_units(self) -> None:
        types, own = self._bench.types, self._bench.facts.unit.id

        def then(units: list[UnitNode]) -> None:
            self.filters.set_units(own_and_below(units, own))

        self._bench.read(
            lambda database, _ticket: queries.unit_tree(database, types), then, owner=self, key="units"
        )

    def _ask(self) -> None:
        self._timer.stop()
        query = self.filters.applied(Query(_TYPE, order=TITLE_ORDER, text=self.search.text().strip()))
        self.model.show(query)
        self.views.show_current()

    def view(self) -> View:
        """What is searched and filtered, as it would be kept under a name."""
        return View(
            text=self.search.text().strip(), filters=self.filters.values, unit=self.filters.unit,
            disputed=self.filters.disputed, order=TITLE_ORDER,
        )  # fmt: skip

    def show_view(self, view: View) -> None:
        """Searches and filters as a view of the list of enterprises does."""
        self.filters.show_view(view.filters, view.unit, disputed=view.disputed, deleted=False)
        self.search.setText(view.text)
        self._ask()

    def _counted(self) -> None:
        count, selected = self.model.rowCount(), len(self.table.positions())
        self.count.setText(f"共{count}家" + (f"，已选{selected}家" if selected else ""))
        self.all_button.setText(f"全部加入（{count}家）")
        self.all_button.setEnabled(count > 0)
        self.take_button.setEnabled(selected > 0)

    # -- taking ----------------------------------------------------------------------------------------------------

    def take_selected(self) -> None:
        """Takes the selected employers."""
        self._take(self.model.row_numbers(self.table.positions()))

    def take_all(self) -> None:
        """Takes all that the search and the filters leave."""
        self._take(self.model.all_rows())

    def _take(self, numbers: Sequence[int]) -> None:
        if len(numbers) > _MOST_TAKEN:
            words = f"这里有{len(numbers)}家，一次最多发{MOST}份。请先用查找和筛选缩小范围。"
            self._bench.shell.tell(Tone.WARNING, words)
        elif numbers:
            self.model.read(numbers, lambda shown: shown.id, self.take)

    def take(self, ids: Sequence[str]) -> None:
        """Takes these employers, and asks who of all taken gets a notice."""
        self.ids = list(dict.fromkeys([*self.ids, *ids]))
        self._judge()

    def paste(self) -> None:
        """Takes the employers whose names or codes were copied, one a line."""
        text = QGuiApplication.clipboard().text()
        lines = [
            [cell.strip(' "') for cell in line.split("\t")] for line in text.splitlines() if line.strip()
        ]
        if not lines:
            words = "剪贴板里没有名单。请在表格里选中单位名称或信用代码，复制以后再粘贴。"
            self._bench.shell.tell(Tone.WARNING, words)
            return
        if len(lines) > _MOST_TAKEN:
            words = f"名单有{len(lines)}行，太长了，一次最多发{MOST}份。"
            self._bench.shell.tell(Tone.WARNING, words)
            return

        def job(session: Session, _ticket: Ticket) -> Named:
            return supervision.named(session, lines)

        def then(named: Named) -> None:
            self.take(named.ids)
            said = [
                f"{words}：{'、'.join(missed[:_MOST_NAMED])}"
                + (f"等{len(missed)}行" if len(missed) > _MOST_NAMED else "")
                for words, missed in (("没有找到", named.unknown), ("不止一家同名", named.several))
                if missed
            ]
            words = f"名单{len(lines)}行，加入{len(named.ids)}家。{'；'.join(said)}{'。' if said else ''}"
            self._bench.shell.tell(Tone.WARNING if said else Tone.GOOD, words)

        self._bench.write("查找名单里的单位", job, then, owner=self, step=False)

    def drop_selected(self) -> None:
        """Takes the selected ones out again."""
        rows = {index.row() for index in self.taken.selectionModel().selectedRows()}
        self._drop({self.taken.rows.lines[n].key for n in rows})

    def drop_passed(self) -> None:
        """Takes those out that get none anyhow."""
        self._drop(set(self.found.passed))

    def keep_first(self) -> None:
        """Keeps as many as go out in one run; taken again, those are passed over and the next ones come."""
        self._drop(set(self.ids) - set(list(self.found.employers)[:MOST]))

    def _drop(self, gone: set[str]) -> None:
        if gone:
            self.ids = [each for each in self.ids if each not in gone]
            self._judge()

    def _judge(self) -> None:
        case, ids = self._case, tuple(self.ids)

        def job(session: Session, _ticket: Ticket) -> Chosen:
            return supervision.chosen(session, case, ids)

        def then(found: Chosen) -> None:
            if ids == tuple(self.ids):
                self.found = found
                self._show()

        self._bench.write("核对单位", job, then, owner=self, step=False)

    # -- who gets one ----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        found = self.found
        lines = [
            Line((p.name or "（没有名称）", f"不发：{p.why}"), Tone.WARNING, key)
            for key, p in found.passed.items()
        ]
        lines += [Line((name, "发一份"), None, key) for key, name in found.employers.items()]
        self.taken.show_lines(lines)
        self.head.setText(f"发给{len(found.employers)}家" if found.employers else "还没有要发给的单位")
        self.note.say(Tone.WARNING, self._passed_words())
        self._show_buttons()
        self.judged.emit()

    def _passed_words(self) -> str:
        found = self.found
        if len(found.employers) > MOST:
            words = f"一次最多发{MOST}份，现在有{len(found.employers)}家。"
            return f"{words}可以先发前{MOST}家，发完再全部加入一次：发过的不会重发。"
        if not found.passed:
            return ""
        whys = [p.why for p in found.passed.values()]
        said = [f"{whys.count(why)}家{why}" for why in dict.fromkeys(whys)]
        return f"有{len(whys)}家不发：{'，'.join(said)}。"

    def _show_buttons(self) -> None:
        self.drop_button.setEnabled(self.taken.selectionModel().hasSelection())
        self.tidy_button.setVisible(bool(self.found.passed))
        self.keep_button.setVisible(len(self.found.employers) > MOST)

    @property
    def sendable(self) -> bool:
        """Whether there is somebody to send to, and not too many."""
        return 0 < len(self.found.employers) <= MOST

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The down arrow goes from the search to the list, a pasted list is no search, Del takes out."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is self.search and event.key() == Qt.Key.Key_Down and self.model.rowCount():
            self.table.take_cursor()
            return True
        if watched is self.search and event.matches(QKeySequence.StandardKey.Paste):
            if len(QGuiApplication.clipboard().text().splitlines()) > 1:
                self.paste()
                return True
        elif watched is self.taken and event.key() == Qt.Key.Key_Delete:
            self.drop_selected()
            return True
        return super().eventFilter(watched, event)
