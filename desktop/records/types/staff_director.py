"""Directors and supervisors whom the staff elect into a company's board (公司法第六十八条、第七十六条)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ONE_PERSON, PERSON_NAME, remarks

ORDER = 177

_RULES = "浙江省企业民主管理条例"


def _elected(post: str, names: str) -> Follow:
    return Follow(
        "motion",
        {
            "enterprise": "congress.enterprise", "name": "*", "post": f"={post}", "congress": "congress",
            "motion": ".", "elected_date": "congress.started_date", "term_ends": "congress.term_ended",
        },
        when={"subject": ("staff_directors",)}, outcome="carried", each=names, link="motion",
        same=("enterprise", "name", "post"), on="congress.started_date", recent="elected_date",
        agree=("name", "enterprise", "congress", "elected_date"),
    )  # fmt: skip


TYPE = RecordType(
    name="staff_director",
    label="职工董事监事",
    menu="民主管理",
    title=("name", "post"),
    parent="enterprise",
    help="一人一届一条。由职代会或职工大会选举产生，选上那次会议就不用再填一遍。",
    sections=(Section("director", "职工董事、监事"),),
    groups=(Group("election", "选举"), Group("period", "任期"), Group("ending", "离任")),
    follows=(
        _elected("director", "elected_directors"),
        _elected("supervisor", "elected_supervisors"),
        Follow(
            "motion",
            {"enterprise": "congress.enterprise", "reported_date": "congress.started_date"},
            when={"subject": ("appraise_directors",)}, outcome="heard", same=("enterprise",),
            on="congress.started_date", during=("elected_date", "ended"), latest="reported_date",
        ),
    ),
    fields=(
        Field(
            "enterprise", "企业", Kind.LINK, link="enterprise", section="director", needed=True, first=True,
            index=True, column=3, width=24,
        ),
        Field(
            "name", "姓名", section="director", needed=True, first=True, personal=True, search=True,
            column=1, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "post", "身份", Kind.CODE, codes="staff_director_post", section="director", needed=True,
            first=True, column=2, width=9,
        ),
        Field(
            "union_leader", "工会负责人", Kind.BOOLEAN, section="director", first=True, column=4, width=7,
            help="候选人中应当有工会负责人（浙江省企业民主管理条例第二十四条）。",
        ),
        Field("officer", "干部名册", Kind.LINK, link="officer", section="director", index=True),
        Field(
            "congress", "选举的职代会", Kind.LINK, link="congress", group="election", section="director",
            first=True, index=True,
        ),
        Field(
            "motion", "选举的议题", Kind.LINK, link="motion", section="director", index=True,
            help="从职代会议题生成的，这里就是那项议题。",
        ),
        Field(
            "elected_date", "当选日期", Kind.DATE, group="election", section="director", needed=True,
            first=True, column=5, width=10,
        ),
        Field(
            "votes", "得票数", Kind.INTEGER, group="election", section="director", minimum=0, unit="票",
        ),
        Field("term_ends", "任期届满", Kind.DATE, group="period", section="director", first=True,
              column=6, width=10),
        Field(
            "reported_date", "最近一次向职代会述职", Kind.DATE, section="director", first=True, column=7,
            width=10, help="每年向职代会报告履职情况。",
        ),
        Field("ended", "离任日期", Kind.DATE, group="ending", section="director"),
        Field("ended_reason", "离任原因", Kind.CODE, codes="staff_director_end", group="ending",
              section="director"),
        *remarks("director"),
    ),
    checks=(
        ONE_PERSON,
        Check("not_in_future", ("elected_date",), "当选日期{a}还没有到，请核对"),
        Check("not_after", ("elected_date", "term_ends"), "任期届满{b}早于当选日期{a}，请核对"),
        Check("not_after", ("elected_date", "ended"), "离任日期{b}早于当选日期{a}，请核对"),
        Check("not_after", ("elected_date", "reported_date"), "述职日期{b}早于当选日期{a}，请核对"),
        Check("needs_with", ("ended_reason", "ended"), "已经离任，请填写原因", Severity.WARNING),
        Check(
            "needs_with", ("congress", "elected_date"),
            "职工董事、监事由职代会或职工大会选举产生，请选择那次会议", Severity.WARNING,
            source=f"{_RULES}第二十四条",
        ),
    ),
)  # fmt: skip
