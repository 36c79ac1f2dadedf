"""States that hang on the order of arrival, endless settling, words that are lost, wrong effects of rewriting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.stamps import to_wire
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.merging import rewriting, standing
from tests.sync.acts import erase, everything
from tests.sync.desks import Desk, enrol, new_desk, new_root, report
from tests.sync.forking import decide
from tests.sync.places import Places, name_of, self_grant

FIRM, OTHER, VISIT = "f1" * 16, "f2" * 16, "d1" * 16
SECRET, LATER = "13800001234", "13900005678"


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settling that goes round more than 30 times goes round for ever."""
    once, seen = standing.Settling._once, [0]

    def counted(self: Any, judge: Any) -> bool:
        seen[0] += 1
        assert seen[0] < 200, "settling never ends"
        return once(self, judge)

    monkeypatch.setattr(standing.Settling, "_once", counted)


# -- endless ---------------------------------------------------------------------------------------------------------


def test_withdrawing_the_registration_that_makes_one_withdrawable_ends(places: Places, bounded: None) -> None:
    """The certificate names a unit that only the withdrawn item registers: in force, out, not in force, in …"""
    from desktop.records.identity import unit_id

    unit = unit_id("village", "新村")
    self_grant(places.town, places.town, {places.town.unit, unit}, Level.TOWN)
    number = places.town.forge_birth(
        unit, {"name": "新村", "code": "新村", "level": "village", "superior": places.town.unit}, type="unit"
    )
    report(places.town, places.district)
    places.district.exclude((places.town, number))


def test_two_towns_cannot_make_settling_endless_with_valid_certificates(
    places: Places, bounded: None
) -> None:
    """The same with a certificate that counts: the unit is first below the town and then moved elsewhere."""
    from desktop.records.identity import unit_id

    unit = unit_id("village", "新村")
    places.town.forge_birth(unit, {"name": "新村", "code": "新村", "level": "village"}, type="unit")
    self_grant(places.town, places.town, {places.town.unit, unit}, Level.TOWN)
    number = places.town.forge_change(unit, "superior", places.town.unit, type="unit")
    report(places.town, places.district)
    places.district.exclude((places.town, number))


# -- order -----------------------------------------------------------------------------------------------------------


def test_a_move_that_is_withdrawn_brings_back_what_was_written_meanwhile(places: Places) -> None:
    """Two computers of one village; the record was away, so one of them was not sent what the other wrote."""
    second = new_desk(places.town.folder, "村二", Level.VILLAGE, unit=places.village.unit)
    enrol(second, places.town)
    places.pairs.append((second, places.town))
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.move(FIRM, places.sibling.unit)
    number = places.town.ledger.next_number() - 1
    second.edit(FIRM, "name", "二号机改的")
    places.deliver()
    places.deliver()
    places.district.exclude((places.town, number))
    places.deliver()
    found = {
        d.name: d.digest(places.village.unit).sha256
        for d in (places.village, second, places.town, places.district)
    }
    assert len(set(found.values())) == 1, (
        found,
        [d.values(FIRM) for d in (places.village, second, places.town)],
    )


def test_why_something_does_not_count_hangs_on_no_order(places: Places) -> None:
    """The district hears only after its own word what the town has said before."""
    district, town, village = places.district, places.town, places.village
    village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    town.exclude((village, 1), cause=excluding.REFUSED, refusal="scope")
    district.time.at = town.time.at + 1_000
    said = district.exclude((village, 1))
    assert district.refused() == {(village.station, 1): "withdrawn"}
    places.deliver()
    assert [set(d.refused().values()) for d in (district, town, village)] == [{"scope"}] * 3
    district.revoke(village, 0)
    district.lift(said)
    places.deliver()
    assert [set(d.refused().values()) for d in (district, town, village)] == [{"scope"}] * 3
    assert name_of(district) is None


def test_why_something_does_not_count_is_the_same_at_who_has_said_others_words_once_more(
    places: Places,
) -> None:
    """The district alone knows which of its words are others': those are read as its own everywhere else."""
    district, town, village = places.district, places.town, places.village
    village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    others = f"{village.station} {village.keys.incarnation} 9"
    district.say("exclusion", {"cause": excluding.WITHDRAWN, "items": others, "restated": 1})
    town.time.at = district.time.at + 1_000
    town.exclude((village, 1), cause=excluding.REFUSED, refusal="scope")
    district.time.at = town.time.at + 1_000
    district.exclude((village, 1))
    places.deliver()
    assert len({desk.refused()[village.station, 1] for desk in (district, town, village)}) == 1


def test_a_move_that_is_withdrawn_after_it_was_in_vain_stops_no_other(places: Places) -> None:
    """Who heard of the withdrawal first never judged by that move."""
    district, other, far = places.district, places.other, places.far
    places.deliver()
    in_vain = other.ledger.next_number()
    other.edit(far.unit, "superior", places.town.unit, "unit")
    other.edit(far.unit, "superior", other.unit, "unit")
    report(other, district)
    assert set(district.refused().values()) == {"superior"}
    district.exclude((other, in_vain))
    assert district.refused() == {(other.station, in_vain): "withdrawn"}
    places.deliver()
    for desk in (district, other):
        assert desk.refused() == {(other.station, in_vain): "withdrawn"}, desk.name
    assert len({desk.digest(other.unit).sha256 for desk in (district, other, far)}) == 1


def test_a_birth_that_is_lifted_is_blanked_at_once(places: Places) -> None:
    """The erasure waits for the record; the lift brings the record after erasures were looked for."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.deliver()
    said = places.town.exclude((places.village, 1))
    erase(places.village)
    places.town.take(places.village.send())
    places.town.lift(said)
    assert SECRET not in everything(places.town)


def test_the_value_of_a_second_birth_leaves_the_row(tmp_path: Path) -> None:
    """The row stands on the birth that came first here, whatever its stamp."""
    town = new_root(tmp_path, "区")
    one, two = (new_desk(tmp_path, n, Level.VILLAGE, unit="a1" * 16) for n in ("一", "二"))
    enrol(one, town)
    enrol(two, town)
    one.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    stamp = one.database.value("SELECT _stamp FROM r_firm")
    two.time.pass_days(0.1)
    two.birth("firm", {"name": "厂"}, record=FIRM)
    town.take(two.send())
    town.take(one.send())
    assert SECRET in everything(town)
    town.time.pass_days(0.2)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(stamp + 1)}
    town.birth("erasure", cells, unit="a1" * 16)
    town.settle()
    assert town.values(FIRM)["phone"] is None  # type: ignore[index]
    assert SECRET not in everything(town)


def test_own_word_about_an_own_word_does_not_keep_a_lift_out(places: Places) -> None:
    """``lifted`` asks without saying what is deciding, so what counts elsewhere stays out here."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.exclude((places.village, 1))
    number = places.town.ledger.next_number() - 1
    places.deliver()
    said = places.district.exclude((places.town, number))
    places.town.exclude((places.town, number), cause=excluding.CLOCK)
    places.deliver()
    assert name_of(places.district) == "厂"
    places.district.lift(said)
    places.deliver()
    late = new_desk(places.town.folder, "村三", Level.VILLAGE, unit=places.village.unit)
    enrol(late, places.town)
    assert [name_of(d) for d in (places.district, places.town)] == [None, None]


# -- grants and certificates of others ------------------------------------------------------------------------------


def test_a_town_does_not_silence_another_towns_village_by_certifying_it_once_more(places: Places) -> None:
    """The newest certificate is taken, and what lies outside it is refused, in writing."""
    places.deliver()
    self_grant(places.town, places.far, {places.town.unit}, Level.VILLAGE)
    report(places.town, places.district)
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    assert places.district.refused() == {}
    assert name_of(places.district) == "村里的"
    assert name_of(places.far) == "村里的"


def test_who_has_registered_its_own_unit_again_can_still_be_withdrawn(places: Places) -> None:
    places.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    number = places.town.ledger.next_number() - 1
    places.town.forge_birth(places.town.unit, {"name": "甲镇", "code": "甲镇", "level": "town"}, type="unit")
    places.district.merge(places.town.send())
    places.district.exclude((places.town, number))
    assert name_of(places.district) is None


# -- forks -----------------------------------------------------------------------------------------------------------


def test_of_two_contents_that_both_wait_the_chosen_one_counts(
    laptop: Desk,
    twin: Desk,
    town: Desk,
    district: Desk,
) -> None:
    """The first content waited for something else; the table of what waits holds one content for a number."""
    laptop.forge_change(OTHER, "name", "改一条这里没有的")
    town.take(laptop.send())
    assert set(town.held().values()) == {"no_birth"}
    twin.birth("firm", {"name": "抄来的"}, record=FIRM)
    town.take(twin.send())
    assert set(town.held().values()) == {"fork"}
    # Whoever decides says that the other laptop's content counts.
    first = town.database.value("SELECT stamp FROM held WHERE number = 1")
    (text,) = exclusions.write(
        {(laptop.station, laptop.keys.incarnation): exclusions.Named((), frozenset([(1, first)]))}
    )
    town.say("exclusion", {"cause": excluding.FORK, "items": text})
    assert town.records() == {FIRM}


@pytest.mark.parametrize("keep_held", [False, True])
def test_after_a_decision_each_content_counts_or_is_in_quarantine(
    laptop: Desk,
    twin: Desk,
    town: Desk,
    district: Desk,
    keep_held: bool,
) -> None:
    laptop.forge_change(OTHER, "name", "改一条这里没有的")
    town.take(laptop.send())
    twin.birth("firm", {"name": "抄来的"}, record=FIRM)
    town.take(twin.send())
    decide(town, laptop, keep_held=keep_held)
    counted = town.database.rows("SELECT _number, _stamp FROM r_firm UNION SELECT number, stamp FROM version")
    aside = town.database.rows("SELECT number, stamp FROM refused UNION SELECT number, stamp FROM held")
    assert len({*counted, *aside} & {(n, s) for n, s in [*counted, *aside] if n == 1}) >= 2, (counted, aside)


# -- rewriting -------------------------------------------------------------------------------------------------------

FRESH = "ab" * 8


def ahead(desk: Desk, days: float) -> None:
    desk.time.pass_days(days)
    desk.ledger.clock.confirm()


def redate(desk: Desk) -> None:
    rewriting.redate(desk.ledger, desk.keys, FRESH, "王芳", "更正日期")
    desk.keys = station.load_keys(desk.ledger)


def test_redating_works_though_something_was_erased_or_granted_under_the_wrong_date(
    pair: tuple[Desk, Desk],
) -> None:
    """The clock is wound back to the newest of everything else, and that lies in the future as well."""
    above, village = pair
    village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    report(village, above)
    ahead(village, 400)
    erase(village)
    village.edit(FIRM, "name", "改")
    village.time.pass_days(-400)
    redate(village)
    assert rewriting.future_items(village.ledger, village.keys) == []
    report(village, above)
    assert name_of(above) == "改"


def test_redating_decides_no_conflict(pair: tuple[Desk, Desk]) -> None:
    """Rule 5: who has not seen what another wrote replaces nothing of it."""
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    ahead(village, 400)
    village.edit(FIRM, "name", "村里改的")
    village.time.pass_days(-400)
    above.edit(FIRM, "name", "区里改的")
    village.take(above.send(village))
    assert village.conflicts() == {(FIRM, "name")}
    redate(village)
    report(village, above)
    assert above.conflicts() == {(FIRM, "name")}


def test_redating_ends_though_a_record_is_not_here_any_more(pair: tuple[Desk, Desk]) -> None:
    above, village = pair
    village.birth("firm", {"name": "厂"}, record=FIRM)
    report(village, above)
    ahead(village, 400)
    village.edit(FIRM, "name", "村里改的")
    village.birth("firm", {"name": "另一家"}, record=OTHER)
    village.time.pass_days(-400)
    above.exclude((village, 1))
    village.take(above.send(village))
    redate(village)
    report(village, above)
    assert name_of(above, OTHER) == "另一家"


def test_a_later_edit_in_a_group_that_was_given_up_is_not_lost_by_redating(pair: tuple[Desk, Desk]) -> None:
    """What was excluded by the redating stands in 'refused' and was written anew: nothing that shows may change."""
    above, village = pair
    village.birth("firm", {"name": "厂", "staff": 1}, record=FIRM)
    report(village, above)
    ahead(village, 400)
    village.edit(FIRM, "count", {"staff": 5, "source": "税务"})
    village.edit(FIRM, "count", {"staff": 1, "source": None})
    village.move(FIRM, "cc" * 16)
    village.time.pass_days(-400)
    shown = village.shown(FIRM)
    redate(village)
    after = village.shown(FIRM)
    assert after is not None
    assert shown is not None
    assert (after.values, after.unit) == (shown.values, shown.unit)
