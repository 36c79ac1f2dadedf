"""Why the word of a wiped station is not read."""

from __future__ import annotations

from desktop.sync.errors import Damaged


class NotAWipeFile(Damaged):
    """The file is another one than the statement that a station was wiped."""

    text = "这不是清除确认文件。"
    next_step = "请核对选的文件：清除确认是.xsw。"


class BadWipeFile(Damaged):
    """The content of a statement that a station was wiped is not of its form."""

    text = "清除确认文件已损坏或格式不对。"
    next_step = "请再拷贝一次；那台电脑已经清除，写不出第二份，可以按上次收到的内容停用它。"
