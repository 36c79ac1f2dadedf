"""What a lost root had let not count is said once more by those below who have accepted another root.

Its words end with it: nobody is left who could confirm them, and the new root has never heard of them. So what it had
rolled back would count again without anybody having said so, and a computer that it had put out of use would be in use.
Each station says that in its own name of whom it stands above, as it could have said it itself, in the words in which
it was said; what had been said of its own items ends.

And it registers once more the units right below it that another computer has registered, one that it took the place of
perhaps: what the lost root had vouched for does not reach the new one, and all that these units send would wait there.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.records.versions.canonical import MAX_NUMBER, parse
from desktop.records.versions.deciding import EXCLUSION, REVOCATION, UNIT
from desktop.records.versions.item_outcomes import REFUSED_REVOKED, REFUSED_SUPERIOR
from desktop.records.versions.spans import Span
from desktop.records.versions.stamped import Spans, Stamped
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.log.versions import load_versions
from desktop.store.merging import aside
from desktop.store.queries import governing, reading
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.excluding import FORK, said_once_more
from desktop.sync.authority.exclusions import Item, Items, Named, Origin, one_by_one
from desktop.sync.authority.policy import Policy
from desktop.sync.authority.reach import Reach
from desktop.sync.signed import certificates
from desktop.sync.signed.identity import StationKeys

_LABEL = "原来的最上级定的，换了以后仍不计入"
_REVOKED = "原来的最上级停用的，换了以后仍停用"
_NAMING = ("level", "code")
_UNITS = "换了最上级，再登记一次下级单位"


def say_again(ledger: Ledger, keys: StationKeys, before: Policy, operator: str) -> None:
    """After another root was accepted, and before anything is let count again for that.

    ``before`` is what was in force until then. Inside the caller's transaction. Raises ``WrongClock``.
    """
    units = [*_units(ledger)]
    if units:
        ledger.write(_UNITS, operator, births=units)
    births = [*_revocations(ledger, before, station.knowledge(ledger, keys).policy)]
    if births:
        ledger.write(_REVOKED, operator, births=births)
    found = _counting_again(ledger, before, station.knowledge(ledger, keys).policy)
    births = [*_exclusions(ledger, found)]
    if births:
        ledger.write(_LABEL, operator, births=births)


def _units(ledger: Ledger) -> Iterator[NewRecord]:
    """The units right below this one that others have registered, as they stand; of who may enrol them."""
    chain, own = station.own_chain(ledger), ledger.meta("unit_id") or ""
    if not certificates.parse(chain[0]).claims.may_issue:
        return
    for unit in governing.registered_by_others(ledger.database, own, ledger.station):
        record = reading.record(ledger.database, ledger.types, UNIT, unit)
        values = dict(record.values) if record is not None else {}
        for slot in _NAMING:
            # The id follows from what they were at first: under another nobody takes the registration in.
            for said in load_versions(ledger.database, UNIT, bytes.fromhex(unit), only=slot):
                values[slot] = parse(said.value) if said.birth else values[slot]
        yield NewRecord(UNIT, unit, own, {name: value for name, value in values.items() if value is not None})


def _revocations(ledger: Ledger, before: Policy, now: Policy) -> Iterator[NewRecord]:
    """Of the computers that are out of use no more, those of which this station may say it."""
    cells = ("station", "label", "revoked", "note")
    said = {
        (writer, values[0]): dict(zip(cells, values, strict=True))
        for writer, _, values in governing.said(ledger.database, REVOCATION, cells)
    }
    for name, several in before.revocations.items():
        if name in now.revocations or not now.known.may_revoke(ledger.station, name):
            continue
        # An incarnation that a grant had let in since counts on.
        cuts = {incarnation: min(last, MAX_NUMBER) for incarnation, last in several[0].cuts.items()}
        words = exclusions.write_cuts(cuts, several[0].kept)
        told = {cell: text or None for cell, text in said[several[0].writer.station, name].items()}
        yield NewRecord(REVOCATION, "", ledger.meta("unit_id") or "", {**told, "cuts": words or None})


@dataclass(slots=True)
class _Again:
    """The items of one origin that would count again. ``speakers`` have let some not count by a word about items;
    ``revoked`` are those that did not count by words about their whole station alone.
    """

    items: Stamped = field(default_factory=Stamped)
    revoked: Stamped = field(default_factory=Stamped)
    speakers: set[str] = field(default_factory=set)


def _counting_again(ledger: Ledger, before: Policy, now: Policy) -> dict[Origin, _Again]:
    """What would count again of what this station may let not count."""
    found: dict[Origin, _Again] = {}
    own, reaches = now.known.own, dict[str, Reach]()
    if own is None:
        return found
    for piece in aside.refused(ledger.database, excluded=True):
        origin = piece[0].station, piece[0].incarnation
        reach = reaches.setdefault(origin[0], Reach(now.known, own, origin[0]))
        for asked in one_by_one((i.number, Item(i.stamp, i.type, i.unit)) for i in piece):
            out = now.out(origin, asked)
            again = {
                n: reason
                for n, reason in before.out(origin, asked).items()
                if n not in out and reason != REFUSED_SUPERIOR and reach.holds(asked[n].unit)
            }
            if again:
                _note(found.setdefault(origin, _Again()), asked, again)
                words = before.exclusions.get(origin, ())
                found[origin].speakers |= {w.reach.writer.station for w in words if w.reach is not None}
    return found


def _note(noted: _Again, asked: Items, again: Mapping[int, str]) -> None:
    for number, reason in again.items():
        of = noted.revoked if reason == REFUSED_REVOKED else noted.items
        of.add([(number, asked[number].stamp)])


def _exclusions(ledger: Ledger, found: Mapping[Origin, _Again]) -> Iterator[NewRecord]:
    """The words that named them, as far as they name these, with all that was typed; and one of what none named."""
    numbers = {origin: array("Q", (n for n, _ in again.items)) for origin, again in found.items()}
    fields = [f.name for f in ledger.types[EXCLUSION].fields]
    for speaker in sorted({s for again in found.values() for s in again.speakers} - {ledger.station}):
        for _, _, cells in governing.exclusions_by(ledger.database, speaker, fields):
            # A decided fork is closed for what is yet to come as well.
            closes = cells["cause"] == FORK
            left = {
                origin: Named(
                    named.spans if closes else _those(named.spans, numbers[origin]),
                    Stamped(c for c in named.contents if c in found[origin].items),
                )
                for origin, named in exclusions.read(str(cells["items"] or "")).items()
                if origin in found and speaker in found[origin].speakers
            }
            for text in exclusions.write(left):
                # That was told of what levels below had said; this station says it of its own accord.
                said = {**cells, "items": text, "restated": None}
                yield NewRecord(EXCLUSION, "", ledger.meta("unit_id") or "", said)
    day, (cause, refusal) = ledger.environment.today().isoformat(), said_once_more(REFUSED_REVOKED)
    revoked = {origin: Named((), again.revoked) for origin, again in found.items()}
    for text in exclusions.write(revoked):
        said = {"label": _REVOKED, "excluded": day, "cause": cause, "refusal": refusal, "items": text}
        yield NewRecord(EXCLUSION, "", ledger.meta("unit_id") or "", said)


def _those(named: Sequence[Span], numbers: Sequence[int]) -> Spans:
    """Of the numbers that a word names these, as numbers: what lifts it looks for that."""
    spans = Spans()
    for first, last in named:
        spans.add((n, n) for n in numbers[bisect_left(numbers, first) : bisect_right(numbers, last)])
    return spans
