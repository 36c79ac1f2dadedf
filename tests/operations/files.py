"""Files to attach: small pictures and documents that are what they are, and some that are not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def jpeg(
    width: int = 90, height: int = 60, *, turned: bool = False, day: str = "", place: bool = False
) -> bytes:
    """A photo with what a camera writes into it."""
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    if day:
        exif.get_ifd(0x8769)[36867] = f"{day} 10:00:00"
    if place:
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "SecretCameraMaker"
    written = io.BytesIO()
    picture = Image.effect_noise((width, height), 50).convert("RGB")
    picture.save(written, "JPEG", quality=90, exif=exif)
    return written.getvalue()


def png(width: int = 40, height: int = 30, mode: str = "RGB") -> bytes:
    """A drawing."""
    written = io.BytesIO()
    Image.new(mode, (width, height)).save(written, "PNG")
    return written.getvalue()


def office(inside: str, *, macro: bool = False) -> bytes:
    """A document of the new kind, as far as it tells what it is."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(inside, "<x/>")
        if macro:
            archive.writestr("word/vbaProject.bin", "x")
    return written.getvalue()


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few bytes that say they are gigabytes of picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )


def jpeg_bomb() -> bytes:
    """A photo whose head says that it is sixty thousand pixels wide and high."""
    data = bytearray(jpeg(16, 16))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(data)


def written(folder: Path, name: str, data: bytes) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(data)
    return path
