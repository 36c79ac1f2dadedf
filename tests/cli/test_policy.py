"""The commands by which a desk rolls back and puts out of use."""

from __future__ import annotations

import re

from desktop.records.declaration import Level
from tests.cli.calling import Places, answer, copied, enrol, make, record, run


def test_where_there_is_nothing_to_list_that_is_said(places: Places) -> None:
    for command in ("merges", "stations", "excluded"):
        result = run(command, places.town)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "没有" in result.stderr


def test_a_merge_is_listed_withdrawn_and_lifted(places: Places) -> None:
    record(places.town, "enterprise", {"name": "茶厂"}, {"name": "伞厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    (merge,) = answer("merges", places.district)["merges"]
    assert merge["applied"] == 2
    assert "北山街道总工会" in run("merges", places.district).stdout
    looked = answer("withdraw", places.district, str(merge["id"]), "--preview")
    assert (looked["allowed"], looked["withdrawn"]) == (True, False)
    assert looked["losses"] == [{"label": "企业（单位）", "births": 2, "changes": 0}]
    spoken = run("withdraw", places.district, str(merge["id"]), "--note", "填错了").stdout
    assert "已撤回“北山街道总工会”第1个数据包：企业新增2条不再计入。" in spoken
    assert answer("list", places.district, "enterprise")["total"] == 0
    assert run("withdraw", places.district, str(merge["id"])).exit_code == 22
    assert "已撤回" in run("merges", places.district).stdout
    assert [m["withdrawn"] for m in answer("merges", places.district)["merges"]] == [True]
    (said,) = answer("excluded", places.district)["excluded"]
    assert said["note"] == "填错了"
    run("lift", places.district, said["id"])
    assert answer("list", places.district, "enterprise")["total"] == 2
    assert "已撤回" not in run("merges", places.district).stdout


def test_one_record_is_returned_and_lifted(places: Places) -> None:
    record(places.town, "enterprise", {"name": "茶厂"}, {"name": "伞厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    (bad, _) = answer("list", places.district, "enterprise")["records"]
    looked = answer("return", places.district, "企业", bad["id"], "--note", "重复", "--preview")
    assert (looked["allowed"], looked["returned"], looked["items"]) == (True, False, 1)
    spoken = run("return", places.district, "企业", bad["id"], "--note", "重复").stdout
    assert "厂”：1项不再计入。" in spoken
    assert answer("list", places.district, "enterprise")["total"] == 1
    assert run("return", places.district, "企业", bad["id"], "--note", "重复").exit_code == 22
    (said,) = answer("excluded", places.district)["excluded"]
    run("lift", places.district, said["id"])
    (one, two) = answer("list", places.district, "enterprise")["records"]
    record(places.district, "enterprise", {"id": one["id"], "name": "区里改过的厂"})
    built = run("return", places.district, "企业", one["id"], "--note", "重复", "--preview").stdout
    assert "现在不能退回：后来有1处修改接在它上面，不能退回。" in built
    assert run("return", places.district, "企业", one["id"], "--note", "重复").exit_code == 22
    assert two["id"] != one["id"]


def test_a_computer_is_put_out_of_use(places: Places) -> None:
    record(places.town, "enterprise", {"name": "茶厂"}, {"name": "伞厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    (known,) = answer("stations", places.district)["stations"]
    assert (known["name"], known["revoked"]) == ("北山街道总工会", False)
    looked = answer("revoke", places.district, known["station"][:8], "--after", "1", "--preview")
    assert looked["losses"] == [{"label": "企业（单位）", "births": 1, "changes": 0}]
    nothing = run("revoke", places.district, "北山街道总工会", "--after", "2", "--preview").stdout
    assert "已经收到的内容都还算，以后它再写的不论谁转来都不收。" in nothing
    spoken = run("revoke", places.district, "北山街道总工会", "--after", "1").stdout
    assert "已停用“北山街道总工会”的工作电脑" in spoken
    record(places.town, "enterprise", {"name": "后来的厂"})
    answer("send", places.town, places.stick / "2.xsj")
    refused = run("merge", places.district, places.stick / "2.xsj")
    assert refused.exit_code == 13
    unknown = run("revoke", places.district, "没有的")
    assert unknown.exit_code == 2
    assert "没有一台工作电脑对得上“没有的”。用 stations 看编号" in unknown.stderr
    forked = run("fork", places.district, "没有的", "copied")
    assert forked.exit_code == 2
    assert "没有一处重号对得上“没有的”。用 conflicts 看" in forked.stderr


def test_a_unit_is_put_under_another_superior(places: Places) -> None:
    """A village of one town goes to another: looked at first, then done, then back."""
    other = make(places.stick / "other", Level.TOWN, "330106003", "西溪街道总工会")
    village = make(places.stick / "village", Level.VILLAGE, "330106002001", "示例村工会")
    enrol(other, places.district, places.stick)
    enrol(village, places.town, places.stick)
    record(village, "enterprise", {"name": "茶厂"})
    for below, desk in ((village, places.town), (places.town, places.district)):
        answer("send", below, places.stick / "up.xsj")
        answer("merge", desk, places.stick / "up.xsj")
    looked = answer("move", places.district, "示例村工会", "330106003", "--preview")
    assert (looked["moved"], looked["below"], looked["computers"]) == (False, 0, ["示例村工会"])
    assert looked["records"] == [{"label": "企业（单位）", "count": 1}]
    said = run("move", places.district, "示例村工会", "330106003", "--preview")
    assert looked["heard"] > 0
    assert "再调整，它的数据包上次是" in said.stderr
    spoken = run("move", places.district, "示例村工会", "西溪街道总工会").stdout
    assert "已调整“示例村工会”的上级是“西溪街道总工会”" in spoken
    assert run("move", places.district, "示例村工会", "西溪街道总工会").exit_code == 22
    assert run("move", places.town, "示例村工会", "西湖区总工会").exit_code == 14
    answer("send", places.district, places.stick / "d.xsj", "--to", "西溪街道总工会")
    answer("receive", other, places.stick / "d.xsj")
    assert answer("list", other, "enterprise")["total"] == 1


def test_where_no_date_was_wrong_there_is_nothing_to_do_and_that_is_no_failure(places: Places) -> None:
    assert answer("redate", places.town) == {"redated": False, "items": []}
    told = run("redate", places.town)
    assert (told.exit_code, "不用更正" in told.stdout) == (0, True)


def test_a_fork_is_looked_at_before_it_is_decided(places: Places) -> None:
    copy = copied(places)
    for folder, name in ((places.town, "茶厂"), (copy, "伞厂")):
        record(folder, "enterprise", {"name": name})
        answer("send", folder, places.stick / "up.xsj")
        answer("merge", places.district, places.stick / "up.xsj")
    said = run("conflicts", places.district).stdout
    assert "由上级用 fork 定下来；先加 --preview 看" in said
    (doubled,) = answer("conflicts", places.district)["forks"]
    station = doubled["station"][:8]
    looked = run("fork", places.district, station, "copied", "--preview")
    (kept, lost, waiting) = looked.stdout.splitlines()[:3]
    assert re.match(r"照算：第\d+项 .*茶厂", kept)
    assert re.match(r"不算：第\d+项 .*伞厂", lost)
    assert waiting == "先留着的，收下0项，不算1项。"
    assert "要用后收到的那一份，加 --keep-waiting。" in looked.stderr
    other = run("fork", places.district, station, "copied", "--keep-waiting", "--preview").stdout
    assert re.match(r"照算：第\d+项 .*伞厂", other)
    assert other.splitlines()[2] == "先留着的，收下1项，不算0项。"
    assert len(answer("conflicts", places.district)["forks"]) == 1
    run("fork", places.district, station, "copied", "--keep-waiting")
    assert answer("conflicts", places.district)["forks"] == []
    assert [r["values"]["name"] for r in answer("list", places.district, "enterprise")["records"]] == ["伞厂"]


def test_a_computer_that_reports_to_one_out_of_use_is_given_another_grant(places: Places) -> None:
    """Nothing was asked for; what is compared by telephone is said at both ends."""
    village = make(places.stick / "村", Level.VILLAGE, "330106002001", "宝石社区工会")
    enrol(village, places.town, places.stick)
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    station = next(
        s["station"] for s in answer("stations", places.district)["stations"] if "街道" in s["name"]
    )
    assert "enrol again" in run("revoke", places.district, station).stderr
    wrong = make(places.stick / "错镇", code="3301061", name="错编码的镇")
    answer("enrol", "request", wrong, places.stick / "错.xsq")
    told = run("enrol", "grant", places.district, places.stick / "错.xsq", places.stick / "错.xsg").stderr
    assert "区划表里没有编码3301061，请核对" in told
    new = make(places.stick / "新电脑")
    enrol(new, places.district, places.stick)
    # The unit has two computers by now, one of them out of use.
    answer("send", places.district, places.stick / "2.xsj", "--to", "北山街道总工会")
    answer("receive", new, places.stick / "2.xsj")
    assert "一台已停用的电脑" in run("enrol", "again", new).stdout
    spoken = run("enrol", "again", new, "--out", places.stick / "补发")
    assert "已补发1个批准文件，请交给：宝石社区工会。" in spoken.stdout
    (file,) = (places.stick / "补发").iterdir()
    taken = run("enrol", "accept", village, file, "--ack", places.stick / "b.xsa")
    assert "接受以后数据包改为报给它" in taken.stderr
    answer("enrol", "confirm", new, places.stick / "b.xsa")
    assert answer("enrol", "again", new) == {"astray": []}
    nobody = run("enrol", "again", new, "--out", places.stick / "没有人")
    assert (nobody.exit_code, "没有要补发的" in nobody.stderr) == (0, True)
    assert not (places.stick / "没有人").exists()
    assert run("enrol", "again", new, "宝石社区工会", "--out", places.stick / "补发").exit_code == 22
