"""Sites that serve staff: stations for outdoor workers, cultural palaces, sites opened by leading firms (T26)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import CONTACT, LOCATION, UNIT_NAME, contact, location, phone_check, remarks

ORDER = 264

TYPE = RecordType(
    name="service_site",
    label="服务阵地",
    menu="服务与阵地",
    title=("name",),
    help="爱心驿家等户外劳动者服务站点、工人文化宫、企业向区域内职工开放的活动阵地，一处一条。每月服务人次在下面的标签页登记。",
    sections=(
        Section("site", "阵地"),
        Section("service", "设施与开放"),
        Section("sharing", "共建共享"),
        Section("standing", "验收与说明"),
    ),
    groups=(
        LOCATION,
        Group("position", "经纬度"),
        Group("opening", "开放时间"),
        Group("provision", "提供方"),
        Group("standing", "运行状态"),
        CONTACT,
    ),
    fields=(
        Field(
            "name", "阵地名称", section="site", needed=True, first=True, search=True, column=1,
            width=24, maximum=UNIT_NAME, example="径山镇爱心驿家",
        ),
        Field(
            "kind", "类别", Kind.CODE, codes="station_kind", section="site", needed=True, first=True,
            column=2, width=12,
        ),
        *location("site", column=3),
        Field("area", "所在区域", Kind.LINK, link="area", section="site", index=True),
        Field(
            "longitude", "经度", Kind.DECIMAL, group="position", section="site", minimum=118, maximum=121,
            example="119.87654", help="在手机地图上长按这个位置抄下来；杭州在东经118度到121度之间。",
        ),
        Field(
            "latitude", "纬度", Kind.DECIMAL, group="position", section="site", minimum=29, maximum=31,
            example="30.38765",
        ),
        Field(
            "union", "管理的工会", Kind.LINK, link="union", section="site", first=True, index=True, column=4,
            width=20,
        ),
        Field(
            "floor_area", "面积", Kind.DECIMAL, section="service", first=True, minimum=0, unit="平方米",
            summed=True,
            column=5, width=7,
            help="据报道，爱心驿家不小于20平方米，标准站不小于5平方米（示例，以本地标准为准）。",
        ),
        Field("facilities", "设施", Kind.CODES, codes="station_facility", section="service", first=True),
        Field(
            "open_from", "开放时间从", Kind.TIME, group="opening", section="service", first=True,
            example="07:30",
        ),
        Field(
            "open_until", "开放时间到", Kind.TIME, group="opening", section="service", first=True,
            example="16:30",
        ),
        Field(
            "round_the_clock", "24小时开放", Kind.BOOLEAN, group="opening", section="service", first=True,
            column=6, width=7,
        ),
        Field(
            "opened_to", "开放对象", Kind.CODES, codes="opened_to", section="sharing", first=True,
            help="企业的活动阵地向区域内职工开放的，选“区域内职工”。",
        ),
        Field("partners", "共建方", Kind.CODES, codes="station_partner", section="sharing"),
        Field(
            "provider", "提供方企业（已登记）", Kind.LINK, link="enterprise", group="provision",
            section="sharing", index=True,
        ),
        Field("provider_name", "提供方", group="provision", section="sharing", first=True, search=True,
              maximum=UNIT_NAME),
        Field("agreement_date", "共建协议日期", Kind.DATE, section="sharing"),
        Field("operation", "运营方式", section="sharing", maximum=120, example="委托街道社区服务中心运营"),
        *contact("standing", label="责任人"),
        Field("built_date", "建成日期", Kind.DATE, section="standing", first=True),
        Field("accepted_date", "验收日期", Kind.DATE, section="standing"),
        Field("reviewed_date", "最近复验日期", Kind.DATE, section="standing"),
        Field(
            "renovated_date", "提升改造日期", Kind.DATE, section="standing",
            help="原有站点提升改造的填写。",
        ),
        Field(
            "state", "运行状态", Kind.CODE, codes="operation_state", group="standing", section="standing",
            needed=True, first=True, column=7, width=8, default="running", review=True,
        ),
        Field("state_date", "状态日期", Kind.DATE, group="standing", section="standing"),
        *remarks("standing"),
    ),
    checks=(
        Check("place_inside", ("village", "town"), "村社不在所选的镇街里，请重选"),
        Check(
            "needs_when", ("round_the_clock", "kind"), "类别是24小时站点，请把“24小时开放”选“是”",
            Severity.WARNING, {"values": ["round_the_clock"], "yes": True},
        ),
        Check(
            "needs_when", ("provider_name", "kind"), "企业开放的活动阵地，请填写提供方", Severity.WARNING,
            {"values": ["opened_site"]},
        ),
        Check("not_in_future", ("built_date",), "建成日期{a}还没有到，请核对"),
        Check("not_after", ("built_date", "accepted_date"), "验收日期{b}早于建成日期{a}，请核对"),
        Check("not_after", ("accepted_date", "reviewed_date"), "复验日期{b}早于验收日期{a}，请核对"),
        Check("not_in_future", ("state_date",), "状态日期{a}还没有到，请核对"),
        phone_check("contact_phone", "责任人电话"),
    ),
)  # fmt: skip
