"""The command that plays the whole story without a window."""

from __future__ import annotations

from collections.abc import Callable
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
@click.argument("folder", metavar="文件夹", type=PathOf("folder"))
@click.option("--pictures/--no-pictures", default=True, help="也拍下窗口每一页的图片（默认拍）。")
@json_option
def demo(folder: Path, pictures: bool, as_json: bool) -> None:
    """演示：区、镇、村、企业从入网、录入、上报到合并的全过程，文件留在这个文件夹里。

    最后每份台账一行：名称和内容摘要。两次演示的摘要相同。人名和单位都是虚构的。
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"“{folder.name}”不是空文件夹。")
    # Imported late: the story needs more floors than any other command.
    from desktop.operations.demo import play
    from desktop.operations.demo.stage import DISTRICT, DISTRICT_OPERATOR, PASSWORD

    tell = remark if as_json else say
    digests = play(folder, tell)
    tell(
        f"这些台账可以打开看：在“{folder.name}/台账”里，口令都是“{PASSWORD}”，"
        f"“{DISTRICT}”的操作员是{DISTRICT_OPERATOR}。"
    )
    if pictures:
        _take_pictures(folder, tell)
    if as_json:
        json_line({"folder": str(folder), "digests": digests})


def _take_pictures(folder: Path, tell: Callable[[str], None]) -> None:
    """Pictures of the real window on the district's workspace; on a system without Qt's libraries there are none."""
    from desktop.operations.demo.stage import DISTRICT, DISTRICT_OPERATOR, LATER, PASSWORD, repeatable

    try:
        from desktop.ui.pictures import take_pictures
    except ImportError as error:
        tell(f"没有拍窗口图片：这台电脑缺少图形库（{error.name or error}）。")
        return
    out = folder / "窗口"
    taken = take_pictures(
        folder / "台账" / DISTRICT, out, DISTRICT_OPERATOR, PASSWORD, repeatable("pictures", LATER)
    )
    tell(f"窗口图片{len(taken)}张，在“{out.name}”文件夹里。")
