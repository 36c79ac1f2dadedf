"""Erasures of what is in quarantine or not known yet, odd stamps, and what a sender that is cut off leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.records.declaration import Field, Level
from desktop.records.types import Catalogue
from tests.sync.acts import erase, everything
from tests.sync.desks import _TREE, NEWER_TYPES, NOTICE, enrol, new_desk, new_root, reopen, report, settle
from tests.sync.desks import FIRM as FIRM_TYPE
from tests.sync.desks import VISIT as VISIT_TYPE
from tests.sync.levels import grow
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16
SECRET, LATER = "13800001234", "13900005678"


@pytest.mark.no_cover
def test_a_birth_in_quarantine_is_blanked(places: Places) -> None:
    """Rule 12: log, quarantine, attachments, search."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.deliver()
    places.district.exclude((places.village, 1))
    erase(places.village)
    places.deliver()
    assert SECRET not in everything(places.district)


def test_a_slot_that_this_program_learns_later_is_erased_then(tmp_path: Path) -> None:
    """``erasure_done`` says that an erasure was done when one of its slots was known."""
    newer = replace(FIRM_TYPE, fields=(*FIRM_TYPE.fields, Field("wechat", "微信", personal=True)))
    types = Catalogue({t.name: t for t in (newer, VISIT_TYPE, NOTICE, *_TREE)})
    town = new_root(tmp_path, "区")
    village = new_desk(tmp_path, "村", Level.VILLAGE, types=types)
    enrol(village, town)
    village.birth("firm", {"name": "厂", "phone": SECRET, "wechat": "wx" + SECRET}, record=FIRM)
    report(village, town)
    erase(village, slots="contact wechat")
    report(village, town)
    reopen(town, types)
    report(village, town)
    assert "wx" + SECRET not in everything(town)
    assert town.digest(village.unit).sha256 == village.digest(village.unit).sha256


@pytest.mark.no_cover
def test_a_sender_that_is_cut_off_keeps_what_it_forwarded(places: Places) -> None:
    """Withdrawing a town's grant holds what it signed; what its villages wrote stays on the same footing everywhere."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    number = places.district.database.value(
        "SELECT _number FROM r_grant WHERE station = ?", (places.town.station,)
    )
    places.district.birth("exclusion", {"cause": "withdrawn"})
    places.district.delete(
        places.district.database.value("SELECT lower(hex(id)) FROM r_grant WHERE _number = ?", (number,)),
        "grant",
    )
    places.district.settle()
    assert name_of(places.district) is None
    places.district.delete(
        places.district.database.value("SELECT lower(hex(id)) FROM r_grant WHERE _number = ?", (number,)),
        "grant",
        revive=True,
    )
    places.district.settle()
    assert name_of(places.district) == "厂"


@pytest.mark.no_cover
def test_what_an_older_program_has_counted_is_refused_once_it_knows_the_field(tmp_path: Path) -> None:
    """Rule 14: a number in a text. Who is below and knows the field refuses it, and nobody above says so before."""
    tree = grow(tmp_path)
    village, town, district, other = tree.village, tree.town, tree.district, tree.other
    reopen(other, NEWER_TYPES)
    pairs = [(village, town), (other, town), (town, district)]
    village.birth("firm", {"name": "厂"}, record=FIRM)
    prize, wrong = "aa" * 16, "bb" * 16
    village.forge_birth(prize, {"firm": FIRM, "title": "二等"}, type="prize")
    born = village.forge_birth(wrong, {"firm": FIRM, "title": 5}, type="prize")
    village.forge_change(FIRM, "slogan", "好")
    changed = village.forge_change(FIRM, "slogan", 5)
    report(village, town)
    town.move(FIRM, other.unit)
    settle(pairs)
    refused = {(village.station, n): "value" for n in (born, changed)}
    assert (set(other.refused()), town.refused()) == ({(village.station, changed)}, {})
    assert other.digest(other.unit).sha256 != town.digest(other.unit).sha256
    for desk in (town, district):
        reopen(desk, NEWER_TYPES)
        desk.settle()
        assert desk.refused() == refused
    assert len({desk.digest(other.unit).sha256 for desk in (other, town, district)}) == 1
    settle(pairs)
    for desk in (town, district):
        assert desk.refused() == refused
        assert (desk.values(prize, "prize") or {})["title"] == "二等"
        assert desk.values(wrong, "prize") is None
        assert (desk.values(FIRM) or {})["slogan"] == "好"
    assert len({desk.digest(other.unit).sha256 for desk in (other, town, district)}) == 1
