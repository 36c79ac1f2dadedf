"""Materials handed over with a suggestion letter (移交材料清单), one line each."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, RecordType, Section
from desktop.records.parts import remarks

ORDER = 230

TYPE = RecordType(
    name="handover_item",
    label="移交材料",
    menu="劳动法律监督",
    title=("name",),
    parent="document",
    sections=(Section("item", "移交材料"),),
    fields=(
        Field("document", "建议书", Kind.LINK, link="case_document", section="item", needed=True, index=True),
        Field(
            "sequence", "序号", Kind.INTEGER, section="item", needed=True, first=True, minimum=1, column=1,
            width=4,
        ),
        Field(
            "name", "材料名称", section="item", needed=True, first=True, search=True, column=2, width=34,
            maximum=200,
        ),
        Field(
            "copy_count", "份数", Kind.INTEGER, section="item", needed=True, first=True, minimum=1, unit="份",
            summed=True,
            default=1, column=3, width=5,
        ),
        Field(
            "page_count", "页数", Kind.INTEGER, section="item", needed=True, first=True, minimum=1, unit="页",
            summed=True,
            column=4, width=5,
        ),
        Field(
            "form", "原件或复印件", Kind.CODE, codes="material_form", section="item", needed=True, first=True,
            default="copy", column=5, width=8,
        ),
        *remarks("item"),
    ),
)  # fmt: skip
