"""Table sheets: sign-in sheets, rosters, cover sheets, and their QR codes."""

from __future__ import annotations

import itertools

import pytest
import segno

from desktop.documents.fonts import FontBook
from desktop.documents.page import (
    Align,
    Column,
    FormBlock,
    FormCell,
    FormRow,
    OfficialDocument,
    Paragraph,
    PlainHead,
    QrBlock,
    Sheet,
    render_pdf,
    render_sheets,
)
from desktop.documents.page.qr import QUIET, qr_bars
from desktop.documents.page.tables import column_edges, evened
from tests.documents import paper
from tests.documents.paper import MM, measure

COLUMNS = (Column("序号", 1, Align.CENTRE), Column("姓名", 2), Column("单位", 5), Column("签名", 3))
PEOPLE = tuple(
    (str(n), "阿卜杜拉·买买提" if n % 7 == 0 else "张三", "杭州市西湖区三墩镇总工会", "")
    for n in range(1, 51)
)


def test_a_blank_sheet_is_filled_to_its_last_line(fonts: FontBook) -> None:
    sheet = Sheet("签到表", COLUMNS, meta=(("时间：", "地点："),), rows_per_page=20, fill=True)
    (page,) = measure(render_sheets([sheet], fonts=fonts))
    horizontals = {round(each.top) for each in page.rectangles if each.width > each.height}
    assert len(horizontals) == 22
    assert "第1页共1页" in "".join(page.text.split())


def test_a_long_roster_repeats_its_head_and_counts_its_pages(fonts: FontBook) -> None:
    pages = measure(render_sheets([Sheet("花名册", COLUMNS, PEOPLE, rows_per_page=20)], fonts=fonts))
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert "".join(page.text.split()).count("序号") == 1
        assert f"第{number}页共{len(pages)}页" in "".join(page.text.split())
    assert sum("".join(page.text.split()).count("张三") for page in pages) == 43


def test_sheets_of_both_directions_share_a_file_and_count_for_themselves(fonts: FontBook) -> None:
    sheets = [Sheet("甲", COLUMNS, blank_rows=3), Sheet("乙", COLUMNS, PEOPLE, landscape=True)]
    first, *others = measure(render_sheets(sheets, fonts=fonts))
    assert (first.width, first.height) == pytest.approx((210 * MM, 297 * MM), abs=0.01)
    assert all((page.width, page.height) == pytest.approx((297 * MM, 210 * MM), abs=0.01) for page in others)
    assert "第1页共1页" in "".join(first.text.split())
    assert f"第1页共{len(others)}页" in "".join(others[0].text.split())


def test_nothing_leaves_the_printable_area(fonts: FontBook) -> None:
    sheet = Sheet(
        "杭州市西湖区2026年第四季度基层工会干部教育培训班第三期学员签到表",
        COLUMNS,
        PEOPLE,
        meta=(
            (
                "班次：第三期基层工会主席任职资格培训班",
                "时间：2026年11月23日下午14:00—17:00",
                "地点：区总工会三楼会议室",
            ),
        ),
        notes=("注：请本人签名。",),
        qr=QrBlock("XSJ1:ABC"),
    )
    for page in measure(render_sheets([sheet], fonts=fonts)):
        assert min(mark.left for mark in page.marks if not mark.character.isspace()) > 15 * MM
        assert max(mark.right for mark in page.marks) < page.width - 15 * MM
        assert max(mark.bottom for mark in page.marks) < page.height - 5 * MM


def test_a_column_is_never_narrower_than_its_head_or_its_numbers(fonts: FontBook) -> None:
    columns = (Column("序号", 1), Column("身份证号", 1), Column("说明", 20))
    rows = (("12", "330106199001011234", "说明" * 40),)
    (page,) = measure(render_sheets([Sheet("名册", columns, rows)], fonts=fonts))
    for text in ("序号", "身份证号", "330106199001011234"):
        assert len({round(mark.y) for mark in page.line(text)}) == 1


@pytest.mark.parametrize(
    ("weights", "least", "expected"),
    [
        ([1, 1], None, [50, 50]),
        ([1, 3], [40, 10], [40, 60]),
        ([1, 1, 8], [20, 20, 0], [20, 20, 60]),
        ([1, 1], [80, 80], [50, 50]),
    ],
)
def test_columns_share_the_width(
    weights: list[float], least: list[float] | None, expected: list[float]
) -> None:
    edges = column_edges(weights, 100, least)
    assert [width for _, width in edges] == pytest.approx(expected)
    assert [x for x, _ in edges] == pytest.approx([sum(expected[:index]) for index in range(len(expected))])


@pytest.mark.parametrize(
    ("widths", "lengths", "expected"),
    [
        ([50, 150, 100], [30, 300, 0], [50, 150, 100]),
        ([50, 150, 100], [30, 140, 2000], [40, 55, 205]),
        ([50, 150, 100], [30, 0, 2000], [40, 150, 110]),
        ([50, 150, 100], [9000, 9000, 9000], [50, 150, 100]),
    ],
    ids=["short", "a long remark", "beside room to write", "all long"],
)
def test_a_long_cell_takes_room_from_columns_that_have_less_to_say(
    widths: list[float], lengths: list[float], expected: list[float]
) -> None:
    found = evened(widths, [40, 40, 40], lengths)
    assert sum(found) == pytest.approx(sum(widths))
    assert found == pytest.approx(expected, abs=6)


def test_a_long_remark_is_no_tower(fonts: FontBook) -> None:
    columns = (Column("序号", 1), Column("材料名称", 12), Column("备注", 2), Column("签名", 2))
    rows = tuple((str(n), "工资表", "仓储部十二名职工九月份工资没有按月支付" * 10, "") for n in (1, 2))
    (page,) = measure(render_sheets([Sheet("清单", columns, rows)], fonts=fonts))
    rules = sorted({round(each.top) for each in page.rectangles if each.width > each.height})
    assert max(b - a for a, b in itertools.pairwise(rules)) < 150


def test_nothing_to_print_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        render_sheets([])


@pytest.mark.parametrize("data", ["XSJ1", "XSJ1:" + "A1B2C3D4" * 10, "三墩镇总工会"])
def test_the_drawn_qr_code_is_the_code(data: str) -> None:
    matrix = segno.make_qr(data, error="m").matrix
    count = len(matrix)
    side = 100.0
    module = side / (count + 2 * QUIET)
    bars = qr_bars(data, side)
    for y in range(count):
        for x in range(count):
            middle = ((x + QUIET + 0.5) * module, (y + QUIET + 0.5) * module)
            dark = any(
                bar.x < middle[0] < bar.x + bar.width and bar.y < middle[1] < bar.y + bar.height
                for bar in bars
            )
            assert dark == bool(matrix[y][x])


def test_a_qr_code_is_drawn_as_rectangles_with_its_white_border(fonts: FontBook) -> None:
    block = QrBlock("XSJ1:ABC", "扫码核对\n摘要", millimetres=30)
    data = render_pdf(OfficialDocument(PlainHead(), "封面", (Paragraph("请核对。"), block)), fonts=fonts)
    (page,) = measure(data)
    squares = [each for each in page.rectangles if each.colour == (0, 0, 0)]
    assert b"/Image" not in data.replace(b"/ImageB", b"").replace(b"/ImageC", b"").replace(b"/ImageI", b"")
    left = min(each.left for each in squares)
    assert left > 28 * MM + 2
    assert max(each.right for each in squares) - left < 30 * MM
    assert page.line("扫码核对")[0].x > max(each.right for each in squares)


def test_a_cover_sheet_with_a_form_and_without_a_table(fonts: FontBook) -> None:
    form = FormBlock((FormRow((FormCell("记录数", label=True), FormCell("120", 3))),))
    (page,) = measure(render_sheets([Sheet("数据包封面", form=form, qr=QrBlock("X"))], fonts=fonts))
    assert "记录数" in page.text
    assert paper.fonts_are_embedded(render_sheets([Sheet("封面", form=form)], fonts=fonts))
