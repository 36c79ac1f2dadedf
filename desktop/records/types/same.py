"""That two records are one (rule 10): an edge between them, whoever says it; deleting it takes them apart again."""

from __future__ import annotations

from desktop.records.declaration import Field, RecordType

ORDER = 950

TYPE = RecordType(
    name="same",
    label="合并的记录",
    menu="体系",
    title=("kind",),
    by_program=True,
    help="两条记录说的是同一家单位、同一个人。两条都留着，合起来当一条看；删除这一条，两条就重新分开。",
    fields=(
        Field("kind", "记录类型", column=1, width=14, names_type=True),
        # The two records' ids, the smaller first; not links, because either may not be held here (yet).
        Field("one", "记录", column=2, width=34, index=True),
        Field("other", "另一条记录", column=3, width=34, index=True),
    ),
)  # fmt: skip
