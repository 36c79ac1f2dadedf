"""Commands on keys: the root that counts and changing it, and what it takes to read bundles with public tools."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import Group
from desktop.cli.opening import YES, NotConfirmed, confirmed, in_group, reply
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import PathOf, json_option
from desktop.operations.session import Session
from desktop.operations.stations import roots, verifying
from desktop.operations.stations.enrolling import NotEnrolled
from desktop.operations.stations.roots import Root


@click.group(cls=Group)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.pass_context
def keys(context: click.Context, workspace: Path) -> None:
    """密钥：看根证书、更换根证书，导出根证书，或者用公开工具读数据包所需的解密密钥。"""
    context.obj = workspace


@keys.command("root")
@in_group
@json_option
def root(session: Session, as_json: bool) -> None:
    """现在算数的根证书：核对词语，更换过几次。各级看到的应当一样。"""
    found = roots.current(session.database, session.ledger.station)
    if not found.words:
        raise NotEnrolled("本单位还没有入网，没有根证书。")
    _show_root(found, as_json)


@keys.command("change-root")
@click.option("--yes", is_flag=True, help="不再询问。")
@in_group
@json_option
def change_root(session: Session, yes: bool, as_json: bool) -> None:
    """更换根证书：换电脑、换人或者怀疑密钥外泄时，由最上面一级的管理员办。不能撤回，会再问一次。

    用原来的根证书签一份声明，随以后的每个下行数据包送到各级；下级不用重新入网，没有收到的照常往来。
    """
    roots.require_root(session)
    if not yes:
        words = f"更换以后，旧的根证书不能再签发，以前的备份也不能再用来往来。回答“{YES}”继续"
        if reply(words, "加 --yes") != YES:
            raise NotConfirmed("没有更换。")
    found = roots.change(session)
    _show_root(found, as_json)
    remark("已经更换。请给各下级导出回执带去；以后要恢复备份，用更换以后的。")


@keys.command("export-root")
@click.argument("out", metavar="根证书.pem", type=PathOf("out"))
@in_group
@json_option
def export_root(session: Session, out: Path, as_json: bool) -> None:
    """导出根证书，供 verify --root 和 openssl 核对数据包。里面没有秘密。"""
    roots.export_root(session, out)
    _done(out, "根证书", as_json)


@keys.command("export-identity")
@click.argument("out", metavar="文件", type=PathOf("out"))
@in_group
@json_option
def export_identity(session: Session, out: Path, as_json: bool) -> None:
    """导出解密密钥，供 age 等公开工具读发给本机的数据包。会记入审计日志。

    拿到这个文件的人能读所有发给本机的数据包，用完请删除。在终端里会再问一次。
    """
    confirmed("拿到这个文件的人能读所有发给本机的数据包。确定导出吗？")
    verifying.export_identity(session, out)
    _done(out, "解密密钥", as_json)
    remark("用完请删除这个文件，不要拷给别人。")


def _show_root(found: Root, as_json: bool) -> None:
    if as_json:
        json_line({"words": [str(w) for w in found.words], "changes": found.changes, "own": found.own})
        return
    for words in found.words:
        say(f"根证书的核对词语：{words}")
    say(f"更换过{found.changes}次。" if found.changes else "没有更换过。")


def _done(out: Path, what: str, as_json: bool) -> None:
    if as_json:
        json_line({"file": str(out)})
    else:
        say(f"{what}已导出到“{out.name}”。")
