"""Wiping a workspace at hand-over: the unit's name is typed, a word is signed for the level above, nothing is left.

What lies outside the workspace is not in the program's hands: bundles can only be opened by their receiver, and of
tables and papers it can say no more than when and how many were written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.file_names import free_path, safe_name
from desktop.operations.session import Session
from desktop.records.typed.dates import china_time
from desktop.renaming import write_whole
from desktop.store.peers import links
from desktop.store.peers import traffic as exchanged
from desktop.store.workspaces import audit as log
from desktop.store.workspaces import wiping as disk
from desktop.store.workspaces.wiping import Wiped
from desktop.sync.authority import station
from desktop.sync.enrolling import wiped
from desktop.sync.enrolling.wiped import Statement
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.formats import files, sorts

ENDING = ".xsw"
_READABLE = (audit.Act.EXPORTED, audit.Act.RETURNED, audit.Act.LIST_PRINTED, audit.Act.PRINTED)


class NotTheName(UsageProblem):
    """What was typed is not the name of the unit."""

    next_step = "什么都没有清除；确实要清除时，请一字不差地输入单位名称。"
    help_anchor = "operators"


class Unsent(StateProblem):
    """Something was written that nobody above has confirmed: it would be gone."""

    exit_code = 22
    next_step = "请先上报并收取上级的回执；确实不要了，再说一次“没有上报的也清除”。"
    help_anchor = "operators"


class InsideItself(UsageProblem):
    """The confirmation would be destroyed with the workspace."""

    next_step = "请把清除确认保存到U盘或别的文件夹。"
    help_anchor = "operators"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What wiping would destroy: the unit's name to be typed, what nobody has confirmed, what is being typed.

    ``outside`` are tables and papers that were written from here and that a person has to look for.
    """

    name: str
    unsent: int
    drafts: int
    outside: tuple[str, ...]


PENDING = ".未完成"
"""What the name of a word ends with whose wiping is not done."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A wiping that is confirmed: the signed word of an enrolled station, and the folder that is to be destroyed.

    Until that is done the word lies beside its place under another name: nobody shall have it of a ledger that lives.
    ``word`` is its digest: it is known by that, whatever else waits in the same place.
    """

    folder: Path
    statement: Path | None
    word: str = ""

    @property
    def lost(self) -> bool:
        """Whether there was a word that is not at the place that was named."""
        return bool(self.word) and self.statement is None


def look(session: Session) -> Outlook:
    """What a person has to know before. Raises ``NotAllowed``: only an administrator wipes."""
    session.require()
    drafts = session.workspace.drafts()
    try:
        typed = len(drafts.all())
    finally:
        drafts.close()
    outside = tuple(
        f"{china_time(line.at):%Y-%m-%d} {line.action} {audit.readable(session.types, line.detail)}"
        for line in log.lines(session.database)
        if line.action in _READABLE and line.detail
    )
    return Outlook(session.unit.name, _unsent(session), typed, outside)


def confirm(session: Session, typed: str, out: Path | None = None, *, unsent_too: bool = False) -> Confirmed:
    """Writes the signed word (`.xsw`; a file or a folder for it) and notes it; nothing is destroyed yet.

    A station that is not enrolled has nobody to tell. Raises ``NotAllowed``, :class:`NotTheName`, :class:`Unsent`,
    :class:`InsideItself` and what the disk raises.
    """
    session.require()
    unit, folder = session.unit, session.workspace.folder
    if typed.strip() != unit.name:
        raise NotTheName("输入的不是本单位的名称。")
    unsent = _unsent(session)
    if unsent and not unsent_too:
        raise Unsent(f"还有{unsent}项上级没有确认收到，清除以后就没有了。")
    chain = station.own_chain(session.ledger)
    statement, word = None, ""
    if chain and out is not None:
        # Two computers of one unit give it one name, and none can write its word a second time.
        name = f"{safe_name(unit.name)}_清除确认{ENDING}"
        statement = free_path(out / name, PENDING) if out.is_dir() else out
        if folder.resolve() in statement.resolve().parents:
            raise InsideItself("清除确认不能放在要清除的台账里。")
        said = Statement(
            session.ledger.station, session.ledger.incarnation, session.ledger.next_number() - 1, unsent,
            unit.code, unit.name, unit.level, session.environment.now(),
        )  # fmt: skip
        with plain_problems():
            data = wiped.make(station.load_keys(session.ledger), chain, said)
            write_whole(_pending(statement), data)
        word = hashlib.sha256(data).hexdigest()
    if session.workspace.refusal is None:
        # Nothing is written where nobody knows whose ledger it is, or where the disk is full; it can be wiped all the
        # same.
        audit.note(session, audit.Act.WIPED, f"没有确认的{unsent}项")
    return Confirmed(folder, statement, word)


def destroy(confirmed: Confirmed) -> Wiped:
    """Destroys the workspace, which is closed by now. Raises ``InUse`` and what the disk raises."""
    with plain_problems():
        done = disk.wipe(confirmed.folder, confirmed.word)
        if confirmed.statement is not None:
            _pending(confirmed.statement).replace(confirmed.statement)
        return done


def go_on(folder: Path, out: Path | None = None) -> Confirmed:
    """A wiping that was interrupted, with its own word if that waits at this place; others' words are left alone."""
    word = disk.word_of(folder)
    pending = [] if out is None else sorted(out.glob(f"*{PENDING}")) if out.is_dir() else [_pending(out)]
    own = next((path for path in pending if word and path.is_file() and _digest(path) == word), None)
    return Confirmed(folder, None if own is None else own.with_name(own.name.removesuffix(PENDING)), word)


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pending(statement: Path) -> Path:
    return statement.with_name(statement.name + PENDING)


def read_statement(desk: Session, path: Path) -> tuple[Statement, int]:
    """A signed word of a station below, and how many of its items are missing here.

    Raises what ``wiped.read`` raises.
    """
    with plain_problems(), sorts.telling(path, sorts.WIPED):
        data = files.read_limited(path, wiped.MAX_FILE * 2)
        said = wiped.read(data, station.knowledge(desk.ledger, station.load_keys(desk.ledger)).state)
    held = exchanged.held_upto(desk.database, said.station, said.incarnation)
    return said, max(said.last - held, 0)


def held_words(said: Statement, missing: int) -> tuple[bool, str]:
    """Whether all that a wiped computer had written is here, as far as its word tells, and that in words.

    It names the last item of its newest incarnation alone. Where more was unconfirmed than that has, some of it is of
    before a restore, or was passed on for others.
    """
    if missing:
        # A bundle that lies on a stick is refused once the computer is out of use.
        return False, (
            f"它写的内容有{missing}项本机没有收到，那台电脑上也没有了：U盘里还有它导出的数据包的，先合并，再停用它。"
        )
    if said.unsent > said.last:
        return False, (
            f"清除时有{said.unsent}项还没有得到上级确认，有的是它恢复备份以前写的或者替别人转的，"
            "本机不一定都收到了：请把它最后写好的数据包找来再收一次，没有就核对一遍。"
        )
    return True, "它写的内容本机都已收到。"


def _unsent(session: Session) -> int:
    """What a level above has not confirmed; who has nobody above keeps the only whole ledger there is."""
    upward = next((link for link in links.all_links(session.database) if link.upward), None)
    if upward is None:
        return session.ledger.next_number() - 1
    return exchanged.count_waiting(session.database, upward.acknowledged)
