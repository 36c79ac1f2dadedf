"""Enrolment, bundles, merging, conflicts and digests by commands, and the exit codes of what is refused."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.cli.reports import show_report
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from desktop.store.ledger import ChangeSet
from desktop.store.peers import traffic as stored
from desktop.sync.bundles import writing
from desktop.sync.merging import results
from desktop.sync.signed import manifest
from tests.cli.calling import CODE, Places, answer, copied, enrol, make, record, run
from tests.operations.stations import station


def balanced(bundle: dict[str, int]) -> bool:
    return bundle["total"] == sum(bundle[k] for k in ("applied", "known", "held", "conflict", "refused"))


def test_a_bundle_goes_up_and_its_receipt_comes_down(places: Places) -> None:
    made = record(places.town, "enterprise", {"name": "甲公司", "uscc": CODE}, {"name": "乙公司"})
    sent = answer("send", places.town, places.stick / "1.xsj")
    assert (sent["sequence"], sent["items"]) == (1, 2)
    looked = answer("inspect", places.stick / "1.xsj")
    assert (looked["verified"], looked["items"], looked["sender"]) == (False, 2, looked["sender"])
    preview = answer("merge", places.district, places.stick / "1.xsj", "--preview")["bundles"][0]
    assert preview["applied"] == 2
    assert answer("list", places.district, "enterprise")["total"] == 0
    merged = answer("merge", places.district, places.stick / "1.xsj", "--receipts", places.stick / "down")[
        "bundles"
    ][0]
    assert merged["applied"] == 2
    assert balanced(merged)
    shown = answer("show", places.district, "enterprise", made[0]["id"])
    assert shown["values"]["name"] == "甲公司"
    again = answer("merge", places.district, places.stick / "1.xsj")["bundles"][0]
    assert (again["known"], again["applied"]) == (2, 0)
    assert "没有新内容要收，不用处理" in run("merge", places.district, places.stick / "1.xsj").stdout
    (receipt,) = (places.stick / "down").iterdir()
    assert answer("receive", places.town, receipt)["bundles"][0]["problem"] is None
    assert answer("send", places.town, places.stick / "2.xsj")["items"] == 0
    assert answer("digest", places.town)["sha256"] == answer("digest", places.district)["sha256"]
    scoped = answer("digest", places.district, "--scope", "330106002")
    assert scoped["sha256"] == answer("digest", places.district)["sha256"]


def test_whom_a_bundle_can_go_to_is_said(places: Places, tmp_path: Path) -> None:
    village = make(tmp_path / "village", Level.VILLAGE, "330106002200", "示例村工会")
    granted = run("enrol", "request", village, places.stick / "v.xsq")
    assert granted.exit_code == 0
    answer("enrol", "grant", places.town, places.stick / "v.xsq", places.stick / "v.xsg")
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    above = run("send", places.district, places.stick / "x.xsj")
    assert (above.exit_code, "--to" in above.stderr) == (22, True)
    past = run("send", places.district, places.stick / "x.xsj", "--to", "示例村工会")
    assert (past.exit_code, "由“北山街道总工会”批准入网" in past.stderr) == (22, True)
    nobody = run("send", places.district, places.stick / "x.xsj", "--to", "没有的")
    assert "请先办理入网" in nobody.stderr


def test_a_preview_tells_what_is_new_by_type_and_by_unit(places: Places, tmp_path: Path) -> None:
    village = make(tmp_path / "village", Level.VILLAGE, "330106002200", "示例村工会")
    enrol(village, places.town, places.stick)
    answer("send", places.town, places.stick / "0.xsj")
    answer("merge", places.district, places.stick / "0.xsj")
    record(village, "enterprise", {"name": "甲公司"}, {"name": "乙公司"})
    record(places.town, "member", {"name": "王芳"})
    answer("send", village, places.stick / "1.xsj")
    answer("merge", places.town, places.stick / "1.xsj")
    answer("send", places.town, places.stick / "2.xsj")
    said = run("merge", places.district, places.stick / "2.xsj", "--preview").stdout
    assert "企业新增2条；会员新增1条" in said
    assert "    新来的由2个单位填写：示例村工会（2项），北山街道总工会（1项）" in said.splitlines()
    assert {"    新增 企业“甲公司”", "    新增 企业“乙公司”", "    新增 会员“王芳”"} <= {*said.splitlines()}
    (told,) = answer("merge", places.district, places.stick / "2.xsj", "--preview")["bundles"]
    assert {(one["done"], one["title"]) for one in told["listed"]} >= {("new", "甲公司"), ("new", "王芳")}
    first = run("merge", places.town, places.stick / "1.xsj", "--preview").stdout
    assert "新增" not in first, "all of it is known"


def test_what_one_bundle_cannot_hold_is_said_and_goes_in_a_second(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(places.town, "enterprise", {"name": "甲公司"})
    assert answer("send", places.town, places.stick / "lost.xsj")["more"] is False
    record(places.town, "enterprise", {"name": "乙公司"})
    monkeypatch.setattr(writing, "PART_TARGET", 1)
    monkeypatch.setattr(manifest, "MAX_PARTS", 2)
    first = run("send", places.town, places.stick / "1.xsj")
    assert "再导出一次" in first.stdout + first.stderr
    second = answer("send", places.town, places.stick / "2.xsj")
    assert (second["items"], second["more"]) == (1, False)
    for name in ("1.xsj", "2.xsj"):
        assert answer("merge", places.district, places.stick / name)["bundles"][0]["applied"] == 1


def test_the_digest_is_one_line_that_names_its_workspace_then_what_is_open(places: Places) -> None:
    lines = run("digest", places.town).stdout.splitlines()
    assert lines[0] == f"town {answer('digest', places.town)['sha256']}"
    assert lines[1] == "先留着0项，分歧0处，重号0处。"


def test_a_bundle_is_verified_by_the_root_that_counts_here(places: Places, tmp_path: Path) -> None:
    record(places.town, "enterprise", {"name": "甲公司"})
    answer("send", places.town, places.stick / "1.xsj")
    assert answer("verify", places.stick / "1.xsj", "--workspace", places.district)["verified"] is True
    answer("keys", places.district, "export-root", places.stick / "root.pem")
    assert answer("verify", places.stick / "1.xsj", "--root", places.stick / "root.pem")["verified"] is True
    assert answer("inspect", places.stick / "1.xsj", "--root", places.stick / "root.pem")["verified"] is True
    other = make(tmp_path / "other", Level.DISTRICT, "330110", "余杭区总工会")
    assert run("verify", places.stick / "1.xsj", "--workspace", other).exit_code in range(10, 20)
    alone = run("verify", places.stick / "1.xsj")
    assert alone.exit_code == 2
    assert "是不是认识的单位签的，还没有核对" in alone.stderr
    assert "--root" in alone.stderr


def damage(data: bytes) -> bytes:
    return data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]


@pytest.mark.parametrize("change", [damage, lambda data: data[:-100], lambda data: b"no bundle"])
def test_a_bundle_that_does_not_stand_is_refused_whole_and_the_others_are_merged(
    places: Places, change: Callable[[bytes], bytes]
) -> None:
    record(places.town, "enterprise", {"name": "甲公司"})
    answer("send", places.town, places.stick / "good.xsj")
    (places.stick / "bad.xsj").write_bytes(change((places.stick / "good.xsj").read_bytes()))
    result = run("merge", places.district, places.stick / "bad.xsj", places.stick / "good.xsj", "--json")
    assert result.exit_code in range(10, 20)
    bad, good = json.loads(result.stdout)["bundles"]
    assert bad["problem"]["exit_code"] == result.exit_code
    assert (good["problem"], good["applied"]) == (None, 1)
    spoken = run("merge", places.district, places.stick / "bad.xsj")
    assert bad["problem"]["sentence"] in spoken.stderr
    assert answer("check", places.district)["sound"] is True


def test_two_words_for_one_thing_are_listed_and_decided(places: Places) -> None:
    (made,) = record(places.town, "enterprise", {"name": "原名", "uscc": CODE})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    record(places.town, "enterprise", {"id": made["id"], "name": "街道改的"})
    record(places.district, "enterprise", {"id": made["id"], "name": "区里改的"})
    answer("send", places.town, places.stick / "2.xsj")
    merged = answer("merge", places.district, places.stick / "2.xsj")["bundles"][0]
    assert merged["conflict"] == 1
    assert answer("digest", places.district)["conflicts"] == 1
    (conflict,) = answer("conflicts", places.district)["conflicts"]
    assert {c["value"] for c in conflict["claims"]} == {"街道改的", "区里改的"}
    assert [c["value"] for c in conflict["base"]] == ["原名"]
    came = {c["value"]: c["bundle"] for c in (*conflict["claims"], *conflict["base"])}
    assert came.pop("区里改的") is None
    assert {(b["name"], b["sequence"]) for b in came.values()} == {
        ("北山街道总工会", 1),
        ("北山街道总工会", 2),
    }
    spoken = run("conflicts", places.district).stdout
    assert "街道改的" in spoken
    told = {
        line[: line.index("改的")][-2:]: "随第2号数据包来" in line
        for line in spoken.splitlines()
        if "说法" in line
    }
    assert told == {"街道": True, "区里": False}
    assert "分歧1处" in spoken
    version = next(c["version"] for c in conflict["claims"] if c["value"] == "街道改的")
    assert run("conflicts", places.district, "--decide", made["id"], "name", "1").exit_code == 2
    assert answer("conflicts", places.district, "--decide", made["id"], "name", version)["conflicts"] == []
    assert answer("show", places.district, "enterprise", made["id"])["values"]["name"] == "街道改的"
    assert run("conflicts", places.district, "--decide", made["id"], "name", version).exit_code == 22


def test_a_grant_for_another_station_is_refused(places: Places, tmp_path: Path) -> None:
    other = make(tmp_path / "other", code="330106003", name="西溪街道总工会")
    answer("enrol", "request", other, places.stick / "b.xsq")
    result = run("enrol", "accept", other, places.stick / "a.xsg")
    assert result.exit_code in range(10, 20)
    assert answer("send", places.town, places.stick / "x.xsj")["items"] == 0
    unknown = run("send", other, places.stick / "y.xsj")
    assert unknown.exit_code == 22
    assert "入网" in unknown.stderr


def test_a_line_of_a_unit_that_is_not_below_is_refused_and_the_others_are_kept(places: Places) -> None:
    lines = '{"name": "区里的厂", "unit": "330106"}\n{"name": "自己的厂"}'
    done = run("record", places.town, "enterprise", lines=lines)
    assert done.exit_code == 2
    assert "不归本单位管" in done.output
    assert answer("list", places.town, "enterprise", "--search", "厂")["total"] == 1


def test_the_key_to_read_bundles_is_given_out_and_that_is_noted(places: Places) -> None:
    answer("keys", places.district, "export-identity", places.stick / "identity.txt")
    assert "AGE-SECRET-KEY-" in (places.stick / "identity.txt").read_text()
    answer("audit", places.district, "export", places.stick / "audit.jsonl")
    log = (places.stick / "audit.jsonl").read_text("utf-8")
    assert "导出解密密钥" in log
    assert "AGE-SECRET-KEY" not in log


def test_a_station_without_a_superior_has_no_root_to_give(tmp_path: Path) -> None:
    alone = make(tmp_path / "alone")
    result = run("keys", alone, "export-root", tmp_path / "root.pem")
    assert result.exit_code == 22
    assert not (tmp_path / "root.pem").exists()


def test_a_copied_laptop_is_a_fork_that_digest_and_conflicts_show_with_both_contents(places: Places) -> None:
    """Rule 23: one number, two contents; both are kept, neither is chosen, and a person is told what to do."""
    twin = copied(places)
    record(places.town, "enterprise", {"name": "原机的厂", "contact_phone": "13800001234"})
    record(twin, "enterprise", {"name": "副本的厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("send", twin, places.stick / "2.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    spoken = run("merge", places.district, places.stick / "2.xsj").stdout
    assert "先留着1项：同一编号有两种内容，可能有一台电脑被恢复或复制过" in spoken
    found = answer("digest", places.district)
    assert (found["held"], found["conflicts"], found["forks"]) == (1, 0, 1)
    lines = run("digest", places.district).stdout.splitlines()
    assert lines[1] == "先留着1项，分歧0处，重号1处。"
    assert "conflicts" in lines[2]
    listed = answer("conflicts", places.district)
    assert listed["conflicts"] == []
    (fork,) = listed["forks"]
    assert (fork["author"], fork["numbers"], fork["waiting"]) == ("北山街道总工会", [1], 1)
    assert [c["words"] for c in fork["contents"]] == [
        "新增 企业（单位） 原机的厂",
        "新增 企业（单位） 副本的厂",
    ]
    spoken = run("conflicts", places.district).stdout
    assert "第1项：新增 企业（单位） 原机的厂（王芳" in spoken
    assert "没有分歧。" in spoken
    assert "重号1处。请打电话问清" in spoken
    assert "13800001234" not in spoken


def test_a_ledger_that_is_restored_elsewhere_and_used_on_is_told_to_whom_it_reports(places: Places) -> None:
    record(places.town, "enterprise", {"name": "都有的厂"})
    answer("send", places.town, places.stick / "1.xsj")
    twin = copied(places)
    (twin / "opened.json").unlink()
    assert run("recovery", "place", twin, "--restored").exit_code == 0
    for number, one in enumerate((twin, places.town), start=2):
        record(one, "enterprise", {"name": f"第{number}家"})
        answer("send", one, places.stick / f"{number}.xsj")
    answer("merge", places.district, *sorted(places.stick.glob("[1-3].xsj")))
    (found,) = answer("conflicts", places.district)["doubled"]
    assert found["author"] == "北山街道总工会"
    spoken = run("conflicts", places.district).stdout
    assert "“北山街道总工会”像是有两台电脑在用同一份台账" in spoken
    assert "下一步：打电话问清" in spoken


def test_a_fork_of_changes_shows_the_field_and_masks_it(places: Places) -> None:
    (made,) = record(places.town, "enterprise", {"name": "茶厂", "contact_phone": "13800001234"})
    twin = copied(places)
    record(places.town, "enterprise", {"id": made["id"], "contact_phone": "13900005678"})
    record(twin, "enterprise", {"id": made["id"], "name": "茶叶厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("send", twin, places.stick / "2.xsj")
    answer("merge", places.district, places.stick / "1.xsj", places.stick / "2.xsj")
    (fork,) = answer("conflicts", places.district)["forks"]
    phone, name = (c["words"] for c in fork["contents"])
    assert phone.startswith("修改 企业（单位） 茶厂 ")
    assert "13900005678" not in phone
    assert name == "修改 企业（单位） 茶厂 单位名称：茶叶厂"


def test_a_conflict_is_told_in_words(places: Places) -> None:
    """Neither the name of a field in the program nor a code stands in what a person reads."""
    (made,) = record(places.town, "enterprise", {"name": "原名", "uscc": CODE})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    record(places.town, "enterprise", {"id": made["id"], "name": "街道改的"})
    record(places.district, "enterprise", {"id": made["id"], "name": "区里改的"})
    answer("send", places.town, places.stick / "2.xsj")
    spoken = run("merge", places.district, places.stick / "2.xsj").stdout
    assert "共2项，收下0，已有1，有分歧1，先留着0，不收0。" in spoken
    assert "有分歧1项：几个人填得不一样" in spoken
    assert "等上级来定" not in run("conflicts", places.district).stdout
    answer("send", places.district, places.stick / "3.xsj", "--to", "330106002")
    answer("receive", places.town, places.stick / "3.xsj")
    above = run("conflicts", places.town).stdout
    assert "涉及上级或别的单位填的内容，一般等上级来定" in above
    assert [
        "随第1号数据包来" in line for line in above.splitlines() if "说法" in line and "区里改的" in line
    ] == [True]


def test_a_decision_is_taken_back_by_undo_and_listed_again(places: Places) -> None:
    (made,) = record(places.town, "enterprise", {"name": "原名", "uscc": CODE})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    record(places.town, "enterprise", {"id": made["id"], "name": "街道改的"})
    record(places.district, "enterprise", {"id": made["id"], "name": "区里改的"})
    answer("send", places.town, places.stick / "2.xsj")
    answer("merge", places.district, places.stick / "2.xsj")
    (conflict,) = answer("conflicts", places.district)["conflicts"]
    decided = run(
        "conflicts", places.district, "--decide", made["id"], "name", conflict["claims"][0]["version"]
    )
    operation = decided.stderr.rpartition("操作")[2].strip()
    answer("undo", places.district, operation)
    (again,) = answer("conflicts", places.district)["conflicts"]
    assert {c["value"] for c in again["claims"]} == {"街道改的", "区里改的"}


def disagree(places: Places) -> str:
    """A figure in a group that town and district have changed without knowing of each other; the record's id."""
    (made,) = record(places.town, "enterprise", {"name": "茶厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    record(places.town, "enterprise", {"id": made["id"], "surveyed_staff": 31})
    record(places.district, "enterprise", {"id": made["id"], "surveyed_staff": 32})
    answer("send", places.town, places.stick / "2.xsj")
    return str(made["id"])


def test_own_values_that_the_level_above_has_replaced_are_said_by_record_and_field(places: Places) -> None:
    lines = [{"name": f"厂{n}", "contact_phone": "13800001234"} for n in range(22)]
    made = record(places.town, "enterprise", *lines)
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    record(places.district, "enterprise", *({"id": m["id"], "contact_phone": "13900005678"} for m in made))
    answer("send", places.district, places.stick / "2.xsj", "--to", "330106002")
    twin = copied(places)
    found = answer("receive", places.town, places.stick / "2.xsj")
    assert (len(found["decided"]), found["decided_unlisted"]) == (22, 0)
    first = found["decided"][0]
    assert (first["slot"], first["label"], first["verb"]) == ("contact", "联系人", "改为")
    assert first["author"] == "西湖区总工会"
    spoken = run("receive", twin, places.stick / "2.xsj").stdout
    assert "本单位填的有22处，上级或别的单位改了：" in spoken
    assert f"企业“{first['title']}”的“联系人”：原来是“{first['was']}”，" in spoken
    assert f"王芳（西湖区总工会）改为“{first['now']}”" in spoken
    assert "另有2条没有列出。" in spoken
    for told in (json.dumps(found, ensure_ascii=False), spoken):
        assert not [phone for phone in ("13800001234", "13900005678") if phone in told], "masked"


def test_a_merge_that_leaves_something_to_do_says_so_last_and_ends_with_0(places: Places) -> None:
    disagree(places)
    merged = run("merge", places.district, places.stick / "2.xsj")
    assert merged.exit_code == 0
    assert merged.stdout.splitlines()[-1] == "还要处理的：有分歧1项。用 conflicts 命令看是哪些、怎么办。"
    settled = run("merge", places.district, places.stick / "1.xsj")
    assert "还要处理的" not in settled.stdout
    preview = run("merge", places.district, places.stick / "2.xsj", "--preview")
    assert "还要处理的" not in preview.stdout


def test_a_conflict_says_whose_computer_said_what_and_is_decided_by_any_of_its_names(places: Places) -> None:
    made = disagree(places)
    answer("merge", places.district, places.stick / "2.xsj")
    spoken = run("conflicts", places.district).stdout
    assert "31（王芳，北山街道总工会的工作电脑" in spoken
    assert "32（王芳，西湖区总工会的工作电脑" in spoken
    (conflict,) = answer("conflicts", places.district)["conflicts"]
    assert [c["author"] for c in conflict["claims"]] == ["西湖区总工会", "北山街道总工会"]
    version = conflict["claims"][1]["version"]
    assert conflict["label"] != conflict["slot"]
    for name in (conflict["label"], "surveyed_staff", conflict["slot"]):
        decided = run("conflicts", places.district, "--decide", made, name, version)
        assert decided.exit_code == 0
        operation = decided.stderr.rpartition("操作")[2].strip()
        answer("undo", places.district, operation)
    wrong = run("conflicts", places.district, "--decide", made, "单位名称", version)
    assert wrong.exit_code == 22
    assert "“单位名称”没有分歧" in wrong.stderr
    assert "刷新" not in wrong.stderr


def test_what_is_set_aside_is_listed_with_the_reason_and_what_to_do(places: Places) -> None:
    twin = copied(places)
    record(places.town, "enterprise", {"name": "原机的厂"})
    record(twin, "enterprise", {"name": "副本的厂"})
    answer("send", places.town, places.stick / "1.xsj")
    answer("send", twin, places.stick / "2.xsj")
    merged = run("merge", places.district, places.stick / "1.xsj", places.stick / "2.xsj")
    assert merged.exit_code == 0
    assert "先留着" in merged.stdout.splitlines()[-1]
    (item,) = answer("conflicts", places.district)["unsettled"]
    assert (item["outcome"], item["author"], item["above"]) == ("held", "北山街道总工会", False)
    spoken = run("conflicts", places.district).stdout
    assert f"先留着1项：{item['words']}。{item['advice']}" in spoken


def test_that_a_district_had_registered_itself_asks_for_nothing_when_it_joins(places: Places) -> None:
    city = make(places.stick / "city", Level.CITY, "330100", "杭州市总工会")
    enrol(places.district, city, places.stick)
    answer("send", places.district, places.stick / "up.xsj")
    said = run("merge", city, places.stick / "up.xsj").stdout
    assert "不收1" in said
    assert "其中不收的1项不用处理：这是它入网以前自己登记的" in said
    assert "还要处理的" not in said


def test_a_receipt_that_cannot_be_written_is_told_beside_a_bundle_that_is_refused(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(places.town, "enterprise", {"name": "甲公司"})
    answer("send", places.town, places.stick / "1.xsj")
    (places.stick / "bad.xsj").write_bytes(b"no bundle")

    def gone(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENODEV, "the stick is gone")

    monkeypatch.setattr(exchange, "send", gone)
    told = run(
        "merge", places.district, places.stick / "bad.xsj", places.stick / "1.xsj",
        "--receipts", places.stick / "down",
    )  # fmt: skip
    assert told.exit_code == 15
    assert "这不是小三级的数据包" in told.stderr
    assert "有1个回执没有写成" in told.stderr
    assert answer("list", places.district, "enterprise")["total"] == 1


def test_who_may_not_enrol_others_is_told_before_anybody_compares_words(
    places: Places, tmp_path: Path
) -> None:
    office = make(tmp_path / "office", Level.TOWN, "330106003", "西溪街道总工会")
    village = make(tmp_path / "village", Level.VILLAGE, "330106003001", "某村工会")
    answer("enrol", "request", office, places.stick / "b.xsq")
    answer("enrol", "grant", places.district, places.stick / "b.xsq", places.stick / "b.xsg")
    answer("enrol", "accept", office, places.stick / "b.xsg")
    answer("enrol", "request", village, places.stick / "c.xsq")
    told = run("enrol", "grant", office, places.stick / "c.xsq", places.stick / "c.xsg")
    assert told.exit_code == 14
    assert "核对" not in told.stderr
    assert "没有授权再办理下级入网" in told.stderr
    assert "请上级再批准一次" in told.stderr
    assert not (places.stick / "c.xsg").exists()


def test_a_bundle_for_another_office_or_from_strangers_says_what_it_is_and_what_to_do(
    places: Places, tmp_path: Path
) -> None:
    record(places.town, "enterprise", {"name": "甲公司"})
    answer("send", places.town, places.stick / "1.xsj")
    other = make(tmp_path / "other", Level.DISTRICT, "330110", "余杭区总工会")
    alone = make(tmp_path / "alone", Level.VILLAGE, "330106002001", "某村工会")
    for desk, code in ((other, 11), (places.town, 12), (alone, 11)):
        told = run("merge", desk, places.stick / "1.xsj", "--json")
        (bundle,) = json.loads(told.stdout)["bundles"]
        assert told.exit_code == bundle["problem"]["exit_code"] == code
        spoken = run("merge", desk, places.stick / "1.xsj").stderr
        assert bundle["problem"]["sentence"] + bundle["problem"]["next_step"] in spoken
        assert answer("list", desk, "enterprise")["total"] in (0, 1)


def test_the_root_is_changed_and_the_town_is_told(places: Places) -> None:
    before = answer("keys", places.town, "root")
    assert before == answer("keys", places.district, "root") | {"own": False}
    refused = run("keys", places.town, "change-root")
    assert refused.exit_code == 14
    assert "最上面一级" in refused.stderr
    unasked = run("keys", places.district, "change-root")
    assert unasked.exit_code == 2
    assert "没有人回答，什么都没有做。请在终端里运行，或者加 --yes。" in unasked.stderr
    assert before == answer("keys", places.district, "root") | {"own": False}
    after = answer("keys", places.district, "change-root", "--yes")
    assert (after["changes"], after["own"]) == (1, True)
    assert after["words"] != before["words"]
    answer("send", places.district, places.stick / "down.xsj", "--to", "北山街道总工会")
    told = run("receive", places.town, places.stick / "down.xsj")
    assert f"已改用新的：{after['words'][0]}" in told.stdout
    assert answer("keys", places.town, "root")["words"] == after["words"]
    assert "更换过1次" in run("keys", places.town, "root").stdout
    answer("keys", places.town, "export-root", places.stick / "roots.pem")
    for sender, name in ((places.town, "up.xsj"), (places.district, "again.xsj")):
        more = () if sender is places.town else ("--to", "北山街道总工会")
        answer("send", sender, places.stick / name, *more)
        answer("verify", places.stick / name, "--root", places.stick / "roots.pem")
    alone = make(places.stick / "alone", Level.VILLAGE)
    assert run("keys", alone, "root").exit_code == 22


def test_keys_are_renewed_with_the_three_files(places: Places) -> None:
    asked = answer("enrol", "request", places.town, places.stick / "b.xsq", "--renew")
    granted = answer("enrol", "grant", places.district, places.stick / "b.xsq", places.stick / "b.xsg")
    assert asked["words"] == granted["words"]
    answer("enrol", "accept", places.town, places.stick / "b.xsg", "--ack", places.stick / "b.xsa")
    answer("enrol", "confirm", places.district, places.stick / "b.xsa")
    record(places.town, "enterprise", {"name": "丙公司"})
    answer("send", places.town, places.stick / "2.xsj")
    assert answer("merge", places.district, places.stick / "2.xsj")["bundles"][0]["refused"] == 0
    assert run("enrol", "request", places.district, places.stick / "c.xsq", "--renew").exit_code == 14


def test_of_what_is_not_taken_the_first_items_are_listed_and_all_are_counted(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made,) = record(places.town, "enterprise", {"name": "原名", "uscc": CODE})
    answer("send", places.town, places.stick / "1.xsj")
    answer("merge", places.district, places.stick / "1.xsj")
    for place, words in ((places.town, "街道的"), (places.district, "区里的")):
        record(place, "enterprise", {"id": made["id"], "name": words})
        record(place, "enterprise", {"id": made["id"], "address": words})
    answer("send", places.town, places.stick / "2.xsj")
    monkeypatch.setattr(results, "MOST_LISTED", 1)
    (bundle,) = answer("merge", places.district, places.stick / "2.xsj", "--preview")["bundles"]
    assert (len(bundle["unapplied"]), bundle["unlisted"]) == (1, 1)
    assert sum(reason["count"] for reason in bundle["reasons"] if reason["outcome"] == "conflict") == 2
    assert "有分歧2项：几个人填得不一样" in run("merge", places.district, places.stick / "2.xsj").stdout
    # Of what levels above and this one have not taken, the command that lists it says how much it leaves out.
    monkeypatch.setattr(stored, "count_unlisted", lambda _database: 7)
    assert "另有7条没有列出" in run("conflicts", places.district).stdout
    assert answer("conflicts", places.district)["unlisted"] == 7


def test_that_this_ledger_was_set_back_is_said_once_for_all_who_know_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    bundles = tuple(
        results.BundleResult(Path(f"{n}.xsj"), name=f"{n}镇", unwritten=True) for n in ("甲", "乙")
    )
    show_report(district, results.MergeReport(bundles, ChangeSet()), preview=True, as_json=False)
    said = capsys.readouterr().out
    assert said.count("没有写过的数据包") == 1
    assert "甲镇、乙镇：对方收到过" in said
