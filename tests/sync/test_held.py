"""What waits and is tried again by itself (rule 15), and what is told of it in the end."""

from __future__ import annotations

from pathlib import Path

from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.records.versions.stamps import milliseconds_of
from desktop.store.ledger import NewRecord
from desktop.sync.bundles import envelope
from tests.sync.acts import say_same
from tests.sync.desks import Desk, enrol, new_desk, report, settle
from tests.sync.levels import FIRM, OTHER, Tree, outcome, unit_cells
from tests.sync.places import Places


def test_a_change_before_its_birth_waits_for_it(tree: Tree) -> None:
    """Rule 15: a gap; the first bundle comes later."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    # The station believes that the first bundle arrived; it did not.
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    result = tree.town.take(tree.village.send())
    assert outcome(result) == (0, 0, 0, 1, 0)
    assert (result.unapplied[0].reason, result.gap) == ("no_birth", True)
    released = tree.town.take(first)
    assert released.released == 1
    assert tree.town.held() == {}
    found = tree.town.values(FIRM)
    assert found is not None
    assert found["name"] == "改过"


def test_what_waited_counts_for_the_clock_and_goes_down(tree: Tree) -> None:
    """Rules 3 and 21: a change that is released is observed, and stations that were past it get it after all."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    settle([(tree.town, tree.district)])
    # The district edits a record whose birth it sends; the town gets the change first.
    tree.district.birth("firm", {"name": "区里的"}, record=OTHER, unit=tree.village.unit)
    tree.district.cut()
    tree.district.time.pass_days(0.9)
    tree.district.edit(OTHER, "name", "区里改的")
    whole = tree.district.send(tree.town)
    tree.district.database.execute(
        "UPDATE link SET acknowledged = (SELECT min(position) FROM segment WHERE position > acknowledged)"
    )
    part = tree.district.send(tree.town)
    assert outcome(tree.town.take(part))[3] == 1
    assert OTHER not in tree.village.records()
    tree.village.take(tree.town.send(tree.village))
    tree.town.take(whole)
    assert (
        milliseconds_of(tree.town.ledger.clock.last_tick() << 19)
        >= milliseconds_of(tree.district.stamp()) - 60_000
    )
    tree.village.take(tree.town.send(tree.village))
    found = tree.village.values(OTHER)
    assert found is not None
    assert found["name"] == "区里改的"


def test_an_item_under_an_unknown_unit_waits_for_the_unit(tree: Tree) -> None:
    """Rule 15: the unit comes with a later bundle, and with it everything that waited."""
    new_unit = derived_id("unit:village", "新村")
    at = tree.town.stamp()
    birth = tree.town.forge_birth(FIRM, {"name": "新村的"}, unit=new_unit, stamp=at)
    change = tree.town.forge_change(FIRM, "name", "新村改的", unit=new_unit, replaces=(at,))
    result = report(tree.town, tree.district)
    assert result.held == 2
    assert tree.district.held() == {(tree.town.station, birth): "unit", (tree.town.station, change): "unit"}
    assert tree.town.answers()[tree.town.station, birth] == ("held", "unit")
    tree.town.birth("unit", unit_cells("新村", tree.town.unit), record=new_unit)
    released, bad = tree.district.merge(tree.town.send(), tree.village.send()).bundles
    assert bad.problem is not None
    assert (released.released, bad.released) == (2, 0), "what waited is told, births included"
    assert released.applied == released.total - released.known == 1
    assert (released.births, released.changes) == ({"unit": 1, "firm": 1}, {"firm": 1})
    assert tree.district.held() == {}
    found = tree.district.values(FIRM)
    assert found is not None
    assert found["name"] == "新村改的"
    report(tree.town, tree.district)
    assert tree.town.answers() == {}


def test_what_was_excluded_and_comes_back_is_not_said_to_have_waited(tree: Tree) -> None:
    """Its own word says so: a deletion of the exclusion, which the same bundle brings."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.village.edit(FIRM, "name", "改过")
    tree.deliver()
    last = tree.village.ledger.next_number() - 1
    said = tree.district.exclude((tree.village, last - 1), (tree.village, last))
    tree.town.take(tree.district.send(tree.town))
    assert FIRM not in tree.town.records()
    tree.district.delete(said, "exclusion")
    lifting = tree.town.take(tree.district.send(tree.town))
    assert (lifting.released, lifting.deletions) == (0, {"exclusion": 1})
    assert tree.town.values(FIRM) == {**(tree.village.values(FIRM) or {})}


def test_a_unit_and_what_is_written_under_it_may_come_together(tree: Tree) -> None:
    """One operation registers a village and records for it: nothing waits, nothing is reported."""
    new_unit = derived_id("unit:village", "新村")
    tree.town.ledger.write(
        "登记",
        "王芳",
        births=[
            NewRecord("firm", FIRM, new_unit, {"name": "新村的"}),
            NewRecord("unit", new_unit, tree.town.unit, unit_cells("新村", tree.town.unit)),
        ],
    )
    result = report(tree.town, tree.district)
    assert result.held == 0
    assert FIRM in tree.district.records()


def _waits_in_the_same_bundle(town: Desk) -> str:
    """A birth and a change under a unit that a later segment of the same bundle registers."""
    new_unit = derived_id("unit:village", "新村")
    at = town.stamp()
    town.forge_birth(FIRM, {"name": "新村的"}, unit=new_unit, stamp=at)
    town.forge_change(FIRM, "name", "新村改的", unit=new_unit, replaces=(at,))
    town.birth("unit", unit_cells("新村", town.unit), record=new_unit)
    return new_unit


def _noted(desk: Desk) -> tuple[tuple[int, ...], int]:
    """The last line of the ledger of merges: its outcomes, and how many items it names."""
    row = desk.database.row(
        "SELECT applied, known, conflict, held, refused,"
        " (SELECT count(*) FROM merge_item i WHERE i.merge = m.id) FROM merge m ORDER BY id DESC"
    )
    assert row is not None
    return tuple(row[:5]), row[5]


def test_what_waited_within_one_bundle_is_told_as_what_it_is_in_the_end(tree: Tree) -> None:
    """Rule 17: preview, report and ledger of merges say the same, and nothing is called released that just came."""
    _waits_in_the_same_bundle(tree.town)
    sent = tree.town.send()
    (looked,) = tree.district.merge(sent, preview=True).bundles
    taken = tree.district.take(sent)
    for result in (looked, taken):
        assert outcome(result) == (result.total, 0, 0, 0, 0)
        assert (result.released, result.unapplied) == (0, [])
        assert (result.births["firm"], result.changes) == (1, {"firm": 1})
    assert _noted(tree.district) == ((taken.total, 0, 0, 0, 0), 0)
    assert tree.district.held() == {}


def test_what_waited_for_another_file_of_one_merge_is_told_as_what_it_is_in_the_end(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    change, birth = tree.town.merge(tree.village.send(), first).bundles
    assert outcome(change) == (1, 0, 0, 0, 0)
    assert outcome(birth) == (birth.total, 0, 0, 0, 0)
    assert (change.released, birth.released, change.unapplied) == (0, 0, [])
    assert (change.changes, birth.changes) == ({"firm": 1}, {}), "counted once, where it came"


def test_deletions_are_told_apart_from_changes_as_the_manifest_counts_them(tree: Tree) -> None:
    """Cover sheet, preview and report count alike, also what has waited; what was brought back is a change."""
    for record in (FIRM, OTHER):
        tree.village.birth("firm", {"name": "一家"}, record=record)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    for record in (FIRM, OTHER):
        tree.village.delete(record)
    tree.village.delete(FIRM, revive=True)
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    second = tree.village.send()
    counted = envelope.look(envelope.read_bundle(second.path)).counts
    assert counted == {"change": 2, "tombstone": 2}
    waited, births = tree.town.merge(second, first, preview=True).bundles
    held, releasing = tree.town.merge(second).bundles[0], tree.town.merge(first).bundles[0]
    assert (held.changes, held.deletions) == ({}, {})
    for told in (waited, releasing):
        assert (told.changes, told.deletions) == ({"firm": 2}, {"firm": 2})
    assert (births.births, births.changes, births.deletions) == ({"firm": 2}, {}, {})


def test_of_two_files_of_one_merge_the_second_is_told_to_contradict_the_first(tree: Tree) -> None:
    """Rule 17: though both are counted in one go, of each is told what would be told if it came by itself."""
    for village in (tree.village, tree.other):
        village.birth("firm", {"name": "一家"}, record=FIRM)
        report(village, tree.town)
    tree.village.edit(FIRM, "name", "甲村的")
    tree.other.edit(FIRM, "name", "乙村的")
    sent = (tree.village.send(), tree.other.send())
    for preview in (True, False):
        first, second = tree.town.merge(*sent, preview=preview).bundles
        assert (outcome(first), first.changes, first.unapplied) == ((1, 0, 0, 0, 0), {"firm": 1}, [])
        assert (outcome(second), second.changes) == ((0, 0, 1, 0, 0), {})
        assert [u.station for u in second.unapplied] == [tree.other.station]


def test_a_file_of_several_segments_that_contradict_each_other_and_another_file_is_told_both(
    tree: Tree,
) -> None:
    """Rule 17: what comes in one file is told as what it is when all of the file is in, whatever came before it."""
    for village in (tree.village, tree.other):
        for record in (FIRM, OTHER):
            village.birth("firm", {"name": "一家"}, record=record)
        report(village, tree.town)
    tree.village.edit(OTHER, "in_park", 1)
    seen = [stamp for stamp, _ in tree.other.ledger.heads("firm", FIRM, "name")]
    tree.other.forge_change(FIRM, "name", "一", replaces=seen)
    tree.other.edit(OTHER, "name", "也改了")
    tree.other.forge_change(FIRM, "name", "二", replaces=seen)
    first, second = tree.town.merge(tree.village.send(), tree.other.send()).bundles
    assert outcome(first) == (1, 0, 0, 0, 0)
    assert outcome(second) == (1, 0, 2, 0, 0)


def test_of_several_files_that_are_counted_together_each_is_told_its_own(tree: Tree) -> None:
    """What waits, and what contradicts the merging desk, is told with the file that brought it."""
    for village, record in ((tree.village, FIRM), (tree.other, OTHER)):
        village.birth("firm", {"name": "一家"}, record=record)
        report(village, tree.town)
    tree.town.edit(OTHER, "name", "镇里改的")
    tree.village.forge_change("f9" * 16, "name", "没有登记的")
    tree.other.edit(OTHER, "name", "村里改的")
    waiting, disputed = tree.town.merge(tree.village.send(), tree.other.send()).bundles
    assert (outcome(waiting), waiting.changes) == ((0, 0, 0, 1, 0), {})
    assert (outcome(disputed), disputed.changes) == ((0, 0, 1, 0, 0), {})
    assert [(u.station, u.outcome) for u in (*waiting.unapplied, *disputed.unapplied)] == [
        (tree.village.station, "held"),
        (tree.other.station, "conflict"),
    ]


def test_what_waited_within_one_bundle_and_is_disputed_is_told_as_that(tree: Tree) -> None:
    """The birth claims a record that the district has: in conflict, and nothing waits any more."""
    tree.district.birth("firm", {"name": "区里的"}, record=FIRM)
    _waits_in_the_same_bundle(tree.town)
    taken = tree.district.take(tree.town.send())
    assert taken.held == 0
    assert taken.conflict == len(taken.unapplied) > 0
    assert {u.outcome for u in taken.unapplied} == {"conflict"}
    assert outcome(taken) == _noted(tree.district)[0]


def test_what_waited_within_one_bundle_and_is_refused_after_all_is_told_as_that(tree: Tree) -> None:
    """The unit turns out to be the town's and not the village's, when the tree says enough."""
    new_unit = derived_id("unit:village", "新村")
    tree.village.forge_birth(FIRM, {"name": "别家的"}, unit=new_unit)
    waits = tree.village.forge_birth(OTHER, {"name": "还不知道的"}, unit="ee" * 16)
    report(tree.village, tree.town)
    tree.town.birth("unit", unit_cells("新村", tree.town.unit), record=new_unit)
    taken = tree.district.take(tree.town.send())
    assert outcome(taken) == (taken.total - 2, 0, 0, 1, 1)
    assert {(u.outcome, u.reason) for u in taken.unapplied} == {("refused", "scope"), ("held", "unit")}
    assert set(tree.district.held()) == {(tree.village.station, waits)}
    assert "firm" not in taken.births


def test_what_was_in_conflict_and_is_refused_in_the_end_is_no_change(tree: Tree) -> None:
    """The same bundle brings the word that it does not count."""
    record = tree.village.birth("firm", {"name": "茶厂"})
    report(tree.village, tree.town)
    report(tree.town, tree.district)
    tree.district.edit(record, "name", "茶叶厂")
    tree.village.edit(record, "name", "茶业公司")
    withdrawn = tree.village.ledger.next_number() - 1
    report(tree.village, tree.town)
    tree.town.exclude((tree.village, withdrawn))
    taken = tree.district.take(tree.town.send())
    assert [(u.outcome, u.reason) for u in taken.unapplied] == [("refused", "withdrawn")]
    assert (taken.changes, taken.conflict, taken.refused) == ({}, 0, 1)


def test_units_that_wait_for_units_are_tried_until_nothing_more_comes(tree: Tree) -> None:
    """A unit below a unit that is not known yet: the release of one is the cause of the other's."""
    upper, lower = derived_id("unit:village", "上"), derived_id("unit:village", "下")
    tree.town.forge_birth(FIRM, {"name": "下面的"}, unit=lower)
    tree.town.forge_birth(lower, unit_cells("下", upper), type="unit", unit=upper)
    assert report(tree.town, tree.district).held == 2
    tree.town.birth("unit", unit_cells("上", tree.town.unit), record=upper)
    report(tree.town, tree.district)
    assert tree.district.held() == {}
    assert FIRM in tree.district.records()


def test_a_unit_that_turns_out_to_be_anothers_is_refused_after_all(tree: Tree) -> None:
    """Rule 14 is judged when the tree says enough; until then nobody is told a verdict."""
    foreign = new_desk(tree.town.folder, "外镇", Level.TOWN)
    number = tree.town.forge_birth(FIRM, {"name": "外镇的"}, unit=foreign.unit)
    change = tree.town.forge_change(FIRM, "name", "改", unit=foreign.unit)
    assert report(tree.town, tree.district).held == 2
    enrol(foreign, tree.district)
    report(tree.town, tree.district)
    assert tree.district.held() == {}
    assert tree.district.refused() == {(tree.town.station, n): "scope" for n in (number, change)}


def test_nothing_else_holds(tree: Tree) -> None:
    """Rule 15: neither a missing base nor a missing parent or link target."""
    tree.village.forge_birth(FIRM, {"name": "一家", "partner": "ee" * 16})
    tree.village.forge_change(FIRM, "name", "改", replaces=(5,))
    tree.village.forge_birth(OTHER, {"firm": "dd" * 16, "topic": "走访"}, type="visit")
    assert outcome(report(tree.village, tree.town))[3] == 0
    assert tree.town.conflicts() == {(FIRM, "name")}


def test_what_waits_for_its_unit_counts_where_the_level_above_vouches_for_it(tmp_path: Path) -> None:
    """A computer was enrolled by another town by mistake, and its record is said to be one with one of that town."""
    places = Places(tmp_path)
    town, other = places.town, places.other
    astray = new_desk(places.village.folder, "另办", Level.VILLAGE)
    astray.birth("firm", {"name": "村里的"}, record=FIRM)
    wished, astray.unit, astray.code = astray.unit, places.village.unit, places.village.name
    astray.ledger.set_meta("unit_id", astray.unit)
    enrol(astray, town, wished=wished)
    report(astray, town)
    report(town, places.district)
    enrol(astray, other)
    assert other.take(astray.send()).held == 1
    other.birth("firm", {"name": "镇里的"}, record=OTHER)
    report(other, places.district)
    assert (other.records(), set(other.held().values())) == ({OTHER}, {"unit"})
    say_same(places.district, FIRM, OTHER)
    report(other, places.district)
    assert (other.records(), other.held()) == ({FIRM, OTHER}, {})
    assert other.digest(other.unit).sha256 == places.district.digest(other.unit).sha256
