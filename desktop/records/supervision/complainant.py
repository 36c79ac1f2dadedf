"""Whether words would tell an employer who complained (条例第十三条): a name, however it is spelled, or a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from desktop.records.cells import Values, text
from desktop.records.supervision.kinds import article
from desktop.records.supervision.likeness import squeezed
from desktop.records.supervision.reasons import Reason, forbidden
from desktop.records.typed.texts import printable

Reading = Callable[[str], str]
"""The pinyin of characters, without tones, blanks and capitals."""

_BESIDE: Final = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_BETWEEN: Final = re.compile(r"[、，,；;/／|\n]|\s{2,}|(?<=\w\w)(?:\s+|和|及|与)(?=\w\w)")
_OTHERS: Final = re.compile(r"(?:等(?:\d+|[一二三四五六七八九十]+)?[人名位]?.*|(?:女士|先生|师傅|同志))$")
_NOBODY: Final = re.compile(
    r"(?:\d*[多数几余一某该本]?[人名位]?)(?:匿名|不详|未知|保密|实名|(?:其他|其余|部分|全体|一些|本人|本|该|某|一线)?"
    r"(?:单位|公司|企业|工厂|车间|门店|项目部?)?(?:热心|在职|离职|外来|外地|本地|[男女老新])?"
    r"(?:职工|员工|工人|群众|同事|工友|代表|家属|家长|朋友|亲属|市民|网友|劳动者|投诉人|来电人|来信人|农民工"
    r"|骑手|快递员|外卖员|司机|保洁员|保安)?)(?:代表|\d+[人名位])?"
)
"""Words that stand in the place of a name and are nobody's."""
_DAY: Final = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_NUMBER: Final = re.compile(r"\d[\d\s()-]{5,}\d")
_ACCOUNT: Final = re.compile(r"[a-z0-9][a-z0-9._+@-]{4,}")
_OF_A_PERSON: Final = re.compile(r"@|(?=.*[a-z])(?=.*[\d_-])")
"""An address of mail, or letters with figures as accounts have: a word alone is met in any sentence."""
_ALIAS: Final = re.compile(
    '(?:曾用名|又名|别名|化名|绰号|外号|小名|乳名|网名|昵称|本名|原名|人称)[为是叫称:：\\s“"]*'
    "([\u3400-\u9fff\U00020000-\U0003ffff·]{2,10})"
)
_HOMONYMS: Final = "不是指投诉人的说法"
_WITH_COUNTRY: Final = 13
_WITH_TOWN: Final = 11
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_RUN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_LATIN: Final = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_PLACES: Final = re.compile(
    "road|rd|street|st|lane|avenue|ave|lu|jie|bridge|garden|plaza|tower|building|town|village|district|city"
    "|company|co|corp|corporation|ltd|limited|group|factory|technology|trade|trading"
)
"""黎明路 is Liming Road: what bears a name and is no person."""
_ABBREVIATIONS: Final = re.compile(
    "abc|abs|app|atm|cad|cba|cbd|ceo|cfo|cng|cnc|crm|csr|dna|doc|ecs|ehs|ems|epc|erp|gdp|gmp|gps|hse|jpg|lcd|led|lng"
    "|lpg|mes|nba|pcb|pcr|pdf|pet|plc|png|pos|ppe|ppp|ppr|ppt|rna|smt|sms|sop|sto|tft|tms|wms|wto|xls|xml|yto|zto"
)
"""What three letters mean in the world of work before they are anybody's initials."""
_PART: Final = re.compile(r"[。！？；，、：:!?;,\n]")
_NEVER_READ: Final = {"曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "覃": "qin",
    "朴": "piao", "区": "ou", "乐": "yue", "翟": "zhai", "缪": "miao", "种": "chong", "逄": "pang", "洗": "xian",
    "折": "she", "员": "yun", "繁": "po"}  # fmt: skip
"""Characters that are read otherwise where they are a family name."""
_UMLAUT: Final = re.compile("(?<=[ln])(?:yu|v)")
_ALIKE: Final = str.maketrans(
    "張陳劉楊黃趙吳孫馬羅鄭謝韓馮許鄧葉蘇呂盧蔣賈餘閻鐘鍾譚陸範鄒龔顧萬錢湯賀賴龐樊顏嚴龍聶歐陽劍偉國軍華強麗紅蘭鳳慶東寶貴榮輝"
    "傑藝傳倫億儉優潔濤濱澤燦爾獻瑤瓊環畢異現眾碩禮穎筆節紀純紹經綱緒綺維綿縣繼義習聖聰聯興舉蓮薩藍蘊衛補視覺親觀記誠"
    "詩該語誼調諾謙譽讓豐貝財貞費資賢賓贊軒農連進運遠適選遲邁鄉鄰釗鈺鉅銀銘鋒鋼錦鎮鎖鏡鑫長門閃開閩隊階際雙雲電靈靜順"
    "須頌領頤頻題額顯風飛養館駿騰驍魚魯鮮鳥鳴鴻鵬麥齊齡",
    "张陈刘杨黄赵吴孙马罗郑谢韩冯许邓叶苏吕卢蒋贾余阎钟钟谭陆范邹龚顾万钱汤贺赖庞樊颜严龙聂欧阳剑伟国军华强丽红兰凤庆东宝贵荣辉"
    "杰艺传伦亿俭优洁涛滨泽灿尔献瑶琼环毕异现众硕礼颖笔节纪纯绍经纲绪绮维绵县继义习圣聪联兴举莲萨蓝蕴卫补视觉亲观记诚"
    "诗该语谊调诺谦誉让丰贝财贞费资贤宾赞轩农连进运远适选迟迈乡邻钊钰钜银铭锋钢锦镇锁镜鑫长门闪开闽队阶际双云电灵静顺"
    "须颂领颐频题额显风飞养馆骏腾骁鱼鲁鲜鸟鸣鸿鹏麦齐龄",
)
"""The traditional forms of characters that names are made of."""
_SPELLED_OUT: Final = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_SAID: Final = re.compile("[零〇一二三四五六七八九幺]{7,}")


_SENTENCE: Final = re.compile(r"[^。！？；;!?\n]+")
_SHOWN: Final = 16
"""Characters of a sentence that are shown on either side of a word."""
_OF_WHOM: Final = re.compile(
    "投诉|反映|举报|来[访信电]|申诉|维权|职工|员工|工人|工友|同事|先生|女士|师傅|同志|等人|[说称讲]"
)
"""What is said of somebody who complains: no such words make a name a common word."""


def complainant_faults(
    case: Values, texts: Mapping[str, str], reading: Reading | None = None
) -> Iterator[Reason]:
    """The places, by label, in which a paper would tell who complained.

    Without ``reading`` only its own characters are looked for. What the employer is called tells nothing:
    张三丰茶业有限公司 is written to although 张三 complained. Nor does a word of two characters that is another name of
    his, 大力, where the case says of the phrase around it that nobody is meant: 大力推进. His own name is never let by.
    """
    told = list(_people(case))
    numbers = list(_numbers(case))
    words_too = set(_common_words(case))
    names = [*(_plain(name) for name in told if name not in words_too), *_accounts(case)]
    harmless = tuple(_harmless(case))
    called = text(case, "employer_name")
    employer = _plain(called)
    for label, words in texts.items():
        plain, others = _plain(words), words
        if len(employer) > 1:
            plain, others = plain.replace(employer, "\n"), words.replace(called, "\n")
        digits = _SAID.sub(lambda found: found[0].translate(_SPELLED_OUT), plain)
        if any(name in plain for name in names) or any(number in digits for number in numbers):
            found = "投诉人的姓名、电话或者账号"
        elif word := next((word for word in words_too if _meets(word, plain, harmless)), ""):
            yield _asked(label, word, words, harmless)
            continue
        elif reading is not None and any(_spelled(name, others, plain, reading) for name in told):
            found = "投诉人姓名的拼音或者首字母，或者和它同音的字"
        elif any(_turned(name, others) for name in told):
            found = "投诉人的姓名，是倒过来写的"
        else:
            continue
        yield forbidden(f"“{label}”里出现了{found}", article(13), "请改为不能看出是谁投诉的写法。")


def _meets(word: str, plain: str, harmless: Iterable[str]) -> bool:
    """Whether another name of two characters stands in a text outside of the phrases that mean nobody."""
    for phrase in harmless:
        if word in phrase:
            plain = plain.replace(phrase, "\n")
    return _plain(word) in plain


def _asked(label: str, word: str, words: str, harmless: tuple[str, ...]) -> Reason:
    """The sentence in which it stands: whoever knows the case sees whether he is meant."""
    sentence = next(
        s for s in (*_SENTENCE.findall(words), words) if _meets(word, _plain(s), harmless)
    ).strip()
    at = max(sentence.find(word), 0)
    first, last = max(at - _SHOWN, 0), at + len(word) + _SHOWN
    shown = f"{'…' * (first > 0)}{sentence[first:last]}{'…' * (last < len(sentence))}"
    return forbidden(
        f"“{label}”里的“{shown}”有投诉人的别名“{word}”", article(13),
        f"指投诉人的，请改写；只是平常的词的，把含有它的说法（四个字以上）填进案件的“{_HOMONYMS}”。",
    )  # fmt: skip


def _common_words(case: Values) -> Iterator[str]:
    """Other names of two characters, which may be words that are met in any sentence; never his own name."""
    told = text(case, "complainant_name")
    own = {squeezed(told), *_names(told)}
    for alias in map(squeezed, _ALIAS.findall(f"{told}\n{text(case, 'complainant_note')}")):
        if len(alias) == len("大力") and alias not in own:
            yield alias


def _harmless(case: Values) -> Iterator[str]:
    """The phrases of which the case says that they mean nobody: longer than the word, and not said of a person."""
    for phrase in map(_plain, _BETWEEN.split(text(case, "complainant_homonyms"))):
        if len(phrase) >= len("大力推进") and not _OF_WHOM.search(phrase):
            yield phrase


def _plain(words: str) -> str:
    return squeezed(words).translate(_ALIKE)


def _people(case: Values) -> Iterable[str]:
    """Who complained, as written, together and one by one."""
    told = text(case, "complainant_name")
    aliases = _ALIAS.findall(f"{told}\n{text(case, 'complainant_note')}")
    names = (squeezed(told), *_names(told), *map(squeezed, aliases))
    return dict.fromkeys(name for name in names if _is_name(name))


def _accounts(case: Values) -> Iterator[str]:
    """Addresses of mail and accounts in the note, as texts are read; of an address its first part too."""
    note = unicodedata.normalize("NFKC", text(case, "complainant_note")).lower()
    for account in _ACCOUNT.findall(_DAY.sub("。", note)):
        if _OF_A_PERSON.search(account):
            yield from (_plain(part) for part in (account, account.partition("@")[0]) if len(part) > 4)


def _names(told: str) -> Iterator[str]:
    """The single names where several people complained, without what stands beside them: 李小明、王强（仓库）等3人."""
    for piece in _BETWEEN.split(_BESIDE.sub("", told)):
        yield squeezed(_OTHERS.sub("", piece.strip()))


def _is_name(words: str) -> bool:
    return len(words) > 1 and not _NOBODY.fullmatch(words)


def _spelled(name: str, words: str, plain: str, reading: Reading) -> bool:
    """Whether a Chinese name stands there in pinyin, or in other characters that an input method gives for it.

    The latter of three characters or more only: two of one sound are met in any sentence.
    """
    if not _CHINESE.fullmatch(name):
        return False
    latin = _LATIN.findall(_without_marks(words))
    if not latin and len(name) <= len("李明"):
        return False
    syllables = [_bare(reading(character)) for character in name]
    if len(name) > len("李明") and any(
        _sounds(syllables, run, reading) for run in _RUN.findall(plain) if len(run) >= len(name)
    ):
        return True
    family = [_NEVER_READ.get(name[0], syllables[0]), *syllables[1:]]
    return any(
        _in_latin(spelling, latin) or _in_initials(spelling, words) for spelling in (syllables, family)
    )


def _turned(name: str, words: str) -> bool:
    """Whether a name stands there backwards, 明小李, within one part of a sentence; two characters are met anywhere."""
    if len(name) <= len("李明") or not _CHINESE.fullmatch(name):
        return False
    return any(_plain(name)[::-1] in _plain(part) for part in _PART.split(words))


def _in_initials(syllables: list[str], words: str) -> bool:
    """Whether letters that stand for themselves are a name's initials, the family name perhaps written out.

    LXM, L.X.M., Li XM, X. M. Li; of three characters or more, as two letters are HR or IT. LXM-2024 is a machine.
    """
    if len(syllables) <= len("李明"):
        return False
    family, *given = syllables
    first = [syllable[0] for syllable in given]
    for letters in ([family[0], *first], [family, *first], [*first, family]):
        spelled = r"[.·\s-]{0,2}".join(letters)
        alone = rf"(?<![a-z0-9])(?<![a-z0-9][-_./@]){spelled}(?![-_./@]?[a-z0-9])"
        if any(not _ABBREVIATIONS.fullmatch(found[0]) for found in re.finditer(alone, _without_marks(words))):
            return True
    return False


def _sounds(syllables: list[str], run: str, reading: Reading) -> bool:
    heard = [_bare(reading(character)) for character in run]
    width = len(syllables)
    return any(heard[at : at + width] == syllables for at in range(len(heard) - width + 1))


def _in_latin(syllables: list[str], latin: list[str]) -> bool:
    """Whether words in a row spell a name, the family name first or last: Li Xiaoming, Xiao-ming Li, LIXIAOMING."""
    orders = {"".join(syllables[at:] + syllables[:at]) for at in (0, 1, 2)[: len(syllables)]}
    bare = [_bare(re.sub("['’-]", "", word)) for word in latin]
    for at in range(len(bare)):
        for end in range(at + 1, min(at + len(syllables), len(bare)) + 1):
            if "".join(bare[at:end]) in orders and (end == len(bare) or not _PLACES.fullmatch(latin[end])):
                return True
    return False


def _bare(syllable: str) -> str:
    return _UMLAUT.sub("u", syllable)


def _without_marks(words: str) -> str:
    """Lǐ Xiǎomíng without its tones."""
    split = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", printable(words)).lower())
    return re.sub("[\u0300-\u036f]", "", split)


def _numbers(case: Values) -> Iterator[str]:
    for field in ("complainant_phone", "complainant_note"):
        for number in _NUMBER.findall(_DAY.sub("。", unicodedata.normalize("NFKC", text(case, field)))):
            yield from _dialled(re.sub(r"\D", "", number))


def _dialled(number: str) -> Iterator[str]:
    """A number as it is typed, without the country's code, and that of a house without its town's."""
    yield number
    if len(number) == _WITH_COUNTRY and number.startswith("86"):
        yield number[2:]
    if len(number) >= _WITH_TOWN and number.startswith("0"):
        yield number[-8:]
