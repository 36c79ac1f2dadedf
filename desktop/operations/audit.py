"""What is kept about who did what: noting it, showing personal values, looking the log through, erasing by rule."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from desktop.errors import UsageProblem
from desktop.operations.session import Session
from desktop.records.declaration import RESERVED_LABELS, Role
from desktop.records.typed.dates import china_time, midnight
from desktop.records.types import Catalogue
from desktop.store.ledger import NotFound
from desktop.store.queries import reading
from desktop.store.tables.database import Database
from desktop.store.workspaces import audit
from desktop.store.workspaces.audit import Act as Act
from desktop.store.workspaces.audit import AuditLine

_ID = re.compile(r"[0-9a-f]{32}")
_LONG = re.compile(r"[0-9a-f]{16,}")
_NAMED = re.compile(r"[0-9a-f]{6,}")
"""What may be the id of a unit, which is a division's code or a random one, or of a station."""
LEAST_KEPT = datetime.timedelta(milliseconds=audit.LEAST_KEPT_MS)


class TooYoung(UsageProblem):
    """The texts of the log must be kept longer."""

    next_step = "日志文字至少保存三年，请写更早的日期。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are looked for; empty words and ``None`` ask for all. Days are those of China, both included."""

    operator: str = ""
    action: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines a log has, its first wrong one, and what its last one says of all before it."""

    lines: int
    broken_at: int | None
    head: str

    @property
    def words(self) -> str:
        """What a person is told."""
        if self.broken_at is None:
            return f"日志完整：共{self.lines}行，中间没有缺行，没有改动。"
        if self.broken_at > self.lines:
            return f"第{self.broken_at}行起不对：一共只有{self.lines}行，末尾少了行。"
        return f"第{self.broken_at}行起不对：这一行或者它前面有改动，或者少了行。"


@dataclass(frozen=True, slots=True)
class Found:
    """The newest lines that were looked for, how many there are in all, and whose and which acts stand in the log."""

    lines: Sequence[AuditLine]
    total: int
    operators: Sequence[str]
    actions: Sequence[str]


def note(session: Session, action: Act, detail: str = "") -> None:
    """Notes an action of the operator; ``detail`` never holds a personal value.

    Where the step itself writes, it stands in one transaction with the note, so that neither is without the other.
    """
    audit.note(session.database, session.environment, session.operator.name, action, detail)


def digest_of_file(path: Path) -> str:
    """What names a file in the log without its name, which may be a person's: the head of its SHA-256."""
    with path.open("rb") as file:
        return f"文件{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"


def reveal(session: Session, type_name: str, record: str, field: str) -> str:
    """A personal value in full; that it was shown is noted first. Raises ``NotAllowed`` and ``NotFound``."""
    session.require(Role.EDITOR, Role.DESK)
    held = reading.record(session.database, session.types, type_name, record)
    if held is None:
        raise NotFound("没有找到这条记录。")
    note(session, Act.SHOWN, f"{type_name} {record} {field}")
    return str(held.values.get(field) or "")


def may_see(role: Role) -> bool:
    """Who may have personal values shown in full; :func:`reveal` asks again."""
    return role is not Role.READER


def may_look(role: Role) -> bool:
    """Who may look the log through and take it out: those who answer for the workspace."""
    return role in (Role.ADMIN, Role.DESK)


def find(database: Database, wanted: Wanted, limit: int = 1000) -> Found:
    """The newest lines that are wanted, newest first; may be called in a reader's thread."""
    found = [line for line in audit.lines(database) if _is_wanted(line, wanted)]
    operators, actions = audit.words(database)
    return Found(found[::-1][:limit], len(found), operators, actions)


def recent(session: Session, limit: int = 200) -> list[AuditLine]:
    """The newest lines, newest first."""
    return list(find(session.database, Wanted(), limit).lines)


def verify(session: Session) -> int | None:
    """The number of the first line that was tampered with, or nothing."""
    return verdict(session.database).broken_at


def verdict(database: Database) -> Verdict:
    """Whether the chain of a workspace is whole; may be called in a reader's thread."""
    return verdict_on(audit.lines(database))


def erase_texts(session: Session, before: datetime.date) -> int:
    """Erases who and what of all lines before a day, at least three years back; the chain holds, and it is noted.

    Raises ``NotAllowed`` for all but administrators, and :class:`TooYoung`.
    """
    session.require()
    if before > session.environment.today() - LEAST_KEPT:
        raise TooYoung("这些日志还没有满三年。")
    with session.database.transaction():
        count = audit.erase(session.database, start_of(before))
        note(session, Act.LOG_ERASED, f"{before.isoformat()}以前{count}行")
    return count


def readable(types: Catalogue, detail: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The detail of a line with types and fields by their labels, units and stations by their ``names``.

    Of other long ids only the beginning or the end is shown.
    """
    return "；".join(" ".join(_readable(types, part.split(" "), names)) for part in detail.split("；"))


def record_of(types: Catalogue, detail: str) -> tuple[str, str] | None:
    """Type and id of the one record that a line is about, if it is about one."""
    words = detail.split(" ")
    if len(words) > 1 and words[0] in types and _ID.fullmatch(words[1]) and "；" not in detail:
        return words[0], words[1]
    return None


def verdict_on(lines: Iterable[AuditLine], earlier: Sequence[AuditLine] = ()) -> Verdict:
    """Whether the chain of these lines is whole, and goes on from one that was kept elsewhere before."""
    found = list(lines)
    broken = audit.broken_at(found)
    parted = audit.parts_at(found, earlier)
    return Verdict(
        len(found),
        min((at for at in (broken, parted) if at is not None), default=None),
        found[-1].hash if found else audit.START,
    )


def _is_wanted(line: AuditLine, wanted: Wanted) -> bool:
    day = china_time(line.at).date()
    return (
        wanted.operator in ("", line.operator)
        and wanted.action in ("", line.action)
        and (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day <= wanted.until)
    )


def _readable(types: Catalogue, words: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    known = types.get(words[0])
    for word in words:
        told = _NAMED.sub(lambda found: f"“{names[found[0]]}”" if found[0] in names else found[0], word)
        if told != word:
            yield told
        elif known is not None and word == known.name:
            yield known.label
        elif known is not None and word in known.by_name:
            yield f"“{known.by_name[word].label}”"
        elif known is not None and word in known.slots:
            yield f"“{known.slots[word].label}”"
        elif known is not None and word in RESERVED_LABELS:
            yield f"“{RESERVED_LABELS[word]}”"
        else:
            # Ids of one day begin alike and are told apart by their ends; digests by their beginnings.
            yield f"…{word[-6:]}" if _ID.fullmatch(word) else _LONG.sub(lambda found: found[0][:8], word)


def start_of(day: datetime.date) -> int:
    """The first millisecond of a day in China, since 1970."""
    return int(midnight(day).timestamp() * 1000)
