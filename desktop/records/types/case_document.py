"""Letters of a supervision case (一函两书): the draft part by part, and, written by whoever numbers letters, its issue.

Anyone may draft. Number, signer, day and the digest of the issued text are one group that a district, an industry
union or the city writes. The text itself names people, so it stands in a personal slot of its own, tied to the number
by that digest; an issued letter is corrected only by voiding it with a reason and issuing another. What a town or park
issues with a power of the district's (``issuing_power``) stands in the same fields once more, under names of their own:
it can write those and never the district's. Of a letter that left the house on paper before the program (补录) its
register is typed into fields of their own: it counts as issued, has no kept text and is not printed here. The desk
that numbers corrects a slip in it with a reason, and voids it; nobody else changes it, and nobody deletes it.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.records.declaration import (
    Check,
    Field,
    Group,
    Kind,
    Level,
    RecordType,
    Section,
    Severity,
    Writers,
)
from desktop.records.parts import UNIT_NAME, names_no_complainant, remarks
from desktop.records.supervision.powers import EMPOWERED_LEVELS, ISSUE_FIELDS, OWN, PAST, VOID_FIELDS

ORDER = 220

_DESK = Writers(levels=(Level.DISTRICT, Level.INDUSTRY, Level.CITY))
"""Who numbers and issues; what a body may issue beyond that (建议书: 地方总工会 only) is for the order of law."""
_EMPOWERED = Writers(levels=tuple(level for level in Level if level in EMPOWERED_LEVELS))
_RULES = "浙江省工会劳动法律监督条例"

_DRAFT = (
    Field("case", "案件", Kind.LINK, link="case", section="letter", needed=True, first=True, index=True),
    Field(
        "kind", "文种", Kind.CODE, codes="letter_kind", section="letter", needed=True, first=True, index=True,
        column=1, width=8, review=True,
    ),
    Field(
        "title_variant", "标题", Kind.CODE, codes="letter_title", section="letter", needed=True, first=True,
        column=2, width=18, help="一般用“工会劳动法律监督……书”；民主管理、集体合同案件按各自条例的名称。",
    ),
    Field(
        "addressee", "主送", section="letter", needed=True, first=True, search=True, column=3, width=24,
        maximum=UNIT_NAME, help="写单位或部门的全称。",
    ),
    Field(
        "department", "主送部门", Kind.CODE, codes="receiving_department", section="letter",
        help="建议书填写。",
    ),
    Field("copies_to", "抄送", section="letter", maximum=200),
    Field("subject", "事项（案由）", section="letter", needed=True, first=True, maximum=200),
    Field(
        "clue_words", "线索来源的写法", section="letter", maximum=60,
        help="只写来源的类别，如走访、投诉、专项检查，不写投诉人。", example="专项检查",
    ),
    Field("skip_reason", "未先发提示函的原因", section="letter", maximum=300, help="直接发意见书的填写。"),
)  # fmt: skip

_BODY = (
    Field(
        "legal_basis", "依据", Kind.NOTE, section="body", needed=True, maximum=1000,
        help="提示函依据工会法、监督条例等规定和协同推进“一函两书”的通知，不引用条例第二十二条。",
    ),
    Field(
        "investigation", "调查经过", Kind.NOTE, section="body", personal=True, maximum=3000,
        help="日期、两名以上监督员的姓名和证号、调查方式。意见书填写。",
    ),
    Field(
        "history", "函书送达和答复经过", Kind.NOTE, section="body", maximum=3000,
        help="建议书填写：提示函、意见书的文号、送达日期和回证。",
    ),
    Field(
        "opinion_letter", "对应的意见书", Kind.LINK, link="case_document", section="body",
        help="建议书填写。",
    ),
    Field(
        "ground", "建议书情形", Kind.CODE, codes="suggestion_ground", section="body",
        help="拒收、逾期未答复，或无正当理由不改正，三种之一。",
    ),
    Field(
        "facts", "事实", Kind.NOTE, section="body", needed=True, first=True, search=True, maximum=8000,
        help="时间、岗位、人数、金额；一行一条，打印时自动编号。提示函用“可能存在”“疑似”的写法。",
    ),
    Field(
        "articles", "条文", Kind.NOTE, section="body", needed=True, maximum=8000,
        help="从条文库选取，打印时连同条文原文固定下来。",
    ),
    Field(
        "requests", "要求（建议）", Kind.NOTE, section="body", needed=True, first=True, maximum=4000,
        help="一行一条，打印时自动编号。",
    ),
    Field("correct_by", "改正期限", Kind.DATE, section="body"),
    Field(
        "reply_days", "答复期限", Kind.INTEGER, group="reply_term", section="body", first=True, minimum=1,
        maximum=90, unit="天",
    ),
    Field(
        "reply_day_kind", "期限按", Kind.CODE, codes="day_kind", group="reply_term", section="body",
        first=True, help="意见书依条例是15个工作日。",
    ),
    Field("reply_method", "答复方式", section="body", maximum=120, example="书面答复我会"),
    Field("consequence", "后果提示", Kind.NOTE, section="body", maximum=1000),
    Field(
        "contact_name", "联系人", group="contact", section="body", needed=True, personal=True, maximum=60,
        help="工会的联系人，印在文书上。",
    ),
    Field(
        "contact_phone", "联系电话", Kind.PHONE, group="contact", section="body", needed=True, personal=True,
    ),
    Field("contact_address", "联系地址", group="contact", section="body", personal=True, maximum=200),
    Field("drafter", "起草人", section="body", maximum=60),
)  # fmt: skip

_WRITTEN = (
    Field("reviewed_by", "审核人", group="review", section="issue", maximum=60, written_by=_DESK),
    Field("reviewed_date", "审核日期", Kind.DATE, group="review", section="issue", written_by=_DESK),
    Field(
        "review_opinion", "审核意见", Kind.NOTE, group="review", section="issue", maximum=1000,
        written_by=_DESK,
    ),
    Field(
        "document_number", "文号", group="issue", section="issue", search=True, column=4, width=18,
        maximum=60, written_by=_DESK, help="由区总工会的编号电脑取号，签发时自动生成。",
        example="杭西工监意〔2026〕1号",
    ),
    Field("issuer_code", "机关代字", group="issue", section="issue", maximum=20, written_by=_DESK),
    Field(
        "issue_year", "年份", Kind.INTEGER, group="issue", section="issue", minimum=2000, maximum=2099,
        written_by=_DESK,
    ),
    Field("sequence", "序号", Kind.INTEGER, group="issue", section="issue", minimum=1, written_by=_DESK),
    Field(
        "issuing_unit", "发文单位（编号登记）", Kind.LINK, link="unit", group="issue", section="issue",
        written_by=_DESK, help="文号按单位、文种和年份编排。",
    ),
    Field("issuing_body", "发文机关", group="issue", section="issue", maximum=UNIT_NAME, written_by=_DESK),
    Field("signer", "签发人", group="issue", section="issue", maximum=60, written_by=_DESK),
    Field(
        "signer_post", "签发人职务", group="issue", section="issue", maximum=30, written_by=_DESK,
        help="意见书由工会主席或副主席签署。", example="主席",
    ),
    Field(
        "issue_date", "签发日期", Kind.DATE, group="issue", section="issue", index=True, column=5, width=10,
        written_by=_DESK,
    ),
    Field(
        "snapshot_digest", "全文校验码", group="issue", section="issue", maximum=64, written_by=_DESK,
        shown=False, help="签发时自动计算，用来核对保存的全文没有被改动。",
    ),
    Field(
        "snapshot", "签发时的全文", Kind.NOTE, section="issue", personal=True, maximum=60000,
        written_by=_DESK, shown=False, help="自动保存，含引用的条文原文，不能修改。",
    ),
    Field(
        "voided_date", "作废日期", Kind.DATE, group="voiding", section="issue", column=6, width=10,
        written_by=_DESK,
    ),
    Field("void_reason", "作废原因", group="voiding", section="issue", maximum=300, written_by=_DESK),
)  # fmt: skip


_ISSUE = tuple(replace(field, reckoned=field.group != "review") for field in _WRITTEN)
"""Written by issuing and voiding, never by hand: a number that is typed stands in no register."""

_PAST = (
    Field(
        f"{PAST}document_number", "原文号", group="past", section="past", search=True, maximum=60, written_by=_DESK,
        help="使用本程序以前发出的文书，照纸质登记簿补录；本程序编过的号不能补录。", example="西工监意〔2024〕3号",
    ),
    Field(f"{PAST}issue_date", "原签发日期", Kind.DATE, group="past", section="past", written_by=_DESK),
    Field(
        f"{PAST}issuing_body", "原发文机关", group="past", section="past", maximum=UNIT_NAME, written_by=_DESK,
    ),
    Field(f"{PAST}signer", "原签发人", group="past", section="past", maximum=60, written_by=_DESK),
    Field(
        f"{PAST}signer_post", "原签发人职务", group="past", section="past", maximum=30, written_by=_DESK,
        example="主席",
    ),
    Field(
        f"{PAST}correction", "更正原因", group="past", section="past", maximum=300, written_by=_DESK,
        help="改已经补录的内容时，写明这一次为什么改；改前的内容、谁改的、什么时候改的留在历史里。",
        example="日期抄错，以登记簿第12页为准",
    ),
)  # fmt: skip


def _own(field: Field) -> Field:
    """A field of the issue as a town or park with a power writes it: by issuing, never by hand."""
    # One column more is what a small screen has room for; the days can be chosen.
    column = 7 if field.name == "document_number" else 0
    words = {"document_number": "由镇街（园区）的编号电脑取号，签发时自动生成。"}.get(field.name, field.help)
    return replace(
        field, name=OWN + field.name, label=f"镇街{field.label}", group=field.group and OWN + field.group,
        section="own", written_by=_EMPOWERED, column=column, help=words, reckoned=field.group != "review",
        example="杭西文工监意〔2026〕1号" if field.name == "document_number" else field.example,
    )  # fmt: skip


_OWN_ISSUE = tuple(_own(field) for field in _ISSUE if field.name in (*ISSUE_FIELDS, *VOID_FIELDS))


def _issue_checks(prefix: str) -> tuple[Check, ...]:
    """What holds of an issue, whoever made it."""
    number, signer, day = (prefix + name for name in ("document_number", "signer", "issue_date"))
    # What came from a register is voided as a letter of the district's.
    voided, why = (("" if prefix == PAST else prefix) + name for name in VOID_FIELDS)
    checks = (
        Check(
            "signed_by_chair", ("kind", f"{prefix}signer_post"), "意见书应由工会主席或副主席签署，这里是“{post}”",
            source=f"{_RULES}第二十一条",
        ),
        Check("needs_with", (signer, number), "已编文号，请填写签发人"),
        Check("needs_with", (day, number), "已编文号，请填写签发日期"),
        Check("not_in_future", (day,), "签发日期{a}还没有到"),
        Check("not_after", (day, voided), "作废日期{b}早于签发日期{a}"),
    )  # fmt: skip
    return checks if prefix == PAST else (*checks, Check("needs_with", (why, voided), "作废请写明原因"))


TYPE = RecordType(
    name="case_document",
    label="监督文书",
    menu="劳动法律监督",
    title=("kind", "document_number", "own_document_number", "past_document_number", "addressee"),
    parent="case",
    # A register holds neither words nor contacts, and the letter itself is on paper.
    excused_by=f"{PAST}document_number",
    excused=(
        "title_variant", "legal_basis", "investigation", "history", "opinion_letter", "ground", "facts",
        "articles", "requests", "reply_days", "contact_name", "contact_phone",
    ),
    corrected_with=f"{PAST}correction",
    locked_by=("document_number", f"{OWN}document_number", f"{PAST}document_number"),
    help="镇街、村社可以起草，由区总工会审核、编号、打印、盖章；区总工会授权的镇街、园区可以自己签发提示函、意见书。"
    "已签发的不能改，只能作废后重发。",
    sections=(
        Section("letter", "文书"),
        Section("body", "正文"),
        Section("issue", "审核与签发"),
        Section("own", "镇街（园区）审核与签发"),
        Section("past", "补录（使用本程序以前发出的）"),
    ),
    groups=(
        Group("reply_term", "答复期限"),
        Group("contact", "联系人", personal=True),
        Group("review", "审核"),
        Group("issue", "签发"),
        Group("voiding", "作废"),
        Group("past", "补录"),
        Group(f"{OWN}review", "镇街审核"),
        Group(f"{OWN}issue", "镇街签发"),
        Group(f"{OWN}voiding", "镇街作废"),
    ),
    fields=(*_DRAFT, *_BODY, *_ISSUE, *remarks("issue"), *_OWN_ISSUE, *_PAST),
    checks=(
        *names_no_complainant(
            ("subject", "事项（案由）"),
            ("clue_words", "线索来源的写法"),
            ("facts", "事实"),
            ("requests", "要求（建议）"),
            ("history", "函书送达和答复经过"),
            ("consequence", "后果提示"),
            linked=True,
        ),
        Check(
            "title_fits_letter", ("title_variant", "kind"), "标题与文种不一致，请重新选择标题",
            arguments={
                "reminder_letter": ["reminder"],
                "opinion_letter": ["opinion", "correction_opinion"],
                "suggestion_letter": ["suggestion", "handling_suggestion", "penalty_suggestion"],
            },
        ),
        Check(
            "opinion_term", ("kind", "reply_days", "reply_day_kind"),
            "意见书的答复期限是收到之日起15个工作日", arguments={"days": 15, "day_kind": "working"},
            source=f"{_RULES}第二十二条",
        ),
        Check(
            "must_not_mention", ("legal_basis", "kind"), "提示函没有条例第二十二条的依据，请不要引用",
            arguments={"values": ["reminder_letter"], "words": ["第二十二条"]},
            source="domain: 提示函依据协同推进“一函两书”的通知",
        ),
        Check(
            "must_not_mention", ("consequence", "kind"), "提示函没有条例第二十二条的依据，请不要引用",
            arguments={"values": ["reminder_letter"], "words": ["第二十二条", "十五个工作日", "15个工作日"]},
        ),
        Check(
            "cites_articles", ("articles",),
            "“{line}”看不出是哪部法的第几条，不能签发；请从条文库选取，或者写成“《中华人民共和国劳动法》第五十条”",
        ),
        Check(
            "needs_when", ("investigation", "kind"), "意见书请写明调查经过", Severity.ERROR,
            {"values": ["opinion_letter"]}, f"{_RULES}第二十条、第二十一条",
        ),
        Check(
            "needs_when", ("reply_days", "kind"), "请填写答复期限", Severity.ERROR,
            {"values": ["reminder_letter", "opinion_letter"]},
        ),
        Check(
            "needs_when", ("ground", "kind"), "建议书请选择条例第二十三条三种情形之一", Severity.ERROR,
            {"values": ["suggestion_letter"]}, f"{_RULES}第二十三条",
        ),
        Check(
            "needs_when", ("opinion_letter", "kind"), "建议书请选择对应的意见书", Severity.ERROR,
            {"values": ["suggestion_letter"]}, f"{_RULES}第二十三条",
        ),
        Check(
            "needs_when", ("history", "kind"), "建议书请写明意见书的送达和答复经过", Severity.WARNING,
            {"values": ["suggestion_letter"]},
        ),
        Check("phone_valid", ("contact_phone",), "联系电话不像电话号码，请核对", Severity.WARNING),
        *_issue_checks(""),
        *_issue_checks(OWN),
        *_issue_checks(PAST),
        Check(
            "needs_with", (f"{PAST}issuing_body", f"{PAST}document_number"), "补录的文书，请填写原发文机关",
        ),
    ),
)  # fmt: skip
