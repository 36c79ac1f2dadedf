"""The steps that can be taken back, and those that can be done again, since this window opened the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from desktop.store.ledger import ChangeSet

DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a user did: its name and the stamps of its operations in the order in which they were done."""

    name: str
    stamps: tuple[int, ...]


class Steps:
    """Two stacks. Taking a step back is itself an operation, so that doing it again is taking that one back."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def last(self) -> Step | None:
        """What 撤消 would take back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Step | None:
        """What 重做 would do again."""
        return self._undone[-1] if self._undone else None

    def done(self, step: Step) -> None:
        """A user did something new."""
        if step.stamps:
            self._done = [*self._done, step][-DEEPEST:]
            self._undone.clear()

    def undone(self, stamps: tuple[int, ...]) -> None:
        """The last step was taken back by operations with these stamps."""
        self._undone.append(Step(self._done.pop().name, stamps))

    def redone(self, stamps: tuple[int, ...]) -> None:
        """The last step that was taken back was done again."""
        self._done.append(Step(self._undone.pop().name, stamps))

    def forget_last(self) -> None:
        """The last step cannot be taken back any more."""
        self._done.pop()

    def forget_next(self) -> None:
        """The next step cannot be done again any more."""
        self._undone.pop()


def changes_of(result: Any) -> Iterable[ChangeSet]:
    """The change sets in what an operation returned: itself, its ``changes``, or those of a list of such."""
    if isinstance(result, ChangeSet):
        yield result
    elif isinstance(result, list | tuple):
        for part in result:
            yield from changes_of(part)
    else:
        inner = getattr(result, "changes", None)
        if inner is not None:
            yield from changes_of(inner)
