"""What to do about a problem on the command line, where the general advice is about the window."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.errors import Problem

_SIGN = "数据包没有坏，什么都没有丢："
NEXT_STEPS: Mapping[str, str] = {
    "WrongClock": "请先把电脑的日期和时间调对再做；日期没有错的，加 --date-is-right 再运行一次。",
    "DateBeyondOthers": "请先把电脑的日期调对再做；日期没有错的，加 --date-is-right 再运行一次。",
    "ClockInDoubt": "日期不对的，调对以后再合并；没有错的，加 --date-is-right 再运行一次，那几台的内容先留着。",
    "InUse": "请等另一个命令做完，或者关闭窗口，再运行一次；数据没有受影响。",
    "LedgerDamaged": "请先把整个文件夹拷一份，再从备份恢复：restore 列出有哪些备份，加 --newest 用最近一份。",
    "NumbersNotSet": "请先用 letter 台账 numbers --body 机关代字 --organ 发文机关全称 设置。",
    "NumbersUnconfirmed": "请对照纸质登记簿，用 letter 台账 numbers --confirm 确认各类文书的下一个号，再签发。",
    "NoSuchSheet": "请用 --sheet 写明其中一个。",
    "NoHeader": "请确认有一行列名（如“企业名称”“统一社会信用代码”），或者用 --header-row 写明它在第几行。",
    "NoDuty": "请管理员用 operator add 加 --duty 给这个人设好签名职责，再导出一次数据包。",
    "Unsent": "请先上报并收取上级的回执；确实不要了，加 --unsent-too 再运行一次。",
    "CodeElsewhere": "请核对编码；确实归本单位管的（比如区划刚调整过），用 --although 写明原因再批准。",
    "NoMerge": "请用 merges 列出有哪些，写其中一个编号。",
    "NoSuchPaper": "请用 papers 看有哪些表单、各从哪类记录打印。",
    "UnionDeleted": "还要用的，请先用 undelete 恢复。",
    "NoWorkspace": "请核对文件夹，或者先用 xiaosanji new 新建台账。",
    "NoSuperior": "请写 --to 单位的编码或名称。",
    "InDoubt": "请用 recovery place 加 --restored、--moved 或 --copied 说明这份台账是怎么来的。",
    "UnknownField": "请用 xiaosanji schema 加类型查看字段名称。",
    "PlaceUnclear": "请写全名，如“余杭区径山镇”，或者写区划代码，用 xiaosanji divisions 可以查。",
    "UnknownReading": "请用 plan --json 查看各指标有哪些口径可以选。",
    "NoSuchTemplate": "请用 papers 看有哪些文书。",
    "NotTwo": "请写两条以上同一类记录的编号；用 duplicates 可以列出可能重复的。",
    "NotSignedByPersons": f"{_SIGN}请发送方用 sign 给同一个文件补上签名再交来。",
    "HandlerNotSigned": f"{_SIGN}请发送方的经办人用 sign 给同一个文件补上签名再交来。",
    "HeadNotSigned": f"{_SIGN}请发送方的负责人用 sign 给同一个文件补上签名再交来。",
    "NobodySigned": f"{_SIGN}请发送方的经办人和负责人各用 sign 给同一个文件补上签名再交来。",
}
"""By the class of the problem; all others say what helps in both worlds."""

BELONGS: Mapping[str, str] = {
    "bundle": "请换一个文件；数据包用 merge 合并，上级发来的用 receive 收取。",
    "request": "请换一个文件；入网申请由上级用 enrol grant 批准。",
    "grant": "请换一个文件；入网批准由申请的单位用 enrol accept 接受。",
    "ack": "请换一个文件；入网回执由上级用 enrol confirm 确认。",
    "recovery-request": "请换一个文件；恢复申请由上级用 recovery answer 答复。",
    "recovery-answer": "请换一个文件；恢复答复由申请的单位用 recovery accept 收取。",
    "wiped": "请换一个文件；清除确认由上级用 wiped 核对。",
    "certificate": "请换一个文件；根证书写在 --root 或 --new-root 后面。",
    "workbook": "请换一个文件；表格里的内容用 import 导入。",
    "document": "请换一个文件；文档可以用 attach 加到记录上。",
    "pdf": "请换一个文件；PDF可以用 attach 加到记录上。",
    "picture": "请换一个文件；图片可以用 attach 加到记录上。",
}
"""By what a file is that was taken for another one; the rest belongs nowhere here."""


def next_step(problem: Problem) -> str:
    """What to do now, in the words of the command line."""
    belongs = BELONGS.get(getattr(problem, "sort", ""), problem.next_step)
    return NEXT_STEPS.get(type(problem).__name__, belongs)


def spoken(problem: Problem) -> str:
    """Sentence and next step, as they are told."""
    return f"{problem.sentence}{next_step(problem)}"
