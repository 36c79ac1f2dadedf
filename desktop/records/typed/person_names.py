"""Names of people: the dots that part a long name are of one form, “·” (U+00B7), as on the identity card.

Input methods and older systems give it in a dozen forms; whoever types 阿卜杜拉•买买提 and whoever types
阿卜杜拉·买买提 means one person.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from desktop.records.name_dots import DOT, FORMS_OF_DOT

DOTS: Final = re.compile(f"[{FORMS_OF_DOT}．.]")
_HAN: Final = "[\u3400-\u9fff\U00020000-\U0003ffff]"
_PARTED: Final = re.compile(
    rf"(?<=[^\W\d_])\s*[{FORMS_OF_DOT}{DOT}]+\s*(?=[^\W\d_])|(?<={_HAN})\s*[．.]+\s*(?={_HAN})"
)
"""A full stop means it between Chinese characters only: J. Smith has none."""

PLAIN: Final = re.compile(rf"(?:{_HAN}|[A-Za-z{DOT}])+")
"""A name with nothing beside it."""
_ONE: Final = rf"{_HAN}{{2,4}}(?:{DOT}{_HAN}+)*"
_SEVERAL: Final = re.compile(rf"{_ONE}(?:[/\\、,;|&+ ]{_ONE})+")
_WHOLE: Final = re.compile(rf"(?=.{{2,30}}$){_HAN}+(?:{DOT}{_HAN}+)*")
_LONG_NUMBER: Final = re.compile("[0-9]{7}")
_COMPOUND: Final = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "宇文",
        "长孙",
        "夏侯",
        "端木",
        "东方",
    }
)
"""Family names of two characters, behind which a blank begins nobody else's name."""


def with_usual_dot(name: str) -> str:
    """The name with “·” between its parts, without blanks around it; dots elsewhere stay as they are."""
    return _PARTED.sub(DOT, name)


def fold_name(name: str) -> str:
    """A name as it is compared: without spaces, dots of one form, width and case alike."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return DOTS.sub(DOT, "".join(plain.split()))


def forms_of(text: str) -> tuple[str, ...]:
    """The forms in which a whole Chinese name may be kept, whatever its dots; of anything else none."""
    name = with_usual_dot(unicodedata.normalize("NFKC", text).strip())
    if _WHOLE.fullmatch(name) is None:
        return ()
    return tuple(dict.fromkeys(name.replace(DOT, dot) for dot in DOT + FORMS_OF_DOT))


def beside_one_name(name: str) -> str | None:
    """What else stands where one name should, in words: several people, or a number of theirs."""
    if PLAIN.fullmatch(name):
        return None
    plain = unicodedata.normalize("NFKC", name)
    if _LONG_NUMBER.search(plain):
        return "有证件号码或电话"
    if _SEVERAL.fullmatch(plain) and plain.partition(" ")[0] not in _COMPOUND:
        return "像是有几个人"
    return None
