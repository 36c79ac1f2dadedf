"""A forgotten password is recovered from above or by the code; a ledger that came from elsewhere is asked about."""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.errors import Problem
from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import applying, enrolling, exchange, moving, roots, traffic
from desktop.operations.workspaces import answering, operators, recovery, restoring, whereabouts
from desktop.operations.workspaces import recovery_notes as notes
from desktop.operations.workspaces.operators import NoOperator
from desktop.operations.workspaces.whereabouts import NotInDoubt, Origin
from desktop.records.declaration import Level, Role
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.workspaces import openings, recovery_codes
from desktop.store.workspaces.backups import BACKUPS, prune_replaced
from desktop.store.workspaces.keys import KeySlots, WeakPassword, WrongCode, WrongPassword
from desktop.store.workspaces.openings import Doubt
from desktop.store.workspaces.places import InUse
from desktop.store.workspaces.recovery_codes import BadCode
from desktop.store.workspaces.unlocking import LEDGER
from desktop.store.workspaces.workspace import CopyMustEnrol, InDoubt
from desktop.sync.authority import station as stations
from desktop.sync.enrolling import recovery as files
from desktop.sync.errors import CutShort, Damaged, Exchanged, UnitNotKnown
from desktop.sync.errors import recovery as causes
from desktop.sync.errors.enrolment import RootDiffers
from desktop.sync.errors.surroundings import DiskGone
from desktop.sync.signed import certificates
from desktop.sync.signed.tree import Tree
from desktop.sync.trust import TrustState
from tests.operations.stations import CHEAP, START, enrol, repeatable, report_up, station

NEW = "brand-new-password"
DAY = 86_400_000


@dataclass
class Stage:
    """A district with two villages; the first has forgotten its password."""

    folder: Path
    district: Session
    village: Path
    other: Session
    village_id: str

    @property
    def request(self) -> Path:
        return self.folder / "申请.xsr"

    @property
    def answer(self) -> Path:
        return self.folder / "答复.xsk"

    def ask(self, password: str = NEW, out: Path | None = None) -> recovery.Requested:
        return recovery.ask(self.village, "王芳", password, out or self.request, repeatable("asking"), CHEAP)

    def take(self, path: Path | None = None, password: str = NEW) -> Session:
        return recovery.take(self.village, path or self.answer, password, repeatable("taking"), cost=CHEAP)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    other = station(tmp_path, "330110109222", "长乐村工会", Level.VILLAGE)
    for session in (village, other):
        enrol(session, district, tmp_path)
        recovery.after_opening(session)
    records.save(village, "enterprise", {"name": "不能丢的厂"})
    folder, name = village.workspace.folder, village.ledger.station
    village.workspace.close()
    return Stage(tmp_path, district, folder, other, name)


def acts(session: Session) -> list[str]:
    return [line.action for line in audit.recent(session)]


def names(session: Session) -> list[str]:
    found = reading.records(session.database, session.types, Query("enterprise"))
    return [str(r.values["name"]) for r in found]


# -- by the level above ------------------------------------------------------------------------------------------------


def test_the_district_answers_and_the_new_password_opens_what_was_typed(stage: Stage) -> None:
    asked = stage.ask()
    assert asked.office == "余杭区总工会"
    seen = answering.look_request(stage.district, stage.request)
    assert (seen.name, seen.operator, seen.level) == ("径山村工会", "王芳", Level.VILLAGE)
    assert seen.words == asked.words, "both sides read the same words"
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    offered = recovery.look_answer(stage.village, stage.answer)
    assert offered.words == traffic.own_words(stage.district)
    assert (offered.office, offered.operator) == ("余杭区总工会", "王芳")
    with pytest.raises(WrongPassword):
        stage.take(password="another-password")
    session = stage.take()
    assert names(session) == ["不能丢的厂"]
    assert acts(session)[:2] == ["恢复口令", "申请恢复口令"]
    assert "答复恢复口令" in acts(stage.district)
    session.workspace.close()
    open_session(stage.village, "王芳", NEW).workspace.close()
    with pytest.raises(WrongPassword):
        open_session(stage.village, "王芳", "password1")


def test_no_secret_stands_in_clear_in_a_file_that_travels_or_waits(stage: Stage) -> None:
    again = open_session(stage.village, "王芳", "password1")
    key = again.workspace.key
    again.workspace.close()
    stage.ask()
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    secret = json.loads((stage.village / "keys.json").read_text("utf-8"))["recovery"]
    assert "AGE-SECRET" not in json.dumps(secret)
    for path in (stage.request, stage.answer, stage.village / "keys.json"):
        found = path.read_bytes()
        assert key not in found
        assert key.hex().encode() not in found


def test_an_answer_serves_once_and_only_the_last_request(stage: Stage) -> None:
    stage.ask()
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    first, old = stage.answer, stage.folder / "旧答复.xsk"
    shutil.copy(first, old)
    recovery.ask(stage.village, "王芳", NEW, stage.request, repeatable("again"), CHEAP)
    with pytest.raises(causes.AnswerForOtherRequest):
        stage.take(old)
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    stage.take().workspace.close()
    with pytest.raises(causes.AnswerUsed) as told:
        stage.take()
    assert told.value.next_step
    with pytest.raises(causes.AnswerForOtherRequest):
        stage.take(old)


def test_another_laptops_answer_and_another_offices_are_refused(stage: Stage) -> None:
    folder = stage.other.workspace.folder
    stage.other.workspace.close()
    recovery.ask(folder, "王芳", NEW, stage.folder / "other.xsr", repeatable("other"), CHEAP)
    answering.answer(stage.district, stage.folder / "other.xsr", stage.folder / "other.xsk", compared=None)
    stage.ask()
    with pytest.raises(causes.AnswerForOtherLaptop):
        stage.take(stage.folder / "other.xsk")
    foreign = station(stage.folder / "foreign", "330106", "西湖区总工会", Level.DISTRICT)
    found = files.read_request(stage.request.read_bytes())
    keys = stations.load_keys(foreign.ledger)
    chain = stations.own_chain(foreign.ledger)
    forged = files.make_answer(found, bytes(32), certificates.parse(chain[0]), keys, START)
    stage.answer.write_bytes(forged)
    with pytest.raises(causes.UnknownOffice):
        stage.take()


def test_a_request_is_answered_once(stage: Stage) -> None:
    stage.ask()
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    with pytest.raises(causes.AlreadyAnswered):
        answering.look_request(stage.district, stage.request)
    with pytest.raises(causes.AlreadyAnswered):
        answering.answer(stage.district, stage.request, stage.answer, compared=None)


def test_a_request_that_was_put_in_place_of_the_compared_one_is_not_answered(stage: Stage) -> None:
    stage.ask()
    seen = answering.look_request(stage.district, stage.request)
    recovery.ask(stage.village, "王芳", NEW, stage.request, repeatable("asking again"), CHEAP)
    with pytest.raises(Exchanged):
        answering.answer(stage.district, stage.request, stage.answer, compared=seen.digest)
    assert not stage.answer.exists()
    again = answering.look_request(stage.district, stage.request)
    answering.answer(stage.district, stage.request, stage.answer, compared=again.digest)


def test_an_answer_that_could_not_be_written_may_be_written_again(stage: Stage) -> None:
    stage.ask()
    with pytest.raises(DiskGone):
        answering.answer(
            stage.district, stage.request, stage.folder / "no such stick" / "答复.xsk", compared=None
        )
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    stage.take().workspace.close()


def test_an_attacker_with_the_right_name_of_the_unit_gets_nothing(stage: Stage) -> None:
    """His own workspace, enrolled in a tree of his own, with the village's code and name."""
    his = station(stage.folder / "his", "330110", "余杭区总工会", Level.DISTRICT)
    fake = station(stage.folder / "his", "330110109200", "径山村工会", Level.VILLAGE)
    enrol(fake, his, stage.folder / "his")
    chain = (
        certificates.issue(_claims_of(fake), 77, stations.load_keys(his.ledger),
                                 certificates.parse(stations.own_chain(his.ledger)[0])).der,
        *stations.own_chain(his.ledger),
    )  # fmt: skip
    seal = files.make_seal(
        fake.workspace.key, files.Holder("330110109200", "径山村工会", Level.VILLAGE), "余杭区总工会",
        chain, stations.load_keys(fake.ledger),
    )  # fmt: skip
    data, _, _ = files.make_request(seal, "王芳", START, repeatable("attacker").random)
    stage.request.write_bytes(data)
    with pytest.raises(causes.UnknownLaptop):
        answering.answer(stage.district, stage.request, stage.answer, compared=None)
    assert not stage.answer.exists()


def _claims_of(session: Session) -> certificates.Claims:
    keys = stations.load_keys(session.ledger)
    return certificates.Claims(
        keys.station, keys.public_key, keys.recipient, frozenset([session.unit.id]), Level.VILLAGE, Role.DESK
    )


def test_whoever_copied_the_seal_is_told_apart_by_the_words_alone(stage: Stage) -> None:
    """The seal lies in a file that anybody at the laptop can copy: a request over it is well made, its words differ."""
    asked = stage.ask()
    seal = notes.seal(KeySlots.load(stage.village))
    assert seal is not None
    data, _, _ = files.make_request(seal, "王芳", START, repeatable("thief").random)
    stolen = stage.folder / "stolen.xsr"
    stolen.write_bytes(data)
    seen = answering.look_request(stage.district, stolen)
    assert seen.words != asked.words
    answering.answer(stage.district, stolen, stage.answer, compared=None)
    with pytest.raises(causes.AnswerForOtherRequest):
        stage.take()


def test_only_who_may_merge_answers(stage: Stage) -> None:
    operators.put(stage.district, "录入", Role.EDITOR, "password2", CHEAP)
    folder = stage.district.workspace.folder
    stage.ask()
    stage.district.workspace.close()
    editor = open_session(folder, "录入", "password2", repeatable("editor"))
    with pytest.raises(NotAllowed):
        answering.answer(editor, stage.request, stage.answer, compared=None)


def test_a_sealed_key_of_another_office_is_not_answered_here(stage: Stage) -> None:
    town = station(stage.folder, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, stage.district, stage.folder, delegate=True)
    stage.ask()
    with pytest.raises(causes.SealedToOther):
        # The town trusts the village's chain as soon as it holds its grant, but the key is the district's to open.
        files.open_request(
            files.read_request(stage.request.read_bytes()),
            _with_other_recipients(stage.district, stations.load_keys(town.ledger).recipient),
            stations.load_keys(town.ledger),
            (),
        )


def _with_other_recipients(desk: Session, recipient: str) -> TrustState:
    state = stations.knowledge(desk.ledger, stations.load_keys(desk.ledger)).state
    return dataclasses.replace(state, recipients=frozenset([recipient]))


def test_a_revoked_laptop_is_not_answered(stage: Stage) -> None:
    stage.ask()
    keys = stations.load_keys(stage.district.ledger)
    state = stations.knowledge(stage.district.ledger, keys).state
    found = files.read_request(stage.request.read_bytes())
    assert len(files.open_request(found, state, keys, ())) == 32
    revoked = dataclasses.replace(state, revocations={stage.village_id: {found.seal.incarnation: 400}})
    with pytest.raises(causes.LaptopRevoked):
        files.open_request(found, revoked, keys, ())


@pytest.mark.no_cover
def test_a_village_that_was_moved_is_recovered_by_the_district_that_is_still_above_it(tmp_path: Path) -> None:
    """Enrolled anew it cannot be as long as nobody opens it; its former town stood between, and is not asked."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    for below, desk in ((town, district), (village, town)):
        enrol(below, desk, tmp_path, delegate=True)
    report_up(town, district, tmp_path)
    recovery.after_opening(village)
    moving.move(district, village.unit.id, district.unit.id)
    folder, request, answer = village.workspace.folder, tmp_path / "a.xsr", tmp_path / "a.xsk"
    village.workspace.close()
    recovery.ask(folder, "王芳", NEW, request, repeatable("asking"), CHEAP)
    answering.answer(district, request, answer, compared=None)
    recovery.take(folder, answer, NEW, repeatable("taking"), cost=CHEAP).workspace.close()
    # Of a village that is another's by now this district says nothing.
    state = stations.knowledge(district.ledger, stations.load_keys(district.ledger)).state
    away = dataclasses.replace(state, tree=Tree({**state.tree, village.unit.id: None}))
    with pytest.raises(causes.LaptopMoved):
        files.open_request(
            files.read_request(request.read_bytes()), away, stations.load_keys(district.ledger), ()
        )
    unknown = dataclasses.replace(state, tree=Tree({district.unit.id: None}))
    with pytest.raises(UnitNotKnown):
        files.open_request(
            files.read_request(request.read_bytes()), unknown, stations.load_keys(district.ledger), ()
        )


def test_a_village_of_a_town_is_recovered_by_the_district_and_not_by_the_town(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    report_up(town, district, tmp_path)
    recovery.after_opening(village)
    folder = village.workspace.folder
    village.workspace.close()
    recovery.ask(folder, "王芳", NEW, tmp_path / "v.xsr", repeatable("v"), CHEAP)
    with pytest.raises(causes.SealedToOther):
        answering.look_request(town, tmp_path / "v.xsr")
    answering.answer(district, tmp_path / "v.xsr", tmp_path / "v.xsk", compared=None)
    recovery.take(folder, tmp_path / "v.xsk", NEW, repeatable("w"), cost=CHEAP).workspace.close()


def test_the_key_is_sealed_anew_when_its_recipient_changes_and_not_before(stage: Stage) -> None:
    session = open_session(stage.village, "王芳", "password1", repeatable("sealing"))
    assert not recovery.keep_sealed(session), "nothing has changed"
    before = notes.seal(session.workspace.slots)
    assert before is not None
    files.read_seal(before)
    stations.begin_incarnation(session.ledger, "0123456789abcdef")
    assert recovery.keep_sealed(session)
    assert notes.seal(session.workspace.slots) != before
    notes.keep_seal(session.workspace.slots, b"nothing")
    assert recovery.keep_sealed(session), "one that was tampered with is made anew"
    session.workspace.close()


def test_before_the_grant_nobody_above_can_help_and_the_words_say_what_can(tmp_path: Path) -> None:
    alone = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    recovery.after_opening(alone)
    folder = alone.workspace.folder
    with pytest.raises(InUse):
        recovery.ask(folder, "王芳", NEW, tmp_path / "a.xsr", cost=CHEAP)
    alone.workspace.close()
    assert recovery.standing(folder) == recovery.Standing(True, "", None, "", None)
    with pytest.raises(recovery.NotSealed, match="恢复码"):
        recovery.ask(folder, "王芳", NEW, tmp_path / "a.xsr", cost=CHEAP)
    assert not (tmp_path / "a.xsr").exists()


def test_what_waits_is_told_with_its_words_to_be_read_out(stage: Stage) -> None:
    asked = stage.ask()
    found = recovery.standing(stage.village)
    assert (found.office, found.operator, found.words) == ("余杭区总工会", "王芳", asked.words)
    with pytest.raises(WeakPassword):
        stage.ask(password="short")
    with pytest.raises(NoOperator):
        recovery.ask(stage.village, "谁", NEW, stage.request, cost=CHEAP)
    assert recovery.standing(stage.village).words == asked.words, "a request that failed replaces none"


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"[]",
        lambda data: data.replace(b"recovery-request", b"recovery-answer"),
        lambda data: data + b" " * 3_000_000,
    ],
)
def test_a_harmed_request_is_a_problem_and_never_a_bug(stage: Stage, harm: Callable[[bytes], bytes]) -> None:
    stage.ask()
    stage.request.write_bytes(harm(stage.request.read_bytes()))
    with pytest.raises(Problem) as told:
        answering.look_request(stage.district, stage.request)
    assert isinstance(told.value, (Damaged, CutShort, causes.RequestForged))
    assert told.value.next_step


def test_a_damaged_ledger_is_restored_with_the_recovered_password(stage: Stage) -> None:
    stage.ask()
    answering.answer(stage.district, stage.request, stage.answer, compared=None)
    (stage.village / LEDGER).write_bytes(b"")
    with pytest.raises(Problem, match="备份"):
        stage.take()
    restored = restoring.restore(stage.village, None, "王芳", NEW, repeatable("restored"))
    recovery.after_opening(restored.session)
    assert names(restored.session) == ["不能丢的厂"]
    assert "恢复口令" in acts(restored.session)
    restored.session.workspace.close()


# -- by the code -------------------------------------------------------------------------------------------------------


def test_the_code_that_new_showed_opens_and_sets_a_password(tmp_path: Path) -> None:
    session = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    code, folder = session.workspace.recovery_code, session.workspace.folder
    assert code is not None
    records.save(session, "enterprise", {"name": "厂"})
    session.workspace.close()
    assert code not in (folder / "keys.json").read_text("utf-8")
    sloppy = code.lower().replace("-", " ") + "。"
    again = recovery.open_by_code(folder, "王芳", sloppy, NEW, repeatable("coded"), cost=CHEAP)
    assert names(again) == ["厂"]
    assert acts(again)[0] == "恢复口令"
    fresh = recovery.new_code(again)
    assert acts(again)[0] == "生成恢复码"
    again.workspace.close()
    assert open_session(folder, "王芳", NEW).workspace.close() is None
    with pytest.raises(WrongCode):
        recovery.open_by_code(folder, "王芳", code, NEW, cost=CHEAP)
    recovery.open_by_code(folder, "王芳", fresh, "third-password", cost=CHEAP).workspace.close()


def test_only_an_administrator_makes_a_new_code(tmp_path: Path) -> None:
    session = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    operators.put(session, "录入", Role.EDITOR, "password2", CHEAP)
    session.workspace.close()
    editor = open_session(session.workspace.folder, "录入", "password2")
    with pytest.raises(NotAllowed):
        recovery.new_code(editor)
    editor.workspace.close()


def test_a_slip_in_the_code_is_found_before_anything_is_tried(tmp_path: Path) -> None:
    code = recovery_codes.make(repeatable("code").random)
    assert recovery_codes.normalised(code) == code
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "－" for c in code)
    assert recovery_codes.normalised(wide) == code
    for at, sign in enumerate(code):
        if sign == "-":
            continue
        for other in "2AZO0":
            if other != sign:
                with pytest.raises(BadCode, match="组"):
                    recovery_codes.normalised(code[:at] + other + code[at + 1 :])
    groups = code.split("-")
    with pytest.raises(BadCode):
        recovery_codes.normalised("-".join([groups[1], groups[0], *groups[2:]]))
    with pytest.raises(BadCode, match="一共输入了29个"):
        recovery_codes.normalised(code[:-1])


# -- where a ledger comes from -----------------------------------------------------------------------------------------


@pytest.fixture
def village(tmp_path: Path) -> Path:
    session = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    records.save(session, "enterprise", {"name": "第一家"})
    session.workspace.close()
    return session.workspace.folder


def opened(folder: Path, seed: str = "open") -> Session:
    return open_session(folder, "王芳", "password1", repeatable(seed))


def test_a_ledger_put_back_by_hand_is_asked_about_before_the_first_save(
    village: Path, tmp_path: Path
) -> None:
    shutil.copy(village / LEDGER, tmp_path / "kept.db")
    session = opened(village)
    records.save(session, "enterprise", {"name": "第二家"})
    incarnation = session.ledger.incarnation
    session.workspace.close()
    shutil.copy(tmp_path / "kept.db", village / LEDGER)
    again = opened(village)
    assert again.workspace.doubt is Doubt.OLDER
    with pytest.raises(InDoubt) as told:
        records.save(again, "enterprise", {"name": "第三家"})
    assert told.value.exit_code == 25
    assert names(again) == ["第一家"], "nothing of it stands"
    whereabouts.settle(again, Origin.RESTORED)
    line = audit.recent(again)[0]
    assert (line.action, line.detail) == (audit.Act.ORIGIN_TOLD, "用以前的备份恢复的")
    records.save(again, "enterprise", {"name": "第三家"})
    assert again.ledger.incarnation != incarnation
    assert again.ledger.next_number() == 2, "numbers begin anew"
    again.workspace.close()
    calm = opened(village)
    assert calm.workspace.doubt is None
    with pytest.raises(NotInDoubt):
        whereabouts.settle(calm, Origin.RESTORED)
    calm.workspace.close()


def test_todays_own_backup_put_back_by_hand_is_noticed_too(village: Path) -> None:
    session = opened(village)
    records.save(session, "enterprise", {"name": "第二家"})
    session.workspace.close()
    newest = max((village / BACKUPS).glob("*.db"))
    shutil.copy(newest, village / LEDGER)
    again = opened(village)
    assert again.workspace.doubt is Doubt.OLDER
    again.workspace.close()
    assert opened(village).workspace.doubt is Doubt.OLDER, "who does not answer is asked again"


def test_a_copy_that_was_made_while_the_ledger_was_open_is_noticed_when_it_is_put_back(
    village: Path, tmp_path: Path
) -> None:
    session = opened(village)
    session.workspace.backup(tmp_path / "kept.db")
    records.save(session, "enterprise", {"name": "第二家"})
    session.workspace.close()
    shutil.copy(tmp_path / "kept.db", village / LEDGER)
    again = opened(village)
    assert again.workspace.doubt is Doubt.OLDER
    again.workspace.close()


def test_a_doubt_that_was_not_answered_stays_whatever_is_opened_and_closed(village: Path) -> None:
    (village / openings.FILE).unlink()
    for _ in range(2):
        session = opened(village)
        assert session.workspace.doubt is Doubt.OLDER
        session.workspace.close()


def killed(session: Session) -> None:
    """As when the power goes: nothing is closed in order."""
    session.database.close()
    session.workspace.place.lock.close()


@pytest.mark.parametrize("moment", ["saving", "before the ledger", "after the ledger"])
def test_a_power_cut_is_no_reason_to_ask(village: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    if moment == "saving":
        session = opened(village)
        records.save(session, "enterprise", {"name": "第二家"})
        killed(session)
    else:
        step = "_put_inside" if moment == "before the ledger" else "write_whole"

        def cut(*_given: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(openings, step, cut)
        with pytest.raises(KeyboardInterrupt):
            opened(village)
        monkeypatch.undo()
        gc.collect()
    again = opened(village)
    assert again.workspace.doubt is None
    records.save(again, "enterprise", {"name": "第三家"})
    again.workspace.close()


def test_moving_the_folder_the_ordinary_restore_and_a_full_disk_raise_no_question(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "另一个 地方"
    shutil.move(village, moved)
    assert opened(moved).workspace.close() is None
    restored = restoring.restore(moved, None, "王芳", "password1", repeatable("restored"))
    assert restored.session.workspace.doubt is None
    records.save(restored.session, "enterprise", {"name": "恢复以后"})
    restored.session.workspace.close()

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(openings, "write_whole", full)
    for _ in range(2):
        session = opened(moved)
        assert session.workspace.doubt is None
        session.workspace.close()
    monkeypatch.undo()
    session = opened(moved)
    assert session.workspace.doubt is None
    session.workspace.close()


def test_coarse_or_wrong_times_of_files_raise_no_question(village: Path) -> None:
    for path in village.iterdir():
        if path.is_file():
            os.utime(path, (0, 0))
    session = opened(village)
    assert session.workspace.doubt is None
    session.workspace.close()


def test_opening_and_closing_add_nothing_to_the_journal(village: Path) -> None:
    opened(village).workspace.close()
    opened(village).workspace.close()
    restored = restoring.restore(village, None, "王芳", "password1", repeatable("restored"))
    assert restored.steps == 1, "the one that was saved"
    assert len(list((village / BACKUPS).glob("2026-*.db"))) <= 2, "the journal was gone on with"
    restored.session.workspace.close()


def test_on_another_computer_it_is_asked_whether_it_was_moved(
    village: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "computer", lambda: "another")
    session = opened(village)
    assert session.workspace.doubt is Doubt.ELSEWHERE
    whereabouts.settle(session, Origin.MOVED)
    records.save(session, "enterprise", {"name": "第二家"})
    session.workspace.close()
    assert opened(village).workspace.doubt is None


def test_a_stick_between_two_known_computers_is_asked_once_on_each(
    village: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for visit, name in enumerate(["office", "home", "office", "home"]):
        monkeypatch.setattr(openings, "computer", lambda name=name: name)
        session = opened(village)
        assert (session.workspace.doubt is not None) == (visit < 2)
        if session.workspace.doubt is not None:
            whereabouts.settle(session, Origin.MOVED)
        session.workspace.close()


def test_a_copy_in_another_folder_of_the_same_computer_is_asked_about_and_a_moved_one_is_not(
    village: Path, tmp_path: Path
) -> None:
    copy, moved = tmp_path / "copy", tmp_path / "moved"
    shutil.copytree(village, copy)
    opened(village).workspace.close()
    session = opened(copy)
    assert session.workspace.doubt is Doubt.BESIDE
    with pytest.raises(InDoubt, match="另一个文件夹里还有同样的台账"):
        records.save(session, "enterprise", {"name": "第二家"})
    session.workspace.close()
    assert opened(copy).workspace.doubt is Doubt.BESIDE, "who does not answer is asked again"
    village.rename(moved)
    for _ in range(2):
        session = opened(moved)
        assert session.workspace.doubt is None
        session.workspace.close()


def test_a_copy_is_read_only_until_it_is_enrolled_as_a_laptop_of_its_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = stage.folder / "copy"
    shutil.copytree(stage.village, copy)
    original = opened(stage.village, "original")
    monkeypatch.setattr(openings, "computer", lambda: "another")
    session = opened(copy, "copy")
    assert session.workspace.doubt is Doubt.ELSEWHERE
    whereabouts.settle(session, Origin.COPIED)
    assert session.ledger.station != stage.village_id
    assert notes.seal(session.workspace.slots) is None, "the seal speaks for the original"
    with pytest.raises(CopyMustEnrol) as told:
        records.save(session, "enterprise", {"name": "副本的厂"})
    assert told.value.exit_code == 26
    assert names(session) == ["不能丢的厂"], "reading goes on"
    with pytest.raises(enrolling.NotEnrolled):
        exchange.send(session, stage.folder / "copy.xsj")
    assert len(restoring.backups(copy)) == 1, "the original's backups are put aside"
    assert (copy / BACKUPS / "复制前" / "2026-11-23.db").exists()
    session.workspace.close()
    restored = restoring.restore(copy, None, "王芳", "password1", repeatable("copy restored"))
    assert restored.session.ledger.station == session.ledger.station != stage.village_id
    restored.session.workspace.close()
    session = opened(copy, "copy again")
    assert session.workspace.doubt is None
    with pytest.raises(CopyMustEnrol):
        records.save(session, "enterprise", {"name": "副本的厂"})
    enrol(session, stage.district, stage.folder)
    records.save(session, "enterprise", {"name": "副本的厂"})
    records.save(original, "enterprise", {"name": "原机的厂"})
    for laptop in (session, original, session, original):
        report = report_up(laptop, stage.district, stage.folder).bundles[0]
        assert (report.problem, report.refused, report.held) == (None, 0, 0)
    assert exchange.digest(stage.district).forks == 0
    assert set(names(stage.district)) == {"不能丢的厂", "副本的厂", "原机的厂"}


def test_a_reader_settles_nothing(village: Path) -> None:
    session = opened(village)
    operators.put(session, "看一看", Role.READER, "password2", CHEAP)
    session.workspace.close()
    (village / openings.FILE).unlink()
    reader = open_session(village, "看一看", "password2")
    with pytest.raises(NotAllowed):
        whereabouts.settle(reader, Origin.RESTORED)
    assert reader.workspace.doubt is Doubt.OLDER
    reader.workspace.close()


# -- what a restore replaced -------------------------------------------------------------------------------------------


def test_replaced_ledgers_go_after_thirty_days_but_the_newest_three_stay(tmp_path: Path) -> None:
    folder = tmp_path / BACKUPS
    folder.mkdir()
    for days in (90, 60, 40, 35, 31, 5):
        for part in ("", "-wal"):
            (folder / f"恢复前-{START - days * DAY}.db{part}").write_bytes(b"x")
    (folder / "恢复前-别的.db").write_bytes(b"x")
    prune_replaced(tmp_path, START)
    left = sorted(p.name for p in folder.glob("恢复前-*.db"))
    assert left == sorted([*(f"恢复前-{START - d * DAY}.db" for d in (35, 31, 5)), "恢复前-别的.db"])
    assert len(list(folder.glob("*-wal"))) == 3
    for days in range(6):
        (folder / f"恢复前-{START - days * DAY + 1}.db").write_bytes(b"x")
    prune_replaced(tmp_path, START)
    assert len(list(folder.glob("恢复前-1*.db"))) == 7, "all of the last thirty days stay"


def test_a_lost_root_is_replaced_after_comparing_words_and_the_data_stay(stage: Stage) -> None:
    village = opened(stage.village, "lost root")
    report_up(village, stage.district, stage.folder)
    fresh = station(stage.folder / "fresh", "330110", "余杭区总工会（新电脑）", Level.DISTRICT)
    applying.request(village, stage.folder / "again.xsq")
    enrolling.grant(fresh, stage.folder / "again.xsq", stage.folder / "again.xsg", compared=None)
    with pytest.raises(RootDiffers):
        applying.accept(village, stage.folder / "again.xsg", compared=None)
    roots.export_root(fresh, stage.folder / "root.pem")
    (root,) = roots.read_root(stage.folder / "root.pem")
    assert roots.words_of(root) == str(traffic.own_words(fresh))
    applying.accept(
        village, stage.folder / "again.xsg", stage.folder / "again.xsa", new_root=root, compared=None
    )
    enrolling.confirm(fresh, stage.folder / "again.xsa")
    for _ in range(2):
        report = report_up(village, fresh, stage.folder).bundles[0]
        assert (report.problem, report.refused, report.held) == (None, 0, 0)
    assert names(fresh) == ["不能丢的厂"]
    village.workspace.close()
    stage.ask()
    answering.answer(fresh, stage.request, stage.answer, compared=None)
    stage.take().workspace.close()
