"""Views of lists under a name: kept in the encrypted file, replaced, renamed, forgotten, and back after a restore."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import views
from desktop.operations.recording import records
from desktop.operations.views import NoName, View
from desktop.operations.workspaces import erasing, restoring
from desktop.records.declaration import Level
from tests.operations.stations import repeatable, station

SEARCHED = "犇㛃䶮"


def test_a_view_is_kept_replaced_renamed_and_forgotten(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    full = View(
        " 要看的 ", SEARCHED, {"union_state": ("N", "C")}, "u", True, True, ("name",), "surveyed_staff", True
    )
    kept = views.keep(village, "member", full)
    assert [v.name for v in kept] == ["要看的"]
    assert kept[0].same(full)
    views.keep(village, "member", View("二"))
    views.keep(village, "member", View("要看的", deleted=True))
    assert views.of(village.database, "member") == [View("要看的", deleted=True), View("二")]
    assert not kept[0].same(View("要看的"))
    assert [v.name for v in views.rename(village, "member", "二", "要看的")] == ["要看的"]
    assert views.of(village.database, "member") == [View("要看的")]
    assert views.of(village.database, "enterprise") == []
    assert views.forget(village, "member", "要看的") == []
    with pytest.raises(NoName):
        views.keep(village, "member", View(" "))


def test_what_is_searched_for_stands_in_no_file_in_clear_and_comes_back_with_a_restore(
    tmp_path: Path,
) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    folder = village.workspace.folder
    views.keep(village, "member", View("一", SEARCHED))
    village.workspace.close()
    for path in folder.rglob("*"):
        if path.is_file():
            assert SEARCHED.encode() not in path.read_bytes(), path
    again = restoring.restore(folder, None, "王芳", "password1", repeatable("restored")).session
    assert [v.text for v in views.of(again.database, "member")] == [SEARCHED]
    again.workspace.close()


def test_erasing_forgets_views_that_search_for_words(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    record = records.save(village, "member", {"name": SEARCHED}).record
    views.keep(village, "member", View(SEARCHED, SEARCHED))
    views.keep(village, "union", View("她的工会", SEARCHED))
    views.keep(village, "union", View("已删除的", deleted=True))
    slot = village.types["member"].slot_of["name"]
    erasing.erase(village, "member", [record], [slot], basis="consent")
    assert views.of(village.database, "member") == []
    assert [v.name for v in views.of(village.database, "union")] == ["已删除的"]
