"""The code lists that are shipped."""

from __future__ import annotations

import re

import pytest

from desktop.reference import article, code_list, code_lists, is_official
from desktop.resources import resource

# The 实名制 templates' lists, letter by letter.
TEMPLATE = {
    "sex": "男 女",
    "education": "博士 硕士 本科 大专 中专 高中 初中 小学及以下",
    "employment_status": "在岗 待(下)岗 失业 退休 退职 退养(内退) 病休 其他",
    "membership_change": "入会 转入 保留 转出 除名 退会",
    "membership_change_reason": "劳动(工作)关系发生变化 在本单位下岗后待岗 失业 所在企业破产 "
    "个人要求退会 因犯罪被开除会籍",
    "household_registration": "农业户口 非农业户口",
    "technical_level": "无 职业资格一级(高级技师) 职业资格二级(技师) 职业资格三级(高级) "
    "职业资格四级(中级) 职业资格五级(初级)",
    "union_type": "独立基层工会 联合基层工会 工会联合会 产业(系统)工会 总工会",
    "unit_nature": "国有企业 集体企业 股份合作企业 联营企业 国有独资公司 其他有限责任公司 国有控股公司 "
    "其他股份有限公司 私营企业 其他内资企业 港澳台商投资企业 外商投资企业 财政拨款的事业单位 其他事业单位 "
    "机关 个体经济组织 社会团体 民办非企业单位 基金会 其他组织",
    "economic_type": "国有经济 集体经济 私营经济 个体经济 联营经济 股份制 外商投资 港澳台投资 其他经济类",
    "industry": "农林牧渔业 采矿业 制造业 电力热力燃气及水 环境和公共设施 建筑业 交通运输仓储邮政 "
    "信息传输计算机软件 批发零售 住宿餐饮 金融保险 房地产 租赁商务 科研技术 "
    "水利环境公共设施 居民服务 教育 卫生社保 文化体育娱乐 综合 其它",
}


@pytest.mark.parametrize("list_id", TEMPLATE)
def test_template_lists_have_the_exact_words_in_their_order(list_id: str) -> None:
    assert [item.label for item in code_list(list_id).offered] == TEMPLATE[list_id].split()
    assert is_official(list_id)


@pytest.mark.parametrize(
    ("list_id", "codes"),
    [
        ("sex", "1 2"),
        ("employment_status", "1 2 3 4 6 7 8 9"),
        ("employment_status_system", "1 2 3 4 5 6 7 8 9"),
        ("membership_change", "1 2 3 4 5 6"),
        ("membership_change_reason", "1 2 3 4 5 6"),
        ("technical_level", "0 1 2 3 4 5"),
        ("union_building_state", "N C Y"),
        ("supervision_matter", "01 02 03 04 05 06 07 08 09 10 11 12"),
        ("suggestion_ground", "1 2 3"),
    ],
)
def test_codes_of_a_source_are_kept(list_id: str, codes: str) -> None:
    assert list(code_list(list_id).by_code) == codes.split()


def test_the_system_codes_and_the_template_agree_where_both_have_a_state() -> None:
    system = code_list("employment_status_system").by_code
    assert all(system[item.code].label == item.label for item in code_list("employment_status").items)


def test_there_are_fifty_six_peoples_marked_as_unverified() -> None:
    peoples = code_list("ethnicity")
    assert list(peoples.by_code) == [f"{n:02d}" for n in range(1, 57)]
    assert (peoples.label_of("01"), peoples.label_of("56")) == ("汉族", "基诺族")
    assert peoples.find("汉") == "01"
    assert len({item.label for item in peoples.items}) == 56
    assert not is_official("ethnicity")
    assert "未与标准" in peoples.source


def test_there_are_thirteen_political_states() -> None:
    states = code_list("political_status")
    assert len(states.items) == 13
    assert states.find("党员") == "01"
    assert states.find("群众") == "13"


def test_the_twelve_matters_quote_the_law() -> None:
    law = article("浙江省工会劳动法律监督条例", 9)
    notes = [item.note for item in code_list("supervision_matter").items]
    assert len(notes) == 12
    assert all(note and note in law for note in notes)


def test_the_three_grounds_quote_the_law() -> None:
    law = article("浙江省工会劳动法律监督条例", 23)
    assert all(item.note and item.note in law for item in code_list("suggestion_ground").items)


def test_titles_of_letters_stand_in_the_laws_that_give_them() -> None:
    assert "整改意见书" in article("浙江省企业民主管理条例", 33)
    assert code_list("letter_title").label_of("handling_suggestion") in article("浙江省企业民主管理条例", 33)
    assert code_list("letter_title").label_of("penalty_suggestion") in article("浙江省集体合同条例", 41)
    assert code_list("letter_title").label_of("opinion") in article("浙江省工会劳动法律监督条例", 21)


@pytest.mark.parametrize("list_id", sorted(code_lists()))
def test_every_list_says_what_it_is_and_where_it_comes_from(list_id: str) -> None:
    found = code_list(list_id)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", list_id)
    assert found.id == list_id
    assert found.label
    assert found.version
    assert found.source
    assert found.items
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", item.code) for item in found.items)
    assert len({item.label for item in found.items}) == len(found.items)


@pytest.mark.parametrize("list_id", sorted(code_lists()))
def test_every_label_and_alias_leads_back_to_its_code(list_id: str) -> None:
    found = code_list(list_id)
    for item in found.items:
        assert found.find(item.label) == item.code
        assert found.find(item.code) == item.code
        assert all(found.find(alias) == item.code for alias in item.aliases)


def test_lists_that_can_be_changed_and_are_examples_are_called_so() -> None:
    changeable = {item.code: item.note for item in code_list("changeable_list").items}
    assert changeable == {name: "" if is_official(name) else "示例" for name in changeable}


def test_the_table_of_lists_matches_the_files() -> None:
    expected = [
        f"| `{name}` | {found.label} | {len(found.items)} | {'yes' if is_official(name) else 'no'} | {found.source} |"
        for name, found in sorted(code_lists().items())
    ]
    lines = resource("codes", "README.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows == expected, "resources/codes/README.md should list:\n" + "\n".join(expected)


def test_an_unknown_list_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        code_list("nothing")
