"""Towns that were given the power to issue: their own numbers, and what nobody gains by writing where he may not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop.documents.letters.register import NumbersUnconfirmed
from desktop.operations import supervision
from desktop.operations.imports import importing
from desktop.operations.papers import papers
from desktop.operations.recording import batches, records
from desktop.operations.recording.admitting import Locked, RestedOn
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange, policy, withdrawals
from desktop.operations.supervision import IllegalStep, Signatory
from desktop.operations.supervision.numbers import NumbersNotSet
from desktop.operations.workspaces import erasing
from desktop.plan.measures import among, between, yes
from desktop.records.declaration import Level
from desktop.records.supervision import EventKind, LetterKind, Stage
from desktop.records.supervision.numbering import Series
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import CannotUndo, Deletion, NewRecord, SlotEdit
from desktop.store.peers import traffic as stored
from desktop.store.queries import aggregates, depending, reading
from desktop.store.queries.aggregates import Condition, Days, Tally
from desktop.store.queries.reading import Query
from tests.documents.paper import words_of
from tests.operations.cases import CHAIR, EMPLOYER, ORGAN, PAPER, WORDS, CaseAt, D, create, taken
from tests.operations.stations import enrol

pytestmark = pytest.mark.usefixtures("bundled_fonts")

TOWN = "杭州市西湖区文新街道总工会"
TOWN_CHAIR = Signatory("吴敏", "副主席")
POWER = {"kinds": "opinion_letter reminder_letter", "from_date": "2026-10-01", "basis": "西总工〔2026〕8号"}
_FILES = itertools.count(1)


class Two:
    """A district and a town below it, whose bundles are carried by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.district = create(folder)
        supervision.set_number_settings(self.district, "杭西")
        self.town = create(folder, TOWN, Level.TOWN, "330106009")
        enrol(self.town, self.district, folder, delegate=True)

    def power(self, **changed: Cell) -> str:
        holder: dict[str, Cell] = {"holder": self.town.unit.id, **POWER, **changed}
        return records.save(self.district, "issuing_power", holder).record

    def down(self) -> None:
        path = self.folder / f"{next(_FILES)}.xsj"
        exchange.send(self.district, path, to=self.town.ledger.station)
        assert exchange.receive(self.town, [path]).bundles[0].problem is None

    def up(self) -> list[Any]:
        path = self.folder / f"{next(_FILES)}.xsj"
        exchange.send(self.town, path)
        return list(exchange.merge(self.district, [path]).bundles)

    def empowered(self, **changed: Cell) -> None:
        """The town has its power and its code."""
        self.given = self.power(**changed)
        self.down()
        supervision.set_number_settings(self.town, "杭西文", TOWN)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    found = Two(tmp_path)
    yield found
    found.town.workspace.close()
    found.district.workspace.close()


def reminded(case: CaseAt, day: str = "10-15") -> str:
    """A reminder of the town's, issued."""
    document = case.draft("reminder_letter")
    case.issue(document, day, TOWN_CHAIR)
    return document


def opened(session: Session) -> CaseAt:
    case = CaseAt(session)
    case.step("accepted", "10-09")
    return case


def forge(session: Session, document: str, **cells: Cell) -> None:
    """Writes fields of an issue past all operations, as a changed program could."""
    values: Mapping[str, Any] = {
        "own_document_number": "杭西文工监提〔2026〕9号", "own_issuer_code": "杭西文", "own_issue_year": 2026,
        "own_sequence": 9, "own_issuing_unit": session.unit.id, "own_issuing_body": TOWN, "own_signer": "吴敏",
        "own_signer_post": "主席", "own_issue_date": "2026-10-15", "own_snapshot_digest": None, **cells,
    }  # fmt: skip
    edit = SlotEdit("case_document", document, "own_issue", values)
    session.ledger.write("写入", session.operator.name, edits=[edit])


def counted(session: Session, *asked_for: Condition) -> int:
    """The letters that T28 counts as issued."""
    today = session.environment.today()
    asked, days = (
        Tally("case_document", (yes("issued"), *asked_for)),
        Days(today, D(2024, 1, 1), D(2026, 12, 31)),
    )
    return sum(aggregates.count_by_unit(session.database, [asked], days)[asked].values())


def why(session: Session, case: str) -> str:
    return "；".join(reason.text for reason in supervision.case_state(session, case).contradictions)


# The whole way ------------------------------------------------------------------------------------------------------


def test_a_town_issues_both_letters_and_the_district_goes_on(two: Two, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="没有签发的授权"):
        supervision.set_number_settings(two.town, "杭西文")
    two.power()
    two.down()
    case = opened(two.town)
    document = case.draft("reminder_letter")
    with pytest.raises(NumbersNotSet):
        case.issue(document, "10-15", TOWN_CHAIR)
    supervision.set_number_settings(two.town, "杭西文", TOWN)
    assert supervision.next_numbers(two.town, 2026) == {Series.REMINDER: 1, Series.OPINION: 1}
    assert case.issue(document, "10-15", TOWN_CHAIR).number == "杭西文工监提〔2026〕1号"
    case.step("served", "10-16", document=document, service_way="direct", service_result="received")
    case.step("heard", "10-17")
    case.step("negotiated", "10-18", result="not_agreed")
    case.step(
        "investigated", "11-03", result="established", certificates_shown=1,
        inspector_1=case.inspectors[0], inspector_2=case.inspectors[1],
    )  # fmt: skip
    opinion = case.draft("opinion_letter")
    case.issue(opinion, "11-05", TOWN_CHAIR)
    values = case.values(opinion)
    assert values.get("document_number") is None
    assert (values["own_document_number"], values["own_reviewed_by"]) == ("杭西文工监意〔2026〕1号", "王芳")
    case.step("served", "11-09", document=opinion, service_way="left", service_result="refused")
    assert case.state.stage is Stage.OPINION_REFUSED
    words = words_of(supervision.print_document(two.town, opinion, tmp_path / "out"))
    assert TOWN in words
    assert "杭西文工监意〔2026〕1号" in words
    assert "李小明" not in words
    suggestion = case.draft("suggestion_letter")
    assert case.values(suggestion)["addressee"] == "杭州市西湖区人力资源和社会保障局"
    with pytest.raises(IllegalStep, match="建议书只能由地方总工会发出"):
        case.issue(suggestion, "12-10", TOWN_CHAIR)
    assert taken(two.town) == ["杭西文工监提〔2026〕1号", "杭西文工监意〔2026〕1号"]

    (arrived,) = two.up()
    assert (arrived.problem, arrived.refused) == (None, 0)
    at_district = supervision.load_case(two.district, case.id)
    assert [(p.number, p.own, p.stands) for p in at_district.letters if p.number] == [
        ("杭西文工监提〔2026〕1号", True, True), ("杭西文工监意〔2026〕1号", True, True),
    ]  # fmt: skip
    with pytest.raises(IllegalStep, match=f"由{TOWN}打印"):
        supervision.print_document(two.district, opinion, tmp_path / "out")
    # Whoever serves it has a receipt signed; what stays in the issuer's file is printed there.
    assert papers.paper(two.district, "service_return", opinion)
    with pytest.raises(IllegalStep, match=f"存根由{TOWN}留存"):
        papers.paper(two.district, "counterfoil", opinion)
    assert papers.paper(two.town, "counterfoil", opinion)
    assert supervision.may_issue(two.district, case.id, LetterKind.SUGGESTION, suggestion).grounds == (
        (opinion, "1"),
    )
    register = supervision.case_register(two.district)
    assert f"意见书（杭西文工监意〔2026〕1号），吴敏2026-11-05签发，发文单位{TOWN}" in register.rows[0][6]
    told = {row[0]: row[1] for row in register.further[0].rows}
    assert (told["签发提示函（份）"], told["签发意见书（份）"]) == ("1", "1")
    assert (counted(two.district), counted(two.town)) == (2, 2)
    # The district's own series begins at 1, whatever towns have issued.
    assert supervision.next_numbers(two.district, 2026)[Series.OPINION] == 1


# Powers -------------------------------------------------------------------------------------------------------------


def test_nothing_is_issued_outside_a_power(two: Two) -> None:
    two.empowered(until_date="2026-10-14")
    case = opened(two.town)
    document = case.draft("reminder_letter")
    # Nor is it dated back into a power that has ended by now.
    for day in ("10-15", "10-14"):
        with pytest.raises(IllegalStep, match="本单位没有授权"):
            case.issue(document, day, TOWN_CHAIR)
    assert taken(two.town) == []
    records.save(two.district, "issuing_power", {"until_date": "2026-12-20"}, record=two.given)
    two.down()
    assert case.issue(document, "10-14", TOWN_CHAIR).sequence == 1


def test_a_power_under_which_letters_stand_is_not_given_to_another_nor_undone(two: Two) -> None:
    two.empowered()
    born = records.history(two.district, "issuing_power", two.given)[0].stamp
    other = two.power(holder=two.district.unit.id)
    reminded(opened(two.town))
    two.up()
    with pytest.raises(RestedOn, match="不能改给别的单位"):
        records.save(two.district, "issuing_power", {"holder": two.district.unit.id}, record=two.given)
    with pytest.raises(CannotUndo, match="已经按这项授权签发"):
        records.undo(two.district, born)
    power = two.district.types["issuing_power"]
    (holder,) = (t for t in batches.targets_of(power, two.district.may_write) if t.key == "holder")
    rows = list(reading.row_numbers(two.district.database, two.district.types, Query("issuing_power")))
    found = batches.survey(two.district.database, power, holder, rows, two.district.unit.id)
    assert (set(found.ids.values()), found.skipped) == ({other}, {batches.Skip.RESTED: 1})


def test_an_issue_is_not_typed(two: Two, tmp_path: Path) -> None:
    two.empowered()
    case = opened(two.town)
    document = case.draft("reminder_letter")
    forged: dict[str, Cell] = {
        "own_document_number": "杭西文工监提〔2026〕9号",
        "own_issue_date": "2026-10-15",
    }
    with pytest.raises(NotAllowed, match="由程序填写"):
        records.save(two.town, "case_document", forged, record=document)
    with pytest.raises(NotAllowed, match="由程序填写"):
        records.save_many(two.town, "case_document", [{"case": case.id, **forged}])
    source = tmp_path / "letters.csv"
    source.write_text(
        "文种,主送,镇街文号,镇街审核人\n提示函,某公司,杭西文工监提〔2026〕9号,王芳\n", encoding="utf-8"
    )
    columns = importing.preview(two.town, source, "case_document").columns
    targets = {c.header: (c.target, c.reason) for c in columns}
    assert targets["镇街文号"] == (None, "“镇街文号”由程序填写，不能导入")


def test_what_was_issued_stands_after_the_power_has_ended(two: Two, tmp_path: Path) -> None:
    power = two.power()
    two.down()
    supervision.set_number_settings(two.town, "杭西文", TOWN)
    case = opened(two.town)
    document = reminded(case)
    records.save(two.district, "issuing_power", {"until_date": "2026-10-15"}, record=power)
    two.down()
    assert case.state.in_order
    two.up()
    with pytest.raises(RestedOn, match="按授权签发了1份文书"):
        records.delete(two.district, "issuing_power", power)
    assert supervision.print_document(two.town, document, tmp_path / "out").exists()
    with pytest.raises(IllegalStep, match="本单位没有授权"):
        case.issue(case.draft("reminder_letter"), "10-16", TOWN_CHAIR)
    # Taken back from the first day on, it was none: the letter contradicts the order until it is voided.
    records.save(two.district, "issuing_power", {"until_date": "2026-10-14"}, record=power)
    two.down()
    assert "签发时，签发的单位没有这种文书的授权" in why(two.town, case.id)
    supervision.void(two.town, document, "授权已经收回")
    assert case.state.in_order


def test_only_the_district_gives_powers_and_only_over_its_own_towns(two: Two) -> None:
    records.delete(two.district, "issuing_power", two.power())
    with pytest.raises(NotAllowed):
        records.save(two.town, "issuing_power", {"holder": two.town.unit.id, **POWER})
    birth = NewRecord(
        "issuing_power", two.town.environment.random(16).hex(), two.town.unit.id,
        {"holder": two.town.unit.id, **POWER},
    )  # fmt: skip
    two.town.ledger.write("写入", "王芳", births=[birth])
    # Where it was written it is of no use: a power comes from above the unit that has it.
    assert supervision.kinds_here(two.town) == frozenset()
    (arrived,) = two.up()
    assert arrived.refused == 1
    found = records.save(two.district, "issuing_power", {"holder": two.district.unit.id, **POWER}).findings
    assert [finding.message for finding in found] == [f"只能授权给镇街、园区工会，“{ORGAN}”不是，请重新选择"]


def test_a_park_issues_with_a_power_of_the_city(two: Two, tmp_path: Path) -> None:
    city = create(tmp_path, "杭州市总工会", Level.CITY, "330100")
    park = create(tmp_path, "西湖科技园区工会联合会", Level.PARK, "330106901")
    enrol(two.district, city, tmp_path, delegate=True)
    enrol(park, two.district, tmp_path)

    def carried(sender: Session, receiver: Session, *, up: bool = False) -> None:
        path = tmp_path / f"{next(_FILES)}.xsj"
        exchange.send(sender, path, to=None if up else receiver.ledger.station)
        (arrived,) = (exchange.merge if up else exchange.receive)(receiver, [path]).bundles
        assert arrived.problem is None

    carried(two.district, city, up=True)
    saved = records.save(city, "issuing_power", {"holder": park.unit.id, **POWER})
    assert not saved.findings
    carried(city, two.district)
    carried(two.district, park)
    supervision.set_number_settings(park, "杭西科园")
    case = opened(park)
    document = reminded(case)
    assert supervision.print_document(park, document, tmp_path / "out").exists()
    carried(park, two.district, up=True)
    carried(two.district, city, up=True)
    for session in (park, two.district, city):
        (letter,) = supervision.load_case(session, case.id).letters
        assert (letter.number, letter.stands) == ("杭西科园工监提〔2026〕1号", True)
    for session in (park, city):
        session.workspace.close()


# One computer numbers -----------------------------------------------------------------------------------------------


@pytest.fixture
def second(two: Two) -> Iterator[Session]:
    """Another computer of the town's, enrolled after the first and after the power was given."""
    two.empowered()
    session = create(two.folder, TOWN, Level.TOWN, "330106009", computer="二")
    enrol(session, two.district, two.folder)
    heard(two, session)
    yield session
    session.workspace.close()


def heard(two: Two, session: Session) -> None:
    """What the district has to say arrives at a computer."""
    path = two.folder / f"{next(_FILES)}.xsj"
    exchange.receive(session, [exchange.send(two.district, path, to=session.ledger.station).path])


def grant_of(two: Two, session: Session) -> str:
    """The grant of a computer, as the district picks it."""
    found = reading.records(two.district.database, two.district.types, Query("grant"))
    return next(record.id for record in found if record.values["station"] == session.ledger.station)


def test_the_second_computer_of_a_town_drafts_and_does_not_number(two: Two, second: Session) -> None:
    case = opened(second)
    document = case.draft("reminder_letter")
    for refused in (
        lambda: supervision.issue(second, document, TOWN_CHAIR, D(2026, 10, 15)),
        lambda: supervision.set_number_settings(second, "杭西文", TOWN),
    ):
        with pytest.raises(NotAllowed, match="另一台工作电脑编号"):
            refused()
    # The first one is out of use: the other one goes on, once somebody has looked into the paper register.
    policy.revoke(two.district, two.town.ledger.station)
    heard(two, second)
    supervision.set_number_settings(second, "杭西文", TOWN)
    assert case.issue(document, "10-15", TOWN_CHAIR).sequence == 1


def test_a_power_names_the_computer_that_numbers(two: Two, second: Session) -> None:
    records.save(two.district, "issuing_power", {"desk": grant_of(two, second)}, record=two.given)
    two.down()
    assert supervision.kinds_here(two.town) == frozenset()
    # What another computer has written all the same rests on no power.
    case = opened(two.town)
    document = case.draft("reminder_letter")
    forge(two.town, document)
    two.up()
    assert "没有这种文书的授权" in why(two.district, case.id)
    assert counted(two.district) == 0
    with pytest.raises(RestedOn, match="换电脑的，请给这项授权填最后一天"):
        records.save(two.district, "issuing_power", {"desk": None}, record=two.given)
    other = records.save(
        two.district,
        "issuing_power",
        {"holder": two.district.unit.id, **POWER, "desk": grant_of(two, second)},
    )
    assert f"编号电脑是“{TOWN}”的，不是被授权的单位的，请重新选择" in [f.message for f in other.findings]


def test_the_second_computer_of_the_district_does_not_number(two: Two) -> None:
    other = create(two.folder, ORGAN, computer="二")
    assert supervision.kinds_here(other) == frozenset(LetterKind), "before it is enrolled it is the only one"
    enrol(other, two.district, two.folder)
    with pytest.raises(NotAllowed, match="另一台工作电脑编号"):
        supervision.set_number_settings(other, "杭西")
    assert supervision.kinds_here(two.district) == frozenset(LetterKind)
    other.workspace.close()


# Hostile towns ------------------------------------------------------------------------------------------------------


def test_a_town_cannot_write_the_number_of_the_district(two: Two) -> None:
    two.empowered()
    case = opened(two.town)
    document = case.draft("reminder_letter")
    issue = {f.name: None for f in two.town.types["case_document"].slots["issue"].fields}
    forged = {**issue, "document_number": "杭西工监提〔2026〕1号", "issue_date": "2026-10-15"}
    two.town.ledger.write("写入", "王芳", edits=[SlotEdit("case_document", document, "issue", forged)])
    (arrived,) = two.up()
    assert arrived.refused == 1
    (letter,) = supervision.load_case(two.district, case.id).letters
    assert letter.number == ""
    assert supervision.issue(two.district, document, CHAIR, D(2026, 10, 15)).number == "杭西工监提〔2026〕1号"


def test_an_issue_without_power_is_kept_shown_counts_nothing_and_prints_nothing(
    two: Two, tmp_path: Path
) -> None:
    case = opened(two.town)
    document = case.draft("reminder_letter")
    forge(two.town, document)
    two.up()
    for session in (two.town, two.district):
        assert "没有这种文书的授权" in why(session, case.id)
        assert counted(session) == 0
        with pytest.raises(IllegalStep, match="有矛盾"):
            supervision.print_document(session, document, tmp_path / "out")
        register = supervision.case_register(session)
        assert "没有授权，不计入统计" in register.rows[0][6]
        assert register.further[0].rows[0][:2] == ("签发提示函（份）", "0")
        assert supervision.case_state(session, case.id).stage is Stage.ACCEPTED
    # Both may end it: whoever wrote it, and the district.
    with pytest.raises(IllegalStep, match="作废要写明原因"):
        supervision.void(two.town, document, " ")
    supervision.void(two.district, document, "没有授权")
    assert why(two.district, case.id) == ""
    assert supervision.load_case(two.district, case.id).letters[0].voided is not None


def test_both_have_issued_one_letter(two: Two, tmp_path: Path) -> None:
    two.empowered()
    case = opened(two.town)
    document = case.draft("reminder_letter")
    two.up()
    supervision.issue(two.district, document, CHAIR, D(2026, 10, 15))
    forge(two.town, document)
    two.up()
    two.down()
    for session in (two.town, two.district):
        (letter,) = supervision.load_case(session, case.id).letters
        assert (letter.number, letter.own, letter.doubled) == ("杭西工监提〔2026〕1号", False, True)
        assert "已经签发，镇街又编了文号" in why(session, case.id)
    with pytest.raises(IllegalStep, match="有矛盾"):
        supervision.print_document(two.district, document, tmp_path / "out")
    with pytest.raises(NotAllowed):
        supervision.void(two.town, document, "镇街又编了文号")
    supervision.void(two.district, document, "镇街又编了文号")
    assert why(two.district, case.id) == ""
    # The number that the town took stays taken there.
    assert supervision.next_numbers(two.town, 2026)[Series.REMINDER] == 10


def test_one_town_cannot_issue_in_the_name_of_another(two: Two) -> None:
    """A record of its own that names the other's case is all that it could write."""
    two.empowered()
    case = opened(two.town)
    two.up()
    other = create(two.folder, "转塘街道总工会", Level.TOWN, "330106010")
    enrol(other, two.district, two.folder)
    document = other.environment.random(16).hex()
    values = {"case": case.id, "kind": "reminder_letter", "title_variant": "reminder", **WORDS}
    birth = NewRecord("case_document", document, other.unit.id, values)
    other.ledger.write("写入", "王芳", births=[birth])
    forge(other, document, own_issuing_unit=two.town.unit.id)
    path = exchange.send(other, two.folder / "other.xsj").path
    assert exchange.merge(two.district, [path]).bundles[0].refused == 0
    assert "没有这种文书的授权" in why(two.district, case.id)
    assert counted(two.district) == 0
    # Nor does a power of its own help: the case is none of its own.
    two.power(holder=other.unit.id)
    forge(other, document)
    path = exchange.send(other, two.folder / "again.xsj").path
    assert exchange.merge(two.district, [path]).bundles[0].refused == 0
    assert "没有这种文书的授权" in why(two.district, case.id)
    assert counted(two.district) == 0
    other.workspace.close()


def test_a_town_without_power_sets_aside_no_paper_register(two: Two) -> None:
    """Its forged issue of an early day, in the district's name, is none: nothing had begun with it."""
    case = CaseAt(two.district)
    past = records.save(two.district, "case_document", {"case": case.id, **PAPER}).record
    document = opened(two.town).draft("opinion_letter")
    number = str(PAPER["past_document_number"])
    for said in (
        {"own_document_number": number},
        {"own_issue_date": "2020-01-01", "own_issuing_body": ORGAN},
    ):
        forge(two.town, document, **said)
        two.up()
        assert supervision.load_case(two.district, case.id).by_id[past].stands
        assert counted(two.district) == 1


def test_a_town_changes_no_letter_of_the_paper_register_not_even_by_bundle(two: Two) -> None:
    case = opened(two.town)
    document = case.draft("opinion_letter")
    two.up()
    past = {name: value for name, value in PAPER.items() if name.startswith("past_")}
    records.save(two.district, "case_document", past, record=document)
    two.down()
    with pytest.raises(Locked, match="本单位不能改"):
        records.save(two.town, "case_document", {"addressee": "别的公司"}, record=document)
    for refused in (("case_document", document), ("case", case.id)):
        with pytest.raises(Locked):
            records.delete(two.town, *refused)
    assert (why(two.district, case.id), counted(two.district)) == ("", 1)

    edit = SlotEdit("case_document", document, "kind", "reminder_letter")
    two.town.ledger.write("写入", "王芳", edits=[edit])
    two.up()
    assert "补录以后，被不编号的单位改动过" in why(two.district, case.id)
    records.save(
        two.district,
        "case_document",
        {"kind": "opinion_letter", "past_correction": "照登记簿"},
        record=document,
    )
    assert why(two.district, case.id) == ""
    two.down()
    two.town.ledger.write("写入", "王芳", deletions=[Deletion("case_document", document)])
    two.up()
    assert "却被删除" in why(two.district, case.id)
    records.restore(two.district, "case_document", document)
    assert why(two.district, case.id) == ""


def test_what_comes_into_a_draft_after_its_issue_is_on_no_paper_of_it(two: Two) -> None:
    case = opened(two.town)
    document = case.draft("reminder_letter")
    two.up()
    supervision.issue(two.district, document, CHAIR, D(2026, 10, 15))
    records.save(two.town, "case_document", {"addressee": "杭州别的公司"}, record=document)
    two.up()
    assert why(two.district, case.id) == ""
    served = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(two.district, case.id, "served", D(2026, 10, 16), **served)
    (event,) = supervision.load_case(two.district, case.id).of(EventKind.SERVED)
    for name, record in (
        ("service_return", document),
        ("counterfoil", document),
        ("service_record", event.id),
    ):
        words = papers.paper(two.district, name, record).words
        assert EMPLOYER in words, name
        assert "别的公司" not in words, name


def test_the_time_to_answer_is_what_the_letter_says_whatever_is_written_of_it_since(two: Two) -> None:
    """Or a town could make an employer late, or nobody ever."""
    case = opened(two.town)
    document = case.draft("reminder_letter")
    two.up()
    supervision.issue(two.district, document, CHAIR, D(2026, 10, 15))
    served = {"document": document, "service_way": "direct", "service_result": "received"}
    supervision.record_event(two.district, case.id, "served", D(2026, 10, 16), **served)
    shorter: Mapping[str, Cell] = {"reply_days": 3, "reply_day_kind": "working"}
    two.town.ledger.write("写入", "王芳", edits=[SlotEdit("case_document", document, "reply_term", shorter)])
    two.up()
    (now,) = reading.records(two.district.database, two.district.types, Query("case_document"))
    assert now.values["reply_days"] == 3
    (clock,) = supervision.case_state(two.district, case.id).clocks
    assert (clock.days, clock.day_kind, clock.due) == (15, "natural", D(2026, 11, 2))
    (item,) = supervision.overdue(two.district.database, two.district.types, D(2026, 11, 3))
    assert item.clock.due == D(2026, 11, 2)
    assert counted(two.district, between("reply_days", 15, 15), among("reply_day_kind", "natural")) == 1
    assert why(two.district, case.id) == "", "what was printed says the same as before"


@pytest.mark.parametrize("slot", ["case", "kind", "title_variant"])
def test_an_issued_letter_that_comes_back_as_another_prints_nothing(
    two: Two, tmp_path: Path, slot: str
) -> None:
    case, other = opened(two.town), opened(two.town)
    document = case.draft("reminder_letter")
    two.up()
    supervision.issue(two.district, document, CHAIR, D(2026, 10, 15))
    become = {"case": other.id, "kind": "opinion_letter", "title_variant": "opinion"}[slot]
    two.town.ledger.write("写入", "王芳", edits=[SlotEdit("case_document", document, slot, become)])
    two.up()
    where = other if slot == "case" else case
    assert "签发以后被改动过" in why(two.district, where.id)
    with pytest.raises(IllegalStep, match="有矛盾"):
        supervision.print_document(two.district, document, tmp_path / "out")
    # It was issued once, as what it was, and there it counts.
    assert "签发以后被改动过" in why(two.district, case.id)
    assert counted(two.district, among("kind", "reminder_letter"), among("title", "reminder")) == 1
    lines = [row[6] for row in supervision.case_register(two.district).rows]
    assert [line.partition("，")[0] for line in sorted(lines)] == [
        "",
        "提示函（杭西工监提〔2026〕1号）",
    ]
    shown = supervision.load_case(two.district, case.id)
    assert [letter.number for letter in shown.letters] == ["杭西工监提〔2026〕1号"]


def test_what_a_town_issued_counts_as_what_it_was_though_a_village_makes_another_of_it(two: Two) -> None:
    """Or who has no power over letters at all could take one out of the count."""
    two.empowered(kinds="reminder_letter")
    case, other = opened(two.town), opened(two.town)
    document = reminded(case)
    edits = [SlotEdit("case_document", document, "kind", "opinion_letter"),
             SlotEdit("case_document", document, "case", other.id)]  # fmt: skip
    two.town.ledger.write("写入", "王芳", edits=edits)
    two.up()
    assert counted(two.district, among("kind", "reminder_letter")) == 1
    assert "没有这种文书的授权" not in why(two.district, case.id)


# The register of a town ---------------------------------------------------------------------------------------------


def test_two_bodies_may_have_the_same_number(two: Two, tmp_path: Path) -> None:
    two.power()
    two.down()
    supervision.set_number_settings(two.town, "杭西", TOWN)
    case = opened(two.town)
    first = reminded(case)
    two.up()
    own = opened(two.district)
    second = own.draft("reminder_letter")
    assert supervision.issue(two.district, second, CHAIR, D(2026, 10, 15)).number == "杭西工监提〔2026〕1号"
    third = supervision.draft(two.district, case.id, "reminder_letter", WORDS).record
    assert supervision.issue(two.district, third, CHAIR, D(2026, 10, 16)).sequence == 2
    two.down()
    for session, document in ((two.town, first), (two.district, second)):
        assert supervision.print_document(session, document, tmp_path / "out").exists()
    assert supervision.next_numbers(two.town, 2026)[Series.REMINDER] == 2


def test_the_district_sees_a_number_that_two_computers_of_a_town_have_given(two: Two) -> None:
    two.empowered()
    first, second = opened(two.town), opened(two.town)
    reminded(first)
    # As the other computer would: it knows nothing of the first one's letters.
    number: dict[str, Cell] = {"own_document_number": "杭西文工监提〔2026〕1号", "own_sequence": 1}
    doubled = second.draft("reminder_letter")
    forge(two.town, doubled, **number)
    two.up()
    said = "文号用在不止一份文书上，请作废其中一份"
    assert [said in row[6] for row in supervision.case_register(two.district).rows] == [True, True]
    supervision.void(two.district, doubled, "重号")
    assert [said in row[6] for row in supervision.case_register(two.district).rows] == [False, False]


def test_a_town_s_void_stays_in_its_register_and_the_number_is_not_given_again(two: Two) -> None:
    two.empowered()
    case = opened(two.town)
    document = reminded(case)
    with pytest.raises(IllegalStep, match="已经签发"):
        case.issue(document, "10-16", TOWN_CHAIR)
    with pytest.raises(Locked):
        records.save(two.town, "case_document", {"facts": "别的"}, record=document)
    with pytest.raises(Locked):
        records.delete(two.town, "case_document", document)
    with pytest.raises(Locked, match="这条监督案件里有1份监督文书已经签发"):
        records.delete(two.town, "case", case.id)
    with pytest.raises(CannotUndo, match="已经签发"):
        records.undo(two.town, records.history(two.town, "case_document", document)[0].stamp)
    changes = supervision.void(two.town, document, "主送单位名称有误")
    values = case.values(document)
    assert (values["own_void_reason"], values.get("void_reason")) == ("主送单位名称有误", None)
    with pytest.raises(CannotUndo, match="作废不能撤消"):
        records.undo(two.town, changes.stamp)
    with pytest.raises(IllegalStep, match="已经作废"):
        supervision.void(two.town, document, "再作废")
    again = supervision.redraft(two.town, document).record
    assert case.values(again).get("own_document_number") is None
    with pytest.raises(IllegalStep, match="签发日期早于前面的杭西文工监提〔2026〕1号"):
        case.issue(again, "10-14", TOWN_CHAIR)
    assert case.issue(again, "10-15", TOWN_CHAIR).number == "杭西文工监提〔2026〕2号"
    two.up()
    letters = {p.number: p.voided for p in supervision.load_case(two.district, case.id).letters if p.number}
    assert letters == {"杭西文工监提〔2026〕1号": D(2026, 12, 20), "杭西文工监提〔2026〕2号": None}
    register = supervision.case_register(two.district)
    assert "12-20作废：主送单位名称有误" in register.rows[0][6]
    assert register.further[0].rows[0][:2] == ("签发提示函（份）", "1")


def test_a_town_prints_a_copy_the_second_time_and_neither_voids_the_district_s(
    two: Two, tmp_path: Path
) -> None:
    two.empowered()
    case = opened(two.town)
    document = reminded(case)
    for _ in range(2):
        supervision.print_document(two.town, document, tmp_path / "out")
    printed = [e.values["content"] for e in supervision.load_case(two.town, case.id).of(EventKind.PRINTED)]
    assert [words[-2:] for words in printed] == ["正本", "副本"]
    two.up()
    district_s = supervision.draft(two.district, case.id, "reminder_letter", WORDS).record
    supervision.issue(two.district, district_s, CHAIR, D(2026, 10, 16))
    two.down()
    with pytest.raises(NotAllowed, match="由签发的单位作废"):
        supervision.void(two.town, district_s, "不要了")
    with pytest.raises(IllegalStep, match=f"由{ORGAN}打印"):
        supervision.print_document(two.town, district_s, tmp_path / "out")
    chosen = supervision.choice(two.town, [document, district_s])
    assert (chosen.documents, chosen.others) == ((document,), 1)
    # The district's letters are none of the town's register, nor of what may have been lost of it.
    assert supervision.next_numbers(two.town, 2026)[Series.REMINDER] == 2
    with pytest.raises(NotAllowed, match="立案号由区总工会编"):
        supervision.file_case(two.town, case.id)


def test_a_merge_on_which_a_town_s_letter_rests_is_not_withdrawn(two: Two) -> None:
    two.empowered()
    case = opened(two.town)
    reminded(case)
    two.up()
    with pytest.raises(policy.BuiltUpon, match="已经签发的1份文书"):
        withdrawals.withdraw(two.district, stored.merges(two.district.database)[0].id)
    # Nor that which has brought the power itself.
    assert depending.count_letters(two.town.database, {two.given}) == 1
    assert depending.count_letters(two.town.database, {two.town.unit.id}) == 0


def test_of_what_a_town_issued_nothing_is_erased_or_changed_for_many(two: Two) -> None:
    two.empowered()
    case = opened(two.town)
    document = reminded(case)
    assert two.town.types["case_document"].slots["own_snapshot"].personal
    with pytest.raises(erasing.Quoted):
        erasing.erase(two.town, "case_document", [document], ["contact"], basis="consent")
    kept = str(case.values(document)["own_snapshot"])
    edit = SlotEdit("case_document", document, "own_snapshot", kept.replace("12名职工", "21名职工"))
    two.town.ledger.write("写入", "王芳", edits=[edit])
    assert "签发以后被改动过" in why(two.town, case.id)


def test_a_town_s_register_that_was_lost_is_confirmed_first(two: Two) -> None:
    two.empowered()
    case = opened(two.town)
    reminded(case)
    (two.town.workspace.folder / "numbers.jsonl").unlink()
    document = case.draft("reminder_letter")
    with pytest.raises(NumbersUnconfirmed):
        case.issue(document, "10-16", TOWN_CHAIR)
    supervision.confirm_numbers(two.town, 2026, {Series.REMINDER: 1})
    assert case.issue(document, "10-16", TOWN_CHAIR).sequence == 2
