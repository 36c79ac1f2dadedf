"""Reading a column of an import: the quick ways give what the careful way gives."""

from __future__ import annotations

import datetime

from hypothesis import example, given
from hypothesis import strategies as st

from desktop import reference
from desktop.operations.imports.model import Note
from desktop.operations.imports.reading import ColumnReader, Setting
from desktop.records.declaration import Field, Kind
from desktop.records.types import catalogue

TODAY = datetime.date(2026, 11, 23)
KINDS = (Kind.TEXT, Kind.USCC, Kind.PHONE, Kind.INTEGER)
FIELDS = [f for t in catalogue().values() for f in t.fields if f.kind in KINDS]
CELLS = st.one_of(
    st.integers(-5, 10**16), st.floats(), st.booleans(), st.text(max_size=20),
    st.text("阿A ·•・．.", max_size=6),
    st.text("一二AEe+-0123 /无nullNULL#REF!（）", max_size=9),
    st.sampled_from(["91330106MA2ABCDEX7", "91330106MA2ABCDEX8", "913301O6MA2ABCDEX7"]),
    st.sampled_from(["13800000000", "1.5E+17", "暂无", "N/A", "NULL", "Null", "#N/A", "#REF!", "####"]),
)  # fmt: skip


def reader(field: Field) -> ColumnReader:
    return ColumnReader(catalogue()["enterprise"], field, 3, Setting(reference.code_lists(), TODAY, set()))


@given(st.sampled_from(FIELDS), st.lists(CELLS | st.none(), min_size=1, max_size=6))
@example(next(f for f in FIELDS if f.names_person), ["阿里·买买提", "阿里.买买提", "阿里•买买提"])
@example(next(f for f in FIELDS if f.kind is Kind.INTEGER), [1e15, 10**15, -0.0, 12.0])
@example(next(f for f in FIELDS if f.kind is Kind.INTEGER), [1.0, True, 1, 0, False])
def test_what_is_read_quickly_is_what_is_read_with_care(field: Field, cells: list[object]) -> None:
    quick, careful = reader(field), reader(field)
    notes: dict[int, list[Note]] = {}
    values = quick.read(cells, notes)  # type: ignore[arg-type]
    plain = [(None, None) if cell is None else careful._read(cell) for cell in cells]  # type: ignore[arg-type]
    assert values == [value for value, _ in plain]
    assert all(type(value) in (str, int, type(None)) for value in values)
    assert notes == {place: [note] for place, (_, note) in enumerate(plain) if note is not None}
    assert quick._setting.valid_codes == careful._setting.valid_codes
