"""The arithmetic of a staff congress: delegates, quorum, majority, shares and votes (浙江省企业民主管理条例).

All comparisons are made on whole numbers, so that a share of exactly two thirds or one fifth is never lost to
rounding.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

ASSEMBLY_BELOW = 100
"""An enterprise with fewer staff may hold an assembly of all instead of a congress (条例第七条)."""


def may_hold_assembly(staff: int) -> bool:
    """Whether all staff may meet instead of delegates (条例第七条)."""
    return staff < ASSEMBLY_BELOW


def min_delegates(staff: int) -> int:
    """The least number of delegates (条例第十条); only full hundreds and thousands above a base count.

    That steps are counted in full is a reading of the text, which says "每增加一百人". An enterprise with fewer
    than 30 staff cannot have 30 delegates: the answer is still 30, and an assembly of all staff the way out.
    Raises ``ValueError`` for fewer than one.
    """
    if staff < 1:
        raise ValueError("an enterprise that holds a congress has staff")
    if staff < 100:
        return 30
    if staff < 1000:
        return 40 + (staff - 100) // 100 * 7
    if staff < 5000:
        return 100 + (staff - 1000) // 1000 * 20
    return 200


def quorum(delegates: int) -> int:
    """The least attendance with which a congress may open: two thirds of all delegates (条例第十五条)."""
    return -(-delegates * 2 // 3)


def has_quorum(present: int, delegates: int) -> bool:
    """Whether at least two thirds of all delegates attend; never for a congress without delegates."""
    return delegates > 0 and present * 3 >= delegates * 2


def votes_needed(delegates: int) -> int:
    """The least votes that pass a matter: more than half of **all** delegates, not of those present (条例第十五条)."""
    return delegates // 2 + 1


def passes(in_favour: int, delegates: int) -> bool:
    """Whether more than half of all delegates voted in favour."""
    return delegates > 0 and in_favour * 2 > delegates


def most_managers(delegates: int) -> int:
    """The greatest number of delegates who are middle or senior managers: one fifth (条例第十一条)."""
    return delegates // 5


def managers_within_limit(managers: int, delegates: int) -> bool:
    """Whether middle and senior managers are at most one fifth of the delegates."""
    return managers * 5 <= delegates


def least_women(delegates: int, women: int, staff: int) -> int:
    """The least number of women delegates: their share among the staff, and one where there are any (条例第十一条).

    Raises ``ValueError`` for a staff of none or more women than staff.
    """
    if staff < 1 or not 0 <= women <= staff:
        raise ValueError("women are part of a staff")
    return -(-delegates * women // staff)


def women_ratio_met(women_delegates: int, delegates: int, women: int, staff: int) -> bool:
    """Whether women's share among the delegates is at least their share among the staff."""
    return women_delegates * staff >= women * delegates


class TallyFault(enum.StrEnum):
    """What does not add up in the count of one vote."""

    NEGATIVE = "negative"
    SUM = "sum"
    COLLECTED_OVER_ISSUED = "collected_over_issued"
    ISSUED_OVER_PRESENT = "issued_over_present"
    PRESENT_OVER_DELEGATES = "present_over_delegates"

    @property
    def message(self) -> str:
        """The fault in a Chinese sentence."""
        return _MESSAGES[self]


_MESSAGES = {
    TallyFault.NEGATIVE: "票数和人数不能小于0",
    TallyFault.SUM: "同意、反对、弃权与无效票之和应等于收回的票数",
    TallyFault.COLLECTED_OVER_ISSUED: "收回的票数不能多于发出的票数",
    TallyFault.ISSUED_OVER_PRESENT: "发出的票数不能多于实到人数",
    TallyFault.PRESENT_OVER_DELEGATES: "实到人数不能多于应到人数",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one vote."""

    delegates: int
    present: int
    issued: int
    collected: int
    in_favour: int
    against: int
    abstained: int
    invalid: int = 0

    def faults(self) -> tuple[TallyFault, ...]:
        """What does not add up: 同意+反对+弃权+无效=收票, 收票≤发票≤实到≤应到."""
        counts = (self.delegates, self.present, self.issued, self.collected)
        votes = (self.in_favour, self.against, self.abstained, self.invalid)
        rules = (
            (TallyFault.NEGATIVE, min(*counts, *votes) >= 0),
            (TallyFault.SUM, sum(votes) == self.collected),
            (TallyFault.COLLECTED_OVER_ISSUED, self.collected <= self.issued),
            (TallyFault.ISSUED_OVER_PRESENT, self.issued <= self.present),
            (TallyFault.PRESENT_OVER_DELEGATES, self.present <= self.delegates),
        )
        return tuple(fault for fault, holds in rules if not holds)

    @property
    def passed(self) -> bool:
        """Whether the matter passed: an honest count, a quorum, and a majority of all delegates."""
        return (
            not self.faults()
            and has_quorum(self.present, self.delegates)
            and passes(self.in_favour, self.delegates)
        )
