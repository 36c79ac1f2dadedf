"""An invented case to look at a letter's template by: what a district words is tried on it before it is used."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from desktop import reference
from desktop.documents.letters.compose import compose
from desktop.documents.letters.filling import Material, Source
from desktop.documents.letters.printed import PrintedLetter
from desktop.documents.letters.templates import LetterTemplate, default_text
from desktop.records.declaration import Level
from desktop.records.supervision import LetterKind, Route, Title, case_file, event_of, letter_of
from desktop.records.supervision.facts import Event, Letter
from desktop.records.supervision.kinds import TITLES

DAY: Final = datetime.date(2026, 6, 30)
ORGAN: Final = "某某区总工会"
EMPLOYER: Final = "杭州示例科技有限公司"
_NUMBER: Final = "示工监〔2026〕1号"
_WAGES: Final = "《中华人民共和国劳动法》第五十条"
_CASES: Final[Mapping[Route, tuple[str, str, str]]] = {
    Route.SUPERVISION: ("05", "wage_arrears", f"{_WAGES}\n《中华人民共和国劳动合同法》第三十条"),
    Route.WAGES: ("04", "refused_bargaining", "《杭州市企业工资集体协商条例》第二十四条"),
    Route.DEMOCRATIC: ("10", "no_congress", "《浙江省企业民主管理条例》第十五条"),
    Route.CONTRACT: ("04", "other", "《中华人民共和国劳动合同法》第五十四条第二款"),
}
"""Matter, violation and articles by the regulation that a template follows."""
_INSPECTORS: Final[Mapping[str, Mapping[str, Any]]] = {
    "i1": {"name": "张三", "certificate_number": "示例0001"},
    "i2": {"name": "李四", "certificate_number": "示例0002"},
}
_ENTERPRISE: Final[Mapping[str, Any]] = {
    "name": EMPLOYER, "uscc": "91330100MA2XXXXXX0", "registered_address": "某某路1号", "legal_person": "王五",
    "contact_phone": "0571-00000000", "surveyed_staff": 100,
}  # fmt: skip
_EVENTS: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "accepted", "event_date": "2026-05-06"},
    {"kind": "heard", "event_date": "2026-05-08"},
    {"kind": "negotiated", "event_date": "2026-05-11", "result": "not_agreed"},
    {"kind": "investigated", "event_date": "2026-05-14", "result": "established", "inspector_1": "i1",
     "inspector_2": "i2", "certificates_shown": 1},
    {"kind": "served", "event_date": "2026-05-20", "document": "o", "service_result": "received"},
)  # fmt: skip
_OPINION: Final[Mapping[str, Any]] = {
    "kind": "opinion_letter", "document_number": _NUMBER, "issue_date": "2026-05-18", "signer_post": "主席",
    "reply_days": 15, "reply_day_kind": "working",
}  # fmt: skip


def example_letter(template: LetterTemplate) -> PrintedLetter:
    """The letter of a template about the invented case. Raises what :func:`compose` raises."""
    return compose(template, _source(template), organ=ORGAN, day=DAY, number=_NUMBER)


def _source(template: LetterTemplate) -> Source:
    matter, violation, articles = _CASES[template.route]
    kind = next(k for k, titles in TITLES.items() if template.title in titles)
    case = {
        "source": "inspection", "received_date": "2026-05-06", "matter": matter, "violations": violation,
        "summary": "拖欠10名职工4月份工资", "employer_name": EMPLOYER, "inspector_1": "i1", "inspector_2": "i2",
        "recusal_declared": 1,
    }  # fmt: skip
    suggestion = kind is LetterKind.SUGGESTION
    opinion_title = Title.OPINION if template.title is Title.SUGGESTION else Title.CORRECTION_OPINION
    opinion = letter_of("o", {**_OPINION, "title_variant": opinion_title.value}) if suggestion else None
    letters: list[Letter] = [opinion] if opinion is not None else []
    events: list[Event] = [
        event
        for n, values in enumerate(_EVENTS)
        if (event := event_of(f"e{n}", values, n)) is not None and (suggestion or event.letter is None)
    ]
    file = case_file(case, events, letters, _INSPECTORS, DAY, reference.working_day_table())
    draft: dict[str, Any] = {
        "kind": kind.value, "title_variant": template.title.value, "subject": "拖欠10名职工4月份工资",
        "addressee": "某某区人力资源和社会保障局" if suggestion else EMPLOYER,
        "facts": "2026年4月，生产部10名职工的工资没有按月支付", "requests": "足额支付10名职工4月份的工资\n说明原因",
        "articles": articles, "contact_name": "赵六", "contact_phone": "0571-00000001",
        "contact_address": "某某路2号", "reply_days": 15, "opinion_letter": "o", "ground": "2",
        "reply_day_kind": "working" if kind is LetterKind.OPINION else "natural", "correct_by": "2026-07-31",
    }  # fmt: skip
    words = {"union_law": "《中华人民共和国工会法》第二十三条、"}
    draft |= {name: default_text(template, name, words) for name in template.defaults}
    made = letter_of("d", draft)
    assert made is not None
    materials = [Material("工资表", 1, 2, "复印件")]
    return Source(file, made, Level.DISTRICT, reference.code_lists(), _ENTERPRISE, materials)
