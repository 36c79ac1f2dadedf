"""The cover sheet of a bundle, printed by the station that wrote it, and comparing a sheet with a file."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rapidfuzz.distance import OSA

from desktop.documents.cover_sheet import (
    DIGITS,
    Cover,
    Sheet,
    everything_words,
    grouped,
    render_cover,
    since_words,
)
from desktop.errors import Problem, StateProblem
from desktop.operations import audit, quantities
from desktop.operations.quantities import Count
from desktop.operations.session import Here, Session
from desktop.operations.stations import traffic as exchanged
from desktop.records.typed.dates import china_time, moment_words, month_day_words
from desktop.records.versions import items
from desktop.renaming import write_whole
from desktop.store.peers import arrivals, links, traffic
from desktop.store.peers.arrivals import MergedBundle
from desktop.store.tables.database import Database
from desktop.sync.bundles import envelope
from desktop.sync.signed import persons
from desktop.sync.signed.manifest import UP, Manifest


class NotOurBundle(StateProblem):
    """A cover sheet was asked for a bundle that another computer wrote."""

    next_step = "请在导出这个数据包的电脑上打印报送单。"


def cover_of(session: Session, bundle: Path) -> Cover:
    """What the cover sheet of a bundle of this station says.

    Raises :class:`NotOurBundle`, and what reading the file raises.
    """
    opened = envelope.read_bundle(bundle)
    said = envelope.look(opened)
    if said.sender != session.ledger.station:
        raise NotOurBundle("这个数据包不是本机导出的。")
    link = links.link_to(session.database, said.receiver)
    kinds = dict(said.counts)
    births, changes, deletions = (kinds.pop(kind, 0) for kind in (items.BIRTH, items.CHANGE, items.TOMBSTONE))
    files, parts = quantities.files_among(contents_of(session, said))
    return Cover(
        sender=session.unit.name,
        receiver=link.name if link is not None else "（已不再往来的单位）",
        upward=said.kind == UP,
        sequence=said.sequence,
        made=china_time(said.created),
        since=_since(session, said),
        file=bundle.name,
        program=said.program,
        births=births,
        changes=changes,
        deletions=deletions,
        others=sum(kinds.values()),
        digest=opened.digest,
        files=files,
        parts=parts,
    )


def contents_of(session: Session, said: Manifest) -> tuple[Count, ...]:
    """What is in a bundle of this station by type, as long as the receiver has not confirmed any of it.

    Only where what the ledger tells adds up to what the manifest counts; else nothing rather than something.
    """
    name = said.receiver, said.sequence
    sent = next((e for e in traffic.exported(session.database) if (e.peer, e.sequence) == name), None)
    link = links.link_to(session.database, said.receiver)
    if sent is None or link is None:
        return ()
    found = traffic.waiting(
        session.database, session.types, session.ledger.station, link.acknowledged, sent.position
    )
    if sum(w.items for w in found) != said.items:
        return ()
    return tuple(quantities.count(session.types, w.type, w.births, w.changes, w.deletions) for w in found)


def print_cover(session: Session, bundle: Path, out_dir: Path) -> Path:
    """Writes the cover sheet as PDF into a folder, named like the bundle; it is noted."""
    path = out_dir / f"{bundle.stem}_报送单.pdf"
    data = preview(session, bundle)
    out_dir.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    audit.note(session, audit.Act.COVER_PRINTED, audit.digest_of_file(bundle))
    return path


def preview(session: Session, bundle: Path) -> bytes:
    """The sheet to look at; raises what :func:`cover_of` raises."""
    return render_cover(cover_of(session, bundle))


def print_pages(session: Session, bundle: Path) -> bytes:
    """The sheet to be printed at once; it is noted."""
    data = preview(session, bundle)
    audit.note(session, audit.Act.COVER_PRINTED, audit.digest_of_file(bundle))
    return data


# -- comparing a sheet with a file -------------------------------------------------------------------------------------

ENOUGH_DIGITS: Final = 12
"""From so many digits on the beginning of a digest leads to its file; it takes all of them to prove it."""


class Fit(enum.Enum):
    """How what was typed from a sheet stands to a file."""

    NOTHING = "nothing"
    TOO_FEW = "too_few"
    PARTLY = "partly"
    WHOLE = "whole"
    TOO_MANY = "too_many"
    OTHER = "other"


def fit(digest: str, sheet: Sheet) -> Fit:
    """Compares a sheet with the digest of a file; fewer digits than all are told as such."""
    typed = sheet.digits
    if not typed:
        return Fit.NOTHING
    if typed[:DIGITS] != digest[: len(typed)]:
        return Fit.OTHER
    if len(typed) == DIGITS:
        return Fit.WHOLE
    if len(typed) > DIGITS:
        return Fit.TOO_MANY
    return Fit.PARTLY if len(typed) >= ENOUGH_DIGITS else Fit.TOO_FEW


def unequal_groups(digest: str, sheet: Sheet) -> list[int]:
    """The groups of four that differ as far as they were typed, the first being 1."""
    pairs = zip(grouped(digest), sheet.groups, strict=False)
    return [n for n, (own, typed) in enumerate(pairs, 1) if not own.startswith(typed)]


NEAR: Final = 2
"""So many signs mistyped, left out or typed twice leave little doubt which digest is meant: others differ in most."""


@dataclass(frozen=True, slots=True)
class Slip:
    """How a digest was perhaps mistyped: in how many ``signs``, in which groups of four, the first being 1.

    ``shifted``: signs were left out or typed twice, and from the one group on all are out of step.
    """

    signs: int
    groups: tuple[int, ...]
    shifted: bool


def slip(digest: str, sheet: Sheet) -> Slip | None:
    """How a sheet differs from the digest of a file if hardly; nothing where it fits so far, or is another one."""
    typed = sheet.digits
    enough = ENOUGH_DIGITS <= len(typed) <= DIGITS + NEAR and not (sheet.wrong or sheet.cut)
    if not enough or digest.startswith(typed):
        return None
    places = [n for n, (own, other) in enumerate(zip(digest, typed, strict=False)) if own != other]
    if len(places) <= NEAR and len(typed) <= DIGITS:
        return Slip(len(places), tuple(dict.fromkeys(n // 4 + 1 for n in places)), shifted=False)
    lengths = range(len(typed) - NEAR, min(len(typed) + NEAR, DIGITS) + 1)
    signs = min(OSA.distance(typed, digest[:length], score_cutoff=NEAR) for length in lengths)
    first = places[0] if places else DIGITS - 1
    return Slip(signs, (first // 4 + 1,), shifted=True) if signs <= NEAR else None


def nearest(digests: Iterable[str], sheet: Sheet) -> tuple[str, Slip] | None:
    """The one of these digests that was most likely mistyped, if any was."""
    found = [(digest, slipped) for digest in digests if (slipped := slip(digest, sheet)) is not None]
    return min(found, key=lambda one: one[1].signs, default=None)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is held against a sheet: its digest and what it says, or the problem with it.

    Of one that cannot be read the digest is empty, and it says nothing.

    ``stands`` is whether signature and all content were checked and are right; ``duties`` are of those who have signed
    besides.
    """

    path: Path
    digest: str
    said: Manifest | None
    stands: bool = False
    problem: Problem | None = None
    duties: frozenset[str] = frozenset()


def examine(path: Path, held: Collection[bytes], station: str, asks: Collection[str]) -> Examined:
    """Reads all of a file; its signature is judged by the roots that are held (DER), if any.

    Of bundles for this ``station`` from below, also by the duties whose signatures it ``asks`` for.
    """
    try:
        opened = envelope.read_bundle(path)
        said = envelope.look(opened)
    except Problem as problem:
        return Examined(path, "", None, problem=problem)
    if not held:
        return Examined(path, opened.digest, said)
    try:
        signers = envelope.authenticate(opened, held).signers
        if said.receiver == station and said.kind == UP:
            persons.require(said, signers, asks)
    except Problem as problem:
        return Examined(path, opened.digest, said, problem=problem)
    return Examined(
        path, opened.digest, said, stands=True, duties=frozenset(person.duty for person in signers)
    )


def tell(
    database: Database, here: Here, path: Path, said: Manifest, nearby: Mapping[str, Manifest]
) -> dict[str, str]:
    """The lines of the sheet as the file gives them; ``nearby`` are other files at hand by digest, for the period."""
    names = exchanged.station_names(database, here)
    kinds = dict(said.counts)
    births, changes, deletions = (kinds.pop(kind, 0) for kind in (items.BIRTH, items.CHANGE, items.TOMBSTONE))
    counted = f"新增{births}项，修改{changes}项，删除{deletions}项"
    others = f"，其他{sum(kinds.values())}项" if sum(kinds.values()) else ""
    made = china_time(said.created)
    return {
        "导出单位": names.get(said.sender, exchanged.unknown_station(said.sender)),
        "接收单位": names.get(said.receiver, exchanged.unknown_station(said.receiver)),
        "第几号": f"第{said.sequence}号",
        "导出时间": f"{made.year}年{moment_words(made)}",
        "登记期间": _period(database, said, nearby),
        "内容": f"共{said.items}项：{counted}{others}" if said.items else "只有回执，没有登记内容",
        "文件名": path.name,
    }


def merged_like(database: Database, sheet: Sheet) -> list[MergedBundle]:
    """The bundles that were merged before and that this sheet may belong to."""
    enough = ENOUGH_DIGITS <= len(sheet.digits) <= DIGITS
    return arrivals.merged_like(database, sheet.digits) if enough else []


def merged_near(database: Database, sheet: Sheet) -> tuple[MergedBundle, Slip] | None:
    """The bundle that was merged before whose digest was most likely mistyped, if any was."""
    merged = {bundle.digest: bundle for bundle in arrivals.merged_like(database, "", limit=-1)}
    found = nearest(merged, sheet)
    return None if found is None else (merged[found[0]], found[1])


def _period(database: Database, said: Manifest, nearby: Mapping[str, Manifest]) -> str:
    """Since when the bundle carries what was registered, as well as it is known at the receiver."""
    if said.previous is None:
        return everything_words(said.sequence)
    if (before := nearby.get(said.previous)) is not None:
        return since_words(china_time(before.created).date())
    merged = arrivals.merged_bundles(database, [said.previous]).get(said.previous)
    if merged is not None:
        day = month_day_words(china_time(merged.at))
        return f"第{merged.sequence}号以后（第{merged.sequence}号本机{day}合并过）"
    return "上次导出以后（上次的数据包本机没有收到过）"


def _since(session: Session, said: Manifest) -> date | None:
    """The day of the bundle before this one to the same receiver that was written whole."""
    earlier = [
        sent for sent in traffic.exported(session.database)
        if sent.peer == said.receiver and sent.sequence < said.sequence
    ]  # fmt: skip
    return china_time(max(earlier, key=lambda sent: sent.sequence).at).date() if earlier else None
