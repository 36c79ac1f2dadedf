"""Which editor a field gets."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.records.declaration import Field, Kind, Mask
from desktop.records.divisions import DivisionLevel
from desktop.ui.fields.dates import DateEditor
from desktop.ui.fields.editors import Editor
from desktop.ui.fields.personal import Ask, PersonalEditor, PersonalNoteEditor
from desktop.ui.fields.pickers import CodeEditor, LinkEditor, PlaceEditor
from desktop.ui.fields.texts import LineEditor, NoteEditor
from desktop.ui.fields.ticks import BooleanEditor, CodesEditor
from desktop.ui.workbench import Workbench

_PLACE_LEVELS = {"town": DivisionLevel.TOWN, "village": DivisionLevel.VILLAGE}
"""Fields of these names hold a place of one level; all other places may be of any."""


def make_editor(field: Field, workbench: Workbench, ask: Ask | None, parent: QWidget | None = None) -> Editor:
    """The editor for a field; ``ask`` is how a masked value is asked for, nothing where it must stay hidden."""
    match field.kind:
        case Kind.NOTE:
            if field.mask is not Mask.NONE:
                return PersonalNoteEditor(field, workbench, ask, parent)
            return NoteEditor(field, workbench, parent)
        case Kind.DATE if field.mask is Mask.NONE:
            return DateEditor(field, workbench, parent)
        case Kind.BOOLEAN:
            return BooleanEditor(field, workbench, parent)
        case Kind.CODE:
            return CodeEditor(field, workbench, parent)
        case Kind.CODES:
            return CodesEditor(field, workbench, parent)
        case Kind.LINK:
            return LinkEditor(field, workbench, parent)
        case Kind.PLACE:
            return PlaceEditor(field, workbench, _PLACE_LEVELS.get(field.name), parent)
        case _ if field.mask is not Mask.NONE:
            return PersonalEditor(field, workbench, ask, parent)
        case _:
            return LineEditor(field, workbench, parent)
