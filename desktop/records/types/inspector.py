"""Union labour law inspectors (工会劳动法律监督员) with their certificates; only who holds one may investigate."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, phone, phone_check, remarks

ORDER = 240

TYPE = RecordType(
    name="inspector",
    label="劳动法律监督员",
    menu="劳动法律监督",
    title=("name", "certificate_number"),
    help="持证的监督员一人一条；监督委员会设在工会，任期与工会委员会相同，特邀监督员按聘期。",
    sections=(Section("inspector", "监督员"), Section("certificate", "证件与任期")),
    groups=(Group("body", "所在工会"), Group("certificate", "监督员证"), Group("period", "任期")),
    fields=(
        Field(
            "name", "姓名", section="inspector", needed=True, first=True, personal=True, search=True,
            column=1, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "officer", "干部名册", Kind.LINK, link="officer", section="inspector",
            help="名册里有的选择后自动带出。",
        ),
        Field(
            "kind", "类别", Kind.CODE, codes="inspector_kind", section="inspector", needed=True, first=True,
            column=2, width=10,
        ),
        Field(
            "union", "所在工会", Kind.LINK, link="union", group="body", section="inspector", first=True,
            index=True,
        ),
        Field(
            "union_name", "所在工会名称", group="body", section="inspector", needed=True, first=True,
            search=True, column=3, width=22, maximum=120,
        ),
        phone("inspector"),
        Field(
            "certificate_number", "监督员证号", group="certificate", section="certificate", needed=True,
            first=True, search=True, column=4, width=14, maximum=40,
        ),
        Field(
            "certificate_authority", "发证机关", group="certificate", section="certificate", needed=True,
            first=True, column=5, width=16, maximum=120, example="杭州市总工会",
        ),
        Field("certificate_date", "发证日期", Kind.DATE, group="certificate", section="certificate"),
        Field(
            "certificate_valid_until", "证件有效期至", Kind.DATE, group="certificate", section="certificate",
            index=True,
        ),
        Field(
            "started", "任期开始", Kind.DATE, group="period", section="certificate", first=True, column=6,
            width=10,
        ),
        Field(
            "ended", "任期结束", Kind.DATE, group="period", section="certificate", first=True, column=7,
            width=10, index=True,
        ),
        *remarks("certificate"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(),
        Check("not_after", ("started", "ended"), "任期开始{a}晚于结束{b}"),
        Check("not_after", ("certificate_date", "certificate_valid_until"), "发证日期{a}晚于有效期{b}"),
        Check("not_passed", ("certificate_valid_until",), "监督员证已于{a}到期", Severity.WARNING),
    ),
)  # fmt: skip
