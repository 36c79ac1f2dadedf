"""Recording and reading by commands: what goes in comes out, and what cannot go in is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import CODE, OPERATOR, answer, json_lines, make, record, run


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town's workspace."""
    return make(tmp_path / "town")


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
    assert shown["values"] == {"name": "杭州示例股份有限公司", "uscc": CODE, "surveyed_staff": 120}
    versions = answer("history", town, "enterprise", made["id"])["versions"]
    names = [(v["value"], v["operator"], v["head"]) for v in versions if v["slot"] == "name"]
    assert names == [("杭州示例股份有限公司", OPERATOR, True), ("杭州示例科技有限公司", OPERATOR, False)]
    answer("undo", town, changed["operation"])
    assert answer("show", town, "enterprise", made["id"])["values"]["name"] == "杭州示例科技有限公司"
    found = answer("search", town, "示例科技")
    assert [(f["type"], f["id"]) for f in found["found"]] == [("enterprise", made["id"])]


def test_values_may_be_typed_as_people_type_them(town: Path) -> None:
    (made,) = record(
        town,
        "enterprise",
        {"name": " 甲  公司 ", "town": "北山街道", "surveyed_staff": "１２０人", "surveyed_date": "2026年1月5日",
         "union_state": "筹建", "in_park": "是"},
    )  # fmt: skip
    shown = answer("show", town, "enterprise", made["id"])
    assert shown["values"]["name"] == "甲 公司"
    assert shown["values"]["town"] == "330106002"
    assert shown["values"]["surveyed_staff"] == 120
    assert shown["values"]["surveyed_date"] == "2026-01-05"
    assert shown["values"]["in_park"] == 1
    assert (shown["words"]["town"], shown["words"]["in_park"]) == ("北山街道", "是")
    assert shown["words"]["union_state"] == "筹建"
    assert any("120" in note for note in made["notes"])


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


def test_null_empties_a_field_and_what_is_not_named_stays(town: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司", "surveyed_staff": 5, "remark": "旧的"})
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
    assert "UTF-8" in result.stdout


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
        {"name": "甲公司", "surveyed_staff": 100},
        {"name": "丙厂", "surveyed_staff": 3, "remark": "有备注"},
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
    for wrong, words in (("town=火星", "火星"), ("nme=甲", "没有字段“nme”"), ("甲", "看不懂条件“甲”")):
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
