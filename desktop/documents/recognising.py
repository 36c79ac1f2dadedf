"""What a file is, by its first bytes and its inside: what it is called is never believed."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from desktop.errors import UsageProblem

PICTURES: Final = frozenset({"jpg", "png"})
SMALLER: Final = "请用看图软件把它缩小，长边不超过7000像素，再添加。"
"""What helps where a picture cannot even be opened to be made smaller here."""

_BEGINNINGS: Final = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"))
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSIDE: Final = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))
_MOST_PARTS: Final = 5_000


class NotAttachable(UsageProblem):
    """A file of a kind that is not kept."""

    next_step = "可以添加照片和图片（jpg、png）、PDF、docx和xlsx文件。"


def recognise(data: bytes) -> str:
    """The code of the kind of file that these bytes are (code list ``attachment_media``).

    Raises :class:`NotAttachable` with the way on for kinds that people have.
    """
    for beginning, media in _BEGINNINGS:
        if data.startswith(beginning):
            return media
    if data.startswith(b"PK"):
        return _in_archive(data)
    if data.startswith(_OLD_OFFICE):
        raise NotAttachable(
            "旧格式的Office文件，或者加了密码。", "请打开它，不设密码，另存为docx或xlsx以后再添加。"
        )
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"):
        raise NotAttachable(
            "苹果手机的HEIC照片。", "请在手机“设置—相机—格式”里选“兼容性最佳”，或者另存为jpg以后再添加。"
        )
    if not data:
        raise NotAttachable("空文件，里面什么也没有。")
    raise NotAttachable("不是可以添加的文件。")


def _in_archive(data: bytes) -> str:
    """What a ZIP holds is told by its directory; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [part.filename for part in archive.infolist()[:_MOST_PARTS]]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise NotAttachable("文件损坏，打不开。") from error
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotAttachable("里面带有宏程序，不能添加。", "请打开它，另存为不带宏的docx或xlsx以后再添加。")
    for inside, media in _INSIDE:
        if inside in names and "[Content_Types].xml" in names:
            return media
    raise NotAttachable("压缩包不能添加。", "请先解压，再添加里面的照片或文件。")
