"""Prepares this checkout on a bare machine, then starts the program, runs its checks, benchmarks or fuzzer.

    python3 packaging/dev.py start [ARGUMENTS OF xiaosanji]
    python3 packaging/dev.py test [--long] [-- ARGUMENTS OF pytest]
    python3 packaging/dev.py bench [--json FILE] [ARGUMENTS OF THE BENCHMARKS]
    python3 packaging/dev.py fuzz [TARGET ...] [--seconds N]
    python3 packaging/dev.py package
    python3 packaging/dev.py windows COMMAND [ARGUMENTS]

Standard library only, and no question is ever asked. An older Python must still be able to parse this file, or it
could not say which one is needed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bootstrap import checks, environments, machine, running, wine
from bootstrap.running import ROOT, Stop, clean_environment, say


def start(arguments: Sequence[str]) -> int:
    """Open the window, or run the command given; without a screen, tell the whole story in files."""
    environment = environments.prepare("runtime")
    launch = [str(environment.python), "-c", environments.LAUNCH]
    if arguments or machine.has_screen(sys.platform, os.environ):
        return running.run([*launch, *arguments])
    folder = tempfile.mkdtemp(prefix="xiaosanji-demo-")
    say(f"没有可用的屏幕（DISPLAY 和 WAYLAND_DISPLAY 均未设置），改为运行演示，结果放在 {folder}")
    return running.run([*launch, "demo", folder], {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def test(arguments: Sequence[str]) -> int:
    """Format, lint, types, layers, tests, the kernels without asserts, coverage; arguments narrow the tests only."""
    parser = argparse.ArgumentParser(prog="dev.py test", allow_abbrev=False)
    parser.add_argument("--long", action="store_true", help="also the tests that take minutes")
    parser.add_argument("pytest", nargs="*", metavar="-- ARGUMENT", help="arguments of pytest")
    options = parser.parse_args(arguments)
    environment = environments.prepare("dev")
    begun = time.monotonic()
    # A part is run to look into it: its files stay where pytest keeps them. A whole run waits for no disk.
    memory = None if options.pytest else checks.memory_folder()
    with tempfile.TemporaryDirectory(prefix="xiaosanji-test-", dir=memory) as folder:
        scratch = Path(folder)
        env = checks.environment_of_tests(os.environ, scratch, files_beside=memory is not None)
        steps = checks.Steps(environment.python, env, scratch)
        steps.check("ruff format 格式", "-m", "ruff", "format", "--check", "--output-format", "concise")
        steps.check("ruff check 规范", "-m", "ruff", "check", "--output-format", "concise")
        # It keeps one core busy for a third of a minute, in which the others would have nothing to do.
        types = steps.beside("mypy 类型", "-m", "mypy")
        steps.check("lint-imports 分层", "-c", checks.LINT_IMPORTS)
        long = {"XIAOSANJI_LONG": "1"} if options.long else {}
        if options.pytest:
            steps.pytest("pytest 测试", *options.pytest, env=long)
            say(
                "\nOnly a part of the tests was asked for: no coverage, no second run. 只运行了部分测试，其余步骤略过。"
            )
        else:
            checks.whole_run(steps, long)
        types()
    tally = steps.tally
    for failure in tally.failures:
        say(f"\n{failure}")
    say(f"\n{time.monotonic() - begun:.0f} s" + "".join(f"\nFAILED 未通过: {name}" for name in tally.broken))
    say(tally.line())
    return 1 if tally.failed else 0


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks; they know their own arguments, ``--json FILE`` among them."""
    environment = environments.prepare("dev")
    with tempfile.TemporaryDirectory(prefix="xiaosanji-bench-") as folder:
        # Programs that had to be compiled each time they begin would be measured as nobody has them.
        env = checks.environment_of_tests(os.environ, Path(folder), files_beside=False)
        return running.run([str(environment.python), "-m", "tests.benchmarks", *arguments], env)


def fuzz(arguments: Sequence[str]) -> int:
    """Fuzz what reads a stranger's bytes, guided by coverage: the named targets one after the other, or all."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", allow_abbrev=False)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    options = parser.parse_args(arguments)
    here = (platform.system(), platform.machine())
    if here != ("Linux", "x86_64"):
        raise Stop("The fuzzer runs on Linux x86_64 only. 模糊测试只能在 Linux x86_64 上运行。")
    environments.prepare("runtime")
    environment = environments.prepare_aside("fuzz")
    env = clean_environment(os.environ) | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    names = options.target
    if not names:
        listed = "from tests.fuzz.targets import TARGETS; print(*TARGETS)"
        names = subprocess.run(
            [str(environment.python), "-c", listed],
            env=env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
    found = []
    for name in names:
        say(f"\n== {name}")
        command = [str(environment.python), "-m", "tests.fuzz", name, "--seconds", str(options.seconds)]
        if running.run(command, env):
            found.append(name)
    say(f"\n{len(names)} targets, faults in: {', '.join(found) or 'none'}")
    return 1 if found else 0


def package(arguments: Sequence[str]) -> int:
    """Freeze the program into ``dist/xiaosanji`` from an environment that holds nothing but what it needs."""
    if arguments:
        raise Stop("package takes no arguments 此命令没有参数")
    environments.prepare("runtime")
    clean = environments.make_aside("package")
    say("Freezing 打包")
    return running.run(
        [
            str(clean.python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
            "--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "package" / "work"),
            str(ROOT / "packaging" / "xiaosanji.spec"),
        ]
    )  # fmt: skip


def windows(arguments: Sequence[str]) -> int:
    """Run one of these commands as Windows would, under Wine, in a copy of this checkout (``build/windows``)."""
    if not arguments or arguments[0] not in COMMANDS:
        raise Stop(f"windows takes one of these commands 后面请写一个命令: {', '.join(COMMANDS)}")
    python = wine.prepare()
    wine.copy_checkout()
    return wine.run(python, arguments)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "start": start,
    "test": test,
    "bench": bench,
    "fuzz": fuzz,
    "package": package,
    "windows": windows,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; exit code 1 when the machine is not ready for it or it failed, 2 for a wrong call."""
    if not arguments or arguments[0] not in COMMANDS:
        say(__doc__ or "")
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show Chinese must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
