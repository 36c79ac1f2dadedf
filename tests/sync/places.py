"""A district with two towns and three villages, and what a valid station among them may try against the others."""

from __future__ import annotations

from pathlib import Path

from desktop.records.declaration import Level, Role
from desktop.sync.authority import station
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import Claims, grant_serial
from tests.sync.casting import Making, cast
from tests.sync.desks import Desk, enrol, grant_record, new_desk, new_root

FIRM, OTHER = "f1" * 16, "f2" * 16


class Places:
    """The stations, all enrolled or as ``making`` makes them, and who reports to whom."""

    def __init__(self, folder: Path, making: Making | None = None) -> None:
        self.desks = cast(making or _enrolled, folder)
        self.district, self.town, self.other, self.village, self.sibling, self.far = self.desks
        self.pairs = [
            (self.village, self.town),
            (self.sibling, self.town),
            (self.far, self.other),
            (self.town, self.district),
            (self.other, self.district),
        ]

    def deliver(self, rounds: int = 3) -> None:
        """Up and down everywhere, until nothing is on its way or so many times."""
        for _ in range(rounds):
            reports = [
                report
                for below, desk in self.pairs
                for report in (desk.merge(below.send()), below.merge(desk.send(below)))
            ]
            if not any(told.total for report in reports for told in report.bundles):
                break


def _enrolled(folder: Path) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town, other = (new_desk(folder, name, Level.TOWN) for name in ("甲镇", "乙镇"))
    village, sibling, far = (new_desk(folder, name, Level.VILLAGE) for name in ("甲村", "邻村", "乙镇的村"))
    enrol(town, district, 3)
    enrol(other, district, 3)
    enrol(village, town)
    enrol(sibling, town)
    enrol(far, other)
    return district, town, other, village, sibling, far


def self_grant(desk: Desk, holder: Desk, units: set[str], level: Level) -> None:
    """The desk writes a grant for a certificate that it has issued itself, and that nobody above would accept."""
    own = certificates.parse(station.own_chain(desk.ledger)[0])
    serial = grant_serial(desk.station, desk.keys.incarnation, desk.ledger.next_number())
    claims = Claims(
        holder.station, holder.keys.public_key, holder.keys.recipient, frozenset(units), level, Role.DESK
    )
    made = certificates.issue(claims, serial, desk.keys, own)
    desk.ledger.write("批准", desk.name, births=[grant_record(desk, made, holder.unit)])


def name_of(desk: Desk, record: str = FIRM) -> object:
    values = desk.values(record)
    return None if values is None else values["name"]
