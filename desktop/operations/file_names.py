"""Names and sizes of files: as they enter the ledger, as every system can keep them, as people say them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from desktop.records.typed.texts import printable
from desktop.records.types.attachment import MOST_NAME

_MOST_BYTES: Final = 200
"""Of a name in UTF-8: file systems take 255, and some add endings of their own."""
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_BLANKS: Final = re.compile(r"\s+")
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE
)
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_SAME: Final = {"jpg": ("jpg", "jpeg", "jpe")}
_UNNAMED: Final = "附件"


def entered_name(name: str, media: str) -> str:
    """A file's name as it is kept: one line, nothing unseen, no folders, with the ending of what the file is."""
    plain = _BLANKS.sub(" ", printable(name.replace("\\", "/").rpartition("/")[2]))
    stem = _stem(plain, media).strip(" .") or _UNNAMED
    return f"{stem[: MOST_NAME - len(media) - 1].rstrip(' .')}.{media}"


def safe_name(name: str, media: str = "") -> str:
    """A name that Windows and Linux can keep, whoever wrote it: no folders, no device, not too long."""
    plain = _FORBIDDEN.sub("_", _BLANKS.sub(" ", printable(name)))
    stem = _stem(plain, media).strip(" .") or _UNNAMED
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    while len(stem.encode("utf-8", "replace")) > _MOST_BYTES - len(media) - 1:
        stem = stem[:-1].rstrip(" .")
    return f"{stem}.{media}" if media else stem


def _stem(name: str, media: str) -> str:
    """The name without its ending, where that says what the file is or claims that it is another."""
    found = _ENDING.search(name)
    if found is None:
        return name
    ending = found[0][1:].lower()
    known = ending in _SAME.get(media, (media,)) or ending in (
        "jpg",
        "jpeg",
        "jpe",
        "png",
        "pdf",
        "docx",
        "xlsx",
    )
    return name[: found.start()] if known else name


def free_path(path: Path, also: str = "") -> Path:
    """A name that no file has yet, neither as it is nor with ``also`` behind it."""
    free, number = path, 2
    while free.exists() or free.with_name(free.name + also).exists():
        free, number = path.with_name(f"{path.stem}（{number}）{path.suffix}"), number + 1
    return free


def size_words(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1_000:
        return f"{size}字节"
    if size < 1 << 20:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / (1 << 20):.1f} MB".replace(".0 MB", " MB")
