"""What merging files does, type by type or unit by unit, and what of it is not applied, item by item.

Of a type or a unit that is chosen the records that come, or are changed, are listed too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.operations.quantities import count, told
from desktop.operations.stations.listed import Listed
from desktop.operations.stations.unsettled import Unsettled, unlisted_words
from desktop.records.versions.item_outcomes import CONFLICT, HELD, OUTCOMES, REFUSED
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.sync.merging.listing import Done
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.preview import (
    NOT_TAKEN,
    Shown,
    done_by,
    item_line,
    left_name,
    listed_line,
    open_field,
    open_item,
)
from desktop.ui.parts import heading, link, plain, row
from desktop.ui.workbench import Workbench

_ALONE = "点一下或者按 Enter，右边列出是哪些；再点一下还原"
_CHOOSE = "点一下左边的一行，右边列出新增和修改的是哪些。"
_DONE = ("新增", "修改", "删除")
_LEFT = (CONFLICT, HELD, REFUSED)
"""What is not taken, in the order in which it is counted."""


class Details(QWidget):
    """By type at the left, what is not applied at the right; a double click there opens the record.

    ``merged`` is whether it has come to pass: until then there is nothing to decide about.
    """

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.merged = False
        self.types = Grid(
            [
                Col("类别", 8, wide=True),
                *(Col(w, 3, numeric=True) for w in (*_DONE, *(OUTCOMES[o] for o in _LEFT))),
            ],
            "按类别",
        )
        self.items = Grid(
            [
                Col("结果", 6),
                Col("记录", 18, wide=True, most=36),
                Col("项目", 9, wide=True),
                Col("谁填的", 9, wide=True),
                Col("原因", 24, wide=True),
            ],
            NOT_TAKEN,
            wrapping=True,
        )
        self.units = Grid(
            [
                Col("谁填的", 10, wide=True, most=30),
                Col("新来的", 4, numeric=True),
                *(Col(OUTCOMES[o], 3, numeric=True) for o in _LEFT),
            ],
            "按单位",
        )
        self.items.opened.connect(self._open)
        self._good: list[Shown] = []
        self._by_unit = False
        self._only = ""
        """The type, or the unit where these are listed, whose items alone are shown; empty for all."""
        self.by = link("", self._turn)
        self.whole = link("显示全部", lambda: self._show_only(""))
        for word in (self.by, self.whole):
            # Both tables begin at one height, whichever of the two is to be seen.
            kept = word.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            word.setSizePolicy(kept)
        for grid in (self.types, self.units):
            grid.opened.connect(self._show_only)
            grid.clicked.connect(lambda _index, grid=grid: self._show_only(grid.current()))
        self.caption = heading("会怎样，按类别")
        self._nothing = plain("没有。", muted=True)
        self._no_types = plain("没有新增、修改或删除的内容。", muted=True)
        self._same = plain("这里的内容以前都收过：合并只登记收到了这些文件，别的什么都不变。", muted=True)
        self._items_head = heading(NOT_TAKEN)
        for head in (self.caption, self._items_head):
            head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addLayout(row(self.caption, 1, self.by))
        left.addWidget(self.types, 1)
        left.addWidget(self.units, 1)
        left.addWidget(self._no_types)
        left.addStretch(0)
        right.addLayout(row(self._items_head, 1, self.whole))
        right.addWidget(self.items, 1)
        right.addWidget(self._nothing)
        right.addStretch(0)
        line = self._line = QHBoxLayout()
        line.setSpacing(14)
        line.addLayout(left, 4)
        line.addLayout(right, 5)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._same)
        whole.addLayout(line, 1)
        whole.addStretch(0)

    def hasHeightForWidth(self) -> bool:
        """Its words are short: in a column Qt would take the height that it would like for the least that it needs.

        Then what stands above it was cut on a low screen, though there was room.
        """
        return False

    def show_files(self, files: Iterable[Shown]) -> None:
        """Adds up these files."""
        files = list(files)
        good = self._good = [f for f in files if f.good]
        lines, units = self._type_lines(good), _unit_lines(good)
        self.types.show_lines(lines)
        self.units.show_lines(units)
        # Who has sent it has written it, unless there are others.
        self._by_unit = self._by_unit and len(units) > 1
        self.by.setVisible(len(units) > 1)
        for head in (self.caption, self._items_head):
            head.show()
        self._no_types.setVisible(not lines)
        items = [item for f in good for item in f.items]
        # Where nothing is left out, one line says so, and the types have the room.
        self._line.setStretch(1, 5 if items else 3)
        if self._only not in {line.key for line in (units if self._by_unit else lines)}:
            self._only = ""
        self._show_left()
        same = (
            bool(good)
            and not lines
            and not items
            and all(f.result is not None and f.result.total for f in good)
        )
        for widget in (self.caption, self._no_types, self._items_head, self._nothing):
            widget.setVisible(widget.isVisibleTo(self) and not same)
        self._same.setVisible(same)

    @property
    def items_left(self) -> bool:
        """Whether there is anything to read through: the types alone are few, and the files above need the room."""
        return any(shown.items for shown in self._good)

    def _show_left(self) -> None:
        """What is listed, and of it the items of the one that was chosen."""
        self.by.setText("按类别看" if self._by_unit else "按单位看")
        self.units.setVisible(self._by_unit)
        self.types.setVisible(not self._by_unit and bool(self.types.rows.lines))
        items = [item for f in self._good for item in f.items if self._is_wanted(item)]
        # What nobody has to do anything about is in the way of the rest, until somebody asks for it.
        listed = [one for f in self._good for one in f.listed if self._only and self._is_wanted(one)]
        # Where all have come to the same the heading says it.
        self.items.setColumnHidden(0, not listed and len({item.outcome for item in items}) == 1)
        self.items.setColumnHidden(4, not items)
        self.items.show_lines([*map(item_line, items), *map(listed_line, listed)])
        self.items.setVisible(bool(items or listed))
        unlisted = sum(f.result.unlisted for f in self._good if f.result is not None)
        self._items_head.setText(_head_words(items, 0 if self._only else unlisted, listed))
        self.whole.setVisible(bool(self._only))
        self._nothing.setVisible(not items and not listed)
        self._nothing.setText(
            "没有。" + (_CHOOSE if any(f.listed for f in self._good) and not self._only else "")
        )

    def _is_wanted(self, item: Unsettled | Listed) -> bool:
        of = item.author if self._by_unit else ATTACHMENT if item.type == PART else item.type
        return self._only in ("", of)

    def _show_only(self, key: str | None) -> None:
        """The items of this type or unit alone, or all of them; what is chosen once more is chosen no longer."""
        self._only = "" if not key or key == self._only else key
        self._show_left()

    def _turn(self) -> None:
        """By type, or by who has written it."""
        self._by_unit, self._only = not self._by_unit, ""
        self._show_left()

    def _open(self, item: Unsettled | Listed | None) -> None:
        if isinstance(item, Listed):
            self._open_listed(item)
        elif item is not None and item.known and item.outcome == CONFLICT and not self.merged:
            open_field(self.workbench, item.type, item.record, item.slot)
            self.workbench.shell.tell(
                Tone.PLAIN, "这是本机现在的内容。合并以后，两种填法都在“分歧”里，再选用哪一个。"
            )
        else:
            open_item(self.workbench, item)

    def _open_listed(self, one: Listed) -> None:
        if self.merged or one.done is not Done.NEW:
            open_field(self.workbench, one.type, one.record, one.slot)
        if not self.merged:
            words = (
                "这条是新的，合并以后才能打开。"
                if one.done is Done.NEW
                else "这是本机现在的内容，还没有合并。"
            )
            self.workbench.shell.tell(Tone.PLAIN, words)

    def _type_lines(self, files: Sequence[Shown]) -> list[Line]:
        births, changes, deletions = done_by(shown.result for shown in files if shown.result is not None)
        left: Counter[tuple[str, str]] = Counter()
        for shown in files:
            if (result := shown.result) is not None:
                left.update(result.left)
        shown_at_all = births.keys() | changes.keys() | deletions.keys() | {n for n, o in left if o in _LEFT}
        names = [n for n in self.workbench.types if n in shown_at_all]
        counts = [count(self.workbench.types, n, births[n], changes[n], deletions[n]) for n in names]
        return [
            Line(
                (c.caption, *map(str, (c.births, c.changes, c.deletions, *(left[c.type, o] for o in _LEFT)))),
                key=c.type,
                tip=_ALONE,
            )
            for c in told(counts)
        ]


def _unit_lines(files: Sequence[Shown]) -> list[Line]:
    """Who has written what is new, and how much of that is not taken."""
    new, left = Counter[str](), Counter[tuple[str, str]]()
    for shown in files:
        new.update(shown.seen.writers if shown.seen is not None else {})
        left.update((item.author, item.outcome) for item in shown.items)
    names = dict.fromkeys([*(name for name, _ in new.most_common()), *(author for author, _ in left)])
    return [
        Line((name, *map(str, (new[name], *(left[name, o] for o in _LEFT)))), key=name, tip=_ALONE)
        for name in names
    ]


def _head_words(items: Sequence[Unsettled], unlisted: int, listed: Sequence[Listed]) -> str:
    """What the list holds: what comes and stands under it what does not, or either of them alone."""
    if not listed:
        return _left_words(items, unlisted)
    came = f"新来的（列出{len(listed)}条，双击打开记录）"
    return f"{left_name(items)}{len(items)}项，{came}" if items else came


def _left_words(items: Sequence[Unsettled], unlisted: int) -> str:
    """What these are called, and how many there are."""
    name = left_name(items)
    hint = "，".join(filter(None, ("双击打开记录", unlisted_words(unlisted, "项"))))
    # What a level above has not taken is told above: it does not stand in the file that says so.
    return f"{name}（{len(items) + unlisted}项，{hint}）" if items else f"文件里{name}"
