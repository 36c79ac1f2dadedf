"""The delegates of a congress in a sheet: pasted, ticked as they come, or copied from the session before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.records.typed.people_words import Part
from desktop.records.typed.values import default_value, parse_cell
from desktop.records.versions.canonical import Cell, Values
from desktop.store.queries import reading
from desktop.store.queries.reading import Compare, Filter, Query
from desktop.store.tables.database import Database
from desktop.ui.notices import Tone
from desktop.ui.parts import button
from desktop.ui.sheets.people import PasteWords, Taken
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.sheets.tab import SEQUENCE, SheetTab
from desktop.ui.worker import Ticket

TYPE = "delegate"
_CARRIED = ("name", "sex", "member", "constituency", "job_category", "dispatched", "migrant", "elected_date")
"""What a delegate keeps from one session to the next of the same term."""


class DelegatesTab(SheetTab):
    """Who was elected where, and who is here."""

    words = PasteWords(
        "新代表", "粘贴的代表名册", (Part.NAME, Part.SEX, Part.UNIT, Part.POST), roster=False,
        labels={Part.UNIT: "选区（部门）", Part.POST: "岗位类别"},
    )  # fmt: skip
    hint = (
        "末行姓名后回车再加一人　空格签到或取消　F8 整列　填写请假事由即为请假　Ctrl+D 向下填充　拼音首字母找人　"
        "Ctrl+V 粘贴名册　Ctrl+S 保存"
    )
    empty_icon = "users"
    one = "代表"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.copy_button = button("从上次会议复制", self.copy_last, "history")
        self.copy_button.setToolTip("把同一单位上次会议的代表名册整份复制过来，再改变动的人")
        self.copy_button.setEnabled(self.writable)
        self.top.addStretch(1)
        self.top.addWidget(self.copy_button)
        self.add_buttons()
        self.buttons.append(self.copy_button)
        self.view.pasted_into = lambda column: column.way is Way.TYPED and column.key != "name"

    def columns(self) -> Sequence[SheetColumn]:
        """Who, from where, of which kind, and here or not."""
        return [
            self._typed("name", 10),
            self._typed("sex", 5, tip="空格换一个"),
            self._typed("constituency", 14, stretch=True),
            self._typed("job_category", 13, on="front_line", fills=_without("job_category"),
                        tip="空格换一个；F8：没填的都填“一线职工”"),
            SheetColumn("presence", "签到", 8, Way.TICK, self._field("presence"), on="present", off="absent",
                        tip="空格签到，F8整列"),
            self._typed("leave_reason", 14, follows=_on_leave, tip="填写事由即为请假"),
            SheetColumn("dispatched", "派遣工", 6, Way.TICK, self._field("dispatched")),
            SheetColumn("migrant", "农民工", 6, Way.TICK, self._field("migrant")),
            self._typed("elected_date", 11),
        ]  # fmt: skip

    def _typed(self, name: str, width: int, **more: Any) -> SheetColumn:
        field = self._field(name)
        return SheetColumn(name, field.label, width, Way.TYPED, field, **more)

    def _field(self, name: str) -> Any:
        return self.record_type.by_name[name]

    # -- rows ------------------------------------------------------------------------------------------------------

    def listed(self, values: Values) -> Values:
        """The constituency tells namesakes apart."""
        return {"name": values.get("name"), "unit_name": values.get("constituency")}

    def new_row(self) -> Values:
        """Whoever is entered while the session is held is here."""
        today = self.workbench.today()
        defaults = {f.name: default_value(f, today) for f in self.record_type.fields}
        return {name: value for name, value in defaults.items() if value is not None}

    def row_of(self, taken: Taken) -> tuple[Values, Any]:
        """What was pasted; a kind of post that is not in the list is left to be filled."""
        person = taken.person
        told = {"sex": person.sex, "job_category": person.post}
        cells: dict[str, Cell] = {"name": person.name, "constituency": person.unit or None}
        cells |= {"remark": person.remark} if person.remark else {}
        for name, text in told.items():
            bench = self.workbench
            parsed = parse_cell(self._field(name), text, codes=bench.codes, today=bench.today())
            cells[name] = parsed.value if parsed.ok else None
        return {**self.new_row(), **cells}, None

    def first_column(self, *, typed: bool) -> str:
        """After pasting, the ticks."""
        return "name" if typed else "presence"

    # -- the session before ----------------------------------------------------------------------------------------

    def copy_last(self) -> None:
        """Puts the delegates of the last session of the same enterprise on the sheet."""
        types, record, values = self.workbench.types, self.record, self.parent_values()
        enterprise = values.get("enterprise")
        if not enterprise or not record:
            self.workbench.shell.tell(Tone.WARNING, "先在“基本信息”里选择单位，才能找到它上次的会议。")
            return

        def job(database: Database, _ticket: Ticket) -> tuple[str, list[Values]]:
            same = Filter("enterprise", Compare.EQUALS, enterprise)
            query = Query("congress", filters=(same,), order="started_date", descending=True)
            for session in reading.records(database, types, query):
                if session.id != record and (found := _delegates_of(database, types, session.id)):
                    return str(session.values.get("name") or ""), found
            return "", []

        self.workbench.read(job, self._copied, owner=self, key="copy")

    def _copied(self, found: tuple[str, list[Values]]) -> None:
        session, delegates = found
        if not delegates:
            self.workbench.shell.tell(Tone.WARNING, "没有找到这个单位以前的代表名册，请粘贴或逐个添加。")
            return
        present = {row.values.get("name") for row in self.model.rows}
        rows = [
            {**self.new_row(), **{name: values.get(name) for name in _CARRIED}}
            for values in delegates
            if values.get("name") not in present
        ]
        if rows:
            self.show_from(self.model.add(rows))
        self.workbench.shell.tell(Tone.GOOD, f"从“{session}”复制了{len(rows)}名代表，核对后保存。")


def _delegates_of(database: Database, types: Any, session: str) -> list[Values]:
    held = reading.records(database, types, Query(TYPE, children_of=session, order=SEQUENCE))
    return [r.values for r in held if r.values.get("change_kind") != "recalled"]


def _without(name: str) -> Any:
    return lambda row: row.values.get(name) is None


def _on_leave(row: SheetRow) -> Values:
    """Whoever has a reason is on leave; without one, presence stays as it is."""
    return {"presence": "leave"} if row.values.get("leave_reason") else {}
