"""Rebuilds the bundled fonts from their public packages and compares them with ``resources/fonts/fonts.json``.

Run by hand, never by the program: ``python packaging/build_fonts.py`` compares, ``--write`` replaces the bundle.
It needs a Debian machine (``apt-get``, ``dpkg-deb``), ``npm`` and fontTools of exactly the version below, since
the converted 仿宋 is compared byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FONTTOOLS_VERSION = "4.68.0"
FONTS_DIR = Path(__file__).resolve().parent.parent / "resources" / "fonts"
MANIFEST = FONTS_DIR / "fonts.json"

CONVERSION_ERROR = 1.0
"""How far a quadratic outline may leave the cubic one, in units of 1/1000 em."""

XZ_FILTERS = [
    {
        "id": lzma.FILTER_LZMA2,
        "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": 1 << 24,
        "lc": 4,
        "lp": 0,
        "pb": 0,
    }
]


@dataclass(frozen=True)
class Package:
    """One public package, by kind (``deb`` or ``npm``), name and version, with its unpacked folder."""

    kind: str
    name: str
    version: str

    def fetch(self, into: Path) -> Path:
        """Downloads and unpacks the package below ``into`` and returns the folder of its content."""
        work = into / self.name.replace("/", "_")
        work.mkdir(parents=True, exist_ok=True)
        if self.kind == "deb":
            run(["apt-get", "download", f"{self.name}={self.version}"], work)
            (archive,) = work.glob("*.deb")
            run(["dpkg-deb", "-x", str(archive), str(work / "content")], work)
            return work / "content"
        run(["npm", "pack", "--silent", f"{self.name}@{self.version}"], work)
        (archive,) = work.glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(work, filter="data")
        return work / "package"


def run(command: list[str], folder: Path) -> None:
    """Runs one command in ``folder``; its failure ends the build."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def to_truetype(source: Path, target: Path) -> None:
    """Converts PostScript outlines (CFF) to TrueType outlines; metrics and character map stay untouched."""
    import fontTools
    from fontTools.ttLib import TTFont, newTable

    if fontTools.version != FONTTOOLS_VERSION:
        raise SystemExit(f"fontTools {FONTTOOLS_VERSION} is needed, {fontTools.version} is installed")
    font = TTFont(source, recalcTimestamp=False)
    glyphs = quadratic_glyphs(font)
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = font.getGlyphOrder(), glyphs
    font["loca"] = newTable("loca")
    for name, glyph in glyphs.items():
        glyph.recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    set_maximum_profile(font)
    for tag in ("CFF ", "VORG", "GPOS", "BASE", "vhea", "vmtx"):
        if tag in font:
            del font[tag]
    font["post"].formatType = 3.0
    mark_as_modified(font)
    font.sfntVersion = "\000\001\000\000"
    font.save(target)


def quadratic_glyphs(font: Any) -> dict[str, Any]:
    """Every outline of ``font`` redrawn with quadratic curves, by glyph name."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyph_set = font.getGlyphSet()
    glyphs = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, CONVERSION_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    return glyphs


def set_maximum_profile(font: Any) -> None:
    """Raises ``maxp`` to the version that TrueType outlines need; the fonts carry no instructions."""
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    profile.maxZones = 1
    for field in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(profile, f"max{field}", 0)
    profile.maxSizeOfInstructions = 0
    profile.maxComponentElements = 0


def mark_as_modified(font: Any) -> None:
    """Writes the change into the font's own version line, as GPL-3.0 section 5(a) asks."""
    for record in font["name"].names:
        if record.nameID == 5:
            record.string = f"{record.toUnicode()}; outlines converted to TrueType 2026-11-23"


def build(entry: dict[str, Any], packages: dict[tuple[str, str, str], Path], work: Path) -> Path:
    """The raw font file of one manifest entry, rebuilt from its package."""
    source = entry["source"]
    member = packages[source["kind"], source["package"], source["version"]] / source["member"]
    if not entry.get("converted"):
        return member
    target = work / entry["name"]
    to_truetype(member, target)
    return target


def licence_text(entry: dict[str, Any], packages: dict[tuple[str, str, str], Path]) -> bytes:
    """The licence of one manifest entry as its package ships it."""
    source = entry["source"]
    raw = (
        packages[source["kind"], source["package"], source["version"]] / source["licence_member"]
    ).read_bytes()
    return gzip.decompress(raw) if source["licence_member"].endswith(".gz") else raw


def write(entry: dict[str, Any], raw: bytes, licence: bytes) -> None:
    """Replaces one packed font and its licence, and enters its digest into ``entry``."""
    entry["sha256"], entry["bytes"] = hashlib.sha256(raw).hexdigest(), len(raw)
    packed = lzma.compress(raw, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=XZ_FILTERS)
    (FONTS_DIR / entry["file"]).parent.mkdir(parents=True, exist_ok=True)
    (FONTS_DIR / entry["file"]).write_bytes(packed)
    (FONTS_DIR / entry["licence_file"]).parent.mkdir(parents=True, exist_ok=True)
    (FONTS_DIR / entry["licence_file"]).write_bytes(licence)


def compare(entry: dict[str, Any], raw: bytes, licence: bytes) -> list[str]:
    """What differs between a rebuilt font and the bundle, as one sentence a difference."""
    found = []
    if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
        found.append(f"{entry['file']}: the rebuilt font differs from the digest in fonts.json")
    if lzma.decompress((FONTS_DIR / entry["file"]).read_bytes()) != raw:
        found.append(f"{entry['file']}: the packed font differs from the rebuilt one")
    if (FONTS_DIR / entry["licence_file"]).read_bytes() != licence:
        found.append(f"{entry['licence_file']}: the licence differs from the package's")
    return found


def main(arguments: list[str]) -> int:
    """Rebuilds all fonts; returns 0 when the bundle matches (or was written), 1 when it differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="replace the bundle instead of comparing")
    replace = parser.parse_args(arguments).write
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    entries = [*manifest["files"].values(), *manifest["originals"].values()]
    differences: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        wanted = {(e["source"]["kind"], e["source"]["package"], e["source"]["version"]) for e in entries}
        packages = {key: Package(*key).fetch(work) for key in sorted(wanted)}
        for entry in entries:
            raw = build(entry, packages, work).read_bytes()
            licence = licence_text(entry, packages)
            if replace:
                write(entry, raw, licence)
            else:
                differences += compare(entry, raw, licence)
            print(entry["file"], hashlib.sha256(raw).hexdigest(), flush=True)
    if replace:
        MANIFEST.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for sentence in differences:
        print(sentence, file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
