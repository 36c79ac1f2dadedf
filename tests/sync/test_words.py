"""Words to compare by telephone: a fixed list in which no two sound alike."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from desktop.resources import resource
from desktop.sync.signed import words
from desktop.sync.signed.words import fingerprint, word_list
from tests.sync.world import EVERYBODY, VILLAGE_DESK


def heard(word: str) -> str:
    """The word as ears hear it that take zh for z, ng for n, r or n for l, and hu for f."""
    sounds = []
    for syllable in lazy_pinyin(word):
        sound = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")
        sound = sound.removesuffix("g") if sound.endswith("ng") else sound
        sounds.append(sound.translate(str.maketrans("lr", "nn")).replace("hu", "f"))
    return " ".join(sounds)


def test_the_list_never_changes() -> None:
    data = resource("words.txt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == (
        "e41ae3e37119c7e739d264f611fab3ca3f86f6cdc9ad3ad18d57872d1059b71b"
    )


def test_a_list_that_is_not_whole_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("苹果\n", encoding="utf-8")
    monkeypatch.setattr(words, "resource", tmp_path.joinpath)
    with pytest.raises(ValueError, match="not whole"):
        word_list.__wrapped__()


def test_words_have_two_characters_and_are_256() -> None:
    assert len(word_list()) == 256
    assert {len(word) for word in word_list()} == {2}


def test_no_two_words_sound_alike() -> None:
    assert len({heard(word) for word in word_list()}) == 256


def test_no_word_is_another_turned_round() -> None:
    turned = {word[::-1] for word in word_list() if word[0] != word[1]}
    assert not turned & set(word_list())


def test_a_fingerprint_has_six_words_and_six_digits() -> None:
    found = fingerprint(VILLAGE_DESK.keys.public_key)
    assert len(found.words) == 6
    assert len(found.digits) == 6
    assert str(found) == f"{' '.join(found.words)} {found.digits[:3]} {found.digits[3:]}"


def test_frozen_vector() -> None:
    assert str(fingerprint(bytes(range(32)))) == "沙发 桂花 手套 散步 轮船 老虎 380 893"


def test_stations_differ_in_words_and_in_digits() -> None:
    found = [fingerprint(station.keys.public_key) for station in EVERYBODY]
    for one, other in itertools.combinations(found, 2):
        assert one.words != other.words
        assert one.digits != other.digits
