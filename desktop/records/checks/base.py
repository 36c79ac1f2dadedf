"""What a rule is, how it is registered and how the checks of a declaration are run."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from desktop.records import following
from desktop.records.cells import Values, as_day, is_empty
from desktop.records.declaration import Check, Field, Kind, RecordType, Severity
from desktop.records.typed.values import MONEY, below_the_fen

Failure = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the record: the day, its children by type, the records it links to.

    Several rules ask for the same: what answers them reads it once. ``erased`` are the fields that were erased for
    good: nobody is asked to fill them once more.
    """

    today: datetime.date
    children: Callable[[str], Sequence[Values]] = lambda _type: ()
    linked: Callable[[str], Values | None] = lambda _field: None
    erased: frozenset[str] = frozenset()


class Asked(NamedTuple):
    """One call of a rule: the record's values, the fields in the check's order, its arguments and the context."""

    values: Values
    fields: tuple[str, ...]
    arguments: Mapping[str, Any]
    context: Context

    def filled(self) -> list[Any] | None:
        """The values of all fields, or nothing if one is empty."""
        found = []
        for name in self.fields:
            value = self.values.get(name)
            if value is None or value == "":
                return None
            found.append(value)
        return found

    def cells(self) -> list[Any]:
        """The values of the fields, empty ones as ``None``."""
        return [None if is_empty(v) else v for v in map(self.values.get, self.fields)]

    def day(self, position: int) -> datetime.date | None:
        """The day in one of the fields."""
        return as_day(self.values.get(self.fields[position]))


Rule = Callable[[Asked], Failure | None]

_RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Registers a rule under its function's name.

    A rule returns ``None`` when all is well or does not apply (a value it needs is missing), and else the words
    that fill the check's message.
    """
    name = getattr(function, "__name__", "")
    if name in _RULES:
        raise ValueError(f"rule {name} stands twice")
    _RULES[name] = function
    return function


def rules() -> Mapping[str, Rule]:
    """Every registered rule by name."""
    return _RULES


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: what is wrong in Chinese, where, and whether it must be mended."""

    severity: Severity
    message: str
    fields: tuple[str, ...]
    rule: str


class Checker:
    """Runs the checks of one record type; made once for many records."""

    def __init__(self, record_type: RecordType) -> None:
        self._type = record_type

    @cached_property
    def _needed(self) -> tuple[tuple[str, Finding], ...]:
        return tuple(
            (f.name, Finding(Severity.ERROR, f"“{f.label}”还没有填写", (f.name,), "needed"))
            for f in self._type.fields
            if f.needed
        )

    @cached_property
    def _checks(self) -> tuple[tuple[Rule, Check], ...]:
        return tuple((_RULES[check.rule], check) for check in self._type.checks)

    @cached_property
    def _amounts(self) -> tuple[Field, ...]:
        return tuple(f for f in self._type.fields if f.kind is Kind.DECIMAL and f.unit in MONEY)

    def __call__(self, values: Values, context: Context) -> list[Finding]:
        """All findings on one record, errors first; missing needed fields are errors by the rule ``needed``."""
        gone = context.erased | excused(self._type, values)
        findings = [
            finding for name, finding in self._needed if is_empty(values.get(name)) and name not in gone
        ]
        findings += [_more_than_fen(f, v) for f in self._amounts if below_the_fen(v := values.get(f.name))]
        for asked_rule, check in self._checks:
            if check.fields[0] in gone and is_empty(values.get(check.fields[0])):
                continue
            failure = asked_rule(Asked(values, check.fields, check.arguments, context))
            if failure is not None:
                findings.append(finding(check, failure))
        if self._type.follows and (changed := source_changed(self._type, values, context)) is not None:
            findings.append(changed)
        if len(findings) > 1:
            findings.sort(key=lambda found: found.severity is not Severity.ERROR)
        return findings


def excused(record_type: RecordType, values: Values) -> frozenset[str]:
    """The fields that a record of a register on paper has nothing to fill with; none of any other record."""
    by = record_type.excused_by
    return frozenset(record_type.excused) if by is not None and not is_empty(values.get(by)) else frozenset()


def run_checks(record_type: RecordType, values: Values, context: Context) -> list[Finding]:
    """The findings of :class:`Checker` on one record."""
    return Checker(record_type)(values, context)


def _more_than_fen(field: Field, amount: Any) -> Finding:
    """An amount that came from elsewhere: entry asks about it, what is signed stays as it is."""
    message = f"“{field.label}”{amount}{field.unit}多于两位小数，请核对，改到分"
    return Finding(Severity.WARNING, message, (field.name,), "more_than_fen")


def source_changed(record_type: RecordType, values: Values, context: Context) -> Finding | None:
    """A warning when what a record was filled from says something else by now; nothing is put right by itself."""
    found = following.changed(record_type, values, context.linked)
    if found is None:
        return None
    follow, fields = found
    label = record_type.by_name[follow.link].label
    if not fields:
        message = f"“{label}”后来改过，按现在的内容没有通过或者不再是这类事项，请核对"
    else:
        named = "、".join(record_type.by_name[name].label for name in fields)
        message = f"“{label}”后来改过，这里的{named}与它不一致，请核对"
    return Finding(Severity.WARNING, message, ((fields or [follow.link])[0],), "source_changed")


def finding(check: Check, failure: Failure) -> Finding:
    """What a check says when its rule has failed."""
    return Finding(check.severity, check.message.format(**failure), check.fields, check.rule)
