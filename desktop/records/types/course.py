"""Training courses for union officers and supervisors: one line a class (班次)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, evidence, recorded, remarks

ORDER = 180

TYPE = RecordType(
    name="course",
    label="培训班次",
    menu="培训",
    title=("name", "started_date"),
    help="一个班次一条，学员在“培训学员”里登记。轮训按人统计，同一个人参加几次只算一次。",
    sections=(Section("course", "班次"), Section("content", "课程"), Section("notes", "材料与录入")),
    groups=(Group("period", "培训时间"), Group("counting", "计入统计")),
    fields=(
        Field(
            "name", "班次名称", section="course", needed=True, first=True, search=True, column=1, width=28,
            maximum=120, example="2026年第二期基层工会主席初任培训班",
        ),
        Field(
            "category", "培训类别", Kind.CODE, codes="training_category", section="course", needed=True,
            first=True, index=True, column=2, width=9, learns=True,
        ),
        Field(
            "form", "培训形式", Kind.CODE, codes="training_form", section="course", needed=True, first=True,
            column=3, width=9, learns=True,
        ),
        Field(
            "host_level", "主办层级", Kind.CODE, codes="training_host", section="course", needed=True,
            first=True, column=4, width=6, learns=True,
        ),
        Field(
            "training_plan", "对应的培训计划", Kind.LINK, link="training_plan", section="course", index=True,
            help="列入年度培训计划的选择，计划的完成数按它统计。",
        ),
        Field("host", "主办单位", section="course", first=True, search=True, maximum=UNIT_NAME, learns=True),
        Field("audience", "培训对象", section="course", maximum=200, example="新任村社工会主席"),
        Field(
            "started_date", "开始日期", Kind.DATE, group="period", section="course", needed=True, first=True,
            index=True, column=5, width=10, review=True,
        ),
        Field(
            "ended_date", "结束日期", Kind.DATE, group="period", section="course", first=True, column=6,
            width=10, review=True, help="当天结束的不填。",
        ),
        Field(
            "hours", "学时", Kind.DECIMAL, section="course", first=True, minimum=0, unit="学时", summed=True,
            column=7,
            width=6,
        ),
        Field("venue", "地点或网络平台", section="course", first=True, maximum=120, learns=True),
        Field("expected_count", "应训人数", Kind.INTEGER, section="course", minimum=0, unit="人", summed=True,
              first=True),
        Field(
            "counts_for_rotation", "计入轮训", Kind.BOOLEAN, group="counting", section="course", default=1,
            help="学员可以单独改。",
        ),
        Field(
            "counts_for_initial", "计入初任培训", Kind.BOOLEAN, group="counting", section="course", default=0,
        ),
        Field(
            "lectures", "课程", Kind.NOTE, section="content", maximum=4000,
            help="一行一门课：题目，讲师，学时。", example="工会法解读，王老师，2",
        ),
        Field("notice_document", "通知文号", section="content", maximum=60),
        Field("cost", "经费", Kind.DECIMAL, section="content", minimum=0, unit="元", summed=True),
        evidence("notes"),
        *recorded("notes"),
        *remarks("notes"),
    ),
    checks=(
        Check("not_after", ("started_date", "ended_date"), "结束日期{b}早于开始日期{a}，请核对"),
        Check(
            "not_in_future", ("started_date",), "开始日期{a}还没有到，可以先保存，开班后请核对日期",
            Severity.WARNING,
        ),
        Check(
            "initial_counts", ("category", "counts_for_initial"), "初任培训班，请把“计入初任培训”选“是”",
            Severity.WARNING,
        ),
        Check(
            "recorded_late", ("started_date", "recorded_date", "late_reason"),
            "培训后{days}天才录入，算补录，请填写补录原因", Severity.WARNING, {"days": 30},
        ),
    ),
)  # fmt: skip
