"""What is to be done, as lines that open what they speak of: a sign, a sentence, an arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.store.workspaces.drafts import Draft
from desktop.ui import icons, theme
from desktop.ui.notices import SIGNS, Tone
from desktop.ui.widgets.wrapping import laid_out
from desktop.ui.workbench import Workbench

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ICON, _ARROW, _GAP, _PAD = 18, 16, 10, 9
_MOST_DRAFTS, _NAME = 3, 20


@dataclass(frozen=True)
class Task:
    """One matter: what it says, whether it is overdue, and what opens it."""

    sentence: str
    do: Callable[[], None]
    urgent: bool = False
    key: str = ""

    @property
    def spoken(self) -> str:
        """The sentence with what its sign says."""
        return f"{'急：' if self.urgent else ''}{self.sentence}"


def draft_tasks(workbench: Workbench, drafts: Sequence[Draft], names: Mapping[str, str]) -> Iterator[Task]:
    """What was typed and not saved, the newest by name; ``names`` are those of records that are changed, by id."""
    shell = workbench.shell
    for draft in drafts[:_MOST_DRAFTS]:
        record_type = workbench.types.get(draft.type)
        if record_type is not None:
            name = names.get(draft.record) or next(
                (t for f in record_type.title if (t := draft.texts.get(f))), ""
            )
            name = f"“{name[:_NAME]}{'…' if len(name) > _NAME else ''}”" if name else ""
            words = f"接着填上次没有保存的{record_type.label}{name}"
            yield Task(words, partial(shell.open_draft, draft), key=f"draft:{draft.key}")
    if len(drafts) > _MOST_DRAFTS:
        words = f"还有{len(drafts) - _MOST_DRAFTS}份没有保存的内容"
        yield Task(words, partial(shell.open_draft, drafts[_MOST_DRAFTS]), key="drafts")


class TaskModel(QAbstractListModel):
    """The matters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks: list[Task] = []

    def show(self, tasks: Sequence[Task]) -> None:
        """Shows other ones."""
        self.beginResetModel()
        self.tasks = list(tasks)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.tasks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The sentence."""
        task = self.tasks[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return task.sentence
        return (
            task.spoken if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) else None
        )


class _Delegate(QStyledItemDelegate):
    """Draws a line; long sentences go on in the next line."""

    def __init__(self, view: QListView, model: TaskModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the sentence needs at the width of the list."""
        width = self._view.viewport().width()
        room = max(80, width - _ICON - _ARROW - 2 * _GAP - 2 * _PAD)
        words = laid_out(self._model.tasks[index.row()].sentence, self._view.font(), room).boundingRect()
        return QSize(width, max(ceil(words.height()), theme.measures().text + 6) + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The sign, the sentence, the arrow, a line below."""
        task, rect = self._model.tasks[index.row()], QRect(option.rect)
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_Active:
            painter.fillRect(rect, QColor(theme.SELECTION))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.COLOURS["hover"]))
        name, colour = SIGNS[Tone.WARNING] if task.urgent else ("chevron-right", theme.FOCUS)
        top = rect.top() + _PAD
        if task.urgent:
            painter.drawPixmap(rect.left() + _PAD, top, icons.pixmap(name, colour, _ICON))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(theme.FOCUS))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(rect.left() + _PAD + 6, top + 7, 6, 6)
        left = rect.left() + _PAD + _ICON + _GAP
        words = QRect(left, top, rect.right() - _PAD - _ARROW - _GAP - left, rect.height() - 2 * _PAD)
        painter.setPen(QColor(theme.INK))
        lines = laid_out(task.sentence, self._view.font(), words.width())
        lines.draw(painter, QPointF(left, top + (words.height() - lines.boundingRect().height()) / 2))
        middle = rect.center().y() - _ARROW // 2 + 1
        arrow = icons.pixmap("chevron-right", theme.MUTED, _ARROW)
        painter.drawPixmap(rect.right() - _PAD - _ARROW, middle, arrow)
        painter.setPen(QColor(theme.COLOURS["grid"]))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class TaskList(QListView):
    """One click or Enter opens a matter."""

    def __init__(self) -> None:
        super().__init__()
        self.matters = TaskModel(self)
        self._went_to = ""
        self.setModel(self.matters)
        self.setItemDelegate(_Delegate(self, self.matters))
        self.setAccessibleName("今天要做的")
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QListView { background: transparent; outline: 0; }")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pressed.connect(self._note_place)
        self.clicked.connect(lambda index: self.matters.tasks[index.row()].do())

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        """Shows other ones; the cursor stays on the matter that one went to, else on the first, the most urgent."""
        self.matters.show(tasks)
        place = next((n for n, t in enumerate(tasks) if t.key == self._went_to), 0)
        if tasks:
            self.setCurrentIndex(self.matters.index(place, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space open."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and self.currentIndex().isValid():
            self.matters.tasks[self.currentIndex().row()].do()
            return
        super().keyPressEvent(event)
        self._note_place(self.currentIndex())

    def _note_place(self, index: QModelIndex) -> None:
        self._went_to = self.matters.tasks[index.row()].key if index.isValid() else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
