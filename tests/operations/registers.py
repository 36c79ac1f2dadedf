"""Tables for import tests: a small register as people bring it, and sessions to bring it to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import uscc

from desktop.operations.imports import importing
from desktop.operations.imports.importing import ImportPreview, ImportResult, Options, Pasted
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.store.queries.reading import Query, Record, records
from tests.documents.workbooks import book
from tests.operations import stations

HEADER = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "法定代表人",
    "注册资本",
    "所属行业",
    "企业类型",
    "住所",
    "联系电话",
    "职工人数",
]


def code(number: int) -> str:
    """A valid code of a firm in 西湖."""
    body = f"91330106MA2{number:06d}"
    return body + str(uscc.calc_check_digit(body))


def wrong(number: int) -> str:
    """A code of the right shape whose check character is wrong."""
    right = code(number)
    return right[:-1] + ("0" if right[-1] != "0" else "1")


def firm(number: int, **changed: Any) -> list[Any]:
    """A row of the register; ``changed`` by field."""
    row = {
        "number": number,
        "name": f"杭州示例{number}科技有限公司",
        "uscc": code(number),
        "person": "王芳",
        "capital": "100万元",
        "industry": "软件和信息技术服务业",
        "ownership": "有限责任公司(自然人投资或控股)",
        "address": f"浙江省杭州市西湖区转塘街道双流{number}号",
        "phone": f"138{number:08d}",
        "staff": 10 + number,
    } | changed
    return list(row.values())


def table(folder: Path, rows: Sequence[Any], header: Sequence[Any] = HEADER, name: str = "名册.xlsx") -> Path:
    """A workbook with a header and rows."""
    return book(folder / name, [header, *rows])


@pytest.fixture
def district(tmp_path: Path) -> Session:
    """A district with an empty ledger."""
    return stations.station(tmp_path, "330106", "西湖区总工会", Level.DISTRICT)


def bring(
    session: Session, path: Path | Pasted, type_name: str = "enterprise", **arguments: Any
) -> ImportResult:
    """Preview and run."""
    return importing.run(session, look(session, path, type_name, **arguments))


def look(
    session: Session, path: Path | Pasted, type_name: str = "enterprise", **arguments: Any
) -> ImportPreview:
    """The preview; arguments of :class:`Options` are put into one."""
    names = set(Options.__dataclass_fields__)
    options = Options(**{n: v for n, v in arguments.items() if n in names})
    rest = {n: v for n, v in arguments.items() if n not in names}
    return importing.preview(session, path, type_name, options=options, **rest)


def held(session: Session, type_name: str = "enterprise") -> dict[str, Record]:
    """The living records of a type by name."""
    found = records(session.database, session.types, Query(type_name))
    return {str(r.values.get("name", r.id)): r for r in found}


def outcomes(shown: ImportPreview) -> list[str]:
    """The outcome of each row."""
    return [row.outcome.value for row in shown.rows]
