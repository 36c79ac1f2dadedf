"""The empty table of a type, to be filled in and imported: all fields that may be written here, with their choices."""

from __future__ import annotations

from pathlib import Path

from desktop.documents import notices
from desktop.documents.workbooks.templates import TemplateColumn, write_template
from desktop.operations.exports.exporting import local_time
from desktop.operations.imports.placing import PlaceFinder
from desktop.operations.imports.units import COLUMN, HEADINGS, UnitFinder
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Field, Kind, RecordType

_MOST_CHOICES = 400
_OURS = frozenset({"reason", "source_batch"})
"""What is said in this program and not in a table."""
_CONSENT = "consent_date"
"""Types with this field hold what the law calls sensitive: the notice asks for a consent of its own."""
_BY_KIND = {
    Kind.DATE: "日期，如 2026-11-22",
    Kind.INTEGER: "整数",
    Kind.DECIMAL: "数字，可以带小数",
    Kind.USCC: "18位统一社会信用代码",
    Kind.LINK: "已登记的名称，要与登记的完全一致",
    Kind.CODES: "可以填几项，用顿号隔开",
}


def write_empty(session: Session, path: Path, type_name: str) -> None:
    """Writes the template of a type; raises ``NotAllowed`` where nothing of it may be written here, ``NotWritten``."""
    record_type = session.types[type_name]
    if not session.may_write(record_type):
        raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”。")
    columns = [_column(session, f) for f in _fields(session, record_type)]
    if type_name in HEADINGS:
        columns.insert(0, _unit_column(session))
    write_template(path, record_type.label, columns, local_time(session), _told(session, record_type))


def _fields(session: Session, record_type: RecordType) -> list[Field]:
    """In the order of the form, what a complete record has first."""
    found = [
        f
        for f in record_type.shown_fields
        if f.name not in _OURS and not f.reckoned and session.may_write(record_type, f)
    ]
    return sorted(found, key=lambda f: (not f.needed, not f.first))


def _told(session: Session, record_type: RecordType) -> list[tuple[str, str]]:
    """What people are told whose data stands in the table; nothing where none does."""
    personal = [f for f in _fields(session, record_type) if f.personal]
    if not personal:
        return []
    sensitive = _CONSENT in record_type.by_name
    told = notices.collection_notice()
    return [
        ("须知", told.title),
        *notices.lines(session.unit.name, [f.label for f in personal], sensitive=sensitive),
    ]


def _column(session: Session, field: Field) -> TemplateColumn:
    words = _choices(session, field)
    help_words = field.help or _BY_KIND.get(field.kind, "从下拉列表中选择" if words else "")
    shown = words if field.kind is not Kind.CODES else ()
    return TemplateColumn(field.label, field.width, shown, field.needed, help_words, field.example)


def _choices(session: Session, field: Field) -> list[str]:
    if field.kind is Kind.BOOLEAN:
        return ["是", "否"]
    if field.kind in (Kind.CODE, Kind.CODES) and field.codes is not None:
        return [item.label for item in session.codes[field.codes].offered][:_MOST_CHOICES]
    if field.kind is Kind.PLACE and field.name == "town":
        divisions = session.reference.divisions
        district = session.unit.code[:6]
        return [t.name for t in divisions.children(district)] if district in divisions else []
    return []


def _unit_column(session: Session) -> TemplateColumn:
    names = list(UnitFinder(session, PlaceFinder(session.reference, session.unit.code)).names.values())
    words = "这一行属于哪个单位；不填就是本单位"
    return TemplateColumn(COLUMN.label, 20, names[:_MOST_CHOICES], help=words, example=session.unit.name)
