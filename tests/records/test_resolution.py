"""What a field says (rules 5 to 9), and what counts (15 and 16): every rule as a case that a person can follow."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable

import pytest

from desktop.records.versions.canonical import ABSENT, canonical, parse
from desktop.records.versions.resolution import (
    ItemId,
    Life,
    Version,
    canonical_tombstone,
    having_seen,
    heads_of,
    heads_of_components,
    heads_of_groups,
    join,
    life_of_slots,
    resolve_record,
    resolve_slot,
    split_counted,
    with_stamps,
)
from tests.measuring import seconds

A, B, C = "a" * 64, "b" * 64, "c" * 64
HERE, THERE, ELSEWHERE = "11" * 16, "22" * 16, "33" * 16


def birth(stamp: int, value: str, *, slot: str = "name", unit: str = HERE, station: str = A) -> Version:
    return Version(ItemId(station, "0" * 16, stamp), "f1", slot, stamp, canonical(value), unit, birth=True)


def change(
    stamp: int,
    value: str | None,
    replaces: Iterable[int] = (),
    *,
    slot: str = "name",
    unit: str = HERE,
    station: str = A,
) -> Version:
    item = ItemId(station, "0" * 16, stamp)
    return Version(item, "f1", slot, stamp, canonical(value), unit, replaces=frozenset(replaces))


def tombstone(
    stamp: int, heads: Iterable[tuple[str, int]], births: Iterable[int], replaces: Iterable[int] = ()
) -> Version:
    item = ItemId(A, "0" * 16, stamp)
    return Version(
        item, "f1", "_deleted", stamp, canonical_tombstone(heads, births), HERE, replaces=frozenset(replaces)
    )


def shown(*versions: Version) -> tuple[str, bool, list[int]]:
    """The value, whether there is a conflict, and the stamps of the heads."""
    slot = resolve_slot(versions)
    return slot.value.strip('"'), slot.conflict, [h.stamp for h in slot.heads]


# -- rules 5, 6 and 8: heads and the value shown -------------------------------------------------------------------


def test_nothing_said_is_nothing() -> None:
    assert shown() == (ABSENT, False, [])


def test_a_later_edit_of_what_was_seen_is_no_conflict() -> None:
    """Rule 5."""
    assert shown(birth(1, "甲"), change(2, "乙", [1]), change(3, "丙", [2])) == ("丙", False, [3])


def test_two_that_did_not_see_each_other_disagree_and_the_later_is_shown() -> None:
    """Rule 5."""
    assert shown(birth(1, "甲"), change(2, "乙", [1]), change(3, "丙", [1])) == ("丙", True, [2, 3])


def test_a_chain_against_one_edit_leaves_its_end_and_the_other() -> None:
    """Rule 5: what a chain replaced is no head, though the other side never saw the chain."""
    versions = [birth(1, "甲"), change(2, "乙", [1]), change(4, "丙", [2]), change(3, "丁", [1])]
    assert shown(*versions) == ("丙", True, [3, 4])


def test_a_saved_edit_decides_all_heads_that_it_saw() -> None:
    """Rule 5: in a field in conflict every saved change is a decision."""
    versions = [birth(1, "甲"), change(2, "乙", [1]), change(3, "丙", [1])]
    assert shown(*versions, change(4, "乙", [2, 3])) == ("乙", False, [4])


def test_two_unequal_decisions_are_heads_like_any_others() -> None:
    """Rule 8."""
    versions = [birth(1, "甲"), change(2, "乙", [1]), change(3, "丙", [1])]
    assert shown(*versions, change(4, "乙", [2, 3]), change(5, "丙", [2, 3])) == ("丙", True, [4, 5])


def test_equal_values_close_a_conflict_in_silence() -> None:
    """Rule 8."""
    assert shown(birth(1, "甲"), change(2, "乙", [1]), change(3, "乙", [1])) == ("乙", False, [2, 3])


def test_a_change_beats_every_birth() -> None:
    """Rule 6: an old register that is imported late reverts nothing; it is asked about."""
    assert shown(change(2, "乙", [1]), birth(1, "甲"), birth(9, "丙", station=B)) == ("乙", True, [2, 9])


def test_a_change_that_knew_no_birth_beats_it_too() -> None:
    assert shown(birth(5, "甲"), change(2, "乙")) == ("乙", True, [2, 5])


def test_of_births_the_latest_is_shown() -> None:
    """Rule 6."""
    assert shown(birth(1, "甲"), birth(2, "乙", station=B)) == ("乙", True, [1, 2])


def test_a_birth_that_says_what_was_replaced_already_says_nothing_new() -> None:
    """Rule 6: the same register, imported by a second station after the first value was corrected."""
    assert shown(birth(1, "甲"), change(2, "乙", [1]), birth(3, "甲", station=B)) == ("乙", False, [2])


def test_a_change_back_to_a_replaced_value_is_a_head() -> None:
    """Rule 6 speaks of births alone."""
    assert shown(birth(1, "甲"), change(2, "乙", [1]), change(3, "甲", [1])) == ("甲", True, [2, 3])


def test_equal_stamps_with_other_values_are_both_heads_and_the_greater_bytes_win() -> None:
    """Rule 6: a copied station."""
    one, other = change(2, "乙", [1]), change(2, "丙", [1], station=B)
    assert shown(birth(1, "甲"), one, other) == (max("乙", "丙", key=str.encode), True, [2, 2])


def test_a_value_may_be_taken_away() -> None:
    assert shown(birth(1, "甲"), change(2, None, [1])) == (ABSENT, False, [2])


def test_what_replaces_an_unknown_version_is_a_head_all_the_same() -> None:
    """Rule 15: a missing base never holds."""
    assert shown(birth(1, "甲"), change(5, "乙", [4])) == ("乙", True, [1, 5])


def test_heads_are_in_the_order_of_their_stamps() -> None:
    found = heads_of([change(3, "丙"), birth(1, "甲"), change(2, "乙")])
    assert [h.stamp for h in found] == [1, 2, 3]


def test_slots_are_resolved_by_themselves() -> None:
    """Rule 5: matching is within one slot, whatever stamps other slots have."""
    slots = resolve_record([birth(1, "甲"), birth(1, "x", slot="topic"), change(2, "乙", [1])])
    assert (slots["name"].value, slots["topic"].value) == ('"乙"', '"x"')


# -- rule 9: deleted, live, or deleted against edited --------------------------------------------------------------


def life(*versions: Version, births: Iterable[int] = (1,), live_child: bool = False) -> Life:
    return life_of_slots(resolve_record(versions), births, live_child=live_child)


def test_what_was_never_deleted_lives() -> None:
    assert life(birth(1, "甲")) is Life.LIVE


def test_a_tombstone_that_saw_everything_deletes() -> None:
    assert life(birth(1, "甲"), change(2, "乙", [1]), tombstone(3, [("name", 2)], [1])) is Life.DELETED


def test_an_edit_that_the_tombstone_did_not_see_is_asked_about_whatever_its_stamp() -> None:
    """Rule 9: the edit is older than the tombstone, which did not know it."""
    assert life(birth(1, "甲"), change(2, "乙", [1]), tombstone(3, [], [1])) is Life.DISPUTED


def test_a_second_birth_that_the_tombstone_did_not_see_is_asked_about() -> None:
    assert life(birth(1, "甲"), tombstone(3, [], [1]), births=(1, 2)) is Life.DISPUTED


def test_a_live_child_keeps_its_parent_in_question() -> None:
    assert life(birth(1, "甲"), tombstone(3, [], [1]), live_child=True) is Life.DISPUTED


def test_two_deletions_together_saw_everything() -> None:
    """Rule 9: a head in none of the standing tombstones' lists."""
    seen = [birth(1, "甲"), change(2, "乙", [1]), change(3, "丙", slot="topic")]
    assert life(*seen, tombstone(4, [("name", 2)], [1]), tombstone(5, [("topic", 3)], [1])) is Life.DELETED


def test_an_undeletion_gives_life_back() -> None:
    assert life(birth(1, "甲"), tombstone(3, [], [1]), change(4, None, [3], slot="_deleted")) is Life.LIVE


def test_an_undeletion_against_a_second_deletion_is_asked_about() -> None:
    versions = [birth(1, "甲"), tombstone(3, [], [1]), change(4, None, [3], slot="_deleted")]
    assert life(*versions, tombstone(5, [], [1], [3])) is Life.DISPUTED


def test_a_new_deletion_ends_the_question() -> None:
    versions = [birth(1, "甲"), tombstone(3, [], [1]), change(2, "乙", [1])]
    assert life(*versions, tombstone(6, [("name", 2)], [1], [3])) is Life.DELETED


def test_half_a_tombstone_saw_nothing() -> None:
    empty = change(3, None, slot="_deleted")
    half = Version(empty.item, "f1", "_deleted", 3, "{}", HERE)
    assert life(birth(1, "甲"), half) is Life.DISPUTED


def test_a_tombstone_is_written_in_one_form() -> None:
    text = canonical_tombstone([("topic", 2), ("name", 255)], [16, 1])
    assert text == (
        '{"births":"0000000000000001 0000000000000010","heads":"name@00000000000000ff topic@0000000000000002"}'
    )


# -- rule 10: records that are one ---------------------------------------------------------------------------------


def under(record: str, *versions: Version) -> list[Version]:
    """The same versions under another id."""
    return [dataclasses.replace(v, record=record) for v in versions]


def test_what_two_records_say_stands_side_by_side_and_what_one_says_alone_is_shown() -> None:
    """Rules 5 to 7 over both."""
    both = join({
        "f1": under("f1", birth(1, "甲"), birth(1, "x", slot="topic")),
        "f2": under("f2", birth(2, "乙", station=B)),
    })  # fmt: skip
    assert (both.slots["name"].value, both.slots["topic"].value, both.conflicts) == ('"乙"', '"x"', {"name"})
    assert both.hidden == ()


def test_a_change_that_names_the_heads_of_both_replaces_both_and_only_while_they_are_one() -> None:
    chosen = dataclasses.replace(change(3, "丙", [1]), elsewhere=frozenset({("f2", 2)}))
    mine, theirs = under("f1", birth(1, "甲"), chosen), under("f2", birth(2, "乙", station=B))
    both = join({"f1": mine, "f2": theirs})
    assert [(h.record, h.value) for h in both.slots["name"].heads] == [("f1", '"丙"')]
    assert [h.value for h in both.hidden] == ['"乙"']
    assert both.heads_under("f2") == {"name": []}
    assert join({"f2": theirs}).slots["name"].value == '"乙"'


def test_what_was_corrected_under_one_id_is_not_said_again_by_the_birth_of_the_other() -> None:
    """Rule 6 over both."""
    mine = under("f1", birth(1, "甲"), change(3, "乙", [1]))
    assert join({"f1": mine, "f2": under("f2", birth(2, "甲", station=B))}).conflicts == frozenset()


def test_one_that_is_deleted_takes_no_part_and_keeps_what_it_says() -> None:
    gone = under("f2", birth(2, "乙", station=B), tombstone(4, [], [2]))
    both = join({"f1": under("f1", birth(1, "甲")), "f2": gone})
    assert (both.slots["name"].value, both.conflicts, both.taking) == ('"甲"', frozenset(), ("f1",))
    assert [h.value for h in both.heads_under("f2")["name"]] == ['"乙"']
    assert both.life(live_child=True) is Life.LIVE


def test_they_are_deleted_when_all_are_and_asked_about_while_one_is() -> None:
    gone = under("f1", birth(1, "甲"), tombstone(3, [], [1]))
    edited = under("f2", birth(2, "乙", station=B), change(5, "丙", [2]), tombstone(4, [], [2]))
    assert join({"f1": gone}).life(live_child=False) is Life.DELETED
    assert join({"f1": gone}).life(live_child=True) is Life.DISPUTED
    assert join({"f1": gone}).slots["name"].value == '"甲"'
    assert join({"f1": gone, "f2": edited}).life(live_child=False) is Life.DISPUTED


def test_two_codes_are_in_conflict_whatever_was_chosen() -> None:
    chosen = dataclasses.replace(change(3, "X", [1]), elsewhere=frozenset({("f2", 2)}))
    both = {"f1": under("f1", birth(1, "X"), chosen), "f2": under("f2", birth(2, "Y", station=B))}
    assert join(both, "name").conflicts == {"name"}
    assert join(both).conflicts == frozenset()
    assert join({"f1": both["f1"], "f2": under("f2", birth(2, "X"))}, "name").codes == {'"X"'}


def test_a_component_is_named_by_its_smallest_id_a_derived_one_before_all_others() -> None:
    a, b, derived, c, d = "0a" * 16, "0b" * 16, "ff" * 6 + "5f" + "ff" * 9, "0c" * 16, "0d" * 16
    assert heads_of_components([(a, b), (c, d)]) == {a: a, b: a, c: c, d: c}
    assert heads_of_components([(a, b), (c, derived), (b, c)]) == dict.fromkeys((a, b, c, derived), derived)
    assert heads_of_components([]) == {}


def test_of_more_than_a_hundred_that_would_be_one_each_stands_alone() -> None:
    ids = [f"{number:032x}" for number in range(1, 104)]
    hundred, pair = list(itertools.pairwise(ids[:100])), (ids[101], ids[102])
    assert heads_of_components([*hundred, pair]) == dict.fromkeys(ids[:100], ids[0]) | dict.fromkeys(
        pair, pair[0]
    )
    one_more = [*hundred, (ids[99], ids[100]), pair]
    assert heads_of_components(one_more) == dict.fromkeys(pair, pair[0])


def test_a_row_of_records_that_are_one_is_joined_in_time_with_its_length() -> None:
    def row(length: int) -> list[tuple[str, str]]:
        ids = [f"{number:032x}" for number in range(1, length + 1)]
        return list(itertools.pairwise(ids))

    few, many = row(300), row(9_000)
    once = min(seconds(lambda: heads_of_groups(few)) for _ in range(5))
    assert set(heads_of_groups(reversed(many)).values()) == {many[0][0]}
    assert seconds(lambda: heads_of_groups(many)) < 150 * once


# -- rules 15 and 16: what counts ----------------------------------------------------------------------------------


def counted(*versions: Version) -> list[int]:
    return [v.stamp for v in split_counted(versions)[0]]


def held(*versions: Version) -> list[int]:
    return [v.stamp for v in split_counted(versions)[1]]


def test_a_change_of_a_record_without_a_birth_waits() -> None:
    """Rule 15."""
    assert held(change(2, "乙", [1])) == [2]


def test_a_change_under_a_unit_that_the_record_never_had_waits() -> None:
    assert held(birth(1, "甲"), change(2, "乙", [1], unit=THERE)) == [2]


def test_changes_under_the_old_and_the_new_unit_count() -> None:
    """Rule 16: the record was moved by a level above; who had not heard of it went on under the old unit."""
    move = change(2, THERE, [1], slot="unit")
    late, new = change(3, "乙", [1]), change(4, "丙", [1], unit=THERE)
    assert counted(birth(1, "甲"), move, late, new) == [1, 2, 3, 4]


def test_a_move_onward_counts_through_the_move_before() -> None:
    """Rule 16: the order in which they are looked at changes nothing."""
    first, onward = change(2, THERE, [1], slot="unit"), change(3, ELSEWHERE, [2], slot="unit", unit=THERE)
    last = change(4, "乙", [1], unit=ELSEWHERE)
    for versions in ((birth(1, "甲"), first, onward, last), (last, onward, first, birth(1, "甲"))):
        assert sorted(counted(*versions)) == [1, 2, 3, 4]
        assert held(*versions) == []


def test_a_move_that_does_not_count_admits_nothing() -> None:
    move = change(2, THERE, [1], slot="unit", unit=ELSEWHERE)
    assert held(birth(1, "甲"), move, change(3, "乙", [1], unit=THERE)) == [2, 3]


def test_two_births_by_two_units_both_count_and_both_may_write() -> None:
    """Rule 16: claimed by two."""
    versions = [
        birth(1, "甲"), birth(1, HERE, slot="unit"), birth(2, "乙", unit=THERE, station=B),
        birth(2, THERE, slot="unit", unit=THERE, station=B), change(3, "丙", [1]),
        change(4, "丁", [2], unit=THERE, station=B),
    ]  # fmt: skip
    assert held(*versions) == []
    slots = resolve_record(versions)
    assert slots["unit"].conflict
    assert slots["name"].value == '"丁"'


@pytest.mark.parametrize("number", [1, 2])
def test_items_are_told_apart_by_station_incarnation_and_number(number: int) -> None:
    """Rule 1."""
    assert (ItemId(A, "0" * 16, 1) == ItemId(A, "0" * 16, number)) == (number == 1)
    assert (
        ItemId(A, "0" * 16, 9) < ItemId(A, "1" * 16, number) < ItemId(B, "0" * 16, number) < ItemId(C, "", 0)
    )


def test_a_tombstone_takes_more_in_and_keeps_what_says_nothing_here() -> None:
    """Anybody may have written it: a newer program, or somebody who means harm."""
    odd = canonical({"births": "odd", "heads": "nonsense name@1", "why": "x"})
    more = {"births": f"{16:016x} odd", "heads": f"name@{2:016x} name@1 nonsense", "why": "x"}
    assert parse(having_seen(odd, [("name", 2)], [16])) == more
    assert parse(with_stamps(canonical(more), {16: 17, 2: 3})) == {
        "births": f"{17:016x} odd",
        "heads": f"name@{3:016x} name@1 nonsense",
        "why": "x",
    }
    assert parse(having_seen(canonical({"why": "x"}), [], [])) == {"births": "", "heads": "", "why": "x"}
