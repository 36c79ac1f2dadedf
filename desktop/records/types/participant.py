"""Participants of a meeting, those on leave and absent included."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, UNIT_NAME, phone, phone_check, remarks

ORDER = 110

TYPE = RecordType(
    name="participant",
    label="参会人员",
    menu="会议",
    title=("name",),
    parent="meeting",
    sections=(Section("participant", "参会人员"), Section("notes", "说明")),
    groups=(Group("turnout", "到会情况"), Group("standing", "单位和职务")),
    fields=(
        Field("meeting", "会议", Kind.LINK, link="meeting", section="participant", needed=True, index=True),
        Field("sequence", "序号", Kind.INTEGER, section="participant", minimum=1, column=1, width=4),
        Field(
            "name", "姓名", section="participant", needed=True, first=True, personal=True, search=True,
            column=2, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "officer", "干部名册", Kind.LINK, link="officer", section="participant", index=True,
            help="名册里的干部选择后自动带出单位和职务。",
        ),
        Field(
            "unit_name", "单位", group="standing", section="participant", first=True, search=True, column=3,
            width=20, maximum=UNIT_NAME,
        ),
        Field(
            "post_title", "职务", group="standing", section="participant", first=True, column=4, width=12,
            maximum=60,
        ),
        phone("participant"),
        Field(
            "role", "身份", Kind.CODE, codes="participant_role", section="participant", first=True, column=5,
            width=8, default="participant",
        ),
        Field(
            "presence", "到会情况", Kind.CODE, codes="presence", group="turnout", section="participant",
            needed=True, first=True, column=6, width=6, default="present",
        ),
        Field(
            "leave_reason", "请假事由", group="turnout", section="participant", first=True, column=7,
            width=14, maximum=100,
        ),
        *remarks("notes"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(),
        Check(
            "needs_when", ("leave_reason", "presence"), "请假的请写事由", Severity.WARNING,
            {"values": ["leave"]},
        ),
    ),
)  # fmt: skip
