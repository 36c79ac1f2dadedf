"""The command for photos, scans and files on a record: adding, listing, saving, taking away."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.frame import EXIT_USAGE, Command
from desktop.cli.opening import writes
from desktop.cli.output import complain, json_line, remark, say, table
from desktop.cli.parameters import PathOf, json_option, type_argument
from desktop.errors import Problem, UsageProblem
from desktop.operations.file_names import size_words
from desktop.operations.recording import attachable, attachments
from desktop.operations.recording.attachable import Prepared
from desktop.operations.recording.attachments import Attachment
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.display import display
from desktop.store.ledger import NotFound
from desktop.store.queries import reading


class TwoThings(UsageProblem):
    """Adding, saving and taking away are asked for at once."""

    next_step = "添加、--save 和 --remove 请分开做。"


@click.command(cls=Command)
@writes
@type_argument
@click.argument("record_id", metavar="编号")
@click.argument("paths", metavar="[文件…]", nargs=-1, type=PathOf("file"))
@click.option("--original", is_flag=True, help="照片原样保存，不缩小，拍摄位置等信息也留着。")
@click.option("--description", metavar="文字", default="", help="说明，写在这次添加的每个附件上。")
@click.option(
    "--save", "folder", metavar="文件夹", type=PathOf("folder"), help="把附件存到这个文件夹，会记入审计日志。"
)
@click.option("--neutral", is_flag=True, help="存的时候不用原来的文件名，文件名里可能有姓名。")
@click.option("--remove", metavar="附件", multiple=True, help="删除这个附件，可以写几次；用 undo 恢复。")
@json_option
def attach(
    session: Session,
    record_type: RecordType,
    record_id: str,
    paths: tuple[Path, ...],
    original: bool,
    description: str,
    folder: Path | None,
    neutral: bool,
    remove: tuple[str, ...],
    as_json: bool,
) -> None:
    """给一条记录添加附件：照片和图片（jpg、png）、PDF、docx、xlsx。不写文件就列出已有的附件。

    照片缩到长边2000像素，去掉拍摄位置、相机等信息；要原样保存的写 --original。一次添加的是一步操作，一起撤消。
    清除一个附件用 erase，记录类型写 attachment。
    """
    if sum((bool(paths), folder is not None, bool(remove))) > 1:
        raise TwoThings("一次做了几件事。")
    held = reading.record(session.database, session.types, record_type.name, record_id)
    if held is None:
        raise NotFound(f"没有找到编号是{record_id}的{record_type.label}。")
    if paths:
        _add(session, record_type, held.id, paths, not original, description, as_json)
        return
    found = attachments.of_record(session.database, session.types, record_type.name, held.id)
    if folder is not None:
        _save(session, found, folder, neutral, as_json)
    elif remove:
        if unknown := set(remove) - {a.id for a in found}:
            raise NotFound(f"这条记录没有附件{'、'.join(sorted(unknown))}。")
        changes = attachments.remove(session, remove)
        if as_json:
            json_line({"removed": list(remove), "operation": str(changes.stamp)})
        else:
            say(f"已删除附件{len(remove)}个。操作{changes.stamp}")
    else:
        _list(session, found, as_json)


def _add(
    session: Session,
    record_type: RecordType,
    record: str,
    paths: tuple[Path, ...],
    shrink: bool,
    description: str,
    as_json: bool,
) -> None:
    """Adds what can be kept; what cannot is named, and the exit code says so."""
    prepared: list[Prepared] = []
    refused: list[tuple[Path, Problem]] = []
    for path in paths:
        try:
            prepared.append(attachable.prepare(path, session.environment.today()))
        except Problem as problem:
            refused.append((path, problem))
    done = None
    if prepared:
        try:
            done = attachments.add(
                session, record_type.name, record, prepared, shrink=shrink, description=description
            )
        except attachments.AlreadyThere:
            if not refused:
                raise
            # What is refused beside them is said, and that the others are known.
            for file in prepared:
                remark(f"“{file.name}”已经有了，没有再添加。")
    if as_json:
        json_line({
            "added": list(done.ids) if done else [],
            "known": list(done.known) if done else [],
            "refused": [{"file": path.name, "problem": str(problem)} for path, problem in refused],
            "operation": str(done.changes.stamp) if done else None,
        })  # fmt: skip
    elif done is not None:
        say(f"已添加附件{len(done.ids)}个。操作{done.changes.stamp}")
        for name in done.known:
            remark(f"“{name}”已经有了，没有再添加。")
    if refused:
        for _, reason in refused:
            complain(str(reason))
        click.get_current_context().exit(EXIT_USAGE)


def _save(session: Session, found: list[Attachment], folder: Path, neutral: bool, as_json: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    saved: list[Path] = []
    refused: list[str] = []
    for each in found:
        try:
            saved.append(attachments.save(session, each.id, folder, neutral=neutral))
        except (attachments.Gone, attachments.Incomplete, attachments.Spoiled) as problem:
            refused.append(f"“{each.shown_name}”：{problem}")
    if as_json:
        json_line({"files": [str(path) for path in saved], "refused": refused})
    else:
        say(f"已存出附件{len(saved)}个。")
        for path in saved:
            say(f"  {path.name}")
    if refused:
        for words in refused:
            complain(words)
        click.get_current_context().exit(attachments.Spoiled.exit_code)


def _list(session: Session, found: list[Attachment], as_json: bool) -> None:
    if as_json:
        json_line({
            "attachments": [
                {"id": a.id, "name": a.shown_name, "media": a.media, "size": a.size, "width": a.width,
                 "height": a.height, "date": a.taken, "description": a.shown_description, "added": a.added,
                 "operator": a.operator, "complete": a.complete, "erased": a.erased}
                for a in found
            ]
        })  # fmt: skip
        return
    if found:
        media = session.types["attachment"].by_name["media"]
        table(
            ("编号", "文件名", "类型", "大小", "日期", "添加", "说明"),
            [
                (a.id, a.shown_name, display(media, a.media, codes=session.codes), size_words(a.size), a.taken,
                 f"{a.added} {a.operator}", a.shown_description or state_words(a))
                for a in found
            ],
        )  # fmt: skip
    remark(f"附件{len(found)}个，共{size_words(sum(a.size for a in found))}。" if found else "没有附件。")


def state_words(found: Attachment) -> str:
    """What is the matter with a content, if anything is."""
    if found.erased:
        return "（内容已清除）"
    return "" if found.complete else f"（{found.parts}份中到了{found.here}份）"
