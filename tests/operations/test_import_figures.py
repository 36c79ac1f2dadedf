"""Past figures and targets come in from one table for many units, and a corrected table corrects them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations.exports import import_templates
from desktop.operations.imports import importing
from desktop.operations.imports.importing import Weight
from desktop.operations.session import NotAllowed, Session
from desktop.plan import reported
from desktop.records.declaration import Level
from desktop.store.queries import reading
from desktop.store.queries.reading import Query, Record
from tests.operations import stations
from tests.operations.registers import bring, look, outcomes, table

TARGETS = ["指标", "镇街", "从哪天起", "到哪天为止", "目标值", "目标单位", "依据"]
FIGURES = ["指标", "哪个数", "镇街", "截至日期", "数值", "来源"]


@pytest.fixture
def town(district: Session, tmp_path: Path) -> Session:
    """A town below the district."""
    below = stations.station(tmp_path, "330106010", "转塘街道总工会", Level.TOWN)
    stations.enrol(below, district, tmp_path)
    return below


def target(where: str | None, value: int) -> list[Any]:
    return ["新增会员数", where, "2024-01-01", "2026-12-31", value, "人", "区总工会"]


def year_end(value: object, where: str | None = "转塘街道", day: str = "2023-12-31") -> list[Any]:
    return ["T17", "分母", where, day, value, "统计年报"]


def records(session: Session, type_name: str) -> list[Record]:
    return list(reading.records(session.database, session.types, Query(type_name)))


@pytest.mark.parametrize("words", ["转塘街道", "转塘", "转塘街道总工会", "330106010"])
def test_a_target_is_that_of_the_unit_in_its_row(
    district: Session, town: Session, tmp_path: Path, words: str
) -> None:
    shown = look(district, table(tmp_path, [target(words, 30), target(None, 900)], TARGETS), "plan_target")
    assert "属于“转塘街道总工会”" in [n.text for n in shown.rows[0].notes]
    importing.run(district, shown)
    by_unit = {r.unit: r.values["target_value"] for r in records(district, "plan_target")}
    assert by_unit == {town.unit.id: "30", district.unit.id: "900"}


def test_a_corrected_table_changes_targets_and_figures_and_doubles_none(
    district: Session, town: Session, tmp_path: Path
) -> None:
    rows = [target("转塘街道", 30), target(None, 900)]
    bring(district, table(tmp_path, rows, TARGETS), "plan_target")
    bring(district, table(tmp_path, [year_end(1000), year_end(5000, None)], FIGURES), "reported_figure")
    again = look(district, table(tmp_path, rows, TARGETS), "plan_target")
    assert outcomes(again) == ["same", "same"]
    rows[0][4] = 40
    bring(district, table(tmp_path, rows, TARGETS), "plan_target")
    figures = [year_end(1200), year_end(5000, None), year_end(1300, day="2024-12-31")]
    shown = look(district, table(tmp_path, figures, FIGURES), "reported_figure")
    assert outcomes(shown) == ["changed", "same", "new"]
    importing.run(district, shown)
    assert sorted(str(r.values["target_value"]) for r in records(district, "plan_target")) == ["40", "900"]
    assert sorted(str(r.values["value"]) for r in records(district, "reported_figure")) == [
        "1200", "1300", "5000",
    ]  # fmt: skip


def test_a_village_among_towns_is_asked_about(district: Session, tmp_path: Path) -> None:
    """A figure has a town and no village: that of a village is not the town's."""
    rows = [year_end(1000), year_end(70, "双流社区")]
    shown = look(district, table(tmp_path, rows, FIGURES), "reported_figure")
    assert [n.text for n in shown.rows[1].notes if n.weight is Weight.PROBLEM] == [
        "“双流社区”是村社，这一列请填镇街"
    ]


def test_a_unit_that_is_not_known_is_never_taken_for_the_own_one(district: Session, tmp_path: Path) -> None:
    shown = look(district, table(tmp_path, [target("留下街道", 30)], TARGETS), "plan_target")
    assert outcomes(shown) == ["rejected"]
    assert any("没有找到下级单位" in n.text for n in shown.rows[0].notes if n.weight is Weight.PROBLEM)


def test_the_template_lists_the_units_and_comes_back_filled_in(
    district: Session, town: Session, tmp_path: Path
) -> None:
    path = tmp_path / "目标.xlsx"
    import_templates.write_empty(district, path, "plan_target")
    book = openpyxl.load_workbook(path)
    sheet, options = book.worksheets[0], book["选项"]
    assert options.sheet_state == "hidden"
    assert [c.value for c in options["A"]][:2] == ["西湖区总工会", "转塘街道总工会"]
    assert len(sheet.data_validations.dataValidation) == 4
    header = [str(c.value) for c in sheet[1]]
    values = {"所属单位": "转塘街道总工会", "指标": "新增会员数", "从哪天起": "2024-01-01",
              "到哪天为止": "2026/12/31", "目标值": "30", "目标单位": "人"}  # fmt: skip
    sheet.append([values.get(name) for name in header])
    book.save(path)
    result = bring(district, path, "plan_target")
    assert (result.counts.new, result.preview.unknown_columns) == (1, ())
    (held,) = records(district, "plan_target")
    assert held.unit == town.unit.id


def test_every_type_that_may_be_written_has_a_template_whose_columns_are_known(
    district: Session, tmp_path: Path
) -> None:
    for name, record_type in district.types.items():
        path = tmp_path / f"{name}.xlsx"
        if not district.may_write(record_type):
            with pytest.raises(NotAllowed):
                import_templates.write_empty(district, path, name)
            continue
        import_templates.write_empty(district, path, name)
        shown = look(district, path, name)
        assert shown.rows == []
        assert [c.header for c in shown.unknown_columns] == [], name


def test_figures_of_past_years_reach_the_plan(district: Session, town: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [year_end("1,200")], FIGURES), "reported_figure")
    (held,) = records(district, "reported_figure")
    assert held.unit == town.unit.id
    assert (held.values["as_of_date"], held.values["value"]) == ("2023-12-31", "1200")
    assert held.values["figure"] == reported.DENOMINATOR


def test_a_table_for_people_tells_them_who_collects_and_asks_for_their_consent(
    town: Session, tmp_path: Path
) -> None:
    import_templates.write_empty(town, tmp_path / "会员.xlsx", "member")
    words = {r[0].value: r[1].value for r in openpyxl.load_workbook(tmp_path / "会员.xlsx")["填表须知"]}
    assert words["谁收集"] == town.unit.name
    assert "证件号码" in words["收集什么"]
    assert "本人同意日期" in words["单独同意"]
