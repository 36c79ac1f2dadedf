"""Letters of a case about wages in arrears, one for each template."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from desktop import reference
from desktop.documents.letters.compose import compose
from desktop.documents.letters.filling import Material, Source
from desktop.documents.letters.printed import (
    Layout,
    PrintedLetter,
)
from desktop.documents.letters.templates import (
    default_text,
    template_for,
    templates,
)
from desktop.records.cells import text
from desktop.records.declaration import Level
from desktop.records.supervision import Title, case_file, event_of, letter_of, route_of
from desktop.records.supervision.kinds import TITLES

D = datetime.date
ORGAN = "杭州市西湖区总工会"
EMPLOYER = "杭州西湖犇㛃䶮信息技术与现代物流供应链管理科技发展（集团）股份有限公司三墩分公司第一营业部"
SECRET = {
    "complainant_name": "李小明",
    "complainant_phone": "13800001111",
    "complainant_note": "住翠苑五区，电话0571-88886666",
}
INSPECTORS = {
    "i1": {"name": "王建国", "certificate_number": "浙工监0123"},
    "i2": {"name": "阿卜杜拉·买买提", "certificate_number": "浙工监0456"},
}
ENTERPRISE = {
    "name": EMPLOYER, "uscc": "91330106MA2ABCDEX7", "registered_address": "杭州市西湖区三墩镇振华路200号",
    "legal_person": "犇㛃䶮", "contact_phone": "0571-88880000", "surveyed_staff": 356,
}  # fmt: skip
WAGES = "《中华人民共和国劳动法》第五十条"
CASES: Mapping[str, tuple[str, str, str]] = {
    "reminder_letter": ("05", "wage_arrears", f"{WAGES}\n《中华人民共和国社会保险法》第五十八条第一款"),
    "opinion_letter": (
        "05", "wage_arrears",
        f"{WAGES}\n《中华人民共和国劳动合同法》第三十条\n《中华人民共和国劳动法》第九十一条第（一）项",
    ),
    "opinion_letter_wages": ("04", "refused_bargaining", "《杭州市企业工资集体协商条例》第二十四条"),
    "correction_opinion_democratic": ("10", "no_congress", "《浙江省企业民主管理条例》第十五条"),
    "correction_opinion_contract": ("04", "other", "《中华人民共和国劳动合同法》第五十四条第二款"),
    "suggestion_letter": (
        "05", "wage_arrears", f"{WAGES}\n《中华人民共和国劳动合同法》第八十五条第（一）项",
    ),
    "handling_suggestion": ("10", "no_congress", "《浙江省企业民主管理条例》第十五条"),
    "penalty_suggestion": ("04", "other", "《中华人民共和国劳动合同法》第五十四条第二款"),
}  # fmt: skip
"""Matter, violation and articles for each template."""
FACTS = (
    "2026年8月至9月，仓储部12名职工的工资共计186000元没有按月支付（证据：考勤表、工资表）\n"
    "为其中5名职工没有办理社会保险登记"
)
REQUESTS = "足额支付12名职工2026年8月、9月的工资\n为5名职工办理社会保险登记"


def source_for(template: str, **changes: Any) -> Source:
    """What the letter of a template is written from; ``changes`` overwrite fields of the draft."""
    found = templates()[template]
    matter, violation, articles = CASES[template]
    kind = next(k for k, titles in TITLES.items() if found.title in titles)
    opinion_title = "opinion" if found.title in (Title.SUGGESTION, Title.REMINDER) else "correction_opinion"
    case = {
        **SECRET, "source": "complaint", "received_date": "2026-10-08", "matter": matter, "violations": violation,
        "summary": "拖欠12名职工工资", "employer_name": EMPLOYER, "inspector_1": "i1", "inspector_2": "i2",
        "recusal_declared": 1,
    }  # fmt: skip
    events: list[dict[str, Any]] = [
        {"kind": "accepted", "event_date": "2026-10-09"}, {"kind": "heard", "event_date": "2026-10-12"},
        {"kind": "negotiated", "event_date": "2026-10-14", "result": "not_agreed"},
        {"kind": "investigated", "event_date": "2026-11-03", "result": "established", "inspector_1": "i1",
         "inspector_2": "i2", "certificates_shown": 1},
        {"kind": "served", "event_date": "2026-11-09", "document": "o", "service_result": "received"},
        {"kind": "rechecked", "event_date": "2026-12-04", "rectification": "none"},
    ]  # fmt: skip
    opinion = {
        "kind": "opinion_letter", "title_variant": opinion_title, "document_number": "杭西工监意〔2026〕1号",
        "issue_date": "2026-11-05", "signer_post": "主席", "reply_days": 15, "reply_day_kind": "working",
    }  # fmt: skip
    draft = {
        "kind": kind.value, "title_variant": found.title.value, "addressee": EMPLOYER, "subject": "拖欠12名职工工资",
        "facts": FACTS, "requests": REQUESTS, "articles": articles, "contact_name": "陈明",
        "contact_phone": "0571-87654321", "contact_address": "杭州市西湖区文三路100号", "reply_days": 15,
        "reply_day_kind": "working" if kind == "opinion_letter" else "natural", "opinion_letter": "o", "ground": "2",
        "copies_to": "三墩镇总工会",
    }  # fmt: skip
    if found.title is Title.CORRECTION_OPINION:
        draft["correct_by"] = "2026-12-31"
    if kind == "suggestion_letter":
        draft["addressee"] = "杭州市西湖区人力资源和社会保障局"
    letters = [letter_of("o", opinion)] if kind == "suggestion_letter" else []
    file = case_file(
        case,
        [
            e
            for n, values in enumerate(events)
            if (e := event_of(f"e{n}", values, n)) and (letters or e.letter is None)
        ],
        [p for p in letters if p is not None],
        INSPECTORS,
        D(2026, 12, 10),
        reference.working_day_table(),
    )
    words = {"union_law": "《中华人民共和国工会法》第二十三条、"}
    draft |= {name: default_text(found, name, words) for name in found.defaults}
    made = letter_of("d", draft | changes)
    assert made is not None
    materials = [Material("考勤表", 1, 12, "复印件"), Material("意见书及送达回证", 2, 3, "原件")]
    return Source(file, made, Level.DISTRICT, reference.code_lists(), ENTERPRISE, materials)


def letter_for(
    template: str, *, layout: Layout | None = None, number: str = "杭西工监〔2026〕1号", **changes: Any
) -> PrintedLetter:
    """The composed letter of a template."""
    return compose_source(source_for(template, **changes), layout=layout, number=number)


def compose_source(
    source: Source, *, layout: Layout | None = None, number: str = "杭西工监〔2026〕1号"
) -> PrintedLetter:
    title = source.draft.title
    chosen = template_for(title, route_of(source.file, title, text(source.draft.values, "legal_basis")))
    return compose(chosen, source, organ=ORGAN, day=D(2026, 12, 10), number=number, layout=layout)
