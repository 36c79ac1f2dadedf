"""Takes files in: read and looked at in a worker, one question about pictures, one operation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from desktop.errors import Problem
from desktop.operations.file_names import size_words
from desktop.operations.recording import attachable, attachments
from desktop.operations.recording.attachable import Prepared
from desktop.operations.recording.attachments import Added
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket


class Adding(QWidget):
    """How far reading the files is, with a way to stop; it is seen only meanwhile."""

    def __init__(self, workbench: Workbench, record_type: RecordType) -> None:
        super().__init__()
        self._workbench, self._type, self._record = workbench, record_type, ""
        self._task: Task[tuple[list[Prepared], list[Problem]]] | None = None
        self.progress = QProgressBar()
        self.progress.setAccessibleName("正在读取文件")
        self.stop_button = QPushButton("停止")
        self.stop_button.clicked.connect(self._stop)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.progress)
        line.addWidget(self.stop_button)
        self.hide()

    def begin(self, record: str, paths: Sequence[Path]) -> None:
        """Reads the files, asks once whether pictures are made smaller, and adds them; one drop at a time."""
        if self._task is not None:
            return
        self._record = record
        today = self._workbench.today()

        def job(_database: Database, ticket: Ticket) -> tuple[list[Prepared], list[Problem]]:
            ready: list[Prepared] = []
            refused: list[Problem] = []
            for place, path in enumerate(paths):
                ticket.check()
                ticket.progress(place, len(paths), path.name)
                try:
                    ready.append(attachable.prepare(path, today))
                except Problem as problem:
                    refused.append(problem)
            return ready, refused

        def failed(_error: Exception) -> bool:
            self._ended()
            return False

        self.progress.setRange(0, len(paths))
        self.progress.setValue(0)
        self.show()
        task = self._workbench.read_long(job, lambda result: self._prepared(*result), owner=self, fail=failed)
        task.progressed.connect(lambda done, _total, _words: self.progress.setValue(done))
        self._task = task

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._ended()

    def _ended(self) -> None:
        self._task = None
        self.hide()

    def _prepared(self, ready: Sequence[Prepared], refused: Sequence[Problem]) -> None:
        self._ended()
        shrink: bool | None = True
        if any(file.worth_it for file in ready):
            shrink = self._ask_to_shrink([file for file in ready if file.worth_it])
        if shrink is None:
            return
        if not ready:
            self._tell(None, refused)
            return
        name, record, smaller = self._type.name, self._record, shrink

        def job(session: Session, _ticket: Ticket) -> Added:
            return attachments.add(session, name, record, ready, shrink=smaller)

        self._workbench.write("添加附件", job, lambda added: self._tell(added, refused), owner=self)

    def _ask_to_shrink(self, photos: Sequence[Prepared]) -> bool | None:
        """Whether photos are made smaller; nothing for neither."""
        before = sum(len(file.data) for file in photos)
        after = sum(len(file.smaller.data) for file in photos if file.smaller is not None)
        located = any(file.picture is not None and file.picture.located for file in photos)
        words = (
            f"{len(photos)}张图片一共{size_words(before)}，缩小后约{size_words(after)}，文字照样看得清楚。"
            f"缩小时去掉拍摄位置、相机等隐藏信息{'（这些照片里有拍摄位置）' if located else ''}；原样添加的都留着。"
        )
        fits = all(file.fits for file in photos)
        if not fits:
            words += f"有的超过{size_words(attachable.MOST_BYTES)}，只能缩小。"
        answer = self._workbench.dialogs.ask(
            "添加图片", words, yes="缩小后添加", no="原样添加" if fits else ""
        )
        return None if answer is Answer.CANCEL else answer is Answer.YES

    def _tell(self, added: Added | None, refused: Sequence[Problem]) -> None:
        words = [f"已添加{len(added.ids)}个附件。"] if added is not None else []
        if added is not None and added.known:
            words.append(f"有{len(added.known)}个已经有了，没有再添加。")
        if refused:
            words.append(attachable.refused_words(refused))
        tone = Tone.ERROR if added is None else Tone.WARNING if refused else Tone.GOOD
        self._workbench.shell.tell(tone, "".join(words))
