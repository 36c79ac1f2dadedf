"""Commands that exchange records with other stations: send, look, verify, merge, receive, compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from desktop.cli import folders
from desktop.cli.frame import Command
from desktop.cli.opening import as_option, given_password, opened, opens, writes
from desktop.cli.output import Ticker, complain, json_line, remark, say
from desktop.cli.parameters import PathOf, json_option
from desktop.cli.reports import show_manifest, show_report
from desktop.cli.steps import spoken
from desktop.errors import Problem, UsageProblem
from desktop.operations.session import Session
from desktop.operations.stations import exchange, roots, signing, traffic, verifying
from desktop.operations.stations.listed import Listings
from desktop.operations.stations.traffic import MergeOutcome
from desktop.records.duties import signed_words
from desktop.records.duties import words as duty_words
from desktop.records.versions.item_outcomes import (
    HELD,
    OUTCOMES,
)
from desktop.sync.errors import Damaged
from desktop.sync.merging.results import MergeReport


class NoRoot(UsageProblem):
    """There is nothing to verify against."""

    next_step = (
        "请用 --root 指定上级用 keys export-root 写出的 .pem 文件，或者用 --workspace 指定已入网的台账。"
    )


class NotByRoot(NoRoot):
    """What can be verified without a root stands; whose signature it is cannot."""


@click.command(cls=Command)
@writes
@click.argument("out", metavar="数据包.xsj", type=PathOf("place", ".xsj"))
@click.option("--to", metavar="单位", help="发给下面哪个单位（编码或名称），默认发给上级。")
@json_option
def send(session: Session, out: Path, to: str | None, as_json: bool) -> None:
    """导出数据包：对方还没有确认收到的内容。写文件夹时自动起文件名。"""
    sent = exchange.send(session, out, to)
    missing = signing.look(session, sent.path).missing
    if as_json:
        json_line(
            {
                "file": str(sent.path),
                "to": {"name": sent.name, "station": sent.peer},
                "sequence": sent.sequence,
                "items": sent.items,
                "digest": sent.digest,
                "missing": sorted(missing),
                "more": sent.more,
            }
        )
    else:
        say(f"数据包“{sent.path.name}”已写好：给“{sent.name}”的第{sent.sequence}个，{sent.items}项。")
        if missing:
            remark(f"“{sent.name}”要{duty_words(missing)}的签名才收，请用 sign 命令签名。")
        if sent.more:
            remark(exchange.more_words(sent))


@click.command(cls=Command)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.argument("file", metavar="文件", type=PathOf("file"))
@as_option
@json_option
def sign(
    workspace: Path, file: Path, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """以经办人或负责人签名：给本机导出的数据包加上自己的签名，用自己的口令。

    文件还是同一个文件，摘要不变；上级因为缺签名没有收的，签好再交去就行。
    """
    password = given_password(password_file)
    with opened(workspace, operator, password_file, password) as session:
        done = signing.sign(session, file, session.operator.name, password)
    if as_json:
        json_line({"file": str(file), "digest": done.cover.digest, "signed": dict(done.signed),
                   "missing": sorted(done.missing)})  # fmt: skip
        return
    cover = done.cover
    said = signed_words(list(done.signed.items()))
    say(f"已签名：给“{cover.receiver}”的第{cover.sequence}个，{cover.total}项。签了名的：{said}。")
    if done.missing:
        say(f"“{cover.receiver}”还要{duty_words(done.missing)}的签名。")


def _root_options(function: Any) -> Any:
    return click.option("--root", metavar="根证书.pem", type=PathOf("file"), help="按这份根证书核对。")(
        click.option("--workspace", metavar="台账", type=PathOf(), help="按这份台账认的根证书核对。")(
            as_option(function)
        )
    )


@click.command(cls=Command)
@click.argument("file", metavar="文件", type=PathOf("file"))
@_root_options
@json_option
def inspect(
    file: Path,
    root: Path | None,
    workspace: Path | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """数据包自己写了什么：谁发给谁、第几个、有多少内容。不看里面的记录，不写任何东西。

    给了 --root 或 --workspace 时先核对签名。
    """
    if root is not None or workspace is not None:
        found = verifying.verify(file, _roots(root, workspace, operator, password_file))
        show_manifest(found.manifest, found.signers, as_json)
    else:
        show_manifest(verifying.inspect(file), None, as_json)


@click.command(cls=Command)
@click.argument("file", metavar="文件", type=PathOf("file"))
@_root_options
@json_option
def verify(
    file: Path,
    root: Path | None,
    workspace: Path | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """核对数据包：签名、证书和完整性。不解密；核对不过时退出码说明原因。

    签名是不是认识的单位签的，要有根证书才知道：写 --root（上级用 keys export-root 写出的）或 --workspace。
    都不写时，只核对文件完整、和它里面的证书相符，退出码是2。
    """
    if root is None and workspace is None:
        whole = verifying.verify_by_itself(file)
        show_manifest(whole.manifest, None, as_json)
        raise NotByRoot("文件完整，签名和它自带的证书相符；是不是认识的单位签的，还没有核对。")
    found = verifying.verify(file, _roots(root, workspace, operator, password_file))
    show_manifest(found.manifest, found.signers, as_json)


@click.command(cls=Command)
@writes
@click.argument("files", metavar="文件或文件夹…", type=folders.FileOrFolder(), nargs=-1, required=True)
@click.option("--preview", is_flag=True, help="只看会怎样，什么都不写。")
@click.option(
    "--receipts", metavar="文件夹", type=PathOf("folder"), help="给每个发送方写回执，放在这个文件夹。"
)
@json_option
def merge(
    session: Session, files: tuple[Path, ...], preview: bool, receipts: Path | None, as_json: bool
) -> None:
    """合并下级的数据包。不能信任或损坏的整个不收，其他的照常合并。

    写文件夹时，合并里面还没有合并过的数据包，按对方导出的先后；文件留在原处。

    有文件不收时，退出码是第一个不收的文件的原因；先留着的内容和分歧不影响退出码，最后一行会说有多少。
    """
    paths = folders.bundles_of(session, files)
    if receipts is not None:
        receipts.parent.mkdir(parents=True, exist_ok=True)
    listed = Listings(session.database, session.here) if preview else None
    with Ticker() as ticker:
        if preview:
            report, names = traffic.look_into(session, session.here, paths, ticker.tick, listed)
            done = MergeOutcome(report)
        else:
            done, names = traffic.merge(session, paths, receipts, ticker.tick), None
    show_report(session, done.report, preview, as_json, listed=listed, names=names)
    if not preview:
        in_folder = any(path.is_dir() for path in files)
        folders.after_merge(session, done.report.bundles, as_json=as_json, folder=in_folder)
    if done.failed:
        complain(f"数据已经合并好，有{len(done.failed)}个回执没有写成：{spoken(done.failed[0][1])}")
        complain("空出位置以后，用 send --to 把回执再写一次。")
    _end_by(done.report, [problem for _, problem in done.failed])


@click.command(cls=Command)
@writes
@click.argument("files", metavar="文件…", type=PathOf("file"), nargs=-1, required=True)
@json_option
def receive(session: Session, files: tuple[Path, ...], as_json: bool) -> None:
    """收上级的回执和下发的数据包。"""
    report = exchange.receive(session, files)
    show_report(session, report, False, as_json)
    _end_by(report)


@click.command(cls=Command)
@opens
@click.option("--scope", metavar="单位", help="只算这个单位和它下面的（编码或名称）。")
@json_option
def digest(session: Session, scope: str | None, as_json: bool) -> None:
    """内容摘要：两处摘要相同，内容就相同。另报先留着的内容、没有处理的分歧和重号。"""
    found = exchange.digest(session, scope)
    name = session.workspace.folder.resolve().name
    if as_json:
        json_line(
            {
                "workspace": name,
                "sha256": found.sha256,
                "records": found.records,
                "held": found.held,
                "conflicts": found.conflicts,
                "forks": found.forks,
            }
        )
    else:
        say(f"{name} {found.sha256}")
        say(f"{OUTCOMES[HELD]}{found.held}项，分歧{found.conflicts}处，重号{found.forks}处。")
        if found.forks:
            say("重号是同一编号有两种内容；用 conflicts 看是哪台电脑、哪些内容。")


def _roots(
    root: Path | None, workspace: Path | None, operator: str | None, password_file: Path | None
) -> tuple[bytes, ...]:
    if root is not None:
        try:
            return roots.read_root(root)
        except Damaged as problem:
            raise NoRoot(f"“{root.name}”不是根证书文件。") from problem
    if workspace is None:
        raise NoRoot("不知道按哪份根证书核对。")
    with opened(workspace, operator, password_file) as session:
        found = roots.believed_roots(session.database)
    if not found:
        raise NoRoot("这份台账还没有入网，没有可以核对的根证书。")
    return found


def _end_by(report: MergeReport, more: Sequence[Problem] = ()) -> None:
    """Ends with the exit code of the first file that was not taken, or of what else went wrong."""
    problems = [b.problem for b in report.bundles if b.problem is not None]
    if problems or more:
        click.get_current_context().exit([*problems, *more][0].exit_code)
