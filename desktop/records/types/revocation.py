"""A revocation: from when on what a station writes no longer counts, whoever forwards it (rule 27)."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, Level, RecordType, Writers

ORDER = 920

TYPE = RecordType(
    name="revocation",
    label="停用的工作电脑",
    menu="体系",
    title=("label",),
    by_program=True,
    written_by=Writers((Level.TOWN, Level.DISTRICT, Level.INDUSTRY, Level.CITY)),
    help="丢失、被盗或者交回的工作电脑。停用以后它写的内容不再收下；删除这一条就是恢复使用。",
    fields=(
        Field("label", "单位", column=1, width=24, search=True),
        Field("station", "工作电脑", column=2, width=20),
        Field("revoked", "停用日期", Kind.DATE, column=3, width=12),
        Field("note", "原因", Kind.NOTE, column=4, width=30, maximum=200),
        # Words ``incarnation=number``: the last item that counts of each; what is not named counts nothing.
        Field("cuts", "收到哪一条为止", Kind.NOTE),
    ),
)  # fmt: skip
