"""One supervision case with short words for its steps, and the district that has it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision import Signatory
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from tests.operations.stations import CHEAP, repeatable

D = datetime.date
TODAY = D(2026, 12, 20)
CHAIR = Signatory("周正", "主席")
ORGAN = "杭州市西湖区总工会"
EMPLOYER = "杭州某某信息技术有限公司"
CONTACT = {"contact_name": "陈明", "contact_phone": "0571-87654321", "contact_address": "文三路100号"}
WORDS = {
    "facts": "仓储部12名职工2026年9月工资没有支付", "requests": "支付工资\n书面说明情况",
    "articles": "《中华人民共和国劳动法》第五十条", **CONTACT,
}  # fmt: skip


PAPER: dict[str, Cell] = {
    "kind": "opinion_letter", "title_variant": "opinion", "addressee": EMPLOYER, "subject": "拖欠工资",
    "past_document_number": "杭西工监意〔2026〕7号", "past_issue_date": "2026-11-05", "past_issuing_body": ORGAN,
    "past_signer": "周正", "past_signer_post": "主席",
}  # fmt: skip


def create(
    folder: Path,
    name: str = ORGAN,
    level: Level = Level.DISTRICT,
    code: str = "330106",
    today: D = TODAY,
    computer: str = "",
) -> Session:
    noon = datetime.datetime.combine(today, datetime.time(4), datetime.UTC)
    return workspaces.create(
        folder / f"{name}{computer}", code=code, name=name, level=level, operator="王芳", password="password1",
        environment=repeatable(f"{name}{computer}", int(noon.timestamp() * 1000)), cost=CHEAP,
    )  # fmt: skip


class CaseAt:
    """One case in a session, with short words for its steps."""

    def __init__(self, session: Session, **changes: Any) -> None:
        self.session = session
        inspectors = [
            records.save(session, "inspector", {
                "name": name, "kind": "inspector", "union_name": ORGAN, "certificate_number": number,
                "certificate_authority": "杭州市总工会",
            }).record
            for name, number in (("王建国", "浙工监0123"), ("李爱华", "浙工监0456"))
        ]  # fmt: skip
        enterprise = {"name": EMPLOYER, "uscc": "91330106MA2ABCDEX7", "registered_address": "振华路200号"}
        self.inspectors = inspectors
        self.id = records.save(session, "case", {
            "summary": "拖欠12名职工2026年9月工资", "source": "complaint", "received_date": "2026-10-08",
            "registered_date": "2026-10-08", "employer_name": EMPLOYER, "matter": "05", "violations": "wage_arrears",
            "enterprise": records.save(session, "enterprise", enterprise).record, "complainant_name": "李小明",
            "complainant_phone": "13800001111", "inspector_1": inspectors[0], "inspector_2": inspectors[1],
            "recusal_declared": 1, **changes,
        }).record  # fmt: skip

    def step(self, kind: str, day: str, **fields: Any) -> supervision.Recorded:
        return supervision.record_event(self.session, self.id, kind, D.fromisoformat(f"2026-{day}"), **fields)

    def inquire(self) -> None:
        self.step("accepted", "10-09")
        self.step("heard", "10-12")
        self.step("negotiated", "10-14", result="not_agreed")
        self.step(
            "investigated", "11-03", result="established", certificates_shown=1,
            inspector_1=self.inspectors[0], inspector_2=self.inspectors[1],
        )  # fmt: skip

    def draft(self, kind: str, **fields: Any) -> str:
        return supervision.draft(self.session, self.id, kind, {**WORDS, **fields}).record

    def issue(self, document: str, day: str, signer: Signatory = CHAIR) -> supervision.Issued:
        return supervision.issue(self.session, document, signer, D.fromisoformat(f"2026-{day}"))

    def opinion(self, day: str = "11-05") -> str:
        document = self.draft("opinion_letter", skip_reason="欠薪人数多，情况紧急")
        self.issue(document, day)
        return document

    def refused_opinion(self) -> str:
        document = self.opinion()
        self.step("served", "11-09", document=document, service_way="left", service_result="refused")
        return document

    def suggestion(self, *, count: int = 1, **fields: Any) -> str:
        document = self.draft("suggestion_letter", **fields)
        item: dict[str, Cell] = {
            "document": document,
            "name": "考勤表",
            "copy_count": 1,
            "page_count": 12,
            "form": "copy",
        }
        rows = [item | {"sequence": number} for number in range(1, count + 1)]
        records.save_many(self.session, "handover_item", rows)
        return document

    @property
    def state(self) -> Any:
        return supervision.case_state(self.session, self.id)

    def values(self, document: str) -> Mapping[str, Any]:
        held = records.load(self.session, "case_document", document)
        assert held is not None
        return held.values


def numbers(session: Session) -> list[dict[str, Any]]:
    path = session.workspace.folder / "numbers.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def taken(session: Session) -> list[str]:
    return [line["number"] for line in numbers(session) if line["type"] == "taken"]


def forge(desk: Session, document: str, values: Mapping[str, Cell]) -> None:
    """Changes an issued letter past every operation, as another program or an older version could."""
    edits = records.slot_edits(desk, desk.types["case_document"], document, values)
    desk.ledger.write("改动", "别人", edits=edits)


def overdue(session: Session) -> list[supervision.WorkItem]:
    return supervision.overdue(session.database, session.types, session.environment.today())
