"""Which own values a bundle from above has replaced: told after the merge, and from the ledger of merges."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.recording import deciding, duplicates, records
from desktop.operations.session import Session
from desktop.operations.stations import decided, exchange
from desktop.operations.stations.decided import Told
from desktop.records.declaration import Level
from desktop.store.ledger import SlotEdit
from desktop.store.peers import traffic as stored
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town with its root, and a village of it."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT, operator="李主席")
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    return town, village


def receive(town: Session, village: Session, folder: Path) -> Told:
    """What is told of the next bundle down; the ledger of merges tells the same."""
    down = exchange.send(town, folder, to=village.ledger.station)
    report = exchange.receive(village, [down.path])
    told = decided.after_merge(village.database, village.here, report.bundles)
    newest = stored.merges(village.database)[0]
    assert decided.of_merge(village.database, village.here, newest) == told
    return told


def said(told: Told) -> list[tuple[str, ...]]:
    return [(d.title, d.slot_label, d.was, d.now, d.verb, d.who) for d in told.listed]


def test_what_the_town_decides_against_the_village_is_told_there_once(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    ids, _ = records.save_many(village, "enterprise", [{"name": f"原名{n}"} for n in range(2)])
    report_up(village, town, tmp_path)
    for key in ids:
        records.save(village, "enterprise", {"name": "村里的"}, record=key)
        records.save(town, "enterprise", {"name": "镇里的"}, record=key)
    report_up(village, town, tmp_path)
    deciding.decide(town, "enterprise", ids[0], "name", "商量好的")
    deciding.decide(town, "enterprise", ids[1], "name", "村里的")
    told = receive(town, village, tmp_path)
    assert said(told) == [("商量好的", "单位名称", "村里的", "商量好的", "定为", "李主席（径山镇总工会）")], (
        "what was decided as the village has it is no news"
    )
    assert (told.listed[0].record, told.listed[0].slot) == (ids[0], "name")
    first = stored.merges(village.database)[0]
    # Until the village reports, the same comes with each bundle; what the town says of its own word is no news here.
    records.save(town, "enterprise", {"name": "又改的"}, record=ids[0])
    assert receive(town, village, tmp_path) == Told()
    assert [d.now for d in decided.of_merge(village.database, village.here, first).listed] == ["商量好的"]


def test_what_comes_again_in_a_greater_part_of_its_segment_is_no_news(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    key = records.save(village, "enterprise", {"name": "茶厂"}).record
    other = records.save(town, "enterprise", {"name": "镇上的厂"}).record
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "镇上改的"}, record=other)
    records.save(town, "enterprise", {"name": "镇里的"}, record=key)
    records.save(town, "enterprise", {"name": "镇上再改的"}, record=other)
    assert receive(town, village, tmp_path).count == 1
    town.ledger.write(
        "移交", town.operator.name, edits=[SlotEdit("enterprise", other, "unit", village.unit.id)]
    )
    assert receive(town, village, tmp_path) == Told()
    assert records.load(village, "enterprise", other) is not None


def test_a_later_edit_of_somebody_else_is_told_as_one_and_of_several_bundles_the_last_word(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    key = records.save(village, "enterprise", {"name": "茶厂", "contact_phone": "13800001234"}).record
    other = records.save(village, "enterprise", {"name": "停业的"}).record
    report_up(village, town, tmp_path)
    paths = []
    for phone in ("13900005678", "13700009999"):
        records.save(town, "enterprise", {"contact_phone": phone}, record=key)
        paths.append(exchange.send(town, tmp_path, to=village.ledger.station).path)
    report = exchange.receive(village, paths)
    told = decided.after_merge(village.database, village.here, report.bundles)
    ((_, _, was, now, verb, _),) = said(told)
    assert verb == "改为"
    assert ("1234" in was, "9999" in now) == (True, True)
    assert not {"13800001234", "13700009999"} & {was, now}, "masked as everywhere"
    records.delete(town, "enterprise", other)
    assert said(receive(town, village, tmp_path)) == [
        ("停业的", "整条记录", "没有删除", "已删除", "改为", "李主席（径山镇总工会）")
    ]


def test_values_that_look_alike_since_they_are_masked_are_said_to_differ(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    key = records.save(village, "enterprise", {"name": "茶厂", "contact_phone": "13800001234"}).record
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"contact_phone": "13899991234"}, record=key)
    ((_, _, was, now, *_),) = said(receive(town, village, tmp_path))
    assert now == f"{was}（改了没有显示的部分）"


def test_what_was_chosen_when_two_records_became_one_is_told_under_the_one_that_is_shown(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    theirs = records.save(town, "enterprise", {"name": "镇里登记的"}, unit=village.unit.id).record
    # Ids are ordered by time, and the clock of the village is behind.
    now = town.environment.now()
    while village.environment.now() < now:
        pass
    own = records.save(village, "enterprise", {"name": "村里登记的"}).record
    assert theirs < own
    report_up(village, town, tmp_path)
    duplicates.merge(town, "enterprise", [own, theirs], {"name": "径山茶业"})
    assert [(d.record, d.was, d.now) for d in receive(town, village, tmp_path).listed] == [
        (theirs, "村里登记的", "径山茶业")
    ]


def test_nothing_is_told_where_nothing_of_ones_own_stood_there(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    key = records.save(village, "enterprise", {"name": "茶厂"}).record
    report_up(village, town, tmp_path)
    # What the village had left empty, what it has changed itself meanwhile, and what is in conflict.
    records.save(town, "enterprise", {"surveyed_staff": 7, "name": "镇里的"}, record=key)
    records.save(village, "enterprise", {"name": "村里的"}, record=key)
    assert receive(town, village, tmp_path) == Told()
    # The town asks the ledger of its own merges: nothing comes from above.
    report_up(village, town, tmp_path)
    assert decided.of_merge(town.database, town.here, stored.merges(town.database)[0]) == Told()


def test_of_many_the_first_are_listed_and_all_are_counted(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, village = pair
    ids, _ = records.save_many(village, "enterprise", [{"name": f"厂{n}"} for n in range(3)])
    report_up(village, town, tmp_path)
    for key in ids:
        records.save(town, "enterprise", {"name": "镇里的"}, record=key)
    monkeypatch.setattr(decided, "LISTED", 1)
    told = receive(town, village, tmp_path)
    assert (len(told.listed), told.count, told.unlisted) == (1, 3, 2)
