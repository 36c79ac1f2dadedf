"""Why a request for recovery is not answered, or an answer not taken in: one class a cause."""

from __future__ import annotations

from desktop.errors import TrustProblem
from desktop.sync.errors import BeyondScope, Caused, Damaged, Forged, NotForHere, Revoked, UnknownSigner

_AGAIN = "请让对方重新写出这份文件，再拷贝一次。"


class BadRecoveryFile(Damaged):
    """The content of a request or an answer is not of its form."""

    text = "口令恢复的文件已损坏或格式不对。"
    next_step = _AGAIN


class WrongKind(Damaged):
    """A request where an answer belongs, or the other way round, or another file altogether."""

    text = "选的不是这一步要用的文件。"
    next_step = "上级打开的是恢复申请（.xsr），本机导入的是恢复答复（.xsk），请重新选择。"


class RequestForged(Forged):
    """A request, or the seal in it, is not signed by the key that it names."""

    text = "恢复申请的签名不对，内容可能被改动过。"
    next_step = "请不要答复，打电话给申请单位核对。"


class UnknownLaptop(UnknownSigner):
    """Whoever wrote the request, no certificate that counts here stands behind its seal."""

    text = "写这份申请的电脑没有经本单位或下级办理入网，单位名称对得上也不能答复。"
    next_step = (
        "请打电话问申请单位；确实是它的电脑，请先导入批准它入网的单位最新的数据包再试，"
        "批准它的电脑已经停用的，请对方用恢复码打开。"
    )


class LaptopRevoked(Revoked):
    """The laptop was revoked: whoever holds it now is not to read it."""

    text = "申请恢复口令的电脑已被停用，不能答复。"
    next_step = "请打电话问清电脑现在在谁手里；在本人手里的，请先恢复这台电脑再答复，或者请对方用恢复码打开。"


class LaptopMoved(BeyondScope):
    """A unit above the laptop's, or its own, has another superior by now, and this office is above it no more."""

    text = "申请恢复口令的单位已经调整到别的上级名下，本单位不能答复。"
    next_step = "请对方用恢复码打开；没有恢复码的，请两边共同的上级先把单位调回来，答复以后再调走。"
    help_anchor = "recovery"


class SealedToOther(NotForHere):
    """The key is sealed to another office, or to a key that this one has no more."""

    text = "这份恢复申请要由另一个单位答复，本机解不开。"
    next_step = "请让对方把申请交给它屏幕上写明的上级，或者用恢复码打开。"


class AlreadyAnswered(Caused, TrustProblem):
    """The same request came a second time."""

    exit_code = 12
    help_anchor = "recovery"
    text = "这份恢复申请已经答复过一次，不再答复。"
    next_step = "答复文件丢了的，请对方重新写一份申请，再打电话核对。"


class AnswerForged(Forged):
    """The answer is not signed by the certificate that it names, or says two things."""

    text = "恢复答复的签名不对，内容可能被改动过。"
    next_step = "请不要使用这个文件，打电话给上级核对。"


class UnknownOffice(UnknownSigner):
    """The answer is signed by nobody of the chain that this laptop was enrolled under."""

    text = "这份恢复答复不是本机的上级做的。"
    next_step = "请不要使用这个文件，打电话给上级核对。"


class AnswerForOtherLaptop(NotForHere):
    """The answer is for another laptop."""

    text = "这份恢复答复是给另一台工作电脑的。"
    next_step = "请找到给本机的答复文件（.xsk）再导入。"


class AnswerForOtherRequest(NotForHere):
    """The answer belongs to another request of this laptop than the last."""

    text = "这份恢复答复回答的不是本机最近的一份申请。"
    next_step = "请把最近写出的申请文件（.xsr）交给上级，等新的答复。"


class AnswerUsed(NotForHere):
    """The answer was taken in before."""

    text = "这份恢复答复已经用过了，不能再用一次。"
    next_step = "请用当时设的新口令打开；又忘了的话，请重新写一份申请。"


class WrongKeyInside(Forged):
    """What the answer holds does not open this workspace."""

    text = "答复里的钥匙打不开这份台账，没有改动口令。"
    next_step = "请打电话给上级，请它重新答复；台账是拷来的，请用原来那台电脑的申请。"
