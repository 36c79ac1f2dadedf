"""Tables that are about one group of people as of one day, and say so in their heading or not at all."""

from __future__ import annotations

from pathlib import Path

from desktop.operations.imports import importing, telling, whole
from desktop.operations.imports.importing import ImportPreview, Options, Weight
from desktop.operations.session import Session
from tests.documents.workbooks import book
from tests.operations.registers import outcomes

SURVEY = "new_form_survey"


def look(session: Session, path: Path, **said: object) -> ImportPreview:
    return importing.preview(session, path, SURVEY, options=Options(whole=dict(said)))  # type: ignore[arg-type]


def test_what_a_table_leaves_to_its_heading_is_said_once(district: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "站点.xlsx", [["镇街", "从业人数"], ["转塘街道", 12], ["留下街道", 13]])
    record_type = district.types[SURVEY]
    bare = look(district, path)
    assert outcomes(bare) == ["rejected", "rejected"]
    assert whole.unsaid(record_type, bare.columns, bare.options) == ["群体", "截至日期"]
    shown = look(district, path, key_group="ride_hailing_driver", as_of_date="2026-09-30")
    assert outcomes(shown) == ["new", "new"]
    assert whole.unsaid(record_type, shown.columns, shown.options) == []
    assert telling.sentences(shown)[0] == "2行没有写的，按您在第一步给整张表填的导入。"
    assert [row.parts[0].values["as_of_date"] for row in shown.rows] == ["2026-09-30"] * 2


def test_a_row_that_speaks_for_itself_is_not_told_otherwise(district: Session, tmp_path: Path) -> None:
    rows = [["群体", "镇街", "截至日期", "从业人数"], ["网约车司机", "转塘街道", "2026-03-31", 12],
            [None, "转塘街道", None, 13], ["网约车司机", "转塘街道", "三月底", 14]]  # fmt: skip
    shown = look(district, book(tmp_path / "站点.xlsx", rows), key_group="courier", as_of_date="2026-09-30")
    assert outcomes(shown) == ["new", "new", "rejected"]
    assert [(r.parts[0].values["key_group"], r.parts[0].values.get("as_of_date")) for r in shown.rows] == [
        ("ride_hailing_driver", "2026-03-31"), ("courier", "2026-09-30"), ("ride_hailing_driver", None),
    ]  # fmt: skip


def test_a_row_without_half_of_its_name_goes_in_and_says_so(district: Session, tmp_path: Path) -> None:
    rows = [["群体", "镇街", "截至日期", "从业人数"], ["网约车司机", "转塘街道", "2026-03-31", 12],
            ["", "转塘街道", "2026-03-31", 13], ["", "转塘街道", "", 14]]  # fmt: skip
    shown = look(district, book(tmp_path / "站点.xlsx", rows))
    assert outcomes(shown) == ["new", "new", "rejected"]
    assert [(n.text, n.weight) for n in shown.rows[1].notes] == [("没有“群体”，请补上", Weight.WARNING)]


def test_only_what_names_many_records_alike_is_asked_once(district: Session) -> None:
    offered = {t.name for t in district.types.values() if whole.fields_of(t)}
    assert offered == {SURVEY, "training_plan", "reported_figure", "plan_target"}
