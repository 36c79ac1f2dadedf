"""The commands of enrolment: request, grant, acceptance, confirmation, each one file on a stick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from desktop.cli.frame import Command, Group
from desktop.cli.names import LEVELS
from desktop.cli.opening import confirmed, writes
from desktop.cli.output import json_line, remark, say, table
from desktop.cli.parameters import OneOf, PathOf, json_option
from desktop.operations.session import Session
from desktop.operations.stations import applying, enrolling, roots, taking_over, traffic
from desktop.operations.stations.enrolling import Granted
from desktop.operations.stations.taking_over import Astray
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.store.workspaces.workspace import OwnUnit

_STATION = 64
"""Signs of the id of a station; a unit's is shorter, like every code and name."""


@click.group(cls=Group)
def enrol() -> None:
    """入网：下级申请，上级批准，下级接受，上级确认，用U盘传三个小文件。"""


@enrol.command("request", cls=Command)
@writes
@click.argument("out", metavar="申请.xsq", type=PathOf("out", ".xsq"))
@click.option("--renew", is_flag=True, help="已入网的，申请更换本机密钥；接受批准以前照旧往来。")
@json_option
def request(session: Session, out: Path, renew: bool, as_json: bool) -> None:
    """写出入网申请，交给上级。"""
    made = applying.request(session, out, renew=renew)
    if as_json:
        json_line({"file": str(made.path), "words": made.words})
        return
    say(f"入网申请已写到“{made.path.name}”，请交给上级。")
    say(f"上级打电话核对时，请念：{made.words}")


@enrol.command("grant", cls=Command)
@writes
@click.argument("request_file", metavar="申请.xsq", type=PathOf("file"))
@click.argument("out", metavar="批准.xsg", type=PathOf("out", ".xsg"))
@click.option("--kind", "level", metavar="层级", type=OneOf(Level, LEVELS), help="批准的层级，默认照申请。")
@click.option("--unit", "code", metavar="编码", help="批准的单位编码，默认照申请。")
@click.option("--delegate", is_flag=True, help="授权它再办理自己下级的入网。")
@click.option("--although", metavar="文字", default="", help="编码是别处的，仍然归本单位管的原因。")
@json_option
def grant(
    session: Session,
    request_file: Path,
    out: Path,
    level: Level | None,
    code: str | None,
    delegate: bool,
    although: str,
    as_json: bool,
) -> None:
    """批准下级的入网申请，写出批准文件。"""
    enrolling.require_issuer(session)
    asked = traffic.look_request(request_file)
    remark(f"“{asked.name}”（编码{asked.code}）的申请，请打电话核对，对方屏幕上应是：{asked.words}")
    remark(f"对方也会问本机的词语，请念：{traffic.own_words(session)}")
    if doubt := workspaces.doubt_about(code or asked.code, level or asked.level, session.reference.divisions):
        remark(doubt)
    confirmed("核对一致吗？")
    made = enrolling.grant(
        session,
        request_file,
        out,
        level=level,
        code=code,
        delegate=delegate,
        although=although,
        compared=asked.digest,
    )
    if as_json:
        json_line({"file": str(made.path), "unit": _unit_object(made.unit), "words": made.words})
        return
    say(f"已批准“{made.unit.name}”（编码{made.unit.code}），批准文件是“{made.path.name}”。")
    say("核对不上就不要交出批准文件。")


@enrol.command("again", cls=Command)
@writes
@click.argument("units", metavar="[单位]…", nargs=-1)
@click.option(
    "--out", metavar="文件夹", type=PathOf("folder"), help="给列出的补发批准文件，放在这里；不写时只列出。"
)
@json_option
def again(session: Session, units: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """下级电脑还报给别处的（上级换了电脑、调整了隶属关系、越级入网），不用它申请，补发批准文件。

    单位写名称、编码或电脑编号；不写时，补发给原来的上级已经收不了的那些。
    """
    listed = taking_over.astray(session.database, session.here)
    named = {session.find_unit(u) if len(u) < _STATION else u for u in units}
    chosen = [a for a in listed if {a.unit, a.station} & named] if units else [a for a in listed if a.lost]
    made: dict[str, Granted] = {}
    if out is not None and (chosen or units):
        out.mkdir(parents=True, exist_ok=True)
        stations = [a.station for a in chosen]
        made = dict(zip(stations, taking_over.take_over(session, stations, out), strict=True))
    if as_json:
        json_line({"astray": [_astray_object(a, made.get(a.station)) for a in listed]})
        return
    if not listed:
        remark("没有要补发的：下级电脑都报给本机，或者报给本单位在用的另一台电脑（那台不用了的，先停用它）。")
    elif not made:
        table(("电脑", "单位", "现在"), [(a.station[:8], a.name, a.why) for a in listed])
    else:
        say(f"已补发{len(made)}个批准文件，请交给：{'、'.join(g.unit.name for g in made.values())}。")
        say(f"对方接受前会打电话核对，请念：{traffic.own_words(session)}")


@enrol.command("accept", cls=Command)
@writes
@click.argument("grant_file", metavar="批准.xsg", type=PathOf("file"))
@click.option("--ack", metavar="回执.xsa", type=PathOf("out", ".xsa"), help="写出回执，交还上级。")
@click.option(
    "--new-root",
    "root_file",
    metavar="根证书.pem",
    type=PathOf("file"),
    help="上级的根证书丢失、换了新的时，写明新的根证书文件；已登记的内容都保留。",
)
@json_option
def accept(
    session: Session, grant_file: Path, ack: Path | None, root_file: Path | None, as_json: bool
) -> None:
    """接受上级的批准文件，本单位从此有了上级和自己的位置。"""
    root = roots.read_root(root_file)[-1] if root_file is not None else None
    offered = applying.look(session, grant_file, root)
    if root is not None:
        remark(f"这是换了新的根证书，请打电话向区总工会核对，对方屏幕上应是：{roots.words_of(root)}")
    if offered.unasked:
        remark(f"本机没有申请过：“{offered.grantor}”接手本机，接受以后数据包改为报给它。")
    if offered.before:
        remark(applying.change_words(offered))
    remark(f"“{offered.grantor}”的批准，请打电话核对，对方屏幕上应是：{offered.words}")
    confirmed("核对一致吗？")
    unit = applying.accept(session, grant_file, ack, new_root=root, compared=offered.digest)
    if as_json:
        json_line(
            {
                "unit": _unit_object(unit),
                "grantor": offered.grantor,
                "words": str(offered.words),
                "ack": None if ack is None else str(ack),
            }
        )
        return
    say(f"已入网：{unit.name}（编码{unit.code}）。")
    if ack is not None:
        say(f"回执已写到“{ack.name}”，请交还上级。")


@enrol.command("confirm", cls=Command)
@writes
@click.argument("ack_file", metavar="回执.xsa", type=PathOf("file"))
@json_option
def confirm(session: Session, ack_file: Path, as_json: bool) -> None:
    """收下级的入网回执，从此等它的数据包。"""
    link = enrolling.confirm(session, ack_file)
    if as_json:
        json_line({"unit": link.unit, "name": link.name, "station": link.peer})
    else:
        say(f"“{link.name}”入网完成。")


def _astray_object(found: Astray, made: Granted | None) -> dict[str, Any]:
    return {
        "station": found.station,
        "unit": found.unit,
        "name": found.name,
        "why": found.why,
        "lost": found.lost,
        "file": None if made is None else str(made.path),
    }


def _unit_object(unit: OwnUnit) -> dict[str, Any]:
    return {"id": unit.id, "code": unit.code, "name": unit.name, "kind": unit.level.value}
