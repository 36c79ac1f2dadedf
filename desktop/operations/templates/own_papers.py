"""The papers that a unit or one above it added, for pages that load nothing of paper as long as there are none."""

from __future__ import annotations

import datetime

from desktop.documents.papers.templates import PaperTemplate
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

_TYPE = "paper_template"
_PREFIX = "own_"


def added_papers(
    database: Database, types: Catalogue, unit: str, today: datetime.date
) -> list[PaperTemplate]:
    """Those that a unit has on a day; whoever chooses one that cannot be used is told why."""
    held = reading.records(database, types, Query(_TYPE, order=reading.NEWEST_ORDER))
    if not any(str(record.values.get("key") or "").startswith(_PREFIX) for record in held):
        return []
    from desktop.operations.templates import templates

    return templates.own_papers(database, types, unit, today, unusable=True)
