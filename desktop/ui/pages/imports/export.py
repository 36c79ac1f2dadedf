"""Records go out as a workbook: as the list shows them, with all their fields, or in the federation's own form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from desktop.operations import audit
from desktop.operations.exports import exporting, real_name
from desktop.operations.exports.exporting import Exported
from desktop.operations.exports.real_name import FormExported
from desktop.operations.session import Session
from desktop.records.declaration import Mask
from desktop.records.real_name_forms import FORMS, RealNameForm
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.ui import spacing
from desktop.ui.lists.columns import shown_at_first
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.parts import Card, Note, back_button, button, folder_link, heading, link, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket

_MOST_NAMED = 6


@dataclass(frozen=True)
class _Way:
    """One way to export: what it is called, what it means, and the form or the fields it writes."""

    key: str
    words: str
    detail: str
    form: RealNameForm | None = None


class ExportPage(Page):
    """Exports the records that a list shows."""

    def __init__(self, workbench: Workbench, type_name: str, query: Query | None = None) -> None:
        super().__init__(workbench)
        self.record_type = workbench.types[type_name]
        self.query = query or Query(type_name)
        self.count = -1
        self._task: Task[Any] | None = None
        self.ways: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.unmasked = QCheckBox("个人信息完整显示（谁在什么时候导出，会记录下来）")
        self.choose = button("选择位置并导出…", self.export, "file-output", primary=True)
        self.stop = button("停止（Esc）", self._stop)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.note = Note()
        self._words = plain(muted=True)
        self._build()
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self._escape)
        self._count()

    def _build(self) -> None:
        card = Card()
        card.say_heading("导出成什么样")
        for way in self._offered():
            radio = QRadioButton(way.words)
            radio.toggled.connect(lambda _on: self._show_choice())
            self._group.addButton(radio)
            self.ways[way.key] = radio
            detail = plain(way.detail, muted=True, small=True)
            detail.setContentsMargins(24, 0, 0, 4)
            card.column.addWidget(radio)
            card.column.addWidget(detail)
        card.column.addSpacing(6)
        card.column.addWidget(self.unmasked)
        next(iter(self.ways.values())).setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(8)
        column.addLayout(
            row(
                back_button(self.workbench),
                heading(f"导出{self.record_type.label}", 1),
                self._words,
                1,
                self.stop,
                self.choose,
                spacing=10,
            )
        )
        column.addWidget(self.note)
        column.addWidget(card)
        column.addWidget(self.bar)
        column.addStretch(1)
        self._show_running(False)

    def _offered(self) -> list[_Way]:
        names = "、".join(self.record_type.by_name[n].label for n in self.shown_fields()[:_MOST_NAMED])
        found = [
            _Way("shown", "和列表一样", f"列表里正在显示的列，按列表的顺序和筛选：{names}等。"),
            _Way("all", "全部内容", f"这类记录的全部{len(self.record_type.shown_fields)}项。"),
        ]
        for form in FORMS:
            # Numbers stand there in full.
            if form.record_type == self.record_type.name and audit.may_see(self.workbench.role):
                words = "全国实名制模板，列名、顺序、格式都不变；只放填写完整的，缺项的另存一份清单。号码完整显示。"
                found.append(_Way(form.name, form.title, words, form))
        return found

    def shown_fields(self) -> list[str]:
        """The fields of the columns that the list shows, in their order."""
        chosen = self.workbench.settings.columns(self.record_type.name) or shown_at_first(
            self.record_type, several_units=False
        )
        shown = {f.name for f in self.record_type.shown_fields}
        return [name for name in chosen if name in shown]

    def way(self) -> str:
        """What was chosen."""
        return next(key for key, radio in self.ways.items() if radio.isChecked())

    def fields(self) -> list[str]:
        """The fields that are written."""
        if self.way() == "shown":
            return self.shown_fields()
        return [f.name for f in self.record_type.shown_fields]

    def _show_choice(self) -> None:
        if not any(radio.isChecked() for radio in self.ways.values()):
            return
        form = next((f for f in FORMS if f.name == self.way()), None)
        fields = (self.record_type.by_name[name] for name in self.fields())
        secret = form is None and any(f.mask is not Mask.NONE for f in fields)
        self.unmasked.setVisible(secret and audit.may_see(self.workbench.role))

    def _count(self) -> None:
        types, query = self.workbench.types, self.query

        def job(database: Database, _ticket: Ticket) -> int:
            return reading.count(database, types, query)

        def then(count: int) -> None:
            self.count = count
            self._words.setText(f"{count}条" + ("（按当前筛选）" if self.filtered else ""))
            self.choose.setEnabled(count > 0)
            self.state_changed.emit()

        self.workbench.read(job, then, owner=self, key="count")

    @property
    def filtered(self) -> bool:
        """Whether the list shows less than everything."""
        query = self.query
        return bool(query.text or query.filters or query.unit or query.disputed or query.deleted)

    # -- writing ---------------------------------------------------------------------------------------------------

    def export(self) -> None:
        """Asks where, then writes."""
        form = next((f for f in FORMS if f.name == self.way()), None)
        name = form.title if form is not None else self.record_type.label
        day = self.workbench.today().strftime("%Y%m%d")
        suggestion = Path.home() / f"{name}-{day}.xlsx"
        path = self.workbench.dialogs.save_file(f"导出{name}", suggestion, ("表格 (*.xlsx)",))
        if path is None:
            return
        self._show_running(True)
        job = self._form_job(path, form) if form is not None else self._list_job(path)
        self._task = self.workbench.write(f"导出{name}", job, self._done, owner=self, step=False)
        self._task.progressed.connect(self._show_progress)
        self._task.ended.connect(self._ended)

    def _list_job(self, path: Path) -> Callable[[Session, Ticket], Exported]:
        query, fields, unmasked = (
            self.query,
            self.fields(),
            self.unmasked.isChecked() and self.unmasked.isVisible(),
        )
        caption = f"查找“{query.text}”" if query.text else ""

        def job(session: Session, ticket: Ticket) -> Exported:
            return exporting.export_list(
                session, path, query, fields, unmasked=unmasked, caption=caption,
                progress=ticket.progress, cancelled=lambda: ticket.cancelled,
            )  # fmt: skip

        return job

    def _form_job(self, path: Path, form: RealNameForm) -> Callable[[Session, Ticket], FormExported]:
        query = self.query

        def job(session: Session, _ticket: Ticket) -> FormExported:
            return real_name.export_form(session, path, form.name, query)

        return job

    def _done(self, result: Exported | FormExported) -> None:
        # What was said of an attempt before it would seem to be said of this one.
        self.workbench.shell.move_on()
        words = f"已导出{result.rows}条到 {result.path.name}。"
        tone, detail = Tone.GOOD, ""
        if isinstance(result, FormExported) and result.missing_path is not None:
            tone = Tone.WARNING
            shown = [f"{i.title}：{'、'.join(i.reasons)}" for i in result.incomplete[:_MOST_NAMED]]
            more = len(result.incomplete) - len(shown)
            words += (
                f"另有{len(result.incomplete)}条没有填完整，没有放进去，清单在 {result.missing_path.name}。"
            )
            detail = "\n".join([*shown, *([f"还有{more}条"] if more > 0 else [])])
        self.note.say(tone, words, detail)
        self.note.offer(
            folder_link(result.path),
            link("返回列表", lambda: self.workbench.shell.back()),
        )

    def _ended(self) -> None:
        cancelled = self._task is not None and self._task.ticket.cancelled
        self._task = None
        self._show_running(False)
        if self.isVisible():
            self.choose.setFocus(Qt.FocusReason.OtherFocusReason)
        if cancelled:
            self.note.say(Tone.PLAIN, "已停止，没有留下文件。")

    def _show_running(self, running: bool) -> None:
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.choose.setEnabled(not running and self.count != 0)
        self.bar.setRange(0, 0)

    def _show_progress(self, done: int, total: int, _words: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _escape(self) -> None:
        if self._task is not None:
            self._stop()
        else:
            self.workbench.shell.back()

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What is exported."""
        return f"导出{self.record_type.label}"

    @property
    def help_anchor(self) -> str:
        """The section on workbooks."""
        return "excel"

    def status(self) -> Status:
        """How many."""
        return Status(f"共{self.count}条" if self.count >= 0 else "")

    def enter(self) -> None:
        """Enter and space export at once; the arrows choose a way."""
        target: QWidget = self.choose if self.choose.isEnabled() else next(iter(self.ways.values()))
        target.setFocus(Qt.FocusReason.OtherFocusReason)
