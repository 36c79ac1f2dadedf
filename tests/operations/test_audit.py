"""The audit log: what is noted, its chain over salted digests, taking it out, verifying it, erasing by rule."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations import audit, supervision
from desktop.operations.audit import Act, Wanted
from desktop.operations.exports import exporting
from desktop.operations.imports import importing
from desktop.operations.recording import conflicts, deciding, records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import exchange, policy, verifying, withdrawals
from desktop.operations.workspaces import audit_log, erasing, operators, restoring, workspaces
from desktop.records.declaration import Level, Role
from desktop.records.supervision.numbering import Series
from desktop.store.peers import traffic as stored_traffic
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import audit as stored
from desktop.store.workspaces.keys import WrongPassword
from desktop.store.workspaces.operators import Operator
from desktop.store.workspaces.unlocking import LEDGER
from tests.cli.calling import OPERATOR, PASSWORD, make, run
from tests.operations.stations import CHEAP, START, enrol, repeatable, report_up, station
from tests.store.formerly import as_version

DAY = 86_400_000
PERSONAL = ("王小明", "13805711234", "330110199001011232", "退休老张")


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)


@pytest.fixture
def village(tmp_path: Path, district: Session) -> Session:
    made = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(made, district, tmp_path)
    return made


def acts(session: Session) -> list[str]:
    """What stands in the log, oldest first."""
    return [line.action for line in audit.recent(session, 1000)][::-1]


def noted(session: Session, do: Callable[[], object]) -> list[tuple[str, str]]:
    """The lines that doing this adds, oldest first."""
    before = len(audit.recent(session, 1000))
    do()
    lines = audit.recent(session, 1000)
    return [(x.action, x.detail) for x in lines[: len(lines) - before]][::-1]


# -- what is noted -----------------------------------------------------------------------------------------------------


def test_enrolment_sending_and_merging_are_one_line_each(
    tmp_path: Path, district: Session, village: Session
) -> None:
    assert acts(village) == [Act.REQUESTED, Act.ACCEPTED]
    assert acts(district) == [Act.GRANTED, Act.CONFIRMED]
    granted = audit.recent(district)[-1]
    assert granted.detail == f"村（社区） {village.unit.id} 工作电脑{village.ledger.station}"
    records.save(village, "enterprise", {"name": "甲厂", "contact_name": PERSONAL[0]})
    ((sent, what),) = noted(village, lambda: exchange.send(village, tmp_path / "王小明的数据.xsj"))
    assert sent == Act.SENT
    assert re.fullmatch(rf"给{district.ledger.station} 第1号 1项 数据包[0-9a-f]{{16}}", what)
    path = tmp_path / "王小明的数据.xsj"
    ((merged, what),) = noted(district, lambda: exchange.merge(district, [path]))
    assert (merged, what) == (Act.MERGED, f"{village.ledger.station}第1号 共1项 收下1")
    assert noted(district, lambda: exchange.merge(district, [path], preview=True)) == []
    (tmp_path / "bad.xsj").write_bytes(path.read_bytes()[:-9])
    ((_, what),) = noted(district, lambda: exchange.merge(district, [tmp_path / "bad.xsj"]))
    assert what.startswith("没有收：")


def test_decisions_are_noted_with_record_and_slot_never_with_the_value(
    tmp_path: Path, district: Session, village: Session
) -> None:
    made = records.save(village, "enterprise", {"name": "甲厂", "contact_phone": PERSONAL[1]}).record
    report_up(village, district, tmp_path)
    for one, two in (({"name": "乙厂"}, {"name": "丙厂"}), ({"address": "东路"}, {"address": "西路"})):
        records.save(district, "enterprise", one, record=made)
        records.save(village, "enterprise", two, record=made)
    report_up(village, district, tmp_path)
    first, second = conflicts.open_conflicts(district)
    found = noted(district, lambda: deciding.decide(district, "enterprise", made, first.slot, "丁厂"))
    assert found == [(Act.DECIDED, f"enterprise {made} {first.slot}")]
    wanted = [deciding.Decision("enterprise", made, second.slot, second.claims[0].value)]
    found = noted(district, lambda: deciding.decide_all(district, wanted, "处理分歧"))
    assert found == [(Act.DECIDED, f"enterprise {made} {second.slot}")]


def test_what_is_said_of_what_counts_is_noted_in_words_that_a_person_reads(
    tmp_path: Path, district: Session, village: Session
) -> None:
    record = records.save(village, "member", {"name": "王小明", "phone": "13812340000"}).record
    merged = exchange.merge(district, [exchange.send(village, tmp_path / "a.xsj").path])
    said = noted(
        district, lambda: withdrawals.withdraw(district, stored_traffic.merges(district.database)[0].id)
    )
    said += noted(village, lambda: erasing.erase(village, "member", [record], ["phone"], basis="consent"))
    said += noted(district, lambda: policy.revoke(district, village.ledger.station))
    assert merged.bundles[0].problem is None
    assert [act for act, _ in said] == [Act.WITHDRAWN, Act.ERASED, Act.REVOKED]
    shown = [audit.readable(district.types, what) for _, what in said]
    assert not [words for words in shown if re.search(r"(?<![0-9a-f…])[a-z]{4,}", words)], shown
    decided = f"enterprise {record} _deleted；enterprise {record} unit"
    short = f"…{record[-6:]}"
    assert (
        audit.readable(district.types, decided)
        == f"企业（单位） {short} “删除”；企业（单位） {short} “所属单位”"
    )


def test_deleting_bringing_back_and_showing_are_noted(district: Session) -> None:
    made = records.save(district, "enterprise", {"name": "甲厂", "contact_phone": PERSONAL[1]}).record
    assert noted(district, lambda: records.delete(district, "enterprise", made)) == [
        (Act.DELETED, f"enterprise {made}")
    ]
    assert noted(district, lambda: records.restore(district, "enterprise", made)) == [
        (Act.UNDELETED, f"enterprise {made}")
    ]
    found = noted(district, lambda: audit.reveal(district, "enterprise", made, "contact_phone"))
    assert found == [(Act.SHOWN, f"enterprise {made} contact_phone")]


def test_imports_and_exports_are_noted_by_count_and_digest_and_not_by_the_name_of_the_file(
    tmp_path: Path, district: Session
) -> None:
    table = tmp_path / "王小明13805711234.csv"
    table.write_text("企业名称,统一社会信用代码,联系电话\n甲厂,,13805711234\n,,\n乙厂,330,138\n", "utf-8")
    shown = importing.preview(district, table, "enterprise")
    digest = audit.digest_of_file(table)
    ((act, detail),) = noted(district, lambda: importing.run(district, shown))
    assert (act, detail.split(" ")[-1]) == (Act.IMPORTED, digest)
    ((act, detail),) = noted(
        district, lambda: importing.write_report(district, shown, tmp_path / "退回.xlsx")
    )
    assert (act, detail) == (Act.RETURNED, f"enterprise {len(shown.to_mend)}行 {digest}")
    out = tmp_path / "王小明.xlsx"
    ((act, detail),) = noted(district, lambda: exporting.export_list(district, out, Query("enterprise")))
    assert (act, detail) == (Act.EXPORTED, f"enterprise {shown.counts.new}条 不含隐藏内容")
    assert noted(district, lambda: verifying.export_identity(district, tmp_path / "王小明.txt")) == [
        (Act.KEY_EXPORTED, "")
    ]
    assert noted(district, lambda: workspaces.backup(district, tmp_path / "王小明.db")) == [
        (Act.BACKED_UP, "")
    ]


def test_numbers_are_noted_where_they_are_set_and_confirmed(district: Session) -> None:
    assert noted(district, lambda: supervision.set_number_settings(district, "余工")) == [
        (Act.NUMBERS_SET, "余工")
    ]
    patterns = {Series.OPINION: "{body}劳监意〔{year}〕{n}号", Series.CASE: "{body}工监案〔{year}〕{n}号"}
    assert noted(district, lambda: supervision.set_number_settings(district, "余工", patterns=patterns)) == [
        (Act.NUMBERS_SET, "余工，意见书写法 {代字}劳监意〔{年份}〕{序号}号")
    ]
    ((act, detail),) = noted(
        district, lambda: supervision.confirm_numbers(district, 2026, {Series.OPINION: 8})
    )
    assert act == Act.NUMBERS_CONFIRMED
    assert f"{Series.OPINION}=8" in detail


def test_a_restore_is_noted_with_the_backup_and_what_followed_it(tmp_path: Path, district: Session) -> None:
    records.save(district, "enterprise", {"name": "甲厂"})
    folder, when = district.workspace.folder, repeatable("later")
    district.workspace.close()
    (folder / LEDGER).write_bytes(b"")
    again = restoring.restore(folder, None, "王芳", "password1", when)
    line = audit.recent(again.session)[0]
    assert line.action == Act.RESTORED
    assert line.detail == f"{audit.digest_of_file(again.source)} 补上{again.steps}步"
    assert audit.verify(again.session) is None


def test_who_may_work_here_is_noted_without_a_password(district: Session) -> None:
    found = noted(district, lambda: operators.put(district, "小李", Role.EDITOR, "password2", CHEAP))
    assert found == [(Act.OPERATOR_ADDED, "小李 录入员")]
    found = noted(district, lambda: operators.put(district, "小李", Role.DESK, "password3", CHEAP))
    assert found == [(Act.OPERATOR_CHANGED, "小李 汇总员 换了口令")]
    assert noted(district, lambda: operators.disable(district, "小李")) == [(Act.OPERATOR_DISABLED, "小李")]
    found = noted(district, lambda: operators.change_own_password(district, "password1", "password9", CHEAP))
    assert found == [(Act.PASSWORD_CHANGED, "")]


def test_a_step_that_fails_leaves_no_line(district: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    made = records.save(district, "enterprise", {"name": "甲厂"}).record

    def refuse(*_given: object, **_named: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(type(district.ledger), "write", refuse)
    with pytest.raises(OSError, match="full"):
        records.delete(district, "enterprise", made)
    assert Act.DELETED not in acts(district)


# -- the chain ---------------------------------------------------------------------------------------------------------


def some_lines(session: Session, count: int = 6) -> list[stored.AuditLine]:
    for n in range(count):
        audit.note(session, Act.SHOWN, f"enterprise {n}")
    return list(stored.lines(session.database))


CHANGES: dict[str, Any] = {
    "at": 5, "operator": "别人", "action": "导入", "detail": "改过", "salt": "00" * 16, "digest": "1" * 64,
    "hash": "2" * 64, "id": 99,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_any_change_of_any_part_of_a_line_shows_at_that_line(district: Session, field: str) -> None:
    lines = some_lines(district)
    assert stored.broken_at(lines) is None
    lines[2] = dataclasses.replace(lines[2], **{field: CHANGES[field]})
    assert stored.broken_at(lines) == 3


def test_texts_taken_away_do_not_pass_for_an_erasure_by_rule(district: Session) -> None:
    lines = some_lines(district)
    lines[2] = dataclasses.replace(lines[2], operator="", detail="", salt="")
    assert stored.broken_at(lines) == 3
    audit.note(district, Act.LOG_ERASED, "2020-01-01以前0行")
    district.database.execute("UPDATE audit SET operator = '', detail = '', salt = '' WHERE id = 3")
    assert audit.verify(district) == 3


def test_a_line_taken_out_put_in_or_moved_shows(district: Session) -> None:
    lines = some_lines(district)
    assert stored.broken_at(lines[:2] + lines[3:]) == 3
    assert stored.broken_at([*lines[:2], lines[3], lines[2], *lines[4:]]) == 3
    assert stored.broken_at([*lines[:3], lines[2], *lines[3:]]) == 4
    assert stored.broken_at(lines[1:]) == 1
    assert stored.broken_at([]) is None


def test_equal_texts_have_unequal_digests(district: Session) -> None:
    audit.note(district, Act.SHOWN, "same")
    audit.note(district, Act.SHOWN, "same")
    assert len({line.digest for line in stored.lines(district.database)}) == 2


def test_texts_are_erased_after_three_years_and_the_chain_holds(tmp_path: Path) -> None:
    calendar = [START]
    ticking = Environment(now=lambda: calendar[0])
    session = workspaces.create(
        tmp_path / "w", code="330110", name="余杭区总工会", level=Level.DISTRICT, operator="王芳",
        password="password1", environment=ticking, cost=CHEAP,
    )  # fmt: skip
    some_lines(session, 3)
    calendar[0] += 4 * 365 * DAY
    some_lines(session, 2)
    today = ticking.today()
    with pytest.raises(audit.TooYoung, match="三年"):
        audit.erase_texts(session, today - datetime.timedelta(days=900))
    assert audit.erase_texts(session, today - datetime.timedelta(days=1200)) == 3
    lines = list(stored.lines(session.database))
    assert [(x.operator, x.detail, x.salt, x.erased) for x in lines[:3]] == [("", "", "", True)] * 3
    assert (lines[3].operator, lines[-1].action) == ("王芳", Act.LOG_ERASED)
    assert audit.verify(session) is None
    assert audit.erase_texts(session, today - datetime.timedelta(days=1200)) == 0
    audit_log.export(session, tmp_path / "log.jsonl")
    assert audit_log.verify_file(tmp_path / "log.jsonl").broken_at is None
    forged = [dataclasses.replace(lines[0], detail="新写的"), *lines[1:]]
    assert stored.broken_at(forged) == 1
    session.workspace.operator = Operator("小李", Role.DESK)
    with pytest.raises(NotAllowed):
        audit.erase_texts(session, datetime.date(2021, 1, 1))
    session.workspace.close()


def test_lines_of_the_first_version_stay_verifiable_after_an_update(
    tmp_path: Path, district: Session
) -> None:
    old = [(1, 5, "王芳", "导入", "enterprise 共1行"), (2, 6, "王芳", "导出", "member 3条")]
    folder, key = district.workspace.folder, district.workspace.key
    district.workspace.close()
    before, database = stored.START, Database.open(folder / LEDGER, key)
    database.execute("DELETE FROM audit")
    for column in ("salt", "digest"):
        database.execute(f"ALTER TABLE audit DROP COLUMN {column}")
    for line in old:
        before = stored._sha256([before, *line])
        database.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", (*line, before))
    database.execute("DROP INDEX segment_merge")
    database.execute("ALTER TABLE segment DROP COLUMN merge")
    database.execute("DROP TABLE refused")
    database.execute(
        "CREATE TABLE refused (origin INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,"
        " type TEXT NOT NULL, record BLOB NOT NULL, slot TEXT, value TEXT NOT NULL, reason TEXT NOT NULL,"
        " PRIMARY KEY (origin, number))"
    )
    database.execute("INSERT INTO refused VALUES (7, 8, 'change', 'enterprise', x'01', 'name', '1', 'x')")
    as_version(database, 1)
    database.close()
    again = open_session(folder, "王芳", "password1", repeatable("again"))
    audit.note(again, Act.SHOWN, "enterprise x y")
    lines = list(stored.lines(again.database))
    assert [x.detail for x in lines] == ["enterprise 共1行", "member 3条", "enterprise x y"]
    assert audit.verify(again) is None
    assert stored.broken_at([dataclasses.replace(lines[0], detail="改过"), *lines[1:]]) == 1
    # A line of the old kind after one of the new is no line of this log.
    late = (4, 9, "王芳", "导入", "x")
    forged = stored.AuditLine(*late, "", "", stored._sha256([lines[-1].hash, *late]))
    assert stored.broken_at([*lines, forged]) == 4
    assert again.database.rows("SELECT origin, number, stamp, reason FROM refused") == [(7, 8, 0, "x")]
    # What was noted after the update is in the journal with all its parts.
    again.workspace.close()
    (folder / LEDGER).write_bytes(b"")
    restored = restoring.restore(folder, None, "王芳", "password1", repeatable("restored")).session
    assert [x.detail for x in stored.lines(restored.database)][:3] == [x.detail for x in lines]
    assert audit.verify(restored) is None
    restored.workspace.close()


# -- taken out ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["log.jsonl", "log.xlsx"])
def test_a_log_that_was_taken_out_is_verified_without_its_workspace(
    tmp_path: Path, district: Session, name: str
) -> None:
    some_lines(district)
    out = tmp_path / name
    assert audit_log.export(district, out) == 7
    verdict = audit_log.verify_file(out)
    assert (verdict.lines, verdict.broken_at) == (7, None)
    assert verdict.head == audit.verdict(district.database).head
    assert "完整" in verdict.words


def test_a_changed_line_of_a_file_is_found(tmp_path: Path, district: Session) -> None:
    some_lines(district)
    out = tmp_path / "log.jsonl"
    audit_log.export(district, out)
    lines = out.read_text("utf-8").splitlines()
    lines[3] = json.dumps({**json.loads(lines[3]), "operator": "别人"}, ensure_ascii=False)
    out.write_text("\n".join(lines), "utf-8")
    assert audit_log.verify_file(out).words.startswith("第4行起不对")


@pytest.mark.parametrize("name", ["log.jsonl", "log.xlsx"])
def test_lines_cut_off_at_the_end_of_a_file_are_found(tmp_path: Path, district: Session, name: str) -> None:
    """That it was taken out is the last line of every log that was."""
    some_lines(district)
    out = tmp_path / name
    audit_log.export(district, out)
    if out.suffix == ".xlsx":
        book = openpyxl.load_workbook(out)
        book.worksheets[0].delete_rows(7, 2)
        book.save(out)
    else:
        out.write_text("".join(out.read_text("utf-8").splitlines(keepends=True)[:5]), "utf-8")
    assert (audit_log.verify_file(out).lines, audit_log.verify_file(out).broken_at) == (5, 6)


def test_an_earlier_log_shows_what_no_chain_does(tmp_path: Path, district: Session) -> None:
    """A ledger whose last lines are gone, or whose chain was made anew, is whole in itself."""
    lines, earlier, later = some_lines(district), tmp_path / "earlier.jsonl", tmp_path / "later.jsonl"
    audit_log.export(district, earlier)
    audit.note(district, Act.SHOWN, "enterprise y")
    assert audit_log.verify(district.database, earlier).broken_at is None
    audit_log.export(district, later)
    assert audit_log.verify_file(later, earlier).broken_at is None
    assert audit_log.verify_file(earlier, later).broken_at == 8
    district.database.execute("DELETE FROM audit WHERE id >= 5")
    assert audit_log.verify(district.database).broken_at is None
    assert audit_log.verify(district.database, earlier).broken_at == 5
    district.database.execute("DELETE FROM audit WHERE id >= 3")
    for line in lines[2:]:
        audit.note(district, Act(line.action), line.detail)
    assert audit_log.verify(district.database).broken_at is None
    assert audit_log.verify(district.database, earlier).broken_at == 3


@pytest.mark.parametrize("column", range(1, 10))
def test_any_changed_cell_of_a_workbook_is_found(tmp_path: Path, district: Session, column: int) -> None:
    some_lines(district)
    out = tmp_path / "log.xlsx"
    audit_log.export(district, out)
    book = openpyxl.load_workbook(out)
    cell = book.worksheets[0].cell(5, column)
    cell.value = {1: "9", 2: "2020-01-01 00:00:00", 6: "17"}.get(column, "00ff")
    book.save(out)
    assert audit_log.verify_file(out).broken_at == 4


@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff\xfe", b"PK\x03\x04", b"[1]\n", b'{"id":"x"}\n'])
def test_another_file_is_told_from_a_log(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "其他.jsonl"
    path.write_bytes(data)
    with pytest.raises(audit_log.NoLog):
        audit_log.verify_file(path)


def test_only_those_who_answer_for_the_workspace_take_the_log_out(tmp_path: Path, district: Session) -> None:
    district.workspace.operator = Operator("小李", Role.EDITOR)
    with pytest.raises(NotAllowed):
        audit_log.export(district, tmp_path / "log.jsonl")
    assert [audit.may_look(role) for role in Role] == [True, True, False, False]


def test_lines_are_found_by_operator_act_and_day(tmp_path: Path, district: Session) -> None:
    some_lines(district, 2)
    district.workspace.operator = Operator("小李", Role.DESK)
    audit.note(district, Act.EXPORTED, "member 3条")
    find, today = audit.find, datetime.date(2026, 11, 23)
    assert [x.detail for x in find(district.database, Wanted(operator="小李")).lines] == ["member 3条"]
    assert find(district.database, Wanted(action=Act.SHOWN)).total == 2
    assert find(district.database, Wanted(since=today)).total == 3
    assert find(district.database, Wanted(since=today + datetime.timedelta(days=1))).total == 0
    assert find(district.database, Wanted(until=today - datetime.timedelta(days=1))).total == 0
    assert len(find(district.database, Wanted(), 1).lines) == 1
    assert find(district.database, Wanted()).operators == ["小李", "王芳"]


def test_lines_are_read_with_labels_and_lead_to_their_record(district: Session) -> None:
    record = "0192aa" + "0" * 26
    detail = f"enterprise {record} contact_phone"
    assert audit.readable(district.types, detail) == "企业（单位） …000000 “联系电话”"
    assert audit.record_of(district.types, detail) == ("enterprise", record)
    assert audit.record_of(district.types, f"{detail}；{detail}") is None
    assert audit.record_of(district.types, "member 3条") is None
    assert audit.readable(district.types, "") == ""


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_command_verifies_workspaces_and_files_in_either_order_of_words(tmp_path: Path) -> None:
    town, out = make(tmp_path / "town"), tmp_path / "log.jsonl"
    assert run("audit", town, "export", out).exit_code == 0
    for words in (("audit", "verify", town), ("audit", town, "verify")):
        result = run(*words)
        assert (result.exit_code, result.output[:4]) == (0, "日志完整")
    for words in (("audit", "verify", out), ("audit", out, "verify")):
        result = run(*words, XIAOSANJI_PASSWORD=None)
        assert (result.exit_code, result.output[:4]) == (0, "日志完整")
    assert "--against" in run("audit", town, "verify").stderr, "a chain does not show a cut-off end"
    result = run("audit", town, "verify", "--against", out)
    assert (result.exit_code, "每一行现在都还在" in result.stdout) == (0, True)
    other = make(tmp_path / "other")
    result = run("audit", other, "verify", "--against", out)
    # The wrong file was chosen: that accuses nobody.
    assert (result.exit_code, "多半是别的台账导出的" in result.stdout) == (15, True)
    later = tmp_path / "later.jsonl"
    run("recovery", town, "new-code")
    run("audit", town, "export", later)
    later.write_text("".join(later.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    assert "末尾少了行" in run("audit", "verify", later).stdout
    out.write_text(out.read_text("utf-8").replace(OPERATOR, "别人"), "utf-8")
    result = run("audit", "verify", out)
    assert result.exit_code == 15
    assert "第1行起不对" in result.output
    result = run("audit", "verify", out, "--json")
    assert json.loads(result.stdout)["broken_at"] == 1
    out.write_text("x", "utf-8")
    assert run("audit", "verify", out).exit_code == 2
    assert run("audit", town, "erase", "--before", "2010-01-01").exit_code == 0
    assert run("audit", town, "erase", "--before", "2026-01-01").exit_code == 2


def test_wrong_passwords_stand_in_the_log_when_it_is_opened_next(tmp_path: Path) -> None:
    town = make(tmp_path / "town", environment=repeatable("town"))
    for _ in range(2):
        with pytest.raises(WrongPassword):
            open_session(
                town, OPERATOR, "13805711234", dataclasses.replace(repeatable("x"), pause=lambda _s: None)
            )
    session = open_session(
        town, OPERATOR, PASSWORD, dataclasses.replace(repeatable("y"), pause=lambda _s: None)
    )
    (line,) = audit.recent(session)
    assert (line.action, line.operator) == (Act.WRONG_PASSWORD, OPERATOR)
    assert line.detail == "2次 2026-11-23 16:00"
    session.workspace.close()
    session = open_session(town, OPERATOR, PASSWORD)
    assert len(audit.recent(session)) == 1
    session.workspace.close()
