"""Under which heading of the navigation a record type is found, and which types are not listed at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue

HOUSEKEEPING: Final = "管理"

HIDDEN_TYPES: Final = frozenset({"grant", "same", "attachment", "attachment_part", "paper_template"})
"""Record types that stand for a step of another page, or are shown with their record, and are not listed."""

MENU_ICONS: Final[Mapping[str, str]] = {
    "建会": "building-2",
    "会员": "users",
    "干部": "user-check",
    "会议": "calendar-days",
    "民主管理": "vote",
    "培训": "graduation-cap",
    "劳动法律监督": "scale",
    "新业态": "truck",
    "服务与阵地": "map-pin",
    "提质评价": "award",
    "经费保障": "landmark",
    "党建与督导": "messages-square",
    HOUSEKEEPING: "id-card",
    "目标与数字": "target",
    "体系": "network",
}


def by_menu(types: Catalogue) -> dict[str, list[RecordType]]:
    """The record types that are listed, by the heading under which they are found."""
    menus: dict[str, list[RecordType]] = {}
    for record_type in types.values():
        if record_type.name not in HIDDEN_TYPES:
            menus.setdefault(record_type.menu or "其他", []).append(record_type)
    return menus
