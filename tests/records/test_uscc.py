"""Unified social credit codes: verdicts, suggestions, second check, kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from desktop.records.typed.uscc import (
    ALPHABET,
    UsccKind,
    UsccVerdict,
    check_uscc,
    is_slip_of,
    names_a_record,
    normalise_uscc,
    organisation_code_ok,
    plainly_valid,
    uscc_kind,
)

VALID = (
    "91330100799655058B",
    "91330000142916567N",
    "81330102MC12345663",
    "81330110MC76543265",
    "91330106MA2ABCDEX7",
    "91330109MA27WXYY63",
)


def _codes() -> st.SearchStrategy[str]:
    body = st.text(alphabet=ALPHABET, min_size=9, max_size=9)
    return st.builds(
        lambda prefix, division, subject: (
            (head := f"{prefix}{division:06d}{subject}") + standard.calc_check_digit(head)
        ),
        st.sampled_from(["91", "92", "93", "81", "11", "N2"]),
        st.integers(110000, 659000),
        body,
    )


@pytest.mark.parametrize("code", VALID)
def test_known_good_codes_pass(code: str) -> None:
    check = check_uscc(code)
    assert check.ok
    assert check.reason == ""
    assert check.expected_check == code[-1]
    assert check.suggestion is None


@pytest.mark.parametrize("code", ["91330100799655058B", "91330000142916567N"])
def test_real_codes_also_satisfy_the_check_of_the_organisation_code_inside(code: str) -> None:
    assert check_uscc(code).organisation_code_ok is True


def test_a_pilot_code_with_a_wrong_digit_is_a_warning_with_the_expected_digit() -> None:
    check = check_uscc("91350100M0001TGQXM")
    assert check.verdict is UsccVerdict.WRONG_CHECK
    assert check.expected_check == "1"
    assert "应为1" in check.reason
    assert check.kind is UsccKind.ENTERPRISE


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("", UsccVerdict.EMPTY),
        ("   ", UsccVerdict.EMPTY),
        ("9133010079965505", UsccVerdict.BAD_LENGTH),
        ("91330100799655058BB", UsccVerdict.BAD_LENGTH),
        ("330100000012345", UsccVerdict.BAD_LENGTH),
        ("9133O100799655058B", UsccVerdict.BAD_ALPHABET),
        ("91330100799655058Z", UsccVerdict.BAD_ALPHABET),
        ("91330100杭996550588", UsccVerdict.BAD_ALPHABET),
        ("9133A100799655058B", UsccVerdict.BAD_DIVISION),
        ("91330100799655058C", UsccVerdict.WRONG_CHECK),
        ("9.13301E+17", UsccVerdict.SCIENTIFIC_NOTATION),
        ("9.1330110E17", UsccVerdict.SCIENTIFIC_NOTATION),
    ],
)
def test_each_fault_has_its_own_verdict_and_reason(typed: str, verdict: UsccVerdict) -> None:
    check = check_uscc(typed)
    assert check.verdict is verdict
    assert check.reason
    assert not check.ok


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9133O1OO799655O58B", "91330100799655058B"),
        ("9I33010079965505 8b", "91330100799655058B"),
        ("913300001429I6567N", "91330000142916567N"),
    ],
)
def test_letters_that_look_like_digits_bring_a_suggestion(typed: str, meant: str) -> None:
    assert check_uscc(typed).suggestion == meant


def test_no_suggestion_that_would_itself_be_wrong() -> None:
    assert check_uscc("9133O100799655058C").suggestion is None


@pytest.mark.parametrize(
    "typed", [" 91330100-799655058-b ", "９１３３０１００７９９６５５０５８Ｂ", "'91330100799655058B"]
)
def test_full_width_hyphens_blanks_and_lower_case_are_normalised(typed: str) -> None:
    assert normalise_uscc(typed) == "91330100799655058B"
    assert check_uscc(typed).ok


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("91", UsccKind.ENTERPRISE),
        ("92", UsccKind.SELF_EMPLOYED),
        ("93", UsccKind.FARMERS_COOPERATIVE),
        ("11", UsccKind.ORGAN),
        ("12", UsccKind.INSTITUTION),
        ("51", UsccKind.SOCIAL_ORGANISATION),
        ("52", UsccKind.PRIVATE_NON_ENTERPRISE),
        ("53", UsccKind.FOUNDATION),
        ("81", UsccKind.GRASSROOTS_UNION),
        ("89", UsccKind.OTHER_UNION),
        ("N2", None),
        ("", None),
    ],
)
def test_the_prefix_says_whose_code_it_is(prefix: str, kind: UsccKind | None) -> None:
    assert uscc_kind(prefix + "330102") is kind


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("799655058", True),
        ("142916567", True),
        ("799655059", False),
        ("79965505", False),
        ("79965505é", False),
    ],
)
def test_the_organisation_code_has_its_own_check(code: str, good: bool) -> None:
    assert organisation_code_ok(code) is good


@given(_codes())
def test_every_code_with_its_own_check_digit_passes(code: str) -> None:
    assert check_uscc(code).ok
    assert check_uscc(f" {code.lower()} ").number == code


@given(_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_wrong_character_never_passes(code: str, place: int, other: str) -> None:
    broken = code[:place] + other + code[place + 1 :]
    assert check_uscc(broken).ok == (broken == code)


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    check = check_uscc(text)
    assert check.ok == (check.reason == "")
    assert check.suggestion is None or check_uscc(check.suggestion).ok


@given(
    _codes() | st.text(alphabet=ALPHABET + "OIabz 中", max_size=20),
    st.integers(0, 17),
    st.sampled_from(ALPHABET),
)
def test_the_quick_ways_say_what_the_standard_says(code: str, place: int, character: str) -> None:
    for text in (code, code[:place] + character + code[place + 1 :]):
        whole = len(text) == 18 and set(text) <= set(ALPHABET)
        assert names_a_record(text) is (whole and text[-1] == standard.calc_check_digit(text))
        assert plainly_valid(text) is (text == normalise_uscc(text) and check_uscc(text).ok)


@pytest.mark.parametrize(
    ("held", "slip"),
    [
        ("91330100799655058A", True),
        ("91330100799655508B", True),
        ("9133010079965508B", True),
        ("913301007996550588B", True),
        ("91330100799655058B", False),
        ("91330110799655508B", False),
        ("91330000142916567N", False),
        ("330100000012345", True),
    ],
)
def test_a_code_with_a_fault_may_be_another_one_mistyped(held: str, slip: bool) -> None:
    assert is_slip_of(held, "91330100799655058B") is slip
    assert not is_slip_of("91330100799655058B", held)
