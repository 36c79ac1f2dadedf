"""Masks hide the middle and never show a value whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.masking import mask_account, mask_birth, mask_id, mask_name, mask_numbers, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("330102199001010012", "330102********0012"),
        ("33010619850615002X", "330106********002X"),
        ("USA330012345678", "U************78"),
        ("E12345678", "E******78"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_an_id_number_shows_six_and_four(number: str, shown: str) -> None:
    assert mask_id(number) == shown


def test_a_stricter_id_mask_can_be_asked_for() -> None:
    assert mask_id("330102199001010012", 3, 4) == "330***********0012"
    assert mask_id("330102199001010012", 1, 1) == "3****************2"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0571-86121234", "*********1234"),
        ("86121234", "****1234"),
        ("12351", "***51"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_hides_its_middle(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小明", "张*明"),
        ("欧阳修华", "欧**华"),
        ("阿卜杜拉·买买提", "阿***·**提"),
        ("阿·买", "阿·*"),
        ("䶮", "*"),
        ("", ""),
    ],
)
def test_a_name_shows_its_first_and_last_characters(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("6222021202012345678", "***************5678"), ("12345678", "****5678"), ("1234", "***4"), ("1", "*")],
)
def test_an_account_shows_its_last_four_digits(number: str, shown: str) -> None:
    assert mask_account(number) == shown


def test_a_day_of_birth_shows_its_year() -> None:
    assert mask_birth("1990-03-07") == "1990-**-**"
    assert mask_birth("90.3.7") == "******"


@pytest.mark.parametrize("mask", [mask_id, mask_phone, mask_account, mask_birth, mask_name])
@given(text=st.text(alphabet="0123456789Xx张三·-", max_size=25))
def test_masking_keeps_the_length_hides_something_and_is_idempotent(
    mask: Callable[[str], str], text: str
) -> None:
    shown = mask(text)
    assert len(shown) == len(text)
    assert mask(shown) == shown
    if text:
        assert "*" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("王芳 330102199001010012", "王芳 330102********0012"),
        ("0571-86121234转8", "0571-****1234转8"),
        ("36人，2026-11-23", "36人，2026-11-23"),
        ("", ""),
    ],
)
def test_long_numbers_are_masked_in_a_text_of_any_kind(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown
