"""What training is planned for a year, group by group; what was done is counted from the courses."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, document, remarks

ORDER = 185

TYPE = RecordType(
    name="training_plan",
    label="培训计划",
    menu="培训",
    title=("year", "category"),
    written_by=ABOVE_VILLAGES,
    help="一个年度一类人员一条。办班时在“培训班次”里选上对应的计划，完成数按班次和学员计算，不在这里填。",
    sections=(Section("plan", "计划"),),
    groups=(Group("amount", "计划数"), Group("basis", "计划文件")),
    fields=(
        Field(
            "year", "年度", Kind.INTEGER, section="plan", needed=True, first=True, minimum=2000,
            maximum=2099, unit="年", column=1, width=6, example="2026",
        ),
        Field(
            "category", "培训对象", Kind.CODE, codes="trainee_category", section="plan", needed=True,
            first=True, column=2, width=16,
        ),
        Field(
            "training_category", "培训类别", Kind.CODE, codes="training_category", section="plan",
            needed=True, first=True, column=3, width=9,
        ),
        Field("host_level", "主办层级", Kind.CODE, codes="training_host", section="plan", first=True, column=4,
              width=7),
        Field("forms", "培训形式", Kind.CODES, codes="training_form", section="plan", first=True),
        Field(
            "target_count", "应训人数", Kind.INTEGER, group="amount", section="plan", needed=True, first=True,
            minimum=0, unit="人", summed=True, column=5, width=8, review=True, help="在册的这一类人员数。",
        ),
        Field(
            "planned_count", "计划培训人数", Kind.INTEGER, group="amount", section="plan", needed=True,
            first=True, minimum=0, unit="人", summed=True, column=6, width=9, review=True,
        ),
        Field("course_count", "计划班次", Kind.INTEGER, group="amount", section="plan", first=True, minimum=0,
              unit="期", summed=True, column=7, width=8),
        Field("hours", "计划学时", Kind.DECIMAL, group="amount", section="plan", first=True, minimum=0,
              unit="学时", summed=True),
        Field("budget", "计划经费", Kind.DECIMAL, group="amount", section="plan", minimum=0, unit="元",
              summed=True),
        *document("basis", "计划", "plan"),
        *remarks("plan"),
    ),
    checks=(
        Check(
            "usually_at_most", ("planned_count", "target_count"), "计划培训{a}人多于应训{b}人，请核对",
            Severity.WARNING,
        ),
        Check("not_in_future", ("basis_date",), "计划日期{a}还没有到，请核对"),
    ),
)  # fmt: skip
