"""Typed words and cells become stored values, and stored values words; nothing is guessed, nothing leaks."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import reference
from desktop.records.codes import PLACES, CodeItem, CodeList, places
from desktop.records.declaration import Field, Kind, Mask
from desktop.records.display import display
from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.typed.person_names import fold_name
from desktop.records.typed.phones import is_phone, parse_phone
from desktop.records.typed.values import CellParser, Parsed, default_value, parse_cell
from desktop.records.types import catalogue

TODAY = datetime.date(2026, 11, 23)
VILLAGES = Divisions(
    [
        Division("3301", "杭州市", DivisionLevel.CITY),
        Division("330106", "西湖区", DivisionLevel.DISTRICT, "3301"),
        Division("330106109", "三墩镇", DivisionLevel.TOWN, "330106"),
        Division("330106110", "双浦镇", DivisionLevel.TOWN, "330106"),
        Division("330106109201", "新建村", DivisionLevel.VILLAGE, "330106109"),
        Division("330106110202", "新建村", DivisionLevel.VILLAGE, "330106110"),
    ]
)
CODES: Mapping[str, CodeList] = {
    **reference.code_lists(),
    PLACES: places(VILLAGES),
    "pair": CodeList(
        "pair", (CodeItem("1", "职工（代表）大会"), CodeItem("2", "工资、福利"), CodeItem("3", "其他"))
    ),
}


def parse(kind: Kind, cell: object, codes: str | None = None, **more: object) -> Parsed:
    field = Field("x", "人数", kind, codes=codes, **more)  # type: ignore[arg-type]
    return parse_cell(field, cell, codes=CODES, today=TODAY)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in (Kind.CODE, Kind.CODES)])
@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000", "\n", "\ufeff"])
def test_nothing_is_read_from_nothing(kind: Kind, cell: object) -> None:
    assert parse(kind, cell) == Parsed(None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("１２３", 123), ("123人", 123), ("1,234", 1234), ("1，234", 1234), (3.0, 3), (0.0, 0), ("0", 0), ("+5", 5),
        ("1.2万人", 12000), ("3万", 30000), ("12.0", 12), (" 7 ", 7), ("'15", 15), (True, 1), ("12名", 12),
    ],
)  # fmt: skip
def test_a_whole_number_is_read_in_all_its_forms(cell: object, value: int) -> None:
    assert parse(Kind.INTEGER, cell, unit="人").value == value


@pytest.mark.parametrize(
    "cell", ["3.5", "abc", "一百", "1e3", "12,34", "1-2", "约20", "人", "12人3人", float("nan"), 1e300]
)
def test_what_is_no_whole_number_is_named(cell: object) -> None:
    parsed = parse(Kind.INTEGER, cell, unit="人")
    assert parsed.value is None
    assert parsed.problem


def test_limits_are_kept() -> None:
    assert parse(Kind.INTEGER, "-1", minimum=0).problem == "“人数”不能小于0"
    assert parse(Kind.INTEGER, "91", maximum=90).problem == "“人数”不能大于90"
    assert parse(Kind.TEXT, "杭州西湖", maximum=3).problem == "“人数”最多3个字，现在是4个，请缩短"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12.50", "12.5"), (0.1 + 0.2, "0.3"), ("¥1,200.00", "1200"), ("1.5万元", "15000"), (7, "7"), ("-0.0", "0"),
        (decimal.Decimal("1E+2"), "100"), (1234567.89, "1234567.89"), (".5", "0.5"),
    ],
)  # fmt: skip
def test_a_decimal_is_stored_as_its_one_text(cell: object, value: str) -> None:
    assert parse(Kind.DECIMAL, cell, unit="元").value == value


@pytest.mark.parametrize("cell", ["0.125", "¥12.345", "10000000000", "3万亿", 1e10, 9999999999.999, "9" * 40])
def test_money_ends_at_the_fen_and_at_what_nobody_has(cell: object) -> None:
    for unit in ("元", "元/月"):
        parsed = parse(Kind.DECIMAL, cell, unit=unit)
        assert parsed.value is None
        assert parsed.problem is not None
    assert parse(Kind.DECIMAL, "0.125", unit="学时").value == "0.125"


def test_money_that_a_workbook_has_reckoned_is_rounded_as_it_is_shown_there_and_that_is_said() -> None:
    parsed = parse(Kind.DECIMAL, 1234.565, unit="元")
    assert (parsed.value, parsed.note) == ("1234.57", "“1234.565”四舍五入到分，按1234.57保存")
    assert parse(Kind.DECIMAL, 9_999_999_999.99, unit="元") == Parsed("9999999999.99")
    assert parse(Kind.DECIMAL, 0.3 - 0.1 - 0.2, unit="元", minimum=0).value == "0"
    assert parse(Kind.DECIMAL, -0.01, unit="元", minimum=0).problem is not None


@pytest.mark.parametrize(
    ("cell", "noted"),
    [
        ("20261122", False), ("2026.11.22", False), ("2026/11/22", False), ("２０２６年１１月２２日", False),
        (datetime.datetime(2026, 11, 22, 8, 30), False), (datetime.date(2026, 11, 22), False), (20261122, False),
        (46348.0, True), ("11月22日", True), ("26.11.22", True),
    ],
)  # fmt: skip
def test_a_day_is_read_in_all_its_forms_and_a_reading_is_told(cell: object, noted: bool) -> None:
    parsed = parse(Kind.DATE, cell)
    assert parsed.value == "2026-11-22"
    assert bool(parsed.note) is noted


@pytest.mark.parametrize(
    ("cell", "lacks", "example"),
    [
        ("2019年5月", "几号", "2019-05-20"), ("2019.5", "几号", "2019-05-20"), ("2019／１２月份", "几号", "2019-12-20"),
        ("201905", "几号", "2019-05-20"), ("2019年", "几月几号", "2026-11-22"), (2019, "几月几号", "2026-11-22"),
        (2019.1, "几号", "2026-11-22"),
    ],
)  # fmt: skip
def test_a_month_without_its_day_is_no_day_and_what_is_lacking_is_said(
    cell: object, lacks: str, example: str
) -> None:
    parsed = parse(Kind.DATE, cell)
    assert parsed.value is None
    assert parsed.problem is not None
    assert f"没有写{lacks}；" in parsed.problem
    assert parsed.problem.endswith(f"如{example}")


@pytest.mark.parametrize("cell", ["20195", "2019年13月", "2019年00月", "1819年5月", "5月"])
def test_what_names_no_month_of_a_year_is_told_as_no_day(cell: str) -> None:
    assert "看不出是哪一天" in str(parse(Kind.DATE, cell).problem)


def test_the_month_of_a_masked_day_is_not_repeated() -> None:
    assert parse(Kind.DATE, "62.1.1", mask=Mask.BIRTH).note == "所填内容按1962年的一天保存"
    problem = str(parse(Kind.DATE, "1985年6月", mask=Mask.HIDDEN).problem)
    assert "1985" not in problem
    assert "06" not in problem


@pytest.mark.parametrize("cell", ["2026年9月", "昨天", "2026-02-30", "13/13", True, 0.5])
def test_what_is_no_day_is_named(cell: object) -> None:
    assert parse(Kind.DATE, cell).problem


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("9:00", "09:00"), ("0900", "09:00"), ("９：００", "09:00"), ("下午2:30", "14:30"), ("上午9点", "09:00"),
        ("930", "09:30"), (930, "09:30"), ("9", "09:00"), ("09", "09:00"), (14, "14:00"), ("23", "23:00"),
        ("9点半", "09:30"), ("9点30分", "09:30"), ("2:30 PM", "14:30"), (0.375, "09:00"), ("14:00:00", "14:00"),
        (datetime.time(9, 5), "09:05"), (datetime.datetime(2026, 1, 1, 9, 5), "09:05"), ("中午12点", "12:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_in_all_its_forms(cell: object, value: str) -> None:
    assert parse(Kind.TIME, cell).value == value


@pytest.mark.parametrize("cell", ["25:00", "9:70", "970", "130", "2", "24", "一会儿", 3.5, 0.9999999])
def test_what_is_no_time_is_named(cell: object) -> None:
    assert parse(Kind.TIME, cell).problem


@pytest.mark.parametrize(
    ("cell", "value"),
    [("是", 1), ("否", 0), ("√", 1), ("×", 0), ("Y", 1), ("有", 1), ("无", 0), (True, 1), (0, 0), (1.0, 1)],
)  # fmt: skip
def test_yes_and_no_are_one_and_zero(cell: object, value: int) -> None:
    assert parse(Kind.BOOLEAN, cell) == Parsed(value)


def test_perhaps_is_neither() -> None:
    assert parse(Kind.BOOLEAN, "可能").problem == "“人数”请填“是”或“否”，现在是“可能”"


@pytest.mark.parametrize(
    ("cell", "value", "noted"),
    [
        ("1", "1", False), ("男", "1", False), (" 男 ", "1", False), ("１", "1", False), (1.0, "1", False),
        ("01", "1", True), ("1 男", "1", True),
    ],
)  # fmt: skip
def test_a_code_is_read_from_code_label_and_near_forms(cell: object, value: str, noted: bool) -> None:
    parsed = parse(Kind.CODE, cell, codes="sex")
    assert parsed.value == value
    assert bool(parsed.note) is noted


def test_a_code_that_lost_its_zero_is_found() -> None:
    assert parse(Kind.CODE, 3.0, codes="ethnicity").value == "03"


def test_brackets_of_either_width_are_the_same() -> None:
    assert parse(Kind.CODE, "产业（系统）工会", codes="union_type").value == "industrial"


def test_an_unknown_word_is_answered_with_what_can_be_chosen() -> None:
    assert parse(Kind.CODE, "未知", codes="sex").problem == "“人数”里没有“未知”，可以填：男、女"


def test_a_missing_list_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        parse(Kind.CODE, "男", codes="no_such_list")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("照片、签到表", "photos sign_in"), ("签到表,照片", "photos sign_in"), ("sign_in photos", "photos sign_in"),
        (["photos", "sign_in"], "photos sign_in"), ("照片；照片", "photos"), ("照片\n决议", "photos resolution"),
    ],
)  # fmt: skip
def test_several_codes_are_sorted_and_joined_by_a_space(cell: object, value: str) -> None:
    assert parse(Kind.CODES, cell, codes="evidence").value == value


def test_an_entry_may_hold_what_else_separates() -> None:
    assert parse(Kind.CODES, "工资、福利", codes="pair").value == "2"
    assert parse(Kind.CODES, "其他；职工（代表）大会", codes="pair").value == "1 3"


def test_one_unknown_entry_spoils_none_in_silence() -> None:
    assert parse(Kind.CODES, "照片、录像", codes="evidence").problem.startswith("“人数”里没有“录像”")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("330106109", "330106109"), ("330106109000", "330106109"), (330106109.0, "330106109"), ("三墩镇", "330106109"),
        ("西湖区三墩镇", "330106109"), ("三墩镇新建村", "330106109201"), ("330106109201", "330106109201"),
    ],
)  # fmt: skip
def test_a_place_is_read_from_code_or_name(cell: object, value: str) -> None:
    assert parse(Kind.PLACE, cell).value == value


def test_a_name_of_two_places_is_asked_for() -> None:
    assert parse(Kind.PLACE, "新建村").problem == "有几个地方都叫“新建村”，请从列表中选择，或者写区划代码"
    assert parse(Kind.PLACE, "330199").problem


def test_without_a_list_of_places_only_codes_are_read() -> None:
    field = Field("town", "镇街", Kind.PLACE)
    assert parse_cell(field, "330106109", codes={}, today=TODAY).value == "330106109"
    assert parse_cell(field, "三墩镇", codes={}, today=TODAY).problem


def test_a_credit_code_is_tidied_with_a_note_and_a_doubt_is_asked() -> None:
    assert parse(Kind.USCC, " ９１330106ma2abcdex7 ").value == "91330106MA2ABCDEX7"
    assert parse(Kind.USCC, "9133 0106 MA2A BCDE X7").note
    assert parse(Kind.USCC, "91330106MA2ABCDEX7").note is None
    doubtful = parse(Kind.USCC, "913301O6MA2ABCDEX7")
    assert doubtful.value == "913301O6MA2ABCDEX7"
    assert doubtful.note == "代码里不会有字母O和I，是不是91330106MA2ABCDEX7？"


def test_words_are_no_code_and_a_code_among_words_is_taken_alone() -> None:
    good = "91330100799655058B"
    assert "请空着" in str(parse(Kind.USCC, "办理中").problem)
    for text in (f"{good}(1/1)", f"代码：{good.lower()}", f"{good}（原91330100799655058C）"):
        assert parse(Kind.USCC, text) == Parsed(good, f"只取代码{good}，旁边的文字没有保存")
    assert parse(Kind.USCC, f"原代码：91330000142916567N，现代码：{good}").value == good
    assert parse(Kind.USCC, f"1{good}").value == f"1{good}"
    for between in "/、\n ；":
        both = parse(Kind.USCC, f"{good}{between}91330000142916567N")
        assert (both.value, both.problem) == (
            None,
            "这一格里有两个统一社会信用代码，请核对，只留这个单位自己的",
        )
        assert parse(Kind.USCC, f"{good}{between}{good}").value == good
    number = "330102199001010012"
    assert "居民身份证号码" in str(parse(Kind.USCC, number).problem)
    assert number not in str(parse(Kind.USCC, number).problem)
    faulty = parse(Kind.USCC, f"91330100799655058C（原{good}）")
    assert faulty.value != good, "a former code is another firm's, or nobody's"


@pytest.mark.parametrize("cell", ["3.30102E+17", 9.1330106e17, 913301060000000000])
def test_a_code_that_lost_digits_is_refused(cell: object) -> None:
    assert parse(Kind.USCC, cell).problem
    assert parse(Kind.ID_NUMBER, cell).problem


def test_an_identity_number_is_tidied_and_never_quoted() -> None:
    number = "33010219900101001x"
    assert parse(Kind.ID_NUMBER, "330102 19900101 001x", mask=Mask.ID).value == number.upper()
    for cell in ("33O102199001010012", "330102900101001", "33010219900101001299999999999999999999999999"):
        parsed = parse(Kind.ID_NUMBER, cell, mask=Mask.ID, personal=True)
        assert cell[6:14] not in f"{parsed.note}{parsed.problem}"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("138 0000 0000", "13800000000"), ("+86 138-0000-0000", "13800000000"), (13800000000.0, "13800000000"),
        ("（0571）88888888", "0571-88888888"), ("0571 8888 8888", "0571-88888888"), ("057188888888", "0571-88888888"),
        ("0571-88888888转801", "0571-88888888-801"), ("88888888", "88888888"), ("400-800-1234", "4008001234"),
        ("12351", "12351"), ("010-65120000", "010-65120000"), ("+852 2123 4567", "+85221234567"),
    ],
)  # fmt: skip
def test_a_phone_is_brought_to_one_form(cell: object, value: str) -> None:
    assert parse(Kind.PHONE, cell).value == value
    assert is_phone(value)


@pytest.mark.parametrize("number", ["13900008602", "13900861234", "0571-80086123", "4000086123"])
def test_digits_like_those_of_the_country_stay_within_a_number(number: str) -> None:
    assert parse_phone(number) == number
    assert is_phone(number)


@pytest.mark.parametrize("prefix", ["+86", "+86 ", "0086", "0086-", "(+86)"])
def test_the_country_in_front_of_a_number_is_left_out_once(prefix: str) -> None:
    assert parse_phone(f"{prefix}13900861234") == "13900861234"


def test_two_phones_in_one_cell_are_asked_for() -> None:
    assert parse(Kind.PHONE, "13800000000、13900000000").problem
    assert parse(Kind.PHONE, "13800000000 13900000000").problem


def test_a_number_that_is_no_phone_is_kept_and_doubted() -> None:
    assert parse_phone("1380000000") == "1380000000"
    assert not is_phone("1380000000")


def test_a_link_is_an_id() -> None:
    assert parse(Kind.LINK, "0" * 32, link="union").value == "0" * 32
    assert (
        parse(Kind.LINK, "某工会", link="union").problem
        == "“人数”请从列表中选择，或者写记录编号，“某工会”不是编号"
    )


def test_the_dots_of_a_name_are_of_one_form() -> None:
    for dot in "•‧∙⋅・･．.·":
        typed = f"阿卜杜拉{dot}买买提"
        for spelled in (typed, f"阿卜杜拉 {dot} 买买提"):
            note = None if spelled == "阿卜杜拉·买买提" else "姓名中间的点已改成“·”"
            assert parse(Kind.TEXT, spelled, names_person=True) == Parsed("阿卜杜拉·买买提", note)
        assert parse(Kind.TEXT, typed) == Parsed(typed)  # what is no name of a person stays
        assert fold_name(typed) == fold_name("阿卜杜拉·买买提")
    for other in ("J. Smith", "王芳•", "王.", "李3.5"):
        assert parse(Kind.TEXT, other, names_person=True) == Parsed(other)


def test_a_line_has_no_breaks_and_a_note_keeps_them() -> None:
    for spread, word in (
        ("李　娜", "李娜"),
        ("李 小明", "李小明"),
        ("欧阳 𬬮", "欧阳𬬮"),
        ("王 小 明", "王小明"),
    ):
        assert parse(Kind.TEXT, spread) == Parsed(word, "字中间的空格已去掉")
    for several in (
        "王芳 李娜",
        "王 芳 李 娜",
        "A 座",
        "李 Na",
        "3 楼",
    ):  # may be two people, or no such word
        assert parse(Kind.TEXT, several) == Parsed(several)
    assert parse(Kind.TEXT, "文三路\n100号\u3000 3楼") == Parsed("文三路 100号 3楼", "换行已改成空格")
    assert parse(Kind.NOTE, "第一条\r\n第二条\x00").value == "第一条\n第二条"


def test_text_from_a_number_shows_as_the_cell_showed() -> None:
    assert parse(Kind.TEXT, 3.0).value == "3"
    assert parse(Kind.TEXT, 202611.5).value == "202611.5"


def test_a_new_record_starts_with_its_defaults() -> None:
    assert default_value(catalogue()["meeting"].by_name["recorded_date"], TODAY) == "2026-11-23"
    assert default_value(catalogue()["appointment"].by_name["newly_appointed"], TODAY) == 1
    assert default_value(catalogue()["union"].by_name["name"], TODAY) is None


# Showing


@pytest.mark.parametrize(
    ("kind", "more", "cell", "words"),
    [
        (Kind.CODE, {"codes": "sex"}, "2", "女"), (Kind.CODE, {"codes": "sex"}, "9", "9"),
        (Kind.CODES, {"codes": "evidence"}, "photos sign_in", "照片、签到表"), (Kind.BOOLEAN, {}, 1, "是"),
        (Kind.BOOLEAN, {}, 0, "否"), (Kind.DATE, {}, "2026-11-22", "2026-11-22"), (Kind.INTEGER, {}, 0, "0"),
        (Kind.PLACE, {}, "330106109", "三墩镇"), (Kind.TEXT, {}, None, ""),
    ],
)  # fmt: skip
def test_a_value_is_shown_in_words(
    kind: Kind, more: dict[str, str], cell: str | int | None, words: str
) -> None:
    assert display(Field("x", "某项", kind, **more), cell, codes=CODES) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mask", "cell", "words"),
    [
        (Mask.ID, "330102199001010012", "330102********0012"), (Mask.PHONE, "13812345678", "138****5678"),
        (Mask.NAME, "张小明", "张*明"), (Mask.HIDDEN, "张小明", "（不显示）"), (Mask.NONE, "张小明", "张小明"),
    ],
)  # fmt: skip
def test_a_masked_value_hides_its_middle(mask: Mask, cell: str, words: str) -> None:
    field = Field("x", "某项", personal=True, mask=mask)
    assert display(field, cell, codes={}, masked=True) == words
    assert display(field, cell, codes={}) == cell


def test_a_document_number_behind_a_name_is_masked_as_well() -> None:
    name = Field("name", "姓名", Kind.TEXT, names_person=True)
    assert display(name, "张三330106199003074610", codes={}, masked=True) == "张三330106********4610"
    assert display(name, "张三", codes={}, masked=True) == "张三"


# Whatever is typed

CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.decimals(), st.text("0123456789０１２.,，-/年月日 人万X×", max_size=20),
)  # fmt: skip
FIELDS = [f for t in catalogue().values() for f in t.fields]


@given(st.sampled_from(FIELDS), CELLS)
def test_whatever_is_typed_is_stored_as_text_or_whole_number_or_named(field: Field, cell: object) -> None:
    parsed = parse_cell(field, cell, codes=CODES, today=TODAY)
    assert parsed.value is None or type(parsed.value) in (str, int)
    assert parsed.value != ""
    assert parsed.value is None or parsed.problem is None
    if parsed.value is not None:
        again = parse_cell(field, parsed.value, codes=CODES, today=TODAY)
        assert again.value == parsed.value, "a stored value is its own text"


@given(
    st.sampled_from(FIELDS),
    st.text(max_size=30) | st.from_regex(r"[0-9]{1,17}[0-9X]?|[12][0-9-]{9}", fullmatch=True),
)
def test_the_quick_way_reads_what_the_careful_way_reads(field: Field, text: str) -> None:
    # A blank of no width is dropped, but only by the careful way.
    careful = parse_cell(field, f"{text}\u200b", codes=CODES, today=TODAY)
    assert parse_cell(field, text, codes=CODES, today=TODAY).value == careful.value


@given(st.sampled_from(FIELDS), st.lists(CELLS, max_size=6))
def test_a_column_is_read_like_its_cells(field: Field, cells: list[object]) -> None:
    parser = CellParser(field, codes=CODES, today=TODAY)
    for cell in [*cells, *cells]:
        assert parser(cell) == parse_cell(field, cell, codes=CODES, today=TODAY)


@given(st.sampled_from(FIELDS), CELLS)
def test_what_is_shown_can_be_typed_again(field: Field, cell: object) -> None:
    value = parse_cell(field, cell, codes=CODES, today=TODAY).value
    if value is not None:
        shown = display(field, value, codes=CODES)
        again = parse_cell(field, shown, codes=CODES, today=TODAY)
        assert again.value == value or (again.problem is not None and field.kind is Kind.PLACE)


@pytest.mark.parametrize("codes", [c for c in CODES.values() if c.id != PLACES], ids=lambda c: c.id)
def test_every_label_leads_to_its_code(codes: CodeList) -> None:
    for item in codes.items:
        assert codes.find(item.code) == item.code
        assert parse(Kind.CODE, item.label, codes=codes.id).value == item.code
        assert parse(Kind.CODES, item.label, codes=codes.id).value == item.code
        for alias in item.aliases:
            assert codes.find(alias) in (item.code, None)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_number_is_the_same_with_separators_units_and_full_width(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (f"{number:,}", f"{number}人", wide, f" {number}.0", str(number)):
        assert parse(Kind.INTEGER, text, unit="人").value == number
    assert parse(Kind.INTEGER, float(number), unit="人").value == number


@given(st.dates(min_value=datetime.date(1949, 10, 1), max_value=datetime.date(2099, 12, 31)))
def test_a_day_is_the_same_in_every_form(day: datetime.date) -> None:
    forms = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {parse(Kind.DATE, form).value for form in forms} == {day.isoformat()}
