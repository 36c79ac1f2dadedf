"""Every command that takes a file, given another one: it says which that is and where it belongs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from desktop.records.declaration import Level
from desktop.sync.errors import CutShort, NewerFormat
from desktop.sync.formats import sorts
from tests.cli.calling import PASSWORD, ROOT, make, run


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A district and a town that has asked it, and one file of each sort by the key of its sort."""
    folder = tmp_path_factory.mktemp("stick")
    district = make(folder / "区", Level.DISTRICT, "330110", "余杭区总工会")
    town = make(folder / "镇", Level.TOWN, "330110109", "径山镇总工会")
    gone = make(folder / "清", Level.TOWN, "330110110", "瓶窑镇总工会")
    found = {
        key: folder / name
        for key, name in (
            ("request", "镇.xsq"), ("grant", "镇.xsg"), ("ack", "镇.xsa"), ("bundle", "镇.xsj"), ("wiped", "清.xsw"),
            ("recovery-request", "镇.xsr"), ("recovery-answer", "镇.xsk"), ("certificate", "根.pem"),
            ("workbook", "表.xlsx"), ("document", "文.docx"), ("pdf", "纸.pdf"), ("picture", "照.jpg"),
            ("archive", "包.zip"), ("empty", "空.xsq"),
        )
    }  # fmt: skip
    calls = (
        ("enrol", "request", town, found["request"]),
        ("enrol", "grant", district, found["request"], found["grant"]),
        ("enrol", "accept", town, found["grant"], "--ack", found["ack"]),
        ("enrol", "confirm", district, found["ack"]),
        ("send", town, found["bundle"]),
        ("keys", district, "export-root", found["certificate"]),
        ("recovery", "request", town, found["recovery-request"]),
        ("recovery", "answer", district, found["recovery-request"], found["recovery-answer"]),
        ("enrol", "request", gone, folder / "清.xsq"),
        ("enrol", "grant", district, folder / "清.xsq", folder / "清.xsg"),
        ("enrol", "accept", gone, folder / "清.xsg"),
        ("wipe", gone, found["wiped"], "--unit-name", "瓶窑镇总工会", "--unsent-too"),
    )
    for call in calls:
        done = run(*call, XIAOSANJI_NEW_PASSWORD="new-password-1")
        assert done.exit_code == 0, done.output
    book = Workbook()
    book.save(found["workbook"])
    for key, name in (("document", "word/document.xml"), ("archive", "a.txt")):
        with zipfile.ZipFile(found[key], "w") as packed:
            packed.writestr(name, "x")
    found["pdf"].write_bytes(b"%PDF-1.7\n")
    found["picture"].write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    found["empty"].write_bytes(b"")
    return SimpleNamespace(folder=folder, district=district, town=town, files=found)


COMMANDS = {
    "merge": ("bundle", lambda s, f: ("merge", s.district, f)),
    "receive": ("bundle", lambda s, f: ("receive", s.town, f)),
    "inspect": ("bundle", lambda s, f: ("inspect", f)),
    "verify": ("bundle", lambda s, f: ("verify", f, "--workspace", s.district)),
    "cover": ("bundle", lambda s, f: ("print", s.district, "cover", f, "--out", s.folder / "单")),
    "grant": ("request", lambda s, f: ("enrol", "grant", s.district, f, s.folder / "out.xsg")),
    "accept": ("grant", lambda s, f: ("enrol", "accept", s.town, f)),
    "new root": ("certificate", lambda s, f: ("enrol", "accept", s.town, s.files["grant"], "--new-root", f)),
    "confirm": ("ack", lambda s, f: ("enrol", "confirm", s.district, f)),
    "wiped": ("wiped", lambda s, f: ("wiped", s.district, f)),
    "answer": ("recovery-request", lambda s, f: ("recovery", "answer", s.district, f, s.folder / "out.xsk")),
    "recovered": ("recovery-answer", lambda s, f: ("recovery", "accept", s.town, f)),
    "import": ("workbook", lambda s, f: ("import", s.district, f, "--type", "enterprise")),
}  # fmt: skip
"""By command: the sort that it takes, and the call."""
SORTS = {sort.key: sort for name, sort in vars(sorts).items() if isinstance(sort, sorts.Sort)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_names_the_file_that_it_cannot_take(stick: SimpleNamespace, command: str) -> None:
    wanted, call = COMMANDS[command]
    others = [key for key in ("grant", "workbook", "wiped", "bundle") if key != wanted][:2]
    for key in others:
        done = run(*call(stick, stick.files[key]))
        assert done.exit_code in (2, 15), done.output
        assert f"这是{SORTS[key].words}，不是" in done.output
        assert "损坏" not in done.output
        assert "更新版本" not in done.output


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders there")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_is_no_file_that_is_missing(stick: SimpleNamespace, command: str) -> None:
    pipe = stick.folder / "管道"
    if not pipe.exists():
        os.mkfifo(pipe)
    done = run(*COMMANDS[command][1](stick, pipe))
    assert done.exit_code == 2
    assert "“管道”不是普通文件" in done.output


def test_what_a_file_is_shows_in_its_bytes_whatever_its_name(stick: SimpleNamespace) -> None:
    for key, path in stick.files.items():
        found = sorts.of(path)
        assert found is not None
        assert found.key == key
    assert sorts.of(Path(__file__)) is None


def test_a_file_of_the_wanted_sort_keeps_its_own_problem(stick: SimpleNamespace, tmp_path: Path) -> None:
    cut = tmp_path / "镇.xsj"
    cut.write_bytes(stick.files["bundle"].read_bytes()[:900])
    assert "不完整" in run("merge", stick.district, cut).output
    for size in (4, 41, 42):
        # Before any name of an entry it might be whatever is packed so.
        cut.write_bytes(stick.files["bundle"].read_bytes()[:size])
        assert "不完整" in run("merge", stick.district, cut).output
    short = tmp_path / "镇.xsq"
    short.write_bytes(stick.files["request"].read_bytes()[:400])
    assert "签名部分已损坏" in run("enrol", "grant", stick.district, short, tmp_path / "x.xsg").output
    with pytest.raises(NewerFormat), sorts.telling(stick.files["grant"], sorts.GRANT):
        raise NewerFormat("made by a program of next year")


def test_who_chooses_an_unknown_or_empty_file_hears_what_is_wanted(
    stick: SimpleNamespace, tmp_path: Path
) -> None:
    text = tmp_path / "说明.txt"
    text.write_text("你好", "utf-8")
    done = run("enrol", "grant", stick.district, text, tmp_path / "x.xsg")
    assert "这不是入网申请（.xsq）。请核对选的文件" in done.output
    assert (
        "这是空文件" in run("enrol", "grant", stick.district, stick.files["empty"], tmp_path / "x.xsg").output
    )
    with pytest.raises(CutShort):
        raise sorts.told(stick.files["empty"], sorts.BUNDLE, CutShort("no beginning"))


def test_who_has_asked_nobody_hears_it_of_a_grant_only(stick: SimpleNamespace) -> None:
    """The district waits for no grant."""
    done = run("enrol", "accept", stick.district, stick.files["grant"])
    assert (done.exit_code, "没有等待批准的入网申请。请先在本机导出入网申请" in done.output) == (22, True)
    done = run("enrol", "accept", stick.district, stick.files["request"])
    assert done.exit_code == 15
    assert "这是入网申请（.xsq），不是入网批准（.xsg）。" in done.output


def test_a_file_that_is_no_backup_is_not_restored(stick: SimpleNamespace) -> None:
    before = run("digest", stick.district).output
    for key in ("workbook", "empty"):
        done = run("restore", stick.district, stick.files[key])
        assert done.exit_code == 15
        assert stick.files[key].name in done.output
        assert "没有用它恢复" in done.output
    assert run("digest", stick.district).output == before


def test_an_empty_file_is_no_whole_log(stick: SimpleNamespace) -> None:
    done = run("audit", stick.files["empty"], "verify")
    assert done.exit_code == 2
    assert "一行日志也没有" in done.output


@pytest.mark.skipif(sys.platform == "win32", reason="names of files are UTF-16 there")
def test_a_file_whose_name_is_no_utf8_is_taken_like_any_other(tmp_path: Path) -> None:
    district = make(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    town = make(tmp_path / "镇", Level.TOWN, "330110109", "径山镇总工会")
    strange = os.fsdecode("镇".encode("gbk"))
    book = Workbook()
    book.active.append(["企业名称"])
    book.active.append(["杭州甲有限公司"])
    book.save(tmp_path / f"{strange}.xlsx")
    for call in (
        ("enrol", "request", town, tmp_path / f"{strange}.xsq"),
        ("enrol", "grant", district, tmp_path / f"{strange}.xsq", tmp_path / f"{strange}.xsg"),
        ("enrol", "accept", town, tmp_path / f"{strange}.xsg"),
        ("import", town, tmp_path / f"{strange}.xlsx", "--type", "企业"),
        ("send", town, tmp_path / f"{strange}.xsj"),
        ("merge", district, tmp_path / f"{strange}.xsj"),
        ("merges", district),
    ):
        done = run(*call)
        assert done.exit_code == 0, (call, done.output)
    assert "杭州甲有限公司" in run("list", district, "企业").stdout


@pytest.mark.parametrize("call", [("search", "{}", "\udcb2"),
                                  ("list", "{}", "企业", "--filter", "单位名称=\udcb2")])  # fmt: skip
def test_words_that_are_no_utf8_are_refused(call: tuple[str, ...], stick: SimpleNamespace) -> None:
    done = run(*(word.format(stick.town) for word in call))
    assert done.exit_code == 2
    assert "里面有读不出来的字" in done.stderr


def test_a_password_that_is_no_utf8_is_named(stick: SimpleNamespace) -> None:
    done = run(
        "list", stick.town, "企业", XIAOSANJI_PASSWORD="\udcb2\udcb2\udcb2\udcb2\udcb2\udcb2\udcb2\udcb2"
    )
    assert done.exit_code == 2
    assert "读不出来" in done.stderr


def test_without_a_standard_input_nothing_is_recorded_and_said_so(stick: SimpleNamespace) -> None:
    # What Python makes of a process that was started without one.
    close = "import os, sys; os.close(0); sys.stdin = None; from desktop.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", close, "record", str(stick.town), "企业"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "XIAOSANJI_PASSWORD": PASSWORD},
    )  # fmt: skip
    assert done.returncode == 2
    assert "没有标准输入" in done.stderr


OUT = {
    "send": lambda s, path: ("send", s.town, path),
    "request": lambda s, path: ("enrol", "request", s.town, path),
    "grant": lambda s, path: ("enrol", "grant", s.district, s.files["request"], path),
    "recovery": lambda s, path: ("recovery", "request", s.town, path),
    "wipe": lambda s, path: ("wipe", s.town, path),
}  # fmt: skip
"""Calls that write a file of ours."""


@pytest.mark.parametrize("command", OUT)
def test_a_stick_that_is_not_there_does_not_leave_its_name_to_a_file(
    stick: SimpleNamespace, tmp_path: Path, command: str
) -> None:
    done = run(*OUT[command](stick, tmp_path / "U盘"))
    assert done.exit_code == 2, done.output
    assert "“U盘”" in done.output
    assert not (tmp_path / "U盘").exists()


INTO = {
    "merge": lambda s, path: ("merge", s.district, s.files["bundle"], "--receipts", path),
    "print": lambda s, path: ("print", s.district, "brief", "--out", path),
    "attach": lambda s, path: ("attach", s.district, "enterprise", "0" * 32, "--save", path),
    "demo": lambda s, path: ("demo", path),
}  # fmt: skip
"""Calls that write into a folder, made where it is missing."""


@pytest.mark.parametrize("command", INTO)
@pytest.mark.parametrize("below", [False, True])
def test_a_file_is_no_folder_to_write_into(
    stick: SimpleNamespace, tmp_path: Path, command: str, below: bool
) -> None:
    file = tmp_path / "文件"
    file.touch()
    done = run(*INTO[command](stick, file / "里面" if below else file))
    assert done.exit_code == 2, done.output
    assert "“文件”是文件，这里要写一个文件夹" in done.output
