"""One criterion of a template: its part of the score, where the data come from, how points are given."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Kind, RecordType, Section, Severity
from desktop.records.parts import DISTRICT_UP, remarks

ORDER = 276

TYPE = RecordType(
    name="assessment_criterion",
    label="评价项目",
    menu="提质评价",
    title=("name",),
    parent="assessment_template",
    written_by=DISTRICT_UP,
    goes_below=True,
    help="一个项目一条，先写维度，如“组织规范”。",
    sections=(Section("criterion", "评价项目"),),
    fields=(
        Field(
            "assessment_template", "模板", Kind.LINK, link="assessment_template", section="criterion",
            needed=True, index=True, column=6, width=24,
        ),
        Field("sequence", "序号", Kind.INTEGER, section="criterion", minimum=1, column=1, width=4, first=True),
        Field(
            "dimension", "维度", section="criterion", needed=True, first=True, search=True, column=2,
            width=10, maximum=40, example="组织规范",
        ),
        Field(
            "name", "项目", section="criterion", needed=True, first=True, search=True, column=3, width=22,
            maximum=120, example="按期换届",
        ),
        Field(
            "full_score", "本项满分", Kind.DECIMAL, section="criterion", needed=True, first=True, minimum=0,
            unit="分", summed=True, column=4, width=7,
        ),
        Field(
            "data_source", "数据来源", Kind.CODE, codes="vitality_source", section="criterion", first=True,
            column=5, width=8, default="manual",
        ),
        Field(
            "assessment_fact", "自动取数", Kind.CODE, codes="assessment_fact", section="criterion", first=True,
            help="数据来源为“自动”的，按这里选的内容从记录里算出得分，打分时可以改，改了要写理由。"
            "不选的由人工打分。",
        ),
        Field(
            "scoring", "计分办法", Kind.NOTE, section="criterion", first=True, maximum=1000,
            example="任期内按期换届得满分，逾期半年以内得一半，逾期半年以上不得分",
        ),
        Field("evidence_wanted", "要看的材料", section="criterion", maximum=200, example="换届批复"),
        *remarks("criterion"),
    ),
    checks=(
        Check(
            "needs_when", ("assessment_fact", "data_source"),
            "数据来源为“自动”，请选“自动取数”的内容；不选的由人工打分", Severity.WARNING,
            {"values": ["automatic"]},
        ),
        Check(
            "empty_when", ("assessment_fact", "data_source"),
            "选了“自动取数”的内容，数据来源却是“手工”，不会自动算，请核对", Severity.WARNING,
            {"values": ["manual"]},
        ),
    ),
)  # fmt: skip
