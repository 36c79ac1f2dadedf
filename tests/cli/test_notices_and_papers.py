"""Notices to many employers, printing in one run, reprints, drafts as Word, and the wording of papers, by commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.records.declaration import Level
from tests.cli.calling import FIELDS, answer, make, record, run
from tests.documents.paper import words_of

SIGNED = ("--signer", "周敏", "--post", "主席")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district's workspace that knows its number code, and has four employers."""
    made = make(tmp_path_factory.mktemp("cli") / "district", Level.DISTRICT, "330106", "西湖区总工会")
    answer("letter", made, "numbers", "--body", "西")
    record(made, "enterprise", *({"name": f"高温{n}号建筑公司"} for n in range(1, 5)))
    return made


def check(district: Path) -> str:
    """A check of a class of employers."""
    fields = {
        "summary": "高温天气劳动保护",
        "source": "专项检查",
        "received_date": "2026-11-02",
        "matter": "05",
    }
    (made,) = record(district, "case", fields)
    return str(made["id"])


def noticed(district: Path, case: str, *more: str) -> dict[str, Any]:
    fields = [text for name, said in FIELDS.items() for text in ("--set", f"{name}={said}")]
    found: dict[str, Any] = answer("letter", district, "notices", case, "--search", "高温", *fields, *more)
    return found


def test_notices_are_drafted_issued_and_printed_together_or_apart(district: Path, tmp_path: Path) -> None:
    case = check(district)
    previewed = run("letter", district, "notices", case, "--search", "高温", "--preview")
    assert "会起草提示函4份" in previewed.stdout
    ids = noticed(district, case)["ids"]
    again = noticed(district, case, "--preview")
    assert (again["to"], len(again["already"])) == ([], 4)
    told = run("letter", district, "notices", case, "--search", "高温", "--preview").stdout
    assert "没有给4家起草：本案已有给它的文书。" in told
    assert run("letter", district, "notices", case, "--search", "高温").exit_code == 2
    assert run("letter", district, "issue", *ids, *SIGNED).stdout.count("已签发") == 4
    (one,) = answer("print", district, "letter", *ids, "--together", "--out", tmp_path / "one")["files"]
    assert "文书清单" in words_of(Path(one))
    each = answer("print", district, "letter", *ids, "--apart", "--out", tmp_path / "each")["files"]
    assert [Path(path).stem[-4:] for path in each] == ["（副本）"] * 4
    assert run("print", district, "visit_record", "x", "--together", "--out", tmp_path).exit_code == 2
    (whole,) = answer("print", district, "letter", ids[0], "--with-papers", "--out", tmp_path)["files"]
    assert "送达回证" in words_of(Path(whole))
    assert (
        run("print", district, "letter", ids[0], "--with-papers", "--docx", "--out", tmp_path).exit_code == 2
    )


def test_a_spoilt_original_is_printed_again_unmarked(district: Path, tmp_path: Path) -> None:
    letter = noticed(district, check(district))["ids"][0]
    answer("letter", district, "issue", letter, *SIGNED)
    names = [
        Path(answer("print", district, "letter", letter, *more, "--out", tmp_path / str(n))["files"][0]).name
        for n, more in enumerate(((), (), ("--original",)))
    ]
    assert ["副本" in name for name in names] == [False, True, False]
    assert run("print", district, "letter", letter, "--original", "--docx", "--out", tmp_path).exit_code == 2


def test_a_draft_is_saved_as_word_and_an_issued_letter_is_not(district: Path, tmp_path: Path) -> None:
    letter = noticed(district, check(district))["ids"][0]
    (file,) = answer("print", district, "letter", letter, "--docx", "--out", tmp_path)["files"]
    assert Path(file).suffix == ".docx"
    assert "草稿" in Path(file).name
    assert Path(file).read_bytes().startswith(b"PK")
    answer("letter", district, "issue", letter, *SIGNED)
    refused = run("print", district, "letter", letter, "--docx", "--out", tmp_path)
    assert refused.exit_code == 22
    assert "只能打印或者保存PDF" in refused.stderr


def test_the_wording_of_a_paper_goes_out_comes_in_and_goes_back(district: Path, tmp_path: Path) -> None:
    def whose() -> str:
        lines = run("papers", district, "--json").stdout.splitlines()
        return next(str(found["whose"]) for found in map(json.loads, lines) if found["id"] == "visit_record")

    assert run("papers", "--export", "visit_record").exit_code == 2
    assert run("papers", district, "--export", "visit_record").exit_code == 2
    shipped, file = whose(), tmp_path / "走访.json"
    assert "已导出" in run("papers", district, "--export", "visit_record", "--out", file).stdout
    assert run("papers", district, "--import", file).exit_code == 22
    file.write_text(file.read_text("utf-8").replace('"title": "', '"title": "新'), "utf-8")
    assert "随下一个数据包下发" in run("papers", district, "--import", file).stdout
    assert whose() == "本单位"
    assert "已经换回" in run("papers", district, "--reset", "visit_record").stdout
    assert whose() == shipped


def test_a_paper_of_its_own_is_added_by_lines_printed_listed_and_taken_away(
    district: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "小结.txt"
    lines.write_text("标题：走访小结\n正文：{走访日期}走访了{单位.单位名称}。\n", "utf-8")
    wrong = run("papers", district, "--add", "走访小结", "--about", "visit", "--lines", lines)
    assert wrong.exit_code == 2
    assert "不认识占位{走访日期}，相近的有{日期}" in wrong.stderr
    lines.write_text("标题：走访小结\n正文：{日期}走访了{单位.单位名称}。\n", "utf-8")
    said = run("papers", district, "--add", "走访小结", "--about", "visit", "--lines", lines)
    assert said.exit_code == 0, said.stderr
    listed = map(json.loads, run("papers", district, "--json").stdout.splitlines())
    (key,) = [p["id"] for p in listed if p["id"].startswith("own_")]
    assert key in said.stdout
    firm = record(district, "enterprise", {"name": "犇㛃茶业有限公司"})[0]["id"]
    visit = record(district, "visit", {"enterprise": firm, "visit_date": "2026-11-03", "visitors": "王芳"})[
        0
    ]["id"]
    (file,) = answer("print", district, key, visit, "--out", tmp_path / "out")["files"]
    assert "走访小结" in file
    assert run("papers", district, "--reset", key).exit_code == 0
    assert run("print", district, key, visit, "--out", tmp_path / "out").exit_code != 0
    assert run("papers", district, "--add", "x").exit_code == 2
