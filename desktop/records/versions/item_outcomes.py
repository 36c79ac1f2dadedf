"""What becomes of an item in a merge: the five outcomes and the reasons, in the one set of words that users read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.records.declaration import DELETED_SLOT

APPLIED: Final = "applied"
KNOWN: Final = "known"
CONFLICT: Final = "conflict"
HELD: Final = "held"
REFUSED: Final = "refused"

OUTCOMES: Final[Mapping[str, str]] = {
    APPLIED: "收下",
    KNOWN: "已有",
    CONFLICT: "有分歧",
    HELD: "先留着",
    REFUSED: "不收",
}
"""The five of rule 17, which add up to the signed count, in the order in which reports name them."""

HELD_NO_BIRTH: Final = "no_birth"
HELD_UNIT: Final = "unit"
HELD_FUTURE: Final = "future"
HELD_KIND: Final = "kind"
HELD_FORK: Final = "fork"
HELD_CERTIFICATE: Final = "certificate"
HELD_MOVED: Final = "moved"
HELD_GONE: Final = "gone"
REFUSED_SCOPE: Final = "scope"
REFUSED_WRITER: Final = "writer"
REFUSED_ORDER: Final = "order"
REFUSED_VALUE: Final = "value"
REFUSED_IDENTITY: Final = "identity"
REFUSED_REVOKED: Final = "revoked"
REFUSED_WITHDRAWN: Final = "withdrawn"
REFUSED_CLOCK: Final = "clock"
REFUSED_FORK: Final = "fork_lost"
REFUSED_SUPERIOR: Final = "superior"
REFUSED_REGISTERED: Final = "registered"
REFUSED_KEY: Final = "key"

REASONS: Final[Mapping[str, str]] = {
    HELD_NO_BIRTH: "它修改的记录还没有到",
    HELD_UNIT: "它所属的单位还没有登记",
    HELD_FUTURE: "它的时间比现在晚一天以上，请检查对方电脑的日期",
    HELD_KIND: "它需要更新版本的程序才能处理",
    HELD_FORK: "同一编号有两种内容，可能有一台电脑被恢复或复制过",
    HELD_CERTIFICATE: "写它的工作电脑的入网批准还没有到",
    HELD_MOVED: "它的单位已经调整了隶属关系，写它的工作电脑还没有在新上级那里办好入网",
    HELD_GONE: "它的单位已经删除，或者登记不算数",
    REFUSED_SCOPE: "不在发送方负责的范围内",
    REFUSED_WRITER: "发送方的层级不能填写这一项",
    REFUSED_ORDER: "它的时间早于它要替换的内容",
    REFUSED_VALUE: "它的内容和这一项的类型不符",
    REFUSED_IDENTITY: "它的编号不是发送方自己能给的",
    REFUSED_REVOKED: "写它的工作电脑已被停用",
    REFUSED_WITHDRAWN: "收下它的那次合并已经撤回",
    REFUSED_CLOCK: "它的日期有误，已经更正后重新报来",
    REFUSED_FORK: "同一编号有两种内容，上级定了用另一种",
    REFUSED_SUPERIOR: "这个单位不归发送方管，不能由它调整隶属关系",
    REFUSED_REGISTERED: "这个单位已经由另一个上级登记",
    REFUSED_KEY: "它是用那台电脑已经更换掉的密钥签的",
}
"""The reasons of what is held or refused, in the words that a user reads."""

CONFLICT_REASON: Final = "几个人填得不一样"
"""Why an item is in conflict; its reason names the field."""

DELETION_REASON: Final = "一边删除，一边有改动"
"""Why an item is in conflict where one has deleted the record, and another edited it or put something below it."""


def reason_words(outcome: str, reason: str) -> str:
    """Why an item is not applied, in words; a reason that is not known here as it came."""
    if outcome == CONFLICT:
        return DELETION_REASON if reason == DELETED_SLOT else CONFLICT_REASON
    return REASONS.get(reason, reason)
