"""Reads telephone numbers in the forms in which people type them, and says whether one can be a number."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_AREA = r"(?:010|02[0-9]|0[3-9][0-9]{2})"
_LANDLINE = re.compile(rf"(?:({_AREA})-?)?([2-8][0-9]{{6,7}})(?:[-转#*]([0-9]{{1,6}}))?")
_SERVICE = re.compile(r"(?:[48]00[0-9]{7}|1[0-9]{4}|1[0-9]{2}|95[0-9]{3,4}|96[0-9]{3,4})")
_COUNTRY = re.compile(r"^(?:\+|00)86(?=[01])")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")
_LEAST = 7
"""Digits of a number that is somebody's: shorter ones are those of services."""
_PIECES = re.compile(r"[0-9+][0-9+\-]*(?:转[0-9]+)?")


def parse_phone(text: str) -> str | None:
    """The number in its stored form: 13800000000, 0571-88888888, 0571-88888888-801; ``None`` if it holds none.

    A number of a shape that is not known, but made of digits and hyphens only, is kept as it is: whether it can be
    one is for :func:`is_phone` to say. Two numbers in one text are none.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'’").replace("分机", "转")
    plain = re.sub(r"[‐‑‒–—―−－]", "-", plain)
    plain = re.sub(r"^\((\+?[0-9]+)\)", r"\1-", re.sub(r"\s+", "", plain))
    plain = _COUNTRY.sub("", re.sub(r"^((?:\+|00)86)-", r"\1", plain))
    digits = plain.replace("-", "")
    for shape in (_MOBILE, _SERVICE, _ABROAD):
        if shape.fullmatch(digits):
            return digits
    if found := _LANDLINE.fullmatch(plain):
        return "-".join(part for part in found.groups() if part)
    if _PIECES.fullmatch(plain) and 3 <= len(digits) <= 16:
        return plain
    return None


def forms_of(text: str) -> tuple[str, ...]:
    """The stored forms of the number that somebody types whole, as GLOB patterns; of anything else none.

    Of a landline the area may be left out on either side, and an extension says nothing.
    """
    number = parse_phone(text)
    if number is None or not is_phone(number) or len(number) < _LEAST:
        return ()
    if (found := _LANDLINE.fullmatch(number)) is None:
        return (number,)
    area, local, _ = found.groups()
    bare = (local, f"{local}-*")
    return (*bare, *(f"{area or '0*'}-{form}" for form in bare))


def is_phone(number: str) -> bool:
    """Whether a stored number has the shape of a mobile, a landline, a service or a foreign number."""
    return any(shape.fullmatch(number) for shape in (_MOBILE, _LANDLINE, _SERVICE, _ABROAD))
