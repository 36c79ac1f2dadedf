"""Names of people: the dots that part a long name are of one form, “·” (U+00B7), as on the identity card.

Input methods and older systems give it in a dozen forms; whoever types 阿卜杜拉•买买提 and whoever types
阿卜杜拉·买买提 means one person.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DOT: Final = "·"
FORMS_OF_DOT: Final = "•‧∙⋅・･"
"""What is meant as that dot and nothing else: bullet, hyphenation point, operators, the dots of Japanese."""
DOTS: Final = re.compile(f"[{FORMS_OF_DOT}．.]")
_HAN: Final = "[\u3400-\u9fff\U00020000-\U0003ffff]"
_PARTED: Final = re.compile(
    rf"(?<=[^\W\d_])\s*[{FORMS_OF_DOT}{DOT}]+\s*(?=[^\W\d_])|(?<={_HAN})\s*[．.]+\s*(?={_HAN})"
)
"""A full stop means it between Chinese characters only: J. Smith has none."""


def with_usual_dot(name: str) -> str:
    """The name with “·” between its parts, without blanks around it; dots elsewhere stay as they are."""
    return _PARTED.sub(DOT, name)


def fold_name(name: str) -> str:
    """A name as it is compared: without spaces, dots of one form, width and case alike."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return DOTS.sub(DOT, "".join(plain.split()))
