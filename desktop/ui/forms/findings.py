"""What the checks find on a form: which of it is due to be said, and beside which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from desktop.records.cells import Values
from desktop.records.checks import Context, Finding, run_checks
from desktop.records.declaration import Kind, RecordType, Severity

NEEDED = "needed"
UNREADABLE = "unreadable"


def find(
    record_type: RecordType, values: Values, problems: Mapping[str, str], context: Context
) -> list[Finding]:
    """What cannot be read, by field, then what the checks find on fields that can."""
    unread = [Finding(Severity.ERROR, words, (name,), UNREADABLE) for name, words in problems.items()]
    return unread + [f for f in run_checks(record_type, values, context) if not set(f.fields) & set(problems)]


def due(findings: Iterable[Finding], touched: Sequence[str]) -> list[Finding]:
    """Those that a new form says: it does not begin with reproaches about what nobody has touched."""
    return [f for f in findings if f.rule == NEEDED or set(f.fields) & set(touched)]


def place_of(record_type: RecordType, finding: Finding, shown: Iterable[str], touched: Sequence[str]) -> str:
    """The field beside which it is said: the one edited last, else the first that is not a mere code."""
    names = [name for name in finding.fields if name in set(shown)] or list(finding.fields)
    edited = [name for name in reversed(touched) if name in names]
    plain = [name for name in names if record_type.by_name[name].kind is not Kind.CODE]
    return (edited or plain or names)[0]
