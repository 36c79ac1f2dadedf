"""What a case and a draft say in the words of a letter: the values of a template's placeholders."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.documents.letters.typed import items, official, sentence
from desktop.records.cells import Values, as_day, text
from desktop.records.codes import CodeList
from desktop.records.declaration import Level
from desktop.records.supervision import CaseFile, Event, Ground, Letter, LetterKind
from desktop.records.supervision.clocks import asked_period, received_on, refused_on, replies, reply_clock
from desktop.records.supervision.inquiry import established, heard_federations
from desktop.records.supervision.kinds import REGULATION, TITLE_WORDS, UNION_LAW, UNION_LAW_23, WORKING
from desktop.records.supervision.powers import LOCAL_FEDERATIONS
from desktop.records.typed.dates import day_words
from desktop.records.typed.numerals import int_to_chinese
from desktop.reference import SHIPPED_LAWS, Laws

_CLUES = {
    "complaint": "收到职工投诉，反映",
    "hotline_12351": "收到12351职工热线投诉，反映",
    "visit": "在走访中发现",
    "inspection": "在专项检查中发现",
    "assigned": "接上级工会交办，反映",
    "referred": "接有关部门移送线索，反映",
    "public_opinion": "在舆情监测中发现",
}
_CLUE_WORDS = {
    "complaint": "受理投诉",
    "hotline_12351": "受理12351职工热线投诉",
    "visit": "走访",
    "inspection": "专项检查",
    "assigned": "办理上级工会交办事项",
    "referred": "核查有关部门移送线索",
    "public_opinion": "舆情监测",
}


@dataclass(frozen=True)
class Material:
    """One line of the list of materials that are handed over (移交材料清单)."""

    name: str
    copies: int
    pages: int
    form: str


@dataclass(frozen=True)
class Source:
    """What a letter is written from; ``employer`` are the values of the registered enterprise, if any.

    ``laws`` are those that it may quote.
    """

    file: CaseFile
    draft: Letter
    level: Level
    codes: Mapping[str, CodeList]
    employer: Values = field(default_factory=dict)
    materials: Sequence[Material] = ()
    laws: Laws = SHIPPED_LAWS

    @property
    def kind(self) -> LetterKind:
        """The kind of letter."""
        return self.draft.kind

    def label(self, codes: str, code: str) -> str:
        """The words for a code."""
        return self.codes[codes].label_of(code)


def values_of(source: Source, day: datetime.date) -> dict[str, str]:
    """The values of all placeholders; empty where the case or the draft says nothing."""
    draft, case = source.draft.values, source.file.case
    source_code = text(case, "source")
    found = {
        "addressee": official(text(draft, "addressee")),
        "received_date": _day(case, "received_date"),
        "clue": _CLUES.get(source_code, "在日常监督中发现"),
        "clue_words": official(text(draft, "clue_words")) or _CLUE_WORDS.get(source_code, "日常监督"),
        "subject": _subject(draft, case),
        "matter": "、".join(source.label("supervision_matter", m) for m in _matters(case)),
        "legal_basis": sentence(text(draft, "legal_basis")),
        "union_law": union_law_words(source.file),
        "inquiry_articles": "第十八条、第二十条" if source.file.complaint else "第二十条",
        "investigation": sentence(text(draft, "investigation")) or investigation_words(source.file),
        "reply_term": _reply_term(draft),
        "reply_method": sentence(text(draft, "reply_method")),
        "federation": "我会" if source.level in LOCAL_FEDERATIONS else "地方总工会",
        "consequence": _passage(text(draft, "consequence")),
        "contact_name": text(draft, "contact_name"),
        "contact_phone": text(draft, "contact_phone"),
        "contact_address": official(text(draft, "contact_address")),
        "employer": official(text(case, "employer_name") or text(source.employer, "name")),
        "employer_identity": _identity(source),
    }
    return found | (_suggestion(source, day) if source.kind is LetterKind.SUGGESTION else {})


def _day(values: Values, name: str) -> str:
    day = as_day(values.get(name))
    return day_words(day) if day else ""


def _subject(draft: Values, case: Values) -> str:
    """The matter in words that follow 你单位; who did it is not said twice."""
    words = sentence(text(draft, "subject") or text(case, "summary"))
    for name in ("你单位", "该单位", official(text(case, "employer_name"))):
        if name and words.startswith(name) and len(words) > len(name):
            return words.removeprefix(name)
    return words


def _matters(case: Values) -> list[str]:
    return list(dict.fromkeys(f"{text(case, 'matter')} {text(case, 'other_matters')}".split()))


def _passage(words: str) -> str:
    return f"{sentence(words)}。" if words else ""


def union_law_words(file: CaseFile) -> str:
    """工会法第二十三条 as a basis, only where one of its first four kinds is suspected (Appendix A)."""
    return f"{UNION_LAW}第二十三条、" if file.violations & UNION_LAW_23 else ""


def _reply_term(draft: Values) -> str:
    """十五个工作日内 for an opinion letter, 15日内 for a reminder."""
    opinion = text(draft, "kind") == LetterKind.OPINION
    days, day_kind = asked_period(LetterKind.OPINION if opinion else LetterKind.REMINDER, draft)
    number = int_to_chinese(days) if opinion else str(days)
    return f"{number}{'个工作' if day_kind == WORKING else ''}日内"


def investigation_words(file: CaseFile) -> str:
    """Who investigated, when and with which certificate numbers: the passage that a draft begins with."""
    event = established(file)[0]
    if event is None:
        return ""
    people = "、".join(f"{name}（证号{number}）" for name, number in inspectors_of(file, event))
    others = official(text(event.values, "other_inspectors"))
    named = "、".join(filter(None, (people, others)))
    heard = "，并听取了企业方面代表组织的意见" if heard_federations(event) else ""
    return f"我会于{day_words(event.day)}指派工会劳动法律监督员{named}进行了调查{heard}" if named else ""


def inspectors_of(file: CaseFile, event: Event) -> list[tuple[str, str]]:
    """Names and certificate numbers of the inspectors of an investigation."""
    found = []
    for slot in ("inspector_1", "inspector_2"):
        held = file.inspectors.get(text(event.values, slot))
        if held is not None:
            found.append((text(held, "name"), text(held, "certificate_number")))
    return found


def _identity(source: Source) -> str:
    """Code, address, legal representative, phone and staff of the employer, as far as they are known."""
    case, employer = source.file.case, source.employer
    staff = employer.get("surveyed_staff") or employer.get("insured_staff") or employer.get("taxed_staff")
    pieces = (
        ("统一社会信用代码：", text(employer, "uscc")),
        ("住所：", official(_first(employer, "registered_address", "address") or text(case, "address"))),
        ("法定代表人：", text(employer, "legal_person")),
        ("联系电话：", text(employer, "contact_phone")),
        ("职工", f"{staff}人" if staff else ""),
    )
    return "，".join(f"{label}{value}" for label, value in pieces if value)


def _first(values: Values, *names: str) -> str:
    return next(filter(None, (text(values, name) for name in names)), "")


def _suggestion(source: Source, day: datetime.date) -> dict[str, str]:
    draft = source.draft.values
    opinion = source.file.by_id.get(source.draft.opinion or "")
    ground = text(draft, "ground")
    known = opinion is not None and ground in set(Ground)
    return {
        "history": sentence(text(draft, "history")) or history_words(source.file, opinion),
        "situation": situation_words(source.file, opinion, Ground(ground), day) if opinion and known else "",
        "ground_item": int_to_chinese(int(ground)) if known else "",
        "feedback_articles": _feedback(draft),
        "copy_total": str(sum(m.copies for m in source.materials) or ""),
        "page_total": str(sum(m.pages for m in source.materials) or ""),
    }


def _feedback(draft: Values) -> str:
    """条例第二十四条 binds every department, 监察条例第十七条 only the labour department."""
    labour = text(draft, "department") in ("", "human_resources") and "人力" in text(draft, "addressee")
    return f"{REGULATION}第二十四条" + ("、《浙江省劳动保障监察条例》第十七条" if labour else "")


def history_words(file: CaseFile, opinion: Letter | None) -> str:
    """When which letters went to the employer, and how they were received: the passage that a draft begins with."""
    if opinion is None or opinion.issued is None:
        return ""
    reminders = [
        letter
        for letter in file.standing(LetterKind.REMINDER)
        if letter.issued is not None and letter.issued <= opinion.issued
    ]
    pieces = [f"曾{_sent(file, letter)}" for letter in reminders if _service(file, letter)]
    return "；".join([*pieces, _sent(file, opinion)])


def _sent(file: CaseFile, letter: Letter) -> str:
    issued = day_words(letter.issued) if letter.issued else ""
    title = TITLE_WORDS[letter.title]
    return f"于{issued}向其发出《{title}》（{letter.number}），该单位{_service(file, letter)}"


def _service(file: CaseFile, letter: Letter) -> str:
    received, refused = received_on(file, letter), refused_on(file, letter)
    if received is not None:
        return f"于{day_words(received)}签收"
    return f"于{day_words(refused)}拒绝接收" if refused is not None else ""


def situation_words(file: CaseFile, opinion: Letter, ground: Ground, day: datetime.date) -> str:
    """Which of the three situations of 条例第二十三条 has come about, with its days."""
    received = received_on(file, opinion)
    answers = replies(file, opinion)
    if ground is Ground.REFUSED:
        return "该单位拒绝接收意见书"
    if ground is Ground.UNANSWERED and received is not None:
        due = reply_clock(file, opinion, received).due
        until = f"（至{day_words(due)}止）" if due else ""
        if answers:
            return f"该单位至{day_words(answers[0].day)}才作出书面答复，未在规定期限{until}内答复"
        return f"截至{day_words(day)}，该单位未在规定期限{until}内答复"
    if answers:
        return f"该单位虽于{day_words(answers[-1].day)}作出答复，但截至{day_words(day)}无正当理由未改正"
    return f"截至{day_words(day)}，该单位无正当理由未改正"


def facts_of(draft: Values) -> tuple[str, ...]:
    """The facts, one an item."""
    return items(text(draft, "facts"))


def requests_of(draft: Values) -> tuple[str, ...]:
    """The demands or proposals, one an item, with the day up to which a correction is to be made."""
    day = as_day(draft.get("correct_by"))
    dated = day is not None and text(draft, "kind") == LetterKind.OPINION
    return tuple(
        f"{item}，于{day_words(day)}前完成" if dated and day and not _has_term(item) else item
        for item in items(text(draft, "requests"))
    )


def _has_term(item: str) -> bool:
    return "日前" in item or "日内" in item or "立即" in item
