"""Commands that write records: from JSON lines, deleting and bringing back, and taking an operation back."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import click

from desktop.cli.cells import CellReader
from desktop.cli.frame import EXIT_USAGE, Command
from desktop.cli.lines import Line, LineReader, Trouble
from desktop.cli.opening import YES, NotConfirmed, reply, writes
from desktop.cli.output import complain, json_line, json_lines, remark, say
from desktop.cli.parameters import Number, json_option, type_argument
from desktop.cli.shown import Showing, finding_object, severity_words
from desktop.errors import UsageProblem
from desktop.operations.imports.own_place import AddressPlace, OwnPlace
from desktop.operations.plan import assessing
from desktop.operations.plan.assessing import NothingComputed
from desktop.operations.quantities import amount_words
from desktop.operations.recording import admitting, examples, following, records, steps
from desktop.operations.recording.following import NothingFollows
from desktop.operations.session import NotAllowed, Session
from desktop.records.checks import Finding
from desktop.records.declaration import RecordType
from desktop.records.versions.deciding import SAME
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, NotFound
from desktop.store.queries.attached import ATTACHMENT, PART

BATCH = 5000
"""As many lines as one segment holds are saved in one operation."""

OUTCOMES = {"new": "新增", "changed": "修改", "unchanged": "没有变化", "refused": "没有保存"}


class NoLines(UsageProblem):
    """There is no standard input to read records from."""

    next_step = "请用管道或者 < 文件 给出，每行一个JSON对象。"


@dataclass
class Outcome:
    """What became of one line; ``stamp`` names the operation, which ``undo`` takes, ``title`` the record."""

    line: Line
    outcome: str = "refused"
    stamp: int = 0
    findings: Sequence[Finding] = field(default_factory=tuple)
    title: str = ""

    def to_object(self) -> dict[str, Any]:
        """The outcome for programs."""
        return {
            "line": self.line.number,
            "outcome": self.outcome,
            "id": self.line.record,
            "operation": str(self.stamp) if self.stamp else None,
            "findings": [finding_object(f) for f in self.findings],
            "notes": [*self.line.notes, *filter(None, [self.line.placed])],
            "problems": [{"field": t.field, "message": t.message} for t in self.line.troubles],
        }


@click.command(cls=Command)
@writes
@type_argument
@click.option(
    "--batch", metavar="数", type=Number(1), default=BATCH, help=f"每次最多保存多少行，默认{BATCH}。"
)
@click.option(
    "--from", "source", metavar="编号", help="不读标准输入，由这条记录（如通过的职代会议题）带出来填好。"
)
@click.option(
    "--computed",
    "reckoned",
    metavar="编号",
    help="不读标准输入，给这次评价里没有打分的自动项目填入按记录算出的得分。",
)
@click.option("--examples", "shipped", is_flag=True, help="不读标准输入，放入随程序带的示例（如评价模板）。")
@json_option
def record(
    session: Session,
    record_type: RecordType,
    batch: int,
    source: str | None,
    reckoned: str | None,
    shipped: bool,
    as_json: bool,
) -> None:
    """从标准输入录入记录，每行一个JSON对象：字段名 → 值。

    值可以写代码，也可以写名称和常见的日期写法；地点的名称和代码用 divisions 查。有 "id" 的行修改已有记录，
    没有写的字段不变，写 null 的清空；"unit" 写所属单位的编码或名称。没有 "id" 的行是新增。

    新增的没有写镇街、村社的，按地址填；地址也没有写的，和窗口里一样按本单位的填；都会说明。要空着，写 "town": null。

    登记时就写了信用代码的，再录入这个代码是修改那一条；那一条的代码后来改成了别的，就是修改现在用这个代码的。
    代码是登记以后才补上的，要写 "id"，不写就另外新增一条，duplicates 会把两条列出来。

    每读满 --batch 行或者读完就保存：其中新增的行（同一所属单位的）是一步操作，一起存好、一起撤消；
    修改的行一行一步。存好一步马上报告编号，中途断了，报告过的都在，没有报告的再录入一次。
    有一行没有保存时退出码是2，其他行照常保存。

    写 --from 时由另一条记录生成：show 列出一条记录可以生成什么。已经登记的补上，不另外新增；几条是一步操作。
    """
    if not session.may_write(record_type):
        raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”。")
    if source is not None:
        _fill_from(session, record_type, source, as_json)
        return
    if reckoned is not None:
        if record_type.name != assessing.SCORE:
            raise NothingComputed(f"“{record_type.label}”不是按记录打分的。")
        _report_changes(assessing.fill_in(session, reckoned), "已按记录打分", as_json)
        return
    if shipped:
        _report_changes(examples.take_over(session, record_type.name), "已放入示例（非官方）", as_json)
        return
    showing = Showing(session)
    reader = LineReader(session, record_type, CellReader.of(session))
    if sys.stdin is None:
        raise NoLines("没有标准输入，读不到要录入的内容。")
    lines = reader.read(sys.stdin.buffer)
    counts = dict.fromkeys(OUTCOMES, 0)
    while part := list(itertools.islice(lines, batch)):
        for told in _save(showing, record_type, part):
            for outcome in told:
                counts[outcome.outcome] += 1
            _report(told, as_json)
    remark("，".join(f"{words}{counts[name]}条" for name, words in OUTCOMES.items()) + "。")
    if counts["refused"]:
        complain("请改正没有保存的行，只把这些行再录入一次。")
        click.get_current_context().exit(EXIT_USAGE)


@click.command(cls=Command)
@writes
@type_argument
@click.argument("record_id", metavar="编号")
@json_option
def delete(session: Session, record_type: RecordType, record_id: str, as_json: bool) -> None:
    """删除一条记录和属于它的记录；可以用 undelete 或 undo 恢复。"""
    deleted = _is_deleted(session, record_type, record_id)
    changes = ChangeSet() if deleted else records.delete(session, record_type.name, record_id)
    _report_changes(changes, f"已删除{record_type.label}", as_json)


@click.command(cls=Command)
@writes
@type_argument
@click.argument("record_id", metavar="编号")
@json_option
def undelete(session: Session, record_type: RecordType, record_id: str, as_json: bool) -> None:
    """恢复一条已删除的记录，和同一步里随它一起删除的记录、附件。"""
    deleted = _is_deleted(session, record_type, record_id)
    changes = records.restore(session, record_type.name, record_id) if deleted else ChangeSet()
    _report_changes(changes, f"已恢复{record_type.label}", as_json)


@click.command(cls=Command)
@writes
@click.argument("operation", metavar="操作号", type=Number(1))
@click.option("--yes", is_flag=True, help="不再询问。")
@json_option
def undo(session: Session, operation: int, yes: bool, as_json: bool) -> None:
    """撤消本机做的一步操作；操作号见 operations、record 和 history 的结果。后来又改过的不能撤消。

    这一步新增的记录名下后来又登记了别的，会先询问：它们要一起删除。
    """
    step = steps.done(session.database, operation)
    if step is not None and not yes:
        station = session.ledger.station
        going = steps.going_words(*steps.going_with(session.database, session.types, station, step))
        if going and reply(f"{going}回答“{YES}”继续", "加 --yes") != YES:
            raise NotConfirmed("没有撤消。")
    _report_changes(steps.undo(session, operation), "已撤消", as_json)


def _fill_from(session: Session, record_type: RecordType, source: str, as_json: bool) -> None:
    """Takes up all that is offered of a type by one record, in one step."""
    offers = following.offered_for(session, record_type.name, source)
    if not offers:
        why = following.why_not(session, record_type.name, source)
        raise NothingFollows(f"{why}。", "用 show 看这条记录现在可以生成什么。")
    _report_changes(following.carry_out(session, offers), f"已生成{record_type.label}", as_json)


def _save(showing: Showing, record_type: RecordType, lines: Sequence[Line]) -> Iterator[Sequence[Outcome]]:
    """Saves what can be saved, first what is new, then the changes; what one operation kept is told at once."""
    session = showing.session
    by_address = AddressPlace(session.reference, session.unit.code, record_type)
    places = OwnPlace(session, record_type), by_address
    births: dict[str, Line] = {}
    changes: list[Line] = []
    refused: list[Outcome] = []
    for line in lines:
        if not line.troubles:
            _find_unit(session, line)
        if not line.troubles:
            _find_record(session, record_type, line, births)
        if line.troubles:
            refused.append(Outcome(line))
        elif line.record in births and births[line.record] is line:
            _place(session, *places, line)
        else:
            changes.append(line)
    for made in _save_new(showing, record_type, births.values()):
        yield sorted([*made, *refused], key=attrgetter("line.number"))
        refused = []
    if refused:
        yield refused
    for line in changes:
        saved = records.save(session, record_type.name, line.values, record=line.record)
        outcome = "unchanged" if saved.changes.empty else "changed"
        held = records.load(session, record_type.name, saved.record)
        title = showing.title_of(held) if held is not None else ""
        yield [Outcome(line, outcome, saved.changes.stamp, saved.findings, title)]


def _save_new(
    showing: Showing, record_type: RecordType, lines: Iterable[Line]
) -> Iterator[Sequence[Outcome]]:
    """Saves new records, one operation for each unit that they are said to belong to.

    What takes long, such as checking them, comes before the end of the transaction: what is kept is told without delay,
    and nobody who kills the process has records of which he was told nothing.
    """
    session = showing.session
    by_unit: dict[str | None, list[Line]] = {}
    for line in lines:
        by_unit.setdefault(line.unit, []).append(line)
    for unit, group in by_unit.items():
        name = f"新增{record_type.label}" if len(group) == 1 else ""
        with session.database.transaction():
            ids, changes = records.save_many(
                session, record_type.name, [line.values for line in group], unit=unit, name=name
            )
            made = []
            for line, line.record in zip(group, ids, strict=True):
                findings = records.check(session, record_type.name, line.record)
                title = showing.title(record_type, line.values)
                made.append(Outcome(line, "new", changes.stamp, findings, title))
        yield made


def _place(session: Session, own_place: OwnPlace, by_address: AddressPlace, line: Line) -> None:
    """Fills in where a new record lies: by its address, else of the own unit as the form does; and says so."""
    place, words = by_address.of(line.values)
    if not place and line.unit in (None, session.unit.id):
        place, words = own_place.of(line.values), own_place.words
    if place:
        line.values |= place
        line.placed = words


def _find_unit(session: Session, line: Line) -> None:
    if line.unit is None:
        return
    try:
        line.unit = session.find_unit(line.unit)
        admitting.check_units(session, [line.unit])
    except (NotFound, NotAllowed) as problem:
        line.troubles.append(Trouble(problem.sentence.rstrip("。"), "unit"))


def _find_record(session: Session, record_type: RecordType, line: Line, births: dict[str, Line]) -> None:
    """Decides whether a line is a new record or changes one that is here, or that an earlier line gives birth to."""
    try:
        admitting.check_parent(session, record_type, line.values)
    except admitting.Gone as problem:
        line.troubles.append(Trouble(problem.sentence.rstrip("。"), record_type.parent or ""))
        return
    if line.record is None:
        line.record = records.new_record_id(session, record_type, line.values)
        if line.record not in births and records.load(session, record_type.name, line.record) is None:
            if trouble := _emptiness(record_type, line):
                line.troubles.append(trouble)
            else:
                births[line.record] = line
            return
    held = records.load(session, record_type.name, line.record)
    if held is None and line.record not in births:
        line.troubles.append(Trouble(f"没有找到编号是这个的{record_type.label}", "id"))
    elif held is not None and line.unit not in (None, held.unit):
        line.troubles.append(Trouble("已有的记录不能在这里改所属单位", "unit"))
    elif held is not None and held.life is Life.DELETED:
        line.troubles.append(Trouble(f"这条{record_type.label}已经删除，请先用 undelete 恢复", "id"))


def _emptiness(record_type: RecordType, line: Line) -> Trouble | None:
    """What speaks against a new record of which nothing is said, where something has to be."""
    needed = [f.label for f in record_type.fields if f.needed]
    if not needed or any(cell is not None for cell in line.values.values()):
        return None
    return Trouble(f"什么都没有填，新增{record_type.label}要填{'、'.join(needed)}")


def _is_deleted(session: Session, record_type: RecordType, record: str) -> bool:
    held = records.load(session, record_type.name, record)
    if held is None:
        raise NotFound(f"没有找到编号是{record}的{record_type.label}。")
    return held.life is Life.DELETED


def _report(told: Sequence[Outcome], as_json: bool) -> None:
    """Says what became of these lines: what is kept in one piece, then what was put right, then what is refused."""
    if as_json:
        json_lines([outcome.to_object() for outcome in told])
        return
    kept = [outcome for outcome in told if outcome.outcome != "refused"]
    if kept:
        say("\n".join(words for outcome in kept for words in _words(outcome)))
    # Most lines of a village say no place: one sentence is enough.
    for words, count in Counter(o.line.placed for o in kept if o.line.placed).items():
        remark(f"{count}行{words}。")
    for outcome in told:
        line = outcome.line
        for note in line.notes:
            remark(f"第{line.number}行说明：{note}。")
        for trouble in line.troubles:
            where = f"（字段 {trouble.field}）" if trouble.field else ""
            complain(f"第{line.number}行没有保存：{trouble.message}{where}。")


def _words(outcome: Outcome) -> Iterator[str]:
    operation = f"  操作{outcome.stamp}" if outcome.stamp else ""
    line, words = outcome.line, OUTCOMES[outcome.outcome]
    yield f"第{line.number}行  {words}  {line.record}  {outcome.title}{operation}"
    for finding in outcome.findings:
        yield f"    {severity_words(finding)}：{finding.message}"


def _report_changes(changes: ChangeSet, done: str, as_json: bool) -> None:
    if as_json:
        stamp = str(changes.stamp) if changes.stamp else None
        json_line({"operation": stamp, "records": {t: list(ids) for t, ids in changes.records.items()}})
    elif changes.empty:
        say("没有变化。")
    else:
        records = sum(
            len(ids) for name, ids in changes.records.items() if name not in (ATTACHMENT, PART, SAME)
        )
        files = len(changes.records.get(ATTACHMENT, ()))
        say(f"{done}，涉及{amount_words(records, files)}。操作{changes.stamp}")
