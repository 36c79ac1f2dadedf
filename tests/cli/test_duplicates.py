"""What may be registered twice, by the command line: listed, looked at, merged, taken apart, said to be two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import CODE, answer, make, record, run


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, str, str]:
    """A workspace with the same firm twice."""
    town = make(tmp_path / "town")
    made = record(
        town,
        "enterprise",
        {"name": "甲茶叶厂", "uscc": CODE, "surveyed_staff": 30, "remark": "老"},
        {"name": "甲 茶叶厂", "surveyed_staff": 35},
    )
    one, other = sorted(m["id"] for m in made)
    return town, one, other


def test_two_are_listed_looked_at_merged_and_taken_apart(pair: tuple[Path, str, str]) -> None:
    town, one, other = pair
    (found,) = answer("duplicates", town, "--type", "enterprise")["proposals"]
    assert (sorted(found["ids"]), found["why"]) == ([one, other], "name")
    merging = ("duplicates", town, "--merge", "enterprise", one, other)
    looked = answer(*merging, "--preview")
    assert (looked["differ"], looked["operation"]) == (["name", "headcount_surveyed"], 0)
    said = answer(*merging, "--take", "surveyed_staff", one, "--take", "unit", one)
    assert said["open"] == ["name"]
    shown = [answer("show", town, "enterprise", r)["values"] for r in (one, other)]
    assert shown[0] == shown[1]
    listed = answer("duplicates", town)
    assert listed["proposals"] == []
    (merged,) = listed["merged"]
    assert "已合并" in run("duplicates", town).stdout
    told = run("history", town, "enterprise", other).stdout
    assert told.count("合并为一条") == 1
    assert all(f"“{name}”" in told for name in ("甲茶叶厂", "甲 茶叶厂"))
    (back,) = answer("duplicates", town, "--undo", merged["id"])["proposals"]
    assert sorted(back["ids"]) == [one, other]
    merges = answer("history", town, "enterprise", one)["merges"]
    assert [(m["ids"], m["parted"]) for m in merges] == [([one, other], True), ([one, other], False)]
    assert "可能重复1处" in run("duplicates", town).stdout
    assert "还没有定的：单位名称" in run(*merging, "--preview").stdout


def test_what_is_said_to_be_two_is_not_listed_again(pair: tuple[Path, str, str]) -> None:
    town, one, other = pair
    assert answer("duplicates", town, "--apart", "enterprise", one, other)["proposals"] == []
    assert "没有可能重复的记录" in run("duplicates", town).stdout


@pytest.mark.parametrize(
    "take", [("name", "ff" * 16), ("no_such", "one")], ids=["a record that is neither", "no such content"]
)
def test_what_cannot_be_taken_is_named(pair: tuple[Path, str, str], take: tuple[str, str]) -> None:
    town, one, other = pair
    field, record_id = take
    called = run(
        "duplicates",
        town,
        "--merge",
        "enterprise",
        one,
        other,
        "--take",
        field,
        record_id.replace("one", one),
    )
    assert called.exit_code == 2
    assert "--preview" in called.stderr


def test_a_type_that_is_not_there_is_said(pair: tuple[Path, str, str]) -> None:
    town, one, other = pair
    assert run("duplicates", town, "--merge", "firm", one, other).exit_code == 2


def test_three_are_listed_once_and_merged_and_taken_apart_together(tmp_path: Path) -> None:
    town = make(tmp_path / "town")
    made = record(
        town, "enterprise", *({"name": "甲厂", "contact_phone": f"138{n}0000111"} for n in range(3))
    )
    one, other, third = (m["id"] for m in made)
    (found,) = answer("duplicates", town)["proposals"]
    assert sorted(found["ids"]) == sorted([one, other, third])
    merging = ("duplicates", town, "--merge", "enterprise", one, other, "--also", third)
    hidden = answer(*merging, "--preview")["values"]["contact"]
    assert {v["contact_phone"] for v in hidden} == {"138****0111"}
    whole = answer(*merging, "--preview", "--reveal")["values"]["contact"]
    assert {v["contact_phone"] for v in whole} == {f"138{n}0000111" for n in range(3)}
    assert " / " in run(*merging, "--preview").stdout
    answer(*merging)
    (merged,) = answer("duplicates", town)["merged"]
    assert sorted(merged["ids"]) == sorted([one, other, third])
    assert "只有隐藏的部分不一样" in run("conflicts", town).stdout
    answer("conflicts", town, "--reveal", "--id", merged["ids"][0])
    assert answer("duplicates", town, "--undo", merged["id"])["merged"] == []
    assert run("duplicates", town, "--also", third).exit_code == 2


def test_what_was_joined_again_is_no_longer_said_to_be_two(pair: tuple[Path, str, str]) -> None:
    town, one, other = pair
    answer("duplicates", town, "--merge", "enterprise", one, other)
    (merged,) = answer("duplicates", town)["merged"]
    run("duplicates", town, "--undo", merged["id"])
    assert answer("duplicates", town, "--apart", "enterprise", one, other)["proposals"] == []

    def undo_newest() -> str:
        return run("undo", town, answer("operations", town)["operations"][0]["operation"]).stdout

    assert "涉及2条记录" in undo_newest()
    assert len(answer("duplicates", town)["merged"]) == 1
    undo_newest()
    (asked,) = answer("duplicates", town)["proposals"]
    assert sorted(asked["ids"]) == [one, other], "they were one in between, so the question stands again"
    listed = answer("operations", town)["operations"]
    assert [o["name"].partition("：")[0] for o in listed[:3]] == ["重做", "撤消", "重新分开企业（单位）"]
    assert listed[0]["first"] == {"type": "enterprise", "id": one}


@pytest.mark.parametrize("more", [("--apart", "enterprise", "1", "2"), ("--undo", "1")])
def test_saying_two_things_at_once_is_refused(pair: tuple[Path, str, str], more: tuple[str, ...]) -> None:
    town, one, other = pair
    told = run("duplicates", town, "--merge", "enterprise", one, other, *more)
    assert (told.exit_code, "不能一起写" in told.stderr) == (2, True)
    assert answer("duplicates", town)["merged"] == []
    assert run("duplicates", town, "--apart", "enterprise", one, other, "--preview").exit_code == 2
