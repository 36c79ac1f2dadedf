"""What is asked of the value of a change: whether it is of the kind of its field, and in which part it may stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Kind, RecordType
from desktop.records.identity import is_id
from desktop.records.versions.deciding import DECIDING_TYPES, SAME
from desktop.sync.formats.segments import checked_name

BARE_TYPES: Final = frozenset({*DECIDING_TYPES, SAME})
"""Types of which no value stands in a part of its own."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What is asked of the changes of one slot: whether a value is of its kind, and whether that is personal.

    What is ``bare`` stands in part 0 alone.
    """

    fits: Callable[[Any], bool]
    personal: bool
    bare: bool = False


def demands_on(types: Mapping[str, RecordType], type_name: str, name: str) -> Demands:
    """Those on the slot of these names; raises :class:`MalformedLine` where they are none."""
    checked_name(type_name)
    if name == DELETED_SLOT:
        return Demands(_is_tombstone, personal=False, bare=True)
    if checked_name(name) == UNIT_SLOT:
        return Demands(is_id, personal=False, bare=True)
    bare = type_name in BARE_TYPES
    record_type = types.get(type_name)
    known = record_type.slots.get(name) if record_type is not None else None
    if known is None:
        return Demands(_may_be_anything, personal=False, bare=bare)
    tests = {f.name: _FITS.get(f.kind, _is_text) for f in known.fields}
    fits = partial(_is_group, tests) if known.grouped else tests[known.fields[0].name]
    return Demands(fits, known.personal, bare)


def _may_be_anything(_: Any) -> bool:
    """What is not known here."""
    return True


def _is_tombstone(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and all(isinstance(value.get(n, ""), str) for n in ("births", "heads"))
    )


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, int)


def _is_link(value: Any) -> bool:
    return value is None or is_id(value)


def _is_group(tests: Mapping[str, Callable[[Any], bool]], value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and all(fits(value.get(name)) for name, fits in tests.items())
    )


_FITS: Final[Mapping[Kind, Callable[[Any], bool]]] = {
    Kind.INTEGER: _is_number,
    Kind.BOOLEAN: _is_number,
    Kind.LINK: _is_link,
}
"""Whether a value is of a kind; all others are text."""
