"""A part of an attachment's content: bytes as base64, few enough to be one cell of one line."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, RecordType

ORDER = 970

PART_BYTES = 48 * 1024
"""Bytes of a part; in base64 they are a third more."""

TYPE = RecordType(
    name="attachment_part",
    label="附件内容",
    menu="体系",
    title=("number",),
    parent="attachment",
    by_program=True,
    help="一个附件的内容分成几份保存，每份一条。",
    fields=(
        Field("attachment", "附件", Kind.LINK, link="attachment", needed=True, index=True),
        Field("number", "第几份", Kind.INTEGER, minimum=1, column=1, width=6),
        Field("content", "内容", personal=True, shown=False),
    ),
)
