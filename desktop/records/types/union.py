"""Trade unions: who they are, how they were founded, who leads them, how many they have and what they report."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Mask, RecordType, Section, Severity
from desktop.records.parts import (
    LOCATION,
    NATIONAL_ENTRY,
    PERSON_NAME,
    UNIT_NAME,
    document,
    location,
    national_entry,
    phone,
    phone_check,
    remarks,
)

ORDER = 20

_IDENTITY = (
    Field(
        "name", "工会全称", section="identity", needed=True, first=True, search=True, index=True, column=1,
        width=28, maximum=UNIT_NAME, review=True, example="杭州示例科技有限公司工会委员会",
    ),
    Field("short_name", "工会简称", section="identity", search=True, maximum=60),
    Field("former_name", "曾用名", section="identity", search=True, maximum=UNIT_NAME),
    Field(
        "uscc", "工会统一社会信用代码", Kind.USCC, section="identity", first=True, search=True, column=2,
        width=20, review=True, help="工会自己的代码，一般以81开头，取得法人资格后才有；不要填单位的代码。",
        example="81330110MC76543265",
    ),
    Field(
        "kind", "基层工会类型", Kind.CODE, codes="union_type", section="identity", needed=True, first=True,
        column=3, width=10,
    ),
    Field(
        "category", "“小三级”工会类别", Kind.CODE, codes="small_three_levels_union", section="identity",
        first=True, help="镇街、村社、园区、商圈楼宇、行业等区域性和行业性工会填写，单位自己的工会不填。",
    ),
    Field("new_trade", "新业态行业", Kind.CODE, codes="new_form_field", section="identity"),
    Field(
        "superior", "上级工会", Kind.LINK, link="union", group="superior_union", section="identity",
        help="上级工会在本机有记录时选择；没有的只填名称。",
    ),
    Field(
        "superior_name", "上级工会名称", group="superior_union", section="identity", needed=True, first=True,
        search=True, column=5, width=18, maximum=UNIT_NAME,
    ),
    Field(
        "enterprise", "所在单位", Kind.LINK, link="enterprise", section="identity", first=True, index=True,
        help="单位性质、行业、地址等从单位记录带出。联合工会覆盖的其他单位请登记在“工会覆盖单位”里。",
    ),
    Field(
        "status", "工会状态", Kind.CODE, codes="union_state", group="standing", section="identity",
        needed=True, first=True, index=True, column=8, width=8, default="normal", review=True,
    ),
    Field(
        "status_date", "状态日期", Kind.DATE, group="standing", section="identity",
        help="撤销、注销或恢复正常的日期。",
    ),
)  # fmt: skip

_FOUNDING = (
    *document("preparation", "筹备批复", "founding"),
    *document("approval", "成立批复", "founding", first=True),
    Field(
        "established_date", "建会日期", Kind.DATE, section="founding", needed=True, first=True, column=6,
        width=10, index=True, help="选举产生工会委员会的日期；“新增工会”按成立批复日期统计。",
    ),
    Field("founding_method", "建会方式", Kind.CODE, codes="founding_way", section="founding", first=True),
    Field(
        "founding_kind", "设立性质", Kind.CODE, codes="founding_kind", section="founding", default="new",
        help="换届、更名、合并和补录的老工会不算新增。",
    ),
)  # fmt: skip

_TERM = (
    Field("term_number", "届次（第几届）", Kind.INTEGER, group="term", section="term", minimum=1, unit="届"),
    Field("term_years", "任期", Kind.CODE, codes="term_years", group="term", section="term"),
    Field("term_started", "本届开始", Kind.DATE, group="term", section="term", first=True),
    Field("term_ended", "本届届满", Kind.DATE, group="term", section="term", first=True, index=True),
    Field(
        "next_election_due", "下次换届应于", Kind.DATE, group="term", section="term", index=True,
        help="一般就是届满日；经上一级工会同意提前或延期的，填同意的日期。",
    ),
    *document("election", "换届批复", "term"),
    Field("committee_size", "委员会人数", Kind.INTEGER, section="term", minimum=1, unit="人", summed=True),
    Field(
        "vice_chairs", "副主席", section="term", personal=True, maximum=200, help="几位用顿号隔开。",
        example="张三、李四",
    ),
    Field(
        "audit_chair", "经费审查委员会主任", group="audit_committee", section="term", personal=True,
        maximum=PERSON_NAME, names_person=True,
    ),
    Field(
        "audit_members", "经费审查委员会委员", group="audit_committee", section="term", personal=True,
        maximum=200, help="几位用顿号隔开。",
    ),
    Field(
        "women_committee_chair", "女职工委员会主任", group="women_committee", section="term", personal=True,
        maximum=PERSON_NAME, names_person=True, help="不设女职工委员会的，填女职工委员。",
    ),
    Field(
        "women_committee_members", "女职工委员会委员", group="women_committee", section="term", personal=True,
        maximum=200,
    ),
    Field("has_supervision_committee", "设劳动法律监督委员会", Kind.BOOLEAN, section="term"),
    Field("has_mediation_committee", "设劳动争议调解委员会", Kind.BOOLEAN, section="term"),
)  # fmt: skip

_CHAIR = (
    Field(
        "chair_officer", "主席（干部名册）", Kind.LINK, link="officer", section="chair",
        help="名册里已有的选择后，下面各项自动带出。",
    ),
    Field(
        "chair_name", "主席（工会负责人）", group="chair", section="chair", needed=True, first=True,
        personal=True, search=True, column=7, width=8, maximum=PERSON_NAME, names_person=True,
    ),
    Field("chair_sex", "主席性别", Kind.CODE, codes="sex", group="chair", section="chair", personal=True),
    Field(
        "chair_birth_date", "主席出生日期", Kind.DATE, group="chair", section="chair", personal=True,
        mask=Mask.BIRTH, example="1970-01-01",
    ),
    Field(
        "chair_political_status", "主席政治面貌", Kind.CODE, codes="political_status", group="chair",
        section="chair", personal=True,
    ),
    Field(
        "chair_education", "主席学历", Kind.CODE, codes="education", group="chair", section="chair",
        personal=True,
    ),
    Field(
        "chair_working_time", "主席专职或兼职", Kind.CODE, codes="full_or_part_time", group="chair",
        section="chair", personal=True,
    ),
    Field(
        "chair_post", "主席的单位职务", group="chair", section="chair", personal=True, maximum=60,
        example="行政部经理",
    ),
    Field("chair_appointed_date", "主席任职日期", Kind.DATE, group="chair", section="chair", personal=True),
    Field("chair_social_worker", "主席是社工", Kind.BOOLEAN, group="chair", section="chair", personal=True),
    Field(
        "chair_town_vice", "主席兼任镇街工会副主席", Kind.BOOLEAN, group="chair", section="chair",
        personal=True,
    ),
    phone("chair", label="主席联系电话", name="chair_phone", needed=True),
)  # fmt: skip

_HEADCOUNT = (
    Field(
        "staff_count", "职工数", Kind.INTEGER, group="headcount", section="headcount", needed=True,
        first=True, minimum=0, unit="人", summed=True, column=9, width=7, review=True,
        help="工会覆盖的全部职工，联合工会合计各单位。",
    ),
    Field(
        "women_count", "女职工数", Kind.INTEGER, group="headcount", section="headcount", minimum=0, unit="人",
        summed=True,
    ),
    Field(
        "migrant_count", "农民工数", Kind.INTEGER, group="headcount", section="headcount", minimum=0,
        unit="人", summed=True,
    ),
    Field(
        "member_count", "会员数", Kind.INTEGER, group="headcount", section="headcount", needed=True,
        first=True, minimum=0, unit="人", summed=True, column=10, width=7, review=True,
    ),
    Field(
        "women_member_count", "女会员数", Kind.INTEGER, group="headcount", section="headcount", minimum=0,
        unit="人", summed=True,
    ),
    Field(
        "migrant_member_count", "农民工会员数", Kind.INTEGER, group="headcount", section="headcount",
        minimum=0, unit="人", summed=True,
    ),
    Field(
        "headcount_source", "人数来源", group="headcount", section="headcount", maximum=80,
        example="2026年半年报",
    ),
    Field("headcount_date", "人数截止日期", Kind.DATE, group="headcount", section="headcount", first=True),
    Field(
        "full_time_officer_count", "专职工会干部数", Kind.INTEGER, group="headcount", section="headcount",
        minimum=0, unit="人", summed=True,
    ),
)  # fmt: skip

_MEANS = (
    Field(
        "legal_person_certificate", "工会法人资格证书号", group="legal_person", section="means", maximum=60,
    ),
    Field("legal_person_valid_until", "证书有效期至", Kind.DATE, group="legal_person", section="means"),
    Field("has_seal", "已刻公章", Kind.BOOLEAN, section="means"),
    Field(
        "has_account", "有独立银行账户", Kind.BOOLEAN, group="account", section="means",
        help="用工会自己的名称开立的账户。",
    ),
    Field("bank_name", "开户行", group="account", section="means", maximum=80),
    Field("account_name", "账户名称", group="account", section="means", maximum=UNIT_NAME),
    Field(
        "account_tail", "账号末四位", group="account", section="means", maximum=4,
        help="只填末四位，不要填完整账号。", example="1234",
    ),
    Field("funds_method", "经费缴纳方式", Kind.CODE, codes="dues_payment_way", section="means"),
    Field("documents_on_file", "已存档材料", Kind.CODES, codes="union_document", section="means"),
    *national_entry("means"),
    *remarks("means"),
)  # fmt: skip

TYPE = RecordType(
    name="union",
    label="工会",
    menu="建会",
    title=("name",),
    key="uscc",
    help="一家工会一条。工会不是单位：联合工会覆盖的各家单位请登记在“工会覆盖单位”里，不会重复统计。",
    sections=(
        Section("identity", "工会"),
        Section("place", "地址"),
        Section("founding", "建会经过"),
        Section("headcount", "职工与会员"),
        Section("chair", "工会主席"),
        Section("term", "届期与委员会"),
        Section("means", "法人、经费与录入"),
    ),
    groups=(
        Group("superior_union", "上级工会"),
        Group("standing", "工会状态"),
        LOCATION,
        Group("preparation", "筹备批复"),
        Group("approval", "成立批复"),
        Group("term", "届期"),
        Group("election", "换届批复"),
        Group("audit_committee", "经费审查委员会", personal=True),
        Group("women_committee", "女职工委员会", personal=True),
        Group("chair", "工会主席", personal=True),
        Group("headcount", "职工数和会员数"),
        Group("legal_person", "工会法人资格"),
        Group("account", "银行账户"),
        NATIONAL_ENTRY,
    ),
    fields=(*_IDENTITY, *location("place", column=4), *_FOUNDING, *_HEADCOUNT, *_CHAIR, *_TERM, *_MEANS),
    checks=(
        Check(
            "uscc_valid", ("uscc",), "工会统一社会信用代码{problem}，请核对；确实如此的写明原因",
            Severity.WARNING, source="GB 32100-2015",
        ),
        Check(
            "uscc_prefix", ("uscc",), "工会的代码一般以81或89开头，这里是{prefix}开头，可能填成了单位的代码，请核对",
            Severity.WARNING, {"prefixes": ["81", "89"]}, "GB 32100-2015",
        ),
        Check("place_inside", ("village", "town"), "村社不在所选的镇街里，请重选"),
        Check("not_after", ("preparation_date", "approval_date"), "筹备批复日期{a}晚于成立批复日期{b}，请核对"),
        Check("not_after", ("preparation_date", "established_date"), "筹备批复日期{a}晚于建会日期{b}，请核对"),
        Check("not_in_future", ("preparation_date",), "筹备批复日期{a}还没有到，请核对"),
        Check(
            "not_after", ("approval_date", "status_date"), "状态日期{b}早于成立批复日期{a}，请核对", Severity.WARNING,
        ),
        Check("not_in_future", ("approval_date",), "成立批复日期{a}还没有到，请核对"),
        Check("not_in_future", ("established_date",), "建会日期{a}还没有到，请核对"),
        Check("not_in_future", ("status_date",), "状态日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("approval_date", "status"), "工会已经建立，请填写成立批复日期，“新增工会”按它统计",
            Severity.WARNING, {"values": ["normal", "rectifying"]},
        ),
        Check(
            "needs_when", ("status_date", "status"), "工会已撤销或注销，请填写日期", Severity.ERROR,
            {"values": ["revoked", "deregistered"]},
        ),
        Check(
            "needs_when", ("enterprise", "kind"), "独立基层工会请选择所在单位，单位才会算作已建会",
            Severity.WARNING, {"values": ["independent"]},
        ),
        Check("not_after", ("term_started", "term_ended"), "本届开始{a}晚于届满{b}，请核对"),
        Check("not_in_future", ("election_date",), "换届批复日期{a}还没有到，请核对"),
        Check(
            "term_fits", ("term_started", "term_ended", "term_years"),
            "本届起止与{years}年任期不一致，应到{expected}前后届满，请核对", Severity.WARNING,
            source="工会法第十六条",
        ),
        Check("at_most", ("women_count", "staff_count"), "女职工数{a}多于职工数{b}，请核对"),
        Check("at_most", ("migrant_count", "staff_count"), "农民工数{a}多于职工数{b}，请核对"),
        Check("at_most", ("member_count", "staff_count"), "会员数{a}多于职工数{b}，请核对"),
        Check("at_most", ("women_member_count", "member_count"), "女会员数{a}多于会员数{b}，请核对"),
        Check("at_most", ("women_member_count", "women_count"), "女会员数{a}多于女职工数{b}，请核对"),
        Check("at_most", ("migrant_member_count", "member_count"), "农民工会员数{a}多于会员数{b}，请核对"),
        Check("at_most", ("migrant_member_count", "migrant_count"), "农民工会员数{a}多于农民工数{b}，请核对"),
        Check("not_in_future", ("headcount_date",), "人数截止日期{a}还没有到，请核对"),
        Check(
            "committee_fits", ("committee_size", "member_count"),
            "会员{members}人的委员会一般为{seats}，这里是{a}人，请核对", Severity.WARNING,
            source="基层工会委员名额（各地公开答复）",
        ),
        Check("not_in_future", ("chair_birth_date",), "主席出生日期还没有到，请核对"),
        Check("not_in_future", ("chair_appointed_date",), "主席任职日期{a}还没有到，请核对"),
        Check("not_after", ("chair_birth_date", "chair_appointed_date"), "主席任职日期{b}早于出生日期，请核对"),
        phone_check("chair_phone", "主席联系电话"),
        Check(
            "not_passed", ("legal_person_valid_until",), "工会法人资格证书{a}已到期，请换证后更新",
            Severity.WARNING,
        ),
        Check(
            "digits", ("account_tail",), "账号末四位请填4位数字，不要填完整账号", Severity.ERROR,
            {"length": 4},
        ),
        Check("not_in_future", ("national_entry_date",), "全国系统录入日期{a}还没有到，请核对"),
    ),
)  # fmt: skip
