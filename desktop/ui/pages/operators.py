"""Who works in this workspace: the administrator lets others in and out, everybody changes the own password."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from desktop.errors import Problem
from desktop.operations import audit
from desktop.operations.session import Session
from desktop.operations.workspaces import operators, recovery
from desktop.operations.workspaces.operators import ROLES
from desktop.records.declaration import Role
from desktop.records.duties import DUTIES
from desktop.store.ledger import ChangeSet
from desktop.ui import spacing
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages import wipe
from desktop.ui.pages.operator_dialogs import RIGHTS, AskingDialog, CodeDialog, OperatorDialog, PasswordDialog
from desktop.ui.pages.wipe import WipeDialog
from desktop.ui.parts import button, heading, link, plain, row
from desktop.ui.workbench import Workbench


class OperatorsPage(Page):
    """A line an operator; what may not be done says why when the mouse rests on it."""

    adds_any = False

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._known: dict[str, tuple[Role, bool]] = {}
        self._duties: dict[str, str] = {}
        self._half: frozenset[str] = frozenset()
        """Who is disabled and could still unlock the file: the program was killed over it."""
        self.dialog: OperatorDialog | PasswordDialog | CodeDialog | None = None
        self.grid = Grid(
            [
                Col("操作员", 14),
                Col("角色", 8),
                Col("可以做什么", 30, wide=True),
                Col("签名", 8),
                Col("状态", 8),
            ],
            "操作员",
        )
        self.add = button("添加操作员…", self._add, "plus", primary=True)
        self.change = button("改角色、签名或口令…", self._change)
        self.stop = button("停用", self._stop)
        self.own = button("修改我的口令…", self._own)
        self.code = button("生成新的恢复码…", self._new_code)
        self.log = link("审计日志", lambda: self.workbench.shell.open_page("audit"))
        self.wipe = link("电脑不再由本单位用：清除台账…", self._wipe)
        self.due = link("到期应清除的个人信息…", lambda: self.workbench.shell.open_page("retention"))
        self.wiping: WipeDialog | None = None
        self.log.setEnabled(audit.may_look(workbench.facts.operator.role))
        self.log.setToolTip("" if self.log.isEnabled() else "只有管理员和汇总员能看。")
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(10)
        column.addLayout(row(heading("操作员", 1), 1, self.code, self.own, self.stop, self.change, self.add))
        column.addWidget(
            plain(
                "每人用自己的姓名和口令，登记的每一条都记着是谁。停用以后，以前写的内容和署名不变。\n"
                "换人接手、电脑不换：添加接手的人，角色选管理员；由这个人停用原来的操作员，再生成新的恢复码。台账接着用，不用清除。",
                muted=True,
            )
        )
        column.addWidget(self.grid, 1)
        column.addLayout(row(self.log, self.due, self.wipe, 1, spacing=20))
        self.own.setEnabled(workbench.unwritable is None)
        self.own.setToolTip(workbench.denied(""))
        self.wipe.setVisible(workbench.may_wipe)
        self.grid.chosen.connect(lambda _name: self._show_acts())
        self.refresh(None)

    @property
    def title(self) -> str:
        """What the page is called."""
        return "操作员"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "operators"

    def refresh(self, changes: ChangeSet | None) -> None:
        """Reads who is there."""
        folder = self.workbench.facts.folder
        self.workbench.read(
            lambda database, _ticket: (
                operators.listed(database),
                operators.duties(database),
                operators.with_passwords(folder),
            ),
            lambda found: self._show(*found),
            owner=self,
            key="operators",
        )

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """What is new here is an operator."""
        return {Act.NEW: self._add} if self.add.isEnabled() else {}

    def words_for(self, act: Act) -> str:
        """Says so."""
        return "添加操作员" if act is Act.NEW else ""

    def status(self) -> Status:
        """How many are at work."""
        return Status(f"在用{sum(not disabled for _, disabled in self._known.values())}人")

    def enter(self) -> None:
        """The cursor stands in the table."""
        self.grid.setFocus()

    def _show(
        self, found: list[tuple[str, Role, bool]], duties: dict[str, str], passwords: Sequence[str]
    ) -> None:
        self._duties = duties
        self._half = operators.half_disabled(found, passwords)
        self._known = {name: (role, disabled) for name, role, disabled in found}
        me = self.workbench.facts.operator.name
        self.grid.show_lines(
            [
                Line(
                    (
                        f"{n}（我）" if n == me else n,
                        ROLES[r],
                        RIGHTS[r],
                        DUTIES.get(duties.get(n, ""), ""),
                        "停用没有办完，请再停用一次" if n in self._half else "已停用" if d else "在用",
                    ),
                    None,
                    n,
                )
                for n, r, d in found
            ]
        )
        self._note_own_place(sorted(name for name, _, disabled in found if not disabled))
        self._show_acts()
        self.state_changed.emit()

    def _note_own_place(self, names: Sequence[str]) -> None:
        """The first page knows who opened last by the place among these: whoever joins or leaves moves the others."""
        facts, settings = self.workbench.facts, self.workbench.settings
        opened = next((r for r in settings.recents if r.folder == facts.folder), None)
        if opened is not None and facts.operator.name in names:
            settings.note_opened(opened.folder, opened.unit, names.index(facts.operator.name))
            settings.save()

    def _show_acts(self) -> None:
        admin = self.workbench.role is Role.ADMIN
        chosen = self.grid.current()
        role_disabled = self._known.get(str(chosen)) if chosen is not None else None
        self.add.setEnabled(admin)
        self.change.setEnabled(admin and role_disabled is not None)
        half = chosen is not None and str(chosen) in self._half
        self.stop.setEnabled(admin and role_disabled is not None and (half or not role_disabled[1]))
        self.code.setEnabled(admin)
        for made in (self.add, self.change, self.stop, self.code):
            made.setToolTip("" if admin else self.workbench.denied("只有管理员能做。"))
        if admin and chosen is not None and (why := self._must_stay(str(chosen))):
            self.stop.setEnabled(False)
            self.stop.setToolTip(why)

    def _must_stay(self, name: str) -> str:
        why = operators.must_stay(((n, *known) for n, known in self._known.items()), name)
        return "" if why is None else str(why)

    # -- acts ------------------------------------------------------------------------------------------------------

    def _add(self) -> None:
        self._open(OperatorDialog(self, self._put))

    def _change(self) -> None:
        name = str(self.grid.current())
        dialog = OperatorDialog(self, self._put, name, *self._known[name], self._duties.get(name, ""))
        if why := self._must_stay(name):
            dialog.keep_role(why)
        self._open(dialog)

    def _own(self) -> None:
        self._open(PasswordDialog(self, self._change_own))

    def _new_code(self) -> None:
        answer = self.workbench.dialogs.ask(
            "生成新的恢复码",
            "恢复码用来在忘了口令时打开台账。生成新的以后，原来抄下的那个随即作废。\n"
            "请先备好纸笔：新的恢复码只显示一次。",
            yes="生成",
        )
        if answer is Answer.YES:
            self.workbench.write(
                "生成恢复码",
                lambda session, _ticket: recovery.new_code(session),
                lambda code: self._open(CodeDialog(self, code)),
                owner=self,
                step=False,
            )

    def _wipe(self) -> None:
        wipe.offer(self.workbench, self, self._wipe_shown)

    def _wipe_shown(self, dialog: WipeDialog) -> None:
        self.wiping = dialog
        dialog.finished.connect(self._wipe_closed)

    def _wipe_closed(self) -> None:
        self.wiping = None

    def _open(self, dialog: OperatorDialog | PasswordDialog | CodeDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _stop(self) -> None:
        name = str(self.grid.current())
        mine = "（就是您自己）" if name == self.workbench.facts.operator.name else ""
        answer = self.workbench.dialogs.ask(
            "停用操作员",
            f"停用“{name}”{mine}以后，这个人的口令作废，不能再打开台账。",
            yes="停用",
            danger=True,
        )
        if answer is Answer.YES:
            self._write(
                "停用操作员",
                lambda session: operators.disable(session, name),
                f"“{name}”已停用。恢复码抄在这个人手里的，请生成新的，原来的随即作废。",
                ("生成新的恢复码…", self._new_code),
            )

    def _put(self, name: str, role: Role, password: str | None, duty: str) -> None:
        new = self._known.get(name, (role, True))[1]
        done = f"“{name}”（{ROLES[role]}）可以使用这份台账了。" if new else f"“{name}”的改动已保存。"
        self._write(
            "添加操作员" if new else "改角色、签名或口令",
            lambda session: operators.put(session, name, role, password, duty=duty),
            done + (operators.EXPORT_ANEW if duty and password else ""),
        )

    def _change_own(self, old: str, new: str) -> None:
        me = self.workbench.facts.operator.name
        self._write(
            "修改口令",
            lambda session: operators.change_own_password(session, old, new),
            operators.changed_words(self._duties.get(me, "")),
        )

    def _write(
        self,
        name: str,
        do: Callable[[Session], None],
        words: str,
        then: tuple[str, Callable[[], None] | None] = ("", None),
    ) -> None:
        def done(_nothing: None) -> None:
            if self.dialog is not None:
                self.dialog.accept()
                self.dialog = None
            self.workbench.shell.tell(Tone.GOOD, words, *then)
            self.refresh(None)

        def failed(error: Exception) -> bool:
            if isinstance(error, Problem) and isinstance(self.dialog, AskingDialog):
                self.dialog.show_problem(str(error))
                return True
            return False

        self.workbench.write(
            name, lambda session, _ticket: do(session), done, owner=self, fail=failed, step=False
        )
