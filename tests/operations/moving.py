"""A village that will have another superior: two towns under a district."""

from __future__ import annotations

from pathlib import Path

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up, station


class World:
    """A district, two towns that may enrol, and a village of the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
        self.old = station(folder, "330110109", "径山镇总工会", Level.TOWN)
        self.new = station(folder, "330110110", "瓶窑镇总工会", Level.TOWN)
        self.village = station(folder, "330110109222", "径山村工会", Level.VILLAGE)
        for town in (self.old, self.new):
            enrol(town, self.district, folder, delegate=True)
        enrol(self.village, self.old, folder)
        self.tea = add(self.village, "茶厂")
        self.bad = add(self.village, "错的厂")
        report_up(self.village, self.old, folder)

    def report(self, *pairs: tuple[Session, Session]) -> None:
        for below, desk in pairs:
            report_up(below, desk, self.folder)

    @property
    def towns(self) -> list[tuple[Session, Session]]:
        return [(self.old, self.district), (self.new, self.district)]


def add(session: Session, name: str) -> str:
    return records.save(session, "enterprise", {"name": name}).record
