"""Commands on paper: what is issued, filled from a record or listed is printed; the forms and whose they are."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.opening import as_option, date_option, opened, writes
from desktop.cli.output import json_line, json_lines, say, table
from desktop.cli.parameters import Day, OneOf, PathOf, TypeName, json_option
from desktop.documents.lists import PaperList
from desktop.operations import printing, supervision
from desktop.operations.papers import letter_sets, papers, rosters
from desktop.operations.session import Session
from desktop.operations.stations import covers
from desktop.operations.templates import template_files, template_words, templates
from desktop.records.declaration import RecordType
from desktop.records.types import catalogue


def _file(said: str) -> Path:
    return PathOf("file").convert(said, None, click.get_current_context())


def _paper(template: str) -> Callable[[Session, str, Path], Path]:
    return lambda session, record, out: printing.save(session, papers.paper(session, template, record), out)


def _roster(session: Session, union: str, out: Path) -> Path:
    return printing.save(session, rosters.member_roster(session, union), out)


_PERIODS = ("case_register", "brief")
"""What is of a period."""
_LISTS: Mapping[str, Callable[[Session, datetime.date | None, datetime.date | None], PaperList]] = {
    "unorganised": lambda session, _first, _last: rosters.unorganised(session),
    "case_register": supervision.case_register,
}
_SHEETS = {
    "文书": "letter",
    "报送单": "cover",
    "会员花名册": "roster",
    "工作简报": "brief",
    "应建未建": "unorganised",
    "监督案件台账": "case_register",
    "台账": "case_register",
}
"""What people call that which is no paper about a record."""
UNASKED = (*_LISTS, "brief")
"""What is of the whole workspace and of no one record."""
_TABLES = (*_LISTS, "roster")
"""What can be written as a workbook."""
PRINTED: Mapping[str, Callable[[Session, str, Path], Path]] = {
    "letter": supervision.print_document,
    "roster": _roster,
    "cover": lambda session, bundle, out: covers.print_cover(session, _file(bundle), out),
    **{name: _paper(name) for name in papers.names()},
}
"""What can be printed, by its kind on the command line: each takes a record's id, or a file, and a folder."""


class PaperKind(OneOf):
    """What can be printed; papers that a unit added are known by the form of their names, and to the workspace."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The kind."""
        if template_words.is_own(str(value)):
            return str(value)
        return super().convert(_paper_called(str(value)), param, ctx)


def _paper_called(said: str) -> str:
    """The name of the paper with this label; else what was said."""
    return next((t.id for t in papers.papers().values() if t.label == said), said)


@click.command("print", cls=Command)
@writes
@click.argument("kind", metavar="种类", type=PaperKind([*PRINTED, *UNASKED], _SHEETS))
@click.argument("ids", metavar="[编号…]", nargs=-1)
@click.option("--out", metavar="文件夹", type=PathOf("folder"), required=True, help="放在哪个文件夹。")
@click.option(
    "--docx", is_flag=True, help="保存成可以修改的Word文件（表单、材料、简报和还没有签发的文书草稿）。"
)
@click.option("--xlsx", is_flag=True, help="保存成表格。只用于名册、名单和台账。")
@click.option(
    "--original", is_flag=True, help="原来打印的一份作废了（如卡纸），重打的不标“副本”。只用于文书。"
)
@click.option("--together", is_flag=True, help="几份文书合成一个PDF，前面有清单。只用于文书。")
@click.option("--apart", is_flag=True, help="几份文书一起打印，一份一个PDF，全部排好才写。只用于文书。")
@click.option(
    "--with-papers",
    is_flag=True,
    help="每份文书后面附上送达回证、存根（建议书还有移交材料清单）。只用于已签发的文书。",
)
@click.option(
    "--from", "first", metavar="日期", type=Day(),
    help="从哪天起：台账是这天起登记的案件，默认全部；简报默认是那个季度的第一天。",
)  # fmt: skip
@click.option(
    "--to", "last", metavar="日期", type=Day(), help="到哪天为止：台账默认全部；简报默认今天，写季度末就是那个季度的。"
)  # fmt: skip
@click.option("--unit", metavar="单位", help="哪个单位的简报（编码或名称），默认本单位。")
@json_option
def print_papers(
    session: Session,
    kind: str,
    ids: tuple[str, ...],
    out: Path,
    docx: bool,
    xlsx: bool,
    original: bool,
    together: bool,
    apart: bool,
    with_papers: bool,
    first: datetime.date | None,
    last: datetime.date | None,
    unit: str | None,
    as_json: bool,
) -> None:
    """打印成PDF：已签发的文书、数据包的报送单、名册、台账、简报，或者由一条记录填好的表单和材料。

    种类：letter（文书：提示函、意见书、建议书，编号是文书记录的）、cover（报送单，编号处写数据包文件）、
    roster（会员花名册，编号是工会记录的），不写编号的 brief（工作简报）、unorganised（应建未建）和
    case_register（监督案件台账），或者 papers 列出的一种表单，编号是记录的。英文名称、中文名称都可以写。
    """
    _check_period(kind, ids, first, last, unit)
    _check_way(kind, docx, xlsx, original, together or apart)
    if with_papers and (kind != "letter" or docx):
        raise click.UsageError("--with-papers 只用于打印已签发的文书，不和 --docx 一起写。")
    if kind == "brief":
        paths = [_brief(session, first, last, unit, out, docx)]
    elif kind in _LISTS:
        put = printing.save_table if xlsx else printing.save
        paths = [put(session, _LISTS[kind](session, first, last), out)]
    elif together or apart:
        print_many = letter_sets.print_many if with_papers else supervision.print_many
        paths = list(print_many(session, ids, out, together=together).paths)
    elif with_papers:
        paths = [letter_sets.print_document(session, record, out, original=original) for record in ids]
    else:
        paths = [_put_out(session, kind, record, out, docx, xlsx, original) for record in ids]
    if as_json:
        json_line({"files": [str(p) for p in paths]})
        return
    for path in paths:
        # Names of files hold the quotation marks of their titles, which do not stand within others.
        say(f"{'已保存' if docx or xlsx else '已打印'}：{path.name}")


def _check_period(
    kind: str,
    ids: tuple[str, ...],
    first: datetime.date | None,
    last: datetime.date | None,
    unit: str | None,
) -> None:
    """Raises for what does not go with a kind."""
    if bool(ids) == (kind in UNASKED):
        raise click.UsageError("这一种是整份台账的，不用写编号。" if ids else "请写要打印的记录的编号。")
    if (first or last) and kind not in _PERIODS:
        raise click.UsageError("--from、--to 只用于监督案件台账和简报。")
    if unit is not None and kind != "brief":
        raise click.UsageError("--unit 只用于简报。")
    if first and last and first > last:
        raise click.UsageError("--from 晚于 --to，请对调。")


def _check_way(kind: str, docx: bool, xlsx: bool, original: bool, many: bool) -> None:
    """Raises for a way of putting out that a kind does not have."""
    if docx and kind in ("cover", *_TABLES):
        raise click.UsageError("报送单、名册和台账不能保存成Word文件；名册和台账可以用 --xlsx 保存成表格。")
    if xlsx and (docx or kind not in _TABLES):
        raise click.UsageError("--xlsx 只用于名册、名单和台账。")
    if many and kind != "letter":
        raise click.UsageError("--together、--apart 只用于已签发的文书。")
    if original and (docx or kind != "letter"):
        raise click.UsageError("--original 只用于打印已签发的文书。")


def _brief(
    session: Session,
    first: datetime.date | None,
    last: datetime.date | None,
    unit: str | None,
    out: Path,
    docx: bool,
) -> Path:
    # Loaded where it is asked for: the whole plan stands behind it.
    from desktop.operations.papers import briefs

    made = briefs.brief(session, first, last, unit)
    return printing.save_word(session, made, out) if docx else printing.save(session, made, out)


def _put_out(
    session: Session, kind: str, record: str, out: Path, docx: bool, xlsx: bool, original: bool
) -> Path:
    if kind == "letter" and docx:
        return supervision.save_word(session, record, out)
    if kind == "letter":
        return supervision.print_document(session, record, out, original=original)
    if xlsx:
        return printing.save_table(session, rosters.member_roster(session, record), out)
    if docx:
        return printing.save_word(session, papers.paper(session, kind, record), out)
    return PRINTED.get(kind, _paper(kind))(session, record, out)


@click.command("papers", cls=Command)
@click.argument("workspace", metavar="[台账]", type=PathOf(), required=False)
@click.option("--export", "key", metavar="名称", help="把现在用的一种样式写成文件（要写 --out）。")
@click.option("--out", metavar="文件", type=PathOf("out"), help="写到哪个文件。")
@click.option(
    "--import", "source", metavar="文件", type=PathOf("file"), help="用这个文件作本单位的样式，下发各级。"
)
@click.option(
    "--add", "added", metavar="名称", help="加一种本单位自己的表单，叫这个名称（要写 --about、--lines）。"
)
@click.option("--about", metavar="类型", type=TypeName(), help="新加的表单从哪类记录打印。")
@click.option(
    "--lines", metavar="文件.txt", type=PathOf("file"), help="新加的表单的内容，一行一段，如“正文：{日期}走访{单位}”。"
)  # fmt: skip
@click.option("--from", "started", metavar="日期", type=Day(), help="从哪天起用导入、新加的样式，默认今天。")
@click.option("--reset", metavar="名称", help="不用本单位的样式，换回随程序的或者上级下发的。")
@as_option
@date_option
@json_option
def list_papers(
    workspace: Path | None,
    key: str | None,
    out: Path | None,
    source: Path | None,
    added: str | None,
    about: RecordType | None,
    lines: Path | None,
    started: datetime.date | None,
    reset: str | None,
    operator: str | None,
    password_file: Path | None,
    as_json: bool,
) -> None:
    """列出可以打印的表单和材料：名称、属于哪类记录、叫什么；写了台账还列出文书，和各用谁的样式。"""
    if workspace is None:
        if any(value is not None for value in (key, source, reset, added)):
            raise click.UsageError("导出、导入、新加和换回样式要写台账。")
        _list_shipped(as_json)
        return
    if key is not None and out is None:
        raise click.UsageError("--export 要和 --out 一起写。")
    if (added is None) != (about is None) or (added is None) != (lines is None):
        raise click.UsageError("--add、--about、--lines 要一起写。")
    done = []
    with opened(workspace, operator, password_file) as session:
        if source is not None:
            label, _ = template_files.import_file(session, source, started=started)
            done.append(f"“{label}”已改用“{source.name}”，随下一个数据包下发。")
        if added is not None and about is not None and lines is not None:
            made = template_files.add_file(session, about.name, added, lines, started=started)
            done.append(f"已加“{added}”，用 print 台账 {made} 记录编号 打印，随下一个数据包下发。")
        if reset is not None:
            label = templates.known_here(session, reset).label
            templates.reset(session, reset)
            done.append(f"“{label}”已经{'去掉' if template_words.is_own(reset) else '换回'}。")
        if key is not None and out is not None:
            template_files.export(session, key, out)
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
        used = f"已用{standing.whose}的" if standing.usable else "现在没有能用的"
        for passed in standing.passed:
            say(f"{passed.whose}的“{standing.label}”{passed.version}不能用，{used}：{passed.reason}")
        if not standing.usable and standing.passed:
            say(templates.TemplateUnusable.next_step)


def _list_shipped(as_json: bool) -> None:
    types, known = catalogue(), list(papers.papers().values())
    if as_json:
        json_lines([{"id": t.id, "type": t.about, "label": t.label, "official": t.official} for t in known])
    else:
        table(("名称", "记录", "表单"), [(t.id, types[t.about].label, t.label) for t in known])
