"""The preview of what goes on paper: pages, zoom, printer and copies; what is printed is recorded by its operation."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from desktop.errors import Problem
from desktop.operations.session import Session
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.sync.errors.surroundings import plain_problems
from desktop.ui import icons, spacing, theme
from desktop.ui.file_dialog import travelling
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page, Status
from desktop.ui.parts import Note, button, heading, row
from desktop.ui.pdf_pages import PagesView, Sheet, print_pages, sheets_of
from desktop.ui.printing.period import PeriodBar
from desktop.ui.printing.printable import Periodical, PrintJob, Released
from desktop.ui.printing.printers import make_printer, prepare, printer_names
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_RANGE = re.compile(r"(\d+)(?:\s*[-－—~至]\s*(\d+))?")


class PreviewPage(Page):
    """Shows a :class:`PrintJob`, of a :class:`Periodical` below the line that changes it.

    ``names`` and ``printer`` say which printers there are and make one of them.
    """

    names: Callable[[], list[str]] = staticmethod(printer_names)
    printer: Callable[[str], QPrinter] = staticmethod(make_printer)

    def __init__(self, workbench: Workbench, job: PrintJob | Periodical) -> None:
        super().__init__(workbench)
        self.bar: PeriodBar | None = None
        if isinstance(job, Periodical):
            self.bar = PeriodBar(workbench, job.first, job.last, units=job.units)
            self.bar.chosen.connect(partial(self._take, job))
            self.bar.unclear.connect(self._unclear)
            job = job.job(job.first, job.last, "")
        self.job = self._allowed(job)
        self._data = b""
        self.pages = PagesView(workbench)
        self.note = Note()
        self.count = QLabel()
        self.zoom = QLabel()
        self.printers, self.copies, self.range = DropDown(), QSpinBox(), QLineEdit()
        self.print_button = button("打印", self.print_now, "printer", primary=True)
        self.save_button = button("保存PDF…", self.save_pdf, "save")
        self.word_button = button("保存Word…", self.save_word, "file-text")
        self.table_button = button("保存表格…", self.save_table, "columns-3")
        self.more = QCheckBox()
        self._build()
        self.pages.looked.connect(self._show_count)
        self.pages.zoomed.connect(lambda zoom: self.zoom.setText(f"{round(zoom * 100)}%"))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(lambda: workbench.shell.back())
        self.load()

    def _build(self) -> None:
        back = QPushButton(icons.icon("arrow-left"), "返回")
        back.setProperty("flat", True)
        back.setToolTip("返回上一页（Esc）")
        back.clicked.connect(lambda: self.workbench.shell.back())
        smaller, larger = (
            button("－", lambda: self.pages.step_zoom(-1)),
            button("＋", lambda: self.pages.step_zoom(1)),
        )
        smaller.setAccessibleName("缩小")
        larger.setAccessibleName("放大")
        whole, fit = button("整页", self.pages.fit_page), button("适合宽度", self.pages.fit_width)
        self.zoom.setFixedWidth(theme.measures().average(7))
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.printers.setAccessibleName("打印机")
        self.printers.setMinimumWidth(theme.measures().average(24))
        self.copies.setRange(1, 99)
        self.copies.lineEdit().setTextMargins(7, 0, 7, 0)
        self.copies.setAccessibleName("份数")
        self.copies.setSuffix(" 份")
        self.copies.setFixedWidth(theme.measures().average(12))
        self.range.setAccessibleName("页码范围")
        self.range.setPlaceholderText("全部页，或如2-3")
        self.range.setMaximumWidth(theme.measures().average(16))
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(6)
        column.addLayout(
            row(
                back,
                heading(self.job.title, 1),
                1,
                self.more,
                self.table_button,
                self.word_button,
                self.save_button,
                self.print_button,
                spacing=10,
            )
        )
        line = row(
            smaller, self.zoom, larger, whole, fit, self.count, 1, QLabel("打印机"), self.printers, spacing=6
        )
        line.addWidget(self.copies)
        line.addWidget(self.range)
        column.addLayout(line)
        if self.bar is not None:
            column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addWidget(self.pages, 1)
        self.more.setVisible(self.job.more is not None)
        if self.job.more is not None:
            alone, (words, all_of_it) = self.job, self.job.more
            self.more.setText(words)
            self.more.toggled.connect(lambda ticked: self._change(all_of_it if ticked else alone))
        self._offer_printers()

    def _allowed(self, job: PrintJob) -> PrintJob:
        """What was printed is noted in the ledger; where nothing can be written, pages are only looked at."""
        if (why := self.workbench.unwritable) is None:
            return job
        return replace(job, release=None, save=None, word=None, table=None, why_not=why.sentence)

    def _offer_printers(self) -> None:
        names = self.names()
        self.printers.addItems(names)
        printable = self.job.release is not None
        self.print_button.setEnabled(printable and bool(names))
        self.save_button.setEnabled(self.job.save is not None)
        self.word_button.setVisible(self.job.word is not None)
        self.table_button.setVisible(self.job.table is not None)
        for widget in (self.printers, self.copies, self.range):
            widget.setEnabled(printable and bool(names))
        self._say_state()

    def _say_state(self) -> None:
        """What keeps the pages from a printer, or nothing."""
        self.note.say(Tone.PLAIN, "")
        if self.job.release is None:
            self.note.say(Tone.PLAIN, self.job.why_not or "这是预览，不能打印。")
        elif not self.printers.count():
            words = (
                "没有找到打印机。可以先“保存PDF”到U盘，拿到别的电脑上打印（选“实际大小”，不要“适合纸张”）。"
            )
            self.note.say(Tone.WARNING, words)

    # -- pages -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Makes the pages to look at."""
        render, look = self.job.render, self.job.look
        if look is None:

            def job(session: Session, _ticket: Ticket) -> tuple[bytes, list[Sheet]]:
                data = render(session)
                return data, sheets_of(data)

            self.workbench.write("排版", job, self._arrived, owner=self, fail=self._cannot, step=False)
            return
        found = look

        def seen(database: Database, _ticket: Ticket) -> tuple[bytes, list[Sheet]]:
            data = found(database)
            return data, sheets_of(data)

        self.count.setText("正在统计…")
        self.workbench.read_long(seen, self._arrived, owner=self, fail=self._cannot)

    def _take(self, periodical: Periodical, first: datetime.date, last: datetime.date, unit: str) -> None:
        """The same paper about other days or another unit."""
        self._change(periodical.job(first, last, unit))

    def _change(self, job: PrintJob) -> None:
        self.job = self._allowed(job)
        self._say_state()
        self.load()

    def _unclear(self, words: str) -> None:
        self.note.say(Tone.ERROR, words)

    def _cannot(self, error: Exception) -> bool:
        """What keeps it from being shown stands here and goes with this page."""
        if not isinstance(error, Problem) or not shiboken6.isValid(self):
            return False
        self._show_count(self.pages.current())
        self.note.say(Tone.WARNING, str(error))
        return True

    def _arrived(self, found: tuple[bytes, list[Sheet]]) -> None:
        self._data, sheets = found
        self.pages.show_pages(self._data, sheets)
        self._show_count(self.pages.current())
        if self.isVisible() and not self._choosing():
            self.pages.setFocus(Qt.FocusReason.OtherFocusReason)
        self.state_changed.emit()

    def _choosing(self) -> bool:
        """Whether somebody is still saying which days and which unit are meant."""
        return self.bar is not None and self.bar.isAncestorOf(QApplication.focusWidget() or self)

    def _show_count(self, page: int) -> None:
        total = len(self.pages.sheets)
        self.count.setText(f"第{page + 1}页，共{total}页" if total else "")

    def wanted_pages(self) -> list[int] | None:
        """The pages to be printed, from 0; nothing where the range cannot be read."""
        words, total = self.range.text().strip(), len(self.pages.sheets)
        if not words:
            return list(range(total))
        found: list[int] = []
        for part in re.split(r"[,，、;；\s]+", words):
            match = _RANGE.fullmatch(part)
            if match is None:
                return None
            first, last = int(match[1]), int(match[2] or match[1])
            if not 1 <= first <= last <= total:
                return None
            found += range(first - 1, last)
        return found

    # -- paper and files -------------------------------------------------------------------------------------------

    def print_now(self) -> None:
        """Has the operation let the pages out, then prints them at their own size."""
        release, numbers = self.job.release, self.wanted_pages()
        if release is None or not self.pages.sheets:
            return
        if numbers is None:
            self.note.say(Tone.ERROR, f"页码范围看不懂，请写成2-3这样，最多到{len(self.pages.sheets)}。")
            self.range.setFocus()
            return
        printer = self.printer(self.printers.currentText())
        prepare(printer, self.pages.sheets[0], self.copies.value(), self.job.title)

        def job(session: Session, ticket: Ticket) -> Released:
            released = release(session)
            print_pages(released.data, printer, numbers, ticket)
            return released

        def then(_released: Released) -> None:
            copies = f"，{self.copies.value()}份" if self.copies.value() > 1 else ""
            self.workbench.shell.tell(Tone.GOOD, f"已送到打印机：{len(numbers)}页{copies}。已经登记打印。")

        self.print_button.setEnabled(False)
        task = self.workbench.write(f"打印{self.job.title}", job, then, owner=self, step=False)
        task.ended.connect(lambda: self.print_button.setEnabled(True))

    def save_pdf(self) -> None:
        """Writes the final pages as a file, to a stick for example."""
        self._save("PDF", self.job.save, "打印时请选“实际大小”，不要“适合纸张”。")

    def save_word(self) -> None:
        """Writes it as a Word file, for those who have to edit it."""
        self._save("Word", self.job.word, "可以用WPS打开修改；改动不会回到台账里。")

    def save_table(self) -> None:
        """Writes it as a workbook, for those who go on counting."""
        self._save("表格", self.job.table, "可以用WPS打开；改动不会回到台账里。")

    def _save(
        self, kind: str, save: Callable[[Session, Path], tuple[Path, ChangeSet]] | None, advice: str
    ) -> None:
        if save is None:
            return
        beside = self.job.beside
        start = beside if beside is not None and beside.is_dir() else travelling()
        folder = self.workbench.dialogs.folder(f"保存{kind}到哪里", start)
        if folder is None:
            return

        def then(saved: tuple[Path, ChangeSet]) -> None:
            self.workbench.shell.tell(Tone.GOOD, f"已保存到{saved[0]}。{advice}")

        def job(session: Session, _ticket: Ticket) -> tuple[Path, ChangeSet]:
            with plain_problems():
                return save(session, folder)

        self.workbench.write(f"保存{kind}", job, then, owner=self, step=False)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What is looked at."""
        return f"打印预览：{self.job.title}"

    @property
    def help_anchor(self) -> str:
        """The section on printing."""
        return "print"

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Print."""
        return {Act.PRINT: self.print_now} if self.print_button.isEnabled() else {}

    def status(self) -> Status:
        """How many pages."""
        return Status(self.count.text())

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the preview."""
        return {
            "PgDn、PgUp": "下一页、上一页",
            "+、-": "放大、缩小",
            "1": "纸张的实际大小",
            "2": "整页",
            "3": "适合宽度",
            "Ctrl+P": "打印",
            "Esc": "返回",
        }

    def enter(self) -> None:
        """The cursor goes to the pages."""
        self.pages.setFocus(Qt.FocusReason.OtherFocusReason)
