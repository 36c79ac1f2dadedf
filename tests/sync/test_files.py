"""Files on sticks: whole or not at all, and errors that say what to do."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from desktop.errors import EnvironmentProblem
from desktop.sync import errors
from desktop.sync.errors import surroundings
from desktop.sync.formats import files


def fail_with(code: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


class OfWindows(OSError):
    """As Windows raises them: the errno says little, the number more."""

    def __init__(self, code: int, number: int, *names: str) -> None:
        super().__init__(code, "", *names)
        self.winerror = number
        if len(names) > 1:
            self.filename2 = names[1]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OfWindows(errno.EACCES, 32, "a.xsj"), surroundings.HeldElsewhere),
        (OfWindows(errno.EACCES, 33), surroundings.HeldElsewhere),
        (OfWindows(errno.EACCES, 5, "a.xsj.tmp", "a.xsj"), surroundings.HeldElsewhere),
        (OfWindows(errno.EACCES, 5, "a.xsj.tmp"), surroundings.ReadOnly),
        (OfWindows(errno.EACCES, 19, "a.xsj"), surroundings.ReadOnly),
        (OfWindows(errno.EACCES, 21, "E:\\"), surroundings.DiskGone),
        (OfWindows(errno.EINVAL, 1167), surroundings.DiskGone),
        (OfWindows(errno.EINVAL, 39), surroundings.DiskFull),
        (OfWindows(errno.ENOENT, 206, "E:\\" + "长" * 250), surroundings.PathTooLong),
        (OSError(errno.ENAMETOOLONG, "", "长" * 100), surroundings.PathTooLong),
        (OSError(errno.ENXIO, ""), surroundings.DiskGone),
    ],
)
def test_a_number_of_windows_says_more_than_its_errno(
    error: OSError, problem: type[EnvironmentProblem]
) -> None:
    assert surroundings.is_surroundings(error)
    assert type(surroundings.surroundings(error)) is problem


@pytest.mark.parametrize(
    ("error", "path", "said"),
    [
        (OfWindows(errno.EACCES, 5, "函.pdf.tmp", "函.pdf"), Path("E:/函.pdf"), "“函.pdf”正被别的程序占用"),
        (OfWindows(errno.EACCES, 32, "/E/函.pdf"), None, "“函.pdf”正被别的程序占用"),
        (OSError(errno.EACCES, "", "/E/函.pdf"), None, "“函.pdf”不能读写"),
        (OSError(errno.EACCES, "", 3), None, "这个位置不能读写"),
        (OSError(errno.ENAMETOOLONG, ""), Path("E:/函.pdf"), "“函.pdf”的名称连同各层文件夹太长"),
    ],
)
def test_whoever_is_to_close_a_file_is_told_which(error: OSError, path: Path | None, said: str) -> None:
    assert str(surroundings.surroundings(error, path)).startswith(said)


def test_a_path_that_is_too_long_is_a_file_that_is_not_there_on_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, long = (FileNotFoundError(errno.ENOENT, "", "E:\\" + "a" * more) for more in (256, 257))
    monkeypatch.setattr("sys.platform", "linux")
    assert not surroundings.is_surroundings(long)
    monkeypatch.setattr("sys.platform", "win32")
    assert [type(surroundings.surroundings(each)) for each in (short, long)] == [
        surroundings.DiskGone,
        surroundings.PathTooLong,
    ]
    assert surroundings.is_surroundings(long)
    assert not surroundings.is_surroundings(short)


def test_a_write_to_a_lost_stick_is_an_invalid_argument_on_windows_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = OSError(errno.EINVAL, "Invalid argument")
    monkeypatch.setattr("sys.platform", "linux")
    assert not surroundings.is_surroundings(lost)
    monkeypatch.setattr("sys.platform", "win32")
    assert surroundings.is_surroundings(lost)
    assert type(surroundings.surroundings(lost)) is surroundings.DiskGone
    assert not surroundings.is_surroundings(OSError(errno.EINVAL, "Invalid argument", "a?.xsj")), (
        "a name of ours"
    )
    assert not surroundings.is_surroundings(OfWindows(errno.EINVAL, 87)), "a call of ours"
    assert not surroundings.is_surroundings(OSError(errno.ENOENT, ""))


def test_replaces_a_file_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xsq"
    path.write_bytes(b"old")
    with files.replacing(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.xsq"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "problem", "exit_code"),
    [
        (errno.ENOSPC, surroundings.DiskFull, 30),
        (errno.EROFS, surroundings.ReadOnly, 31),
        (errno.EACCES, surroundings.ReadOnly, 31),
        (errno.EIO, surroundings.DiskGone, 30),
    ],
)
def test_an_error_keeps_the_old_file_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    code: int,
    problem: type[EnvironmentProblem],
    exit_code: int,
) -> None:
    path = tmp_path / "a.xsq"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, step, fail_with(code))
    with pytest.raises(problem) as caught, files.replacing(path) as stream:
        stream.write(b"new")
    assert caught.value.exit_code == exit_code
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.xsq"]


def interrupted(stream: BinaryIO) -> None:
    stream.write(b"new")
    raise KeyboardInterrupt


def test_an_interruption_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xsq"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), files.replacing(path) as stream:
        interrupted(stream)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.xsq"]


def test_what_a_killed_program_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.xsq.tmp").write_bytes(b"half of a much longer file")
    with files.replacing(tmp_path / "a.xsq") as stream:
        stream.write(b"new")
    assert (tmp_path / "a.xsq").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.xsq"]


def test_a_folder_that_cannot_be_flushed_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows opens no folders."""
    monkeypatch.setattr(os, "open", fail_with(errno.EACCES))
    with files.replacing(tmp_path / "a.xsq") as stream:
        stream.write(b"new")
    assert (tmp_path / "a.xsq").read_bytes() == b"new"


def test_reading_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.xsq"
    path.write_bytes(b"12345")
    assert files.read_limited(path, 5) == b"12345"
    with pytest.raises(errors.TooBig):
        files.read_limited(path, 4)


def test_a_file_that_is_gone_is_a_problem_with_the_disk(tmp_path: Path) -> None:
    with pytest.raises(surroundings.DiskGone):
        files.read_limited(tmp_path / "gone.xsq", 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders there")
def test_nobody_waits_for_a_pipe_or_reads_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xsj")
    (tmp_path / "b.xsj").symlink_to("/dev/zero")
    for name in ("a.xsj", "b.xsj"):
        with pytest.raises(surroundings.NotPlainFile):
            files.read_limited(tmp_path / name, 4)
    with pytest.raises(surroundings.DiskGone):
        files.read_limited(tmp_path, 4)


def test_a_folder_is_told_as_one_where_the_system_calls_it_a_lack_of_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows does."""
    (tmp_path / "shut").write_bytes(b"x")
    monkeypatch.setattr(os, "open", fail_with(errno.EACCES))
    with pytest.raises(surroundings.DiskGone) as told:
        files.read_limited(tmp_path, 4)
    assert isinstance(told.value.__cause__, IsADirectoryError)
    with pytest.raises(surroundings.ReadOnly):
        files.read_limited(tmp_path / "shut", 4)


def test_a_stick_that_goes_between_writing_and_renaming_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xsj"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", fail_with(errno.EIO))
    with pytest.raises(surroundings.DiskGone), files.replacing(path) as stream:
        stream.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def is_wine() -> bool:
    """Whether this Windows is none."""
    return sys.platform == "win32" and hasattr(ctypes.windll.ntdll, "wine_get_version")


TOO_LONG = pytest.param(
    "很长" * 200 + ".xsj",
    marks=pytest.mark.skipif(is_wine(), reason="Wine 8 cuts a name that is too long, Windows refuses it"),
)


@pytest.mark.parametrize("name", [TOO_LONG, "/".join(["很长的文件夹名"] * 60) + "/a.xsj"])
def test_a_name_or_path_that_is_too_long_is_a_problem_and_no_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(EnvironmentProblem), files.replacing(tmp_path / name) as stream:
        stream.write(b"new")
    with pytest.raises(EnvironmentProblem):
        files.read_limited(tmp_path / name, 4)
