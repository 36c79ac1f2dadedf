"""Letters to the manager's mailbox and their answers."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Mask, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, remarks

ORDER = 176

TYPE = RecordType(
    name="mailbox_letter",
    label="信箱来信",
    menu="民主管理",
    title=("subject", "received_date"),
    parent="enterprise",
    help="厂长（经理）信箱的来信和答复，一封一条。写信人可以不留名，留了的平时不显示。",
    sections=(Section("letter", "来信"), Section("answer", "答复")),
    groups=(Group("sender", "写信人", personal=True), Group("reply", "答复")),
    fields=(
        Field(
            "enterprise", "单位", Kind.LINK, link="enterprise", section="letter", needed=True, first=True,
            index=True, column=2, width=24,
        ),
        Field(
            "received_date", "来信日期", Kind.DATE, section="letter", needed=True, first=True,
            column=3, width=10,
        ),
        Field("channel", "渠道", Kind.CODE, codes="letter_channel", section="letter", first=True, default="box"),
        Field(
            "subject", "事由", section="letter", needed=True, first=True, search=True, column=1, width=26,
            maximum=200,
        ),
        Field(
            "category", "类别", Kind.CODE, codes="proposal_category", section="letter", first=True, column=4,
            width=10,
        ),
        Field("content", "来信内容", Kind.NOTE, section="letter", first=True, search=True, maximum=3000),
        Field(
            "sender_name", "写信人", group="sender", section="letter", personal=True, mask=Mask.HIDDEN,
            maximum=PERSON_NAME, names_person=True, help="匿名的不填。",
        ),
        Field("handler", "承办部门或人员", section="answer", first=True, maximum=60),
        Field(
            "answered_date", "答复日期", Kind.DATE, group="reply", section="answer", first=True,
            column=5, width=10,
        ),
        Field("answer", "答复内容", Kind.NOTE, group="reply", section="answer", first=True, search=True,
              maximum=3000),
        Field(
            "result", "办理结果", Kind.CODE, codes="proposal_result", group="reply", section="answer",
            first=True, column=6, width=9,
        ),
        Field("made_public", "已公开答复", Kind.BOOLEAN, group="reply", section="answer", first=True),
        Field("satisfaction", "满意度", Kind.CODE, codes="satisfaction", section="answer", column=7, width=8),
        *remarks("answer"),
    ),
    checks=(
        Check("not_in_future", ("received_date",), "来信日期{a}还没有到，请核对"),
        Check("not_after", ("received_date", "answered_date"), "答复日期{b}早于来信日期{a}，请核对"),
        Check("needs_with", ("answer", "answered_date"), "已经答复，请填写答复内容", Severity.WARNING),
        Check(
            "within_days", ("received_date", "answered_date"),
            "来信{days}天后才答复，职工的意见一般在{most}日内答复，请核对", Severity.WARNING, {"days": 30},
            "浙江省企业民主管理条例第二十三条",
        ),
    ),
)  # fmt: skip
