"""Runs checks over the rows of a table: most of what a rule looks at repeats, and then so does what it says."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress, count
from operator import not_
from typing import Any

from desktop.records.cells import Values, is_empty
from desktop.records.checks.base import Asked, Context, Finding, excused, finding, rules
from desktop.records.declaration import Check, RecordType, Severity

_MOST_REMEMBERED = 2_000


class RememberingChecks:
    """What :class:`~desktop.records.checks.Checker` finds by these checks on records without children and links.

    ``sound`` says of some rules, by name, when they are known to hold: by the values of the check's fields.
    """

    def __init__(
        self,
        record_type: RecordType,
        checks: Sequence[Check],
        today: datetime.date,
        sound: Mapping[str, Callable[..., bool]],
    ) -> None:
        self._type = record_type
        context = Context(today)
        self._asking = [_Asking(check, context) for check in checks]
        self._sound = sound

    def __call__(self, records: Sequence[Values]) -> dict[int, list[Finding]]:
        """All findings on each record that has any, errors first, by its place among these records.

        What is remembered holds for the next ones too, so a long table can be brought in parts.
        """
        columns = _Columns(records)
        findings: dict[int, list[Finding]] = {}
        for asking in self._asking:
            asked = asking.check.fields[0]
            for place, found in asking.ask(self._doubtful(asking.check, columns), columns):
                if asked not in self._type.excused or not self._is_excused(asked, records[place]):
                    findings.setdefault(place, []).append(found)
        for several in findings.values():
            several.sort(key=lambda found: found.severity is not Severity.ERROR)
        return findings

    def _is_excused(self, field: str, values: Values) -> bool:
        return is_empty(values.get(field)) and field in excused(self._type, values)

    def _doubtful(self, check: Check, columns: _Columns) -> Sequence[int]:
        """The places of the records for which the rule is not known to hold."""
        is_sound = self._sound.get(check.rule)
        if is_sound is None:
            return range(len(columns.records))
        return [*compress(count(), map(not_, map(is_sound, *(columns[name] for name in check.fields))))]


class _Columns(dict[str, list[Any]]):
    """The values of the records field by field."""

    def __init__(self, records: Sequence[Values]) -> None:
        super().__init__()
        self.records = records

    def __missing__(self, name: str) -> list[Any]:
        self[name] = [values.get(name) for values in self.records]
        return self[name]


class _Asking:
    """Asks one check, once for all records that hold the same in the fields that its rule has looked at.

    These are the check's own and whatever else a rule turns out to look at; then what is remembered begins anew. Once
    there is much to remember, a rule whose values are new is just asked.
    """

    def __init__(self, check: Check, context: Context) -> None:
        self.check = check
        self._rule = rules()[check.rule]
        self._context = context
        self._looked_at = check.fields
        self._known: dict[tuple[object, ...], Finding | None] = {}
        # Those of the known of which nothing is to be said, for a look at many records at once.
        self._silent: set[tuple[object, ...]] = set()

    def ask(self, places: Sequence[int], columns: _Columns) -> list[tuple[int, Finding]]:
        """The findings with the places of their records."""
        while True:
            looked_at = self._looked_at
            found = self._found(places, columns)
            if self._looked_at == looked_at:
                return found
            self._known.clear()
            self._silent.clear()

    def _found(self, places: Sequence[int], columns: _Columns) -> list[tuple[int, Finding]]:
        known = self._known
        keys = list(zip(*(columns[name] for name in self._looked_at), strict=True))
        found: list[tuple[int, Finding]] = []
        if self._silent.issuperset(keys):
            return found
        for place in places:
            key = keys[place]
            if key in known:
                said = known[key]
            elif len(known) >= _MOST_REMEMBERED:
                said = self._asked(columns.records[place])
            else:
                watched = _Watched(columns.records[place])
                said = known[key] = self._asked(watched)
                further = watched.names.difference(self._looked_at)
                if further:
                    self._looked_at += tuple(further)
                    return []
                if said is None:
                    self._silent.add(key)
            if said is not None:
                found.append((place, said))
        return found

    def _asked(self, values: Values) -> Finding | None:
        check = self.check
        failure = self._rule(Asked(values, check.fields, check.arguments, self._context))
        return None if failure is None else finding(check, failure)


class _Watched(Mapping[str, Any]):
    """Values that note which of them are looked at."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        self.names.update(self._values)
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
