"""The page 工作台: what is to be done today at the left, how far the targets are at the right."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.operations import supervision
from desktop.operations.recording import duplicates
from desktop.operations.stations import redating
from desktop.plan.results import Indicator
from desktop.plan.worklist import WorkItem
from desktop.records.declaration import RecordType, Role
from desktop.records.typed.dates import WEEKDAYS, day_words
from desktop.records.versions.item_outcomes import HELD, OUTCOMES
from desktop.store.ledger import ChangeSet
from desktop.store.queries.reading import Query
from desktop.store.workspaces.drafts import Draft
from desktop.ui import spacing
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages.home import reading as home_reading
from desktop.ui.pages.home.plan import PlanPart, WholeRows, left_words, title_words
from desktop.ui.pages.home.reading import Start, incomplete_part, parts_of_item
from desktop.ui.pages.home.start import StartPart
from desktop.ui.pages.home.tasks import Task, TaskList, draft_tasks
from desktop.ui.parts import Card, heading, link, plain
from desktop.ui.workbench import Workbench
from desktop.ui.worker import LATER

_PAGES = {
    "conflicts": "disagreements",
    "not_enrolled": "sync",
    "receipts_due": "sync",
    "unsent": "sync",
    "unanswered": "sync",
}
"""Matters that lead to a page."""
_MOST_CASES = 5


class HomePage(Page):
    """Loads in three reads, so that what is quick is there at once; numbers come last."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.start: Start | None = None
        self.items: list[WorkItem] = []
        self.twice = 0
        self.cases: list[supervision.WorkItem] = []
        self.drafts: list[Draft] = []
        self._draft_names: Mapping[str, str] = {}
        self.incomplete: dict[str, array[int]] = {}
        self._checking: Iterator[RecordType] = iter(())
        self._stale = False
        # Nobody can say that there is nothing to do before.
        self._awaited = {"start", "work", "cases", "twice", "drafts", "checks"}
        self.tasks, self.plan, self.first = TaskList(), PlanPart(workbench), StartPart(workbench)
        self.done = plain("没有到期的、没上报的和填得不一样的内容。有了会列在这里。", muted=True)
        self.done.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.looking = plain("正在查看…", muted=True, small=True)
        self.others_do = plain(muted=True, small=True)
        self.left, self.right = Card(), Card("离目标还有多远　（口径为示例，非官方）")
        self.plan_note = plain("正在统计…", muted=True, small=True)
        self._build()
        self._say_whose(0)
        workbench.waiting_changed.connect(self._show_tasks)
        self.load()

    def _build(self) -> None:
        matters = QWidget()
        self._matters = QStackedLayout(matters)
        self._matters.addWidget(self.tasks)
        self._matters.addWidget(self.done)
        self.left.column.addWidget(self.others_do)
        # Above the list and not in its place: what has the cursor may not go.
        self.left.column.addWidget(self.looking)
        self.left.column.addWidget(matters, 1)
        self.right.column.addWidget(self.plan_note)
        self.right.column.addWidget(WholeRows(self.plan), 1)
        work = QWidget()
        line = QHBoxLayout(work)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.left, 4)
        line.addWidget(self.right, 6)
        self._layers = QStackedWidget()
        self._layers.addWidget(work)
        self._layers.addWidget(self.first)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(8)
        self.heading, self.day = heading("工作台", 1), plain(muted=True)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self.heading)
        top.addWidget(self.day, 1)
        self.brief = link("打印工作简报 ›", self._print_brief)
        top.addWidget(self.brief)
        self.next = link("下一步走访哪几家 ›", lambda: self.workbench.shell.open_page("next"))
        top.addWidget(self.next)
        column.addLayout(top)
        column.addWidget(self._layers, 1)

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for everything, in the order in which it is quick."""
        self._stale = False
        bench, here = self.workbench, self.workbench.here
        self.day.setText(f"{day_words(bench.today())} 星期{WEEKDAYS[bench.today().weekday()]}")
        work, plan = home_reading.load_work(bench), home_reading.load_plan(bench)
        bench.read(
            lambda database, _ticket: home_reading.load_start(database, here),
            self._start_arrived, owner=self, key="start",
        )  # fmt: skip
        bench.read(lambda database, _ticket: work(database), self._work_arrived, owner=self, key="work")
        today = bench.today()
        bench.read(
            lambda database, _ticket: supervision.overdue(database, bench.types, today),
            self._cases_arrived, owner=self, key="cases",
        )  # fmt: skip
        bench.read(
            lambda database, _ticket: plan(database),
            self._plan_arrived,
            owner=self,
            key="plan",
            priority=LATER,
        )
        unit = bench.facts.unit.id
        bench.read(
            lambda database, _ticket: duplicates.certain(database, bench.types, unit),
            self._twice_arrived, owner=self, key="twice", priority=LATER,
        )  # fmt: skip
        bench.read_drafts(self._drafts_arrived, self)
        self._checking = iter([t for t in bench.types.values() if bench.may_write(t)])
        self._check_next({})

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again at once when in front, else when it comes to the front."""
        self._stale = True
        if changes is None or self.isVisible():
            self.load()

    def _start_arrived(self, found: Start) -> None:
        first, self.start = self.start is None, found
        self._awaited.discard("start")
        self._layers.setCurrentIndex(1 if found.fresh else 0)
        if found.fresh:
            cursor = QApplication.focusWidget()
            within = cursor is not None and self.first.isAncestorOf(cursor)
            self.first.show_start(found)
            # Its buttons are made anew, and the one that had the cursor is gone.
            if (first or within) and self.isVisible():
                self._place_cursor()
        self._show_tasks()

    def _work_arrived(self, found: list[WorkItem]) -> None:
        self.items = found
        self._awaited.discard("work")
        self._show_tasks()

    def _cases_arrived(self, found: list[supervision.WorkItem]) -> None:
        self.cases = found
        self._awaited.discard("cases")
        self._show_tasks()

    def _twice_arrived(self, found: int) -> None:
        self.twice = found
        self._awaited.discard("twice")
        self._show_tasks()

    def _drafts_arrived(self, found: list[Draft], names: Mapping[str, str]) -> None:
        self.drafts, self._draft_names = found, names
        self._awaited.discard("drafts")
        self._show_tasks()

    def _plan_arrived(self, found: list[Indicator]) -> None:
        self.plan.show_indicators(found)
        left = left_words(self.workbench.today(), {i.due for i in found if i.due is not None})
        self.plan_note.setText(f"{title_words(found)}{left}。点名称打开名单，点箭头看口径和各下级。")

    def _check_next(self, found: dict[str, array[int]]) -> None:
        """Looks through one type after the other, so that nobody who reads waits for all of them."""
        record_type = next(self._checking, None)
        bench = self.workbench
        if record_type is None:
            self.incomplete = {name: rows for name, rows in found.items() if rows}
            self._awaited.discard("checks")
            self._show_tasks()
            return
        wanted = record_type

        def then(rows: array[int]) -> None:
            self._check_next({**found, wanted.name: rows})

        bench.read(
            lambda database, _ticket: home_reading.incomplete(database, bench, wanted),
            then, owner=self, key="checking", priority=LATER,
        )  # fmt: skip

    # -- what is to be done ----------------------------------------------------------------------------------------

    def _show_tasks(self) -> None:
        tasks = [
            *draft_tasks(self.workbench, self.drafts, self._draft_names),
            *self._dates(),
            *self._periods(),
            *self._forks(),
            *self._came_back(),
            *self._waiting_files(),
            *self._matters_of_work(),
            *self._registered_twice(),
            *self._checks(),
            *self._beginnings(),
        ]
        ordered = sorted(tasks, key=lambda t: not t.urgent)
        self.tasks.show_tasks(ordered)
        self._matters.setCurrentIndex(0 if ordered or self._awaited else 1)
        self.looking.setVisible(bool(self._awaited) and not ordered)
        self._say_whose(len(ordered))
        self.state_changed.emit()

    def _say_whose(self, count: int) -> None:
        """Who only looks is shown what others have to do, and is told so."""
        bench = self.workbench
        looks = bench.role is Role.READER
        words = "本单位要做的" if looks else "今天要做的"
        self.left.say_heading(f"{words}（{count}件）" if count else words)
        denied = bench.denied("您登录的身份只能查看；这些由本单位能登记、能合并的人来办。")
        self.others_do.setText(denied if looks and count else "")
        self.others_do.setVisible(bool(self.others_do.text()))

    def _dates(self) -> Iterator[Task]:
        """What was saved later than today: the date was wrong then, and nobody above takes it; or it is wrong now."""
        latest, today = self.start.latest if self.start is not None else None, self.workbench.today()
        if latest is not None and redating.is_ahead(latest, today):
            words = (
                f"电脑日期是{day_words(today)}，却有{day_words(latest)}保存的内容：现在的日期不对，请调对；"
                "已经调对了，请更正日期，不然上级会一直先留着"
            )
            open_it = partial(self.workbench.shell.open_page, "sync", part="unsettled")
            yield Task(words, open_it, True, "ahead")

    def _periods(self) -> Iterator[Task]:
        """Periods of supervision cases that have run out, or that nobody can compute without a table of holidays."""
        for item in self.cases[:_MOST_CASES]:
            words = (
                f"{item.employer or (item.letters > 1 and item.summary) or '监督案件'}："
                f"{item.clock.words(item.letters)}{'，已经过了' if item.overdue else ''}"
            )
            open_it = partial(self.workbench.shell.open_record, "case", item.case)
            yield Task(words, open_it, item.overdue, f"case:{item.case}:{item.clock.awaits}:{item.overdue}")
        if len(self.cases) > _MOST_CASES:
            query = Query("case")
            words = f"还有{len(self.cases) - _MOST_CASES}个案件期限的事，请看监督案件"
            yield Task(words, partial(self.workbench.shell.open_list, "case", query, ""), True, "cases")

    def _forks(self) -> Iterator[Task]:
        """Computers that gave a number two contents, or two that use one ledger: only a telephone call tells why."""
        for fork in self.start.forks if self.start is not None else ():
            words = (
                f"“{fork.author}”的电脑有重号，{fork.waiting}项{OUTCOMES[HELD]}：请打电话问清是不是恢复过、"
                "复制过，再由管它的上级来定"
            )
            open_it = partial(self.workbench.shell.open_page, "sync", part="forks")
            yield Task(words, open_it, True, f"fork:{fork.station}:{fork.incarnation}")

        for two in self.start.doubled if self.start is not None else ():
            open_it = partial(self.workbench.shell.open_page, "sync", part="forks")
            yield Task(f"{two.sentence}请打电话问清", open_it, True, f"doubled:{two.station}")

    def _came_back(self) -> Iterator[Task]:
        """What a level above does not take: the file that said so is merged, and forgotten by the next day."""
        if self.start is not None and self.start.back:
            open_it = partial(self.workbench.shell.open_page, "sync", part="unsettled")
            yield Task(
                f"本单位报的有{self.start.back}条上级没有收下，请看原因，改好再报", open_it, True, "back"
            )

    def _waiting_files(self) -> Iterator[Task]:
        """What has come into the inbox: the notice of it goes after some seconds, the files stay."""
        if count := self.workbench.waiting_files:
            open_it = partial(self.workbench.shell.open_page, "sync", part="inbox")
            yield Task(f"收件文件夹里有{count}个新文件，请核对并合并", open_it, key="inbox")

    def _matters_of_work(self) -> Iterator[Task]:
        for item in self.items:
            yield Task(item.sentence, partial(self._open, item), item.urgent, item.kind)

    def _registered_twice(self) -> Iterator[Task]:
        """Two have recorded the same without knowing of each other; only who looks for such records would find out."""
        if self.twice and self.workbench.shell.has_page("duplicates"):
            words = f"{self.twice}处像是登记了两遍（代码或证件号码相同），请看是不是同一条"
            yield Task(words, partial(self.workbench.shell.open_page, "duplicates"), key="twice")

    def _open(self, item: WorkItem) -> None:
        shell = self.workbench.shell
        page = _PAGES.get(item.kind)
        if page is not None and shell.has_page(page):
            shell.open_page(page)
        elif parts := parts_of_item(self.workbench, item):
            shell.open_page("found", title=item.sentence, parts=parts)

    def _checks(self) -> Iterator[Task]:
        count = sum(map(len, self.incomplete.values()))
        if count:
            types = self.workbench.types
            parts = [incomplete_part(self.workbench, types[name]) for name in self.incomplete]
            words = f"{count}条记录不完整或有错，请补齐（逻辑检查）"
            yield Task(
                words,
                lambda: self.workbench.shell.open_page("found", title="不完整或有错的记录", parts=parts),
                key="incomplete",
            )

    def _beginnings(self) -> Iterator[Task]:
        start, shell = self.start, self.workbench.shell
        if start is None or start.fresh:
            return
        told = any(item.kind == "not_enrolled" for item in self.items)
        if start.standing.has_superior and not start.standing.enrolled and not told:
            words = (
                "还没有办理入网：拿到批准文件后请导入"
                if start.standing.requested
                else "还没有办理入网，办了才能上报"
            )
            yield Task(words, lambda: shell.open_page("sync"), key="enrol")
        if (
            "union" in start.counts
            and not start.counts["union"]
            and self.workbench.may_write(self.workbench.types["union"])
        ):
            yield Task("还没有登记工会", lambda: shell.new_record("union"), key="union")

    # -- paper -----------------------------------------------------------------------------------------------------

    def _print_brief(self) -> None:
        from desktop.ui.printing.papers import brief_choice  # loads what only paper needs

        brief_choice(self.workbench)[1]()

    def _print(self) -> None:
        from desktop.ui.printing.papers import choose_paper, whole_choices

        choose_paper(self, whole_choices(self.workbench))

    # -- the page --------------------------------------------------------------------------------------------------

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """What is of the whole workspace is printed from here."""
        return {Act.PRINT: self._print}

    @property
    def title(self) -> str:
        """What it is called."""
        return "工作台"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "home"

    def status(self) -> Status:
        """How much there is to do."""
        shown: Sequence[Task] = self.tasks.matters.tasks
        return Status(f"要做的{len(shown)}件" if shown else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {
            "↑、↓": "换一件",
            "Enter": "打开选中的一件",
            "Tab": "到右边的指标",
            "Ctrl+N": "登记一条，输入拼音首字母找",
            "Ctrl+P": "打印简报、名单和台账",
        }

    def enter(self) -> None:
        """The cursor goes to what is to be done, or to the first step."""
        if self._stale:
            self.load()
        self._place_cursor()

    def _place_cursor(self) -> None:
        if self.start is not None and self.start.fresh and self.first.tiles:
            left = [t for t in self.first.tiles if not (t.step.done or t.step.denied)]
            following = left[0] if left else self.first.tiles[0]
            following.action.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.tasks.setFocus(Qt.FocusReason.OtherFocusReason)
