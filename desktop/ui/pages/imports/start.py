"""The first step of an import: which file or what was copied, and how to go about it."""

from __future__ import annotations

import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIntValidator, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.operations.imports import whole
from desktop.operations.imports.importing import NationalExport, Options
from desktop.records.declaration import RecordType
from desktop.records.typed.dates import parse_date
from desktop.records.versions.canonical import Cell
from desktop.ui import icons, theme
from desktop.ui.fields.making import make_editor
from desktop.ui.notices import Tone
from desktop.ui.parts import Card, button, heading, plain, row
from desktop.ui.pasting import NoTable, on_clipboard, table_file
from desktop.ui.workbench import Workbench

FILTERS = ("表格 (*.xlsx *.xls *.xlsm *.et *.csv *.txt *.xml *.htm *.html)", "所有文件 (*)")
_LAST_HEADER_ROW = 40
_LONGEST_NAME = 60
"""Letters of a file's name that a button shows."""
_NATIONAL = "national_entry_date"


class StartStep(QWidget):
    """``chosen`` carries the table that was chosen, dropped or copied; ``template_wanted`` asks for an empty one.

    ``again_wanted`` asks for the table that was read last, as it is by now and with what is said here.
    """

    chosen = Signal(object)
    again_wanted = Signal()
    template_wanted = Signal()

    def __init__(self, workbench: Workbench, record_type: RecordType, fixed: dict[str, Cell]) -> None:
        super().__init__()
        self._workbench = workbench
        self._type = record_type
        self._fixed = fixed
        self.setAcceptDrops(True)
        self.choose = button("选择表格文件…", self._choose, "folder-open", primary=True)
        self.paste = button("从剪贴板粘贴", self._paste, "copy")
        self.paste.setToolTip("在WPS或Excel里选中几行几列复制，再到这里粘贴（Ctrl+V）")
        self.template = button("保存空白模板…", self.template_wanted.emit, "save")
        self.template.setToolTip("只有列名和下拉选项的表格，发下去填好以后在这里导入")
        self.again = button("", self.again_wanted.emit, "refresh-cw")
        self.again.hide()
        self.fill_only = QCheckBox("只填空白：已有内容的项目一律不改")
        self.revive = QCheckBox("以前删除过的记录，恢复后更新")
        self.national = QCheckBox("这是全国系统导出的名单，导入后标记为“已录入全国系统”")
        self.day = QLineEdit(workbench.today().isoformat())
        self.day.setAccessibleName("导出日期")
        self.day.setMaximumWidth(theme.measures().average(16))
        self.batch = QLineEdit()
        self.batch.setAccessibleName("录入批次")
        self.batch.setPlaceholderText("批次（可不填）")
        self.batch.setMaximumWidth(theme.measures().average(26))
        # No spin box: without its buttons the style leaves it no room for its text.
        self.header = QLineEdit()
        self.header.setPlaceholderText("自动识别")
        self.header.setValidator(QIntValidator(1, _LAST_HEADER_ROW, self.header))
        self.header.setAccessibleName("表头所在的行")
        self.header.setFixedWidth(theme.measures().average(14))
        self.whole = [make_editor(field, workbench, None) for field in whole.fields_of(record_type)]
        """What the whole table is about, where it may leave that to its heading."""
        self._entry = QWidget()
        self.national.toggled.connect(self._entry.setEnabled)
        self._build()
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self._paste)

    def _build(self) -> None:
        card = Card()
        sign = QLabel()
        sign.setPixmap(icons.pixmap("file-input", theme.FAINT, 40))
        words = plain(
            "支持 xlsx、xls、et、csv，也可以在WPS或Excel里选中几行复制，到这里或者任何列表里按Ctrl+V。"
            "表头和列名会自动识别，全国实名制两种模板也认得；"
            "先显示会新增什么、修改什么，您确认以后才写入，写入后一步就能撤消。",
            muted=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        center = Qt.AlignmentFlag.AlignHCenter
        card.column.addSpacing(16)
        card.column.addWidget(sign, 0, center)
        card.column.addWidget(heading(f"把{self._type.label}的表格拖到这里，或者", 1), 0, center)
        choices = row(self.choose, self.paste, self.template, spacing=10)
        choices.setAlignment(center)
        card.column.addLayout(choices)
        card.column.addWidget(words)
        card.column.addSpacing(8)
        options = Card()
        options.say_heading("怎样导入")
        options.column.addLayout(row(QLabel("列名（表头）在第几行"), self.header, 1))
        if self.whole:
            options.column.addWidget(plain("整张表都一样、表格里没有写的，在这里填一次：", muted=True))
            options.column.addLayout(row(*self._whole_line(), 1, spacing=10))
        options.column.addWidget(self.fill_only)
        options.column.addWidget(self.revive)
        line = QHBoxLayout(self._entry)
        line.setContentsMargins(22, 0, 0, 0)
        line.addWidget(QLabel("导出日期"))
        line.addWidget(self.day)
        line.addWidget(self.batch)
        line.addStretch(1)
        self._entry.setEnabled(False)
        listed = _NATIONAL in self._type.by_name or self._type.name == "union"
        for widget in (self.national, self._entry):
            options.column.addWidget(widget)
            widget.setVisible(listed)
        # Where the eye is when all of this has been said.
        options.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(options)
        column.addStretch(1)

    def _whole_line(self) -> list[QWidget]:
        line: list[QWidget] = []
        for editor in self.whole:
            label = QLabel(editor.field.label)
            label.setBuddy(editor.inputs()[0])
            editor.finished.connect(editor.tidy)
            editor.setMinimumWidth(theme.measures().average(24))
            line += [label, editor]
        return line

    @property
    def header_row(self) -> int | None:
        """The row that names the columns, where a person has said so."""
        return int(self.header.text()) if self.header.hasAcceptableInput() else None

    def options(self) -> Options:
        """What was ticked."""
        national = None
        if self.national.isChecked():
            day = parse_date(self.day.text(), self._workbench.today()) or datetime.date.today()
            national = NationalExport(day, self.batch.text().strip())
        return Options(
            fixed=self._fixed,
            whole={e.field.name: value for e in self.whole if (value := e.parsed().value) is not None},
            fill_only=self.fill_only.isChecked(),
            revive=self.revive.isChecked(),
            national=national,
        )

    def problem(self) -> str | None:
        """Why what is filled in here cannot be read, in a sentence; nothing where all can."""
        if self.national.isChecked() and parse_date(self.day.text(), self._workbench.today()) is None:
            return "导出日期看不出是哪一天，请写成2026-11-22这样。"
        return next((f"{found}。" for editor in self.whole if (found := editor.parsed().problem)), None)

    def offer_again(self, name: str | None) -> None:
        """Offers the table that was read, if any, so that nobody has to look for it for the sake of a tick."""
        room = theme.measures().average(_LONGEST_NAME)
        shown = self.again.fontMetrics().elidedText(name or "", Qt.TextElideMode.ElideMiddle, room)
        self.again.setText(f"重新读取“{shown}”")
        self.again.setVisible(name is not None)

    @property
    def first_place(self) -> QWidget:
        """Where the cursor belongs: who comes back with a table wants to say something more about it."""
        if self.again.isHidden():
            return self.choose
        unsaid = (e.inputs()[0] for e in self.whole if e.parsed().value is None)
        return next(unsaid, self.again)

    def _choose(self) -> None:
        title = f"选择要导入的{self._type.label}表格"
        path = self._workbench.dialogs.open_file(title, Path.home(), FILTERS)
        if path is not None:
            self.chosen.emit(path)

    def _paste(self) -> None:
        """Takes what was copied, or says why that is no table."""
        try:
            self.chosen.emit(on_clipboard(self._workbench.today()))
        except NoTable as problem:
            self._workbench.shell.tell(Tone.WARNING, str(problem))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One table may be dropped."""
        if table_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes the table."""
        path = table_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.chosen.emit(path)
