"""Signing by two, what is due by rule, and wiping a workspace, by commands."""

from __future__ import annotations

from contextlib import closing

from desktop.operations.session import open_session
from desktop.records.declaration import Level
from desktop.sync.authority import station
from desktop.sync.enrolling import wiped
from tests.cli.calling import OPERATOR, PASSWORD, Places, answer, record, run

HEAD = {"XIAOSANJI_PASSWORD": "head-password", "XIAOSANJI_OPERATOR": "钱主席"}


def test_the_district_asks_for_the_head_who_signs_the_same_file(places: Places) -> None:
    (unit,) = [
        r for r in answer("list", places.district, "unit")["records"] if r["values"]["code"] == "330106"
    ]
    record(places.district, "unit", {"id": unit["id"], "signatures": "负责人签名"})
    answer("send", places.district, places.stick / "down.xsj", "--to", "330106002")
    run("receive", places.town, places.stick / "down.xsj")
    record(places.town, "enterprise", {"name": "茶厂"})
    added = run("operator", places.town, "add", "钱主席", "--role", "reader", "--duty", "head", "--as", "王芳",
                XIAOSANJI_NEW_PASSWORD="head-password")  # fmt: skip
    assert "以负责人签名" in added.stdout
    assert answer("operator", places.town, "list", "--as", "王芳")["operators"][1]["duty"] == "head"

    bundle = places.stick / "1.xsj"
    assert "要负责人的签名才收" in run("send", places.town, bundle, "--as", "王芳").stderr
    refused = run("merge", places.district, bundle)
    assert (refused.exit_code, "用 sign 给同一个文件补上签名" in refused.stderr) == (10, True)
    assert run("sign", places.town, bundle, "--as", "王芳").exit_code == 2
    assert "负责人钱主席" in run("sign", places.town, bundle, **HEAD).stdout
    assert run("sign", places.town, bundle, **HEAD).exit_code == 22
    told = answer("verify", bundle, "--workspace", places.district)
    assert told["signed"] == ["head"]
    assert "另有签名：负责人，核对无误" in run("verify", bundle, "--workspace", places.district).stdout
    assert "负责人钱主席已签名" in run("merge", places.district, bundle).stdout
    assert answer("list", places.district, "enterprise")["total"] == 1


def test_what_is_due_is_listed_and_nothing_is_erased(places: Places) -> None:
    assert "没有到期" in run("due", places.town).stdout
    cells = {
        "name": "沈到期",
        "phone": "13800000000",
        "membership_change": "6",
        "membership_change_date": "2015-01-01",
    }
    (made,) = record(places.town, "member", cells)
    found = answer("due", places.town)
    assert found["example"]
    (due,) = found["due"]
    assert (due["rule"], due["records"]) == ("member_left", [{"id": made["id"], "since": "2015-01-01"}])
    assert f"会员 {made['id']} 从2015-01-01起算" in run("due", places.town, "--rule", "member_left").stdout
    assert run("due", places.town, "--rule", "nothing").exit_code == 2
    absent = run("erase", places.town, "member", "0" * 32, "--basis", "period", lines="是\n")
    assert (absent.exit_code, "回答" in absent.stderr) == (22, False), (
        "nobody is asked about what is not here"
    )
    assert f"没有找到编号是{'0' * 32}的“会员”" in absent.stderr
    before = {path.name for path in (places.town / "backups").glob("*.db")}
    erase = ("erase", places.town, "member", made["id"], "--basis", "period", "--yes")
    told = run(*erase).stderr
    assert all(name in told for name in before)
    assert "--destroy-backups" in told
    assert "--destroy-backups" not in run(*erase, "--destroy-backups").stderr
    assert before.isdisjoint(path.name for path in (places.town / "backups").glob("*.db"))
    assert answer("due", places.town)["due"] == []


def test_a_workspace_is_wiped_by_its_name_and_the_district_reads_the_word(places: Places) -> None:
    record(places.town, "enterprise", {"name": "茶厂"})
    word = places.stick / "清除.xsw"
    name = "北山街道总工会"
    assert run("wipe", places.town, word, lines="不是\n").exit_code == 2
    refused = run("wipe", places.town, word, "--unit-name", name)
    assert refused.exit_code == 22
    assert "--unsent-too" in refused.stderr
    assert (places.town / "ledger.db").exists()
    done = run("wipe", places.town, word, "--unit-name", name, "--unsent-too")
    assert done.exit_code == 0, done.output
    assert "台账已清除" in done.stdout
    assert not places.town.exists()
    told = answer("wiped", places.district, word)
    assert (told["unit"]["name"], told["missing"]) == (name, 1)
    shown = run("wiped", places.district, word)
    assert "有1项本机没有收到" in shown.stdout
    assert PASSWORD not in word.read_text("utf-8")


def test_the_word_of_a_computer_that_was_restored_leads_to_no_loss_of_what_it_wrote_before(
    places: Places,
) -> None:
    """It names the last item of an incarnation of which nobody has heard, and nothing of those before."""
    record(places.town, "enterprise", {"name": "茶厂"})
    word, sent = places.stick / "清除.xsw", places.stick / "镇.xsj"
    run("send", places.town, sent)
    run("merge", places.district, sent)
    record(places.town, "enterprise", {"name": "没有报来的厂"})
    assert run("restore", places.town, "--newest").exit_code == 0
    assert run("wipe", places.town, word, "--unit-name", "北山街道总工会", "--unsent-too").exit_code == 0
    told = answer("wiped", places.district, word)
    assert (told["last"], told["missing"], told["unsent"]) == (0, 0, 2)
    shown = run("wiped", places.district, word)
    assert "清除时有2项还没有得到上级确认" in shown.stdout
    (command,) = [line.split() for line in shown.stderr.splitlines() if "停用它" in line]
    assert "--after" not in command
    assert run("revoke", places.district, told["station"]).exit_code == 0
    assert "茶厂" in run("list", places.district, "enterprise").stdout
    assert "已经停用" in run("wiped", places.district, word).stderr


def test_a_thief_who_says_that_the_laptop_was_wiped_is_let_in_no_further_than_he_was_heard(
    places: Places,
) -> None:
    """The word names the last item by itself; whoever has the keys makes one, and writes on up to there."""
    sent, word = places.stick / "镇.xsj", places.stick / "假.xsw"
    record(places.town, "enterprise", {"name": "茶厂"})
    run("send", places.town, sent)
    run("merge", places.district, sent)
    with closing(open_session(places.town, OPERATOR, PASSWORD).workspace) as workspace:
        keys, chain = station.load_keys(workspace.ledger), station.own_chain(workspace.ledger)
        last = workspace.ledger.next_number() - 1
    said = wiped.Statement(keys.station, keys.incarnation, 10**9, 0, "330106002", "镇", Level.TOWN, 0)
    word.write_bytes(wiped.make(keys, chain, said))
    shown = run("wiped", places.district, word).stderr
    (command,) = [line.split() for line in shown.splitlines() if "停用它" in line]
    assert command[-2:] == ["--after", str(last)]


def test_an_interrupted_wiping_is_gone_on_with_without_a_password(places: Places) -> None:
    (places.town / "wiping").touch()
    (places.town / "keys.json").unlink()
    assert answer("wipe", places.town)["left"] == []
    assert not places.town.exists()


def test_who_erases_is_told_what_else_is_about_the_same_person(places: Places) -> None:
    (made,) = record(places.town, "member", {"name": "沈一", "phone": "13800000000"})
    record(places.town, "officer", {"name": "沈一", "phone": "13800000000", "member": made["id"]})
    asked = run("erase", places.town, "member", made["id"], "--basis", "consent", lines="否\n")
    assert "另有工会干部1条里也写着同一个人，不会一起清除：用 show 看是哪几条，另外清除。" in asked.stderr
    told = answer("erase", places.town, "member", made["id"], "--basis", "consent", "--yes")
    assert told["others"] == {"officer": 1}
