"""The main job between stations: a village records, a town merges and sends, the district answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.errors import TrustProblem
from desktop.operations.recording import records
from desktop.operations.recording.admitting import BearsOthers
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.errors import NewerFormat, WrongReceiver
from desktop.sync.errors.surroundings import DiskGone
from tests.operations.stations import enrol, forged, report_up, station

CODE = "91330106MA2ABCDEX7"


@pytest.fixture
def three(tmp_path: Path) -> tuple[Session, Session, Session]:
    """A district, a town that may enrol, and a village of the town."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    records.save(village, "enterprise", {"name": "入网前登记的茶厂", "surveyed_staff": 12})
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    return district, town, village


def test_what_a_village_records_reaches_the_district_with_equal_digests(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, town, village = three
    saved = records.save(village, "enterprise", {"name": "径山茶业", "uscc": CODE, "surveyed_staff": 30})
    first = report_up(village, town, tmp_path).bundles[0]
    assert first.problem is None
    assert (first.applied, first.known, first.held, first.conflict, first.refused) == (2, 0, 0, 0, 0)
    second = report_up(town, district, tmp_path).bundles[0]
    assert second.problem is None
    assert second.applied == second.total
    held = records.load(district, "enterprise", saved.record)
    assert held is not None
    assert held.values["name"] == "径山茶业"
    digests = {exchange.digest(s, village.unit.id).sha256 for s in three}
    assert len(digests) == 1


def test_a_file_of_another_computer_is_not_written_over(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    """The computers of one unit, and what is written for them, give files the same names."""
    _, town, village = three
    stick = tmp_path / "U盘"
    stick.mkdir()
    name = "径山村工会_径山镇总工会_{}_20261123{}.xsj"
    for number, other in (("0001", exchange.send(town, tmp_path / "镇.xsj").path), ("0002", Path(__file__))):
        lies = stick / name.format(number, "")
        lies.write_bytes(other.read_bytes())
        sent = exchange.send(village, stick)
        assert sent.path == stick / name.format(number, "（2）")
        assert lies.read_bytes() == other.read_bytes()
    village.database.execute("UPDATE link SET name = ?", ("很长的名称" * 20,))
    long = [exchange.send(village, stick).path for _ in range(2)]
    assert [path.name[-18:] for path in long] == ["_0003_20261123.xsj", "_0004_20261123.xsj"]


def test_the_same_bundle_twice_changes_nothing(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    sent = exchange.send(village, tmp_path / "a.xsj")
    exchange.merge(town, [sent.path])
    before = exchange.digest(town)
    again = exchange.merge(town, [sent.path]).bundles[0]
    assert again.known == again.total
    assert exchange.digest(town) == before


def test_what_could_not_be_written_goes_under_the_next_number_and_nobody_misses_the_other(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    """Rule 22: a number that was reserved is not given twice, whatever lay half on the stick by then."""
    _, town, village = three
    first = exchange.send(village, tmp_path / "a.xsj")
    records.save(village, "enterprise", {"name": "以后的茶厂"})
    with pytest.raises(DiskGone):
        exchange.send(village, tmp_path / "拔掉的U盘" / "b.xsj")
    assert [p.name for p in tmp_path.glob("*.xsj*")] == ["a.xsj"]
    again = exchange.send(village, tmp_path / "b.xsj")
    assert (first.sequence, again.sequence) == (1, 3)
    result = exchange.merge(town, [again.path]).bundles[0]
    assert (result.applied, result.held, result.gap) == (2, 0, False)
    assert exchange.digest(town, village.unit.id) == exchange.digest(village)


def test_two_villages_with_the_same_enterprise_fork_and_nothing_is_lost(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    villages = [
        station(tmp_path, f"33011010920{i}", f"{n}村工会", Level.VILLAGE) for i, n in enumerate("甲乙")
    ]
    for village in villages:
        enrol(village, district, tmp_path)
    for village, staff in zip(villages, (120, 135), strict=True):
        records.save(village, "enterprise", {"name": "同一家", "uscc": CODE, "surveyed_staff": staff})
    results = [report_up(v, district, tmp_path).bundles[0] for v in villages]
    assert results[0].conflict == 0
    assert results[1].conflict == 1
    enterprise = records.load(
        district, "enterprise", records.save(villages[0], "enterprise", {"uscc": CODE}).record
    )
    assert enterprise is not None
    assert set(enterprise.disputed) == {"unit", "headcount_surveyed"}


def test_edits_of_one_field_on_both_sides_become_a_conflict_and_come_down(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    saved = records.save(village, "enterprise", {"name": "径山茶业", "uscc": CODE})
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "径山茶业（镇改）"}, record=saved.record)
    records.save(village, "enterprise", {"name": "径山茶业（村改）"}, record=saved.record)
    result = report_up(village, town, tmp_path).bundles[0]
    assert result.conflict == 1
    for session in (town, village):
        held = records.load(session, "enterprise", saved.record)
        assert held is not None
        assert held.disputed == ("name",)
    assert exchange.digest(town, village.unit.id) == exchange.digest(village, village.unit.id)


def test_a_bundle_for_somebody_else_is_refused_whole(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, _, village = three
    sent = exchange.send(village, tmp_path / "a.xsj")
    result = exchange.merge(district, [sent.path]).bundles[0]
    assert isinstance(result.problem, WrongReceiver)
    assert result.total == result.applied == 0


def test_any_flipped_byte_is_refused_or_harmless(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    sent = exchange.send(village, tmp_path / "a.xsj")
    data = sent.path.read_bytes()
    before = exchange.digest(town)
    intact = exchange.merge(town, [sent.path], preview=True).bundles[0]
    for place in range(0, len(data), max(1, len(data) // 60)):
        broken = tmp_path / "broken.xsj"
        broken.write_bytes(data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :])
        result = exchange.merge(town, [broken], preview=True).bundles[0]
        if result.problem is None:
            # Only bytes that nobody reads, such as file attributes in the ZIP's directory, may differ.
            assert (result.total, result.births, result.changes) == (
                intact.total,
                intact.births,
                intact.changes,
            )
        else:
            assert isinstance(result.problem, TrustProblem | NewerFormat)
    assert exchange.digest(town) == before


def test_a_preview_says_what_a_merge_then_does_and_writes_nothing(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    sent = exchange.send(village, tmp_path / "a.xsj")
    before = exchange.digest(town)
    shown = exchange.merge(town, [sent.path], preview=True).bundles[0]
    assert exchange.digest(town) == before
    done = exchange.merge(town, [sent.path]).bundles[0]
    assert (shown.applied, shown.total, shown.births) == (done.applied, done.total, done.births)


def test_what_others_have_is_not_changed_where_all_would_refuse_it(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    """A town's own unit is the district's record: a change of it stood here alone and came back as not taken."""
    district, town, _ = three
    for change in (
        lambda: records.save(town, "unit", {"signatures": "two"}, record=town.unit.id),
        lambda: records.delete(town, "unit", town.unit.id),
        lambda: records.restore(town, "unit", town.unit.id),
    ):
        with pytest.raises(NotAllowed, match="归“余杭区总工会”管"):
            change()
    # Who has it sets it, and so does whoever has a record of the levels below.
    records.save(district, "unit", {"signatures": "two"}, record=town.unit.id)
    hill = next(
        r for r in reading.records(town.database, town.types, Query("unit")) if r.unit == town.unit.id
    )
    records.save(town, "unit", {"started": "2026-01-01"}, record=hill.id)
    # A unit that others stand on is not deleted: its next bundle could not be merged any more.
    with pytest.raises(BearsOthers, match="有电脑办过入网，或者下面还有单位"):
        records.delete(district, "unit", town.unit.id)
    with pytest.raises(BearsOthers, match="这是本单位"):
        records.delete(district, "unit", district.unit.id)
    empty = records.save(
        district,
        "unit",
        {"name": "空的镇", "code": "330110112", "level": "town", "superior": district.unit.id},
    ).record
    assert not records.delete(district, "unit", empty).empty


def test_a_town_cannot_write_for_another_town(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    two = station(tmp_path, "330110110", "瓶窑镇总工会", Level.TOWN)
    for town in (one, two):
        enrol(town, district, tmp_path)
    with pytest.raises(NotAllowed, match="不归本单位管"):
        records.save(one, "enterprise", {"name": "别家的"}, unit=two.unit.id)
    with pytest.raises(NotAllowed):
        records.save_many(one, "enterprise", [{"name": "别家的"}], unit=two.unit.id)
    forged(one, {"name": "别家的"}, two.unit.id)
    records.save(one, "enterprise", {"name": "自己的"})
    result = report_up(one, district, tmp_path).bundles[0]
    assert (result.refused, result.applied) == (1, 1)
    assert result.unapplied[0].reason == "scope"


def test_a_receipt_acknowledges_so_the_next_bundle_carries_only_what_is_new(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    report_up(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "新的一家"})
    result = report_up(village, town, tmp_path).bundles[0]
    assert (result.total, result.applied) == (1, 1)


def test_a_lost_receipt_costs_a_repeat_and_nothing_else(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    first = exchange.send(village, tmp_path / "a.xsj")
    exchange.merge(town, [first.path])
    exchange.send(town, tmp_path / "lost.xsj", to=village.ledger.station)
    records.save(village, "enterprise", {"name": "后来的一家"})
    second = exchange.merge(town, [exchange.send(village, tmp_path / "b.xsj").path]).bundles[0]
    assert (second.applied, second.known, second.total) == (1, 1, 2)
    report_up(village, town, tmp_path)
    assert exchange.digest(town, village.unit.id) == exchange.digest(village)


def test_an_older_receipt_that_comes_late_changes_nothing(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    exchange.merge(town, [exchange.send(village, tmp_path / "a.xsj").path])
    old = exchange.send(town, tmp_path / "old.xsj", to=village.ledger.station)
    records.save(village, "enterprise", {"name": "后来的一家"})
    report_up(village, town, tmp_path)
    exchange.receive(village, [old.path])
    assert exchange.send(village, tmp_path / "c.xsj").items == 0


def test_bundles_out_of_order_meet_in_the_same_state(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    first = exchange.send(village, tmp_path / "1.xsj")
    records.save(village, "enterprise", {"name": "改过的一家"}, record=saved.record)
    second = exchange.send(village, tmp_path / "2.xsj")
    results = exchange.merge(town, [second.path, first.path]).bundles
    assert results[1].known == results[1].total
    assert exchange.digest(town, village.unit.id) == exchange.digest(village)


def test_a_change_whose_record_is_missing_is_held_and_retried_by_itself(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    first = exchange.send(village, tmp_path / "1.xsj")
    records.save(village, "enterprise", {"name": "改过的一家"}, record=saved.record)
    # The station believes that the first bundle arrived; it did not.
    village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    second = exchange.send(village, tmp_path / "2.xsj")
    held = exchange.merge(town, [second.path]).bundles[0]
    assert (held.held, held.applied, held.gap) == (1, 0, True)
    after = exchange.merge(town, [first.path]).bundles[0]
    assert after.released == 1
    assert exchange.digest(town, village.unit.id) == exchange.digest(village)
