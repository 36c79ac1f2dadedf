"""The recovery code of a workspace: random groups that a person copies by hand, each with a check character of its own.

Thirty-one signs are left when those are taken away that look alike (0 O, 1 I L); that is a prime, so a weighted sum
finds every single wrong sign and every two neighbours that changed places, and says in which group.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from desktop.errors import StateProblem

SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS: Final = 6
GROUP: Final = 5
"""Signs of a group, the last of which is its check: 24 random signs are 118 bits."""
_BETWEEN: Final = frozenset(" -_·.,，。、\t\r\n")
_NUMERALS: Final = "一二三四五六"


class BadCode(StateProblem):
    """What was typed cannot be a recovery code; nothing was tried with it."""

    exit_code = 22
    next_step = "请对照抄下来的恢复码再输入一次；里面没有0、1和字母O、I、L。"


def make(randomness: Callable[[int], bytes]) -> str:
    """A new code: six groups of five signs with hyphens between."""
    groups = []
    for number in range(GROUPS):
        signs = "".join(_sign(randomness) for _ in range(GROUP - 1))
        groups.append(signs + _check(number, signs))
    return "-".join(groups)


def normalised(text: str) -> str:
    """A code as it was made, from how people type it: full width, small letters, any signs between the groups.

    Raises :class:`BadCode`, which names the first group that is wrong.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c not in _BETWEEN)
    groups = [plain[at : at + GROUP] for at in range(0, len(plain), GROUP)]
    for number, group in enumerate(groups[:GROUPS]):
        if len(group) == GROUP and not _stands(number, group):
            raise BadCode(f"恢复码的第{_NUMERALS[number]}组“{group}”输入有误。")
    if len(plain) != GROUPS * GROUP:
        raise BadCode(f"恢复码有{GROUPS}组、每组{GROUP}个字符，现在一共输入了{len(plain)}个字符。")
    return "-".join(groups)


def _sign(randomness: Callable[[int], bytes]) -> str:
    """One sign, each as likely as any other: a byte past the last whole round is drawn again."""
    while (drawn := randomness(1)[0]) >= 256 - 256 % len(SIGNS):
        pass
    return SIGNS[drawn % len(SIGNS)]


def _check(number: int, signs: str) -> str:
    """The check sign of a group; it depends on the group's place, so groups that changed places are found too."""
    total = number + 1 + sum(SIGNS.index(sign) * (weight + 2) for weight, sign in enumerate(signs))
    return SIGNS[-total % len(SIGNS)]


def _stands(number: int, group: str) -> bool:
    return all(sign in SIGNS for sign in group) and _check(number, group[:-1]) == group[-1]
