"""The page 下一步走访: which enterprises to visit next and why, narrowed to one village, printed as a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from desktop.documents.lists import PaperColumn, PaperList
from desktop.operations.plan import plan as operations
from desktop.operations.plan.plan import ToVisit
from desktop.operations.session import Session
from desktop.plan.results import DASH
from desktop.plan.tree import Unit
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui import spacing
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.page import Act, Page, Status
from desktop.ui.parts import button, heading, link, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

FIRST, MORE = 10, 20
_MOST_REASONS = 3
_TOWN = 9
"""Digits of a town's code, with which those of its villages begin."""
_CONCERNED = frozenset({
    "enterprise", "union", "visit", "member", "case", "case_event", "congress", "coverage", "collective_contract",
    "unit",
})  # fmt: skip


class NextVisitsPage(Page):
    """Rows by their points; the buttons narrow the list to the village or town of the row under the cursor."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.visits: list[ToVisit] = []
        self.place = self.place_name = ""
        self._limit, self._stale = FIRST, False
        self.around = button("同一村社的", self.show_around, "map-pin")
        self.town = button("同一镇街的", self.show_town)
        self.everywhere = button("全部", self.show_everywhere, "x")
        self.more = link(f"再列{MORE}家", self.show_more)
        self.scope = plain(muted=True)
        self.grid = Grid(
            [Col("单位", 16, wide=True), Col("在哪里", 11, wide=True), Col("为什么去", 26, wide=True),
             Col("分值", 4, numeric=True), Col("上次走访", 9), Col("同一村社还有", 8, numeric=True)],
            "下一步走访", wrapping=True,
        )  # fmt: skip
        self.empty = EmptyState()
        self.empty.show_words(
            "circle-check", "现在没有要走访的企业", "登记企业以后，该去的会按理由排在这里。"
        )
        self._build()
        self.grid.opened.connect(self._open)
        self.grid.chosen.connect(lambda _visit: self._offer())
        self.load()

    def _build(self) -> None:
        rules = operations.visit_reasons()
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(10)
        title = heading("下一步走访", 1)
        column.addLayout(row(title, 1, self.around, self.town, self.everywhere))
        points = "、".join(f"{r.label}{r.points}" for r in rules.reasons)
        words = plain("按各条理由的分值之和排列；分值为示例，非官方。双击或按Enter打开单位。", muted=True)
        words.setToolTip(f"{points}。\n{rules.source}")
        column.addWidget(words)
        column.addWidget(self.scope)
        column.addWidget(self.grid, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(row(self.more, 1))
        self.empty.hide()

    # -- loading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again."""
        self._stale = False
        facts, day = self.workbench.facts, self.workbench.today()
        own = Unit(facts.unit.id, facts.unit.name, facts.unit.level)
        place, limit = self.place, self._limit

        def job(database: Database) -> list[ToVisit]:
            return operations.visits_of(
                database, facts.types, own, facts.divisions, day, place=place, limit=limit
            )

        self.workbench.read(lambda database, _ticket: job(database), self._arrived, owner=self, key="visits")

    def _arrived(self, found: list[ToVisit]) -> None:
        before = self.grid.current()
        self.visits = found
        self.grid.show_lines([Line(_texts(v), None, v, "\n".join(v.reasons)) for v in found])
        if found:
            at = next((n for n, v in enumerate(found) if before is not None and v.record == before.record), 0)
            self.grid.setCurrentIndex(self.grid.rows.index(at, 0))
        self.grid.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.more.setVisible(len(found) >= self._limit)
        self.scope.setText(f"只看{self.place_name}。" if self.place else "")
        self.scope.setVisible(bool(self.place))
        self._offer()
        self.state_changed.emit()

    def _offer(self) -> None:
        visit = self.current
        known = visit is not None and bool(visit.code)
        self.around.setEnabled(known)
        self.town.setEnabled(known)
        self.everywhere.setVisible(bool(self.place))

    def _may_record(self) -> bool:
        return self.workbench.may_write(self.workbench.types["visit"])

    @property
    def current(self) -> ToVisit | None:
        """The enterprise under the cursor."""
        found = self.grid.current()
        return found if isinstance(found, ToVisit) else None

    # -- acting --------------------------------------------------------------------------------------------------

    def show_around(self) -> None:
        """Only what lies in the same village, or in the same town where no village is known."""
        if (visit := self.current) is not None and visit.code:
            self._narrow(visit.code)

    def show_town(self) -> None:
        """Only what lies in the same town."""
        if (visit := self.current) is not None and visit.code:
            self._narrow(visit.code[:_TOWN])

    def show_everywhere(self) -> None:
        """All of the unit again."""
        self._narrow("")

    def _narrow(self, code: str) -> None:
        division = self.workbench.facts.divisions.get(code) if code else None
        self.place, self.place_name = code, division.name if division is not None else code
        self._limit = FIRST
        self.load()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_more(self) -> None:
        """A longer list."""
        self._limit += MORE
        self.load()

    def record_visit(self) -> None:
        """A new visit to the enterprise under the cursor, of today."""
        if (visit := self.current) is not None:
            values = {"enterprise": visit.record, "visit_date": self.workbench.today().isoformat()}
            self.workbench.shell.new_record("visit", values)

    def _open(self, visit: ToVisit | None) -> None:
        if visit is not None:
            self.workbench.shell.open_record("enterprise", visit.record)

    def _print(self) -> None:
        from desktop.ui.printing.jobs import paper_job  # loads what only paper needs

        unit, day, scope = self.workbench.facts.unit.name, self.workbench.today(), self.place_name or "全部"
        rows = tuple(
            (v.name, _where(v), "；".join(v.reasons[:_MOST_REASONS]), v.visited or DASH) for v in self.visits
        )
        columns = (
            PaperColumn("单位", 20), PaperColumn("在哪里", 16), PaperColumn("为什么去", 30),
            PaperColumn("上次走访", 10), PaperColumn("走访情况", 20),
        )  # fmt: skip

        def make(_session: Session) -> PaperList:
            return PaperList(
                "下一步走访名单", unit, scope, day, columns, tuple((*r, "") for r in rows),
                remark="次序按理由的分值排列，分值为示例，非官方。", noted=f"下一步走访 {len(rows)}家",
            )  # fmt: skip

        self.workbench.shell.open_page("preview", job=paper_job("下一步走访名单", make))

    # -- the page ------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the page is called."""
        return "下一步走访"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "plan"

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """A visit to the row under the cursor is recorded; the list is printed."""
        if not self.visits:
            return {}
        found: dict[Act, Callable[[], None]] = {Act.PRINT: self._print}
        return {**found, Act.NEW: self.record_visit} if self._may_record() else found

    def primary(self) -> Act | None:
        """One comes here to go somewhere and to write it down."""
        return Act.NEW

    def words_for(self, act: Act) -> str:
        """What is new is a visit."""
        return "登记走访" if act is Act.NEW else ""

    def status(self) -> Status:
        """How many are shown."""
        return Status(f"列出{len(self.visits)}家" if self.visits else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"Enter": "打开选中的单位", "Ctrl+N": "登记对它的走访", "Ctrl+P": "打印名单"}

    def enter(self) -> None:
        """What was visited meanwhile is asked again."""
        if self._stale:
            self.load()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again at once when in front, else when it comes to the front."""
        if changes is not None and not changes.everything and not _CONCERNED & set(changes.records):
            return
        self._stale = True
        if changes is None or self.isVisible():
            self.load()


def _texts(visit: ToVisit) -> tuple[str, ...]:
    why = "；".join(visit.reasons[:_MOST_REASONS])
    near = str(visit.alike) if visit.code else DASH
    return visit.name, _where(visit), why, str(visit.points), visit.visited or "没有去过", near


def _where(visit: ToVisit) -> str:
    return " ".join(filter(None, (visit.place, visit.address))) or DASH
