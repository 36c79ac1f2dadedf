"""Workspaces by commands: making, operators and passwords, checking, keeping a copy."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
import pytest

from desktop.cli.output import complain, remark, say, width_of, wrapped
from desktop.cli.program import COMMANDS, program
from desktop.operations.workspaces.workspaces import room_in
from desktop.records.declaration import Level
from desktop.records.versions.stamps import DAY_MS
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import keys, making, openings
from desktop.store.workspaces import workspace as workspace_store
from desktop.store.workspaces.backups import BACKUPS
from desktop.store.workspaces.keys import Cost
from desktop.store.workspaces.making import MAKING, AlreadyThere
from desktop.store.workspaces.places import InUse, take_lock
from desktop.store.workspaces.unlocking import LOCK
from tests.cli.calling import OPERATOR, PASSWORD, answer, make, record, run


def test_a_new_workspace_belongs_to_its_unit_and_its_first_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "Cost", Cost)
    workspace = tmp_path / "区"
    made = answer(
        "new", workspace, "--unit", "330106", "--name", "西湖区总工会", "--kind", "district", "--as", OPERATOR
    )
    assert made["unit"]["kind"] == "district"
    assert made["operator"] == OPERATOR
    # Others must not be able to try many passwords a second.
    (slot,) = json.loads((workspace / keys.FILE).read_text("utf-8"))["slots"].values()
    assert slot["cost"] == {"memory": 65_536, "passes": 3, "lanes": 2}
    assert [r["title"] for r in answer("list", workspace, "unit")["records"]] == ["西湖区总工会"]
    again = run("new", workspace, "--unit", "330106", "--name", "西湖区总工会", "--kind", "district")
    assert again.exit_code == 22
    assert "已经有一份台账" in again.stderr


NEW = ("--unit", "330106002", "--name", "镇", "--kind", "town", "--as", OPERATOR)


def test_a_workspace_that_another_program_is_making_is_in_use_and_not_cut_off(town: Path) -> None:
    """Whoever looked before having the lock was told that nothing was in it, and to make it anew."""
    being_made(town)
    with take_lock(town / LOCK):
        for told in (run("list", town, "unit"), run("new", town, *NEW)):
            assert told.exit_code == InUse.exit_code
    told = run("list", town, "unit")
    assert "没有建完" in told.stderr


@pytest.mark.parametrize("command", ["list", "new"])
def test_a_workspace_that_is_made_meanwhile_is_opened_and_not_taken_away(
    town: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    take = take_lock

    def when_it_is_made(path: Path) -> IO[bytes]:
        # The other program has come to its end in the moment before.
        (town / MAKING).unlink(missing_ok=True)
        return take(path)

    being_made(town)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(making, "take_lock", when_it_is_made)
        meanwhile.setattr(workspace_store, "take_lock_to_read", when_it_is_made)
        told = run("list", town, "unit") if command == "list" else run("new", town, *NEW)
    assert told.exit_code == (0 if command == "list" else AlreadyThere.exit_code)
    assert answer("check", town)["sound"] is True


def test_of_two_programs_that_make_a_workspace_at_once_one_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, folder = take_lock, tmp_path / "镇"

    def after_another(path: Path) -> IO[bytes]:
        meanwhile.undo()
        make(folder)
        return take(path)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(workspace_store, "take_lock", after_another)
        assert run("new", folder, *NEW).exit_code == AlreadyThere.exit_code
    assert answer("check", folder)["sound"] is True


def being_made(folder: Path) -> None:
    """A workspace as it stands shortly before another program has made it."""
    (folder / MAKING).touch()
    shutil.rmtree(folder / BACKUPS)
    (folder / openings.FILE).unlink()


def test_a_workspace_does_not_begin_among_the_files_of_others(tmp_path: Path) -> None:
    arguments = ("--unit", "330110109222", "--name", "村", "--kind", "village")
    (tmp_path / "花名册.xls").write_bytes(b"x")
    told = run("new", tmp_path, *arguments)
    assert told.exit_code == 22
    assert f"文件夹“{tmp_path.name}”里已经有别的文件（“花名册.xls”）。台账要单独放一个文件夹" in told.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["花名册.xls"]
    # A file of somebody else that is called as the mark of a workspace that is being made stays too.
    (tmp_path / "making").write_bytes(b"x")
    assert run("new", tmp_path, *arguments).exit_code == 22
    assert sorted(p.name for p in tmp_path.iterdir()) == ["making", "花名册.xls"]
    made = room_in(tmp_path, "村工会")
    assert made == tmp_path / "村工会"
    made.mkdir()
    (made / "desktop.ini").write_bytes(b"x")
    assert room_in(made, "村工会") == made
    assert run("new", made, *arguments).exit_code == 0


def test_a_folder_that_is_kept_equal_with_the_net_is_told_of_once(tmp_path: Path) -> None:
    synced = tmp_path / "BaiduSyncdisk"
    made = run("new", synced / "村", "--unit", "330110109222", "--name", "村", "--kind", "village")
    assert made.exit_code == 0
    assert "台账所在的文件夹由百度网盘自动同步" in made.stderr
    assert "百度网盘" not in run("list", synced / "村", "enterprise", "--as", "管理员").stderr
    copied = run("backup", synced / "村", synced / "备份.db", "--as", "管理员")
    assert copied.exit_code == 0
    assert "备份会传到网上；备份是加密的" in copied.stderr


def test_a_short_password_makes_no_workspace(tmp_path: Path) -> None:
    result = run(
        "new", tmp_path / "w", "--unit", "1", "--name", "村", "--kind", "village", XIAOSANJI_PASSWORD="short"
    )
    assert result.exit_code == 22
    assert "8位" in result.stderr
    assert not (tmp_path / "w" / "ledger.db").exists()


def test_a_code_of_another_level_or_of_no_place_is_remarked_upon_and_taken(tmp_path: Path) -> None:
    for code, words in (("330110109", "“径山镇”"), ("330110109999", "没有编码"), ("330110109222", "")):
        made = run("new", tmp_path / code, "--unit", code, "--name", "村", "--kind", "village")
        assert made.exit_code == 0
        assert words in made.stderr
        assert bool(words) == ("请核对" in made.stderr)


def test_a_wrong_password_says_so_and_shows_nothing(town: Path) -> None:
    record(town, "enterprise", {"name": "甲公司"})
    result = run("list", town, "enterprise", "--json", XIAOSANJI_PASSWORD="wrong-password")
    assert result.exit_code == 22
    assert "口令不对" in result.stderr
    assert json.loads(result.stdout)["problem"]["exit_code"] == 22
    assert "甲公司" not in result.output


def test_the_password_comes_from_a_prompt_or_a_file_too(town: Path, tmp_path: Path) -> None:
    asked = run("list", town, "enterprise", lines=f"{PASSWORD}\n", XIAOSANJI_PASSWORD=None)
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output
    file = tmp_path / "password.txt"
    file.write_bytes(b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n")
    assert run("list", town, "enterprise", "--password-file", file, XIAOSANJI_PASSWORD=None).exit_code == 0
    file.write_bytes(b"")
    assert run("list", town, "enterprise", "--password-file", file).exit_code == 2


def test_a_new_password_is_asked_for_twice(tmp_path: Path) -> None:
    arguments = ("new", tmp_path / "w", "--unit", "1", "--name", "村工会", "--kind", "village")
    unequal = run(*arguments, lines=f"{PASSWORD}\nanother-one\n", XIAOSANJI_PASSWORD=None)
    assert unequal.exit_code == 2
    assert "不一样" in unequal.stderr
    assert run(*arguments, lines=f"{PASSWORD}\n{PASSWORD}\n", XIAOSANJI_PASSWORD=None).exit_code == 0


def test_with_several_operators_one_must_be_named(town: Path) -> None:
    added = run("operator", town, "add", "李四", "--role", "reader", XIAOSANJI_NEW_PASSWORD="password-2")
    assert added.exit_code == 0
    unclear = run("list", town, "enterprise")
    assert unclear.exit_code == 2
    assert "李四" in unclear.stderr
    assert OPERATOR in unclear.stderr
    assert "--as" in unclear.stderr
    assert "XIAOSANJI_OPERATOR" in unclear.stderr
    assert run("list", town, "enterprise", XIAOSANJI_OPERATOR=OPERATOR).exit_code == 0
    assert run("list", town, "enterprise", "--as", "李四", XIAOSANJI_PASSWORD="password-2").exit_code == 0


def test_the_workspace_and_the_step_may_stand_in_either_order(town: Path, tmp_path: Path) -> None:
    assert answer("operator", town, "list") == answer("operator", "list", town)
    assert answer("audit", "verify", town)["whole"]
    for number, order in enumerate((("request", town), (town, "request"))):
        assert answer("enrol", *order, tmp_path / f"{number}.xsq")["words"]
    # A workspace that is called like a step stands where it always stood.
    assert run("operator", "list", "list").exit_code == 2
    assert run("enrol", town, "no-such-step").exit_code == 2


def test_a_reader_writes_nothing_and_sees_nothing_whole(town: Path) -> None:
    run("operator", town, "add", "李四", "--role", "reader", XIAOSANJI_NEW_PASSWORD="password-2")
    as_reader = {"XIAOSANJI_OPERATOR": "李四", "XIAOSANJI_PASSWORD": "password-2"}
    assert run("record", town, "enterprise", lines='{"name": "甲"}\n', **as_reader).exit_code == 14
    assert run("list", town, "enterprise", "--reveal", **as_reader).exit_code == 14
    assert (
        run("operator", town, "add", "赵六", XIAOSANJI_NEW_PASSWORD="password-3", **as_reader).exit_code == 14
    )


def test_the_help_of_a_command_needs_no_workspace() -> None:
    asked = run("operator", "add", "--help")
    assert (asked.exit_code, "--duty" in asked.stdout) == (0, True)


def test_a_disabled_operator_is_kept_out_but_the_last_administrator_stays(town: Path) -> None:
    run("operator", town, "add", "李四", XIAOSANJI_NEW_PASSWORD="password-2")
    last = run("operator", town, "disable", OPERATOR, "--as", OPERATOR)
    assert last.exit_code == 22
    assert "最后一名管理员" in last.stderr
    new = {"XIAOSANJI_NEW_PASSWORD": PASSWORD}
    assert run("operator", town, "add", OPERATOR, "--role", "editor", "--as", OPERATOR, **new).exit_code == 22
    signing = run("operator", town, "add", OPERATOR, "--duty", "head", "--as", OPERATOR, **new)
    assert (signing.exit_code, "管理员" in signing.stdout) == (0, True), "who is there keeps the role"
    assert run("operator", town, "disable", "李四", "--as", OPERATOR).exit_code == 0
    assert run("list", town, "enterprise", "--as", "李四", XIAOSANJI_PASSWORD="password-2").exit_code == 22
    listed = answer("operator", town, "list")["operators"]
    assert {o["name"]: o["disabled"] for o in listed} == {OPERATOR: False, "李四": True}
    assert run("operator", town, "disable", "没有这个人").exit_code == 2


def test_a_folder_without_a_workspace_is_refused(tmp_path: Path) -> None:
    result = run("list", tmp_path, "enterprise")
    assert result.exit_code == 2
    assert "不是一份台账" in result.stderr


def test_damage_is_told_and_ends_with_its_own_code(town: Path) -> None:
    record(town, "enterprise", *({"name": f"第{n}家公司"} for n in range(200)))
    file = town / "ledger.db"
    data = bytearray(file.read_bytes())
    for place in range(len(data) // 2, len(data), 4096):
        data[place + 100] ^= 0xFF
    file.write_bytes(data)
    result = run("check", town)
    assert result.exit_code == 15
    assert "损坏" in result.output
    (town / "keys.json").write_text("{")
    broken = run("check", town)
    assert broken.exit_code == 15
    assert "口令文件" in broken.stderr


def test_a_copy_is_encrypted_and_never_written_over(town: Path, tmp_path: Path) -> None:
    record(town, "enterprise", {"name": "甲公司"})
    copy = tmp_path / "copy.db"
    assert run("backup", town, copy).exit_code == 0
    assert b"SQLite format" not in copy.read_bytes()[:16]
    kept = copy.read_bytes()
    assert run("backup", town, copy).exit_code == 2
    assert copy.read_bytes() == kept
    file = town / "ledger.db"
    file.write_bytes(kept)
    for rest in ("ledger.db-wal", "ledger.db-shm"):
        (town / rest).unlink(missing_ok=True)
    assert answer("list", town, "enterprise")["total"] == 1


def test_restore_without_a_file_lists_the_backups_and_changes_nothing(town: Path, tmp_path: Path) -> None:
    before = (town / "ledger.db").read_bytes()
    (only,) = answer("restore", town)["backups"]
    assert Path(only["file"]).parent == town / "backups"
    assert only["bytes"] > 0
    assert only["journal"]
    listed = run("restore", town, XIAOSANJI_PASSWORD=None)
    assert listed.exit_code == 0
    assert Path(only["file"]).name in listed.stdout
    assert "--newest" in listed.stderr
    assert Path(only["file"]).name in listed.stderr
    assert (town / "ledger.db").read_bytes() == before
    assert run("restore", tmp_path).exit_code == 2


@pytest.mark.parametrize("harm", [None, b"", b"\x5a" * 50_000])
def test_a_lost_ledger_says_what_to_do_and_comes_back_with_the_newest_backup(
    town: Path, harm: bytes | None
) -> None:
    record(town, "enterprise", {"name": "甲公司"}, {"name": "乙公司"})
    for rest in town.glob("ledger.db*"):
        rest.unlink()
    if harm is not None:
        (town / "ledger.db").write_bytes(harm)
    told = run("list", town, "enterprise")
    assert told.exit_code == 15
    assert "从备份恢复" in told.stderr
    restored = answer("restore", town, "--newest")
    assert restored["steps"] > 0
    assert restored["torn"] is False
    assert answer("list", town, "enterprise")["total"] == 2


@pytest.mark.parametrize("named", ["--newest", "as it is listed", "in its folder", "by its path"])
def test_a_backup_alone_is_restored_where_that_is_asked_for(town: Path, named: str) -> None:
    record(town, "enterprise", {"name": "甲公司"})
    (only,) = answer("restore", town)["backups"]
    path = Path(only["file"])
    source = {"as it is listed": path.name, "in its folder": f"backups/{path.name}", "by its path": path}
    elsewhere = run("restore", town, path.parent.parent / "stick" / path.name, "--backup-only")
    assert elsewhere.exit_code == 2, "what lies in another folder is not the one that is listed"
    assert answer("list", town, "enterprise")["total"] == 1
    assert run("restore", town, source.get(named, named), "--backup-only").exit_code == 0
    assert answer("list", town, "enterprise")["total"] == 0


def test_the_own_password_is_changed_by_who_knows_the_old_one(town: Path) -> None:
    new = {"XIAOSANJI_NEW_PASSWORD": "battery-staple"}
    assert run("operator", town, "password", XIAOSANJI_PASSWORD="not-mine-1", **new).exit_code == 22
    assert run("operator", town, "password", **new).exit_code == 0
    assert run("list", town, "enterprise").exit_code == 22
    assert run("list", town, "enterprise", XIAOSANJI_PASSWORD="battery-staple").exit_code == 0


def test_a_backup_that_could_not_follow_is_told_after_what_was_done(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil._ntuple_diskusage(10**9, 10**9, 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    for rest in (town / "backups").iterdir():
        rest.unlink()
    result = run("record", town, "enterprise", lines='{"name": "照样保存"}\n')
    assert result.exit_code == 0
    assert "磁盘快满了" in result.stderr
    assert answer("list", town, "enterprise")["total"] == 1


def test_a_backup_to_a_full_stick_was_not_made_and_nobody_says_that_it_will_be(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, usage = tmp_path / "U盘", shutil.disk_usage
    stick.mkdir()
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1_000) if path == stick else usage(path),
    )
    told = run("backup", town, stick / "a.db")
    assert told.exit_code == 30
    assert told.stderr.endswith("备份没有做成：要存的磁盘快满了。请腾出空间，或者换一个磁盘再做一次。\n")
    assert list(stick.iterdir()) == []


def test_a_date_in_doubt_stops_the_save_until_a_person_says_that_it_is_right(tmp_path: Path) -> None:
    ahead = Environment(now=lambda: time.time_ns() // 1_000_000 + 60 * DAY_MS)
    district = make(tmp_path / "district", Level.DISTRICT, "330106", "西湖区总工会", ahead)
    doubted = run("record", district, "enterprise", "--json", lines='{"name": "甲公司"}\n')
    assert doubted.exit_code == 32
    assert json.loads(doubted.stdout)["problem"]["cause"] == "WrongClock"
    assert "日期" in doubted.stderr
    assert (
        run("record", district, "enterprise", "--date-is-right", lines='{"name": "甲公司"}\n').exit_code == 0
    )
    assert answer("list", district, "enterprise")["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lst"], "没有命令“lst”，是不是“list”"),
        (["list"], "缺少参数“台账”"),
        (["list", "w"], "缺少参数“类型”"),
        (["list", "w", "enterprize"], "是不是“enterprise”"),
        (["list", "w", "enterprise", "--serch", "x"], "没有选项“--serch”，是不是“--search”"),
        (["list", "w", "enterprise", "--limit", "x"], "不是整数"),
        (["list", "w", "enterprise", "--limit", "0"], "不能小于1"),
        (["list", "w", "enterprise", "--limit"], "选项 --limit"),
        (["list", "w", "enterprise", "more"], "多了参数“more”"),
        (["new", "w", "--unit", "1", "--name", "n"], "缺少选项 --kind"),
        (
            ["new", "w", "--unit", "1", "--name", "n", "--kind", "planet"],
            "可以填：enterprise（企业）、village（村社）",
        ),
        (["operator", "w"], "后面还缺一个命令"),
        (["operator", "w", "ad"], "是不是“add”"),
        (["merge", "w"], "缺少参数“文件或文件夹”。"),
        (["merge", "w", "nothing"], "“文件或文件夹”不对：没有文件“nothing”"),
        (["revoke", "w", "a", "--after", "x"], "“x”不是整数"),
        (["withdraw", "w", "x"], "“x”不是整数"),
        (["print", "w", "奖状", "a", "--out", "."], "可以填：letter（文书）、"),
        (["inspect", "nothing.xsj"], "没有文件“nothing.xsj”"),
        (["enrol", "request", "w", "nowhere/out.xsq"], "没有文件夹“nowhere”"),
    ],
)
def test_wrong_usage_is_one_chinese_sentence_with_a_next_step(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "--help" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_every_command_has_chinese_help() -> None:
    assert all(name in run("--help").stdout for name in COMMANDS)
    for name in COMMANDS:
        help_text = run(name, "--help").stdout
        assert "用法：xiaosanji" in help_text or "用法：program" in help_text
        for english in ("Usage", "Options", "Show this", "Commands", "required"):
            assert english not in help_text


def every_command(command: click.Command = program, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command and of each of a group's."""
    yield path
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            assert below is not None
            yield from every_command(below, (*path, name))


def test_help_names_what_to_write_in_chinese_and_fits_a_terminal() -> None:
    for path in every_command():
        told = run(*path, "--help").stdout
        shouted = set(re.findall(r"(?<![A-Z_-])[A-Z]{2,}(?![A-Z_-])", told)) - {"JSON", "PDF", "NULL", "UTF"}
        assert not shouted, (path, shouted)
        assert not [line for line in told.splitlines() if width_of(line) > 80], path


def test_text_is_folded_between_characters_and_no_line_begins_with_a_stop() -> None:
    text = "口令文件，第一行是口令；也可设 XIAOSANJI_PASSWORD，都没有时询问（见说明）。"
    for width in range(20, 90):
        lines = wrapped(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if width_of(line) > width]
        assert not [line for line in lines if line[0] in "，；。）" or line[-1] == "（"]
    assert wrapped("XIAOSANJI_PASSWORD 口令", 4) == ["XIAOSANJI_PASSWORD", "口令"]
    assert wrapped("", 10) == [""]


def test_a_choice_is_named_as_people_call_it(tmp_path: Path) -> None:
    made = run("new", tmp_path / "镇", "--unit", "330110109", "--name", "径山镇总工会", "--kind", "镇街")
    assert made.exit_code == 0, made.output
    request = run("enrol", "request", tmp_path / "镇", tmp_path / "镇.xsq")
    assert request.exit_code == 0
    added = run(
        "operator", tmp_path / "镇", "add", "李明", "--duty", "负责人", "--role", "录入员",
        XIAOSANJI_NEW_PASSWORD="another-password",
    )  # fmt: skip
    assert "以负责人签名" in added.stdout
    printed = run("print", tmp_path / "镇", "工作简报", "--out", tmp_path, XIAOSANJI_OPERATOR="管理员")
    assert printed.exit_code == 0, printed.output
    refused = run("enrol", "grant", tmp_path / "镇", tmp_path / "镇.xsq", tmp_path / "x.xsg", "--kind", "省")
    assert "enterprise（企业）" in refused.stderr


def test_a_bug_ends_with_70_and_says_nothing_personal(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("张三 13812345678")

    monkeypatch.setattr("desktop.operations.recording.records.check", broken)
    result = run("record", town, "enterprise", "--json", lines='{"name": "甲公司"}\n')
    assert result.exit_code == 70
    assert "KeyError" in result.stderr
    assert "13812345678" not in result.output
    assert len(result.stderr.splitlines()) == 1
    loud = run("record", town, "enterprise", lines='{"name": "甲公司"}\n', XIAOSANJI_DEBUG="1")
    assert "Traceback" in loud.stderr


def test_what_the_disk_does_is_not_called_a_bug(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop.store.workspaces.workspace.Workspace.backup", full)
    result = run("backup", town, town.parent / "copy.db")
    assert result.exit_code == 30
    assert "空间不够" in result.stderr


def test_a_backup_is_put_back_and_what_it_replaced_is_kept(town: Path, tmp_path: Path) -> None:
    record(town, "enterprise", {"name": "甲公司"})
    answer("backup", town, tmp_path / "copy.db")
    record(town, "enterprise", {"name": "后来的公司"})
    wrong = run("restore", town, tmp_path / "copy.db", XIAOSANJI_PASSWORD="wrong-password")
    assert wrong.exit_code == 22
    assert answer("list", town, "enterprise")["total"] == 2
    answer("restore", town, tmp_path / "copy.db")
    assert [r["title"] for r in answer("list", town, "enterprise")["records"]] == ["甲公司"]
    assert any(p.name.startswith("恢复前") for p in (town / "backups").iterdir())
    (made,) = record(town, "enterprise", {"name": "恢复以后的公司"})
    assert answer("show", town, "enterprise", made["id"])["title"] == "恢复以后的公司"


def test_another_workspaces_backup_changes_nothing(town: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    answer("backup", other, tmp_path / "copy.db")
    record(town, "enterprise", {"name": "甲公司"})
    assert run("restore", town, tmp_path / "copy.db").exit_code == 15
    assert answer("list", town, "enterprise")["total"] == 1


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("city", "330100", ""),
        ("city", "3301", ""),
        ("city", "999900", "区划表里没有编码999900"),
        ("district", "330100", "区划表里没有编码330100"),
    ],
)
def test_a_code_that_no_such_place_has_is_doubted(tmp_path: Path, kind: str, code: str, words: str) -> None:
    told = run("new", tmp_path / "新", "--unit", code, "--name", "某总工会", "--kind", kind)
    assert told.exit_code == 0
    assert words in told.stderr
    assert ("区划表" in told.stderr) == bool(words)


def test_nothing_that_others_have_written_controls_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    for tell in (say, remark, complain):
        tell("甲\x1b[31m\u202e\r乙\x07\n丙")
    told = capsys.readouterr()
    assert told.out == "甲[31m\n乙\n丙\n"
    assert told.err == told.out * 2
