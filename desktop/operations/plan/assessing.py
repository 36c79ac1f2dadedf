"""Scores that are computed from the records: what each criterion is worth, and putting that into an assessment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from desktop.errors import StateProblem
from desktop.operations.recording import admitting, records
from desktop.operations.session import Session
from desktop.plan import assessed
from desktop.plan.assessed import Worth
from desktop.records.reckoning.assessing import STEPS
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, NotFound, SlotEdit
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

ASSESSMENT, SCORE, TEMPLATE, CRITERION = (
    "assessment", "assessment_score", "assessment_template", "assessment_criterion"
)  # fmt: skip


LOOKED_AT = frozenset({
    "union", "officer", "attendance", "course", "meeting", "congress", "proposal", "collective_contract",
    "inspector", "service_site", "member",
})  # fmt: skip
"""The types of the records that scores are computed from."""


class NothingComputed(StateProblem):
    """No row of an assessment waits for a score that the records give."""

    exit_code = 22
    next_step = "请看评价模板里哪些项目的数据来源是“自动”、取什么数；别的项目请手工打分。"


def computed(
    database: Database, types: Catalogue, values: Mapping[str, Cell], today: datetime.date
) -> dict[str, Worth]:
    """What the criteria of an assessment with these values are worth by the records, by the criteria's ids."""
    template, union = str(values.get(TEMPLATE) or ""), str(values.get("union") or "")
    if not template:
        return {}
    criteria = reading.records(database, types, Query(CRITERION, children_of=template))
    as_of = assessed.day_of(values.get("year"), today)
    return assessed.of_union(database, union, {c.id: c.values for c in criteria}, as_of)


def as_cells(worth: Worth) -> dict[str, Cell]:
    """What a score keeps of it."""
    return {"computed_score": worth.points, "computed_from": worth.words}


def fill_in(session: Session, assessment: str) -> ChangeSet:
    """Gives every row without a score of one's own step the one that the records give, in one step.

    Raises ``NotFound``, :class:`NothingComputed`, ``NotAllowed``.
    """
    held = records.load(session, ASSESSMENT, assessment)
    if held is None or held.life is Life.DELETED:
        raise NotFound(f"没有找到编号是{assessment}的工会评价。")
    found = computed(session.database, session.types, held.values, session.environment.today())
    score_type = session.types[SCORE]
    steps = [s for s in STEPS if session.may_write(score_type, score_type.by_name[f"{s}_score"])]
    edits: list[SlotEdit] = []
    for row in records.children(session, SCORE, assessment):
        worth = found.get(str(row.values.get("criterion") or ""))
        if not steps or worth is None or worth.points is None:
            continue
        own = f"{steps[-1]}_score"
        if row.values.get(own) is None:
            cells = {own: worth.points, **as_cells(worth)}
            admitting.check_rights(session, score_type, cells)
            edits += records.slot_edits(session, score_type, row.id, cells)
    if not edits:
        raise NothingComputed("没有可以按记录打分的项目，或者都已经打了分。")
    return session.ledger.write("按记录打分", session.operator.name, edits=edits)
