"""What WPS and Excel put on the clipboard as text: cells in quotes only where they have to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.workbooks import pasted as module
from desktop.documents.workbooks.opening import open_workbook
from desktop.documents.workbooks.pasted import Pasted
from desktop.documents.workbooks.problems import NoSuchSheet, TooLarge

CELLS = st.text(st.sampled_from('甲"1 \n='), max_size=6)


def cells(text: str) -> list[list[str]]:
    return list(Pasted(text, "粘贴").rows())


def quoted(cell: str) -> str:
    """A cell as Excel puts it on the clipboard; one that begins with a quote as a careful program does."""
    return '"' + cell.replace('"', '""') + '"' if "\n" in cell or cell.startswith('"') else cell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲\t1\r\n乙\t2\r\n", [["甲", "1"], ["乙", "2"]]),
        ("甲\r乙\r", [["甲"], ["乙"]]),
        ('甲\t"一\r\n二"\t3\r\n乙\t\t4\r\n', [["甲", "一\n二", "3"], ["乙", "", "4"]]),
        ('"他说""好""\n走了"\t1', [['他说"好"\n走了', "1"]]),
        ('5"管\t1\n"甲"厂\t2', [['5"管', "1"], ['"甲"厂', "2"]]),
        ('"甲\t1\n乙"\t2\n丙\t3', [['"甲', "1"], ['乙"', "2"], ["丙", "3"]]),
        ('"甲\t乙"\t2', [["甲\t乙", "2"]]),
        ('"姓名"\t"电话"\n"王芳"\t"1"', [["姓名", "电话"], ["王芳", "1"]]),
        ("甲\t\t\n\t\t\n", [["甲", "", ""], ["", "", ""]]),
        ("甲\v乙\u2028丙\x1c丁\t1", [["甲\v乙\u2028丙\x1c丁", "1"]]),
        ('""', [[""]]),
        ('"', [['"']]),
        ("甲\t1\r\n\0", [["甲", "1"]]),
    ],
)
def test_a_block_as_office_programs_copy_it(text: str, expected: list[list[str]]) -> None:
    assert cells(text) == expected


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=4))
def test_every_cell_comes_back(rows: list[list[str]]) -> None:
    text = "\r\n".join("\t".join(map(quoted, row)) for row in rows) + "\r\n"
    found = cells(text)
    expected = [list(row) for row in rows]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "table"),
    [("甲", False), ("甲\r\n", False), ('"甲\r\n乙"', False), ("甲\t乙", True), ("甲\r\n乙", True), ("", False),
     ("\n\n甲\n", False)],
)  # fmt: skip
def test_one_cell_is_no_table(text: str, table: bool) -> None:
    assert Pasted(text, "粘贴").is_table is table


def test_a_block_is_a_workbook_of_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_workbook(Pasted('甲\t="0123"\n\n \t\n乙\t2', "粘贴2026-11-23")) as book:
        assert [s.name for s in book.sheets] == ["粘贴2026-11-23"]
        assert list(book.sheet("粘贴2026-11-23").rows()) == [(1, ["甲", "0123"]), (4, ["乙", "2"])]
        with pytest.raises(NoSuchSheet):
            book.sheet("别的")
        monkeypatch.setattr(module, "MOST_ROWS", 1)
        with pytest.raises(TooLarge, match="1行"):
            list(book.sheet("粘贴2026-11-23").rows())
        monkeypatch.setattr(module, "MOST_COLUMNS", 1)
        with pytest.raises(TooLarge, match="2列"):
            list(book.sheet("粘贴2026-11-23").rows())
    monkeypatch.setattr(module, "MOST_BYTES", 3)
    with pytest.raises(TooLarge, match="太多"):
        open_workbook(Pasted("1234", "粘贴"))


def test_a_mark_that_says_text_is_no_part_of_it() -> None:
    with open_workbook(Pasted("'=1+1\t'甲\t'-1\n乙\t'\t'+86", "粘贴")) as book:
        assert [cells for _, cells in book.sheet("粘贴").rows()] == [
            ["=1+1", "'甲", "-1"],
            ["乙", "'", "+86"],
        ]


def test_what_was_copied_stands_in_no_error() -> None:
    assert "330102" not in repr(Pasted("330102199001010012\t1", "粘贴"))
