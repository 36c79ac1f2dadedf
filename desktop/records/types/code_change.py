"""A change of a code list (代码表调整) that a district or city sends down: a new entry, other words, an end.

It stands over the list that comes with the program (:mod:`desktop.records.changes`). Only lists whose codes nothing is
reckoned by can be changed; a new entry's code is this record's id, so no two of them can meet.
"""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Level, RecordType, Section, Writers
from desktop.records.parts import remarks

ORDER = 334

TYPE = RecordType(
    name="code_change",
    label="选项调整",
    menu="目标与数字",
    title=("label", "item"),
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    goes_below=True,
    help="给表单里的下拉选项加一项、改名称、写说明或者停用一项，一项一条；随数据包下发，到日子各级自动生效。停用的不再能选，"
    "已经登记的记录照样看得懂。标着“示例”的选项表是本程序拟的，没有官方的表。计算指标和办案用的选项不能改，它们随程序更新。",
    sections=(Section("entry", "选项"), Section("basis", "依据")),
    groups=(Group("entry", "选项"),),
    fields=(
        # One group: half of one change and half of another is no entry.
        Field(
            "list", "哪个选项表", Kind.CODE, codes="changeable_list", group="entry", section="entry",
            needed=True, first=True, index=True, column=1, width=16,
        ),
        Field(
            "item", "原来的一项", group="entry", section="entry", first=True, search=True, column=2, width=16,
            maximum=60, help="改名或停用的，写它现在的名称；新加的不填。", example="业务指导",
        ),
        Field(
            "label", "名称", group="entry", section="entry", first=True, search=True, column=3, width=16,
            maximum=60, help="新加的一项叫什么，或者改成什么；只是停用的不填。", example="送清凉",
        ),
        Field(
            "aliases", "也叫", group="entry", section="entry", maximum=200,
            help="导入表格时同样认得的写法，用顿号分开。", example="夏送清凉、高温慰问",
        ),
        # No part of the group, whose names are frozen; and another explanation makes no other entry.
        Field(
            "note", "说明", section="entry", maximum=100,
            help="这一项指什么、怎么选，选的时候显示在它旁边；只改说明的，名称不用填。",
            example="高温天给户外劳动者送清凉物资",
        ),
        Field(
            "started", "从哪天起", Kind.DATE, group="entry", section="entry", first=True, column=4, width=10,
            help="不填就是马上。",
        ),
        Field(
            "ended", "最后一天", Kind.DATE, group="entry", section="entry", first=True, column=5, width=10,
            help="停用的填；过了这一天不再能选。",
        ),
        Field("basis", "依据文件", section="basis", first=True, search=True, maximum=200, column=6, width=24),
        *remarks("basis"),
    ),
    checks=(
        Check("one_of", ("item", "label"), "新加的请写名称；改名或停用的请写原来的一项"),
        Check("not_after", ("started", "ended"), "开始日期{a}晚于最后一天{b}，请核对"),
    ),
)  # fmt: skip
