"""The filters of a list as rows of chips: codes, places, units, a span of days, and what needs a look."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.operations.queries import UnitNode
from desktop.records.codes import PLACES
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.divisions import DivisionLevel, Divisions
from desktop.records.versions.item_outcomes import CONFLICT, OUTCOMES
from desktop.store.queries.reading import Compare, Filter, Query
from desktop.ui import icons, theme
from desktop.ui.matching import matches
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.workbench import Workbench

MOST_CODE_CHIPS = 5
_SPANS = ("本月", "上月", "本季度", "今年", "去年", "没有填写")
_WORDS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day of a span of time."""

    first: datetime.date
    last: datetime.date


def span_of(words: str, today: datetime.date) -> Span | None:
    """The days that 本月, 上月, 本季度, 今年 or 去年 mean; nothing for other words."""
    month = today.replace(day=1)
    match words:
        case "本月":
            return Span(month, _month_end(month))
        case "上月":
            before = (month - datetime.timedelta(days=1)).replace(day=1)
            return Span(before, _month_end(before))
        case "本季度":
            first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
            return Span(first, _month_end(first.replace(month=first.month + 2)))
        case "今年" | "去年":
            year = today.year - (words == "去年")
            return Span(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    return None


def _month_end(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


class Chip(QToolButton):
    """One filter: its name, or what it is set to. A click opens its choices, or switches it."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.words = ""
        self.setProperty("chip", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(14, 14))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_value("")

    def show_value(self, words: str, *, switch: bool = False) -> None:
        """Shows what it is set to; no words for not set."""
        on = bool(words)
        self.words = (self.label if switch else f"{self.label}：{words}") if on else ""
        short = words if len(words) <= _WORDS_SHOWN else words[:_WORDS_SHOWN] + "…"
        self.setText(self.label if not on or switch else f"{self.label}：{short}")
        name = ("check" if on else "") if switch else "chevron-down"
        self.setIcon(icons.icon(name, theme.FOCUS if on else theme.MUTED) if name else icons.none())
        self.setAccessibleName(f"筛选：{self.label}，{words or '全部'}")
        self.setToolTip(f"{self.label}：{words}" if on else f"按{self.label}筛选")
        theme.restyle(self, on=on)


class FilterRow(QWidget):
    """``changed`` says that the list should be asked again with :meth:`applied`."""

    changed = Signal()
    selection_cleared = Signal()
    """The selection that another page had made is given up."""

    def __init__(self, workbench: Workbench, record_type: RecordType, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._type = record_type
        self._values: dict[str, list[str]] = {}
        self._units: Sequence[UnitNode] = ()
        self._unit = ""
        self.disputed = False
        self.deleted = False
        self._overlay: ChoiceOverlay | None = None
        self._flow = FlowLayout(self)
        self.chips: dict[str, Chip] = {}
        self._selection_chip = Chip("选定范围")
        self._selection_chip.clicked.connect(self._clear_selection)
        self._selection_chip.hide()
        self._flow.addWidget(self._selection_chip)
        self._unit_chip = self._chip("_unit", "单位")
        self._unit_chip.hide()
        for f in filtered_fields(record_type):
            self._chip(f.name, f.label)
        self._switch("_disputed", f"只看{OUTCOMES[CONFLICT]}")
        self._switch("_deleted", "已删除")
        self.clear_button = QToolButton()
        self.clear_button.setText("清除筛选")
        self.clear_button.setProperty("chip", True)
        self.clear_button.setProperty("flat", True)
        self.clear_button.clicked.connect(self.clear)
        self.clear_button.hide()
        self._flow.addWidget(self.clear_button)

    def _chip(self, name: str, label: str) -> Chip:
        chip = Chip(label)
        chip.clicked.connect(lambda: self._open(name))
        self.chips[name] = chip
        self._flow.addWidget(chip)
        return chip

    def _switch(self, name: str, label: str) -> None:
        chip = Chip(label)
        chip.show_value("", switch=True)
        chip.clicked.connect(lambda: self._toggle(name))
        self.chips[name] = chip
        self._flow.addWidget(chip)

    # -- what is set -----------------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        selected = not self._selection_chip.isHidden()
        return bool(selected or any(self._values.values()) or self._unit or self.disputed or self.deleted)

    def applied(self, query: Query) -> Query:
        """The query with the filters that are set, beside those that it has."""
        own = (part for f in filtered_fields(self._type) for part in self._filters(f))
        return replace(
            query,
            filters=(*query.filters, *own),
            unit=self._unit or query.unit,
            disputed=self.disputed or query.disputed,
            deleted=self.deleted or query.deleted,
        )

    def words(self) -> str:
        """Which records the filters leave, for those who see no chips; empty for all."""
        selected = "" if self._selection_chip.isHidden() else self._selection_chip.words
        return "；".join(filter(None, [selected, *(chip.words for chip in self.chips.values())]))

    def show_selection(self, words: str) -> None:
        """Shows which records another page has selected, and takes other filters off."""
        self._reset()
        self._selection_chip.show_value(words)
        self._selection_chip.setIcon(icons.icon("x", theme.FOCUS))
        self._selection_chip.setToolTip(f"只显示：{words}。点击取消。")
        self._selection_chip.show()
        self._show_clear()

    def _clear_selection(self) -> None:
        self._selection_chip.hide()
        self._show_clear()
        self.selection_cleared.emit()

    def _filters(self, field: Field) -> list[Filter]:
        values = self._values.get(field.name)
        if not values:
            return []
        if field.kind is Kind.PLACE:
            return [Filter(field.name, Compare.STARTS, values[0])]
        if field.kind is Kind.DATE:
            span = span_of(values[0], self._workbench.today())
            if span is None:
                return [Filter(field.name, Compare.EMPTY)]
            return [
                Filter(field.name, Compare.AT_LEAST, span.first.isoformat()),
                Filter(field.name, Compare.AT_MOST, span.last.isoformat()),
            ]
        return [Filter(field.name, Compare.AMONG, tuple(values))]

    def set_units(self, units: Sequence[UnitNode]) -> None:
        """The tree of units to choose from; one unit alone is no choice."""
        self._units = units
        self._unit_chip.setVisible(len(units) > 1)

    def set_values(self, name: str, values: list[str]) -> None:
        """Sets the filter of a field, as a click on its choices does."""
        self._values[name] = values
        self._show_field(name)
        self._tell()

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """What is chosen, by field."""
        return {name: tuple(values) for name, values in self._values.items() if values}

    @property
    def unit(self) -> str:
        """The unit that is chosen."""
        return self._unit

    def show_view(
        self, values: Mapping[str, Sequence[str]], unit: str, *, disputed: bool, deleted: bool
    ) -> None:
        """Sets all filters at once and tells nobody; what cannot be filtered any more is passed over."""
        self._selection_chip.hide()
        self._reset()
        for f in filtered_fields(self._type):
            if f.name in values:
                self._values[f.name] = list(values[f.name])
                self._show_field(f.name)
        if any(u.id == unit for u in self._units):
            self._unit = unit
            self._unit_chip.show_value(next(u.name for u in self._units if u.id == unit))
        self.disputed, self.deleted = disputed, deleted
        for name, on in (("_disputed", disputed), ("_deleted", deleted)):
            self.chips[name].show_value("是" if on else "", switch=True)
        self._show_clear()

    def clear(self) -> None:
        """Takes all filters off."""
        self._reset()
        if not self._selection_chip.isHidden():
            self._clear_selection()
        self._tell()

    def _reset(self) -> None:
        self._values.clear()
        self._unit = ""
        self.disputed = self.deleted = False
        for f in filtered_fields(self._type):
            self._show_field(f.name)
        self._unit_chip.show_value("")
        for name in ("_disputed", "_deleted"):
            self.chips[name].show_value("", switch=True)

    def _tell(self) -> None:
        self._show_clear()
        self.changed.emit()

    def _show_clear(self) -> None:
        self.clear_button.setVisible(self.active)
        self._flow.invalidate()
        self.updateGeometry()

    def _show_field(self, name: str) -> None:
        field = self._type.by_name[name]
        values = self._values.get(name, [])
        if field.kind is Kind.DATE:
            self.chips[name].show_value(values[0] if values else "")
            return
        codes = self._workbench.codes[PLACES if field.kind is Kind.PLACE else field.codes or ""]
        self.chips[name].show_value("、".join(codes.label_of(v) for v in values))

    # -- choosing --------------------------------------------------------------------------------------------------

    def _toggle(self, name: str) -> None:
        if name == "_disputed":
            self.disputed = not self.disputed
        else:
            self.deleted = not self.deleted
        on = self.disputed if name == "_disputed" else self.deleted
        self.chips[name].show_value("是" if on else "", switch=True)
        self._tell()

    def _open(self, name: str) -> None:
        if self._overlay is not None:
            self._overlay.close_overlay()
            self._overlay = None
        if name == "_unit":
            overlay = ChoiceOverlay(
                self.chips[name], self._unit_choices(), [self._unit], single=True, matches=matches
            )
            overlay.chosen.connect(self._choose_unit)
        else:
            field = self._type.by_name[name]
            single = field.kind in (Kind.PLACE, Kind.DATE)
            overlay = ChoiceOverlay(
                self.chips[name],
                self._choices(field),
                self._values.get(name, []),
                single=single,
                matches=matches,
            )
            overlay.chosen.connect(lambda keys: self.set_values(name, [key for key in keys if key]))
        overlay.closed.connect(lambda: self._overlay_closed(overlay))
        self._overlay = overlay
        overlay.open_below()

    def _overlay_closed(self, overlay: ChoiceOverlay) -> None:
        overlay.deleteLater()
        if self._overlay is overlay:
            self._overlay = None

    def _choose_unit(self, keys: list[str]) -> None:
        self._unit = keys[0]
        named = next((u.name for u in self._units if u.id == self._unit), "")
        self._unit_chip.show_value(named)
        self._tell()

    def _unit_choices(self) -> list[Choice]:
        depths: dict[str, int] = {}
        choices = [Choice("", "全部单位")]
        for unit in self._units:
            depths[unit.id] = depths.get(unit.superior, -1) + 1
            choices.append(Choice(unit.id, unit.name, depths[unit.id]))
        return choices

    def _choices(self, field: Field) -> list[Choice]:
        if field.kind is Kind.PLACE:
            return [
                Choice("", "全部"),
                *place_choices(self._workbench.facts.divisions, self._workbench.facts.unit.code),
            ]
        if field.kind is Kind.DATE:
            return [Choice("", "全部"), *(Choice(words, words) for words in _SPANS)]
        codes = self._workbench.codes[field.codes or ""]
        former = (Choice(item.code, f"{item.label}（已停用）") for item in codes.items if item.retired)
        return [*(Choice(item.code, item.label) for item in codes.offered), *former]


def filtered_fields(record_type: RecordType) -> list[Field]:
    """The fields with a chip: the first place, codes that are listed or indexed, and the first listed day."""
    places = [f for f in record_type.fields if f.kind is Kind.PLACE][:1]
    coded = [f for f in record_type.columns if f.kind is Kind.CODE]
    coded += [f for f in record_type.fields if f.kind is Kind.CODE and f.index and not f.column]
    days = [f for f in record_type.columns if f.kind is Kind.DATE][:1]
    return [*places, *coded[:MOST_CODE_CHIPS], *days]


def place_choices(divisions: Divisions, own: str) -> list[Choice]:
    """Towns of the own district, or all districts with their towns for those above; those that ended come last."""
    home = divisions.at_level(own, DivisionLevel.DISTRICT) if own in divisions else None
    if home is not None:
        return [
            Choice(home.code, f"{home.name}（全部）"),
            *(Choice(t.code, t.name, 1) for t in divisions.children(home.code)),
            *_ended(divisions, home.code),
        ]
    choices = []
    for district in divisions.of_level(DivisionLevel.DISTRICT):
        choices.append(Choice(district.code, f"{district.name}（全部）"))
        choices += [Choice(town.code, town.name, 1) for town in divisions.children(district.code)]
        choices += _ended(divisions, district.code)
    return choices


def _ended(divisions: Divisions, district: str) -> list[Choice]:
    """The towns that are no more, by which older records are found."""
    ended = (d for d in divisions if d.ended and d.level is DivisionLevel.TOWN and d.parent == district)
    return [Choice(town.code, f"{town.name}（已撤销）", 1) for town in ended]
