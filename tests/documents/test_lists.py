"""Lists on paper: numbered, under a head on every page, upright or on their side, nothing cut or hidden."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

import pypdfium2 as pdfium
import pytest

from desktop.documents.lists import (
    Gathering,
    PaperColumn,
    PaperList,
    SignIn,
    Turnout,
    fitted,
    layout_for,
    roomier,
)
from tests.documents.paper import measure

pytestmark = pytest.mark.usefixtures("bundled_fonts")

DAY = datetime.date(2026, 11, 27)
COLUMNS = (
    PaperColumn("单位名称", 28), PaperColumn("统一社会信用代码", 18), PaperColumn("职工人数", 8, True),
    PaperColumn("建会状态", 10), PaperColumn("所属单位", 20), PaperColumn("联系电话", 12), PaperColumn("镇街", 14),
)  # fmt: skip
LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五"


def row(n: int, name: str = "") -> tuple[str, ...]:
    number = f"91330106MA2{n:07d}"
    return (name or f"第{n}茶厂", number, str(n), "已建会", "径山镇总工会", "138****1234", "径山镇")


def pages(data: bytes) -> list[str]:
    """The text of each page without spaces and line feeds."""
    document = pdfium.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def size(data: bytes) -> tuple[float, float]:
    found: tuple[float, float] = pdfium.PdfDocument(data)[0].get_size()
    return found


PAPER = PaperList(
    "企业（单位）一览表", "径山镇总工会", "建会状态：未建会；查找“茶”", DAY, COLUMNS,
    tuple(row(n) for n in range(1, 61)), "职工人数合计1830人", "个人信息已部分隐藏。",
)  # fmt: skip


def test_a_list_says_what_it_is_and_repeats_its_head_and_counts_its_pages() -> None:
    found = pages(PAPER.render())
    count = len(found)
    assert count >= 2
    assert "企业（单位）一览表" in found[0]
    assert "单位：径山镇总工会" in found[0]
    assert "范围：建会状态：未建会；查找“茶”" in found[0]
    assert "打印日期：2026年11月27日" in found[0]
    for number, page in enumerate(found, start=1):
        assert "统一社会信用代码" in page
        assert f"第{number}页共{count}页" in page
    assert "共60条，职工人数合计1830人。个人信息已部分隐藏。" in found[-1]
    assert "60第60茶厂91330106MA20000060" in found[-1]


def test_a_wide_list_lies_on_its_side_and_a_narrow_one_stands() -> None:
    width, height = size(replace(PAPER, rows=tuple(row(n, LONG) for n in range(1, 5))).render())
    assert width > height
    narrow = replace(PAPER, columns=COLUMNS[:2], rows=tuple(r[:2] for r in PAPER.rows))
    width, height = size(narrow.render())
    assert width < height


def test_short_cells_that_would_be_broken_all_over_an_upright_page_lie_on_their_side() -> None:
    """Nine columns of what is not broken: every code had gone on in a second line, every name lost a character."""
    cells = {
        "镇街": "径山镇", "建会状态": "待筹建", "村社": "径山村委会", "统一社会信用代码": "91330110MA7WAMXX0U",
        "职工数": "120", "联系人": "张三丰", "联系电话": "138****0004", "摸排日期": "2026-11-30",
        "单位性质类别": "私营企业",
    }  # fmt: skip
    paper = replace(PAPER, columns=tuple(PaperColumn(c, 14) for c in cells), rows=(tuple(cells.values()),))
    width, height = size(paper.render())
    assert width > height
    lines = pages(paper.render())[0]
    assert all(words in lines for words in cells.values())


def test_many_columns_get_smaller_text_and_never_less_than_the_smallest() -> None:
    sizes = [layout_for([10.0] * n) for n in (4, 12, 16, 18, 40)]
    assert sizes[0] == (False, 10.5)
    assert [landscape for landscape, _ in sizes[1:]] == [True] * 4
    assert [text for _, text in sizes] == sorted((text for _, text in sizes), reverse=True)
    assert sizes[-1] == (True, 8.0)


def test_rare_characters_and_long_names_are_printed_whole() -> None:
    paper = replace(PAPER, rows=(row(1, LONG), row(2, "𠮷田（杭州）有限公司"), row(3, "")))
    text = "".join(pages(paper.render()))
    assert LONG in text
    assert "𠮷田（杭州）有限公司" in text


def test_an_empty_list_is_a_head_and_says_that_nothing_was_found() -> None:
    (only,) = pages(replace(PAPER, rows=(), remark="").render())
    assert "没有找到符合这个范围的记录。" in only
    assert "共0条" not in only
    assert "合计" not in only


GATHERING = Gathering(
    "第三届第二次职工代表大会", "径山茶业有限公司", "2026年11月28日", "三楼会议室", "应到42人"
)
NAME, FROM = PaperColumn("姓名", 10), PaperColumn("选区（部门）", 18)
PEOPLE = tuple((f"代表{n}", "一车间") for n in range(1, 43))


def test_people_sign_in_an_empty_column_on_rows_that_are_high_enough() -> None:
    found = pages(SignIn(GATHERING, (NAME, FROM), PEOPLE).render())
    assert len(found) == 2
    assert "签到表" in found[0]
    for words in (
        "单位：径山茶业有限公司",
        "人数：应到42人",
        "时间：2026年11月28日",
        "地点：三楼会议室",
        "签名",
    ):
        assert words in found[0]
    assert "25代表25一车间" in found[0]
    assert "42代表42一车间" in found[1]
    assert "签名" in found[1]


def test_each_half_day_has_its_column_and_many_go_on_another_sheet() -> None:
    half_days = tuple(f"11月{day}日\n{half}" for day in (26, 27, 28, 29) for half in ("上午", "下午"))
    data = SignIn(GATHERING, (NAME, FROM), PEOPLE[:10], half_days).render()
    found = pages(data)
    assert len(found) == 2
    assert "11月28日下午" in found[0]
    assert "11月29日" not in found[0]
    assert "11月29日下午" in found[1]
    width, height = size(data)
    assert width > height


@pytest.mark.parametrize(("half_days", "least"), [(("签名",), 25), (("上午", "下午", "晚上"), 14)])
def test_whoever_comes_besides_has_a_line_and_the_last_page_is_full(
    half_days: tuple[str, ...], least: int
) -> None:
    for count in (3, least - 3, least - 2):
        data = SignIn(GATHERING, (NAME, FROM), PEOPLE[:count], half_days).render()
        *_, last = found = measure(data)
        assert len(found) == (1 if count <= least - 3 else 2)
        rules = sorted({round(each.top) for each in last.rectangles if each.width > each.height})
        assert len(rules) - 2 >= least
        assert {b - a for a, b in itertools.pairwise(rules)} <= {22, 23, 24}, "eight millimetres"
        assert last.line("告知")[0].y > rules[-1]


def test_notes_behind_a_long_roster_have_a_row_of_it_beside_them() -> None:
    for count in range(24, 30):
        rows = tuple((f"会员{n}",) for n in range(count))
        *_, last = measure(PaperList("会员花名册", "某某工会", "全部", DAY, (NAME,), rows).render())
        assert f"会员{count - 1}" in "".join(last.text.split())
        assert f"共{count}条" in "".join(last.text.split())


def test_without_names_there_are_as_many_empty_rows_as_are_expected() -> None:
    (first, *_rest) = pages(SignIn(GATHERING, (NAME, FROM), (), blank=30).render())
    assert "22" in first
    assert "30" in "".join([first, *_rest])


def test_a_turnout_says_how_many_came_what_follows_and_who_did_not() -> None:
    figures = (("应到", "42人"), ("实到", "40人"), ("请假", "1人"), ("缺席", "1人"))
    paper = Turnout(
        GATHERING, "到会情况", figures, "会议有效。", (NAME, FROM), (("王犇", "一车间"), ("䶮㛃", "二车间")),
        signers="主持人：",
    )  # fmt: skip
    (text,) = pages(paper.render())
    for words in ("应到42人实到40人请假1人缺席1人", "结论会议有效。", "1王犇一车间2䶮㛃二车间", "主持人："):
        assert words in text
    (text,) = pages(replace(paper, people=(), nobody="代表全部到会。").render())
    assert "代表全部到会。" in text
    assert "选区" not in text


def test_the_same_list_gives_the_same_bytes() -> None:
    assert PAPER.render() == PAPER.render()


def test_an_empty_column_takes_little_room_and_a_full_one_no_more_than_a_quarter_beyond_its_width() -> None:
    columns = (PaperColumn("单位名称", 28), PaperColumn("统一社会信用代码", 18), PaperColumn("镇街", 12))
    rows = [(LONG, "", "径山镇")] * 30
    assert [c.width for c in fitted(columns, rows)] == [35, 8, 6]
    assert [c.width for c in fitted(columns, [])] == [8, 8, 4]


def test_a_column_that_goes_on_in_further_lines_gets_the_room_that_is_left() -> None:
    """Nineteen short names make the column narrow; the one long name is what the spare room is for."""
    rows = (row(0, LONG), *(row(n, "茶厂") for n in range(1, 60)))
    narrow = fitted(COLUMNS[:3], [r[:3] for r in rows])
    given = roomier(narrow, [r[:3] for r in rows], 200)
    assert given[0].width == 2 * len(LONG)
    assert given[1:] == narrow[1:]
    assert roomier(narrow, [r[:3] for r in rows], 20) == narrow
    part = roomier(narrow, [r[:3] for r in rows], sum(c.width for c in narrow) + 10)
    assert part[0].width == narrow[0].width + 10
    document = pdfium.PdfDocument(
        replace(PAPER, columns=COLUMNS[:3], rows=tuple(r[:3] for r in rows)).render()
    )
    lines = [words for words in document[0].get_textpage().get_text_bounded().split("\n") if "双溪" in words]
    assert any("双溪竹海漂流景区旅游服务" in words for words in lines)


def test_further_lists_stand_on_pages_of_their_own() -> None:
    both = pages(
        replace(PAPER, rows=PAPER.rows[:2], further=(replace(PAPER, title="统计", rows=()),)).render()
    )
    assert len(both) == 2
    assert both[1].startswith("统计")
    assert all("第1页共1页" in page for page in both)
