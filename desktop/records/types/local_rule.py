"""Rules that a union issued to carry out those from above (实施细则)."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import ABOVE_VILLAGES, UNIT_NAME, remarks

ORDER = 292

TYPE = RecordType(
    name="local_rule",
    label="实施细则",
    menu="党建与督导",
    title=("name",),
    written_by=ABOVE_VILLAGES,
    help="本级出台的实施细则、办法，一件一条；修订的另登一条，旧的填失效日期。",
    sections=(Section("rule", "文件"),),
    groups=(Group("issue", "印发"), Group("validity", "有效期")),
    fields=(
        Field(
            "name", "文件名称", section="rule", needed=True, first=True, search=True, column=1, width=34,
            maximum=200, example="余杭区非公企业兼职工会主席履职补贴实施办法",
        ),
        Field("topic", "内容", Kind.CODE, codes="local_rule_topic", section="rule", needed=True, first=True,
              column=2, width=14),
        Field("issued_by", "印发单位", group="issue", section="rule", needed=True, first=True, search=True,
              column=3, width=16, maximum=UNIT_NAME),
        Field("document_number", "文号", group="issue", section="rule", first=True, search=True, column=4,
              width=16, maximum=60, example="余总工〔2026〕8号"),
        Field("issued_date", "印发日期", Kind.DATE, group="issue", section="rule", needed=True, first=True,
              column=5, width=10),
        Field("implements", "贯彻的上级文件", section="rule", first=True, maximum=200,
              example="杭总工〔2024〕32号"),
        Field("started", "施行日期", Kind.DATE, group="validity", section="rule", first=True, column=6,
              width=10),
        Field("ended", "失效日期", Kind.DATE, group="validity", section="rule", first=True),
        Field("summary", "主要内容", Kind.NOTE, section="rule", first=True, search=True, maximum=3000),
        *remarks("rule"),
    ),
    checks=(
        Check("not_in_future", ("issued_date",), "印发日期{a}还没有到，请核对"),
        Check("not_after", ("started", "ended"), "失效日期{b}早于施行日期{a}，请核对"),
        Check("not_after", ("issued_date", "started"), "施行日期{b}早于印发日期{a}，请核对", Severity.WARNING),
    ),
)  # fmt: skip
