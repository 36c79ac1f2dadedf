"""Sums that are exact: money and hours stand as decimal text, which SQLite would add up in floating point."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from desktop.records.declaration import Field, Kind
from desktop.records.typed.typed_numbers import stored_decimal
from desktop.store.tables.columns import quoted

FUNCTION = "decimal_total"
"""The name under which every connection knows :class:`DecimalTotal`."""
_LOW_BITS = 32


class DecimalTotal:
    """An aggregate of decimal texts as whole numbers of their smallest place: such a sum is never rounded."""

    def __init__(self) -> None:
        self._by_places: dict[int, int] = {}

    def step(self, cell: object) -> None:
        """Adds a cell; one that is empty or no number, which another station may have sent, adds nothing."""
        if cell is None or stored_decimal(cell) is None:
            return
        whole, _, part = str(cell).partition(".")
        self._by_places[len(part)] = self._by_places.get(len(part), 0) + int(whole + part)

    def finalize(self) -> str | None:
        """The sum as decimal text; nothing where no cell holds a number."""
        if not self._by_places:
            return None
        most = max(self._by_places)
        total = sum(n * 10 ** (most - places) for places, n in self._by_places.items())
        return f"{total}e-{most}"


def parts(field: Field, alias: str = "") -> tuple[str, ...]:
    """The expressions that together add up a number field; :func:`joined` makes one number of them.

    Whole numbers are added in two halves: their sum may be longer than the engine's own numbers.
    """
    column = f"{alias}{quoted(field.name)}"
    return halves(column) if field.kind is Kind.INTEGER else (f"{FUNCTION}({column})",)


def halves(expression: str) -> tuple[str, str]:
    """The expressions that together add up whole numbers, any of which another station may have sent."""
    return f"sum({expression} >> {_LOW_BITS})", f"sum({expression} & {(1 << _LOW_BITS) - 1})"


def whole(high: int | None, low: int | None) -> int:
    """The sum that two :func:`halves` give; nothing to add is 0."""
    return ((high or 0) << _LOW_BITS) + (low or 0)


def joined(found: Iterable[int | str | None]) -> Decimal | None:
    """The sum that these parts give; there is none of what nobody has filled in."""
    match list(found):
        case [None] | [None, None]:
            return None
        case [int(high), int(low)]:
            return Decimal(whole(high, low))
        case [str(text)]:
            return Decimal(text)
        case several:
            raise ValueError(f"a number has one part or two, not {len(several)}")
