"""An erasure: personal values of one record that nobody keeps any longer, wherever they stand (rule 12)."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, RecordType

ORDER = 940

TYPE = RecordType(
    name="erasure",
    label="个人信息清除",
    menu="体系",
    title=("kind",),
    by_program=True,
    help="到期或应本人要求清除的个人信息。各级都清除，不能恢复；这里只记清除了哪条记录的哪几项，不记内容。",
    fields=(
        Field("kind", "记录类型", column=1, width=14, names_type=True),
        Field("basis", "依据", Kind.CODE, codes="erasure_basis", column=2, width=16),
        Field("erased", "日期", Kind.DATE, column=3, width=12),
        Field("note", "说明", Kind.NOTE, column=4, width=30, maximum=200),
        # The record's id; not a link, because a record that is not held here may come later.
        Field("target", "记录"),
        # Slots, as words.
        Field("slots", "内容"),
        # The stamp up to which these slots are erased.
        Field("upto", "截至"),
    ),
)  # fmt: skip
