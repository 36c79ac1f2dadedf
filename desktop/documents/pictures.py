"""Photos and scans: what they measure, smaller without what they tell in secret, and drawn for a preview.

A picture that is small as a file may need gigabytes in memory, so it is measured by its head before anything is
unpacked. Only the two decoders that are wanted ever see the bytes.
"""

from __future__ import annotations

import datetime
import io
import re
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from desktop.documents.recognising import SMALLER
from desktop.errors import UsageProblem

LONG_EDGE: Final = 2_000
"""Pixels of the longer edge after downscaling: an A4 scan is still read with ease."""
MOST_PIXELS: Final = {"jpg": 120_000_000, "png": 60_000_000}
"""A JPEG is decoded at a part of its size where that is enough; a PNG is always unpacked as a whole."""
_QUALITY: Final = 80
_TAKEN: Final = (36867, 306)
"""The EXIF tags for when a picture was taken, and when it was written."""
_EXIF_PART: Final = 0x8769
_GPS_PART: Final = 0x8825
_ORIENTATION: Final = 0x0112
_ON_ITS_SIDE: Final = (5, 6, 7, 8)
_DAY = re.compile(r"(\d{4}):(\d\d):(\d\d)\b")
_DAMAGED: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)
"""What the decoders raise for bytes that are no picture."""


class BadPicture(UsageProblem):
    """A picture that cannot be opened, or must not be."""

    next_step = "请用看图软件打开它，另存为jpg以后再添加。"


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture file, what it measures as a person sees it, and what the camera noted: the day, and
    whether also the place.
    """

    media: str
    data: bytes
    width: int
    height: int
    taken: datetime.date | None = None
    located: bool = False


def measure(data: bytes, media: str) -> Picture:
    """What a picture (``jpg`` or ``png``) says of itself; it is decoded once, so that no half of one is kept.

    Raises :class:`BadPicture`.
    """
    try:
        image = _open(data, media)
        exif = image.getexif()
        taken, located = _day_of(exif), bool(exif.get_ifd(_GPS_PART))
        turned = exif.get(_ORIENTATION, 1) in _ON_ITS_SIDE
        width, height = image.size
        # Whether it is whole shows at any size.
        image.draft("RGB", (LONG_EDGE // 8, LONG_EDGE // 8))
        image.load()
    except _DAMAGED as error:
        raise BadPicture("这张图片损坏了，打不开。") from error
    except MemoryError as error:
        raise BadPicture("这张图片太大，打不开。", SMALLER) from error
    return Picture(media, data, *((height, width) if turned else (width, height)), taken, located)


def downscaled(picture: Picture) -> Picture:
    """The picture with a long edge of :data:`LONG_EDGE` at most, upright, and without place, camera and remarks.

    Raises :class:`BadPicture`.
    """
    image = _drawn(picture.data, picture.media, LONG_EDGE)
    written = io.BytesIO()
    flat(image).save(written, "JPEG", quality=_QUALITY, optimize=True)
    media, data = "jpg", written.getvalue()
    if picture.media == "png":
        # Drawings and screen pictures are smaller as they are, and sharper.
        as_png = io.BytesIO()
        image.save(as_png, "PNG", optimize=True)
        if len(as_png.getvalue()) <= len(data):
            media, data = "png", as_png.getvalue()
    return Picture(media, data, *image.size, picture.taken)


def preview(data: bytes, media: str, edge: int) -> Image.Image:
    """The picture as it is looked at, its longer edge no longer than that. Raises :class:`BadPicture`."""
    return flat(_drawn(data, media, edge))


def flat(image: Image.Image) -> Image.Image:
    """The picture in plain colours, on white paper where it is transparent."""
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image


def _drawn(data: bytes, media: str, edge: int) -> Image.Image:
    """The decoded picture, upright and no larger than that, with nothing but its pixels."""
    try:
        image: Image.Image = _open(data, media)
        image.draft("RGB", (edge, edge))
        upright = ImageOps.exif_transpose(image)
        transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        drawn = upright.convert("RGBA" if transparent else "RGB")
        drawn.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    except _DAMAGED as error:
        raise BadPicture("这张图片损坏了，打不开。") from error
    except MemoryError as error:
        raise BadPicture("这张图片太大，打不开。", SMALLER) from error
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    return bare


def _open(data: bytes, media: str) -> ImageFile.ImageFile:
    """The head of a picture; nothing is unpacked yet."""
    decoder = JpegImageFile if media == "jpg" else PngImageFile
    image = decoder(io.BytesIO(data))
    width, height = image.size
    if width * height > MOST_PIXELS[media]:
        most = f"最多{MOST_PIXELS[media] // 10_000}万像素"
        raise BadPicture(f"这张图片有{width}×{height}像素，太大了，{most}。", SMALLER)
    return image


def _day_of(exif: Image.Exif) -> datetime.date | None:
    """The day that the camera noted; a camera whose clock was never set notes one that cannot be."""
    for said in (exif.get_ifd(_EXIF_PART).get(_TAKEN[0]), exif.get(_TAKEN[1])):
        found = _DAY.match(str(said or ""))
        if found is None:
            continue
        try:
            day = datetime.date(*map(int, found.groups()))
        except ValueError:
            continue
        if day.year >= 1990:
            return day
    return None
