"""A paper or letter as a district words it: it stands in place of the one that comes with the program, and goes down.

Who wrote one is judged by every receiver (``written_by``), and what stands in it when it is loaded: one that cannot be
used is kept and passed on, and the next one that can is printed instead.
"""

from __future__ import annotations

from desktop.records.declaration import Field, Group, Kind, Level, RecordType, Role, Writers

ORDER = 330

TYPE = RecordType(
    name="paper_template",
    label="文书模板",
    menu="目标与数字",
    title=("label", "version"),
    by_program=True,
    goes_below=True,
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY), roles=(Role.DESK,)),
    help="市、区总工会修改过的文书和表单，随数据包下发；在“文书模板”里修改、预览、换回。",
    groups=(Group("template", "模板"),),
    fields=(
        # One group: half of one version and half of another is no template.
        Field("key", "样式编号", group="template", column=1, width=20, index=True, maximum=60),
        Field("label", "文书名称", group="template", column=2, width=24, maximum=60),
        Field("version", "版本", group="template", column=3, width=12, maximum=30),
        Field("started", "开始使用", Kind.DATE, group="template", column=4, width=10),
        Field("content", "内容", Kind.NOTE, group="template", maximum=60000, shown=False),
        Field("note", "修改说明", group="template", maximum=300),
    ),
)  # fmt: skip
