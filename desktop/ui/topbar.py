"""The actions at the top; what they do depends on the page in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from desktop.ui import icons, theme
from desktop.ui.page import Act
from desktop.ui.undo import Step

_ACTS: Mapping[Act, tuple[str, str, str]] = {
    Act.NEW: ("新增", "plus", "Ctrl+N"),
    Act.SAVE: ("保存", "save", "Ctrl+S"),
    Act.FIND: ("查找", "search", "Ctrl+F"),
    Act.IMPORT: ("导入", "file-input", ""),
    Act.EXPORT: ("导出", "file-output", ""),
    Act.PRINT: ("打印", "printer", "Ctrl+P"),
}


class TopBar(QFrame):
    """Buttons with icon and words; their keys work wherever the cursor is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("topbar")
        self._window = window
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(10, 7, 10, 7)
        self._line.setSpacing(2)
        self._do: Mapping[Act, Callable[[], None]] = {}
        self._buttons: dict[QAction, QToolButton] = {}
        self.acts: dict[Act, QAction] = {}
        for act, (words, icon, keys) in _ACTS.items():
            if act in (Act.FIND, Act.IMPORT):
                self._line.addSpacing(8)
            self.acts[act] = self._add(words, icon, keys)
            self.acts[act].triggered.connect(lambda _checked=False, act=act: self._trigger(act))
        self._line.addSpacing(8)
        self.undo = self._add("撤消", "undo-2", "Ctrl+Z")
        self.redo = self._add("重做", "redo-2", "Ctrl+Y")
        self._line.addStretch(1)
        self.refresh = self._add("刷新", "refresh-cw", "F5")
        self.larger = self._add("字号", "a-large-small", "Ctrl+0")
        self.larger.setToolTip("在普通字和大字之间切换（Ctrl+0）")
        self.help = self._add("帮助", "circle-help", "F1")

    def minimumSizeHint(self) -> QSize:
        """Small: words give way to icons where there is no room for them."""
        return QSize(400, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follows the width of the window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Takes the words off the buttons that are known best by their icons, until all fit."""
        well_known = [self.redo, self.undo, self.refresh, self.larger, self.help]
        less_known = [self.acts[a] for a in (Act.PRINT, Act.EXPORT, Act.IMPORT, Act.FIND)]
        for button in self._buttons.values():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for action in [*well_known, *less_known]:
            if self._line.sizeHint().width() <= self.width():
                break
            self._buttons[action].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            self._line.invalidate()

    def button(self, act: Act) -> QToolButton:
        """The button of an action."""
        return self._buttons[self.acts[act]]

    def show_actions(
        self,
        do: Mapping[Act, Callable[[], None]],
        primary: Act | None,
        words_for: Callable[[Act], str],
    ) -> None:
        """Enables what the page in front can do and makes one of it stand out."""
        self._do = do
        for act, action in self.acts.items():
            usual, icon, keys = _ACTS[act]
            words = words_for(act) or usual
            action.setEnabled(act in do)
            action.setText(words)
            action.setToolTip(f"{words}（{keys}）" if keys else words)
            stands_out = act is primary and act in do
            button = self._buttons[action]
            button.setAccessibleName(words)
            action.setIcon(icons.icon(icon, theme.SURFACE if stands_out else theme.INK))
            theme.restyle(button, primary=stands_out)
        self._fit()

    def show_steps(self, last: Step | None, following: Step | None) -> None:
        """Says what can be taken back and what can be done again."""
        for action, step, words in ((self.undo, last, "撤消"), (self.redo, following, "重做")):
            action.setEnabled(step is not None)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            named = f"{words}：{step.name}" if step is not None else words
            action.setToolTip(f"{named}（{keys}）")

    def _trigger(self, act: Act) -> None:
        if (do := self._do.get(act)) is not None:
            do()

    def _add(self, words: str, icon: str, keys: str) -> QAction:
        action = QAction(icons.icon(icon), words, self._window)
        action.setToolTip(f"{words}（{keys}）" if keys else words)
        if keys:
            action.setShortcut(QKeySequence(keys))
        self._window.addAction(action)
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(words)
        self._line.addWidget(button)
        self._buttons[action] = button
        return action
