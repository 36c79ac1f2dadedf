"""Opens and makes workspaces in a thread, because deriving the key from a password takes a second on purpose.

The same thread loads the program behind the login while the user types the password; so nothing of it is imported
at the top of this module or of those that the login needs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from desktop.documents.font_files import DamagedFontBundle, lending_font_paths
from desktop.errors import Problem
from desktop.ui import faults, theme
from desktop.ui.worker import LATER, Task, Ticket, Worker

if TYPE_CHECKING:
    from desktop.operations.session import Session
    from desktop.operations.workspaces.recovery import Offered, Requested, Standing
    from desktop.operations.workspaces.whereabouts import Origin
    from desktop.records.declaration import Level
    from desktop.store.tables.environment import Environment
    from desktop.store.workspaces.backups import Backup
    from desktop.store.workspaces.keys import Cost
    from desktop.ui.workbench import Facts

Result = TypeVar("Result")
Fail = Callable[[Problem], None]
"""Gets what the user can mend."""
_COPY_WORDS = (
    "这是从另一台电脑复制来的台账，办好入网以前只能看，不能录入。\n"
    "请到“上报与合并”的“入网”里导出申请，交给上级。"
)
_BEHIND = (
    "desktop.operations.workspaces.workspaces",
    "desktop.ui.window",
    "desktop.ui.lists.page",
    "desktop.ui.forms.page",
)


@dataclass(frozen=True)
class Opened:
    """A session with its facts, ready for the main window."""

    session: Session
    facts: Facts
    words: str = ""
    """What a user has to know of how it was opened."""
    told: str = ""
    """What was done on the way in, to be read in passing."""


Then = Callable[[Opened], None]


@dataclass(frozen=True)
class Wish:
    """What a new workspace is to be."""

    folder: Path
    level: Level
    code: str
    name: str
    operator: str
    password: str


class Opener(QObject):
    """One thread for it; ``cost`` and ``environment`` are set by tests."""

    def __init__(self, environment: Environment | None = None, cost: Cost | None = None) -> None:
        super().__init__()
        self._environment = environment
        self._cost = cost
        self._worker: Worker[None] = Worker("opener", lambda: None, lambda _nothing: None, faults.report)

    def load_program(self) -> None:
        """Imports what stands behind the login, one module at a time, when there is nothing else to do."""
        for name in _BEHIND:
            self._worker.submit(partial(_load, name), priority=LATER)
        # A font that is damaged is told of when something is printed, which cannot do without.
        self._worker.submit(
            lambda _nothing, _ticket: lending_font_paths(),
            theme.lend_characters,
            fail=lambda error: isinstance(error, DamagedFontBundle),
            priority=LATER,
        )

    # What is only looked at has an owner: a page that is gone when the answer comes wants none.

    def operators(self, owner: QObject, folder: Path, then: Callable[[list[str]], None]) -> None:
        """The names that may open a workspace; only the newest question is answered."""
        self._worker.submit(
            lambda _nothing, _ticket: operators_of(folder), then, owner=owner, key="operators"
        )

    def open(self, folder: Path, operator: str, password: str, then: Then, fail: Fail) -> Task[Opened]:
        """Opens a workspace; ``fail`` gets what the user can mend."""

        def session() -> Session:
            from desktop.operations.session import open_session

            return open_session(folder, operator, password, self._environment)

        return self._submit(partial(_translated, session), then, fail)

    def waiting(self, folder: Path, operator: str) -> int:
        """How many seconds an operator has to wait after wrong passwords; the waiting begins now at the latest."""
        from desktop.store.tables.environment import Environment
        from desktop.store.workspaces.attempts import Attempts

        # Less than half a second is waited by the opening itself.
        return round(Attempts(folder).left(operator, self._environment or Environment()))

    def create(self, wish: Wish, then: Then, fail: Fail) -> Task[Opened]:
        """Makes a workspace and opens it."""

        def job(_nothing: None, _ticket: Ticket) -> Opened:
            from desktop.operations.workspaces import workspaces

            return _opened(
                workspaces.create(
                    wish.folder,
                    code=wish.code,
                    name=wish.name,
                    level=wish.level,
                    operator=wish.operator,
                    password=wish.password,
                    environment=self._environment,
                    cost=self._cost,
                )
            )

        return self._submit(job, then, fail)

    def restore(
        self, folder: Path, source: Path, operator: str, password: str, then: Then, fail: Fail
    ) -> Task[Opened]:
        """Puts a backup with its journal in the place of a damaged ledger and opens it."""

        def job(_nothing: None, _ticket: Ticket) -> Opened:
            from desktop.operations.workspaces import restoring
            from desktop.store.tables.database import translated

            with translated():
                done = restoring.restore(folder, source, operator, password, self._environment)
            return _opened(done.session, restored_words(done.source.name, done.steps, done.lost))

        return self._submit(job, then, fail)

    def backups(self, owner: QObject, folder: Path, then: Callable[[list[Backup]], None]) -> None:
        """The backups of a workspace, newest first."""

        def job(_nothing: None, _ticket: Ticket) -> list[Backup]:
            from desktop.operations.workspaces import restoring

            return restoring.backups(folder)

        self._worker.submit(job, then, owner=owner)

    # -- a forgotten password, and where a ledger comes from ---------------------------------------------------------

    def recovery_standing(
        self, owner: QObject, folder: Path, then: Callable[[Standing], None], fail: Fail
    ) -> None:
        """What can be done in a workspace that nobody gets into."""

        def job(_nothing: None, _ticket: Ticket) -> Standing:
            from desktop.operations.workspaces import recovery

            return recovery.standing(folder)

        self._submit(job, then, fail, owner=owner)

    def ask_recovery(
        self,
        folder: Path,
        operator: str,
        new_password: str,
        out: Path,
        then: Callable[[Requested], None],
        fail: Fail,
    ) -> None:
        """Writes a request to the level above."""

        def job(_nothing: None, _ticket: Ticket) -> Requested:
            from desktop.operations.workspaces import recovery

            return recovery.ask(folder, operator, new_password, out, self._environment, self._cost)

        self._submit(job, then, fail)

    def look_answer(
        self, owner: QObject, folder: Path, path: Path, then: Callable[[Offered], None], fail: Fail
    ) -> None:
        """An answer of the level above; nothing is taken in yet."""

        def job(_nothing: None, _ticket: Ticket) -> Offered:
            from desktop.operations.workspaces import recovery

            return recovery.look_answer(folder, path)

        self._submit(job, then, fail, owner=owner)

    def take_answer(self, folder: Path, path: Path, new_password: str, then: Then, fail: Fail) -> None:
        """Takes the answer in and opens the workspace."""

        def session() -> Session:
            from desktop.operations.workspaces import recovery

            return recovery.take(folder, path, new_password, self._environment, cost=self._cost)

        self._submit(partial(_translated, session, renewed=True), then, fail)

    def open_by_code(
        self, folder: Path, operator: str, code: str, new_password: str, then: Then, fail: Fail
    ) -> None:
        """Opens a workspace by its recovery code and sets a new password."""

        def session() -> Session:
            from desktop.operations.workspaces import recovery

            return recovery.open_by_code(
                folder, operator, code, new_password, self._environment, cost=self._cost
            )

        self._submit(partial(_translated, session, renewed=True), then, fail)

    def settle(self, opened: Opened, origin: Origin, then: Then, fail: Fail) -> None:
        """Takes the answer where a ledger comes from; the facts of the session may be others then."""

        def job(_nothing: None, _ticket: Ticket) -> Opened:
            from desktop.operations.workspaces import whereabouts
            from desktop.store.tables.database import translated

            with translated():
                whereabouts.settle(opened.session, origin)
                # The session is the caller's, whatever comes of it.
                return replace(_shown(opened.session, ""), told=opened.told)

        self._submit(job, then, fail)

    def _submit(
        self,
        job: Callable[[None, Ticket], Result],
        then: Callable[[Result], None],
        fail: Fail,
        owner: QObject | None = None,
    ) -> Task[Result]:
        def failed(error: Exception) -> bool:
            if isinstance(error, Problem):
                fail(error)
                return True
            return False

        # Certain: a workspace that was opened must be closed by somebody, even if the window is gone by then.
        return self._worker.submit(job, then, fail=failed, owner=owner, certain=owner is None)

    @property
    def idle(self) -> bool:
        """Whether nothing is being opened."""
        return self._worker.idle

    def close(self) -> None:
        """Ends the thread."""
        self._worker.close()


def operators_of(folder: Path) -> list[str]:
    """The names that may open a workspace; empty when the folder is none or cannot be read."""
    from desktop.store.workspaces.keys import KeySlots

    try:
        return list(KeySlots.load(folder).names)
    except (OSError, ValueError, KeyError):
        return []


def _load(module: str, _nothing: None, _ticket: Ticket) -> None:
    importlib.import_module(module)


def _translated(
    session: Callable[[], Session], _nothing: None, _ticket: Ticket, *, renewed: bool = False
) -> Opened:
    """What stands behind a session that is opened, with the engine's errors in words."""
    from desktop.store.tables.database import translated

    with translated():
        return _opened(session(), renewed=renewed)


def _opened(session: Session, words: str = "", *, renewed: bool = False) -> Opened:
    """Where what is shown first cannot be read, nobody gets the session: it is given free, to be restored."""
    try:
        return _shown(session, words, renewed=renewed)
    except BaseException:
        session.workspace.let_go()
        raise


def _shown(session: Session, words: str, *, renewed: bool = False) -> Opened:
    """``renewed``: who comes in has got another password by it, and is told that this one counts now."""
    from desktop.operations.workspaces import operators, recovery, synced
    from desktop.ui.workbench import Facts

    recovery.after_opening(session)
    if session.workspace.must_enrol:
        words = words or _COPY_WORDS
    if session.workspace.unwritable is not None:
        words = str(session.workspace.unwritable)
    words = "\n\n".join(filter(None, (words, synced.tell(session))))
    duty = operators.duties(session.database).get(session.operator.name, "") if renewed else ""
    return Opened(session, Facts.of(session), words, operators.changed_words(duty) if renewed else "")


def restored_words(source: str, steps: int, lost: str) -> str:
    """What a restore brought back, and what it may have ``lost``, for the user to check."""
    more = f"，备份以后的{steps}步操作也已补上" if steps else ""
    return f"已用备份“{source}”恢复{more}。{lost}原来的数据库留在 backups 文件夹里，至少留三十天。"
