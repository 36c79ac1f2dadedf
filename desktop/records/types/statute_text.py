"""A statute (法律文本) that a district or city enters: one that the library lacks, or a later version of one it has.

Letters quote it from its day on; what was issued keeps the words of its day.
"""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Level, RecordType, Section, Writers
from desktop.records.parts import remarks

ORDER = 338

TYPE = RecordType(
    name="statute_text",
    label="法律文本",
    menu="目标与数字",
    title=("name", "version"),
    written_by=Writers(levels=(Level.DISTRICT, Level.CITY)),
    goes_below=True,
    help="条文库里没有的，或者修改以后的法律、法规、规章，一个文本一条，随数据包下发。文书按签发那天有效的文本引用；以前签发的不变。",
    sections=(Section("statute", "文本"), Section("words", "全文")),
    groups=(Group("statute", "文本"),),
    fields=(
        # One group: words of one version under the day of another would be quoted as law.
        Field(
            "name", "名称", group="statute", section="statute", needed=True, first=True, search=True, index=True,
            column=1, width=34, maximum=120, help="全称，不加书名号。",
            example="浙江省实施《中华人民共和国工会法》办法",
        ),
        Field(
            "version", "通过（修正）日期", Kind.DATE, group="statute", section="statute", needed=True, first=True,
            column=2, width=10,
        ),
        Field(
            "effective", "施行日期", Kind.DATE, group="statute", section="statute", needed=True, first=True,
            column=3, width=10, help="这个文本从哪天起施行；在这以前签发的文书不引用它。",
        ),
        Field("short_name", "简称", group="statute", section="statute", first=True, maximum=60, column=4, width=16),
        Field(
            "source", "来源", group="statute", section="statute", needed=True, first=True, maximum=200, column=5,
            width=26, help="从哪里取得的：公报、官方网站。", example="浙江人大网，2026-11-20下载",
        ),
        Field(
            "words", "全文", Kind.NOTE, group="statute", section="words", needed=True, first=True, maximum=60000,
            help="从官方公布的文本整篇粘贴，一字不改；一条一段，以“第一条”开头。",
        ),
        *remarks("words"),
    ),
    checks=(
        Check("has_articles", ("words",), "全文里没有以“第一条”这样开头的段落，不能引用，请整篇粘贴"),
        Check("not_after", ("version", "effective"), "施行日期{b}早于通过（修正）日期{a}，请核对"),
    ),
)  # fmt: skip
