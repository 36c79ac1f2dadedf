"""The logic check (逻辑检查): every record against its declaration's rules, errors and warnings in one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.operations.records import check_context
from desktop.operations.session import Session
from desktop.records.checks import Checker, Context, Finding
from desktop.store import reading
from desktop.store.reading import Query


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found on one record."""

    type: str
    record: str
    title: str
    findings: tuple[Finding, ...]


Progress = Callable[[int, int], None]
"""Called with done and total; may raise to cancel."""

_PAGE = 1_000


def logic_check(
    session: Session, types: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Checked]:
    """The records on which something is to be mended or explained, type by type; empty when all is right (逻辑正确)."""
    wanted = [session.types[name] for name in (types or session.types)]
    total = sum(reading.count(session.database, session.types, Query(t.name)) for t in wanted)
    done = 0
    found: list[Checked] = []
    for record_type in wanted:
        checker = Checker(record_type)
        related = bool(session.types.children(record_type.name)) or record_type.parent is not None
        plain = Context(session.environment.today())
        numbers = reading.row_numbers(session.database, session.types, Query(record_type.name))
        for start in range(0, len(numbers), _PAGE):
            page = reading.page(session.database, record_type, numbers[start : start + _PAGE])
            for held in page.values():
                context = check_context(session, held) if related else plain
                findings = checker(held.values, context)
                if findings:
                    title = record_type.title_of(held.values)
                    found.append(Checked(record_type.name, held.id, title, tuple(findings)))
            done += len(page)
            if progress is not None:
                progress(done, total)
    return found
