"""Checks the number of a person's identity document and reads birth date and sex from it.

The first six digits are never compared with today's list of divisions: a number keeps the place of its first issue
(下城, 江干, 余杭县 …) for life. Only the check digit comes from ``stdnum``, whose table of counties has gaps.
"""

from __future__ import annotations

import datetime
import enum
import re
from dataclasses import dataclass

from stdnum.cn import ric

from desktop.records.typed.typed_codes import compact_code

_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CROSSES = str.maketrans({"×": "X", "Х": "X", "*": "X", "✕": "X", "╳": "X"})
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}")
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_LEGACY = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}")
_OLDEST_BIRTH = 1900


class IdKind(enum.StrEnum):
    """The documents by which a person can be registered."""

    RESIDENT = "resident_id"
    HMT_RESIDENCE = "hmt_residence_permit"
    FOREIGN_PERMANENT = "foreign_permanent_residence"
    PASSPORT = "passport"

    @property
    def label(self) -> str:
        """The document's Chinese name."""
        return _LABELS[self]


_LABELS = {
    IdKind.RESIDENT: "居民身份证",
    IdKind.HMT_RESIDENCE: "港澳台居民居住证",
    IdKind.FOREIGN_PERMANENT: "外国人永久居留证",
    IdKind.PASSPORT: "护照",
}


class IdVerdict(enum.StrEnum):
    """What a check found; everything but OK comes with a Chinese reason."""

    OK = "ok"
    EMPTY = "empty"
    SCIENTIFIC_NOTATION = "scientific_notation"
    LEGACY_15 = "legacy_15"
    BAD_LENGTH = "bad_length"
    BAD_ALPHABET = "bad_alphabet"
    BAD_PREFIX = "bad_prefix"
    BAD_BIRTH_DATE = "bad_birth_date"
    FUTURE_BIRTH_DATE = "future_birth_date"
    WRONG_CHECK = "wrong_check"


class Sex(enum.StrEnum):
    """The codes of GB/T 2261.1 that a document can tell."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class IdCheck:
    """What is known about one number; ``birth`` and ``sex`` only where the document tells them for certain.

    ``suggestion`` is a number without fault that differs only in characters that are easily mistaken.
    """

    number: str
    kind: IdKind
    verdict: IdVerdict
    birth: datetime.date | None = None
    sex: Sex | None = None
    suggestion: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the number."""
        return self.verdict is IdVerdict.OK

    @property
    def reason(self) -> str:
        """What is wrong, in one Chinese sentence; empty for a good number."""
        return _reason(self)


def normalise_id(text: str) -> str:
    """The number in half-width capitals without blanks and hyphens."""
    return compact_code(text)


def id_kind(text: str) -> IdKind | None:
    """Which document a number looks like by its shape.

    A nine in front means a permanent residence permit only if the check digit agrees: else it is more likely a
    slip in a resident's number, which must not pass unchecked.
    """
    number = compact_code(text)
    if _OLD_PERMANENT.fullmatch(number):
        return IdKind.FOREIGN_PERMANENT
    if len(number) == 18 and number[:17].isdigit() and number.isascii():
        if number[:2] in ("81", "82", "83"):
            return IdKind.HMT_RESIDENCE
        permanent = number[0] == "9" and number[-1] == ric.calc_check_digit(number)
        return IdKind.FOREIGN_PERMANENT if permanent else IdKind.RESIDENT
    if _PASSPORT.fullmatch(number) and number[0].isalpha() and any(c.isdigit() for c in number):
        return IdKind.PASSPORT
    return None


def check_id(text: str, today: datetime.date, kind: IdKind | None = None) -> IdCheck:
    """Checks a number as the document ``kind``, or as the one it looks like.

    A number of no known shape is judged as a resident ID, which nearly all are. Permanent residence permits and
    passports are checked for their shape only.
    """
    number = compact_code(text)
    actual = kind or id_kind(number) or IdKind.RESIDENT
    if actual is IdKind.PASSPORT:
        check = IdCheck(number, actual, _passport_verdict(number))
    elif actual is IdKind.FOREIGN_PERMANENT:
        check = IdCheck(number, actual, _permanent_verdict(number))
    else:
        check = _check_resident(number, actual, today)
    if check.ok:
        return check
    return IdCheck(number, actual, check.verdict, check.birth, check.sex, _suggestion(number, actual, today))


def age_on(birth: datetime.date, day: datetime.date) -> int:
    """Completed years of age; who was born on 29 February completes a year on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _check_resident(number: str, kind: IdKind, today: datetime.date) -> IdCheck:
    fault = _shape_fault(number, kind)
    if fault is not None:
        return IdCheck(number, kind, fault)
    birth = _birth(number)
    if birth is None:
        return IdCheck(number, kind, IdVerdict.BAD_BIRTH_DATE)
    if birth > today:
        return IdCheck(number, kind, IdVerdict.FUTURE_BIRTH_DATE)
    if number[-1] != ric.calc_check_digit(number):
        return IdCheck(number, kind, IdVerdict.WRONG_CHECK)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdCheck(number, kind, IdVerdict.OK, birth, sex)


def _shape_fault(number: str, kind: IdKind) -> IdVerdict | None:
    if not number:
        return IdVerdict.EMPTY
    if _SCIENTIFIC.fullmatch(number):
        return IdVerdict.SCIENTIFIC_NOTATION
    if _LEGACY.fullmatch(number):
        return IdVerdict.LEGACY_15
    if len(number) != 18:
        return IdVerdict.BAD_LENGTH
    if not _SHAPE.fullmatch(number):
        return IdVerdict.BAD_ALPHABET
    if (number[:2] in ("81", "82", "83")) != (kind is IdKind.HMT_RESIDENCE) or number[0] == "9":
        return IdVerdict.BAD_PREFIX
    return None


def _permanent_verdict(number: str) -> IdVerdict:
    if not number:
        return IdVerdict.EMPTY
    if len(number) not in (15, 18):
        return IdVerdict.BAD_LENGTH
    if len(number) == 15:
        return IdVerdict.OK if _OLD_PERMANENT.fullmatch(number) else IdVerdict.BAD_ALPHABET
    if not _SHAPE.fullmatch(number):
        return IdVerdict.BAD_ALPHABET
    return IdVerdict.OK if number[0] == "9" else IdVerdict.BAD_PREFIX


def _passport_verdict(number: str) -> IdVerdict:
    if not number:
        return IdVerdict.EMPTY
    if _SCIENTIFIC.fullmatch(number):
        return IdVerdict.SCIENTIFIC_NOTATION
    if not 5 <= len(number) <= 17:
        return IdVerdict.BAD_LENGTH
    good = _PASSPORT.fullmatch(number) and any(c.isdigit() for c in number)
    return IdVerdict.OK if good else IdVerdict.BAD_ALPHABET


def _birth(number: str) -> datetime.date | None:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if year < _OLDEST_BIRTH:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _suggestion(number: str, kind: IdKind, today: datetime.date) -> str | None:
    if kind not in (IdKind.RESIDENT, IdKind.HMT_RESIDENCE) or len(number) != 18:
        return None
    candidate = number[:17].translate(_LOOKALIKES) + number[17].translate(_CROSSES).translate(_LOOKALIKES)
    if candidate == number:
        return None
    return candidate if _check_resident(candidate, kind, today).ok else None


def _reason(check: IdCheck) -> str:
    name = check.kind.label
    match check.verdict:
        case IdVerdict.OK:
            return ""
        case IdVerdict.EMPTY:
            return "没有填写证件号码"
        case IdVerdict.SCIENTIFIC_NOTATION:
            return "证件号码被表格软件改成了科学计数法，原来的数字已经丢失，请重新填写"
        case IdVerdict.LEGACY_15:
            return "15位的旧身份证号码已停止使用，请填写18位号码"
        case IdVerdict.BAD_LENGTH:
            lengths = {IdKind.FOREIGN_PERMANENT: "15位或18位", IdKind.PASSPORT: "5至17位"}
            expected = lengths.get(check.kind, "18位")
            return f"{name}号码应为{expected}，现在是{len(check.number)}位，请核对证件"
        case IdVerdict.BAD_ALPHABET:
            return f"{name}号码里有不该出现的字符，请核对证件"
        case IdVerdict.BAD_PREFIX:
            return f"号码的开头与证件类别“{name}”不符，请核对号码和类别"
        case IdVerdict.BAD_BIRTH_DATE:
            return f"{name}号码里的出生日期（第7至14位）不是真实的日期，请核对证件"
        case IdVerdict.FUTURE_BIRTH_DATE:
            return f"{name}号码里的出生日期晚于今天，请核对号码和本机日期"
        case IdVerdict.WRONG_CHECK:
            return f"{name}号码的校验位不符，请逐位核对证件"
