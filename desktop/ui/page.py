"""What a page of the main window is, and what the window offers it.

A page is a widget that fills the place right of the navigation. It reads through ``workbench.read``, writes through
``workbench.write`` (both answer later, by a call in the window's thread), and looks again when :meth:`Page.refresh`
is called with what changed. It never opens windows of its own: it asks the shell to show another page.

To add a page: derive from :class:`Page`, and enter it in :mod:`desktop.ui.registry`, which is the one place that
knows all pages. A page in the navigation is an ``Entry`` in ``ENTRIES``; a page that is opened with arguments
(import of a list, preview of a print) is a function in ``TOOLS``; a page that stands in for the generated form of
a record type is a function in ``RECORD_PAGES``. Nothing else has to be touched.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.operations.following import Offer
from desktop.records.canonical import Cell
from desktop.store.drafts import Draft
from desktop.store.ledger import ChangeSet
from desktop.store.reading import Query
from desktop.ui.notices import Tone

if TYPE_CHECKING:
    from desktop.ui.workbench import Workbench


class Act(enum.Enum):
    """The actions at the top that depend on the page in front."""

    NEW = "new"
    SAVE = "save"
    FIND = "find"
    IMPORT = "import"
    EXPORT = "export"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Status:
    """What the line at the bottom says about the page in front."""

    words: str = ""
    selected: str = ""


@dataclass(frozen=True)
class Opening:
    """What a form is opened with: a record or none, values, a draft to go on with, a field to go to.

    A new record begins with the values; an old one shows them as if they were typed, and not saved. ``saved`` is
    called after the first save. A new record that was offered by another one says so beside its fields.
    """

    type: str
    record: str | None = None
    values: Mapping[str, Cell] = field(default_factory=dict)
    draft: Draft | None = None
    cursor: str = ""
    saved: Callable[[], None] | None = None
    offer: Offer | None = None


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


class Page(QWidget):
    """One page. ``state_changed`` tells the window to look again at title, actions and status."""

    state_changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        # A page that came to its place when it is complete would have all its parts styled once more.
        super().__init__(workbench.place)
        self.setObjectName("page")
        self.workbench = workbench

    @property
    def title(self) -> str:
        """What the page is called in the window's title."""
        raise NotImplementedError

    @property
    def help_anchor(self) -> str:
        """The section of the manual that F1 opens, or the name of a record type."""
        return ""

    def refresh(self, changes: ChangeSet | None) -> None:
        """Looks again at what it shows; ``None`` when the user asked for it (F5)."""

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """What the actions at the top do now; those that are left out cannot be used."""
        return {}

    def primary(self) -> Act | None:
        """The one action that stands out."""
        return None

    def words_for(self, act: Act) -> str:
        """Another label for an action at the top, such as 新增企业; empty for the usual one."""
        return ""

    def status(self) -> Status:
        """What the line at the bottom says."""
        return Status()

    def shortcuts(self) -> Mapping[str, str]:
        """Keys of this page and what they do, for the help."""
        return {}

    def enter(self) -> None:
        """The page has come to the front: puts the cursor where work begins."""

    def go_to_part(self, part: str) -> None:
        """Brings one of its parts to the front, by a name that the page itself gives them; a page may have none."""

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Whether the page may go; asks the user when something is not saved.

        A page that has to save first says no, and calls ``again`` when that is done.
        """
        return True
