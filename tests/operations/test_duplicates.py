"""Records that may be registered twice: how they are found, merged into one, and taken apart again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.operations import queries
from desktop.operations.recording import conflicts, deciding, duplicates, joinings, records
from desktop.operations.recording.duplicates import CodesDiffer, NotMerged, NotTwo
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.operations.workspaces import erasing, restoring
from desktop.records.declaration import UNIT_SLOT, Level
from desktop.records.identity import same_id
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import CannotUndo, Deletion, NewRecord, NotFound
from desktop.store.queries import candidates, reading
from desktop.store.queries.candidates import plain_name, plain_place
from desktop.store.queries.reading import Query, Record
from desktop.store.workspaces.unlocking import LEDGER
from tests.operations.stations import enrol, forged, repeatable, report_up, station
from tests.ui.house import make_session

CODE, OTHER_CODE = "91330106MA2ABCDEX7", "91330100799655058B"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make_session(tmp_path / "workspace", Level.TOWN)
    yield made
    made.workspace.close()


def firm(session: Session, name: str, **values: Cell) -> str:
    return records.save(session, "enterprise", {"name": name, **values}).record


def member(session: Session, name: str, **values: Cell) -> str:
    return records.save(session, "member", {"name": name, **values}).record


def found(session: Session) -> set[tuple[str, ...]]:
    """The proposals: the records and why. Those that are certain are told on the first page by their number alone."""
    groups = duplicates.proposals(session.database, session.types, session.codes, session.unit.id)
    certain = sum(g.why in (candidates.BY_CODE, candidates.BY_NUMBER) for g in groups)
    assert duplicates.certain(session.database, session.types, session.unit.id) == certain
    return {(*sorted(g.records), g.why) for g in groups}


def shown(session: Session, record: str, type_name: str = "enterprise") -> Record:
    held = records.load(session, type_name, record)
    assert held is not None
    return held


# -- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "杭州示例茶业有限公司",
        "杭州示例茶业 有限责任公司",
        "杭州示例茶业（有限公司）",
        "杭州示例茶业",
        "杭州示例「茶业」有限公司",
    ],
)
def test_a_name_is_the_same_however_it_is_written(words: str) -> None:
    assert plain_name(words) == plain_name("杭州示例茶业有限公司")


def test_a_name_that_is_nothing_but_its_form_stays_and_a_place_goes_without_its_region() -> None:
    assert plain_name("有限公司") == "有限公司"
    # Neither case nor width tells two apart.
    assert plain_name("杭州abc科技有限公司") == plain_name("杭州ＡＢＣ科技 有限公司") == "杭州ABC科技"
    assert plain_place("浙江省杭州市余杭区径山镇1号") == plain_place("径山镇 1号")
    assert plain_place(None) == ""


def test_the_same_firm_is_found_by_its_code_and_by_name_and_address(session: Session) -> None:
    coded = firm(session, "甲厂", uscc=CODE)
    late = firm(session, "甲制造厂")
    records.save(session, "enterprise", {"uscc": CODE}, record=late)
    here = firm(session, "杭州示例茶业有限公司", registered_address="径山镇大道1号")
    again = firm(session, "杭州示例茶业(有限公司)", registered_address="余杭区径山镇大道1号")
    firm(session, "杭州示例茶业", registered_address="良渚街道9号")
    assert found(session) == {(*sorted((coded, late)), "code"), (*sorted((here, again)), "name")}


def test_one_registered_name_in_one_district_is_asked_about_wherever_it_is(session: Session) -> None:
    name = "杭州示例茶业有限公司"
    here = firm(session, name, registered_address="径山路1号", town="330110109")
    moved = firm(session, name, registered_address="径山路25号", town="330110110")
    unknown = firm(session, f"{name} ", registered_address="文一路7号")
    firm(session, "杭州别处茶业有限公司", registered_address="径山路9号", town="330110109")
    firm(session, "杭州别处茶业有限公司", registered_address="西湖大道3号", town="330106109")
    firm(session, "示例小吃店", registered_address="径山路1号")
    firm(session, "示例小吃店", registered_address="径山路25号")
    assert found(session) == {(*sorted((here, moved, unknown)), "full_name")}


def test_two_codes_are_two_firms_whatever_they_are_called(session: Session) -> None:
    firm(session, "甲厂", uscc=CODE)
    firm(session, "甲厂", uscc=OTHER_CODE)
    assert found(session) == set()


def test_a_code_with_a_fault_does_not_make_another_firm(session: Session) -> None:
    """As the import says of them when they come: one of the two codes is a slip."""
    right = firm(session, "甲厂", uscc=CODE)
    slip = firm(session, "甲厂", uscc=CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), reason="证照就是这样")
    assert found(session) == {(*sorted((right, slip)), "name")}


def test_the_same_person_is_found_by_number_and_by_name_and_telephone(session: Session) -> None:
    number, phone = "330102199001010012", "13800000000"
    one, other = member(session, "李明", id_number=number), member(session, "李 明", id_number=number)
    here, again = member(session, "王芳", phone=phone), member(session, "王芳", phone=phone)
    member(session, "王芳", phone="13900000000")
    dotted, bullet = (member(session, f"阿里{dot}买买提", phone=phone) for dot in "·•")
    numbered = "330102198001010014"
    member(session, "陈静", phone=phone, id_number=number[:-1] + "X")
    member(session, "陈静", phone=phone, id_number=numbered)
    assert found(session) == {
        (*sorted((one, other)), "number"),
        (*sorted((here, again)), "phone"),
        (*sorted((dotted, bullet)), "phone"),
    }


def test_what_somebody_said_is_two_is_not_proposed_again_until_it_is_merged_after_all(
    session: Session,
) -> None:
    one, other = firm(session, "甲厂"), firm(session, "甲厂")
    duplicates.keep_apart(session, "enterprise", (other, one))
    assert found(session) == set()
    changes = duplicates.merge(session, "enterprise", (one, other))
    records.undo(session, changes.stamp)
    assert len(found(session)) == 1


def test_a_list_ends_where_nobody_reads_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST", 2)
    for name in ("甲厂", "乙厂", "丙厂"):
        for _ in range(2):
            firm(session, name)
    assert len(found(session)) == 2


def test_three_that_are_alike_are_one_question_and_more_than_anybody_compares_come_later(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = [firm(session, "甲厂", uscc=CODE), firm(session, "甲厂"), firm(session, "甲厂")]
    assert found(session) == {(*sorted(three), "name")}
    monkeypatch.setattr(candidates, "MOST_TOGETHER", 2)
    assert [len(group) - 1 for group in found(session)] == [2]
    duplicates.keep_apart(session, "enterprise", (three[0], three[2]), (three[1], three[2]))
    monkeypatch.setattr(candidates, "MOST_TOGETHER", 5)
    assert found(session) == {(*sorted(three[:2]), "name")}


def test_groups_that_turn_out_to_hang_together_are_one() -> None:
    pairs = [("a", "b"), ("c", "d"), ("a", "c"), ("e", "f"), ("d", "e")]
    candidates_found = [candidates.Candidate("enterprise", one, other, "name") for one, other in pairs]
    assert candidates.together(candidates_found) == [(["a", "b", "c", "d"], "name"), (["e", "f"], "name")]


# -- merging -------------------------------------------------------------------------------------------------------


def test_two_that_are_merged_are_one_in_lists_counts_links_and_search_and_both_ids_lead_there(
    session: Session,
) -> None:
    coded, plain = firm(session, "甲厂", uscc=CODE), firm(session, "乙厂", legal_person="王")
    visit = records.save(session, "visit", {"enterprise": plain, "visit_date": "2026-11-02"}).record
    duplicates.merge(session, "enterprise", (plain, coded), {"name": "甲乙厂"})
    database, types = session.database, session.types
    assert shown(session, plain) == shown(session, coded)
    assert (shown(session, plain).id, shown(session, plain).values["legal_person"]) == (coded, "王")
    assert reading.count(database, types, Query("enterprise")) == 1
    assert reading.count(database, types, Query("enterprise", deleted=True)) == 0
    assert [reading.count(database, types, Query("enterprise", text=t)) for t in ("甲乙", "乙厂")] == [1, 1]
    assert shown(session, visit, "visit").values["enterprise"] == coded
    later = records.save(session, "visit", {"enterprise": plain, "visit_date": "2026-11-03"}).record
    assert shown(session, later, "visit").values["enterprise"] == coded
    assert candidates.connections(database, types, "enterprise", coded) == {"visit": 2}
    assert "乙厂" in queries.titles(database, types, session.codes, "enterprise", [plain]).values()


def test_a_merge_is_taken_back_whole_and_what_was_written_since_stays(session: Session) -> None:
    one = firm(session, "甲厂", surveyed_staff=30, remark="老")
    other = firm(session, "乙厂", surveyed_staff=35, remark="新")
    chosen: dict[str, Cell | dict[str, Cell]] = {"name": "甲厂", "headcount_surveyed": {"surveyed_staff": 31}}
    duplicates.merge(session, "enterprise", (one, other), {**chosen, "remark": "都对"})
    records.save(session, "enterprise", {"remark": "后来"}, record=other)
    (merged,) = duplicates.merged(session.database, session.types, session.codes)
    duplicates.unmerge(session, merged.edges[0])
    values = [shown(session, r).values for r in (one, other)]
    assert [v["name"] for v in values] == ["甲厂", "乙厂"]
    assert [v["surveyed_staff"] for v in values] == [30, 35]
    assert sorted(str(v["remark"]) for v in values) in (["后来", "新"], ["后来", "老"])
    with pytest.raises(NotMerged):
        duplicates.unmerge(session, merged.edges[0])
    duplicates.merge(session, "enterprise", (one, other))
    assert shown(session, other).id == shown(session, one).id


def test_taking_a_merge_back_is_taken_back_with_what_was_chosen(session: Session) -> None:
    one, other = firm(session, "甲厂", remark="老"), firm(session, "乙厂", remark="新")
    duplicates.merge(session, "enterprise", (one, other), {"name": "甲乙厂", "remark": "都对"})
    (merged,) = duplicates.merged(session.database, session.types, session.codes)
    changes = duplicates.unmerge(session, merged.edges[0])
    assert [shown(session, r).values["name"] for r in (one, other)] == ["甲厂", "乙厂"]
    records.undo(session, changes.stamp)
    assert (shown(session, other).values["name"], shown(session, other).values["remark"]) == (
        "甲乙厂",
        "都对",
    )
    assert shown(session, other).disputed == ()


def test_the_history_of_either_says_when_by_whom_and_with_which_it_was_made_one(session: Session) -> None:
    one, other, third = (firm(session, name) for name in ("甲茶厂", "甲 茶厂", "丙茶厂"))

    def told(record: str) -> list[tuple[str, bool]]:
        database, types, codes = session.database, session.types, session.codes
        found = joinings.of_record(database, types, codes, "enterprise", record)
        assert {(j.operator, j.station) for j in found} <= {(session.operator.name, session.ledger.station)}
        return [(j.label, j.current) for j in found]

    assert told(one) == []
    made = duplicates.merge(session, "enterprise", (one, other))
    assert told(one) == told(other) == [("合并", True)]
    (joining,) = joinings.of_record(session.database, session.types, session.codes, "enterprise", one)
    assert joining.stamp == made.stamp
    assert joining.words in ("“甲茶厂”与“甲 茶厂”合并为一条", "“甲 茶厂”与“甲茶厂”合并为一条")
    assert told(third) == []
    records.undo(session, made.stamp)
    assert told(one) == told(other) == [("分开", True), ("合并", False)]
    duplicates.merge(session, "enterprise", (one, other))
    assert [label for label, _ in told(other)] == ["合并", "分开", "合并"]


def test_three_are_one_by_two_edges_and_fall_apart_edge_by_edge(session: Session) -> None:
    a, b, c = (firm(session, name) for name in ("甲厂", "乙厂", "丙厂"))
    duplicates.merge(session, "enterprise", (a, b))
    duplicates.merge(session, "enterprise", (b, c), {"name": "甲乙丙厂"})
    assert {shown(session, r).id for r in (a, b, c)} == {a}
    assert shown(session, c).values["name"] == "甲乙丙厂"
    assert shown(session, c).disputed == ()
    newest, first = duplicates.merged(session.database, session.types, session.codes)
    duplicates.unmerge(session, *newest.edges)
    assert shown(session, c).values["name"] == "丙厂"
    assert shown(session, b).disputed == ("name",)
    duplicates.unmerge(session, *first.edges)
    assert [shown(session, r).values["name"] for r in (a, b)] == ["甲厂", "乙厂"]
    assert conflicts.open_conflicts(session) == []


def test_three_are_made_one_and_taken_apart_in_one_step_each(session: Session) -> None:
    firms = [firm(session, name, remark=name) for name in ("甲厂", "乙厂", "丙厂")]
    before = [shown(session, r).values["name"] for r in firms]
    changes = duplicates.merge(session, "enterprise", firms, {"name": "甲乙丙厂", "remark": "三家是一家"})
    assert {shown(session, r).id for r in firms} == {firms[0]}
    assert (shown(session, firms[2]).values["name"], shown(session, firms[2]).disputed) == ("甲乙丙厂", ())
    undone = records.undo(session, changes.stamp)
    assert [shown(session, r).values["name"] for r in firms] == before
    assert found(session) == set()
    records.undo(session, undone.stamp)
    (merged,) = duplicates.merged(session.database, session.types, session.codes)
    assert sorted(merged.records) == sorted(firms)
    duplicates.unmerge(session, *merged.edges)
    assert [shown(session, r).values["name"] for r in firms] == before
    assert conflicts.open_conflicts(session) == []
    with pytest.raises(NotTwo):
        duplicates.merge(session, "enterprise", firms[:1])


@pytest.mark.parametrize("first", [None, {"name": "乙厂"}], ids=["left open", "chosen"])
@pytest.mark.parametrize("which", [0, 1], ids=["the newer edge", "the older edge"])
def test_in_a_chain_taking_apart_is_undone_and_redone_without_asking_anything_again(
    session: Session, first: dict[str, Cell | dict[str, Cell]] | None, which: int
) -> None:
    firms = a, b, c = [firm(session, name) for name in ("甲厂", "乙厂", "丙厂")]
    duplicates.merge(session, "enterprise", (a, b), first)
    duplicates.merge(session, "enterprise", (b, c), {"name": "甲乙丙厂"})

    def state() -> list[tuple[object, ...]]:
        return [(s.id, s.values["name"], s.disputed) for s in (shown(session, r) for r in firms)]

    joined = state()
    apart = duplicates.unmerge(
        session, *duplicates.merged(session.database, session.types, session.codes)[which].edges
    )
    parted = state()
    undone = records.undo(session, apart.stamp)
    assert state() == joined
    redone = records.undo(session, undone.stamp)
    assert state() == parted
    records.undo(session, redone.stamp)
    assert state() == joined


def test_who_undoes_the_birth_of_one_is_told_to_take_the_merge_back_first(session: Session) -> None:
    one = firm(session, "甲厂")
    saved = records.save(session, "enterprise", {"name": "乙厂"})
    duplicates.merge(session, "enterprise", (one, saved.record))
    with pytest.raises(CannotUndo, match="重新分开"):
        records.undo(session, saved.changes.stamp)


def test_deleting_and_bringing_back_is_of_both_and_undone_as_one(session: Session) -> None:
    one, other = firm(session, "甲厂"), firm(session, "甲厂")
    duplicates.merge(session, "enterprise", (one, other))
    changes = records.delete(session, "enterprise", other)
    assert reading.count(session.database, session.types, Query("enterprise")) == 0
    assert reading.count(session.database, session.types, Query("enterprise", deleted=True)) == 1
    records.undo(session, changes.stamp)
    assert reading.count(session.database, session.types, Query("enterprise")) == 1
    with pytest.raises(NotTwo):
        duplicates.merge(session, "enterprise", (one, other))
    records.delete(session, "enterprise", one)
    with pytest.raises(NotFound):
        duplicates.merge(session, "enterprise", (one, firm(session, "甲厂")))
    records.restore(session, "enterprise", one)
    assert shown(session, other).id == one


def test_two_codes_are_never_merged_and_a_second_one_that_comes_later_is_no_matter_of_choice(
    session: Session,
) -> None:
    coded, plain = firm(session, "甲厂", uscc=CODE), firm(session, "甲厂")
    duplicates.merge(session, "enterprise", (coded, plain))
    (merged,) = duplicates.merged(session.database, session.types, session.codes)
    duplicates.unmerge(session, merged.edges[0])
    records.save(session, "enterprise", {"uscc": OTHER_CODE}, record=plain)
    with pytest.raises(CodesDiffer):
        duplicates.merge(session, "enterprise", (coded, plain))
    session.ledger.write("", "", deletions=[Deletion(SAME, merged.edges[0], revive=True)])
    assert shown(session, plain).disputed == ("uscc",)
    with pytest.raises(CodesDiffer, match="重新分开"):
        deciding.decide(session, "enterprise", coded, "uscc", CODE)


def test_a_decision_about_what_was_left_open_closes_it(session: Session) -> None:
    one, other = firm(session, "甲厂"), firm(session, "乙厂")
    duplicates.merge(session, "enterprise", (one, other))
    (conflict,) = conflicts.open_conflicts(session)
    assert {c.value for c in conflict.claims} == {"甲厂", "乙厂"}
    deciding.decide(session, "enterprise", conflict.record, "name", "乙厂")
    assert conflicts.open_conflicts(session) == []
    assert shown(session, one).values["name"] == "乙厂"


def test_erasing_reaches_what_stands_under_each_id(session: Session) -> None:
    one = member(session, "王芳", phone="13800000000", id_number="330102199001010012")
    other = member(session, "王芳", phone="13800000000")
    duplicates.merge(session, "member", (one, other))
    erasing.erase(session, "member", [other], ["phone"], basis="consent")
    assert shown(session, one, "member").values["phone"] is None
    values = session.database.rows("SELECT value FROM version WHERE slot = 'phone' AND value <> 'null'")
    assert values == []


def test_what_is_no_kind_of_thing_that_can_be_twice_is_not_merged(session: Session) -> None:
    one = firm(session, "甲厂")
    visits = [
        records.save(session, "visit", {"enterprise": one, "visit_date": day}).record
        for day in ("2026-11-02", "2026-11-03")
    ]
    with pytest.raises(NotTwo):
        duplicates.merge(session, "visit", visits)


def test_more_than_are_ever_one_are_not_made_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "MOST_JOINED", 3)
    one, two, three, four = (firm(session, f"甲厂{n}店") for n in range(4))
    duplicates.merge(session, "enterprise", (one, two))
    with pytest.raises(duplicates.TooManyForOne, match="最多3条，这些一共4条"):
        duplicates.merge(session, "enterprise", (one, three, four))
    duplicates.merge(session, "enterprise", (one, three))
    with pytest.raises(duplicates.TooManyForOne, match="一共4条"):
        duplicates.merge(session, "enterprise", (two, four))


def test_what_belongs_to_units_elsewhere_is_joined_and_parted_by_who_stands_above_both(
    session: Session,
) -> None:
    elsewhere = "ab" * 16
    one, other = (
        firm(session, "甲厂"),
        forged(session, {"name": "甲厂"}, elsewhere),
    )
    assert found(session) == set()
    with pytest.raises(NotAllowed, match="上级"):
        duplicates.merge(session, "enterprise", (one, other))
    edge = same_id("enterprise", one, other)
    cells: dict[str, Cell] = {"kind": "enterprise", "one": min(one, other), "other": max(one, other)}
    session.ledger.write("", "", births=[NewRecord(SAME, edge, elsewhere, cells)])
    assert shown(session, other).id == other
    with pytest.raises(NotAllowed, match="上级"):
        duplicates.unmerge(session, edge)


def test_a_merge_that_ended_as_somebody_elsewhere_registered_one_is_told_and_offered_to_who_stands_above_all(
    tmp_path: Path,
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    other = station(tmp_path, "330110110", "瓶窑镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(other, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    coded, plain = firm(village, "甲厂", uscc=CODE), firm(town, "甲厂分部")
    report_up(village, town, tmp_path)
    duplicates.merge(town, "enterprise", (coded, plain))
    report_up(town, district, tmp_path)
    assert found(district) == set()
    assert firm(other, "甲厂", uscc=CODE) == coded
    report_up(other, district, tmp_path)
    down = exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station)
    exchange.receive(town, [down.path])
    pair = min(coded, plain), max(coded, plain)
    assert found(town) == {(*pair, "lapsed_above")}
    assert [
        g.beyond
        for s in (town, district)
        for g in duplicates.proposals(s.database, s.types, s.codes, s.unit.id)
    ] == [True, False]
    assert found(district) == {(*pair, "lapsed")}
    assert found(other) == found(village) == set(), "these have merged nothing"
    with pytest.raises(NotAllowed, match="请由管着它们的上级来合并"):
        duplicates.merge(town, "enterprise", pair)
    duplicates.keep_apart(district, "enterprise", pair)
    assert found(district) == set()
    merged = duplicates.merge(district, "enterprise", pair)
    assert found(district) == set()
    assert shown(district, coded).id == shown(district, plain).id
    undone = records.undo(district, merged.stamp)
    assert shown(district, coded).id != shown(district, plain).id
    assert found(district) == {(*pair, "lapsed")}
    records.undo(district, undone.stamp)
    assert shown(district, coded).id == shown(district, plain).id
    # So it is everywhere, though the edge is the town's.
    for below, above in ((town, district), (other, district), (village, town)):
        sent = exchange.send(above, tmp_path / f"{below.unit.id}.xsj", to=below.ledger.station)
        exchange.receive(below, [sent.path])
        report_up(below, above, tmp_path)
    assert shown(town, coded).id == shown(town, plain).id
    assert shown(district, coded).id == shown(district, plain).id, "no merge has taken it back"
    assert shown(village, plain).id == shown(village, coded).id
    # Taken apart by hand it is asked about like any other pair.
    duplicates.unmerge(district, same_id("enterprise", *pair))
    assert found(district) == {(*pair, "lapsed")}
    duplicates.merge(district, "enterprise", pair)
    assert shown(district, coded).id == shown(district, plain).id


def test_the_unit_is_chosen_like_any_other_content(session: Session) -> None:
    one, other = firm(session, "甲厂"), firm(session, "甲厂")
    duplicates.merge(session, "enterprise", (one, other), {UNIT_SLOT: session.unit.id})
    assert shown(session, one).disputed == ()


def test_a_ledger_that_is_restored_has_what_was_merged_and_what_was_said_to_be_two(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one, other, third = (firm(district, "甲厂") for _ in range(3))
    duplicates.merge(district, "enterprise", (one, other))
    duplicates.keep_apart(district, "enterprise", (one, third))
    records.save(district, "enterprise", {"remark": "后来"}, record=other)
    folder = district.workspace.folder
    district.workspace.close()
    (folder / LEDGER).unlink()
    again = restoring.restore(folder, None, "王芳", "password1", repeatable("noon")).session
    assert shown(again, other).id == one
    assert shown(again, other).values["remark"] == "后来"
    assert found(again) == set()
    again.workspace.close()
