"""An exclusion: items, named by station and number, that do not count (rules 14, 18 and 19); deleting it lifts it."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, RecordType

ORDER = 930

TYPE = RecordType(
    name="exclusion",
    label="不计入的内容",
    menu="体系",
    title=("label",),
    by_program=True,
    help="撤回的合并、不收的内容、日期有误而重报的内容。由程序登记；删除这一条就是重新计入。",
    fields=(
        Field("label", "说明", column=1, width=36, search=True),
        Field("cause", "种类", Kind.CODE, codes="exclusion_cause", column=2, width=10),
        Field("excluded", "日期", Kind.DATE, column=3, width=12),
        Field("note", "原因", Kind.NOTE, column=4, width=30, maximum=200),
        # Why a refusal refuses: one of the words of ``records.versions.item_outcomes``.
        Field("refusal", "不收的理由"),
        # By which program it was judged, for those who judge again with a newer one.
        Field("program", "程序版本"),
        # A line for each incarnation: ``station incarnation 1-5 7``.
        Field("items", "内容编号", Kind.NOTE),
        # That a level below has said so, where others of its records' holders do not know that one.
        Field("restated", "下级定的", Kind.BOOLEAN),
    ),
)  # fmt: skip
