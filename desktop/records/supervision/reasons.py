"""Why something may not be done, is asked for or is worth a thought, each with the article it rests on."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from desktop.records.supervision.kinds import EventKind


class Weight(enum.StrEnum):
    """``FORBIDDEN`` cannot be talked away, ``ASKED`` is answered by filling a field, ``ADVICE`` stops nothing."""

    FORBIDDEN = "forbidden"
    ASKED = "asked"
    ADVICE = "advice"


@dataclass(frozen=True)
class Reason:
    """One reason in a Chinese sentence. ``article`` is its source, ``subject`` the event or letter it is about.

    ``field`` names what answers it; ``missing_year`` the year whose table of holidays is needed; ``of_others`` says
    that it is for another body to issue, whatever is in the draft; ``missing`` is the step that was not recorded.
    """

    text: str
    article: str = ""
    weight: Weight = Weight.FORBIDDEN
    next_step: str = ""
    subject: str | None = None
    field: str = ""
    missing_year: int | None = None
    of_others: bool = False
    missing: EventKind | None = None

    def __str__(self) -> str:
        return f"{self.text}（{self.article}）" if self.article else self.text


def forbidden(text: str, article: str = "", next_step: str = "", subject: str | None = None) -> Reason:
    """A reason that stops the step."""
    return Reason(text, article, Weight.FORBIDDEN, next_step, subject)


def advice(text: str, article: str = "") -> Reason:
    """A reason to think twice."""
    return Reason(text, article, Weight.ADVICE)


def stopping(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those that stop a step."""
    return tuple(reason for reason in reasons if reason.weight is Weight.FORBIDDEN)
