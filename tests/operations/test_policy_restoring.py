"""What a restore, an older database, and a kill between two steps leave of a word from above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.operations import audit, queries
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import exchange, forks, moving, policy, uncounted, unsettled, withdrawals
from desktop.operations.workspaces import erasing, recovery, restoring
from desktop.records.declaration import Level
from desktop.store.peers import segment_log
from desktop.store.peers import traffic as stored
from desktop.store.workspaces.unlocking import LEDGER
from tests.operations.levels import Three, taken
from tests.operations.moving import World
from tests.operations.stations import enrol, forged, repeatable, report_up, station, twin

PHONE = "13812345678"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    return district, village


def names(session: Session) -> set[object]:
    return {n for (n,) in session.database.rows("SELECT name FROM r_enterprise WHERE _life <> 1")}


def last_merge(session: Session) -> int:
    return stored.merges(session.database)[0].id


def fresh_backup(session: Session) -> None:
    assert session.workspace.keeper is not None
    session.workspace.keeper.renew(destroy=False)


def restored(session: Session) -> Session:
    folder = session.workspace.folder
    session.workspace.close()
    (folder / LEDGER).write_bytes(b"\x5a" * 9000)
    found = restoring.restore(folder, None, "王芳", "password1", repeatable("restored"))
    assert found.steps
    return found.session


def test_what_was_withdrawn_after_the_backup_is_out_after_a_restore(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    records.save(village, "enterprise", {"name": "撤回的厂"})
    report_up(village, district, tmp_path)
    fresh_backup(district)
    with district.database.transaction():
        district.ledger.to_the_end([segment_log.end(district.database)], news=False)
    came = district.database.rows("SELECT * FROM segment_came")
    withdrawals.withdraw(district, last_merge(district))
    assert names(district) == set()
    before = exchange.digest(district)
    again = restored(district)
    assert names(again) == set()
    assert exchange.digest(again) == before
    assert again.database.rows("SELECT * FROM segment_came") == came != []


def test_it_is_out_at_least_after_the_next_merge(pair: tuple[Session, Session], tmp_path: Path) -> None:
    district, village = pair
    records.save(village, "enterprise", {"name": "撤回的厂"})
    report_up(village, district, tmp_path)
    fresh_backup(district)
    withdrawals.withdraw(district, last_merge(district))
    again = restored(district)
    report_up(village, again, tmp_path)
    assert names(again) == set()


def test_what_was_lifted_after_the_backup_counts_after_a_restore(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    records.save(village, "enterprise", {"name": "撤回的厂"})
    report_up(village, district, tmp_path)
    withdrawals.withdraw(district, last_merge(district))
    fresh_backup(district)
    policy.lift(district, policy.excluded(district)[0].record)
    assert names(district) == {"撤回的厂"}
    again = restored(district)
    report_up(village, again, tmp_path)
    assert names(again) == {"撤回的厂"}


def test_what_was_erased_after_the_backup_is_gone_after_a_restore(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure came with a bundle, so no backup was renewed; its row is in the journal."""
    district, village = pair
    saved = records.save(village, "enterprise", {"name": "厂", "contact_phone": PHONE})
    report_up(village, district, tmp_path)
    erasing.erase(
        village, "enterprise", [saved.record], basis=next(iter(village.codes["erasure_basis"].by_code))
    )
    fresh_backup(district)
    report_up(village, district, tmp_path)
    again = restored(district)
    text = "\n".join(
        str(row) for t in ("r_enterprise", "version") for row in again.database.rows(f"SELECT * FROM {t}")
    )
    assert PHONE not in text


def bring_two_contents(district: Session, village: Session, folder: Path) -> None:
    """What a village and a copy of it have written under the same numbers."""
    other = twin(village, folder / "twin")
    records.save(village, "enterprise", {"name": "一"})
    exchange.merge(district, [exchange.send(village, folder / "a.xsj").path])
    records.save(other, "enterprise", {"name": "二"})
    exchange.merge(district, [exchange.send(other, folder / "b.xsj").path])


def test_a_fork_is_decided_after_a_restore(pair: tuple[Session, Session], tmp_path: Path) -> None:
    district, village = pair
    fresh_backup(district)
    bring_two_contents(district, village, tmp_path)
    again = restored(district)
    (fork,) = forks.open_forks(again.database, again.here)
    forks.decide(again, fork.station, fork.incarnation, forks.Kind.RESTORED)


@pytest.mark.parametrize("is_decided_only", [True, False])
def test_what_won_in_a_fork_counts_after_a_restore_as_well(
    pair: tuple[Session, Session], tmp_path: Path, is_decided_only: bool
) -> None:
    """Its number is refused as well, in the content that lost: neither came back."""
    district, village = pair
    fresh_backup(district)
    bring_two_contents(district, village, tmp_path)
    if is_decided_only:
        fresh_backup(district)
    (fork,) = forks.open_forks(district.database, district.here)
    forks.decide(district, fork.station, fork.incarnation, forks.Kind.RESTORED, keep_waiting=True)
    before = exchange.digest(district)
    again = restored(district)
    assert names(again) == {"二"}
    assert exchange.digest(again) == before


def test_a_fork_of_before_the_update_is_decided(pair: tuple[Session, Session], tmp_path: Path) -> None:
    """Version 1 had no table of forks; the migration makes it and leaves it empty."""
    district, village = pair
    bring_two_contents(district, village, tmp_path)
    district.database.execute("DELETE FROM fork")
    (fork,) = forks.open_forks(district.database, district.here)
    forks.decide(district, fork.station, fork.incarnation, forks.Kind.RESTORED)


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("what", ["withdraw", "lift", "revoke"])
def test_an_act_and_its_line_in_the_log_are_one_step(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    district, village = pair
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, district, tmp_path)
    if what == "lift":
        withdrawals.withdraw(district, last_merge(district))
    before = district.database.value("SELECT count(*) FROM operation")

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(audit, "note", killed)

    def act() -> None:
        if what == "withdraw":
            withdrawals.withdraw(district, last_merge(district))
        elif what == "lift":
            policy.lift(district, policy.excluded(district)[0].record)
        else:
            policy.revoke(district, village.ledger.station)

    with pytest.raises(Killed):
        act()
    assert district.database.value("SELECT count(*) FROM operation") == before


def test_a_kill_after_the_erasure_leaves_nothing_that_nobody_finishes(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.operations.session import open_session
    from desktop.store.workspaces.drafts import Draft

    _, village = pair
    saved = records.save(village, "enterprise", {"name": "厂", "contact_phone": PHONE})
    drafts = village.workspace.drafts()
    drafts.keep(Draft("k", "enterprise", saved.record, 1, {"contact_phone": PHONE}))
    drafts.close()

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(type(village.workspace), "drafts", killed)
    with pytest.raises(Killed):
        erasing.erase(
            village, "enterprise", [saved.record], basis=next(iter(village.codes["erasure_basis"].by_code))
        )
    monkeypatch.undo()
    village.workspace.close()
    again = open_session(village.workspace.folder, "王芳", "password1", repeatable("again"))
    recovery.after_opening(again)
    drafts = again.workspace.drafts()
    assert PHONE not in str(drafts.all())


def test_an_erasure_that_comes_with_a_bundle_reaches_drafts(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    from desktop.store.workspaces.drafts import Draft

    district, village = pair
    saved = records.save(village, "enterprise", {"name": "厂", "contact_phone": PHONE})
    report_up(village, district, tmp_path)
    drafts = district.workspace.drafts()
    drafts.keep(Draft("k", "enterprise", saved.record, 1, {"contact_phone": PHONE}))
    drafts.close()
    erasing.erase(
        village, "enterprise", [saved.record], basis=next(iter(village.codes["erasure_basis"].by_code))
    )
    report_up(village, district, tmp_path)
    drafts = district.workspace.drafts()
    assert PHONE not in str(drafts.all())


@pytest.mark.no_cover
def test_an_office_that_was_set_back_unnoticed_hears_it_from_a_receipt_and_is_mended_by_a_restore(
    tmp_path: Path,
) -> None:
    """Nothing that it writes afterwards goes to whom it had told what it lost, so nobody saw a fork, or ever would."""
    three = Three(tmp_path)
    district, town, village = three.all
    tea = records.save(village, "enterprise", {"name": "茶厂"}).record
    three.exchange()
    written = three.up(village).path
    for lost in ("", "DELETE FROM exported"):
        # What was written when the power failed lies on the stick, and nobody has noted it.
        town.database.execute(lost)
        assert not any(b.unwritten for b in exchange.merge(town, [written], preview=True).bundles)
    old = twin(town, tmp_path / "以前的镇")
    records.save(town, "enterprise", {"name": "茶叶厂"}, record=tea)
    taken(village, three.down(town, village))
    town.workspace.close()
    told = three.up(village)
    (seen,) = exchange.merge(old, [told.path], preview=True).bundles
    (found,) = exchange.merge(old, [told.path]).bundles
    assert (seen.unwritten, found.unwritten) == (True, True)
    assert "收到过本机没有写过的数据包" in audit.recent(old)[0].detail
    records.save(old, "enterprise", {"name": "镇办厂"})
    old.workspace.close()
    old = restoring.restore(old.workspace.folder, None, "王芳", "password1", repeatable("restored")).session
    for below, desk in ((village, old), (old, district)):
        exchange.merge(below, [three.down(desk, below).path])
        exchange.merge(desk, [three.up(below).path])
    (fork,) = forks.open_forks(district.database, district.here)
    assert {c.title for c in fork.contents} == {"镇办厂", "茶厂"}


def test_a_root_that_has_lost_what_it_said_of_the_tree_gets_it_back_from_below(tmp_path: Path) -> None:
    """Bundles made under the tree that was lost waited for it, and nobody stands above who could bring it."""
    three = Three(tmp_path)
    district, town, village = three.all
    backup = tmp_path / "上周.db"
    district.workspace.backup(backup)
    records.save(district, "unit", {"name": "余杭总工会"}, record=district.unit.id)
    taken(town, three.down(district, town))
    district.workspace.close()
    district = three.district = restoring.restore(
        district.workspace.folder, backup, "王芳", "password1", repeatable("restored"), with_journal=False
    ).session
    records.save(village, "enterprise", {"name": "茶厂"})
    taken(town, three.up(village))
    taken(district, three.up(town))
    taken(town, three.down(district, town))
    taken(district, three.up(town))
    assert {unit.name for unit in queries.unit_tree(district.database, district.types)} >= {"余杭总工会"}
    assert names(district) == {"茶厂"}
    assert exchange.digest(district) == exchange.digest(town)


def test_a_root_that_has_lost_where_a_unit_is_refuses_nothing_for_it(tmp_path: Path) -> None:
    """By the tree of last week the town wrote under a unit of another; a refusal is stated, and counts everywhere."""
    world = World(tmp_path)
    village, town = world.village, world.new
    world.report(*world.towns)
    backup = tmp_path / "上周.db"
    world.district.workspace.backup(backup)
    moving.move(world.district, village.unit.id, town.unit.id)
    world.report(*world.towns)
    records.save(town, "enterprise", {"name": "茶叶厂"}, record=world.tea)
    world.district.workspace.close()
    world.district = restoring.restore(
        world.district.workspace.folder,
        backup,
        "王芳",
        "password1",
        repeatable("restored"),
        with_journal=False,
    ).session
    # It goes on with the tree that it has, so that its newest is newer than the one that it has lost.
    records.save(world.district, "unit", {"name": "余杭总工会"}, record=world.district.unit.id)
    (waits,) = report_up(town, world.district, tmp_path).bundles
    assert (waits.held, waits.refused) == (1, 0)
    world.report(*world.towns, *world.towns)
    assert "茶叶厂" in names(world.district)
    assert unsettled.unsettled(world.district.database, world.district.here) == []
    assert uncounted.all_excluded(world.district.database, world.district.here) == []
    # What is out of its scope by the whole tree is refused as ever, whatever tree its bundle names.
    forged(town, {"name": "别家的厂"}, world.old.unit.id)
    (said,) = report_up(town, world.district, tmp_path).bundles
    assert said.refused == 1
