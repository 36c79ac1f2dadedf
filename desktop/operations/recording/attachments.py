"""Photos, scans and files on records: adding them, looking at them, saving them, taking them away.

An attachment and the parts of its content are records like all others, so that deleting, undo, conflicts, scope and
what does not count are no matters of their own. What a file is called and says is personal.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.documents.recognising import NotAttachable, recognise
from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.file_names import entered_name, free_path, safe_name, size_words
from desktop.operations.recording import records
from desktop.operations.recording.attachable import MOST_BYTES, Prepared, TooLarge
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import RecordType, Role
from desktop.records.masking import mask_numbers_of_people
from desktop.records.typed.dates import stamp_words
from desktop.records.types import Catalogue
from desktop.records.types.attachment_part import PART_BYTES
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, Deletion, NewRecord, NotFound
from desktop.store.queries import attached, reading
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.reading import Compare, Filter, Query, Record
from desktop.store.queries.units import stands_within
from desktop.store.tables.database import Database
from desktop.sync.formats import files

MOST_FILES: Final = 50
"""Files on one record."""
MOST_ON_RECORD: Final = 50 << 20
"""Bytes of all files on one record."""


class AlreadyThere(StateProblem):
    """All that was to be added is there already."""

    next_step = "内容一样的文件在一条记录上只存一份。"


class Incomplete(StateProblem):
    """Some parts of a content have not come yet, or count no more."""

    next_step = "其余部分会随后面的数据包到来；如果一直没有，请对方重新添加这个文件。"


class Spoiled(StateProblem):
    """A content that is not what was said of it."""

    next_step = "请让添加它的单位重新添加。"


class Gone(StateProblem):
    """A content that was erased."""

    next_step = "清除过的内容不能恢复；确实需要的，请重新添加。"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file on a record; ``here`` of ``parts`` parts of its content have come. ``media`` is empty once erased."""

    id: str
    name: str
    description: str
    taken: str
    media: str
    size: int
    width: int
    height: int
    sha256: str
    parts: int
    here: int
    added: str
    operator: str
    unit: str

    @property
    def shown_name(self) -> str:
        """The name as lists show it: numbers of people are masked."""
        return mask_numbers_of_people(self.name)

    @property
    def shown_description(self) -> str:
        """What is said of it, as lists show it."""
        return mask_numbers_of_people(self.description)

    @property
    def erased(self) -> bool:
        """Whether its content was erased for good."""
        return not self.sha256

    @property
    def complete(self) -> bool:
        """Whether its content can be looked at."""
        return not self.erased and self.here >= self.parts


@dataclass(frozen=True, slots=True)
class Added:
    """The ids of what was added, the names of files that were there already, and what changed."""

    ids: tuple[str, ...]
    known: tuple[str, ...]
    changes: ChangeSet


# -- adding --------------------------------------------------------------------------------------------------------


def may_add(session: Session, record_type: RecordType) -> bool:
    """Whether this operator may put files on records of a type: who may write them."""
    return not record_type.by_program and session.may_write(record_type)


def add(
    session: Session,
    type_name: str,
    record: str,
    wanted: Sequence[Prepared],
    *,
    shrink: bool = True,
    description: str = "",
) -> Added:
    """Puts files on a record in one operation; what is there already is left out.

    With ``shrink`` pictures are kept smaller, upright and without place and camera, else byte for byte. Raises
    :class:`TooLarge`, :class:`AlreadyThere`, ``NotAllowed``, ``NotFound`` and ``WrongClock``.
    """
    bearer, unit = _bearer(session, type_name, record)
    present = of_record(session.database, session.types, type_name, record)
    digests = {a.sha256 for a in present}
    births: list[NewRecord] = []
    ids: list[str] = []
    known: list[str] = []
    size, count = sum(a.size for a in present), len(present)
    for file in wanted:
        media, data, picture = file.chosen(shrink)
        digest = hashlib.sha256(data).hexdigest()
        if digest in digests:
            known.append(file.name)
            continue
        digests.add(digest)
        size, count = size + len(data), count + 1
        _within_limits(file.name, len(data), size, count)
        ids.append(session.ledger.new_id())
        cells: dict[str, Cell] = {
            "kind": type_name, "record": bearer, "name": entered_name(file.name, media),
            "description": records.tidy(description),
            "taken": file.taken.isoformat() if file.taken is not None else None,
            "media": media, "size": len(data), "sha256": digest, "parts": -(-len(data) // PART_BYTES),
            "width": picture.width if picture else None, "height": picture.height if picture else None,
        }  # fmt: skip
        births.append(NewRecord(ATTACHMENT, ids[-1], unit, cells))
        births += [NewRecord(PART, session.ledger.new_id(), unit, part) for part in _parts(ids[-1], data)]
    if not births:
        raise AlreadyThere("选的文件这条记录上都已经有了。")
    name = "添加附件" if len(ids) == 1 else f"添加附件{len(ids)}个"
    return Added(tuple(ids), tuple(known), session.ledger.write(name, session.operator.name, births=births))


def _bearer(session: Session, type_name: str, record: str) -> tuple[str, str]:
    """The id under which this station writes about a record, and the unit that it belongs to."""
    record_type = session.types[type_name]
    if not may_add(session, record_type):
        raise NotAllowed(f"本单位或您的角色不能给“{record_type.label}”添加附件。")
    held = reading.record(session.database, session.types, type_name, record)
    if held is None:
        raise NotFound("没有找到这条记录。")
    if held.life is Life.DELETED:
        raise NotFound("这条记录已经删除。", "请先恢复这条记录。")
    written = session.ledger.written_under(type_name, held.id)
    unit = session.ledger.unit_of(type_name, written)
    if not stands_within(session.database, unit, session.unit.id):
        raise NotAllowed("这条记录不归本单位管，不能给它添加附件。", "请由这条记录所属的单位添加。")
    return written, unit


def _within_limits(name: str, length: int, size: int, count: int) -> None:
    if length > MOST_BYTES:
        raise TooLarge(f"“{name}”有{size_words(length)}，一个文件最多{size_words(MOST_BYTES)}。")
    if size > MOST_ON_RECORD:
        raise TooLarge(f"一条记录的附件一共最多{size_words(MOST_ON_RECORD)}，加上“{name}”就超过了。")
    if count > MOST_FILES:
        raise TooLarge(f"一条记录最多{MOST_FILES}个附件。", "请把几页合成一个PDF，或者先删除不需要的。")


def _parts(attachment: str, data: bytes) -> list[dict[str, Cell]]:
    return [
        {
            "attachment": attachment,
            "number": number,
            "content": base64.b64encode(data[start : start + PART_BYTES]).decode("ascii"),
        }
        for number, start in enumerate(range(0, len(data), PART_BYTES), start=1)
    ]


# -- looking -------------------------------------------------------------------------------------------------------


def of_record(database: Database, types: Catalogue, type_name: str, record: str) -> list[Attachment]:
    """What is attached to a record and not deleted, oldest first; may be called in a reader's thread.

    What a unit has attached that never had the record is not shown: whoever looks after the record cannot see it.
    """
    ids = attached.ids_of(database, type_name, record)
    query = Query(
        ATTACHMENT,
        filters=(Filter("kind", Compare.EQUALS, type_name), Filter("record", Compare.AMONG, ids)),
        order=reading.NEWEST_ORDER,
    )
    units = attached.units_of(database, type_name, ids)
    held = [r for r in reading.records(database, types, query) if r.unit in units]
    parts = attached.here(database, [r.id for r in held])
    return [_attachment(r, parts.get(r.id, 0)) for r in held]


def load(database: Database, types: Catalogue, attachment: str) -> Attachment:
    """One attachment; raises ``NotFound``."""
    held = reading.record(database, types, ATTACHMENT, attachment)
    if held is None or held.life is Life.DELETED:
        raise NotFound("没有找到这个附件。")
    return _attachment(held, attached.here(database, [held.id]).get(held.id, 0))


def _attachment(held: Record, here: int) -> Attachment:
    cells = held.values

    def text(name: str) -> str:
        return str(cells.get(name) or "")

    def number(name: str) -> int:
        value = cells.get(name)
        return value if isinstance(value, int) else 0

    return Attachment(
        id=held.id,
        name=text("name") or ("（没有文件名）" if text("media") else "（文件名已清除）"),
        description=text("description"),
        taken=text("taken"),
        media=text("media"),
        size=number("size"),
        width=number("width"),
        height=number("height"),
        sha256=text("sha256"),
        parts=number("parts"),
        here=here,
        added=stamp_words(held.stamp),
        operator=held.operator,
        unit=held.unit,
    )


def show(session: Session, attachment: str) -> bytes:
    """The content, to be looked at; that it was shown is noted first.

    Raises ``NotAllowed``, ``NotFound``, :class:`Gone`, :class:`Incomplete` and :class:`Spoiled`.
    """
    session.require(Role.EDITOR, Role.DESK)
    found = load(session.database, session.types, attachment)
    data = _content(session.database, found)
    audit.note(session, audit.Act.SHOWN, f"{ATTACHMENT} {found.id} content")
    return data


def save(session: Session, attachment: str, path: Path, *, neutral: bool = False) -> Path:
    """Writes the content into a file, or a folder under its own name, or ``neutral`` under one that names nobody.

    It is noted first, without the name. What stands in the folder is not written over. Raises what :func:`show` raises
    and the problems of writing a file.
    """
    session.require(Role.EDITOR, Role.DESK)
    found = load(session.database, session.types, attachment)
    data = _content(session.database, found)
    if path.is_dir():
        path = free_path(path / (neutral_name(found) if neutral else file_name(found)))
    audit.note(session, audit.Act.EXPORTED, f"{ATTACHMENT} {found.id}")
    with files.replacing(path) as stream:
        stream.write(data)
    return path


def file_name(found: Attachment) -> str:
    """A name under which every system can keep the file; its ending is that of what it is.

    Numbers of people are masked: names of files are seen by whoever looks into a folder.
    """
    return safe_name(found.shown_name, found.media)


def neutral_name(found: Attachment) -> str:
    """A name that tells nothing of the content: day and the end of the id."""
    return safe_name(f"附件-{found.taken or found.added[:10]}-{found.id[-6:]}", found.media)


def _content(database: Database, found: Attachment) -> bytes:
    """The bytes, when they are what the attachment says of them."""
    if found.erased:
        raise Gone("这个附件的内容已经清除。")
    if found.size > MOST_BYTES or found.parts > -(-MOST_BYTES // PART_BYTES):
        raise Spoiled("这个附件大得不正常，没有打开。")
    if found.here < found.parts:
        raise Incomplete(f"这个附件一共{found.parts}份，到了{found.here}份，还不完整。")
    try:
        parts = [
            base64.b64decode(text, validate=True)
            for text in attached.contents(database, found.id, found.parts)
        ]
    except (binascii.Error, ValueError) as error:
        raise Spoiled("这个附件的内容损坏了。") from error
    data = b"".join(parts)
    if len(data) != found.size or hashlib.sha256(data).hexdigest() != found.sha256:
        raise Spoiled("这个附件的内容和登记的不一致，可能损坏或者被改动过。")
    try:
        kind = recognise(data)
    except NotAttachable as error:
        raise Spoiled("这个附件不是可以打开的文件。") from error
    if kind != found.media:
        raise Spoiled("这个附件的内容和登记的文件类型不一致，没有打开。")
    return data


# -- changing ------------------------------------------------------------------------------------------------------


def describe(session: Session, attachment: str, said: Mapping[str, str]) -> ChangeSet:
    """Changes ``name`` or ``description``; the ending of the name stays that of the file."""
    found = _own(session, attachment)
    values: dict[str, Cell] = {}
    if "description" in said:
        values["description"] = records.tidy(said["description"])
    if said.get("name"):
        values["name"] = entered_name(said["name"], found.media)
    edits = records.slot_edits(session, session.types[ATTACHMENT], found.id, values)
    return session.ledger.write("修改附件", session.operator.name, edits=edits)


def remove(session: Session, attachments: Sequence[str]) -> ChangeSet:
    """Deletes attachments with their content; undo brings them back."""
    found = [_own(session, attachment) for attachment in attachments]
    with session.database.transaction():
        for each in found:
            audit.note(session, audit.Act.DELETED, f"{ATTACHMENT} {each.id}")
        name = "删除附件" if len(found) == 1 else f"删除附件{len(found)}个"
        deletions = [Deletion(ATTACHMENT, each.id) for each in found]
        return session.ledger.write(name, session.operator.name, deletions=deletions)


def _own(session: Session, attachment: str) -> Attachment:
    """An attachment that may be changed here. Raises ``NotAllowed`` and ``NotFound``."""
    session.require(Role.EDITOR, Role.DESK)
    found = load(session.database, session.types, attachment)
    if not stands_within(session.database, found.unit, session.unit.id):
        raise NotAllowed("这个附件不归本单位管。")
    return found
