"""What the parts of the sync page share: how many of what in words, who may say what counts, receipts, refusals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton

from desktop.operations.quantities import Count, told
from desktop.records.declaration import Role
from desktop.ui.parts import Note, link
from desktop.ui.widgets.reach import lead_to
from desktop.ui.workbench import Workbench

_MOST_TYPES = 6


def counted(counts: Sequence[Count]) -> str:
    """“企业新增3条、修改1处；会员新增30条、删除1条”, the largest first; files as files."""
    ranked = sorted(told(counts), key=lambda c: -c.items)
    words = [c.words for c in ranked[:_MOST_TYPES]]
    more = f"；等{len(ranked)}类" if len(ranked) > _MOST_TYPES else ""
    return "；".join(words) + more


def may_decide(workbench: Workbench) -> bool:
    """Whether this operator may say what counts; the operation asks again."""
    return workbench.role in (Role.ADMIN, Role.DESK)


def to_receipts(workbench: Workbench) -> QPushButton:
    """The way to the receipts: what was said here about others reaches them with the next one."""
    return link("去写回执", lambda: workbench.shell.open_page("sync", part="receipts"))


def refuse_in_view(note: Note, error: Exception, words: str) -> bool:
    """As the note refuses; among long cards it may stand below what is in view, and nothing seems to have happened."""
    told = note.refuse(error, words)
    if told:
        lead_to(note)
    return told
