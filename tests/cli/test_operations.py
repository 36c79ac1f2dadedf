"""The list of what was done here, and taking a step of it back."""

from __future__ import annotations

from pathlib import Path

from tests.cli.calling import OPERATOR, answer, make, record, run


def test_steps_are_listed_with_the_numbers_that_undo_takes(tmp_path: Path) -> None:
    town = make(tmp_path / "town")
    assert "还没有做过什么" in run("operations", town).stderr
    first, _ = record(town, "enterprise", {"name": "甲"}, {"name": "乙"})
    (changed,) = record(town, "enterprise", {"id": first["id"], "name": "丙"})
    newest, oldest = answer("operations", town)["operations"]
    assert (newest["operation"], newest["operator"], newest["records"]) == (changed["operation"], OPERATOR, 1)
    assert (oldest["name"], oldest["records"]) == ("批量新增企业（单位）", 2)
    assert oldest["first"] == {"type": "enterprise", "id": first["id"]}
    assert newest["possible"]
    answer("undo", town, newest["operation"])
    back, undone = answer("operations", town, "--limit", "2")["operations"]
    assert (back["undoes"], undone["undone"], undone["possible"]) == (newest["operation"], True, False)
    listed = run("operations", town, "--before", undone["operation"]).stdout
    assert "甲等" in listed
    assert "修改" not in listed


def test_who_undoes_a_birth_is_asked_about_what_was_added_to_it_since(tmp_path: Path) -> None:
    town = make(tmp_path / "town")
    (made,) = record(town, "enterprise", {"name": "甲"})
    record(town, "visit", {"enterprise": made["id"], "visit_date": "2026-11-02"})
    refused = run("undo", town, made["operation"])
    assert (refused.exit_code, "请在终端里运行，或者加 --yes" in refused.stderr) == (2, True)
    declined = run("undo", town, made["operation"], lines="不\n")
    assert "后来登记在名下的1条记录也会一起删除。回答“是”继续" in declined.stderr
    assert (declined.exit_code, "没有撤消" in declined.stderr) == (2, True)
    assert answer("list", town, "enterprise")["total"] == 1
    assert "涉及2条记录" in run("undo", town, made["operation"], "--yes").stdout
    assert answer("list", town, "enterprise")["total"] == answer("list", town, "visit")["total"] == 0
