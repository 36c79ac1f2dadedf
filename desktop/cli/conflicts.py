"""The command that lists what waits for somebody: disagreements, which it decides too, forks, what is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.opening import writes
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import TypeName, json_option, reveal_option
from desktop.cli.shown import Showing
from desktop.errors import UsageProblem
from desktop.operations.recording import conflicts as operations
from desktop.operations.recording import deciding
from desktop.operations.recording.conflicts import Claim, Conflict, NoConflict
from desktop.operations.session import Session
from desktop.operations.stations import forks, traffic, unsettled
from desktop.operations.stations.forks import KINDS, Content, OpenFork
from desktop.operations.stations.unsettled import CONFLICT, Unsettled
from desktop.records.declaration import DELETED_SLOT, Mask, RecordType
from desktop.records.typed.dates import stamp_words
from desktop.records.versions import items
from desktop.records.versions.canonical import canonical
from desktop.records.versions.stamps import to_wire
from desktop.store.queries import aggregates

_KEEP, _DELETE = "keep", "delete"


class NoSuchClaim(UsageProblem):
    """The decision names none of the values in question."""

    next_step = "请先不带 --decide 列出分歧，再写其中一个版本号。"


@click.command(cls=Command)
@writes
@click.option("--type", "record_type", metavar="类型", type=TypeName(), help="只看这一类记录。")
@click.option("--id", "wanted", metavar="编号", help="只看这一条记录的分歧。")
@click.option("--decide", "decisions", metavar="编号 字段 版本", nargs=3, multiple=True,
              help="定下来：编号、字段名或列出的名称、采用的版本号；删除的写 keep 或 delete。可写几个。")  # fmt: skip
@reveal_option
@json_option
def conflicts(
    session: Session,
    record_type: RecordType | None,
    wanted: str | None,
    decisions: tuple[tuple[str, str, str], ...],
    reveal: bool,
    as_json: bool,
) -> None:
    """等着处理的：几个人改了同一项的分歧（也可以定下来）、重号、先留着和没有收下的内容。

    分歧列出各种说法、谁写的、原来是什么；要定成另外的内容，用 record 按编号修改那个字段。
    重号是一台电脑给同一编号写了两种内容。
    """
    type_name = None if record_type is None else record_type.name
    showing = Showing(session, reveal)
    for record, slot, version in decisions:
        conflict = _found(session, record, slot)
        changes = deciding.decide(session, conflict.type, record, conflict.slot, _chosen(conflict, version))
        remark(f"已定：{conflict.title} {conflict.label}。操作{changes.stamp}")
    found = [c for c in operations.open_conflicts(session, type_name) if wanted in (None, c.record)]
    doubled = forks.open_forks(session.database, showing.here)
    two = forks.doubled(session.database, showing.here)
    aside = [u for u in unsettled.unsettled(session.database, showing.here) if u.outcome != CONFLICT]
    unlisted = unsettled.unlisted(session.database)
    for conflict in found:
        _note_shown(showing, conflict)
    for fork in doubled:
        showing.note("fork", f"{fork.station} {fork.incarnation}")
    if as_json:
        json_line(
            {
                "conflicts": [_object(showing, c) for c in found],
                "forks": [_fork_object(showing, f) for f in doubled],
                "doubled": [
                    {"station": d.station, "author": d.author, "since": to_wire(d.since)} for d in two
                ],
                "unsettled": [_unsettled_object(u) for u in aside],
                "unlisted": unlisted,
            }
        )
        return
    covered = aggregates.stations_covered(session.database, session.unit.id, session.ledger.station)
    for conflict in found:
        _say(showing, conflict)
        if not conflict.authors <= covered:
            say("  涉及上级或别的单位填的内容，一般等上级来定；定好后会随回执带下来。")
    say(f"分歧{len(found)}处。" if found else "没有分歧。")
    for fork in doubled:
        _say_fork(showing, fork)
    if doubled:
        say(
            f"重号{len(doubled)}处。请打电话问清是哪台电脑恢复或复制过，再由上级用 fork 定下来；先加 --preview 看。"
        )
    for found_twice in two:
        say(found_twice.sentence)
    if two:
        say(forks.ONE_COMPUTER)
    _say_unsettled(aside)
    if unlisted:
        say(f"{unsettled.unlisted_words(unlisted)}；处理好列出的，其余的会接着列出来。")


def _found(session: Session, record: str, said: str) -> Conflict:
    """The conflict that a person means: by the name of the slot, by its label as listed, or by one of its fields."""
    found = [c for c in operations.open_conflicts(session) if c.record == record]
    for names in (_slot_names, _field_names):
        meant = [c for c in found if said in names(session, c)]
        if len(meant) == 1:
            return meant[0]
    raise NoConflict(f"编号{record}的“{said}”没有分歧。")


def _note_shown(showing: Showing, conflict: Conflict) -> None:
    """Notes each hidden field of a conflict that is about to be shown whole, as the window does."""
    slot = showing.session.types[conflict.type].slots.get(conflict.slot)
    for field in slot.shown_fields if slot is not None else ():
        if field.mask is not Mask.NONE:
            showing.note(conflict.type, f"{conflict.record} {field.name}")


def _slot_names(_session: Session, conflict: Conflict) -> set[str]:
    return {conflict.slot, conflict.label}


def _field_names(session: Session, conflict: Conflict) -> set[str]:
    slot = session.types[conflict.type].slots.get(conflict.slot)
    return {name for f in (slot.fields if slot is not None else ()) for name in (f.name, f.label)}


def _chosen(conflict: Conflict, version: str) -> Any:
    if conflict.slot == DELETED_SLOT:
        if version not in (_KEEP, _DELETE):
            raise NoSuchClaim(f"这是删除与修改的分歧，应写 {_KEEP} 或 {_DELETE}。")
        return int(version == _DELETE)
    for claim in (*conflict.claims, *conflict.base):
        if str(claim.stamp) == version:
            return claim.value
    raise NoSuchClaim(f"“{conflict.label}”没有版本{version}。")


def _say(showing: Showing, conflict: Conflict) -> None:
    record_type = showing.session.types[conflict.type]
    say(f"{record_type.label}  {conflict.title}  {conflict.label}")
    say(f"  编号 {conflict.record}  字段 {conflict.slot}")
    for word, claims in (("说法", conflict.claims), ("原来", conflict.base)):
        for claim in claims:
            value = showing.slot_words(record_type, conflict.slot, claim.value)
            when = stamp_words(claim.stamp)
            where = showing.station(claim.station)
            came = _came_words(showing, claim)
            say(f"  {word}：{value}（{claim.operator}，{where}，{when}{came}，版本{claim.stamp}）")
    told = {showing.slot_words(record_type, conflict.slot, claim.value) for claim in conflict.claims}
    if not showing.reveal and len(told) < len({canonical(claim.value) for claim in conflict.claims}):
        say("  只有隐藏的部分不一样，加 --reveal 看完整的再定（会记入日志）。")


def _object(showing: Showing, conflict: Conflict) -> dict[str, Any]:
    return {
        "type": conflict.type,
        "id": conflict.record,
        "title": conflict.title,
        "slot": conflict.slot,
        "label": conflict.label,
        "claims": [_claim_object(showing, conflict, c) for c in conflict.claims],
        "base": [_claim_object(showing, conflict, c) for c in conflict.base],
    }


def _claim_object(showing: Showing, conflict: Conflict, claim: Claim) -> dict[str, Any]:
    record_type = showing.session.types[conflict.type]
    return {
        "version": str(claim.stamp),
        "value": showing.slot_value(record_type, conflict.slot, claim.value),
        "operator": claim.operator,
        "at": stamp_words(claim.stamp),
        "station": claim.station,
        "author": showing.author(claim.station),
        "birth": claim.birth,
        "bundle": None
        if claim.came is None
        else {
            "sender": claim.came.sender,
            "name": showing.author(claim.came.sender),
            "sequence": claim.came.sequence or None,
            "merged": claim.came.at,
        },
    }


def _came_words(showing: Showing, claim: Claim) -> str:
    """With which bundle a value came, where it came with one; that of its own author needs no name."""
    if claim.came is None:
        return ""
    sender = showing.author(claim.came.sender) or traffic.unknown_station(claim.came.sender)
    return f"，{traffic.came_words(claim.came, claim.station, sender)}"


def _say_fork(showing: Showing, fork: OpenFork) -> None:
    say(f"重号  {fork.author}  工作电脑{fork.station[:8]}  先留着{fork.waiting}项")
    for content in fork.contents:
        when = stamp_words(content.stamp)
        say(f"  第{content.number}项：{content_words(showing, content)}（{content.operator}，{when}）")


def _say_unsettled(aside: Sequence[Unsettled]) -> None:
    """What is set aside or refused, all of one reason together with what to do about it."""
    groups: dict[tuple[str, str, str], list[Unsettled]] = {}
    for item in aside:
        groups.setdefault((item.outcome, item.reason, item.advice), []).append(item)
    for (outcome, reason, advice), found in groups.items():
        say(f"{unsettled.OUTCOMES[outcome]}{len(found)}项：{reason}。{advice}")
        for item in found:
            what = " ".join(filter(None, (item.label, item.title or item.record, item.slot_label)))
            say(f"  {what}（{item.author}）")


def _unsettled_object(item: Unsettled) -> dict[str, Any]:
    return {
        "outcome": item.outcome,
        "words": item.reason,
        "advice": item.advice,
        "author": item.author,
        "above": item.above,
        "type": item.type,
        "id": item.record,
        "title": item.title,
        "slot": item.slot,
    }


def content_words(showing: Showing, content: Content) -> str:
    """What one content of a doubled number says."""
    kind = KINDS.get(content.kind, "本程序不认识的内容")
    record_type = showing.session.types.get(content.type)
    if record_type is None or content.kind not in KINDS:
        return kind
    said = f"{kind} {record_type.label} {content.title or content.record}"
    if content.kind != items.CHANGE:
        return said
    label = record_type.slot_label(content.slot)
    return f"{said} {label}：{showing.slot_words(record_type, content.slot, content.value)}"


def _fork_object(showing: Showing, fork: OpenFork) -> dict[str, Any]:
    return {
        "station": fork.station,
        "incarnation": fork.incarnation,
        "author": fork.author,
        "numbers": list(fork.numbers),
        "waiting": fork.waiting,
        "contents": [
            {
                "number": c.number,
                "kind": c.kind,
                "type": c.type,
                "id": c.record,
                "slot": c.slot,
                "operator": c.operator,
                "at": stamp_words(c.stamp),
                "words": content_words(showing, c),
            }
            for c in fork.contents
        ],
    }
