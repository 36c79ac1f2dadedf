"""The program ``xiaosanji``: without arguments the window, else one of the commands in this table."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from desktop import __version__
from desktop.cli.frame import Program
from desktop.cli.output import say
from desktop.errors import EnvironmentProblem

COMMANDS = {
    "demo": "desktop.cli.demo:demo",
    "new": "desktop.cli.workspaces:new",
    "enrol": "desktop.cli.enrolment:enrol",
    "operator": "desktop.cli.workspaces:operator",
    "schema": "desktop.cli.schema:schema",
    "divisions": "desktop.cli.divisions:divisions",
    "record": "desktop.cli.writing:record",
    "delete": "desktop.cli.writing:delete",
    "undelete": "desktop.cli.writing:undelete",
    "attach": "desktop.cli.attaching:attach",
    "undo": "desktop.cli.writing:undo",
    "operations": "desktop.cli.operations:list_operations",
    "list": "desktop.cli.reading:list_records",
    "show": "desktop.cli.reading:show",
    "search": "desktop.cli.reading:search",
    "history": "desktop.cli.reading:history",
    "import": "desktop.cli.importing:import_workbook",
    "export": "desktop.cli.exporting:export",
    "send": "desktop.cli.exchange:send",
    "sign": "desktop.cli.exchange:sign",
    "inspect": "desktop.cli.exchange:inspect",
    "verify": "desktop.cli.exchange:verify",
    "merge": "desktop.cli.exchange:merge",
    "merges": "desktop.cli.policy:merges",
    "withdraw": "desktop.cli.policy:withdraw",
    "return": "desktop.cli.policy:send_back",
    "stations": "desktop.cli.policy:stations",
    "revoke": "desktop.cli.policy:revoke",
    "excluded": "desktop.cli.policy:excluded",
    "lift": "desktop.cli.policy:lift",
    "fork": "desktop.cli.policy:fork",
    "redate": "desktop.cli.policy:redate",
    "move": "desktop.cli.policy:move",
    "erase": "desktop.cli.erasing:erase",
    "due": "desktop.cli.erasing:due",
    "receive": "desktop.cli.exchange:receive",
    "digest": "desktop.cli.exchange:digest",
    "plan": "desktop.cli.plan:plan",
    "next": "desktop.cli.plan:next_visits",
    "letter": "desktop.cli.letters:letter",
    "print": "desktop.cli.printing:print_papers",
    "papers": "desktop.cli.printing:list_papers",
    "conflicts": "desktop.cli.conflicts:conflicts",
    "duplicates": "desktop.cli.duplicates:duplicates",
    "audit": "desktop.cli.audit:audit",
    "check": "desktop.cli.workspaces:check",
    "backup": "desktop.cli.workspaces:backup",
    "restore": "desktop.cli.workspaces:restore",
    "wipe": "desktop.cli.wiping:wipe",
    "wiped": "desktop.cli.wiping:wiped",
    "recovery": "desktop.cli.recovery:recovery",
    "keys": "desktop.cli.keys:keys",
}
"""Command → module and object; a module is loaded when its command is called, so that the window opens fast."""


class _Opening(Program):
    """A lone place instead of a command, as a double click gives it, is what the window opens with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Names of commands come first; a folder of such a name is written as ``./list``."""
        lone = len(args) == 1 and self.get_command(ctx, args[0]) is None
        ctx.obj = _workspace_at(Path(args[0])) if lone else None
        return super().parse_args(ctx, args if ctx.obj is None else [])


def _workspace_at(place: Path) -> Path | None:
    """A folder, or that of a workspace in which a file lies; nothing for all other words."""
    from desktop.store.workspaces.keys import FILE

    if place.is_dir():
        return place.resolve()
    return place.resolve().parent if place.is_file() and (place.resolve().parent / FILE).is_file() else None


class NoScreen(EnvironmentProblem):
    """The window was asked for on a machine that has none."""

    next_step = "请用命令：xiaosanji --help；看演示用 xiaosanji demo 文件夹。"


@click.command(cls=_Opening, invoke_without_command=True, lazy=COMMANDS)
@click.option("--version", is_flag=True, help="显示版本。")
@click.pass_context
def program(context: click.Context, version: bool) -> None:
    """小三级：镇街、村社、企业工会的离线台账，区级的汇总台。

    不带命令时打开窗口；只写一个台账文件夹，就打开它的登录。口令从提示、环境变量或文件读入，不写在命令里。
    """
    if version:
        say(f"xiaosanji {__version__}")
        context.exit(0)
    if context.invoked_subcommand is None:
        if not _has_screen():
            raise NoScreen("这台电脑没有图形界面，打不开窗口。")
        from desktop.ui.app import main as open_window

        context.exit(open_window(["xiaosanji", *map(str, filter(None, [context.obj]))]) or 0)


def _has_screen() -> bool:
    """Whether Qt will find a place for a window; without one it ends the process in its own words."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in named)


def main() -> None:
    """Runs the program with the arguments of the process."""
    program.main(prog_name="xiaosanji")
