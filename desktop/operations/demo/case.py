"""The act of the supervision case: from a villager's hint through three letters, in the order of law."""

from __future__ import annotations

import datetime

from desktop.operations import supervision
from desktop.operations.demo import people
from desktop.operations.demo.stage import Stage, cells

SIGNER = supervision.Signatory("周敏", "主席")


def play_case(stage: Stage) -> None:
    """A reminder, an opinion that is not answered in fifteen working days, and the suggestion to the authority."""
    stage.say("八、劳动法律监督：从线索到提示函、意见书、建议书")
    district = stage.stations["district"]
    supervision.set_number_settings(district, body="余")
    inspectors = [
        _inspector(stage, name, number) for name, number in (("李敏", "余工监001"), ("何翀", "余工监002"))
    ]
    employer = stage.enter("district", "enterprise", people.CLOTHES)
    case = stage.enter(
        "district",
        "case",
        {
            "enterprise": employer, "people_count": 3, "amount": "42600", "summary": "拖欠三名职工两个月工资",
            "source": "走访", "received_date": "2026-09-01", "handler": "李敏",
            "inspector_1": inspectors[0], "inspector_2": inspectors[1], "recusal_declared": "是",
            "registered_date": "2026-09-01", "employer_name": "杭州瓶窑示例服饰有限公司", "town": "瓶窑镇",
            "matter": "05", "violations": "克扣拖欠工资",
        },
    )  # fmt: skip
    _step(stage, case, "accepted", (2026, 9, 2), {})
    stage.say(f"　立案：{supervision.file_case(district, case)}")
    reminder = _letter(
        stage, case, "reminder_letter", (2026, 9, 3), {"requests": "对照自查，及时足额支付工资"}
    )
    _step(stage, case, "served", (2026, 9, 3), {"document": reminder, **_SERVED})
    _step(stage, case, "heard", (2026, 9, 7), {"content": "听取了单位和三名职工的意见。"})
    _step(stage, case, "negotiated", (2026, 9, 9), {"content": "协商未果。", "result": "未达成一致"})
    _step(
        stage,
        case,
        "investigated",
        (2026, 9, 15),
        {"inspector_1": inspectors[0], "inspector_2": inspectors[1], "certificates_shown": "是",
         "recusal_declared": "是", "content": "查看工资表和考勤记录，询问职工三人。", "result": "问题成立"},
    )  # fmt: skip
    opinion = _letter(
        stage, case, "opinion_letter", (2026, 9, 18), {"requests": "依法足额支付三名职工的工资"}
    )
    _step(stage, case, "served", (2026, 9, 21), {"document": opinion, **_SERVED})
    told = supervision.may_issue(district, case, "suggestion_letter")
    stage.say(f"　建议书现在可以发吗：{'可以' if told.allowed else '不可以'}")
    suggestion = _letter(
        stage, case, "suggestion_letter", (2026, 11, 23), {"requests": "依法调查处理拖欠工资的行为"}
    )
    for document in (reminder, opinion, suggestion):
        path = supervision.print_document(district, document, stage.place("文书", "x").parent)
        stage.say(f"　已打印：{path.name}")


_DRAFT = {
    "facts": "2026年7月、8月未发放三名职工的工资，共计42600元", "articles": "《中华人民共和国劳动法》第五十条",
    "contact_name": "李敏", "contact_phone": "0571-88888888",
}  # fmt: skip
_SERVED = {
    "service_way": "直接送达", "service_result": "签收", "service_place": "单位办公室", "server_1": "李敏",
    "server_2": "何翀", "recipient_name": "郑洋", "recipient_post": "行政经理",
}  # fmt: skip


def _inspector(stage: Stage, name: str, number: str) -> str:
    return stage.enter(
        "district",
        "inspector",
        {
            "name": name, "kind": "监督员", "union_name": "余杭区总工会", "certificate_number": number,
            "certificate_authority": "杭州市总工会", "certificate_date": "2025-01-10", "started": "2025-01-10",
        },
    )  # fmt: skip


def _step(stage: Stage, case: str, kind: str, day: tuple[int, int, int], values: dict[str, object]) -> None:
    district = stage.stations["district"]
    typed = cells(district, "case_event", {**values, "handler": "李敏"})
    supervision.record_event(district, case, kind, datetime.date(*day), **typed)


def _letter(stage: Stage, case: str, kind: str, day: tuple[int, int, int], values: dict[str, object]) -> str:
    district = stage.stations["district"]
    typed = cells(district, "case_document", {**_DRAFT, **values})
    document = supervision.draft(district, case, kind, typed).record
    if kind == "suggestion_letter":
        for number, name in enumerate(("工资表复印件", "调查笔录", "意见书及送达回证"), 1):
            material = {
                "document": document,
                "sequence": number,
                "name": name,
                "copy_count": 1,
                "page_count": number + 1,
            }
            stage.enter("district", "handover_item", {**material, "form": "复印件"})
    issued = supervision.issue(district, document, SIGNER, datetime.date(*day))
    stage.say(f"　签发：{issued.number}")
    return document
