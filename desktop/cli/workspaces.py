"""Commands on a workspace as a whole: making it, who works in it, whether it is sound, keeping a copy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from desktop.cli.frame import Command, Group
from desktop.cli.names import LEVELS
from desktop.cli.opening import (
    OPERATOR,
    PASSWORD,
    as_option,
    date_option,
    given_password,
    in_group,
    opened,
    opens,
    operator_of,
)
from desktop.cli.output import AnswerLost, code_shown, json_line, remark, say, table
from desktop.cli.parameters import OneOf, PathOf, json_option
from desktop.cli.shown import finding_object, severity_words
from desktop.errors import UsageProblem
from desktop.operations.file_names import size_words
from desktop.operations.recording import checking
from desktop.operations.session import Session
from desktop.operations.workspaces import operators, restoring, synced, workspaces
from desktop.operations.workspaces.operators import ROLES as ROLES
from desktop.records.declaration import Level, Role, Severity
from desktop.records.duties import DUTIES
from desktop.store.tables.database import translated
from desktop.store.workspaces.unlocking import slots_of

FIRST_OPERATOR = "管理员"
NEW_PASSWORD = "XIAOSANJI_NEW_PASSWORD"
EXIT_DAMAGED = 15
LEVEL = OneOf(Level, LEVELS)
_DUTY = OneOf([*DUTIES, "none"], {**{words: duty for duty, words in DUTIES.items()}, "不签名": "none"})
_ROLE = OneOf(Role, {words: role for role, words in ROLES.items()})


@click.command(cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.option("--unit", "code", metavar="编码", required=True, help="单位编码：区划代码，或上级给的编码。")
@click.option("--name", metavar="名称", required=True, help="单位名称。")
@click.option("--kind", metavar="层级", required=True, type=LEVEL, help=f"层级：{LEVEL.listed}。")
@click.option(
    "--as", "operator_name", metavar="姓名", help=f"第一名操作员，默认“{FIRST_OPERATOR}”；也可设 {OPERATOR}。"
)
@click.option(
    "--password-file",
    metavar="文件",
    type=PathOf("file"),
    help=f"口令文件；也可设 {PASSWORD}，都没有时询问。",
)
@json_option
def new(
    workspace: Path,
    code: str,
    name: str,
    kind: Level,
    operator_name: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """新建台账，第一名操作员是管理员。

    区、产业工会、市自成体系；其他层级可以马上开始录入，以后再办理入网。
    """
    operator = operator_name or os.environ.get(OPERATOR) or FIRST_OPERATOR
    if doubt := workspaces.doubt_about(code, kind):
        remark(doubt)
    password = given_password(password_file, words=f"给“{operator}”设一个口令（至少8位）", twice=True)
    session = workspaces.create(
        workspace, code=code, name=name, level=kind, operator=operator, password=password
    )
    with session.workspace, code_shown("台账已经建好。"):
        unit = session.unit
        if as_json:
            json_line(
                {
                    "workspace": workspace.name,
                    "unit": {"id": unit.id, "code": unit.code, "name": unit.name, "kind": unit.level.value},
                    "station": session.ledger.station,
                    "operator": operator,
                    "recovery_code": session.workspace.recovery_code,
                }
            )
        else:
            say(f"已新建“{unit.name}”的台账，操作员“{operator}”（管理员）。")
            say(f"恢复码：{session.workspace.recovery_code}")
            remark("恢复码只显示这一次，请抄在纸上，和电脑分开放；忘了口令时用它打开。")
        if words := synced.tell(session):
            remark(words)


@click.group(cls=Group)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.pass_context
def operator(context: click.Context, workspace: Path) -> None:
    """操作员：添加、查看、停用。"""
    context.obj = workspace


@operator.command("add")
@click.argument("name", metavar="姓名")
@click.option("--role", metavar="角色", type=_ROLE,
              help=f"角色：{_ROLE.listed}；不写就不变，新操作员是 editor。")  # fmt: skip
@click.option("--new-password-file", metavar="文件", type=PathOf("file"),
              help=f"新操作员的口令文件；也可设 {NEW_PASSWORD}，都没有时询问。")  # fmt: skip
@click.option("--duty", metavar="职责", type=_DUTY,
              help=f"签名职责：{_DUTY.listed}；不写就不变。")  # fmt: skip
@in_group
@date_option
@json_option
def add_operator(
    session: Session,
    name: str,
    role: Role | None,
    new_password_file: Path | None,
    duty: str | None,
    as_json: bool,
) -> None:
    """添加操作员，或者给已有的操作员换口令和角色。只有管理员能做。"""
    if role is None:
        role = {n: r for n, r, _ in operators.listed(session.database)}.get(name, Role.EDITOR)
    duty = "" if duty == "none" else duty
    operators.check_put(session, name, role, duty)
    password = given_password(
        new_password_file, NEW_PASSWORD, words=f"给“{name}”设一个口令（至少8位）", twice=True
    )
    operators.put(session, name, role, password, duty=duty)
    duty = operators.duties(session.database).get(name, "")
    if as_json:
        json_line({"name": name, "role": role.value, "duty": duty})
    else:
        signs = f"，以{DUTIES[duty]}签名" if duty else ""
        say(f"操作员“{name}”（{ROLES[role]}）已可以使用这份台账{signs}。")


@operator.command("list")
@in_group
@json_option
def list_operators(session: Session, as_json: bool) -> None:
    """列出操作员、角色和是否停用。"""
    found = operators.listed(session.database)
    duties = operators.duties(session.database)
    half = operators.half_disabled(found, session.workspace.slots.names)
    if as_json:
        rows = [{"name": n, "role": r.value, "disabled": d, "duty": duties.get(n, "")} for n, r, d in found]
        json_line({"operators": rows})
    else:
        table(
            ("操作员", "角色", "签名", "状态"),
            [
                (
                    n,
                    ROLES[r],
                    DUTIES.get(duties.get(n, ""), ""),
                    "停用没有办完，请再停用一次" if n in half else "已停用" if d else "在用",
                )
                for n, r, d in found
            ],
        )


@operator.command("password")
@click.option("--new-password-file", metavar="文件", type=PathOf("file"),
              help=f"新口令的文件；也可设 {NEW_PASSWORD}，都没有时询问。")  # fmt: skip
@as_option
@json_option
@click.pass_obj
def change_password(
    workspace: Path,
    new_password_file: Path | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """换自己的口令。"""
    old = given_password(password_file)
    with opened(workspace, operator, password_file, old) as session:
        new = given_password(new_password_file, NEW_PASSWORD, words="新口令（至少8位）", twice=True)
        operators.change_own_password(session, old, new)
        name = session.operator.name
    if as_json:
        json_line({"name": name})
    else:
        say(f"“{name}”的口令已经换好，下次用新口令打开。")


@operator.command("disable")
@click.argument("name", metavar="姓名")
@in_group
@json_option
def disable_operator(session: Session, name: str, as_json: bool) -> None:
    """停用操作员：口令作废，以前写的内容和署名不变。只有管理员能做。"""
    operators.disable(session, name)
    if as_json:
        json_line({"name": name, "disabled": True})
    else:
        say(f"操作员“{name}”已停用。")


@click.command(cls=Command)
@opens
@click.option("--logic", is_flag=True, help="再对每条记录做逻辑检查。")
@json_option
def check(session: Session, logic: bool, as_json: bool) -> None:
    """检查数据库文件是否完好；加 --logic 再查记录里的错误和提醒。

    文件有损坏时退出码是15；记录里有错误不影响退出码。
    """
    faults = session.workspace.check()
    report = checking.logic_check(session) if logic else None
    if as_json:
        answer: dict[str, object] = {"sound": not faults, "faults": faults}
        if report is not None:
            answer["records"] = [
                {"type": c.type, "id": c.record, "findings": [finding_object(f) for f in c.findings]}
                for c in report.found
            ]
        json_line(answer)
    else:
        if report is not None:
            _say_findings(session, report)
        for fault in faults:
            say(f"文件：{fault}")
        say("数据库文件有损坏，请从备份恢复。" if faults else "数据库文件完好。")
    if faults:
        click.get_current_context().exit(EXIT_DAMAGED)


def _say_findings(session: Session, report: checking.Report) -> None:
    for checked in report.found:
        say(f"{session.types[checked.type].label} {checked.record} {checked.title}")
        for finding in checked.findings:
            say(f"  {severity_words(finding)}：{finding.message}")
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    say(f"逻辑检查：错误{errors}处，提醒{warnings}处。" if report.found else "逻辑正确。")


@click.command(cls=Command)
@opens
@click.argument("out", metavar="备份.db", type=PathOf("out"))
@json_option
def backup(session: Session, out: Path, as_json: bool) -> None:
    """把整个数据库（仍然加密）另存一份。

    用同一台账的口令打开；口令文件 keys.json 请一起保存。每天第一次打开时另有自动备份。
    """
    if out.exists():
        raise UsageProblem(f"“{out.name}”已经存在，没有覆盖。", "请换一个文件名。")
    workspaces.backup(session, out)
    size = out.stat().st_size
    if as_json:
        json_line({"file": str(out), "bytes": size})
    else:
        say(f"已备份到“{out.name}”，{size_words(size)}。")
    remark("请把台账里的 keys.json 也拷一份，没有它备份打不开。")
    if words := synced.backup_notice(out):
        remark(words)


class BackupOf(PathOf):
    """A backup as the list of the ledger beside it calls it, or any other file."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path of the file."""
        workspace = ctx.params.get("workspace") if ctx is not None else None
        if workspace is not None and not Path(value).exists():
            # With its folder or without; one of this name that should lie elsewhere is another one.
            found = [b.path for b in restoring.backups(workspace)]
            listed = {Path(*path.parts[-count:]): path for path in found for count in (1, 2)}
            value = listed.get(Path(value), value)
            if not Path(value).exists():
                self.fail(f"没有备份“{value}”；不写它就列出有哪些备份", param, ctx)
        return super().convert(value, param, ctx)


@click.command(cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.argument("source", metavar="备份.db", type=BackupOf("file"), required=False)
@click.option("--newest", is_flag=True, help="用最近一份自动备份。")
@click.option("--backup-only", is_flag=True, help="只恢复到做备份的那一刻，不补上以后保存的内容。")
@as_option
@json_option
def restore(
    workspace: Path,
    source: Path | None,
    newest: bool,
    backup_only: bool,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """用备份恢复台账；不写备份文件时列出有哪些备份，加 --newest 用最近一份。写列出的文件名，或者别处的一个备份文件。

    备份以后保存和合并的内容随流水一起恢复。现在的数据库先留一份在 backups 文件夹里。
    """
    if source is None and not newest:
        _list_backups(workspace, as_json)
        return
    name, password = operator_of(workspace, operator), given_password(password_file)
    with translated():
        done = restoring.restore(workspace, source, name, password, with_journal=not backup_only)
        done.session.workspace.close()
    more = f"，并补上了以后的{done.steps}步操作" if done.steps else ""
    words = f"已用“{done.source.name}”恢复{more}。以前的数据库留在 backups 文件夹里。"
    given = {"workspace": workspace.name, "backup": str(done.source), "steps": done.steps, "torn": done.torn}
    try:
        json_line(given) if as_json else say(words)
    except AnswerLost as lost:
        raise AnswerLost(f"{words}{lost.sentence}", "不用再恢复一次。") from lost
    if done.lost and not as_json:
        remark(done.lost)


def _list_backups(workspace: Path, as_json: bool) -> None:
    slots_of(workspace)
    found = restoring.backups(workspace)
    if as_json:
        json_line(
            {
                "backups": [
                    {
                        "file": str(b.path),
                        "day": str(b.day),
                        "until": b.until.isoformat(),
                        "bytes": b.size,
                        "journal": b.followed,
                    }
                    for b in found
                ]
            }
        )
        return
    if not found:
        raise restoring.NoBackup("这份台账还没有备份。")
    rows = [
        (b.path.name, f"{b.until:%Y-%m-%d %H:%M}", size_words(b.size), "有" if b.followed else "没有")
        for b in found
    ]
    table(("备份", "内容到", "大小", "流水"), rows)
    remark(f"恢复最近一份：加 --newest；恢复其中一份：在台账后面写它的文件名，如 {found[0].path.name}。")
