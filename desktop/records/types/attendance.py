"""Attendance at a training course: one trainee in one class, from the roster or as a walk-in."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Mask, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, UNIT_NAME, phone, phone_check, remarks

ORDER = 190

TYPE = RecordType(
    name="attendance",
    label="培训学员",
    menu="培训",
    title=("name",),
    parent="course",
    help="干部名册里有的选择带出，现场报到的直接填姓名和单位，以后可以再对上名册。",
    sections=(Section("trainee", "学员"), Section("result", "签到与考核")),
    groups=(
        Group("identity", "身份信息", personal=True),
        Group("standing", "单位和职务"),
        Group("sessions", "签到"),
        Group("outcome", "考核"),
        Group("counting", "计入统计"),
    ),
    fields=(
        Field("course", "班次", Kind.LINK, link="course", section="trainee", needed=True, index=True),
        Field(
            "officer", "干部名册", Kind.LINK, link="officer", section="trainee", first=True, index=True,
            review=True, help="对上名册的才计入轮训率和初任培训。",
        ),
        Field("sequence", "序号", Kind.INTEGER, section="trainee", minimum=1, column=1, width=4),
        Field(
            "name", "姓名", group="identity", section="trainee", needed=True, first=True, personal=True,
            search=True, column=3, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "person_code", "身份证后4位或内部编号", group="identity", section="trainee", personal=True,
            mask=Mask.ACCOUNT, maximum=12, help="同名的人靠它区分。",
        ),
        Field(
            "unit_name", "单位（工会）", group="standing", section="trainee", needed=True, first=True,
            search=True, column=2, width=20, maximum=UNIT_NAME,
        ),
        Field(
            "post_title", "职务", group="standing", section="trainee", first=True, column=4, width=12,
            maximum=60,
        ),
        Field(
            "category", "人员类别", Kind.CODE, codes="trainee_category", group="standing", section="trainee",
            first=True,
        ),
        Field("appointed_date", "任职日期", Kind.DATE, group="standing", section="trainee"),
        phone("trainee"),
        Field(
            "half_days", "签到", Kind.CODES, codes="half_day", group="sessions", section="result", first=True,
            column=5, width=14, help="按半天勾选。",
        ),
        Field(
            "sign_method", "签到方式", Kind.CODE, codes="attendance_way", group="sessions", section="result",
            default="signature",
        ),
        Field("absence_reason", "缺勤原因", group="sessions", section="result", maximum=100),
        Field(
            "result", "考核", Kind.CODE, codes="assessment", group="outcome", section="result", first=True,
            column=6, width=7,
        ),
        Field("score", "成绩", Kind.DECIMAL, group="outcome", section="result", minimum=0, unit="分"),
        Field("certificate_number", "证书号", group="outcome", section="result", search=True, maximum=40),
        Field(
            "hours", "实得学时", Kind.DECIMAL, group="outcome", section="result", minimum=0, unit="学时",
            summed=True,
            column=7, width=7,
        ),
        Field(
            "counts_for_rotation", "计入轮训", Kind.BOOLEAN, group="counting", section="result", first=True,
            column=8, width=7, help="不填的随班次。",
        ),
        Field(
            "counts_for_initial", "计入初任培训", Kind.BOOLEAN, group="counting", section="result",
            first=True, column=9, width=7, help="不填的随班次。",
        ),
        *remarks("result"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(),
        Check("one_of", ("half_days", "absence_reason"), "没有签到，请填写缺勤原因", Severity.WARNING),
        Check("not_in_future", ("appointed_date",), "任职日期{a}还没有到，请核对"),
        Check(
            "at_most_linked", ("hours",), "实得{a}学时，多于班次的{b}学时，请核对", Severity.WARNING,
            {"link": "course", "field": "hours"},
        ),
    ),
)  # fmt: skip
