"""The stage of the story: a clock that ticks, randomness that repeats, stations, and values as people type them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import applying, enrolling, exchange
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.records.typed.values import parse_cell
from desktop.records.versions.item_outcomes import OUTCOMES
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import Cost

START = 1_795_395_600_000
"""2026-11-23 09:00 in China, in milliseconds since 1970: the story always happens on that day."""
LATER = START + 3_600_000
"""An hour later, when somebody looks at what the story has left."""
PASSWORD = "demo-password"
DISTRICT = "余杭区总工会"
DISTRICT_OPERATOR = "周敏"
CHEAP = Cost(memory=64, passes=1, lanes=1)
"""The demo's key slots protect nothing, so they cost nothing."""


def repeatable(seed: str, start: int = START) -> Environment:
    """An environment whose clock moves a second at each look and whose randomness follows from a seed."""
    ticks = itertools.count(start, 1000)
    counter = itertools.count()

    def random(size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += hashlib.sha256(f"{seed}:{next(counter)}".encode()).digest()
        return found[:size]

    return Environment(lambda: next(ticks), random)


@dataclass
class Stage:
    """Where the story plays: its folder, its stations by short name, and who is told what happens."""

    folder: Path
    say: Callable[[str], None]
    stations: dict[str, Session] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)

    def place(self, *parts: str) -> Path:
        """A path below the story's folder, its folder made."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def found(self, short: str, code: str, name: str, level: Level, operator: str) -> Session:
        """A new station with its workspace."""
        session = workspaces.create(
            self.place("台账", name),
            code=code,
            name=name,
            level=level,
            operator=operator,
            password=PASSWORD,
            environment=repeatable(name),
            cost=CHEAP,
        )
        self.stations[short] = session
        return session

    def enrol(self, below: str, above: str, *, delegate: bool = False) -> None:
        """The three files of enrolment between two stations; nobody is there to compare words."""
        lower, upper = self.stations[below], self.stations[above]
        name = lower.unit.name
        asked = applying.request(lower, self.place("入网", f"{name}.xsq"))
        enrolling.grant(
            upper, asked.path, self.place("入网", f"{name}.xsg"), delegate=delegate, compared=None
        )
        applying.accept(
            lower, self.place("入网", f"{name}.xsg"), self.place("入网", f"{name}.xsa"), compared=None
        )
        enrolling.confirm(upper, self.place("入网", f"{name}.xsa"))

    def enter(self, short: str, type_name: str, values: Mapping[str, object], key: str = "") -> str:
        """Saves a record from values as people type them; its id is kept under ``key``."""
        session = self.stations[short]
        saved = records.save(session, type_name, cells(session, type_name, values))
        if key:
            self.records[key] = saved.record
        return saved.record

    def report(self, below: str, above: str) -> None:
        """A bundle up, a preview, the merge, and the receipt down."""
        lower, upper = self.stations[below], self.stations[above]
        sent = exchange.send(lower, self.place("数据包", "上报") / f"{lower.unit.name}_{_next(self)}.xsj")
        merged = exchange.merge(upper, [sent.path]).bundles[0]
        if merged.problem is not None:
            raise merged.problem
        down = exchange.send(
            upper,
            self.place("数据包", "回执") / f"{lower.unit.name}_{_next(self)}_回执.xsj",
            to=lower.ledger.station,
        )
        answered = exchange.receive(lower, [down.path]).bundles[0]
        if answered.problem is not None:
            raise answered.problem
        self.say(
            f"　{lower.unit.name} → {upper.unit.name}：共{merged.total}项，"
            + "，".join(f"{words}{getattr(merged, outcome)}" for outcome, words in OUTCOMES.items())
            + "；回执已送回"
        )


def cells(session: Session, type_name: str, values: Mapping[str, object]) -> dict[str, str | int | None]:
    """Stored cells of typed values; raises ``ValueError`` for what cannot be read, which is a fault of the story."""
    record_type = session.types[type_name]
    found = {}
    for name, value in values.items():
        parsed = parse_cell(
            record_type.by_name[name], value, codes=session.codes, today=session.environment.today()
        )
        if parsed.problem is not None:
            raise ValueError(f"{type_name}.{name}: {parsed.problem}")
        found[name] = parsed.value
    return found


def _next(stage: Stage) -> str:
    for part in ("上报", "回执"):
        (stage.folder / "数据包" / part).mkdir(parents=True, exist_ok=True)
    return f"{1 + sum(1 for _ in (stage.folder / '数据包').rglob('*.xsj')):03d}"
