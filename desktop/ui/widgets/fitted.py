"""A table whose rows follow the text size, and its columns that and the width of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableView

from desktop.ui import theme


class FittedTable(QTableView):
    """Derive from it and answer :meth:`fit`; :meth:`take_measures` is called at the beginning."""

    def fit(self) -> None:
        """Gives every column its width."""
        raise NotImplementedError

    def take_measures(self) -> None:
        """What depends on the text size: rows are as high as it asks for."""
        self.verticalHeader().setDefaultSectionSize(theme.measures().row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns follow the width of the window."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Rows and columns follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.take_measures()
            self.fit()
