"""Chooses the unit of a new workspace: a division found by typing, or code and name for those that are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.records.declaration import Level
from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.typed.uscc import check_uscc, normalise_uscc
from desktop.ui.matching import rank
from desktop.ui.widgets.pick import Option, PickEdit

_DIVISION = {
    Level.CITY: DivisionLevel.CITY,
    Level.DISTRICT: DivisionLevel.DISTRICT,
    Level.TOWN: DivisionLevel.TOWN,
    Level.VILLAGE: DivisionLevel.VILLAGE,
}
_MOST = 60
_UNION_NAMES = {
    Level.CITY: "总工会",
    Level.DISTRICT: "总工会",
    Level.TOWN: "总工会",
    Level.VILLAGE: "联合工会",
}
"""What a unit is usually called after its division; the name can be changed."""
_COMMITTEE = re.compile("(?<=[村社区])(村民|居民)?(委员会|居委会|委会)$")
"""Divisions of the lowest level are listed under the names of their committees, which are no part of a union's."""


def _place_name(division: str) -> str:
    """What people call a division: 径山村 for 径山村委会, 良渚社区 for 良渚社区居委会."""
    return _COMMITTEE.sub("", division)


class DivisionSource:
    """Divisions of one level, found by any part of the name or pinyin initials of it."""

    def __init__(self, divisions: Divisions) -> None:
        self._divisions = divisions
        self.level = DivisionLevel.TOWN
        self._root = ""

    def look_up(self, text: str, then: Callable[[Sequence[Option]], None]) -> None:
        """Matches, best first; without a text, the divisions from the top down."""
        then(self._search(text.strip()) if text.strip() else self._browse())

    def browse(self, option: Option) -> None:
        """Goes down into a division, or up again."""
        self._root = option.key

    def _search(self, text: str) -> list[Option]:
        found = []
        for place, division in enumerate(self._divisions.of_level(self.level)):
            best = rank(text, division.name)
            if best is None and division.code.startswith(text):
                best = 1
            if best is not None:
                found.append((best, place, division))
        return [self._option(d) for _, _, d in sorted(found, key=lambda f: f[:2])[:_MOST]]

    def _browse(self) -> list[Option]:
        top = self._divisions.get(self._root)
        options = []
        if top is not None and top.parent:
            options.append(Option(top.parent, f"↑ 上一级（现在：{top.name}）", branch=True))
        if self.level is DivisionLevel.CITY:
            below: Sequence[Division] = self._divisions.of_level(DivisionLevel.CITY)
        elif top is not None and self._divisions.children(top.code):
            below = self._divisions.children(top.code)
        else:
            below = self._divisions.of_level(DivisionLevel.DISTRICT)
        return options + [self._option(d) for d in below]

    def _option(self, division: Division) -> Option:
        path = self._divisions.path(division.code)[:-1]
        order = list(DivisionLevel)
        deeper = order.index(division.level) < order.index(self.level)
        return Option(division.code, division.name, "".join(d.name for d in path), branch=deeper)


class UnitChooser(QWidget):
    """``changed`` when code or name change; :meth:`problem` says what is missing."""

    changed = Signal()

    def __init__(self, divisions: Divisions) -> None:
        super().__init__()
        self._divisions = divisions
        self._source = DivisionSource(divisions)
        self._level = Level.TOWN
        self._own_name = ""
        self.place = PickEdit(self._source)
        self.place.setPlaceholderText("名称或拼音首字母，如“良渚”或“lz”；右边箭头逐级选")
        self.code, self.name = QLineEdit(), QLineEdit()
        self.hint = QLabel()
        self.hint.setProperty("muted", True)
        self.hint.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(10)
        self._form.addRow("所在地(&L)", self.place)
        self._form.addRow("编码(&C)", self.code)
        self._form.addRow("单位名称(&N)", self.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._form)
        column.addWidget(self.hint)
        column.addStretch(1)
        self.place.picked.connect(self._picked)
        for line in (self.code, self.name):
            line.textChanged.connect(lambda _text: self.changed.emit())

    def show_level(self, level: Level) -> None:
        """Asks for what this kind of unit is known by."""
        if level is not self._level:
            for line in (self.code, self.name):
                line.clear()
            self.place.show_option(None)
        self._level = level
        territorial = level in _DIVISION
        self._source.level = _DIVISION.get(level, DivisionLevel.DISTRICT)
        self._form.setRowVisible(self.place, territorial)
        self.code.setReadOnly(territorial)
        self.code.setPlaceholderText(
            "选择所在地后自动带出"
            if territorial
            else "统一社会信用代码，18位"
            if level is Level.ENTERPRISE
            else ""
        )
        self.hint.setText(_HINTS.get(level, _HINTS[Level.PARK]))

    def _picked(self, option: Option | None) -> None:
        if option is None:
            return
        self.code.setText(option.key)
        usual = f"{_place_name(option.words)}{_UNION_NAMES.get(self._level, '')}"
        if self.name.text() in ("", self._own_name):
            self.name.setText(usual)
        self._own_name = usual
        self.changed.emit()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter goes on from there
        self.name.selectAll()  # and another name takes its place

    def value(self) -> tuple[str, str]:
        """Code and name as they are used."""
        code = self.code.text().strip()
        return (normalise_uscc(code) if self._level is Level.ENTERPRISE else code), self.name.text().strip()

    def problem(self) -> str:
        """What has to be done first; empty when all is well."""
        code, name = self.value()
        if not code:
            return "请先选择所在地。" if self._level in _DIVISION else "请填写编码。"
        if self._level is Level.ENTERPRISE and not check_uscc(code).ok:
            return "统一社会信用代码校验不通过，请对照营业执照核对。"
        return "" if name else "请填写单位名称。"

    def start(self) -> None:
        """Puts the cursor where one begins."""
        (self.place if self._level in _DIVISION else self.code).setFocus()

    def go_to_problem(self) -> None:
        """Puts the cursor where something is missing."""
        if self.value()[0] and not self.value()[1]:
            self.name.setFocus()
        else:
            self.start()


_HINTS = {
    Level.ENTERPRISE: "企业工会用单位自己的统一社会信用代码；会与镇街、村社登记的同一家单位自动对上。",
    Level.CITY: "市总工会使用。",
    Level.DISTRICT: "区县总工会使用，是本区工会组织体系的起点，负责给镇街办理入网。",
    Level.TOWN: "镇街工会使用。建好后导出入网申请，由区总工会批准，就可以报送数据。",
    Level.VILLAGE: "村社工会使用。建好后导出入网申请，由镇街工会批准，就可以报送数据。",
    Level.PARK: "编码由办理入网的上级给出；还没有的，先用一个临时编码，如 TMP-01。",
}
