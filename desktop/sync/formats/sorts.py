"""What a file is, told from its bytes: who takes the wrong one hears which it is and where it belongs.

Only what a person may mix up on a stick is known here. Nothing is judged by it: a file that is what was wanted goes
the whole way through its own reader, and so does one that nobody knows.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import Problem
from desktop.sync.errors import Damaged, NewerFormat
from desktop.sync.formats.files import reading

_LOOKED_AT: Final = 64 * 1024
"""Bytes at the beginning and at the end: the directory of a ZIP and the type of an envelope stand at the end."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of file: a key for programs, what people call it, and where in the window it belongs."""

    key: str
    words: str
    belongs: str


def _ours(key: str, words: str, belongs: str) -> Sort:
    return Sort(key, words, f"请换一个文件；{words}要{belongs}。")


BUNDLE = _ours("bundle", "数据包（.xsj）", "在“上报与合并”的“收发”里打开")
REQUEST = _ours("request", "入网申请（.xsq）", "由上级在“上报与合并”的“入网”里打开")
GRANT = _ours("grant", "入网批准（.xsg）", "由申请的单位在“上报与合并”的“入网”里打开")
ACKNOWLEDGEMENT = _ours("ack", "入网回执（.xsa）", "由上级在“上报与合并”的“入网”里打开")
RECOVERY_REQUEST = _ours("recovery-request", "口令恢复申请（.xsr）", "由上级在“上报与合并”的“入网”里打开")
RECOVERY_ANSWER = _ours("recovery-answer", "口令恢复答复（.xsk）", "在登录窗口的“忘了口令”里打开")
WIPED = _ours("wiped", "清除确认（.xsw）", "由上级在“上报与合并”的“下级电脑”里打开")
CERTIFICATE = Sort("certificate", "根证书（.pem）", "请换一个文件；根证书只在核对签名时用。")
WORKBOOK = Sort("workbook", "Excel表格", "请换一个文件；表格里的内容用“导入”登记。")
DOCUMENT = Sort("document", "文字文档", "请换一个文件；文档可以作为附件加到记录上。")
PDF = Sort("pdf", "PDF文件", "请换一个文件；PDF可以作为附件加到记录上。")
PICTURE = Sort("picture", "图片", "请换一个文件；图片可以作为附件加到记录上。")
ARCHIVE = Sort("archive", "压缩包", "请先解压，再选里面的文件。")
EMPTY = Sort("empty", "空文件，里面什么都没有", "请让对方重新导出，再用U盘拷贝一次；拷完先安全弹出U盘。")

OURS: Final = (BUNDLE, REQUEST, GRANT, ACKNOWLEDGEMENT, RECOVERY_REQUEST, RECOVERY_ANSWER, WIPED, CERTIFICATE)

_ENVELOPES: Final = {sort.key: sort for sort in OURS} | {"manifest": BUNDLE}
_TYPE: Final = re.compile(rb"application/vnd\.xiaosanji\.([a-z-]+)\+json")
_BEGINNINGS: Final = (
    (b"%PDF-", PDF), (b"\xff\xd8\xff", PICTURE), (b"\x89PNG", PICTURE), (b"BM", PICTURE), (b"GIF8", PICTURE),
    (b"-----BEGIN CERTIFICATE", CERTIFICATE), (b"Rar!", ARCHIVE), (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
)  # fmt: skip
_END_OF_ZIP: Final = b"PK\x05\x06"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class AnotherFile(Damaged):
    """The file is none of those that this step takes; ``sort`` is the key of what it is, or nothing."""

    def __init__(self, wanted: Sort, found: Sort | None) -> None:
        super().__init__(found.key if found is not None else "")
        self.sort = self.detail
        if found is None:
            self.sentence = f"这不是{wanted.words}。"
            self.next_step = f"请核对选的文件，要选的是{wanted.words}。"
        else:
            other = "" if found is EMPTY else f"，不是{wanted.words}"
            self.sentence, self.next_step = f"这是{found.words}{other}。", found.belongs


@contextlib.contextmanager
def telling(path: Path, wanted: Sort) -> Iterator[None]:
    """Where what is read inside proves damaged because it is another file altogether, :class:`AnotherFile` says so."""
    try:
        yield
    except (Damaged, NewerFormat) as problem:
        found, ours = _look(path)
        if found is wanted or isinstance(problem, AnotherFile) or (found is None and ours):
            raise
        raise AnotherFile(wanted, found) from problem


def told(path: Path, wanted: Sort, problem: Problem) -> Problem:
    """The problem of a file that could not be read, or :class:`AnotherFile` where it is known to be another one."""
    found = of(path)
    return problem if found in (None, wanted, EMPTY) else AnotherFile(wanted, found)


def of(path: Path) -> Sort | None:
    """What the file is, if that is known."""
    return _look(path)[0]


def _look(path: Path) -> tuple[Sort | None, bool]:
    """What the file is, if that is known, and else whether it looks like one of this program, damaged or cut short."""
    with reading(path) as stream:
        head = stream.read(_LOOKED_AT)
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _LOOKED_AT))
        tail = stream.read(_LOOKED_AT)
    if not head:
        return EMPTY, False
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head + tail), False
    if head.startswith(_OLD_OFFICE):
        # The names of its streams are UTF-16: a table of Excel or WPS has a Workbook.
        return (WORKBOOK if "Workbook".encode("utf-16-le") in head + tail else DOCUMENT), False
    if head.lstrip().startswith(b"{"):
        kinds = [_ENVELOPES[kind] for found in _TYPE.findall(tail) if (kind := found.decode()) in _ENVELOPES]
        return (kinds[0] if kinds else None), b'"payload' in head
    return next((sort for beginning, sort in _BEGINNINGS if head.startswith(beginning)), None), False


def _zipped(names: bytes) -> Sort | None:
    """What a ZIP is, by the names in it. One without them and without an end was cut short, whatever it was."""
    for name, sort in ((b"manifest.json", BUNDLE), (b"parts/0001.", BUNDLE), (b"xl/workbook", WORKBOOK)):
        if name in names:
            return sort
    if b"word/document" in names:
        return DOCUMENT
    return ARCHIVE if _END_OF_ZIP in names else None
