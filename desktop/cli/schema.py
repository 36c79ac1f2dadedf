"""The command that says what can be recorded: types, fields, kinds, code lists, groups, and who may write."""

from __future__ import annotations

from typing import Any

import click

from desktop import reference
from desktop.cli.frame import Command
from desktop.cli.opening import of_option
from desktop.cli.output import json_line, say, table
from desktop.cli.parameters import TypeName, json_option
from desktop.operations.reference_here import ReferenceHere
from desktop.operations.workspaces.operators import ROLES
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, RecordType, Writers, to_json
from desktop.records.types import catalogue

KINDS = {
    Kind.TEXT: "文字",
    Kind.NOTE: "长文字",
    Kind.INTEGER: "整数",
    Kind.DECIMAL: "小数",
    Kind.DATE: "日期",
    Kind.TIME: "时间",
    Kind.BOOLEAN: "是否",
    Kind.CODE: "单选",
    Kind.CODES: "多选",
    Kind.LINK: "关联",
    Kind.PLACE: "地点",
    Kind.USCC: "统一社会信用代码",
    Kind.ID_NUMBER: "证件号码",
    Kind.PHONE: "电话",
}


@click.command(cls=Command)
@click.argument("record_type", metavar="[类型]", type=TypeName(), required=False)
@of_option
@json_option
def schema(record_type: RecordType | None, of: ReferenceHere, as_json: bool) -> None:
    """记录类型和字段：名称、种类、代码表、字段组、谁可以填写。

    不写类型时列出所有类型。字段名就是 record 命令和数据包里用的名称。
    """
    types = catalogue()
    shown = [record_type] if record_type is not None else list(types.values())
    if as_json:
        lists = {f.codes for t in shown for f in t.fields if f.codes is not None}
        json_line(
            {
                "types": [to_json(t) for t in shown],
                "code_lists": {name: _list_object(of.codes[name]) for name in sorted(lists)},
            }
        )
    elif record_type is None:
        table(
            ("类型", "名称", "栏目", "属于", "字段"),
            [(t.name, t.label, t.menu, _parent(t), str(len(t.fields))) for t in shown],
        )
    else:
        _describe(record_type, of)


def _describe(record_type: RecordType, of: ReferenceHere) -> None:
    say(f"{record_type.name}  {record_type.label}")
    if record_type.help:
        say(record_type.help)
    say(f"谁可以填写：{_writers(record_type.written_by)}")
    if record_type.parent is not None:
        say(f"属于：{_parent(record_type)}（字段 {record_type.parent}）")
    if record_type.key is not None:
        say(f"同一{record_type.by_name[record_type.key].label}只有一条记录（字段 {record_type.key}）")
    say("")
    table(
        ("字段", "名称", "种类", "组", "说明"),
        [(f.name, f.label, _kind(f), f.group or "", _notes(f)) for f in record_type.fields],
    )
    for name in dict.fromkeys(f.codes for f in record_type.fields if f.codes is not None):
        found = of.codes[name]
        say("")
        say(f"代码表 {name}  {found.label}")
        say("  " + "、".join(f"{item.code} {item.label}" for item in found.offered))


def _kind(field: Field) -> str:
    target = field.codes or field.link
    return f"{KINDS[field.kind]} {target}" if target else KINDS[field.kind]


def _notes(field: Field) -> str:
    notes = ["要填"] if field.needed else []
    notes += ["个人信息"] if field.personal else []
    if field.written_by != Writers():
        notes.append(f"只有{_writers(field.written_by)}可填")
    if field.unit:
        notes.append(f"单位：{field.unit}")
    return "；".join(notes)


def _writers(writers: Writers) -> str:
    levels = reference.code_list("unit_level")
    parts = ["、".join(levels.label_of(level.value) for level in writers.levels)] if writers.levels else []
    parts += ["、".join(ROLES[role] for role in writers.roles)] if writers.roles else []
    return "的".join(parts) or "各级"


def _parent(record_type: RecordType) -> str:
    return (record_type.by_name[record_type.parent].link or "") if record_type.parent is not None else ""


def _list_object(codes: CodeList) -> dict[str, Any]:
    return {
        "label": codes.label,
        "version": codes.version,
        "official": reference.is_official(codes.id),
        "items": [
            {"code": i.code, "label": i.label, "retired": i.retired, "note": i.note} for i in codes.items
        ],
    }
