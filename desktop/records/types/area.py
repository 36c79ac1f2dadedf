"""Areas with many employers: zones, parks, business circles, buildings, streets, and who covers each (T19)."""

from __future__ import annotations

from desktop.records.declaration import (
    Check,
    Field,
    Group,
    Kind,
    Level,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import LOCATION, UNIT_NAME, location, remarks

ORDER = 31

TYPE = RecordType(
    name="area",
    label="区域（园区等）",
    menu="建会",
    title=("name",),
    written_by=Writers(
        levels=(Level.VILLAGE, Level.PARK, Level.TOWN, Level.DISTRICT, Level.INDUSTRY, Level.CITY)
    ),
    help="开发区、产业平台、园区、商圈、楼宇、特色街区一处一条，写明由哪个工会覆盖。园区里的楼宇选“所在上一级区域”。",
    sections=(
        Section("area", "区域"),
        Section("cover", "工会覆盖"),
        Section("size", "规模"),
        Section("management", "管理单位与说明"),
    ),
    groups=(
        LOCATION,
        Group("cover", "工会覆盖"),
        Group("size", "企业和职工数"),
    ),
    fields=(
        Field(
            "name", "区域名称", section="area", needed=True, first=True, search=True, column=1,
            width=24, maximum=UNIT_NAME, review=True, example="云栖小镇",
        ),
        Field(
            "kind", "区域类别", Kind.CODE, codes="area_kind", section="area", needed=True, first=True,
            column=2, width=9,
        ),
        Field("rank", "级别", Kind.CODE, codes="area_rank", section="area", first=True, column=3, width=9),
        Field(
            "within", "所在上一级区域", Kind.LINK, link="area", section="area", first=True,
            help="楼宇在园区里、园区在开发区里的选择；没有的不填。",
        ),
        *location("area", column=4),
        Field(
            "union_state", "工会组建情况", Kind.CODE, codes="area_union_state", group="cover",
            section="cover", needed=True, first=True, column=6, width=16, review=True,
        ),
        Field(
            "federation", "覆盖的工会（已登记）", Kind.LINK, link="union", group="cover", section="cover",
            first=True, index=True, help="覆盖本区域的工会联合会或联合工会；先在“工会”里登记。",
        ),
        Field(
            "federation_name", "覆盖的工会名称", group="cover", section="cover", first=True, search=True,
            column=5, width=24, maximum=UNIT_NAME,
        ),
        Field("covered_since", "覆盖日期", Kind.DATE, group="cover", section="cover", first=True),
        Field(
            "enterprise_count", "企业数", Kind.INTEGER, group="size", section="size", first=True, minimum=0,
            unit="家", summed=True, column=7, width=7,
        ),
        Field(
            "staff_count", "职工数", Kind.INTEGER, group="size", section="size", first=True, minimum=0,
            unit="人", summed=True, column=8, width=8,
        ),
        Field(
            "large_enterprise_count", "其中50人以上企业数", Kind.INTEGER, group="size", section="size",
            minimum=0, unit="家", summed=True,
        ),
        Field("size_source", "数据来源", group="size", section="size", maximum=80, example="园区管委会"),
        Field("size_date", "数据日期", Kind.DATE, group="size", section="size"),
        Field("manager", "管理单位", section="management", first=True, search=True, maximum=UNIT_NAME),
        *remarks("management"),
    ),
    checks=(
        Check("place_inside", ("village", "town"), "村社不在所选的镇街里，请重选"),
        Check(
            "needs_when", ("federation_name", "union_state"), "已经有工会覆盖，请填写是哪一个工会",
            Severity.WARNING, {"values": ["federation", "joint", "covered"]},
        ),
        Check("not_in_future", ("covered_since",), "覆盖日期{a}还没有到，请核对"),
        Check("at_most", ("large_enterprise_count", "enterprise_count"), "50人以上企业{a}家，多于企业数{b}家，请核对"),
        Check("not_in_future", ("size_date",), "数据日期{a}还没有到，请核对"),
    ),
)  # fmt: skip
