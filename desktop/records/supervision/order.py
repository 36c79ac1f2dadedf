"""What in a case contradicts the order of the law; such a case is shown with these reasons and prints nothing."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.records.supervision.clocks import replies, services
from desktop.records.supervision.facts import CaseFile, Event, Letter
from desktop.records.supervision.grounds import standing_of
from desktop.records.supervision.issuing import letter_faults
from desktop.records.supervision.kinds import AFTER_REFUSAL, NEUTRAL, EventKind, LetterKind, article
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.dates import day_words

_MEND = "请核对日期和步骤；登记错了的，改正或者删除那一步。"


def contradictions(file: CaseFile) -> tuple[Reason, ...]:
    """Every step and letter that cannot lawfully have come where it stands.

    What is merely missing, such as a second inspector, is none: it stops the letter that would rest on it. Once
    that letter is issued all the same, it is one.
    """
    return (
        *_dates(file),
        *_acceptance(file),
        *_after_the_end(file),
        *_about_letters(file),
        *_reviews(file),
        *_departments(file),
        *_letters(file),
    )


def words(event: Event, label: str) -> str:
    """A step with its day: 2026年11月3日的调查."""
    return f"{day_words(event.day)}的{label}"


_LABELS = {
    EventKind.ACCEPTED: "受理立案",
    EventKind.NOT_ACCEPTED: "不予受理",
    EventKind.HEARD: "听取意见",
    EventKind.NEGOTIATED: "协商",
    EventKind.INVESTIGATED: "调查",
    EventKind.EXPLAINED: "说明情况",
    EventKind.SERVED: "送达",
    EventKind.URGED: "催办",
    EventKind.REPLIED: "答复",
    EventKind.OBJECTION_REVIEWED: "异议审查",
    EventKind.RECHECKED: "整改复核",
    EventKind.AUTHORITY_ACCEPTED: "部门受理",
    EventKind.AUTHORITY_RESULT: "部门处理结果",
    EventKind.PROCURATORATE: "移送检察机关",
    EventKind.PAYMENT_ORDER: "申请支付令",
    EventKind.WITHDRAWN: "投诉人撤回",
    EventKind.CLOSED: "结案",
    EventKind.REOPENED: "重新办理",
}


def name_of(event: Event) -> str:
    """A step as reasons name it."""
    return words(event, _LABELS.get(event.kind, "记录"))


def _dates(file: CaseFile) -> Iterator[Reason]:
    for event in file.events:
        if event.day > file.today:
            yield forbidden(f"{name_of(event)}的日期还没有到", "", _MEND, event.id)
    for letter in file.letters:
        if letter.stands and letter.issued is not None and letter.issued > file.today:
            yield forbidden(f"{letter.name()}的签发日期还没有到", "", _MEND, letter.id)
    if file.received is None:
        return
    for event in file.events:
        if event.day < file.received:
            yield forbidden(f"{name_of(event)}早于收到线索的日期", article(17), _MEND, event.id)
    for letter in file.letters:
        if letter.stands and letter.issued is not None and letter.issued < file.received:
            yield forbidden(f"{letter.name()}的签发日期早于收到线索的日期", article(17), _MEND, letter.id)


def _acceptance(file: CaseFile) -> Iterator[Reason]:
    """Accepted or refused, not both; nothing goes on after a refusal that was not reopened."""
    for refusal in file.of(EventKind.NOT_ACCEPTED):
        reopened = [e for e in file.of(EventKind.REOPENED) if e.day >= refusal.day]
        if any(e.day < refusal.day for e in file.of(EventKind.ACCEPTED)):
            yield forbidden(f"{name_of(refusal)}以前已经受理立案", article(17), _MEND, refusal.id)
        for event in file.events:
            later = event.day > refusal.day or event.kind is EventKind.ACCEPTED
            if not later or event.day < refusal.day or event.kind in AFTER_REFUSAL | {EventKind.REOPENED}:
                continue
            if event.kind is not EventKind.NOT_ACCEPTED and not any(e.day <= event.day for e in reopened):
                yield forbidden(f"已经决定不予受理，又登记了{name_of(event)}", article(17), _MEND, event.id)


def _after_the_end(file: CaseFile) -> Iterator[Reason]:
    """What comes after the closing needs a reopening first; days are compared, not hours."""
    for closing in file.of(EventKind.CLOSED):
        reopened = [e.day for e in file.of(EventKind.REOPENED) if e.day >= closing.day]
        for event in file.events:
            over = event.day > closing.day and event.kind not in NEUTRAL | {EventKind.REOPENED}
            if over and not any(day <= event.day for day in reopened):
                step = f"需要继续的，请先登记重新办理。{_MEND}"
                yield forbidden(f"结案以后又登记了{name_of(event)}", "", step, event.id)
        for letter in file.letters:
            day = letter.issued
            if (
                letter.stands
                and day is not None
                and day > closing.day
                and not any(d <= day for d in reopened)
            ):
                yield forbidden(f"{letter.name()}在结案以后签发", "", "请作废，或者登记重新办理。", letter.id)


def _about_letters(file: CaseFile) -> Iterator[Reason]:
    """A letter is served after it was issued and answered after it was served."""
    for event in file.of(EventKind.SERVED, EventKind.REPLIED, EventKind.URGED):
        if event.letter is None:
            continue
        letter = file.by_id.get(event.letter)
        if letter is None:
            yield forbidden(f"{name_of(event)}所指的文书不在本案里", "", "请重新选择文书。", event.id)
        elif letter.issued is None or not letter.number:
            yield forbidden(f"{name_of(event)}所指的{letter.name()}没有签发", article(21), _MEND, event.id)
        elif event.day < letter.issued:
            yield forbidden(f"{name_of(event)}早于{letter.name()}的签发日期", article(21), _MEND, event.id)
        elif event.kind is EventKind.REPLIED and not any(e.day <= event.day for e in services(file, letter)):
            yield forbidden(
                f"{name_of(event)}以前没有登记{letter.name()}的送达", article(22), _MEND, event.id
            )


def _reviews(file: CaseFile) -> Iterator[Reason]:
    """An objection is reviewed after it was raised."""
    opinions = [letter for letter in file.letters if letter.kind is LetterKind.OPINION and letter.issued]
    objections = [e for letter in opinions for e in replies(file, letter) if e.values.get("objects")]
    for review in file.of(EventKind.OBJECTION_REVIEWED):
        if not any(e.day <= review.day and review.letter in (None, e.letter) for e in objections):
            yield forbidden(
                f"{name_of(review)}以前没有登记单位书面说明的理由", article(22),
                "单位的答复认为意见不适当的，请在那一步勾选。", review.id,
            )  # fmt: skip


def _departments(file: CaseFile) -> Iterator[Reason]:
    """A department answers a suggestion letter that was issued; one voided later was answered all the same."""
    issued = [p.issued for p in file.letters if p.kind is LetterKind.SUGGESTION and p.number and p.issued]
    for event in file.of(EventKind.AUTHORITY_ACCEPTED, EventKind.AUTHORITY_RESULT):
        if not any(day <= event.day for day in issued):
            yield forbidden(
                f"{name_of(event)}以前没有发出建议书", article(24),
                "部门自行处理的，请记在“其他记录”里；登记错了的，改正或者删除那一步。", event.id,
            )  # fmt: skip


def _letters(file: CaseFile) -> Iterator[Reason]:
    numbers: set[tuple[str, str]] = set()
    for letter in file.letters:
        # Each town has a series of its own.
        number = letter.number, letter.unit if letter.own else ""
        # What was typed by mistake has used no number: the letter on paper is entered once more.
        if letter.number and not (letter.past and letter.voided is not None):
            if number in numbers:
                yield forbidden(f"{letter.number}用了两次", "", "请作废其中一份。", letter.id)
            numbers.add(number)
        if letter.number or letter.altered:
            yield from _integrity(letter)
        # What is not recorded of a letter on paper stops what would rest on it, and nothing else.
        if letter.stands and not letter.past:
            for fault in letter_faults(file, letter):
                step = "请补登漏记的步骤；确实没有的，请作废这份文书。"
                yield forbidden(f"{letter.name()}签发时：{fault.text}", fault.article, step, letter.id)
    for letter in file.standing(LetterKind.SUGGESTION):
        opinion = file.by_id.get(letter.opinion or "")
        if opinion is not None and opinion.stands and not standing_of(file, opinion).served:
            yield forbidden(f"{letter.name()}对应的{opinion.name()}没有送达", article(23), _MEND, letter.id)


def _integrity(letter: Letter) -> Iterator[Reason]:
    """An issued letter is immutable: it can be voided, which settles whatever befell it, and another one issued."""
    if letter.voided is not None:
        return
    if letter.altered and not letter.number:
        yield forbidden(f"一份{letter.name()}签发以后又被取消", "", "文号已经取用，请作废。", letter.id)
        return
    if letter.deleted:
        yield forbidden(
            f"{letter.name()}已经签发，却被删除", "", "请恢复这条记录，要取消的请作废。", letter.id
        )
    if letter.doubled:
        yield forbidden(f"{letter.name()}已经签发，镇街又编了文号", "", "请区总工会作废后重发。", letter.id)
    elif letter.altered and letter.past:
        yield forbidden(
            f"{letter.name()}补录以后，被不编号的单位改动过", "",
            "请编号的单位对照登记簿核对，改正后写明更正原因；没有这份文书的，请作废。", letter.id,
        )  # fmt: skip
    elif letter.altered:
        yield forbidden(f"{letter.name()}签发以后被改动过", "", "请作废后重发。", letter.id)
    if letter.unpowered:
        yield forbidden(
            f"{letter.name()}签发时，签发的单位没有这种文书的授权", "",
            "授权漏登的，请区总工会补登；没有授权的，请作废，报区总工会签发。", letter.id,
        )  # fmt: skip
    if letter.overtaken:
        yield forbidden(
            f"{letter.name()}是补录的，本程序却已经编过这个号，或者在它的签发日期以前已经开始编号", "",
            "请核对原文号和原签发日期；开始编号以后的文书只能在这里签发。", letter.id,
        )  # fmt: skip
    if letter.disputed:
        yield forbidden(f"{letter.name()}的签发内容有几个版本", "", "请先处理这条记录的分歧。", letter.id)
    if letter.issued is None:
        yield forbidden(f"{letter.number}没有签发日期", "", "请作废后重发。", letter.id)
