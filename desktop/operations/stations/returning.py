"""Sending one record back to those below who have written it: it counts no longer, and they read why (rule 18)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.operations import audit, queries
from desktop.operations.audit import Act
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import policy
from desktop.operations.stations.uncounted import RETURNED
from desktop.records.declaration import Kind, RecordType, Role, short_label
from desktop.records.versions.deciding import EXCLUSION, UNIT
from desktop.store.ledger import ChangeSet, NotFound
from desktop.store.log import components
from desktop.store.queries import pointing, reading
from desktop.store.queries.reading import Query
from desktop.store.tables.columns import title_fields
from desktop.sync.authority import exclusions
from desktop.sync.authority.excluding import WITHDRAWN
from desktop.sync.merging import withdrawing
from desktop.sync.merging.withdrawing import Withdrawable


@dataclass(frozen=True, slots=True)
class Return:
    """What sending a record back would do; ``why_not`` says why it cannot be, else nothing.

    ``naming`` tells of the records that stay and name it, else nothing: what is reported once more is another record.
    """

    title: str
    items: int
    why_not: str
    naming: str = ""


def is_returnable(record_type: RecordType) -> bool:
    """Whether people have filled it in: who is who, what counts and what is one is taken back by its own steps."""
    return not record_type.by_program and record_type.name != UNIT


def look_at(session: Session, type_name: str, record: str) -> Return:
    """What would count no longer, before anything is written. Raises ``NotFound`` and ``NotAllowed``."""
    return _look(session, type_name, record)[0]


def send_back(session: Session, type_name: str, record: str, note: str) -> ChangeSet:
    """Lets nothing count that those below have said of a record; ``policy.lift`` restores it exactly.

    Raises ``NotFound``, ``BuiltUpon``, ``NotAllowed`` and ``WrongClock``.
    """
    session.require(Role.DESK)
    found, said = _look(session, type_name, record)
    if found.why_not:
        raise policy.BuiltUpon(found.why_not)
    label = f"{RETURNED}{_named(session.types[type_name], found.title)}"
    births = [
        policy.birth_of(
            session, EXCLUSION, {"label": label, "cause": WITHDRAWN, "note": note or None, "items": text}
        )
        for text in exclusions.write(said.named)
    ]
    with session.database.transaction():
        audit.note(session, Act.WITHDRAWN, f"{type_name} {record} {found.items}项")
        return policy.say(session, label, births=births)


def _look(session: Session, type_name: str, record: str) -> tuple[Return, Withdrawable]:
    record_type = session.types[type_name]
    if not is_returnable(record_type):
        raise NotAllowed(
            f"“{record_type.label}”不是填写的内容，不能退回。",
            "要停用电脑的，在“下级电脑”里停用；单位要改的，在单位记录里改；合并错的，在“重复的记录”里分开。",
        )
    held = reading.record(session.database, session.types, type_name, record)
    if held is None:
        raise NotFound("没有找到这条记录。")
    said = withdrawing.said_of(session.ledger, type_name, held.id)
    if not said.named:
        raise NotFound("这条记录不是下级报来的，没有可以退回的内容。")
    policy.require_above(session, said.places)
    title = queries.title_of(session.database, session.types, session.codes, held)
    reasons = [
        f"后来有{said.upon}处修改接在它上面" if said.upon else "",
        f"已经签发的{said.letters}份文书用到了它" if said.letters else "",
        _with_it(session, record_type, held.id),
        # Of several that are one the others would go on showing it.
        "它是几条合并成的一条" if components.members(session.database, type_name, held.id) else "",
    ]
    why = "，".join(filter(None, reasons))
    naming = _naming(session, record_type.name, held.id)
    return Return(title, said.losses.total(), f"{why}，不能退回。" if why else "", naming), said


def _named(record_type: RecordType, title: str) -> str:
    """What the word is called; it travels and is not erased with the record, so it names nobody."""
    personal = any(f.personal or f.kind is Kind.LINK for f in title_fields(record_type))
    return record_type.label if personal else f"{record_type.label}“{title}”"


def _naming(session: Session, type_name: str, record: str) -> str:
    """What leads to the record and stays, with what becomes of it."""
    found = pointing.pointing(session.database, session.types, type_name, record, 0)
    told = [
        f"{short_label(p.record_type.label)}{p.total}条的“{p.record_type.by_name[p.field].label}”"
        for p in found
    ]
    return (
        f"它还填在{'、'.join(told)}里，退回以后那里就空了；改好重报的是新的一条，要逐条重新选。"
        "只是内容不对的，请打电话让填写的单位直接改、再上报。"
        if told
        else ""
    )


def _with_it(session: Session, record_type: RecordType, record: str) -> str:
    """What belongs to the record and would be left without it."""
    for child in session.types.children(record_type.name):
        count = len(reading.records(session.database, session.types, Query(child.name, children_of=record)))
        if count:
            return f"它下面还有{child.label}{count}条"
    return ""
