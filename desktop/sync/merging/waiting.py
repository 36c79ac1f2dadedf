"""What is refused or has to wait: put aside with its reason, and judged again when it may count (rules 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.item_outcomes import (
    HELD_FORK,
    HELD_FUTURE,
    HELD_NO_BIRTH,
    HELD_UNIT,
    REFUSED_CLOCK,
)
from desktop.store.ledger import Ledger
from desktop.store.merging import aside
from desktop.store.merging import erasing as stored
from desktop.store.merging.aside import Put
from desktop.store.peers import segment_log
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.sync.authority.exclusions import Item, Origin, one_by_one
from desktop.sync.authority.judging import Judge
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding
from desktop.sync.merging import erasing
from desktop.sync.signed import certificates, renewing
from desktop.sync.signed.certificates import Certificate
from desktop.sync.trust import NO_CUT

Again = tuple[Sorted, Certificate | None]
"""Items of a segment that are to be judged again, and the certificate to judge them by."""


def set_aside(ledger: Ledger, found: Sorted, now: int) -> tuple[list[Put], list[Put]]:
    """What is refused goes to quarantine, what is held waits; both with their reason."""
    refused, held = found.quarantined(), found.waiting()
    aside.refuse(ledger.database, found.origin, refused)
    aside.hold(ledger.database, found.origin, held, now)
    void = {(put.type, put.record) for put in refused if put.reason == REFUSED_CLOCK}
    if any(stored.is_target(ledger.database, *record) for record in void):
        # What was erased before is erased of these too, whatever their stamps.
        erasing.look_again(ledger)
    return refused, held


def keys_heard_of(database: Database, station: str) -> frozenset[bytes]:
    """The keys of a station of which a grant has come, whether it counts, or does not, or not yet.

    It is asked where the key of a segment fits none that counts: so it is for a station whose keys were renewed
    (rule 15).
    """
    return frozenset(
        certificate.claims.public_key
        for text, proof in governing.grants_heard_of(database, station)
        for certificate in certificates.readable([text])
        if certificate.station == station and renewing.is_own(certificate, proof)
    )


def due(ledger: Ledger, judge: Judge, *, anew: bool = False) -> Iterator[Again]:
    """What may not have to wait any longer, segment by segment, and whose it is if it must be judged by that.

    ``anew``: what waits for its unit may have been vouched for since by who stands above, who is not asked for it.
    Nothing of a segment is in memory when the next one is asked for, so the caller releases each before.
    """
    decided: dict[int, bool] = {}
    for ground in aside.grounds(ledger.database, HELD_NO_BIRTH, judge.tables):
        origin, name = ground.origin, (ground.station, ground.incarnation)
        if ground.reason == HELD_FORK and origin not in decided:
            decided[origin] = _is_decided(ledger, judge, origin, name)
        # Of what is of tomorrow each item has a moment of its own.
        by_moment = ground.reason == HELD_FUTURE
        due_at_all = (
            decided[origin]
            if ground.reason == HELD_FORK
            else by_moment or judge.is_due(ground.reason, ground.station, ground.unit, 0)
        )
        passed = (
            anew
            and not due_at_all
            and ground.reason == HELD_UNIT
            and segment_log.holds_vouched(ledger.database, origin)
        )
        if not (due_at_all or passed):
            continue
        for piece in aside.held(ledger.database, ground, judge.tables):
            items = {
                (item.number, item.stamp)
                for item in piece
                if not by_moment or judge.is_due(item.reason, item.station, item.unit, item.stamp)
            }
            yield from _again(ledger, judge, origin, items, passed=passed)


def _is_decided(ledger: Ledger, judge: Judge, origin: int, name: Origin) -> bool:
    """Rule 23: whether of every number of a forked incarnation at most one content may count.

    Erasures always do (rule 12): of one that is named it was decided, though no word takes it out, and where nothing
    but erasures is left nobody can decide more.
    """
    if not judge.policy.concerns(name):
        return False
    contents: dict[int, dict[bytes, str]] = {}
    for header, lines in kept.between(ledger.database, origin, 1, NO_CUT):
        found = decoding.decode(header, lines, ledger.types)
        facts = Sorted(found, origin).facts
        out = judge.policy.out(
            name, {n: item._replace(type="") if item.type == ERASURE else item for n, item in facts.items()}
        )
        # Two contents may have been written in one moment, so not by stamp.
        for number, line_hash in zip(found.numbers, found.hashes, strict=True):
            if number not in out:
                contents.setdefault(number, {})[line_hash] = facts[number].type
    return all(len(left) == 1 or set(left.values()) == {ERASURE} for left in contents.values())


def lifted(ledger: Ledger, judge: Judge) -> Iterator[Again]:
    """What was excluded and is so no longer, or for another reason, in the same form.

    The reason must not hang on which of several words was heard first. What was kept out together with what it stood
    against is a fork again that nobody has decided, and waits (rule 23).
    """
    _note_named(ledger, judge)
    undecided: dict[int, int] = {}
    for piece in aside.refused(ledger.database, excluded=True):
        name = piece[0].station, piece[0].incarnation
        # An older program has not kept the unit: the item is judged as it stands in its segment.
        items = {(found.number, found.stamp) for found in piece if not found.unit}
        rows = {(found.number, Item(found.stamp, found.type, found.unit)) for found in piece if found.unit}
        reasons = {(found.number, found.stamp): found.reason for found in piece}
        for asked in one_by_one(rows):
            out = judge.policy.out(name, asked)
            items |= {(n, i.stamp) for n, i in asked.items() if out.get(n) != reasons[n, i.stamp]}
        origin = piece[0].origin
        if items and origin not in undecided:
            first = aside.forked_from(ledger.database, origin)
            decided = first is None or _is_decided(ledger, judge, origin, name)
            undecided[origin] = NO_CUT if first is None or decided else first
        for found, author in _again(ledger, judge, origin, items, counted=True):
            found.hold([number for number in found.looked_at if number >= undecided[origin]], HELD_FORK)
            yield found, author


def _note_named(ledger: Ledger, judge: Judge) -> None:
    """What was refused for what it says is so for a word about it first, if that has come since."""
    for piece in aside.refused(ledger.database, excluded=False):
        name = piece[0].station, piece[0].incarnation
        if judge.policy.concerns(name):
            rows = {(found.number, Item(found.stamp, found.type, found.unit)) for found in piece}
            named = {(n, asked[n].stamp) for asked in one_by_one(rows) for n in judge.policy.out(name, asked)}
            aside.note_named(ledger.database, piece[0].origin, named)


def _again(
    ledger: Ledger,
    judge: Judge,
    origin: int,
    items: Set[tuple[int, int]],
    *,
    counted: bool = False,
    passed: bool = False,
) -> Iterator[Again]:
    """The items of an origin with these numbers and stamps, from the segments that brought them.

    ``counted``: they are as those of their station that count already, whether it may write anything new or not; own
    ones were judged when they were written, and their unit may be another's by now.
    ``passed``: only as far as somebody vouches for them.
    """
    if not items:
        return
    for header, lines in kept.between(ledger.database, origin, min(items)[0], max(items)[0]):
        signed, own = header.vouched is None, header.station == ledger.station
        if signed and passed:
            continue
        author = judge.signer(header) if signed and not (own and counted) else None
        if author is None and signed and counted and not own:
            author = judge.signer_before(header)
        if author is not None or not signed or own:
            contents = Sorted(decoding.decode(header, lines, ledger.types), origin)
            contents.keep_only(items)
            yield contents, author


def release(ledger: Ledger, found: Sorted, asked: Mapping[int, int], now: int) -> bool:
    """Of items that waited or were excluded and were judged again: refused after all, waiting, or about to be merged.

    ``asked`` are those, number to stamp. One whose value was erased meanwhile says nothing, and waits for nothing. The
    births that count are left to the caller; changes wait once more, as the merge tries all of those again. Says
    whether one waits no more.
    """
    found.hold([change.number for change in found.changes], HELD_NO_BIRTH)
    aside.drop_excluded(ledger.database, found.origin, asked.items())
    _, held = set_aside(ledger, found, now)
    gone = asked.items() - {(row.number, row.stamp) for row in held}
    aside.drop_held(ledger.database, found.origin, gone)
    return bool(gone)
