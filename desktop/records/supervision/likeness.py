"""Whether a paper that is no letter of the law would pass for one before an employer: by name, or by what it demands.

A 提示函, 意见书 or 建议书 comes from a case, with a number and in the order of law; under another name it would be the
same letter without them. So a paper about a visit or an employer must neither bear such a name nor, addressed to an
employer, hold a breach of law or a risk against it and demand that it be mended or answered.
"""

from __future__ import annotations

import re
from typing import Final

from desktop.records.typed.numerals import NUMERALS
from desktop.records.typed.texts import folded, printable

_NUMBER: Final = rf"[\d{NUMERALS}]{{1,5}}"
_NAMES: Final = re.compile(
    "(?:提示|提醒|警示|告诫|(?<!征求)意见|(?<!合理化)建议|催告|督办|督促|敦促|监督|交涉|关注)信?(?:函(?!授)|书(?![面记写]))"
    "|(?:整改|改正|处罚|(?<!提案)(?<!来信)处理)(?:意见|建议)?通?知?(?:函|书(?![面记写]))"
)
"""What a letter of the law, or what stands in its place, is called; 书面, 书记 and what staff propose are not it."""
_WORDS: Final = re.compile(
    "监督提示函|监督意见书|监督建议书|整改意见书|处罚建议书|处理建议书|限期(?:整改|改正)|责令[你贵]"
)
"""What only such a letter says."""
_SUPERVISION: Final = re.compile("劳动法律监督")
_AS_A_NAME: Final = re.compile(
    "劳动法律监督(?!员|委员会|组织|机构|培训|轮训|课程|工作|业务|知识|条例|办法|制度|队伍|志愿)"
)
"""The words that a letter's name begins with; inspectors are trained, and a course on supervision has a list."""
_ADDRESSED: Final = re.compile(
    "[你贵]们?(?:单位|公司|企业|厂|店|司|校|院|处)(?!(?:全体|广大)?(?:职工|员工|会员)(?:们|朋友|同志)*:)"
)
"""Whom it is for; the staff of an employer is not the employer."""
_HELD_AGAINST: Final = re.compile(
    "违反|违法|违规|侵犯|侵害|拖欠|克扣|欠薪|欠[缴付发]"
    "|[未没](?:有|足额|及时|按时|依法|按规定)*(?:(?:给|为|与|和|跟|向).{1,6})?(?:足额|及时|按时|依法)?(?:签|缴|支付|发(?![现生]))"
    "|(?:存在|发现|查实).{0,20}(?:问题|情形|行为|风险|隐患)|有.{0,6}(?:风险|隐患)"
)
_ARTICLE: Final = re.compile(rf"第{_NUMBER}条")
_OFFER: Final = "要约"
"""An offer to bargain rests on law and asks for an answer, and holds nothing against anybody."""
_DEMANDED: Final = re.compile(
    "整改|改正|纠正|自查|责令|补发|补缴|补签|停止|(?:书面|及时)(?:答复|回复|反馈|说明)|来我会.{0,4}说明"
    "|(?:请|尽快|立即|马上|赶紧).{0,3}(?:补|缴|支付|发放|签订)"
    rf"|{_NUMBER}个?(?:工作)?日(?:内|之内|以内|前).{{0,8}}(?:改正|补|缴|支付|发放|签订|书面|答复|回复|反馈|说明|回话|解决)"
)
_VARIANTS: Final = str.maketrans("書議見監勞動責違", "书议见监劳动责违")
_MARKS: Final = (
    "\u0300-\u036f\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f"
    "\ufe20-\ufe2f\U000e0100-\U000e01ef\u115f\u1160\u2800\u3164"
)
"""Marks that change how a character looks, or nothing at all, and letters that are blanks."""
_BETWEEN: Final = re.compile(rf"[{_MARKS}\s·・‧•.．\-‐‑‒–—―_*＊~|｜/\\<>〈〉《》“”\"'‘’()（）\[\]【】]")


def squeezed(words: str) -> str:
    """Text as a person reads it: in half width, without spaces, unseen signs and what stands between characters."""
    return _BETWEEN.sub("", folded(printable(words))).translate(_VARIANTS)


def speaks_to_employer(words: str) -> bool:
    """Whether a text says 你单位 or 贵公司."""
    return _ADDRESSED.search(squeezed(words)) is not None


def passes_for_letter(names: str, words: str, *, addressed: bool) -> str:
    """What makes a paper one of the letters of the law; "" where nothing does.

    ``names`` is what it calls itself, ``words`` its whole text, ``addressed`` says that it names whom it is for.
    """
    called, text = squeezed(names), squeezed(words)
    addressed = addressed or speaks_to_employer(words)
    supervised = _SUPERVISION.search(f"{called}\n{text}") if addressed else _AS_A_NAME.search(called)
    for found in (_NAMES.search(called), _WORDS.search(f"{called}\n{text}"), supervised):
        if found is not None:
            return found[0]
    if not addressed:
        return ""
    against, demanded = _HELD_AGAINST.search(text), _DEMANDED.search(text)
    if against is None and _OFFER not in called:
        against = _ARTICLE.search(text)
    return f"{against[0]}……{demanded[0]}" if against is not None and demanded is not None else ""
