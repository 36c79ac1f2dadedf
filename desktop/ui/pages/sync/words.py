"""Words that the parts of the sync page share: how many of what, and who may say what counts."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.operations.policy import Loss
from desktop.operations.traffic import Count
from desktop.records.declaration import Role
from desktop.ui.pages.sync.preview import short_label
from desktop.ui.workbench import Workbench

_MOST_TYPES = 6


def counted(counts: Sequence[Count | Loss]) -> str:
    """“企业新增3条、修改1处；会员新增30条”, the largest first."""
    ranked = sorted(counts, key=lambda c: -(c.births + c.changes))
    words = []
    for c in ranked[:_MOST_TYPES]:
        parts = [f"新增{c.births}条" if c.births else "", f"修改{c.changes}处" if c.changes else ""]
        words.append(f"{short_label(c.label)}{'、'.join(filter(None, parts))}")
    more = f"；等{len(ranked)}类" if len(ranked) > _MOST_TYPES else ""
    return "；".join(words) + more


def may_decide(workbench: Workbench) -> bool:
    """Whether this operator may say what counts; the operation asks again."""
    return workbench.facts.operator.role in (Role.ADMIN, Role.DESK)
