"""Commands for the hand-over of a laptop: wiping the workspace, and reading the word that it was wiped."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Command
from desktop.cli.opening import as_option, opened, opens, reply
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import PathOf, json_option
from desktop.operations.session import Session
from desktop.operations.stations import policy
from desktop.operations.workspaces import wiping
from desktop.store.workspaces.wiping import Wiped, has_begun


@click.command(cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.argument("out", metavar="[清除确认.xsw]", type=PathOf("place", ".xsw"), required=False)
@click.option("--unit-name", "typed", metavar="名称", help="确认：一字不差地写本单位的名称；不写时询问。")
@click.option("--unsent-too", is_flag=True, help="还有上级没有确认收到的内容，也清除。")
@as_option
@json_option
def wipe(
    workspace: Path,
    out: Path | None,
    typed: str | None,
    unsent_too: bool,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """移交或报废电脑以前清除台账：数据库、口令文件、备份、草稿都销毁，不能恢复。只有管理员能做。

    清除确认（.xsw）由本机签名，交给上级，上级据此停用这台电脑。
    """
    if has_begun(workspace):
        # The keys are gone already, so there is no password to ask for and nothing left to keep.
        begun = wiping.go_on(workspace, out)
        _tell(wiping.destroy(begun), begun.statement, as_json)
        if begun.lost:
            remark(
                "没有找到上次写的清除确认（文件名以“.未完成”结尾），不能交给上级；请打电话请上级停用这台电脑。"
            )
        return
    with opened(workspace, operator, password_file) as session:
        seen = wiping.look(session)
        if typed is None:
            for line in seen.outside:
                remark(f"台账外面可能还有：{line}")
            question = f"要清除“{seen.name}”在这台电脑上的全部内容，不能恢复。请输入单位名称"
            typed = reply(question, "用 --unit-name 写明单位名称")
        done = wiping.confirm(session, typed, out, unsent_too=unsent_too)
    _tell(wiping.destroy(done), done.statement, as_json)


def _tell(done: Wiped, statement: Path | None, as_json: bool) -> None:
    if as_json:
        json_line({"destroyed": done.destroyed, "left": list(done.left), "statement": str(statement or "")})
        return
    say(f"台账已清除，销毁了{done.destroyed}个文件。")
    if statement is not None:
        say(f"清除确认“{statement.name}”请交给上级，由上级停用这台电脑。")
    if done.left:
        remark(f"文件夹里还有不是本程序写的：{'、'.join(done.left)}，没有动。")
    remark("导出过的表格、打印的纸、U盘上的文件不在台账里，请另外清理。")


@click.command(cls=Command)
@opens
@click.argument("file", metavar="清除确认.xsw", type=PathOf("file"))
@json_option
def wiped(session: Session, file: Path, as_json: bool) -> None:
    """看下级的清除确认：核对签名，看清除以前的内容是不是都收到了。什么都不改。"""
    said, missing = wiping.read_statement(session, file)
    if as_json:
        json_line({"unit": {"code": said.code, "name": said.name, "kind": said.level.value},
                   "station": said.station, "incarnation": said.incarnation, "last": said.last,
                   "unsent": said.unsent, "missing": missing})  # fmt: skip
        return
    say(f"“{said.name}”的工作电脑{said.station[:16]}已清除，写到第{said.last}项。签名核对无误。")
    _, held = wiping.held_words(said, missing)
    say(held)
    known = next((s for s in policy.stations(session) if s.station == said.station), None)
    if known is None:
        remark("它不归本单位停用，请交给它的上级。")
    elif known.revocation:
        remark("这台电脑已经停用，不用再办。")
    else:
        # A number is one of the newest incarnation that is held here; of another one it would cut off what counts. And
        # no more than has come: who holds the laptop and only says that it was wiped would be let in up to his word.
        after = f" --after {min(said.last, known.last)}" if known.incarnation == said.incarnation else ""
        remark(f"停用它：revoke 台账 {said.station[:16]}{after}")
