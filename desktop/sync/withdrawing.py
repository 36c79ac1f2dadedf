"""What withdrawing a merge or revoking a station would take out, and what forbids it (rules 18 and 27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.deciding import ERASURE
from desktop.records.items import BIRTH
from desktop.records.spans import spans_of
from desktop.store.columns import quoted, table_of
from desktop.store.ledger import Ledger
from desktop.store.versions import BY_COMPONENT
from desktop.sync import decoding, exclusions, segments, sending, waiting
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
    for origin, first, last in ledger.database.rows(
        "SELECT origin, first, last FROM segment WHERE merge = ? AND vouched IS NULL", (merge,)
    ):
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
    for origin, incarnation in ledger.database.rows(
        "SELECT ref, incarnation FROM origin WHERE station = ? ORDER BY ref", (station,)
    ):
        wanted = {
            n
            for first, last in ledger.database.rows(
                "SELECT first, last FROM received WHERE origin = ?", (origin,)
            )
            for n in range(max(first, cuts.get(incarnation, 0) + 1), last + 1)
        }
        found += _named(ledger, origin, wanted.difference(stay.get(incarnation, ())))
    return found


def erasures_behind(ledger: Ledger, station: str, cuts: Mapping[str, int]) -> dict[str, list[int]]:
    """The erasures of a station that count here and lie behind these cuts, by incarnation."""
    found: dict[str, list[int]] = {}
    for incarnation, number in ledger.database.rows(
        f"SELECT o.incarnation, e._number FROM {quoted(table_of(ERASURE))} e JOIN origin o ON o.ref = e._origin"
        f" WHERE o.station = ? ORDER BY 1, 2",
        (station,),
    ):
        if number > cuts.get(incarnation, 0):
            found.setdefault(incarnation, []).append(number)
    return found


def built_upon(ledger: Ledger, items: Iterable[Affected]) -> int:
    """How many changes that count, and are not among them, replace one of these items (rule 18)."""
    database = ledger.database
    with database.transaction():
        database.execute(
            "CREATE TEMP TABLE IF NOT EXISTS named (origin INTEGER NOT NULL, number INTEGER NOT NULL,"
            " record BLOB NOT NULL, type TEXT NOT NULL, kind TEXT NOT NULL, stamp INTEGER NOT NULL,"
            " PRIMARY KEY (origin, number))"
        )
        database.connection.executemany(
            "INSERT INTO named (origin, number, record, type, kind, stamp) VALUES (?, ?, unhex(?), ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [(i.origin, i.number, i.record, i.type, i.kind, i.stamp) for i in items],
        )
        found = int(
            database.value(
                "SELECT count(*) FROM (SELECT DISTINCT p.origin, p.number FROM named n"
                " JOIN replacement p ON p.record = n.record AND p.type = n.type AND p.replaced = n.stamp"
                " WHERE p.origin <> :component"
                " AND NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = p.origin AND o.number = p.number)"
                # A change of a record that is one with it may name it (rule 10).
                " UNION SELECT e.origin, e.number FROM named n JOIN elsewhere e ON e.other = n.record"
                " AND e.type = n.type AND e.replaced = n.stamp"
                " WHERE NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = e.origin AND o.number = e.number)"
                # Whoever fills in what a birth left empty replaces nothing and would hang in the air all the same.
                " UNION SELECT v.origin, v.number FROM named n"
                " JOIN version v ON v.record = n.record AND v.type = n.type WHERE n.kind = 'birth' AND NOT v.birth"
                " AND NOT EXISTS (SELECT 1 FROM named o WHERE o.origin = v.origin AND o.number = v.number))",
                {"component": BY_COMPONENT},
            )
        )
        database.execute("DELETE FROM named")
    return found


def quoted_in_letters(ledger: Ledger, items: Iterable[Affected]) -> int:
    """How many issued letters rest on one of these records: the case, its events, its enterprise, or the letter."""
    births = {i.record for i in items if i.kind == BIRTH}
    if "case_document" not in ledger.types or not births:
        return 0
    # Letters lead to the id under which records that are one are shown.
    births |= {
        head
        for record, head in ledger.database.rows("SELECT lower(hex(id)), lower(hex(head)) FROM component")
        if record in births
    }
    found = 0
    for letter, case, enterprise in ledger.database.rows(
        f"SELECT lower(hex(d.id)), lower(hex(d.{quoted('case')})), lower(hex(c.enterprise))"
        f" FROM {quoted(table_of('case_document'))} d"
        f" LEFT JOIN {quoted(table_of('case'))} c ON c.id = d.{quoted('case')}"
        f" WHERE d.document_number IS NOT NULL AND d._life <> 1"
    ):
        events = {
            event
            for (event,) in ledger.database.rows(
                f"SELECT lower(hex(id)) FROM {quoted(table_of('case_event'))} WHERE {quoted('case')} = unhex(?)",
                (case,),
            )
        }
        found += not births.isdisjoint({letter, case, enterprise, *events})
    return found


def _earlier(ledger: Ledger, origin: int, merge: int) -> set[int]:
    """The numbers that stand in segments which came with the grant or with an earlier merge."""
    found: set[int] = set()
    for compressed, first, last, vouched in ledger.database.rows(
        "SELECT frame, first, last, vouched FROM segment WHERE origin = ? AND (merge IS NULL OR merge < ?)",
        (origin, merge),
    ):
        if vouched is None:
            found.update(range(first, last + 1))
        else:
            header, lines = segments.read(sending.frame_of(compressed))
            found.update(decoding.decode(header, lines, ledger.types).numbers)
    return found


def _named(ledger: Ledger, origin: int, wanted: set[int]) -> list[Affected]:
    """The items with these numbers that are not refused already, each once."""
    wanted = wanted - {
        n for (n,) in ledger.database.rows("SELECT number FROM refused WHERE origin = ?", (origin,))
    }
    found: dict[int, Affected] = {}
    for first, last in spans_of(wanted):
        for header, lines in waiting.stored(ledger, origin, first, last):
            contents = decoding.decode(header, lines, ledger.types)
            for births in contents.births.values():
                for row in births.rows:
                    if row[3] in wanted:
                        affected = Affected(origin, row[3], BIRTH, births.type, row[0], row[2], row[1])
                        found.setdefault(row[3], affected)
            for c in contents.changes:
                if c.number in wanted:
                    affected = Affected(origin, c.number, c.kind, c.type, c.record, c.stamp, c.unit)
                    found.setdefault(c.number, affected)
    return [found[n] for n in sorted(found)]


def _origin(ledger: Ledger, ref: int) -> Origin:
    station, incarnation = ledger.database.rows(
        "SELECT station, incarnation FROM origin WHERE ref = ?", (ref,)
    )[0]
    return station, incarnation
