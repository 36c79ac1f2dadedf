"""Stations for tests: workspaces in a temporary folder with a clock that ticks and repeatable randomness."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from desktop.operations.session import Session, open_session
from desktop.operations.stations import applying, enrolling, exchange
from desktop.operations.templates import templates
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import Cost
from desktop.sync.bundles.kept import frame_of
from desktop.sync.merging.results import MergeReport

CHEAP = Cost(memory=8, passes=1, lanes=1)
START = 1_795_420_800_000
"""2026-11-23 in milliseconds."""


def repeatable(seed: str, start: int = START) -> Environment:
    """An environment whose clock moves a second a look and whose randomness follows from a seed."""
    ticks = itertools.count(start, 1000)
    counter = itertools.count()

    def random(size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += hashlib.sha256(f"{seed}:{next(counter)}".encode()).digest()
        return found[:size]

    return Environment(lambda: next(ticks), random)


def station(folder: Path, code: str, name: str, level: Level, operator: str = "王芳") -> Session:
    """A new workspace."""
    return workspaces.create(
        folder / name,
        code=code,
        name=name,
        level=level,
        operator=operator,
        password="password1",
        environment=repeatable(name),
        cost=CHEAP,
    )


def laptop(
    folder: Path,
    seed: str,
    code: str = "330110109",
    name: str = "径山镇总工会",
    level: Level = Level.TOWN,
) -> Session:
    """Another computer of a unit, whose keys are its own."""
    return workspaces.create(
        folder / seed, code=code, name=name, level=level, operator="王芳", password="password1",
        environment=repeatable(seed), cost=CHEAP,
    )  # fmt: skip


def twin(session: Session, folder: Path) -> Session:
    """The same station once more, from a copied disk and an hour later."""
    with unnoticed_copy(session.workspace.folder, folder):
        return open_session(
            folder, session.operator.name, "password1", repeatable(str(folder.name), START + 3_600_000)
        )


@contextlib.contextmanager
def unnoticed_copy(original: Path, copy: Path) -> Iterator[None]:
    """A copy that is opened where the original is not to be seen, as on a disk that is not in this computer."""
    shutil.copytree(original, copy)
    away = original.rename(original.with_name(f"{original.name} away"))
    try:
        yield
    finally:
        away.rename(original)


def enrol(below: Session, desk: Session, folder: Path, *, delegate: bool = False) -> None:
    """The three files of enrolment."""
    name = below.unit.name
    applying.request(below, folder / f"{name}.xsq")
    enrolling.grant(desk, folder / f"{name}.xsq", folder / f"{name}.xsg", delegate=delegate, compared=None)
    applying.accept(below, folder / f"{name}.xsg", folder / f"{name}.xsa", compared=None)
    enrolling.confirm(desk, folder / f"{name}.xsa")


def report_up(below: Session, desk: Session, folder: Path) -> MergeReport:
    """A bundle up, merged, and the receipt down."""
    sent = exchange.send(below, folder / f"{below.unit.name}-{next(_NUMBERS)}.xsj")
    report = exchange.merge(desk, [sent.path])
    down = exchange.send(
        desk, folder / f"{below.unit.name}-{next(_NUMBERS)}.down.xsj", to=below.ledger.station
    )
    answered = exchange.receive(below, [down.path])
    if answered.bundles[0].problem is not None:
        raise answered.bundles[0].problem
    return report


_NUMBERS = itertools.count(1)


def forged(session: Session, cells: Mapping[str, Cell], unit: str, type_name: str = "enterprise") -> str:
    """A record of a unit that is not below this one's, as only another program writes it; its id."""
    birth = NewRecord(type_name, session.ledger.new_id(), unit, cells)
    session.ledger.write("新增", session.operator.name, births=[birth])
    return birth.record


def written_by_hand(session: Session, key: str, content: str, **given: Cell) -> None:
    """What another program, or another edition of this one, could have written."""
    values: dict[str, Cell] = {"key": key, "label": "x", "version": "外来", "content": content, **given}
    birth = NewRecord(templates.TYPE, session.ledger.new_id(), session.unit.id, values)
    session.ledger.write("x", "x", births=[birth])


def texts(session: Session) -> str:
    """Every cell of every table, search index included, and every stored segment unpacked."""
    found = [repr(row) for (table,) in session.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
             for row in session.database.rows(f'SELECT * FROM "{table}"')]  # fmt: skip
    found += [frame_of(f).plain().decode() for (f,) in session.database.rows("SELECT frame FROM segment")]
    return "\n".join(found)
