"""What to do about a problem on the command line, where the general advice is about the window."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.errors import Problem

NEXT_STEPS: Mapping[str, str] = {
    "WrongClock": "请先把电脑的日期和时间调对再做；日期没有错的，加 --date-is-right 再运行一次。",
    "InUse": "请等另一个命令做完，或者关闭窗口，再运行一次；数据没有受影响。",
    "NumbersNotSet": "请先用 letter 工作区 numbers --body 机关代字 --organ 发文机关全称 设置。",
    "NumbersUnconfirmed": "请对照纸质登记簿，用 letter 工作区 numbers --confirm 确认各类文书的下一个号，再签发。",
    "NoSuchSheet": "请用 --sheet 写明其中一个。",
    "NoHeader": "请确认有一行列名（如“企业名称”“统一社会信用代码”），或者用 --header-row 写明它在第几行。",
    "NoDuty": "请管理员用 operator add 加 --duty 给这个人设好签名职责，再导出一次数据包。",
    "Unsent": "请先上报并收取上级的回执；确实不要了，加 --unsent-too 再运行一次。",
    "NoWorkspace": "请核对文件夹，或者先用 xiaosanji new 新建工作区。",
}
"""By the class of the problem; all others say what helps in both worlds."""


def next_step(problem: Problem) -> str:
    """What to do now, in the words of the command line."""
    return NEXT_STEPS.get(type(problem).__name__, problem.next_step)


def spoken(problem: Problem) -> str:
    """Sentence and next step, as they are told."""
    return f"{problem.sentence}{next_step(problem)}"
