"""Which numbers of every incarnation are held here, as spans without gaps between neighbours."""

from __future__ import annotations

from desktop.records.versions.spans import Span
from desktop.store.tables.database import Database


def origins(database: Database) -> dict[tuple[str, str], int]:
    """The small numbers of all incarnations, by station and incarnation, in the order in which they were met."""
    return {
        (station, incarnation): ref
        for ref, station, incarnation in database.rows(
            "SELECT ref, station, incarnation FROM origin ORDER BY ref"
        )
    }


def incarnations(database: Database, station: str) -> list[tuple[int, str]]:
    """The small numbers and names of the incarnations of one station, in the order in which they were met."""
    found: list[tuple[int, str]] = database.rows(
        "SELECT ref, incarnation FROM origin WHERE station = ? ORDER BY ref", (station,)
    )
    return found


def name_of(database: Database, origin: int) -> tuple[str, str]:
    """Station and incarnation of an origin."""
    ((station, incarnation),) = database.rows(
        "SELECT station, incarnation FROM origin WHERE ref = ?", (origin,)
    )
    return station, incarnation


def spans(database: Database, origin: int) -> list[Span]:
    """The numbers of an origin that are held."""
    found: list[Span] = database.rows("SELECT first, last FROM received WHERE origin = ?", (origin,))
    return found


def all_spans(database: Database) -> dict[int, list[Span]]:
    """The numbers that are held, by origin."""
    found: dict[int, list[Span]] = {}
    for origin, first, last in database.rows("SELECT origin, first, last FROM received"):
        found.setdefault(origin, []).append((first, last))
    return found


def overlapping(database: Database, origin: int, first: int, last: int) -> list[Span]:
    """The spans of an origin that have numbers in common with this one, the lowest first.

    Of those that begin before it only the last can reach it: whoever leaves out every other number, so that there are
    very many, must not have all of them looked at for each.
    """
    found: list[Span] = database.rows(
        "SELECT first, last FROM received WHERE origin = :origin AND first <= :last AND last >= :first AND first >="
        " coalesce((SELECT max(first) FROM received WHERE origin = :origin AND first <= :first), :first)"
        " ORDER BY first",
        {"origin": origin, "first": first, "last": last},
    )
    return found


def last_number(database: Database, origin: int) -> int:
    """The highest number of an origin that is held, 0 without any."""
    return int(database.value("SELECT max(last) FROM received WHERE origin = ?", (origin,)) or 0)


def note(database: Database, origin: int, first: int, last: int) -> None:
    """Takes numbers into those that are held, joining neighbours."""
    held = overlapping(database, origin, first - 1, last + 1)
    low, high = min([first, *(r[0] for r in held)]), max([last, *(r[1] for r in held)])
    if held == [(low, high)]:
        return
    if held and held[-1][0] > low:
        database.execute(
            "DELETE FROM received WHERE origin = ? AND first > ? AND first <= ?", (origin, low, high)
        )
    # Mostly what follows the numbers that are held: their span only becomes longer.
    database.execute(
        "INSERT INTO received (origin, first, last) VALUES (?, ?, ?)"
        " ON CONFLICT (origin, first) DO UPDATE SET last = excluded.last",
        (origin, low, high),
    )
