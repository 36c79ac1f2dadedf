"""A supervision case by commands: the order of law holds, numbers are given once, what is issued is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.records.declaration import Level
from tests.cli.calling import FIELDS, Places, answer, make, record, run
from tests.documents.paper import words_of


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A district's workspace that knows its number code."""
    made = make(tmp_path / "district", Level.DISTRICT, "330106", "西湖区总工会")
    answer("letter", made, "numbers", "--body", "西")
    return made


@pytest.fixture
def case(district: Path) -> str:
    """A case that was accepted."""
    return accepted_in(district)


def accepted_in(workspace: Path) -> str:
    (made,) = record(
        workspace,
        "case",
        {"summary": "拖欠工资", "source": "投诉", "received_date": "2026-11-02", "registered_date": "2026-11-02",
         "employer_name": "杭州示例科技有限公司", "town": "北山街道", "matter": "05", "violations": "克扣拖欠工资"},
    )  # fmt: skip
    record(
        workspace,
        "case_event",
        {"case": made["id"], "kind": "受理立案", "event_date": "2026-11-03", "handler": "李明"},
    )
    return str(made["id"])


def drafted(district: Path, case: str, kind: str) -> Any:
    fields = [text for name, said in FIELDS.items() for text in ("--set", f"{name}={said}")]
    return answer("letter", district, "draft", case, kind, *fields)["id"]


def test_what_a_step_still_lacks_is_told(district: Path, case: str) -> None:
    closed = run("letter", district, "step", case, "结案", "--set", "closing_way=撤回")
    assert (closed.exit_code, "错误：结案请填写涉及人数，没有的填0" in closed.stdout) == (0, True)
    heard = answer("letter", district, "step", case, "heard", "--date", "2026-11-04")
    assert isinstance(heard["findings"], list)


def test_a_letter_is_drafted_issued_once_printed_and_voided(
    district: Path, case: str, tmp_path: Path
) -> None:
    letter = drafted(district, case, "reminder_letter")
    early = run("print", district, "letter", letter, "--out", tmp_path / "paper")
    assert early.exit_code == 22
    issued = answer("letter", district, "issue", letter, "--signer", "周敏", "--post", "主席")
    assert issued["number"].endswith("1号")
    assert run("letter", district, "issue", letter, "--signer", "周敏", "--post", "主席").exit_code == 22
    (file,) = answer("print", district, "letter", letter, "--out", tmp_path / "paper")["files"]
    assert Path(file).read_bytes().startswith(b"%PDF-")
    assert "李明" not in file
    answer("letter", district, "void", letter, "--reason", "写错了")
    assert answer("letter", district, "numbers")["next"]["reminder_letter"] == 2


def test_what_the_program_keeps_for_itself_is_shown_by_no_command(
    district: Path, case: str, tmp_path: Path
) -> None:
    letter = drafted(district, case, "reminder_letter")
    answer("letter", district, "issue", letter, "--signer", "周敏", "--post", "主席")
    shown = answer("show", district, "case_document", letter)["values"]
    assert "document_number" in shown
    assert not {"snapshot", "snapshot_digest"} & set(shown)
    versions = {
        v["slot"]: v["value"] for v in answer("history", district, "case_document", letter)["versions"]
    }
    assert versions["snapshot"] is True
    assert "snapshot_digest" not in versions["issue"]
    told = run("history", district, "case_document", letter).stdout
    assert "（由程序保存的内容）" in told
    assert "法律条文" not in told
    answer("export", district, tmp_path / "all.xlsx", "--type", "case_document", "--all-fields")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    header = {cell.value for sheet in book for row in sheet.iter_rows(max_row=12) for cell in row}
    assert "文号" in header
    assert not {"签发时的全文", "全文校验码"} & header


def test_what_the_law_does_not_allow_yet_is_refused_with_the_article(district: Path, case: str) -> None:
    letter = drafted(district, case, "suggestion_letter")
    result = run("letter", district, "issue", letter, "--signer", "周敏", "--post", "主席")
    assert result.exit_code == 22
    assert "第二十三条" in result.stderr


def test_no_command_puts_out_a_letter_that_names_one_of_the_complainants(
    district: Path, tmp_path: Path
) -> None:
    (made,) = record(
        district, "case",
        {"summary": "拖欠工资", "source": "投诉", "received_date": "2026-11-02", "registered_date": "2026-11-02",
         "employer_name": "甲公司", "matter": "05", "complainant_name": "李小明、王强"},
    )  # fmt: skip
    fields = {**FIELDS, "facts": "王强反映九月工资没有支付"}
    said = [text for name, words in fields.items() for text in ("--set", f"{name}={words}")]
    letter = answer("letter", district, "draft", made["id"], "reminder_letter", *said)["id"]
    for arguments in (
        ("letter", district, "issue", letter, "--signer", "周敏", "--post", "主席"),
        ("print", district, "letter", letter, "--out", tmp_path / "out"),
        ("print", district, "letter", letter, "--docx", "--out", tmp_path / "out"),
    ):
        assert run(*arguments).exit_code == 22
    assert not (tmp_path / "out").exists()


def test_help_with_a_command_of_letters_needs_no_workspace() -> None:
    for arguments in (("letter", "draft", "--help"), ("letter", "w", "draft", "--help")):
        said = run(*arguments)
        assert said.exit_code == 0
        assert "案件 种类" in said.stdout
        assert "--set" in said.stdout
    assert "issue" in run("letter", "--help").stdout


def test_a_case_gets_its_number_once(district: Path, case: str) -> None:
    assert answer("letter", district, "file", case)["number"].endswith("1号")
    assert run("letter", district, "file", case).exit_code == 22


def test_a_town_may_draft_but_not_number(tmp_path: Path) -> None:
    town = make(tmp_path / "town")
    result = run("letter", town, "numbers", "--body", "北")
    assert result.exit_code == 14
    assert run("print", town, "poster", "x", "--out", tmp_path).exit_code == 2


def test_a_void_letter_is_drafted_again_and_the_layout_is_a_choice(
    district: Path, case: str, tmp_path: Path
) -> None:
    first = drafted(district, case, "reminder_letter")
    answer("letter", district, "issue", first, "--signer", "周敏", "--post", "主席", "--layout", "plain")
    (file,) = answer("print", district, "letter", first, "--out", tmp_path)["files"]
    answer("letter", district, "void", first, "--reason", "写错了")
    again = answer("letter", district, "redraft", first)["id"]
    assert again != first
    answer("letter", district, "issue", again, "--signer", "周敏", "--post", "主席", "--layout", "letter")
    (other,) = answer("print", district, "letter", again, "--out", tmp_path)["files"]
    # Only the letter format has the issuer's name over the first page, so it stands there twice.
    assert [words_of(Path(path)).count("西湖区总工会") for path in (file, other)] == [1, 2]
    wrong = run(
        "letter", district, "issue", again, "--signer", "周敏", "--post", "主席", "--layout", "poster"
    )
    assert wrong.exit_code == 2


def test_the_next_number_is_confirmed_where_the_register_was_lost(district: Path, case: str) -> None:
    first = drafted(district, case, "reminder_letter")
    answer("letter", district, "issue", first, "--signer", "周敏", "--post", "主席")
    (district / "numbers.jsonl").unlink()
    second = drafted(district, case, "reminder_letter")
    refused = run("letter", district, "issue", second, "--signer", "周敏", "--post", "主席")
    assert refused.exit_code == 22
    assert "numbers --confirm 确认各类文书的下一个号" in refused.stderr
    assert "编号设置" not in refused.stderr
    assert "--next" in run("letter", district, "numbers", "--help").stdout
    assert run("letter", district, "numbers", "--next", "reminder_letter=零").exit_code == 2
    assert run("letter", district, "numbers", "--next", "memo=3").exit_code == 2
    refused = run("letter", district, "numbers", "--pattern", "reminder_letter={代字}劳监提{序号}号")
    assert (refused.exit_code, "没有{年份}" in refused.stderr) == (2, True)
    pattern = "{代字}劳监提〔{年份}〕{序号}号"
    told = answer(
        "letter", district, "numbers", "--next", "reminder_letter=5", "--pattern", f"提示函={pattern}"
    )
    assert (told["next"]["reminder_letter"], told["patterns"]["reminder_letter"]) == (5, pattern)
    issued = answer("letter", district, "issue", second, "--signer", "周敏", "--post", "主席")
    assert issued["number"] == "西劳监提〔2026〕5号"


def test_the_numbers_are_confirmed_as_they_are_shown(district: Path, case: str) -> None:
    answer(
        "letter",
        district,
        "issue",
        drafted(district, case, "reminder_letter"),
        "--signer",
        "周敏",
        "--post",
        "主席",
    )
    (district / "numbers.jsonl").unlink()
    assert answer("letter", district, "numbers", "--confirm")["next"]["reminder_letter"] == 2
    again = drafted(district, case, "reminder_letter")
    number = answer("letter", district, "issue", again, "--signer", "周敏", "--post", "主席")["number"]
    assert number.endswith("2号")


def test_days_off_go_out_and_come_in(district: Path, tmp_path: Path) -> None:
    table = tmp_path / "days.csv"
    assert answer("letter", district, "holidays", "--out", table)["years"] == []
    assert table.read_bytes().startswith(b"\xef\xbb\xbfdate,kind,name,source")
    assert 2026 in answer("letter", district, "holidays", table)["years"]
    table.write_text("日期\n", "utf-8")
    assert run("letter", district, "holidays", table).exit_code == 2


def test_a_step_is_recorded_about_each_of_several_letters(district: Path) -> None:
    (made,) = record(
        district, "case",
        {"summary": "高温检查", "source": "inspection", "received_date": "2026-11-02", "matter": "05"},
    )  # fmt: skip
    case = str(made["id"])
    firms = [str(r["id"]) for r in record(district, "enterprise", {"name": "甲公司"}, {"name": "乙公司"})]
    fields = [text for name, said in FIELDS.items() for text in ("--set", f"{name}={said}")]
    letters = answer("letter", district, "notices", case, *firms, *fields)["ids"]
    run("letter", district, "issue", *letters, "--signer", "周敏", "--post", "主席")
    received = ("--set", "service_result=received")
    done = answer("letter", district, "step", case, "served", "--waiting", *received)
    assert (done["letters"], done["stage"]) == (2, "reminder_served")
    again = run("letter", district, "step", case, "送达文书", "--waiting")
    assert again.exit_code == 2
    assert "没有等着办这一步的提示函" in again.stderr
    assert answer("letter", district, "step", case, "replied", letters[0])["letters"] == 1
    assert answer("letter", district, "step", case, "note")["letters"] == 0
    assert "1份" in run("letter", district, "step", case, "replied", "--waiting").stdout


def test_a_town_with_a_power_issues_and_its_letter_goes_up(places: Places, tmp_path: Path) -> None:
    case = accepted_in(places.town)
    letter = drafted(places.town, case, "reminder_letter")
    issue = ("issue", letter, "--signer", "吴敏", "--post", "副主席")
    assert run("letter", places.town, *issue).exit_code == 14
    assert "没有签发的授权" in run("letter", places.town, "numbers").stdout
    units = answer("list", places.district, "unit")["records"]
    (holder,) = [unit["id"] for unit in units if unit["values"]["code"] == "330106002"]
    power = {"holder": holder, "kinds": "提示函", "from_date": "2026-11-01", "basis": "西总工〔2026〕8号"}
    record(places.district, "issuing_power", power)
    answer("send", places.district, places.stick / "down.xsj", "--to", "北山街道总工会")
    answer("receive", places.town, places.stick / "down.xsj")
    answer("letter", places.town, "numbers", "--body", "西北")
    assert answer("letter", places.town, "numbers")["next"] == {"reminder_letter": 1}
    number = answer("letter", places.town, *issue)["number"]
    assert number == "西北工监提〔2026〕1号"
    (file,) = answer("print", places.town, "letter", letter, "--out", tmp_path / "paper")["files"]
    assert number in Path(file).name
    answer("send", places.town, places.stick / "up.xsj")
    assert answer("merge", places.district, places.stick / "up.xsj")["bundles"][0]["refused"] == 0
    shown = answer("show", places.district, "case_document", letter)["values"]
    assert (shown["own_document_number"], shown.get("document_number")) == (number, None)
    assert "own_snapshot" not in shown
    table = tmp_path / "文书.xlsx"
    answer("export", places.district, table, "--type", "case_document")
    sheet = openpyxl.load_workbook(table).worksheets[0]
    assert any(number in row for row in sheet.iter_rows(values_only=True))
    assert run("print", places.district, "letter", letter, "--out", tmp_path / "paper").exit_code == 22
    assert run("letter", places.town, "void", letter, "--reason", "写错了").exit_code == 0
