"""The rules that declarations name: each says whether one record's values hold together.

Rules are registered by the modules of this folder: ``general`` (numbers, days, what needs what), ``people``,
``organisations``, ``meetings`` (congress arithmetic included), ``bargaining`` and ``supervision``. Duplicates
are not among them: they need the store.
"""

from __future__ import annotations

from desktop.records.checks import bargaining, general, meetings, organisations, people, supervision
from desktop.records.checks.base import Checker, Context, Finding, rules, run_checks
from desktop.records.checks.remembering import RememberingChecks

__all__ = [
    "Checker",
    "Context",
    "Finding",
    "RememberingChecks",
    "bargaining",
    "general",
    "meetings",
    "organisations",
    "people",
    "rules",
    "run_checks",
    "supervision",
]
