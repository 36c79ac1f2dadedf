"""Who may do what: an operator who only looks changes nothing by any operation, who records does not run the desk."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.operations import audit, supervision
from desktop.operations.exports import real_name
from desktop.operations.recording import conflicts, deciding, records, sheets
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import (
    applying,
    enrolling,
    exchange,
    forks,
    policy,
    redating,
    traffic,
    verifying,
    withdrawals,
)
from desktop.operations.workspaces import erasing, operators
from desktop.records.declaration import Level, Role
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station

DAY = datetime.date(2026, 11, 23)


@dataclass(frozen=True)
class Office:
    """An enrolled town with a record in conflict, a file of each kind, and somebody of each role."""

    folder: Path
    session: Session
    record: str
    case: str
    stamp: int

    def as_role(self, role: Role) -> Session:
        """The same workspace, opened by the operator of a role."""
        return open_session(self.session.workspace.folder, role.value, "password1", repeatable("later"))


def make_office(tmp_path: Path) -> Office:
    """The district has another word for the town's figure, and has sent it down."""
    district = station(tmp_path, "330106", "区", Level.DISTRICT)
    town = station(tmp_path, "330106002", "镇", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    saved = records.save(town, "enterprise", {"name": "茶厂"})
    case = records.save(town, "case", {"employer_name": "茶厂", "received_date": DAY.isoformat()})
    report_up(town, district, tmp_path)
    changes = records.save(town, "enterprise", {"name": "镇里改的"}, record=saved.record).changes
    records.save(district, "enterprise", {"name": "区里改的"}, record=saved.record)
    exchange.send(town, tmp_path / "up.xsj")
    exchange.merge(district, [tmp_path / "up.xsj"])
    exchange.send(district, tmp_path / "down.xsj", to=town.ledger.station)
    exchange.merge(town, [tmp_path / "down.xsj"])
    village = station(tmp_path, "330106002001", "村", Level.VILLAGE)
    applying.request(village, tmp_path / "村.xsq")
    for role in (Role.READER, Role.EDITOR, Role.DESK):
        operators.put(town, role.value, role, "password1", CHEAP)
    for session in (district, village, town):
        session.workspace.close()
    return Office(tmp_path, town, saved.record, case.record, changes.stamp)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that a test may change."""
    return make_office(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One office for all who are refused: each sees to it that nothing was changed."""
    return make_office(tmp_path_factory.mktemp("office"))


Act = Callable[[Session, Office], object]

RECORDING: dict[str, Act] = {
    "records.save": lambda s, o: records.save(s, "enterprise", {"name": "新"}),
    "records.save_many": lambda s, o: records.save_many(s, "enterprise", [{"name": "新"}]),
    "records.delete": lambda s, o: records.delete(s, "enterprise", o.record),
    "records.restore": lambda s, o: records.restore(s, "enterprise", o.record),
    "records.undo": lambda s, o: records.undo(s, o.stamp),
    "deciding.decide": lambda s, o: deciding.decide(s, "enterprise", o.record, "name", "定了"),
    "deciding.decide_all": lambda s, o: deciding.decide_all(
        s, [deciding.Decision("enterprise", o.record, "name", "定了")], "处理分歧"
    ),
    "sheets.save_sheet": lambda s, o: sheets.save_sheet(
        s, "签到", [sheets.Line("attendance", {"name": "张三"})]
    ),
    "exchange.send": lambda s, o: exchange.send(s, o.folder / "out.xsj"),
    "audit.reveal": lambda s, o: audit.reveal(s, "enterprise", o.record, "contact_phone"),
    "supervision.record_event": lambda s, o: supervision.record_event(s, o.case, "accepted", DAY),
    "supervision.import_working_days": lambda s, o: supervision.import_working_days(s, o.folder / "up.xsj"),
    "real_name.export_form": lambda s, o: real_name.export_form(s, o.folder / "out.xlsx", "member"),
}
"""What somebody who records may do and somebody who only looks may not."""

RUNNING: dict[str, Act] = {
    "applying.request": lambda s, o: applying.request(s, o.folder / "out.xsq"),
    "enrolling.grant": lambda s, o: enrolling.grant(
        s, o.folder / "村.xsq", o.folder / "out.xsg", compared=None
    ),
    "applying.accept": lambda s, o: applying.accept(s, o.folder / "镇.xsg", compared=None),
    "enrolling.confirm": lambda s, o: enrolling.confirm(s, o.folder / "镇.xsa"),
    "exchange.merge": lambda s, o: exchange.merge(s, [o.folder / "down.xsj"]),
    "exchange.receive": lambda s, o: exchange.receive(s, [o.folder / "down.xsj"]),
    "traffic.merge": lambda s, o: traffic.merge(s, [o.folder / "down.xsj"], o.folder),
    "verifying.export_identity": lambda s, o: verifying.export_identity(s, o.folder / "out.txt"),
    "withdrawals.withdraw": lambda s, o: withdrawals.withdraw(s, 1),
    "policy.revoke": lambda s, o: policy.revoke(s, o.session.ledger.station),
    "policy.lift": lambda s, o: policy.lift(s, o.record),
    "redating.redate": lambda s, o: redating.redate(s),
    "forks.decide": lambda s, o: forks.decide(s, "station", "incarnation", forks.Kind.RESTORED),
    "erasing.erase": lambda s, o: erasing.erase(s, "enterprise", [o.record], basis="request"),
    "operators.put": lambda s, o: operators.put(s, "张三", Role.ADMIN, "password1", CHEAP),
    "operators.disable": lambda s, o: operators.disable(s, "王芳"),
    "supervision.set_number_settings": lambda s, o: supervision.set_number_settings(s, "杭西"),
    "supervision.confirm_numbers": lambda s, o: supervision.confirm_numbers(s, 2026, {}),
    "supervision.file_case": lambda s, o: supervision.file_case(s, o.record),
}
"""What only the desk or an administrator may do."""


def changed_nothing(session: Session, act: Callable[[], object], folder: Path) -> None:
    before = exchange.digest(session), session.ledger.next_number(), sorted(folder.iterdir())
    with pytest.raises(NotAllowed) as refused:
        act()
    assert refused.value.exit_code == 14
    assert (exchange.digest(session), session.ledger.next_number(), sorted(folder.iterdir())) == before


@pytest.mark.parametrize("name", [*RECORDING, *RUNNING])
def test_who_only_looks_changes_nothing(untouched: Office, name: str) -> None:
    with untouched.as_role(Role.READER).workspace as workspace:
        session = Session(workspace)
        act = (RECORDING | RUNNING)[name]
        changed_nothing(session, lambda: act(session, untouched), untouched.folder)


@pytest.mark.parametrize("name", RUNNING)
def test_who_records_does_not_run_the_desk(untouched: Office, name: str) -> None:
    with untouched.as_role(Role.EDITOR).workspace as workspace:
        session = Session(workspace)
        changed_nothing(session, lambda: RUNNING[name](session, untouched), untouched.folder)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.DESK])
def test_who_records_sends_and_decides(office: Office, role: Role) -> None:
    with office.as_role(role).workspace as workspace:
        session = Session(workspace)
        assert exchange.send(session, office.folder / "more.xsj").path.is_file()
        deciding.decide(session, "enterprise", office.record, "name", "定了")
        assert conflicts.open_conflicts(session) == []


def test_looking_and_comparing_need_no_role(office: Office) -> None:
    with office.as_role(Role.READER).workspace as workspace:
        session = Session(workspace)
        (conflict,) = conflicts.open_conflicts(session)
        assert {c.value for c in conflict.claims} == {"镇里改的", "区里改的"}
        assert exchange.merge(session, [office.folder / "down.xsj"], preview=True).bundles
        operators.change_own_password(session, "password1", "password2", CHEAP)
