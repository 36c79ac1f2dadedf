"""Named lists on paper by commands: a union's members, who should have a union, the register of cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from desktop.records.declaration import Level
from tests.cli.calling import answer, make, record, run
from tests.documents.paper import words_of


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return make(tmp_path / "district", Level.DISTRICT, "330106", "西湖区总工会")


def printed(workspace: Path, *arguments: object) -> tuple[str, str]:
    (file,) = answer("print", workspace, *arguments, "--out", workspace.parent / "out")["files"]
    return Path(file).stem, words_of(Path(file))


def test_each_list_is_printed_and_noted_without_a_name(district: Path) -> None:
    (union,) = record(district, "union", {"name": "示例工会"})
    record(district, "member", {"name": "犇㛃", "phone": "13805711234", "union": union["id"]})
    record(
        district,
        "enterprise",
        {
            "name": "示例茶厂",
            "sector": "非公企业",
            "status": "存续",
            "union_state": "待筹建",
            "surveyed_staff": 30,
        },
    )
    for day in ("2026-11-02", "2026-11-20"):
        record(
            district,
            "case",
            {"summary": "拖欠工资", "source": "投诉", "received_date": day, "registered_date": day,
             "employer_name": f"甲{day[-2:]}公司", "matter": "05", "complainant_name": "赵晓峰"},
        )  # fmt: skip
    name, roster = printed(district, "roster", union["id"])
    assert name == "会员花名册"
    assert "138****1234" in roster
    assert "13805711234" not in roster
    name, missing = printed(district, "unorganised")
    assert name == "应建未建单位名单"
    assert "示例茶厂" in missing
    name, register = printed(district, "case_register", "--from", "2026-11-10", "--to", "2026-11-30")
    assert name == "工会劳动法律监督案件台账"
    assert "甲20公司" in register
    assert "甲02公司" not in register
    assert "赵晓峰" not in register
    run("audit", district, "export", district.parent / "audit.jsonl")
    log = (district.parent / "audit.jsonl").read_text("utf-8")
    assert f"member roster {union['id']} 1条" in log
    assert "case register 1条" in log
    assert not any(word in log for word in ("犇㛃", "示例茶厂", "甲20公司", "赵晓峰"))


def test_the_brief_of_a_quarter_is_printed_and_written_as_word(district: Path) -> None:
    record(district, "enterprise", {"name": "示例茶厂", "sector": "非公企业", "surveyed_staff": 30})
    name, text = printed(district, "brief", "--to", "2026-09-30", "--unit", "330106")
    assert name == "西湖区总工会工作简报_2026年第三季度"
    assert "不是正式公文" in text
    assert "0/1家" in text
    (file,) = answer("print", district, "brief", "--docx", "--out", district.parent / "out")["files"]
    assert file.endswith(".docx")


def test_a_list_is_written_as_a_workbook_with_its_statistics(district: Path) -> None:
    record(
        district, "case",
        {"summary": "拖欠工资", "source": "投诉", "received_date": "2026-11-02", "registered_date": "2026-11-02",
         "employer_name": "甲公司", "matter": "05", "complainant_name": "赵晓峰"},
    )  # fmt: skip
    (file,) = answer("print", district, "case_register", "--xlsx", "--out", district.parent / "out")["files"]
    book = load_workbook(file)
    assert book.sheetnames == ["工会劳动法律监督案件台账", "工会劳动法律监督案件统计", "说明"]
    cells = [[c.value for c in row] for sheet in book for row in sheet.iter_rows()]
    assert any("甲公司" in str(c) for row in cells for c in row)
    assert ["结案的案件", 0, "全部案件", 1, "0.00%"] in cells
    assert "赵晓峰" not in str(cells)


@pytest.mark.parametrize(
    "arguments",
    [("roster",), ("brief", "--xlsx"), ("brief", "x"), ("unorganised", "--unit", "330106"),
     ("unorganised", "x"), ("unorganised", "--from", "2026-01-01"), ("case_register", "--docx"),
     ("case_register", "--from", "2026-02-01", "--to", "2026-01-01")],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(district: Path, arguments: tuple[str, ...]) -> None:
    assert run("print", district, *arguments, "--out", district.parent / "out").exit_code == 2
    assert not (district.parent / "out").exists()
