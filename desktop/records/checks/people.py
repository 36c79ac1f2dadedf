"""Rules on persons: identity documents, birth and sex, age and telephone numbers."""

from __future__ import annotations

from desktop.records.checks.base import Asked, Failure, rule
from desktop.records.typed.id_number import IdCheck, IdKind, Sex, age_on, check_id
from desktop.records.typed.person_names import beside_one_name
from desktop.records.typed.phones import is_phone

WORKING_AGE = 16
"""Who is younger may not be employed (劳动法第十五条; 禁止使用童工规定第二条)."""

_SEX_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女"}


def _identity(asked: Asked) -> IdCheck | None:
    number = asked.values.get(asked.fields[0])
    if not number:
        return None
    kind = asked.values.get("id_kind")
    known = IdKind(kind) if kind in list(IdKind) else None
    return check_id(str(number), asked.context.today, known)


@rule
def id_valid(asked: Asked) -> Failure | None:
    """The document's number (first field) is right for its kind."""
    check = _identity(asked)
    return None if check is None or check.ok else {"problem": check.reason}


@rule
def id_tells_birth(asked: Asked) -> Failure | None:
    """The birth date (second field) is that in the number."""
    check, birth = _identity(asked), asked.day(1)
    if check is None or check.birth is None or birth is None or check.birth == birth:
        return None
    # Neither is said: what is masked in its field stands in no message either.
    return {}


@rule
def id_tells_sex(asked: Asked) -> Failure | None:
    """The sex (second field) is that in the number."""
    check, sex = _identity(asked), asked.values.get(asked.fields[1])
    if check is None or check.sex is None or not sex or check.sex == sex:
        return None
    return {"told": _SEX_WORDS[check.sex]}


@rule
def of_working_age(asked: Asked) -> Failure | None:
    """The person is at least sixteen today."""
    birth = asked.day(0)
    if birth is None or birth > asked.context.today:
        return None
    age = age_on(birth, asked.context.today)
    return {"age": age} if age < WORKING_AGE else None


@rule
def one_person(asked: Asked) -> Failure | None:
    """The name is that of one person, and nothing else stands beside it."""
    name = asked.values.get(asked.fields[0])
    problem = beside_one_name(name) if isinstance(name, str) else None
    return None if problem is None else {"problem": problem}


@rule
def phone_valid(asked: Asked) -> Failure | None:
    """The number has the shape of a telephone number."""
    found = asked.filled()
    return None if found is None or is_phone(str(found[0])) else {}
