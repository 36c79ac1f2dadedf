"""Links in a table: a column of codes beside the names of firms is held against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.imports.importing import Weight
from desktop.operations.session import Session
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations.registers import bring, code, firm, look, outcomes, table, wrong

HEAD = ["单位名称", "统一社会信用代码", "合同类型", "要约日期"]
FIRST, SECOND = "杭州示例1科技有限公司", "杭州示例2科技有限公司"


@pytest.fixture
def firms(district: Session, tmp_path: Path) -> dict[str, str]:
    """The ids of four registered firms by code, two of which have one name."""
    bring(district, table(tmp_path, [firm(1), firm(2), firm(3, name="小面馆"), firm(4, name="小面馆")]))
    found = reading.records(district.database, district.types, Query("enterprise"))
    return {str(r.values["uscc"]): r.id for r in found}


@pytest.mark.parametrize(
    ("name", "said", "linked", "words"),
    [
        (FIRST, code(1), 1, None),
        (FIRST, None, 1, None),
        (FIRST, code(2), 1, f"这个代码是“{SECOND}”的"),
        (FIRST, wrong(1), 1, f"登记的代码是{code(1)}"),
        (None, code(1), 1, None),
        ("改过名的公司", code(1), 1, f"按代码当作“{FIRST}”"),
        ("小面馆", code(4), 4, None),
        ("小面馆", None, None, "有几条"),
        ("小面馆", code(1), None, "有几条"),
        ("不在册公司", code(9), None, "没有找到“不在册公司”"),
        (None, code(9), None, f"没有找到“{code(9)}”"),
    ],
)  # fmt: skip
def test_a_code_beside_a_name_says_whether_it_is_that_firm(
    district: Session,
    firms: dict[str, str],
    tmp_path: Path,
    name: str | None,
    said: str | None,
    linked: int | None,
    words: str | None,
) -> None:
    rows = [[name, said, "工资专项集体合同", "2026-03-01"]]
    shown = look(district, table(tmp_path, rows, HEAD, "合同.xlsx"), "collective_contract")
    [row] = shown.rows
    assert row.parts[0].values.get("enterprise") == (firms[code(linked)] if linked else None)
    assert outcomes(shown) == ["new" if linked else "rejected"]
    assert [n.weight for n in row.notes] == (
        [] if words is None else [Weight.WARNING if linked else Weight.PROBLEM]
    )
    assert all(words in n.text for n in row.notes if words)
    assert [c.checks for c in shown.columns] == ["", "单位", "", ""]
    assert shown.unknown_columns == ()


def test_a_column_of_codes_that_somebody_left_out_tells_nothing(
    district: Session, firms: dict[str, str], tmp_path: Path
) -> None:
    path = table(tmp_path, [[FIRST, code(2), "工资专项集体合同", "2026-03-01"]], HEAD, "合同.xlsx")
    shown = look(district, path, "collective_contract", mapping={"统一社会信用代码": None})
    assert shown.rows[0].notes == []
