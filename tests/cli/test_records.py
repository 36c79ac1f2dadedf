"""Recording and reading by commands: what goes in comes out, and what cannot go in is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.operations.recording import records
from tests.cli.calling import CODE, OPERATOR, answer, json_lines, make, record, run


def test_a_record_can_be_made_listed_shown_changed_undone_and_found(town: Path) -> None:
    (made,) = record(
        town, "enterprise", {"name": "杭州示例科技有限公司", "uscc": CODE, "surveyed_staff": 120}
    )
    assert (made["line"], made["outcome"]) == (1, "new")
    listed = answer("list", town, "enterprise")
    assert [(r["id"], r["values"]["name"]) for r in listed["records"]] == [
        (made["id"], "杭州示例科技有限公司")
    ]
    (changed,) = record(town, "enterprise", {"id": made["id"], "name": "杭州示例股份有限公司"})
    assert (changed["outcome"], changed["id"]) == ("changed", made["id"])
    shown = answer("show", town, "enterprise", made["id"])
    place = {"town": "330106002"}
    assert shown["values"] == {"name": "杭州示例股份有限公司", "uscc": CODE, "surveyed_staff": 120, **place}
    versions = answer("history", town, "enterprise", made["id"])["versions"]
    names = [(v["value"], v["operator"], v["head"]) for v in versions if v["slot"] == "name"]
    assert names == [("杭州示例股份有限公司", OPERATOR, True), ("杭州示例科技有限公司", OPERATOR, False)]
    answer("undo", town, changed["operation"])
    assert answer("show", town, "enterprise", made["id"])["values"]["name"] == "杭州示例科技有限公司"
    assert answer("list", town, "enterprise")["sums"] == {"surveyed_staff": "120"}
    found = answer("search", town, "示例科技")
    assert [(f["type"], f["id"]) for f in found["found"]] == [("enterprise", made["id"])]


def test_values_may_be_typed_as_people_type_them(town: Path) -> None:
    (made,) = record(
        town,
        "enterprise",
        {"name": " 甲茶  公司 ", "town": "北山街道", "surveyed_staff": "１２０人", "surveyed_date": "2026年1月5日",
         "union_state": "筹建", "in_park": "是"},
    )  # fmt: skip
    shown = answer("show", town, "enterprise", made["id"])
    assert shown["values"]["name"] == "甲茶 公司"
    assert shown["values"]["town"] == "330106002"
    assert shown["values"]["surveyed_staff"] == 120
    assert shown["values"]["surveyed_date"] == "2026-01-05"
    assert shown["values"]["in_park"] == 1
    assert (shown["words"]["town"], shown["words"]["in_park"]) == ("北山街道", "是")
    assert shown["words"]["union_state"] == "筹建"
    assert any("120" in note for note in made["notes"])


def test_a_step_that_is_not_here_is_not_undone_and_the_number_is_asked_for(town: Path) -> None:
    told = run("undo", town, "12345")
    assert told.exit_code == 22
    assert told.stderr.endswith("没有找到这一步操作，它可能是在别的电脑上做的。请核对操作号。\n")


def test_all_new_lines_are_one_operation_and_undone_as_one(town: Path) -> None:
    made = record(town, "enterprise", *({"name": f"第{n}家公司"} for n in range(30)))
    assert len({m["operation"] for m in made}) == 1
    undone = answer("undo", town, made[0]["operation"])
    assert len(undone["records"]["enterprise"]) == 30
    assert answer("list", town, "enterprise")["total"] == 0
    assert answer("list", town, "enterprise", "--deleted")["total"] == 30


def test_a_known_credit_code_changes_its_record_instead_of_doubling_it(town: Path) -> None:
    first = record(town, "enterprise", {"name": "原名", "uscc": CODE}, {"name": "改名", "uscc": CODE})
    assert [m["outcome"] for m in first] == ["new", "changed"]
    again = record(town, "enterprise", {"name": "改名", "uscc": CODE})
    assert [m["outcome"] for m in again] == ["unchanged"]
    assert [r["title"] for r in answer("list", town, "enterprise")["records"]] == ["改名"]


def test_the_code_of_a_record_that_has_been_given_another_is_a_new_record_s(town: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "抄错代码的公司", "uscc": CODE})
    record(town, "enterprise", {"id": made["id"], "uscc": "91330100799655058B"})
    for outcome in ("new", "unchanged"):
        (other,) = record(town, "enterprise", {"name": "真有这个代码的公司", "uscc": CODE})
        assert (other["outcome"], other["id"] == made["id"]) == (outcome, False)
    assert answer("show", town, "enterprise", made["id"])["values"]["name"] == "抄错代码的公司"
    assert answer("list", town, "enterprise")["total"] == 2


def test_a_code_that_a_record_was_given_later_takes_its_id_to_be_changed_and_is_listed_twice(
    town: Path,
) -> None:
    (made,) = record(town, "enterprise", {"name": "后来补代码的公司"})
    record(town, "enterprise", {"id": made["id"], "uscc": CODE})
    (other,) = record(town, "enterprise", {"name": "后来补代码的公司", "uscc": CODE})
    assert (other["outcome"], other["id"] == made["id"]) == ("new", False)
    (pair,) = answer("duplicates", town)["proposals"]
    assert set(pair["ids"]) == {made["id"], other["id"]}


def test_null_empties_a_field_and_what_is_not_named_stays(town: Path) -> None:
    (made,) = record(
        town, "enterprise", {"name": "甲公司", "town": None, "surveyed_staff": 5, "remark": "旧的"}
    )
    record(town, "enterprise", {"id": made["id"], "remark": None})
    shown = answer("show", town, "enterprise", made["id"])
    assert shown["values"] == {"name": "甲公司", "surveyed_staff": 5}


def test_findings_of_the_logic_check_come_with_the_outcome_and_stop_nothing(town: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司", "surveyed_staff": 5, "women_count": 9})
    assert made["outcome"] == "new"
    assert {"severity": "error", "message": "女职工数9多于职工数5，请核对", "fields": ["women_count", "surveyed_staff"],
            "rule": "at_most"} in made["findings"]  # fmt: skip
    checked = answer("check", town, "--logic")
    assert checked["sound"] is True
    assert [r["id"] for r in checked["records"]] == [made["id"]]


BAD_LINES = [
    ('{"nam": "甲"}', "nam", "没有字段“nam”，是不是“name”"),
    ('{"name": "甲", "surveyed_staff": "许多"}', "surveyed_staff", "应填数字"),
    ('{"name": "甲", "union_state": "不知道"}', "union_state", "可以填："),
    ('{"name": "甲", "surveyed_date": "下周"}', "surveyed_date", "应填日期"),
    ('{"name": {"a": 1}}', "name", "应是一个值"),
    ('{"name": ["甲"]}', "name", "应是一个值"),
    ('{"name": "甲", "name": "乙"}', "", "写了两次"),
    ('{"name": "甲"', "", "不是完整的JSON对象"),
    ('["甲"]', "", "应是一个JSON对象"),
    ('{"surveyed_staff": NaN}', "", "NaN"),
    ("[" * 100_000, "", "不是完整的JSON对象"),
    ('{"id": "abc", "name": "甲"}', "id", "不是记录编号"),
    ('{"id": "00000000000000000000000000000000", "name": "甲"}', "id", "没有找到"),
    ('{"unit": "没有的单位", "name": "甲"}', "unit", "没有找到单位"),
]


@pytest.mark.parametrize(("line", "field", "words"), BAD_LINES)
def test_a_bad_line_is_named_with_number_and_field_and_the_others_are_saved(
    town: Path, line: str, field: str, words: str
) -> None:
    lines = json_lines({"name": "好的一行"}) + "\n" + line + "\n" + json_lines({"name": "又一行"})
    result = run("record", town, "enterprise", "--json", lines=lines)
    told = {o["line"]: o for o in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 2
    assert [told[n]["outcome"] for n in (1, 3, 4)] == ["new", "refused", "new"]
    (problem,) = told[3]["problems"]
    assert problem["field"] == field
    assert words in problem["message"]
    spoken = run("record", town, "enterprise", lines=lines)
    assert "第3行没有保存" in spoken.stderr
    assert words in spoken.stderr
    assert answer("list", town, "enterprise")["total"] == 4


def test_text_that_is_not_utf8_is_named_and_a_byte_order_mark_is_not_minded(town: Path) -> None:
    result = run(
        "record",
        town,
        "enterprise",
        "--json",
        lines=b'\xef\xbb\xbf{"name": "\xe7\x94\xb2"}\n{"name": "\xbc\xd7"}\n',
    )
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == ["new", "refused"]
    assert "chcp 65001" in result.stdout


def test_what_an_id_number_tells_fills_what_is_empty_and_nothing_that_was_said(town: Path) -> None:
    number = "110101199003077715"
    (made,) = record(town, "member", {"name": "张三", "id_number": number})
    assert any("由证件号码带出" in note for note in made["notes"])
    values = answer("show", town, "member", made["id"], "--reveal")["values"]
    assert (values["birth_date"], values["sex"], values["id_kind"]) == ("1990-03-07", "1", "resident_id")
    (made,) = record(
        town, "member", {"name": "李四", "id_number": number, "sex": None, "birth_date": "1990-03-08"}
    )
    values = answer("show", town, "member", made["id"], "--reveal")["values"]
    assert (values["birth_date"], values.get("sex")) == ("1990-03-08", None)
    (made,) = record(town, "member", {"name": "王五", "sex": "2"})
    (made,) = record(town, "member", {"id": made["id"], "id_number": number})
    values = answer("show", town, "member", made["id"], "--reveal")["values"]
    assert (values["birth_date"], values["sex"]) == ("1990-03-07", "2")
    (made,) = record(town, "member", {"name": "赵六", "id_number": "110101199003077716"})
    assert "birth_date" not in answer("show", town, "member", made["id"], "--reveal")["values"]


def test_long_digits_are_kept_exactly(town: Path) -> None:
    result = run(
        "record", town, "member", "--json", lines='{"name": "张三", "id_number": 330106199001010016}\n'
    )
    made = json.loads(result.stdout)
    shown = answer("show", town, "member", made["id"], "--reveal")
    assert shown["values"]["id_number"] == "330106199001010016"


def test_personal_values_are_masked_until_asked_for_and_asking_is_noted(town: Path, tmp_path: Path) -> None:
    (made,) = record(
        town, "enterprise", {"name": "甲公司", "contact_name": "张三丰", "contact_phone": "13812345678"}
    )
    for command in (("show", town, "enterprise", made["id"]), ("list", town, "enterprise"),
                    ("history", town, "enterprise", made["id"])):  # fmt: skip
        for form in ([], ["--json"]):
            masked, whole = run(*command, *form), run(*command, *form, "--reveal")
            assert "13812345678" not in masked.output
            assert "138****5678" in masked.output or command[0] == "list"
            assert "张三丰" not in masked.output
            assert "13812345678" in whole.output or (command[0] == "list" and not form)
    run("audit", town, "export", tmp_path / "audit.jsonl")
    log = (tmp_path / "audit.jsonl").read_text("utf-8")
    assert log.count("查看完整信息") == 6
    assert "13812345678" not in log
    assert answer("audit", town, "verify")["whole"] is True


def test_lists_can_be_filtered_sorted_and_cut(town: Path) -> None:
    record(
        town,
        "enterprise",
        {"name": "乙公司", "surveyed_staff": 20, "town": "北山街道"},
        {"name": "甲公司", "surveyed_staff": 100, "town": None},
        {"name": "丙厂", "surveyed_staff": 3, "remark": "有备注", "town": None},
    )

    def titles(*options: str) -> list[str]:
        return [r["title"] for r in answer("list", town, "enterprise", *options)["records"]]

    assert titles() == ["丙厂", "甲公司", "乙公司"]
    assert titles("--sort", "surveyed_staff", "--descending") == ["甲公司", "乙公司", "丙厂"]
    assert titles("--sort", "surveyed_staff", "--limit", "1") == ["丙厂"]
    assert titles("--filter", "surveyed_staff>=20") == ["甲公司", "乙公司"]
    assert titles("--filter", "surveyed_staff<=20", "--filter", "name=乙*") == ["乙公司"]
    assert titles("--filter", "town=北山街道") == ["乙公司"]
    assert titles("--filter", "remark=*") == ["丙厂"]
    assert titles("--filter", "remark=") == ["甲公司", "乙公司"]
    assert titles("--search", "公司") == ["甲公司", "乙公司"]
    assert titles("--unit", "330106002", "--search", "丙") == ["丙厂"]
    for wrong, words in (
        ("town=火星", "火星"),
        ("nme=甲", "没有字段“nme”"),
        ("甲", "看不懂条件“甲”"),
        ("name=*甲*", "--search"),
    ):
        result = run("list", town, "enterprise", "--filter", wrong)
        assert result.exit_code == 2
        assert words in result.stderr


def test_children_are_shown_with_their_parent_and_deleted_and_brought_back_with_it(town: Path) -> None:
    (meeting,) = record(town, "meeting", {"name": "一届一次会议"})
    (person,) = record(town, "participant", {"meeting": meeting["id"], "name": "张三"})
    assert answer("show", town, "meeting", meeting["id"])["children"] == {"participant": [person["id"]]}
    assert answer("list", town, "participant", "--filter", f"meeting={meeting['id']}")["total"] == 1
    deleted = answer("delete", town, "meeting", meeting["id"])
    assert deleted["records"] == {"meeting": [meeting["id"]], "participant": [person["id"]]}
    assert answer("delete", town, "meeting", meeting["id"])["operation"] is None
    assert answer("list", town, "participant")["total"] == 0
    answer("undelete", town, "meeting", meeting["id"])
    assert answer("list", town, "meeting")["total"] == 1


def test_the_schema_says_what_record_takes(town: Path) -> None:
    everything = answer("schema")
    assert {"enterprise", "union", "member", "officer", "meeting", "congress", "course", "attendance", "visit",
            "case"} <= {t["name"] for t in everything["types"]}  # fmt: skip
    (declared,) = answer("schema", "enterprise")["types"]
    assert {"name": "uscc", "kind": "uscc"}.items() <= next(
        f for f in declared["fields"] if f["name"] == "uscc"
    ).items()
    spoken = run("schema", "enterprise").stdout
    for field in declared["fields"]:
        assert field["name"] in spoken
        assert field["label"] in spoken
    assert "union_building_state" in spoken


def test_what_a_unit_may_not_write_is_refused_and_nothing_is_kept(town: Path) -> None:
    result = run("record", town, "plan_target", lines="{}\n")
    assert result.exit_code == 14
    assert "不能填写" in result.stderr
    assert answer("list", town, "plan_target")["total"] == 0


def test_places_are_taken_as_people_write_them_and_what_was_meant_is_said(town: Path) -> None:
    lines = json_lines(
        {"name": "甲公司", "town": "北山街道办事处", "village": "西湖区北山街道宝石社区居委会"}
    )
    told = run("record", town, "enterprise", lines=lines)
    assert told.exit_code == 0
    assert "第1行说明：“镇街”：“北山街道办事处”按“西湖区北山街道”（330106002）保存。" in told.stderr
    (held,) = answer("list", town, "enterprise")["records"]
    assert held["values"]["town"] == "330106002"
    assert held["words"]["village"] == "宝石社区"


def test_a_new_record_without_a_place_lies_by_its_address_else_at_the_own_unit_and_that_is_said(
    town: Path,
) -> None:
    lines: list[dict[str, Any]] = [
        {"name": "甲"},
        {"name": "乙", "town": None},
        {"name": "丙", "address": "径山镇径山村1号"},
        {"name": "己", "town": None, "address": "径山镇径山村2号"},
        {"name": "庚", "address": "文三路一号"},
    ]
    made = record(town, "enterprise", *lines)
    assert made[0]["notes"] == ["没有写在哪里，按本单位填了“北山街道”，不对的请改"]
    assert made[2]["notes"] == ["没有写镇街，按地址填了“径山镇径山村委会”，不对的请改"]
    assert [made[n]["notes"] for n in (1, 3, 4)] == [[], [], []]
    record(town, "enterprise", {"id": made[1]["id"], "surveyed_staff": 3})
    told = run("record", town, "enterprise", lines=json_lines({"name": "丁"}, {"name": "戊"})).stderr
    assert "2行没有写在哪里，按本单位填了“北山街道”，不对的请改。" in told
    held = {
        r["values"]["name"]: r["values"].get("town") for r in answer("list", town, "enterprise")["records"]
    }
    assert {name: held[name] for name in "甲乙丙丁己庚"} == {
        "甲": "330106002", "乙": None, "丙": "330110109", "丁": "330106002", "己": None, "庚": None,
    }  # fmt: skip


def test_one_of_several_namesakes_is_taken_by_the_town_beside_it_else_by_the_own_unit(tmp_path: Path) -> None:
    made = make(tmp_path / "径山", code="330110109", name="径山镇总工会")
    rows = [{"name": "甲", "town": "义桥镇", "village": "西山村"}, {"name": "乙", "village": "西山村"}]
    assert [r["outcome"] for r in record(made, "enterprise", *rows)] == ["new", "new"]
    places = {r["title"]: r["values"]["village"] for r in answer("list", made, "enterprise")["records"]}
    assert places["甲"].startswith("330109106")
    assert places["乙"] == "330110109224"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("西山村", "西山村”可能是萧山区义桥镇西山村委会（330109106"),
        ("良渚", "余杭区良渚街道（330110010）"),
        ("火星", "“镇街”里没有“火星”，是不是钱塘区义蓬街道火星村委会（330114004221）"),
        ("没有的地方", "用 xiaosanji divisions 查名称和代码"),
        ("33011010922", "余杭区径山镇径山村委会（330110109222）"),
    ],
)
def test_a_place_that_is_not_certain_is_refused_with_those_it_may_be(
    town: Path, said: str, words: str
) -> None:
    told = run("record", town, "enterprise", lines=json_lines({"name": "甲", "town": said}))
    assert told.exit_code == 2
    assert words in told.stderr
    assert "列表" not in told.stderr
    assert answer("list", town, "enterprise")["total"] == 0


def test_a_link_that_is_no_id_is_refused_with_how_to_find_one(town: Path) -> None:
    told = run("record", town, "coverage", lines=json_lines({"enterprise": "甲公司"}))
    assert told.exit_code == 2
    assert "要写记录编号，用 xiaosanji list 台账 enterprise 查编号" in told.stderr


def test_characters_that_nobody_sees_are_taken_out_and_that_is_said(town: Path) -> None:
    rows = [
        {"name": "甲\u0007公\u200b司\u0000", "town": None},
        {"name": "乙公司\n", "town": None},
        {"name": "丙", "remark": "一\n二\t三", "town": None},
    ]
    made = record(town, "enterprise", *rows)
    assert made[0]["notes"] == ["“单位名称”：去掉了3个看不见的控制字符"]
    assert [m["notes"] for m in made[1:]] == [[], []]
    turned = record(town, "enterprise", {"name": "\u202e丁\u2066公\u200e司\u2069\u202c", "town": None})
    assert turned[0]["notes"] == ["“单位名称”：去掉了5个看不见的控制字符"]
    assert answer("show", town, "enterprise", turned[0]["id"])["title"] == "丁公司"
    answer("undo", town, turned[0]["operation"])
    told = run("record", town, "enterprise", lines=json_lines(rows[0]))
    assert "第1行说明：“单位名称”：去掉了3个看不见的控制字符。" in told.stderr
    assert {r["title"] for r in answer("list", town, "enterprise")["records"]} == {"甲公司", "乙公司", "丙"}


@pytest.mark.parametrize("line", ["{}", '{"name": null}', '{"name": " "}', '{"unit": "330106002"}'])
def test_a_new_record_of_which_nothing_is_said_is_refused_with_what_is_needed(town: Path, line: str) -> None:
    told = run("record", town, "enterprise", lines=line + "\n")
    assert told.exit_code == 2
    assert "什么都没有填，新增企业（单位）要填单位名称、镇街" in told.stderr
    assert answer("list", town, "enterprise")["total"] == 0


def test_a_line_with_an_id_and_nothing_else_changes_nothing(town: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    assert [r["outcome"] for r in record(town, "enterprise", {"id": made["id"]})] == ["unchanged"]


def test_what_is_new_is_told_before_a_later_line_is_read(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that ends in the middle has told everything that it kept, with the number to undo it."""
    saved = records.save

    def fails(*arguments: Any, **given: Any) -> Any:
        if arguments[2].get("remark") == "断":
            raise KeyboardInterrupt
        return saved(*arguments, **given)

    monkeypatch.setattr(records, "save", fails)
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    rows = [
        {"name": "乙公司"},
        {"name": "丙公司", "unit": "330106002"},
        {"id": made["id"], "name": "甲厂"},
        {"id": made["id"], "remark": "断"},
    ]
    told = run("record", town, "enterprise", "--json", lines=json_lines(*rows))
    outcomes = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(o["line"], o["outcome"]) for o in outcomes] == [(1, "new"), (2, "new"), (3, "changed")]
    assert all(o["operation"] for o in outcomes)
    assert answer("list", town, "enterprise")["total"] == 3


def test_what_cannot_be_checked_is_not_kept_either(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept of which nobody was told: an interrupt while new lines are checked takes them all back."""

    def interrupted(*_arguments: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(records, "check", interrupted)
    told = run("record", town, "enterprise", lines=json_lines({"name": "甲公司"}, {"name": "乙公司"}))
    assert told.exit_code == 130
    assert answer("list", town, "enterprise")["total"] == 0


def test_the_help_of_record_says_what_one_step_is() -> None:
    said = run("record", "--help").stdout
    assert "--batch" in said
    assert "是一步操作" in said


def test_history_says_each_label_once_and_who_wrote_where(town: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司", "surveyed_staff": 30})
    lines = run("history", town, "enterprise", made["id"]).stdout.splitlines()
    (line,) = [line for line in lines if "工会摸排职工数" in line]
    assert line.count("工会摸排职工数") == 1
    assert line.endswith("工会摸排职工数：30")
    assert "北山街道总工会的工作电脑" in line
    versions = answer("history", town, "enterprise", made["id"])["versions"]
    assert {v["author"] for v in versions} == {"北山街道总工会"}


def test_what_follows_from_a_record_is_told_and_filled_in(town: Path) -> None:
    (firm,) = record(town, "enterprise", {"name": "杭州示例科技有限公司"})
    (held,) = record(
        town, "congress",
        {"name": "职代会", "kind": "congress", "enterprise": firm["id"], "started_date": "2026-10-15",
         "expected_count": 40, "present_count": 38},
    )  # fmt: skip
    (motion,) = record(
        town, "motion",
        {"congress": held["id"], "title": "工资专项集体合同草案", "subject": "wages_contract", "needs_vote": 1,
         "approve_count": 36, "against_count": 1, "abstain_count": 1},
    )  # fmt: skip
    offers = answer("show", town, "congress", held["id"])["offers"]
    assert {offer["type"] for offer in offers} == {"collective_contract", "democratic_system"}
    assert (
        f"record collective_contract --from {motion['id']}"
        in run("show", town, "motion", motion["id"]).stdout
    )
    (election,) = record(
        town, "motion",
        {"congress": held["id"], "title": "选举", "subject": "staff_directors", "needs_vote": 1, "approve_count": 36,
         "against_count": 1, "abstain_count": 1, "elected_directors": "王芳、李强"},
    )  # fmt: skip
    told = run("show", town, "motion", election["id"]).stdout
    assert f"可以生成：职工董事监事2条，用 record staff_director --from {election['id']}" in told
    made = answer("record", town, "collective_contract", "--from", motion["id"])["records"]
    related = answer("show", town, "congress", held["id"])["related"]
    assert related == [
        {
            "type": "collective_contract",
            "field": "congress",
            "total": 1,
            "records": made["collective_contract"],
        }
    ]
    again = run("record", town, "collective_contract", "--from", motion["id"])
    assert again.exit_code == 22
    assert (
        f"已经有了：“杭州示例科技有限公司 工资专项集体合同”（编号{made['collective_contract'][0]}）"
        in again.stderr
    )


def test_what_the_records_give_is_scored_by_one_command(town: Path) -> None:
    refused = run("record", town, "union", "--computed", "0" * 32)
    assert refused.exit_code == 22
    assert "“工会”不是按记录打分的" in refused.output
    missing = run("record", town, "assessment_score", "--computed", "0" * 32)
    assert "没有找到编号是" in missing.output


def test_types_and_fields_may_be_called_by_their_labels(town: Path) -> None:
    made = record(town, "企业", {"单位名称": "甲厂", "工会摸排职工数": 20}, {"name": "乙厂"})
    (first, second) = (m["id"] for m in made)
    asked = answer("list", town, "企业（单位）", "--filter", "单位名称=甲*", "--sort", "工会摸排职工数")
    assert [(r["id"], r["values"]) for r in asked["records"]] == [
        (first, {"name": "甲厂", "town": "330106002", "surveyed_staff": 20})
    ]
    assert answer("schema", "企业")["types"][0]["name"] == "enterprise"
    answer("duplicates", town, "--apart", "企业", first, second)
    assert "企业（单位） " in run("check", town, "--logic").stdout
    twice = run("record", town, "企业", lines='{"name": "丙", "单位名称": "丁"}\n')
    assert (twice.exit_code, "字段“name”写了两次" in twice.stderr) == (2, True)
    for wrong, words in (
        (("list", town, "企页"), "是不是“企业”"),
        (("list", town, "啊"), "xiaosanji schema"),
    ):
        assert words in run(*wrong).stderr
    assert "是不是“单位名称”" in run("list", town, "企业", "--filter", "单位名=甲").stderr


def test_a_village_names_its_town(town: Path) -> None:
    for cells in ({"name": "甲", "村社": "宝石社区"}, {"name": "乙", "村社": "径山村"}):
        (made,) = record(town, "企业", cells)
        values = answer("show", town, "企业", made["id"])["values"]
        assert values["village"].startswith(values["town"])
    (made,) = record(town, "企业", {"name": "丁", "town": "北山街道", "village": None})
    record(town, "企业", {"id": made["id"], "village": "径山村"})
    assert answer("show", town, "企业", made["id"])["values"]["town"] == "330106002", "what stands stays"
    record(town, "企业", {"id": made["id"], "village": None})
    assert "village" not in answer("show", town, "企业", made["id"])["values"], (
        "a place is emptied like any other"
    )


def test_a_change_is_told_with_the_name_of_its_record(town: Path) -> None:
    (made,) = record(town, "企业", {"name": "甲厂"})
    told = run("record", town, "企业", lines=f'{{"id": "{made["id"]}", "surveyed_staff": 3}}\n').stdout
    assert f"修改  {made['id']}  甲厂  操作" in told


def test_who_was_erased_is_called_so_in_lists(town: Path) -> None:
    (gone, stays) = record(
        town, "member", {"name": "张三", "phone": "13812345678"}, {"education": "大学专科"}
    )
    run("erase", town, "会员", gone["id"], "--basis", "consent", "--yes")
    lines = {line.split()[0]: line for line in run("list", town, "会员").stdout.splitlines()}
    assert "（已清除）" in lines[gone["id"]]
    assert "（已清除）" not in lines[stays["id"]]
    assert run("show", town, "会员", gone["id"]).stdout.startswith("会员  （已清除）\n")
    assert "清除个人信息  （已清除）  1条" in run("operations", town, "--limit", "1").stdout


def test_a_list_of_parts_says_what_each_belongs_to(town: Path) -> None:
    (course,) = record(town, "course", {"name": "初任班", "started_date": "2026-11-01"})
    record(town, "attendance", {"course": course["id"], "name": "张伟"})
    listed = run("list", town, "attendance").stdout
    assert ("班次" in listed, "初任班 2026-11-01" in listed) == (True, True)
