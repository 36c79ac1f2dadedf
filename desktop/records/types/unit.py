"""The tree of reporting union bodies: every other record belongs to one of its units (rule 28)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Kind, Level, RecordType, Writers
from desktop.records.duties import RULE_FIELD

ORDER = 900

TYPE = RecordType(
    name="unit",
    label="单位（工会组织体系）",
    menu="体系",
    title=("name",),
    written_by=Writers((Level.TOWN, Level.DISTRICT, Level.INDUSTRY, Level.CITY)),
    help="市、区、镇街、村社、企业工会的上下级关系。由办理入网的上级登记。",
    fields=(
        Field(
            "name", "名称", needed=True, first=True, search=True, index=True, column=1, width=24, maximum=120,
        ),
        Field(
            "code", "编码", needed=True, first=True, search=True, index=True, column=2, width=14, maximum=30,
        ),
        Field("level", "层级", Kind.CODE, codes="unit_level", needed=True, first=True, column=3, width=8),
        Field("superior", "上级", Kind.LINK, link="unit", first=True, column=4, width=20),
        Field("place", "所在地", Kind.PLACE, first=True, column=5, width=12),
        Field("started", "启用日期", Kind.DATE),
        Field("ended", "停用日期", Kind.DATE),
        Field(
            RULE_FIELD, "收下级数据包要的签名", Kind.CODE, codes="signature_rule", review=True,
            help="不填就不要求。填了以后，没有这些签名的数据包这个单位不收；要求会随下发的数据包通知下级。",
        ),
    ),
    checks=(Check("not_after", ("started", "ended"), "启用日期{a}晚于停用日期{b}，请核对"),),
)  # fmt: skip
