"""The help page: what kind of record this is, what its fields mean, which keys there are, and the manual."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTextBrowser, QVBoxLayout

from desktop.records.declaration import RecordType
from desktop.resources import resource
from desktop.ui import spacing, theme
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page
from desktop.ui.parts import back_button
from desktop.ui.workbench import Workbench

GENERAL_KEYS = {
    "Ctrl+N": "新增",
    "Ctrl+S": "保存",
    "Ctrl+F": "查找",
    "Ctrl+P": "打印",
    "Ctrl+Z、Ctrl+Y": "撤消、重做刚才的一步",
    "F5": "刷新",
    "F6": "在左边的目录和页面之间切换（目录里用方向键，回车打开）",
    "F7": "逻辑检查",
    "Ctrl+0": "普通字、大字",
    "F1": "帮助",
    "Alt+←": "返回上一页",
}


class HelpPage(Page):
    """Made from the declaration of the record type that was in front, so that it never lags behind the form."""

    def __init__(self, workbench: Workbench, anchor: str, keys: Mapping[str, str]) -> None:
        super().__init__(workbench)
        self._keys = keys
        self.setProperty("help", True)
        self._anchor = anchor
        heading = QLabel("帮助")
        heading.setProperty("heading", "1")
        self.text = QTextBrowser()
        self.text.setAccessibleName("帮助内容")
        self.text.setOpenExternalLinks(False)
        self.text.setSearchPaths([str(resource("manual"))])
        self.text.setHtml(self._content())
        self.search = QLineEdit()
        self.search.setPlaceholderText("在帮助里查找（Ctrl+F），回车找下一处")
        self.search.setAccessibleName("在帮助里查找")
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self._find_next)
        QShortcut(QKeySequence("Esc"), self).activated.connect(lambda: workbench.shell.back())
        line = QHBoxLayout()
        line.addWidget(back_button(workbench))
        line.addWidget(heading)
        line.addStretch(1)
        line.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.addLayout(line)
        column.addWidget(self.text, 1)

    @property
    def title(self) -> str:
        """Help."""
        return "帮助"

    def enter(self) -> None:
        """The cursor goes into the text, so that it can be scrolled by keys."""
        self.text.setFocus()
        self.text.scrollToAnchor(self._anchor)

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Finding words in the text."""
        return {Act.FIND: self._find}

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _find_next(self) -> None:
        """Goes to the next place with the words, behind the last one to the first."""
        if words := not_found(self.text, self.search.text()):
            self.workbench.shell.tell(Tone.PLAIN, words)

    def _content(self) -> str:
        parts = [_TO_CONTENTS]
        record_type = self.workbench.types.get(self._anchor)
        if record_type is not None:
            parts.append(f"<h2>{html.escape(record_type.label)}</h2><p>{html.escape(record_type.help)}</p>")
        if self._keys:
            parts.append(_keys("这一页的按键", self._keys))
        parts.append(_keys("到处可用的按键", GENERAL_KEYS))
        if record_type is not None:
            parts.append(_fields(self.workbench, record_type))
        return style() + "".join(parts) + manual()


def style() -> str:
    """How the tables of the help look."""
    return _STYLE.format(line=theme.LINE, muted=theme.MUTED)


def manual() -> str:
    """The manual as a page; nothing where it was not packed."""
    path = resource("manual", "index.html")
    return path.read_text("utf-8") if path.is_file() else ""


def not_found(text: QTextBrowser, typed: str) -> str:
    """Goes to the next place with these words, behind the last one to the first; what is said where there is none."""
    words = typed.strip()
    if not words or text.find(words):
        return ""
    text.moveCursor(QTextCursor.MoveOperation.Start)
    return "" if text.find(words) else f"帮助里没有“{words}”。请换一个说法，或者少写几个字。"


_TO_CONTENTS = '<p><a href="#contents">使用手册目录</a></p>'
_STYLE = (
    "<style>td,th{{padding:4px 10px;border-bottom:1px solid {line};vertical-align:top}}"
    " th{{color:{muted}}}</style>"
)


def _keys(heading: str, keys: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><td><b>{html.escape(k)}</b></td><td>{html.escape(v)}</td></tr>" for k, v in keys.items()
    )
    return f"<h3>{heading}</h3><table cellspacing='0'>{rows}</table>"


def _fields(workbench: Workbench, record_type: RecordType) -> str:
    rows = []
    for field in record_type.shown_fields:
        words = [field.help]
        if field.example:
            words.append(f"例：{field.example}")
        if field.codes:
            offered = [item.label for item in workbench.codes[field.codes].offered]
            words.append("可选：" + "、".join(offered[:12]) + ("等" if len(offered) > 12 else ""))
        if field.link:
            words.append(f"从已登记的“{workbench.types[field.link].label}”中选择")
        said = html.escape("　".join(filter(None, words)))
        needed = "必填" if field.needed else ""
        rows.append(f"<tr><td>{html.escape(field.label)}</td><td>{needed}</td><td>{said}</td></tr>")
    return f"<h3>各项的意思</h3><table cellspacing='0'>{''.join(rows)}</table>"
