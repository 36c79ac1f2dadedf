"""What people are told where their data is collected: on sign-in sheets and in the tables that are handed out."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pypdfium2 as pdfium
import pytest

from desktop.documents import notices
from desktop.documents.lists import Gathering, PaperColumn, SignIn
from desktop.documents.workbooks.templates import GUIDE, NOTICE, TemplateColumn, write_template

pytestmark = pytest.mark.usefixtures("bundled_fonts")


def text_of(data: bytes) -> list[str]:
    document = pdfium.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


@pytest.mark.parametrize(("unit", "named"), [("径山镇总工会", "径山镇总工会"), ("", "主办单位")])
def test_a_sign_in_sheet_tells_who_collects_and_whom_to_ask(unit: str, named: str) -> None:
    sheet = SignIn(Gathering("培训班", unit), (PaperColumn("姓名"),), (("王芳",),))
    (page,) = text_of(sheet.render())
    assert notices.short_words(unit).replace(" ", "") in page
    assert page.count(named) >= 2


def test_a_full_page_of_names_still_has_room_for_it() -> None:
    people = tuple((f"学员{n}",) for n in range(1, 23))
    assert len(text_of(SignIn(Gathering("培训班", "工会"), (PaperColumn("姓名"),), people).render())) == 1


def test_the_text_says_that_it_is_an_example_and_what_the_law_asks_to_be_told() -> None:
    told = notices.collection_notice()
    assert not told.official
    assert "示例" in told.notice
    labels = [label for label, _ in notices.lines("工会", ["姓名"], sensitive=True)]
    assert labels == [
        "谁收集", "为什么收集", "收集什么", "怎样保存", "保存多久", "谁能看到", "您的权利", "找谁", "单独同意",
    ]  # fmt: skip
    assert all("{" not in text for _, text in notices.lines("工会", ["姓名"], sensitive=True))


def test_the_table_has_it_as_its_second_sheet_only_where_it_is_given(tmp_path: Path) -> None:
    columns = [TemplateColumn("姓名"), TemplateColumn("电话")]
    write_template(
        tmp_path / "甲.xlsx", "会员", columns, told=notices.lines("工会", ["姓名"], sensitive=False)
    )
    write_template(tmp_path / "乙.xlsx", "企业", columns)
    book = openpyxl.load_workbook(tmp_path / "甲.xlsx")
    assert book.sheetnames[1:3] == [NOTICE, GUIDE]
    assert [c.value for c in book[NOTICE][1]] == ["谁收集", "工会"]
    assert NOTICE not in openpyxl.load_workbook(tmp_path / "乙.xlsx").sheetnames
