"""The order of a Chinese dictionary, and the first letters by which people type a name: computed, never sent."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
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
_SIGN: Final = re.compile(r"[^\w\s]|_")
"""Brackets, dots, quotation marks: nobody types them between first letters."""
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

    The usual ones come first. Of many characters that are read in several ways only the first are spelled so. Of a name
    with signs in it the letters stand alone, too: of 吉利(杭州) also ``jlhz``.
    """
    plain, others = _plain(text), _other_initials()
    found = [plain.translate(_initials())]
    for at in [at for at, character in enumerate(plain) if character in others][:_MANY]:
        found += [f"{one[:at]}{letter}{one[at + 1 :]}" for one in found for letter in others[plain[at]]]
    if _SIGN.search(text):
        found += [bare for one in found if (bare := _SIGN.sub("", one))]
    return found


def is_read_in_several_ways(text: str) -> bool:
    """Whether :func:`all_initials` of a text are more than one, in a tenth of the time."""
    return not _other_initials().keys().isdisjoint(text) or _SIGN.search(text) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


_LETTERS = "".join(map(chr, range(ord("!"), ord("!") + 1024)))
"""More than characters have one sound."""


class _Table(dict[int, str]):
    """A table for ``str.translate`` that learns what it is asked for: texts have a few hundred of all characters."""

    def __init__(self, form: Callable[[str, int], str], other: Callable[[str], str] = str) -> None:
        """What stands for a character is told by its usual reading and its place in that, or by itself without any."""
        super().__init__()
        self._form = form
        self._other = other

    def __missing__(self, code: int) -> str:
        found = _sound(code)
        self[code] = self._other(chr(code)) if found is None else self._form(*found)
        return self[code]


def _sound(code: int) -> tuple[str, int] | None:
    """The usual reading of a character, and its place in the line of its sound.

    Those that may be read otherwise stand behind the others.
    """
    named = _named().get(code)
    if named is not None:
        return named
    sounds, begins, together = _sounds()
    at = together.find(chr(code))
    if at < 0:
        return None
    line = bisect_right(begins, at) - 1
    return sounds[line], at - begins[line]


@cache
def _sounds() -> tuple[list[str], list[int], str]:
    """All readings, where the line of each begins, and all lines as one.

    Of forty thousand characters a few hundred are looked for: to note the place of each would take longer.
    """
    lines = _lines("pinyin.txt")
    begins = list(accumulate((len(characters) for _, characters in lines), initial=0))
    return [sound for sound, _ in lines], begins, "".join(characters for _, characters in lines)


@cache
def _named() -> dict[int, tuple[str, int]]:
    of_sound = Counter({sound: len(characters) for sound, characters in _lines("pinyin.txt")})
    found = {}
    for character, readings in _lines("pinyin_names.txt"):
        sound = readings.split()[0]
        found[ord(character)] = sound, of_sound[sound]
        of_sound[sound] += 1
    return found


@cache
def _pinyin() -> dict[int, str]:
    return _Table(lambda sound, _: sound)


@cache
def _syllables() -> dict[int, str]:
    return _Table(
        lambda sound, _: sound.capitalize(), lambda sign: sign.upper() if sign in ascii_lowercase else sign
    )


@cache
def _characters() -> dict[int, str]:
    """What tells a character from others of its sound, in one letter: two bytes for the rarest.

    Nothing for what is its own sound.
    """
    return _Table(lambda _, place: _LETTERS[place], lambda sign: sign if sign in ("\n", _APART) else "")


@cache
def _initials() -> dict[int, str]:
    return _Table(lambda sound, _: sound[0])


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
