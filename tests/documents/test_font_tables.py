"""Tables of fonts that are read at once are what reportlab reads number by number."""

from __future__ import annotations

from pathlib import Path

import pytest
import reportlab
from reportlab.pdfbase.ttfonts import TTFontFace

from desktop.documents.font_files import FontRole, bundled_font_path
from desktop.documents.font_tables import QuickFace
from desktop.documents.fonts import load_face

WESTERN = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""Characters in format 4, widths of another unit; the bundled fonts have format 12."""
READ = (
    "charToGlyph",
    "charWidths",
    "defaultWidth",
    "hmetrics",
    "glyphPos",
    "numGlyphs",
    "ascent",
    "descent",
    "bbox",
)


@pytest.mark.parametrize("path", [*map(bundled_font_path, FontRole), WESTERN], ids=lambda p: p.stem)
def test_what_is_read_is_what_reportlab_reads(path: Path) -> None:
    ours, theirs = QuickFace(str(path)), TTFontFace(str(path))
    for name in READ:
        read, wanted = getattr(ours, name), getattr(theirs, name)
        assert (
            list(read)
            if isinstance(wanted, list)
            else dict(read.items())
            if isinstance(wanted, dict)
            else read
        ) == (wanted), name
    for code in (0x20, 0xA0, ord("国"), 0x10FFFF):
        assert (code in ours.charToGlyph) == (code in theirs.charToGlyph)
        assert ours.charWidths.get(code, -1) == theirs.charWidths.get(code, -1)
    # A width that became a fraction would be written otherwise.
    assert {type(w) for w in ours.charWidths.values()} == {type(w) for w in theirs.charWidths.values()}


def test_the_characters_of_a_glyph_are_found_where_text_is_shaped() -> None:
    face = QuickFace(str(bundled_font_path(FontRole.FANGSONG)))
    assert ord("国") in face.glyphToChar[face.charToGlyph[ord("国")]]


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_font_that_is_cut_short_is_no_font(tmp_path: Path, share: float) -> None:
    whole = bundled_font_path(FontRole.FANGSONG).read_bytes()
    path = tmp_path / "cut.ttf"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert load_face(path) is None
