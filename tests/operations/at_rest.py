"""Plays a whole story for the test of what lies in clear: three processes, the second killed, the third crashing.

``python -m tests.operations.at_rest ACT BASE``. Each act prints the paths that it opened for writing.
"""

from __future__ import annotations

import datetime
import faulthandler
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from desktop.cli.program import program
from desktop.operations import audit, supervision
from desktop.operations.exports import exporting, real_name
from desktop.operations.imports import importing
from desktop.operations.recording import conflicts, deciding, records
from desktop.operations.session import Session, open_session
from desktop.operations.stations import covers, exchange
from desktop.operations.workspaces import operators, restoring
from desktop.records.declaration import Level, Role
from desktop.store.ledger import Ledger
from desktop.store.queries.reading import Query
from desktop.store.tables.environment import Environment
from tests.killing import die
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station

PASSWORD = "password1"  # what tests.operations.stations gives to everybody
PERSONAL = {
    "contact": "欧阳翀珅", "contact phone": "13705718842", "legal person": "慕容玥祎", "chair": "东方昇垚",
    "chair phone": "13857161234", "member": "司徒犇羴", "member number": "330106199003074610",
    "member phone": "15968170233", "native place": "衢州龙游詹家镇", "complainant": "诸葛骉喆",
    "complainant phone": "13588017766", "complainant note": "左手有疤痕的白衬衫",
    "imported": "上官垚堃", "imported number": "330106198511063214", "imported phone": "13616557788",
    "returned": "皇甫韡淼", "returned number": "33010619851106321", "returned phone": "13616559900",
    "attendee": "公孙鱻昇", "visited": "宇文骉珅", "recipient": "端木祎翀", "investigation": "白班的呼延琪说没有拿到钱",
    "changed": "13705719911", "drafted": "令狐昇堃", "drafted phone": "13018927755", "searched": "13777431188",
    "typed password": "独孤玥的生日19880808",
}  # fmt: skip
"""What is personal in the story, each value unmistakable; the test looks for every one of them everywhere."""

DISTRICT, VILLAGE = "余杭区总工会", "径山村工会"
CLOCK = datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)


class Places:
    """Where things are in the story: what was given, what was asked for in clear, the stick, the workspaces."""

    def __init__(self, base: Path) -> None:
        self.given, self.asked, self.stick, self.spaces = (
            base / name for name in ("given", "asked", "stick", "spaces")
        )
        for folder in (self.given, self.asked, self.stick, self.spaces):
            folder.mkdir(exist_ok=True)


def give(places: Places) -> None:
    """The table that the village was given, called by a person; who gives it leaves what he likes."""
    p = PERSONAL
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["姓名", "证件号码", "移动电话"])
    page.append([p["imported"], p["imported number"], p["imported phone"]])
    page.append([p["returned"], p["returned number"], p["returned phone"] + "、"])
    page.append([None, p["returned number"], "不知道"])
    path = places.given / f"{p['imported']}{p['imported phone']}.xlsx"
    book.save(path)


def environment(seed: str) -> Environment:
    """Repeatable, and without waiting after wrong passwords."""
    made = repeatable(seed, int(CLOCK.timestamp() * 1000))
    return Environment(made.now, made.random, pause=lambda _seconds: None)


# -- the first process -------------------------------------------------------------------------------------------------


def work(places: Places) -> None:
    """A day's work at a village and its district."""
    district = station(places.spaces, "330110", DISTRICT, Level.DISTRICT)
    village = station(places.spaces, "330110109200", VILLAGE, Level.VILLAGE)
    enrol(village, district, places.stick)
    firm = record(village)
    bring(village, places)
    report_up(village, district, places.stick)
    disagree(village, district, firm, places)
    supervise(district, places)
    take_out(village, district, places)
    operators.put(village, "小李", Role.EDITOR, "password2", CHEAP)
    for session in (village, district):
        session.workspace.close()
    fail(village.workspace.folder)
    restore(places)


def record(village: Session) -> str:
    """A firm with people in it."""
    p = PERSONAL
    firm = records.save(village, "enterprise", {
        "name": "杭州示例茶业有限公司", "contact_name": p["contact"], "contact_phone": p["contact phone"],
        "legal_person": p["legal person"], "surveyed_staff": 30,
    }).record  # fmt: skip
    union = records.save(village, "union", {
        "name": "杭州示例茶业有限公司工会", "chair_name": p["chair"], "chair_phone": p["chair phone"],
    }).record  # fmt: skip
    member = records.save(village, "member", {
        "name": p["member"], "id_kind": "01", "id_number": p["member number"], "phone": p["member phone"],
        "native_place": p["native place"], "union": union, "enterprise": firm,
    }).record  # fmt: skip
    course = records.save(village, "course", {"name": "工会业务培训"}).record
    records.save(village, "attendance", {"course": course, "name": p["attendee"]})
    records.save(village, "visit", {"enterprise": firm, "contact_name": p["visited"]})
    records.delete(village, "member", member)
    records.restore(village, "member", member)
    audit.reveal(village, "member", member, "id_number")
    return firm


def bring(village: Session, places: Places) -> None:
    """A list of members with one row that cannot go in whole; its file is called by a person."""
    path = next(places.given.iterdir())
    shown = importing.preview(village, path, "member")
    done = importing.run(village, shown)
    importing.write_report(village, done.preview, places.asked / "退回.xlsx")


def disagree(village: Session, district: Session, firm: str, places: Places) -> None:
    """Two people change one phone; the district decides and answers."""
    records.save(district, "enterprise", {"contact_phone": "0571-88888888"}, record=firm)
    records.save(village, "enterprise", {"contact_phone": PERSONAL["changed"]}, record=firm)
    report_up(village, district, places.stick)
    for conflict in conflicts.open_conflicts(district):
        deciding.decide(district, conflict.type, conflict.record, conflict.slot, conflict.claims[0].value)
    report_up(village, district, places.stick)


def supervise(district: Session, places: Places) -> None:
    """A complaint and a letter that is issued, printed and served."""
    p, today = PERSONAL, district.environment.today()
    supervision.set_number_settings(district, "余工")
    case = records.save(district, "case", {
        "summary": "拖欠工资", "source": "complaint", "received_date": today.isoformat(),
        "registered_date": today.isoformat(), "employer_name": "杭州示例茶业有限公司", "matter": "05",
        "violations": "wage_arrears", "complainant_name": p["complainant"],
        "complainant_phone": p["complainant phone"], "complainant_note": p["complainant note"],
        "recusal_declared": 1,
    }).record  # fmt: skip
    supervision.record_event(district, case, "accepted", today)
    letter = supervision.draft(district, case, "reminder_letter", {
        "facts": "9月工资没有支付", "requests": "支付工资", "articles": "《中华人民共和国劳动法》第五十条",
        "contact_name": "陈明", "contact_phone": "0571-87654321", "investigation": p["investigation"],
    }).record  # fmt: skip
    supervision.issue(district, letter, supervision.Signatory("周正", "主席"), today)
    supervision.print_document(district, letter, places.asked)
    supervision.print_pages(district, letter)
    supervision.record_event(
        district, case, "served", today, document=letter, recipient_name=p["recipient"],
        service_way="direct", service_result="signed",
    )  # fmt: skip
    supervision.file_case(district, case)


def take_out(village: Session, district: Session, places: Places) -> None:
    """Everything that leaves: lists, the real-name form, a bundle with its cover sheet, the log, a backup."""
    exporting.export_list(
        village, places.asked / "会员.xlsx", Query("member"), ["name", "id_number", "phone"], unmasked=True
    )
    real_name.export_form(village, places.asked / "采集表.xlsx", "member")
    exporting.export_list(village, places.stick / "会员-隐藏.xlsx", Query("member"), ["id_number", "phone"])
    sent = exchange.send(village, places.stick)
    covers.print_cover(village, sent.path, places.stick)
    exchange.merge(district, [sent.path], preview=True)
    exchange.merge(district, [sent.path])
    exchange.send(district, places.stick, to=village.ledger.station)
    for name in ("log.jsonl", "log.xlsx"):
        from desktop.operations.workspaces import audit_log

        audit_log.export(village, places.stick / name)


def fail(folder: Path) -> None:
    """A bug in an operation, with values in its message and in its frames, met by the command line."""
    phone, write = PERSONAL["member phone"], Ledger.write

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError(f"cannot write {PERSONAL['member']} {phone}")

    Ledger.write = broken  # type: ignore[assignment,method-assign]
    try:
        line = f'{{"name":"{PERSONAL["member"]}","phone":"{phone}"}}\n'
        sys.stdin = io.TextIOWrapper(io.BytesIO(line.encode()), "utf-8")
        os.environ["XIAOSANJI_PASSWORD"] = PASSWORD
        code = program._run(["record", str(folder), "member", "--as", "王芳"])
        print("exit code", code)
    finally:
        Ledger.write = write  # type: ignore[method-assign]
    for wrong in (PERSONAL["typed password"], PERSONAL["contact phone"]):
        try_password(folder, "王芳", wrong)
        try_password(folder, wrong, wrong)


def try_password(folder: Path, operator: str, password: str) -> None:
    """A wrong password, or a name that is none."""
    from desktop.store.workspaces.keys import WrongPassword

    try:
        open_session(folder, operator, password, environment("wrong")).workspace.close()
    except WrongPassword:
        return
    raise AssertionError("the password was wrong")


def restore(places: Places) -> None:
    """The village's ledger is damaged and comes back from its backup and journal."""
    folder = places.spaces / VILLAGE
    (folder / "ledger.db").write_bytes(b"")
    restoring.restore(folder, None, "王芳", PASSWORD, environment("restored")).session.workspace.close()


# -- the second process, which is killed -------------------------------------------------------------------------------


class Bot:
    """What the house's hand needs of pytest-qt, for a process without pytest."""

    def __init__(self) -> None:
        from PySide6.QtTest import QTest

        self.keyClicks, self.keyClick, self.wait = QTest.keyClicks, QTest.keyClick, QTest.qWait

    def waitUntil(self, true: Callable[[], bool], timeout: int = 60_000) -> None:
        """Lets events run until something is so."""
        end = time.monotonic() + timeout / 1000
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(true)
            self.wait(20)

    def waitExposed(self, widget: Any) -> None:
        """Waits for a window."""
        self.waitUntil(widget.isVisible)


def window(places: Places) -> None:
    """Login, search, a form that is typed into, an error that nobody expected, and kill -9 while the form stands."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.ui import faults
    from desktop.ui.app import start
    from desktop.ui.forms.page import FormPage
    from tests.ui.house import Hand, settle

    bot = Bot()
    _application, opened = start([str(places.spaces / VILLAGE)])
    told: list[str] = []
    # The loop in which the program runs; one of a test would hand the error to its caller.
    loop = QEventLoop()

    def tell(_title: str, words: str) -> None:
        told.append(words)
        if len(told) == 2:
            loop.quit()

    faults.install(tell)
    login = opened.start.login
    bot.waitUntil(lambda: login.operator.count() > 0)
    login.operator.setCurrentText("王芳")
    login.password.setText(PASSWORD)
    login.open()
    try:
        bot.waitUntil(lambda: opened.window is not None)
    except TimeoutError:
        print("NOTICE", login.notice.words, opened.start.origin, opened.start.date_question)
        raise
    main = opened.window
    assert main is not None
    hand = Hand(bot, main)
    main.open_page("list:member")
    settle(bot, main.workbench)
    page = hand.list_page
    page.show_selection(Query("member", text=PERSONAL["searched"]), "查找")
    hand.settle()
    main.new_record("member")
    hand.settle()
    form = main.page
    assert isinstance(form, FormPage)
    for field, text in (("name", PERSONAL["drafted"]), ("phone", PERSONAL["drafted phone"])):
        form.form.go_to(field)
        hand.type(text)
    hand.pause(800)

    def broken() -> None:
        raise RuntimeError(f"{PERSONAL['drafted']} {form.form.rows['phone'].editor.text()}")

    QTimer.singleShot(0, broken)
    main.workbench.write(
        "坏了", lambda _session, _ticket: dict[str, str]()[PERSONAL["drafted phone"]], step=False
    )
    loop.exec()
    main.workbench.settings.save()
    QApplication.processEvents()
    # Before the writer has anything to do: from then on it may end the process at any moment.
    print("told", len(told), Qt.Key.Key_A.name, flush=True)
    # In the middle of a transaction that has written and has not committed.
    main.workbench.write("半途", lambda session, _ticket: half(session), step=False)
    loop.exec()


def half(session: Session) -> None:
    """Saves inside a transaction that never ends."""
    with session.database.transaction():
        records.save(session, "member", {"name": PERSONAL["drafted"], "phone": PERSONAL["drafted phone"]})
        report_opened()
        die()


# -- the third process, which crashes ----------------------------------------------------------------------------------


def crash(places: Places) -> None:
    """The draft is still there; then the program crashes below Python, with values in its memory."""
    from desktop.ui import faults

    session = open_session(places.spaces / VILLAGE, "王芳", PASSWORD, environment("third"))
    (draft,) = session.workspace.drafts().all()
    assert draft.texts["name"] == PERSONAL["drafted"]
    faults.watch_crashes()
    if sys.platform != "win32":
        import resource

        print("core file of at most", resource.getrlimit(resource.RLIMIT_CORE)[0])
    report_opened()
    faulthandler._sigsegv()  # type: ignore[attr-defined]


# -- what was opened for writing ---------------------------------------------------------------------------------------

_opened: set[str] = set()


def watch(event: str, given: tuple[Any, ...]) -> None:
    """Notes what Python opens for writing, whether it is left behind or not."""
    if event == "open" and isinstance(given[0], str | bytes):
        path, mode, flags = given[0], given[1], given[2]
        if (mode and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR):
            _opened.add(os.path.abspath(os.fsdecode(path)))


def report_opened() -> None:
    """Says what was opened for writing."""
    for path in sorted(_opened):
        print("opened", path)
    sys.stdout.flush()


if __name__ == "__main__":
    tempfile.gettempdir()  # Python tries by a file whether it can be written: that one is not ours.
    sys.addaudithook(watch)
    {"work": work, "window": window, "crash": crash}[sys.argv[1]](Places(Path(sys.argv[2])))
    report_opened()
