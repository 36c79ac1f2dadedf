"""Whole bundles, changed at random on every layer: each is refused by its own error and writes nothing, or is harmless.

Who has no key can only change bytes, entries and whole parts: then a bundle is refused, or it does what it did
before. Who is enrolled can sign anything: then what is taken still adds up, and what is not leaves no trace. Traps 3
and 7 of other systems: bytes that are parsed twice, doubled keys, bundles cut anywhere, bombs, paths, huge numbers.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import random
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.sync import errors
from desktop.sync.authority import station
from desktop.sync.bundles.envelope import MANIFEST
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors import enrolment as enrolment_errors
from desktop.sync.errors import persons as persons_errors
from desktop.sync.formats import agefile, dsse, receipts, segments, sorts, strictjson, zipstore
from desktop.sync.formats.frames import split
from desktop.sync.merging import receiving
from desktop.sync.merging.results import BundleResult
from desktop.sync.signed import certificates, manifest
from tests.conftest import LONG
from tests.sync.desks import Desk, enrol, new_desk, new_root

FIRM, SECOND, VISIT = "f1" * 16, "f2" * 16, "d1" * 16
PART = manifest.part_name(1)
NAMED = {
    e
    for module in (errors, enrolment_errors, persons_errors, sorts)
    for e in vars(module).values()
    if isinstance(e, type) and issubclass(e, errors.Caused)
}
FAMILIES = {errors.Caused, *(b for e in NAMED for b in e.__bases__)}
"""Only what is no base of another error is the cause of something."""
ALONE = {
    errors.NotGranted, errors.Revoked, errors.UnitMoved, errors.UnitNotKnown, errors.UnknownSigner,
    errors.WrongReceiver,
}  # fmt: skip
"""Bases that are told by themselves as well, where nothing more is known."""
EXIT_CODES = {10, 11, 12, 13, 14, 15, 20, 24}
PATIENCE = 20.0
"""Seconds that no bundle may take, on a machine that does much else."""

pytestmark = pytest.mark.no_cover

mutations = settings(
    max_examples=4_000 if LONG else 400,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


class _TakenBack(Exception):
    """Ends the transaction in which a bundle was merged, so that the next one meets the same ledger."""


@dataclass(frozen=True)
class Post:
    """A bundle underway: from whom, to whom, what it holds, and what it finds there.

    ``effects`` are what it does as it is, and what do others that may come there, by sender and sequence.
    """

    sender: Desk
    receiver: Desk
    data: bytes
    manifest: dict[str, Any]
    repeat: dict[str, Any]
    frames: tuple[bytes, ...]
    before: str
    effects: Mapping[tuple[str, int], tuple[object, ...]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.receiver.folder / "changed.xsj"

    @property
    def entries(self) -> dict[str, bytes]:
        """The entries of the ZIP."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


class World:
    """A bundle upward and one downward, each with something of everything, and bundles to take pieces from."""

    def __init__(self, up: Post, down: Post, *others: Sent) -> None:
        self.up = up
        self.down = down
        self.others = tuple(sent.path.read_bytes() for sent in others)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("mutations")
    district = new_root(folder, "区")
    town = new_desk(folder, "镇", Level.TOWN)
    village, other = (new_desk(folder, name, Level.VILLAGE) for name in ("甲村", "乙村"))
    enrol(town, district, 3)
    enrol(village, town)
    enrol(other, town)
    village.birth("firm", {"name": "一家", "staff": 3, "person": "王芳"}, record=FIRM)
    earlier = village.send()
    town.take(earlier)
    village.take(town.send(village))
    town.edit(FIRM, "in_park", 1)
    town.birth("firm", {"name": "镇里给的", "person": "张"}, record="f3" * 16, unit=village.unit)
    village.edit(FIRM, "in_park", 0)
    village.edit(FIRM, "contact", {"person": "李明", "phone": "139"})
    village.birth("firm", {"name": "二家", "partner": FIRM}, record=SECOND)
    village.birth("visit", {"firm": FIRM, "topic": "走访"}, record=VISIT)
    village.delete(SECOND)
    village.forge_change(FIRM, "name", "别村的", unit=other.unit)
    village.forge_change("ab" * 16, "name", "还没来")
    village.forge_birth("ac" * 16, {"title": "新的"}, type="prize")
    other.birth("firm", {"name": "乙村的"})
    elsewhere = new_desk(folder, "别村", Level.VILLAGE)
    enrol(elsewhere, new_root(folder, "别区"))
    elsewhere.birth("firm", {"name": "外面的"})
    village.cut()
    town.cut()
    up, down, third = village.send(), town.send(village), other.send()
    return World(
        _post(village, town, up.path.read_bytes(), earlier, third),
        _post(town, village, down.path.read_bytes()),
        earlier,
        third,
        elsewhere.send(),
    )


def _post(sender: Desk, receiver: Desk, data: bytes, *others: Sent) -> Post:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        signed = dsse.parse(archive.read(MANIFEST), 1 << 20)
        compressed = agefile.decrypt(archive.read(PART), receiver.keys.age_identity)
    first, *rest = (frame.plain() for frame in split(compressed, 99, 1 << 30))
    post = Post(
        sender, receiver, data, json.loads(signed.payload), json.loads(first), tuple(rest), _rows(receiver)
    )
    effects = {}
    for genuine in (data, *(sent.path.read_bytes() for sent in others)):
        with _merged(post, genuine) as result:
            assert result.problem is None
            assert result.total > 2 or genuine is not data
            effects[result.sender, result.sequence] = _effect(post, result)
    assert len(set(effects.values())) == 1 + len(others)
    return replace(post, effects=effects)


# -- merging, and what holds whatever came --------------------------------------------------------------------------


@contextlib.contextmanager
def _merged(post: Post, data: bytes) -> Iterator[BundleResult]:
    """What the receiver makes of these bytes, and of what it had seen only until then."""
    post.path.write_bytes(data)
    receiver = post.receiver
    begun = time.monotonic()
    with contextlib.suppress(_TakenBack), receiver.database.transaction():
        (result,) = receiving.merge_bundles(receiver.ledger, receiver.keys, [post.path], "王芳").bundles
        assert time.monotonic() - begun < PATIENCE
        yield result
        raise _TakenBack


def _rows(desk: Desk) -> str:
    """A sum over every row of every table; a search index may lay out anew what it says."""
    found = hashlib.sha256()
    for name, sql in desk.database.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'search_*' ORDER BY name"
    ):
        found.update(repr((sql, desk.database.rows(f'SELECT * FROM "{name}"'))).encode())
    return found.hexdigest()


def _effect(post: Post, result: BundleResult) -> tuple[object, ...]:
    outcomes = (result.applied, result.known, result.held, result.conflict, result.refused, result.answered)
    return post.receiver.digest(), outcomes


def _is_refused(post: Post, result: BundleResult) -> bool:
    """Whether a bundle was refused; then by one cause, in plain Chinese, and without a trace."""
    problem = result.problem
    if problem is None:
        parts = (result.applied, result.known, result.held, result.conflict, result.refused)
        assert sum(parts) == result.total
        assert min(parts) >= 0
        return False
    assert type(problem) in NAMED - FAMILIES | ALONE
    assert problem.exit_code in EXIT_CODES
    for sentence in (str(problem), problem.next_step):
        assert sentence.endswith("。")
        assert sentence[0] >= "一"
    assert _rows(post.receiver) == post.before
    return True


def _is_genuine(post: Post, result: BundleResult) -> bool:
    """Whether a bundle did what the genuine one does that it says it is."""
    return _effect(post, result) == post.effects[result.sender, result.sequence]


def _check_powerless(post: Post, data: bytes) -> None:
    """Whoever holds no key can at most have changed what says nothing, or bring another genuine bundle."""
    with _merged(post, data) as result:
        assert _is_refused(post, result) or _is_genuine(post, result)


def _check_enrolled(post: Post, data: bytes) -> bool:
    """Whoever may sign is bound by the rules of items; whether the bundle was refused as a whole."""
    with _merged(post, data) as result:
        return _is_refused(post, result)
    raise AssertionError


# -- bytes ----------------------------------------------------------------------------------------------------------


def _spoil(rnd: random.Random, data: bytes) -> bytes:
    """Data with a piece of it flipped, cut off, left out, doubled, zeroed, moved or made up."""
    a, b = sorted(rnd.randrange(len(data) + 1) for _ in range(2))
    if rnd.random() < 0.5:
        b = min(b, a + rnd.choice((1, 2, 4, 40)))
    piece = data[a:b]
    match rnd.randrange(8):
        case 0 | 1:
            at = min(a, len(data) - 1)
            return data[:at] + bytes([data[at] ^ 1 << rnd.randrange(8)]) + data[at + 1 :] if data else b"\x00"
        case 2:
            return data[:a]
        case 3:
            return data[:a] + data[b:]
        case 4:
            return data[:b] + piece + data[b:]
        case 5:
            return data[:a] + bytes(b - a) + data[b:]
        case 6:
            return data[b:] + piece + data[:a]
        case _:
            return data[:a] + rnd.randbytes(rnd.choice((1, 8, 300))) + data[a:]


@mutations
@given(rnd=st.randoms(use_true_random=True), downward=st.booleans())
def test_bytes(world: World, rnd: random.Random, downward: bool) -> None:
    """Flipped, cut, left out, doubled, zeroed, moved, made up."""
    post = world.down if downward else world.up
    data = post.data
    for _ in range(rnd.choice((1, 1, 1, 3))):
        data = _spoil(rnd, data)
    _check_powerless(post, data)


# -- entries --------------------------------------------------------------------------------------------------------

NAMES = (
    "../manifest.json", "/etc/passwd", "manifest.json/", "parts/0002.ndjson.zst.age", "parts/9999.ndjson.zst.age",
    "roots/0001.json", "Manifest.json", "manifest.json\x00", "parts\\0001.ndjson.zst.age", "C:\\1.exe", "", "清单.json",
    "x" * 300, "certificates.pem ", "parts/../manifest.json",
)  # fmt: skip


def _zip(rnd: random.Random, entries: list[tuple[str, bytes]]) -> bytes:
    """A ZIP with or without the tricks of the format."""
    stream = io.BytesIO(rnd.choice((b"",) * 30 + (b"MZ" * 40,)))
    stream.seek(0, io.SEEK_END)
    with zipfile.ZipFile(stream, "a") as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            if rnd.random() < 0.02:
                info.compress_type = rnd.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
            if rnd.random() < 0.02:
                info.extra = b"\x01\x00\x10\x00" + bytes(16)
            if rnd.random() < 0.02:
                info.comment = b"?"
            if rnd.random() < 0.02:
                info.external_attr = 0o120777 << 16
            archive.writestr(info, data)
        if rnd.random() < 0.02:
            archive.comment = b"PK\x05\x06" + bytes(18)
    return stream.getvalue()


def _lie(rnd: random.Random, data: bytes) -> bytes:
    """A number of a record of the central directory or of the end made huge, odd or small."""
    start = data.rfind(b"PK\x01\x02") if rnd.random() < 0.7 else data.rfind(b"PK\x05\x06")
    at = start + rnd.randrange(4, 46)
    number = rnd.choice((b"\xff\xff\xff\xff", b"\xff\xff", bytes(4), b"\x01\x00", b"\x08\x00"))
    return data[:at] + number + data[at + len(number) :]


@pytest.mark.filterwarnings("ignore:Duplicate name")  # That is one of the tricks.
@mutations
@given(rnd=st.randoms(use_true_random=True), downward=st.booleans())
def test_entries(world: World, rnd: random.Random, downward: bool) -> None:
    """Left out, added, doubled, renamed, exchanged with those of other bundles, and the tricks of the ZIP format."""
    post = world.down if downward else world.up
    entries = list(post.entries.items())
    other = replace(post, data=rnd.choice((*world.others, world.up.data, world.down.data))).entries
    for _ in range(rnd.choice((0, 1, 1, 2))):
        at = rnd.randrange(len(entries)) if entries else 0
        name, data = entries[at] if entries else ("", b"")
        match rnd.randrange(8):
            case 0:
                entries = entries[:at] + entries[at + 1 :]
            case 1:
                entries.insert(at, (rnd.choice(NAMES), rnd.choice((data, b"", b"{}"))))
            case 2:
                entries.append((name, rnd.choice((data, b"", other.get(name, b"")))))
            case 3:
                entries[at : at + 1] = [(rnd.choice(NAMES), data)]
            case 4:
                entries[at : at + 1] = [(name, rnd.choice(list(other.values())))]
            case 5:
                entries[at : at + 1] = [(name, other.get(name, b""))]
            case 6:
                entries[at : at + 1] = [(name, _spoil(rnd, data))]
            case _:
                rnd.shuffle(entries)
    data = _zip(rnd, entries)
    _check_powerless(post, _lie(rnd, data) if rnd.random() < 0.1 else data)


def test_entries_that_make_up_another_genuine_bundle_do_what_that_does(world: World) -> None:
    """Two bundles of one sender differ in two entries, and the older one may come late: it is no forgery."""
    post, earlier = world.up, replace(world.up, data=world.others[0]).entries
    differing = {name for name, data in post.entries.items() if data != earlier[name]}
    assert differing == {MANIFEST, PART}
    for exchanged in ({MANIFEST}, {PART}, differing):
        entries = post.entries | {name: earlier[name] for name in exchanged}
        data = _zip(random.Random(1), list(entries.items()))
        _check_powerless(post, data)
        with _merged(post, data) as result:
            assert _is_refused(post, result) == (exchanged != differing)


# -- what is signed -------------------------------------------------------------------------------------------------

DEEP = "\ufdd0"
"""Stands for a value nested a hundred thousand deep, which no library writes."""
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 1 << 31, (1 << 53) - 1, 1 << 53, (1 << 63) - 1, 1 << 63, 1 << 64, -(1 << 63),
    10**400, 1.5, 1e300, float("nan"), float("inf"), "", "x", "0", "1", "\x00", "\ud800", "\t", "\n", "字" * 3_000,
    "0" * 64, "0" * 32, "0" * 16, "7" + "f" * 15, "f" * 16, "F" * 32, FIRM, SECOND, VISIT, "unit", "_deleted", "birth",
    "change", "tombstone", "same", "firm", "visit", "prize", "notice", "grant", "exclusion", "revocation", "name",
    "count", "topic", "superior",
    [], {}, [[]], [None], {"staff": 1}, {"staff": "x", "source": 1}, {"births": 1}, {"a": {"b": []}}, [FIRM, "0" * 16],
    DEEP, {"a": DEEP},
)  # fmt: skip


def _mutate(rnd: random.Random, value: Any) -> Any:
    """The value with one of its parts, chosen by chance, left out, doubled, exchanged or made odd."""
    if isinstance(value, dict) and value and rnd.random() < 0.9:
        name = rnd.choice(list(value))
        match rnd.randrange(9):
            case 0:
                return {n: v for n, v in value.items() if n != name}
            case 1:
                return value | {rnd.choice(("x", "_", "", "字", "items", DEEP)): rnd.choice(ODD)}
            case _:
                return value | {name: _mutate(rnd, value[name])}
    if isinstance(value, list) and value and rnd.random() < 0.9:
        at = rnd.randrange(len(value))
        match rnd.randrange(9):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value[:at], value[at], *value[at:]]
            case 2:
                return [*value, rnd.choice(ODD)]
            case 3:
                return [*value[:at], rnd.choice(value), *value[at + 1 :]]
            case _:
                return [*value[:at], _mutate(rnd, value[at]), *value[at + 1 :]]
    if isinstance(value, int) and not isinstance(value, bool) and rnd.random() < 0.5:
        return value + rnd.choice((-1, 1, 5, 1 << 20))
    return rnd.choice(ODD)


def _json(value: Any, *, separators: tuple[str, str] = (",", ":")) -> bytes:
    """JSON as it may be written, with what it may not hold as well."""
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    return text.replace(f'"{DEEP}"', "[" * 100_000 + "]" * 100_000).encode("utf-8", "surrogatepass")


def _signed(
    post: Post, payload: bytes, cipher: bytes, *, by: Desk | None = None, of: Desk | None = None
) -> bytes:
    """A bundle whose manifest is signed ``by`` one desk and comes with the certificates ``of`` one."""
    by, of = by or post.sender, of or post.sender
    chain = station.own_chain(of.ledger)
    digest = certificates.parse(chain[0]).digest
    stream = io.BytesIO()
    archive = zipstore.Writer(stream)
    archive.add(MANIFEST, dsse.sign(manifest.PAYLOAD_TYPE, payload, digest, by.keys.sign).encode())
    archive.add(manifest.CERTIFICATES, certificates.to_pem(chain))
    archive.add(PART, cipher)
    archive.finish()
    return stream.getvalue()


def _listed(said: dict[str, Any], cipher: bytes, plain: int, frames: int) -> dict[str, Any]:
    """The manifest with a part of these bytes."""
    part = {"name": PART, "sha256": hashlib.sha256(cipher).hexdigest(), "size": len(cipher)}
    return said | {"parts": [part | {"plain": plain, "frames": frames}]}


def _packed(post: Post, repeat: dict[str, Any], frames: list[bytes], **said: Any) -> bytes:
    """A whole bundle of these plain frames; ``said`` is what its manifest says otherwise."""
    plain = [_json(repeat) + b"\n", *frames]
    compressed = [zstandard.compress(p) for p in plain]
    cipher = agefile.encrypt(b"".join(compressed), post.receiver.keys.recipient)
    listed = _listed(post.manifest | said, cipher, sum(map(len, plain)), len(plain))
    return _signed(post, strictjson.pretty(listed), cipher)


def test_an_honest_bundle_that_is_packed_anew_does_the_same(world: World) -> None:
    """Or the changed ones would be refused for another reason than their own."""
    for post in (world.up, world.down):
        with _merged(post, _packed(post, post.repeat, list(post.frames))) as result:
            assert _is_genuine(post, result)


@mutations
@given(rnd=st.randoms(use_true_random=True), downward=st.booleans())
def test_manifests(world: World, rnd: random.Random, downward: bool) -> None:
    """Members that are odd, missing, doubled, huge or deep, under the sender's signature and under others'."""
    post = world.down if downward else world.up
    said = post.manifest
    for _ in range(rnd.choice((1, 1, 2))):
        said = _mutate(rnd, said)
    payload = _json(said)
    match rnd.randrange(6):
        case 0:
            payload = _spoil(rnd, payload)
        case 1:
            payload = payload.replace(b'"sequence":', b'"sequence":1,"sequence":')
    desks = (post.sender, post.receiver)
    by, of = rnd.choice(
        ((post.sender,) * 2,) * 12 + ((desks[0], desks[1]), (desks[1], desks[0]), (desks[1],) * 2)
    )
    _check_enrolled(post, _signed(post, payload, post.entries[PART], by=by, of=of))


# -- what is encrypted ----------------------------------------------------------------------------------------------


@functools.cache
def bombs() -> tuple[bytes, bytes]:
    """One that does not say how large it becomes, and one that does; made once by who tests with them."""
    return (
        zstandard.ZstdCompressor(level=1, write_content_size=False).compress(bytes(80_000_000)),
        zstandard.ZstdCompressor(level=1).compress(bytes(300_000_000)),
    )


@mutations
@given(rnd=st.randoms(use_true_random=True), downward=st.booleans())
def test_parts(world: World, rnd: random.Random, downward: bool) -> None:
    """Cut and spoiled ciphertexts, frames in another order, twice, left out or of zeros, another first line."""
    post = world.down if downward else world.up
    repeat = _mutate(rnd, post.repeat) if rnd.random() < 0.4 else post.repeat
    plain = [_json(repeat) + b"\n", *post.frames]
    compressed = [zstandard.compress(p) for p in plain]
    at = rnd.randrange(len(compressed))
    match rnd.randrange(9):
        case 0:
            compressed.pop(at)
        case 1:
            compressed.insert(at, rnd.choice(compressed))
        case 2:
            rnd.shuffle(compressed)
        case 3:
            compressed[at] = _spoil(rnd, compressed[at])
        case 4:
            compressed[at] = rnd.choice(bombs())
        case 5:
            compressed[at] = compressed[at][:6] + b"\xff\xff" + compressed[at][8:]
        case 6:
            compressed.append(b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd")
        case 7:
            compressed[at] = zstandard.compress(plain[at].rstrip(b"\n"))
    cipher = agefile.encrypt(
        b"".join(compressed), rnd.choice((post.receiver,) * 19 + (post.sender,)).keys.recipient
    )
    if rnd.random() < 0.15:
        cipher = (
            rnd.choice((cipher[: rnd.randrange(len(cipher))], _spoil(rnd, cipher), cipher + b"x")) or b"a"
        )
    listed = _listed(
        post.manifest, cipher, sum(map(len, plain)), rnd.choice((len(compressed), len(plain), 1))
    )
    _check_enrolled(post, _signed(post, strictjson.pretty(listed), cipher))


# -- what origins sign ----------------------------------------------------------------------------------------------


def _resigned(post: Post, header: Any, lines: list[bytes], rnd: random.Random, key: str | None) -> bytes:
    """A segment with this header under the signature of the sender, its digest and counts brought up to date or not."""
    with contextlib.suppress(items.MalformedLine):
        if isinstance(header, dict) and rnd.random() < 0.9:
            salts = None if key is None else strictjson.from_base64(key)
            hashes = [items.line_hash(items.split_line(line), salts) for line in lines]
            header = header | {"digest": hashlib.sha256(b"".join(hashes)).hexdigest()}
    raw = _json(header)
    signature = post.sender.keys.sign(segments.message(raw))
    beside: Any = ({} if key is None else {"key": key}) | {"signature": strictjson.to_base64(signature)}
    signed = _json(_mutate(rnd, beside) if rnd.random() < 0.1 else beside)
    return b"\n".join([raw, signed, *lines]) + b"\n"


def _other_line(rnd: random.Random, line: bytes) -> bytes:
    """The line with a value changed in one of its parts."""
    parts = [json.loads(part) for part in items.split_line(line)]
    at = rnd.randrange(len(parts))
    parts[at] = _mutate(rnd, parts[at])
    return b"[" + items.SEPARATOR.join(map(_json, parts)) + b"]"


def _other_segment(rnd: random.Random, post: Post, frame: bytes) -> bytes:
    """The segment with header or lines changed, signed by the sender; the receipt with a line changed."""
    raw, *lines = frame.split(b"\n")[:-1]
    header = json.loads(raw)
    if header["xsj"] == "receipt":
        if rnd.random() < 0.5:
            header = _mutate(rnd, header)
        answer = [post.receiver.station, post.receiver.keys.incarnation, 1, "held", "unit"]
        answers = [_json(_mutate(rnd, answer)) for _ in range(rnd.randrange(3))]
        if answers and isinstance(header, dict):
            header = header | {"answers": len(answers)}
        return b"\n".join([_json(header), *answers]) + b"\n"
    key = json.loads(lines[0]).get("key")
    lines = lines[1:]  # the first one holds the former signature
    for _ in range(rnd.choice((0, 1, 1, 2))):
        at = rnd.randrange(len(lines)) if lines else 0
        match rnd.randrange(10):
            case 0:
                header = _mutate(rnd, header)
            case 1:
                lines = lines[:at] + lines[at + 1 :]
            case 2:
                lines = lines[:at] + lines[at:][:1] + lines[at:]
            case 3:
                rnd.shuffle(lines)
            case 4 if lines:
                lines[at] = _spoil(rnd, lines[at]).replace(b"\n", b"")
            case _ if lines:
                with contextlib.suppress(ValueError, RecursionError):
                    lines[at] = _other_line(rnd, lines[at])
    return _resigned(post, header, lines, rnd, key)


@mutations
@given(rnd=st.randoms(use_true_random=True), downward=st.booleans())
def test_segments_receipts_and_labels(world: World, rnd: random.Random, downward: bool) -> None:
    """Headers, lines, receipts and labels by a sender who signs what it likes."""
    post = world.down if downward else world.up
    frames = list(post.frames)
    repeat = post.repeat
    for at in rnd.sample(range(len(frames)), rnd.choice((0, 1, 1, 2))):
        frames[at] = _other_segment(rnd, post, frames[at])
    labels = []
    for label, frame in zip(repeat["labels"], frames, strict=True):
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            header = json.loads(frame.partition(b"\n")[0])
            # An honest label of a dishonest segment leads further in.
            said = [header[n] for n in ("station", "incarnation", "first", "last", "digest")]
            label = label if label == receipts.LABEL else [*said, sum(header["counts"].values()), *label[6:]]
        labels.append(label)
    if rnd.random() < 0.3:
        at = rnd.randrange(len(labels))
        labels[at] = _mutate(rnd, labels[at])
    counts = {"items": post.manifest["counts"]["items"]}
    total = sum(
        label[5] for label in labels if isinstance(label, list) and len(label) > 5 and type(label[5]) is int
    )
    if 0 < total < 1 << 40 and total != counts["items"]:
        counts = {"items": total, "kinds": {"change": total}}
        _check_enrolled(post, _packed(post, repeat | {"labels": labels}, frames, counts=counts))
    else:
        _check_enrolled(post, _packed(post, repeat | {"labels": labels}, frames))
