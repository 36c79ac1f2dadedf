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
