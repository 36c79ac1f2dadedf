"""Pictures of the window in states that are seldom seen, for whoever reviews its look.

    python -m tests.ui.pictures OUT [--rows 100000] [--size 1366x728]

Empty lists, long names, rare characters, errors, open lists, filters, deleted records, a list of many rows.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XIAOSANJI_FONTS", "bundle")

from PySide6.QtCore import QSize

from desktop import reference
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.ui.app import make_application
from desktop.ui.draft_dialog import DraftDialog
from desktop.ui.fields.dates import DateEditor
from desktop.ui.fields.pickers import PickEditor
from desktop.ui.forms.page import FormPage
from desktop.ui.lists.page import ListPage
from desktop.ui.notices import Tone
from desktop.ui.pictures import SIZE, Camera, pause, wait_until_idle
from desktop.ui.settings import Settings
from desktop.ui.widgets.overlay import Overlay
from desktop.ui.window import MainWindow
from tests.ui.house import FakeDialogs, make_session, make_workbench

LONG = "杭州云栖犇䶮㛃智能科技（集团）股份有限公司转塘街道第三分公司人力资源服务部"
PLACES = ("杭州", "云栖", "龙坞", "之江", "转塘")
TRADES = ("科技有限公司", "餐饮管理有限公司", "物流有限公司", "茶业专业合作社", "幼儿园")


def firms(count: int) -> Iterator[dict[str, Cell]]:
    """Enterprises of a town, most of them complete."""
    rnd = random.Random(1)
    towns = reference.divisions().children("330106")
    natures = [item.code for item in reference.code_list("unit_nature").offered]
    for n in range(count):
        town = rnd.choice(towns)
        yield {
            "name": LONG if n == 3 else f"{rnd.choice(PLACES)}第{n}{rnd.choice(TRADES)}",
            "town": town.code,
            "village": rnd.choice(reference.divisions().children(town.code)).code,
            "ownership": rnd.choice(natures),
            "sector": "non_public" if n % 5 else None,
            "union_state": rnd.choice("NCY"),
            "surveyed_staff": rnd.randint(1, 400),
            "women_count": 500 if n % 11 == 0 else None,
            "contact_name": "王犇",
            "contact_phone": "13805711234",
        }


def shoot(camera: Camera, window: MainWindow, session: Session, rows: int) -> None:
    """All states, one after the other."""
    _empty(camera, window)
    _records(camera, window, session)
    _lists(camera, window, session, rows)


def _form(window: MainWindow) -> FormPage:
    wait_until_idle(window.workbench)
    page = window.page
    assert isinstance(page, FormPage)
    return page


def _list(window: MainWindow, name: str) -> ListPage:
    window.open_page(f"list:{name}")
    wait_until_idle(window.workbench)
    page = window.page
    assert isinstance(page, ListPage)
    return page


def _close_overlays(window: MainWindow) -> None:
    for overlay in window.findChildren(Overlay):
        overlay.close_overlay()


def _empty(camera: Camera, window: MainWindow) -> None:
    _list(window, "enterprise")
    camera.take("empty-list")
    window.new_record("union")
    _form(window)
    camera.take("new-union")
    window.back()
    window.new_record("meeting")
    page = _form(window)
    page.tabs.setCurrentIndex(1)
    camera.take("children-before-saving")
    page.tabs.setCurrentIndex(0)
    editor = page.form.rows["started_date"].editor
    assert isinstance(editor, DateEditor)
    editor.open_calendar()
    camera.take("calendar")
    _close_overlays(window)
    window.back()


def _records(camera: Camera, window: MainWindow, session: Session) -> None:
    bench = window.workbench
    made: list[str] = []
    bench.write(
        "登记", lambda s, _t: records.save(s, "enterprise", next(firms(1))), lambda r: made.append(r.record)
    )
    wait_until_idle(bench)
    window.open_record("enterprise", made[0])
    page = _form(window)
    page.form.go_to("surveyed_staff")
    line = page.form.rows["surveyed_staff"].editor
    line.set_text("三十几")
    line.edited.emit()
    page.form.go_to("name")
    page.form.rows["name"].editor.set_text(LONG)
    page.form.rows["name"].editor.edited.emit()
    pause(400)
    camera.take("errors")
    village = page.form.rows["village"].editor
    assert isinstance(village, PickEditor)
    village.take_focus()
    village.line.open_list()
    camera.take("place-list")
    _close_overlays(window)
    page.tabs.setCurrentWidget(page.history)
    camera.take("history")
    bench.read_drafts(lambda found, names: DraftDialog(bench, found, names).show(), window)
    wait_until_idle(bench)
    for dialog in window.findChildren(DraftDialog):
        Camera(camera.out, dialog, bench, camera.taken).take("drafts")
        camera.taken += 1
        dialog.reject()
    window.back()


def _lists(camera: Camera, window: MainWindow, session: Session, rows: int) -> None:
    bench = window.workbench
    bench.write("登记", lambda s, _t: records.save_many(s, "enterprise", list(firms(rows))))
    page = _list(window, "enterprise")
    page.list.table.go_to(2)
    camera.take("many-rows")
    page.list.table.go_to(page.list.model.rowCount() - 1)
    camera.take("last-row")
    page.filters._open("town")
    camera.take("filter")
    _close_overlays(window)
    page.search.setText("没有这样的单位")
    page._ask()
    camera.take("nothing-found")
    page._clear()
    page.filters._toggle("_deleted")
    camera.take("nothing-deleted")
    page.filters._toggle("_deleted")
    window.tell(
        Tone.ERROR, "U盘已满，没有写完。请换一个U盘或清理后再导出一次，已经保存的内容都在。", "再试一次"
    )
    camera.take("notice")
    window._change_text_size()
    camera.take("large-text")
    window._change_text_size()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--size", default=f"{SIZE.width()}x{SIZE.height()}")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    width, _, height = given.size.partition("x")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "window.ini")
        make_application(["pictures"], settings)
        dialogs = FakeDialogs()
        dialogs.always_leave()
        session = make_session(Path(folder) / "workspace")
        window = MainWindow(make_workbench(session, dialogs, settings))
        window.resize(QSize(int(width), int(height)))
        window.show()
        window.activateWindow()
        shoot(Camera(given.out, window, window.workbench), window, session, given.rows)
        window.close()


if __name__ == "__main__":
    main()
