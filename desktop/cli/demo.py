"""The command that plays the whole story without a window."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Command
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import PathOf, json_option
from desktop.errors import UsageProblem


class NotEmpty(UsageProblem):
    """The story is told into an empty folder, so that nothing is mixed up or written over."""

    next_step = "请换一个空文件夹，或者还没有的文件夹。"


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=PathOf())
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """演示：区、镇、村、企业从入网、录入、上报到合并的全过程，文件留在DIR里。

    最后每个工作区一行：名称和内容摘要。两次演示的摘要相同。人名和单位都是虚构的。
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"“{folder.name}”不是空文件夹。")
    # Imported late: the story needs more floors than any other command.
    from desktop.operations.demo import play

    digests = play(folder, remark if as_json else say)
    if as_json:
        json_line({"folder": str(folder), "digests": digests})
