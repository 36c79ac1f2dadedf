"""The command that lists what may be registered twice, merges records, and takes a merge back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.names import type_named
from desktop.cli.opening import writes
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import TypeName, json_option, reveal_option
from desktop.cli.shown import Showing
from desktop.errors import UsageProblem
from desktop.operations.recording import duplicates as operations
from desktop.operations.recording.duplicates import Comparison, Group, Merged, Row
from desktop.operations.session import Session
from desktop.records.declaration import UNIT_SLOT, RecordType
from desktop.records.versions.canonical import Cell


class WhichSide(UsageProblem):
    """A content is named that the records do not differ in, or a record that is none of them."""

    next_step = "先写 duplicates --merge 加 --preview 看哪几项不一样，再写：--take 字段名 编号。"


class TwoThings(UsageProblem):
    """Records are said to be one and two at once."""

    next_step = "合并、不再列出和重新分开请分开做，每次只写一种。"


@click.command(cls=Command)
@writes
@click.option("--type", "record_type", metavar="类型", type=TypeName(), help="只看这一类记录。")
@click.option("--merge", "pair", metavar="类型 编号 编号", nargs=3, help="这两条是同一家、同一个人：合并。")
@click.option(
    "--also", "also", metavar="编号", multiple=True, help="还有第三条，和这两条一起合并；可写几个。"
)
@click.option("--take", "takes", metavar="字段 编号", nargs=2, multiple=True,
              help="合并时这一项用哪一条的；可写几个。不写的列入分歧，以后再定。")  # fmt: skip
@click.option("--preview", is_flag=True, help="只看几条有什么不一样，什么都不写。")
@click.option("--apart", metavar="类型 编号 编号", nargs=3, help="这两条不是同一家、同一个人：不再列出。")
@click.option("--undo", "edge", metavar="编号", help="重新分开，写列出的合并编号。")
@reveal_option
@json_option
def duplicates(
    session: Session,
    record_type: RecordType | None,
    pair: tuple[str, str, str] | None,
    also: tuple[str, ...],
    takes: tuple[tuple[str, str], ...],
    preview: bool,
    apart: tuple[str, str, str] | None,
    edge: str | None,
    reveal: bool,
    as_json: bool,
) -> None:
    """可能重复的记录：代码相同、名称和地址相近、全称相同的单位，证件号码相同、姓名和电话相同的人；合并和重新分开。

    合并以后合起来当一条看，名下的记录、指标和导出都只算一条；每个编号都还能查到。
    """
    asked = [
        name for name, said in (("--merge", pair), ("--apart", apart), ("--undo", edge)) if said is not None
    ]
    if len(asked) > 1:
        raise TwoThings(f"{'和'.join(asked)}不能一起写。")
    if pair is None and (also or takes or preview):
        raise click.UsageError("--also、--take 和 --preview 要和 --merge 一起写")
    if pair is not None:
        kind, *ids = *pair, *also
        name = _kind(session, kind)
        _merge(Showing(session, reveal), name, ids, takes, preview=preview, as_json=as_json)
        return
    if apart is not None:
        operations.keep_apart(session, _kind(session, apart[0]), (apart[1], apart[2]))
        remark("已记下，不再列出。")
    if edge is not None:
        changes = operations.unmerge(session, *_edges(session, edge))
        remark(f"已重新分开。操作{changes.stamp}")
    type_name = None if record_type is None else record_type.name
    found = operations.proposals(session.database, session.types, session.codes, session.unit.id, type_name)
    joined = [
        m
        for m in operations.merged(session.database, session.types, session.codes)
        if type_name in (None, m.type)
    ]
    if as_json:
        json_line({"proposals": [_group(g) for g in found], "merged": [_merged(m) for m in joined]})
        return
    for g in found:
        say(f"{session.types[g.type].label}  {operations.WHY[g.why]}")
        for record, title in zip(g.records, g.titles, strict=True):
            say(f"  {record}  {title}")
    say(f"可能重复{len(found)}处。" if found else "没有可能重复的记录。")
    for m in joined:
        say(f"已合并{len(m.records)}条  {session.types[m.type].label}  {m.title}  合并编号{m.edges[0]}")


def _kind(session: Session, said: str) -> str:
    """The type of the records in question."""
    found = type_named(session.types, said)
    if found is None:
        raise operations.NotTwo(f"没有“{said}”这类记录。")
    return found.name


def _edges(session: Session, edge: str) -> tuple[str, ...]:
    """All that was merged in the operation that one of its edges names."""
    found = operations.merged(session.database, session.types, session.codes)
    return next((m.edges for m in found if edge in m.edges), (edge,))


def _merge(
    showing: Showing,
    type_name: str,
    ids: Sequence[str],
    takes: tuple[tuple[str, str], ...],
    *,
    preview: bool,
    as_json: bool,
) -> None:
    session = showing.session
    looked = operations.compare(session.database, session.types, session.codes, type_name, ids)
    chosen = dict(_taken(looked, *take) for take in takes)
    differ = [row for row in looked.rows if row.differ()]
    if preview:
        showing.note(type_name, " ".join(ids))
    stamp = 0 if preview else operations.merge(session, type_name, ids, chosen).stamp
    open_ = [row.slot.name for row in differ if row.slot.name not in chosen]
    if as_json:
        json_line({"type": type_name, "ids": list(ids), "differ": [r.slot.name for r in differ], "open": open_,
                   "operation": stamp, "values": _values(showing, type_name, differ) if preview else {}})  # fmt: skip
        return
    labels = "、".join(row.slot.label for row in differ if row.slot.name in open_)
    say(f"{'要合并的' if preview else '已合并'}：{'，'.join(looked.titles)}。")
    for row in differ if preview else ():
        said = (operations.value_of(row.slot, values) for values in row.values)
        words = [showing.slot_words(session.types[type_name], row.slot.name, v or None) for v in said]
        say(f"  {row.slot.label}：{' / '.join(words)}")
    if open_:
        say(f"几边不一样、还没有定的：{labels}。" + ("" if preview else "已列入分歧。"))


def _values(showing: Showing, type_name: str, rows: Sequence[Row]) -> dict[str, list[Any]]:
    """What each record says where they differ; masked unless asked."""
    record_type = showing.session.types[type_name]
    return {
        row.slot.name: [
            showing.slot_value(record_type, row.slot.name, operations.value_of(row.slot, values) or None)
            for values in row.values
        ]
        for row in rows
    }


def _taken(looked: Comparison, name: str, record: str) -> tuple[str, Any]:
    sides = [r.id for r in looked.records]
    if record not in sides:
        raise WhichSide(f"编号{record}不是要合并的这几条里的。")
    side = sides.index(record)
    if name == UNIT_SLOT:
        unit: Cell = looked.records[side].unit
        return name, unit
    for row in looked.rows:
        if name in (row.slot.name, row.slot.label) or any(name in (f.name, f.label) for f in row.slot.fields):
            return row.slot.name, operations.value_of(row.slot, row.values[side])
    raise WhichSide(f"这几条没有“{name}”。")


def _group(found: Group) -> dict[str, Any]:
    return {
        "type": found.type,
        "ids": list(found.records),
        "titles": list(found.titles),
        "why": found.why,
    }


def _merged(found: Merged) -> dict[str, Any]:
    return {"id": found.edges[0], "type": found.type, "ids": list(found.records), "title": found.title}
