"""Wiping a workspace at hand-over: only when it was meant, and then nothing is left that can be read."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import Problem
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import exchange
from desktop.operations.workspaces import operators, wiping
from desktop.records.declaration import Level, Role
from desktop.store.workspaces import openings
from desktop.store.workspaces import wiping as disk
from desktop.store.workspaces.places import InUse
from desktop.store.workspaces.unlocking import KeysDamaged, NoWorkspace
from desktop.sync import errors
from desktop.sync.errors.wiped import BadWipeFile
from desktop.sync.formats import dsse, sorts, strictjson
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station, twin

SECRET = "沈清除"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    district = station(tmp_path, "330106", "区", Level.DISTRICT)
    town = station(tmp_path, "330106002", "镇", Level.TOWN)
    enrol(town, district, tmp_path)
    records.save(town, "member", {"name": SECRET, "phone": "13800000000"})
    report_up(town, district, tmp_path)
    return district, town


def test_nothing_is_left_of_it_and_the_level_above_can_prove_it(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = pair
    folder = town.workspace.folder
    (folder / "值班表.txt").write_text("not ours")
    (folder / "numbers.jsonl").write_text('{"number":1}\n')
    (folder / "ledger.db.new-wal").write_text("left by a restore that was interrupted")
    town.workspace.backup(folder / "backups" / "以前.db")
    (folder / "backups" / "以前.db").chmod(0o400)
    drafts = town.workspace.drafts()
    drafts.close()
    seen = wiping.look(town)
    assert (seen.name, seen.unsent, seen.drafts) == ("镇", 0, 0)
    other = tmp_path / "镇_清除确认.xsw"
    other.write_bytes(b"of another computer of the unit")
    done = wiping.confirm(town, " 镇 ", tmp_path)
    last = town.ledger.next_number() - 1
    town.workspace.close()
    result = wiping.destroy(done)
    assert result.left == ("值班表.txt",)
    assert result.destroyed >= 6
    assert [p.name for p in folder.iterdir()] == ["值班表.txt"]
    with pytest.raises(NoWorkspace):
        open_session(folder, "王芳", "password1", repeatable("again"))

    assert done.statement is not None
    assert other.read_bytes() == b"of another computer of the unit"
    said, missing = wiping.read_statement(district, done.statement)
    assert (said.station, said.name, said.last, said.unsent) == (town.ledger.station, "镇", last, 0)
    assert missing == 0


def test_the_content_is_overwritten_before_the_names_go(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, town = pair
    done = wiping.confirm(town, "镇", tmp_path)
    town.workspace.close()
    found: dict[str, bytes] = {}

    def look(path: Path) -> None:
        found[path.name] = path.read_bytes()
        os.unlink(path)

    monkeypatch.setattr(disk, "remove", look)
    wiping.destroy(done)
    assert {"keys.json", "ledger.db", "opened.json"} <= set(found)
    assert all(set(data) <= {0} for data in found.values())
    assert next(iter(found)) == "keys.json"


def test_it_asks_for_the_name_and_does_not_lose_what_was_not_sent_by_itself(
    pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = pair
    with pytest.raises(wiping.NotTheName):
        wiping.confirm(town, "镇工会", tmp_path)
    records.save(town, "member", {"name": "新来的"})
    assert wiping.look(town).unsent > 0
    with pytest.raises(wiping.Unsent):
        wiping.confirm(town, "镇", tmp_path)
    exchange.send(town, tmp_path / "在路上.xsj")
    with pytest.raises(wiping.Unsent):
        wiping.confirm(town, "镇", tmp_path)
    with pytest.raises(wiping.InsideItself):
        wiping.confirm(town, "镇", town.workspace.folder, unsent_too=True)
    assert not list(tmp_path.glob("*.xsw"))
    assert wiping.confirm(town, "镇", tmp_path / "确认.xsw", unsent_too=True).statement is not None


def test_who_has_nobody_above_is_asked_about_everything_and_signs_nothing(tmp_path: Path) -> None:
    village = station(tmp_path, "330106002200", "村", Level.VILLAGE)
    records.save(village, "member", {"name": SECRET})
    with pytest.raises(wiping.Unsent):
        wiping.confirm(village, "村", tmp_path)
    assert wiping.confirm(village, "村", tmp_path, unsent_too=True).statement is None


def test_only_an_administrator_wipes(pair: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = pair
    operators.put(town, "汇总", Role.DESK, "password2", CHEAP)
    town.workspace.close()
    desk = open_session(town.workspace.folder, "汇总", "password2", repeatable("desk"))
    for act in (lambda: wiping.look(desk), lambda: wiping.confirm(desk, "镇", tmp_path)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(InUse):
        wiping.destroy(wiping.Confirmed(desk.workspace.folder, None))
    assert (desk.workspace.folder / "keys.json").exists()


def test_one_that_was_interrupted_opens_no_more_and_is_gone_on_with(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, town = pair
    # Another computer of the unit was being wiped too, and its word waits on the same stick: that ledger may live.
    other = tmp_path / f"镇_清除确认{wiping.ENDING}{wiping.PENDING}"
    other.write_bytes(b"another's word")
    done = wiping.confirm(town, "镇", tmp_path)
    town.workspace.close()
    destroy, seen = disk._destroy, []

    def pulled(path: Path) -> None:
        seen.append(path)
        if len(seen) == 3:
            raise OSError(5, "the plug")
        destroy(path)

    monkeypatch.setattr(disk, "_destroy", pulled)
    with pytest.raises(Problem):
        wiping.destroy(done)
    monkeypatch.undo()
    assert disk.has_begun(done.folder)
    with pytest.raises(KeysDamaged):
        open_session(done.folder, "王芳", "password1", repeatable("again"))
    # Nobody has a word that it was wiped before it was.
    assert done.statement is not None
    assert not done.statement.exists()
    begun = wiping.go_on(done.folder, tmp_path)
    assert begun == done
    assert wiping.go_on(done.folder, tmp_path / f"镇_清除确认{wiping.ENDING}").lost
    assert wiping.go_on(done.folder, done.statement) == done
    assert wiping.go_on(done.folder).lost
    assert wiping.destroy(begun).left == ()
    assert not done.folder.exists()
    assert done.statement.exists()
    assert other.read_bytes() == b"another's word"


def no_room(_path: Path, _data: bytes) -> None:
    raise OSError(errno.ENOSPC, "no space")


def test_a_copy_that_writes_nothing_can_be_wiped_and_the_original_stays(
    pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, town = pair
    monkeypatch.setattr(openings, "computer", lambda: "another")
    copy = twin(town, tmp_path / "复制")
    assert copy.workspace.doubt is not None
    done = wiping.confirm(copy, "镇", tmp_path)
    copy.workspace.close()
    monkeypatch.setattr(disk, "write_whole", no_room)
    wiping.destroy(done)
    assert not (tmp_path / "复制").exists()
    assert records.save(town, "member", {"name": "照常"}).record


def _changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    signed = dsse.parse(data, 1 << 20)
    body = json.loads(signed.payload)
    change(body)
    return dsse.Signed(signed.payload_type, strictjson.pretty(body), signed.signatures).encode()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda d: d[:-9], errors.BadEnvelope),
        (lambda d: d.replace(b"suite=1", b"suite=2"), errors.NewerFormat),
        (lambda d: d.replace(b"xiaosanji.wiped", b"xiaosanji.grant"), sorts.AnotherFile),
        (lambda d: _changed(d, lambda b: b.update(format=2)), errors.NewerFormat),
        (lambda d: _changed(d, lambda b: b.update(last=-1)), BadWipeFile),
        (lambda d: _changed(d, lambda b: b.pop("unit")), BadWipeFile),
        (lambda d: _changed(d, lambda b: b.update(chain=["?"])), BadWipeFile),
        (lambda d: _changed(d, lambda b: b.update(chain=[])), BadWipeFile),
        (lambda d: _changed(d, lambda b: b.update(chain=b["chain"][:1])), errors.UnknownRoot),
        (lambda d: _changed(d, lambda b: b.update(last=999)), errors.BadSignature),
        (lambda d: _changed(d, lambda b: b.update(station="0" * 64)), errors.BadSignature),
    ],
)
def test_a_word_that_is_not_the_stations_is_refused(
    signed: tuple[Session, bytes], tmp_path: Path, make: Callable[[bytes], bytes], problem: type[Problem]
) -> None:
    district, data = signed
    path = tmp_path / "确认.xsw"
    path.write_bytes(make(data))
    with pytest.raises(problem):
        wiping.read_statement(district, path)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, bytes]:
    folder = tmp_path_factory.mktemp("words")
    district = station(folder, "330106", "区", Level.DISTRICT)
    town = station(folder, "330106002", "镇", Level.TOWN)
    enrol(town, district, folder)
    done = wiping.confirm(town, "镇", folder, unsent_too=True)
    assert done.statement is not None
    return district, done.statement.with_name(done.statement.name + wiping.PENDING).read_bytes()
