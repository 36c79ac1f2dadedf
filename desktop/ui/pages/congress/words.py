"""What the figures of a staff congress mean, in words: the quorum and how far it is away, and who must be among them.

Every number comes from :mod:`desktop.records.reckoning.congress`; here they are only said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.records.reckoning import congress
from desktop.records.reckoning.outcomes import percentage
from desktop.records.versions.canonical import Cell, Values
from desktop.ui.notices import Tone

ASSEMBLY = "assembly"
_DELEGATES = "congress"
_PRESENT, _LEAVE, _ABSENT = "present", "leave", "absent"
_WOMAN, _SENIOR, _FRONT_LINE, _RECALLED = "2", "senior_manager", "front_line", "recalled"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and how it is meant."""

    tone: Tone
    words: str


def headcount(delegates: Iterable[Values]) -> dict[str, Cell]:
    """What a roster of delegates says of the session's own figures; who was recalled is no delegate any more."""
    rows = [row for row in delegates if row.get("change_kind") != _RECALLED and row.get("name")]

    def count(field: str, value: str) -> int:
        return sum(row.get(field) == value for row in rows)

    return {
        "expected_count": len(rows),
        "present_count": count("presence", _PRESENT),
        "leave_count": count("presence", _LEAVE),
        "absent_count": len(rows) - count("presence", _PRESENT) - count("presence", _LEAVE),
        "women_delegate_count": count("sex", _WOMAN),
        "manager_delegate_count": count("job_category", _SENIOR),
        "front_line_delegate_count": count("job_category", _FRONT_LINE),
    }


def quorum_words(session: Values) -> Said:
    """Whether the session may open: two thirds of all delegates, and how many are still missing."""
    expected, present = _count(session, "expected_count"), _count(session, "present_count")
    if not expected or present is None:
        return Said(Tone.PLAIN, "粘贴代表名册并签到，或者填写应到和实到人数，这里马上显示能不能召开")
    least, share = congress.quorum(expected), f"应到{expected}，实到{present}"
    if present > expected:
        return Said(Tone.ERROR, f"{share}，实到多于应到，请核对")
    if not congress.has_quorum(present, expected):
        return Said(Tone.ERROR, f"{share}，还差{least - present}人才到三分之二（{least}人），不能召开")
    if present == least:
        return Said(Tone.GOOD, f"{share}，刚好三分之二，可以召开")
    return Said(Tone.GOOD, f"{share}，超过三分之二（{least}人），可以召开")


def structure_words(session: Values) -> list[Said]:
    """Whether there are delegates enough, managers few enough and women enough; what is not known is left out."""
    said = [_enough(session), _managers(session), _women(session)]
    return [each for each in said if each is not None]


def _enough(session: Values) -> Said | None:
    staff, delegates = _count(session, "staff_count"), _count(session, "expected_count")
    if not staff or not delegates:
        return None
    if session.get("kind") == ASSEMBLY:
        if not congress.may_hold_assembly(staff):
            return Said(Tone.WARNING, f"职工{staff}人，满{congress.ASSEMBLY_BELOW}人应召开职工代表大会")
        if staff != delegates:
            return Said(Tone.WARNING, f"职工大会由全体职工参加，应到{delegates}人与职工{staff}人不符")
        return Said(Tone.GOOD, f"职工{staff}人，可以召开职工大会")
    if session.get("kind") not in (None, _DELEGATES):
        return None
    least = congress.min_delegates(staff)
    if delegates >= least:
        return Said(Tone.GOOD, f"职工{staff}人，代表{delegates}人，不少于{least}人")
    way_out = "，也可以召开职工大会" if congress.may_hold_assembly(staff) else ""
    return Said(Tone.WARNING, f"职工{staff}人，代表至少{least}人，还差{least - delegates}人{way_out}")


def _managers(session: Values) -> Said | None:
    managers, delegates = _count(session, "manager_delegate_count"), _count(session, "expected_count")
    if managers is None or not delegates or session.get("kind") == ASSEMBLY:
        return None
    most = congress.most_managers(delegates)
    if congress.managers_within_limit(managers, delegates):
        return Said(Tone.GOOD, f"中高层管理人员{managers}人，不超过20%（{most}人）")
    return Said(Tone.WARNING, f"中高层管理人员{managers}人，超过20%（最多{most}人）")


def _women(session: Values) -> Said | None:
    women, delegates = _count(session, "women_delegate_count"), _count(session, "expected_count")
    staff_women, staff = _count(session, "women_count"), _count(session, "staff_count")
    known = women is not None and delegates and staff and staff_women is not None and staff_women <= staff
    if not known or session.get("kind") == ASSEMBLY:
        return None
    women, delegates, staff, staff_women = women or 0, delegates or 0, staff or 0, staff_women or 0
    least = congress.least_women(delegates, staff_women, staff)
    share = f"女职工占{percentage(staff_women, staff)}"
    if congress.women_ratio_met(women, delegates, staff_women, staff):
        return Said(Tone.GOOD, f"女代表{women}人，{share}，不少于{least}人")
    return Said(Tone.WARNING, f"女代表{women}人，{share}，至少{least}人，还差{least - women}人")


def _count(session: Values, name: str) -> int | None:
    """How many there are, where that is said: another station may have sent what counts nobody."""
    value = session.get(name)
    return value if isinstance(value, int) and value >= 0 else None
