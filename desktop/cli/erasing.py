"""The command that erases personal values for good."""

from __future__ import annotations

import click

from desktop import reference
from desktop.cli.frame import Command
from desktop.cli.opening import YES, NotConfirmed, date_is_right, opens, reply, writes
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import OneOf, json_option, type_argument
from desktop.errors import UsageProblem
from desktop.operations.session import Session
from desktop.operations.workspaces import erasing, retention
from desktop.records.declaration import RecordType, short_label
from desktop.store.ledger import NotFound

_LIST = reference.code_lists()["erasure_basis"].items
BASIS = OneOf((item.code for item in _LIST), {item.label: item.code for item in _LIST})


class NoSuchContent(UsageProblem):
    """A name that is none of the personal contents of the type."""

    next_step = "只能写这一类记录的个人信息，不写就是全部。"


@click.command(cls=Command)
@writes
@type_argument
@click.argument("record_ids", metavar="编号…", nargs=-1, required=True)
@click.option(
    "--only",
    "contents",
    metavar="字段",
    multiple=True,
    help="只清除这一项，可以写几次；不写就是全部。",
)
@click.option("--basis", required=True, metavar="依据", type=BASIS,
              help=f"依据：{BASIS.listed}。")  # fmt: skip
@click.option("--note", metavar="文字", default="", help="说明，不要写被清除的内容。")
@click.option("--destroy-backups", is_flag=True, help="本机以前的备份也马上删除；不写时等它们过期。")
@click.option("--yes", is_flag=True, help="不再询问。")
@json_option
def erase(
    session: Session,
    record_type: RecordType,
    record_ids: tuple[str, ...],
    contents: tuple[str, ...],
    basis: str,
    note: str,
    destroy_backups: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """清除记录里的个人信息：各级都清除，历史、检索、草稿和存下来的数据包里也清除，不能恢复。

    单位名称等其他内容不变；别的记录里写到这个人的（如企业的联系人、会议的记录人）另外清除。旧的备份里还有，过期以后自动删除；急着要删的请人工销毁。
    """
    slots = [_slot(record_type, words) for words in contents]
    _must_be_here(session, record_type, record_ids)
    known = [
        slot.label
        for slot in record_type.slots.values()
        if slot.personal and (not slots or slot.name in slots)
    ]
    words = f"{record_type.label}{len(record_ids)}条的{'、'.join(known)}"
    if not slots and (files := erasing.files_of(session, record_type.name, record_ids)):
        words += f"和附件{files}个"
    others = erasing.others_about(session.database, session.types, record_type.name, record_ids)
    if others and not as_json:
        remark(f"{erasing.others_words(session.types, others)}：用 show 看是哪几条，另外清除。")
    if not date_is_right() and (doubt := session.ledger.clock.beyond_others(session.types)) is not None:
        raise doubt
    if not yes and reply(f"要清除{words}，不能恢复。回答“{YES}”继续", "加 --yes") != YES:
        raise NotConfirmed("没有清除。")
    changes = erasing.erase(
        session, record_type.name, record_ids, slots, basis=basis, note=note, destroy_backups=destroy_backups,
        date_is_right=True,
    )  # fmt: skip
    waiting = erasing.waiting_words(session.database, session.ledger.station)
    older = [] if destroy_backups else erasing.older_backups(session)
    if as_json:
        json_line(
            {"type": record_type.name, "ids": list(record_ids), "operation": changes.stamp, "others": others,
             "waiting": waiting, "backups": older}
        )  # fmt: skip
        return
    say(f"已清除{words}。")
    remark("下一个数据包会让上下级也清除。")
    if older:
        remark(
            f"以前的备份里可能还有（{'、'.join(older)}），过期以后自动删除；"
            "急着要删的，加 --destroy-backups 再运行一次。"
        )
    for words in waiting:
        remark(words)


@click.command(cls=Command)
@opens
@click.option("--rule", metavar="期限", help="只列这一条期限的。")
@json_option
def due(session: Session, rule: str | None, as_json: bool) -> None:
    """列出到期应清除的个人信息：按哪条期限，哪些记录。只列出来，清除用 erase，依据写 period。"""
    known = retention.rules()
    if rule is not None and rule not in {r.id for r in known.rules}:
        raise NoSuchContent(f"没有期限“{rule}”。", f"可以写：{'、'.join(r.id for r in known.rules)}。")
    found = [
        d
        for d in retention.due(session.database, session.here, session.environment.today())
        if rule in (None, d.rule.id)
    ]
    waiting = erasing.waiting_words(session.database, session.ledger.station)
    if as_json:
        rows = [
            {"rule": d.rule.id, "type": d.rule.type, "months": d.rule.months,
             "slots": [s.name for s in d.rule.personal(session.types[d.rule.type])],
             "records": [{"id": record, "since": day} for record, day in d.records]}
            for d in found
        ]  # fmt: skip
        json_line({"example": not known.official, "due": rows, "waiting": waiting})
        return
    for each in found:
        say(f"{each.rule.id}：{each.rule.label}，保存{each.rule.period}，到期{len(each.records)}条")
        for record, day in each.records:
            say(f"  {short_label(session.types[each.rule.type].label)} {record} 从{day}起算")
    if not found:
        say("没有到期的个人信息。")
    for words in waiting:
        say(words)
    remark(f"{known.notice}。")


def _must_be_here(session: Session, record_type: RecordType, ids: tuple[str, ...]) -> None:
    """Nobody is asked whether to erase what is not here."""
    if unknown := erasing.not_here(session, record_type.name, ids):
        raise NotFound(f"没有找到编号是{'、'.join(unknown)}的“{record_type.label}”。")


def _slot(record_type: RecordType, words: str) -> str:
    for slot in record_type.slots.values():
        if slot.personal and (
            words in (slot.name, slot.label) or any(words in (f.name, f.label) for f in slot.fields)
        ):
            return slot.name
    raise NoSuchContent(f"“{record_type.label}”没有个人信息“{words}”。")
