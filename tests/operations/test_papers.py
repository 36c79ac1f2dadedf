"""Papers about a record: every template prints filled, almost empty and at its longest, and names nobody to others."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from desktop import reference
from desktop.documents.letters.printed import PrintedLetter
from desktop.documents.papers.templates import parse_paper
from desktop.documents.placeholders import TemplateFaulty
from desktop.operations import printing, supervision
from desktop.operations.papers import letter_sets, papers
from desktop.operations.papers.papers import NamesComplainant, NobodySigns, NoSuchPaper, NotCarried
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.supervision import IllegalStep
from desktop.operations.workspaces import operators, workspaces
from desktop.records.declaration import Kind, Level, RecordType, Role
from desktop.records.types import catalogue
from desktop.resources import resource
from desktop.store.ledger import NotFound
from desktop.store.workspaces import audit as audit_store
from tests.documents.paper import words_of
from tests.operations.cases import CaseAt
from tests.operations.stations import CHEAP, repeatable

pytestmark = pytest.mark.usefixtures("bundled_fonts")

TEMPLATES = papers.names()
ROWS = 30
"""More than a page holds."""
RARE = "犇㛃䶮𬬮"
LONG = "杭州某某跨境电子商务供应链管理与新型材料技术研究开发示例有限公司"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Session]:
    noon = datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)
    session = workspaces.create(
        tmp_path / "w", code="330106", name="杭州市西湖区总工会", level=Level.DISTRICT, operator="王芳",
        password="password1", environment=repeatable("w", int(noon.timestamp() * 1000)), cost=CHEAP,
    )  # fmt: skip
    yield session
    session.workspace.close()


def value(record_type: RecordType, name: str, *, full: bool) -> Any:
    """Something that fits the field: as long and as rare as it may be, or just there."""
    f = record_type.by_name[name]
    match f.kind:
        case Kind.DATE:
            return "2026-11-05"
        case Kind.TIME:
            return "09:30"
        case Kind.INTEGER:
            return max(f.minimum or 0, min(f.maximum or 24, 24))
        case Kind.DECIMAL:
            return "24"
        case Kind.BOOLEAN:
            return 1
        case Kind.CODE:
            assert f.codes is not None
            return reference.code_list(f.codes).offered[0].code
        case Kind.NOTE:
            return ((LONG + RARE) * (12 if full else 1))[: f.longest]
        case Kind.TEXT:
            return (RARE + LONG)[: f.maximum]
        case Kind.PHONE:
            return "13800005678"
        case Kind.USCC:
            return "91330106MA2ABCDEX7"
        case Kind.PLACE:
            return "330106010"
        case _:
            return None


def make(session: Session, type_name: str, *, full: bool, **given: Any) -> str:
    """A record of a type with what papers show in it."""
    return records.save(
        session, type_name, filled(session, session.types[type_name], full=full, **given)
    ).record


def filled(session: Session, record_type: RecordType, *, full: bool, **given: Any) -> dict[str, Any]:
    """The values of a record, what it links to included."""
    values: dict[str, Any] = {}
    for f in record_type.fields:
        if f.name in given or not f.shown or f.reckoned or not (full or f.needed):
            continue
        if f.kind is Kind.LINK:
            if full and f.link in ("enterprise", "union", "inspector") and f.link != record_type.name:
                values[f.name] = make(session, f.link, full=False)
        elif f.kind is not Kind.CODES and session.may_write(record_type, f):
            values[f.name] = value(record_type, f.name, full=full)
    return {**values, **given}


def subject(session: Session, template_id: str, *, full: bool) -> str:
    """A record that the paper can be printed of, with children where it shows any."""
    template = papers.papers()[template_id]
    given: dict[str, Any] = {name: codes[0] for name, codes in template.when.items()}
    record_type = session.types[template.about]
    if template.about == "case_document":
        return issued(session, given.get("kind", "reminder_letter"))
    if template.about == "case_event":
        given["case"] = CaseAt(session).id
    elif record_type.parent is not None:
        link = record_type.by_name[record_type.parent].link
        assert link is not None
        given[record_type.parent] = make(session, link, full=full)
    if template.signature is not None and template.signature.organ == "{union.name}":
        given["union"] = make(session, "union", full=False)
    if template.carried and full:
        counts = ("issued_count", "returned_count", "against_count", "abstain_count", "invalid_count")
        given |= {"expected_count": 30, "present_count": 30, "approve_count": 30, **dict.fromkeys(counts)}
    made = make(session, template.about, full=full, **given)
    for child in (p.of for p in template.parts if isinstance(p, papers.Table)):
        parent = session.types[child].parent
        assert parent is not None
        if full:
            shown = {"result": "passed", "needs_vote": 1}
            row = filled(session, session.types[child], full=True, **{parent: made})
            row |= {name: code for name, code in shown.items() if name in session.types[child].by_name}
            records.save_many(session, child, [row] * ROWS)
    return made


def issued(session: Session, kind: str) -> str:
    """A letter of a case that was refused, with more materials than a page holds, bearing its number."""
    supervision.set_number_settings(session, "杭西")
    case = CaseAt(session)
    case.inquire()
    if kind != "suggestion_letter":
        document = case.draft(kind)
    else:
        case.refused_opinion()
        document = case.suggestion(count=ROWS)
    case.issue(document, "11-20")
    return document


@pytest.mark.parametrize("full", [False, True], ids=["sparse", "full"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_paper_prints(desk: Session, name: str, full: bool) -> None:
    made = papers.paper(desk, name, subject(desk, name, full=full))
    words = words_of(made.render())
    assert "".join(made.document.title.split()) in words
    assert made.name.startswith("".join(made.document.title.split("\n")) + made.document.corner + " ")
    assert "{" not in words
    if full and papers.papers()[name].about not in ("case_document", "case_event", "case"):
        assert any(rare in words for rare in RARE)


def test_a_letter_is_printed_with_its_receipt_counterfoil_and_list(desk: Session, tmp_path: Path) -> None:
    letter = issued(desk, "suggestion_letter")
    looked = words_of(letter_sets.preview(desk, letter))
    path = letter_sets.print_document(desk, letter, tmp_path)
    words = words_of(path.read_bytes())
    assert words == looked
    found = records.load(desk, "case_document", letter)
    assert found is not None
    number, case = str(found.values["document_number"]), str(found.values["case"])
    titles = ["工会劳动法律监督建议书", "移交材料清单", "送达回证", "存根"]
    places = [words.rindex(title) for title in titles[1:]]
    assert places == sorted(places)
    assert words.count(number) >= len(titles)
    assert path.name == f"{number} 工会劳动法律监督建议书（连同回证、存根）.pdf", "it is not the letter alone"
    again = words_of(letter_sets.print_pages(desk, letter))
    assert "副本" in again, "the printing before was recorded"
    item = records.children(desk, "handover_item", letter)[0]
    records.delete(desk, "handover_item", item.id)
    events = len(records.children(desk, "case_event", case))
    with pytest.raises(IllegalStep, match="清单和文书对不上"):
        letter_sets.print_pages(desk, letter)
    assert len(records.children(desk, "case_event", case)) == events


def test_letters_are_printed_in_one_run_each_with_its_papers(desk: Session, tmp_path: Path) -> None:
    supervision.set_number_settings(desk, "杭西")
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    letters = [case.draft("reminder_letter") for _ in range(3)]
    for document in letters:
        case.issue(document, "10-15")
    supervision.void(desk, letters[2], "写错了")
    (path,) = letter_sets.print_many(desk, letters, tmp_path).paths
    words = words_of(path.read_bytes())
    assert all(f"杭西工监提〔2026〕{n}号" in words for n in (1, 2, 3))
    # The voided one goes alone.
    assert (words.count("送达回证"), words.count("存根")) == (2, 2)
    put: list[str] = []

    def printer(letter: PrintedLetter, data: bytes) -> bool:
        put.append(words_of(data))
        return len(put) < 2

    sent = letter_sets.print_each(desk, letters, printer)
    assert sent.documents == (letters[0],)
    assert all("送达回证" in each and "副本" in each for each in put)
    apart = letter_sets.print_many(desk, letters[:2], tmp_path, together=False).paths
    assert [p.name for p in apart] == [
        f"杭西工监提〔2026〕{n}号 工会劳动法律监督提示函（副本，连同回证、存根）.pdf" for n in (1, 2)
    ]


def test_a_paper_for_others_never_says_who_complained(desk: Session) -> None:
    for template in papers.papers().values():
        if not template.secret:
            used = {f.group for f in papers.fields(desk.types, template)}
            assert "complainant" not in used, template.id


def test_a_name_typed_into_another_field_stops_the_paper(desk: Session) -> None:
    case = CaseAt(desk)
    letter = case.draft("reminder_letter", subject="李小明反映的欠薪")
    assert papers.paper(desk, "counterfoil", letter)
    step = case.step("investigated", "11-03", result="established", service_place="李 小明家").event
    record = records.save(desk, "case_event", {"kind": "served"}, record=step).record
    with pytest.raises(NamesComplainant):
        papers.paper(desk, "service_record", record)


def motion(session: Session, approve: int | None) -> str:
    congress = {"name": "第三届第一次职代会", "started_date": "2026-11-03", "ended_date": "2026-11-05"}
    held = records.save(session, "congress", {**congress, "expected_count": 30, "present_count": 28}).record
    values: dict[str, Any] = {
        "congress": held, "title": "工资协议草案", "needs_vote": 1, "expected_count": 30, "present_count": 28,
        "approve_count": approve, "against_count": None if approve is None else 28 - approve,
    }  # fmt: skip
    return records.save(session, "motion", values).record


def test_a_lost_motion_has_no_resolution_and_a_carried_one_bears_the_day_of_the_congress(
    desk: Session,
) -> None:
    with pytest.raises(NotCarried, match="没有超过半数（至少16票），没有通过"):
        papers.paper(desk, "congress_resolution", motion(desk, 15))
    with pytest.raises(NotCarried, match="请先核对票数"):
        papers.paper(desk, "congress_resolution", motion(desk, 29))
    words = words_of(papers.paper(desk, "congress_resolution", motion(desk, 16)).render())
    assert "2026年11月5日" in words
    assert "同意16人" in words
    assert papers.paper(desk, "congress_resolution", motion(desk, None)), "counts are written in by hand"


def test_a_visit_has_one_page(desk: Session) -> None:
    firm = records.save(desk, "enterprise", {"name": "杭州径山茶业有限公司"}).record
    visit = {
        "enterprise": firm,
        "visit_date": "2026-11-05",
        "visitors": "王芳",
        "situation": "职工六十二人。" * 10,
    }
    made = papers.paper(desk, "visit_record", records.save(desk, "visit", visit).record)
    assert len(pdfium.PdfDocument(made.render())) == 1


def test_minutes_name_who_came_and_who_was_excused(desk: Session) -> None:
    meeting = make(desk, "meeting", full=False)
    for name, presence, role in (
        ("王芳", "present", "host"), ("李明", "present", None), ("钱堃", "leave", "participant"),
        ("何翀", "present", "observer"), ("孙琪", "absent", "participant"), ("周岚", None, None),
    ):  # fmt: skip
        row = {"meeting": meeting, "name": name, "presence": presence, "role": role}
        records.save(desk, "participant", row | {"unit_name": "径山村工会"})
    words = papers.paper(desk, "meeting_minutes", meeting).words
    # Who is listed and was neither excused nor missing was there: 实到 + 请假 + 缺席 = 应到.
    assert "出席：径山村工会王芳、径山村工会李明、径山村工会周岚\n" in words
    assert "请假：径山村工会钱堃\n" in words
    assert "缺席：径山村工会孙琪\n" in words
    assert "列席：径山村工会何翀\n" in words
    assert "参加单位" not in words, "what is not said is left out"


def test_nothing_deleted_is_printed(desk: Session) -> None:
    meeting = make(desk, "meeting", full=False)
    records.delete(desk, "meeting", meeting)
    with pytest.raises(NoSuchPaper):
        papers.paper(desk, "meeting_minutes", meeting)


def test_a_paper_fits_only_the_records_that_it_is_about(desk: Session) -> None:
    case = CaseAt(desk)
    step = case.step("accepted", "10-09").event
    assert papers.offered("case_event", {"kind": "accepted"}) == []
    with pytest.raises(NoSuchPaper):
        papers.paper(desk, "refusal_notice", step)
    with pytest.raises(NoSuchPaper):
        papers.paper(desk, "../keys", step)


def test_the_number_of_another_record_is_said_to_be_that(desk: Session) -> None:
    firm = make(desk, "enterprise", full=False)
    with pytest.raises(NotFound, match=r"这个编号是一条企业.*，这里要走访的编号"):
        papers.paper(desk, "visit_record", firm)
    with pytest.raises(NotFound, match="没有找到这条走访"):
        papers.paper(desk, "visit_record", "0" * 32)


def test_whoever_only_looks_prints_nothing_that_is_masked_to_them(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk).id
    congress = make(desk, "congress", full=False)
    for paper in ("congress_request", "congress_notice", "congress_publicity"):
        with pytest.raises(NobodySigns, match="署名处没有单位：还没有填写“工会”"):
            papers.paper(desk, paper, congress)
    records.save(desk, "congress", {"union": make(desk, "union", full=False)}, record=congress)
    operators.put(desk, "看看", Role.READER, "password2", CHEAP)
    desk.workspace.close()
    reader = open_session(tmp_path / "w", "看看", "password2", repeatable("r"))
    with pytest.raises(NotAllowed):
        papers.paper(reader, "case_approval", case)
    assert papers.paper(reader, "congress_notice", congress)
    reader.workspace.close()


def test_what_is_printed_is_noted_without_anybody_s_name(desk: Session, tmp_path: Path) -> None:
    case = CaseAt(desk).id
    firm = str(records.load(desk, "case", case).values["enterprise"])  # type: ignore[union-attr]
    assert "振华路200号" in papers.paper(desk, "case_approval", case).words.splitlines()
    # Of many a firm, and of those that are not registered here, it is known only where it works.
    records.save(desk, "enterprise", {"registered_address": None}, record=firm)
    records.save(desk, "case", {"address": "文三路9号"}, record=case)
    assert "（实际经营地址）文三路9号" in papers.paper(desk, "case_approval", case).words
    path = printing.save(desk, papers.paper(desk, "case_approval", case), tmp_path / "out")
    assert path.name == f"工会劳动法律监督立案审批表_2026-10-08_{case[-4:]}.pdf"
    assert "李小明" in words_of(path.read_bytes())
    lines = pdfium.PdfDocument(path)[0].get_textpage().get_text_bounded().splitlines()
    assert [line.split()[-3:] for line in lines if "浙工监" in line] == [
        ["监督员", "王建国", "浙工监0123"],
        ["李爱华", "浙工监0456", "立案号"],
    ]
    noted = [line.detail for line in audit_store.lines(desk.database) if line.detail]
    assert any(line == f"case_approval {case}" for line in noted)
    assert not any("李小明" in line for line in noted)


def template(**changes: Any) -> str:
    plain: Mapping[str, Any] = {
        "id": "trial", "label": "试", "version": "1", "official": True, "notice": "", "source": "",
        "about": "case", "reader": "employer", "title": "试", "parts": [],
    }  # fmt: skip
    return json.dumps({**plain, **changes}, ensure_ascii=False)


FAULTS = {
    "an unknown placeholder": {"title": "{nothing}"},
    "a path past a field that leads nowhere": {"title": "{summary.name}"},
    "a field that is not shown": {"about": "case_document", "title": "{snapshot}"},
    "the complainant in a paper for the employer": {"title": "{complainant_name}"},
    "the complainant through a link": {"about": "case_event", "title": "{case.complainant_phone}"},
    "brackets without their pair": {"title": "[{summary}"},
    "a blank of no length": {"title": "{summary|0}"},
    "a blank that is no number": {"title": "{summary|x}"},
    "children that are none": {"parts": [{"part": "table", "of": "member", "columns": [{"title": "a", "text": ""}]}]},
    "a table without columns": {"parts": [{"part": "table", "of": "case_event", "columns": []}]},
    "an unknown code": {"when": {"matter": ["99"]}},
    "an unknown type": {"about": "nothing"},
    "records that the program writes": {"about": "grant"},
    "an unknown key": {"colour": "red"},
    "an unknown part": {"parts": [{"part": "picture"}]},
    "a date that is none": {"signature": {"organ": "a", "date": "summary"}},
    "not official without saying so": {"official": False},
    "another id": {"id": "other"},
}  # fmt: skip


@pytest.mark.parametrize("changes", FAULTS.values(), ids=FAULTS)
def test_a_faulty_template_is_refused_with_the_reason(changes: Mapping[str, Any]) -> None:
    parse_paper(template(), "trial", catalogue(), reference.code_lists())
    with pytest.raises(TemplateFaulty) as problem:
        parse_paper(template(**changes), "trial", catalogue(), reference.code_lists())
    assert "样式" in str(problem.value)


def test_a_district_s_own_template_may_name_the_complainant_for_its_own_file() -> None:
    own = parse_paper(
        template(reader="own", title="{complainant_name}"), "trial", catalogue(), reference.code_lists()
    )
    assert own.secret


def test_no_shipped_paper_pretends_to_be_official() -> None:
    for path in resource("papers").glob("*.json"):
        plain = json.loads(path.read_text("utf-8"))
        assert plain["official"] is False
        assert "非官方" in plain["notice"]
        assert plain["source"]


def test_issued_letters_have_a_counterfoil_with_their_number(desk: Session) -> None:
    supervision.set_number_settings(desk, "杭西")
    case = CaseAt(desk)
    case.inquire()
    letter = case.opinion()
    words = words_of(papers.paper(desk, "counterfoil", letter).render())
    assert "存根" in words
    assert "杭西工监意〔2026〕1号" in words


def test_papers_of_two_cases_have_names_of_their_own_and_name_nobody(desk: Session) -> None:
    supervision.set_number_settings(desk, "杭西")
    cases = [CaseAt(desk), CaseAt(desk)]
    names = {papers.paper(desk, "case_approval", case.id).name for case in cases}
    assert len(names) == 2
    cases[0].step("accepted", "10-09")
    number = supervision.file_case(desk, cases[0].id)
    assert papers.paper(desk, "case_approval", cases[0].id).name == f"工会劳动法律监督立案审批表 {number}"
    event = cases[0].step("investigated", "11-03", result="established").event
    name = papers.paper(desk, "inquiry_record", event).name
    assert name == f"调查笔录 {number} 2026-11-03 {event[-4:]}"
