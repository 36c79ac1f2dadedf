"""What a stranger's bytes reach first: each reader takes any bytes and answers with a value or with its own error.

Whatever else a reader raises is a fault, and so is what takes long or much memory; the fuzzer limits both.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from desktop.documents.workbooks import spreadsheetml
from desktop.documents.workbooks.opening import open_workbook
from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell
from desktop.records.versions.items import Shape
from desktop.sync.bundles.envelope import MANIFEST
from desktop.sync.enrolling import requests
from desktop.sync.errors import Caused
from desktop.sync.formats import agefile, decoding, dsse, frames, receipts, segments, strictjson, zipstore
from desktop.sync.formats.agefile import NotDecrypted
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.signed import certificates, manifest
from tests.sync.desks import Desk, enrol, new_desk, new_root

MOST = 1 << 20
"""Nothing that a target is given is longer."""

_VECTORS = Path(__file__).parents[1] / "vectors"
_IDENTITY = agefile.identity_from_bytes(bytes(range(32)))
_ANY_NAME = re.compile("[ -~]{1,60}")


@dataclass(frozen=True)
class Target:
    """A reader, the errors that are its own, and bytes to begin with."""

    read: Callable[[bytes], object]
    answers: tuple[type[Exception], ...]
    seeds: Callable[[], Iterable[bytes]]

    def try_out(self, data: bytes) -> bool:
        """Whether the reader took the bytes; raises only what is a fault."""
        try:
            self.read(data)
        except self.answers:
            return False
        return True


def _json(data: bytes) -> None:
    strictjson.parse(data, MOST)


def _signed(data: bytes) -> None:
    signed = dsse.parse(data, MOST)
    assert dsse.parse(signed.encode(), MOST) == signed


def _certificates(data: bytes) -> None:
    for der in certificates.from_pem(data) if data.startswith(b"-----") else (data,):
        certificates.parse(der)


def _sealed(data: bytes) -> None:
    agefile.decrypt(data, _IDENTITY)


def _archive(data: bytes) -> None:
    stream = io.BytesIO(data)
    for entry in zipstore.list_entries(stream, _ANY_NAME, 20).values():
        zipstore.read_entry(stream, entry, MOST)


def _frames(data: bytes) -> None:
    for frame in frames.split(data, 20, 4 * MOST):
        frame.plain()


def _segment(data: bytes) -> None:
    header, lines = segments.read(frames.compress(data + b"\n"))
    decoding.decode(header, lines, catalogue())


def _receipt(data: bytes) -> None:
    receipts.read(frames.compress(data + b"\n"))


def _workbook(data: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="xiaosanji-fuzz-") as folder:
        path = Path(folder) / "table.xlsx"
        path.write_bytes(data)
        with open_workbook(path) as book:
            for info in book.sheets[:3]:
                list(itertools.islice(book.sheet(info.name).rows(), 1000))


# -- lines that an enrolled station signs, merged -------------------------------------------------------------------


class _TakenBack(Exception):
    """Ends the transaction, so that the next input meets the same ledger."""


@functools.cache
def _desks() -> tuple[Desk, Desk]:
    """A village, and its town that has received a record of it."""
    folder = Path(tempfile.mkdtemp(prefix="xiaosanji-fuzz-"))
    district = new_root(folder, "区")
    town, village = new_desk(folder, "镇", Level.TOWN), new_desk(folder, "村", Level.VILLAGE)
    enrol(town, district, 3)
    enrol(village, town)
    village.birth("firm", {"name": "一家", "staff": 3, "person": "王芳"}, record="f1" * 16)
    town.take(village.send())
    return village, town


_SHAPES = {"firm": Shape(("name", "staff")), "visit": Shape(("firm", "topic")), "prize": Shape(("title",))}


def _merge(data: bytes) -> None:
    """The lines as items of the village, which signs what it likes, merged by the town."""
    village, town = _desks()
    lines = data.split(b"\n")[:50]
    before = town.digest()
    with contextlib.suppress(_TakenBack), village.database.transaction():
        try:
            village.forge(list(enumerate(lines, village.next_number())), _SHAPES)
            sent = village.send()
        except (items.MalformedLine, ValueError, Caused):
            raise _TakenBack from None  # what no segment can be cut of was never sent
        with town.database.transaction():
            (result,) = town.merge(sent).bundles
            if result.problem is None:
                parts = (result.applied, result.known, result.held, result.conflict, result.refused)
                assert sum(parts) == result.total
            else:
                assert isinstance(result.problem, Caused), result.problem
                assert town.digest() == before
            raise _TakenBack
    for path in village.folder.glob("*.xsj"):
        path.unlink()
    assert town.digest() == before


# -- bytes to begin with --------------------------------------------------------------------------------------------


def _files(*endings: str) -> Callable[[], Iterator[bytes]]:
    """The test vectors with these endings."""

    def found() -> Iterator[bytes]:
        for path in sorted(p for e in endings for p in _VECTORS.glob(f"*/*.{e}")):
            yield path.read_bytes()

    return found


def _manifests() -> Iterator[bytes]:
    for path in sorted(_VECTORS.glob("*/*.xsj")):
        try:
            with zipfile.ZipFile(path) as archive:
                yield archive.read(MANIFEST)
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
            continue


def _payloads() -> Iterator[bytes]:
    for data in _manifests():
        try:
            yield dsse.parse(data, MOST).payload
        except Caused:
            continue


def _plain_frames(start: bytes) -> Callable[[], Iterator[bytes]]:
    """The frames of read vectors that say they are ``start``."""

    def found() -> Iterator[bytes]:
        for data in _files("ndjson")():
            frame: list[bytes] = []
            for line in [*data.split(b"\n"), b'{"xsj":"end"}']:
                if line.startswith(b"{") and b'"xsj":' in line and frame:
                    if b'"xsj":"' + start in frame[0]:
                        yield b"\n".join(frame)
                    frame = []
                if frame or (line.startswith(b"{") and b'"xsj":' in line):
                    frame.append(line)

    return found


def _compressed() -> Iterator[bytes]:
    for plain in itertools.islice(_plain_frames(b"segment")(), 10):
        yield frames.compress(plain + b"\n").compressed


def _ciphers() -> Iterator[bytes]:
    for plain in (b"", b"x", bytes(70_000)):
        yield agefile.encrypt(plain, agefile.recipient_of(_IDENTITY))


def _workbooks() -> Iterator[bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["单位名称", "统一社会信用代码", "职工人数"])
    sheet.append(["杭州犇䶮有限公司", "91330106MA2CABCDEX", 3])
    sheet.merge_cells("A1:B1")
    stream = io.BytesIO()
    book.save(stream)
    yield stream.getvalue()
    yield "单位名称\t职工人数\n茶厂\t3\n".encode("gb18030")
    yield '单位名称,职工人数\n"茶\n厂",3\n'.encode("utf-8-sig")
    yield b'<Workbook xmlns="%b" xmlns:ss="%b"><Worksheet><Table><Column ss:Hidden="1"/><Row ss:Index="2">' \
        b'<Cell ss:MergeDown="1"><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>' \
        % ((spreadsheetml.NAMESPACE.encode(),) * 2)  # fmt: skip


def _lines() -> Iterator[bytes]:
    village, _ = _desks()
    firm, visit = "f1" * 16, "d1" * 16
    number = village.next_number()

    def line(kind: str, record: str, slot: str | None, value: object, at: int, **said: object) -> bytes:
        return items.change_line(village.head(kind, record, slot, number=number + at, **said), value, None)

    def birth(type_name: str, record: str, cells: Mapping[str, Cell], at: int) -> bytes:
        head = village.head(items.BIRTH, record, None, type=type_name, number=number + at)
        return items.birth_line(head, _SHAPES[type_name], cells, lambda: "salt")

    yield line(items.CHANGE, firm, "name", "二家", 0)
    yield line(items.CHANGE, firm, "count", {"staff": 4, "source": "税务"}, 0)
    yield line(items.TOMBSTONE, firm, "_deleted", None, 0)
    yield line("erase", firm, None, {"fields": ["name"]}, 0)
    yield birth("firm", "f2" * 16, {"name": "三家", "staff": 1}, 0)
    yield b"\n".join(
        [
            birth("visit", visit, {"firm": firm, "topic": "走访"}, 0),
            line(items.CHANGE, visit, "topic", "慰问", 1, type="visit"),
        ]
    )
    yield birth("prize", "ab" * 16, {"title": "新的"}, 0)


TARGETS: Mapping[str, Target] = {
    "json": Target(_json, (NotStrict,), _payloads),
    "signed": Target(_signed, (Caused,), _manifests),
    "manifest": Target(manifest.parse, (Caused,), _payloads),
    "certificates": Target(_certificates, (Caused, ValueError), _files("der", "pem")),
    "request": Target(requests.read_request, (Caused,), _files("xsq")),
    "sealed": Target(_sealed, (NotDecrypted,), _ciphers),
    "archive": Target(_archive, (Caused,), _files("xsj")),
    "frames": Target(_frames, (Caused,), _compressed),
    "segment": Target(_segment, (Caused,), _plain_frames(b"segment")),
    "receipt": Target(_receipt, (Caused,), _plain_frames(b"receipt")),
    "workbook": Target(_workbook, (Problem,), _workbooks),
    "merge": Target(_merge, (), _lines),
}  # fmt: skip
"""By name; the last one goes the whole way into a ledger."""


def some(target: Target, most: int) -> Sequence[bytes]:
    """At most so many seeds of a target, none too long."""
    return [data for data in itertools.islice(target.seeds(), most) if len(data) <= MOST]
