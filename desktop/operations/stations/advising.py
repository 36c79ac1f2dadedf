"""The words for what was not applied: why, as those read it whose items came back, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions import item_outcomes

OWN_REASONS: Mapping[str, str] = {
    item_outcomes.HELD_NO_BIRTH: "它修改的记录上级还没有收到",
    item_outcomes.HELD_UNIT: "它所属的单位上级还没有登记",
    item_outcomes.HELD_FUTURE: "它的时间比上级的电脑晚一天以上",
    item_outcomes.REFUSED_SCOPE: "它不在本单位负责的范围内",
    item_outcomes.REFUSED_WRITER: "这一项不由本级填写",
    item_outcomes.REFUSED_REVOKED: "写它的工作电脑已被停用",
    item_outcomes.REFUSED_WITHDRAWN: "上级撤回了收下它的那次合并",
}
"""Reasons in the words of those whose items came back; others read those of ``item_outcomes``."""

ASK = "请向上级问清原因；"
"""What stands first in the advice where nobody has given a reason."""
ADVICE: Mapping[str, str] = {
    item_outcomes.HELD_NO_BIRTH: "请把后来的内容也上报一次，对上以后会自动处理。",
    item_outcomes.HELD_UNIT: "请收取上级最新的回执；单位登记后会自动处理。",
    item_outcomes.HELD_FUTURE: "请核对电脑的日期和时间；到了那一天会自动处理。",
    item_outcomes.HELD_KIND: "请升级程序；升级后会自动处理。",
    item_outcomes.HELD_FORK: "请打电话问清是哪台电脑恢复或复制过，再由管它的上级来定。",
    item_outcomes.HELD_CERTIFICATE: "请让批准它入网的单位也报一次；入网批准到了以后，再请对方导出一次。",
    item_outcomes.HELD_MOVED: "内容都在那台电脑上，不会丢：请新上级给它补发批准文件，它接受以后由新上级报来。",
    item_outcomes.HELD_GONE: "单位确实不再用的，不用处理；还要用的，请恢复这个单位，恢复以后会自动收下。",
    item_outcomes.REFUSED_SCOPE: "请核对这条记录的所属单位，由负责它的单位填写。",
    item_outcomes.REFUSED_WRITER: "请由有权填写的一级填写；原来的内容没有变。",
    item_outcomes.REFUSED_ORDER: "请核对电脑的日期，调对后把这一项重新保存、再上报。",
    item_outcomes.REFUSED_VALUE: "请升级对方的程序，把这一项重新填写、再上报。",
    item_outcomes.REFUSED_IDENTITY: "这不是正常操作写得出来的，请打电话问清那台电脑的情况。",
    item_outcomes.REFUSED_REVOKED: "请联系办理入网的单位。",
    item_outcomes.REFUSED_WITHDRAWN: f"{ASK}上级恢复以后会自动收下，也可以改好后重新填写、再上报。",
    item_outcomes.REFUSED_FORK: "恢复过备份的电脑收到下一个回执后会换新编号重新上报；复制来的电脑请重新办理入网。",
    item_outcomes.REFUSED_SUPERIOR: "单位要换上级，由两边共同的上级（一般是区总工会）调整隶属关系。",
    item_outcomes.REFUSED_REGISTERED: "请打电话问清这个单位归谁管；要换上级，由区总工会调整隶属关系。",
    item_outcomes.REFUSED_KEY: "请打电话问那台电脑的人：是它写的，请它重新导出一份；不是，请停用那台电脑。",
    item_outcomes.REFUSED_CLOCK: "不用处理：更正日期以后的内容已经代替它。",
}
WITHDRAWN_HERE = "撤回错了，可以在“不计入的”里恢复；内容有误的，请填写的单位改好再报。"
"""What is to be done about it where others' items were withdrawn."""
WITHDRAWN_ELSEWHERE = "撤回错了，请上级恢复；内容有误的，请填写的单位改好再报。"
"""The same where a level above has withdrawn them."""
NO_UNIT = {
    item_outcomes.REFUSED_REGISTERED: (
        "它所属的单位由另一个上级登记了",
        "请打电话问清这个单位归谁管；由区总工会调整到管它的上级名下以后，会自动收下。",
    ),
    item_outcomes.REFUSED_WITHDRAWN: (
        "登记它所属单位的内容已经撤回",
        "单位还要用的，请定的那一级恢复；恢复以后会自动收下。",
    ),
    item_outcomes.HELD_MOVED: (
        "它所属的单位已经调整到别的上级名下",
        "不用处理：由现在管它的上级收。单位归回来以后，这里会自动收下。",
    ),
    "": ("它所属单位的登记没有收下", "请先处理没有收下的那条单位登记；它收下以后会自动收下。"),
}
"""Why a unit is not known here that will not come by itself, and what to do, by the reason of its registration."""
LOST_GRANT = {
    item_outcomes.REFUSED_REVOKED: (
        "批准它入网的电脑停用了，那份批准不再算数",
        "内容都在它那里，不会丢：请它向接替的电脑重新申请入网，接受以后再导出一次。",
    ),
    item_outcomes.REFUSED_WITHDRAWN: (
        "它的入网批准已经撤回",
        "撤回错了，请定的那一级恢复；不是的，请它重新申请入网，接受以后再导出一次。",
    ),
}
"""Why the grant of a computer will not come that has had one, and what to do, by the reason for which that is out."""
GRANT_AHEAD = "请批准它的单位更正日期，再给那台电脑办理一次入网：这一份在那一天以前各处都不认。"
"""What is to be done about a grant that waits for a day to come, which is what whoever has it would wait for too."""
GRANTED_SINCE = "不用处理：那台电脑已经另外办过入网。"
"""The same once its computer has another that counts."""
FORK_LEFT = "不用处理：它的单位已经调整到别的上级名下，由那里来定。"
"""What is to be done where the computer that has a fork is below others by now."""
REVOKED_HERE = "不用处理：停用以前收到的照算。确实是单位自己填的，在新电脑上重新填写、上报。"
"""What is to be done about it by everybody but the computer that is out of use."""
UNKNOWN, NOT_HERE = "本程序不认识的内容", "本机还没有的内容"
BACK, BACK_HERE = "上级退回了这一条", "已退回给填写的单位"
JOINED = "不用处理：这是它入网以前自己登记的，现在以上级的登记为准。"
RENUMBERED = "不用处理：已经换了新编号重新保存，随下一个数据包上报。"
RENUMBERED_BELOW = "不用处理：那台电脑已经换新编号重新上报，内容已经收下。"
WAITS_LONG = "已经先留了30天以上，光等不会好：请打电话{whom}问清缺什么。"
CAUSES = {
    "": ("它修改的记录没有收下", "请先处理那条没有收下的新增，它收下以后这一项会自动收下。"),
    UNIT_SLOT: ("它所属单位的调整没有算数", "请向上级问清这条记录归哪个单位，再重新填写、再上报。"),
}
"""By the slot of what was refused: why a change of that record waits, and what to do about it at once."""
CONFLICT_ADVICE = "定下来以后会随数据包送到各处，不用重填。"
