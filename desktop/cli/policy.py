"""The commands that take something out of the count, show what is out, and let it in again."""

from __future__ import annotations

from collections.abc import Sequence

import click

from desktop.cli.conflicts import content_words
from desktop.cli.frame import Command
from desktop.cli.opening import opens, writes
from desktop.cli.output import json_line, remark, say, table
from desktop.cli.parameters import Number, OneOf, json_option, type_argument
from desktop.cli.shown import Showing
from desktop.errors import UsageProblem
from desktop.operations.quantities import Count, told
from desktop.operations.session import Session
from desktop.operations.stations import (
    forks,
    moving,
    policy,
    redating,
    returning,
    traffic,
    uncounted,
    withdrawals,
)
from desktop.operations.stations.forks import Kind, Outlook
from desktop.operations.stations.policy import Standing
from desktop.records.declaration import RecordType
from desktop.records.typed.dates import time_words
from desktop.records.versions.item_outcomes import OUTCOMES
from desktop.store.peers import traffic as stored
from desktop.store.peers.traffic import Merged

_SHORT = 8
_CAUSES = {"恢复过备份": Kind.RESTORED, "复制成了两台": Kind.COPIED}

note_option = click.option("--note", metavar="文字", default="", help="原因，会写进记录，随数据包送到各处。")
preview_option = click.option("--preview", is_flag=True, help="只看会少哪些内容，什么都不写。")


class WhichStation(UsageProblem):
    """The words name no computer, or several."""

    next_step = "用 stations 看编号，写开头几位就行。"


class WhichFork(UsageProblem):
    """The words name no doubled number, or several."""

    next_step = "用 conflicts 看是哪台电脑的重号，写它编号的开头几位就行。"


@click.command(cls=Command)
@opens
@json_option
def merges(session: Session, as_json: bool) -> None:
    """合并记录：编号、时间、谁的数据包、五种结果各多少；撤回时用编号。"""
    found, here = stored.merges(session.database), session.here
    names = traffic.station_names(session.database, here)
    gone = uncounted.withdrawn_merges(session.database, here)
    if as_json:
        json_line({"merges": [_merge(m) | {"withdrawn": m.id in gone} for m in found]})
        return
    if not found:
        remark("还没有合并过数据包。")
        return
    table(
        ("编号", "时间", "发送方", "第几个", *OUTCOMES.values(), "情况"),
        [
            (
                str(m.id),
                time_words(m.at),
                names.get(m.sender, traffic.unknown_station(m.sender)),
                str(m.sequence),
                *(str(getattr(m, o)) for o in OUTCOMES),
                gone[m.id].words if m.id in gone else "",
            )
            for m in found
        ],
    )


@click.command(cls=Command)
@writes
@click.argument("merge", metavar="合并编号", type=Number(1))
@note_option
@preview_option
@json_option
def withdraw(session: Session, merge: int, note: str, preview: bool, as_json: bool) -> None:
    """撤回一次合并：它带来的内容在各处都不再计入，写的人自己的电脑上也一样；原话留着，可以用 lift 恢复。

    合并编号见 merges。后来有人接着改过，或者签发的文书用到时，不能撤回。
    """
    found = withdrawals.look_at_withdrawal(session, merge)
    if not preview:
        withdrawals.withdraw(session, merge, note)
    if as_json:
        json_line(
            {"merge": merge, "withdrawn": not preview, "allowed": found.allowed, "upon": found.upon,
             "letters": found.letters, "losses": _objects(found.losses)}
        )  # fmt: skip
        return
    done = "撤回以后" if preview else "已撤回"
    now = f"{_words(found.losses)}不再计入" if found.losses else "里面没有还在计入的内容"
    say(f"{done}“{found.name}”第{found.merge.sequence}个数据包：{now}。")
    if found.granted_words:
        remark(found.granted_words)
    if preview and not found.allowed:
        say(f"现在不能撤回：后来的修改{found.upon}处，用到它的文书{found.letters}份。")


@click.command("return", cls=Command)
@writes
@type_argument
@click.argument("record_id", metavar="编号")
@click.option("--note", metavar="文字", required=True, help="原因，填写的单位看得到。")
@preview_option
@json_option
def send_back(
    session: Session, record_type: RecordType, record_id: str, note: str, preview: bool, as_json: bool
) -> None:
    """退回下级报来的一条：它在各处都不再计入，填写的单位看到原因，改好再报；数据包里别的不变，可以用 lift 恢复。

    它下面还有别的记录，或者后来有人接着改过时，不能退回。
    """
    found = returning.look_at(session, record_type.name, record_id)
    if not preview:
        returning.send_back(session, record_type.name, record_id, note)
    if as_json:
        json_line(
            {"id": record_id, "returned": not preview, "allowed": not found.why_not, "items": found.items,
             "why_not": found.why_not, "naming": found.naming}
        )  # fmt: skip
        return
    if found.naming:
        remark(found.naming)
    say(f"{'退回以后' if preview else '已退回'}“{found.title}”：{found.items}项不再计入。")
    if preview and found.why_not:
        say(f"现在不能退回：{found.why_not}")


@click.command(cls=Command)
@opens
@json_option
def stations(session: Session, as_json: bool) -> None:
    """本单位可以停用的工作电脑：编号、单位、一共收到几项、现在编到第几条、是否已停用；恢复过的电脑重新从1编号。"""
    found = policy.stations(session)
    if as_json:
        json_line(
            {"stations": [{"station": s.station, "name": s.name, "incarnation": s.incarnation, "last": s.last,
                           "held": s.held, "revoked": s.out} for s in found]}
        )  # fmt: skip
        return
    if not found:
        remark("没有归本单位管的工作电脑；下级入网以后才有。")
        return
    table(
        ("编号", "单位", "收到几项", "编到第几条", "状态"),
        [(s.station[:_SHORT], s.name, str(s.held), str(s.last), "已停用" if s.out else "") for s in found],
    )


@click.command(cls=Command)
@writes
@click.argument("station", metavar="电脑")
@click.option("--after", metavar="第几条", type=Number(0), help="这一条以后的不再计入；不写时现有的都还算。")
@note_option
@preview_option
@json_option
def revoke(
    session: Session, station: str, after: int | None, note: str, preview: bool, as_json: bool
) -> None:
    """停用一台工作电脑（丢失、被盗、交回）：某一条以后它写的内容，不论谁转来，都不再计入。

    电脑写 stations 列出的编号（开头几位就行）或单位名称。误停用的可以用 lift 恢复。
    """
    found = _station(session, station)
    losses = policy.look_at_revocation(session, found.station, after)
    if not preview:
        policy.revoke(session, found.station, after, note)
    if as_json:
        json_line({"station": found.station, "revoked": not preview, "losses": _objects(losses)})
        return
    done = "停用以后" if preview else "已停用"
    now = f"{_words(losses)}不再计入" if losses else "已经收到的内容都还算"
    say(f"{done}“{found.name}”的工作电脑{found.station[:_SHORT]}：{now}，以后它再写的不论谁转来都不收。")
    if not preview and found.enrols:
        remark("由它批准入网的下级电脑照样有效；换了新电脑，请在新电脑上用 enrol again 给它们补发批准文件。")


@click.command(cls=Command)
@opens
@json_option
def excluded(session: Session, as_json: bool) -> None:
    """现在不计入的：撤回的合并、不收的内容、停用的工作电脑；恢复时用编号。"""
    found = policy.excluded(session)
    if as_json:
        json_line({"excluded": [{"id": e.record, "type": e.type, "label": e.label, "date": e.day or None,
                                 "note": e.note or None} for e in found]})  # fmt: skip
        return
    if not found:
        remark("没有不计入的内容。")
        return
    table(
        ("编号", "种类", "说明", "日期", "原因"),
        [(e.record, session.types[e.type].label, e.label, e.day, e.note) for e in found],
    )


@click.command(cls=Command)
@writes
@click.argument("record", metavar="编号")
def lift(session: Session, record: str) -> None:
    """恢复撤回的合并、不收的内容或停用的工作电脑，和从前完全一样。编号是 excluded 列出的编号。"""
    stays = uncounted.stays_elsewhere(session.database, session.here, record)
    policy.lift(session, record)
    remark("已恢复。下级要等收到下一个数据包才会恢复。")
    if stays:
        remark(stays)


@click.command(cls=Command)
@writes
@click.argument("unit", metavar="单位")
@click.argument("superior", metavar="上级")
@preview_option
@json_option
def move(session: Session, unit: str, superior: str, preview: bool, as_json: bool) -> None:
    """调整隶属关系：把一个单位（连同它的下级）从现在的上级调整到另一个上级名下，由两边共同的上级来做。

    单位和上级写编码或名称。它的记录和历史都在；它的电脑由新上级补发批准（enrol again）。再调整回去就是撤消。
    """
    found = moving.look_at(session, session.find_unit(unit), session.find_unit(superior))
    if not preview:
        moving.move(session, found.unit, found.after)
    if as_json:
        json_line(
            {"unit": found.unit, "from": found.before, "to": found.after, "moved": not preview, "below": found.below,
             "computers": list(found.stations), "records": [{"label": n, "count": c} for n, c in found.records],
             "files": found.files,
             "heard": found.heard}
        )  # fmt: skip
        return
    done = "调整以后" if preview else "已调整"
    say(f"{done}“{found.name}”的上级是“{found.after_name}”，原来是“{found.before_name}”。")
    say(f"一起调整的下级{found.below}个；“{found.after_name}”会收到：{found.kinds() or '没有记录'}。")
    if preview and (before := moving.advice(found)):
        remark(before)
    if found.stations:
        remark(
            f"{'、'.join(found.stations)}的{len(found.stations)}台电脑由“{found.after_name}”补发批准（enrol again）。"
        )


@click.command(cls=Command)
@writes
@preview_option
@json_option
def redate(session: Session, preview: bool, as_json: bool) -> None:
    """更正日期：电脑日期调对以后，把以前按以后的日期保存的内容按今天重新保存，上级就不用一直留着。"""
    losses = redating.look_at_redating(session)
    if losses and not preview:
        redating.redate(session)
    if as_json:
        json_line({"redated": bool(losses) and not preview, "items": _objects(losses)})
        return
    if not losses:
        say("本机没有保存日期在今天以后的内容，不用更正。")
        return
    anew = _words(redating.saved_anew(losses)) or "没有要改的内容"
    say(f"{'将要' if preview else '已经'}按今天的日期重新保存：{anew}。{redating.enrolled_words(losses)}")


@click.command(cls=Command)
@writes
@click.argument("station", metavar="电脑")
@click.argument("kind", metavar="情况", type=OneOf(Kind, _CAUSES))
@click.option("--keep-waiting", is_flag=True, help="用先留着的那一份；不写时用已经收下的那一份。")
@note_option
@click.option("--preview", is_flag=True, help="只看哪些照算、哪些不算，什么都不写。")
def fork(session: Session, station: str, kind: Kind, keep_waiting: bool, note: str, preview: bool) -> None:
    """处理重号：打电话问清以后，说明是同一台电脑恢复过备份（restored），还是复制成了两台（copied）。

    电脑写 conflicts 里重号的工作电脑编号，开头几位就行。恢复过的电脑收到后会换新编号重新上报，内容不会少；
    复制来的那台要重新办理入网。不写 --keep-waiting 时，先收到的照算、先留着的不算；电话里问清该用后收到的那一份时，
    写上它。拿不准的先加 --preview 看。
    """
    found = [f for f in forks.open_forks(session.database, session.here) if f.station.startswith(station)]
    if len(found) != 1 or len(station) < _SHORT:
        raise WhichFork(_how_many(station, len(found), "处重号"))
    (doubled,) = found
    if preview:
        showing = Showing(session)
        showing.note("fork", f"{doubled.station} {doubled.incarnation}")
        _say_outlook(
            showing, forks.look_at(session, doubled.station, doubled.incarnation, keep_waiting=keep_waiting)
        )
        remark(
            "要反过来定，去掉 --keep-waiting。" if keep_waiting else "要用后收到的那一份，加 --keep-waiting。"
        )
        return
    forks.decide(session, doubled.station, doubled.incarnation, kind, keep_waiting=keep_waiting, note=note)
    say(f"已定：{doubled.author}的重号。")
    remark("请把下一个数据包送给这台电脑和上下级。")


def _say_outlook(showing: Showing, outlook: Outlook) -> None:
    for words, contents in (("照算", outlook.counting), ("不算", outlook.lost)):
        for content in contents:
            say(f"{words}：第{content.number}项  {content_words(showing, content)}（{content.operator}）")
    say(f"先留着的，收下{outlook.released}项，不算{outlook.left}项。")


def _merge(merge: Merged) -> dict[str, object]:
    said = {
        "id": merge.id,
        "at": merge.at,
        "sender": merge.sender,
        "sequence": merge.sequence,
        "file": merge.file,
    }
    return said | {"operator": merge.operator} | {outcome: getattr(merge, outcome) for outcome in OUTCOMES}


def _station(session: Session, words: str) -> Standing:
    known = policy.stations(session)
    found = [s for s in known if s.station.startswith(words.lower())] if len(words) >= _SHORT else []
    found = found or [s for s in known if s.name == words]
    if len(found) != 1:
        raise WhichStation(_how_many(words, len(found), "台工作电脑"))
    return found[0]


def _how_many(words: str, found: int, what: str) -> str:
    return f"“{words}”对得上{found}{what}。" if found else f"没有一{what}对得上“{words}”。"


def _words(losses: Sequence[Count]) -> str:
    return "，".join(loss.words for loss in told(losses))


def _objects(losses: Sequence[Count]) -> list[dict[str, object]]:
    return [{"label": loss.label, "births": loss.births, "changes": loss.changes} for loss in losses]
