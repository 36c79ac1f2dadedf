"""Commands on the station's keys: what it takes to check and read bundles with public tools."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Group
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import PathOf, as_option, confirmed, json_option, opened
from desktop.operations import exchange


@click.group(cls=Group)
@click.argument("workspace", metavar="WORKSPACE", type=PathOf())
@click.pass_context
def keys(context: click.Context, workspace: Path) -> None:
    """密钥：导出根证书，或者用公开工具读数据包所需的解密密钥。"""
    context.obj = workspace


@keys.command("export-root")
@click.argument("out", metavar="OUT.pem", type=PathOf("out"))
@as_option
@json_option
@click.pass_obj
def export_root(
    workspace: Path, out: Path, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """导出根证书，供 verify --root 和 openssl 核对数据包。里面没有秘密。"""
    with opened(workspace, operator, password_file) as session:
        exchange.export_root(session, out)
    _done(out, "根证书", as_json)


@keys.command("export-identity")
@click.argument("out", metavar="OUT", type=PathOf("out"))
@as_option
@json_option
@click.pass_obj
def export_identity(
    workspace: Path, out: Path, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """导出解密密钥，供 age 等公开工具读发给本机的数据包。会记入审计日志。

    拿到这个文件的人能读所有发给本机的数据包，用完请删除。在终端里会再问一次。
    """
    with opened(workspace, operator, password_file) as session:
        confirmed("拿到这个文件的人能读所有发给本机的数据包。确定导出吗？")
        exchange.export_identity(session, out)
    _done(out, "解密密钥", as_json)
    remark("用完请删除这个文件，不要拷给别人。")


def _done(out: Path, what: str, as_json: bool) -> None:
    if as_json:
        json_line({"file": str(out)})
    else:
        say(f"{what}已导出到“{out.name}”。")
