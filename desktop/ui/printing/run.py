"""Many issued letters printed in one run: into one PDF, one PDF each, or to a printer one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton

from desktop.documents.letters.printed import PrintedLetter
from desktop.operations import supervision
from desktop.operations.papers import letter_sets
from desktop.operations.session import Session
from desktop.operations.supervision.runs import Choice, Printed, Sent
from desktop.sync.errors.surroundings import plain_problems
from desktop.ui import theme
from desktop.ui.file_dialog import travelling
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, plain, row
from desktop.ui.pdf_pages import Sheet, print_pages, sheets_of
from desktop.ui.printing.printers import make_printer, prepare, printer_names
from desktop.ui.running import RunningDialog, telling
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_A4 = Sheet(595.28, 841.89)
_BAD = (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted)


def put_letter(printer: QPrinter, letter: PrintedLetter, data: bytes) -> bool:
    """Paints one letter as a job of its own; whether the printer took it. Called in a worker."""
    printer.setDocName(letter.number)
    # How far the run is counts letters, not the pages of each.
    print_pages(data, printer, range(len(sheets_of(data))), Ticket(lambda *_said: None))
    return printer.printerState() not in _BAD


class PrintRunDialog(RunningDialog):
    """How the letters of a choice are printed. ``names`` and ``printer`` as those of the preview, ``put`` paints."""

    names: Callable[[], list[str]] = staticmethod(printer_names)
    printer: Callable[[str], QPrinter] = staticmethod(make_printer)
    put: Callable[[QPrinter, PrintedLetter, bytes], bool] = staticmethod(put_letter)

    def __init__(self, workbench: Workbench, choice: Choice) -> None:
        count = len(choice.documents)
        super().__init__(workbench, f"打印{count}份文书", "", "停止")
        self._choice = choice
        self.words, self.marks = plain(_scope(choice)), Note()
        self.ways = QButtonGroup(self)
        self.together = QRadioButton("合成一个PDF，前面有清单(&H)")
        self.apart = QRadioButton("一份一个PDF(&F)")
        self.paper = QRadioButton("按文号顺序送到打印机(&D)")
        self.printers = DropDown()
        self.printers.setAccessibleName("打印机")
        self.printers.setMinimumWidth(theme.measures().average(24))
        self.column.addWidget(self.words)
        self.column.addWidget(self.marks)
        # Only now: what belongs to nothing yet would appear as a window of its own.
        self.marks.say(Tone.WARNING, _marks(choice))
        for way in (self.together, self.apart):
            self.ways.addButton(way)
            self.column.addWidget(way)
        self.ways.addButton(self.paper)
        self.column.addLayout(row(self.paper, self.printers, 1))
        self.papers = QCheckBox("每份连同回证、存根（建议书另有移交清单）(&S)")
        self.column.addWidget(self.papers)
        names = self.names()
        self.printers.addItems(names or ["没有找到打印机"])
        self.printers.setEnabled(bool(names))
        self.paper.setEnabled(bool(names))
        self.ways.buttonToggled.connect(lambda *_: self._say_way())
        self.together.setChecked(True)
        # Enter anywhere is the button, unless the cursor stands on the other one.
        for made in (self.cancel, self.do):
            made.setAutoDefault(True)
        self.do.setDefault(True)
        self.together.setFocus()

    def _say_way(self) -> None:
        """The button says what it will do: a folder is asked for only where files are written."""
        count = len(self._choice.documents)
        self.do.setText(f"打印{count}份" if self.paper.isChecked() else f"保存{count}份…")

    def submit(self) -> None:
        """Asks for a folder where files are written, then prints."""
        if self.running or not self.do.isEnabled():
            return
        if self.paper.isChecked():
            self._to_printer()
            return
        folder = self.workbench.dialogs.folder("保存PDF到哪里", travelling())
        if folder is not None:
            self._to_files(folder, together=self.together.isChecked())

    def _to_files(self, folder: Path, *, together: bool) -> None:
        documents = self._choice.documents
        print_many = letter_sets.print_many if self.papers.isChecked() else supervision.print_many

        def job(session: Session, ticket: Ticket) -> Printed:
            with plain_problems():
                return print_many(session, documents, folder, together=together, progress=telling(ticket))

        def then(printed: Printed) -> None:
            self.accept()
            where = printed.paths[0] if together else folder
            words = f"{len(documents)}份文书已保存到{where}，已经登记打印。打印时请选“实际大小”。"
            self.workbench.shell.tell(Tone.GOOD, words)

        self.run("打印文书", job, then)

    def _to_printer(self) -> None:
        documents, printer = self._choice.documents, self.printer(self.printers.currentText())
        prepare(printer, _A4, 1, self._choice.first)
        put = self.put
        print_each = letter_sets.print_each if self.papers.isChecked() else supervision.print_each

        def on_paper(letter: PrintedLetter, data: bytes) -> bool:
            return put(printer, letter, data)

        def job(session: Session, ticket: Ticket) -> Sent:
            def stopped(done: int, total: int) -> bool:
                ticket.progress(done, total)
                return ticket.cancelled

            return print_each(session, documents, on_paper, stopped)

        self.run("打印文书", job, self._sent)

    def _sent(self, sent: Sent) -> None:
        done, left = len(sent.documents), len(self._choice.documents) - len(sent.documents)
        if not left:
            self.accept()
            self.workbench.shell.tell(Tone.GOOD, f"{done}份文书已送到打印机，已经登记打印。")
            return
        words = f"已送到打印机并登记{done}份，其余{left}份没有打印，也没有登记。"
        why = str(sent.problem) if sent.problem is not None else "可以再点“打印”，只打印其余的。"
        self.problem.say(Tone.WARNING, words, why)
        rest = tuple(d for d in self._choice.documents if d not in sent.documents)
        self.workbench.write(
            "查看文书", lambda session, _ticket: supervision.choice(session, rest), self._go_on, owner=self,
            step=False,
        )  # fmt: skip

    def _go_on(self, rest: Choice) -> None:
        """What is left of a run can be printed from here."""
        self._choice = rest
        self.head.setText(f"打印其余{len(rest.documents)}份文书")
        self.words.setText(_scope(rest))
        self.marks.say(Tone.WARNING, _marks(rest))
        self.cancel.setText("关闭")
        self._say_way()

    def stopped(self) -> None:
        """A printer's run says itself how far it came."""
        if not self.paper.isChecked():
            self.problem.say(Tone.PLAIN, "已停止：没有写文件，没有登记打印。")


def _scope(choice: Choice) -> str:
    if len(choice.documents) == 1:
        return choice.first
    if len(choice.kinds) > 1:
        return f"{'、'.join(kind.label for kind in choice.kinds)}，按文种和文号先后。"
    return f"{choice.first}至{choice.last}，按文号先后。"


def _marks(choice: Choice) -> str:
    """What is marked, and what is passed over."""
    said = []
    if choice.copies:
        said.append(f"{choice.copies}份以前打印过，印上“副本”")
    if choice.voided:
        said.append(f"{choice.voided}份已经作废，印上“作废”")
    if choice.drafts:
        said.append(f"{choice.drafts}份还没有签发，不打印")
    if choice.others:
        said.append(f"{choice.others}份由别的单位签发、打印，不打印")
    return "；".join(said) + "。" if said else ""


def offer_run(workbench: Workbench, documents: Sequence[str]) -> None:
    """Shows how these letters can be printed; says so where none of them can."""

    def then(choice: Choice) -> None:
        if not choice.documents:
            words = (
                "选中的文书由签发的单位打印，这里只能查看。" if choice.others and not choice.drafts
                else "选中的文书都还没有签发，不能打印。请先签发编号。"
            )  # fmt: skip
            workbench.shell.tell(Tone.WARNING, words)
            return
        PrintRunDialog(workbench, choice).open()

    workbench.write(
        "查看文书", lambda session, _ticket: supervision.choice(session, documents), then, step=False
    )
