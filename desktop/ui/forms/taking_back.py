"""Taking back a step that was done at this computer, after one question where it concerns more than one record."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop.operations.quantities import amount_words
from desktop.operations.recording import steps
from desktop.operations.recording.steps import Step
from desktop.operations.session import Session
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


def take_back(workbench: Workbench, owner: QObject, stamp: int, done: str = "") -> None:
    """Takes the step with this stamp back; ``done`` are the words for it, its name if there are none.

    A line of one record's history may be of a step that imported thousands; and what was added later to a record that
    a step made goes with it.
    """
    here = workbench.here

    def look(database: Database, _ticket: Ticket) -> tuple[Step | None, int, int]:
        found = next(iter(steps.recent(database, here.station, 1, stamp + 1)), None)
        if found is None or found.operation.stamp != stamp:
            return None, 0, 0
        return found, *steps.going_with(database, here.types, here.station, found.operation)

    def ask(found: tuple[Step | None, int, int]) -> None:
        step, records, files = found
        name = step.operation.name if step is not None else ""
        if step is not None and (step.several or records or files):
            touched = f"涉及{amount_words(step.records, step.files)}，都恢复成这一步以前的样子。"
            later = steps.going_words(records, files)
            question = f"要撤消“{name}”吗？{touched}{later}"
            danger = bool(later)
            if workbench.dialogs.ask("撤消这一步", question, yes="撤消", danger=danger) is not Answer.YES:
                return

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return steps.undo(session, stamp)

        words = done or f"已撤消：{name}。"
        workbench.write(
            f"撤消：{name}", job, lambda _changes: workbench.shell.tell(Tone.GOOD, words), owner=owner
        )

    workbench.read(look, ask, owner=owner, key="undo")
