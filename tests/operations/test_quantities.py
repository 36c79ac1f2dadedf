"""How much of what is told: files as files, never the parts in which their contents are kept."""

from __future__ import annotations

import pytest

from desktop.operations.quantities import Count, amount_words, files_among, told
from desktop.store.queries.attached import ATTACHMENT, PART

FIRMS = Count("enterprise", "企业（单位）", 2, 1)
FILES = Count(ATTACHMENT, "附件", 3, 0)
PARTS = Count(PART, "附件内容", 64, 0)


def words(*counts: Count) -> list[str]:
    return [c.words for c in told(counts)]


def test_contents_are_the_size_of_their_files() -> None:
    assert words(FIRMS, FILES, PARTS) == ["企业新增2条、修改1处", "附件（约3 MB）新增3个"]
    assert files_among([FIRMS, FILES, PARTS]) == (3, 64)


def test_contents_that_come_after_their_files_are_a_size_and_deleted_ones_are_not_told() -> None:
    assert words(FIRMS, PARTS) == ["企业新增2条、修改1处", "附件内容（约3 MB）"]
    gone = [Count(ATTACHMENT, "附件", 0, 3), Count(PART, "附件内容", 0, 64)]
    assert words(*gone) == ["附件修改3处"]
    assert words(FIRMS) == ["企业新增2条、修改1处"]


@pytest.mark.parametrize(
    ("records", "files", "said"),
    [(0, 0, "0条记录"), (2, 0, "2条记录"), (0, 3, "3个附件"), (2, 3, "2条记录、3个附件")],
)
def test_amounts(records: int, files: int, said: str) -> None:
    assert amount_words(records, files) == said
