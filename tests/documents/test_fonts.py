"""Which font draws which character: the user's, the system's, the bundle's, and never a box."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.documents import fonts as fonts_module
from desktop.documents.font_files import bundled_font_path
from desktop.documents.fonts import FontBook, FontRole, MissingGlyph, font_book, load_face, to_unicode_map
from desktop.errors import Problem
from tests.documents.letters import RARE


@pytest.mark.parametrize("role", FontRole)
def test_rare_name_characters_have_a_glyph_in_every_role(role: FontRole, fonts: FontBook) -> None:
    for character in RARE + "阿卜杜拉·买买提㵑№℃‰①⑳□■√°±":
        glyph = fonts.glyph(role, character)
        left, bottom, right, top = glyph.face.ink(character)
        assert right > left
        assert top > bottom


def test_the_body_font_draws_what_it_has_itself(fonts: FontBook) -> None:
    own = fonts.face(FontRole.FANGSONG)
    assert all(
        fonts.glyph(FontRole.FANGSONG, character).face is own for character in "工会一函两书2026年〔〕（）MIS"
    )


def test_a_character_drawn_wrongly_is_taken_from_another_font(fonts: FontBook) -> None:
    own = fonts.face(FontRole.FANGSONG)
    assert not own.has("￥")
    assert fonts.glyph(FontRole.FANGSONG, "￥").face is fonts.face(FontRole.LIGHT)


def test_a_lent_character_looks_as_large_and_stands_as_high_as_its_neighbours(fonts: FontBook) -> None:
    own, lent = fonts.face(FontRole.FANGSONG), fonts.glyph(FontRole.FANGSONG, "喆")
    middle = lent.rise + lent.scale * lent.face.centre
    assert middle == pytest.approx(own.centre, abs=1e-9)
    assert 0.94 <= lent.scale < 1


@pytest.mark.parametrize("character", ["☑", "\U0010fffd", "\ue000", "\U000e0041"])
def test_a_character_in_no_font_is_a_problem_that_names_it(character: str, fonts: FontBook) -> None:
    with pytest.raises(MissingGlyph) as caught:
        fonts.glyph(FontRole.FANGSONG, character)
    assert isinstance(caught.value, Problem)
    assert character in caught.value.sentence
    assert f"U+{ord(character):04X}" in caught.value.sentence
    assert caught.value.next_step


@pytest.mark.parametrize("character", "“”‘’—…")
@pytest.mark.parametrize("role", FontRole)
def test_marks_between_chinese_characters_fill_their_cell(
    role: FontRole, character: str, fonts: FontBook
) -> None:
    assert fonts.glyph(role, character).advance >= 0.85


def test_an_apostrophe_in_a_latin_word_is_narrow(fonts: FontBook) -> None:
    assert fonts.glyph(FontRole.FANGSONG, "’", latin=True).advance < 0.5


def test_the_system_comes_before_the_bundle_and_useless_files_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "simfang.ttf").write_bytes(b"broken")
    good = bundled_font_path(FontRole.KAITI)
    monkeypatch.setattr(fonts_module, "system_font_paths", lambda _: iter([tmp_path / "simfang.ttf", good]))
    assert FontBook(bundle_only=False).face(FontRole.FANGSONG).path == good


def test_what_the_systems_fonts_lack_comes_from_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    poor = bundled_font_path(FontRole.FANGSONG)
    monkeypatch.setattr(fonts_module, "system_font_paths", lambda _: iter([poor]))
    glyph = FontBook(bundle_only=False).glyph(FontRole.HEITI, "喆")
    assert glyph.face.path != poor


def test_the_environment_forces_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fonts_module, "system_font_paths", lambda _: iter([bundled_font_path(FontRole.HEITI)])
    )
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")
    fonts_module._font_book.cache_clear()
    assert font_book().face(FontRole.FANGSONG).path == bundled_font_path(FontRole.FANGSONG)


def test_a_font_file_is_parsed_once_a_process() -> None:
    path = bundled_font_path(FontRole.KAITI)
    assert load_face(path) is load_face(path)


def test_codes_map_back_to_characters_above_the_basic_plane_in_blocks_of_a_hundred() -> None:
    text = to_unicode_map([0, *range(0x4E00, 0x4E00 + 150), 0x2CB2E])
    assert "<97> <D872DF2E>" in text
    assert "<00>  " not in text
    assert text.count("endbfchar") == 2
    assert "100 beginbfchar" in text
    assert "51 beginbfchar" in text
