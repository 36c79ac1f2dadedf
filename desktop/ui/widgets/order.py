"""The order in which Tab goes through a page: as one reads it, whatever was made first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def read_first(owner: QWidget, *parts: QWidget | QLayout) -> None:
    """Has Tab go through these parts of ``owner`` before all its others. Parts have been laid out by now.

    Qt goes through widgets in the order in which they got their parent, and what stands in a heading mostly gets it
    last.
    """
    policy = owner.focusPolicy()
    # Qt does nothing beside one that takes no cursor. Who stands before it is not asked: see the rule in staying.py.
    owner.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    _chain([owner, *(widget for part in parts for widget in _inputs(part))])
    owner.setFocusPolicy(policy)


def read_on(*parts: QWidget | QLayout) -> None:
    """Has Tab go through these parts one after the other; asked for again whenever one of them was filled anew."""
    _chain([widget for part in parts for widget in _inputs(part)])


def _chain(widgets: Sequence[QWidget]) -> None:
    for before, widget in pairwise(widgets):
        QWidget.setTabOrder(before, widget)


def _inputs(part: QWidget | QLayout) -> list[QWidget]:
    if isinstance(part, QLayout):
        items = (part.itemAt(n) for n in range(part.count()))
        inside = [item.widget() or item.layout() for item in items if item is not None]
        return [widget for found in inside if found is not None for widget in _inputs(found)]
    return [w for w in (part, *part.findChildren(QWidget)) if w.focusPolicy() is not Qt.FocusPolicy.NoFocus]
