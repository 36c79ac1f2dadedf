"""The party organisation of an enterprise, with which the union is built (党建带工建)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, UNIT_NAME, remarks

ORDER = 290

TYPE = RecordType(
    name="party_organisation",
    label="企业党组织",
    menu="党建与督导",
    title=("name",),
    parent="enterprise",
    help="一家企业一个党组织一条；联合支部选牵头的企业。没有党组织的也可以登记，写明派驻的党建指导员。",
    sections=(Section("organisation", "党组织"), Section("contact", "负责人与说明")),
    groups=(Group("strength", "党员数"), Group("standing", "状态")),
    fields=(
        Field(
            "enterprise", "企业", Kind.LINK, link="enterprise", section="organisation", needed=True,
            first=True, index=True, column=2, width=26,
        ),
        Field(
            "name", "党组织名称", section="organisation", needed=True, first=True, search=True, column=1,
            width=26, maximum=UNIT_NAME, example="杭州示例科技有限公司党支部",
        ),
        Field("kind", "类别", Kind.CODE, codes="party_organisation_kind", section="organisation", needed=True,
              first=True, column=3, width=10),
        Field("superior", "上级党组织", section="organisation", first=True, search=True, maximum=UNIT_NAME),
        Field("established_date", "成立日期", Kind.DATE, section="organisation", first=True, column=4, width=10),
        Field("party_member_count", "党员数", Kind.INTEGER, group="strength", section="organisation",
              first=True, minimum=0, unit="人", summed=True, column=5, width=7),
        Field("counted_date", "截至日期", Kind.DATE, group="strength", section="organisation"),
        Field(
            "builds_union", "工会组建与党建同步", Kind.BOOLEAN, section="organisation", first=True, column=6,
            width=9, help="党组织和工会一起筹建、一起换届，或者工会负责人进党组织班子的选“是”。",
        ),
        Field("ended", "撤销日期", Kind.DATE, group="standing", section="organisation"),
        Field(
            "contact_name", "负责人", section="contact", first=True, personal=True, maximum=PERSON_NAME,
            names_person=True, help="书记；没有党组织的填派驻的党建指导员。",
        ),
        *remarks("contact"),
    ),
    checks=(
        Check("not_in_future", ("established_date",), "成立日期{a}还没有到，请核对"),
        Check("not_after", ("established_date", "ended"), "撤销日期{b}早于成立日期{a}，请核对"),
        Check("not_in_future", ("counted_date",), "截至日期{a}还没有到，请核对", Severity.ERROR),
    ),
)  # fmt: skip
