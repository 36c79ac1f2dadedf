"""Plays a vector into a fresh ledger, or through the one door that its kind of file has, and says what came of it."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from desktop.errors import Problem
from desktop.records import identity
from desktop.records.types import catalogue
from desktop.records.versions import canonical, items, stamps
from desktop.records.versions.item_outcomes import HELD_CERTIFICATE, HELD_GONE, HELD_MOVED, REFUSED_KEY
from desktop.store.ledger import Ledger
from desktop.store.peers import links
from desktop.store.queries import digest as digests
from desktop.store.queries import reading
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.sync import trust
from desktop.sync.authority import exclusions, station
from desktop.sync.enrolling import acks, grants, recovery, requests
from desktop.sync.formats import decoding, segments
from desktop.sync.formats.frames import compress
from desktop.sync.merging import receiving
from desktop.sync.signed import certificates, roots, words
from desktop.sync.signed import identity as station_keys
from desktop.sync.signed.identity import StationKeys

HERE = Path(__file__).parent
STATIONS = HERE / "stations"
HEADER = "vector.txt"


@dataclass(frozen=True)
class Header:
    """What stands in ``vector.txt``: the lines that say what to do, and those that say what comes of it."""

    said: Mapping[str, str]
    results: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Header:
        """The header of a vector."""
        # Only line feeds end a line here: values may hold what other systems take for line ends.
        head, _, results = (folder / HEADER).read_text(encoding="utf-8").rstrip("\n").partition("\n\n")
        return cls(dict(line.split(": ", 1) for line in head.split("\n")), tuple(results.split("\n")))


def play(folder: Path, said: Mapping[str, str]) -> list[str]:
    """The lines that say what came of a vector."""
    return list(PLAYS[said["play"]](folder, said))


def station_file(name: str) -> dict[str, str]:
    """What ``station.txt`` says of a station."""
    lines = (STATIONS / name / "station.txt").read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines)


def station_names() -> dict[str, str]:
    """The names of the stations by their ids."""
    return {station_file(f.name)["station"]: f.name for f in STATIONS.iterdir() if f.is_dir()}


def keys_of(name: str, incarnation: str = "receiving-incarnation") -> StationKeys:
    """The keys of a station."""
    said, folder = station_file(name), STATIONS / name
    pem, ages = (folder / "signing.pem").read_bytes(), (folder / "identity.txt").read_text(encoding="ascii")
    return station_keys.load(pem, ages, said[incarnation], station=said["station"])


def chain_of(name: str) -> tuple[bytes, ...]:
    """The certificates of a station, its own first."""
    return certificates.from_pem((STATIONS / name / "certificates.pem").read_bytes())


# -- bundles -----------------------------------------------------------------------------------------------------------


def receiver(name: str, now: int) -> tuple[Ledger, StationKeys]:
    """A fresh ledger of a station that has just taken in its grant; made once and copied."""
    database = Database.open(None, bytes(32))
    _enrolled(name, now).database.connection.backup(database.connection)
    return _ledger(database, name, now), keys_of(name)


def _ledger(database: Database, name: str, now: int) -> Ledger:
    ticks, said = iter(range(now, now + (1 << 30))), station_file(name)
    environment = Environment(lambda: next(ticks), bytes)
    return Ledger(database, catalogue(), environment, said["station"], said["receiving-incarnation"])


@cache
def _enrolled(name: str, now: int) -> Ledger:
    said, keys = station_file(name), keys_of(name)
    ledger = _ledger(Database.open(None, bytes(32)), name, now)
    grant = grants.read_grant((STATIONS / name / "grant.xsg").read_bytes(), keys, said["request"])
    with ledger.database.transaction():
        for key in ("station", "incarnation"):
            ledger.set_meta(key, getattr(keys, key))
        ledger.set_meta("unit_id", said["unit"])
        station.keep_keys(ledger, keys)
        station.keep_chain(ledger, [c.der for c in grant.chain])
        links.connect(ledger.database, grant.desk.station, upward=True, unit=min(grant.desk.claims.units),
                      name=said["above"], recipient=grant.desk.claims.recipient)  # fmt: skip
        receiving.take_tree(ledger, keys, grant.reference or b"", grant.desk)
        for below in station.granted(ledger):
            if below.issuer_station == keys.station:
                links.connect(ledger.database, below.station, upward=False, unit=min(below.claims.units),
                              name=below.station, recipient=below.claims.recipient)  # fmt: skip
    return ledger


def _merge(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    ledger, keys = receiver(said["receiver"], int(said["now"]))
    names = station_names()
    for path in sorted(folder.glob("*.xsj")):
        (result,) = receiving.merge_bundles(ledger, keys, [path], said["receiver"]).bundles
        if result.problem is not None:
            yield f"file: {path.name} {_refused(result.problem)}"
        else:
            counts = (f"{n} {getattr(result, n)}" for n in _COUNTS)
            yield f"file: {path.name} {' '.join(counts)}"
            # What waits for the grant of its station, or is of a former key, is not kept here.
            yield from (
                f"item: {names[u.station]} {u.incarnation} {u.number} {u.outcome} {u.reason}"
                for u in result.unapplied
                if u.reason in (HELD_CERTIFICATE, HELD_MOVED, HELD_GONE, REFUSED_KEY)
            )
    yield from _state(ledger)


_COUNTS = ("total", "applied", "known", "conflict", "held", "refused", "released", "answered", "gap")


def _state(ledger: Ledger) -> Iterator[str]:
    """What stands in the ledger now, of items that are not simply applied, and the digest."""
    names = station_names()
    for outcome in ("held", "refused"):
        for origin, incarnation, number, reason in ledger.database.rows(
            f"SELECT o.station, o.incarnation, x.number, x.reason FROM {outcome} x JOIN origin o ON o.ref = x.origin"
            f" ORDER BY 1, 2, 3, x.stamp"
        ):
            yield f"item: {names[origin]} {incarnation} {number} {outcome} {reason}"
    for type_name, record, slot in ledger.database.rows(
        "SELECT type, lower(hex(record)), slot FROM conflict ORDER BY 2, 3"
    ):
        yield f"conflict: {type_name} {record} {slot}"
    for type_name, word in itertools.product(
        ("enterprise", "member", "plan_target", "visit"), ("record", "deleted")
    ):
        query = reading.Query(type_name, deleted=word == "deleted")
        for record in sorted(reading.records(ledger.database, ledger.types, query), key=lambda r: r.id):
            filled = {k: v for k, v in sorted(record.values.items()) if v is not None}
            yield f"{word}: {type_name} {record.id} {json.dumps(filled, ensure_ascii=False)}"
    for origin, incarnation, number, outcome, reason in ledger.database.rows(
        "SELECT station, incarnation, number, outcome, reason FROM answer ORDER BY 1, 2, 3"
    ):
        yield f"answer: {names[origin]} {incarnation} {number} {outcome} {reason}"
    for link in links.all_links(ledger.database):
        if link.received or link.acknowledged:
            yield f"link: {names[link.peer]} received {link.received} acknowledged {link.acknowledged}"
    found = digests.digest(ledger.database, ledger.types)
    counts = f"records {found.records} held {found.held} conflicts {found.conflicts} forks {found.forks}"
    yield f"digest: {found.sha256} {counts}"


def _refused(problem: Problem) -> str:
    return f"refused {type(problem).__name__} {problem.exit_code}"


# -- the other files ---------------------------------------------------------------------------------------------------


def _told(read: Callable[[], Iterator[str]]) -> Iterator[str]:
    try:
        yield from ["result: accepted", *read()]
    except Problem as problem:
        yield f"result: {_refused(problem)}"


def _request(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        found = requests.read_request((folder / "1.xsq").read_bytes())
        wish = found.wish
        yield f"digest: {found.digest}"
        yield f"station: {found.keys.station}"
        yield f"wish: {wish.code} {wish.name} {wish.kind} {wish.role}"
        yield f"words: {found.words}"

    return _told(read)


def _grant(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        pinned = [chain_of(said["pinned"])[-1]] if "pinned" in said else []
        keys, request = keys_of(said["receiver"]), station_file(said["receiver"])["request"]
        found = grants.read_grant((folder / "1.xsg").read_bytes(), keys, request, pinned)
        yield f"digest: {found.digest}"
        yield f"certificate: {found.certificate.digest}"
        yield f"units: {' '.join(sorted(found.certificate.claims.units))}"
        yield f"tree: {len(found.tree)} {found.tree_version}"
        yield f"words: {found.words}"

    return _told(read)


def _ack(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        certificate = certificates.parse(chain_of(said["about"])[0])
        found = acks.read_ack((folder / "1.xsa").read_bytes(), certificate)
        yield f"digest: {found.digest}"
        yield f"position: {found.incarnation} {found.position}"

    return _told(read)


def _roots(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        held = roots.History(chain_of("city")[-1:])
        found = held.followed([p.read_bytes() for p in sorted(folder.glob("*.json"))]).now
        yield f"number: {found.number} {found.digest}"
        yield from sorted(f"root: {certificates.parse(der).digest}" for der in found.certificates)

    return _told(read)


def _certificate(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        found = certificates.parse((folder / "1.der").read_bytes())
        claims = found.claims
        yield f"digest: {found.digest}"
        yield f"serial: {found.serial:x}"
        yield f"says: {claims.station} {claims.level} {claims.role} {claims.path_length} {claims.recipient}"
        yield from (f"unit: {unit}" for unit in sorted(claims.units))

    return _told(read)


def _segment(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        header, lines = segments.read(compress((folder / "1.ndjson").read_bytes()))
        certificate = certificates.parse(chain_of(said["certificate"])[0])
        trust.judge_segment(certificate, header)
        contents = decoding.decode(header, lines, catalogue())
        for number, line_hash in zip(contents.numbers, contents.hashes, strict=True):
            yield f"hash: {number} {line_hash.hex()}"

    return _told(read)


def _recovery_request(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        ledger, keys = receiver(said["receiver"], int(said["now"]))
        request = recovery.read_request((folder / "1.xsr").read_bytes())
        state = station.knowledge(ledger, keys).state
        answered = [request.digest] if said.get("before") == "answered" else []
        if said.get("before") == "revoked":
            revoked = {request.seal.station: {request.seal.incarnation: 40}}
            state = replace(state, revocations=revoked)
        yield f"key: {recovery.open_request(request, state, keys, answered).hex()}"
        yield f"digest: {request.digest}"
        yield f"words: {request.words}"

    return _told(read)


def _recovery_answer(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    def read() -> Iterator[str]:
        request = recovery.read_request((folder / "1.xsr").read_bytes())
        asked = recovery.Asked(
            said.get("asked", request.digest), request.seal.station, request.operator, request.recipient,
            request.created, request.public_key,
        )  # fmt: skip
        used = [request.digest] if said.get("before") == "used" else []
        answer = recovery.read_answer(
            (folder / "1.xsk").read_bytes(), station_file(said["receiver"])["station"], request.seal.chain,
            asked, used,
        )  # fmt: skip
        secret = (folder / "identity.txt").read_text(encoding="ascii").strip()
        yield f"key: {recovery.open_answer(answer, secret, request.seal.key_check).hex()}"
        yield f"words: {answer.words}"

    return _told(read)


def _values(folder: Path, said: Mapping[str, str]) -> Iterator[str]:
    """Each input is a line of JSON: the name of a function of the format and its arguments."""
    for line in (folder / "1.ndjson").read_text(encoding="utf-8").splitlines():
        name, *arguments = json.loads(line)
        try:
            result = json.dumps(VALUES[name](*arguments), ensure_ascii=False, sort_keys=True)
        except (ValueError, Problem):
            result = "none"
        yield f"value: {result}"


VALUES: Mapping[str, Callable[..., object]] = {
    "canonical": canonical.canonical,
    "normal text": canonical.normal_text,
    "derived id": identity.derived_id,
    "item id": identity.item_id,
    "random id": lambda ms, data: identity.random_id(ms, bytes.fromhex(data)),
    "is id": identity.is_id,
    "stamp": lambda ms, counter, name: stamps.to_wire(
        stamps.make(stamps.tick_at(ms) + counter, stamps.tag_of(name))
    ),
    "stamp of wire": stamps.from_wire,
    "moment": lambda text: stamps.milliseconds_of(stamps.from_wire(text)),
    "serial": lambda *item: f"{certificates.grant_serial(*item):x}",
    "words": lambda key: str(words.fingerprint(bytes.fromhex(key))),
    "station": lambda key: station_keys.station_id(bytes.fromhex(key)),
    "line hash": lambda line, key=None: _line_hash(line, key),
    "open line": lambda line, key: items.opened_line(line.encode(), bytes.fromhex(key)).decode(),
    "cuts": exclusions.read_cuts,
    "excluded": lambda text: {
        " ".join(origin): [sorted(map(list, named.spans)), sorted(map(list, named.contents))]
        for origin, named in exclusions.read(text).items()
    },
    "key check": lambda key: recovery.key_check(base64.b64decode(key)),
}


def _line_hash(line: str, key: str | None) -> str:
    (found,) = segments.hashes_of([line.encode()], None if key is None else bytes.fromhex(key))
    return found.hex()


PLAYS: Mapping[str, Callable[[Path, Mapping[str, str]], Iterator[str]]] = {
    "merge": _merge,
    "request": _request,
    "grant": _grant,
    "ack": _ack,
    "roots": _roots,
    "certificate": _certificate,
    "segment": _segment,
    "recovery request": _recovery_request,
    "recovery answer": _recovery_answer,
    "values": _values,
}
