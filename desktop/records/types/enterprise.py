"""Enterprises and other employers as the founding of unions sees them (domain: the register of who should have one)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Mask, RecordType, Section, Severity

ORDER = 10

_HEADCOUNT_SOURCES = (
    ("insured", "社保参保数"),
    ("taxed", "税务登记职工数"),
    ("surveyed", "工会摸排职工数"),
)
_PARTS = (
    ("women", "女职工数"),
    ("migrant", "农民工数"),
    ("dispatched", "劳务派遣工数"),
    ("flexible", "灵活就业人数"),
)


def _headcount(name: str, label: str) -> tuple[Field, ...]:
    """One count of staff with its source and day: a figure without them says nothing (boundary case 13).

    What the union surveyed is told apart by kinds of staff too, as of the same day and from the same source.
    """
    group = f"headcount_{name}"
    parts = _PARTS if name == "surveyed" else ()
    return (
        Field(
            f"{name}_staff",
            label,
            Kind.INTEGER,
            group=group,
            section="staff",
            unit="人",
            minimum=0,
            review=True,
            column=9 if name == "surveyed" else 0,
            width=8,
            first=name == "surveyed",
            needed=name == "surveyed",
        ),
        Field(
            f"{name}_source",
            f"{label}来源",
            group=group,
            section="staff",
            example="上门摸排" if name == "surveyed" else "2026年9月社保名册",
        ),
        Field(f"{name}_date", f"{label}日期", Kind.DATE, group=group, section="staff"),
        *(
            Field(f"{part}_count", words, Kind.INTEGER, group=group, section="staff", unit="人", minimum=0)
            for part, words in parts
        ),
    )


def _headcount_checks(name: str, label: str) -> tuple[Check, ...]:
    """What an authority counted says whence and of which day; what was surveyed here is from here and of late."""
    staff, source, date = f"{name}_staff", f"{name}_source", f"{name}_date"
    told = Check("needs_with", (source, date, staff), f"请填写{label}的来源和日期", Severity.WARNING)
    come = Check("not_in_future", (date,), f"{label}的日期{{a}}还没有到，请核对")
    return (come,) if name == "surveyed" else (told, come)


TYPE = RecordType(
    name="enterprise",
    label="企业（单位）",
    menu="建会",
    title=("name",),
    key="uscc",
    help="一家用人单位一条。工会不是单位：一家联合工会可以覆盖多家单位，请在“工会覆盖单位”里登记。",
    sections=(
        Section("identity", "单位"),
        Section("place", "地址"),
        Section("contact", "联系人"),
        Section("nature", "性质"),
        Section("staff", "职工数"),
        Section("union", "建会情况"),
        Section("source", "来源与说明"),
    ),
    groups=(
        *(Group(f"headcount_{name}", label) for name, label in _HEADCOUNT_SOURCES),
        Group("location", "实际经营地址"),
        Group("zone", "开发区（平台、园区）"),
        Group("contact", "联系人", personal=True),
        Group("staff_contact", "人事或财务联系人", personal=True),
        Group("standing", "经营状态"),
        Group("founding", "建会状态"),
        Group("should_build", "应建核实"),
        Group("responsibility", "一员"),
        Group("provenance", "数据来源"),
    ),
    fields=(
        Field(
            "name",
            "单位名称",
            section="identity",
            needed=True,
            first=True,
            search=True,
            index=True,
            column=1,
            width=28,
            maximum=120,
            review=True,
            example="杭州示例科技有限公司",
        ),
        Field("former_name", "曾用名", section="identity", search=True, maximum=120),
        Field(
            "uscc",
            "统一社会信用代码",
            Kind.USCC,
            section="identity",
            first=True,
            search=True,
            column=2,
            width=20,
            review=True,
            help="18位。个体工商户没有的可以不填；校验不通过也能保存，但要写明原因。",
            example="91330106MA2ABCDEX7",
        ),
        Field("tax_number", "纳税人识别号或登记序号", section="identity", maximum=30),
        Field("registered_address", "注册地址", section="place", search=True, maximum=200),
        Field("address", "实际经营地址", group="location", section="place", first=True, search=True, maximum=200),
        Field(
            "town",
            "镇街",
            Kind.PLACE,
            group="location",
            section="place",
            needed=True,
            first=True,
            index=True,
            column=3,
            width=12,
        ),
        Field("village", "村社", Kind.PLACE, group="location", section="place", column=4, width=12),
        Field("grid", "网格", section="place", maximum=60),
        Field("park", "园区或平台名称", group="zone", section="place", search=True, maximum=60),
        Field("building", "楼宇或商圈", section="place", search=True, maximum=60),
        Field("in_park", "在开发区（平台、园区）内", Kind.BOOLEAN, group="zone", section="place", first=True),
        Field("legal_person", "法定代表人", section="contact", personal=True, mask=Mask.NAME, maximum=60),
        Field(
            "contact_name",
            "联系人",
            group="contact",
            section="contact",
            first=True,
            personal=True,
            mask=Mask.NAME,
            maximum=60,
        ),
        Field("contact_post", "联系人职务", group="contact", section="contact", personal=True, maximum=60),
        Field(
            "contact_phone",
            "联系电话",
            Kind.PHONE,
            group="contact",
            section="contact",
            first=True,
            personal=True,
            mask=Mask.PHONE,
        ),
        Field(
            "staff_contact_name",
            "人事或财务联系人",
            group="staff_contact",
            section="contact",
            personal=True,
            mask=Mask.NAME,
            maximum=60,
        ),
        Field(
            "staff_contact_phone",
            "人事或财务电话",
            Kind.PHONE,
            group="staff_contact",
            section="contact",
            personal=True,
            mask=Mask.PHONE,
        ),
        Field(
            "ownership",
            "单位性质类别",
            Kind.CODE,
            codes="unit_nature",
            section="nature",
            needed=True,
            first=True,
            column=6,
            width=12,
        ),
        Field("economy", "经济类型", Kind.CODE, codes="economic_type", section="nature", column=7, width=9),
        Field("industry", "所属行业", Kind.CODE, codes="industry", section="nature", first=True, column=8, width=12),
        Field("above_scale", "规上标识", Kind.CODE, codes="above_scale", section="nature"),
        Field(
            "sector",
            "单位类别",
            Kind.CODE,
            codes="employer_class",
            section="nature",
            needed=True,
            first=True,
            help="机关、事业单位、国有企业、集体企业、社会组织，或非公企业：各项目标按它分类。",
        ),
        Field("platform_role", "平台企业身份", Kind.CODE, codes="platform_role", section="nature"),
        Field("new_trade", "新业态行业", Kind.CODE, codes="new_form_field", section="nature"),
        *(f for name, label in _HEADCOUNT_SOURCES for f in _headcount(name, label)),
        Field(
            "status",
            "经营状态",
            Kind.CODE,
            codes="business_state",
            group="standing",
            section="identity",
            default="active",
            first=True,
            review=True,
        ),
        Field(
            "status_date",
            "经营状态日期",
            Kind.DATE,
            group="standing",
            section="identity",
            help="歇业、注销或迁出的日期；没有填的，按一直如此统计。",
        ),
        Field(
            "union_state",
            "建会状态",
            Kind.CODE,
            codes="union_building_state",
            group="founding",
            section="union",
            first=True,
            needed=True,
            column=10,
            width=8,
            review=True,
        ),
        Field("union_state_date", "状态日期", Kind.DATE, group="founding", section="union"),
        Field("no_union_reason", "不建原因", Kind.CODE, codes="no_union_reason", group="founding", section="union"),
        Field(
            "verification",
            "应建核实",
            Kind.CODE,
            codes="should_build_state",
            group="should_build",
            section="union",
        ),
        Field("verification_date", "核实日期", Kind.DATE, group="should_build", section="union"),
        Field(
            "removal_reason", "剔除原因", Kind.CODE, codes="removal_reason", group="should_build", section="union"
        ),
        Field(
            "verification_evidence",
            "核实依据",
            group="should_build",
            section="union",
            maximum=200,
            example="市监登记注销，现场已无人办公",
        ),
        Field("due_since", "首次应建日期", Kind.DATE, section="union"),
        Field("expected_date", "预计建会时间", Kind.DATE, section="union"),
        Field("key_enterprise", "重点企业", Kind.BOOLEAN, section="union"),
        Field("plan", "一企一策（措施）", Kind.NOTE, section="union", maximum=1000),
        Field("responsible", "一员（责任人或建会指导员）", group="responsibility", section="union", maximum=60),
        Field("responsible_unit", "责任人单位", group="responsibility", section="union", maximum=120),
        Field("assigned_date", "分工日期", Kind.DATE, group="responsibility", section="union"),
        Field("source", "数据来源", Kind.CODE, codes="data_source", group="provenance", section="source"),
        Field("source_batch", "来源批次", group="provenance", section="source", maximum=80),
        Field("source_date", "来源日期", Kind.DATE, group="provenance", section="source"),
        Field("remark", "备注", Kind.NOTE, section="source", maximum=1000),
        Field(
            "reason",
            "校验说明",
            Kind.NOTE,
            section="source",
            maximum=300,
            help="逻辑检查有警告而情况属实时，在这里写明原因。",
        ),
    ),
    checks=(
        Check(
            "uscc_valid",
            ("uscc",),
            "统一社会信用代码{problem}，请核对；确实如此的写明原因",
            Severity.WARNING,
            source="GB 32100-2015",
        ),
        Check("phone_valid", ("contact_phone",), "联系电话不像电话号码，请核对", Severity.WARNING),
        Check("phone_valid", ("staff_contact_phone",), "人事或财务电话不像电话号码，请核对", Severity.WARNING),
        *(c for name, label in _HEADCOUNT_SOURCES for c in _headcount_checks(name, label)),
        Check("at_most", ("women_count", "surveyed_staff"), "女职工数{a}多于职工数{b}，请核对"),
        Check("at_most", ("migrant_count", "surveyed_staff"), "农民工数{a}多于职工数{b}，请核对"),
        Check("not_in_future", ("status_date",), "经营状态的日期{a}还没有到，请核对"),
        Check("not_in_future", ("union_state_date",), "建会状态的日期{a}还没有到，请核对"),
        Check("not_in_future", ("verification_date",), "核实日期{a}还没有到，请核对"),
        Check("not_in_future", ("due_since",), "首次应建日期{a}还没有到，请核对"),
        Check("not_in_future", ("source_date",), "来源日期{a}还没有到，请核对"),
        Check("denied", ("in_park", "park"), "填了园区名称，又说不在园区内，请核对", Severity.WARNING),
        Check("needs_when", ("removal_reason", "verification"), "已经剔除，请填写剔除原因", Severity.WARNING,
              {"values": ["removed"]}),
        Check("place_inside", ("village", "town"), "村社不在所选的镇街里，请重选"),
        Check("needs_when", ("no_union_reason", "union_state"), "没有建会，请填写不建原因", Severity.WARNING,
              {"values": ["N"]}),
        Check("sector_fits_code", ("sector", "uscc"), "单位类别与统一社会信用代码开头{prefix}不一致，请核对",
              Severity.WARNING),
    ),
)  # fmt: skip
