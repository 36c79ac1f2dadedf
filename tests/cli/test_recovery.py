"""A forgotten password and a copied workspace, by the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from desktop.operations.session import open_session
from desktop.operations.workspaces import recovery
from desktop.records.declaration import Level
from desktop.store.workspaces import openings
from desktop.store.workspaces.unlocking import LEDGER
from tests.cli.calling import OPERATOR, PASSWORD, answer, make, record, run
from tests.operations.stations import enrol

NEW = {"XIAOSANJI_NEW_PASSWORD": "brand-new-password"}


@pytest.fixture
def village(tmp_path: Path) -> Path:
    return make(tmp_path / "村", Level.VILLAGE, "330110109222", "径山村工会")


@pytest.fixture
def district(tmp_path: Path, village: Path) -> Path:
    """A district that has enrolled the village, whose key is sealed to it."""
    folder = make(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    above, below = (open_session(place, OPERATOR, PASSWORD) for place in (folder, village))
    enrol(below, above, tmp_path)
    recovery.after_opening(below)
    for session in (above, below):
        session.workspace.close()
    return folder


def test_new_prints_the_recovery_code_once(tmp_path: Path) -> None:
    given = ("--unit", "330110109222", "--name", "径山村工会", "--kind", "village", "--as", OPERATOR)
    said = run("new", tmp_path / "甲", *given)
    assert "恢复码：" in said.stdout
    code = said.stdout.partition("恢复码：")[2].split()[0]
    made = run("recovery", "use-code", tmp_path / "甲", XIAOSANJI_RECOVERY_CODE=code.lower(), **NEW)
    assert made.exit_code == 0, made.output
    assert run("list", tmp_path / "甲", "enterprise").exit_code == 22, "the old password opens nothing"
    assert (
        run("list", tmp_path / "甲", "enterprise", XIAOSANJI_PASSWORD=NEW["XIAOSANJI_NEW_PASSWORD"]).exit_code
        == 0
    )
    made = run("new", tmp_path / "乙", *given, "--json")
    assert len(json.loads(made.stdout)["recovery_code"]) == 35


def test_a_wrong_code_says_which_group_and_changes_nothing(village: Path) -> None:
    said = run("recovery", "use-code", village, XIAOSANJI_RECOVERY_CODE="ABCDE-FGHJK", **NEW)
    assert said.exit_code == 22
    assert "第一组" in said.output
    fresh = answer("recovery", "new-code", village)["recovery_code"]
    other = answer("recovery", "new-code", village)["recovery_code"]
    said = run("recovery", "use-code", village, XIAOSANJI_RECOVERY_CODE=fresh, **NEW)
    assert (said.exit_code, "只有最新的一个有用" in said.output) == (22, True)
    assert run("recovery", "use-code", village, XIAOSANJI_RECOVERY_CODE=other, **NEW).exit_code == 0


def test_request_answer_and_acceptance(village: Path, district: Path, tmp_path: Path) -> None:
    record(village, "enterprise", {"name": "不能丢的厂"})
    request, out = tmp_path / "申请.xsr", tmp_path / "答复.xsk"
    asked = run("recovery", "request", village, request, **NEW)
    assert asked.exit_code == 0, asked.output
    words = asked.stdout.partition("请念：")[2].strip()
    seen = run("recovery", "answer", district, request, out)
    assert seen.exit_code == 0, seen.output
    assert words in seen.stderr
    assert "径山村工会" in seen.stderr
    own = seen.stderr.partition("请念：")[2].split("\n")[0].strip()
    again = run("recovery", "answer", district, request, tmp_path / "again.xsk", "--json")
    assert again.exit_code == 12
    assert json.loads(again.stdout)["problem"]["cause"] == "AlreadyAnswered"
    wrong = run("recovery", "accept", village, out, XIAOSANJI_NEW_PASSWORD="not the one")
    assert wrong.exit_code == 22
    taken = run("recovery", "accept", village, out, **NEW)
    assert taken.exit_code == 0, taken.output
    assert own in taken.stderr
    used = run("recovery", "accept", village, out, "--json", **NEW)
    assert json.loads(used.stdout)["problem"]["cause"] == "AnswerUsed"
    listed = run("list", village, "enterprise", XIAOSANJI_PASSWORD=NEW["XIAOSANJI_NEW_PASSWORD"])
    assert "不能丢的厂" in listed.stdout


def test_before_enrolment_a_request_says_what_else_can_be_done(village: Path, tmp_path: Path) -> None:
    said = run("recovery", "request", village, tmp_path / "申请.xsr", **NEW)
    assert said.exit_code == 22
    assert "恢复码" in said.output
    assert not (tmp_path / "申请.xsr").exists()


@pytest.fixture
def put_back(village: Path, tmp_path: Path) -> Path:
    """A workspace whose ledger was put back by hand."""
    shutil.copy(village / LEDGER, tmp_path / "kept.db")
    record(village, "enterprise", {"name": "第一家"})
    shutil.copy(tmp_path / "kept.db", village / LEDGER)
    return village


def test_a_ledger_in_doubt_can_be_read_but_not_written_until_somebody_says_where_it_comes_from(
    put_back: Path, tmp_path: Path
) -> None:
    assert run("list", put_back, "enterprise").exit_code == 0
    said = run("record", put_back, "enterprise", lines='{"name":"第二家"}\n')
    assert said.exit_code == 25
    assert "recovery place" in said.output
    assert run("recovery", "place", put_back).exit_code == 2
    assert run("recovery", "place", put_back, "--moved", "--copied").exit_code == 2
    assert answer("recovery", "place", put_back, "--restored") == {"workspace": "村", "origin": "restored"}
    assert run("record", put_back, "enterprise", lines='{"name":"第二家"}\n').exit_code == 0
    said = run("recovery", "place", put_back, "--restored")
    assert said.exit_code == 22, "there is nothing to say any more"


def test_a_copy_says_so_and_writes_nothing_before_it_is_enrolled(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(village, "enterprise", {"name": "第一家"})
    monkeypatch.setattr(openings, "computer", lambda: "another")
    assert run("record", village, "enterprise", lines='{"name":"第二家"}\n').exit_code == 25
    said = run("recovery", "place", village, "--copied")
    assert "入网申请" in said.stdout
    assert run("record", village, "enterprise", lines='{"name":"第二家"}\n').exit_code == 26
    assert run("enrol", "request", village, tmp_path / "副本.xsq").exit_code == 0
