"""What a page of the main window is.

A page is a widget that fills the place right of the navigation. It reads through ``workbench.read``, writes through
``workbench.write`` (both answer later, by a call in the window's thread), and looks again when :meth:`Page.refresh`
is called with what changed. It never opens windows of its own: it asks the shell (:mod:`desktop.ui.shell`) to show
another page.

To add a page: derive from :class:`Page`, and enter it in :mod:`desktop.ui.registry`, which is the one place that
knows all pages. A page in the navigation is an ``Entry`` in ``ENTRIES``; a page that is opened with arguments
(import of a list, preview of a print) is a function in ``TOOLS``; a page that stands in for the generated form of
a record type is a function in ``RECORD_PAGES``. Nothing else has to be touched.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.store.ledger import ChangeSet
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


class Page(QWidget):
    """One page. ``state_changed`` tells the window to look again at title, actions and status."""

    state_changed = Signal()

    adds_any = True
    """Whether a record of any kind may be begun from here; not where the page itself says what is added."""

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

    def keep_clear(self, foot: int) -> None:
        """Leaves so many pixels at its foot to a notice that stays, if nothing that is clicked moves by that."""

    def go_to_part(self, part: str) -> None:
        """Brings one of its parts to the front, by a name that the page itself gives them; a page may have none."""

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Whether the page may go; asks the user when something is not saved.

        A page that has to save first says no, and calls ``again`` when that is done.
        """
        return True
