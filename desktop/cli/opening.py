"""The workspace in which a command works: who works in it, the password, and what is asked before it is changed."""

from __future__ import annotations

import contextlib
import functools
import getpass
import itertools
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from desktop.cli.frame import garbled
from desktop.cli.output import AnswerLost, CodeLost, remark
from desktop.cli.parameters import F, PathOf
from desktop.cli.steps import spoken
from desktop.errors import UsageProblem
from desktop.operations.reference_here import shipped
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import synced
from desktop.operations.workspaces.recovery import after_opening
from desktop.store.queries.steps import newest
from desktop.store.tables.database import translated
from desktop.store.workspaces.unlocking import slots_of

OPERATOR = "XIAOSANJI_OPERATOR"
PASSWORD = "XIAOSANJI_PASSWORD"

YES = "是"
_TOLD = 200
"""Steps that are looked at for what a command has done."""
_DATE_IS_RIGHT = "xiaosanji.date_is_right"


class NoPassword(UsageProblem):
    """No password was given, and there is nobody to ask."""

    next_step = f"请设置环境变量 {PASSWORD}，或者用 --password-file 指定口令文件。"


class NoOperator(UsageProblem):
    """It is not clear who works."""

    next_step = f"请用 --as 写明操作员，或者设置环境变量 {OPERATOR}。"


class NotConfirmed(UsageProblem):
    """The person at the terminal did not say yes."""

    next_step = f"什么都没有改动；确实要做时再运行一次，回答“{YES}”。"


def as_option(function: F) -> F:
    """``--as`` and ``--password-file``."""
    return click.option("--as", "operator", metavar="姓名", help=f"操作员；只有一名时不用写，也可设 {OPERATOR}。")(
        click.option(
            "--password-file", metavar="文件", type=PathOf("file"),
            help=f"口令文件，第一行是口令；也可设 {PASSWORD}，都没有时询问。",
        )(function)
    )  # fmt: skip


def opens(function: Callable[..., None]) -> Callable[..., None]:
    """The command works in an open workspace: it gets a session as its first argument and closes it at the end."""

    @click.argument("workspace", metavar="台账", type=PathOf())
    @as_option
    @functools.wraps(function)
    def command(workspace: Path, operator: str | None, password_file: Path | None, **given: Any) -> None:
        with opened(workspace, operator, password_file) as session:
            function(session, **given)

    return command


def in_group(function: Callable[..., None]) -> Callable[..., None]:
    """As :func:`opens`, for a command of a group that takes the workspace for all of its commands."""

    @as_option
    @functools.wraps(function)
    def command(operator: str | None, password_file: Path | None, **given: Any) -> None:
        with opened(click.get_current_context().obj, operator, password_file) as session:
            function(session, **given)

    return command


def of_option(function: Callable[..., None]) -> Callable[..., None]:
    """``--of``: divisions and code lists as they count in a workspace, handed over as ``of``; else those shipped."""

    @click.option(
        "--of",
        "workspace",
        metavar="台账",
        type=PathOf(),
        help="按这个台账里上级下发、本级登记的调整；不写就是随程序的。",
    )
    @as_option
    @functools.wraps(function)
    def command(
        workspace: Path | None, operator: str | None, password_file: Path | None, **given: Any
    ) -> None:
        if workspace is None:
            function(of=shipped(), **given)
            return
        with opened(workspace, operator, password_file) as session:
            function(of=session.reference, **given)

    return command


def writes(function: Callable[..., None]) -> Callable[..., None]:
    """As :func:`opens`, for a command that writes: a person can say that a date in doubt is right."""
    return date_option(opens(function))


def date_option(function: F) -> F:
    """``--date-is-right`` for a command that writes; :func:`opened` heeds it."""

    def note(context: click.Context, _param: click.Parameter, said: bool) -> None:
        context.meta[_DATE_IS_RIGHT] = said

    return click.option(
        "--date-is-right", is_flag=True, expose_value=False, callback=note,
        help="电脑的日期看起来不对、其实没有错时，确认后继续。",
    )(function)  # fmt: skip


def date_is_right() -> bool:
    """Whether this very command says that the date is right."""
    return bool(click.get_current_context().meta.get(_DATE_IS_RIGHT))


@contextlib.contextmanager
def opened(
    folder: Path, operator: str | None, password_file: Path | None, password: str | None = None
) -> Iterator[Session]:
    """An open workspace; the engine's complaints become problems, and the lock is given back in any case."""
    name = operator_of(folder, operator)
    password = password or given_password(password_file)
    with translated():
        session, done = open_session(folder, name, password), False
        try:
            if (why := session.workspace.unwritable) is not None:
                if _DATE_IS_RIGHT in click.get_current_context().meta:
                    raise why
                remark(spoken(why))
            if date_is_right():
                session.ledger.clock.confirm()
            after_opening(session)
            if words := synced.tell(session):
                remark(words)
            before = _Before(session)
            try:
                yield session
            except CodeLost:
                raise
            except AnswerLost as lost:
                raise before.told(lost) from lost
            done = True
        finally:
            session.workspace.close()
            keeper = session.workspace.keeper
            # Beside a step that was not done nobody is told what need not be done once more.
            if done and keeper is not None and keeper.trouble is not None:
                remark(spoken(keeper.trouble))


class _Before:
    """A ledger before a command, of which is told what the command has done although its answer was lost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changes = session.database.connection.total_changes
        self._newest = self._last_step()

    def _last_step(self) -> int:
        return next((step.stamp for step in newest(self._session.database, 1)), 0)

    def told(self, lost: AnswerLost) -> AnswerLost:
        """The same with what was saved before; what only reads can simply be done again."""
        database = self._session.database
        params = click.get_current_context().params
        # What was written for a look was taken back, and is counted all the same.
        only_looks = bool(params.get("preview") or params.get("dry_run"))
        # So is that hidden values were shown: that stands in the log, and nobody would look for what was saved.
        only_looks |= bool(params.get("reveal")) and self._newest == self._last_step()
        if only_looks or database.connection.total_changes == self._changes:
            return AnswerLost(lost.sentence, "请腾出空间，或者换一个位置，再做一次。")
        # Only now: no command shall begin later for it.
        from desktop.operations.recording import steps

        done = Counter[str]()
        recent = steps.recent(database, self._session.ledger.station, _TOLD)
        for step in itertools.takewhile(lambda s: s.operation.stamp > self._newest, recent):
            done[step.operation.name] += step.records
        words = "、".join(f"{name}{count}条" for name, count in reversed(done.items()))
        saved = f"（{words}）" if words else ""
        return AnswerLost(
            f"{lost.sentence}在这以前做的都已经保存{saved}，不要重做。",
            "请先核对（operations 列出做过的操作），没有做的再做。",
        )


def given_password(
    file: Path | None, variable: str = PASSWORD, *, words: str = "口令", twice: bool = False
) -> str:
    """The password from a file, the environment or a hidden prompt, never from an argument.

    A prompt for a new password asks ``twice``. Raises :class:`NoPassword` when there is nobody to ask.
    """
    if file is not None:
        return _first_line(file)
    if said := os.environ.get(variable):
        if garbled(said):
            raise NoPassword(f"环境变量 {variable} 里有读不出来的字。", "请在UTF-8编码的终端或脚本里设置。")
        return said
    password = _ask(words, variable)
    if twice and _ask(f"再输一次{words}", variable) != password:
        raise UsageProblem("两次输入的口令不一样。", "请再试一次。")
    return password


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise NoPassword(
            f"口令文件“{file.name}”不是UTF-8编码的文字。", "请用记事本另存为UTF-8，第一行写口令。"
        ) from error
    if not lines or not lines[0]:
        raise NoPassword(f"口令文件“{file.name}”是空的。")
    return lines[0]


def confirmed(question: str) -> None:
    """Asks a person at a terminal; a program that calls has decided already. Raises :class:`NotConfirmed`."""
    if sys.stdin is None or not sys.stdin.isatty():
        return
    said = click.prompt(
        f"{question}（回答“{YES}”）", prompt_suffix="", err=True, default="", show_default=False
    )
    if said.strip() != YES:
        raise NotConfirmed("没有做。")


def reply(question: str, instead: str) -> str:
    """What a person answers; where nobody can, raises :class:`NotConfirmed`, which says what to add ``instead``."""
    nobody = NotConfirmed("没有人回答，什么都没有做。", f"请在终端里运行，或者{instead}。")
    if sys.stdin is None:
        raise nobody
    try:
        said: str = click.prompt(question, prompt_suffix="：", default="", show_default=False, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise nobody from None
    return said.strip()


def _ask(words: str, variable: str) -> str:
    with warnings.catch_warnings():
        # Without a terminal getpass would read the password from standard input, where the records are.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            _need_console()
            answer: str = click.prompt(words, prompt_suffix="：", hide_input=True, err=True)
        except getpass.GetPassWarning as error:
            # The option for a file is that of who works; every other password has its own variable.
            if variable == PASSWORD:
                raise NoPassword("没有给出口令。") from error
            step = "请设置这个环境变量，或者在终端里运行，会询问。"
            raise NoPassword(f"没有给出 {variable}。", step) from error
    return answer


def _need_console() -> None:
    """On Windows getpass does not notice that there are no keys to read, and reads nothing for ever."""
    if sys.platform == "win32" and sys.stdin is sys.__stdin__:
        try:
            os.close(os.open("CONIN$", os.O_RDWR))
        except OSError as error:
            raise getpass.GetPassWarning("no console") from error


def operator_of(folder: Path, said: str | None) -> str:
    """Who works: as said, else the only operator, else who the environment names; else the names are listed."""
    names = slots_of(folder).names
    if said:
        return said
    if len(names) == 1:
        return names[0]
    if named := os.environ.get(OPERATOR):
        return named
    raise NoOperator(
        f"这份台账有{len(names)}名操作员：{'、'.join(names)}，要写明是谁在操作。",
        f"请加 --as {names[0]}（或另一名）；不想每次都写，可以先设环境变量 {OPERATOR}={names[0]}。",
    )
