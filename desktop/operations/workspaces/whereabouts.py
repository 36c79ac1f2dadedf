"""Where a workspace in doubt comes from, as a person says it (rule 23): restored, moved, or a copy beside the original.

A restored or moved one goes on in a new incarnation, so that no number is given twice whatever became of the other
ledger. A copy becomes a laptop of its own: new keys, no links, and nothing written until it is enrolled.
"""

from __future__ import annotations

import enum

from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.session import Session
from desktop.operations.workspaces import recovery_notes as notes
from desktop.records.declaration import Role
from desktop.sync.authority import station
from desktop.sync.bundles import sending
from desktop.sync.enrolling import copies
from desktop.sync.signed import identity


class Origin(enum.StrEnum):
    """What a person says."""

    RESTORED = "restored"
    MOVED = "moved"
    COPIED = "copied"


WORDS = {
    Origin.RESTORED: "用以前的备份恢复的",
    Origin.MOVED: "整个搬来的，原来的不再用",
    Origin.COPIED: "复制来的，原来的还在用",
}
"""The answers as they stand in the audit log."""


class NotInDoubt(StateProblem):
    """There is nothing to say: this is the ledger that was opened here last."""

    exit_code = 22
    next_step = "不用说明，可以直接使用。"


def settle(session: Session, origin: Origin) -> None:
    """Takes the answer. Raises ``NotAllowed`` for who may not write, and :class:`NotInDoubt`.

    After :attr:`Origin.COPIED` the session goes on read-only under its new name.
    """
    session.require(Role.DESK, Role.EDITOR)
    workspace, ledger = session.workspace, session.ledger
    doubt = workspace.doubt
    if doubt is None:
        raise NotInDoubt("这份台账和上次关闭时一样。")
    workspace.doubt = None
    try:
        with session.database.transaction():
            # What was written before belongs to who wrote it, in either case.
            sending.cut_own(ledger, station.load_keys(ledger))
            if origin is Origin.COPIED:
                copies.become_another(ledger, identity.generate(session.environment.random))
                notes.keep_seal(workspace.slots, None)
            else:
                station.begin_incarnation(ledger, identity.new_incarnation(session.environment.random))
                station.note_restored(ledger)
            audit.note(session, audit.Act.ORIGIN_TOLD, WORDS[origin])
    except BaseException:
        workspace.doubt = doubt
        raise
    workspace.settled(copied=origin is Origin.COPIED)
