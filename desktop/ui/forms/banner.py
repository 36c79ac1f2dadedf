"""The bar above a record: that it is deleted or disputed, who may write it, what is due.

That it is there twice is found while somebody types, when a bar that comes would move the form under the hand: it is
told as the window tells everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.operations.form_data import FormData
from desktop.records.cells import Values
from desktop.records.declaration import DELETED_SLOT, RecordType, Role
from desktop.records.reckoning.periods import Clock, InitialTraining
from desktop.store.tables.database import Database
from desktop.ui.forms.twins import Twin, find_twin, naming_field
from desktop.ui.notices import NoticeBar, Tone
from desktop.ui.workbench import Workbench

_TRAINED = frozenset({"officer", "appointment"})
"""Records of people who are to be trained within a year of their appointment."""


def training_due(
    database: Database, bench: Workbench, type_name: str, record: str
) -> Sequence[InitialTraining]:
    """The clocks that run until somebody who was newly appointed is trained."""
    if type_name not in _TRAINED:
        return ()
    from desktop.operations.recording import training  # loads what only these few forms need

    return training.due(database, bench.types, type_name, record, bench.today())


class RecordBanner(NoticeBar):
    """One sentence on a record of ``record_type``, with the button that helps.

    ``record`` says which one the page shows now, ``restore`` brings a deleted one back.
    """

    def __init__(
        self,
        workbench: Workbench,
        record_type: RecordType,
        record: Callable[[], str | None],
        restore: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._type = record_type
        self._restore = restore
        self._record = record
        self._twin_told = False

    def show_record(self, data: FormData, due: Sequence[InitialTraining]) -> None:
        """What is to be known of a stored record before anything is typed into it; ``due`` is who has to be trained."""
        shell, name = self._workbench.shell, self._type.name
        writable = self._workbench.may_write(self._type)
        if writable and data.whose:
            self.show_notice(Tone.PLAIN, f"这条记录归“{data.whose}”管，这里只能查看。要改，请联系它。")
        elif data.deleted:
            action = "恢复" if writable else ""
            self.show_notice(Tone.WARNING, "这条记录已经删除，恢复后才能修改。", action, self._restore)
        elif writable and data.issued:
            self.show_notice(Tone.PLAIN, f"这份{data.issued}已经签发，随它发出的内容不能再改。")
        elif data.record.disputed:
            named = "、".join(
                "删除与否" if slot == DELETED_SLOT else self._type.slot_label(slot)
                for slot in data.record.disputed
            )
            action = ("去处理" if writable else "去看") if shell.has_page("conflicts") else ""
            # Who may decide is read on the page of conflicts; a record of another town's is not for this one to choose.
            self.show_notice(
                Tone.WARNING, f"几处填写不一致：{named}。几份内容都保留着；能由本单位定的请选一个，其余等上级来定。",
                action, lambda: shell.open_page("conflicts", type_name=name, record=data.record.id),
            )  # fmt: skip
        elif not writable:
            self.show_notice(Tone.PLAIN, self._why_not())
        elif due:
            late = any(clock.clock is Clock.OVERDUE for clock in due)
            words = "；".join(clock.words for clock in due)
            self.show_notice(Tone.WARNING if late else Tone.PLAIN, f"新任职的初任培训{words}。")
        else:
            self.clear()

    def _why_not(self) -> str:
        """Why the record is only to be looked at."""
        if (why := self._workbench.unwritten) is not None:
            return why.sentence
        if self._workbench.role is Role.READER:
            return "您登录的身份只能查看。要修改，请用能登记的身份登录。"
        if self._type.by_program:
            return "这类记录由程序登记，这里只能查看。"
        return "这类记录由别的单位登记，这里只能查看。"

    def look_for_twin(self, values: Values) -> None:
        """Tells in the window, before the save, that the record with these values is there already."""
        bench, record_type, own = self._workbench, self._type, self._record()

        def arrived(twin: Twin | None) -> None:
            page = self.parentWidget()
            if self._record() != own or page is None or not page.isVisible():
                return
            if twin is None:
                if self._twin_told:
                    bench.shell.move_on()
                self._twin_told = False
                return
            self._twin_told = True
            naming = naming_field(record_type)
            key = record_type.by_name[naming].label if naming is not None else ""
            joined = (
                "保存时并入那一条，不会重复。" if twin.joined
                else f"{key}和这里的一样，请看看是不是同一个。" if twin.same_code
                else "请看看是不是同一个。"
            )  # fmt: skip
            bench.shell.tell(
                Tone.WARNING, f"已经登记过“{twin.title}”，{joined}", "打开那一条",
                lambda: bench.shell.open_record(record_type.name, twin.id),
            )  # fmt: skip

        bench.read(
            lambda database, _ticket: find_twin(database, bench.types, bench.codes, record_type, values, own),
            arrived, owner=self, key="twin",
        )  # fmt: skip
