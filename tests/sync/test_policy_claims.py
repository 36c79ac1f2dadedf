"""Records that two claim: moves that take words along, lifting by undo, words in another's mouth."""

from __future__ import annotations

from pathlib import Path

from desktop.records.declaration import Level
from tests.sync.acts import erase, everything
from tests.sync.desks import enrol, new_desk, new_root, report
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16
SECRET, LATER = "13800001234", "13900005678"


def test_a_withdrawal_of_a_birth_keeps_what_others_filled_in(places: Places) -> None:
    """Rule 18: not while somebody has built upon it; a field that the birth left empty is built upon it too."""
    from desktop.sync.merging import withdrawing

    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.edit(FIRM, "count", {"staff": 9, "source": "税务"})
    merge = places.town.database.value(
        "SELECT max(merge) FROM segment WHERE vouched IS NULL AND merge IS NOT NULL"
    )
    found = [withdrawing.brought_by(places.town.ledger, m) for m in range(1, merge + 1)]
    assert ("firm", FIRM) in {record for one in found for record in one.records}
    assert sum(one.upon for one in found) == 1


def test_a_move_of_anothers_unit_by_claim_after_the_claim_is_excluded(places: Places) -> None:
    """The rest of what a claimant wrote falls with its claim."""
    places.deliver()
    number = places.town.forge_birth(
        places.far.unit,
        {"name": "x", "code": "乙镇的村", "level": "village", "superior": places.town.unit},
        type="unit",
    )
    places.town.forge_change(places.far.unit, "superior", places.town.unit, type="unit")
    report(places.town, places.district)
    places.district.exclude((places.town, number))
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    assert name_of(places.district) == "村里的"
    assert FIRM not in places.town.records()


def test_an_erased_value_is_not_put_into_anothers_mouth(tmp_path: Path) -> None:
    """Or the column keeps the value of an earlier second birth and is copied as the word of the row's birth."""
    town = new_root(tmp_path, "区")
    one, two, three = (new_desk(tmp_path, n, Level.VILLAGE, unit="a1" * 16) for n in ("一", "二", "三"))
    for desk in (one, two, three):
        enrol(desk, town)
    one.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    three.time.pass_days(0.1)
    three.birth("firm", {"name": "厂"}, record=FIRM)
    erase(three)
    two.time.pass_days(0.2)
    two.birth("firm", {"name": "厂"}, record=FIRM)
    # The one that has no phone and is newest stands in the row; then the phone, then its erasure.
    town.take(two.send())
    town.take(one.send())
    town.take(three.send())
    for _ in range(2):
        for desk in (one, two, three):
            report(desk, town)
    for desk in (one, two, three, town):
        assert SECRET not in everything(desk), desk.name
    assert len({d.digest("a1" * 16).sha256 for d in (one, two, three, town)}) == 1
