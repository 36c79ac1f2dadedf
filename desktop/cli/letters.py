"""Commands on paper: letters are drafted, numbered and issued in the order of law; what is issued is printed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import click

from desktop.cli.frame import Command, Group
from desktop.cli.lines import typed_pairs
from desktop.cli.output import json_line, json_lines, say, table
from desktop.cli.parameters import (
    Day,
    Number,
    OneOf,
    Pair,
    PathOf,
    as_option,
    date_option,
    json_option,
    opened,
    writes,
)
from desktop.cli.shown import finding_object, severity_words
from desktop.documents.lists import PaperList
from desktop.operations import covers, papers, printing, rosters, supervision, templates
from desktop.operations.records import Saved
from desktop.operations.session import Session
from desktop.operations.supervision import Layout, Signatory
from desktop.records.supervision.kinds import LetterKind
from desktop.records.supervision.numbering import Series
from desktop.records.types import catalogue


def _file(said: str) -> Path:
    return PathOf("file").convert(said, None, click.get_current_context())


def _paper(template: str) -> Callable[[Session, str, Path], Path]:
    return lambda session, record, out: printing.save(session, papers.paper(session, template, record), out)


def _roster(session: Session, union: str, out: Path) -> Path:
    return printing.save(session, rosters.member_roster(session, union), out)


UNASKED = ("unorganised", "case_register")
"""Lists of the whole workspace: they are of no one record."""
PRINTED: Mapping[str, Callable[[Session, str, Path], Path]] = {
    "letter": supervision.print_document,
    "roster": _roster,
    "cover": lambda session, bundle, out: covers.print_cover(session, _file(bundle), out),
    **{name: _paper(name) for name in papers.names()},
}
"""What can be printed, by its kind on the command line: each takes a record's id, or a file, and a folder."""


class NextNumber(click.ParamType):
    """``SERIES=N``: which number comes next in a series, as the paper register says."""

    name = "next"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Series, int]:
        """The series and its next number."""
        series, number = Pair().convert(value, param, ctx)
        return OneOf(Series).convert(series, param, ctx), Number(1).convert(number, param, ctx)


@click.command("print", cls=Command)
@writes
@click.argument("kind", metavar="KIND", type=OneOf([*PRINTED, *UNASKED]))
@click.argument("ids", metavar="[ID…]", nargs=-1)
@click.option("--out", metavar="DIR", type=PathOf(), required=True, help="放在哪个文件夹。")
@click.option("--docx", is_flag=True, help="保存成可以修改的Word文件（表单、材料和还没有签发的文书草稿）。")
@click.option(
    "--original", is_flag=True, help="原来打印的一份作废了（如卡纸），重打的不标“副本”。只用于文书。"
)
@click.option("--together", is_flag=True, help="几份文书合成一个PDF，前面有清单。只用于文书。")
@click.option("--apart", is_flag=True, help="几份文书一起打印，一份一个PDF，全部排好才写。只用于文书。")
@click.option("--from", "first", metavar="DATE", type=Day(), help="只要这天起登记的案件。只用于台账。")
@click.option("--to", "last", metavar="DATE", type=Day(), help="只要到这天为止登记的案件。只用于台账。")
@json_option
def print_papers(
    session: Session,
    kind: str,
    ids: tuple[str, ...],
    out: Path,
    docx: bool,
    original: bool,
    together: bool,
    apart: bool,
    first: datetime.date | None,
    last: datetime.date | None,
    as_json: bool,
) -> None:
    """打印成PDF：已签发的文书、数据包的报送单、名册和台账，或者由一条记录填好的表单和材料。

    KIND：letter（提示函、意见书、建议书，ID 是文书记录的编号）、cover（报送单，ID 是数据包文件）、roster（会员花名册，
    ID 是工会记录的编号）、unorganised（应建未建单位名单）和 case_register（监督案件台账），这两种不写 ID；或者 papers
    列出的一种表单，ID 是记录的编号。
    """
    _check_list(kind, ids, first, last)
    if docx and kind in ("cover", "roster", *UNASKED):
        raise click.UsageError("报送单、名册和台账只打印成PDF，不能改。")
    if (together or apart) and kind != "letter":
        raise click.UsageError("--together、--apart 只用于已签发的文书。")
    if original and (docx or kind != "letter"):
        raise click.UsageError("--original 只用于打印已签发的文书。")
    if kind in UNASKED:
        paths = [printing.save(session, _whole_list(session, kind, first, last), out)]
    elif together or apart:
        paths = list(supervision.print_many(session, ids, out, together=together).paths)
    else:
        paths = [_put_out(session, kind, record, out, docx, original) for record in ids]
    if as_json:
        json_line({"files": [str(p) for p in paths]})
        return
    for path in paths:
        say(f"{'已保存' if docx else '已打印'}“{path.name}”。")


def _check_list(
    kind: str, ids: tuple[str, ...], first: datetime.date | None, last: datetime.date | None
) -> None:
    """Raises for what does not go with a kind."""
    if bool(ids) == (kind in UNASKED):
        raise click.UsageError("这一种是整个工作区的，不用写 ID。" if ids else "请写要打印的记录的编号。")
    if (first or last) and kind != "case_register":
        raise click.UsageError("--from、--to 只用于监督案件台账。")
    if first and last and first > last:
        raise click.UsageError("--from 晚于 --to，请对调。")


def _whole_list(
    session: Session, kind: str, first: datetime.date | None, last: datetime.date | None
) -> PaperList:
    if kind == "case_register":
        return supervision.case_register(session, first, last)
    return rosters.unorganised(session)


def _put_out(session: Session, kind: str, record: str, out: Path, docx: bool, original: bool) -> Path:
    if kind == "letter" and docx:
        return supervision.save_word(session, record, out)
    if kind == "letter":
        return supervision.print_document(session, record, out, original=original)
    if docx:
        return printing.save_word(session, papers.paper(session, kind, record), out)
    return PRINTED[kind](session, record, out)


@click.command("papers", cls=Command)
@click.argument("workspace", metavar="[WORKSPACE]", type=PathOf(), required=False)
@click.option("--export", "key", metavar="KEY", help="把现在用的一种样式写成文件（要写 --out）。")
@click.option("--out", metavar="FILE", type=PathOf("out"), help="写到哪个文件。")
@click.option(
    "--import", "source", metavar="FILE", type=PathOf("file"), help="用这个文件作本单位的样式，下发各级。"
)
@click.option("--from", "started", metavar="DATE", type=Day(), help="从哪天起用导入的样式，默认今天。")
@click.option("--reset", metavar="KEY", help="不用本单位的样式，换回随程序的或者上级下发的。")
@as_option
@date_option
@json_option
def list_papers(
    workspace: Path | None,
    key: str | None,
    out: Path | None,
    source: Path | None,
    started: datetime.date | None,
    reset: str | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """列出可以打印的表单和材料：名称、属于哪类记录、叫什么；写了 WORKSPACE 还列出文书，和各用谁的样式。"""
    if workspace is None:
        if key is not None or source is not None or reset is not None:
            raise click.UsageError("导出、导入和换回样式要写 WORKSPACE。")
        _list_shipped(as_json)
        return
    if key is not None and out is None:
        raise click.UsageError("--export 要和 --out 一起写。")
    done = []
    with opened(workspace, operator, password_file) as session:
        if source is not None:
            label, _ = templates.import_file(session, source, started=started)
            done.append(f"“{label}”已改用“{source.name}”，随下一个数据包下发。")
        if reset is not None:
            templates.reset(session, reset)
            done.append(f"“{templates.here(session, reset).label}”已经换回。")
        if key is not None and out is not None:
            templates.export(session, key, out)
            done.append(f"已导出“{out.name}”。")
        day = session.environment.today()
        found = templates.standing(session.database, session.types, session.unit.id, day)
    _say_standing(found, done, as_json)


def _say_standing(found: Mapping[str, templates.Standing], done: list[str], as_json: bool) -> None:
    if as_json:
        json_lines(
            [
                {"id": s.key, "label": s.label, "whose": s.whose, "version": s.version,
                 "passed": [{"whose": p.whose, "version": p.version, "reason": p.reason} for p in s.passed]}
                for s in found.values()
            ]
        )  # fmt: skip
        return
    for words in done:
        say(words)
    if not done:
        table(("名称", "文书", "样式"), [(s.key, s.label, f"{s.whose} {s.version}") for s in found.values()])
    for standing in found.values():
        for passed in standing.passed:
            say(
                f"{passed.whose}下发的“{standing.label}”{passed.version}不能用，已用{standing.whose}的：{passed.reason}"
            )


def _list_shipped(as_json: bool) -> None:
    types, known = catalogue(), list(papers.papers().values())
    if as_json:
        json_lines([{"id": t.id, "type": t.about, "label": t.label, "official": t.official} for t in known])
    else:
        table(("名称", "记录", "表单"), [(t.id, types[t.about].label, t.label) for t in known])


@click.group(cls=Group)
@click.argument("workspace", metavar="WORKSPACE", type=PathOf())
@click.pass_context
def letter(context: click.Context, workspace: Path) -> None:
    """一函两书：起草、签发、作废，案件编号，文号设置。"""
    context.obj = workspace


@letter.command("numbers")
@click.option("--body", metavar="CODE", help="文号里的机关代字，如“杭西”。")
@click.option("--organ", metavar="NAME", help="文书上的发文机关全称。")
@click.option(
    "--next", "wanted", metavar="SERIES=N", type=NextNumber(), multiple=True,
    help="对照纸质登记簿确认今年下一个号，如 opinion_letter=8。可以写几个。",
)  # fmt: skip
@click.option("--confirm", is_flag=True, help="已经对照纸质登记簿，按显示的下一个号接着编。")
@as_option
@date_option
@json_option
@click.pass_obj
def numbers(
    workspace: Path,
    body: str | None,
    organ: str | None,
    wanted: tuple[tuple[Series, int], ...],
    confirm: bool,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """看或设文号：机关代字、发文机关、今年下一个号；恢复备份以后在这里确认下一个号。"""
    with opened(workspace, operator, password_file) as session:
        settings = supervision.number_settings(session)
        if body is not None or organ is not None:
            settings = supervision.set_number_settings(session, body or settings.body, organ)
        year = session.environment.today().year
        if confirm or wanted:
            supervision.confirm_numbers(session, year, dict(wanted))
        following = {series.value: n for series, n in supervision.next_numbers(session, year).items()}
    if as_json:
        json_line({"body": settings.body, "organ": settings.organ, "year": year, "next": following})
        return
    say(f"机关代字：{settings.body or '（还没有设置）'}；发文机关：{settings.organ}")
    for kind in LetterKind:
        say(f"{year}年下一份{kind.label}：第{following[kind.value]}号")
    say(f"{year}年下一个立案号：第{following[Series.CASE.value]}号")


@letter.command("holidays")
@click.argument("table", metavar="[TABLE.csv]", type=PathOf("file"), required=False)
@click.option("--out", metavar="FILE.csv", type=PathOf("out"), help="把现在的表写成文件，填上新一年再导入。")
@as_option
@date_option
@json_option
@click.pass_obj
def holidays(
    workspace: Path,
    table: Path | None,
    out: Path | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """导入放假调休安排（答复期限按它计算），或者用 --out 导出现在的表。"""
    with opened(workspace, operator, password_file) as session:
        years = supervision.import_working_days(session, table) if table is not None else ()
        if out is not None:
            supervision.export_working_days(session, out)
    if as_json:
        json_line({"years": list(years), "file": str(out) if out is not None else None})
        return
    if years:
        say(f"已导入{'、'.join(map(str, years))}年的放假安排，期限已按它重新计算。")
    if out is not None:
        say(f"已导出“{out.name}”。")


@letter.command("draft")
@click.argument("case", metavar="CASE")
@click.argument("kind", metavar="KIND", type=OneOf(LetterKind))
@click.option(
    "--set",
    "fields",
    metavar="FIELD=VALUE",
    type=Pair(),
    multiple=True,
    help="填写文书的一个字段。可以写几个。",
)
@as_option
@date_option
@json_option
@click.pass_obj
def draft(
    workspace: Path,
    case: str,
    kind: LetterKind,
    fields: tuple[tuple[str, str], ...],
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """从案件起草文书；KIND：reminder_letter、opinion_letter、suggestion_letter。"""
    with opened(workspace, operator, password_file) as session:
        saved = supervision.draft(
            session, case, kind.value, typed_pairs(session, session.types["case_document"], fields)
        )
    _say_drafted(kind.label, saved, as_json)


def _say_drafted(label: str, saved: Saved, as_json: bool) -> None:
    if as_json:
        json_line(
            {
                "id": saved.record,
                "operation": str(saved.changes.stamp) if saved.changes.stamp else None,
                "findings": [finding_object(f) for f in saved.findings],
            }
        )
        return
    say(f"已起草{label}，编号{saved.record}。操作{saved.changes.stamp}")
    for finding in saved.findings:
        say(f"    {severity_words(finding)}：{finding.message}")


@letter.command("redraft")
@click.argument("document", metavar="LETTER")
@as_option
@date_option
@json_option
@click.pass_obj
def redraft(
    workspace: Path, document: str, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """按一份文书的原文重新起草，作废以后更正用。"""
    with opened(workspace, operator, password_file) as session:
        saved = supervision.redraft(session, document)
    _say_drafted("文书", saved, as_json)


@letter.command("notices")
@click.argument("case", metavar="CASE")
@click.argument("enterprises", metavar="ENTERPRISE…", nargs=-1)
@click.option("--search", metavar="TEXT", help="选名称、地址里有这些字的单位。")
@click.option("--preview", is_flag=True, help="只看会发给哪些单位，不起草。")
@click.option(
    "--set", "fields", metavar="FIELD=VALUE", type=Pair(), multiple=True, help="填写每份都一样的字段。可以写几个。",
)  # fmt: skip
@as_option
@date_option
@json_option
@click.pass_obj
def notices(
    workspace: Path,
    case: str,
    enterprises: tuple[str, ...],
    search: str | None,
    preview: bool,
    fields: tuple[tuple[str, str], ...],
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """从一个案件给多家单位各起草一份提示函（如高温、年关欠薪提示）；再用 issue 一起签发。"""
    with opened(workspace, operator, password_file) as session:
        wanted = [*enterprises, *(supervision.enterprises(session, search) if search else ())]
        found = supervision.chosen(session, case, wanted)
        documents: tuple[str, ...] = ()
        if not preview:
            typed = typed_pairs(session, session.types["case_document"], fields)
            documents = supervision.class_notices(session, case, wanted, typed).documents
    if as_json:
        json_line({"ids": list(documents), "to": list(found.employers), "already": list(found.already)})
        return
    for name in found.employers.values():
        say(f"    {name}")
    if found.already:
        say(f"{len(found.already)}家已经有本案的提示函，没有重复起草。")
    say(f"{'会起草' if preview else '已起草'}提示函{len(found.employers)}份。")


@letter.command("issue")
@click.argument("documents", metavar="LETTER…", nargs=-1, required=True)
@click.option("--signer", metavar="NAME", required=True, help="签发人。")
@click.option("--post", metavar="POST", required=True, help="签发人职务，如“主席”。")
@click.option("--date", "day", metavar="DATE", type=Day(), help="签发日期，默认今天。")
@click.option(
    "--layout", metavar="LAYOUT", type=OneOf(get_args(Layout)),
    help="版式：letter（信函格式）、plain（普通格式），默认按样式。",
)  # fmt: skip
@as_option
@date_option
@json_option
@click.pass_obj
def issue(
    workspace: Path,
    documents: tuple[str, ...],
    signer: str,
    post: str,
    day: datetime.date | None,
    layout: Layout | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """审核、编号、签发文书，从此不能再改。不合法定步骤的不签发，退出码是22；几份一起的，一份不行就都不签发。"""
    with opened(workspace, operator, password_file) as session:
        today = session.environment.today()
        found = supervision.issue_many(
            session, list(dict.fromkeys(documents)), Signatory(signer, post), day or today, layout=layout
        )
    for issued in found:
        if as_json:
            json_line({"id": issued.document, "number": issued.number})
        else:
            say(f"已签发{issued.number}。")


@letter.command("void")
@click.argument("document", metavar="LETTER")
@click.option("--reason", metavar="TEXT", required=True, help="作废的原因。")
@as_option
@date_option
@json_option
@click.pass_obj
def void(
    workspace: Path,
    document: str,
    reason: str,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """作废一份已签发的文书；文号保留，不再使用。"""
    with opened(workspace, operator, password_file) as session:
        changes = supervision.void(session, document, reason)
    if as_json:
        json_line({"operation": str(changes.stamp)})
    else:
        say("已作废，文号保留在登记簿里。")


@letter.command("file")
@click.argument("case", metavar="CASE")
@as_option
@date_option
@json_option
@click.pass_obj
def file_case(
    workspace: Path, case: str, operator: str | None, password_file: Path | None, as_json: bool
) -> None:
    """给已受理的案件编立案号。"""
    with opened(workspace, operator, password_file) as session:
        number = supervision.file_case(session, case)
    if as_json:
        json_line({"id": case, "number": number})
    else:
        say(f"立案号：{number}")
