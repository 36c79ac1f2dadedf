"""What class of employer follows from its nature or code, and what stays open."""

from __future__ import annotations

import pytest

from desktop import reference
from desktop.records.employers import CLASS_OF_NATURE, implied


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"ownership": "private"}, {"sector": "non_public"}),
        ({"ownership": "other_limited"}, {}),
        ({"uscc": "12330110MB0000000X"}, {"sector": "institution"}),
        ({"uscc": "52330110MJ8000000X"}, {"ownership": "private_non_enterprise", "sector": "social_organisation"}),
        ({"uscc": "92330110MA2000000X"}, {"ownership": "individual", "sector": "individual"}),
        ({"uscc": "91330110MA2000000X"}, {}),
        # What somebody has chosen goes before the code, also where it says less.
        ({"uscc": "92330110MA2000000X", "ownership": "other"}, {}),
        ({}, {}),
    ],
)  # fmt: skip
def test_what_leaves_no_doubt_is_told(values: dict[str, str], told: dict[str, str]) -> None:
    assert implied(values) == told


def test_the_words_are_those_of_the_code_lists() -> None:
    lists = reference.code_lists()
    assert CLASS_OF_NATURE.keys() <= lists["unit_nature"].by_code.keys()
    assert set(CLASS_OF_NATURE.values()) <= lists["employer_class"].by_code.keys()
