"""Rebuilds ``resources/pinyin.txt``, the first reading of every character, from the package ``pypinyin``."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from pypinyin import __version__
from pypinyin.constants import PINYIN_DICT

TARGET = Path(__file__).parents[1] / "resources" / "pinyin.txt"


def main() -> None:
    """Writes one line for each syllable without tone: the syllable, a blank, its characters."""
    syllables: dict[str, list[str]] = {}
    for code, readings in PINYIN_DICT.items():
        first = unicodedata.normalize("NFD", readings.partition(",")[0])
        syllable = "".join(c for c in first if not unicodedata.combining(c))
        syllables.setdefault(syllable, []).append(chr(code))
    lines = [f"# first readings, from pypinyin {__version__} (MIT); made by packaging/build_pinyin.py"]
    lines += [f"{syllable} {''.join(sorted(found))}" for syllable, found in sorted(syllables.items())]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
