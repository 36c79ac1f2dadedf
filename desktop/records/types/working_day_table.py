"""Days off and worked of one year (放假安排) as a district or city sends them down, by which periods are counted."""

from __future__ import annotations

from desktop.records.declaration import Field, Group, Kind, Level, RecordType, Writers

ORDER = 336

TYPE = RecordType(
    name="working_day_table",
    label="放假安排",
    menu="目标与数字",
    title=("year",),
    by_program=True,
    goes_below=True,
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    help="市、区总工会导入的放假调休安排，一年一条，随数据包下发；在案件的“导入放假安排”里导入。",
    groups=(Group("table", "放假安排"),),
    fields=(
        # One group: a year's days without the year would be those of another.
        Field("year", "年份", Kind.INTEGER, group="table", column=1, width=8, index=True),
        Field("days", "天数", Kind.INTEGER, group="table", column=2, width=8),
        Field("source", "依据", group="table", column=3, width=40, maximum=200),
        Field("content", "内容", Kind.NOTE, group="table", maximum=20000, shown=False),
    ),
)  # fmt: skip
