"""A synthetic district on disk: enrolled stations whose bundles hold enterprises, members, meetings and attendances.

The bundles are what real stations would send; they are made without a workspace each, by signing segments directly,
because 200 workspaces would take longer to make than to measure.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from desktop.operations.session import Session
from desktop.operations.stations import enrolling
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell
from desktop.records.versions.items import MAX_LINES, Head
from desktop.store.writing.births import shape_of
from desktop.sync.authority import station
from desktop.sync.bundles import sending, writing
from desktop.sync.bundles.writing import Draft, Outgoing
from desktop.sync.enrolling import requests
from desktop.sync.enrolling.requests import Wish
from desktop.sync.formats import segments
from desktop.sync.formats.receipts import LABEL, Receipt
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.identity import Speaking, StationKeys
from tests.operations.stations import CHEAP, START, repeatable

COUNTS = {"enterprise": 500, "member": 1500, "meeting": 100, "attendance": 1000}
"""Rows of one station; 200 stations make the district of 620 000."""
STAMP_MS = START - 1_577_836_800_000

Row = tuple[str, str, str, dict[str, Cell]]
"""Type, record id, unit id and the filled fields of a record."""


@dataclass
class Sender:
    """One station that sends: its keys, chain and unit, and how many items it has numbered."""

    keys: StationKeys
    chain: tuple[bytes, ...]
    unit: str
    desk: certificates.Certificate
    last: int = 0
    sequence: int = 0
    lines: list[tuple[int, bytes]] = field(default_factory=list)


def build(folder: Path, stations: int, counts: dict[str, int] | None = None) -> tuple[Session, list[Sender]]:
    """A district with this many enrolled stations; its workspace lies in ``folder / 'desk'``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    desk = workspaces.create(
        folder / "desk",
        code="330110",
        name="余杭区总工会",
        level=Level.DISTRICT,
        operator="区总",
        password="password1",
        environment=repeatable("desk"),
        cost=CHEAP,
    )
    senders = []
    for number in range(stations):
        keys = identity.generate(repeatable(f"station {number}").random)
        wish = Wish(f"B{number:04d}", f"第{number + 1}工会", Level.ENTERPRISE)
        (folder / "a.xsq").write_bytes(requests.make_request(keys, wish, START))
        granted = enrolling.grant(desk, folder / "a.xsq", folder / "a.xsg", compared=None)
        certificate = station.granted(desk.ledger)[0]
        chain = (certificate.der, *station.own_chain(desk.ledger))
        senders.append(Sender(keys, chain, granted.unit.id, certificates.parse(chain[-1])))
    sending.cut_own(desk.ledger, station.load_keys(desk.ledger))
    return desk, senders


def rows_of(sender: Sender, number: int, counts: dict[str, int]) -> Iterator[Row]:
    """The records that a station enters; the same number gives the same records."""
    rnd = random.Random(number)
    enterprises = [hashlib.md5(f"e{number}.{i}".encode()).hexdigest() for i in range(counts["enterprise"])]
    for i, record in enumerate(enterprises):
        yield "enterprise", record, sender.unit, enterprise(rnd, number * 1000 + i)
    members = [hashlib.md5(f"m{number}.{i}".encode()).hexdigest() for i in range(counts["member"])]
    for i, record in enumerate(members):
        yield "member", record, sender.unit, member(rnd, i, rnd.choice(enterprises))
    for i in range(counts["meeting"]):
        record = hashlib.md5(f"t{number}.{i}".encode()).hexdigest()
        yield "meeting", record, sender.unit, meeting(rnd, i, rnd.choice(enterprises))
    course = hashlib.md5(f"c{number}".encode()).hexdigest()
    for i in range(counts["attendance"]):
        record = hashlib.md5(f"a{number}.{i}".encode()).hexdigest()
        yield "attendance", record, sender.unit, attendance(rnd, i, course)


def enterprise(rnd: random.Random, i: int) -> dict[str, Cell]:
    """20 filled fields."""
    return {
        "name": "杭州" + rnd.choice("恒锦瑞华盛达") + rnd.choice("通源美科隆泰") + f"{i}有限公司",
        "uscc": f"9133011{i:011d}"[:18],
        "registered_address": f"浙江省杭州市余杭区良渚街道古墩路{i % 2000}号",
        "address": f"杭州市余杭区良渚街道古墩路{i % 2000}号{i % 9}幢",
        "town": "330110010",
        "grid": f"网格{i % 40}",
        "in_park": i % 2,
        "legal_person": rnd.choice("王李张刘陈") + rnd.choice("芳伟敏静强"),
        "contact_name": rnd.choice("王李张刘陈") + rnd.choice("芳伟敏静强"),
        "contact_phone": f"138{i % 100_000_000:08d}",
        "ownership": "private",
        "economy": "private",
        "industry": "manufacturing",
        "sector": "non_public",
        "surveyed_staff": rnd.randint(1, 600),
        "surveyed_source": "工会摸排",
        "surveyed_date": "2026-09-30",
        "women_count": rnd.randint(0, 100),
        "status": "active",
        "union_state": rnd.choice("YCN"),
    }


def member(rnd: random.Random, i: int, enterprise_id: str) -> dict[str, Cell]:
    """15 filled fields."""
    return {
        "name": rnd.choice("王李张刘陈杨赵黄周吴")
        + rnd.choice("芳伟敏静强磊洋艳勇军")
        + rnd.choice("芳伟敏静强磊洋"),
        "sex": rnd.choice("12"),
        "birth_date": f"19{rnd.randint(60, 99)}-0{rnd.randint(1, 9)}-1{rnd.randint(0, 9)}",
        "id_kind": "resident_id",
        "id_number": f"33010619{rnd.randint(600000, 991231)}{i % 10000:04d}",
        "phone": f"139{rnd.randint(0, 99_999_999):08d}",
        "education": "4",
        "skill_level": "0",
        "first_admission_date": "2024-05-01",
        "membership_change": "1",
        "membership_change_date": "2024-05-01",
        "enterprise": enterprise_id,
        "workplace": f"杭州第{i}车间",
        "employment": "1",
        "migrant": i % 2,
    }


def meeting(rnd: random.Random, i: int, enterprise_id: str) -> dict[str, Cell]:
    """12 filled fields."""
    return {
        "kind": "union_committee",
        "name": f"工会委员会第{i}次会议",
        "enterprise": enterprise_id,
        "started_date": f"2026-0{rnd.randint(1, 9)}-15",
        "venue": "三楼会议室",
        "host": "王芳",
        "recorder": "李敏",
        "expected_count": 30,
        "present_count": 28,
        "leave_count": 2,
        "absent_count": 0,
        "topics": "讨论通过本年度工作计划；审议经费预算；研究慰问安排。",
    }


def attendance(rnd: random.Random, i: int, course: str) -> dict[str, Cell]:
    """8 filled fields."""
    return {
        "course": course,
        "sequence": i,
        "name": rnd.choice("王李张刘陈杨赵黄周吴") + rnd.choice("芳伟敏静强磊洋艳勇军"),
        "unit_name": f"第{i}工会",
        "post_title": "工会主席",
        "phone": f"137{rnd.randint(0, 99_999_999):08d}",
        "half_days": "1 2",
        "result": "passed",
    }


def birth_lines(sender: Sender, rows: list[Row]) -> None:
    """Numbers the rows as births of the sender and appends their lines."""
    shapes = {name: shape_of(t) for name, t in catalogue().items()}
    fields = {name: {c: c.rpartition(".")[2] for c in shape.columns} for name, shape in shapes.items()}
    for type_name, record, unit, values in rows:
        sender.last += 1
        head = Head(
            items.BIRTH, type_name, record, unit, None, stamp_of(sender, sender.last), (), sender.last, "王芳"
        )
        cells = {c: values.get(f) for c, f in fields[type_name].items()}
        sender.lines.append((sender.last, items.birth_line(head, shapes[type_name], cells)))


def stamp_of(sender: Sender, number: int) -> int:
    """The stamp that the sender gives to its item with this number: one a millisecond."""
    return (STAMP_MS + number) << 22 | int(sender.keys.station[:5], 16) >> 1


def bundle(sender: Sender, path: Path, size: int = MAX_LINES, first: int = 1) -> Path:
    """Writes the sender's lines from number ``first`` on as a bundle, cut into segments of ``size`` lines."""
    shapes = {name: shape_of(t) for name, t in catalogue().items()}
    lines = [(n, line) for n, line in sender.lines if n >= first]
    outgoing = [Outgoing(next(Receipt(sender.desk.station, "", 0, 1).frames()), LABEL)]
    counts: dict[str, int] = {}
    for number, start in enumerate(range(0, len(lines), size)):
        part = lines[start : start + size]
        used = {
            name: s
            for name, s in shapes.items()
            if any(f'"birth","{name}"'.encode() in line[:60] for _, line in part)
        }
        header, frame = segments.cut(
            sender.keys.station, sender.keys.incarnation, part, used, sender.keys.sign,
            # One for all, so that the same lines have the same hashes however they are cut.
            key=random.Random(sender.keys.station).randbytes(items.KEY_BYTES),
        )  # fmt: skip
        outgoing.append(Outgoing(frame, [*header.label(), number, number + 1]))
        for kind, n in header.counts.items():
            counts[kind] = counts.get(kind, 0) + n
    sender.sequence += 1
    draft = Draft(
        program="0.1.0", schema=1, kind="up", sequence=sender.sequence, last=sender.last, unit=sender.unit, tree=0,
        receiver=sender.desk.station, recipient=sender.desk.claims.recipient, created=START, previous=None,
        counts=counts,
    )  # fmt: skip
    writing.write_bundle(
        path, draft, outgoing, Speaking(sender.keys, sender.chain), random.Random(1).randbytes
    )
    return path
