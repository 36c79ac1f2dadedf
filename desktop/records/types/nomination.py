"""Unions nominated and named as models (T20: ten model unions of new trades a year in the city)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, UNIT_NAME, document, remarks

ORDER = 272

TYPE = RecordType(
    name="nomination",
    label="示范选树",
    menu="提质评价",
    title=("union_name", "year"),
    help="一家工会一个年度一次推荐一条。是否命名由镇街以上工会填写。",
    sections=(Section("nomination", "推荐"), Section("result", "评定")),
    groups=(Group("body", "工会"), Group("verdict", "评定结果"), Group("naming", "命名文件")),
    fields=(
        Field(
            "union", "工会（已登记）", Kind.LINK, link="union", group="body", section="nomination",
            first=True, index=True,
        ),
        Field(
            "union_name", "工会名称", group="body", section="nomination", needed=True, first=True,
            search=True, column=1, width=26, maximum=UNIT_NAME,
        ),
        Field(
            "kind", "类别", Kind.CODE, codes="honour_kind", section="nomination", needed=True, first=True,
            column=2, width=20,
        ),
        Field(
            "year", "年度", Kind.INTEGER, section="nomination", needed=True, first=True,
            minimum=2000, maximum=2099, unit="年", column=3, width=6, example="2026",
        ),
        Field(
            "criteria", "符合的条件", Kind.CODES, codes="demonstration_criterion", section="nomination",
            first=True, help="新业态示范基层工会要四条都符合。",
        ),
        Field("deeds", "主要事迹", Kind.NOTE, section="nomination", first=True, search=True, maximum=3000),
        Field("nominated_by", "推荐单位", section="nomination", first=True, maximum=UNIT_NAME),
        Field(
            "nominated_date", "推荐日期", Kind.DATE, section="nomination", needed=True, first=True, column=4,
            width=10,
        ),
        Field(
            "result", "评定结果", Kind.CODE, codes="nomination_result", group="verdict", section="result",
            needed=True, first=True, column=5, width=12, default="nominated", review=True,
            written_by=ABOVE_VILLAGES,
        ),
        Field(
            "named_level", "命名层级", Kind.CODE, codes="unit_level", group="verdict", section="result",
            first=True, column=6, width=9, written_by=ABOVE_VILLAGES,
        ),
        *document("naming", "命名", "result", first=True),
        *remarks("result"),
    ),
    checks=(
        Check("not_in_future", ("nominated_date",), "推荐日期{a}还没有到，请核对"),
        Check("not_after", ("nominated_date", "naming_date"), "命名日期{b}早于推荐日期{a}，请核对"),
        Check("not_in_future", ("naming_date",), "命名日期{a}还没有到，请核对"),
        Check(
            "needs_when", ("naming_date", "result"), "已经命名，请填写命名日期", Severity.WARNING,
            {"values": ["named"]},
        ),
        Check(
            "needs_when", ("criteria", "kind"), "请勾选符合的条件，“新业态示范基层工会”按它评定",
            Severity.WARNING, {"values": ["new_form_city", "new_form_local"]},
        ),
    ),
)  # fmt: skip
