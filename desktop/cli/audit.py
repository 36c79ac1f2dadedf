"""Commands on the audit log: whether its chain is whole, and taking it out."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Group
from desktop.cli.output import json_line, say
from desktop.cli.parameters import PathOf, as_option, json_option, opened
from desktop.errors import UsageProblem
from desktop.operations import audit as operations
from desktop.sync.errors import Damaged


@click.group(cls=Group)
@click.argument("workspace", metavar="WORKSPACE", type=PathOf())
@click.pass_context
def audit(context: click.Context, workspace: Path) -> None:
    """审计日志：核对有没有被改动，导出。"""
    context.obj = workspace


@audit.command("verify")
@as_option
@json_option
@click.pass_obj
def verify(workspace: Path, operator: str | None, password_file: Path | None, as_json: bool) -> None:
    """核对日志：少了一行或改了一行都会发现。有改动时退出码是15。"""
    with opened(workspace, operator, password_file) as session:
        broken = operations.verify(session)
    if as_json:
        json_line({"whole": broken is None, "broken_at": broken})
    else:
        say("审计日志完整，没有被改动。" if broken is None else f"审计日志从第{broken}行起被改动过。")
    if broken is not None:
        click.get_current_context().exit(Damaged.exit_code)


@audit.command("export")
@click.argument("out", metavar="OUT.jsonl", type=PathOf("out"))
@as_option
@json_option
@click.pass_obj
def export(
    workspace: Path, out: Path, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """把日志导出成JSON行，每行带校验值。导出本身也会记下来。"""
    if out.exists():
        raise UsageProblem(f"“{out.name}”已经存在，没有覆盖。", "请换一个文件名。")
    with opened(workspace, operator, password_file) as session:
        count = operations.export(session, out)
    if as_json:
        json_line({"file": str(out), "lines": count})
    else:
        say(f"审计日志{count}行已导出到“{out.name}”。")
