"""Segments as they lie in a ledger, and what a ledger without a place in a tree says of them."""

from __future__ import annotations

from desktop.store.merging import aside
from desktop.store.peers import links, segment_log
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.sync.bundles import kept
from tests.sync.desks import Desk, report


def test_of_an_origin_what_it_signed_itself_is_told_from_what_others_vouch_for(
    district: Desk, village: Desk
) -> None:
    village.birth("firm", {"name": "村里的"})
    report(village, district)
    origin = district.ledger.origin_ref(village.station, village.keys.incarnation)
    ((own, _),) = kept.signed_between(district.database, origin, 1, 99)
    assert (own.station, own.vouched) == (village.station, None)
    vouched = [
        header
        for (origin,) in village.database.rows(
            "SELECT DISTINCT origin FROM segment WHERE vouched IS NOT NULL"
        )
        for header, _ in kept.between(village.database, origin, 1, 99)
    ]
    assert vouched
    assert not [
        header
        for (origin,) in village.database.rows(
            "SELECT DISTINCT origin FROM segment WHERE vouched IS NOT NULL"
        )
        for header, _ in kept.signed_between(village.database, origin, 1, 99)
    ]


def test_a_position_says_whose_segment_stands_there(village: Desk) -> None:
    village.birth("firm", {"name": "村里的"})
    village.cut()
    end = segment_log.end(village.database)
    assert segment_log.origin_at(village.database, end) == village.ledger.origin
    assert segment_log.origin_at(village.database, end + 1) is None


def test_what_somebody_above_lets_not_count_is_told_by_the_unit_under_which_it_was_written(
    village: Desk,
) -> None:
    rows = [
        aside.Put(number, "birth", "firm", f"{number:032x}", unit, "", number, (), "", "{}", reason, excluded)
        for number, unit, reason, excluded in (
            (1, "aa", "withdrawn", True), (2, "bb", "withdrawn", True), (3, "aa", "superior", True),
            (4, "aa", "scope", False),
        )
    ]  # fmt: skip
    aside.refuse(village.database, village.ledger.origin, rows)
    (told,) = aside.refused(village.database, excluded=True)
    assert {one.station for one in told} == {village.station}
    assert [(one.number, one.unit, one.reason) for one in told] == [
        (1, "aa", "withdrawn"), (2, "bb", "withdrawn"), (3, "aa", "superior"),
    ]  # fmt: skip


def test_a_copy_has_no_peers(village: Desk) -> None:
    assert links.all_links(village.database)
    links.forget_all(village.database)
    assert links.all_links(village.database) == []


def test_a_ledger_of_an_older_program_wants_no_signatures() -> None:
    database = Database.open(None, bytes(32))
    database.execute("CREATE TABLE r_unit (id BLOB, _life INTEGER)")
    assert governing.signature_rule(database, "ab" * 16) is None
    database.close()
