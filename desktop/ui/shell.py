"""What the window offers to its pages, and what a form is opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from desktop.operations.recording.following import Offer
from desktop.records.versions.canonical import Cell
from desktop.store.queries.reading import Query
from desktop.store.workspaces.drafts import Draft
from desktop.ui.notices import Tone


@dataclass(frozen=True)
class Opening:
    """What a form is opened with: a record or none, values, a draft to go on with, a field to go to.

    A new record begins with the values; an old one shows them as if they were typed, and not saved. ``saved`` is
    called after the first save. A new record that was offered by another one says so beside its fields. ``why`` stands
    above the form until then.
    """

    type: str
    record: str | None = None
    values: Mapping[str, Cell] = field(default_factory=dict)
    draft: Draft | None = None
    cursor: str = ""
    saved: Callable[[], None] | None = None
    offer: Offer | None = None
    why: str = ""


class Shell(Protocol):
    """What the window offers to its pages."""

    def open_page(self, key: str, **arguments: Any) -> None:
        """Shows a page by its key: one of the navigation, perhaps at a ``part`` of it, or a tool with its arguments."""
        ...

    def open_list(self, type_name: str, query: Query, words: str) -> None:
        """Shows the list of a type with the records of a query; ``words`` say which ones, in a chip above it."""
        ...

    def has_page(self, key: str) -> bool:
        """Whether there is such a page, so that a way to it can be offered."""
        ...

    def open_record(self, type_name: str, record: str, field: str = "") -> None:
        """Shows a record, with the cursor in ``field``."""
        ...

    def new_record(self, type_name: str, values: Mapping[str, Cell] | None = None) -> None:
        """Shows an empty form, with these values to begin with."""
        ...

    def open_form(self, opening: Opening) -> None:
        """Shows a form as it is described."""
        ...

    def open_draft(self, draft: Draft) -> None:
        """Shows the form that a draft was typed into, as it was left."""
        ...

    def back(self) -> None:
        """Returns to the page before."""
        ...

    def tell(self, tone: Tone, words: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        """Says something in one line."""
        ...

    def move_on(self) -> None:
        """Takes away what was said of what is done with."""
        ...
