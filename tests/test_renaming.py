"""A file that a scanner of new files holds for a moment is replaced or taken away when it lets go."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop import renaming


def held(number: int) -> PermissionError:
    error = PermissionError(13, "Permission denied")
    error.winerror = number  # type: ignore[attr-defined]
    return error


def refuse(monkeypatch: pytest.MonkeyPatch, error: OSError, times: int) -> list[float]:
    """So often the system says no; the seconds that are waited."""
    waits: list[float] = []
    left = [error] * times

    def asking(does: Callable[..., None]) -> Callable[..., None]:
        def ask(*paths: str) -> None:
            if left:
                raise left.pop()
            does(*paths)

        return ask

    monkeypatch.setattr(os, "replace", asking(os.replace))
    monkeypatch.setattr(os, "remove", asking(os.remove))
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


@pytest.mark.parametrize("number", [5, 32])
def test_what_is_held_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (tmp_path / "new").write_bytes(b"new")
    waits = refuse(monkeypatch, held(number), 3)
    renaming.replace(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == b"new"
    assert len(waits) == 3
    waits = refuse(monkeypatch, held(number), 2)
    renaming.remove(tmp_path / "old")
    assert not (tmp_path / "old").exists()
    assert len(waits) == 2


def test_what_stays_held_is_told_after_less_than_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = refuse(monkeypatch, held(32), 99)
    with pytest.raises(PermissionError):
        renaming.replace("new", "old")
    assert 0.5 < sum(waits) < 1


@pytest.mark.parametrize("error", [PermissionError(13, "read-only"), FileNotFoundError(2, "gone"), held(19)])
def test_other_refusals_are_told_at_once(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    waits = refuse(monkeypatch, error, 1)
    with pytest.raises(type(error)):
        renaming.replace("new", "old")
    assert waits == []


def test_what_has_its_name_is_written_though_the_system_flushes_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def of_files_alone(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        flush(handle)

    monkeypatch.setattr(os, "fsync", of_files_alone)
    renaming.write_whole(tmp_path / "函.pdf", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("函.pdf", b"new")]
