"""May this letter be issued, and why not: the order of law for 提示函, 意见书 and 建议书, guard by guard."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Final

from desktop.records.cells import text
from desktop.records.declaration import Level
from desktop.records.supervision.clocks import received_on, refused_on
from desktop.records.supervision.facts import CaseFile, Issuer, Letter
from desktop.records.supervision.grounds import Standing, grounds, standing_of, why_no_ground
from desktop.records.supervision.inquiry import NOT_ESTABLISHED, established, heard_federations
from desktop.records.supervision.kinds import (
    CONTRACT_REGULATION,
    DEMOCRATIC_REGULATION,
    TITLE_WORDS,
    TITLES,
    UNION_DUES,
    UNION_LAW,
    WAGES_REGULATION,
    EventKind,
    Ground,
    LetterKind,
    Matter,
    Route,
    Title,
    article,
)
from desktop.records.supervision.posts import signed_by_chair
from desktop.records.supervision.powers import LOCAL_FEDERATIONS, REGISTER_LEVELS, covered
from desktop.records.supervision.reasons import Reason, Weight, advice, forbidden, stopping

_PAIRS: Final = {
    Title.SUGGESTION: Title.OPINION,
    Title.HANDLING_SUGGESTION: Title.CORRECTION_OPINION,
    Title.PENALTY_SUGGESTION: Title.CORRECTION_OPINION,
}
_PAYMENT_ORDER: Final = "请向人民法院申请支付令，并在办案经过里登记。"


@dataclass(frozen=True)
class Decision:
    """Whether a letter may be issued. ``grounds`` are those that a 建议书 may name, by opinion letter."""

    kind: LetterKind
    reasons: tuple[Reason, ...] = ()
    grounds: tuple[tuple[str, Ground], ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing forbids it and nothing that was asked for is missing."""
        return not any(reason.weight is not Weight.ADVICE for reason in self.reasons)

    @property
    def forbidden(self) -> tuple[Reason, ...]:
        """What forbids it."""
        return stopping(self.reasons)

    @property
    def asked(self) -> tuple[Reason, ...]:
        """What is still to be answered, by ``field``."""
        return tuple(reason for reason in self.reasons if reason.weight is Weight.ASKED)

    @property
    def advice(self) -> tuple[Reason, ...]:
        """What is worth a thought."""
        return tuple(reason for reason in self.reasons if reason.weight is Weight.ADVICE)


def may_issue(
    file: CaseFile, kind: LetterKind, issuer: Issuer | None = None, draft: Letter | None = None
) -> Decision:
    """Whether a letter of this kind may be issued on ``file.today``, for a draft or for any.

    Without ``issuer`` the competence of the body is not looked at, without ``draft`` nothing that a draft says.
    What is dated later than that day does not count.
    """
    file = file.until(file.today)
    title = draft.title if draft is not None else None
    guards = [*_open_case(file, kind), *_title(file, kind, title, issuer)]
    match kind:
        case LetterKind.REMINDER:
            return Decision(kind, (*guards, *_reminder(file)))
        case LetterKind.OPINION:
            return Decision(kind, (*guards, *_opinion(file, issuer, draft)))
        case LetterKind.SUGGESTION:
            found = tuple(_available(file, title))
            reasons = (*guards, *_suggestion(file, issuer, draft, found))
            return Decision(kind, reasons, found)


def route_of(file: CaseFile, title: Title, legal_basis: str = "") -> Route:
    """The regulation that a letter follows: by its title and the case's matter, for wages by its own words."""
    if title in (Title.CORRECTION_OPINION, Title.HANDLING_SUGGESTION, Title.PENALTY_SUGGESTION):
        main = text(file.case, "matter")
        democratic = title is Title.HANDLING_SUGGESTION or (
            title is Title.CORRECTION_OPINION
            and (main == Matter.DEMOCRATIC or not file.about(Matter.CONTRACT))
        )
        return Route.DEMOCRATIC if democratic else Route.CONTRACT
    return Route.WAGES if WAGES_REGULATION in legal_basis else Route.SUPERVISION


def _open_case(file: CaseFile, kind: LetterKind) -> Iterator[Reason]:
    refused, accepted = file.of(EventKind.NOT_ACCEPTED), file.of(EventKind.ACCEPTED)
    if refused and not accepted:
        yield forbidden("本案已决定不予受理，不能发文书", article(17), "应当受理的，请先登记受理。")
    if len(file.of(EventKind.CLOSED)) > len(file.of(EventKind.REOPENED)):
        yield forbidden("本案已经结案", "", "需要继续办理的，请先登记重新办理。")
    if file.complaint and not accepted and not refused:
        if kind is LetterKind.REMINDER:
            yield advice("投诉还没有登记受理", article(17))
        else:
            yield forbidden("投诉还没有登记受理", article(17), "请先登记受理立案。")
    if file.of(EventKind.WITHDRAWN):
        yield advice("投诉人已撤回投诉，继续监督的请确认有必要", article(17))


def _title(file: CaseFile, kind: LetterKind, title: Title | None, issuer: Issuer | None) -> Iterator[Reason]:
    """Who may issue what under which name (domain §1.2)."""
    if title is not None and title not in TITLES[kind]:
        yield forbidden(f"“{TITLE_WORDS[title]}”不是{kind.label}的标题", "", "请重新选择标题。")
        return
    if title is not None and title not in (Title.REMINDER, Title.OPINION, Title.SUGGESTION):
        route = route_of(file, title)
        matter, law = {
            Route.DEMOCRATIC: (Matter.DEMOCRATIC, article(33, DEMOCRATIC_REGULATION)),
            Route.CONTRACT: (Matter.CONTRACT, article(41, CONTRACT_REGULATION)),
        }[route]
        if not file.about(matter):
            yield forbidden(
                f"“{TITLE_WORDS[title]}”只用于{'民主管理' if route is Route.DEMOCRATIC else '集体合同'}事项",
                law, "请改用“工会劳动法律监督”的标题，或者核对事项类别。",
            )  # fmt: skip
        if issuer is not None and issuer.level not in LOCAL_FEDERATIONS:
            yield _of_others(f"“{TITLE_WORDS[title]}”由县级以上地方总工会发出", law, "请报区总工会。")
    if title is Title.OPINION:
        yield from _other_titles(file)
    if issuer is None:
        return
    if kind is LetterKind.SUGGESTION and issuer.level not in LOCAL_FEDERATIONS:
        yield _of_others("建议书只能由地方总工会发出", article(23), "请报区总工会。")
    elif issuer.level not in REGISTER_LEVELS and not covered(file.powers, issuer.unit, kind, file.today):
        yield _of_others(
            f"{kind.label}由区总工会审核、编号、印发，本单位没有授权，可以起草", "", "请把草稿随数据包上报。"
        )


def _of_others(words: str, law: str, next_step: str) -> Reason:
    return replace(forbidden(words, law, next_step), of_others=True)


def _other_titles(file: CaseFile) -> Iterator[Reason]:
    """Matters that have a notice of their own beside that of 条例第二十一条; which one is taken is a choice."""
    main = text(file.case, "matter")
    if main == Matter.DEMOCRATIC:
        yield advice("民主管理事项有专门的整改意见书", article(33, DEMOCRATIC_REGULATION))
    if main == Matter.CONTRACT:
        yield advice("违反集体合同、拒不承担责任的，有专门的整改意见书", article(41, CONTRACT_REGULATION))
        yield advice("违反企业工资集体协商条例的，依据写该条例第四十三条", article(43, WAGES_REGULATION))


def _reminder(file: CaseFile) -> Iterator[Reason]:
    """A 提示函 rests on the joint notice of 2024 and on practice; a preliminary clue is enough for it."""
    made = file.of(EventKind.INVESTIGATED)
    if made and made[-1].result == NOT_ESTABLISHED:
        yield forbidden("调查认为问题不成立，不发提示函", article(19), "请向劳动者说明后结案。")
    if file.standing(LetterKind.OPINION):
        yield advice("本案已经发出意见书，一般不再发提示函")


def _opinion(file: CaseFile, issuer: Issuer | None, draft: Letter | None) -> Iterator[Reason]:
    if file.dues_only:
        yield forbidden("拖欠工会经费不发意见书，可以申请支付令", article(44, UNION_LAW), _PAYMENT_ORDER)
    yield from _before_inquiry(file)
    yield from established(file)[1]
    served = [
        letter for letter in file.standing(LetterKind.REMINDER)
        if received_on(file, letter) is not None or refused_on(file, letter) is not None
    ]  # fmt: skip
    if not served and (draft is None or not text(draft.values, "skip_reason")):
        yield Reason(
            "没有先发提示函：条例不要求先发，请写明直接发意见书的必要", article(21), Weight.ASKED,
            "填写“未先发提示函的原因”。", field="skip_reason",
        )  # fmt: skip
    for letter in file.standing(LetterKind.OPINION):
        yield advice(f"本案已有{letter.name()}，没有作废")
    if file.violations == {"new_form_workers"}:
        yield advice("新就业形态事项以提示函和协商为主，请核对用人单位与劳动者的关系", article(30))
    local = issuer is None or issuer.level in LOCAL_FEDERATIONS
    if local and not any(heard_federations(event) for event in file.of(EventKind.INVESTIGATED)):
        yield advice(
            "地方总工会调查时，根据工作需要，还应当听取企业联合会、工商业联合会等企业方面代表组织的意见",
            article(20),
        )


def _before_inquiry(file: CaseFile) -> Iterator[Reason]:
    """条例第十八条 to 第二十条: hear both sides, negotiate if both want to, investigate where that failed."""
    event, _ = established(file)
    talks = file.of(EventKind.NEGOTIATED)
    if talks and talks[-1].result == "agreed" and (event is None or event.day <= talks[-1].day):
        yield forbidden("双方已经协商达成一致", article(19), "没有履行的，请登记后重新调查。", talks[-1].id)
    if event is None:
        return
    heard = [e for e in file.of(EventKind.HEARD) if e.day <= event.day]
    failed = [e for e in talks if e.day <= event.day and e.result == "not_agreed"]
    if not file.complaint:
        if not heard:
            yield advice("没有登记听取单位意见", article(18))
        return
    if not heard:
        said = "调查以前没有登记听取劳动者和用人单位意见"
        yield replace(forbidden(said, article(18), "听取过的，请补登。", event.id), missing=EventKind.HEARD)
    if not failed:
        said = "调查以前没有登记双方不愿协商或者协商未果"
        step = "请补登协商情况（不愿协商的，登记为未达成一致）。"
        yield replace(forbidden(said, article(20), step, event.id), missing=EventKind.NEGOTIATED)


def _available(file: CaseFile, title: Title | None) -> Iterator[tuple[str, Ground]]:
    """The lawful opinion letters of the case that have come to a situation of 条例第二十三条."""
    for standing in _lawful_opinions(file):
        if title is None or _pair(file, standing.letter.title, title):
            for ground in grounds(standing):
                yield standing.letter.id, ground


def _pair(file: CaseFile, opinion: Title, suggestion: Title) -> bool:
    """Whether two notices belong together: by their titles, and by the regulation that both follow."""
    return _PAIRS.get(suggestion) is opinion and route_of(file, opinion) is route_of(file, suggestion)


def _lawful_opinions(file: CaseFile) -> Iterator[Standing]:
    for letter in file.standing(LetterKind.OPINION):
        if not letter_faults(file, letter):
            yield standing_of(file, letter)


def letter_faults(file: CaseFile, letter: Letter) -> tuple[Reason, ...]:
    """Why an issued letter could not lawfully be issued on its day, as far as the events tell.

    Days are all that is recorded, so what can as well have come after the letter on its own day speaks neither
    against it nor, where it is needed, is it left out: a case may be closed on the day of its last letter.
    """
    if letter.issued is None:
        return ()
    judged = file.procedure if letter.kind is LetterKind.REMINDER else file
    then = judged.until(letter.issued, without=letter.id)
    open_still = _before(then, letter.issued, {EventKind.CLOSED})
    found = _faults(open_still, letter)
    return found if found and _faults(_before(open_still, letter.issued, _MAY_FOLLOW), letter) else ()


_MAY_FOLLOW: Final = frozenset({
    EventKind.NEGOTIATED, EventKind.SERVED, EventKind.REPLIED, EventKind.OBJECTION_REVIEWED, EventKind.RECHECKED,
})  # fmt: skip


def _before(file: CaseFile, day: datetime.date, kinds: Set[EventKind]) -> CaseFile:
    """The case without the steps of some kinds that were made on one day."""
    return replace(file, events=tuple(e for e in file.events if e.day != day or e.kind not in kinds))


def _faults(then: CaseFile, letter: Letter) -> tuple[Reason, ...]:
    decision = may_issue(then, letter.kind, None, letter)
    found = [*decision.forbidden, *(r for r in decision.asked if r.field in ("opinion_letter", "ground"))]
    if letter.kind is LetterKind.OPINION and not signed_by_chair(text(letter.values, "signer_post")):
        found.append(
            forbidden(f"{letter.name()}不是由工会主席或者副主席签署的", article(21), "请作废后重发。")
        )
    return tuple(found)


def _suggestion(
    file: CaseFile, issuer: Issuer | None, draft: Letter | None, found: tuple[tuple[str, Ground], ...]
) -> Iterator[Reason]:
    if file.dues_only:
        yield forbidden(
            "拖欠工会经费不向部门发建议书，应当申请支付令", article(44, UNION_LAW), _PAYMENT_ORDER
        )
    elif UNION_DUES in file.violations:
        yield advice("工会经费部分另行申请支付令，不写进建议书", article(44, UNION_LAW))
    if not found:
        yield from _no_ground(file)
    elif draft is not None:
        yield from _chosen(draft, found)
    for letter in file.standing(LetterKind.SUGGESTION):
        yield advice(f"本案已有{letter.name()}，没有作废")
    if issuer is not None and draft is not None:
        yield from _same_level(issuer, text(draft.values, "addressee"))


def _no_ground(file: CaseFile) -> Iterator[Reason]:
    letters = file.standing(LetterKind.OPINION)
    if not letters:
        yield forbidden(
            "本案还没有发出意见书：建议书只在意见书被拒收、逾期未答复或者无正当理由不改正之后发出",
            article(23),
        )
    for letter in letters:
        faults = letter_faults(file, letter)
        yield from faults or why_no_ground(standing_of(file, letter))


def _chosen(draft: Letter, found: tuple[tuple[str, Ground], ...]) -> Iterator[Reason]:
    """The draft names one of the opinion letters and one of the situations that hold."""
    opinion, ground = draft.opinion, text(draft.values, "ground")
    if opinion is None or not ground:
        field = "opinion_letter" if opinion is None else "ground"
        yield Reason(
            "请选择对应的意见书和条例第二十三条三种情形之一", article(23), Weight.ASKED, "", draft.id, field
        )
    elif (opinion, ground) not in {(letter, situation.value) for letter, situation in found}:
        yield forbidden("所选的意见书没有出现所选的情形", article(23), "请按实际情形选择。", draft.id)


_PLACE: Final = re.compile(r"(?:.*?[省])?(?:.*?[市])?(.{2,}?)(?:新区|区|县|市)?总工会")

_DISTRICT_OF_CITY: Final = re.compile(
    r"市[^市区县]{2,4}(?<![社园校])[区县]|市[^市区县]{2}市(?![政场容民管建域区])"
)
"""杭州市西湖区人力资源和社会保障局 is no department of 杭州市, although it names it; 杭州市社区…局 would be one."""
_NO_DEPARTMENT: Final = re.compile("(?:公司|厂|店|商行|街道办事处|[乡镇]人民政府|工会|工会联合会)$")
"""Employers, towns and unions are no departments of a government; a town's own is of a lower level."""


def _same_level(issuer: Issuer, addressee: str) -> Iterator[Reason]:
    """条例第二十三条: to the departments of the government of the same level."""
    place = _PLACE.fullmatch(issuer.name)
    if place is None or not addressee:
        return
    below = issuer.level is Level.CITY and _DISTRICT_OF_CITY.search(addressee) is not None
    if below or place[1] not in addressee or _NO_DEPARTMENT.search(addressee):
        yield forbidden(
            f"建议书应当发给同级人民政府的部门，“{addressee}”看不出是{issuer.name}的同级部门", article(23),
            "主送请写部门全称，如“某某区人力资源和社会保障局”。",
        )  # fmt: skip
