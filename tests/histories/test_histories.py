"""Random histories over stations in three or four levels, through real bundles: everybody ends with the same.

In the end everything is delivered, and rule 33 must hold: equal digests of every unit, wherever it is held. Nothing
that was typed is gone, nothing waits, and no head-count stands beside a source with which nobody has saved it.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.deciding import ERASURE
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.units import subtree
from desktop.sync.authority import station
from desktop.sync.bundles import sending, writing
from desktop.sync.merging import forks, rewriting
from desktop.sync.signed import manifest
from tests.conftest import LONG, connections_closed
from tests.histories.comparing import (
    deleted,
    emptied,
    gone_elsewhere,
    heads_of,
    lost_with_who_vouched,
    misled,
    rows_of,
    unbelieved,
    with_children_elsewhere,
    words_of,
)
from tests.histories.granting import check_reports
from tests.histories.judging_anew import misjudged
from tests.histories.losing import Losing, check_after_loss, check_new_root
from tests.histories.people import check_erased, may_be_erased
from tests.histories.rederiving import rederived
from tests.histories.reordering import Reordering, check_any_order
from tests.sync.desks import NEWER_FILING_TYPES, Desk, enrol, new_desk, reopen

IN_MEMORY, WITH_CIPHER, STEPS, SOME = (50_000, 200, 60, 2) if LONG else (150, 20, 16, 1)
TOGETHER = 10
"""How many histories a test goes through: as many as a worker is busy with for some seconds."""
SELDOM = 10
"""After so many tests circles are looked for; each leaves twenty megabytes of them."""
_ENDED = itertools.count(1)


def play(folder: Path, seed: int, *, cipher: bool) -> None:
    """One history to its end; what is wrong is told with all that has happened."""
    folder.mkdir()
    history = Reordering(folder, seed, cipher=cipher)
    try:
        with pytest.MonkeyPatch.context() as patched:
            if seed % 2:
                # As in a ledger so large that not every segment is opened.
                patched.setattr(sending, "MANY_ITEMS", 0)
            if history.small:
                # Nothing but some segments fits into a bundle, and what has come into a scope not even into that.
                patched.setattr(writing, "PART_TARGET", 900)
                patched.setattr(manifest, "MAX_PARTS", 4)
                patched.setattr(sending, "MOST_GROWN", 900)
            for _ in range(STEPS):
                history.step()
            history.finish()
            check(history)
            check_any_order(history)
    except Exception as error:
        error.add_note(f"seed {seed}:\n" + "\n".join(history.log))
        raise
    finally:
        history.close()


@pytest.fixture(autouse=True)
def ledgers_go() -> Iterator[None]:
    """Ledgers that were replaced hang together in circles, and nobody else looks for these before memory is full.

    Their pages go at once. To look for what is left of them takes half a second, among all that a worker holds.
    """
    with connections_closed():
        yield
    if next(_ENDED) % SELDOM == 0:
        gc.collect()


@pytest.mark.parametrize("first", range(0, IN_MEMORY, TOGETHER))
def test_everybody_ends_with_the_same(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        play(tmp_path / str(seed), seed, cipher=False)


@pytest.mark.parametrize("first", range(0, WITH_CIPHER, TOGETHER))
def test_everybody_ends_with_the_same_in_encrypted_files(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        play(tmp_path / str(seed), seed + IN_MEMORY, cipher=True)


def check(history: Losing) -> None:
    """What must be true once everything has arrived, and is still when an older program was replaced by a newer."""
    before = {d.name: d.digest().sha256 for d in history.desks}
    for desk in history.desks:
        reopen(desk, NEWER_FILING_TYPES)
    # What an older program has only kept is the same when it is understood.
    assert before == {d.name: d.digest().sha256 for d in history.desks}
    for desk in history.desks:
        # What was erased in a field that the older program has not known goes with the next reckoning.
        desk.settle()
    for desk in history.desks:
        # Whose birth was withdrawn, its changes wait, and so do kinds that nobody knows yet; nothing else does, but of
        # who was moved away nobody signs here, nor at a new root of those of whom it has never heard.
        near = {desk.station, *(d.station for d in (*history.below(desk), *history.over(desk)))}
        # An erasure by a former superior waits where nobody knows under whom the unit is now, and so does what it gets
        # back of its own, restored to a day before it had heard of the unit; and at who is above it since then what it
        # had written there (known residue).
        away = moved_away(desk) | unheard_units(history, desk)
        waits = {
            reason
            for name, type_name, unit, reason in waiting(desk)
            if name in near
            and not (reason == "unit" and (type_name == ERASURE or name == desk.station or unit in away))
            and not (reason == "unit" and not history.has_heard(desk) and unit not in desk.records("unit"))
        }
        assert waits <= {"no_birth", "kind"}
        assert forks.open_forks(desk.database, desk.ledger.types) == []
        assert rewriting.lost_items(desk.ledger) == []
        check_values(history, desk)
        check_holders(history, desk)
        if history.lost_root and desk is not history.district:
            check_new_root(history, desk)
            for above in history.over(desk)[:-1]:
                if not history.has_heard(above):
                    check_after_loss(history, desk, above)
        # Why something does not count hangs on what was said and not on what was heard first. Of what it should not
        # have written itself, with a program that lets it, a station knows only that it was taken back; and of others'
        # that left it, by whose word that was of those who stand above them since.
        mine = refused(desk)
        for holder in holders_of(history, desk)[1:]:
            theirs = refused(holder)
            assert {
                i: (mine[i], theirs[i])
                for i in mine.keys() & theirs.keys()
                if mine[i] != theirs[i] and i[0] in near - {desk.station}
            } == {}
            assert {i for i in one_sided(desk, holder) if i[0] in near} == set(), (desk.name, holder.name)
    check_erased(history)
    check_reports(history, history.rnd.choice(history.offices))
    one = history.rnd.choice(history.desks)
    assert rederived(one) == {}, one.name
    assert misjudged(one) == {}, one.name
    # Some at a time: enrolling them takes as long as all the rest, and there are many histories.
    for desk in history.rnd.sample([*history.towns, *history.between, *history.villages], SOME):
        check_who_comes_last(history, desk)


def waiting(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Station, type, unit and reason of what is held."""
    return desk.database.rows(
        "SELECT o.station, h.type, h.unit, h.reason FROM held h JOIN origin o ON o.ref = h.origin"
    )


def moved_away(desk: Desk) -> set[str]:
    """The units whose superior is not known here, and those below them."""
    found = desk.database.rows(
        "SELECT lower(hex(id)) FROM r_unit WHERE superior IS NOT NULL AND superior NOT IN (SELECT id FROM r_unit)"
    )
    return {below for (unit,) in found for below in subtree(desk.database, unit)}


def unheard_units(history: Losing, desk: Desk) -> set[str]:
    """The units of which a station has not heard: they were another's when it came in the place of who had them."""
    top = history.district.database
    return history.district.records("unit") - desk.records("unit") - {*subtree(top, desk.unit)}


def refused(desk: Desk) -> dict[tuple[str, str, int, int], str]:
    """Why items do not count, by station, incarnation, number and stamp."""
    return {
        (station_id, incarnation, number, stamp): reason
        for station_id, incarnation, number, stamp, reason in desk.database.rows(
            "SELECT o.station, o.incarnation, r.number, r.stamp, r.reason FROM refused r"
            " JOIN origin o ON o.ref = r.origin"
        )
    }


def one_sided(desk: Desk, holder: Desk) -> set[tuple[str, str, int, int]]:
    """Items that both hold, and that one refuses and the other lets count.

    But no erasures, which nobody below is told to let not count, and nothing that has two contents or waits.
    """
    sides = (desk, holder)
    mine, theirs = ({*refused(d)} for d in sides)
    several = {
        origin
        for d in sides
        for origin in d.database.rows(
            "SELECT o.station, o.incarnation FROM refused r JOIN origin o ON o.ref = r.origin"
            " WHERE r.reason = 'fork_lost' UNION SELECT o.station, o.incarnation FROM fork f"
            " JOIN origin o ON o.ref = f.origin"
        )
    }
    apart = {
        item
        for d in sides
        for item in d.database.rows(
            "SELECT o.station, o.incarnation, h.number, h.stamp FROM held h JOIN origin o ON o.ref = h.origin"
            " UNION SELECT o.station, o.incarnation, r.number, r.stamp FROM refused r"
            " JOIN origin o ON o.ref = r.origin WHERE r.type = 'erasure'"
        )
    }
    return {
        item
        for item in (mine ^ theirs) - apart
        if item[:2] not in several
        and all(
            d.database.row(
                "SELECT 1 FROM received r JOIN origin o ON o.ref = r.origin WHERE o.station = ?"
                " AND o.incarnation = ? AND ? BETWEEN r.first AND r.last",
                item[:3],
            )
            for d in sides
        )
    }


def holders_of(history: Losing, desk: Desk) -> list[Desk]:
    """A station and those above it, but for those that lack something since the root was lost."""
    return [desk, *(d for d in history.over(desk) if history.holds_all(d, desk.unit))]


def check_holders(history: Losing, desk: Desk) -> None:
    """Whoever holds the unit of a station has the same digest of it, and shows the same."""
    holders = holders_of(history, desk)
    units = set(history.units_of(desk))
    elsewhere, heads = with_children_elsewhere(holders[-1], units), heads_of(holders[-1])
    different = {
        (type_name, record)
        for type_name in ("firm", "visit", "prize", ATTACHMENT, PART)
        for one, *others in [[rows_of(holder, type_name, units, elsewhere, heads) for holder in holders]]
        for other in others
        for record in one.keys() | other.keys()
        if one.get(record) != other.get(record)
    }
    if not different and len({holder.digest(desk.unit).sha256 for holder in holders}) == 1:
        return
    beside = not different and emptied(holders)
    if unbelieved(holders) or misled(holders) or lost_with_who_vouched(holders) or beside:
        # It hangs on who they are, on what units they know, or on what nobody gives back (known residue).
        return
    # Whether one of several that are one takes part hangs on a child that is not seen here, or on what is written into
    # it by those who have it now (known residue).
    excused = gone_elsewhere(holders[-1], desk, units, heads)
    excused |= {head for r, head in heads.items() if r in elsewhere and deleted(holders[-1], head)}
    assert excused, desk.name
    assert {
        record for name, record in different if name == "firm" and heads.get(record) not in excused
    } == set()


def check_values(history: Losing, desk: Desk) -> None:
    """Every word stands where it was typed, in a record, its history or what was refused; groups as they were saved."""
    text = words_of(desk)
    missing = {word for writer, word in history.typed if writer is desk and word not in text}
    assert missing <= may_be_erased(history)
    for record in desk.records():
        values = desk.values(record)
        assert values is not None
        assert (values["staff"], values["source"], values["verified"]) in history.groups
        assert (values["person"], values["phone"]) in history.contacts


def check_who_comes_last(history: Losing, desk: Desk) -> None:
    """A laptop that is enrolled now, and hears everything at once, has the same as who has heard it bit by bit."""
    above = desk if desk.level is not Level.VILLAGE else history.above[desk.name]
    last = new_desk(desk.folder, f"{desk.name}新来的", desk.level, types=NEWER_FILING_TYPES, unit=desk.unit)
    last.time.at = above.time.at
    enrol(last, above)
    station.keep_history(last.ledger, station.history(above.database))
    history.bring(last, above)
    for unit in history.units_of(desk):
        below = {*subtree(above.database, unit)}
        if not gone_elsewhere(above, last, below, heads_of(above)) and not unbelieved([above, last]):
            assert last.digest(unit).sha256 == above.digest(unit).sha256
    last.database.close()
