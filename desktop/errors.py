"""Errors that a user can act on: each class is one cause with a Chinese sentence, a next step and an exit code.

Everything else that is raised is a bug and ends with :data:`EXIT_BUG`.
"""

from __future__ import annotations

EXIT_BUG = 70


class Problem(Exception):
    """Base of all errors that a user can act on.

    ``sentence`` says in plain Chinese what happened, ``next_step`` what to do now, ``help_anchor`` names the
    section of the manual. ``exit_code`` is the command line's answer: 10-19 trust, 20-29 state, 30-39 environment.
    """

    exit_code = 2
    next_step = ""
    help_anchor = ""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if next_step:
            self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.sentence}{self.next_step}" if self.next_step else self.sentence


class UsageProblem(Problem):
    """The request itself cannot be understood."""

    exit_code = 2


class TrustProblem(Problem):
    """A file that cannot be trusted; nothing of it was written."""

    exit_code = 10


class StateProblem(Problem):
    """The step is not possible in the present state of the workspace."""

    exit_code = 22


class EnvironmentProblem(Problem):
    """Disk, permissions or clock stand in the way."""

    exit_code = 30
