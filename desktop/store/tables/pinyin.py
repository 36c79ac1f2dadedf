"""The order of a Chinese dictionary, and the first letters by which people type a name: computed, never sent."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from string import ascii_lowercase
from typing import Final

from desktop.records.typed.numerals import NUMERALS, chinese_to_int
from desktop.resources import resource

_MANY: Final = 3
"""Eight spellings of one name, seldom more."""
_LONGEST: Final = 1_000
"""So many signs of a title say where it stands: others may send names of a million."""
_APART: Final = "\udfff"
"""No text that is kept has half a surrogate pair in it."""
_BELOW_ALL: Final = "\x01"
"""What is longer than a line that sounds alike stands behind it."""
_NUMBER: Final = re.compile(
    rf"[0-9]+|(?<=第)[{NUMERALS}]+"
    rf"|(?<![{NUMERALS}])[{NUMERALS}]++(?=分会|分厂|分公司|车间|工段|小组|班组|大队|中队|标段|项目部|[届次期号组班厂])"
)
"""Digits, and Chinese numerals where they can be nothing else: 三墩镇 and 百货公司 begin with a name.

A run of them, as one of blanks, is looked at once: others may send names of a million signs.
"""
_BLANKS: Final = re.compile(r"(?<![0-9 ]) ++|(?<! ) ++(?![0-9])")
"""All but those between two numbers."""
_MOST_DIGITS: Final = 16
"""The longest number whose length is one character below the capitals."""


def pinyin(text: str) -> str:
    """Pinyin without tones where a character has it, else the character; capitals, widths and blanks as they come."""
    return _plain(text).translate(_pinyin())


def sort_key(text: str | int) -> str:
    """The order of a Chinese dictionary in which numbers stand by what they count: 第2 before 第十 and 第10.

    Each syllable begins with a capital, which is less than the small letters: so a character goes before the next one,
    胡静 before 黄芳, and all of 李 stand together. A letter of another script is a syllable of its own.
    A number is preceded by its length, and so compares as it should among other texts. Blanks do not count, 第 3 期 is
    第3期. Lines that sound alike are told apart by their characters before the next line counts, so that all of 王芳
    stand together, and all of 汪方. A title that is nothing but a year comes as a number.
    """
    return _key(*_read(str(text)[:_LONGEST]))


def _counted(found: re.Match[str]) -> str:
    number = found[0]
    if not number.isascii():
        try:
            number = str(chinese_to_int(number))
        except ValueError:
            return number
    digits = number.lstrip("0") or "0"
    return chr(ord("0") + min(len(digits), _MOST_DIGITS)) + digits


def sort_keys(texts: Sequence[str]) -> list[str]:
    """The key of each text; asked for one by one, by the engine most of all, they take three times as long."""
    sounds, characters = _read(_APART.join([text[:_LONGEST] for text in texts]))
    return list(map(_key, sounds.split(_APART), characters.split(_APART))) if texts else []


def sound_key(text: str) -> str:
    """Its order where the words themselves are the next key: three quarters of the time."""
    return _numbered(text[:_LONGEST]).translate(_syllables())


def _read(text: str) -> tuple[str, str]:
    """How it sounds, and what tells its characters from others that sound so."""
    numbered = _numbered(text)
    return numbered.translate(_syllables()), numbered.translate(_characters())


def _numbered(text: str) -> str:
    return _NUMBER.sub(_counted, _BLANKS.sub("", _plain(text)))


def _key(sound: str, characters: str) -> str:
    if "\n" in sound:
        return "\n".join(map(_key, sound.split("\n"), characters.split("\n")))
    return f"{sound}{_BELOW_ALL}{characters}" if characters else sound


def initials(text: str) -> str:
    """The first letters of each character's pinyin in its usual reading."""
    return _plain(text).translate(_initials())


def all_initials(text: str) -> list[str]:
    """The first letters as people may type them to find a name: of 长乐 ``cl``, ``zl``, ``cy`` and ``zy``.

    The usual ones come first. Of many characters that are read in several ways only the first are spelled so.
    """
    plain, others = _plain(text), _other_initials()
    found = [plain.translate(_initials())]
    for at in [at for at, character in enumerate(plain) if character in others][:_MANY]:
        found += [f"{one[:at]}{letter}{one[at + 1 :]}" for one in found for letter in others[plain[at]]]
    return found


def is_read_in_several_ways(text: str) -> bool:
    """Whether :func:`all_initials` of a text are more than one, in a tenth of the time."""
    return not _other_initials().keys().isdisjoint(text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


_LETTERS = "".join(map(chr, range(ord("!"), ord("!") + 1024)))
"""More than characters have one sound."""


class _Table(dict[int, str]):
    """A table for ``str.translate`` that learns what it does not change: an exception a character is slow."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code)
        return self[code]


def _table(form: Callable[[str], str]) -> dict[int, str]:
    """Each character with its usual reading in this form."""
    found = _Table()
    for syllable, characters in _lines("pinyin.txt"):
        found.update(dict.fromkeys(map(ord, characters), form(syllable)))
    found.update({ord(c): form(readings.split()[0]) for c, readings in _lines("pinyin_names.txt")})
    return found


@cache
def _pinyin() -> dict[int, str]:
    return _table(str)


@cache
def _syllables() -> dict[int, str]:
    found = _table(str.capitalize)
    found.update({ord(letter): letter.upper() for letter in ascii_lowercase})
    return found


class _Characters(_Table):
    """Nothing for what is its own sound."""

    def __missing__(self, code: int) -> str:
        self[code] = ""
        return ""


@cache
def _characters() -> dict[int, str]:
    """What tells a character from others of its sound, in one letter: two bytes for the rarest.

    Its place in the line of its sound; those that may be read otherwise stand behind the others.
    """
    found, of_sound = _Characters({ord(sign): sign for sign in ("\n", _APART)}), Counter[str]()
    for sound, characters in _lines("pinyin.txt"):
        of_sound[sound] = len(characters)
        found.update(zip(map(ord, characters), _LETTERS[: len(characters)], strict=True))
    for character, readings in _lines("pinyin_names.txt"):
        sound = readings.split()[0]
        found[ord(character)] = _LETTERS[of_sound[sound]]
        of_sound[sound] += 1
    return found


@cache
def _initials() -> dict[int, str]:
    return _table(itemgetter(0))


@cache
def _other_initials() -> dict[str, list[str]]:
    """The first letters of the less usual readings, by character, where they differ from that of the usual one."""
    found = {}
    for character, readings in _lines("pinyin_names.txt"):
        _usual, *others = dict.fromkeys(reading[0] for reading in readings.split())
        if others:
            found[character] = others
    return found


def _lines(name: str) -> list[tuple[str, str]]:
    """The first word of each line of such a table, and the rest."""
    lines = resource(name).read_text("utf-8").splitlines()
    return [(head, rest) for head, _, rest in (line.partition(" ") for line in lines) if head != "#"]
