"""Identity documents: verdicts, birth date, sex, kinds."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from desktop.records import id_numbers
from desktop.records.typed.id_number import IdKind, IdVerdict, Sex, age_on, check_id, id_kind, normalise_id
from desktop.records.types import catalogue
from desktop.records.versions.canonical import Cell

TODAY = datetime.date(2026, 11, 22)


def _number(area: int, birth: datetime.date, order: int) -> str:
    head = f"{area:06d}{birth:%Y%m%d}{order:03d}"
    return head + ric.calc_check_digit(head + "0")


def _numbers() -> st.SearchStrategy[str]:
    return st.builds(
        _number,
        st.integers(110000, 659999),
        st.dates(datetime.date(1900, 1, 1), TODAY),
        st.integers(0, 999),
    )


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [
        ("11010519491231002X", datetime.date(1949, 12, 31), Sex.FEMALE),
        ("330102199001010012", datetime.date(1990, 1, 1), Sex.MALE),
        ("33010619850615002X", datetime.date(1985, 6, 15), Sex.FEMALE),
        ("330110197512310034", datetime.date(1975, 12, 31), Sex.MALE),
    ],
)
def test_birth_and_sex_are_read_from_good_numbers(number: str, birth: datetime.date, sex: Sex) -> None:
    check = check_id(number, TODAY)
    assert check.ok
    assert check.reason == ""
    assert (check.birth, check.sex, check.kind) == (birth, sex, IdKind.RESIDENT)


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("", IdVerdict.EMPTY),
        ("330102900101001", IdVerdict.LEGACY_15),
        ("33010219900101001", IdVerdict.BAD_LENGTH),
        ("3301021990010100123", IdVerdict.BAD_LENGTH),
        ("33010219900101001Y", IdVerdict.BAD_ALPHABET),
        ("33010219900230001X", IdVerdict.BAD_BIRTH_DATE),
        ("330102189901010012", IdVerdict.BAD_BIRTH_DATE),
        ("330102199001010013", IdVerdict.WRONG_CHECK),
        ("3.30102E+17", IdVerdict.SCIENTIFIC_NOTATION),
        ("930102199001010012", IdVerdict.BAD_PREFIX),
    ],
)
def test_each_fault_has_its_own_verdict_and_reason(typed: str, verdict: IdVerdict) -> None:
    check = check_id(typed, TODAY)
    assert check.verdict is verdict
    assert check.reason
    assert check.birth is None


def test_a_birth_in_the_future_is_a_fault_of_number_or_clock() -> None:
    born = datetime.date(2026, 11, 23)
    check = check_id(_number(330102, born, 1), TODAY)
    assert check.verdict is IdVerdict.FUTURE_BIRTH_DATE
    assert "本机日期" in check.reason
    assert check_id(_number(330102, born, 1), born).ok


@pytest.mark.parametrize("area", [330103, 330104, 330125, 330181, 330183, 330185, 659001])
def test_places_that_no_longer_exist_are_accepted(area: int) -> None:
    assert check_id(_number(area, datetime.date(1970, 5, 5), 12), TODAY).ok


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("33O1O2199OO1O1OO12", "330102199001010012"),
        ("33010619850615002×", "33010619850615002X"),
        ("33010619850615002*", "33010619850615002X"),
        ("33010619850615002Х", "33010619850615002X"),
        ("33OIO2l99001010012", "330102199001010012"),
    ],
)
def test_easily_mistaken_characters_bring_a_suggestion(typed: str, meant: str) -> None:
    check = check_id(typed, TODAY)
    assert not check.ok
    assert check.suggestion == meant


@pytest.mark.parametrize(
    "typed", ["33010619850615002x", "３３０１０６１９８５０６１５００２ｘ", "330106 19850615 002X"]
)
def test_lower_case_full_width_and_blanks_are_normalised(typed: str) -> None:
    assert normalise_id(typed) == "33010619850615002X"
    assert check_id(typed, TODAY).ok


def test_a_slip_in_the_first_digit_does_not_pass_as_a_permanent_residence_permit() -> None:
    assert check_id("930102199001010012", TODAY).kind is IdKind.RESIDENT


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (_number(810000, datetime.date(1988, 8, 8), 21), IdKind.HMT_RESIDENCE),
        (_number(820000, datetime.date(1988, 8, 8), 22), IdKind.HMT_RESIDENCE),
        (_number(830000, datetime.date(1988, 8, 8), 23), IdKind.HMT_RESIDENCE),
        ("USA330012345678", IdKind.FOREIGN_PERMANENT),
        (_number(933840, datetime.date(1988, 8, 8), 1), IdKind.FOREIGN_PERMANENT),
        ("E12345678", IdKind.PASSPORT),
        ("EA1234567", IdKind.PASSPORT),
    ],
)
def test_other_documents_are_known_by_their_shape(typed: str, kind: IdKind) -> None:
    assert id_kind(typed) is kind
    assert check_id(typed, TODAY).ok
    assert check_id(typed, TODAY, kind).ok


def test_residence_permits_of_hong_kong_macao_and_taiwan_tell_birth_and_sex() -> None:
    check = check_id(_number(810000, datetime.date(1988, 8, 8), 21), TODAY)
    assert (check.birth, check.sex) == (datetime.date(1988, 8, 8), Sex.MALE)


@pytest.mark.parametrize(
    ("typed", "kind", "verdict"),
    [
        ("330102199001010012", IdKind.HMT_RESIDENCE, IdVerdict.BAD_PREFIX),
        (_number(810000, datetime.date(1988, 8, 8), 21), IdKind.RESIDENT, IdVerdict.BAD_PREFIX),
        ("330102199001010012", IdKind.FOREIGN_PERMANENT, IdVerdict.BAD_PREFIX),
        ("USA33001234567", IdKind.FOREIGN_PERMANENT, IdVerdict.BAD_LENGTH),
        ("USA33001234567A", IdKind.FOREIGN_PERMANENT, IdVerdict.BAD_ALPHABET),
        ("93384019880808001Y", IdKind.FOREIGN_PERMANENT, IdVerdict.BAD_ALPHABET),
        ("", IdKind.FOREIGN_PERMANENT, IdVerdict.EMPTY),
        ("", IdKind.PASSPORT, IdVerdict.EMPTY),
        ("E123", IdKind.PASSPORT, IdVerdict.BAD_LENGTH),
        ("ABCDEFGH", IdKind.PASSPORT, IdVerdict.BAD_ALPHABET),
        ("1.23E+08", IdKind.PASSPORT, IdVerdict.SCIENTIFIC_NOTATION),
    ],
)
def test_a_number_that_does_not_fit_the_chosen_document_is_told(
    typed: str, kind: IdKind, verdict: IdVerdict
) -> None:
    check = check_id(typed, TODAY, kind)
    assert check.verdict is verdict
    assert check.reason


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ((2010, 11, 22), (2026, 11, 21), 15),
        ((2010, 11, 22), (2026, 11, 22), 16),
        ((2008, 2, 29), (2024, 2, 28), 15),
        ((2008, 2, 29), (2024, 2, 29), 16),
        ((2008, 2, 29), (2025, 2, 28), 16),
        ((2008, 2, 29), (2025, 3, 1), 17),
    ],
)
def test_age_grows_on_the_birthday(birth: tuple[int, int, int], day: tuple[int, int, int], age: int) -> None:
    assert age_on(datetime.date(*birth), datetime.date(*day)) == age


@given(_numbers())
def test_every_number_with_its_own_check_digit_tells_birth_and_sex(number: str) -> None:
    check = check_id(number, TODAY)
    assert check.ok
    assert check.birth is not None
    assert f"{check.birth:%Y%m%d}" == number[6:14]
    assert (check.sex is Sex.MALE) == (int(number[16]) % 2 == 1)


@given(_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_single_wrong_character_never_passes(number: str, place: int, other: str) -> None:
    broken = number[:place] + other + number[place + 1 :]
    assert check_id(broken, TODAY).ok == (broken == number)


@given(st.text(max_size=30), st.none() | st.sampled_from(list(IdKind)))
def test_any_text_gets_a_verdict(text: str, kind: IdKind | None) -> None:
    check = check_id(text, TODAY, kind)
    assert check.ok == (check.reason == "")
    assert check.suggestion is None or check_id(check.suggestion, TODAY).ok


@pytest.mark.parametrize(
    ("kind", "tells"),
    [(None, True), ("resident_id", True), ("passport", False), ("hmt_residence_permit", False)],
)
def test_a_number_fills_what_it_tells_as_the_document_that_the_record_names(
    kind: str | None, tells: bool
) -> None:
    present: dict[str, Cell] = {"id_number": "330102199001010012", "id_kind": kind}
    found = id_numbers.completed(catalogue()["member"], present, TODAY)
    assert (found.get("birth_date"), found.get("sex")) == (("1990-01-01", "1") if tells else (None, None))
