"""Motions put to a staff congress, with the count of the vote; whether one passed is computed, never typed."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import remarks

ORDER = 160


def _votes(name: str, label: str, unit: str = "票", help_text: str = "", column: int = 0) -> Field:
    return Field(
        name, label, Kind.INTEGER, group="votes", section="vote", first=True, minimum=0, unit=unit,
        review=True, help=help_text, column=column, width=6,
    )  # fmt: skip


def _elected(name: str, label: str) -> Field:
    return Field(
        name, label, group="elected", section="vote", first=True, personal=True, maximum=200,
        help="选举职工董事、监事的议题填写，几位用顿号隔开；通过后从这里生成“职工董事监事”，不用再填。",
    )  # fmt: skip


_RULES = "浙江省企业民主管理条例第十五条"

TYPE = RecordType(
    name="motion",
    label="职代会议题",
    menu="民主管理",
    title=("title",),
    parent="congress",
    help="须表决的议题填写票数，是否通过由程序按全体代表过半数计算。",
    sections=(Section("motion", "议题"), Section("vote", "表决")),
    groups=(Group("votes", "表决票数"), Group("elected", "当选人", personal=True)),
    fields=(
        Field("congress", "会议", Kind.LINK, link="congress", section="motion", needed=True, index=True),
        Field("sequence", "序号", Kind.INTEGER, section="motion", first=True, minimum=1, column=1, width=4),
        Field(
            "title", "议题名称", section="motion", needed=True, first=True, search=True, column=2, width=30,
            maximum=200,
        ),
        Field(
            "matter_class", "议题类型", Kind.CODE, codes="congress_matter_class", section="motion",
            needed=True, first=True, column=3, width=9,
        ),
        Field(
            "subject", "具体事项", Kind.CODE, codes="congress_subject", section="motion", first=True,
            index=True, column=4, width=14, help="通过集体合同草案等只在这里登记一次，统计和打印都用它。",
        ),
        Field("reporter", "报告人", section="motion", first=True, maximum=60),
        Field("needs_vote", "须表决", Kind.BOOLEAN, section="vote", needed=True, first=True, default=1),
        Field(
            "vote_method", "表决方式", Kind.CODE, codes="voting_way", group="votes", section="vote",
            first=True, default="secret", help="选举和表决用无记名投票。",
        ),
        _votes("expected_count", "应到代表（表决时）", "人", "全体代表人数，从会议带出；是否过半按它计算。"),
        _votes("present_count", "实到代表（表决时）", "人"),
        _votes("issued_count", "发出票数"),
        _votes("returned_count", "收回票数"),
        _votes("valid_count", "有效票数"),
        _votes("invalid_count", "无效票数"),
        _votes("approve_count", "同意", column=5),
        _votes("against_count", "反对", column=6),
        _votes("abstain_count", "弃权", column=7),
        _elected("elected_directors", "当选职工董事"),
        _elected("elected_supervisors", "当选职工监事"),
        Field("resolution_document", "决议文号", section="vote", maximum=60),
        Field("resolution", "决议内容", Kind.NOTE, section="vote", search=True, maximum=4000),
        *remarks("motion"),
    ),
    checks=(
        Check(
            "vote_tally",
            ("approve_count", "against_count", "abstain_count", "invalid_count", "returned_count"),
            "同意、反对、弃权和无效合计{sum}票，与收回{total}票不符，请核对",
        ),
        Check(
            "valid_votes", ("valid_count", "invalid_count", "returned_count"),
            "有效和无效合计{sum}票，与收回{total}票不符，请核对",
        ),
        Check("at_most", ("returned_count", "issued_count"), "收回{a}票，多于发出的{b}票，请核对"),
        Check("at_most", ("issued_count", "present_count"), "发出{a}票，多于实到{b}人，请核对"),
        Check("at_most", ("returned_count", "present_count"), "收回{a}票，多于实到{b}人，请核对"),
        Check(
            "sum_at_most", ("approve_count", "against_count", "abstain_count", "present_count"),
            "同意、反对和弃权合计{sum}票，多于实到{total}人，请核对",
        ),
        Check("at_most", ("present_count", "expected_count"), "实到{a}人，多于应到{b}人，请核对"),
        Check(
            "same_as_linked", ("expected_count",), "表决时应到{a}人，与会议登记的应到{b}人不一致，请核对",
            Severity.WARNING, {"link": "congress", "field": "expected_count"},
        ),
        Check(
            "at_most_linked", ("present_count",), "表决时实到{a}人，多于会议登记的实到{b}人，请核对",
            Severity.WARNING, {"link": "congress", "field": "present_count"},
        ),
        Check(
            "needs_when", ("approve_count", "needs_vote"), "须表决的议题，请填写票数", Severity.ERROR,
            {"values": [1]},
        ),
        Check(
            "needs_when", ("expected_count", "needs_vote"), "须表决的议题，请填写应到代表人数",
            Severity.ERROR, {"values": [1]},
        ),
        Check(
            "secret_ballot", ("vote_method", "needs_vote"), "选举和表决应当采用无记名投票，请核对表决方式",
            Severity.WARNING, source=_RULES,
        ),
        Check(
            "motion_carried", ("resolution_document", "approve_count", "expected_count"),
            "同意{approve}票，没有超过全体代表{expected}人的半数（至少{least}票），没有通过，不应有决议文号，请核对",
            Severity.WARNING, source=_RULES,
        ),
    ),
)  # fmt: skip
