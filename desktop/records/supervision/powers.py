"""Who issues besides the bodies that hold a register by law: towns and parks that were given the power (domain §1.2).

意见书 is any union's to issue (条例第十条第二款第五项), 提示函 is practice; by default only the district, an industry
union and the city do. A power names one unit and the kinds, from one day to another, for cases that lie at the unit or
below it. What it issues stands in fields of its own, so that no receiver takes it for the district's.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.records.cells import Values, as_day, is_empty
from desktop.records.declaration import Level
from desktop.records.supervision.kinds import LetterKind, Title

LOCAL_FEDERATIONS: Final = frozenset({Level.DISTRICT, Level.CITY})
"""地方总工会: 县级以上地方建立地方各级总工会 (工会法第十一条); a town's is a 基层工会的联合会 (条例第三十一条)."""
REGISTER_LEVELS: Final = LOCAL_FEDERATIONS | {Level.INDUSTRY}
"""Who holds a register of numbers without having been given the power."""
EMPOWERED_LEVELS: Final = frozenset({Level.TOWN, Level.PARK})
"""Who may be given the power to issue."""
EMPOWERED_TITLES: Final = {LetterKind.REMINDER: Title.REMINDER, LetterKind.OPINION: Title.OPINION}
"""What a power can cover: 建议书 and the notices of special regulations are for 县级以上地方总工会."""

OWN: Final = "own_"
"""Before the names of the fields that a unit with a power writes when it issues."""
ISSUE_FIELDS: Final = (
    "reviewed_by", "reviewed_date", "review_opinion", "document_number", "issuer_code", "issue_year", "sequence",
    "issuing_unit", "issuing_body", "signer", "signer_post", "issue_date", "snapshot_digest", "snapshot",
)  # fmt: skip
VOID_FIELDS: Final = ("voided_date", "void_reason")
PAST: Final = "past_"
"""Before the names of what a paper register tells of a letter from before the program (补录)."""
PAST_FIELDS: Final = ("document_number", "issuing_body", "signer", "signer_post", "issue_date")


@dataclass(frozen=True)
class Power:
    """The power of one unit to issue letters of some kinds from one day to another, both included; None is open.

    ``desk`` is the grant of the computer that numbers, where one was named.
    """

    holder: str
    kinds: frozenset[LetterKind]
    first: datetime.date | None = None
    last: datetime.date | None = None
    desk: str = ""

    def lasts(self, day: datetime.date) -> bool:
        """Whether it has begun by a day and not ended before it."""
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)

    def covers(self, holder: str, kind: LetterKind, day: datetime.date) -> bool:
        """Whether it lets a unit issue a letter of a kind on a day."""
        return holder == self.holder and kind in self.kinds and self.lasts(day)


def power_of(values: Values) -> Power | None:
    """A power from its record; nothing while it says of no unit, or of no kind, what it may issue."""
    named = str(values.get("kinds") or "").split()
    kinds = frozenset(kind for kind in EMPOWERED_TITLES if kind.value in named)
    holder = values.get("holder")
    if is_empty(holder) or not kinds:
        return None
    days = as_day(values.get("from_date")), as_day(values.get("until_date"))
    return Power(str(holder), kinds, *days, str(values.get("desk") or ""))


def covered(powers: Iterable[Power], holder: str, kind: LetterKind, day: datetime.date) -> bool:
    """Whether some power lets a unit issue a letter of a kind on a day."""
    return any(power.covers(holder, kind, day) for power in powers)


def issued_fields(level: Level) -> Mapping[str, str]:
    """The fields that a unit of this level writes when it issues or voids, by their name at the district."""
    prefix = OWN if level in EMPOWERED_LEVELS else ""
    return {name: prefix + name for name in (*ISSUE_FIELDS, *VOID_FIELDS)}


_IS_OWN, _IS_PAST = "_own", "_past"
"""Mark values whose issue is a town's, or of a paper register, although it stands under the district's names; no field
has such a name."""


def is_own(values: Values) -> bool:
    """Whether the issue of a letter is that of a unit with a power: the district's goes before it."""
    if _IS_OWN in values:
        return True
    return is_empty(values.get("document_number")) and not is_empty(values.get(f"{OWN}document_number"))


def is_past(values: Values) -> bool:
    """Whether all that is known of a letter's issue comes from a paper register; what was issued here goes before."""
    if _IS_PAST in values:
        return True
    given = (values.get(name) for name in ("document_number", f"{OWN}document_number"))
    return all(map(is_empty, given)) and not is_empty(values.get(f"{PAST}document_number"))


def is_doubled(values: Values) -> bool:
    """Whether the district and a town have both issued a letter."""
    numbers = (values.get(name) for name in ("document_number", f"{OWN}document_number"))
    return _IS_OWN not in values and not any(map(is_empty, numbers))


def as_issued(values: Values) -> Values:
    """A letter's values with its issue under the district's names, whoever made it, on paper before the program too.

    A town voids what it issued itself; the district voids whatever was issued, its own and a town's.
    """
    if not is_empty(values.get("document_number")):
        return values
    if is_past(values):
        return {**values, **{name: values.get(PAST + name) for name in PAST_FIELDS}, _IS_PAST: 1}
    own = is_own(values)
    names = (*(ISSUE_FIELDS if own else ()), *(VOID_FIELDS if is_empty(values.get("voided_date")) else ()))
    told = {name: values[OWN + name] for name in names if OWN + name in values}
    return {**values, **told, **({_IS_OWN: 1} if own else {})}
