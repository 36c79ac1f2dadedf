"""Files of the computer, read and looked at before anything is kept: what each is, and how much smaller it could be."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.documents.recognising import PICTURES, SMALLER, NotAttachable, recognise
from desktop.errors import Problem, UsageProblem
from desktop.operations.file_names import size_words
from desktop.records.typed.dates import china_time
from desktop.sync.errors import TooBig
from desktop.sync.errors.surroundings import NotPlainFile
from desktop.sync.formats import files

if TYPE_CHECKING:
    from desktop.documents.pictures import Picture

MOST_BYTES: Final = 10 << 20
"""Bytes of one file as it is kept."""
_MOST_READ: Final = 64 << 20
"""Bytes of a picture before it is made smaller."""
_SMALL: Final = 500 << 10
"""Bytes of a picture about whose size nobody is asked, as those of a chat are."""
_WORTH: Final = 0.8
"""Making a picture smaller is worth a question when it saves a fifth of it."""


class TooLarge(UsageProblem):
    """A file, or all files of a record together, are larger than what is kept."""

    next_step = "照片请选“缩小”，PDF请用较低的清晰度重新扫描；再大的文件请另外保管，在说明里写明存放地方。"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and looked at; ``smaller`` is what a picture would be after downscaling."""

    name: str
    media: str
    data: bytes
    taken: datetime.date | None
    picture: Picture | None = None
    smaller: Picture | None = None

    @property
    def worth_it(self) -> bool:
        """Whether making it smaller is worth a question: it saves room, or the photo tells where it was taken."""
        if self.smaller is None or self.picture is None:
            return False
        shrinks = len(self.data) > _SMALL and len(self.smaller.data) < _WORTH * len(self.data)
        return shrinks or self.picture.located or not self.fits

    @property
    def fits(self) -> bool:
        """Whether it may be kept as it is."""
        return len(self.data) <= MOST_BYTES

    def chosen(self, shrink: bool) -> tuple[str, bytes, Picture | None]:
        """The kind and the bytes that are kept, and what a picture measures."""
        if shrink and self.worth_it and self.smaller is not None:
            return self.smaller.media, self.smaller.data, self.smaller
        return self.media, self.data, self.picture


def prepare(path: Path, today: datetime.date) -> Prepared:
    """Reads a file and looks whether it can be kept; pictures are decoded and made smaller for the question.

    Raises :class:`NotAttachable`, ``BadPicture``, :class:`TooLarge` and the problems of reading a file.
    """
    if path.is_dir():
        raise NotAttachable(f"“{path.name}”是文件夹。", "请打开文件夹，选里面的文件。")
    try:
        data = files.read_limited(path, _MOST_READ)
    except NotPlainFile as error:
        raise NotAttachable(f"“{path.name}”不是普通文件。") from error
    except TooBig as error:
        photo = path.suffix.lower() in (".jpg", ".jpeg", ".jpe", ".png")
        raise TooLarge(
            f"“{path.name}”超过{size_words(_MOST_READ)}，太大了。", SMALLER if photo else ""
        ) from error
    try:
        return _looked_at(path, data, today)
    except UsageProblem as problem:
        raise type(problem)(f"“{path.name}”：{problem.sentence}", problem.next_step) from problem


def _looked_at(path: Path, data: bytes, today: datetime.date) -> Prepared:
    from desktop.documents import pictures  # takes as long to load as a form to open

    media = recognise(data)
    changed = min(china_time(int(path.stat().st_mtime * 1000)).date(), today)
    if media not in PICTURES:
        if len(data) > MOST_BYTES:
            raise TooLarge(f"“{path.name}”有{size_words(len(data))}，一个文件最多{size_words(MOST_BYTES)}。")
        return Prepared(path.name, media, data, changed)
    picture = pictures.measure(data, media)
    taken = min(picture.taken, today) if picture.taken is not None else changed
    return Prepared(path.name, media, data, taken, picture, pictures.downscaled(picture))


def refused_words(problems: Sequence[Problem]) -> str:
    """One sentence for files that were not taken."""
    first = str(problems[0])
    return first if len(problems) == 1 else f"{first}（另有{len(problems) - 1}个文件也没有添加）"
