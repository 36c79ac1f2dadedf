"""Sending the record of a unit below back from its page: what counts no longer, the reason, the result."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.form_data import FormData
from desktop.operations.session import Session
from desktop.operations.stations import returning
from desktop.operations.stations.returning import Return
from desktop.records.declaration import RecordType, Role
from desktop.ui.decision import Decision
from desktop.ui.notices import Tone
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

EXAMPLES = ("重复登记", "数字请核实", "不归你单位填")


class Returning(QWidget):
    """The card, and the button that opens it, for the heading of the page; nothing where there is nothing to do."""

    def __init__(self, workbench: Workbench, record_type: RecordType) -> None:
        super().__init__()
        self.workbench = workbench
        self._type = record_type
        self._record = self._title = ""
        self.begin = QPushButton("退回…")
        self.begin.setProperty("flat", True)
        self.begin.setToolTip("下级报来的这一条不收了：写明原因，随回执退回填写的单位改正")
        self.begin.clicked.connect(self._look)
        self.begin.hide()
        self.decision = Decision(workbench, "退回这一条", EXAMPLES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.decision)
        self.decision.decided.connect(self._send_back)
        # Without the card it would still take a gap of the page.
        self.decision.closed.connect(self.hide)
        self.hide()

    def show_record(self, data: FormData) -> None:
        """Offers it for what a unit below has, as far as this operator may say what counts."""
        if data.record.id != self._record:
            self.decision.close_it()
        self._record = data.record.id
        below = not data.whose and data.record.unit != self.workbench.facts.unit.id
        said_by_people = returning.is_returnable(self._type)
        allowed = self.workbench.role in (Role.ADMIN, Role.DESK) and self.workbench.unwritable is None
        self.begin.setVisible(below and said_by_people and allowed and not data.deleted)

    def _look(self) -> None:
        name, record = self._type.name, self._record

        def job(session: Session, _ticket: Ticket) -> Return:
            return returning.look_at(session, name, record)

        def fail(error: Exception) -> bool:
            if isinstance(error, Problem):
                self.show()
                self.decision.refuse("退回这一条", "", str(error))
            return isinstance(error, Problem)

        self.workbench.write("查看这条记录", job, self._ask, owner=self, fail=fail, step=False)

    def _ask(self, found: Return) -> None:
        self.show()
        self._title = f"“{found.title}”"
        heading = f"退回：{self._title}"
        if found.why_not:
            self.decision.refuse(
                heading, "", f"{found.why_not}请直接把不对的内容改正过来，改正的内容也会送到各处。"
            )
            return
        self.decision.ask(
            heading,
            "退回以后，这一条在各处都不再计入；原话都留着，以后可以在“不计入的”里原样恢复。"
            "填写的单位收到回执，会在“没有收下的”里看到原因，改好再报。"
            + (f"\n{found.naming}" if found.naming else ""),
            f"要退回{self._title}吗？\n退回以后各处都不再计入，等填写的单位改好再报。"
            + (f"\n\n{found.naming}" if found.naming else ""),
        )

    def _send_back(self, reason: str) -> None:
        name, record, title = self._type.name, self._record, self._title
        shell = self.workbench.shell

        def then(_changes: object) -> None:
            self.decision.close_it()
            shell.back()
            shell.tell(
                Tone.GOOD, f"已退回{title}。下一步：给填写的单位写回执，它收到以后看得到原因。", "去写回执",
                lambda: shell.open_page("sync", part="receipts"),
            )  # fmt: skip

        self.workbench.write(
            f"退回：{title}",
            lambda session, _ticket: returning.send_back(session, name, record, reason),
            then,
            owner=self,
            fail=self.decision.failed,
        )
