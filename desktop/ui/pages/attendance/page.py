"""The page of a training course: its facts, and its trainees in a sheet that is filled by pasting and ticking."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLabel

from desktop.operations.recording import officers, training
from desktop.operations.recording.officers import Officer, Roster, Standing
from desktop.records.declaration import Field
from desktop.records.typed.dates import month_day_words
from desktop.records.typed.people_words import Part, Person
from desktop.records.versions.canonical import Cell, Values
from desktop.store.tables.database import Database
from desktop.ui import theme
from desktop.ui.sheets.form import MeetingFormPage
from desktop.ui.sheets.people import PasteWords, Taken
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.sheets.tab import SheetTab
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.looks import Look
from desktop.ui.widgets.overlay import anchor_at

if TYPE_CHECKING:
    from desktop.documents.lists import Paper

TYPE = "attendance"
_FEW_HALF_DAYS = 6


class AttendanceTab(SheetTab):
    """The trainees of a course: who came on which half day, who passed, and how many of how many."""

    words = PasteWords(
        "现场报到", "粘贴的学员名单",
        (Part.NAME, Part.UNIT, Part.POST, Part.PHONE, Part.CODE, Part.REMARK),
    )  # fmt: skip
    hint = (
        "空格打钩　Shift+空格 整行　F8 整列　Shift+F8 全部　Ctrl+D 向下填充　拼音首字母找人　Ctrl+V 粘贴名单　"
        "Ctrl+Z 撤回一步　Ctrl+S 保存"
    )
    empty_icon = "graduation-cap"
    one = "学员"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._roster = Roster()
        self.figures = QLabel()
        self.figures.setAccessibleName("人数")
        self.top.addWidget(self.figures, 1)
        self.add_buttons()
        self.view.choose_wanted.connect(self._choose)
        self.view.pasted_into = lambda column: (
            column.way is Way.TYPED and column.key not in ("name", "officer")
        )

    # -- columns ---------------------------------------------------------------------------------------------------

    def columns(self) -> Sequence[SheetColumn]:
        """Who, on which half days, with which result."""
        days = self._half_days()
        few = len(days) <= _FEW_HALF_DAYS
        return [
            self._typed("name", 16 if few else 10, follows=self._from_roster),
            self._typed("unit_name", 20 if few else 14, stretch=True),
            self._typed("post_title", 12 if few else 8),
            self._roster_column(),
            *(self._half_day(code, few) for code in days),
            self._typed("result", 7, on="passed", fills=lambda row: bool(row.values.get("half_days")),
                        tip="空格换一个；F8：到过的人全部合格"),
            self._typed("certificate_number", 14, counting=True, tip="填好第一个，按Ctrl+D往下连续编号"),
            self._typed("absence_reason", 10),
        ]  # fmt: skip

    def _roster_column(self) -> SheetColumn:
        return SheetColumn(
            "officer", "干部名册", 9, Way.TYPED, self._field("officer"), look=self._standing,
            follows=self._from_link, title=self._name_of,
            tip="对上名册的才计入轮训率和初任培训；F2查找，F4从同名的人里选",
        )  # fmt: skip

    def _half_days(self) -> list[str]:
        rows = [row.values for row in self.model.rows]
        return training.half_days(self.parent_values(), self.workbench.codes["half_day"], rows)

    def _half_day(self, code: str, few: bool) -> SheetColumn:
        label = self.workbench.codes["half_day"].label_of(code)
        day, half = label[:-2], label[-2:]
        try:
            first = datetime.date.fromisoformat(str(self.parent_values().get("started_date")))
            date = first + datetime.timedelta(days=int(code[1:3]) - 1)
            day = month_day_words(date) if few else f"{date.day}日"
            label = f"{label}（{month_day_words(date)}）"
        except (ValueError, OverflowError):
            pass
        field = self._field("half_days")
        return SheetColumn(code, f"{day}\n{half}", 4, Way.TICK, field, code, tip=f"{label}：空格打钩，F8整列")

    def _typed(self, name: str, width: int, **more: Any) -> SheetColumn:
        field = self._field(name)
        return SheetColumn(name, field.label, width, Way.TYPED, field, **more)

    def _field(self, name: str) -> Field:
        return self.record_type.by_name[name]

    # -- the roster ------------------------------------------------------------------------------------------------

    def read_more(self, database: Database) -> Roster:
        """The roster of officers."""
        return officers.roster(database, self.workbench.types, self.workbench.codes)

    def know(self, more: Any) -> None:
        """A newer roster."""
        self._roster = more
        if self.panel is not None and self.pasting:
            self.panel.know(more)

    def roster(self) -> Roster:
        """The roster of officers."""
        return self._roster

    def row_of(self, taken: Taken) -> tuple[Values, Any]:
        """What the roster says of an officer, else what was pasted."""
        return officers.trainee(taken.person, taken.officer), taken.candidates

    def _standing(self, row: SheetRow) -> Look:
        officer = self._roster.by_id.get(str(row.values.get("officer") or ""))
        if officer is not None:
            return Look("在册", "user-check", theme.GOOD, tip=f"{officer.name}　{officer.detail}")
        if row.values.get("officer"):
            return Look("在册", "user-check", theme.GOOD)
        if row.extra:
            return Look("待选", "circle-help", theme.WARNING, tip="名册里有同名的人，按F4选择")
        return Look("现场", tip="名册里没有，或者还没有对上；F2查找") if row.values.get("name") else Look()

    def _from_roster(self, row: SheetRow) -> Values:
        """A typed name is matched as a pasted one is."""
        name, unit = str(row.values.get("name") or ""), str(row.values.get("unit_name") or "")
        if row.values.get("officer") or not name:
            return {}
        match = self._roster.find(Person(name, unit))
        row.extra = match.candidates if match.standing is Standing.CHOOSE else None
        return self._taken_over(row, match.officer) if match.officer is not None else {}

    def _from_link(self, row: SheetRow) -> Values:
        officer = self._roster.by_id.get(str(row.values.get("officer") or ""))
        row.extra = None
        return self._taken_over(row, officer) if officer is not None else {}

    def _name_of(self, record: str) -> str:
        officer = self._roster.by_id.get(record)
        return officer.name if officer is not None else ""

    def _choose(self, position: int, column: int) -> None:
        """Offers the namesakes of a row below its cell."""
        row = self.model.rows[position]
        if self.model.columns[column].key != "officer" or not row.extra or not self.writable:
            return
        cell = self.view.visualRect(self.model.index(position, column))
        anchor = anchor_at(self.view.viewport(), cell)
        choices = [Choice(officer.id, f"{officer.name}　{officer.detail}") for officer in row.extra]
        choices.append(Choice("", "都不是，按现场报到登记"))
        overlay = ChoiceOverlay(anchor, choices, [], single=True)
        overlay.chosen.connect(lambda keys: self._chosen(row, keys[0]))
        overlay.closed.connect(anchor.deleteLater)
        overlay.closed.connect(self.view.setFocus)
        overlay.open_below()

    def _chosen(self, row: SheetRow, record: str) -> None:
        position = self.model.rows.index(row)
        with self.model.step():
            self.model.put(position, {"officer": record or None})
            self.model.put(position, self._from_link(row))

    @staticmethod
    def _taken_over(row: SheetRow, officer: Officer) -> dict[str, Cell]:
        """What the roster says, where nothing else was typed."""
        told = officers.trainee(Person(officer.name), officer)
        return {k: v for k, v in told.items() if k in ("officer", "name") or row.values.get(k) is None}

    # -- counts ----------------------------------------------------------------------------------------------------

    def first_column(self, *, typed: bool) -> str:
        """After pasting, the first half day: there the ticking begins."""
        return "name" if typed else next(iter(self._half_days()), "name")

    def show_figures(self) -> None:
        """The counts, live."""
        found = training.turnout(
            [row.values for row in self.model.rows], self.parent_values().get("expected_count")
        )
        strong = f'<b style="font-size:{theme.measures().text + 4}px">'
        parts = [
            f"应训 {strong}{found.expected}</b>", f"实到 {strong}{found.present}</b>",
            f"缺勤 {strong}{found.absent}</b>", f"合格 {strong}{found.passed}</b>",
        ]  # fmt: skip
        muted = f'<span style="color:{theme.MUTED}">'
        days = set(self._half_days())
        partly = sum(
            len(_half_days_of(row)) > 0 and not days <= _half_days_of(row) for row in self.model.rows
        )
        more = [f"名单{found.listed}人"] if found.listed != found.expected else []
        more += [f"{partly}人只到了一部分"] if partly else []
        more += [f"名册外{found.walk_ins}人"] if found.walk_ins else []
        parts += [f"{muted}{'，'.join(more)}</span>"] if more else []
        if unsaved := self.model.unsaved():
            parts.append(f'<span style="color:{theme.WARNING}">● {unsaved}行还没有保存</span>')
        self.figures.setText("&nbsp;&nbsp;&nbsp;&nbsp;".join(parts))


def _half_days_of(row: SheetRow) -> set[str]:
    return set(str(row.values.get("half_days") or "").split())


class AttendancePage(MeetingFormPage):
    """A course: its facts and its trainees."""

    turnout_words = "到课情况"

    def make_sheets(self) -> Mapping[str, SheetTab]:
        """The trainees."""
        return {TYPE: AttendanceTab(self.workbench, self.workbench.types[TYPE], lambda: self.save())}

    def sign_in(self) -> Paper:
        """Everybody on the list signs for each half day."""
        from desktop.operations.papers import gatherings  # loads what only paper needs

        return gatherings.course_sign_in(
            self.form.values(), self._trainees(), list(self._half_days().values())
        )

    def turnout(self) -> Paper:
        """Who came on which half day, and who passed."""
        from desktop.operations.papers import gatherings  # loads what only paper needs

        results = self.workbench.codes["assessment"]
        return gatherings.course_turnout(self.form.values(), self._trainees(), self._half_days(), results)

    def _trainees(self) -> list[Values]:
        return [row.values for row in self.sheets[TYPE].model.rows if not row.blank]

    def _half_days(self) -> dict[str, str]:
        return {column.code: column.label for column in self.sheets[TYPE].columns() if column.code}

    def _show_state(self) -> None:
        super()._show_state()
        for sheet in self.sheets.values():
            if sheet.record:
                sheet.look_at_columns()
                sheet.show_figures()

    def saved_words(self) -> str:
        """How many are on the list now."""
        tab = self.sheets[TYPE]
        found = training.turnout([row.values for row in tab.model.rows], None)
        open_ = sum(bool(row.extra) and not row.values.get("officer") for row in tab.model.rows)
        choose = f"有{open_}人同名待选，先按现场报到保存。" if open_ else ""
        return f"已保存{found.listed}名学员，实到{found.present}人，合格{found.passed}人。{choose}"

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the sheet."""
        return {
            "Ctrl+V": "粘贴名单",
            "空格": "打钩或取消；Shift+空格：这个人的全部半天",
            "F8": "整列打钩；在“考核”列把到过的人都设为合格",
            "Shift+F8": "全部半天打钩",
            "Ctrl+D": "向下填充；证书号连续编号",
            "F4": "同名的人里选一个",
            "Ctrl+Del": "移除选中的行",
            "Ctrl+Z": "撤回没有保存的一步",
            **super().shortcuts(),
        }
