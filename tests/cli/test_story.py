"""The story by command, and the window that opens without one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.cli.calling import run

DIGEST = re.compile(r"\S+ [0-9a-f]{64}")


def test_the_story_told_twice_gives_the_same_digests_and_no_other_long_numbers(tmp_path: Path) -> None:
    first, second = run("demo", tmp_path / "a", "--no-pictures"), run("demo", tmp_path / "b", "--no-pictures")
    assert first.exit_code == 0, first.output
    assert first.stdout.replace("“a/", "“b/") == second.stdout
    opened = first.stdout.partition("这些台账可以打开看")[2]
    password, operator = re.findall(r"口令都是“(.+?)”.*操作员是(.+)。", opened)[0]
    desk = tmp_path / "a" / "台账" / "余杭区总工会"
    assert run("list", desk, "企业", "--as", operator, XIAOSANJI_PASSWORD=password).exit_code == 0
    assert "项，收下" in first.stdout
    assert "，先留着0，不收0；回执已送回" in first.stdout
    long_numbers = [line for line in first.stdout.splitlines() if re.search("[0-9a-f]{32}", line)]
    assert len(long_numbers) == 8
    assert all(DIGEST.fullmatch(line) for line in long_numbers)
    for folder in ("台账", "数据包", "入网", "登记册", "文书"):
        assert any((tmp_path / "a" / folder).iterdir())


def test_the_story_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    result = run("demo", tmp_path)
    assert result.exit_code == 2
    assert "不是空文件夹" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_without_a_command_the_window_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[list[str]] = []
    window = ModuleType("desktop.ui.app")
    window.main = lambda argv: asked.append(argv[1:]) or 7  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "desktop.ui.app", window)
    assert run().exit_code == 7
    # A folder, or a file of a workspace, is what it opens with.
    (tmp_path / "keys.json").write_text("{}")
    (tmp_path / "ledger.db").write_text("")
    assert run(tmp_path).exit_code == 7
    assert run(tmp_path / "ledger.db").exit_code == 7
    assert asked == [[], [str(tmp_path)], [str(tmp_path)]]
    (tmp_path / "别处").mkdir()
    (tmp_path / "别处" / "表.xlsx").write_text("")
    assert "没有命令" in run(tmp_path / "别处" / "表.xlsx").stderr
