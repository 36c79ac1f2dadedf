"""Cycles are looked for in the window's thread and by no other, for what lies in them may belong to the window."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from desktop.collecting import collect_what_is_due

_EVERY_MS = 1000


class CycleCollector(QObject):
    """Looks from time to time, and Python no more by itself.

    Python looks in whichever thread happens to make the object that is one too many. Pages, models and timers lie in
    cycles with their slots; when the thread that lays out a page finds them, Qt's objects end in a thread that does
    not own them, and the program with them.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(collect_what_is_due)
        timer.start(_EVERY_MS)
