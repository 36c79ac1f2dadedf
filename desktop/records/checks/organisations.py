"""Rules on enterprises and unions: credit codes, places, kinds of employer, terms and committees."""

from __future__ import annotations

from desktop.records.changes import DIVISION_CODE
from desktop.records.checks.base import Asked, Failure, rule
from desktop.records.reckoning.committee import committee_seats
from desktop.records.reckoning.periods import years_later
from desktop.records.typed.uscc import UsccCheck, UsccKind, UsccVerdict, check_uscc, plainly_valid, uscc_kind

_SECTORS: dict[UsccKind, frozenset[str]] = {
    UsccKind.ORGAN: frozenset({"organ"}),
    UsccKind.INSTITUTION: frozenset({"institution"}),
    UsccKind.SOCIAL_ORGANISATION: frozenset({"social_organisation"}),
    UsccKind.PRIVATE_NON_ENTERPRISE: frozenset({"social_organisation"}),
    UsccKind.FOUNDATION: frozenset({"social_organisation"}),
    UsccKind.ENTERPRISE: frozenset({"state_owned", "collective", "non_public"}),
    UsccKind.SELF_EMPLOYED: frozenset({"individual", "non_public"}),
    UsccKind.FARMERS_COOPERATIVE: frozenset({"collective", "non_public"}),
    UsccKind.GRASSROOTS_UNION: frozenset(),
    UsccKind.OTHER_UNION: frozenset(),
}
_TERM_SLACK_DAYS = 180
_TOWN_DIGITS = 9


@rule
def uscc_valid(asked: Asked) -> Failure | None:
    """The credit code passes the standard's check; what it lacks completes a sentence that begins with its name."""
    found = asked.filled()
    if found is None or plainly_valid(str(found[0])):
        return None
    check = check_uscc(str(found[0]))
    return None if check.ok else {"problem": _fault(check)}


def _fault(check: UsccCheck) -> str:
    match check.verdict:
        case UsccVerdict.BAD_LENGTH:
            return f"应为18位，现在是{len(check.number)}位"
        case UsccVerdict.WRONG_CHECK:
            return f"最后一位校验不符（应为{check.expected_check}）"
        case UsccVerdict.BAD_DIVISION:
            return "第3至8位应为数字"
        case UsccVerdict.BAD_ALPHABET:
            hint = f"，可能是{check.suggestion}" if check.suggestion else ""
            return f"里有不会出现的字符（字母I、O、S、V、Z和符号都不用）{hint}"
        case _:
            return "无法识别"


@rule
def uscc_prefix(asked: Asked) -> Failure | None:
    """The credit code begins with one of ``prefixes``."""
    found = asked.filled()
    if found is None or str(found[0])[:2] in asked.arguments["prefixes"]:
        return None
    return {"prefix": str(found[0])[:2]}


@rule
def sector_fits_code(asked: Asked) -> Failure | None:
    """The class of employer is one that a credit code with this prefix can have."""
    found = asked.filled()
    if found is None or sector_fits(found[0], str(found[1])):
        return None
    return {"prefix": str(found[1])[:2]}


def sector_fits(sector: object, code: str) -> bool:
    """Whether an employer of this class can have a code with this prefix; nothing is known of some prefixes."""
    kind = uscc_kind(code)
    return kind is None or sector in _SECTORS[kind]


@rule
def place_inside(asked: Asked) -> Failure | None:
    """The village lies in the town; codes that are given for the time being begin with the town's code as well."""
    found = asked.filled()
    if found is None or len(str(found[1])) < _TOWN_DIGITS:
        return None
    return None if str(found[0]).startswith(str(found[1])) else {}


@rule
def division_code(asked: Asked) -> Failure | None:
    """The text is the code of a district, town or village."""
    found = asked.filled()
    return {} if found is not None and DIVISION_CODE.fullmatch(str(found[0])) is None else None


@rule
def committee_fits(asked: Asked) -> Failure | None:
    """The committee (first field) has as many seats as is usual for the members (second)."""
    found = asked.filled()
    if found is None or found[1] < 1:
        return None
    seats = committee_seats(found[1])
    if found[0] in seats:
        return None
    usual = f"{seats.least}人" if seats.least == seats.most else f"{seats.least}至{seats.most}人"
    return {"a": found[0], "members": found[1], "seats": usual}


@rule
def term_fits(asked: Asked) -> Failure | None:
    """A term (start, end, years) ends about as many years after its start as it has."""
    start, end, years = asked.day(0), asked.day(1), str(asked.values.get(asked.fields[2]) or "")
    if start is None or end is None or not (years.isascii() and years.isdigit() and len(years) <= 2):
        return None
    expected = years_later(start, int(years))
    if abs((end - expected).days) <= _TERM_SLACK_DAYS:
        return None
    return {"years": years, "expected": expected.isoformat()}
