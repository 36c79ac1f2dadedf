"""What was deleted since it was changed is named when the change is to be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.store.ledger import CannotUndo, SlotEdit
from tests.sync.desks import new_root


def test_a_step_about_many_says_how_many_of_them_are_gone_and_goes_back_once_they_are_here(
    tmp_path: Path,
) -> None:
    desk = new_root(tmp_path, "区")
    firms = [desk.birth("firm", {"name": f"厂{n}"}) for n in range(3)]
    edits = [SlotEdit("firm", firm, "name", "改") for firm in firms]
    changed = desk.ledger.write("批量修改", desk.name, edits=edits)
    deleted = desk.delete(firms[1])
    with pytest.raises(CannotUndo, match="单位1条") as told:
        desk.ledger.undo(changed.stamp, desk.name)
    assert "最近的操作" in str(told.value.next_step)
    desk.ledger.undo(deleted.stamp, desk.name)
    desk.ledger.undo(changed.stamp, desk.name)
    shown = [desk.values(firm) for firm in firms]
    assert [values and values["name"] for values in shown] == ["厂0", "厂1", "厂2"]
