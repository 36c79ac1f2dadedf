"""What may be added from pages that show no one kind of record: every kind that is written here, found by initials."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from desktop.records.declaration import RecordType
from desktop.ui.matching import matches
from desktop.ui.menus import by_menu
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.overlay import anchor_at
from desktop.ui.workbench import Workbench


def addable(workbench: Workbench) -> list[RecordType]:
    """The types in the order of the navigation; last those of records that belong to another one."""
    found = [
        record_type
        for types in by_menu(workbench.types).values()
        for record_type in types
        if not record_type.by_program and workbench.may_write(record_type)
    ]
    return sorted(found, key=lambda record_type: record_type.parent is not None)


def choose_new(page: QWidget, workbench: Workbench) -> None:
    """Asks below the button 新增 what is to be added, and opens its form."""
    anchor = anchor_at(page, QRect(0, 0, 1, 1))
    before = page.focusWidget() or page
    lines = [Choice(record_type.name, record_type.label) for record_type in addable(workbench)]
    overlay = ChoiceOverlay(anchor, lines, [], single=True, matches=matches)
    overlay.chosen.connect(lambda keys: workbench.shell.new_record(keys[0]))
    overlay.closed.connect(anchor.deleteLater)
    overlay.closed.connect(before.setFocus)
    overlay.open_below()
