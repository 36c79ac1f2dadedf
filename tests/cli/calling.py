"""How tests call the command line: in this process for answers and exit codes, in another one for faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from desktop.cli.program import program
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import Cost
from tests.operations.stations import unnoticed_copy

PASSWORD = "correct-horse"
OPERATOR = "王芳"
CODE = "91330106MA2ABCDEX7"
CHEAP = Cost(memory=8, passes=1, lanes=1)
ROOT = Path(__file__).resolve().parent.parent.parent


FIELDS = {
    "contact_name": "李明",
    "contact_phone": "0571-88888888",
    "facts": "2026年9月、10月未发放三名职工工资",
    "articles": "《中华人民共和国劳动法》第五十条",
    "requests": "依法足额支付三名职工的工资",
}


def make(
    folder: Path,
    level: Level = Level.TOWN,
    code: str = "330106002",
    name: str = "北山街道总工会",
    environment: Environment | None = None,
) -> Path:
    """A workspace whose password costs little to try; returns its folder."""
    session = workspaces.create(
        folder,
        code=code,
        name=name,
        level=level,
        operator=OPERATOR,
        password=PASSWORD,
        environment=environment,
        cost=CHEAP,
    )
    session.workspace.close()
    return folder


def run(*arguments: object, lines: str | bytes | None = None, **environment: str | None) -> Result:
    """One call in this process; ``environment`` overrides the variables."""
    variables = {
        "XIAOSANJI_PASSWORD": PASSWORD,
        "XIAOSANJI_OPERATOR": None,
        "XIAOSANJI_DEBUG": None,
        **environment,
    }
    return CliRunner().invoke(program, [str(a) for a in arguments], input=lines, env=variables)


def answer(*arguments: object, lines: str | None = None) -> Any:
    """The object that a successful call with ``--json`` prints."""
    result = run(*arguments, "--json", lines=lines)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def record(workspace: Path, type_name: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The outcomes of recording these rows, in the order in which they were told."""
    result = run("record", workspace, type_name, "--json", lines=json_lines(*rows))
    return [json.loads(line) for line in result.stdout.splitlines()]


def json_lines(*rows: dict[str, Any]) -> str:
    """Rows as the command ``record`` reads them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# The python.exe of a virtual environment starts another, which on Windows is given a console of its own to ask on.
_PYTHON = getattr(sys, "_base_executable", sys.executable) if sys.platform == "win32" else sys.executable
_BY = {"__PYVENV_LAUNCHER__": sys.executable} if sys.platform == "win32" else {}


def start(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    """A call in a process of its own, with pipes and without a terminal to ask for a password on."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("XIAOSANJI_")}
    return subprocess.Popen(
        [_PYTHON, "-m", "desktop", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**variables, **_BY, **environment},
        start_new_session=True,
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
    )


@dataclass(frozen=True)
class Places:
    """A district and a town that it has enrolled, and a folder that stands for the stick."""

    district: Path
    town: Path
    stick: Path


def enrol(below: Path, desk: Path, stick: Path) -> None:
    """The three files of enrolment go to and fro."""
    asked = answer("enrol", "request", below, stick / "a.xsq")
    granted = answer("enrol", "grant", desk, stick / "a.xsq", stick / "a.xsg", "--delegate")
    assert asked["words"] == granted["words"]
    accepted = answer("enrol", "accept", below, stick / "a.xsg", "--ack", stick / "a.xsa")
    assert accepted["unit"] == granted["unit"]
    answer("enrol", "confirm", desk, stick / "a.xsa")


def copied(places: Places) -> Path:
    """A copy of the town's workspace that was opened where the original was not to be seen."""
    twin = places.stick / "twin"
    with unnoticed_copy(places.town, twin):
        answer("list", twin, "enterprise")
    return twin
