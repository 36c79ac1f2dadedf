"""Every problem that can arise: one Chinese sentence, a next step that can be taken here, a code that is explained."""

from __future__ import annotations

import errno
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

import desktop
from desktop.cli.steps import NEXT_STEPS, next_step, spoken
from desktop.errors import EnvironmentProblem, Problem, TrustProblem
from desktop.operations.session import open_session
from desktop.operations.stations import applying, exchange
from desktop.records.declaration import Level
from desktop.records.versions.stamps import DAY_MS
from desktop.resources import resource
from desktop.store.tables.clock import DateBeyondOthers, WrongClock
from desktop.store.tables.environment import Environment
from desktop.sync import errors
from desktop.sync.errors import Caused
from tests.cli.calling import OPERATOR, PASSWORD, Places, answer, json_lines, make, record, run

LONG_AGO = 1_420_070_400_000
"""2015-01-01 in milliseconds."""

WINDOW = re.compile(
    "刷新|按钮|列表中选择|点击|点“|勾选|菜单|左边|右边|左上|右上|对话框|这一页|“编号设置”|在设置里"
)
CODES = frozenset({2, *range(10, 16), *range(20, 30), *range(30, 33)})
"""What README.md explains; 70, a bug, is no problem."""
COMMANDS = re.compile(r"命令|xiaosanji|--|JSON")
"""What nobody can do who has the window alone."""
TECHNICAL = re.compile("指纹|单位树|证书链|载荷|签发证书|发证单位|证书上")
"""What no window says: there it is words, units, and who admits a computer."""
UNTOLD = frozenset({"Damaged", "BadKeyFile", "NotAWipeFile"})
"""No answers to the bytes of a format: the base, a key file of this program, a file taken for another."""
NOT_IN_COMMANDS = frozenset({"RecordGone", "UnknownStep", "MissingGlyph"})
"""Only the window raises the first two; the setting that the others name stands in the window alone."""


def below(base: type[Problem]) -> list[type[Problem]]:
    return [found for child in base.__subclasses__() for found in (child, *below(child))]


def all_problems() -> list[type[Problem]]:
    """Every class of problem of the floors that commands stand on."""
    for module in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if not module.name.startswith(("desktop.ui", "desktop.__main__")):
            importlib.import_module(module.name)
    found = sorted(set(below(Problem)), key=lambda c: (c.__module__, c.__name__))
    return [c for c in found if c.__module__.startswith("desktop.") and ".ui." not in c.__module__]


PROBLEMS = all_problems()
CAUSES = {module.name for module in pkgutil.walk_packages(errors.__path__, f"{errors.__name__}.")} | {
    errors.__name__
}


@pytest.mark.parametrize("cause", PROBLEMS, ids=lambda c: c.__name__)
def test_a_problem_has_an_exit_code_and_no_step_that_only_a_window_has(cause: type[Problem]) -> None:
    assert cause.exit_code in CODES
    assert not issubclass(cause, TrustProblem) or cause.exit_code in range(10, 16)
    step = NEXT_STEPS.get(cause.__name__, cause.next_step)
    assert cause.__name__ in NOT_IN_COMMANDS or not WINDOW.search(step)


@pytest.mark.parametrize(
    "cause", [c for c in PROBLEMS if ".cli." not in c.__module__], ids=lambda c: c.__name__
)
def test_a_problem_has_no_step_that_only_the_command_line_has(cause: type[Problem]) -> None:
    said = getattr(cause, "text", "") + cause.next_step
    assert not COMMANDS.search(cause.next_step)
    assert not TECHNICAL.search(said)


@pytest.mark.parametrize("language", ["format.md", "format.zh.md"])
def test_the_format_document_tells_every_cause_with_its_exit_code(language: str) -> None:
    document = resource("manual", language).read_text("utf-8")
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in document.splitlines() if row[:1] == "|"
    ]
    told = {row[2]: row for row in rows if len(row) == 5 and row[3].isdigit()}
    causes = {c.__name__: c for c in PROBLEMS if issubclass(c, Caused)}
    assert len(told) > 50
    for name, (_check, _holds, _name, code, step) in told.items():
        assert int(code) == causes[name].exit_code
        assert language == "format.md" or step == causes[name].next_step
    own = [c for c in causes.values() if c.text and c.exit_code < 30 and c.__module__ in CAUSES]
    assert {c.__name__ for c in own if c.__name__ not in document} <= UNTOLD


@pytest.mark.parametrize(
    "cause",
    [c for c in PROBLEMS if issubclass(c, Caused) and c.__module__ in CAUSES and c.text],
    ids=lambda c: c.__name__,
)
def test_what_travels_badly_is_told_in_one_sentence_with_a_next_step(cause: type[Caused]) -> None:
    problem = cause("segment 3 of 01a2")
    assert re.fullmatch(r"[^。]+。", problem.sentence)
    assert re.fullmatch(r"[^。]+。", next_step(problem))
    assert "segment" not in spoken(problem)
    assert problem.help_anchor or isinstance(problem, EnvironmentProblem)


@pytest.mark.parametrize("cause", PROBLEMS, ids=lambda c: c.__name__)
def test_the_manual_has_the_section_that_a_problem_names(cause: type[Problem]) -> None:
    manual = resource("manual", "index.html").read_text("utf-8")
    assert not cause.help_anchor or f'<a name="{cause.help_anchor}"></a>' in manual


def test_the_steps_of_the_command_line_belong_to_problems_that_there_are() -> None:
    assert set(NEXT_STEPS) <= {c.__name__ for c in PROBLEMS}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town's workspace that has sent a bundle to its district, with a few odd files beside it."""
    town = make(tmp_path / "镇 的")
    (tmp_path / "空").write_bytes(b"")
    (tmp_path / "字").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "夹 子").mkdir()
    return town


ODD = [
    (("inspect", "{}/夹 子"), 2, "“夹 子”是文件夹，这里要写一个文件"),
    (("inspect", "{}/没有"), 2, "没有文件“没有”"),
    (("inspect", "{}/空"), 15, "文件不完整"),
    (
        ("verify", "{}/空", "--root", "{}/空"),
        2,
        "“空”不是根证书文件。请用 --root 指定上级用 keys export-root",
    ),
    (("list", "{}/镇 的", "enterprise", "--password-file", "{}/空"), 2, "口令文件“空”是空的"),
    (("list", "{}/镇 的", "enterprise", "--password-file", "{}/字"), 2, "不是UTF-8编码的文字"),
    (("list", "{}/夹 子", "enterprise"), 2, "不是一份台账。请核对文件夹，或者先用 xiaosanji new"),
    (("list", "{}/空", "enterprise"), 2, "不是一份台账"),
    (("send", "{}/镇 的", "{}/没有/a.xsj"), 2, "没有文件夹“没有”"),
    (("print", "{}/镇 的", "cover", "/", "--out", "{}/单子"), 2, f"“{Path('/')}”是文件夹"),
    (("print", "{}/镇 的", "cover", "{}/没有", "--out", "{}/单子"), 2, "没有文件“没有”"),
    (("print", "{}/镇 的", "cover", "{}/夹 子", "--out", "{}/单子"), 2, "是文件夹"),
    (("enrol", "confirm", "{}/镇 的", "{}/空"), 15, "这是空文件，里面什么都没有。请让对方重新导出"),
    (("enrol", "accept", "{}/镇 的", "{}/空"), 15, "这是空文件，里面什么都没有。请让对方重新导出"),
    (
        ("new", "{}/新", "--unit", "", "--name", "甲", "--kind", "town"),
        2,
        "单位的编码或名称不能这样写。编码用",
    ),
]


@pytest.mark.parametrize(("arguments", "code", "words"), ODD)
def test_odd_paths_and_files_end_with_a_sentence_and_a_next_step(
    town: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    told = run(*(a.replace("{}", str(town.parent)) for a in arguments))
    assert told.exit_code == code
    assert words in told.stderr
    assert "程序内部出错" not in told.stderr
    assert told.stderr.endswith("。\n")
    assert "区划表里没有" not in told.stderr


def test_an_acknowledgement_of_another_desk_is_sent_where_it_belongs(tmp_path: Path) -> None:
    desks = [make(tmp_path / code, Level.DISTRICT, code, f"{code}总工会") for code in ("330106", "330110")]
    town = make(tmp_path / "town")
    answer("enrol", "request", town, tmp_path / "a.xsq")
    answer("enrol", "grant", desks[0], tmp_path / "a.xsq", tmp_path / "a.xsg")
    answer("enrol", "accept", town, tmp_path / "a.xsg", "--ack", tmp_path / "a.xsa")
    told = run("enrol", "confirm", desks[1], tmp_path / "a.xsa")
    assert told.exit_code == 22
    assert "交给批准它入网的单位确认" in told.stderr
    assert answer("enrol", "confirm", desks[0], tmp_path / "a.xsa")["name"] == "北山街道总工会"


def test_no_bundle_is_written_with_a_date_that_cannot_be_right(tmp_path: Path) -> None:
    district = make(tmp_path / "district", Level.DISTRICT, "330106", "西湖区总工会")
    town = make(tmp_path / "town")
    answer("enrol", "request", town, tmp_path / "a.xsq")
    answer("enrol", "grant", district, tmp_path / "a.xsq", tmp_path / "a.xsg")
    session = open_session(town, OPERATOR, PASSWORD, Environment(lambda: LONG_AGO))
    # Nor is a grant taken in: what comes with it would wait as of tomorrow, "for more than thirty days".
    with session.workspace, pytest.raises(WrongClock):
        applying.accept(session, tmp_path / "a.xsg", compared=None)
    answer("enrol", "accept", town, tmp_path / "a.xsg")
    session = open_session(town, OPERATOR, PASSWORD, Environment(lambda: LONG_AGO))
    with session.workspace, pytest.raises(WrongClock) as told:
        exchange.send(session, tmp_path / "a.xsj")
    assert not (tmp_path / "a.xsj").exists()
    assert "--date-is-right" in next_step(told.value)
    assert answer("send", town, tmp_path / "a.xsj")["sequence"] == 1


def led_to_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, *arguments: object, lines: str | None = None
) -> Result:
    """One call whose answer finds no room."""
    echo = click.echo

    def full(message: Any = None, err: bool = False, nl: bool = True) -> None:
        if not err:
            raise OSError(errno.ENOSPC, "no space")
        echo(message, err=err, nl=nl)

    with monkeypatch.context() as disk:
        disk.setattr(click, "echo", full)
        return run(*arguments, lines=lines)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_whose_answer_finds_no_room_hears_what_was_saved_all_the_same(
    town: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """It said that nothing was written, and whoever did it again had everything twice."""
    rows = json_lines(*({"name": f"第{n}厂"} for n in range(3)))
    told = led_to_a_full_disk(monkeypatch, "record", town, "enterprise", "--batch", "2", *options, lines=rows)
    assert told.exit_code == 30
    assert "结果没有写完" in told.stderr
    assert "2条），不要重做" in told.stderr
    (shown, _) = answer("list", town, "enterprise")["records"]
    for reading in (["list", town, "enterprise"], ["show", town, "enterprise", shown["id"], "--reveal"]):
        told = led_to_a_full_disk(monkeypatch, *reading, *options)
        assert told.exit_code == 30
        assert "再做一次" in told.stderr
        assert "已经保存" not in told.stderr


def test_of_a_preview_whose_answer_finds_no_room_nothing_was_saved(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had written for a look was taken back, and yet nobody was to do it again."""
    record(places.town, "enterprise", {"name": "茶厂"})
    answer("send", places.town, places.stick / "1.xsj")
    told = led_to_a_full_disk(monkeypatch, "merge", places.district, places.stick / "1.xsj", "--preview")
    assert told.exit_code == 30
    assert "再做一次" in told.stderr
    assert "不要重做" not in told.stderr


def test_a_recovery_code_that_nobody_has_seen_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "村"
    new = ("new", folder, "--unit", "330110109222", "--name", "径山村工会", "--kind", "village")
    told = led_to_a_full_disk(monkeypatch, *new)
    assert "台账已经建好" in told.stderr
    for each in (told, led_to_a_full_disk(monkeypatch, "recovery", folder, "new-code")):
        assert each.exit_code == 30
        assert "recovery new-code" in each.stderr
    assert run("recovery", folder, "new-code").stdout.startswith("恢复码：")


def test_a_restore_is_not_done_twice_for_want_of_an_answer(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = led_to_a_full_disk(monkeypatch, "restore", town, "--newest")
    assert "恢复" in told.stderr
    assert told.stderr.endswith("不用再恢复一次。\n")


def test_whoever_names_a_backup_that_is_not_there_is_shown_the_way_to_the_list(town: Path) -> None:
    told = run("restore", town, "2020-01-01.db").stderr
    assert "没有备份“2020-01-01.db”；不写它就列出有哪些备份" in told


def test_a_date_beyond_all_others_is_asked_about_before_an_erasure(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made,) = record(places.town, "member", {"name": "张三"})
    monkeypatch.setattr("desktop.store.tables.clock.FAR_MS", -DAY_MS * 365)
    erase = ("erase", places.town, "member", made["id"], "--basis", "consent", "--yes")
    told = run(*erase)
    assert told.exit_code == DateBeyondOthers.exit_code
    assert "加 --date-is-right" in told.stderr
    assert answer("show", places.town, "member", made["id"])["values"]["name"] == "张三"
    assert run(*erase, "--date-is-right").exit_code == 0
