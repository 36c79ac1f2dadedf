"""An attachment: a photo, a scan or a document that belongs to a record of any type."""

from __future__ import annotations

from desktop.records.declaration import Attached, Field, Group, Kind, Mask, RecordType, Section

ORDER = 960

MOST_NAME = 120
"""Characters of a file's name."""

TYPE = RecordType(
    name="attachment",
    label="附件",
    menu="体系",
    title=("name",),
    attached=Attached(kind="kind", record="record"),
    by_program=True,
    help="照片、扫描件和文件，附在一条记录上，和记录一起加密保存、一起上报。",
    sections=(Section("file", "附件"),),
    groups=(Group("target", "附在哪条记录上"), Group("content", "文件", personal=True)),
    fields=(
        # The type and the id of the record; no link, because a link leads to one type only.
        Field("kind", "记录类型", group="target", section="file", shown=False),
        Field("record", "记录", group="target", section="file", index=True, shown=False),
        # Files are named after people as often as not, and after their numbers.
        Field("name", "文件名", section="file", personal=True, mask=Mask.NUMBERS, column=1, width=30,
              maximum=MOST_NAME),
        Field("description", "说明", section="file", personal=True, mask=Mask.NUMBERS, column=2, width=24, maximum=200),
        Field("taken", "日期", Kind.DATE, section="file", personal=True, column=3, width=12,
              help="照片是拍摄的日期，其他文件是最后修改的日期。"),
        Field("media", "文件类型", Kind.CODE, codes="attachment_media", group="content", section="file", personal=True,
              column=4, width=10),
        Field("size", "大小", Kind.INTEGER, group="content", section="file", personal=True, minimum=0,
              unit="字节", summed=True,
              column=5, width=10),
        Field("width", "宽", Kind.INTEGER, group="content", section="file", personal=True, minimum=0, unit="像素"),
        Field("height", "高", Kind.INTEGER, group="content", section="file", personal=True, minimum=0, unit="像素"),
        # A digest tells who has the same file, so it leaves with it.
        Field("sha256", "校验值", group="content", section="file", personal=True, shown=False),
        Field("parts", "份数", Kind.INTEGER, group="content", section="file", personal=True, minimum=0, shown=False),
    ),
)  # fmt: skip
