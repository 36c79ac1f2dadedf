"""Checks a unified social credit code (GB 32100-2015): what is wrong, what it may have been, whose it is.

A failed check digit is a reason to ask, not to refuse: codes of the pilot years with a wrong digit are in use.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass
from operator import getitem, mul

from stdnum.cn import uscc as standard

from desktop.records.typed.typed_codes import compact_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100; I, O, S, V and Z are left out because they look like digits and letters."""

_LENGTH = 18
_VALUE_OF = {character: value for value, character in enumerate(ALPHABET)}.__getitem__
_WEIGHTS = (*(3**position % len(ALPHABET) for position in range(_LENGTH - 1)), 1)
"""Those of the standard, and one for the check character: what all add up to is a multiple of 31."""
_WEIGHED = tuple({c: _VALUE_OF(c) * weight for c in ALPHABET} for weight in _WEIGHTS)
"""What each character adds in each place: looked up by the engine, without a step of Python for any of them."""
_LOOKALIKES = str.maketrans({"O": "0", "I": "1"})
_EIGHTEEN = re.compile(rf"(?<![0-9A-Z])[{ALPHABET}]{{{_LENGTH}}}(?![0-9A-Z])")
_FORMER = re.compile("[原旧曾][^0-9A-Z]*$")
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+[0-9]{1,3}|[0-9]\.[0-9]+E[0-9]{1,3}")
"""As spreadsheets write it, and without the plus sign, as web systems do."""
_MOST_MISTYPED = 2
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class UsccVerdict(enum.StrEnum):
    """What a check found; everything but OK comes with a Chinese reason."""

    OK = "ok"
    EMPTY = "empty"
    SCIENTIFIC_NOTATION = "scientific_notation"
    BAD_LENGTH = "bad_length"
    BAD_ALPHABET = "bad_alphabet"
    BAD_DIVISION = "bad_division"
    WRONG_CHECK = "wrong_check"


class UsccKind(enum.StrEnum):
    """Whose code it is, by its first two characters (GB 32100-2015 tables 1 and 2)."""

    ORGAN = "organ"
    INSTITUTION = "institution"
    SOCIAL_ORGANISATION = "social_organisation"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise"
    FOUNDATION = "foundation"
    GRASSROOTS_UNION = "grassroots_union"
    OTHER_UNION = "other_union"
    ENTERPRISE = "enterprise"
    SELF_EMPLOYED = "self_employed"
    FARMERS_COOPERATIVE = "farmers_cooperative"

    @property
    def is_union(self) -> bool:
        """A union's own code, as against its employer's."""
        return self in (UsccKind.GRASSROOTS_UNION, UsccKind.OTHER_UNION)


_KINDS = {
    "11": UsccKind.ORGAN,
    "12": UsccKind.INSTITUTION,
    "51": UsccKind.SOCIAL_ORGANISATION,
    "52": UsccKind.PRIVATE_NON_ENTERPRISE,
    "53": UsccKind.FOUNDATION,
    "81": UsccKind.GRASSROOTS_UNION,
    "89": UsccKind.OTHER_UNION,
    "91": UsccKind.ENTERPRISE,
    "92": UsccKind.SELF_EMPLOYED,
    "93": UsccKind.FARMERS_COOPERATIVE,
}


@dataclass(frozen=True, slots=True)
class UsccCheck:
    """What is known about one code.

    ``number`` is the normalised text. ``suggestion`` is a code without fault that differs only in letters which
    are easily mistaken for digits. ``expected_check`` is the check digit that the first 17 characters ask for.
    ``organisation_code_ok`` is the second check, of the organisation code inside (GB 11714), and ``None`` where
    the code is too broken for it. ``kind`` is ``None`` for prefixes whose meaning is not on record here.
    """

    number: str
    verdict: UsccVerdict
    suggestion: str | None = None
    expected_check: str | None = None
    organisation_code_ok: bool | None = None
    kind: UsccKind | None = None

    @property
    def ok(self) -> bool:
        """Whether the code passes the standard's own check."""
        return self.verdict is UsccVerdict.OK

    @property
    def reason(self) -> str:
        """What is wrong, in one Chinese sentence; empty for a good code."""
        return _reason(self)


def normalise_uscc(text: str) -> str:
    """The code in half-width capitals without blanks and hyphens."""
    return compact_code(text)


def uscc_kind(text: str) -> UsccKind | None:
    """Whose code it is by prefix, without any other check."""
    return _KINDS.get(text[:2]) or _KINDS.get(compact_code(text)[:2])


def check_uscc(text: str) -> UsccCheck:
    """Checks length, alphabet, the six digits of the division, and both check digits."""
    number = compact_code(text)
    verdict = _verdict(number)
    usable = verdict in (UsccVerdict.OK, UsccVerdict.WRONG_CHECK)
    return UsccCheck(
        number=number,
        verdict=verdict,
        suggestion=_suggestion(number) if verdict is not UsccVerdict.OK else None,
        expected_check=_asked_for(number) if usable else None,
        organisation_code_ok=organisation_code_ok(number[8:17]) if usable else None,
        kind=_KINDS.get(number[:2]) if usable else None,
    )


def organisation_code_ok(code: str) -> bool:
    """Whether nine characters satisfy GB 11714: eight of the body and a check character (X stands for 10)."""
    if len(code) != 9 or not code.isascii() or not code.isalnum():
        return False
    total = sum(int(c, 36) * w for c, w in zip(code, _ORGANISATION_WEIGHTS, strict=False))
    return code[8].upper() == "0123456789X0"[11 - total % 11]


def code_within(text: str) -> str | None:
    """The one code without fault among other words, as registers print it: …(1/1), 统一社会信用代码：…, …（原…）.

    What stands behind 原 is a former one, and never taken: the present one is asked for where it has a fault.
    """
    found = _present(text)
    return found.pop() if len(found) == 1 else None


def has_several_codes(text: str) -> bool:
    """Whether two codes without fault stand in one text, as where two firms were written into one row."""
    return len(_present(text)) > 1


def _present(text: str) -> set[str]:
    """The codes without fault in a text, each with its own blanks or set apart from the others by blanks."""
    found: set[str] = set()
    for words in (compact_code(text), unicodedata.normalize("NFKC", text).upper()):
        present = [m[0] for m in _EIGHTEEN.finditer(words) if not _FORMER.search(words, 0, m.start())]
        found.update(code for code in present if plainly_valid(code))
    return found


def says_no_code(text: str) -> bool:
    """Whether a text is only words, such as 办理中; a code always has digits."""
    code = compact_code(text)
    return bool(code) and not any(c.isdigit() for c in code)


def _verdict(number: str) -> UsccVerdict:
    if not number:
        return UsccVerdict.EMPTY
    if _SCIENTIFIC.fullmatch(number):
        return UsccVerdict.SCIENTIFIC_NOTATION
    if len(number) != _LENGTH:
        return UsccVerdict.BAD_LENGTH
    if any(c not in ALPHABET for c in number):
        return UsccVerdict.BAD_ALPHABET
    # stdnum's own validate() also wants digits in the first two places, which refuses letters that the standard has.
    if not number[2:8].isdigit():
        return UsccVerdict.BAD_DIVISION
    return UsccVerdict.OK if number[-1] == _asked_for(number) else UsccVerdict.WRONG_CHECK


def _asked_for(number: str) -> str:
    """What :func:`check_digit` says of a code in the alphabet; the library cleans every text before it adds it up,
    which is most of the time where a whole register has wrong codes."""
    return ALPHABET[-sum(map(mul, map(_VALUE_OF, number[: _LENGTH - 1]), _WEIGHTS)) % len(ALPHABET)]


def _suggestion(number: str) -> str | None:
    candidate = number.translate(_LOOKALIKES)
    return candidate if candidate != number and _verdict(candidate) is UsccVerdict.OK else None


def _reason(check: UsccCheck) -> str:
    number = check.number
    match check.verdict:
        case UsccVerdict.OK:
            return ""
        case UsccVerdict.EMPTY:
            return "没有填写统一社会信用代码"
        case UsccVerdict.SCIENTIFIC_NOTATION:
            return "代码被表格软件改成了科学计数法，原来的数字已经丢失，请重新填写"
        case UsccVerdict.BAD_LENGTH:
            return f"统一社会信用代码应为18位，现在是{len(number)}位"
        case UsccVerdict.BAD_ALPHABET:
            wrong = "、".join(dict.fromkeys(c for c in number if c not in ALPHABET))
            return f"统一社会信用代码里不会有“{wrong}”"
        case UsccVerdict.BAD_DIVISION:
            return "统一社会信用代码的第3至8位应为数字"
        case UsccVerdict.WRONG_CHECK:
            advice = "请核对证照；确与证照一致的可以保留并注明原因"
            return f"统一社会信用代码的校验位不符（应为{check.expected_check}），{advice}"


def names_a_record(text: str) -> bool:
    """Whether an id is derived from this code: 18 characters of the alphabet with the right check character.

    Frozen (rule 4), so it asks for less than :func:`check_uscc`, whose wisdom may grow.
    """
    if len(text) != _LENGTH:
        return False
    try:
        return not sum(map(getitem, _WEIGHED, text)) % len(ALPHABET)
    except KeyError:
        return False


def is_anothers(held: object, code: str) -> bool:
    """Whether a record that began under this code has been given another valid one since: it is another firm's now."""
    return isinstance(held, str) and held != code and names_a_record(held)


def is_slip_of(held: str, code: str) -> bool:
    """Whether a code with a fault may have been typed for this one, which has none.

    Up to two characters are others; no two firms are so near. What has not the length of a code is the code of nobody.
    """
    if plainly_valid(held) or not plainly_valid(code):
        return False
    return len(held) != _LENGTH or sum(map(str.__ne__, held, code)) <= _MOST_MISTYPED


def plainly_valid(code: str) -> bool:
    """Whether a stored code is without fault: what :func:`check_uscc` says, without its reasons and many times as fast.

    An import checks every row, and nearly every code is right.
    """
    return names_a_record(code) and code[2:8].isdigit()


def check_digit(body: str) -> str:
    """The eighteenth character that the first seventeen ask for."""
    return str(standard.calc_check_digit(body))
