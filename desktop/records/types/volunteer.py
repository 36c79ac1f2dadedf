"""The roster of a volunteer team."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, UNIT_NAME, phone, phone_check, remarks

ORDER = 261

TYPE = RecordType(
    name="volunteer",
    label="志愿者",
    menu="服务与阵地",
    title=("name",),
    parent="volunteer_team",
    help="一名队员一条；离队的填离队日期，不要删除。",
    sections=(Section("volunteer", "队员"),),
    groups=(Group("period", "入队和离队"),),
    fields=(
        Field(
            "volunteer_team", "队伍", Kind.LINK, link="volunteer_team", section="volunteer", needed=True,
            index=True, column=6, width=20,
        ),
        Field(
            "name", "姓名", section="volunteer", needed=True, first=True, personal=True, search=True,
            column=1, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        phone("volunteer"),
        Field("member", "会员记录", Kind.LINK, link="member", section="volunteer", index=True),
        Field(
            "workplace", "工作单位", section="volunteer", first=True, search=True, column=2, width=20,
            maximum=UNIT_NAME,
        ),
        Field("role", "分工", section="volunteer", first=True, column=3, width=10, maximum=60),
        Field(
            "started", "入队日期", Kind.DATE, group="period", section="volunteer", needed=True, first=True,
            column=4, width=10,
        ),
        Field(
            "ended", "离队日期", Kind.DATE, group="period", section="volunteer", first=True, column=5, width=10,
        ),
        *remarks("volunteer"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(label="移动电话"),
        Check("not_after", ("started", "ended"), "离队日期{b}早于入队日期{a}，请核对"),
        Check("not_in_future", ("started",), "入队日期{a}还没有到，请核对", Severity.WARNING),
    ),
)  # fmt: skip
