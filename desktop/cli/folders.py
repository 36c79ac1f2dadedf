"""Folders on the command line: the bundles in them that are new, and what is told when they were merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from desktop.cli.output import complain, remark, say
from desktop.cli.parameters import PathOf
from desktop.operations.session import Session
from desktop.operations.stations import inbox
from desktop.operations.stations.inbox import MERGED_FOLDER, Gathered
from desktop.sync.merging.results import BundleResult


class FileOrFolder(PathOf):
    """A file or a folder that is there."""

    def __init__(self) -> None:
        super().__init__("file")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, if something is there."""
        path = Path(value)
        return path if path.is_dir() else super().convert(value, param, ctx)


def bundles_of(session: Session, given: Iterable[Path]) -> list[Path]:
    """The files as they were given; of a folder the new bundles in the turn in which their senders wrote them."""
    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        gathered = inbox.gather(session, path)
        found += gathered.paths
        remark(f"文件夹“{path.resolve().name or path}”{_gathered_words(gathered)}")
    return list(dict.fromkeys(found))


def _gathered_words(gathered: Gathered) -> str:
    """What a folder holds, and where nothing is to be done, why and what to look at."""
    known = len(gathered.left_out)
    if not gathered.paths and known:
        return f"里的{known}个数据包都收过了，没有要合并的；等下级交来新的再合并。"
    if not gathered.paths:
        return (
            "里没有数据包（.xsj）。请核对是不是下级交来的文件放的文件夹；数据包在里面一层的，写那个文件夹。"
        )
    told = f"，收过的和相同的{known}个没有再合并" if known else ""
    return f"：要合并的数据包{len(gathered.paths)}个{told}。"


def after_merge(session: Session, results: Sequence[BundleResult], *, as_json: bool, folder: bool) -> None:
    """Moves merged files where that was chosen for the inbox, and after a folder names who has sent nothing."""
    done = inbox.after_merge(session, results)
    if done.moved:
        remark(f"{done.moved}个文件已移到“{MERGED_FOLDER}”。")
    if done.problem is not None:
        complain(f"数据已经合并好，有文件没有移到“{MERGED_FOLDER}”：{done.problem}")
    if folder and done.silent and not as_json:
        say(f"本月还没有报送的下级：{'、'.join(done.silent)}。")
