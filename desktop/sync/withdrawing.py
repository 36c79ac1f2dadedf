"""What withdrawing a merge or revoking a station would take out, and what forbids it (rules 18 and 27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.items import BIRTH
from desktop.records.spans import spans_of
from desktop.store import aside, depending, received, segment_log
from desktop.store.ledger import Ledger
from desktop.sync import decoding, exclusions, kept
from desktop.sync.exclusions import Origin


@dataclass(frozen=True, slots=True)
class Affected:
    """An item that would be taken out."""

    origin: int
    number: int
    kind: str
    type: str
    record: str
    stamp: int
    unit: str


@dataclass
class Withdrawable:
    """The items that one merge has brought first, by origin, and all of them one by one.

    ``places`` says which stations have written them under which units.
    """

    named: dict[Origin, exclusions.Named] = field(default_factory=dict)
    places: set[tuple[str, str]] = field(default_factory=set)
    items: list[Affected] = field(default_factory=list)


def brought_by(ledger: Ledger, merge: int) -> Withdrawable:
    """What a merge has brought: items that stood in no segment of an earlier one, and that a station itself signed.

    What a level above vouched for is that level's to withdraw.
    """
    found = Withdrawable()
    numbers: dict[int, set[int]] = {}
    for origin, first, last in segment_log.brought_by(ledger.database, merge):
        numbers.setdefault(origin, set()).update(range(first, last + 1))
    for origin, wanted in sorted(numbers.items()):
        named = _named(ledger, origin, wanted - _earlier(ledger, origin, merge))
        if named:
            name = _origin(ledger, origin)
            found.named[name] = exclusions.Named(spans_of(i.number for i in named))
            found.places |= {(name[0], i.unit) for i in named}
            found.items += named
    return found


def above_cut(ledger: Ledger, station: str, cuts: Mapping[str, int]) -> list[Affected]:
    """What would count no longer if a station counted up to these items only; its erasures that count stay."""
    found: list[Affected] = []
    stay = erasures_behind(ledger, station, cuts)
    for origin, incarnation in received.incarnations(ledger.database, station):
        wanted = {
            n
            for first, last in received.spans(ledger.database, origin)
            for n in range(max(first, cuts.get(incarnation, 0) + 1), last + 1)
        }
        found += _named(ledger, origin, wanted.difference(stay.get(incarnation, ())))
    return found


def erasures_behind(ledger: Ledger, station: str, cuts: Mapping[str, int]) -> dict[str, list[int]]:
    """The erasures of a station that count here and lie behind these cuts, by incarnation."""
    found: dict[str, list[int]] = {}
    for incarnation, number in depending.erasures_of(ledger.database, station):
        if number > cuts.get(incarnation, 0):
            found.setdefault(incarnation, []).append(number)
    return found


def built_upon(ledger: Ledger, items: Iterable[Affected]) -> int:
    """How many changes that count, and are not among them, replace one of these items (rule 18)."""
    return depending.count_hanging(ledger.database, items)


def quoted_in_letters(ledger: Ledger, items: Iterable[Affected]) -> int:
    """How many issued letters rest on one of these records; see :func:`desktop.store.depending.count_letters`."""
    births = {i.record for i in items if i.kind == BIRTH}
    if "case_document" not in ledger.types or not births:
        return 0
    return depending.count_letters(ledger.database, births)


def _earlier(ledger: Ledger, origin: int, merge: int) -> set[int]:
    """The numbers that stand in segments which came with the grant or with an earlier merge."""
    found: set[int] = set()
    for position, first, last, vouched in segment_log.before_merge(ledger.database, origin, merge):
        if vouched:
            header, lines = kept.read_at(ledger.database, position)
            found.update(decoding.decode(header, lines, ledger.types).numbers)
        else:
            found.update(range(first, last + 1))
    return found


def _named(ledger: Ledger, origin: int, wanted: set[int]) -> list[Affected]:
    """The items with these numbers that are not refused already, each once."""
    found: dict[int, Affected] = {}
    for first, last in spans_of(wanted):
        for header, lines in kept.between(ledger.database, origin, first, last):
            contents = decoding.decode(header, lines, ledger.types)
            refused = aside.refused_between(ledger.database, origin, header.first, header.last)
            here = wanted.intersection(contents.numbers).difference(number for number, _ in refused)
            for births in contents.births.values():
                for row in births.rows:
                    if row[3] in here:
                        affected = Affected(origin, row[3], BIRTH, births.type, row[0], row[2], row[1])
                        found.setdefault(row[3], affected)
            for c in contents.changes:
                if c.number in here:
                    affected = Affected(origin, c.number, c.kind, c.type, c.record, c.stamp, c.unit)
                    found.setdefault(c.number, affected)
    return [found[n] for n in sorted(found)]


def _origin(ledger: Ledger, ref: int) -> Origin:
    return received.name_of(ledger.database, ref)
