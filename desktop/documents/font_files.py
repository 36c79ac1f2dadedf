"""Finds font files: the bundle packed under ``resources/fonts`` and the fonts that the system brings.

Nothing here needs the PDF library, so the window can ask for its own font before anything is printed.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import lzma
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from platformdirs import user_cache_dir

from desktop.errors import EnvironmentProblem
from desktop.renaming import replace
from desktop.resources import resource

FORCE_ENVIRONMENT = "XIAOSANJI_FONTS"
"""Environment variable; the value ``bundle`` leaves the system's and the user's fonts aside."""


class FontRole(StrEnum):
    """The typefaces that GB/T 9704-2012 (5.2.2, 7.2, 7.3) names."""

    FANGSONG = "fangsong"
    """仿宋, the body."""
    KAITI = "kaiti"
    """楷体, headings of the second level and the signer's name."""
    SONGTI = "songti"
    """宋体, page numbers."""
    LIGHT = "light"
    """A light 宋体, which lends 仿宋 the characters it lacks: those of a usual weight stand out as if printed bold."""
    TITLE = "title"
    """小标宋, the title and the issuer's mark."""
    HEITI = "heiti"
    """黑体, headings of the first level, table heads; also the window's font."""


class DamagedFontBundle(EnvironmentProblem):
    """A packed font does not unpack to the file it should."""

    next_step = "请重新安装本程序。"


@dataclass(frozen=True)
class BundledFont:
    """One entry of ``fonts.json``: a packed font and what is known of it."""

    role: FontRole
    name: str
    file: str
    sha256: str
    size: int
    licence: str
    avoid: frozenset[str]
    """Characters that the font has but draws wrongly."""


@dataclass(frozen=True)
class RolePlan:
    """Where a role looks for its font, and which roles lend it the characters it lacks."""

    system: tuple[str, ...]
    fallback: tuple[FontRole, ...]


@dataclass(frozen=True)
class FontManifest:
    """The content of ``fonts.json``."""

    fonts: Mapping[FontRole, BundledFont]
    roles: Mapping[FontRole, RolePlan]


@cache
def font_manifest() -> FontManifest:
    """Reads ``resources/fonts/fonts.json`` once a process."""
    data = json.loads(resource("fonts", "fonts.json").read_text(encoding="utf-8"))
    fonts = {
        FontRole(entry["role"]): BundledFont(
            role=FontRole(entry["role"]),
            name=entry["name"],
            file=entry["file"],
            sha256=entry["sha256"],
            size=entry["bytes"],
            licence=entry["licence"],
            avoid=frozenset(entry.get("avoid", "")),
        )
        for entry in data["files"].values()
    }
    roles = {
        FontRole(role): RolePlan(tuple(plan["system"]), tuple(FontRole(other) for other in plan["fallback"]))
        for role, plan in data["roles"].items()
    }
    return FontManifest(fonts, roles)


def bundle_is_forced() -> bool:
    """Whether the environment asks for the bundled fonts alone (tests, demo)."""
    return os.environ.get(FORCE_ENVIRONMENT, "").strip().lower() == "bundle"


def default_font_cache() -> Path:
    """The folder below the user's cache where packed fonts are unpacked."""
    return Path(user_cache_dir("xiaosanji", appauthor=False)) / "fonts"


def bundled_font_path(role: FontRole, cache_folder: Path | None = None) -> Path:
    """The unpacked TrueType file of the bundled font of ``role``.

    The file is unpacked on first use, written beside and renamed, so that several processes may ask at once; its
    SHA-256 is checked once a process. Where the cache cannot be written, a folder of this process serves instead.
    Raises :class:`DamagedFontBundle` when the packed file is not what it should be.
    """
    return _bundled_font_path(role, cache_folder or default_font_cache())


def interface_font_path() -> Path:
    """The unpacked 黑体 for the window, wherever the system has no Chinese font of its own."""
    return bundled_font_path(FontRole.HEITI)


def lending_font_paths() -> list[Path]:
    """The unpacked fonts with the most rare characters, to stand in for the system's; none where it has no say."""
    if bundle_is_forced():
        return []
    return [bundled_font_path(role) for role in (FontRole.HEITI, FontRole.KAITI)]


@cache
def _bundled_font_path(role: FontRole, folder: Path) -> Path:
    font = font_manifest().fonts[role]
    target = _target(font, folder)
    if _digest(target) == font.sha256:
        return target
    raw = _unpacked(font)
    for candidate in (target, _target(font, _process_folder())):
        try:
            _write_beside_and_rename(candidate, raw)
        except OSError:
            if _digest(candidate) != font.sha256:
                continue
        return candidate
    raise EnvironmentProblem("字体无处存放，无法打印。", "请检查磁盘剩余空间和临时文件夹的写入权限。")


def _target(font: BundledFont, folder: Path) -> Path:
    stem, dot, extension = font.name.rpartition(".")
    return folder / f"{stem}-{font.sha256[:12]}{dot}{extension}"


def _unpacked(font: BundledFont) -> bytes:
    try:
        raw = lzma.decompress(resource("fonts", font.file).read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise DamagedFontBundle(f"随程序安装的字体“{font.name}”读不出来。") from error
    if hashlib.sha256(raw).hexdigest() != font.sha256:
        raise DamagedFontBundle(f"随程序安装的字体“{font.name}”已损坏。")
    return raw


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write_beside_and_rename(target: Path, raw: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=target.stem + ".", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        replace(name, target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@cache
def _process_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xiaosanji-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def system_font_paths(role: FontRole) -> Iterator[Path]:
    """The system's files for ``role`` that exist, best first; whether they can be used is not yet known."""
    index = _system_fonts()
    for name in font_manifest().roles[role].system:
        path = index.get(name.lower())
        if path is not None:
            yield path


@cache
def _system_fonts() -> Mapping[str, Path]:
    """All font files of the machine by lower-case file name; the first folder that has a name wins."""
    found: dict[str, Path] = {}
    for folder in _system_font_folders():
        for root, _, names in os.walk(folder):
            for name in names:
                if name.lower().endswith((".ttf", ".ttc")):
                    found.setdefault(name.lower(), Path(root, name))
    return found


def _system_font_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        return [
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            Path(local) / "Microsoft" / "Windows" / "Fonts",
        ]
    shared = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    return [*shared, home / ".local" / "share" / "fonts", home / ".fonts"]
