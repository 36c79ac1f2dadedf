"""Wrong passwords: every further try waits, over restarts too, whatever the clock says, and nobody is locked out."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.operations.session import open_session
from desktop.operations.workspaces import operators, restoring
from desktop.records.declaration import Role
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import attempts as attempts_store
from desktop.store.workspaces.attempts import FILE, Attempts
from desktop.store.workspaces.keys import WrongPassword
from desktop.store.workspaces.places import InUse
from tests.cli.calling import CHEAP, OPERATOR, PASSWORD, make


class Clock:
    """A steady clock that moves by waiting only, beside a wall clock that anybody can set."""

    def __init__(self) -> None:
        self.steady = 100.0
        self.wall = 1_795_420_800_000
        self.waited: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.steady += seconds

    def environment(self) -> Environment:
        ticks = itertools.count(1)
        return Environment(
            now=lambda: self.wall,
            random=lambda size: next(ticks).to_bytes(size, "big"),
            steady=lambda: self.steady,
            pause=self.pause,
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(tmp_path: Path, clock: Clock) -> Path:
    return make(tmp_path / "town", environment=clock.environment())


def restart() -> None:
    """What the program knows in memory is gone."""
    attempts_store._since.clear()


def wrong(town: Path, clock: Clock, name: str = OPERATOR) -> None:
    with pytest.raises(WrongPassword):
        open_session(town, name, "not-the-password", clock.environment())


def right(town: Path, clock: Clock) -> None:
    open_session(town, OPERATOR, PASSWORD, clock.environment()).workspace.close()


def test_every_further_try_waits_longer_up_to_half_a_minute(town: Path, clock: Clock) -> None:
    for _ in range(9):
        wrong(town, clock)
    assert clock.waited == [1, 2, 5, 10, 30, 30, 30]


def test_the_right_password_waits_too_opens_and_begins_anew(town: Path, clock: Clock) -> None:
    for _ in range(3):
        wrong(town, clock)
    right(town, clock)
    assert clock.waited == [1, 2]
    wrong(town, clock)
    right(town, clock)
    assert clock.waited == [1, 2]


def test_a_restart_of_the_program_waits_all_the_same(town: Path, clock: Clock) -> None:
    for _ in range(5):
        restart()
        wrong(town, clock)
    assert clock.waited == [1, 2, 5]
    restart()
    right(town, clock)
    assert clock.waited == [1, 2, 5, 10]


@pytest.mark.parametrize("years", [-30, -1, 0, 1, 200])
def test_setting_the_clock_shortens_and_lengthens_nothing(town: Path, clock: Clock, years: int) -> None:
    for _ in range(5):
        wrong(town, clock)
    begun, clock.waited[:] = clock.wall, []
    clock.wall = begun + years * 365 * 86_400_000
    restart()
    attempts = Attempts(town)
    assert attempts.left(OPERATOR, clock.environment()) == 10
    attempts.wait(OPERATOR, clock.environment())
    assert clock.waited == [10]


def test_what_was_waited_before_the_next_try_counts(town: Path, clock: Clock) -> None:
    for _ in range(4):
        wrong(town, clock)
    clock.waited.clear()
    clock.steady += 3
    right(town, clock)
    assert clock.waited == [2]


def test_one_operator_does_not_slow_another_and_a_strange_name_is_not_kept(town: Path, clock: Clock) -> None:
    session = open_session(town, OPERATOR, PASSWORD, clock.environment())
    operators.put(session, "小李", Role.EDITOR, "password2", CHEAP)
    session.workspace.close()
    for _ in range(4):
        wrong(town, clock, "小李")
    wrong(town, clock, "13805711234")
    assert "13805711234" not in (town / FILE).read_text("utf-8")
    clock.waited.clear()
    right(town, clock)
    assert clock.waited == []


def test_restoring_and_changing_the_own_password_are_slowed_by_the_same_count(
    town: Path, clock: Clock
) -> None:
    session = open_session(town, OPERATOR, PASSWORD, clock.environment())
    for _ in range(3):
        with pytest.raises(WrongPassword):
            operators.change_own_password(session, "not-the-password", "new-password")
    session.workspace.close()
    with pytest.raises(WrongPassword):
        restoring.restore(town, None, OPERATOR, "not-the-password", clock.environment())
    assert clock.waited == [1, 2]


def test_a_second_program_tries_nothing_meanwhile(town: Path, clock: Clock) -> None:
    session = open_session(town, OPERATOR, PASSWORD, clock.environment())
    for _ in range(3):
        with pytest.raises(InUse):
            open_session(town, OPERATOR, "not-the-password", clock.environment())
    assert not (town / FILE).exists()
    session.workspace.close()


@pytest.mark.parametrize("text", ["", "x", "[]", '{"format":1,"operators":[]}', '{"format":1,"operators":{"王芳":5}}',
                                  '{"format":1,"operators":{"王芳":{"wrong":"x","untold":true}}}'])  # fmt: skip
def test_a_damaged_file_of_tries_keeps_nobody_out(town: Path, clock: Clock, text: str) -> None:
    (town / FILE).write_text(text, "utf-8")
    right(town, clock)
    wrong(town, clock)
    right(town, clock)


def test_a_folder_that_cannot_take_the_count_keeps_nobody_out(
    town: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attempts_store, "write_whole", full)
    wrong(town, clock)
    right(town, clock)


def test_the_real_program_waits_between_processes(town: Path) -> None:
    """Three calls with a wrong password; the third waits a second by the system's own steady clock."""
    call = (
        "import sys, time; from desktop.operations.session import open_session; from pathlib import Path\n"
        "begun = time.monotonic()\n"
        "try: open_session(Path(sys.argv[1]), sys.argv[2], 'not-the-password')\n"
        "except Exception as error: print(type(error).__name__, time.monotonic() - begun)"
    )
    took = []
    for _ in range(3):
        said = subprocess.run(
            [sys.executable, "-c", call, str(town), OPERATOR], capture_output=True, text=True, check=True
        ).stdout.split()
        assert said[0] == "WrongPassword"
        took.append(float(said[1]))
    assert took[2] >= 1.0
