"""The score of one criterion in an assessment, with what it rests on."""

from __future__ import annotations

from desktop.records.declaration import (
    EVERYBODY,
    Check,
    Field,
    Follow,
    Group,
    Kind,
    RecordType,
    Section,
    Severity,
)
from desktop.records.parts import ABOVE_VILLAGES, DISTRICT_UP, remarks

ORDER = 274

_STEPS = (
    ("self", "自评", EVERYBODY),
    ("town", "镇街审核", ABOVE_VILLAGES),
    ("district", "区县评定", DISTRICT_UP),
)

TYPE = RecordType(
    name="assessment_score",
    label="评价得分",
    menu="提质评价",
    title=("criterion_name",),
    parent="assessment",
    help="一个项目一条。",
    sections=(Section("score", "得分"),),
    groups=(Group("computed", "自动得分"),),
    follows=(
        Follow(
            "assessment",
            {
                "assessment": ".", "criterion": "@", "criterion_name": "@.name", "sequence": "@.sequence",
            },
            when={"assessment_template": ("*",)}, rows="assessment_criterion", rows_of="assessment_template",
            link="assessment", same=("assessment", "criterion"), named="criterion_name",
        ),
    ),
    fields=(
        Field(
            "assessment", "工会评价", Kind.LINK, link="assessment", section="score", needed=True, index=True,
            column=6, width=24,
        ),
        Field("sequence", "序号", Kind.INTEGER, section="score", minimum=1, column=1, width=4),
        Field(
            "criterion", "评价项目（模板）", Kind.LINK, link="assessment_criterion", section="score",
            first=True, index=True,
        ),
        Field(
            "criterion_name", "评价项目", section="score", needed=True, first=True, search=True, column=2,
            width=22, maximum=120,
        ),
        *(
            Field(
                f"{step}_score", f"{label}得分", Kind.DECIMAL, section="score", first=True, minimum=0,
                unit="分", summed=True, column=column, width=9, review=True, written_by=writers,
            )
            for column, (step, label, writers) in enumerate(_STEPS, start=3)
        ),
        Field(
            "computed_score", "自动得分", Kind.DECIMAL, group="computed", section="score", minimum=0, unit="分",
            width=9, reckoned=True, help="打分的时候按记录算出的得分；打的分与它不同，要写明理由。",
        ),
        Field(
            "computed_from", "自动得分的由来", Kind.NOTE, group="computed", section="score", maximum=500,
            reckoned=True,
        ),
        Field("basis", "得分理由和材料", Kind.NOTE, section="score", first=True, maximum=500),
        *remarks("score"),
    ),
    checks=(
        *(
            Check(
                "never_above_linked", (f"{step}_score",), f"{label}得分{{a}}高于本项满分{{b}}，请改正",
                Severity.ERROR, {"link": "criterion", "field": "full_score"},
            )
            for step, label, _ in _STEPS
        ),
        Check(
            "differs_without_reason", ("basis", "computed_score", *(f"{step}_score" for step, _, _ in _STEPS)),
            "得分{a}与自动算出的{b}不同，请在“得分理由和材料”里写明理由",
        ),
    ),
)  # fmt: skip
