"""A grant: the item that issues a station's certificate, which counts only while its grant does (rule 26)."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, Level, RecordType, Writers

ORDER = 910

TYPE = RecordType(
    name="grant",
    label="入网批准",
    menu="体系",
    title=("label",),
    by_program=True,
    written_by=Writers((Level.TOWN, Level.DISTRICT, Level.INDUSTRY, Level.CITY)),
    help="一台工作电脑一条，由办理入网的上级自动登记。",
    fields=(
        Field("label", "单位", column=1, width=24, search=True),
        Field("station", "工作电脑", column=3, width=20),
        Field("holder", "所属单位", Kind.LINK, link="unit"),
        Field("issued", "批准日期", Kind.DATE, column=2, width=12),
        Field("certificate", "证书", Kind.NOTE),
        Field("incarnation", "编号段"),
        Field("proof", "换密钥的证明", Kind.NOTE),
    ),
)  # fmt: skip
