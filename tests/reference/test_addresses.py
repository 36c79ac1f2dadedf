"""Towns and villages found in freely written addresses; a wrong guess is worse than none."""

from __future__ import annotations

import random
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.divisions import Division, DivisionLevel, Divisions
from desktop.records.typed.addresses import AddressLocator
from desktop.records.typed.locations import LocationReason
from desktop.records.typed.place_names import AddressWords
from desktop.reference import address_locator, divisions, locate

LIST = divisions()
LOCATOR = address_locator()
TOWNS = LIST.of_level(DivisionLevel.TOWN)
VILLAGES = LIST.of_level(DivisionLevel.VILLAGE)

FOUND = [
    ("浙江省杭州市余杭区良渚街道古墩路1899号", "余杭区良渚街道"),
    ("杭州市余杭区良渚街道古墩路…", "余杭区良渚街道"),
    ("中国浙江省杭州市余杭区良渚街道", "余杭区良渚街道"),
    ("浙江 杭州 余杭区 良渚街道 古墩路 1899 号", "余杭区良渚街道"),
    ("浙江省杭州市余杭区（良渚街道）古墩路", "余杭区良渚街道"),
    ("余杭良渚古墩路1899号", "余杭区良渚街道"),
    ("余杭良渚", "余杭区良渚街道"),
    ("余杭良渚勾庄村路", "余杭区良渚街道"),
    ("余杭区良渚", "余杭区良渚街道"),
    ("余杭 良渚", "余杭区良渚街道"),
    ("杭州良渚古墩路", "余杭区良渚街道"),
    ("余杭良渚街道", "余杭区良渚街道"),
    ("良渚街道古墩路", "余杭区良渚街道"),
    ("余杭区良渚街道（原良渚镇）", "余杭区良渚街道"),
    ("余杭区余杭街道", "余杭区余杭街道"),
    ("余杭余杭街道", "余杭区余杭街道"),
    ("余杭区仓前文一西路1218号", "余杭区仓前街道"),
    ("余杭区五常街道联胜路", "余杭区五常街道"),
    ("余杭区仓前街道梦想小镇", "余杭区仓前街道"),
    ("西湖区文三路 古荡街道", "西湖区古荡街道"),
    ("西湖区文三路古荡街道", "西湖区古荡街道"),
    ("古荡街道", "西湖区古荡街道"),
    ("西湖区三墩镇西园路8号", "西湖区三墩镇"),
    ("西湖三墩", "西湖区三墩镇"),
    ("西湖街道", "西湖区西湖街道"),
    ("滨江区长河街道江虹路", "滨江区长河街道"),
    ("滨江长河街道", "滨江区长河街道"),
    ("滨江区西兴固陵路", "滨江区西兴街道"),
    ("萧山区瓜沥镇", "萧山区瓜沥镇"),
    ("萧山瓜沥", "萧山区瓜沥镇"),
    ("萧山市临浦镇", "萧山区临浦镇"),
    ("萧山区闻堰镇黄山村5号", "萧山区闻堰街道黄山村委会"),
    ("浙江省杭州市余杭区乔司镇 方桥村", "临平区乔司街道方桥村委会"),
    ("拱墅区康桥街道蒋家浜社区陈家村97号", "拱墅区康桥街道蒋家浜社区"),
    ("萧山区新塘街道路易大厦", "萧山区新塘街道"),
    ("萧山区红山农场", "萧山区红山农场"),
    ("建德大同三村村委会30号", "建德市大同镇三村村委会"),
    ("萧山经济技术开发区宁围街道", "萧山区宁围街道"),
    ("富阳区万市镇", "富阳区万市镇"),
    ("富阳市富春街道", "富阳区富春街道"),
    ("临安市昌化镇", "临安区昌化镇"),
    ("临安区昌化", "临安区昌化镇"),
    ("桐庐县旧县街道", "桐庐县旧县街道"),
    ("桐庐旧县街道", "桐庐县旧县街道"),
    ("桐庐县莪山畲族乡", "桐庐县莪山畲族乡"),
    ("建德市梅城镇", "建德市梅城镇"),
    ("建德梅城镇", "建德市梅城镇"),
    ("建德市新安江街道", "建德市新安江街道"),
    ("淳安县千岛湖镇", "淳安县千岛湖镇"),
    ("淳安县界首乡", "淳安县界首乡"),
    ("临平区东湖街道", "临平区东湖街道"),
    ("东湖街道", "临平区东湖街道"),
    # Former names, and districts that were larger before 2021: the town's name is unique in the city.
    ("下城区文晖街道", "拱墅区文晖街道"),
    ("江干区九堡街道", "上城区九堡街道"),
    ("江干区下沙街道", "钱塘区下沙街道"),
    ("余杭区临平街道", "临平区临平街道"),
    ("富阳市场口镇东江路1号", "富阳区场口镇"),
    ("余杭区塘栖镇", "临平区塘栖镇"),
    ("萧山区义蓬街道", "钱塘区义蓬街道"),
    ("钱塘区(原江干区)白杨街道6号大街", "钱塘区白杨街道"),
    # Zones that stood, or stand, in the place of a district.
    ("钱塘新区白杨街道6号大街", "钱塘区白杨街道"),
    ("浙江省杭州市大江东产业集聚区河庄青六北路1号", "钱塘区河庄街道"),
    ("杭州经济技术开发区白杨6号大街", "钱塘区白杨街道"),
    ("杭州未来科技城仓前街道文一西路1500号", "余杭区仓前街道"),
    # What people still say for a district or a zone, in front of a town.
    ("杭州江干四季青街道钱江路1号", "上城区四季青街道"),
    ("杭州下城朝晖街道", "拱墅区朝晖街道"),
    ("杭州下沙白杨街道4号大街", "钱塘区白杨街道"),
    ("杭州市钱塘区下沙白杨街道", "钱塘区白杨街道"),
    ("大江东义蓬街道青六北路", "钱塘区义蓬街道"),
    ("杭州市钱江新城四季青街道", "上城区四季青街道"),
    ("浙江省杭州市江干区钱江新城四季青街道城星路59号", "上城区四季青街道"),
    ("杭州市余杭区临平南苑街道", "临平区南苑街道"),
    ("余杭区临平 星桥街道", "临平区星桥街道"),
    # A second place of business, which is not the seat.
    ("杭州市萧山区戴村镇永富路5号（一照多址：杭州市西湖区文三路90号）", "萧山区戴村镇"),
    ("杭州市西湖区三墩镇西园路8号；经营场所设在：余杭区良渚街道古墩路", "西湖区三墩镇"),
    ("住所/经营场所：杭州市西湖区三墩镇西园路8号", "西湖区三墩镇"),
    # Full width, line ends and marks from a workbook.
    ("浙江省杭州市西湖区古荡街道文三路４７７号\n", "西湖区古荡街道"),
    ("杭州市,西湖区,古荡街道;文三路", "西湖区古荡街道"),
]

VILLAGE_FOUND = [
    ("西湖区西湖街道梅家坞村", "西湖区西湖街道梅家坞村委会"),
    ("西湖区梅家坞村12号", "西湖区西湖街道梅家坞村委会"),
    ("杭州梅家坞村", "西湖区西湖街道梅家坞村委会"),
    ("西湖区古荡湾社区", "西湖区翠苑街道古荡湾社区"),
    ("余杭良渚勾庄村12组", "余杭区良渚街道勾庄村委会"),
    ("余杭区良渚街道 勾庄村", "余杭区良渚街道勾庄村委会"),
    ("余杭勾庄村", "余杭区良渚街道勾庄村委会"),
    # A town without its ending, in front of its own village, whatever else is called like the town.
    ("上城区丁兰美辰社区", "上城区丁兰街道美辰社区"),
    ("杭州上城四季青五福社区397号", "上城区四季青街道五福社区"),
    ("余杭区临平结网社区", "临平区临平街道结网社区"),
    ("翠苑四区社区", "西湖区翠苑街道翠苑四区社区"),
    ("西湖区文三路翠苑四区社区", "西湖区翠苑街道翠苑四区社区"),
    ("桐庐县江南镇窄溪村", "桐庐县江南镇窄溪村村委会"),
    ("富阳区常安镇东村坞村委会", "富阳区常安镇东村坞村委会"),
    ("淳安县姜家镇双溪村村民委员会", "淳安县姜家镇双溪村村民委员会"),
    ("建德市寿昌镇艾溪社区", "建德市寿昌镇艾溪（西湖）社区"),
]

NOT_FOUND = [
    ("", LocationReason.NOTHING),
    ("   ", LocationReason.NOTHING),
    ("杭州市", LocationReason.NOTHING),
    ("浙江省", LocationReason.NOTHING),
    ("下城区", LocationReason.NOTHING),
    ("江干区", LocationReason.NOTHING),
    ("余杭区", LocationReason.NOTHING),
    ("萧山区红山农场江滨东路5号（近靖江街道）", LocationReason.AMBIGUOUS),
    ("萧山区围垦区锦城路1号（近萧山商业城）", LocationReason.AMBIGUOUS),
    ("大同三村村委会30号", LocationReason.AMBIGUOUS),
    # Roads, estates, lakes and companies that bear a town's name.
    ("拱墅区文晖路108号", LocationReason.NOTHING),
    ("下城区文晖路108号", LocationReason.NOTHING),
    ("拱墅区文晖大桥北路", LocationReason.NOTHING),
    ("拱墅区文晖桥北路", LocationReason.NOTHING),
    ("西湖区古荡湾12号", LocationReason.NOTHING),
    ("西湖区古荡新村", LocationReason.NOTHING),
    ("西湖区转塘直街12号", LocationReason.NOTHING),
    ("西湖区西溪湿地", LocationReason.NOTHING),
    ("西湖大道18号", LocationReason.NOTHING),
    ("杭州市西湖文化广场", LocationReason.NOTHING),
    ("余杭区余杭塘路866号", LocationReason.NOTHING),
    ("余杭塘路866号", LocationReason.NOTHING),
    ("余杭区五常大道", LocationReason.NOTHING),
    ("滨江区长河路351号", LocationReason.NOTHING),
    ("滨江江南大道", LocationReason.NOTHING),
    ("上城区望江东路", LocationReason.NOTHING),
    ("拱墅区拱宸桥西路", LocationReason.NOTHING),
    ("拱墅区米市巷12号", LocationReason.NOTHING),
    ("上城区九堡客运中心", LocationReason.NOTHING),
    ("淳安千岛湖", LocationReason.NOTHING),
    ("桐庐县江南路", LocationReason.NOTHING),
    ("杭州文新印刷有限公司", LocationReason.NOTHING),
    ("良渚古墩路", LocationReason.NOTHING),
    ("杭州下沙4号大街", LocationReason.NOTHING),
    ("杭州市下沙路12号", LocationReason.NOTHING),
    ("上城区九堡下沙路12号", LocationReason.NOTHING),
    ("杭州市钱江新城民心路100号", LocationReason.NOTHING),
    ("上城区丁兰环丁路12号", LocationReason.NOTHING),
    ("上城区丁兰美辰社区路3号", LocationReason.NOTHING),
    ("余杭区云栖小镇", LocationReason.NOTHING),
    ("建德市场路1号", LocationReason.NOTHING),
    # 场口镇 belongs to 富阳: the characters 市场 in the middle are no market.
    ("杭州市建德市场口镇", LocationReason.CONTRADICTION),
    ("上海路", LocationReason.NOTHING),
    ("西湖区梅家坞村路", LocationReason.NOTHING),
    ("西湖区新梅家坞村", LocationReason.NOTHING),
    # Towns of the past and names that are longer than a town's.
    ("余杭区良渚镇", LocationReason.AMBIGUOUS),
    ("萧山区坎山镇东风村", LocationReason.NOTHING),
    ("拱墅区大石桥街道", LocationReason.AMBIGUOUS),
    ("拱墅区大石桥街道华丰社区", LocationReason.AMBIGUOUS),
    ("萧山区闻堰镇东山陈村", LocationReason.AMBIGUOUS),
    # Roads that are called after a town, wherever they lie.
    ("萧山区新塘街道路5号", LocationReason.AMBIGUOUS),
    ("余杭区塘栖镇路149号", LocationReason.AMBIGUOUS),
    # Villages of which there are several.
    ("萧山区东风村", LocationReason.AMBIGUOUS),
    ("高桥社区", LocationReason.AMBIGUOUS),
    ("红旗村", LocationReason.NOTHING),
    # What contradicts itself.
    ("临平区余杭街道", LocationReason.CONTRADICTION),
    ("萧山区下城朝晖街道", LocationReason.CONTRADICTION),
    ("西湖区良渚街道", LocationReason.CONTRADICTION),
    ("西湖区余杭区", LocationReason.CONTRADICTION),
    ("西湖区古荡街道古荡湾社区", LocationReason.CONTRADICTION),
    ("滨江区梅家坞村", LocationReason.CONTRADICTION),
    ("西湖区翠苑街道文三路 良渚街道", LocationReason.AMBIGUOUS),
    # Neighbours: a zone that is named beside a street would be the street's.
    ("萧山区围垦区与萧山区临浦镇交界处", LocationReason.AMBIGUOUS),
    # Other cities, even with towns of the same name.
    ("绍兴市越城区东湖街道", LocationReason.OUTSIDE),
    ("越城区东湖街道", LocationReason.OUTSIDE),
    ("绍兴东湖街道", LocationReason.OUTSIDE),
    ("浙江省宁波市江北区文教街道", LocationReason.OUTSIDE),
    ("安徽省黄山市", LocationReason.OUTSIDE),
    ("湖北省武汉市东西湖区", LocationReason.OUTSIDE),
    ("增城区莲花镇", LocationReason.OUTSIDE),
    ("杭州湾新区", LocationReason.OUTSIDE),
]


@pytest.mark.parametrize(("address", "expected"), [*FOUND, *VILLAGE_FOUND])
def test_a_certain_town_or_village_is_found(address: str, expected: str) -> None:
    location = LOCATOR.search(address)
    assert location.reason is LocationReason.FOUND
    assert location.division is not None
    assert LIST.full_name(location.division.code, DivisionLevel.DISTRICT) == expected
    assert locate(address) == location.division


@pytest.mark.parametrize(("address", "reason"), NOT_FOUND)
def test_what_is_not_certain_is_not_guessed_and_says_why(address: str, reason: LocationReason) -> None:
    location = LOCATOR.search(address)
    assert location.division is None
    assert location.reason is reason
    assert reason.message
    assert locate(address) is None


def test_at_least_sixty_forms_are_tried() -> None:
    assert len(FOUND) + len(VILLAGE_FOUND) + len(NOT_FOUND) > 100


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("余杭区良渚镇", ["良渚街道"]),
        ("西湖区古荡街道古荡湾社区", ["翠苑街道", "古荡街道"]),
        ("西湖区翠苑街道文三路 良渚街道", ["翠苑街道", "良渚街道"]),
    ],
)
def test_candidates_are_offered_where_there_are_some(address: str, names: list[str]) -> None:
    assert [town.name for town in LOCATOR.search(address).candidates] == names


def _forms(division: Division) -> list[str]:
    names = [step.name for step in LIST.path(division.code)]
    return ["".join(names), "".join(names[1:]), names[1][:-1] + "".join(names[2:]), "浙江" + " ".join(names)]


def test_every_division_is_found_again_by_its_own_name() -> None:
    for division in (*TOWNS, *VILLAGES):
        for address in _forms(division):
            found = locate(address)
            assert found is not None, address
            assert LIST.at_level(found.code, DivisionLevel.TOWN) == LIST.at_level(
                division.code, DivisionLevel.TOWN
            )


def test_a_village_with_its_district_never_leads_to_another_town() -> None:
    found = 0
    for village in VILLAGES:
        district = LIST.path(village.code)[1]
        division = locate(district.name + village.name)
        if division is not None:
            assert LIST.is_within(division.code, village.parent)
            found += 1
    assert found > 3200


def test_seventeen_thousand_addresses_take_less_than_two_seconds() -> None:
    chance = random.Random(1)
    addresses = [
        f"浙江省{LIST.full_name(chance.choice(VILLAGES).code)}文一西路{number}号A座{number % 30}楼"
        for number in range(17_000)
    ]
    start = time.process_time()
    found = sum(locate(address) is not None for address in addresses)
    spent = time.process_time() - start
    assert found == len(addresses)
    assert spent < 2 or sys.gettrace() is not None


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    location = LOCATOR.search(text)
    assert (location.division is None) == (location.reason is not LocationReason.FOUND)


@given(
    st.lists(
        st.sampled_from(
            [
                *(t.name for t in TOWNS),
                *(v.name for v in VILLAGES[:200]),
                "余杭",
                "西湖区",
                "杭州市",
                "路",
                "村",
            ]
        )
        | st.text(alphabet="杭州余西湖区良渚街道镇乡村社路号1 文晖古荡", max_size=6),
        max_size=6,
    )
)
def test_a_full_town_name_that_stands_alone_is_the_only_town_that_can_be_found(parts: list[str]) -> None:
    text = "".join(parts)
    found = locate(text)
    if found is None:
        return
    town = LIST.at_level(found.code, DivisionLevel.TOWN)
    assert town is not None
    named = {t.code for t in TOWNS if t.name in text and t.name.endswith(("街道", "镇", "乡"))}
    assert not named or town.code in named


@pytest.mark.parametrize("district", LIST.of_level(DivisionLevel.DISTRICT), ids=lambda d: d.name)
def test_a_town_in_a_district_that_it_never_belonged_to_is_not_accepted(district: Division) -> None:
    related = {("330110", "330113"), ("330109", "330114")}
    for town in TOWNS:
        belongs = town.parent == district.code or (district.code, town.parent) in related
        assert locate(f"杭州市{district.name}{town.name}") == (town if belongs else None), town.name


def test_a_locator_works_without_any_extra_words() -> None:
    small = Divisions(
        [
            Division("3301", "杭州市", DivisionLevel.CITY),
            Division("330110", "余杭区", DivisionLevel.DISTRICT, "3301"),
            Division("330110010", "良渚街道", DivisionLevel.TOWN, "330110"),
        ]
    )
    assert AddressLocator(small, AddressWords()).locate("余杭良渚") == small["330110010"]
    assert AddressLocator(Divisions([]), AddressWords()).locate("余杭良渚") is None
