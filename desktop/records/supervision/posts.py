"""Which posts are those of a union's chair or vice-chair, who sign an opinion letter (条例第二十一条)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from desktop.records.typed.texts import printable

_CHAIR: Final = re.compile(
    r"(?!原|前任|前总?工会|名誉)(?:.*(?:工会(?:联合会|委员会)?))?(?:主持工作的)?(?:常务|专职|兼职|挂职)?副?主席"
    r"(?:\((?:兼|兼职|专职|挂职|主持工作|主持全面工作)\))?"
)
_OFFICES: Final = re.compile(r"[、,;/]|兼任?(?!职|\))|(?<=\w\w)\s+(?=\w\w)")


def signed_by_chair(post: str) -> bool:
    """Whether a post is that of a union's chair or vice-chair in office; several posts stand with 、 between them."""
    plain = unicodedata.normalize("NFKC", printable(post))
    return any(_CHAIR.fullmatch(re.sub(r"\s+", "", part)) for part in _OFFICES.split(plain))
