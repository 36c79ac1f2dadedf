"""Why an enterprise should be visited next, as data: each reason with its points and its words, an example."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitReason:
    """One reason: its permanent id, what it adds to the order, what it is called, and its words for one enterprise.

    ``words`` may name facts in braces, such as ``{staff}``; days are put in as people write them.
    """

    id: str
    points: int
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class VisitReasons:
    """All reasons, with the version and source of their points; ``official`` says whether somebody has set them."""

    version: str
    source: str
    official: bool
    unvisited_days: int
    reasons: tuple[VisitReason, ...]
