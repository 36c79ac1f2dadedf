"""What unions are assessed by: a template with its version, made by the district or above and sent down."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import DISTRICT_UP, remarks

ORDER = 275

TYPE = RecordType(
    name="assessment_template",
    label="评价模板",
    menu="提质评价",
    title=("name",),
    written_by=DISTRICT_UP,
    goes_below=True,
    help="“五有”职工之家和“活力指数”的口径没有全市公开的统一文本，由区总工会在这里制定并下发；评价项目在下面的标签页登记。",
    sections=(Section("template", "模板"), Section("grades", "等级")),
    groups=(Group("period", "适用时间"), Group("grades", "等级分数线")),
    fields=(
        Field(
            "name", "模板名称", section="template", needed=True, first=True, search=True, column=1, width=28,
            maximum=120, example="2026年基层工会活力指数（非公企业）",
        ),
        Field(
            "kind", "评价种类", Kind.CODE, codes="assessment_kind", section="template", needed=True,
            first=True, column=2, width=14,
        ),
        Field(
            "vitality_classes", "适用工会", Kind.CODES, codes="vitality_class", section="template", first=True,
            help="分类评价的选择；不选就是都适用。",
        ),
        Field(
            "version", "版本", section="template", needed=True, first=True, column=3, width=10, maximum=30,
            example="2026年第1版",
        ),
        Field(
            "started", "开始使用", Kind.DATE, group="period", section="template", needed=True, first=True,
            column=4, width=10,
        ),
        Field(
            "ended", "停止使用", Kind.DATE, group="period", section="template", first=True, column=5, width=10,
        ),
        Field(
            "is_official", "有正式文件", Kind.BOOLEAN, section="template", needed=True, first=True, default=0,
            column=6, width=7, help="按正式文件制定的选“是”；自行拟定、试用的选“否”，打印时注明“示例口径”。",
        ),
        Field("source", "依据文件", section="template", first=True, maximum=120),
        Field(
            "full_score", "满分", Kind.DECIMAL, section="grades", needed=True, first=True, minimum=0,
            unit="分", default="100",
        ),
        Field(
            "lively_from", "“活力”（达标）不低于", Kind.DECIMAL, group="grades", section="grades", first=True,
            minimum=0, unit="分", example="85",
        ),
        Field(
            "ordinary_from", "“一般”不低于", Kind.DECIMAL, group="grades", section="grades", first=True,
            minimum=0, unit="分", example="60",
        ),
        Field("instructions", "填报说明", Kind.NOTE, section="grades", maximum=2000),
        *remarks("grades"),
    ),
    checks=(
        Check("not_after", ("started", "ended"), "停止使用{b}早于开始使用{a}，请核对"),
        Check("at_most", ("lively_from", "full_score"), "“活力”分数线{a}高于满分{b}，请核对"),
        Check("at_most", ("ordinary_from", "lively_from"), "“一般”分数线{a}高于“活力”分数线{b}，请核对"),
        Check(
            "children_add_up", ("full_score",), "评价项目的满分合计{sum}分，与满分{a}分不一致，请核对",
            Severity.WARNING, {"type": "assessment_criterion", "field": "full_score"},
        ),
    ),
)  # fmt: skip
