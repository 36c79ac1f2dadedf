"""A day: typed in any usual form, or chosen from a small calendar."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QDate, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QVBoxLayout, QWidget

from desktop.records.cells import as_day
from desktop.records.declaration import Field
from desktop.ui import icons, theme
from desktop.ui.fields.texts import LineEditor
from desktop.ui.widgets.overlay import Overlay
from desktop.ui.workbench import Workbench


class CalendarOverlay(Overlay):
    """A month at a time, weeks beginning with Monday."""

    def __init__(self, anchor: QWidget, day: datetime.date) -> None:
        super().__init__(anchor)
        self.setObjectName("card")
        self.calendar = QCalendarWidget()
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.calendar.setGridVisible(False)
        plain = QTextCharFormat()
        for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(weekday, plain)
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.calendar)

    def wanted_size(self) -> QSize:
        """As large as the month needs."""
        wanted = self.calendar.sizeHint()
        return QSize(max(wanted.width(), theme.measures().text * 25) + 10, wanted.height() + 10)

    def open_below(self) -> None:
        """Opens with the cursor on the day."""
        super().open_below()
        self.calendar.setFocus(Qt.FocusReason.PopupFocusReason)


class DateEditor(LineEditor):
    """20261122, 2026.11.22, 11-22, 2026年11月22日 …; Alt+down or the button opens the calendar."""

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        if not field.example:
            self.line.setPlaceholderText("如：2026-11-22")
        self.button = QToolButton(self.line)
        self.button.setIcon(icons.icon("calendar", theme.MUTED))
        self.button.setAccessibleName(f"{field.label}：打开日历")
        self.button.setToolTip("打开日历（Alt+↓）；也可以连着打数字，如20261122")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.open_calendar)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.line.setTextMargins(0, 0, 24, 0)
        self.line.installEventFilter(self)
        self._overlay: CalendarOverlay | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button stands at the right end of the line; Alt+down opens the calendar."""
        if watched is self.line:
            if event.type() == QEvent.Type.Resize:
                side = min(self.line.height() - 6, 22)
                top = (self.line.height() - side) // 2
                self.button.setGeometry(self.line.width() - side - 4, top, side, side)
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
                if event.key() == Qt.Key.Key_F4 or (event.key() == Qt.Key.Key_Down and alt):
                    self.open_calendar()
                    return True
        return super().eventFilter(watched, event)

    def set_locked(self, locked: bool) -> None:
        """A locked day has no calendar."""
        super().set_locked(locked)
        self.button.setEnabled(not locked)

    def open_calendar(self) -> None:
        """Shows the month of the day that is typed, or this one."""
        if self.locked:
            return
        day = as_day(self.parsed().value) or self.workbench.today()
        overlay = CalendarOverlay(self.line, day)
        overlay.calendar.activated.connect(self._chosen)
        overlay.calendar.clicked.connect(self._chosen)
        overlay.closed.connect(overlay.deleteLater)
        self._overlay = overlay
        overlay.open_below()

    def _chosen(self, day: QDate) -> None:
        self.line.setText(day.toString(Qt.DateFormat.ISODate))
        if self._overlay is not None:
            overlay, self._overlay = self._overlay, None
            overlay.close_overlay()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()
