"""kill -9 at random moments: what was confirmed is there, nothing is half-done, and the file is sound."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.operations import exchange, records, restoring
from desktop.operations.session import open_session
from desktop.records.declaration import Level
from desktop.store.database import LedgerDamaged
from desktop.store.workspace import LEDGER
from tests.conftest import LONG
from tests.operations.stations import enrol, repeatable, station

ROOT = Path(__file__).parents[2]
MERGE = """
import sys
from pathlib import Path
from desktop.operations import exchange
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
from desktop.operations import records
from desktop.operations.session import open_session
from tests.operations.stations import repeatable
session = open_session(Path(sys.argv[1]), "王芳", "password1", repeatable("killed"))
print("open", flush=True)
for number in range(100000):
    saved = records.save(session, "enterprise", {"name": f"第{number}家"})
    print(saved.record, flush=True)
"""
RESTORE = """
import os, signal, sys
from pathlib import Path
from desktop.operations import restoring
from desktop.store import replacing
from tests.operations.stations import repeatable
left = int(sys.argv[2])
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
print("open", flush=True)
restoring.restore(Path(sys.argv[1]), None, "王芳", "password1", repeatable("restored")).session.workspace.close()
"""


def _start(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


@pytest.mark.parametrize("seed", range(40 if LONG else 4))
def test_a_killed_merge_leaves_the_state_before_or_after(tmp_path: Path, seed: int) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    records.save_many(village, "enterprise", [{"name": f"第{i}家"} for i in range(3_000)])
    sent = exchange.send(village, tmp_path / "a.xsj")
    before = exchange.digest(district, village.unit.id).sha256
    after = exchange.digest(village).sha256
    folder = district.workspace.folder
    district.workspace.close()
    process = _start(MERGE, str(folder), str(sent.path))
    time.sleep(random.Random(seed).uniform(0, 0.6))
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    assert exchange.digest(again, village.unit.id).sha256 in (before, after)
    exchange.merge(again, [sent.path])
    assert exchange.digest(again, village.unit.id).sha256 == after
    again.workspace.close()
    village.workspace.close()


@pytest.mark.parametrize("seed", range(40 if LONG else 4))
def test_every_confirmed_save_survives_a_kill(tmp_path: Path, seed: int) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    folder = village.workspace.folder
    village.workspace.close()
    process = _start(SAVE, str(folder))
    time.sleep(random.Random(seed).uniform(0.1, 0.8))
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    confirmed = [line for line in out.splitlines() if len(line) == 32]
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    assert again.workspace.check() == []
    assert all(records.load(again, "enterprise", record) is not None for record in confirmed)
    again.workspace.close()


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
    kills = 0
    for step in range(30):
        folder = tmp_path / f"step {step}"
        shutil.copytree(whole, folder)
        process = _start(RESTORE, str(folder), str(step))
        process.communicate()
        killed = process.returncode == -signal.SIGKILL
        kills += killed
        try:
            again = open_session(folder, "王芳", "password1", repeatable("again"))
        except LedgerDamaged:
            assert damaged, "a sound ledger stays sound"
            again = restoring.restore(folder, None, "王芳", "password1", repeatable("again")).session
        assert again.workspace.check() == []
        assert records.load(again, "enterprise", saved) is not None
        again.workspace.close()
        if not killed:
            break
    assert kills >= 6
