"""The font bundle: complete, licensed, unpacked safely by several processes at once, never trusted unseen."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.documents import font_files
from desktop.documents.font_files import (
    DamagedFontBundle,
    FontRole,
    bundle_is_forced,
    bundled_font_path,
    font_manifest,
    interface_font_path,
    system_font_paths,
)
from desktop.resources import resource

SMALLEST = FontRole.FANGSONG


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Every test unpacks, or finds unpacked, anew."""
    font_files._bundled_font_path.cache_clear()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("role", FontRole)
def test_every_role_has_a_bundled_font_with_the_declared_digest(role: FontRole) -> None:
    path = bundled_font_path(role)
    assert digest(path) == font_manifest().fonts[role].sha256
    assert path.stat().st_size == font_manifest().fonts[role].size


def test_the_converted_font_comes_with_its_original_and_the_notice() -> None:
    manifest = json.loads(resource("fonts", "fonts.json").read_text(encoding="utf-8"))
    (original,) = manifest["originals"].values()
    raw = lzma.decompress(resource("fonts", original["file"]).read_bytes())
    assert hashlib.sha256(raw).hexdigest() == original["sha256"]
    assert "FandolFang was modified" in resource("fonts", "NOTICE.md").read_text(encoding="utf-8")


def test_every_font_has_its_licence_beside_it() -> None:
    manifest = json.loads(resource("fonts", "fonts.json").read_text(encoding="utf-8"))
    for entry in [*manifest["files"].values(), *manifest["originals"].values()]:
        text = resource("fonts", entry["licence_file"]).read_text(encoding="utf-8")
        name = "GNU GENERAL PUBLIC LICENSE" if entry["licence"].startswith("GPL") else "SIL OPEN FONT LICENSE"
        assert name in text.upper()
        assert entry["source"]["package"]
        assert entry["source"]["version"]


def test_the_bundle_stays_small_enough_to_carry() -> None:
    packed = sum(path.stat().st_size for path in resource("fonts").rglob("*.xz"))
    assert packed < 42_000_000


def test_a_font_is_unpacked_without_leftovers(tmp_path: Path) -> None:
    path = bundled_font_path(SMALLEST, tmp_path / "a" / "b")
    assert digest(path) == font_manifest().fonts[SMALLEST].sha256
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_damaged_cached_font_is_replaced(tmp_path: Path) -> None:
    path = bundled_font_path(SMALLEST, tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    font_files._bundled_font_path.cache_clear()
    assert digest(bundled_font_path(SMALLEST, tmp_path)) == font_manifest().fonts[SMALLEST].sha256


def test_a_cache_that_cannot_be_written_does_not_stop_the_print(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = bundled_font_path(SMALLEST, tmp_path / "file" / "fonts")
    assert digest(path) == font_manifest().fonts[SMALLEST].sha256
    assert tmp_path not in path.parents


@pytest.mark.parametrize("damage", [b"", b"no archive", lzma.compress(b"another font")])
def test_a_damaged_bundle_is_named_and_nothing_is_unpacked(
    damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "packed.xz").write_bytes(damage)
    monkeypatch.setattr(font_files, "resource", lambda *_: tmp_path / "packed.xz")
    with pytest.raises(DamagedFontBundle, match="FandolFang"):
        bundled_font_path(SMALLEST, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_processes_that_unpack_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from desktop.documents.font_files import *; "
        "print(bundled_font_path(FontRole.FANGSONG, Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate(timeout=60)[0].strip() for process in started}
    assert all(process.returncode == 0 for process in started)
    (path,) = answers
    assert digest(Path(path)) == font_manifest().fonts[FontRole.FANGSONG].sha256
    assert len(list(tmp_path.iterdir())) == 1


def test_the_window_gets_the_sans_serif_font_without_the_pdf_library() -> None:
    code = (
        "import sys; from desktop.documents.font_files import interface_font_path; "
        "print(interface_font_path()); sys.exit('reportlab' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == str(interface_font_path())
    assert "NotoSansSC" in done.stdout


@pytest.mark.parametrize(
    ("value", "forced"), [("bundle", True), (" Bundle ", True), ("", False), ("no", False)]
)
def test_the_environment_can_force_the_bundle(
    value: str, forced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOSANJI_FONTS", value)
    assert bundle_is_forced() is forced


def test_system_fonts_are_found_by_name_in_the_declared_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("deep/FZFSK.TTF", "SimFang.ttf", "other.ttf", "simfang.otf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    font_files._system_fonts.cache_clear()
    monkeypatch.setattr(font_files, "_system_font_folders", lambda: [tmp_path, tmp_path / "none"])
    try:
        found = [os.fspath(path.relative_to(tmp_path)) for path in system_font_paths(FontRole.FANGSONG)]
    finally:
        font_files._system_fonts.cache_clear()
    assert found == ["SimFang.ttf", os.path.join("deep", "FZFSK.TTF")]
