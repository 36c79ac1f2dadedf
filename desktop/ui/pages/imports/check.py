"""The second step of an import: the columns as they were recognised, and what would become of every row."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.operations.imports import telling, whole
from desktop.operations.imports.importing import ImportPreview, Outcome
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.pages.imports.columns import ColumnsTable, targets_of
from desktop.ui.pages.imports.rows import OutcomeChips, RowsModel, RowsTable, Shown, detail_of, notes_of
from desktop.ui.parts import Card, Note, button, empty_layout, plain, row, scrolling
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.workbench import Workbench

_DETAIL_HEIGHT = 150


class CheckStep(QWidget):
    """Says what is wanted: another sheet, another meaning of a column, the report, the import itself."""

    sheet_wanted = Signal(str)
    column_wanted = Signal(int, str)
    report_wanted = Signal()
    run_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self.preview: ImportPreview | None = None
        self.file = QLabel()
        self.file.setTextFormat(Qt.TextFormat.PlainText)
        self.sheets = DropDown()
        self.sheets.setAccessibleName("工作表")
        self.sheets.activated.connect(lambda _n: self.sheet_wanted.emit(self.sheets.currentText()))
        self.columns = ColumnsTable()
        self.columns.chosen.connect(self.column_wanted)
        self.columns_words = plain(muted=True, small=True)
        self.rows = RowsModel(workbench.types, workbench.codes, self)
        self.table = RowsTable(self.rows)
        self.table.moved.connect(self._show_detail)
        self.chips = OutcomeChips()
        self.chips.chosen.connect(self._filter)
        self.note = Note()
        self.run = button("", self.run_wanted.emit, "check", primary=True)
        self.report = button("保存退回表…", self.report_wanted.emit, "save")
        self._detail = QWidget()
        self._grid = QGridLayout(self._detail)
        self._detail_words = plain()
        self._build()

    def _build(self) -> None:
        self.back = button("上一步", self.back_wanted.emit, "arrow-left")
        self._sheet_label = QLabel("工作表")
        top = row(self.file, self._sheet_label, self.sheets, 1, self.back, self.report, self.run, spacing=8)
        left = Card()
        left.say_heading("列的对应")
        left.column.addWidget(self.columns_words)
        left.column.addWidget(self.columns, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.chips)
        column.addWidget(self.table, 1)
        detail = Card()
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self._detail_words)
        stack.addWidget(self._detail)
        stack.addStretch(1)
        area = scrolling(inner)
        area.setStyleSheet("QScrollArea, QWidget#form-body { background: transparent; }")
        area.setFixedHeight(_DETAIL_HEIGHT)
        detail.column.setContentsMargins(12, 6, 8, 6)
        detail.column.addWidget(area)
        column.addWidget(detail)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([theme.measures().average(44), theme.measures().average(92)])
        both.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(top)
        outer.addWidget(self.note)
        outer.addWidget(both, 1)

    def show_preview(self, preview: ImportPreview) -> None:
        """Shows what an import would do."""
        self.preview = preview
        self.file.setText(f"{preview.file}　{_header_words(preview)}")
        visible = [s.name for s in preview.sheets if not s.hidden or s.name == preview.sheet]
        self.sheets.clear()
        self.sheets.addItems(visible)
        self.sheets.setCurrentText(preview.sheet)
        for widget in (self.sheets, self._sheet_label):
            widget.setVisible(len(visible) > 1)
        types = self._workbench.types
        self.columns.show_columns(preview.columns, targets_of(types, preview.type, preview.columns))
        known = sum(c.target is not None for c in preview.columns)
        how = "按列表里列的先后对应" if preview.by_order else "认出"
        told = f"{how}{known}列。" if known else ""
        self.columns_words.setText(f"{told}选中一列按回车，可以改它导入到哪里")
        self.chips.show_counts(preview)
        self._say(preview)
        changes = (
            preview.counts.new
            + preview.counts.changed
            + (preview.counts.deleted if preview.options.revive else 0)
        )
        self.run.setText(f"开始导入（{changes}行）" if changes else "没有需要导入的行")
        self.run.setEnabled(changes > 0)
        mend = len(preview.to_mend)
        self.report.setText(f"保存退回表（{mend}行）…")
        self.report.setToolTip(f"{telling.to_mend(preview)}。连同原因保存成表格，改好后单独再导入")
        self.report.setVisible(mend > 0)

    def _say(self, preview: ImportPreview) -> None:
        lines = [*_assumed(preview), *telling.sentences(preview)]
        unknown: dict[str, list[str]] = {}
        for column in preview.unknown_columns if preview.has_header or preview.by_order else ():
            unknown.setdefault(column.reason, []).append(column.header or f"第{column.index + 1}列")
        for reason, headers in sorted(unknown.items()):
            why = f"，{reason}。" if reason else "。"
            known = "" if reason else "没有认出，"
            lines.append(f"有{len(headers)}列{known}不会导入：{telling.listed(headers)}{why}")
        if unsaid := whole.unsaid(self._workbench.types[preview.type], preview.columns, preview.options):
            lines.append(f"表格里没有“{'”“'.join(unsaid)}”；整张表都一样的，请点“上一步”填一次。")
        if preview.missing:
            parts = [f"{label}（{count}条）" for label, count in preview.missing.items()]
            lines.append(f"导入以后还缺必填内容：{telling.listed(parts)}，可以以后补。")
        if preview.counts.without_town:
            lines.append(f"{preview.counts.without_town}行看不出是哪个镇街，请在“没有确定镇街”里查看。")
        if preview.counts.deleted and not preview.options.revive:
            lines.append(
                f"{preview.counts.deleted}行以前在本机删除过，不会导入；要恢复的，请点“上一步”勾选。"
            )
        tone = Tone.WARNING if lines else Tone.GOOD
        counts = str(preview.counts) if preview.rows else "还没有可以导入的行"
        self.note.say(tone, counts, "\n".join(lines))

    def _filter(self, key: Outcome | Shown) -> None:
        if self.preview is not None:
            self.rows.show(self.preview, key)
            if self.rows.rowCount():
                self.table.setCurrentIndex(self.rows.index(0, 1))
            else:
                self._show_detail(-1)

    def _show_detail(self, position: int) -> None:
        empty_layout(self._grid)
        if self.preview is None or not 0 <= position < self.rows.rowCount():
            self._detail_words.setText("")
            return
        shown = self.rows.row(position)
        words = notes_of(shown)
        self._detail_words.setText(
            f"第{shown.number}行：{shown.outcome.label}" + (f"。{words}" if words else "")
        )
        pairs = detail_of(shown, self.preview, self._workbench.types, self._workbench.codes)
        for n, (label, text) in enumerate(sorted(pairs, key=lambda pair: "→" not in pair[1])):
            at, side = divmod(n, 2)
            name = QLabel(label)
            name.setProperty("muted", True)
            value = QLabel(text)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setToolTip(text)
            if "→" in text:
                theme.restyle(value, tone="warning")
            self._grid.addWidget(name, at, side * 2, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, at, side * 2 + 1)
            self._grid.setColumnStretch(side * 2 + 1, 1)


def _header_words(preview: ImportPreview) -> str:
    if not preview.has_header:
        return "没有列名"
    first, last = preview.header_rows
    return f"表头在第{first}行" if first == last else f"表头在第{first}至{last}行"


def _assumed(preview: ImportPreview) -> list[str]:
    """What was taken for granted where nothing names the columns."""
    if preview.by_order:
        taken = [c.label for c in preview.columns if c.target is not None]
        return [
            f"粘贴的内容没有列名，已按列表里各列的先后对应：{'、'.join(taken)}。不对的，在左边选中那一列按回车改。"
        ]
    if not preview.has_header:
        return ["粘贴的内容没有列名，和列表里的列也对不上。请在左边逐列按回车，选它导入到哪里。"]
    return []
