"""Which checks are asked of the records of a table: those that can fail of what it fills."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Set

from desktop.operations.imports.matching import Entry
from desktop.operations.imports.reading import MOBILE
from desktop.records.checks import RememberingChecks
from desktop.records.checks.organisations import sector_fits
from desktop.records.declaration import RecordType
from desktop.records.typed.person_names import PLAIN


def filled_in(entries: Iterable[Entry]) -> set[str]:
    """The fields that the file, or what is held of its records, fills anywhere."""
    filled: set[str] = set()
    for entry in entries:
        filled.update(entry.strong, entry.weak)
        if entry.held is not None:
            filled.update(n for n, v in entry.held.values.items() if v is not None)
    return filled


def checks_of(
    record_type: RecordType, filled: Set[str], valid_codes: set[str], today: datetime.date
) -> RememberingChecks:
    """The declaration's checks without those that cannot fail: on what nothing fills, on values known to be good."""
    sound: dict[str, Callable[..., bool]] = {
        "uscc_valid": valid_codes.__contains__,
        "sector_fits_code": lambda sector, code: isinstance(code, str) and sector_fits(sector, code),
        "one_person": lambda cell: isinstance(cell, str) and PLAIN.fullmatch(cell) is not None,
        "phone_valid": lambda cell: isinstance(cell, str) and MOBILE.fullmatch(cell) is not None,
    }
    return RememberingChecks(
        record_type, [c for c in record_type.checks if filled & set(c.fields)], today, sound
    )
