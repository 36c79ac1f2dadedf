"""Which forms of democratic management an employer has set up, at which level, by which paper (T21, T22)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Follow, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import document, evidence, remarks

ORDER = 175

_HELD = {"congress": "congress", "school": "congress", "assembly": "assembly", "regional": "regional",
         "industry": "regional"}  # fmt: skip
"""Which system a session shows to be set up."""

TYPE = RecordType(
    name="democratic_system",
    label="民主管理建制",
    menu="民主管理",
    title=("form", "enterprise"),
    parent="enterprise",
    help="单位建立了哪种民主管理制度，一种一条。开会在“职代会”和“会议”里登记，来信在“信箱来信”里登记，这里只说有没有这个制度。",
    sections=(Section("system", "制度"), Section("running", "运行与说明")),
    groups=(Group("rules", "制度文件"), Group("ending", "停止")),
    follows=(
        Follow(
            "congress",
            {
                "enterprise": "enterprise", "form": "kind", "level": "level", "body_name": "body_name",
                "established_date": "started_date",
            },
            when={"kind": tuple(_HELD)}, outcome="valid", translate={"form": _HELD},
            same=("enterprise", "form", "level", "body_name"), on="started_date",
        ),
    ),
    fields=(
        Field(
            "enterprise", "单位", Kind.LINK, link="enterprise", section="system", needed=True, first=True,
            index=True, column=2, width=26,
        ),
        Field(
            "form", "形式", Kind.CODE, codes="democratic_system_form", section="system", needed=True,
            first=True, column=1, width=14, review=True,
        ),
        Field(
            "level", "层级", Kind.CODE, codes="congress_level", section="system", needed=True, first=True,
            column=3, width=9, default="own", help="集团、分公司另有制度的各登记一条；目标按本级统计。",
        ),
        Field("body_name", "分公司或车间名称", section="system", maximum=80),
        Field(
            "established_date", "建立日期", Kind.DATE, section="system", needed=True, first=True,
            column=4, width=10,
        ),
        *document("rules", "制度", "system", first=True),
        Field("yearly_times", "每年至少几次", Kind.INTEGER, section="running", first=True, minimum=0, unit="次",
              column=5, width=8),
        Field("responsible", "责任人", section="running", first=True, maximum=60, column=6, width=9,
              help="厂务公开的责任人是法定代表人或主要负责人。"),
        Field("way", "运行方式", Kind.NOTE, section="running", first=True, maximum=500,
              help="厂务公开写公开的事项和方式，信箱写设在哪里、多久开一次，新业态企业写怎样听取意见。"),
        Field("ended", "停止日期", Kind.DATE, group="ending", section="running"),
        Field("ended_reason", "停止原因", group="ending", section="running", maximum=200),
        evidence("running"),
        *remarks("running"),
    ),
    checks=(
        Check("not_in_future", ("established_date",), "建立日期{a}还没有到，请核对"),
        Check("not_after", ("established_date", "ended"), "停止日期{b}早于建立日期{a}，请核对"),
        Check("needs_with", ("ended_reason", "ended"), "已经停止，请写明原因", Severity.WARNING),
        Check(
            "needs_when", ("body_name", "level"), "请填写是哪个分公司或车间", Severity.WARNING,
            {"values": ["branch", "workshop"]},
        ),
    ),
)  # fmt: skip
