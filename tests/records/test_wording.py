"""Words that a letter may not have: articles that it borrows, and what tells who complained."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.records.supervision import LetterKind, Title
from desktop.records.supervision.complainant import complainant_faults
from desktop.records.supervision.wording import borrows_article_22, wording_faults
from desktop.store.tables.pinyin import pinyin


@pytest.mark.parametrize(
    ("words", "borrows"),
    [
        ("根据《浙江省工会劳动法律监督条例》第二十二条，请答复", True),
        ("根据《浙江省工会劳动法律监督条例》第十八条、第二十二条", True),
        ("依照该条例第22条", True),
        ("依照第二十二条办理", True),
        ("《中华人民共和国工会法》第二十条。依照监督条例第二十二条", True),
        ("《中华人民共和国工会法》第二十二条规定，单方面解除劳动合同应当事先通知工会", False),
        ("《浙江省人口与计划生育条例》第二十二条规定的产假", False),
        ("工会法第二十二条", False),
        ("《浙江省工会劳动法律监督条例》等规定", False),
        ("《浙江省工会劳动法律监督条例》第一百二十二条", False),
        ("《浙江省工会劳动法律监督条例》第二十二、二十三条", True),
        ("《浙江省工会劳动法律监督条例》第二十至二十四条", True),
        ("《浙江省工会劳动法律监督条例》第21—23条", True),
        ("依照第二十 二条", True),
        ("依照第贰拾贰条", True),
        ("依照第廿二条和第二十三条", True),
        ("《浙江省工会劳动法律监督条例》第十八、二十条", False),
        ("《浙江省工会劳动法律监督条例》第十八条至第二十条", False),
        ("《中华人民共和国工会法》第二十一条、第二十二条", False),
        ("《中华人民共和国工会法》第二十至二十三条", False),
        ("2026年9月22日，第3条", False),
    ],
)
def test_a_reminder_that_borrows_article_22_is_found(words: str, borrows: bool) -> None:
    assert borrows_article_22(words) is borrows
    faults = list(wording_faults(LetterKind.REMINDER, Title.REMINDER, words))
    assert bool(faults) is borrows


@pytest.mark.parametrize(
    "words",
    ["15个工作日", "十五个工作日内", "15 个工作日", "十五工作日", "１５个工作日", "15个工作天", "15个上班日"],
)
def test_a_reminder_does_not_give_fifteen_working_days(words: str) -> None:
    (fault,) = wording_faults(LetterKind.REMINDER, Title.REMINDER, f"请于收到本函之日起{words}反馈")
    assert fault.article == "《浙江省工会劳动法律监督条例》第二十二条"
    assert not list(wording_faults(LetterKind.REMINDER, Title.REMINDER, "请于15日内、10个工作日内反馈"))


COMPLAINT = {
    "complainant_name": "阿卜杜拉·买买提",
    "complainant_phone": "13800001111",
    "complainant_note": "家里电话0571-88886666",
}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("职工阿卜杜拉·买买提反映", True), ("阿卜杜拉 买买提", True), ("电话138 0000 1111", True),
        ("138-0000-1111", True), ("057188886666", True), ("１３８００００１１１１", True),
        ("阿卜杜拉的同事反映", False), ("12名职工", False),
    ],
)  # fmt: skip
def test_words_that_tell_who_complained_are_found(words: str, told: bool) -> None:
    assert bool(list(complainant_faults(COMPLAINT, {"事实": words}, pinyin))) is told
    assert not list(complainant_faults({}, {"事实": words}, pinyin))


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明、王强", "王强反映", True), ("李小明 王强", "王强反映", True), ("李小明和王强", "李小明反映", True),
        ("赵云（仓库）", "赵云反映", True), ("李小明等3人", "李小明等人反映", True), ("王强女士", "王强反映", True),
        ("李 小明", "李小明反映", True), ("李小明", "李 小 明", True), ("李小明/王强；钱进", "钱进反映", True),
        ("李小明等12名职工", "12名职工反映", False), ("匿名", "匿名投诉", False), ("职工", "12名职工", False),
        ("多名员工", "多名员工反映", False), ("李", "李某反映", False), ("李小明、其他职工", "其他职工反映", False),
        ("李小明", "李.小\u200b明反映", True), ("李小明", "李（小明）反映", True), ("李小明", "李*小_明", True),
        ("某职工", "某职工反映", False), ("一线工人", "一线工人反映", False), ("该单位职工", "该单位职工反映", False),
        ("张偉", "张伟反映", True), ("张伟", "張偉反映", True), ("欧阳兰", "歐陽蘭反映", True),
    ],
)  # fmt: skip
def test_each_of_several_people_who_complained_is_known_and_nobody_is_nobody(
    name: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明", "Li Xiaoming反映", True), ("李小明", "XIAO-MING LI", True), ("李小明", "（lixiaoming）", True),
        ("李小明", "Lǐ Xiǎomíng", True), ("吕丽", "Lü Li", True), ("吕丽", "Lv Li", True), ("单雄", "Shan Xiong", True),
        ("欧阳娜", "Ouyang Na", True), ("欧阳娜", "Na Ouyang", True), ("李小明", "ＬＩ　Ｘｉａｏｍｉｎｇ", True),
        ("李小明", "李晓明反映", True), ("李明", "黎明以前上班", False), ("李明", "Liming Road 5", False),
        ("李明", "Limited", False), ("王五", "excel", False), ("李小明", "理想和小米", False),
    ],
)  # fmt: skip
def test_a_name_in_pinyin_or_in_other_characters_of_its_sound_tells_who_complained(
    name: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明", "LXM反映", True), ("李小明", "职工L.X.M.", True), ("李小明", "lxm", True), ("李小明", "Li XM", True),
        ("李小明", "x. m. li", True), ("李小明", "ＬＸＭ", True), ("李小明", "L X M", True), ("欧阳小娜", "OYXN", True),
        ("单小雄", "SXX", True), ("李小明", "LXM-2024型机床", False), ("李小明", "3LXM", False),
        ("李小明", "LXMA", False), ("李小明", "a@lxm.com", False), ("潘平涛", "用PPT讲解", False),
        ("李明", "LM照明", False), ("李娥丹", "LED灯", False), ("李小明", "XML文件", False),
        ("李小明", "明小李反映", True), ("李小明", "明 小\u200b李", True), ("李小明", "情况说明。小李反映", False),
        ("李小明", "情况说明，小李反映", False), ("李明", "说明李某", False), ("欧阳娜", "娜阳欧", True),
        ("張小偉", "伟小张", True),
    ],
)  # fmt: skip
def test_initials_and_a_name_backwards_tell_who_complained(name: str, words: str, told: bool) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


_FILLERS = st.text("公司拖欠工资仓库。，一月ABp3 ", max_size=12)


@given(
    name=st.text("李张王赵小明国强娜欧阳丽", min_size=3, max_size=4),
    gaps=st.lists(st.sampled_from(["", " ", "\u200b", "."]), min_size=3, max_size=3),
    before=_FILLERS,
    after=_FILLERS,
)
def test_neither_gaps_nor_a_sentence_around_it_hide_a_name_that_is_turned_or_shortened(
    name: str, gaps: list[str], before: str, after: str
) -> None:
    def found(told: str) -> bool:
        return bool(list(complainant_faults({"complainant_name": name}, {"事实": told}, pinyin)))

    def spread(letters: Iterable[str]) -> str:
        return "".join(map("".join, zip(letters, [*gaps, ""], strict=False)))

    assert found(f"{before}{spread(reversed(name))}{after}")
    initials = [pinyin(character)[0].upper() for character in name]
    # Of these letters two words are made that mean something else first, see XML文件 above.
    assume("".join(initials) not in ("LNG", "XML"))
    assert found(f"{before}（{''.join(initials)}）{after}")
    assert found(f"{before}（{spread(initials)}）{after}")
    assert not found(f"{before}（{''.join(initials)}1）{after}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("杭州张三丰茶业有限公司", False), ("杭州张三丰茶业（有限公司）的仓库", False),
        ("杭州张三丰茶业有限公司的张三反映", True), ("张三丰反映", True),
    ],
)  # fmt: skip
def test_what_the_employer_is_called_tells_nothing(words: str, told: bool) -> None:
    case = {"complainant_name": "张三", "employer_name": "杭州张三丰茶业有限公司"}
    assert bool(list(complainant_faults(case, {"主送": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("绰号大力的职工", True), ("阿强反映", True), ("李大明反映", True), ("lixm_88@163.com", True),
        ("LIXM 88", True), ("微信号lxm-2024", True), ("3301 0619 9001 0112 3X", True),
        ("公司邮箱hr@example.com", False), ("2024年", False), ("wechat群", False),
    ],
)  # fmt: skip
def test_other_names_and_accounts_of_who_complained_are_found(words: str, told: bool) -> None:
    case = {
        "complainant_name": "李小明（曾用名：李大明）",
        "complainant_note": "外号“大力”，网名阿强；邮箱lixm_88@163.com，微信 LXM-2024，"
        "身份证33010619900101123X，wechat群里说的",
    }
    assert bool(list(complainant_faults(case, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("该公司应当大力推进整改。", False), ("大 力推进", False), ("大力推进，大力反映", True), ("大力", True),
        ("大力提升", True), ("大力反映工资", True), ("李小明大力推进", True), ("大力推进由小李提出", True),
    ],
)  # fmt: skip
def test_another_name_that_is_a_common_word_is_let_by_where_the_case_says_that_nobody_is_meant(
    words: str, told: bool
) -> None:
    case = {
        "complainant_name": "李小明（外号：大力；网名小李）",
        "complainant_homonyms": "大力推进、大力反映，李小明大力推进、大力",
    }
    assert bool(list(complainant_faults(case, {"事实": words}, pinyin))) is told


def test_the_sentence_with_a_common_word_is_shown_and_a_name_of_two_characters_is_never_let_by() -> None:
    facts = "公司仓储部拖欠工资。生产任务加重以后，公司大力推进两班制，没有与职工协商。另查明，没有考勤。"
    (fault,) = complainant_faults({"complainant_note": "外号大力"}, {"事实": facts}, pinyin)
    assert (
        fault.text == "“事实”里的“生产任务加重以后，公司大力推进两班制，没有与职工协商”有投诉人的别名“大力”"
    )
    assert "“不是指投诉人的说法”" in fault.next_step
    case = {"complainant_name": "高峰", "complainant_homonyms": "生产高峰期"}
    assert list(complainant_faults(case, {"事实": "生产高峰期加班"}, pinyin))


def test_a_day_in_a_note_is_no_telephone_number() -> None:
    case = {"complainant_note": "2026-11-05来访，电话0571-88886666"}
    assert not list(complainant_faults(case, {"材料": "2026-11-05工资表"}, pinyin))
    assert list(complainant_faults(case, {"材料": "88886666"}, pinyin))


@pytest.mark.parametrize(
    ("phone", "words", "told"),
    [
        ("+86 13800001111", "13800001111", True), ("0571-88886666", "电话8888 6666", True),
        ("(0571)88886666", "88886666", True), ("１３８-0000-1111", "138.0000.1111", True),
        ("13800001111", "一三八零零零零一一一一", True), ("13800001111", "幺三八〇〇〇〇幺幺幺幺", True),
        ("13800001111", "00001111", False), ("8888666", "88886660", True), ("0571-88886666", "86666", False),
    ],
)  # fmt: skip
def test_a_phone_number_tells_who_complained_however_it_is_written(
    phone: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_phone": phone}, {"事实": words}, pinyin))) is told
