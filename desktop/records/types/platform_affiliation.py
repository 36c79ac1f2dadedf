"""How an enterprise belongs to a platform: headquarters, branch, affiliate, franchisee, partner (T14 to T16)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, remarks

ORDER = 33

TYPE = RecordType(
    name="platform_affiliation",
    label="平台企业关系",
    menu="新业态",
    title=("platform", "role"),
    parent="enterprise",
    help="一家企业在一个平台里的身份一条；一个加盟站点同时跟两个平台合作的登记两条。职工数和建会状态从企业记录带出，不再填。",
    sections=(Section("affiliation", "平台关系"), Section("notes", "属地与说明")),
    groups=(Group("superior_enterprise", "上一级企业"), Group("period", "起止日期"), Group("local", "属地建会")),
    fields=(
        Field(
            "enterprise", "企业", Kind.LINK, link="enterprise", section="affiliation", needed=True,
            first=True, index=True, column=2, width=26,
        ),
        Field(
            "platform", "平台名称", section="affiliation", needed=True, first=True, search=True,
            column=1, width=14, maximum=60, help="用大家都叫的名字，同一平台写法要一致。", example="某某外卖",
        ),
        Field(
            "field", "新业态领域", Kind.CODE, codes="new_form_field", section="affiliation", needed=True,
            first=True, column=4, width=9,
        ),
        Field(
            "role", "身份", Kind.CODE, codes="platform_role", section="affiliation", needed=True, first=True,
            column=3, width=9, review=True,
        ),
        Field(
            "upper", "上一级企业（已登记）", Kind.LINK, link="enterprise", group="superior_enterprise",
            section="affiliation", first=True, index=True,
            help="子公司、分公司选总部，加盟商、合作商选签约的公司；总部自己不填。",
        ),
        Field(
            "upper_name", "上一级企业名称", group="superior_enterprise", section="affiliation", first=True, search=True,
            column=5, width=24, maximum=UNIT_NAME, help="上一级企业不在本地、没有登记的只填名称。",
        ),
        Field(
            "upper_place", "上一级企业所在地", group="superior_enterprise", section="affiliation", maximum=60,
            example="上海市",
        ),
        Field(
            "started", "开始日期", Kind.DATE, group="period", section="affiliation", first=True, column=6,
            width=10,
        ),
        Field(
            "ended", "结束日期", Kind.DATE, group="period", section="affiliation", first=True, column=7,
            width=10, help="还在合作的不填；解除加盟、合作或注销的填写，不要删除。",
        ),
        Field(
            "belongs_locally", "工会隶属属地", Kind.BOOLEAN, group="local", section="notes", first=True,
            help="已建会的子（分）公司，上级工会是本地的镇街、园区或区总工会选“是”，仍归外地总部工会的选“否”。",
        ),
        Field("superior_name", "上级工会名称", group="local", section="notes", maximum=UNIT_NAME),
        *remarks("notes"),
    ),
    checks=(
        Check("different", ("enterprise", "upper"), "上一级企业不能是企业自己，请重选"),
        Check("not_after", ("started", "ended"), "开始日期{a}晚于结束日期{b}，请核对"),
        Check("not_in_future", ("started",), "开始日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("upper_name", "role"), "请填写上一级企业，平台的层级关系按它排列",
            Severity.WARNING, {"values": ["subsidiary", "branch", "affiliated", "franchisee", "partner"]},
        ),
        Check(
            "empty_when", ("upper_name", "role"), "总部没有上一级企业，请核对身份", Severity.WARNING,
            {"values": ["headquarters"]},
        ),
    ),
)  # fmt: skip
