"""Commands as processes of their own: two at once, killed at any moment, without a terminal, in another encoding."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from pathlib import Path
from typing import IO

from tests.cli.calling import OPERATOR, PASSWORD, answer, json_lines, record, start

GIVEN = {"XIAOSANJI_PASSWORD": PASSWORD}


def test_python_m_desktop_is_the_program() -> None:
    out, errors = start("--version").communicate(timeout=60)
    assert out.decode().startswith("xiaosanji ")
    assert errors == b""


def test_a_second_process_is_told_and_harms_nothing(town: Path) -> None:
    first = start("record", town, "enterprise", "--batch", "1", "--json", **GIVEN)
    assert first.stdin is not None
    assert first.stdout is not None
    first.stdin.write(json_lines({"name": "甲公司"}).encode())
    first.stdin.flush()
    kept = json.loads(first.stdout.readline())
    second = start("record", town, "enterprise", **GIVEN)
    _, errors = second.communicate(json_lines({"name": "乙公司"}).encode(), timeout=60)
    assert second.returncode == 23
    assert "已经在另一个窗口里打开了" in errors.decode()
    out, _ = first.communicate(json_lines({"name": "丙公司"}).encode(), timeout=60)
    assert first.returncode == 0
    names = {r["id"]: r["title"] for r in answer("list", town, "enterprise")["records"]}
    assert names == {kept["id"]: "甲公司", json.loads(out)["id"]: "丙公司"}
    assert answer("check", town)["sound"] is True


def give(stdin: IO[bytes], data: bytes) -> None:
    """Writes as long as anybody reads."""
    with contextlib.suppress(OSError):
        stdin.write(data)
        stdin.flush()


def test_a_killed_process_keeps_every_confirmed_line_and_the_file_sound(town: Path) -> None:
    chance = random.Random(20261123)
    confirmed: set[str] = set()
    for attempt in range(5):
        process = start("record", town, "enterprise", "--batch", "10", "--json", **GIVEN)
        assert process.stdin is not None
        assert process.stdout is not None
        rows = ({"name": f"第{attempt}批第{n}家公司", "surveyed_staff": n} for n in range(600))
        # By another thread: pipes of Windows are short, and each would wait for the other to read.
        giving = threading.Thread(target=give, args=(process.stdin, json_lines(*rows).encode()))
        giving.start()
        for _ in range(chance.randrange(0, 300)):
            confirmed.add(json.loads(process.stdout.readline())["id"])
        time.sleep(chance.random() / 20)
        process.kill()
        for line in process.stdout.read().decode(errors="ignore").splitlines(keepends=True):
            if line.endswith("\n"):
                confirmed.add(json.loads(line)["id"])
        process.wait(timeout=60)
        giving.join()
        with contextlib.suppress(OSError):
            process.stdin.close()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
        assert answer("check", town)["sound"] is True
        present = {r["id"] for r in answer("list", town, "enterprise")["records"]}
        assert confirmed <= present
    (made,) = record(town, "enterprise", {"name": "后来的公司"})
    assert answer("show", town, "enterprise", made["id"])["title"] == "后来的公司"


def test_without_a_terminal_a_missing_password_is_said_and_no_record_is_taken_for_it(town: Path) -> None:
    process = start("record", town, "enterprise")
    _, errors = process.communicate(json_lines({"name": "甲公司"}).encode(), timeout=60)
    assert process.returncode == 2
    assert "没有给出口令" in errors.decode()
    assert "XIAOSANJI_PASSWORD" in errors.decode()
    process = start("operator", town, "add", "李四", XIAOSANJI_PASSWORD=PASSWORD)
    _, errors = process.communicate(timeout=60)
    assert "XIAOSANJI_NEW_PASSWORD" in errors.decode()
    assert answer("list", town, "enterprise")["total"] == 0


def test_input_and_output_are_utf8_whatever_the_system_says(town: Path) -> None:
    process = start("record", town, "enterprise", PYTHONIOENCODING="gbk", PYTHONUTF8="0", LC_ALL="C", **GIVEN)
    out, _ = process.communicate(json_lines({"name": "甲公司🏭"}).encode(), timeout=60)
    assert process.returncode == 0
    assert "甲公司🏭" in out.decode("utf-8")


def test_a_reader_that_goes_away_is_no_bug(town: Path) -> None:
    process = start("schema", "--json", XIAOSANJI_OPERATOR=OPERATOR)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert "程序内部出错" not in process.stderr.read().decode()
    process.wait(timeout=60)
    for stream in (process.stdin, process.stderr):
        if stream is not None:
            stream.close()
