"""Why a file of enrolment, or what one says of the roots, is not taken: one class a cause."""

from __future__ import annotations

from desktop.errors import StateProblem
from desktop.sync.errors import Caused, Damaged, Forged, NotForHere, Revoked, UnitNotKnown, UnknownSigner


class BadRootStatement(Forged):
    """A statement of new roots is not signed by a root that counts."""

    text = "更换根证书的声明没有得到现有根证书的签名。"


class RootFork(Forged):
    """Two different statements of new roots have one number, both signed by a root that counted."""

    text = "同一次更换根证书有两份内容不同的声明，可能有人冒用了上级的密钥。"
    next_step = (
        "请不要使用这个文件，打电话给最上面的一级工会核对现在的根证书；不一样的，凭对的那张重新办理入网。"
    )


class RootDiffers(UnknownSigner):
    """A grant leads to another root than the pinned one."""

    text = "这份批准文件的根证书和本机原来保存的不一致。"
    next_step = (
        "请先不要接受，打电话问最上面一级工会是不是根证书丢了、换了新的；是的，核对新根证书的词语以后再接受。"
    )


class RootGap(UnknownSigner):
    """Statements of roots are missing between the held one and those that came."""

    text = "更换根证书的声明缺了中间的一份。"
    next_step = "请让上级重新导出一份完整的回执。"


class GrantForOther(NotForHere):
    """The grant answers another station."""

    text = "这份批准文件是给另一台工作电脑的。"
    next_step = "请找到给本机的批准文件（.xsg）再导入。"


class GrantForOtherRequest(NotForHere):
    """The grant answers another request of this station."""

    text = "这份批准文件回答的不是本机最近的一份申请。"
    next_step = "请把最近导出的申请文件（.xsq）交给上级，等新的批准文件。"


class GrantorRevoked(Revoked):
    """The computer that gave the grant is out of use, as far as is known here."""

    text = "批准本机的那台电脑已经停用，这份批准文件不能接受。"
    next_step = "请打电话问上级现在用的是哪台电脑，请它给一份新的批准文件。"


class GrantIncomplete(UnitNotKnown):
    """The tree of the grant does not tell where the unit that it gives lies below that of the desk."""

    text = "批准文件里没有写全本单位在体系里的位置，批准它的单位自己的登记多半还没有到那台电脑。"
    next_step = "请上级先收取它自己的上级最新的回执，再给本机批准一次。"


class GrantAhead(Caused, StateProblem):
    """The grant is dated more than a day ahead, and so is what came to count with it."""

    exit_code = 20
    help_anchor = "held"
    text = "批准文件的日期比本机晚一天以上，接受了也要等到那一天才算数。"
    next_step = (
        "请先核对两台电脑的日期：本机的不对，调对再接受；对方的不对，请它调对，更正日期以后再批准一次。"
    )


class AckForOther(NotForHere):
    """The acknowledgement is about another certificate."""

    text = "这份入网回执不是这台工作电脑的。"
    next_step = "请核对是哪台工作电脑的入网回执（.xsa）。"


class NotAnEnrolmentFile(Damaged):
    """The file is none of the three at all: it is empty, a bundle, or something else."""

    text = "这不是入网文件。"
    next_step = "请核对选的文件：入网申请是.xsq，批准是.xsg，入网回执是.xsa。"


class BadEnrolmentFile(Damaged):
    """The content of a request, grant or acknowledgement is not of its form."""

    text = "入网文件已损坏或格式不对。"
    next_step = "请让对方重新导出这份入网文件，再拷贝一次。"
