"""The days off and worked of one year as a district or city brought them in: periods are counted by it in all units.

Every year the State Council's notice comes in November, and no program knows it before. Who wrote one is judged by
every receiver, and its days when they are read: a table with a fault is kept and passed on, and counts nowhere.
"""

from __future__ import annotations

from desktop.records.declaration import Field, Group, Kind, Level, RecordType, Role, Writers

ORDER = 340

TYPE = RecordType(
    name="holiday_table",
    label="放假安排",
    menu="目标与数字",
    title=("year", "source"),
    by_program=True,
    goes_below=True,
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY), roles=(Role.EDITOR, Role.DESK)),
    help="一年的放假和调休上班日，答复期限按它计算。由市、区总工会导入，随数据包下发；没有导入的年份，期限算不出来，不会猜。",
    groups=(Group("table", "放假安排"),),
    fields=(
        # One group: the year of one and the days of another would be no table.
        Field("year", "年份", Kind.INTEGER, group="table", column=1, width=8, index=True, minimum=2000, maximum=2099),
        Field("day_count", "写明的天数", Kind.INTEGER, group="table", column=2, width=10, minimum=0),
        Field("source", "依据", group="table", column=3, width=40, maximum=200),
        Field("imported_date", "导入日期", Kind.DATE, group="table", column=4, width=10),
        Field("content", "每一天", Kind.NOTE, group="table", maximum=20000, shown=False),
    ),
)  # fmt: skip
