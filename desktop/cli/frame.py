"""Commands and groups that speak Chinese: help, usage errors, and the one place where every error ends."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from desktop.cli.output import AnswerLost, complain, json_line, width_of, wrapped
from desktop.cli.steps import next_step, spoken
from desktop.errors import EXIT_BUG, Problem

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
DEBUG = "XIAOSANJI_DEBUG"
JSON_PARAMETER = "as_json"
"""The parameter of ``--json``: where it is set, a problem also stands on standard output as an object."""

_WIDEST_NAME = 28
"""Places; behind a longer name of an option its help begins on the next line."""

_PACKAGE = Path(__file__).resolve().parent.parent


class Command(click.Command):
    """A command whose help is Chinese and which takes no argument that it does not know."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses, and refuses what is left over."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        for param in self.params:
            if garbled(ctx.params.get(param.name or "")):
                raise click.BadParameter("里面有读不出来的字，请在UTF-8编码的终端或脚本里写", ctx, param)
        if rest and not ctx.resilient_parsing:
            raise click.UsageError(f"多了参数“{' '.join(map(str, rest))}”", ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; with ``--json`` a problem is an object on standard output too."""
        try:
            return super().invoke(ctx)
        except AnswerLost:
            raise
        except Problem as problem:
            if ctx.params.get(JSON_PARAMETER):
                json_line({"problem": problem_object(problem)})
            raise

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option, with Chinese help of its own."""
        return _help_option(super().get_help_option(ctx))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, what the command does, and its options."""
        _write_usage(self, ctx, formatter)
        _write_options(self, ctx, formatter)


class Group(click.Group):
    """A group of commands, some of them in modules that are loaded when they are called."""

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of declaration."""
        return [*self._lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, loaded if need be."""
        if cmd_name in self._lazy:
            module, _, attribute = self._lazy[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        return self.commands.get(cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses; a command of the group and the workspace may stand in either order.

        Whoever asks for help with a command need not name a workspace.
        """
        command = self.get_command(ctx, args[0]) if len(args) == 2 and args[1] == "--help" else None
        if command is not None:
            click.echo(command.get_help(click.Context(command, ctx, info_name=args[0])))
            ctx.exit()
        return super().parse_args(ctx, self._in_order(ctx, args))

    def _in_order(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The first two words as this group has them; of two names of commands the order stays.

        Who asks for the help of a command need not name a workspace.
        """
        if ctx.parent is None or len(args) < 2:
            return args
        arguments = [param for param in self.params if isinstance(param, click.Argument)]
        if args[1] == "--help" and arguments and self.get_command(ctx, args[0]) is not None:
            return [arguments[0].make_metavar(ctx), *args]
        if args[1].startswith("-"):
            return args
        named = [self.get_command(ctx, word) is not None for word in args[:2]]
        workspace_first = bool(arguments)
        return [args[1], args[0], *args[2:]] if named == [workspace_first, not workspace_first] else args

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; an unknown one is named together with those that are like it."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(f"没有命令“{name}”{like(name, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option, with Chinese help of its own."""
        return _help_option(super().get_help_option(ctx))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, what the group is for, its commands and its options."""
        _write_usage(self, ctx, formatter)
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        _write_rows(
            formatter, "命令", [(n, (c.help or "").split("\n")[0]) for n, c in commands if c is not None]
        )
        _write_options(self, ctx, formatter)


class Program(Group):
    """The whole program: whatever happens below ends here as an exit code and at most one sentence."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Runs and ends the process; takes what ``click.Group.main`` takes."""
        speak_utf8()
        sys.exit(self._run(*args, **{**kwargs, "standalone_mode": False}))

    def _run(self, *args: Any, **kwargs: Any) -> int:
        try:
            code = super().main(*args, **kwargs)
        except click.Abort:
            complain("已取消。")
            return EXIT_INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as error:
            complain(error.format_message())
            return EXIT_USAGE
        except click.ClickException as error:
            complain(usage_sentence(error))
            return EXIT_USAGE
        except Problem as problem:
            complain(spoken(problem))
            return problem.exit_code
        except Exception as error:  # noqa: BLE001  (the very top: what arrives here is a bug, or the surroundings)
            return _unexpected(error)
        return code if isinstance(code, int) else 0


def problem_object(problem: Problem) -> dict[str, Any]:
    """A problem for programs: cause, sentence, next step, exit code and a technical remark where there is one."""
    return {
        "cause": type(problem).__name__,
        "sentence": problem.sentence,
        "next_step": next_step(problem),
        "exit_code": problem.exit_code,
        "detail": getattr(problem, "detail", ""),
    }


def usage_sentence(error: click.ClickException) -> str:
    """What is wrong with a call, in one Chinese sentence, and how to find out what is right."""
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            kind = "参数" if isinstance(param, click.Argument) else "选项 "
            said = f"缺少{kind}{_shown_name(param)}"
        case click.BadParameter(param=click.Parameter() as param):
            space = "" if isinstance(param, click.Argument) else " "
            said = f"{_shown_name(param)}{space}不对：{error.message}"
        case click.NoSuchOption():
            said = f"没有选项“{error.option_name}”{like(error.option_name, error.possibilities or [])}"
        case click.BadOptionUsage():
            said = f"选项 {error.option_name} 的写法不对：有的选项后面要写一个值，有的不能写"
        case click.FileError():
            said = f"文件“{error.ui_filename}”打不开"
        case click.UsageError(ctx=click.Context(command=click.Group())) if not _is_chinese(error.message):
            said = "后面还缺一个命令"
        case _:
            said = error.message if _is_chinese(error.message) else "命令的写法不对"
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context is not None else "xiaosanji"
    return f"{said.rstrip('。.')}。用 {command} --help 查看写法。"


def like(name: str, names: Iterator[str] | list[str]) -> str:
    """A hint at names that are like a wrong one, or nothing."""
    import difflib

    # The dashes that all options begin with make none of them like another.
    bare = {each.lstrip("-"): each for each in names}
    found = [bare[each] for each in difflib.get_close_matches(name.lstrip("-"), list(bare), cutoff=0.5)]
    return f"，是不是“{'”“'.join(found)}”" if found else ""


def garbled(value: Any) -> bool:
    """Whether a word, or one of several, holds bytes that were no UTF-8; paths may, as sticks have such names."""
    if isinstance(value, tuple):
        return any(map(garbled, value))
    return isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value)


def speak_utf8() -> None:
    """Makes the standard streams UTF-8 where the system would have another encoding (Windows, old locales)."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _unexpected(error: Exception) -> int:
    """Says what the surroundings did, or admits a bug without a word of what was typed."""
    if os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    if isinstance(error, OSError):
        from desktop.sync.errors.surroundings import is_surroundings, surroundings

        if is_surroundings(error):
            problem = surroundings(error)
            complain(spoken(problem))
            return problem.exit_code
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(_PACKAGE)] or frames
    where = f"，{Path(ours[-1].filename).name}第{ours[-1].lineno}行" if ours else ""
    complain(
        f"程序内部出错（{type(error).__name__}{where}），这一步没有做完，已经保存的内容不受影响。"
        f"请把括号里的文字告诉技术支持。"
    )
    return EXIT_BUG


def _shown_name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    name = param.make_metavar(click.Context(click.Command(""))).strip("[].…")
    return f"“{name}”"


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def _help_option(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示这份说明。"
    return option


def _write_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    pieces = [p for param in command.get_params(ctx) for p in param.get_usage_pieces(ctx)]
    tail = ["命令 …"] if isinstance(command, click.Group) else []
    formatter.write_usage(ctx.command_path, " ".join([*pieces, "[选项]", *tail]), prefix="用法：")
    for paragraph in (command.help or "").split("\n\n"):
        if paragraph.strip():
            formatter.write_paragraph()
            with formatter.indentation():
                # Lines of the source are joined as Chinese is, without a space.
                for line in wrapped("".join(map(str.strip, paragraph.split("\n"))), _room(formatter)):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    rows = []
    for param in command.get_params(ctx):
        if isinstance(param, click.Option) and not param.hidden:
            names = ", ".join(sorted(param.opts, key=len))
            value = "" if param.is_flag else f" {param.make_metavar(ctx)}"
            rows.append((names + value, (param.help or "") + ("（必填）" if param.required else "")))
    _write_rows(formatter, "选项", rows)


def _write_rows(formatter: click.HelpFormatter, heading: str, rows: list[tuple[str, str]]) -> None:
    formatter.write_paragraph()
    formatter.write(f"{heading}：\n")
    names = min(_WIDEST_NAME, max(width_of(name) for name, _ in rows)) + 2
    with formatter.indentation():
        before = " " * formatter.current_indent
        for name, words in rows:
            lines = wrapped(words, _room(formatter) - names)
            if width_of(name) + 2 > names:
                formatter.write(f"{before}{name}\n")
                name = ""
            for line in lines:
                formatter.write(f"{before}{name}{' ' * (names - width_of(name))}{line}\n")
                name = ""


def _room(formatter: click.HelpFormatter) -> int:
    """Places that a line has behind its indentation."""
    return formatter.width - formatter.current_indent
