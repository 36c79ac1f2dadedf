"""Import through the command line: what asks for a look is told, and an empty template comes back filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.records.declaration import Level
from tests.cli.calling import answer, make, run
from tests.documents.workbooks import book
from tests.operations.registers import code, wrong


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A district's workspace."""
    return make(tmp_path / "区", Level.DISTRICT, "330106", "西湖区总工会")


def test_codes_that_do_not_check_are_told_with_their_rows(district: Path, tmp_path: Path) -> None:
    rows = [["甲公司", code(1)], ["乙公司", wrong(2)], ["丙公司", wrong(3)]]
    path = book(tmp_path / "名册.xlsx", [["企业名称", "信用代码"], *rows])
    told = run("import", district, path, "--type", "enterprise", "--report", tmp_path / "退回.xlsx")
    assert told.exit_code == 0
    assert "“退回.xlsx”里有2行：2行有的格请核对。" in told.stderr
    assert "请核对2行的“统一社会信用代码”：第3至4行。" in told.stdout


def test_one_reason_for_many_rows_is_told_once_and_hides_no_other(district: Path, tmp_path: Path) -> None:
    rows = [[f"第{n}公司", code(n), "很多"] for n in range(1, 31)]
    path = book(
        tmp_path / "名册.xlsx", [["企业名称", "信用代码", "职工人数"], *rows, ["末公司", code(99), -5]]
    )
    done = run("import", district, path, "--type", "enterprise", "--dry-run")
    told = done.stderr
    assert "新增31行，导入的行中31行有个别格没有导入" in done.stdout
    assert "第2至31行有个别格没有导入：" in told
    assert "第32行有个别格没有导入：“工会摸排职工数”不能小于0。" in told
    assert told.count("不是数字") == 1


def test_rows_that_are_only_counted_are_named_too(district: Path, tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "街道"]
    rows = [[f"第{n}公司", code(n), None if n % 2 else "转塘街道"] for n in range(1, 46)]
    twice = [["第1公司", code(1), None], ["第44公司", code(44), None]]
    path = book(tmp_path / "名册.xlsx", [head, *rows, *twice])
    told = run("import", district, path, "--type", "enterprise").stdout
    named = "、".join(str(n) for n in range(2, 41, 2))
    assert f"没有确定镇街：第{named}行（还有3行）。" in told
    assert "与前面的行相同：第47行（同第2行）、第48行（同第45行）。" in told
    record = answer("list", district, "enterprise", "--filter", "单位名称=第1公司")["records"][0]["id"]
    assert run("delete", district, "enterprise", record).exit_code == 0
    told = run("import", district, path, "--type", "enterprise", "--dry-run").stdout
    assert "以前删除过，没有导入，要恢复的请加上 --revive：第2行。" in told


def test_a_table_of_countless_columns_names_some(district: Path, tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", *(f"附{n}" for n in range(300))]
    told = run("import", district, book(tmp_path / "宽.xlsx", [head, ["甲公司", code(1), *"x" * 300]]),
               "--type", "enterprise").stderr  # fmt: skip
    assert told.count("没有导入的列") == 20
    assert "另有280列没有导入。" in told


def test_what_nobody_sees_in_a_table_is_told(district: Path, tmp_path: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True

    path = book(tmp_path / "名册.xlsx", [["企业名称", "信用代码"], ["甲公司", code(1)]], shape)
    told = run("import", district, path, "--type", "enterprise", "--dry-run")
    assert "有1行在表格里是隐藏的" in told.stderr


def test_targets_come_in_from_the_template(district: Path, tmp_path: Path) -> None:
    path = tmp_path / "目标.xlsx"
    assert answer("export", district, path, "--type", "plan_target", "--template")["file"] == str(path)
    made = openpyxl.load_workbook(path)
    sheet = made.worksheets[0]
    values = {"所属单位": "西湖区总工会", "指标": "新增会员数", "从哪天起": "2024-01-01",
              "到哪天为止": "2026-12-31", "目标值": "900", "目标单位": "人"}  # fmt: skip
    sheet.append([values.get(str(cell.value)) for cell in sheet[1]])
    made.save(path)
    for outcome in ("new", "same"):
        assert answer("import", district, path, "--type", "plan_target")["counts"][outcome] == 1
    assert "900" in run("list", district, "plan_target").stdout


def test_what_is_left_out_of_a_sheet_is_told_to_programs_too(district: Path, tmp_path: Path) -> None:
    rows = [
        ["甲公司", code(1), 3],
        ["合计：", None, 3],
        ["姓名", "手机", "学历"],
        ["王芳", "13800000001", "本科"],
    ]
    path = book(tmp_path / "名册.xlsx", [["企业名称", "信用代码", "职工人数"], *rows])
    told = answer("import", district, path, "--type", "enterprise", "--dry-run")
    assert told["left_out"] == [{"row": 3, "words": "合计："}]
    assert (told["next_table"], told["counts"]["rows"]) == (4, 1)
