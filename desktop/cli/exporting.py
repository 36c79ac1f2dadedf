"""The command that writes workbooks: a list as it is shown, or one of the federation's real-name forms."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.asking import Asked, field_of, query_options
from desktop.cli.frame import Command
from desktop.cli.opening import opens
from desktop.cli.output import Ticker, json_line, remark, say
from desktop.cli.parameters import OneOf, PathOf, TypeName, json_option, reveal_option
from desktop.errors import UsageProblem
from desktop.operations.exports import exporting, import_templates, real_name
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.real_name_forms import FORMS

_FORMS = {form.name: form for form in FORMS}
_FORM = OneOf(_FORMS, {"工会": "union", "会员": "member"})


class UnclearExport(UsageProblem):
    """It is not said what to export, or two things at once."""

    next_step = "请用 --type 写明记录类型，或者用 --form 写明采集表。"


@click.command("export", cls=Command)
@opens
@click.argument("out", metavar="表格.xlsx", type=PathOf("out", ".xlsx"))
@click.option("--type", "record_type", metavar="类型", type=TypeName(), help="导出哪一类记录。")
@click.option("--form", metavar="采集表", type=_FORM,
              help=f"导出成全总实名制采集表：{_FORM.listed}；号码完整，会记入审计日志。")  # fmt: skip
@click.option(
    "--template", "empty", is_flag=True, help="空白模板：只有列名和下拉选项，填好后用 import 导入。"
)
@click.option(
    "--missing",
    metavar="表格.xlsx",
    type=PathOf("out", ".xlsx"),
    help="没有填完整、不进采集表的记录另存在哪里。",
)
@click.option(
    "--field", "fields", metavar="字段", multiple=True, help="只要这些列，可以写几个；默认与列表相同。"
)
@click.option("--all-fields", is_flag=True, help="全部字段都要。")
@query_options
@reveal_option
@json_option
def export(
    session: Session,
    out: Path,
    record_type: RecordType | None,
    form: str | None,
    empty: bool,
    missing: Path | None,
    fields: tuple[str, ...],
    all_fields: bool,
    asked: Asked,
    reveal: bool,
    as_json: bool,
) -> None:
    """导出Excel表格（.xlsx）：照列表的样子，照采集表的样式，或者只要空白模板。条件与 list 相同。"""
    if form is not None:
        if record_type is not None and record_type.name != _FORMS[form].record_type:
            raise UnclearExport(f"采集表 {form} 里没有“{record_type.label}”。")
        _export_form(session, out, form, asked, missing, as_json)
        return
    if record_type is None:
        raise UnclearExport("没有写明导出什么。")
    if empty:
        import_templates.write_empty(session, out, record_type.name)
        if as_json:
            json_line({"file": str(out), "rows": 0})
        else:
            say(f"“{record_type.label}”的空白模板已保存到“{out.name}”。")
        return
    columns = [field_of(record_type, name).name for name in fields] or None
    if all_fields:
        columns = [f.name for f in record_type.shown_fields]
    with Ticker() as ticker:
        done = exporting.export_list(
            session, out, asked.query(session, record_type), columns, unmasked=reveal, progress=ticker.tick
        )
    if as_json:
        json_line({"file": str(done.path), "rows": done.rows})
    else:
        say(f"已导出{done.rows}条到“{done.path.name}”。")


def _export_form(
    session: Session, out: Path, form: str, asked: Asked, missing: Path | None, as_json: bool
) -> None:
    query = asked.query(session, session.types[_FORMS[form].record_type])
    done = real_name.export_form(session, out, form, query, missing_path=missing)
    if as_json:
        json_line(
            {
                "file": str(done.path),
                "rows": done.rows,
                "missing_file": None if done.missing_path is None else str(done.missing_path),
                "incomplete": [
                    {"id": i.record, "title": i.title, "reasons": list(i.reasons)} for i in done.incomplete
                ],
            }
        )
        return
    say(f"采集表{done.rows}条，已导出到“{done.path.name}”。")
    if done.missing_path is not None:
        remark(f"另有{len(done.incomplete)}条没有填完整，缺什么列在“{done.missing_path.name}”里。")
