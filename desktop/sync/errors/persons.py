"""Why the signatures of persons under a bundle are not enough, or are none: one class a cause."""

from __future__ import annotations

from desktop.errors import TrustProblem
from desktop.sync.errors import Caused, Forged


class BadPersonSignature(Forged):
    """The signature of a person whom the manifest lists does not fit its content."""

    text = "经办人或负责人的签名不对，内容或签名可能被改动过。"


class SignedTwice(Forged):
    """One person has signed twice."""

    text = "同一个人签了两次名，不能当作两个人的签名。"


class NotSignedByPersons(Caused, TrustProblem):
    """The content stands, but not everybody has signed whom the receiver asks for (rule 31)."""

    exit_code = 10
    next_step = "数据包没有坏，什么都没有丢：请发送方给同一个文件补上签名（“复核签名…”）再交来。"
    help_anchor = "operators"


class HandlerNotSigned(NotSignedByPersons):
    """The person in charge has signed, the one who made it has not."""

    text = "这个数据包还缺经办人的签名，本单位要求签名后才收。"


class HeadNotSigned(NotSignedByPersons):
    """The head has not signed."""

    text = "这个数据包还缺负责人的签名，本单位要求签名后才收。"


class NobodySigned(NotSignedByPersons):
    """Neither has signed."""

    text = "这个数据包还缺经办人和负责人的签名，本单位要求签名后才收。"


class NoSignerNamed(NotSignedByPersons):
    """When the bundle was written its station had nobody who could sign for a duty."""

    text = "这个数据包缺签名，发送方导出它的时候还没有把经办人和负责人都设好。"
    next_step = (
        "请发送方在“操作员”里设好签名的经办人和负责人，再导出一次，两人签名后交来；登记的内容不用重做。"
    )
