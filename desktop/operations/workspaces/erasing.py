"""Erasing personal values for good, on request or when their time is over (rule 12; 个人信息保护法 第四十七条)."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from desktop.errors import EnvironmentProblem, StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.audit import Act
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import UNIT_SLOT, Role, Slot
from desktop.records.typed.lengths import check_lengths
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.item_outcomes import HELD_FORK
from desktop.records.versions.resolution import Life
from desktop.records.versions.stamps import from_wire, to_wire
from desktop.store.ledger import ChangeSet, Deletion, NewRecord, NotFound, SlotEdit
from desktop.store.log import components
from desktop.store.merging.erasing import SHRED_DUE, covered
from desktop.store.peers import holdings
from desktop.store.peers import traffic as stored
from desktop.store.queries import attached, reading
from desktop.store.queries.attached import ATTACHMENT, CONTENT, PART
from desktop.store.queries.erasures import (
    anything_left,
    as_born,
    files_aside,
    is_aside,
    records_erased,
    slots_of,
    slots_written,
    unit_of_birth,
    units_aside,
    waiting,
)
from desktop.store.queries.forked import open_forks
from desktop.store.queries.pointing import pointing
from desktop.store.queries.scoping import is_here, unit_of
from desktop.store.tables.database import Database, translated
from desktop.store.workspaces.backups import BACKUPS, followed
from desktop.sync.authority import station
from desktop.sync.merging import standing

OPERATION = "清除个人信息"
_MOST_OTHERS = 200
_BACKUPS_TOO = "backups"
"""Stands where it is noted that something is still to be shredded, if the older backups go with it."""
FOLLOWED = "别的单位附在已清除的记录上"

_Aside = tuple[str, str, Sequence[str]]
"""Type and id of a record that has no birth that counts, and which slots of it are erased."""


class NothingPersonal(UsageProblem):
    """There is nothing of that kind to erase."""

    next_step = "只有个人信息可以清除；其他内容请修改，或者删除整条记录。"


class AlreadyErased(StateProblem):
    """Nothing is left of what is to be erased."""

    next_step = "不用再做；以后又填写了的，可以再清除一次。"
    help_anchor = "erase"


class NotShredded(EnvironmentProblem):
    """What was erased may still stand in places that no page shows, mostly for want of room on the disk."""

    next_step = "请腾出一些磁盘空间，关闭台账再打开，会自动清理完。"
    help_anchor = "erase"


class Quoted(StateProblem):
    """An issued document rests on it."""

    exit_code = 22
    next_step = "签发的文书按档案保存，到期以前不能清除其中的内容。"


def personal_slots(session: Session, type_name: str) -> list[Slot]:
    """What can be erased of a record."""
    return [slot for slot in session.types[type_name].slots.values() if slot.personal]


def others_about(
    database: Database, types: Catalogue, type_name: str, records: Sequence[str]
) -> dict[str, int]:
    """How many living records, by type, lead to some of these people and still hold personal values of their own.

    An erasure names a record; what else is about the same person keeps what it says. Of records that are not called
    after a person, such as unions, what leads there is about others.
    """
    declared, found = types[type_name], Counter[str]()
    if not any(declared.by_name[name].personal for name in declared.title):
        return {}
    for record in records:
        for each in pointing(database, types, type_name, record, _MOST_OTHERS):
            personal = [f.name for f in each.record_type.fields if f.personal]
            found[each.record_type.name] += sum(any(r.values.get(n) for n in personal) for r in each.first)
    return dict(+found)


def others_words(types: Catalogue, found: Mapping[str, int]) -> str:
    """What :func:`others_about` has found, as people say it; nothing where there is nothing."""
    named = "、".join(f"{types[name].label}{count}条" for name, count in found.items())
    return f"另有{named}里也写着同一个人，不会一起清除" if named else ""


def not_here(session: Session, type_name: str, records: Sequence[str]) -> list[str]:
    """Those of which nothing ever came here; of what was taken back or waits the words are here all the same."""
    database = session.database
    return [r for r in records if not (is_here(database, type_name, r) or is_aside(database, type_name, r))]


def erase(
    session: Session,
    type_name: str,
    records: Sequence[str],
    slots: Sequence[str] = (),
    *,
    basis: str,
    note: str = "",
    destroy_backups: bool = False,
    date_is_right: bool = False,
) -> ChangeSet:
    """Erases personal slots of records, all of them by default, here and with the next bundles everywhere.

    What stands is emptied by an ordinary change, so that whoever edits meanwhile without knowing of it gets a
    conflict; everything older is forgotten in rows, log, search, drafts and stored segments. It cannot be undone.
    Where all that is personal goes, the files that are attached go with it, name and content, deleted ones included.
    Older backups age out, or go at once with ``destroy_backups``; today's is made anew. What the disk does not let be
    done of that now is told by :func:`waiting_words` and done at the next opening.
    Raises :class:`NothingPersonal`, :class:`AlreadyErased`, :class:`NotShredded` where only that is left to do,
    :class:`Quoted`, ``NotFound``, ``NotAllowed``, ``WrongClock``, and ``DateBeyondOthers`` unless ``date_is_right``.
    """
    session.require(Role.DESK)
    if basis not in session.codes["erasure_basis"].by_code:
        raise NothingPersonal("请写明清除的依据。")
    known = {slot.name for slot in personal_slots(session, type_name)}
    chosen = [s for s in session.types[type_name].slots if s in known and (not slots or s in slots)]
    if not chosen or not known.issuperset(slots):
        raise NothingPersonal("这些内容不是个人信息。")
    ours = covered(session.database, session.unit.id)
    here = [r for r in records if is_here(session.database, type_name, r)]
    held = [(_may_erase(session, type_name, record, chosen, ours), chosen) for record in here]
    away: list[_Aside] = [(type_name, record, chosen) for record in records if record not in here]
    away += _files_aside(session, type_name, records) if _is_whole(session, type_name, chosen) else []
    aside = _may_erase_aside(session, away, ours)
    if not (destroy_backups or aside) and all(_is_gone(session, record, slots) for record, slots in held):
        finish(session)
        raise _left_behind(session.database) or AlreadyErased(
            "这些个人信息以前已经清除过，本机没有留下要清除的内容。"
        )
    check_lengths(session.types[ERASURE], {"note": note})
    if not date_is_right:
        session.ledger.clock.check_lasting(session.types)
    along = _attached(session, type_name, here, ours) if _is_whole(session, type_name, chosen) else []
    with session.database.transaction():
        changes = _write(session, held + along, aside, {"basis": basis, "note": note or None})
        why = session.codes["erasure_basis"].by_code[basis].label
        for kind, target, slots_of_it in [*((r.type, r.id, s) for r, s in held + along), *aside]:
            if kind != PART:
                audit.note(session, Act.ERASED, f"{kind} {target} {' '.join(slots_of_it)} {why}")
        if destroy_backups:
            session.ledger.set_meta(SHRED_DUE, _BACKUPS_TOO)
    finish(session)
    return changes


def older_backups(session: Session) -> list[str]:
    """The names of the backups, and of the ledgers that a restore has replaced, in which what was erased may stand."""
    fresh = followed(session.workspace.folder)
    found = (session.workspace.folder / BACKUPS).rglob("*.db")
    return sorted(path.name for path in found if fresh is None or path != fresh.path)


def waiting_words(database: Database, station_id: str) -> list[str]:
    """What of erasures is not done yet, here or above, and what to do about it; ``station_id`` is this computer."""
    held = waiting(database)
    left = _left_behind(database)
    # Of a computer that is below others by now nobody here decides anything.
    forked = held.pop(HELD_FORK, 0) if open_forks(database) else 0
    words = [str(left)] if left is not None else []
    if forked:
        words.append(
            f"有{forked}处清除还没有做：写它的电脑有重号。定下来以前，要清除的个人信息本机还在；"
            "请在“上报与合并”的“重号”里定下来，定了就自动清除。"
        )
    if others := sum(held.values()):
        words.append(
            f"有{others}处清除还先留着，要清除的个人信息本机还在；"
            "原因和怎么办，请看“上报与合并”的“没有收下的”。"
        )
    incarnation = stored.setting(database, "incarnation")
    if holdings.is_held_above(database, station_id, incarnation, HELD_FORK):
        words.append(
            "上级发现本机有重号，还没有定：本机写的清除，上级也要等定下来才会做。请打电话请上级先定重号。"
        )
    return words


def finish(session: Session) -> None:
    """What stands outside the ledger and in free pages goes too, after an erasure that was made here or has come.

    The ledger remembers that this is still to be done, so that it is done at the next opening if the program ends now
    or the disk does not let it be done: what was erased counts as such already.
    """
    database = session.database
    if not (due := stored.setting(database, SHRED_DUE)):
        return
    with contextlib.suppress(OSError, EnvironmentProblem), translated():
        drafts = session.workspace.drafts()
        try:
            drafts.drop_of(records_erased(database))
        finally:
            drafts.close()
        if session.workspace.shred(destroy_backups=due == _BACKUPS_TOO):
            session.ledger.drop_meta(SHRED_DUE)


def _left_behind(database: Database) -> NotShredded | None:
    """What is told where :func:`finish` has not come to its end."""
    if not (due := stored.setting(database, SHRED_DUE)):
        return None
    backups = "以前的备份" if due == _BACKUPS_TOO else "今天的备份"
    return NotShredded(
        f"个人信息已经清除，台账里查不到了；但是数据库文件的空闲处和{backups}里的残留还没有清理完。"
    )


def follow(session: Session) -> None:
    """What others have attached to a record goes too, where its own unit has erased the record: it cannot see that.

    This is said by the first level that stands above both. Of whom the record is decides, so that nobody has files of
    others erased by naming their record; what is attached later stays, as every later word does.
    """
    found: dict[tuple[str, str], list[str]] = {}
    ours = covered(session.database, session.unit.id)
    reached = {session.unit.id: ours}
    for put in attached.put_by_others(session.database):
        record_type = session.types.get(put.kind)
        bearer = (
            reading.record(session.database, session.types, put.kind, put.bearer) if record_type else None
        )
        if bearer is None or put.unit not in ours or UNIT_SLOT in bearer.disputed:
            continue
        if put.unit not in reached:
            reached[put.unit] = covered(session.database, put.unit)
        if bearer.unit not in reached[put.unit] or not _is_whole(session, put.kind, put.slots.split()):
            continue
        if put.stamp <= min(_moment(put.upto), put.said) and _is_ours(session, put.type, put.record, ours):
            found.setdefault((put.type, _basis(session, put.basis)), []).append(put.record)
    if found and session.ledger.clock.beyond_others(session.types) is not None:
        # Nobody is there to be asked; it is done after a merge under another date.
        return
    for (type_name, basis), records in found.items():
        with contextlib.suppress(AlreadyErased):
            erase(session, type_name, list(dict.fromkeys(records)), basis=basis, note=FOLLOWED)


def _moment(upto: str) -> int:
    try:
        return from_wire(upto)
    except ValueError:
        # No station of this program writes such a one, and it erases nothing.
        return 0


def _basis(session: Session, code: str) -> str:
    """The basis of the erasure that is followed; one that only a newer program knows is told as the first."""
    known = session.codes["erasure_basis"].by_code
    return code if code in known else next(iter(known))


def _is_ours(session: Session, type_name: str, record: str, ours: Collection[str]) -> bool:
    """Whether this station may erase a file and all that goes with it; where others have a hand in it, a level above
    does.
    """
    try:
        _may_erase(
            session, type_name, record, [slot.name for slot in personal_slots(session, type_name)], ours
        )
        _attached(session, type_name, [record], ours)
    except NotAllowed:
        return False
    return True


def _is_whole(session: Session, type_name: str, slots: Collection[str]) -> bool:
    """Whether all that is personal goes, and with it the files that are attached."""
    shown = {slot.name for slot in personal_slots(session, type_name) if slot.shown_fields}
    return shown.issubset(slots) or (type_name == ATTACHMENT and CONTENT in slots)


def files_of(session: Session, type_name: str, records: Sequence[str]) -> int:
    """How many attachments are erased along with whole records."""
    return len(_files(session, type_name, records))


def _files(session: Session, type_name: str, records: Sequence[str]) -> Sequence[str]:
    ids = [i for record in records for i in attached.ids_of(session.database, type_name, record)]
    return attached.attached_to(session.database, type_name, ids)


def _attached(
    session: Session, type_name: str, records: Sequence[str], ours: Collection[str]
) -> list[tuple[reading.Record, list[str]]]:
    """What is erased along with whole records: the files that are attached to them, and the parts of their content."""
    database = session.database
    files = _files(session, type_name, records)
    parts = attached.parts_of(database, [*files, *(records if type_name == ATTACHMENT else ())])
    return [
        (_may_erase(session, name, record, slots, ours), slots)
        for name, found in ((ATTACHMENT, files), (PART, parts))
        for slots in [[slot.name for slot in personal_slots(session, name)]]
        for record in found
    ]


def _may_erase(
    session: Session, type_name: str, record: str, slots: Sequence[str], ours: Collection[str]
) -> reading.Record:
    """The record, if all that is erased of it was written under ``ours``: this station's unit and those below."""
    held = reading.record(session.database, session.types, type_name, record)
    if held is None:
        raise NotFound("没有找到这条记录。")
    if held.unit not in ours:
        raise NotAllowed("这条记录不归本单位管，请由它的单位清除。")
    ids = components.members(session.database, type_name, record) or (record,)
    wrote = slots_written(session.database, type_name, ids)
    if any(slot in slots and unit not in ours for slot, unit in wrote) or _born_elsewhere(
        session, held, slots, ours
    ):
        raise NotAllowed("这些内容有不归本单位管的单位填写过，请由上级清除。")
    if session.types[type_name].is_locked(held.values):
        raise Quoted("这份文书已经签发。")
    return held


def _files_aside(session: Session, type_name: str, records: Sequence[str]) -> list[_Aside]:
    """Files that were attached to these records, and their parts, where they count no more or not yet."""
    return [
        (kind, file, [slot.name for slot in personal_slots(session, kind)])
        for kind, file in files_aside(session.database, type_name, records)
        if not is_here(session.database, kind, file)
    ]


def _may_erase_aside(session: Session, wanted: Sequence[_Aside], ours: Collection[str]) -> list[_Aside]:
    """Those of them of which something personal is set aside here, as after a roll-back: it is kept, so it may have to
    go. All of it was written under ``ours``. Raises ``NotFound`` where nothing of a record ever came here.
    """
    for kind, record, _ in wanted:
        if not_here(session, kind, [record]):
            raise NotFound("没有找到这条记录。")
    units = units_aside(session.database, wanted) if wanted else {}
    if any(not found.issubset(ours) for found in units.values()):
        raise NotAllowed("这些内容有不归本单位管的单位填写过，请由上级清除。")
    return [each for each in wanted if each[:2] in units]


def _is_gone(session: Session, held: reading.Record, slots: Sequence[str]) -> bool:
    """Whether all of this was erased before, under every id of the record, and nothing was written since."""
    database, record_type = session.database, session.types[held.type]
    ids = components.members(database, held.type, held.id) or (held.id,)
    if any(held.values.get(f.name) is not None for slot in slots for f in record_type.slots[slot].fields):
        return False
    if any(set(slots) - {slot for _, slot in slots_of(database, held.type, i)} for i in ids):
        return False
    files = _files(session, held.type, [held.id]) if _is_whole(session, held.type, slots) else ()
    return not any(anything_left(database, held.type, i, slots) for i in ids) and all(
        slots_of(database, ATTACHMENT, file) for file in files
    )


def _born_elsewhere(
    session: Session, held: reading.Record, slots: Sequence[str], ours: Collection[str]
) -> bool:
    """Whether a value stands as it was born under a unit that is not ours: the record has changed hands since.

    What was never changed stands in no log, and an erasure reaches what was written under its own unit alone.
    """
    record_type = session.types[held.type]
    for record in components.members(session.database, held.type, held.id) or (held.id,):
        born = unit_of_birth(session.database, held.type, record)
        if born is None or born in ours:
            continue
        if as_born(session.database, record_type, record) & set(slots):
            return True
    return False


def _writers(
    session: Session, type_name: str, record: str, slots: Collection[str], aside: Collection[str]
) -> list[str]:
    """This station's unit, and those below under which something of this was written, for each of which it is said;
    or stands ``aside``, where no record has the unit any more.

    Who holds the record in another branch, as a unit there claims it too, does not know who is below whom here.
    """
    if not is_here(session.database, type_name, record):
        return [session.unit.id, *sorted(set(aside) - {session.unit.id})]
    born = unit_of_birth(session.database, type_name, record) or unit_of(
        session.database, (type_name, record)
    )
    wrote = {unit for slot, unit in slots_written(session.database, type_name, [record]) if slot in slots}
    below = (wrote | {born, *aside}) & covered(session.database, session.unit.id)
    return [session.unit.id, *sorted(below - {session.unit.id})]


def _write(
    session: Session,
    held: Sequence[tuple[reading.Record, Sequence[str]]],
    away: Sequence[_Aside],
    reason: Mapping[str, Cell],
) -> ChangeSet:
    ledger, operator = session.ledger, session.operator.name
    # What is said of records that are one stands under each of their ids.
    asked = [
        (record.type, target, slots)
        for record, slots in held
        for target in components.members(session.database, record.type, record.id) or (record.id,)
    ] + list(away)
    aside = units_aside(session.database, asked)
    targets = [
        (kind, target, slots, _writers(session, kind, target, slots, aside.get((kind, target), ())))
        for kind, target, slots in asked
    ]
    edits = [SlotEdit(record.type, record.id, slot, None) for record, slots in held for slot in slots]
    emptied = ledger.write(OPERATION, operator, edits=edits)
    # What was deleted stays so: its tombstone has not seen that it was emptied.
    deleted = [Deletion(record.type, record.id) for record, _ in held if record.life is Life.DELETED]
    kept = ledger.write(OPERATION, operator, deletions=deleted)
    cells: dict[str, Cell] = {
        **reason,
        "upto": to_wire((emptied.stamp or ledger.clock.next_stamp()) - 1),
        "erased": session.environment.today().isoformat(),
    }
    births = [
        NewRecord(ERASURE, "", unit, {**cells, "slots": " ".join(slots), "kind": kind, "target": target})
        for kind, target, slots, units in targets
        for unit in units
    ]
    said = ledger.write(OPERATION, operator, births=births)
    ledger.as_one(emptied, kept, said)
    standing.settle(ledger, station.load_keys(ledger), operator)
    changed: dict[str, tuple[str, ...]] = {}
    for record, _ in held:
        changed[record.type] = (*changed.get(record.type, ()), record.id)
    return ChangeSet(said.stamp, changed)
