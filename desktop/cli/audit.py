"""Commands on the audit log: whether its chain is whole, taking it out, erasing texts that need not be kept."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from desktop.cli.frame import Group
from desktop.cli.opening import as_option, confirmed, in_group, opened
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import Day, PathOf, json_option
from desktop.errors import UsageProblem
from desktop.operations import audit as operations
from desktop.operations.session import Session
from desktop.operations.workspaces import audit_log
from desktop.sync.errors import Damaged


class AuditGroup(Group):
    """Takes its first two words in either order, because what is verified may be a file as well as a workspace."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the place before the command."""
        if len(args) > 1 and args[0] in self.commands and args[1] not in self.commands:
            args[:2] = args[1::-1]
        return super().parse_args(ctx, args)


@click.group(cls=AuditGroup)
@click.argument("place", metavar="台账或文件", type=PathOf())
@click.pass_context
def audit(context: click.Context, place: Path) -> None:
    """审计日志：核对有没有被改动，导出，清除满三年的文字。"""
    context.obj = place


@audit.command("verify")
@click.option(
    "--against",
    "earlier",
    metavar="日志文件",
    type=PathOf("file"),
    help="以前导出的日志：看它的每一行是不是都还在，末尾少了行、整个重写过也看得出。",
)
@as_option
@json_option
@click.pass_obj
def verify(
    place: Path, earlier: Path | None, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """核对台账的日志，或者导出的日志文件（不用口令）：中间少一行、改一字都会发现，退出码是15。

    台账的日志末尾少了行，要和以前导出的一份比才看得出，用 --against；导出的文件末尾少了行，自己就看得出。
    末行校验值和另一份对得上，说明到这一行为止两份完全一样。
    """
    if place.is_file():
        verdict = audit_log.verify_file(place, earlier)
    else:
        with opened(place, operator, password_file) as session:
            verdict = audit_log.verify(session.database, earlier)
    if as_json:
        json_line(
            {
                "whole": verdict.broken_at is None,
                "broken_at": verdict.broken_at,
                "lines": verdict.lines,
                "head": verdict.head,
            }
        )
    else:
        say(verdict.words if earlier is None else audit_log.compared_words(verdict, earlier.name))
        say(f"末行校验值：{verdict.head}")
        if earlier is None and not place.is_file() and verdict.broken_at is None:
            remark("末尾有没有少行，要用 --against 和以前导出的一份比。")
    if verdict.broken_at is not None:
        click.get_current_context().exit(Damaged.exit_code)


@audit.command("export")
@click.argument("out", metavar="文件", type=PathOf("out"))
@in_group
@json_option
def export(session: Session, out: Path, as_json: bool) -> None:
    """导出日志：文件名以 .xlsx 结尾时是表格，否则是JSON行；都能用 verify 核对。导出本身也会记下来。"""
    if out.exists():
        raise UsageProblem(f"“{out.name}”已经存在，没有覆盖。", "请换一个文件名。")
    count = audit_log.export(session, out)
    if as_json:
        json_line({"file": str(out), "lines": count})
    else:
        say(f"审计日志{count}行已导出到“{out.name}”。")


@audit.command("erase")
@click.option("--before", metavar="日期", required=True, type=Day(), help="这一天以前的，至少满三年。")
@in_group
@json_option
def erase(session: Session, before: datetime.date, as_json: bool) -> None:
    """清除满三年的日志里的姓名和内容，只留时间、动作和校验值，链条不断。只有管理员能做，在终端里会再问一次。"""
    confirmed(f"{before.isoformat()}以前的日志，姓名和内容清除后找不回来。确定清除吗？")
    count = operations.erase_texts(session, before)
    if as_json:
        json_line({"before": before.isoformat(), "lines": count})
    else:
        say(f"已清除{count}行的姓名和内容，链条没有断。")
