"""Import of a register of 50 000 rows with all checks, against a bare read of the same file with openpyxl read-only.

Two files: one written by openpyxl, whose texts stand in the cells, and one with shared texts, as Excel and WPS write
it, which openpyxl reads in about half the time. A third figure is the export of a list against bare writing.
"""

from __future__ import annotations

import gc
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from stdnum.cn import uscc

from desktop import reference
from desktop.operations.exports import exporting
from desktop.operations.imports import importing
from desktop.records.declaration import Level
from desktop.records.divisions import DivisionLevel
from desktop.store.queries.reading import Query
from desktop.store.tables.database import CACHE_KIB
from tests.operations.stations import station

ROWS = 50_000
DISTRICT = "330110"
HEADER = [
    *(
        "序号",
        "企业名称",
        "统一社会信用代码",
        "法定代表人",
        "成立日期",
        "注册资本(万元)",
        "企业类型",
        "所属行业",
    ),
    *("经营状态", "住所", "经营地址", "联系人", "联系电话", "职工人数", "女职工数", "参保人数", "登记机关"),
    *("核准日期", "经营范围", "备注"),
]
EXPORTED = [
    *("name", "uscc", "town", "village", "ownership", "industry", "surveyed_staff", "union_state", "status"),
    *(
        "address",
        "registered_address",
        "legal_person",
        "contact_name",
        "contact_phone",
        "women_count",
        "sector",
    ),
    *("surveyed_date", "surveyed_source", "source_batch", "remark"),
]
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WORDS = "浙江杭州余良渚科技贸易信息电子机械建材服饰食品物流餐饮文化传媒网络智能绿色东方永盛华泰宏远嘉和瑞丰"
_SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHARED_KIND = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
_SHARED_PLACE = (
    b'<Relationship Id="rIdShared" Target="sharedStrings.xml" Type='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
_SURNAMES, _NAMES = "王李张刘陈杨黄赵吴周", "伟芳娜敏静丽强磊军洋勇艳杰娟涛"


def rows(count: int = ROWS) -> Iterator[list[Any]]:
    """Firms of one district: a third of the addresses name town and village, a third the town, a third neither."""
    chance = random.Random(20261123)
    divisions = reference.divisions()
    towns = [d for d in divisions.of_level(DivisionLevel.TOWN) if d.parent == DISTRICT]
    roads = ["".join(chance.sample(_WORDS, 2)) + chance.choice(["路", "街", "大道"]) for _ in range(400)]
    for number in range(1, count + 1):
        code = f"91{DISTRICT}MA2{_digits(number * 17_011)}"
        town = chance.choice(towns)
        village = chance.choice(divisions.children(town.code) or (town,))
        house = f"{chance.randint(1, 999)}号{chance.randint(1, 30)}幢{chance.randint(101, 2500)}室"
        road = chance.choice(roads)
        address = (
            f"浙江省杭州市余杭区{town.name}{village.name}{chance.randint(1, 99)}号",
            f"杭州市余杭区{town.name}{road}{house}",
            f"浙江省杭州市余杭区{road}{house}",
        )[number % 3]
        staff = chance.randint(1, 500)
        yield [
            number, f"杭州{''.join(chance.sample(_WORDS, 5))}有限公司", code + uscc.calc_check_digit(code),
            chance.choice(_SURNAMES) + "".join(chance.choices(_NAMES, k=2)), "2015-03-02", chance.randint(1, 5000),
            chance.choice(["有限责任公司(自然人投资或控股)", "个体工商户", "有限责任公司(自然人独资)"]),
            chance.choice(["批发和零售业", "制造业", "住宿和餐饮业", "科学研究和技术服务业"]), "存续", address,
            address if number % 5 else None, chance.choice(_SURNAMES) + chance.choice(_NAMES),
            str(13_000_000_000 + chance.randrange(10**9)), staff, staff // 3, staff, "余杭区市场监督管理局",
            "2020-01-01", "一般项目：技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广", None,
        ]  # fmt: skip


def _digits(number: int) -> str:
    """Six characters of a credit code that no other number has."""
    text = ""
    for _ in range(6):
        number, digit = divmod(number, len(_ALPHABET))
        text += _ALPHABET[digit]
    return text


def run(folder: Path, count: int = ROWS) -> dict[str, object]:
    """The ratios; each is taken over the better of two tries of both sides, because machines are noisy."""
    plain, shared = folder / "register.xlsx", folder / "shared.xlsx"
    table = list(rows(count))
    _write(plain, table)
    _share(plain, shared)
    figures: dict[str, object] = {"rows": count, "columns": len(HEADER)}
    for name, path in (("", plain), ("_shared", shared)):
        bare = _best(partial(_bare_read, path))
        ours, parts = min(
            (_import(folder / f"{path.stem}{n}", path) for n in (1, 2)), key=lambda found: found[0]
        )
        figures[f"bare_read{name}_seconds"] = bare
        figures[f"import{name}_seconds"] = ours
        figures[f"import_against_bare_read{name}"] = ours / bare
        figures |= {f"{part}{name}_share": seconds / bare for part, seconds in parts.items()}
    figures |= _export(folder)
    return {**figures, "engine": f"SQLCipher, cache_size -{CACHE_KIB}"}


def _import(folder: Path, path: Path) -> tuple[float, dict[str, float]]:
    """Preview with all checks and write into an empty ledger; the seconds of both."""
    session = station(folder, DISTRICT, "余杭区总工会", Level.DISTRICT)
    gc.collect()
    started = time.perf_counter()
    shown = importing.preview(session, path, "enterprise")
    between = time.perf_counter()
    result = importing.run(session, shown)
    ended = time.perf_counter()
    if result.counts.new + result.counts.duplicate != result.counts.rows:
        raise RuntimeError(f"the benchmark's own register was not taken: {result.counts}")
    session.workspace.close()
    return ended - started, {"preview": between - started, "write": ended - between}


def _export(folder: Path) -> dict[str, object]:
    """Goal of a later issue: 50 000 rows of 20 columns out, against bare openpyxl in write-only mode."""
    session = station(folder / "export", DISTRICT, "余杭区总工会", Level.DISTRICT)
    importing.run(session, importing.preview(session, folder / "register.xlsx", "enterprise"))
    out = folder / "list.xlsx"
    ours = _best(lambda: exporting.export_list(session, out, Query("enterprise"), EXPORTED))
    book = openpyxl.load_workbook(out, read_only=True)
    cells = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    bare = _best(lambda: _write(folder / "bare.xlsx", cells[1:], cells[0]))
    session.workspace.close()
    return {"export_seconds": ours, "bare_write_seconds": bare, "export_against_bare_write": ours / bare}


def _bare_read(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def _best(work: Callable[[], object], tries: int = 2) -> float:
    seconds = []
    for _ in range(tries):
        gc.collect()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _write(path: Path, table: list[list[Any]], header: list[Any] | None = None) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(header or HEADER)
    for row in table:
        sheet.append(row)
    book.save(path)


def _share(source: Path, target: Path) -> None:
    """The same workbook with shared texts in UTF-8, as office programs write it and openpyxl cannot."""
    start, middle, end = b' t="inlineStr"><is><t>', b"</t></is></c>", b"</t></si>"
    texts: dict[bytes, int] = {}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                parts = data.split(start)
                for n, part in enumerate(parts[1:], start=1):
                    text, rest = part.split(middle, 1)
                    number = texts.setdefault(text, len(texts))
                    parts[n] = b' t="s"><v>%d</v></c>%s' % (number, rest)
                data = b"".join(parts)
            # A reader knows of the part by its kind in one list and by its place in the other.
            if name == "[Content_Types].xml":
                data = data.replace(b"</Types>", _SHARED_KIND + b"</Types>")
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"</Relationships>", _SHARED_PLACE + b"</Relationships>")
            new.writestr(name, data)
        shared = b"".join(b"<si><t>" + _utf8(text) + end for text in texts)
        new.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (_SPACE, shared))


def _utf8(text: bytes) -> bytes:
    """A text of XML with its characters themselves instead of their numbers."""
    return re.sub(rb"&#([0-9]+);", lambda found: chr(int(found[1])).encode(), text)
