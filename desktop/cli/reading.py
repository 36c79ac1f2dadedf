"""Commands that read: a list with search, filters and order, one record, all types at once, and the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click

from desktop.cli.asking import Asked, query_options
from desktop.cli.frame import Command
from desktop.cli.opening import opens
from desktop.cli.output import json_line, remark, say, table
from desktop.cli.parameters import Number, json_option, reveal_option, type_argument
from desktop.cli.shown import Showing, columns_of, finding_object, severity_words
from desktop.operations import queries
from desktop.operations.recording import attachments, following, joinings, records
from desktop.operations.recording.following import Offer
from desktop.operations.recording.joinings import Joining
from desktop.operations.session import Session
from desktop.records.checks import Finding
from desktop.records.declaration import RecordType
from desktop.records.typed.dates import stamp_words
from desktop.records.typed.texts import one_line
from desktop.records.typed.typed_numbers import decimal_text
from desktop.records.versions.resolution import Life
from desktop.store.ledger import NotFound
from desktop.store.queries import pointing, reading
from desktop.store.queries.history import HistoryEntry
from desktop.store.queries.pointing import Pointing
from desktop.store.queries.reading import Query, Record

LIVES = {Life.DELETED: "已删除", Life.DISPUTED: "一边删除、一边修改，待处理"}
_FOUND = 20
_POINTING = 10
"""So many records that lead to one are named for each link."""


@click.command("list", cls=Command)
@opens
@type_argument
@query_options
@click.option("--limit", metavar="数", type=Number(1), help="最多列出多少条。")
@reveal_option
@json_option
def list_records(
    session: Session, record_type: RecordType, asked: Asked, limit: int | None, reveal: bool, as_json: bool
) -> None:
    """列出一类记录。"""
    showing = Showing(session, reveal)
    query = asked.query(session, record_type)
    found = reading.records(session.database, session.types, query, -1 if limit is None else limit)
    showing.note(record_type.name, f"列表{len(found)}条")
    columns = columns_of(record_type)
    whole = reading.aggregate(session.database, session.types, query, [f.name for f in columns if f.summed])
    total = whole.count
    if as_json:
        json_line(
            {
                "type": record_type.name,
                "total": whole.count,
                "sums": {name: decimal_text(total) for name, total in whole.sums.items()},
                "records": [showing.record_object(r) for r in found],
            }
        )
        return
    if found:
        table(
            ("编号", *(f.label for f in columns)),
            [
                (r.id, *cells)
                for r, cells in zip(found, showing.cells(record_type, columns, found), strict=True)
            ],
        )
    listed = "" if total == len(found) else f"列出前{len(found)}条"
    remark(
        "，".join(filter(None, (f"共{total}条", listed, *queries.sum_words(record_type, whole.sums)))) + "。"
    )


@click.command(cls=Command)
@opens
@type_argument
@click.argument("record_id", metavar="编号")
@reveal_option
@json_option
def show(session: Session, record_type: RecordType, record_id: str, reveal: bool, as_json: bool) -> None:
    """显示一条记录：填了的字段、属于它的和关联到它的记录、可以由它生成的记录、逻辑检查的结果。"""
    showing = Showing(session, reveal)
    held = _held(session, record_type, record_id)
    showing.note(record_type.name, held.id)
    around = _Around.of(session, record_type, held.id)
    if as_json:
        json_line(showing.record_object(held) | around.members())
        return
    say(f"{record_type.label}  {showing.title_of(held)}")
    say(f"编号：{held.id}")
    say(f"所属单位：{showing.unit(held.unit)}")
    say(f"录入：{stamp_words(held.stamp)}  {one_line(held.operator, 40)}")
    if held.life in LIVES:
        say(f"状态：{LIVES[held.life]}")
    for field in record_type.shown_fields:
        if (cell := held.values.get(field.name)) is not None:
            mark = "  （有分歧）" if record_type.slot_of[field.name] in held.disputed else ""
            say(f"  {field.label}：{showing.words(field, cell)}{mark}")
    around.tell(showing)


@dataclass(frozen=True)
class _Around:
    """What belongs to a record, leads to it, follows from it and is found wrong with it."""

    children: dict[str, list[Record]]
    files: int
    related: list[Pointing]
    offers: list[Offer]
    findings: list[Finding]

    @classmethod
    def of(cls, session: Session, record_type: RecordType, record: str) -> _Around:
        database, types, name = session.database, session.types, record_type.name
        children = {c.name: records.children(session, c.name, record) for c in types.children(name)}
        leading = pointing.pointing(database, types, name, record, _POINTING)
        return cls(
            {child: found for child, found in children.items() if found},
            len(attachments.of_record(database, types, name, record)),
            [found for found in leading if found.field != found.record_type.parent],
            following.offered(session, name, record),
            records.check(session, name, record),
        )

    def members(self) -> dict[str, Any]:
        """As ``--json`` says it beside the record's own values."""
        return {
            "children": {name: [c.id for c in found] for name, found in self.children.items()},
            "related": [
                {
                    "type": p.record_type.name,
                    "field": p.field,
                    "total": p.total,
                    "records": [r.id for r in p.first],
                }
                for p in self.related
            ],
            "offers": [
                {"type": o.type, "from": o.source, "existing": o.existing or None} for o in self.offers
            ],
            "findings": [finding_object(f) for f in self.findings],
        }

    def tell(self, showing: Showing) -> None:
        """As it is said to people."""
        types = showing.session.types
        for name, children in self.children.items():
            say(f"{types[name].label}（{name}）：{len(children)}条")
            for child in children:
                say(f"  {child.id}  {showing.title_of(child)}")
        if self.files:
            say(f"附件：{self.files}个，用 attach 查看")
        for found in self.related:
            label = f"{found.record_type.label}（{found.record_type.name}.{found.field}）"
            say(f"关联到这里的{label}：{found.total}条")
            for one in found.first:
                say(f"  {one.id}  {showing.title_of(one)}")
        for (type_name, source), several in _together(self.offers).items():
            alone = len(several) == 1
            words = (
                following.summary(types, several[0]) if alone else f"{types[type_name].label}{len(several)}条"
            )
            say(f"可以生成：{words}，用 record {type_name} --from {source}")
        for finding in self.findings:
            say(f"{severity_words(finding)}：{finding.message}")


def _together(offers: Iterable[Offer]) -> dict[tuple[str, str], list[Offer]]:
    """What one command takes up: the offers of one type by one record."""
    found: dict[tuple[str, str], list[Offer]] = {}
    for offer in offers:
        found.setdefault((offer.type, offer.source), []).append(offer)
    return found


@click.command(cls=Command)
@opens
@click.argument("text", metavar="文字")
@click.option(
    "--limit", metavar="数", type=Number(1), default=_FOUND, help=f"每类最多列出多少条，默认{_FOUND}。"
)
@json_option
def search(session: Session, text: str, limit: int, as_json: bool) -> None:
    """在所有类型里查找文字。企业联系人等人的姓名和电话要写完整。"""
    showing = Showing(session)
    hits: list[tuple[RecordType, int, list[Record]]] = []
    for record_type in session.types.values():
        if any(f.search for f in record_type.fields) and text.strip():
            query = Query(record_type.name, text=text)
            if found := reading.records(session.database, session.types, query, limit):
                hits.append((record_type, reading.count(session.database, session.types, query), found))
    if as_json:
        json_line(
            {
                "total": sum(total for _, total, _ in hits),
                "found": [
                    {"type": t.name, "id": r.id, "title": showing.title_of(r)}
                    for t, _, rs in hits
                    for r in rs
                ],
            }
        )
        return
    for record_type, total, found in hits:
        say(f"{record_type.label}（{record_type.name}）：{total}条")
        for record in found:
            say(f"  {record.id}  {showing.title_of(record)}")
    if not hits:
        say("没有找到。")


@click.command(cls=Command)
@opens
@type_argument
@click.argument("record_id", metavar="编号")
@reveal_option
@json_option
def history(session: Session, record_type: RecordType, record_id: str, reveal: bool, as_json: bool) -> None:
    """一条记录每个字段的每个版本，新的在前：谁、什么时候、改成什么，和哪一条合并过。"""
    showing = Showing(session, reveal)
    held = _held(session, record_type, record_id)
    showing.note(record_type.name, f"{held.id} 历史")
    entries = records.history(session, record_type.name, held.id)
    joined = joinings.of_record(session.database, session.types, session.codes, record_type.name, held.id)
    if as_json:
        versions = [showing.version_object(record_type, e) for e in entries]
        merges = [showing.joining_object(j) for j in joined]
        json_line({"type": record_type.name, "id": held.id, "versions": versions, "merges": merges})
        return
    replaced = "（已被替换）"
    said: list[tuple[HistoryEntry | Joining, str, str]] = [(j, j.label, j.words) for j in joined]
    said += [
        (
            e,
            "新增" if e.birth else "修改",
            showing.slot_line(record_type, e.slot, e.value) + ("" if e.head else replaced),
        )
        for e in entries
    ]
    table(
        ("时间", "操作员", "哪里写的", "操作号", "", "内容"),
        [
            (stamp_words(at.stamp), at.operator, showing.station(at.station), str(at.stamp), what, words)
            for at, what, words in sorted(said, key=lambda line: line[0].stamp, reverse=True)
        ],
    )


def _held(session: Session, record_type: RecordType, record: str) -> Record:
    held = records.load(session, record_type.name, record)
    if held is None:
        raise NotFound(f"没有找到编号是{record}的{record_type.label}。")
    return held
