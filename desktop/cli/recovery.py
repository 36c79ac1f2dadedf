"""The commands for a forgotten password, and for saying where a workspace in doubt comes from."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Command, Group
from desktop.cli.opening import OPERATOR, as_option, confirmed, given_password, opened, operator_of, writes
from desktop.cli.output import code_shown, json_line, remark, say
from desktop.cli.parameters import PathOf, json_option
from desktop.errors import UsageProblem
from desktop.operations.session import Session
from desktop.operations.workspaces import answering, whereabouts
from desktop.operations.workspaces import recovery as operations
from desktop.operations.workspaces.whereabouts import Origin
from desktop.store.tables.database import translated

NEW_PASSWORD = "XIAOSANJI_NEW_PASSWORD"
CODE = "XIAOSANJI_RECOVERY_CODE"

_AS = click.option(
    "--as", "operator", metavar="姓名", help=f"忘了口令的操作员；只有一名时不用写，也可设 {OPERATOR}。"
)
_NEW = click.option(
    "--new-password-file", metavar="文件", type=PathOf("file"),
    help=f"新口令的文件；也可设 {NEW_PASSWORD}，都没有时询问。",
)  # fmt: skip


class WhichOrigin(UsageProblem):
    """Not one of the answers was given, or several were."""

    next_step = "请在 --restored、--moved、--copied 里选一个。"


@click.group(cls=Group)
def recovery() -> None:
    """忘了口令：用恢复码打开，或者请上级答复；也在这里说明复制、恢复过的台账。"""


@recovery.command("request", cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.argument("out", metavar="申请.xsr", type=PathOf("out", ".xsr"))
@_AS
@_NEW
@json_option
def request(
    workspace: Path, out: Path, operator: str | None, new_password_file: Path | None, as_json: bool
) -> None:
    """写出恢复申请，交给上级；新口令这时就设好，上级答复以后生效。"""
    name = operator_of(workspace, operator)
    password = _new_password(new_password_file)
    made = operations.ask(workspace, name, password, out)
    if as_json:
        json_line({"file": str(made.path), "office": made.office, "words": str(made.words)})
        return
    say(f"恢复申请已写到“{made.path.name}”，请交给“{made.office}”。")
    say(f"上级打电话核对时，请念：{made.words}")


@recovery.command("answer", cls=Command)
@writes
@click.argument("request_file", metavar="申请.xsr", type=PathOf("file"))
@click.argument("out", metavar="答复.xsk", type=PathOf("out", ".xsk"))
@json_option
def answer(session: Session, request_file: Path, out: Path, as_json: bool) -> None:
    """答复下级的恢复申请。拿到答复和那台电脑的人能看到里面的全部数据，一定要先打电话核对。"""
    seen = answering.look_request(session, request_file)
    remark(
        f"“{seen.name}”（编码{seen.code}）的操作员“{seen.operator}”申请恢复口令，"
        f"{seen.asked:%Y-%m-%d %H:%M}写的。"
    )
    remark(f"请打平时的电话核对，对方屏幕上应是：{seen.words}")
    remark(f"对方也会问本机的词语，请念：{seen.own}")
    confirmed("核对一致吗？")
    done = answering.answer(session, request_file, out, compared=seen.digest)
    if as_json:
        json_line({"file": str(out), "name": done.name, "operator": done.operator, "words": str(done.words)})
    else:
        say(f"已答复“{done.name}”，答复文件是“{out.name}”。")


@recovery.command("accept", cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.argument("answer_file", metavar="答复.xsk", type=PathOf("file"))
@_NEW
@json_option
def accept(workspace: Path, answer_file: Path, new_password_file: Path | None, as_json: bool) -> None:
    """收上级的答复：写申请时设的新口令从此生效。"""
    offered = operations.look_answer(workspace, answer_file)
    remark(f"“{offered.office}”的答复，请打电话核对，对方屏幕上应是：{offered.words}")
    confirmed("核对一致吗？")
    password = given_password(new_password_file, NEW_PASSWORD, words="写申请时设的新口令")
    with translated():
        session = operations.take(workspace, answer_file, password)
    _done(session, as_json)


@recovery.command("use-code", cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.option(
    "--code-file", metavar="文件", type=PathOf("file"), help=f"恢复码的文件；也可设 {CODE}，都没有时询问。"
)
@_AS
@_NEW
@json_option
def use_code(
    workspace: Path,
    code_file: Path | None,
    operator: str | None,
    new_password_file: Path | None,
    as_json: bool,
) -> None:
    """用建立台账时抄下的恢复码打开，并设新口令。恢复码以后仍然有用，请照样收好。"""
    name = operator_of(workspace, operator)
    code = given_password(code_file, CODE, words="恢复码")
    password = _new_password(new_password_file)
    with translated():
        session = operations.open_by_code(workspace, name, code, password)
    _done(session, as_json)


@recovery.command("new-code", cls=Command)
@writes
@json_option
def new_code(session: Session, as_json: bool) -> None:
    """换一个恢复码，只显示这一次；以前的作废。只有管理员能做。"""
    code = operations.new_code(session)
    with code_shown():
        if as_json:
            json_line({"recovery_code": code})
            return
        say(f"恢复码：{code}")
    remark("只显示这一次。请抄在纸上，和电脑分开放；忘了口令时用它打开。")


@recovery.command("place", cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.option("--restored", is_flag=True, help="这是用以前的备份恢复的，从备份以后重新开始编号。")
@click.option("--moved", is_flag=True, help="整个搬到了这台电脑，原来的不再用。")
@click.option("--copied", is_flag=True, help="复制了一份，原来的还在用；这一份要重新入网才能录入。")
@as_option
@json_option
def place(
    workspace: Path,
    restored: bool,
    moved: bool,
    copied: bool,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """台账和上次关闭时不一样，或者第一次在这台电脑上打开：说明它是怎么来的，以后才能录入。"""
    said = [
        origin
        for origin, given in zip(
            (Origin.RESTORED, Origin.MOVED, Origin.COPIED), (restored, moved, copied), strict=True
        )
        if given
    ]
    if len(said) != 1:
        raise WhichOrigin("没有说清台账是怎么来的。")
    with opened(workspace, operator, password_file) as session:
        whereabouts.settle(session, said[0])
    if as_json:
        json_line({"workspace": workspace.name, "origin": said[0].value})
    elif said[0] is Origin.COPIED:
        say("已记下：这是复制的一份。请用 xiaosanji enrol request 写出入网申请，上级批准以后可以录入。")
    else:
        say("已记下，可以继续使用。原来那份请不要再打开。")


def _new_password(file: Path | None) -> str:
    return given_password(file, NEW_PASSWORD, words="新口令（至少8位）", twice=True)


def _done(session: Session, as_json: bool) -> None:
    with session.workspace:
        name = session.operator.name
        left = "" if session.workspace.slots.has_code else "这份台账没有恢复码，可用 recovery new-code 生成。"
    if as_json:
        json_line({"name": name})
        return
    say(f"“{name}”的新口令已经设好，以后用它打开。{left}")
