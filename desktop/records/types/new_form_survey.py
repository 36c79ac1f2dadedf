"""Counts of people in new forms of employment, by group and place: workforce, daily active, members (T07 to T09)."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import UNIT_NAME, remarks

ORDER = 34


def _count(name: str, label: str, **more: Any) -> Field:
    return Field(
        name, label, Kind.INTEGER, group="reading", section="reading", minimum=0, unit="人", summed=True,
        review=True,
        **more,
    )  # fmt: skip


TYPE = RecordType(
    name="new_form_survey",
    label="新就业形态摸底",
    menu="新业态",
    title=("key_group", "as_of_date"),
    help="一个群体、一个镇街（或站点）、一个截止日期一条。网约车司机和外卖配送员要填日活跃数，目标按日活跃数计算。",
    sections=(Section("survey", "摸底范围"), Section("reading", "人数"), Section("notes", "来源与说明")),
    groups=(Group("place", "平台或站点"), Group("reading", "人数"), Group("provenance", "来源")),
    fields=(
        Field(
            "key_group", "群体", Kind.CODE, codes="new_form_workforce", section="survey", needed=True, first=True,
            column=1, width=14,
        ),
        Field(
            "town", "镇街", Kind.PLACE, section="survey", first=True, column=2, width=12,
            help="全区合计的不填。",
        ),
        Field(
            "site", "平台企业或站点（已登记）", Kind.LINK, link="enterprise", group="place",
            section="survey", index=True,
        ),
        Field(
            "site_name", "平台或站点名称", group="place", section="survey", first=True, search=True, column=3,
            width=20, maximum=UNIT_NAME, help="只摸一个站点时填写；一个镇街合计的不填。",
        ),
        Field(
            "as_of_date", "截至日期", Kind.DATE, group="reading", section="reading", needed=True, first=True,
            column=4, width=10,
        ),
        _count("workforce_count", "从业人数", needed=True, first=True, column=5, width=8),
        _count(
            "daily_active_count", "日活跃数", first=True, column=6, width=8,
            help="平台给出的一天里实际接单的人数；几天的平均数在备注里说明。",
        ),
        _count("women_count", "其中女性", first=True),
        _count("member_count", "已入会人数", first=True, column=7, width=8),
        _count("women_member_count", "其中女会员"),
        Field(
            "source_kind", "来源类别", Kind.CODE, codes="workforce_source", group="provenance", section="notes",
            needed=True, first=True,
        ),
        Field(
            "source", "来源", group="provenance", section="notes", needed=True, first=True, column=8, width=16,
            maximum=UNIT_NAME, example="区邮政管理局",
        ),
        Field("document", "文件或报表", group="provenance", section="notes", maximum=120),
        Field("obtained_date", "取得日期", Kind.DATE, group="provenance", section="notes"),
        *remarks("notes"),
    ),
    checks=(
        Check("at_most", ("women_count", "workforce_count"), "女性{a}人多于从业人数{b}人，请核对"),
        Check("at_most", ("women_member_count", "member_count"), "女会员{a}人多于已入会{b}人，请核对"),
        Check("at_most", ("women_member_count", "women_count"), "女会员{a}人多于女性{b}人，请核对"),
        Check(
            "usually_at_most", ("member_count", "workforce_count"), "已入会{a}人多于从业人数{b}人，请核对口径",
            Severity.WARNING,
        ),
        Check(
            "usually_at_most", ("daily_active_count", "workforce_count"), "日活跃数{a}多于从业人数{b}，请核对来源",
            Severity.WARNING,
        ),
        Check(
            "needs_when", ("daily_active_count", "key_group"), "网约车司机、外卖配送员的目标按日活跃数计算，请填写",
            Severity.WARNING, {"values": ["ride_hailing_driver", "food_delivery_rider"]},
        ),
        Check("not_in_future", ("as_of_date",), "截至日期{a}还没有到，请核对"),
        Check("not_after", ("as_of_date", "obtained_date"), "取得日期{b}早于截至日期{a}，请核对", Severity.WARNING),
        Check("not_in_future", ("obtained_date",), "取得日期{a}还没有到，请核对"),
    ),
)  # fmt: skip
