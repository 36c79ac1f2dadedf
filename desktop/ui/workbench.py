"""What all pages share: who works where, the declarations, the workers, and the news of what changed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.errors import Problem
from desktop.operations import form_data, queries
from desktop.operations.recording import records
from desktop.operations.session import Here, Session
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, RecordType, Role
from desktop.records.divisions import Divisions
from desktop.records.types import Catalogue
from desktop.reference import Laws
from desktop.store.ledger import CannotUndo, ChangeSet, EditedSince
from desktop.store.tables.database import Database, Interrupted, problem_of
from desktop.store.workspaces.drafts import Draft
from desktop.store.workspaces.keeping import Behind
from desktop.store.workspaces.operators import Operator
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.errors.surroundings import is_surroundings, surroundings
from desktop.ui import faults
from desktop.ui.dialogs import Dialogs
from desktop.ui.drafts import DraftKeeper
from desktop.ui.notices import Tone
from desktop.ui.settings import Settings
from desktop.ui.shell import Shell
from desktop.ui.undo import Step, Steps, changes_of
from desktop.ui.worker import NORMAL, Cancelled, Task, Ticket, Worker

Result = TypeVar("Result")


@dataclass(frozen=True)
class Facts:
    """What hardly changes while a workspace is open; made in the thread that opens it, read in any.

    When the district sends down other divisions or codes, the workbench gets other facts.
    """

    folder: Path
    types: Catalogue
    codes: Mapping[str, CodeList]
    divisions: Divisions
    laws: Laws
    unit: OwnUnit
    operator: Operator
    station: str
    not_yet: Problem | None = None
    """Why nothing is recorded here yet: a copy is enrolled first, and opened anew."""

    @classmethod
    def of(cls, session: Session) -> Facts:
        """The facts of a session that was just opened; loads what the first search would wait for."""
        queries.all_initials("一")
        return cls(
            session.workspace.folder,
            session.types,
            session.codes,
            session.reference.divisions,
            session.reference.laws,
            session.unit,
            session.operator,
            session.ledger.station,
            session.workspace.refusal if session.workspace.must_enrol else None,
        )


class Workbench(QObject):
    """Handed to every page. Reading and writing answer later; ``changed`` carries a :class:`ChangeSet`."""

    changed = Signal(object)
    steps_changed = Signal()
    task_changed = Signal(object)
    """The task that the writer works on, or nothing."""
    waiting_changed = Signal()
    waiting_files = 0
    """How many new files the inbox had when it was looked at last."""

    shell: Shell
    """Set by the main window before the first page is made."""
    place: QWidget | None = None
    """What pages are made in; set by the main window."""

    def __init__(self, session: Session, facts: Facts, dialogs: Dialogs, settings: Settings) -> None:
        super().__init__()
        self.facts = facts
        self.dialogs = dialogs
        self.settings = settings
        self.steps = Steps()
        self._session = session
        self._reference = session.reference
        self.writer: Worker[Session] = Worker(
            "writer", lambda: session, lambda s: s.workspace.close(), self.fault
        )
        self.writer.busy_changed.connect(self.task_changed)
        self.reader: Worker[Database] = Worker("reader", session.reader, Database.close, self.fault)
        self._long: Worker[Database] | None = None
        self.drafts = DraftKeeper(session.workspace.drafts, session.environment.now, self.fault)

    @property
    def types(self) -> Catalogue:
        """The record types."""
        return self.facts.types

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """The code lists, places among them."""
        return self.facts.codes

    @property
    def here(self) -> Here:
        """Where one stands, as reading operations want it."""
        return Here(self.facts.types, self.facts.codes, self.facts.unit, self.facts.station)

    def note_waiting(self, count: int) -> None:
        """Keeps how many new files wait in the inbox: whoever looks for them sees it, and the first page says it."""
        if count != self.waiting_files:
            self.waiting_files = count
            self.waiting_changed.emit()

    def today(self) -> datetime.date:
        """The day."""
        return self._session.environment.today()

    def may_write(self, record_type: RecordType, field: Field | None = None) -> bool:
        """Whether this operator at this unit may write a type or a field; the operation checks it again."""
        return self.unwritten is None and self._session.may_write(record_type, field)

    @property
    def unwritten(self) -> Problem | None:
        """Why nobody records anything here, whoever it is."""
        return self.unwritable or self.facts.not_yet

    @property
    def may_wipe(self) -> bool:
        """Whether this operator may destroy the workspace: also one of which nobody knows where it comes from."""
        on_disk = self._session.workspace.unwritable is None
        return on_disk and self.facts.operator.role is Role.ADMIN

    @property
    def role(self) -> Role:
        """As whom the operator may act here: where nothing can be written, whoever it is only looks."""
        return Role.READER if self.unwritable is not None else self.facts.operator.role

    def denied(self, words: str) -> str:
        """Why an act is not offered: for these reasons, unless nothing can be written at all."""
        return self.unwritable.sentence if self.unwritable is not None else words

    def read(
        self,
        job: Callable[[Database, Ticket], Result],
        then: Callable[[Result], None],
        *,
        owner: QObject,
        key: str = "",
        priority: int = NORMAL,
        fail: Callable[[Exception], bool] | None = None,
    ) -> Task[Result]:
        """Reads in the reader's thread and answers while ``owner`` exists; a newer read of the same key replaces it."""
        unique = f"{key}@{id(owner)}" if key else ""
        return self.reader.submit(_given_up(job), then, owner=owner, key=unique, priority=priority, fail=fail)

    def read_drafts(self, then: Callable[[list[Draft], Mapping[str, str]], None], owner: QObject) -> None:
        """Every draft, newest first, and the titles of the records that some of them change, by id."""

        def found(drafts: list[Draft]) -> None:
            def read(database: Database, _ticket: Ticket) -> tuple[list[Draft], dict[str, str]]:
                types, codes, today = self.types, self.codes, self.today()
                names: dict[str, str] = {}
                for draft in drafts:
                    if draft.record and draft.type in types:
                        names |= queries.titles(database, types, codes, draft.type, [draft.record])
                return [d for d in drafts if form_data.is_saved(database, types, codes, today, d)], names

            def arrived(answer: tuple[list[Draft], dict[str, str]]) -> None:
                saved, names = answer
                for draft in saved:
                    self.drafts.drop(draft.key)
                then([draft for draft in drafts if draft not in saved], names)

            if drafts:
                self.read(read, arrived, owner=owner, key="drafts")
            else:
                then(drafts, {})

        self.drafts.all(found, owner)

    def read_long(
        self,
        job: Callable[[Database, Ticket], Result],
        then: Callable[[Result], None],
        *,
        owner: QObject,
        fail: Callable[[Exception], bool] | None = None,
    ) -> Task[Result]:
        """As :meth:`read`, in a thread and on a connection of its own: lists and forms do not wait for it."""
        if self._long is None:
            self._long = Worker("long reads", self._session.reader, Database.close, self.fault)
        return self._long.submit(_given_up(job), then, owner=owner, key=str(id(owner)), fail=fail)

    def write(
        self,
        name: str,
        job: Callable[[Session, Ticket], Result],
        then: Callable[[Result], None] | None = None,
        *,
        owner: QObject | None = None,
        fail: Callable[[Exception], bool] | None = None,
        step: bool = True,
    ) -> Task[Result]:
        """Runs an operation in the writer's thread, tells everybody what changed, and answers while ``owner`` exists.

        ``name`` is shown while it takes long and as what 撤消 takes back, unless ``step`` is not set.
        """

        def run(session: Session, ticket: Ticket) -> Result:
            result = job(session, ticket)
            if any(not changes.empty for changes in changes_of(result)):
                self._reference = session.reference
            return result

        def arrived(result: Result) -> None:
            changes = list(changes_of(result))
            self._renew_facts()
            if step:
                self.steps.done(Step(name, tuple(c.stamp for c in changes if c.stamp)))
                self.steps_changed.emit()
            if then is not None and (owner is None or shiboken6.isValid(owner)):
                then(result)
            self._broadcast(changes)

        return self.writer.submit(run, arrived, fail=fail, name=name, certain=True)

    def _renew_facts(self) -> None:
        """Pages that look again find the divisions and codes that count from now on."""
        here = self._reference
        if here.codes is not self.facts.codes:
            self.facts = replace(self.facts, codes=here.codes, divisions=here.divisions, laws=here.laws)

    def undo(self) -> None:
        """Takes the last step back."""
        step = self.steps.last
        if step is not None:
            self._retract(step, "撤消", self.steps.undone, self.steps.forget_last)

    def redo(self) -> None:
        """Does the last step that was taken back again."""
        step = self.steps.next
        if step is not None:
            self._retract(step, "重做", self.steps.redone, self.steps.forget_next)

    def _retract(
        self, step: Step, doing: str, moved: Callable[[tuple[int, ...]], None], impossible: Callable[[], None]
    ) -> None:
        def job(session: Session, _ticket: Ticket) -> list[ChangeSet]:
            return [records.undo(session, stamp) for stamp in reversed(step.stamps)]

        def then(result: list[ChangeSet]) -> None:
            moved(tuple(c.stamp for c in result if c.stamp))
            self.steps_changed.emit()
            self.shell.tell(Tone.GOOD, f"已{doing}：{step.name}")

        def fail(error: Exception) -> bool:
            if isinstance(error, CannotUndo):
                impossible()
                self.steps_changed.emit()
            return False

        self.write(f"{doing}：{step.name}", job, then, fail=fail, step=False)

    def _broadcast(self, changes: list[ChangeSet]) -> None:
        """Says it once: pages that looked again for each of two hundred letters would be at it for minutes."""
        told = [change for change in changes if not change.empty]
        if len(told) > 1:
            changed: dict[str, dict[str, None]] = {}
            for change in told:
                for name, ids in change.records.items():
                    changed.setdefault(name, {}).update(dict.fromkeys(ids))
            everything = any(change.everything for change in told)
            told = [ChangeSet(told[-1].stamp, {n: tuple(ids) for n, ids in changed.items()}, everything)]
        for change in told:
            self.changed.emit(change)

    def fault(self, error: Exception) -> None:
        """Shows what nobody took: a problem as a sentence, a bug as the dialog for bugs."""
        problem = told_of(error)
        if isinstance(problem, EditedSince) and not self.types[problem.type].by_program:
            place = problem.type, problem.record
            self.shell.tell(Tone.ERROR, str(problem), "打开这条记录", lambda: self.shell.open_record(*place))
        elif problem is not None:
            self.shell.tell(Tone.ERROR, str(problem))
        else:
            faults.report(error)

    def close(self) -> None:
        """Lets the workers finish what they have, and closes the workspace."""
        self.drafts.close()
        self.reader.close()
        if self._long is not None:
            self._long.close()
        self.writer.close()

    @property
    def unwritable(self) -> Problem | None:
        """Why this ledger can only be read, if that is so."""
        return self._session.workspace.only_shown

    def backup_behind(self) -> Behind | None:
        """How far the backup is behind, nothing when it is not."""
        keeper = self._session.workspace.keeper
        return keeper.behind if keeper is not None else None

    def catch_up(self) -> None:
        """Lets the backup try again, once the writer has time."""

        def job(session: Session, _ticket: Ticket) -> None:
            if (keeper := session.workspace.keeper) is not None:
                keeper.catch_up()

        self.write("", job, step=False)

    def idle(self) -> bool:
        """Whether nothing is being read, written or kept."""
        reading = not self.reader.idle or (self._long is not None and not self._long.idle)
        return not reading and self.writer.idle and self.drafts.idle


def told_of(error: Exception) -> Problem | None:
    """What a user is told of an error; nothing for one that only a mistake of ours explains."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError) and is_surroundings(error):
        return surroundings(error)
    return problem_of(error)


def _given_up(job: Callable[[Database, Ticket], Result]) -> Callable[[Database, Ticket], Result]:
    """The same reading, given up where it stands when it is cancelled: whoever types on does not wait for it."""

    def run(database: Database, ticket: Ticket) -> Result:
        try:
            with database.while_wanted(lambda: not ticket.cancelled):
                return job(database, ticket)
        except Interrupted as interrupted:
            raise Cancelled from interrupted

    return run
