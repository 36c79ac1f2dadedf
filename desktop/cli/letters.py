"""Commands on letters: they are drafted, numbered and issued in the order of law."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import click

from desktop import reference
from desktop.cli.frame import Group
from desktop.cli.lines import typed_pairs
from desktop.cli.opening import date_option, in_group
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import Day, Number, OneOf, Pair, PathOf, json_option
from desktop.cli.shown import finding_object, severity_words
from desktop.errors import UsageProblem
from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.operations.supervision import Layout, Signatory
from desktop.records.checks import Finding
from desktop.records.supervision import waiting_for
from desktop.records.supervision.kinds import EventKind, LetterKind
from desktop.records.supervision.numbering import Series, said

LETTER = OneOf(LetterKind, {kind.label: kind for kind in LetterKind})
LAYOUT = OneOf(get_args(Layout), {"信函格式": "letter", "普通格式": "plain"})
SERIES = OneOf(Series, {**{kind.label: Series(kind.value) for kind in LetterKind}, "立案": Series.CASE})
STEP = OneOf(
    (kind for kind in EventKind if kind is not EventKind.PRINTED),
    {item.label: item.code for item in reference.code_lists()["case_event_kind"].items},
)


class NothingWaits(UsageProblem):
    """No letter of the case waits for the step."""

    next_step = "用 show 看这件案件有哪些文书、办到哪一步；一份一份登记的，写文书的编号。"


class OfSeries(click.ParamType[tuple[Series, Any]]):
    """``SERIES=VALUE``: something about a series of numbers."""

    name = "series"

    def __init__(self, value: click.ParamType[Any]) -> None:
        self._value = value

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Series, Any]:
        """The series and its value."""
        series, words = Pair().convert(value, param, ctx)
        return SERIES.convert(series, param, ctx), self._value.convert(words, param, ctx)


def _set_option(what: str) -> Callable[[Any], Any]:
    words = f"填写{what}。可以写几个。"
    return click.option("--set", "fields", metavar="字段=值", type=Pair(), multiple=True, help=words)


@click.group(cls=Group)
@click.argument("workspace", metavar="台账", type=PathOf())
@click.pass_context
def letter(context: click.Context, workspace: Path) -> None:
    """一函两书：起草、签发、作废，案件编号，文号设置。"""
    context.obj = workspace


@letter.command("numbers")
@click.option("--body", metavar="编码", help="文号里的机关代字，如“杭西”。")
@click.option("--organ", metavar="名称", help="文书上的发文机关全称。")
@click.option(
    "--pattern", "patterns", metavar="文种=写法", type=OfSeries(click.STRING), multiple=True,
    help="文号的写法，如 opinion_letter={代字}工监意〔{年份}〕{序号}号；自带的是示例。可以写几个。",
)  # fmt: skip
@click.option(
    "--next", "wanted", metavar="文种=数", type=OfSeries(Number(1)), multiple=True,
    help="对照纸质登记簿确认今年下一个号，如 opinion_letter=8。可以写几个。",
)  # fmt: skip
@click.option("--confirm", is_flag=True, help="已经对照纸质登记簿，按显示的下一个号接着编。")
@in_group
@date_option
@json_option
def numbers(
    session: Session,
    body: str | None,
    organ: str | None,
    patterns: tuple[tuple[Series, str], ...],
    wanted: tuple[tuple[Series, int], ...],
    confirm: bool,
    as_json: bool,
) -> None:
    """看或设文号：机关代字、发文机关、写法、今年下一个号；恢复备份以后在这里确认下一个号。"""
    settings = supervision.number_settings(session)
    year = session.environment.today().year
    told = supervision.NumberSettings(body or settings.body, organ or "", dict(patterns))
    if body is not None or organ is not None or patterns:
        if confirm or wanted:
            settings = supervision.set_numbers(session, told, year, dict(wanted))
        else:
            settings = supervision.set_number_settings(session, told.body, organ, told.patterns)
    elif confirm or wanted:
        supervision.confirm_numbers(session, year, dict(wanted))
    following = {series.value: n for series, n in supervision.next_numbers(session, year).items()}
    elsewhere = supervision.may_number(session) and bool(following) and not supervision.kinds_here(session)
    if as_json:
        written = {series.value: said(pattern) for series, pattern in settings.patterns.items()}
        json_line(
            {
                "body": settings.body,
                "organ": settings.organ,
                "patterns": written,
                "year": year,
                "next": following,
            }
        )
        return
    say(f"机关代字：{settings.body or '（还没有设置）'}；发文机关：{settings.organ}")
    for series, pattern in settings.patterns.items():
        say(f"{year}年下一个{series.label}：第{following[series.value]}号，写法 {said(pattern)}")
    if not following:
        say("本单位没有签发的授权：文书由区总工会编号，这里可以起草。")
    if elsewhere:
        say("文号由本单位的另一台工作电脑编，这台可以起草。")


@letter.command("holidays")
@click.argument("table", metavar="[表格.csv]", type=PathOf("file"), required=False)
@click.option("--out", metavar="表格.csv", type=PathOf("out"), help="把现在的表写成文件，填上新一年再导入。")
@in_group
@date_option
@json_option
def holidays(session: Session, table: Path | None, out: Path | None, as_json: bool) -> None:
    """导入放假调休安排（答复期限按它计算），或者用 --out 导出现在的表。"""
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
@click.argument("case", metavar="案件")
@click.argument("kind", metavar="种类", type=LETTER)
@_set_option("文书的一个字段")
@in_group
@date_option
@json_option
def draft(
    session: Session, case: str, kind: LetterKind, fields: tuple[tuple[str, str], ...], as_json: bool
) -> None:
    """从案件起草文书；种类：reminder_letter（提示函）、opinion_letter（意见书）、suggestion_letter（建议书）。"""
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
    _say_findings(saved.findings)


def _say_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        say(f"    {severity_words(finding)}：{finding.message}")


@letter.command("redraft")
@click.argument("document", metavar="文书")
@in_group
@date_option
@json_option
def redraft(session: Session, document: str, as_json: bool) -> None:
    """按一份文书的原文重新起草，作废以后更正用。"""
    saved = supervision.redraft(session, document)
    for words in saved.left_out:
        remark(f"{words}，没有抄过来，请对照原来的文书补上。")
    _say_drafted("文书", saved, as_json)


@letter.command("notices")
@click.argument("case", metavar="案件")
@click.argument("enterprises", metavar="单位…", nargs=-1)
@click.option("--search", metavar="文字", help="选名称、地址里有这些字的单位。")
@click.option("--preview", is_flag=True, help="只看会发给哪些单位，不起草。")
@_set_option("每份都一样的字段")
@in_group
@date_option
@json_option
def notices(
    session: Session,
    case: str,
    enterprises: tuple[str, ...],
    search: str | None,
    preview: bool,
    fields: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """从一个案件给多家单位各起草一份提示函（如高温、年关欠薪提示）；再用 issue 一起签发。"""
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
    for why, several in Counter(p.why for p in found.passed.values()).items():
        say(f"没有给{several}家起草：{why}。")
    say(f"{'会起草' if preview else '已起草'}提示函{len(found.employers)}份。")


@letter.command("issue")
@click.argument("documents", metavar="文书…", nargs=-1, required=True)
@click.option("--signer", metavar="姓名", default="", help="签发人。")
@click.option("--post", metavar="职务", default="", help="签发人职务，如“主席”。")
@click.option("--date", "day", metavar="日期", type=Day(), help="签发日期，默认今天。")
@click.option(
    "--layout", metavar="版式", type=LAYOUT,
    help=f"版式：{LAYOUT.listed}，默认按样式。",
)  # fmt: skip
@in_group
@date_option
@json_option
def issue(
    session: Session,
    documents: tuple[str, ...],
    signer: str,
    post: str,
    day: datetime.date | None,
    layout: Layout | None,
    as_json: bool,
) -> None:
    """审核、编号、签发文书，从此不能再改。不合法定步骤的不签发，退出码是22；几份一起的，一份不行就都不签发。"""
    today = session.environment.today()
    found = supervision.issue_many(
        session, list(dict.fromkeys(documents)), Signatory(signer, post), day or today, layout=layout
    )
    for issued in found:
        if as_json:
            json_line({"id": issued.document, "number": issued.number})
        else:
            say(f"已签发{issued.number}。")


@letter.command("step")
@click.argument("case", metavar="案件")
@click.argument("kind", metavar="步骤", type=STEP)
@click.argument("documents", metavar="[文书…]", nargs=-1)
@click.option(
    "--waiting",
    is_flag=True,
    help="给还没有送达（served）、没有答复（replied）、过了期限（urged）的每份提示函各登记一次。",
)
@click.option("--date", "day", metavar="日期", type=Day(), help="哪一天做的，默认今天。")
@_set_option("这一步的字段")
@in_group
@date_option
@json_option
def step(
    session: Session,
    case: str,
    kind: EventKind,
    documents: tuple[str, ...],
    waiting: bool,
    day: datetime.date | None,
    fields: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """登记办案步骤，如送达（served）、答复（replied）、催办（urged）；写几份文书的，每份各登记一次，一次撤消。"""
    day = day or session.environment.today()
    typed = typed_pairs(session, session.types["case_event"], fields)
    if waiting:
        documents += waiting_for(supervision.load_case(session, case), kind)
        if not documents:
            raise NothingWaits("没有等着办这一步的提示函，什么都没有登记。")
    if documents or waiting:
        done = supervision.record_about(session, case, kind.value, day, documents, **typed)
    else:
        done = supervision.record_event(session, case, kind.value, day, **typed)
    count = len(set(documents))
    findings = records.check(session, "case_event", done.event)
    if as_json:
        told = {"id": done.event, "letters": count, "stage": done.state.stage.value}
        json_line({**told, "findings": [finding_object(f) for f in findings]})
    else:
        say(f"已登记{f'{count}份' if count else ''}。现在：{done.state.stage.label}。")
        _say_findings(findings)


@letter.command("void")
@click.argument("documents", metavar="文书…", nargs=-1, required=True)
@click.option("--reason", metavar="文字", required=True, help="作废的原因。")
@in_group
@date_option
@json_option
def void(session: Session, documents: tuple[str, ...], reason: str, as_json: bool) -> None:
    """作废已签发的文书；文号保留，不再使用。几份一起的（如误导入的补录），一份不行就都不作废。"""
    changes = supervision.void_many(session, documents, reason)
    if as_json:
        json_line({"operation": str(changes.stamp)})
    else:
        count = len(set(documents))
        say(f"已作废{f'{count}份' if count > 1 else ''}，文号保留在登记簿里。")


@letter.command("file")
@click.argument("case", metavar="案件")
@in_group
@date_option
@json_option
def file_case(session: Session, case: str, as_json: bool) -> None:
    """给已受理的案件编立案号。"""
    number = supervision.file_case(session, case)
    if as_json:
        json_line({"id": case, "number": number})
    else:
        say(f"立案号：{number}")
