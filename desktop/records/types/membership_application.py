"""Applications for membership, online and on paper: who applied where, and what became of it."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, UNIT_NAME, phone, phone_check, remarks

ORDER = 51

TYPE = RecordType(
    name="membership_application",
    label="入会申请",
    menu="会员",
    title=("name", "applied_date"),
    help="一份入会申请一条，线上线下都登记。同意入会后在“会员”里登记，再回来选上会员记录，身份证号只在会员里填。",
    sections=(Section("application", "申请"), Section("handling", "办理")),
    groups=(
        Group("employer", "工作单位"),
        Group("channel", "申请渠道"),
        Group("target", "申请加入的工会"),
        Group("decision", "办理情况"),
    ),
    fields=(
        Field(
            "name", "姓名", section="application", needed=True, first=True, personal=True, search=True,
            column=1, width=9, maximum=PERSON_NAME, names_person=True, review=True,
        ),
        phone("application", needed=True),
        Field(
            "enterprise", "单位（已登记）", Kind.LINK, link="enterprise", group="employer",
            section="application", index=True,
        ),
        Field(
            "workplace", "工作单位或站点", group="employer", section="application", first=True, search=True,
            column=2, width=22, maximum=UNIT_NAME,
        ),
        Field(
            "key_group", "群体", Kind.CODE, codes="new_form_workforce", section="application", first=True,
            column=3, width=12, help="新就业形态劳动者填写，其他职工不填。",
        ),
        Field("town", "镇街", Kind.PLACE, section="application", first=True, width=12),
        Field(
            "form", "申请形式", Kind.CODE, codes="application_form", group="channel", section="application",
            needed=True, first=True, column=4, width=6,
        ),
        Field(
            "source", "申请来源", Kind.CODE, codes="application_source", group="channel",
            section="application", needed=True, first=True, column=5, width=14,
        ),
        Field(
            "applied_date", "申请日期", Kind.DATE, section="application", needed=True, first=True, index=True,
            column=6, width=10,
        ),
        Field(
            "union", "加入的工会（已登记）", Kind.LINK, link="union", group="target", section="handling",
            first=True, index=True,
        ),
        Field(
            "union_name", "申请加入的工会", group="target", section="handling", first=True, search=True,
            maximum=UNIT_NAME, help="没有本单位工会的，由镇街新就业形态联合工会或村社联合工会兜底。",
        ),
        Field(
            "state", "办理情况", Kind.CODE, codes="application_state", group="decision", section="handling",
            needed=True, first=True, index=True, column=7, width=10, default="submitted", review=True,
        ),
        Field(
            "handled_date", "办理日期", Kind.DATE, group="decision", section="handling", first=True,
            column=8, width=10,
        ),
        Field("handler", "经办人", group="decision", section="handling", maximum=60),
        Field(
            "decision_reason", "不予入会或转办的说明", group="decision", section="handling", maximum=200,
        ),
        Field(
            "member", "会员记录", Kind.LINK, link="member", section="handling", first=True, index=True,
            help="已经入会的选择会员记录，两边就对上了。",
        ),
        *remarks("handling"),
    ),
    checks=(
        ONE_PERSON,
        phone_check(label="移动电话"),
        Check("not_in_future", ("applied_date",), "申请日期{a}还没有到，请核对"),
        Check("not_after", ("applied_date", "handled_date"), "办理日期{b}早于申请日期{a}，请核对"),
        Check("not_in_future", ("handled_date",), "办理日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("handled_date", "state"), "已经办结，请填写办理日期", Severity.WARNING,
            {"values": ["admitted", "referred", "refused"]},
        ),
        Check(
            "needs_when", ("member", "state"), "已经入会，请在“会员”里登记并选上会员记录", Severity.WARNING,
            {"values": ["admitted"]},
        ),
        Check(
            "needs_when", ("decision_reason", "state"), "不予入会或转其他工会的，请写明原因或转到哪里",
            Severity.WARNING, {"values": ["refused", "referred"]},
        ),
    ),
)  # fmt: skip
