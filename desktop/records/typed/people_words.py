"""What one word or cell of a pasted list says of a person: a name, a unit, a post, a number, or nothing of use.

Nothing but its own look tells; what columns and neighbours tell is in ``people_lists``.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from desktop.records.name_dots import DOT
from desktop.records.parts import PERSON_NAME
from desktop.records.typed.person_names import DOTS
from desktop.records.typed.phones import is_phone, parse_phone
from desktop.records.typed.texts import compact, printable
from desktop.records.versions.canonical import normal_text


class Part(enum.StrEnum):
    """What a column of a pasted block says of a person."""

    SKIP = "skip"
    NAME = "name"
    SEX = "sex"
    UNIT = "unit"
    POST = "post"
    PHONE = "phone"
    CODE = "code"
    REMARK = "remark"

    @property
    def label(self) -> str:
        """The word for it."""
        return _LABELS[self]


_LABELS = {
    Part.SKIP: "不用",
    Part.NAME: "姓名",
    Part.SEX: "性别",
    Part.UNIT: "单位",
    Part.POST: "职务",
    Part.PHONE: "电话",
    Part.CODE: "证件后四位",
    Part.REMARK: "备注",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a pasted list; what was not told is empty. ``remark`` says for whom a substitute came."""

    name: str
    unit: str = ""
    post: str = ""
    phone: str = ""
    sex: str = ""
    code: str = ""
    remark: str = ""


SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱江尹薛闫阎雷龙史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖葛"
    "祝华樊俞施洪倪裘诸楼章来应屠蓝翁鲍褚茅盛柴凌费卞岑俍竺虞厉柯骆柳季温庄柏瞿管焦左梅齐牛霍翟关耿包申欧阮宁殷"
    "司项成甘谷党饶单路吉占詹池冉靳桑蔺蒲戚娄束岳解车郁滕卓束巫符喻鲁芦明童麻宣支郎干沃冷吾娜鞠苗邢裴席卫娣项边"
    "闻荣羊查帅隋亓上官司马欧阳诸葛夏侯尉迟皇甫令狐"
)
"""What usual family names begin with; others are names too."""
_UNITS = re.compile(
    r".*(工会|联合会|委员会|公司|集团|企业|厂|村|社区|街道|镇|乡|局|所|站|中心|学校|小学|中学|大学|学院|幼儿园|医院|"
    r"卫生院|银行|支行|分行|酒店|饭店|超市|民宿|市场|部|科|科室|处|室|车间|班组|小组|组|协会|合作社|园区|总部|店|分公司|"
    r"事务所|办公室|后勤|财务|行政|人事|生产线|仓库|门店|工地|项目部)"
)
_POSTS = re.compile(
    r".*(主席|委员|干事|部长|主任|书记|组长|经理|厂长|社工|工作者|指导员|协理员|协管员|专干|负责人|会长|秘书|秘书长|老师|"
    r"校长|院长|联络员|监督员|网格员|科长|处长|局长|站长|班长|店长|主管|总监|员工|职工|工人|会计|出纳|工程师|助理|专员|"
    r"技术员|管理人员|技术人员|中高层|一线)"
)
_INTRODUCES = re.compile(
    r"(?:各位|尊敬的|亲爱的|大家|同志们|请|现将|兹|根据|按照|欢迎|感谢|通知).*|.*(?:名单|名册|如下|当选)|共?[0-9]+[名人位]"
    r"|(?:全体|以下|下列|应到|实到|参会|参训|参加|出席|列席|到会|与会|缺席|请假|正式|特邀|新任|[女男]|职工|会员)+"
    r"(?:代表|委员|学员|老师|同志|同事|领导|嘉宾|人员)*(?:[为有是共计]|[0-9]+[名人位])*"
)
"""Words that greet people or say that they follow, and are no unit of theirs: 各位代表, 参会人员, 现将名单公布如下."""
_SEXES: Final = {"男": "男", "女": "女", "男性": "男", "女性": "女"}
NUMBERING = re.compile(
    r"^\s*(?:[(（]\s*\d{1,4}\s*[)）]|\d{1,4}\s*[.．、:：)）]|\d{1,4}\s+|[一二三四五六七八九十]{1,3}[、.．]|[①-⑳❶-❿]|[-•*●·]+\s|第\d{1,3}[名位号])\s*"
)
BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
TWO_TO_FOUR = re.compile(r"[^\W\d_a-zA-Z]{2,4}")
"""So many Chinese characters are a name without dots."""
_LONGEST: Final = 4
"""Names of so many characters have two families' names or a double one; other words of that length are no names."""
_DOTTED = re.compile(r"[^\W\d_]{1,20}(?:·[^\W\d_]{1,20}){1,5}")
_BETWEEN = re.compile(r"(?<=[^\x00-\xff]) (?=[^\x00-\xff])")
"""A space between two Chinese characters, which a line break inside a cell leaves behind."""
_SUBSTITUTE = re.compile(
    r"(?:代替|代|替)(.{2,4}?)(?:同志|老师)?(?:参加|参会|参训|出席|到会|签到|开会|培训|学习|听课|来)?"
)
"""For whom somebody came, where it stands behind a name: 代周明, 替李芳参加."""
_TAIL = re.compile(r"\d{3}[\dXx]")
_ID = re.compile(r"\d{17}[\dXx]")


def kind_of(cell: str) -> Part:
    """What a cell by itself looks like; a number in sequence, a tick or a sum is nothing that is used."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    squeezed = "".join(plain.split())
    if not squeezed or squeezed in ("合计", "总计", "备注", "签到", "请假"):
        return Part.SKIP
    if squeezed in _SEXES:
        return Part.SEX
    if _INTRODUCES.fullmatch(squeezed.rstrip(":,.!;")):
        return Part.SKIP
    if _ID.fullmatch(squeezed):
        return Part.CODE
    if (number := parse_phone(squeezed)) is not None and is_phone(number) and len(number) >= 7:
        return Part.PHONE
    if not any(unicodedata.category(c) == "Lo" for c in squeezed):
        return Part.CODE if _TAIL.fullmatch(squeezed) else Part.SKIP
    return Part.NAME if looks_like_name(squeezed) else Part.POST if _is_post(squeezed) else Part.UNIT


def is_surely_name(word: str) -> bool:
    """Whether a word is a name for certain: by its family name, or by the dots of a long one."""
    return kind_of(word) is Part.NAME and (
        word.strip()[:1] in SURNAMES or bool(DOTS.search(word)) or "·" in word
    )


def looks_like_name(cell: str) -> bool:
    """Two to four characters, or a name with dots, that is not a post and not a place or organisation."""
    word = DOTS.sub(DOT, "".join(NUMBERING.sub("", BRACKETS.sub(" ", cell)).split()))
    if _DOTTED.fullmatch(word):
        return True
    if TWO_TO_FOUR.fullmatch(word) is None or word in _SEXES or _is_post(word):
        return False
    if len(word) == _LONGEST and word[0] not in SURNAMES:
        return False
    return _UNITS.fullmatch(word) is None or (len(word) == 2 and word[0] in SURNAMES)


def is_usual(name: str) -> bool:
    """Whether a name begins with one of the usual family names; others are names too, but worth a look."""
    return name[:1] in SURNAMES or "·" in name


def is_substitute(word: str) -> bool:
    """Whether a word says for whom somebody came."""
    found = _SUBSTITUTE.fullmatch("".join(word.split()))
    return found is not None and is_surely_name(found[1])


def value_of(part: Part, cell: str) -> str:
    """What a cell says, as it is kept of a person; empty where it says nothing of that kind."""
    match part:
        case Part.NAME:
            return tidy_name(cell) if kind_of(cell) is not Part.SKIP else ""
        case Part.PHONE:
            return parse_phone(cell) or ""
        case Part.SEX:
            return _SEXES.get("".join(cell.split()), "")
        case Part.CODE:
            plain = compact(cell).upper()
            return plain[-4:] if _ID.fullmatch(plain) else plain[:12]
        case _:
            return printable(_BETWEEN.sub("", " ".join(cell.split())))[:120]


def tidy_name(text: str) -> str:
    """A name as it is kept: “王　芳” and “1、王芳” are 王芳, the dots of a long name are “·”."""
    plain = NUMBERING.sub("", BRACKETS.sub(" ", printable(text)))
    line = "".join(plain.split()) if not plain.isascii() else " ".join(plain.split())
    return normal_text(DOTS.sub(DOT, line).strip("·:：,，。；;、*#@"))[:PERSON_NAME]


def _is_post(word: str) -> bool:
    return _POSTS.fullmatch(word) is not None
