"""Runs checks over the rows of a table: most of what a rule looks at repeats, and then so does what it says."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from desktop.records.checks.base import Asked, Context, Finding, Values, finding, rules
from desktop.records.declaration import Check, Severity

_MOST_REMEMBERED = 2_000


class RememberingChecks:
    """What :class:`~desktop.records.checks.Checker` finds by these checks on records without children and links.

    ``sound`` says of some rules, by name, when they are known to hold: by the value of the check's first field.
    """

    def __init__(
        self, checks: Sequence[Check], today: datetime.date, sound: Mapping[str, Callable[[object], bool]]
    ) -> None:
        context = Context(today)
        self._checks = [(c.fields[0], sound.get(c.rule), _Known(c, context)) for c in checks]

    def __call__(self, values: Values) -> list[Finding]:
        """All findings on one record, errors first."""
        value_of = values.get
        findings = []
        for first, is_sound, known in self._checks:
            if is_sound is not None and is_sound(value_of(first)):
                continue
            found = known.ask(values)
            if found is not None:
                findings.append(found)
        if len(findings) > 1:
            findings.sort(key=lambda found: found.severity is not Severity.ERROR)
        return findings


class _Known:
    """What one check has found, by the values of the fields that its rule has looked at.

    These are the check's own and whatever else a rule turns out to look at; what was found while less was known of
    it is forgotten then. Once there is much to remember, a rule whose values are new is just asked.
    """

    def __init__(self, check: Check, context: Context) -> None:
        self._check = check
        self._rule = rules()[check.rule]
        self._context = context
        self._looked_at = check.fields
        self._found: dict[tuple[object, ...], Finding | None] = {}

    def ask(self, values: Values) -> Finding | None:
        """The finding on one record, if any."""
        key = tuple(map(values.get, self._looked_at))
        if key in self._found:
            return self._found[key]
        if len(self._found) >= _MOST_REMEMBERED:
            return self._asked(values)
        watched = _Watched(values)
        found = self._asked(watched)
        further = tuple(watched.names - set(self._looked_at))
        if further:
            self._looked_at += further
            self._found.clear()
            key = tuple(map(values.get, self._looked_at))
        self._found[key] = found
        return found

    def _asked(self, values: Values) -> Finding | None:
        check = self._check
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
