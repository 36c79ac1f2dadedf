"""A supervision case in a window, as far as its letters."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.ui.pages.case.page import CasePage
from desktop.ui.pages.case.tab import CaseTab
from tests.operations.stations import CHEAP, repeatable
from tests.ui.hands import Desk

ORGAN = "杭州市西湖区总工会"
TODAY = datetime.date(2026, 11, 27)
WORDS = {
    "facts": "仓储部12名职工2026年9月工资没有支付", "requests": "支付工资\n书面说明情况",
    "articles": "《中华人民共和国劳动法》第五十条", "contact_name": "陈明", "contact_phone": "0571-87654321",
    "contact_address": "文三路100号", "skip_reason": "欠薪人数多，情况紧急",
}  # fmt: skip


def workspace(
    folder: Path,
    level: Level = Level.DISTRICT,
    name: str = ORGAN,
    code: str = "330106",
    day: datetime.date = TODAY,
) -> Session:
    noon = datetime.datetime.combine(day, datetime.time(4), datetime.UTC)
    return workspaces.create(
        folder / name, code=code, name=name, level=level, operator="王芳", password="password1",
        environment=repeatable(name, int(noon.timestamp() * 1000)), cost=CHEAP,
    )  # fmt: skip


def case(session: Session, **changes: Any) -> str:
    inspectors = [
        records.save(session, "inspector", {
            "name": name, "kind": "inspector", "union_name": ORGAN, "certificate_number": number,
            "certificate_authority": "杭州市总工会",
        }).record
        for name, number in (("王建国", "浙工监0123"), ("李爱华", "浙工监0456"))
    ]  # fmt: skip
    return records.save(session, "case", {
        "summary": "拖欠12名职工2026年9月工资", "source": "complaint", "received_date": "2026-11-23",
        "registered_date": "2026-11-23", "employer_name": "杭州示例信息技术有限公司", "matter": "05",
        "violations": "wage_arrears", "complainant_name": "李小明", "complainant_phone": "13800001111",
        "inspector_1": inspectors[0], "inspector_2": inspectors[1], "recusal_declared": 1, **changes,
    }).record  # fmt: skip


def inquired(session: Session) -> str:
    record = case(session, received_date="2026-11-02")
    held = records.load(session, "case", record)
    assert held is not None
    pair: dict[str, Any] = {n: held.values[n] for n in ("inspector_1", "inspector_2")}
    for kind, day, more in (
        ("accepted", 3, {}), ("heard", 4, {}), ("negotiated", 5, {"result": "not_agreed"}),
        ("investigated", 6, {"result": "established", "certificates_shown": 1, **pair}),
    ):  # fmt: skip
        fields: dict[str, Any] = {**more}
        supervision.record_event(session, record, kind, datetime.date(2026, 11, day), **fields)
    return record


def opened(desk: Desk, record: str) -> CaseTab:
    desk.show("list:case")
    desk.window.open_record("case", record)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, CasePage)
    assert page.in_handling
    return page.handling


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def drafted(session: Session, record: str, kind: str = "opinion_letter") -> str:
    return supervision.draft(session, record, kind, {**WORDS}).record
