"""How many members a grassroots union's committee has, by the number of its members."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seats:
    """The least and the greatest number of seats."""

    least: int
    most: int

    def __contains__(self, seats: int) -> bool:
        return self.least <= seats <= self.most


_STEPS: tuple[tuple[int, Seats], ...] = (
    (10, Seats(1, 1)),
    (25, Seats(3, 3)),
    (100, Seats(3, 5)),
    (200, Seats(5, 7)),
    (500, Seats(7, 9)),
    (1000, Seats(9, 15)),
    (5000, Seats(15, 21)),
    (10000, Seats(21, 29)),
    (50000, Seats(29, 37)),
)
_BEYOND = Seats(37, 45)


def committee_seats(members: int) -> Seats:
    """The committee seats for a number of members; up to 10 members it is one chair or organiser.

    The table is that of a municipal federation's answer to the public, not of a statute. Raises ``ValueError``
    for fewer than one member.
    """
    if members < 1:
        raise ValueError("a union has members")
    return next((seats for limit, seats in _STEPS if members <= limit), _BEYOND)
