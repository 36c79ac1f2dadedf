"""Powers to issue letters (签发授权): which 提示函 and 意见书 a town or park issues itself, and from when until when.

By default only the district issues (domain §1.2). A power covers the letters of the named unit about cases that lie at
it or below it. It is ended by its last day and not by deletion: what was issued under it rests on it for ever.
"""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Level, RecordType, Section, Writers
from desktop.records.parts import remarks

ORDER = 250

TYPE = RecordType(
    name="issuing_power",
    label="签发授权",
    menu="劳动法律监督",
    title=("holder", "kinds"),
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    goes_below=True,
    help="授权镇街、园区自己审核、编号、印发提示函、意见书，一个单位一条，随数据包下发后生效。建议书只能由地方总工会发出，不能授权。"
    "收回授权请填最后一天，不要删除：已经签发的文书以它为依据。",
    sections=(Section("power", "授权"),),
    groups=(Group("power", "授权"),),
    fields=(
        Field(
            "holder", "被授权的镇街、园区", Kind.LINK, link="unit", group="power", section="power",
            needed=True, first=True, index=True, column=1, width=22,
        ),
        Field(
            "kinds", "可以签发的文书", Kind.CODES, codes="delegated_letter_kind", group="power",
            section="power", needed=True, first=True, column=2, width=16, review=True,
        ),
        Field(
            "from_date", "从哪天起", Kind.DATE, group="power", section="power", needed=True, first=True,
            column=3, width=10, help="这一天以前签发的不算。",
        ),
        Field(
            "until_date", "最后一天", Kind.DATE, group="power", section="power", first=True, column=4,
            width=10, help="不填就一直有效；要收回，填最后一天。",
        ),
        Field(
            "basis", "依据文件", section="power", first=True, search=True, maximum=200, column=5, width=30,
            example="西湖区总工会关于委托镇街工会签发提示函的通知",
        ),
        Field(
            "desk", "编号电脑", Kind.LINK, link="grant", section="power", first=True,
            help="由哪一台工作电脑编号、签发。不填就是这个单位最先入网的那一台；别的电脑可以起草，不能编号。",
        ),
        *remarks("power"),
    ),
    checks=(
        Check("not_after", ("from_date", "until_date"), "开始日期{a}晚于最后一天{b}，请核对"),
        Check(
            "linked_agrees", ("desk", "holder"), "编号电脑是“{name}”的，不是被授权的单位的，请重新选择",
            arguments={"linked": "holder"},
        ),
        Check(
            "level_among", ("holder",), "只能授权给镇街、园区工会，“{name}”不是，请重新选择",
            arguments={"levels": [Level.PARK.value, Level.TOWN.value]},
        ),
    ),
)  # fmt: skip
