"""What tests of the page 上报与合并 share: its window, a town with a village, and what they record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.ui.pages.sync.page import SyncPage
from tests.operations.stations import enrol, station
from tests.ui.hands import Hands

CODE, PHONE = "91330106MA2ABCDEX7", "13812340000"
LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五"
Open = Callable[[Session], tuple[Hands, SyncPage]]


def town_and_village(folder: Path) -> tuple[Session, Session]:
    """A town with its root, and a village of it."""
    town = station(folder, "330110109", "径山镇总工会", Level.DISTRICT)
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, folder)
    return town, village
