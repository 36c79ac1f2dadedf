"""One entry, many uses: what can be filled in from a record that is there, and doing so in one step.

An offer is computed anew each time from what stands; nothing is written before somebody takes it up, and what is
there already is completed and linked instead of being made twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.errors import StateProblem
from desktop.operations import form_data, queries
from desktop.operations.queries import Codes
from desktop.operations.recording import admitting, records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.records import following
from desktop.records.declaration import Follow, Kind, RecordType
from desktop.records.display import display
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, NewRecord, NotFound, SlotEdit
from desktop.store.queries import pointing, reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database

_MOST_ALIKE = 200
_MOST_NAMED = 3


class NothingFollows(StateProblem):
    """What was offered is there by now, or its source says something else."""

    exit_code = 22
    next_step = "请再打开来源的记录，看看现在还可以生成什么。"


@dataclass(frozen=True)
class Offer:
    """One record that can be filled in from ``source``, or completed where ``existing`` names one that is here.

    ``cells`` are what it gets, ``words`` say by field where they come from, ``title`` what it is or will be called.
    """

    type: str
    source_type: str
    source: str
    source_title: str
    back: str
    cells: Mapping[str, Cell]
    words: Mapping[str, str] = field(default_factory=dict)
    existing: str = ""
    title: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By which an offer is known again."""
        return self.type, self.source, self.existing, repr(sorted(self.cells.items()))


def offers(
    database: Database,
    types: Catalogue,
    codes: Codes,
    type_name: str,
    record: str,
    may_write: Callable[[RecordType], bool],
) -> list[Offer]:
    """What follows from a record and from what belongs to it, as far as it is not here already."""
    held = reading.record(database, types, type_name, record)
    if held is None or held.life is Life.DELETED:
        return []
    sources = [held]
    for child in types.children(type_name):
        if any(follow.source == child.name for t in types.values() for follow in t.follows):
            sources += reading.records(
                database, types, Query(child.name, children_of=held.id, order=_order(child))
            )
    return [offer for source in sources for offer in _offers_of(database, types, codes, source, may_write)]


def carry_out(session: Session, wanted: Sequence[Offer]) -> ChangeSet:
    """Takes up several offers in one step. Raises :class:`NothingFollows`, ``NotAllowed``, ``WrongClock``."""
    with session.database.transaction():
        now = [
            offer
            for source in {(o.source_type, o.source) for o in wanted}
            for offer in offered(session, *source)
        ]
        still = {offer.key for offer in now}
        births: list[NewRecord] = []
        edits: list[SlotEdit] = []
        for offer in wanted:
            if offer.key not in still:
                raise NothingFollows(f"{_gone(session, offer, now)}，没有生成。")
            _add(session, offer, offer.cells, births, edits)
        labels = "、".join(dict.fromkeys(session.types[offer.type].label for offer in wanted))
        return session.ledger.write(f"生成{labels}", session.operator.name, births=births, edits=edits)


def _gone(session: Session, offer: Offer, now: Sequence[Offer]) -> str:
    """What has become of an offer that does not stand any more."""
    if any((o.type, o.source) == (offer.type, offer.source) for o in now):
        return f"{session.types[offer.source_type].label}“{offer.source_title}”改过了"
    if _living(session, offer.source_type, offer.source) is None:
        return f"{session.types[offer.source_type].label}“{offer.source_title}”已经删除"
    return why_not(session, offer.type, offer.source)


def offered_for(session: Session, type_name: str, source: str) -> list[Offer]:
    """What of one type follows from a record of whatever type has this id."""
    sources = dict.fromkeys(
        [f.source for f in session.types[type_name].follows]
        + [session.types[f.source].by_name[p].link or "" for f in session.types[type_name].follows
           if (p := session.types[f.source].parent)]
    )  # fmt: skip
    found = [offer for name in sources if name for offer in offered(session, name, source)]
    return [offer for offer in found if offer.type == type_name]


def why_not(session: Session, type_name: str, source: str) -> str:
    """Why nothing of a type follows from a record, as one sentence: what is missing there, or what is there already.

    Raises ``NotFound`` where no record of a type that it could follow from has this id.
    """
    record_type = session.types[type_name]
    if not record_type.follows:
        return f"“{record_type.label}”不能由别的记录生成，请直接登记"
    sources = list(dict.fromkeys(follow.source for follow in record_type.follows))
    found = [held for name in sources for held in _sources(session, session.types[name], source)]
    if not found:
        labels = "、".join(f"“{session.types[name].label}”" for name in sources)
        raise NotFound(
            f"没有找到编号是{source}的{labels}。", f"“{record_type.label}”由{labels}生成，请核对编号。"
        )
    reasons = [_why_not(session, record_type, follow, held) for held in found for follow in record_type.follows
               if follow.source == held.type]  # fmt: skip
    # What is furthest on says most: what is there already, then how a vote ended, then what has to be filled in.
    return max(reasons, key=lambda reason: reason[0])[1]


def _sources(session: Session, source_type: RecordType, record: str) -> list[Record]:
    """The record of a type with this id, or what belongs to the one with this id."""
    held = _living(session, source_type.name, record)
    if held is not None:
        return [held]
    parent = source_type.by_name[source_type.parent].link if source_type.parent else None
    return (
        records.children(session, source_type.name, record)
        if parent and _living(session, parent, record)
        else []
    )


def _living(session: Session, type_name: str, record: str) -> Record | None:
    held = reading.record(session.database, session.types, type_name, record)
    return None if held is None or held.life is Life.DELETED else held


def _why_not(session: Session, record_type: RecordType, follow: Follow, source: Record) -> tuple[int, str]:
    """How far one way leads, and where it ends."""
    database, types, codes = session.database, session.types, session.codes
    source_type = types[source.type]
    linked = form_data.linked_values(database, types, source_type, source.values)
    title = f"{source_type.label}“{queries.title_of(database, types, codes, source)}”"
    if made := _made(session, record_type, follow, source):
        words = "、".join(
            f"“{queries.title_of(database, types, codes, m)}”（编号{m.id}）" for m in made[:_MOST_NAMED]
        )
        more = f"等{len(made)}条" if len(made) > _MOST_NAMED else ""
        return 3, f"由{title}生成的{record_type.label}已经有了：{words}{more}"
    missing, outcome = following.hindrance(follow, source.values, linked.get)
    if outcome:
        return 2, f"{title}还不能生成“{record_type.label}”：{outcome}"
    if missing:
        asked = source_type.by_name[missing]
        said = display(asked, source.values.get(missing), codes=codes, masked=True)
        wanted = [display(asked, code, codes=codes) for code in follow.when[missing] if code != following.ANY]
        now = f"现在是“{said}”" if said else "还没有填"
        want = f"，要是{'、'.join(f'“{w}”' for w in wanted)}才能生成“{record_type.label}”" if wanted else ""
        return int(bool(said)), f"{title}的“{asked.label}”{now}{want}"
    if follow.rows and not any(_apiece(database, types, record_type, follow, source, linked)):
        return 1, f"{title}的“{source_type.by_name[follow.rows_of].label}”里还没有{types[follow.rows].label}"
    if not session.may_write(record_type):
        return 1, f"本单位或您的角色不能填写“{record_type.label}”"
    key = record_type.by_name[follow.same[0]]
    return 1, f"{title}没有要补的内容：没有对得上的{record_type.label}，或者已经登记好了（按“{key.label}”对）"


def _made(session: Session, record_type: RecordType, follow: Follow, source: Record) -> list[Record]:
    """What was made of a record by one way."""
    database = session.database
    if follow.back and (made := source.values.get(follow.back)):
        held = _living(session, record_type.name, str(made))
        return [held] if held is not None else []
    if not follow.link:
        return []
    return list(pointing.led_by(database, record_type, follow.link, source.id))


def save_filled(session: Session, offer: Offer, values: Mapping[str, Cell]) -> Saved:
    """Saves a form that an offer began; the source gets its link back in the same step."""
    births: list[NewRecord] = []
    edits: list[SlotEdit] = []
    tidied = {name: records.tidy(cell) for name, cell in values.items()}
    record = _add(session, offer, tidied, births, edits)
    name = f"新增{session.types[offer.type].label}"
    changes = session.ledger.write(name, session.operator.name, births=births, edits=edits)
    return Saved(record, changes, tuple(records.check(session, offer.type, record)))


def _add(
    session: Session,
    offer: Offer,
    cells: Mapping[str, Cell],
    births: list[NewRecord],
    edits: list[SlotEdit],
) -> str:
    record_type, source_type = session.types[offer.type], session.types[offer.source_type]
    admitting.check_rights(session, record_type, cells)
    if offer.existing:
        record = offer.existing
        admitting.check_place(session, record_type, record)
        edits += records.slot_edits(session, record_type, record, cells)
    else:
        record = records.new_record_id(session, record_type, cells)
        source = reading.record(session.database, session.types, offer.source_type, offer.source)
        unit = source.unit if source is not None else session.unit.id
        admitting.check_units(session, [unit])
        births.append(NewRecord(record_type.name, record, unit, cells))
    if offer.back:
        admitting.check_place(session, source_type, offer.source)
        admitting.check_rights(session, source_type, {offer.back: record})
        edits += records.slot_edits(session, source_type, offer.source, {offer.back: record})
    return record


def offered(session: Session, type_name: str, record: str) -> list[Offer]:
    """The offers of a record to the operator of a session."""
    database, types, codes = session.database, session.types, session.codes
    return offers(database, types, codes, type_name, record, session.may_write)


def _order(record_type: RecordType) -> str:
    return "sequence" if "sequence" in record_type.by_name else reading.NEWEST_ORDER


def _offers_of(
    database: Database,
    types: Catalogue,
    codes: Codes,
    source: Record,
    may_write: Callable[[RecordType], bool],
) -> Iterator[Offer]:
    source_type = types[source.type]
    linked = form_data.linked_values(database, types, source_type, source.values)
    for record_type in types.values():
        for follow in record_type.follows:
            if follow.source != source.type or not may_write(record_type):
                continue
            if follow.back and (source.values.get(follow.back) or not may_write(source_type)):
                continue
            if not following.stands(follow, source.values, linked.get):
                continue
            title = queries.title_of(database, types, codes, source)
            day = following.resolve(follow.on, source.id, source.values, linked.get) if follow.on else None
            taken: set[str] = set()
            for cells in _apiece(database, types, record_type, follow, source, linked):
                for made, existing in _targets(
                    database, types, record_type, follow, source, cells, day, taken
                ):
                    words = _words(types, source_type, follow, made)
                    values = made if existing is None else existing.values
                    called = queries.title(database, types, codes, record_type, values)
                    yield Offer(
                        record_type.name, source.type, source.id, title, follow.back, made, words,
                        existing.id if existing is not None else "", called,
                    )  # fmt: skip


def _apiece(
    database: Database,
    types: Catalogue,
    record_type: RecordType,
    follow: Follow,
    source: Record,
    linked: Mapping[str, Mapping[str, Cell]],
) -> Iterator[Mapping[str, Cell]]:
    """What is filled in, once for each name or row of which a record follows."""
    if not follow.rows:
        for name in following.names(follow, source.values):
            yield following.cells(record_type, follow, source.id, source.values, linked.get, name)
        return
    rows_type, above = types[follow.rows], source.values.get(follow.rows_of)
    query = Query(rows_type.name, children_of=str(above), order=_order(rows_type))
    for row in reading.records(database, types, query) if above else ():
        values = {**source.values, following.ROW: row.id}
        further = {**linked, following.ROW: row.values}
        yield following.cells(record_type, follow, source.id, values, further.get)


def _targets(
    database: Database,
    types: Catalogue,
    record_type: RecordType,
    follow: Follow,
    source: Record,
    cells: Mapping[str, Cell],
    day: Cell,
    taken: set[str],
) -> Iterator[tuple[Mapping[str, Cell], Record | None]]:
    """What is to be written, and to which record that is here already; nothing where all is done.

    Of rows of one name a record that was written by hand is meant by one: ``taken`` are those that are given away.
    """
    led = pointing.led_by(database, record_type, follow.link, source.id) if follow.link else []
    if any(not follow.apiece or following.is_meant(follow, made.values, cells, day) for made in led):
        return
    named = (made for made in led if made.id not in taken and following.is_named(follow, made.values, cells))
    by_hand = sorted(named, key=lambda made: (made.stamp, made.id))
    if by_hand:
        taken.add(by_hand[0].id)
        yield following.completed(follow, by_hand[0].values, cells), by_hand[0]
        return
    if any(cells.get(name) in (None, "") for name in follow.same[:1]):
        return
    meant = [
        held
        for held in _alike(database, types, record_type, follow.same, cells)
        if following.is_meant(follow, held.values, cells, day)
        and not (follow.link and held.values.get(follow.link))
    ]
    if follow.latest:
        for held in meant:
            if following.is_older(follow, held.values, cells):
                yield following.completed(follow, held.values, cells), held
    elif not meant:
        yield cells, None
    elif follow.link or follow.back:
        yield following.completed(follow, meant[0].values, cells), meant[0]


def _alike(
    database: Database,
    types: Catalogue,
    record_type: RecordType,
    same: Sequence[str],
    cells: Mapping[str, Cell],
) -> list[Record]:
    """Records that may be meant: by the index of a link, or by the words that name them."""
    first = record_type.by_name[same[0]]
    cell = str(cells[first.name])
    if first.kind is Kind.LINK:
        return pointing.led_by(database, record_type, first.name, cell, _MOST_ALIKE)
    return reading.records(database, types, Query(record_type.name, text=cell), _MOST_ALIKE)


def _words(
    types: Catalogue, source_type: RecordType, follow: Follow, cells: Mapping[str, Cell]
) -> dict[str, str]:
    """Where each cell comes from, as it is said beside the field."""
    said = {}
    for name in cells:
        first, _, rest = follow.values[name].partition(".")
        if first == following.ROW:
            of = f"“{types[follow.rows].by_name[rest].label}”" if rest else ""
            said[name] = f"由{types[follow.rows].label}{of}带出"
        elif first in source_type.by_name:
            held = source_type.by_name[first]
            of = types[held.link].by_name[rest].label if rest and held.link else held.label
            where = types[held.link].label if rest and held.link else source_type.label
            said[name] = f"由{where}“{of}”带出"
        else:
            said[name] = f"由{source_type.label}带出"
    return said


def summary(types: Catalogue, offer: Offer) -> str:
    """What an offer is, in a few words."""
    label, count = types[offer.type].label, len(offer.cells)
    if offer.existing:
        return f"{label}“{offer.title}”（已登记，补上{count}项）"
    return f"{label}（已填好{count}项）"
