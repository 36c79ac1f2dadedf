"""A change of the divisions (区划调整) that a district or city sends down: a new place, another name, an end.

It stands over the list that comes with the program (:mod:`desktop.records.changes`); records keep the codes they have.
"""

from __future__ import annotations

from desktop.records.declaration import (
    Check,
    Field,
    Group,
    Kind,
    Level,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import remarks

ORDER = 332

TYPE = RecordType(
    name="division_change",
    label="区划调整",
    menu="目标与数字",
    title=("name", "code"),
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    goes_below=True,
    help="新设的村社、改名的镇街、合并撤销的，一个代码一条；随数据包下发，到日子各级自动生效。合并的：先登记新的，再把撤销的登记一条，"
    "填“最后一天”和“并入”。已经登记的记录不改动，旧代码照样看得懂。",
    sections=(Section("place", "区划"), Section("basis", "依据")),
    groups=(Group("division", "区划"),),
    fields=(
        # One group: half of one change and half of another is no place.
        Field(
            "code", "区划代码", group="division", section="place", needed=True, first=True, search=True,
            index=True, column=1, width=14, maximum=12, example="330110109901",
            help="区县市6位，镇街9位，村社12位，前几位是上级的代码；还没有正式代码的先编一个临时的。",
        ),
        Field(
            "name", "名称", group="division", section="place", needed=True, first=True, search=True, column=2,
            width=20, maximum=60, example="双溪村委会",
            help="改名的写新名称；撤销的写原来的名称。",
        ),
        Field(
            "started", "从哪天起", Kind.DATE, group="division", section="place", first=True, column=3,
            width=10, help="不填就是马上。",
        ),
        Field(
            "ended", "最后一天", Kind.DATE, group="division", section="place", first=True, column=4, width=10,
            help="撤销的填；过了这一天不再能选。",
        ),
        Field(
            "successor", "并入", Kind.PLACE, group="division", section="place", first=True, column=5, width=16,
            help="撤销后并入哪里；地址和表格里写旧名称的，按这里认。",
        ),
        Field(
            "basis", "依据文件", section="basis", first=True, search=True, maximum=200, column=6, width=26,
            example="余杭区人民政府关于调整部分村规模的批复",
        ),
        *remarks("basis"),
    ),
    checks=(
        Check("division_code", ("code",), "区划代码应为6位（区县市）、9位（镇街）或12位（村社），请核对"),
        Check("not_after", ("started", "ended"), "开始日期{a}晚于最后一天{b}，请核对"),
        Check("needs_with", ("successor", "ended"), "填了“并入”，请填最后一天", Severity.WARNING),
        Check("different", ("code", "successor"), "不能并入自己，请核对"),
    ),
)  # fmt: skip
