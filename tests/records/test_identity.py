"""Record ids (rule 4): frozen for ever where a code names the thing, new and in the order of time elsewhere."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.identity import NAMESPACE, derived_id, is_id, random_id

MOMENTS = st.integers(0, (1 << 48) - 1)
TEN = st.binary(min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("enterprise", "91330106MA2ABCDEX7", "a1ac487e28a852bcba52b7c859883448"),
        ("union", "81330110MC1234567A", "ae5032c070bc5514a290c40a68928905"),
        ("unit:village", "330110109200", "27bcf248b2e85f0187126ac09e70c236"),
        ("unit:district", "330110", "594ebfef0dd559ee8f4f76153f3a2698"),
    ],
)
def test_derived_ids_are_frozen(kind: str, code: str, expected: str) -> None:
    """Every laptop that knows the code must come to the same id, in this version and in every later one."""
    assert derived_id(kind, code) == expected
    assert uuid.UUID(derived_id(kind, code)) == uuid.uuid5(NAMESPACE, f"{kind}:{code}")


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_derived_id_is_that_of_the_standard(kind: str, code: str) -> None:
    assert derived_id(kind, code) == uuid.uuid5(NAMESPACE, f"{kind}:{code}").hex


@pytest.mark.parametrize(
    ("moment", "random", "expected"),
    [
        (1_795_420_800_000, bytes(range(10)), "01a2076b440070018203040506070809"),
        (0, bytes(10), "00000000000070008000000000000000"),
        ((1 << 48) - 1, b"\xff" * 10, "ffffffffffff7fffbfffffffffffffff"),
    ],
)
def test_new_ids_are_those_of_the_standard(moment: int, random: bytes, expected: str) -> None:
    assert random_id(moment, random) == expected


@given(MOMENTS, TEN)
def test_a_new_id_says_when_it_was_made(moment: int, random: bytes) -> None:
    made = uuid.UUID(random_id(moment, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == moment
    assert is_id(made.hex)


@given(MOMENTS, MOMENTS, TEN, TEN)
def test_new_ids_follow_the_clock(first: int, second: int, some: bytes, other: bytes) -> None:
    if first != second:
        assert (random_id(first, some) < random_id(second, other)) == (first < second)


@pytest.mark.parametrize("size", [0, 9, 11])
def test_a_new_id_takes_ten_random_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        random_id(0, bytes(size))


@pytest.mark.parametrize(
    "text",
    [None, 5, "", "ab" * 15, "ab" * 17, "AB" * 16, "g0" * 16, " b" * 16, "ab-" * 10 + "ab", "１" * 32],
)
def test_an_id_has_one_written_form(text: object) -> None:
    assert not is_id(text)
