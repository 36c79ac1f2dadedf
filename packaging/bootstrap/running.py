"""Runs other programs in this checkout and says what happens, at once and in order."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Stop(Exception):
    """The work cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Print at once, so that the lines stand in order with those of child processes."""
    print(text, flush=True)


def succeeds(command: Sequence[str]) -> bool:
    """Whether ``command`` exists and ends well; its output is not shown."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run ``command`` in the checkout with its output on ours; return its exit code."""
    return subprocess.run(command, cwd=ROOT, env=env).returncode


def begin(command: Sequence[str], env: Mapping[str, str], output: Path) -> Callable[[], int]:
    """Start ``command`` in the checkout, its output in a file; whoever calls the result waits for its exit code."""
    with output.open("wb") as file:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT).wait


def run_or_stop(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Like :func:`run`, but a failure ends the work."""
    code = run(command, env)
    if code != 0:
        raise Stop(f"This failed with code {code} 以下命令失败: {shlex.join(command)}")


def clean_environment(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` for tests: no window, and no ``python -O`` from outside, which would empty the tests themselves."""
    result = {
        name: value for name, value in env.items() if name not in ("PYTHONOPTIMIZE", "XIAOSANJI_OPTIMIZE")
    }
    result.setdefault("QT_QPA_PLATFORM", "offscreen")
    return result
