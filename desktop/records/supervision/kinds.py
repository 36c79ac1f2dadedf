"""The words of a supervision case: steps, letters, titles, legal routes and stages, with the articles they rest on."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

from desktop.records.typed.numerals import int_to_chinese

REGULATION: Final = "《浙江省工会劳动法律监督条例》"
UNION_LAW: Final = "《中华人民共和国工会法》"
DEMOCRATIC_REGULATION: Final = "《浙江省企业民主管理条例》"
CONTRACT_REGULATION: Final = "《浙江省集体合同条例》"
WAGES_REGULATION: Final = "《杭州市企业工资集体协商条例》"

REPLY_DAYS: Final = 15
"""Working days from receipt in which an employer answers an opinion letter (条例第二十二条)."""
NOTICE_DAYS: Final = 5
"""Working days in which a complainant is told of a refusal in writing (条例第十七条)."""
ACCEPTANCE_DAYS: Final = 5
"""Working days in which the labour department decides on acceptance (浙江省劳动保障监察条例第二十三条)."""
INQUIRY_DAYS: Final = 60
"""Working days in which it ends its inquiry; 30 more where it is complicated (劳动保障监察条例第十七条)."""

WORKING: Final = "working"
NATURAL: Final = "natural"


def article(n: int, statute: str = REGULATION) -> str:
    """How an article is named in reasons: 《浙江省工会劳动法律监督条例》第二十三条."""
    return f"{statute}第{int_to_chinese(n)}条"


class EventKind(enum.StrEnum):
    """The steps that are recorded; codes of ``case_event_kind``."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    INFORMED = "informed"
    HEARD = "heard"
    NEGOTIATED = "negotiated"
    INVESTIGATED = "investigated"
    EXPLAINED = "explained"
    SERVED = "served"
    URGED = "urged"
    REPLIED = "replied"
    OBJECTION_REVIEWED = "objection_reviewed"
    RECHECKED = "rechecked"
    AUTHORITY_ACCEPTED = "authority_accepted"
    AUTHORITY_RESULT = "authority_result"
    PROCURATORATE = "procuratorate"
    PAYMENT_ORDER = "payment_order"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENED = "reopened"
    NOTE = "note"
    PRINTED = "printed"


RESULTS: Final[Mapping[str, tuple[str, ...]]] = {
    EventKind.NEGOTIATED: ("agreed", "not_agreed"),
    EventKind.INVESTIGATED: ("established", "not_established"),
    EventKind.OBJECTION_REVIEWED: ("upheld", "not_upheld"),
    EventKind.AUTHORITY_ACCEPTED: ("authority_accepted", "authority_refused"),
}
"""What can come of these steps; codes of ``event_result``."""
NEUTRAL: Final = frozenset({EventKind.NOTE, EventKind.PRINTED, EventKind.URGED, EventKind.INFORMED})
"""Steps that neither move a case nor need it to be open."""
AFTER_REFUSAL: Final = NEUTRAL | {EventKind.EXPLAINED, EventKind.WITHDRAWN, EventKind.CLOSED}
ABOUT_LETTERS: Final = frozenset({EventKind.SERVED, EventKind.URGED, EventKind.REPLIED, EventKind.PRINTED})
"""What befalls a letter, and moves its case only with it."""


class LetterKind(enum.StrEnum):
    """The three letters (一函两书); codes of ``letter_kind``."""

    REMINDER = "reminder_letter"
    OPINION = "opinion_letter"
    SUGGESTION = "suggestion_letter"

    @property
    def label(self) -> str:
        """The short name: 提示函, 意见书, 建议书."""
        return _LETTER_LABELS[self]


_LETTER_LABELS: Final = {
    LetterKind.REMINDER: "提示函",
    LetterKind.OPINION: "意见书",
    LetterKind.SUGGESTION: "建议书",
}


class Title(enum.StrEnum):
    """What a letter calls itself; codes of ``letter_title``."""

    REMINDER = "reminder"
    OPINION = "opinion"
    CORRECTION_OPINION = "correction_opinion"
    SUGGESTION = "suggestion"
    HANDLING_SUGGESTION = "handling_suggestion"
    PENALTY_SUGGESTION = "penalty_suggestion"


TITLE_WORDS: Final = {
    Title.REMINDER: "工会劳动法律监督提示函",
    Title.OPINION: "工会劳动法律监督意见书",
    Title.CORRECTION_OPINION: "整改意见书",
    Title.SUGGESTION: "工会劳动法律监督建议书",
    Title.HANDLING_SUGGESTION: "劳动法律监督处理建议书",
    Title.PENALTY_SUGGESTION: "劳动法律监督处罚建议书",
}
TITLES: Final = {
    LetterKind.REMINDER: (Title.REMINDER,),
    LetterKind.OPINION: (Title.OPINION, Title.CORRECTION_OPINION),
    LetterKind.SUGGESTION: (Title.SUGGESTION, Title.HANDLING_SUGGESTION, Title.PENALTY_SUGGESTION),
}


class Route(enum.StrEnum):
    """The regulation that a pair of notices follows (domain §1.2)."""

    SUPERVISION = "supervision"
    WAGES = "wages"
    DEMOCRATIC = "democratic"
    CONTRACT = "contract"


class Matter(enum.StrEnum):
    """The codes of ``supervision_matter`` that a route depends on: items of 条例第九条."""

    CONTRACT = "04"
    DEMOCRATIC = "10"


class Ground(enum.StrEnum):
    """The items of 条例第二十三条; codes of ``suggestion_ground``."""

    REFUSED = "1"
    UNANSWERED = "2"
    UNHEEDED = "3"


COMPLAINTS: Final = frozenset({"complaint", "hotline_12351"})
"""Sources of a clue that are a worker's complaint: 条例第十七条第一款 to 第二十条 speak of these."""
UNION_DUES: Final = "union_dues"
UNION_LAW_23: Final = frozenset({
    "wage_arrears", "migrant_wage_arrears", "work_safety", "excessive_hours", "women_workers", "minors",
})  # fmt: skip
"""Violations that 工会法第二十三条 (一) to (四) name; whether (五) holds is for the union to say."""


class Stage(enum.StrEnum):
    """How far a case is; computed, never typed."""

    CLUE = "clue"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    HEARD = "heard"
    NEGOTIATION_FAILED = "negotiation_failed"
    SETTLED = "settled"
    INVESTIGATED = "investigated"
    UNFOUNDED = "unfounded"
    ESTABLISHED = "established"
    REMINDER_ISSUED = "reminder_issued"
    REMINDER_SERVED = "reminder_served"
    REMINDER_ANSWERED = "reminder_answered"
    OPINION_ISSUED = "opinion_issued"
    OPINION_SERVED = "opinion_served"
    OPINION_REFUSED = "opinion_refused"
    OPINION_ANSWERED = "opinion_answered"
    OBJECTION_OPEN = "objection_open"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_DISMISSED = "objection_dismissed"
    NOT_CORRECTED = "not_corrected"
    CORRECTED = "corrected"
    SUGGESTION_ISSUED = "suggestion_issued"
    SUGGESTION_SERVED = "suggestion_served"
    AUTHORITY_ACCEPTED = "authority_accepted"
    AUTHORITY_REFUSED = "authority_refused"
    AUTHORITY_DONE = "authority_done"
    PROCURATORATE = "procuratorate"
    PAYMENT_ORDER = "payment_order"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The words for a list and a timeline."""
        return _STAGE_LABELS[self]


_STAGE_LABELS: Final = {
    Stage.CLUE: "线索已登记",
    Stage.NOT_ACCEPTED: "不予受理",
    Stage.ACCEPTED: "已受理立案",
    Stage.HEARD: "已听取双方意见",
    Stage.NEGOTIATION_FAILED: "协商未达成",
    Stage.SETTLED: "协商达成",
    Stage.INVESTIGATED: "已调查，还没有登记结果",
    Stage.UNFOUNDED: "问题不成立",
    Stage.ESTABLISHED: "问题成立",
    Stage.REMINDER_ISSUED: "提示函已签发",
    Stage.REMINDER_SERVED: "提示函已送达",
    Stage.REMINDER_ANSWERED: "提示函已反馈",
    Stage.OPINION_ISSUED: "意见书已签发",
    Stage.OPINION_SERVED: "意见书已送达",
    Stage.OPINION_REFUSED: "意见书被拒收",
    Stage.OPINION_ANSWERED: "意见书已答复",
    Stage.OBJECTION_OPEN: "单位有异议，待审查",
    Stage.OBJECTION_UPHELD: "异议已采纳",
    Stage.OBJECTION_DISMISSED: "异议未采纳",
    Stage.NOT_CORRECTED: "复核未改正",
    Stage.CORRECTED: "已改正",
    Stage.SUGGESTION_ISSUED: "建议书已签发",
    Stage.SUGGESTION_SERVED: "建议书已送达部门",
    Stage.AUTHORITY_ACCEPTED: "部门已受理",
    Stage.AUTHORITY_REFUSED: "部门不予受理",
    Stage.AUTHORITY_DONE: "部门已处理",
    Stage.PROCURATORATE: "已移送检察机关",
    Stage.PAYMENT_ORDER: "已申请支付令",
    Stage.WITHDRAWN: "投诉人已撤回",
    Stage.CLOSED: "已结案",
}
