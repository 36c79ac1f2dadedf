"""Why a workbook cannot be read or written, each cause with a sentence and a next step."""

from __future__ import annotations

from pathlib import Path

from desktop.errors import EnvironmentProblem, UsageProblem


class WorkbookProblem(UsageProblem):
    """Something about a workbook that its owner can change."""

    help_anchor = "excel"


class Unreadable(WorkbookProblem):
    """The file is no table, or is damaged."""

    next_step = "请用WPS或Excel打开它，另存为xlsx后再导入；在那里也打不开的，请对方重新发一份。"


def unreachable(path: Path, error: OSError) -> Unreadable:
    """The problem of a file that the system does not let us read, at first or in the middle."""
    next_step = "请检查文件是否还在、U盘是否插好。"
    if isinstance(error, PermissionError):
        next_step = "如果它正在WPS或Excel里打开，请先关闭；或者拷到电脑上再导入。"
    return Unreadable(f"打不开文件“{path.name}”。", next_step)


class OtherFormat(WorkbookProblem):
    """A kind of file that is not read here, such as a web page that calls itself a table."""

    next_step = "请用WPS另存为xlsx。"


class Locked(WorkbookProblem):
    """The workbook is protected by a password."""

    next_step = "请用WPS或Excel打开，去掉打开密码后另存。"


class TooLarge(WorkbookProblem):
    """More than can be taken in at once."""

    next_step = "请分成几个文件，或删去用不到的行列后另存为xlsx。"


class Suspicious(WorkbookProblem):
    """The file is built to harm: it unpacks to far more than it should, or brings declarations of its own."""

    exit_code = 15
    next_step = "没有读取其中的内容。请向提供文件的人要一份用WPS或Excel另存的xlsx。"


class Contradictory(Suspicious):
    """The sizes that the file names are not those that it has: cut off in a copy, or altered on purpose."""

    next_step = (
        "没有读取其中的内容。请重新拷一次再试；还是这样的，请对方用WPS或Excel打开，另存为xlsx后再发来。"
    )

    def __init__(self) -> None:
        super().__init__("这个表格可能没有拷完整，也可能被改动过：里面记的大小和实际内容对不上。")


class NoSuchSheet(WorkbookProblem):
    """The named sheet is not in the workbook."""

    next_step = "请从列出的工作表中选择。"


class NotWritten(EnvironmentProblem):
    """A workbook could not be saved where it was wanted."""

    exit_code = 31
    next_step = "如果文件正在WPS或Excel里打开，请先关闭；或者换一个文件夹。"


class NoRoom(NotWritten):
    """There is no room for the workbook."""

    exit_code = 30
    next_step = "请清理以后再试，或者换一个文件夹。"
