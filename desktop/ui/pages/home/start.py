"""What a new workspace shows instead of numbers: the first three steps, large, with those that are done ticked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.records.declaration import Level, Role
from desktop.ui import icons, theme
from desktop.ui.pages.home.reading import Start
from desktop.ui.parts import button, heading, plain, set_primary
from desktop.ui.workbench import Workbench

_DESKS = (Level.DISTRICT, Level.INDUSTRY, Level.CITY)


@dataclass(frozen=True)
class First:
    """One of the first steps; ``second`` is another way to the same end. ``denied`` says who may not do it, and why."""

    icon: str
    title: str
    words: str
    done: bool
    action: tuple[str, Callable[[], None]]
    second: tuple[str, Callable[[], None]] | None = None
    denied: str = ""


class _Tile(QFrame):
    def __init__(self, number: int, step: First, *, following: bool) -> None:
        super().__init__()
        self.setObjectName("card")
        self.step = step
        self.setMaximumWidth(340)
        self.setMinimumWidth(240)
        picture = QLabel()
        name, colour = (
            ("circle-check", theme.GOOD)
            if step.done
            else (step.icon, theme.RED if following else theme.MUTED)
        )
        picture.setPixmap(icons.pixmap(name, colour, 40))
        title = heading(f"{number}. {step.title}" + ("（已完成）" if step.done else ""), 1)
        title.setWordWrap(True)
        self.action: QPushButton = button(*step.action)
        made = [self.action, *([button(*step.second)] if step.second is not None else [])]
        set_primary(self.action, following)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 22)
        column.setSpacing(12)
        column.addWidget(picture)
        column.addWidget(title)
        column.addWidget(plain(step.words, muted=True))
        column.addStretch(1)
        for each in made:
            each.setEnabled(not step.denied)
            each.setToolTip(step.denied)
            column.addWidget(each)


class StartPart(QWidget):
    """The three steps side by side."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.tiles: list[_Tile] = []
        self.greeting = heading("", 1)
        self.greeting.setWordWrap(True)
        self._line = QHBoxLayout()
        self._line.setSpacing(18)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.greeting, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        hint = plain(
            "按顺序做完这三步就可以日常使用了；以后这里会显示今天要做的事和离目标还有多远。", muted=True
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(hint)
        column.addSpacing(18)
        column.addLayout(self._line)
        column.addStretch(3)

    def show_start(self, start: Start) -> None:
        """Shows the steps."""
        self.greeting.setText(f"欢迎使用小三级，{self.workbench.facts.operator.name}")
        while (item := self._line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        steps = self._steps(start)
        following = next((n for n, s in enumerate(steps) if not (s.done or s.denied)), -1)
        self.tiles = [_Tile(n + 1, s, following=n == following) for n, s in enumerate(steps)]
        self._line.addStretch(1)
        for tile in self.tiles:
            self._line.addWidget(tile, 3)
        self._line.addStretch(1)

    def _steps(self, start: Start) -> tuple[First, First, First]:
        level = self.workbench.facts.unit.level
        if level in _DESKS:
            return self._invite(start, "镇街、园区和产业工会"), self._receive(start), self._targets()
        if level is Level.TOWN or level is Level.PARK:
            return self._enrol(start), self._invite(start, "村社和企业"), self._register(start)
        return self._register(start), self._union(start), self._enrol(start)

    def _denied(self, type_name: str) -> str:
        bench, record_type = self.workbench, self.workbench.types[type_name]
        if bench.may_write(record_type):
            return ""
        if (why := bench.unwritten) is not None:
            return why.sentence
        if bench.role is Role.READER:
            return "您登录的身份只能查看，请由能登记的人来做。"
        return f"{record_type.label}由别的单位登记，本单位不用填。"

    def _register(self, start: Start) -> First:
        shell = self.workbench.shell
        imported = ("从表格导入", lambda: shell.open_page("import", type_name="enterprise"))
        return First(
            "building-2",
            "登记企业（单位）",
            "有现成的表格可以直接导入，没有的就一家一家登记。先填名称和代码，其他以后再补。",
            bool(start.counts.get("enterprise")),
            ("登记第一家", lambda: shell.new_record("enterprise")),
            imported if shell.has_page("import") else None,
            self._denied("enterprise"),
        )

    def _union(self, start: Start) -> First:
        shell = self.workbench.shell
        return First(
            "users",
            "登记工会和会员",
            "先登记工会，再登记会员、工会干部。会员名册也可以从实名制表格导入。",
            bool(start.counts.get("union")),
            ("登记工会", lambda: shell.new_record("union")),
            ("从表格导入会员", lambda: shell.open_page("import", type_name="member"))
            if shell.has_page("import")
            else None,
            self._denied("union"),
        )

    def _enrol(self, start: Start) -> First:
        done = start.standing.enrolled
        words = (
            "已经入网，登记的内容可以用U盘上报了。换了电脑的先收上级给的回执，报过的内容就回来了。" if done
            else "导出申请交给上级，拿回批准文件，以后就可以用U盘上报。没有入网时照样可以登记，内容都会保留。"
            "换了电脑的先办这一步：报过的内容会随回执回来，不用重新登记。"
        )  # fmt: skip
        action = "去上报" if done else "去办理入网", lambda: self.workbench.shell.open_page("sync")
        return First("arrow-left-right", "办理入网", words, done, action)

    def _invite(self, start: Start, who: str) -> First:
        return First(
            "network",
            "为下级办理入网",
            f"{who}交来入网申请后，打电话核对词语，再导出批准文件交回去。",
            start.below > 0,
            ("打开入网申请", lambda: self.workbench.shell.open_page("sync")),
        )

    def _receive(self, start: Start) -> First:
        return First(
            "file-input",
            "收第一批数据包",
            "把下级交来的数据包拖进来，先核对、看过结果再合并，回执会自动写好。",
            start.merged,
            ("去收数据包", lambda: self.workbench.shell.open_page("sync")),
        )

    def _targets(self) -> First:
        shell = self.workbench.shell
        imported = ("从表格导入", lambda: shell.open_page("import", type_name="plan_target"))
        return First(
            "target",
            "填写计划目标",
            "方案没有把目标分到区县和镇街。把本区各镇街的目标数填进去，才能算出还差多少。",
            False,
            ("填写目标", lambda: shell.new_record("plan_target")),
            imported if shell.has_page("import") else None,
            self._denied("plan_target"),
        )
