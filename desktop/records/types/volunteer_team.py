"""Volunteer teams of unions: registered, with a settled roster and regular work (T23)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import CONTACT, UNIT_NAME, contact, phone_check, remarks

ORDER = 260

TYPE = RecordType(
    name="volunteer_team",
    label="志愿者队伍",
    menu="服务与阵地",
    title=("name",),
    help="一支队伍一条，队员和活动在下面的标签页登记。登记在册、人员相对固定、常态化开展工作，三条都有记录才算数。",
    sections=(Section("team", "队伍"), Section("contact", "队长与说明")),
    groups=(Group("registration", "登记"), Group("standing", "运行状态"), CONTACT),
    fields=(
        Field(
            "name", "队伍名称", section="team", needed=True, first=True, search=True, column=1, width=26,
            maximum=UNIT_NAME, example="余杭区工会护航志愿服务队",
        ),
        Field(
            "union", "所属工会", Kind.LINK, link="union", section="team", first=True, index=True, column=2,
            width=22,
        ),
        Field(
            "registration_number", "登记号", group="registration", section="team", first=True, search=True,
            column=3, width=12, maximum=40, help="志愿服务平台或上级工会给的编号。",
        ),
        Field(
            "registered_date", "登记日期", Kind.DATE, group="registration", section="team", needed=True,
            first=True, column=4, width=10,
        ),
        Field("registered_with", "登记单位", group="registration", section="team", maximum=UNIT_NAME),
        Field("service_fields", "服务领域", Kind.CODES, codes="service_field", section="team", first=True),
        Field(
            "member_count", "在册队员", Kind.INTEGER, section="team", first=True, minimum=0, unit="人",
            summed=True,
            column=5, width=8, review=True,
        ),
        Field(
            "state", "运行状态", Kind.CODE, codes="operation_state", group="standing", section="team",
            needed=True, first=True, column=6, width=8, default="running",
        ),
        Field("state_date", "状态日期", Kind.DATE, group="standing", section="team"),
        *contact("contact", label="队长"),
        *remarks("contact"),
    ),
    checks=(
        Check("not_in_future", ("registered_date",), "登记日期{a}还没有到，请核对"),
        Check("not_in_future", ("state_date",), "状态日期{a}还没有到，请核对"),
        Check(
            "children_match", ("member_count",), "名册里在队的有{count}人，与在册队员{a}人不一致，请核对",
            Severity.WARNING, {"type": "volunteer", "blank": "ended"},
        ),
        phone_check("contact_phone", "队长电话"),
    ),
)  # fmt: skip
