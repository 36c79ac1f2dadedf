"""Moving a unit to another superior: what that changes, before and when it is done (rules 16, 21 and 28)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from desktop.errors import StateProblem
from desktop.operations import audit, queries
from desktop.operations.quantities import amount_words
from desktop.operations.session import Here, NotAllowed, Session
from desktop.operations.stations import policy
from desktop.records.declaration import UNIT_SLOT, Level, Role
from desktop.records.typed import dates
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import DECIDING_TYPES, EXCLUSION, SUPERIOR, UNIT
from desktop.records.versions.item_outcomes import REFUSED_SCOPE
from desktop.records.versions.spans import spans_of
from desktop.store.ledger import ChangeSet, NewRecord, NotFound, SlotEdit
from desktop.store.peers import holdings
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.reading import Query, Record
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key
from desktop.sync.authority import enrolled, exclusions, station
from desktop.sync.authority.excluding import REFUSED, said_once_more
from desktop.sync.authority.exclusions import Named
from desktop.sync.authority.policy import Policy
from desktop.sync.merging import repeating, restating, upholding
from desktop.sync.signed.certificates import LEVEL_RANK

OPERATION = "调整隶属关系"


class CannotMove(StateProblem):
    """The unit cannot be put under that superior."""

    exit_code = 22
    next_step = "请另选一个上级：层级要比它高，不能是它自己或者它的下级。"


@dataclass(frozen=True, slots=True)
class Movable:
    """A unit below this one that may be moved, with its superior of now; ``level`` in words."""

    unit: str
    name: str
    code: str
    level: str
    superior: str
    superior_name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What moving a unit would change.

    ``below`` counts the units that go along, ``stations`` names those whose computers have to be enrolled by the new
    superior, ``records`` how many of each kind go down to it and no longer to the former one, beside ``files`` that are
    attached to them. ``heard`` is when the
    former superior's last bundle came, 0 for never, and nothing where it sends none: what is on its way then waits.
    """

    unit: str
    name: str
    before: str
    before_name: str
    after: str
    after_name: str
    below: int
    stations: tuple[str, ...]
    records: tuple[tuple[str, int], ...]
    heard: int | None = None
    files: int = 0

    @property
    def amount(self) -> str:
        """How much in all."""
        return amount_words(sum(count for _, count in self.records), self.files)

    def kinds(self, most: int | None = None) -> str:
        """How much of what, those of which there is most before the others; nothing where there is nothing."""
        words = [f"{label}{count}条" for label, count in self.records[:most]]
        words += [f"附件{self.files}个"] if self.files else []
        more = f"等{len(self.records)}类" if most is not None and len(self.records) > most else ""
        return "、".join(words) + more


def movable(database: Database, at: Here) -> list[Movable]:
    """The units below this one that may be moved, those above before those below."""
    held = _units(database, at)
    names = {key: str(unit.values["name"] or "") for key, unit in held.items()}
    return [
        Movable(
            node.id,
            node.name,
            str(held[node.id].values["code"] or ""),
            _level_words(at, held[node.id]),
            node.superior,
            names.get(node.superior, ""),
        )
        for node in queries.unit_tree(database, at.types)
        if node.id in held and node.id != at.unit.id and _has_superior(held, node.id)
    ]


def superiors(database: Database, at: Here, unit: str) -> list[Movable]:
    """The units under which a unit may be put, this one itself among them, without its superior of now."""
    held = _units(database, at)
    if unit not in held:
        return []
    below = set(subtree(database, unit))
    now = str(held[unit].values[SUPERIOR] or "")
    found = [
        Movable(key, str(h.values["name"] or ""), str(h.values["code"] or ""), _level_words(at, h), "", "")
        for key, h in held.items()
        if key not in below and key != now and _rank(h) < _rank(held[unit])
    ]
    return sorted(found, key=lambda m: (_rank(held[m.unit]), m.code))


def look_at(session: Session, unit: str, superior: str) -> Plan:
    """What moving a unit under another superior would change, before anything is written.

    Raises ``NotAllowed``, ``NotFound`` and :class:`CannotMove`.
    """
    return plan(session.database, session.here, unit, superior)


def plan(database: Database, at: Here, unit: str, superior: str) -> Plan:
    """The same for whoever only reads."""
    held = _units(database, at)
    if unit not in held or superior not in held:
        if not {unit, superior} <= {r.id for r in reading.records(database, at.types, Query(UNIT))}:
            raise NotFound("没有找到这个单位。")
        raise NotAllowed("两边的上级不都归本单位管，要由它们共同的上级来调整。")
    if not _has_superior(held, unit):
        raise NotAllowed("这个单位的上级不归本单位管，要由更上面的一级来调整。")
    name = str(held[unit].values["name"] or "")
    units = subtree(database, unit)
    before = str(held[unit].values[SUPERIOR] or "")
    if superior not in {s.unit for s in superiors(database, at, unit)}:
        raise _cannot_move(at, held[unit], held[superior], units)
    counted = {
        t.name: reading.count(database, at.types, Query(t.name, unit=unit))
        for t in at.types.values()
        if t.name not in DECIDING_TYPES and t.name != PART
    }
    files = counted.pop(ATTACHMENT, 0)
    return Plan(
        unit=unit,
        name=name,
        before=before,
        before_name=str(held[before].values["name"] or ""),
        after=superior,
        after_name=str(held[superior].values["name"] or ""),
        below=len(units) - 1,
        stations=_enrolled(database, held, units),
        records=tuple(
            sorted(((at.types[name].label, n) for name, n in counted.items() if n), key=lambda c: -c[1])
        ),
        heard=_heard(database, at, before),
        files=files,
    )


def _enrolled(database: Database, held: Mapping[str, Record], units: Collection[str]) -> tuple[str, ...]:
    """The names of those of these units whose computers are enrolled, one for each computer."""
    found = {name: unit for name, unit in enrolled.stations(database) if unit in units}
    return tuple(sorted((str(held[unit].values["name"] or "") for unit in found.values()), key=sort_key))


def _heard(database: Database, at: Here, superior: str) -> int | None:
    """When the last bundle of a superior below this unit came, in milliseconds of 1970."""
    computers = [
        name for name, unit in enrolled.stations(database) if unit == superior and name != at.station
    ]
    if superior == at.unit.id or not computers:
        return None
    merges = stored.last_merges(database)
    return max(merges[name].at if name in merges else 0 for name in computers)


def advice(found: Plan) -> str:
    """What to do before a unit is moved, so that nothing has to wait that is on its way; nothing where nothing is."""
    if found.heard is None:
        return ""
    when = "还没有来过" if not found.heard else f"上次是{dates.time_words(found.heard)}收到的"
    return (
        f"建议先收“{found.before_name}”的数据包再调整，它的数据包{when}。"
        f"还没有收到的内容，要等“{found.name}”的电脑重新办好入网才收得下。"
    )


def move(session: Session, unit: str, superior: str) -> ChangeSet:
    """Puts a unit under another superior, with all units and records below it; moving it back undoes it.

    Its computers go on, keep everything, and are enrolled by the new superior. What the former superior has taken out
    of the count stays out by this unit's word, and what it has erased is erased by that, since its own reaches no
    further than its own units; and what it has moved or deleted among the units stays as it is.
    Raises what :func:`look_at` raises, and ``WrongClock``.
    """
    session.require(Role.DESK)
    if not session.may_write(session.types[UNIT]):
        raise NotAllowed("本单位不能调整隶属关系。")
    found = look_at(session, unit, superior)
    words = f"{OPERATION}：{found.name}"
    edits = [SlotEdit(UNIT, unit, SUPERIOR, superior), SlotEdit(UNIT, unit, UNIT_SLOT, superior)]
    keys = station.load_keys(session.ledger)
    with session.database.transaction():
        audit.note(session, audit.Act.MOVED, f"{unit} {found.before} {superior}")
        in_force = station.knowledge(session.ledger, keys).policy
        units = subtree(session.database, unit)
        births = _taken_over(session, in_force, units, found.before_name)
        births += repeating.lapsing(session.ledger, units, superior)
        changes = session.ledger.write(words, session.operator.name, births=births, edits=edits)
        upheld = upholding.uphold(session.ledger, keys, in_force, words, session.operator.name)
        session.ledger.as_one(changes, upheld)
        return policy.settle(session, ChangeSet(upheld.stamp or changes.stamp, changes.records))


# -- units that two superiors have registered ----------------------------------------------------------------------


def claims_against(session: Session, unit: str, keep: str) -> list[NewRecord]:
    """What says that a unit is that of ``keep``, the unit under which it was registered: the others do not count.

    Until then nobody judges by the unit. Raises ``NotAllowed`` for who is not above those others.
    """
    found: dict[exclusions.Origin, list[int]] = {}
    places: set[tuple[str, str]] = set()
    for other in holdings.registered_by_others(session.database, unit, keep):
        found.setdefault((other.station, other.incarnation), []).append(other.number)
        places.add((other.station, other.unit))
    policy.require_above(session, places)
    named = {origin: Named(spans_of(numbers)) for origin, numbers in found.items()}
    label = f"登记了别人的下级：{len(found)}处"
    cells: dict[str, Cell] = {"label": label, "cause": REFUSED, "refusal": REFUSED_SCOPE}
    return [policy.birth_of(session, EXCLUSION, cells | {"items": text}) for text in exclusions.write(named)]


def _cannot_move(
    at: Here, unit: reading.Record, superior: reading.Record, below: Sequence[str]
) -> CannotMove:
    """What speaks against this superior."""
    name, other = (str(held.values["name"] or "") for held in (unit, superior))
    if superior.id == str(unit.values[SUPERIOR] or ""):
        return CannotMove(f"“{name}”现在就在“{other}”名下，不用调整。", "要调整到别处的，请另选一个上级。")
    if superior.id == unit.id:
        return CannotMove(f"“{name}”不能调整到它自己名下。")
    if superior.id in below:
        return CannotMove(f"“{other}”是“{name}”的下级，不能反过来。")
    mine, theirs = (_level_words(at, held) for held in (unit, superior))
    return CannotMove(f"“{other}”（{theirs}）的层级不比“{name}”（{mine}）高。")


# -- helpers -------------------------------------------------------------------------------------------------------


def _units(database: Database, at: Here) -> Mapping[str, reading.Record]:
    """The living units from this one down."""
    ours = set(subtree(database, at.unit.id))
    return {r.id: r for r in reading.records(database, at.types, Query(UNIT)) if r.id in ours}


def _has_superior(held: Mapping[str, reading.Record], unit: str) -> bool:
    return str(held[unit].values[SUPERIOR] or "") in held


def _rank(unit: reading.Record) -> int:
    """How far down its level is; below all others one that this program does not know, which a level above may send."""
    level = str(unit.values["level"] or "")
    return LEVEL_RANK[Level(level)] if level in set(Level) else max(LEVEL_RANK.values()) + 1


def _level_words(at: Here, unit: reading.Record) -> str:
    return at.codes["unit_level"].label_of(str(unit.values["level"] or ""))


def _taken_over(session: Session, in_force: Policy, units: Sequence[str], former: str) -> list[NewRecord]:
    """What says of items under these units once more that they do not count, where only a level between has said so."""
    again = restating.lapsing(session.ledger, in_force, units)
    return [
        policy.birth_of(
            session,
            EXCLUSION,
            {
                "label": f"{former}定的，改隶属后仍不计入"[:60],
                "cause": cause,
                "refusal": refusal,
                "items": text,
            },
        )
        for reason, found in again.items()
        for cause, refusal in [said_once_more(reason)]
        for text in exclusions.write(found)
    ]
