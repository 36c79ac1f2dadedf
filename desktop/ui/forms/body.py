"""The body of a form: its fields in sections, which of them are shown, and in how many columns."""

from __future__ import annotations

from collections.abc import Callable, Set

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.records.declaration import Field, RecordType
from desktop.ui.fields.rows import FieldRow, SectionBox, label_width, sections_of

TWO_COLUMNS_FROM = 760


class FormBody(QWidget):
    """Hidden at first: nothing is laid out before it is known what is shown. ``unfolded`` by hand."""

    unfolded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("form-body")
        self.hide()
        self.rows: dict[str, FieldRow] = {}
        self.sections: list[SectionBox] = []

    def fill(self, record_type: RecordType, make_row: Callable[[Field, QWidget], FieldRow]) -> None:
        """Makes all fields, once it stands in its place: carried there, each part would be styled anew."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for section, fields in sections_of(record_type):
            if fields:
                box = SectionBox(section, self)
                made = {field.name: make_row(field, box.grid) for field in fields}
                self.rows |= made
                box.fill(list(made.values()))
                box.unfolded.connect(self.unfolded)
                self.sections.append(box)
                column.addWidget(box)
        column.addStretch(1)

    @property
    def shown(self) -> set[str]:
        """The names of the fields that are not folded away."""
        return {name for name, row in self.rows.items() if row.shown}

    def fold(self, keep: set[str] | None) -> None:
        """Folds away all but these, or nothing; what was unfolded by hand stays."""
        for box in self.sections:
            box.fold(keep)

    def unfold(self, names: Set[str]) -> None:
        """Shows these as well."""
        self.fold(self.shown | names)

    def unfold_to(self, row: FieldRow) -> None:
        """Shows a field and the group that it is written with."""
        group = row.field.group
        for box in (box for box in self.sections if row in box.rows):
            box.fold({
                each.field.name for each in box.rows
                if each.shown or each is row or (group is not None and each.field.group == group)
            })  # fmt: skip

    def forget_unfolding(self) -> None:
        """What was unfolded by hand is folded again with the rest."""
        for box in self.sections:
            box.forget_unfolding()

    def arrange(self, width: int) -> None:
        """Puts what is shown into one column or two."""
        columns = 2 if width >= TWO_COLUMNS_FROM else 1
        labels = label_width(self.rows.values())
        for box in self.sections:
            box.grid.arrange(columns, labels)
