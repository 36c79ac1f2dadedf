"""Why a file of another station is not accepted: one class a cause, with sentence, next step and exit code.

Here are the causes of every file and those of bundles; those of other files, of persons' signatures and of disks and
sticks (30, 31) have modules of their own. Exit codes: 10 signature, 11 unknown signer, 12 wrong receiver, 13 revoked,
14 scope, 15 damaged; 20 held and 24 newer format are states of this workspace. ``detail`` is a technical remark for
logs and ``--json``; it never holds personal data.
"""

from __future__ import annotations

from desktop.errors import Problem, StateProblem, TrustProblem

COPY_AGAIN = "请让对方重新导出，再用U盘拷贝一次；拷完先安全弹出U盘。"
ASK_SENDER = "请不要使用这个文件，打电话给发来文件的单位核对。"


class Caused(Problem):
    """A problem whose sentence belongs to its class; ``detail`` says what exactly was found."""

    text = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(self.text)
        self.detail = detail


# Signature (10) -------------------------------------------------------------------------------------------


class Forged(Caused, TrustProblem):
    """Something signed does not stand."""

    exit_code = 10
    next_step = ASK_SENDER
    help_anchor = "trust-signature"


class BadSignature(Forged):
    """The signature of a bundle or enrolment file does not fit its content."""

    text = "文件的签名不对，内容可能被改动过。"


class ForgedCertificate(Forged):
    """A certificate is not signed by the one that it names as its issuer."""

    text = "文件里的证书不是它所写的上级签发的。"


class SenderUnequal(Forged):
    """The signed content names another sender than the certificate."""

    text = "文件写的发送方和签名的工作电脑不是同一台。"


class RepeatUnequal(Forged):
    """The encrypted content was made for another bundle."""

    text = "数据包里的加密内容属于另一个数据包。"


class OriginUnequal(Forged):
    """A segment names another origin than the certificate it is judged by."""

    text = "一段数据写的来源和签名的工作电脑不是同一台。"


class Exchanged(Forged):
    """The file is another one by now than that of which people have compared the words, or seen what they sign."""

    text = "核对以后，这个文件被换成了另一份。"
    next_step = "请不要使用现在的文件，问清是谁动过它，再选一次文件，重新核对。"


class BadSegmentSignature(Forged):
    """The signature of a segment does not fit its header."""

    text = "一段数据的签名不对，内容可能被改动过。"


# Unknown signer (11) --------------------------------------------------------------------------------------


class UnknownSigner(Caused, TrustProblem):
    """Nobody whom this workspace trusts vouches for the signer."""

    text = "文件里有一段数据，是由没有资格的工作电脑担保的。"
    exit_code = 11
    next_step = "请先打电话和对方核对词语，确认是哪台工作电脑，再办理入网。"
    help_anchor = "trust-signer"


class UnknownRoot(UnknownSigner):
    """The chain ends in a root that does not count here."""

    text = "这个文件不是本机的上下级做的，它的根证书和本机保存的不一样。"
    next_step = "文件多半是给别的区或别的工会的，请退给对方；确实是上下级的，打电话核对后再办理入网。"


class NotGranted(UnknownSigner):
    """A certificate of the chain has no grant that counts here."""

    text = "做这个文件的工作电脑，在本机没有有效的入网记录。"
    next_step = (
        "请先收取上级最新的回执，再导入这个文件；是上级换的新电脑，先导入它给的批准文件（.xsg）；"
        "仍然不行，请联系批准它入网的单位。"
    )


class GrantGone(NotGranted):
    """The grant of the sender's certificate has come and does not count any more."""

    text = "做这个文件的电脑，当初那份入网批准已经不算数了（批准它的电脑停用了，或者批准被撤回了）。"
    next_step = (
        "内容都在那台电脑上，不会丢：停用错了、撤回错了的，请定的那一级恢复；不是的，"
        "请它重新申请入网，接受以后再导出一次。"
    )


class FormerRoot(UnknownSigner):
    """A root that counts no longer speaks itself, and not through certificates that it had issued."""

    text = "这个文件是上级更换根证书以前做的，现在不再采用。"
    next_step = (
        "请让上级重新导出一份，里面的内容会在新的一份里一起带来；还是这样的，上级的电脑多半恢复过更换以前的备份，"
        "请打电话问清，凭它现在的根证书重新办理入网。"
    )


class FormerKey(UnknownSigner):
    """A station has renewed its keys, and this was signed by those before, in an incarnation that has begun since."""

    text = "这个文件是用对方已经更换掉的密钥签的。"
    next_step = "请打电话问对方：是它做的，请它重新导出一份；不是，请不要使用，并停用那台电脑。"


# Wrong receiver (12) --------------------------------------------------------------------------------------


class NotForHere(Caused, TrustProblem):
    """The file is meant for somebody else."""

    exit_code = 12
    next_step = "请把文件交给它的收件单位；要给本机的，请让对方重新选择收件单位后导出。"
    help_anchor = "trust-receiver"


class WrongReceiver(NotForHere):
    """The bundle is addressed to another station."""

    text = "这个数据包不是发给本机的。"


class ReplacedReceiver(WrongReceiver):
    """It is addressed to a station that is out of use, and who sends it has not heard who is in its place."""

    text = "这个数据包是发给一台已停用的电脑的，本机打不开。"
    next_step = (
        "请接替那台电脑的在“入网”里给对方补发批准文件，名单里没有它的，请它重新申请；"
        "接受后再导出一次，内容一条不少。"
    )


class WrongRecipientKey(NotForHere):
    """The bundle is encrypted to a key that this station does not hold."""

    text = "这个数据包是按本机没有的密钥加密的，打不开，本机多半恢复过换密钥以前的备份。"
    next_step = (
        "上级发来的，请在本机重新申请入网；下级发来的，请先给对方导出一份回执，对方收下以后再导出一次。"
    )


# Revoked (13) ---------------------------------------------------------------------------------------------


class Revoked(Caused, TrustProblem):
    """The sender was revoked, and the bundle lies behind the cut."""

    exit_code = 13
    help_anchor = "trust-revoked"
    text = "发来文件的工作电脑已被停用，这个文件是停用以后的，不能导入。"
    next_step = (
        "如果是误停用，请让停用它的单位恢复；查明是停用以前做的，先恢复，合并了再停用；"
        "换了新电脑的，请让对方重新办理入网后再导出。"
    )


# Scope (14) -----------------------------------------------------------------------------------------------


class BeyondScope(Caused, TrustProblem):
    """The signer is known but not entitled to this."""

    exit_code = 14
    next_step = "请联系批准这台工作电脑入网的单位，核对它管哪些单位。"
    help_anchor = "trust-scope"


class NotAnIssuer(BeyondScope):
    """A certificate was issued by one that may not issue, or too far down."""

    text = "做这个文件的工作电脑，是由没有权限的电脑批准入网的。"


class LevelTooHigh(BeyondScope):
    """A certificate claims a level that its issuer may not give."""

    text = "做这个文件的工作电脑入网的层级，比批准它的单位还高。"


class DelegationOutOfScope(BeyondScope):
    """A certificate names units outside its issuer's."""

    text = "做这个文件的工作电脑入网的单位，不归批准它的单位管。"


class OutOfScope(BeyondScope):
    """The sender writes for a unit outside its certificate."""

    text = "这个文件是替发送方不管的单位做的。"


class WrongDirection(BeyondScope):
    """An upward bundle comes from outside the receiver's units, or a downward one from no upper level."""

    text = "发送方和本机不是上下级关系，不能这样上报或下发。"
    next_step = "请核对收件单位；单位刚调整过上级的，请先收取上级最新的回执。"


class UnitMoved(BeyondScope):
    """The sender's unit has another superior by now, and the bundle was made under the certificate of the former."""

    text = "发来文件的单位已经调整了隶属关系，按原来的入网导出的数据包这里不再收。"
    next_step = (
        "内容都在那台电脑上，不会丢：请新上级在“入网”里给它补发批准文件，它接受以后再导出一份交给新上级。"
    )
    help_anchor = "moving"


class SuperiorMoved(UnitMoved):
    """A unit above the sender's has another superior by now, and the certificate is from before."""

    text = "发来文件的单位，它的上级已经调整了隶属关系，按原来的入网导出的数据包不再收。"
    next_step = "内容都在那台电脑上，不会丢：请它的上级给它重新办理入网，再导出一份。"


class RegisteredElsewhere(BeyondScope):
    """The sender's unit was registered by another superior before this one had, whose registration counts."""

    text = "发来文件的单位由另一个上级登记了，不归本单位管，这里不收。"
    next_step = (
        "内容都在那台电脑上，不会丢：请打电话问清它归谁管；归本单位的，请区总工会调整隶属关系，调整以后再合并；"
        "不归的，请它的上级给它补发批准文件（.xsg），接受以后报给它。"
    )
    help_anchor = "moving"


class FormerSuperior(BeyondScope):
    """A downward bundle of the superior that this station had before."""

    text = "这是原来的上级导出的数据包，本单位已经换了上级，这里不再收。"
    next_step = "不用处理：该下来的内容都会随新上级的数据包来。"
    help_anchor = "moving"


# Damaged (15) ---------------------------------------------------------------------------------------------


class Damaged(Caused, TrustProblem):
    """The bytes are not what their maker wrote."""

    exit_code = 15
    text = "文件已损坏。"
    next_step = COPY_AGAIN
    help_anchor = "trust-damaged"


class NotABundle(Damaged):
    """The file is no bundle at all."""

    text = "这不是小三级的数据包。"
    next_step = "请核对选的文件，数据包的文件名以 .xsj 结尾。"


class CutShort(Damaged):
    """The file ends before its end."""

    text = "文件不完整，像是没有拷完就拔了U盘。"
    next_step = "请从原来的地方重新拷一次，拷完先安全弹出U盘；原来的文件也打不开的，请对方重新导出。"


class BadEntryName(Damaged):
    """An entry has a name that no bundle has."""

    text = "数据包里有不认识的内容。"
    next_step = ASK_SENDER


class DoubledEntry(Damaged):
    """A name stands twice."""

    text = "数据包里有重复的内容。"
    next_step = ASK_SENDER


class HeadersUnequal(Damaged):
    """The ZIP says two things about one entry, or is laid out as no bundle is."""

    text = "数据包被别的软件改动或重新打包过。"


class EntriesUnequal(Damaged):
    """The entries are not exactly those that the manifest lists."""

    text = "数据包的内容和它的清单对不上。"


class EntryChanged(Damaged):
    """An entry's bytes are not those that the manifest or the directory states."""

    text = "数据包的一部分内容已损坏。"


class TooBig(Damaged):
    """Something is larger than any program of this project writes."""

    text = "文件里的内容大得不正常，已停止读取。"
    next_step = ASK_SENDER


class BadEnvelope(Damaged):
    """The signed envelope is not of its form."""

    text = "文件的签名部分已损坏。"


class BadManifest(Damaged):
    """The manifest is not of its form."""

    text = "数据包的清单已损坏。"


class BadCertificate(Damaged):
    """A certificate is not of the form of rule 26."""

    text = "文件里的证书已损坏或格式不对。"


class CannotDecrypt(Damaged):
    """The ciphertext does not open with this station's key."""

    text = "数据包的加密内容打不开。"


class BadFrame(Damaged):
    """The compressed content is damaged or lies about its size."""

    text = "数据包的压缩内容已损坏。"


class BadSegment(Damaged):
    """A segment is not of its form, or its lines are not those that were signed."""

    text = "数据包里有一段数据和它的签名对不上，或者格式不对。"
    next_step = COPY_AGAIN


class BadKeyFile(Damaged):
    """A key file cannot be read."""

    text = "密钥文件读不出来，可能已损坏或口令不对。"
    next_step = "请核对口令，或改用另一份备份的密钥文件。"


# States of this workspace (20, 24) ------------------------------------------------------------------------


class UnitNotKnown(Caused, StateProblem):
    """A unit is not in the tree that is held here: the file can be merged when it is."""

    exit_code = 20
    help_anchor = "held"
    text = "文件里有本机还没有的单位，这个文件现在不能合并。"
    next_step = "请把文件留着，先收取上级最新的回执，再合并一次。"


class NewerFormat(Caused, StateProblem):
    """Made by a newer program in a format that this one cannot judge."""

    exit_code = 24
    help_anchor = "newer"
    text = "这个文件是更新版本的程序做的，本机的程序还不认识。"
    next_step = "请先更新本机的程序，再导入这个文件；文件请保留。"
