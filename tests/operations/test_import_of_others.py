"""A table changes no record of a unit that is not below, as a form does not: nobody else would take it in."""

from __future__ import annotations

from pathlib import Path

from desktop.operations.imports.importing import Weight
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.identity import unit_id
from desktop.store.ledger import Deletion, NewRecord
from tests.operations.registers import bring, code, district, firm, held, look, outcomes, table
from tests.operations.stations import forged

__all__ = ["district"]

ELSEWHERE = unit_id("town", "别的镇")
WORDS = "归“别的单位”管，本单位改了各处都不收，没有改动；要改，请联系它"


def test_a_row_about_anothers_record_stays_out_and_says_whose_it_is(
    district: Session, tmp_path: Path
) -> None:
    theirs = forged(
        district, {"name": "杭州示例1科技有限公司", "uscc": code(1), "surveyed_staff": 3}, ELSEWHERE
    )
    same = forged(district, {"name": "杭州示例2科技有限公司", "uscc": code(2)}, ELSEWHERE)
    path = table(tmp_path, [["杭州示例1科技有限公司", code(1), 8], ["杭州示例2科技有限公司", code(2), None],
                            ["杭州示例3科技有限公司", code(3), 9]], ["企业名称", "信用代码", "职工人数"])  # fmt: skip
    done = bring(district, path)
    assert outcomes(done.preview) == ["rejected", "same", "new"]
    [note] = [n for n in done.preview.rows[0].notes if n.weight is Weight.PROBLEM]
    assert note.text == f"这条企业（单位）{WORDS}"
    assert done.preview.rows[0].changes == ()
    assert done.preview.rows[0] in done.preview.to_mend
    assert done.changes.records["enterprise"] == (held(district)["杭州示例3科技有限公司"].id,)
    assert held(district)["杭州示例1科技有限公司"].values["surveyed_staff"] == 3
    assert {theirs, same} <= {r.id for r in held(district).values()}


def test_what_another_has_is_not_brought_back(district: Session, tmp_path: Path) -> None:
    theirs = forged(district, {"name": "杭州示例1科技有限公司", "uscc": code(1)}, ELSEWHERE)
    district.ledger.write("删除", "王芳", deletions=[Deletion("enterprise", theirs)])
    path = table(tmp_path, [firm(1)])
    assert outcomes(look(district, path)) == ["deleted"]
    refused = look(district, path, revive=True)
    assert outcomes(refused) == ["rejected"]
    assert (refused.plan.edits, refused.plan.deletions) == ([], [])
    # Nor what was made here and undone, where its unit has gone elsewhere since.
    cells = {"name": "杭州示例2科技有限公司", "uscc": code(2)}
    birth = NewRecord("enterprise", district.ledger.new_id(), ELSEWHERE, cells)
    records.undo(district, district.ledger.write("导入", "王芳", births=[birth]).stamp)
    assert outcomes(look(district, table(tmp_path, [firm(2)], name="二.xlsx"))) == ["rejected"]


UNIONS = ["工会名称", "建会类型", "会员人数", "单位名称", "单位统一社会信用代码", "单位职工人数"]


def test_of_a_table_of_unions_goes_in_what_is_below(district: Session, tmp_path: Path) -> None:
    name = "杭州示例1科技有限公司工会委员会"
    forged(district, {"name": name, "member_count": 3}, ELSEWHERE, "union")
    rows = [[name, "单独建会", 8, "杭州示例1科技有限公司", code(1), 9]]
    first = bring(district, table(tmp_path, rows, UNIONS), "union")
    # The firm is new and goes in; its union stays as it is, and is not said to cover the firm.
    assert outcomes(first.preview) == ["new"]
    told = [n.text for n in first.preview.rows[0].notes if n.weight is Weight.WARNING]
    whose = "这条工会归“别的单位”管，本单位改了各处都不收"
    assert f"{whose}，没有登记它覆盖这家企业；要登记，请联系它" in told
    assert f"{whose}，没有改动；要改，请联系它" in told
    assert held(district, "union")[name].values["member_count"] == 3
    assert held(district, "coverage") == {}
    # Once more there is nothing to do but what is another's.
    again = look(district, table(tmp_path, rows, UNIONS), "union")
    assert outcomes(again) == ["rejected"]
    assert again.plan.births == []
