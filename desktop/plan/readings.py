"""Which readings of the plan's ambiguous words were chosen, by indicator or for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.errors import UsageProblem
from desktop.plan.results import Reading
from desktop.records.plan_targets import Choice

Options = Mapping[str, str]
"""Chosen readings: option codes by ``choice`` for all indicators, or by ``T03.choice`` for one."""


class UnknownReading(UsageProblem):
    """A choice or an option that no indicator has."""

    next_step = "请从列出的口径里选一个。"


def readings(target_id: str, choices: Iterable[Choice], options: Options) -> tuple[Reading, ...]:
    """The reading of each choice of an indicator: its own option, that for all, or the default.

    Raises :class:`UnknownReading` for an own option that the choice does not have.
    """
    found = []
    for choice in choices:
        labels = {option.code: option.label for option in choice.options}
        own, general = options.get(f"{target_id}.{choice.id}"), options.get(choice.id)
        if own is not None and own not in labels:
            raise UnknownReading(
                f"{target_id}的“{choice.label}”没有选项 {own}，可以选：{'、'.join(labels)}。"
            )
        code = own if own is not None else general if general in labels else choice.default
        found.append(Reading(choice.id, choice.label, str(code), labels[str(code)]))
    return tuple(found)


def refuse_unknown(options: Options, known: Mapping[str, tuple[Choice, ...]]) -> None:
    """Raises :class:`UnknownReading` for an option that no choice of any target has; ``known`` is by target id."""
    codes: dict[str, set[str]] = {}
    for target_id, choices in known.items():
        for choice in choices:
            for name in (choice.id, f"{target_id}.{choice.id}"):
                codes.setdefault(name, set()).update(option.code for option in choice.options)
    for name, code in options.items():
        if name not in codes:
            raise UnknownReading(f"没有“{name}”这个口径选项。")
        if code not in codes[name]:
            raise UnknownReading(f"“{name}”没有选项 {code}，可以选：{'、'.join(sorted(codes[name]))}。")
