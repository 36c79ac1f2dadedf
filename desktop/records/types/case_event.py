"""What happened in a supervision case, step by step; a case's state follows from its events and is never typed."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section, Severity
from desktop.records.parts import PERSON_NAME, evidence, names_no_complainant, remarks
from desktop.records.supervision.kinds import RESULTS

ORDER = 210

_RULES = "浙江省工会劳动法律监督条例"

_STEP = (
    Field("case", "案件", Kind.LINK, link="case", section="step", needed=True, index=True),
    Field(
        "kind", "步骤", Kind.CODE, codes="case_event_kind", section="step", needed=True, first=True,
        index=True, column=2, width=14, review=True,
    ),
    Field(
        "event_date", "日期", Kind.DATE, section="step", needed=True, first=True, index=True, column=1,
        width=10, review=True, help="事情发生的日期；送达填收到的日期，答复期限从它的第二天起算。",
    ),
    Field("handler", "经办人", section="step", needed=True, first=True, column=3, width=9, maximum=60),
    Field(
        "document", "有关文书", Kind.LINK, link="case_document", section="step", first=True, index=True,
        help="送达、答复、催办的是哪一份文书。",
    ),
    Field(
        "result", "结果", Kind.CODE, codes="event_result", section="step", first=True, column=4, width=10,
        help="协商是否达成、调查是否成立、异议是否采纳、部门是否受理。",
    ),
    Field(
        "content", "经过", Kind.NOTE, section="step", first=True, search=True, column=5, width=30,
        maximum=6000,
    ),
    evidence("step"),
)  # fmt: skip

_INVESTIGATION = (
    Field(
        "inspector_1", "监督员一", Kind.LINK, link="inspector", group="investigation",
        section="investigation",
    ),
    Field(
        "inspector_2", "监督员二", Kind.LINK, link="inspector", group="investigation",
        section="investigation",
    ),
    Field(
        "other_inspectors", "其他参加人", group="investigation", section="investigation", maximum=200,
        help="只有1名监督员的，可以请上一级工会派人，写明姓名和证号。",
    ),
    Field(
        "certificates_shown", "已出示监督员证", Kind.BOOLEAN, group="investigation", section="investigation",
    ),
    Field(
        "recusal_declared", "参加调查的监督员声明无利害关系", Kind.BOOLEAN, group="investigation",
        section="investigation", first=True,
        help="案件里已由承办的两名监督员声明过、又是他们自己调查的，可以不勾；请来的监督员要在这里声明。",
    ),
    Field(
        "investigation_ways", "调查方式", Kind.CODES, codes="investigation_way", group="investigation",
        section="investigation",
    ),
    Field(
        "obstruction", "拒绝、虚假或隐匿情况", Kind.NOTE, group="investigation", section="investigation",
        maximum=1000, help="单位拒绝提供或提供虚假资料的，如实记录。",
    ),
)  # fmt: skip

_SERVICE = (
    Field(
        "service_way", "送达方式", Kind.CODE, codes="service_way", group="service", section="service",
        first=True,
    ),
    Field(
        "service_result", "签收或拒收", Kind.CODE, codes="service_result", group="service", section="service",
        first=True,
    ),
    Field("service_place", "送达地点", group="service", section="service", maximum=200),
    Field("service_time", "收到时间", Kind.TIME, group="service", section="service"),
    Field("tracking_number", "邮件单号", group="service", section="service", maximum=40),
    Field("refused_reason", "拒收事由", group="service", section="service", maximum=300),
    Field("server_1", "送达人一", group="service", section="service", maximum=60),
    Field("server_2", "送达人二", group="service", section="service", maximum=60),
    Field(
        "recipient_name", "签收人", group="recipient", section="service", personal=True, maximum=PERSON_NAME,
        names_person=True,
    ),
    Field(
        "recipient_post", "签收人职务或与受送达人关系", group="recipient", section="service", personal=True,
        maximum=60,
    ),
    Field(
        "witness_1", "见证人一", group="witnesses", section="service", personal=True, maximum=PERSON_NAME,
        names_person=True,
    ),
    Field(
        "witness_2", "见证人二", group="witnesses", section="service", personal=True, maximum=PERSON_NAME,
        names_person=True,
    ),
)  # fmt: skip

_OUTCOME = (
    Field(
        "refusal_ground", "不予受理理由", Kind.CODE, codes="refusal_reason", group="refusal",
        section="outcome",
    ),
    Field("handled_by", "已受理的机关", group="refusal", section="outcome", maximum=120),
    Field("handled_number", "该机关的案号", group="refusal", section="outcome", maximum=60),
    Field("advised_route", "建议途径", group="refusal", section="outcome", maximum=300),
    Field("objects", "单位认为意见不适当", Kind.BOOLEAN, section="outcome"),
    Field(
        "rectification", "整改情况", Kind.CODE, codes="rectification", group="correction", section="outcome",
    ),
    Field("rectified_date", "整改完成日期", Kind.DATE, group="correction", section="outcome"),
    Field(
        "department", "受理部门", Kind.CODE, codes="receiving_department", group="authority",
        section="outcome",
    ),
    Field("department_number", "部门受理号", group="authority", section="outcome", maximum=60),
    Field("closing_way", "结案方式", Kind.CODE, codes="closing_way", group="closing", section="outcome"),
    Field(
        "people_count", "结案涉及人数", Kind.INTEGER, group="closing", section="outcome", minimum=0,
        unit="人", summed=True,
    ),
    Field(
        "recovered_amount", "追回金额", Kind.DECIMAL, group="closing", section="outcome", minimum=0,
        unit="元", summed=True,
    ),
    Field(
        "contracts_signed_count", "补签合同数", Kind.INTEGER, group="closing", section="outcome", minimum=0,
        unit="份", summed=True,
    ),
    Field(
        "insured_count", "补缴社保人数", Kind.INTEGER, group="closing", section="outcome", minimum=0,
        unit="人", summed=True,
    ),
    *remarks("outcome"),
)  # fmt: skip

TYPE = RecordType(
    name="case_event",
    label="办案经过",
    menu="劳动法律监督",
    title=("event_date", "kind", "case"),
    parent="case",
    help="做了一步登记一步。是否逾期由程序按送达日期和放假安排计算，不用填写。",
    sections=(
        Section("step", "这一步"),
        Section("investigation", "调查"),
        Section("service", "送达"),
        Section("outcome", "处理与结案"),
    ),
    groups=(
        Group("investigation", "调查"),
        Group("service", "送达"),
        Group("recipient", "签收人", personal=True),
        Group("witnesses", "见证人", personal=True),
        Group("refusal", "不予受理"),
        Group("correction", "整改"),
        Group("authority", "部门受理"),
        Group("closing", "结案"),
    ),
    fields=(*_STEP, *_INVESTIGATION, *_SERVICE, *_OUTCOME),
    checks=(
        *names_no_complainant(
            ("content", "经过"),
            ("service_place", "送达地点"),
            ("refused_reason", "拒收事由"),
            linked=True,
        ),
        Check("not_in_future", ("event_date",), "日期{a}还没有到，做完这一步再登记"),
        Check(
            "two_inspectors", ("kind", "inspector_1", "inspector_2", "other_inspectors"),
            "调查应当由两名以上监督员进行", source=f"{_RULES}第二十条",
        ),
        Check("different", ("inspector_1", "inspector_2"), "两名监督员是同一个人"),
        Check(
            "needs_when", ("certificates_shown", "kind"), "调查时应当出示监督员证，请勾选", Severity.WARNING,
            {"values": ["investigated"], "yes": True}, f"{_RULES}第二十条",
        ),
        Check(
            "needs_when", ("result", "kind"), "请填写这一步的结果", Severity.ERROR,
            {"values": ["negotiated", "investigated", "objection_reviewed"]},
        ),
        Check(
            "goes_with", ("result", "kind"), "这个结果和步骤对不上，请改选",
            arguments={"values": {str(kind): list(results) for kind, results in RESULTS.items()}},
        ),
        Check(
            "needs_when", ("result", "kind"), "请填写部门受理还是不受理", Severity.WARNING,
            {"values": ["authority_accepted"]},
        ),
        Check(
            "needs_when", ("department", "kind"), "请填写是哪个部门", Severity.WARNING,
            {"values": ["authority_accepted", "authority_result"]},
        ),
        Check(
            "needs_when", ("content", "kind"), "请写明部门怎样处理的", Severity.WARNING,
            {"values": ["authority_result"]},
        ),
        Check(
            "needs_when", ("document", "kind"), "请选择是哪一份文书", Severity.ERROR,
            {"values": ["served", "replied", "urged"]},
        ),
        Check(
            "needs_when", ("service_way", "kind"), "请填写送达方式", Severity.ERROR, {"values": ["served"]},
        ),
        Check(
            "needs_when", ("service_result", "kind"), "请填写签收还是拒收", Severity.ERROR,
            {"values": ["served"]},
        ),
        Check(
            "needs_when", ("recipient_name", "service_result"), "请填写签收人", Severity.WARNING,
            {"values": ["received"]},
        ),
        Check(
            "needs_when", ("refused_reason", "service_result"), "请填写拒收事由", Severity.WARNING,
            {"values": ["refused"]},
        ),
        Check(
            "needs_when", ("witness_1", "service_result"), "拒收的，请填写见证人或拍照留置", Severity.WARNING,
            {"values": ["refused"]},
        ),
        Check(
            "needs_when", ("tracking_number", "service_way"), "邮寄的，请填写邮件单号", Severity.WARNING,
            {"values": ["post"]},
        ),
        Check(
            "needs_when", ("refusal_ground", "kind"), "请填写不予受理的理由", Severity.ERROR,
            {"values": ["not_accepted"]}, f"{_RULES}第十七条",
        ),
        Check(
            "needs_when", ("rectification", "kind"), "请填写整改情况", Severity.ERROR,
            {"values": ["rechecked"]},
        ),
        Check("not_in_future", ("rectified_date",), "整改完成日期{a}还没有到"),
        Check(
            "needs_when", ("closing_way", "kind"), "结案请填写结案方式", Severity.ERROR,
            {"values": ["closed"]},
        ),
        Check(
            "needs_when", ("people_count", "kind"), "结案请填写涉及人数，没有的填0", Severity.ERROR,
            {"values": ["closed"]},
        ),
        Check(
            "needs_when", ("recovered_amount", "kind"), "结案请填写追回金额，没有的填0", Severity.ERROR,
            {"values": ["closed"]},
        ),
    ),
)  # fmt: skip
