"""Processes killed at random moments: what was confirmed is there, nothing is half-done, and the file is sound."""

from __future__ import annotations

import datetime
import hashlib
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.operations.recording import attachments, records
from desktop.operations.recording.attachable import Prepared
from desktop.operations.session import open_session
from desktop.operations.stations import exchange, policy
from desktop.operations.workspaces import restoring
from desktop.operations.workspaces.workspaces import room_in
from desktop.records.declaration import Level
from desktop.store.tables.database import Database, LedgerDamaged
from desktop.store.workspaces.unlocking import LEDGER, NoWorkspace
from desktop.store.workspaces.workspace import Unfinished
from tests.conftest import LONG
from tests.killing import Begun
from tests.operations.stations import enrol, repeatable, station, unnoticed_copy
from tests.store.formerly import as_version

MERGE = """
import sys
from pathlib import Path
from desktop.operations.stations import exchange
from desktop.operations.session import open_session
from tests.operations.stations import repeatable
session = open_session(Path(sys.argv[1]), "王芳", "password1", repeatable("killed"))
print("open", flush=True)
exchange.merge(session, [Path(p) for p in sys.argv[2:]])
print("done", flush=True)
"""
SAVE = """
import sys
from pathlib import Path
from desktop.operations.recording import records
from desktop.operations.session import open_session
from tests.operations.stations import repeatable
session = open_session(Path(sys.argv[1]), "王芳", "password1", repeatable("killed"))
print("open", flush=True)
for number in range(100000):
    saved = records.save(session, "enterprise", {"name": f"第{number}家"})
    print(saved.record, flush=True)
"""
ATTACH = """
import datetime, hashlib, sys
from pathlib import Path
from desktop.operations.recording import attachments
from desktop.operations.recording.attachable import Prepared
from desktop.operations.session import open_session
from tests.operations.stations import repeatable
session = open_session(Path(sys.argv[1]), "王芳", "password1", repeatable("killed"))
if int(sys.argv[3]):
    import resource, signal
    # A file that would become larger cannot be written, as on a full disk.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
print("open", flush=True)
for number in range(40):
    data = b"%PDF-1.4" + hashlib.shake_256(b"%d" % number).digest(600_000)
    file = Prepared("a.pdf", "pdf", data, datetime.date(2026, 11, 1))
    (made,) = attachments.add(session, "enterprise", sys.argv[2], [file]).ids
    print(made, hashlib.sha256(data).hexdigest(), flush=True)
"""
ROLL_BACK = """
import sys
from pathlib import Path
from desktop.operations.stations import exchange, policy, withdrawals
from desktop.operations.session import open_session
from desktop.store.peers import traffic
from tests.operations.stations import repeatable
session = open_session(Path(sys.argv[1]), "王芳", "password1", repeatable("killed"))
print("open", flush=True)
exchange.merge(session, [Path(sys.argv[2])])
for _ in range(1000):
    withdrawals.withdraw(session, traffic.merges(session.database)[0].id)
    policy.lift(session, *(found.record for found in policy.excluded(session)))
"""
RESTORE = """
import os, shutil, signal, sys, traceback
from pathlib import Path
from desktop import renaming
from desktop.operations.workspaces import restoring
from desktop.operations.workspaces.workspaces import room_in
from desktop.store.workspaces import replacing
from tests.operations.stations import repeatable
class Counted:
    def __init__(self, module):
        self._module = module
    def __getattr__(self, name):
        found = getattr(self._module, name)
        if name not in ("replace", "link", "copyfile", "fsync", "unlink"):
            return found
        def called(*arguments, **named):
            global left
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return found(*arguments, **named)
        return called
replacing.os, replacing.shutil = Counted(replacing.os), Counted(replacing.shutil)
replacing.replace = Counted(renaming).replace
print("open", flush=True)
whole, beside = Path(sys.argv[1]), Path(sys.argv[2])
for left in range(0, 30, STRIDE):
    folder = shutil.copytree(whole, beside / f"step {left}")
    # A fork is a process like any other to kill, and has read the program already.
    child = os.fork()
    if not child:
        try:
            restoring.restore(folder, None, "王芳", "password1", repeatable("restored")).session.workspace.close()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(folder.name, ended, sep=":", flush=True)
    if ended != -signal.SIGKILL:
        break
"""
NEW = """
import os, signal, sys, traceback
from pathlib import Path
from desktop.store.ledger import Ledger
from desktop.records.declaration import Level
from tests.operations.stations import station
def counted(found):
    def called(*arguments, **named):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return found(*arguments, **named)
    return called
os.fsync, os.replace, Ledger.set_meta = counted(os.fsync), counted(os.replace), counted(Ledger.set_meta)
print("open", flush=True)
for left in range(0, 60, STRIDE):
    folder = Path(sys.argv[1]) / f"step {left}"
    child = os.fork()
    if not child:
        try:
            station(folder, "330110", "余杭区总工会", Level.DISTRICT)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(folder.name, ended, sep=":", flush=True)
    if ended != -signal.SIGKILL:
        break
"""
STEPS = """
import os, random, shutil, signal, sys, traceback
from pathlib import Path
from desktop.operations.session import open_session
from desktop.operations.stations import exchange
from desktop.store.tables.database import Database
from tests.operations.stations import repeatable
def counted(found):
    def called(*arguments, **named):
        global done
        done += 1
        if done == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return found(*arguments, **named)
    return called
os.fsync, os.replace, Database.execute = counted(os.fsync), counted(os.replace), counted(Database.execute)
killed_at = 0
def work(folder):
    global done
    done = 0 if act == "migration" else -10**9
    session = open_session(folder, "王芳", "password1", repeatable("killed"))
    if act != "migration":
        done = 0
    if act == "export":
        exchange.send(session, folder.with_suffix(".xsj"))
    elif act == "backup":
        session.workspace.backup(folder.with_suffix(".db"))
    session.workspace.close()
print("open", flush=True)
act, beside, seed = sys.argv[1], Path(sys.argv[3]), int(sys.argv[4])
# Where it lay there is none any more, so that the copies are not taken for copies.
whole = Path(sys.argv[2]).rename(beside / "moved")
reader, writer = os.pipe()
def forked(folder):
    child = os.fork()
    if not child:
        try:
            work(folder)
            os.write(writer, b"%d " % done)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert forked(shutil.copytree(whole, beside / "whole")) == 0
steps = int(os.read(reader, 20))
for killed_at in sorted(random.Random(seed).sample(range(1, steps + 1), min(4, steps))):
    folder = shutil.copytree(whole, beside / f"step {killed_at}")
    print(folder.name, forked(folder), sep=":", flush=True)
"""


def _start(script: str, *arguments: str) -> Begun:
    process = Begun(script, *arguments)
    process.hear("open\n")
    return process


@dataclass(frozen=True)
class Sent:
    """A bundle of three thousand enterprises, the district that is to merge it, and its digests without and with it."""

    district: Path
    bundle: Path
    unit: str
    before: str
    after: str


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("sent")
    district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, folder)
    records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(3_000)])
    bundle = exchange.send(village, folder / "a.xsj").path
    before = exchange.digest(district, village.unit.id).sha256
    after = exchange.digest(village).sha256
    for session in (district, village):
        session.workspace.close()
    return Sent(district.workspace.folder, bundle, village.unit.id, before, after)


@pytest.mark.parametrize("seed", range(40 if LONG else 4))
def test_a_killed_merge_leaves_the_state_before_or_after(tmp_path: Path, sent: Sent, seed: int) -> None:
    folder = tmp_path / "district"
    with unnoticed_copy(sent.district, folder):
        open_session(folder, "王芳", "password1", repeatable("before")).workspace.close()
    process = _start(MERGE, str(folder), str(sent.bundle))
    time.sleep(random.Random(seed).uniform(0, 0.6))
    process.kill()
    process.end()
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    assert exchange.digest(again, sent.unit).sha256 in (sent.before, sent.after)
    exchange.merge(again, [sent.bundle])
    assert exchange.digest(again, sent.unit).sha256 == sent.after
    again.workspace.close()


@pytest.mark.parametrize("seed", range(40 if LONG else 4))
def test_every_confirmed_save_survives_a_kill(tmp_path: Path, seed: int) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    folder = village.workspace.folder
    village.workspace.close()
    process = _start(SAVE, str(folder))
    time.sleep(random.Random(seed).uniform(0.1, 0.8))
    process.kill()
    out, _ = process.end()
    confirmed = [line for line in out.splitlines() if len(line) == 32]
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    assert all(records.load(again, "enterprise", record) is not None for record in confirmed)
    again.workspace.close()


def _with_files(folder: Path) -> tuple[Path, str]:
    """A village with an enterprise."""
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    record = records.save(village, "enterprise", {"name": "一家"}).record
    village.workspace.close()
    return village.workspace.folder, record


def _are_whole(folder: Path, record: str, out: str) -> None:
    """Every file that was confirmed is there byte for byte, and none is there by halves; new ones go in."""
    confirmed = {tuple(line.split()) for line in out.splitlines() if " " in line}
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    held = attachments.of_record(again.database, again.types, "enterprise", record)
    assert confirmed <= {(a.id, a.sha256) for a in held}
    assert len(held) - len(confirmed) in (0, 1)
    for attachment in held:
        assert hashlib.sha256(attachments.show(again, attachment.id)).hexdigest() == attachment.sha256
    records.save(again, "enterprise", {"name": "又一家"})
    again.workspace.close()


@pytest.mark.parametrize("seed", range(40 if LONG else 2))
def test_every_confirmed_file_survives_a_kill_and_none_is_there_by_halves(tmp_path: Path, seed: int) -> None:
    folder, record = _with_files(tmp_path)
    process = _start(ATTACH, str(folder), record, "0")
    time.sleep(random.Random(seed).uniform(0.05, 0.8))
    process.kill()
    _are_whole(folder, record, process.end()[0])


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of a process there")
@pytest.mark.parametrize("room", [700_000, 5_000_000] if LONG else [2_500_000])
def test_a_disk_that_is_full_while_files_are_added_loses_none_that_was_confirmed(
    tmp_path: Path, room: int
) -> None:
    folder, record = _with_files(tmp_path)
    process = _start(ATTACH, str(folder), record, str((folder / LEDGER).stat().st_size + room))
    out, code = process.end()
    assert code != 0
    _are_whole(folder, record, out)


@pytest.mark.parametrize("seed", range(40 if LONG else 2))
def test_a_roll_back_that_is_killed_leaves_the_state_before_or_after(tmp_path: Path, seed: int) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    saved, _ = records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(500)])
    file = Prepared("a.pdf", "pdf", b"%PDF-1.4" + bytes(900_000), datetime.date(2026, 11, 1))
    attachments.add(village, "enterprise", saved[0], [file])
    sent = exchange.send(village, tmp_path / "a.xsj")
    before = exchange.digest(district, village.unit.id).sha256
    after = exchange.digest(village).sha256
    folder = district.workspace.folder
    for session in (district, village):
        session.workspace.close()
    process = _start(ROLL_BACK, str(folder), str(sent.path))
    time.sleep(random.Random(seed).uniform(0.3, 2.5))
    process.kill()
    process.end()
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    assert exchange.digest(again, village.unit.id).sha256 in (before, after)
    if aside := policy.excluded(again):
        policy.lift(again, *(found.record for found in aside))
    exchange.merge(again, [sent.path])
    assert exchange.digest(again, village.unit.id).sha256 == after
    again.workspace.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no forks there")
@pytest.mark.parametrize("damaged", [False, True])
def test_a_restore_killed_at_any_step_leaves_the_old_ledger_or_the_new_one(
    tmp_path: Path, damaged: bool
) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    saved = records.save(village, "enterprise", {"name": "恢复也不能丢"}).record
    whole = village.workspace.folder
    village.workspace.close()
    if damaged:
        (whole / LEDGER).write_bytes(b"\x5a" * 100_000)
        (whole / (LEDGER + "-wal")).write_bytes(b"\x5a" * 10_000)
    process = _start(RESTORE.replace("STRIDE", "1" if LONG else "3"), str(whole), str(tmp_path))
    told, _ = process.end()
    steps = [line.rsplit(":", 1) for line in told.splitlines()]
    assert [ended for _, ended in steps] == [str(-signal.SIGKILL)] * (len(steps) - 1) + ["0"]
    assert len(steps) > (8 if LONG else 3)
    for name, _ in steps:
        folder = tmp_path / name
        try:
            again = open_session(folder, "王芳", "password1", repeatable("again"))
        except LedgerDamaged:
            assert damaged, "a sound ledger stays sound"
            again = restoring.restore(folder, None, "王芳", "password1", repeatable("again")).session
        assert again.workspace.check() == []
        assert records.load(again, "enterprise", saved) is not None
        again.workspace.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no forks there")
def test_a_workspace_killed_while_it_is_made_is_whole_or_is_made_anew(tmp_path: Path) -> None:
    process = _start(NEW.replace("STRIDE", "1" if LONG else "4"), str(tmp_path))
    told, _ = process.end()
    steps = [line.rsplit(":", 1) for line in told.splitlines()]
    assert [ended for _, ended in steps] == [str(-signal.SIGKILL)] * (len(steps) - 1) + ["0"]
    unfinished = 0
    for name, _ in steps:
        folder = tmp_path / name / "余杭区总工会"
        try:
            made = open_session(folder, "王芳", "password1", repeatable("again"))
        except (NoWorkspace, Unfinished) as problem:
            unfinished += isinstance(problem, Unfinished)
            assert room_in(folder, "台账") == folder, "it is made anew where it was"
            made = station(folder.parent, "330110", folder.name, Level.DISTRICT)
        assert made.workspace.doubt is None
        assert made.unit.level is Level.DISTRICT
        assert records.save(made, "enterprise", {"name": "第一家"}).record
        assert made.workspace.check() == []
        made.workspace.close()
    assert 1 < unfinished < len(steps)


@pytest.mark.skipif(sys.platform == "win32", reason="no forks there")
@pytest.mark.parametrize("seed", range(20 if LONG else 1))
@pytest.mark.parametrize("act", ["export", "backup", "migration"])
def test_what_is_killed_at_any_step_leaves_the_state_before_or_after(
    tmp_path: Path, act: str, seed: int
) -> None:
    """``migration`` is the first opening of a ledger as an earlier program left it."""
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    enrol(village, district, tmp_path)
    records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(20)])
    digest = exchange.digest(village).sha256
    if act == "migration":
        as_version(village.database, 4)
    village.workspace.close()
    process = _start(STEPS, act, str(village.workspace.folder), str(tmp_path), str(seed))
    told, _ = process.end()
    steps = [line.rsplit(":", 1) for line in told.splitlines()]
    assert {ended for _, ended in steps} == {str(-signal.SIGKILL)}
    assert len(steps) > 3
    for name, _ in steps:
        folder = tmp_path / name
        if (bundle := folder.with_suffix(".xsj")).exists():
            (merged,) = exchange.merge(district, [bundle]).bundles
            assert merged.problem is None
        if (copy := folder.with_suffix(".db")).exists():
            Database.open(copy, village.workspace.key, read_only=True).close()
        again = open_session(folder, "王芳", "password1", repeatable("again"))
        assert again.workspace.check() == []
        assert exchange.digest(again).sha256 == digest
        again.workspace.close()
