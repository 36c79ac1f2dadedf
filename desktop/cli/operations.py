"""The command that lists the steps done at this computer, whose numbers ``undo`` takes."""

from __future__ import annotations

import click

from desktop.cli.frame import Command
from desktop.cli.opening import opens
from desktop.cli.output import json_line, remark, table
from desktop.cli.parameters import Number, json_option
from desktop.operations import queries
from desktop.operations.quantities import amount_words
from desktop.operations.recording import steps
from desktop.operations.recording.steps import Step
from desktop.operations.session import Session
from desktop.records.typed.dates import time_words

_LISTED = 30


@click.command("operations", cls=Command)
@opens
@click.option(
    "--limit", metavar="数", type=Number(1), default=_LISTED, help=f"列出最近多少步，默认{_LISTED}。"
)
@click.option("--before", metavar="操作号", type=Number(1), help="只列出这一步以前的。")
@json_option
def list_operations(session: Session, limit: int, before: int | None, as_json: bool) -> None:
    """本机最近的操作，新的在前：时间、谁、做了什么、涉及几条记录、几个附件；操作号可以用 undo 撤消。"""
    found = steps.recent(session.database, session.ledger.station, limit, before)
    if as_json:
        json_line({"operations": [_object(step) for step in found]})
        return
    if found:
        table(
            ("操作号", "时间", "操作员", "做了什么", "记录", "涉及"),
            [
                (
                    str(step.operation.stamp),
                    time_words(step.operation.at),
                    step.operation.operator,
                    step.operation.name + ("（已撤消）" if step.undone else ""),
                    _title(session, step),
                    amount_words(step.records, step.files, "条"),
                )
                for step in found
            ],
        )
    remark(f"列出{len(found)}步。" if found else "还没有做过什么。")


def _title(session: Session, step: Step) -> str:
    """The words for the first record of a step."""
    if step.first is None or step.first[0] not in session.types:
        return ""
    name, record = step.first
    words = queries.titles(session.database, session.types, session.codes, name, [record]).get(record, "")
    return f"{words}等" if words and step.several else words


def _object(step: Step) -> dict[str, object]:
    done = step.operation
    return {
        "operation": str(done.stamp),
        "at": done.at,
        "operator": done.operator,
        "name": done.name,
        "records": step.records,
        "files": step.files,
        "first": None if step.first is None else {"type": step.first[0], "id": step.first[1]},
        "undoes": None if done.undoes is None else str(done.undoes),
        "undone": step.undone,
        "possible": step.here and not step.undone and not step.lasting,
    }
