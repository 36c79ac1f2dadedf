"""Changing the root on purpose, with everything that is on its way, over a district, a town and a village (rule 29)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import applying, enrolling, exchange, policy, roots, withdrawals
from desktop.operations.workspaces import answering, operators, recovery, restoring, whereabouts
from desktop.operations.workspaces.whereabouts import Origin
from desktop.records.declaration import Level, Role
from desktop.store.peers import traffic as stored
from desktop.sync.authority import enrolled
from desktop.sync.enrolling import grants
from desktop.sync.errors import FormerRoot
from desktop.sync.errors.enrolment import RootFork
from tests.operations.levels import Three, names, taken
from tests.operations.stations import CHEAP, enrol, laptop, repeatable, report_up, station


def words(session: Session) -> list[str]:
    return [str(w) for w in roots.current(session.database, session.ledger.station).words]


@pytest.fixture
def three(tmp_path: Path) -> Three:
    return Three(tmp_path)


def record(session: Session, name: str) -> None:
    records.save(session, "enterprise", {"name": name})


def test_after_a_change_everybody_follows_with_the_next_bundles_and_nobody_enrols_anew(three: Three) -> None:
    district, town, village = three.all
    record(village, "以前的厂")
    three.exchange()
    before = words(district)
    changed = roots.change(district)
    assert (changed.changes, changed.own) == (1, True)
    assert [str(w) for w in changed.words] == words(district) != before
    assert words(town) == words(village) == before, "nobody has heard yet"
    record(village, "以后的厂")
    record(town, "镇上的厂")
    taken(town, three.up(village))
    taken(district, three.up(town))
    assert names(district) == {"以前的厂", "以后的厂", "镇上的厂"}, "who has not heard sends as before"
    report = exchange.receive(town, [three.down(district, town).path]).bundles[0]
    assert (report.problem, list(report.new_roots)) == (None, words(district))
    assert words(town) == words(district)
    taken(district, three.up(town))
    assert words(village) == before
    taken(village, three.down(town, village))
    assert words(village) == words(district)
    three.exchange()
    assert three.agree()
    for session in three.all:
        assert not session.workspace.check()
    acts = {line.action: line.detail for line in audit.recent(village)}
    assert words(district)[0] in acts["采用新的根证书"]
    assert "更换根证书" in {line.action for line in audit.recent(district)}


def test_two_changes_are_followed_at_once_and_bundles_on_their_way_still_open(three: Three) -> None:
    district, town, _village = three.all
    three.exchange()
    old_up, old_down = three.up(town), three.down(district, town)
    roots.change(district)
    between = three.down(district, town)
    roots.change(district)
    record(district, "区里的厂")
    taken(district, old_up)
    taken(town, three.down(district, town))
    assert roots.current(town.database, town.ledger.station).changes == 2
    for late in (old_down, between):
        (refused,) = exchange.receive(town, [late.path]).bundles
        assert isinstance(refused.problem, FormerRoot), "the keys of former roots say nothing any more"
    three.exchange()
    assert words(three.village) == words(district)


def test_who_is_enrolled_after_a_change_knows_all_roots_of_the_tree(three: Three) -> None:
    district, town, village = three.all
    roots.change(district)
    other = station(three.folder, "330110110", "黄湖镇总工会", Level.TOWN)
    enrol(other, district, three.folder, delegate=True)
    late = station(three.folder, "330110109201", "长乐村工会", Level.VILLAGE)
    enrol(late, town, three.folder)
    taken(other, three.down(district, other))
    assert words(other) == words(district) != words(late)
    taken(town, three.down(district, town))
    taken(late, three.down(town, late))
    assert words(late) == words(district)
    # A village that has heard moves to a town that has not: its certificate is by the former root.
    roots.change(district)
    taken(other, three.down(district, other))
    enrol(village, other, three.folder)
    assert roots.current(village.database, village.ledger.station).changes == 2
    taken(other, three.up(village))


def test_only_an_administrator_of_the_top_changes_the_root(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotAllowed, match="最上面一级"):
        roots.change(three.town)
    operators.put(three.district, "李四", Role.DESK, "password2", CHEAP)
    three.district.workspace.close()
    clerk = open_session(three.district.workspace.folder, "李四", "password2", repeatable("li"))
    with pytest.raises(NotAllowed):
        roots.change(clerk)
    assert roots.current(clerk.database, clerk.ledger.station).changes == 0
    clerk.workspace.close()
    again = open_session(three.district.workspace.folder, "王芳", "password1", repeatable("again"))
    monkeypatch.setattr(roots, "MAX_CHANGES", 0)
    with pytest.raises(NotAllowed, match="不能再换"):
        roots.change(again)


def test_a_forgotten_password_is_recovered_across_a_change(three: Three) -> None:
    district, _town, village = three.all
    recovery.after_opening(village)
    three.exchange()
    folder = village.workspace.folder
    village.workspace.close()
    roots.change(district)
    asked = recovery.ask(folder, "王芳", "new-password", three.folder / "a.xsr", repeatable("ask"), CHEAP)
    seen = answering.look_request(district, three.folder / "a.xsr")
    assert seen.words == asked.words
    answering.answer(district, three.folder / "a.xsr", three.folder / "a.xsk", compared=None)
    assert recovery.look_answer(folder, three.folder / "a.xsk").words == seen.own
    recovery.take(
        folder, three.folder / "a.xsk", "new-password", repeatable("take"), cost=CHEAP
    ).workspace.close()


def test_a_backup_of_before_with_its_journal_and_one_of_after_bring_the_new_root_back(three: Three) -> None:
    district, town, _ = three.all
    three.exchange()
    roots.change(district)
    record(district, "换证以后的厂")
    taken(town, three.down(district, town))
    now, folder = words(district), district.workspace.folder
    district.workspace.close()
    restored = restoring.restore(folder, None, "王芳", "password1", environment=repeatable("back"))
    three.district = restored.session
    assert words(three.district) == now
    three.exchange()
    assert "换证以后的厂" in names(three.district)


def test_two_different_statements_of_one_number_are_refused_and_said(three: Three) -> None:
    district, town, _ = three.all
    three.exchange()
    folder = three.folder / "thief"
    district.workspace.close()
    shutil.copytree(district.workspace.folder, folder)
    three.district = open_session(district.workspace.folder, "王芳", "password1", repeatable("honest"))
    thief = open_session(folder, "王芳", "password1", repeatable("thief"))
    for one in (three.district, thief):
        if one.workspace.doubt is not None:
            whereabouts.settle(one, Origin.MOVED)
        roots.change(one)
    taken(town, three.down(three.district, town))
    held = words(town)
    (refused,) = exchange.receive(town, [three.down(thief, town).path]).bundles
    assert isinstance(refused.problem, RootFork)
    assert words(town) == held
    assert "RootFork" in next(iter(audit.recent(town))).detail


def test_what_a_lost_root_had_rolled_back_or_put_out_of_use_stays_so_under_the_next(three: Three) -> None:
    """Each desk says it in its own name of those below it, and can take it back."""
    district, town, village = three.all
    record(village, "好的厂")
    three.exchange()
    record(village, "错的厂")
    taken(town, three.up(village))
    taken(district, three.up(town))
    withdrawals.withdraw(district, stored.merges(district.database)[0].id, "报错了")
    policy.revoke(district, village.ledger.station)
    taken(town, three.down(district, town))
    assert names(town) == {"好的厂"}
    before = {(word.label, word.note) for word in policy.excluded(town)}
    fresh = laptop(three.folder, "新电脑", "330110", "余杭区总工会", Level.DISTRICT)
    applying.request(town, three.folder / "镇.xsq")
    enrolling.grant(fresh, three.folder / "镇.xsq", three.folder / "镇.xsg", delegate=True, compared=None)
    root = grants.root_of((three.folder / "镇.xsg").read_bytes())
    applying.accept(town, three.folder / "镇.xsg", new_root=root, compared=None)
    report_up(town, fresh, three.folder)
    for session in (town, fresh):
        assert names(session) == {"好的厂"}
        assert village.ledger.station in enrolled.out_of_use(session.database)
    words = [word for word in policy.excluded(town) if word.own]
    # What had been typed, and of whom it was said, stays with it.
    assert {(word.label, word.note) for word in words} == before
    policy.lift(town, *(word.record for word in words if not word.station))
    report_up(town, fresh, three.folder)
    assert names(town) == names(fresh) == {"好的厂", "错的厂"}
