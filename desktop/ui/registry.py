"""The one place that knows all pages: those of the navigation, tools with arguments, and forms made by hand.

How to add one stands in :mod:`desktop.ui.page`. Pages are imported when they are first shown, so that the program
starts quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.records.declaration import RecordType
from desktop.ui.menus import HOUSEKEEPING, MENU_ICONS, by_menu
from desktop.ui.page import Page
from desktop.ui.shell import Opening
from desktop.ui.workbench import Workbench


def _always(_workbench: Workbench) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """A page of the navigation. ``at_top`` entries stand above the record types, all others below.

    Entries below with one ``menu`` share a heading of this name.
    """

    key: str
    title: str
    icon: str
    make: Callable[[Workbench], Page]
    at_top: bool = False
    menu: str = ""
    shown: Callable[[Workbench], bool] = _always


@dataclass(frozen=True)
class Heading:
    """A heading of the navigation with its pages; a heading with one page is that page."""

    title: str
    icon: str
    entries: tuple[Entry, ...]


def _help(workbench: Workbench, anchor: str = "", keys: Mapping[str, str] | None = None) -> Page:
    from desktop.ui.help import HelpPage

    return HelpPage(workbench, anchor, keys or {})


def _home(workbench: Workbench) -> Page:
    from desktop.ui.pages.home.page import HomePage

    return HomePage(workbench)


def _found(workbench: Workbench, **arguments: Any) -> Page:
    from desktop.ui.pages.home.found import FoundPage

    return FoundPage(workbench, **arguments)


def _sync(workbench: Workbench) -> Page:
    from desktop.ui.pages.sync.page import SyncPage

    return SyncPage(workbench)


def _logic(workbench: Workbench) -> Page:
    from desktop.ui.pages.logic import LogicPage

    return LogicPage(workbench)


def _next_visits(workbench: Workbench) -> Page:
    from desktop.ui.pages.next_visits import NextVisitsPage

    return NextVisitsPage(workbench)


def _operators(workbench: Workbench) -> Page:
    from desktop.ui.pages.operators import OperatorsPage

    return OperatorsPage(workbench)


def _audit(workbench: Workbench) -> Page:
    from desktop.ui.pages.audit import AuditPage

    return AuditPage(workbench)


def _moving(workbench: Workbench) -> Page:
    from desktop.ui.pages.moving import MovingPage

    return MovingPage(workbench)


def _moves_units(workbench: Workbench) -> bool:
    return workbench.types["unit"].written_by.admits_level(workbench.facts.unit.level)


def _templates(workbench: Workbench) -> Page:
    from desktop.ui.pages.templates import TemplatesPage

    return TemplatesPage(workbench)


def _words_papers(workbench: Workbench) -> bool:
    return workbench.types["paper_template"].written_by.admits_level(workbench.facts.unit.level)


def _retention(workbench: Workbench) -> Page:
    from desktop.ui.pages.retention import RetentionPage

    return RetentionPage(workbench)


def _course(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.attendance.page import AttendancePage

    return AttendancePage(workbench, opening)


def _disagreements(workbench: Workbench) -> Page:
    from desktop.ui.pages.conflicts.page import ConflictsPage

    return ConflictsPage(workbench)


def _duplicates(workbench: Workbench) -> Page:
    from desktop.ui.pages.duplicates.page import DuplicatesPage

    return DuplicatesPage(workbench)


def _recent(workbench: Workbench) -> Page:
    from desktop.ui.pages.recent import RecentPage

    return RecentPage(workbench)


def _conflicts(workbench: Workbench, type_name: str = "", record: str = "") -> Page:
    from desktop.ui.pages.conflicts.page import ConflictsPage

    return ConflictsPage(workbench, record)


def _import(workbench: Workbench, **arguments: Any) -> Page:
    from desktop.ui.pages.imports.page import ImportPage

    return ImportPage(workbench, **arguments)


def _export(workbench: Workbench, **arguments: Any) -> Page:
    from desktop.ui.pages.imports.export import ExportPage

    return ExportPage(workbench, **arguments)


def _preview(workbench: Workbench, **arguments: Any) -> Page:
    from desktop.ui.printing.page import PreviewPage

    return PreviewPage(workbench, **arguments)


def _notices(workbench: Workbench, case: str) -> Page:
    from desktop.ui.pages.case.notices import NoticesPage

    return NoticesPage(workbench, case)


def _letters(workbench: Workbench, record_type: RecordType, icon: str) -> Page:
    from desktop.ui.pages.case.letters_list import LettersList

    return LettersList(workbench, record_type, icon)


def _holidays(workbench: Workbench, record_type: RecordType, icon: str) -> Page:
    from desktop.ui.pages.case.days_off import HolidaysList

    return HolidaysList(workbench, record_type, icon)


def _case(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.case.page import CasePage

    return CasePage(workbench, opening)


def _case_document(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.case.letter_form import LetterPage

    return LetterPage(workbench, opening)


def _case_event(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.case.page import resumed

    return resumed(workbench, opening)


def _congress(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.congress.page import CongressPage

    return CongressPage(workbench, opening)


def _assessment(workbench: Workbench, opening: Opening) -> Page:
    from desktop.ui.pages.assessment.page import AssessmentPage

    return AssessmentPage(workbench, opening)


ENTRIES: tuple[Entry, ...] = (
    Entry("home", "工作台", "house", _home, at_top=True),
    Entry("next", "下一步走访", "map-pin", _next_visits, at_top=True),
    Entry("sync", "上报与合并", "arrow-left-right", _sync, at_top=True),
    Entry("disagreements", "分歧", "git-compare", _disagreements, at_top=True),
    Entry("logic", "逻辑检查", "circle-check", _logic, at_top=True),
    Entry("recent", "最近的操作", "history", _recent, menu=HOUSEKEEPING),
    Entry("duplicates", "重复的记录", "copy", _duplicates, menu=HOUSEKEEPING),
    Entry("moving", "调整隶属关系", "network", _moving, menu=HOUSEKEEPING, shown=_moves_units),
    Entry("templates", "文书模板", "file-text", _templates, menu=HOUSEKEEPING, shown=_words_papers),
    Entry("operators", "操作员", "users", _operators, menu=HOUSEKEEPING),
    Entry("retention", "到期应清除", "trash-2", _retention, menu=HOUSEKEEPING),
)
"""The pages of the navigation beside the lists of record types."""

TOOLS: Mapping[str, Callable[..., Page]] = {
    "help": _help,
    "conflicts": _conflicts,
    "found": _found,
    "import": _import,
    "export": _export,
    "preview": _preview,
    "notices": _notices,
    "audit": _audit,
}
"""Pages that are opened by ``shell.open_page(key, **arguments)``; the function gets the workbench and the arguments.

The lists offer ``import`` (type_name), ``export`` (type_name, query) and ``conflicts`` (type_name, record) as soon as
there are tools of these names.
"""

RECORD_PAGES: Mapping[str, Callable[[Workbench, Opening], Page]] = {
    "course": _course,
    "congress": _congress,
    "assessment": _assessment,
    "case": _case,
    "case_event": _case_event,
    "case_document": _case_document,
}
"""Forms made by hand, by record type."""

DRAFT_PAGES: Mapping[str, str] = {"paper_template": "templates"}
"""Pages of the navigation that go on with what was typed into them, by the type of the draft; its key is the part."""

LIST_PAGES: Mapping[str, Callable[[Workbench, RecordType, str], Page]] = {
    "case_document": _letters,
    "holiday_table": _holidays,
}
"""Lists that can do more than the generated ones."""


def headings(workbench: Workbench) -> list[Heading]:
    """The whole navigation in its order: pages at the top, record types by their menu, other pages."""
    shown = [entry for entry in ENTRIES if entry.shown(workbench)]
    found = [Heading(e.title, e.icon, (e,)) for e in shown if e.at_top]
    for menu, types in by_menu(workbench.types).items():
        icon = MENU_ICONS.get(menu, "file-text")
        found.append(Heading(menu, icon, tuple(list_entry(t, icon) for t in types)))
    below: dict[str, list[Entry]] = {}
    for entry in (e for e in shown if not e.at_top):
        below.setdefault(entry.menu or entry.title, []).append(entry)
    return found + [Heading(t, MENU_ICONS.get(t, es[0].icon), tuple(es)) for t, es in below.items()]


def list_entry(record_type: RecordType, icon: str) -> Entry:
    """The entry of a record type's generated list."""

    def make(workbench: Workbench) -> Page:
        if (special := LIST_PAGES.get(record_type.name)) is not None:
            return special(workbench, record_type, icon)
        from desktop.ui.lists.page import ListPage

        return ListPage(workbench, record_type, icon)

    return Entry(f"list:{record_type.name}", record_type.label, icon, make)


def record_page(workbench: Workbench, opening: Opening) -> Page:
    """The page that shows one record: made by hand where there is one, else generated."""
    if (made := RECORD_PAGES.get(opening.type)) is not None:
        return made(workbench, opening)
    from desktop.ui.forms.page import FormPage

    return FormPage(workbench, opening)


def tool(workbench: Workbench, key: str, **arguments: Any) -> Page:
    """The tool of this key; ``KeyError`` when there is none."""
    return TOOLS[key](workbench, **arguments)
