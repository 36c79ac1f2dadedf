"""The assessment of one union in one year: its own score, the town's, the district's, and the grade."""

from __future__ import annotations

from desktop.records.declaration import (
    EVERYBODY,
    Check,
    Field,
    Group,
    Kind,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import ABOVE_VILLAGES, DISTRICT_UP, remarks

ORDER = 273


def _score(step: str, label: str, writers: Writers = EVERYBODY, column: int = 0) -> tuple[Field, ...]:
    """Score, day and name of one step of the assessment: one group, written by the same people."""
    return (
        Field(
            f"{step}_score", f"{label}得分", Kind.DECIMAL, group=step, section="scores", first=True,
            minimum=0, unit="分", column=column, width=8, review=True, written_by=writers,
        ),
        Field(
            f"{step}_date", f"{label}日期", Kind.DATE, group=step, section="scores", first=True,
            written_by=writers,
        ),
        Field(f"{step}_by", f"{label}人", group=step, section="scores", maximum=60, written_by=writers),
    )  # fmt: skip


TYPE = RecordType(
    name="assessment",
    label="工会评价",
    menu="提质评价",
    title=("union", "year"),
    parent="union",
    help="一家工会一个年度一种评价一条：先自评，镇街审核，区里评定。各项得分在下面的标签页登记，能看出为什么是这个分。",
    sections=(Section("assessment", "评价"), Section("scores", "得分"), Section("result", "结果与说明")),
    groups=(
        Group("self", "自评"),
        Group("town", "镇街审核"),
        Group("district", "区县评定"),
        Group("result", "评定结果"),
    ),
    fields=(
        Field(
            "union", "工会", Kind.LINK, link="union", section="assessment", needed=True, first=True,
            index=True, column=1, width=26,
        ),
        Field(
            "kind", "评价种类", Kind.CODE, codes="assessment_kind", section="assessment", needed=True,
            first=True, column=2, width=14,
        ),
        Field(
            "year", "年度", Kind.INTEGER, section="assessment", needed=True, first=True,
            minimum=2000, maximum=2099, unit="年", column=3, width=6, example="2026",
        ),
        Field(
            "assessment_template", "评价模板", Kind.LINK, link="assessment_template", section="assessment",
            needed=True, first=True, index=True,
        ),
        Field(
            "vitality_class", "工会分类", Kind.CODE, codes="vitality_class", section="assessment", first=True,
        ),
        *_score("self", "自评", column=4),
        *_score("town", "镇街审核", ABOVE_VILLAGES, column=5),
        *_score("district", "区县评定", DISTRICT_UP, column=6),
        Field(
            "grade", "活力等级", Kind.CODE, codes="vitality_grade", group="result", section="result",
            first=True, column=7, width=8, review=True, written_by=DISTRICT_UP,
        ),
        Field(
            "meets_standard", "达标", Kind.BOOLEAN, group="result", section="result", first=True, column=8,
            width=5, review=True, written_by=DISTRICT_UP, help="“五有”职工之家填写是否达标。",
        ),
        Field(
            "assessed_level", "评定层级", Kind.CODE, codes="unit_level", group="result", section="result",
            first=True, written_by=DISTRICT_UP,
        ),
        Field("shortcomings", "存在问题", Kind.NOTE, section="result", first=True, maximum=1000),
        Field("improvement", "整改措施", Kind.NOTE, section="result", maximum=1000),
        *remarks("result"),
    ),
    checks=(
        *(
            Check(
                "never_above_linked", (f"{step}_score",), f"{label}得分{{a}}高于模板满分{{b}}，请改正",
                Severity.ERROR, {"link": "assessment_template", "field": "full_score"},
            )
            for step, label in (("self", "自评"), ("town", "镇街审核"), ("district", "区县评定"))
        ),
        *(
            Check(
                "children_add_up", (f"{step}_score",),
                f"各项{label}得分合计{{sum}}分，与{label}得分{{a}}分不一致，请核对", Severity.WARNING,
                {"type": "assessment_score", "field": f"{step}_score"},
            )
            for step, label in (("self", "自评"), ("town", "镇街审核"), ("district", "区县评定"))
        ),
        Check(
            "same_as_linked", ("kind",), "评价种类与所选模板不一致，请重选", Severity.WARNING,
            {"link": "assessment_template", "field": "kind"},
        ),
        Check("not_after", ("self_date", "town_date"), "镇街审核日期{b}早于自评日期{a}，请核对"),
        Check("not_after", ("town_date", "district_date"), "区县评定日期{b}早于镇街审核日期{a}，请核对"),
        Check("not_in_future", ("self_date",), "自评日期{a}还没有到，请核对"),
        Check("not_in_future", ("district_date",), "区县评定日期{a}还没有到，请核对"),
    ),
)  # fmt: skip
