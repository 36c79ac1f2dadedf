"""Which reading of an ambiguous target a district or city has chosen: it is reckoned by here and in all units below.

What stands in one that no edition of the program has any more is passed over, as if nothing had been chosen.
"""

from __future__ import annotations

from desktop.records.declaration import Field, Group, Kind, Level, RecordType, Role, Writers

ORDER = 320

TYPE = RecordType(
    name="plan_reading",
    label="指标口径",
    menu="目标与数字",
    title=("target", "label"),
    by_program=True,
    goes_below=True,
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY), roles=(Role.DESK,)),
    help="市、区总工会选定的指标口径，随数据包下发；在工作台的指标里选。",
    groups=(Group("reading", "口径"),),
    fields=(
        # One group: the choice of one and the option of another would be no reading.
        Field("target", "指标", group="reading", column=1, width=8, index=True, maximum=12),
        Field("choice", "哪一处", group="reading", maximum=40, shown=False),
        Field("option", "选定的", group="reading", maximum=40, shown=False),
        Field("label", "口径", group="reading", column=2, width=40, maximum=200),
        Field("chosen_date", "选定日期", Kind.DATE, group="reading", column=3, width=10),
    ),
)  # fmt: skip
