"""Who signs a bundle as a person (rule 31): the two duties, and which of them a receiver asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HANDLER, HEAD = "handler", "head"
DUTIES: Final = {HANDLER: "经办人", HEAD: "负责人"}
"""The duties in the words that stand on the cover sheet, in the order in which people sign."""

RULE_FIELD: Final = "signatures"
"""The field of a unit that says whose signatures bundles from below need there; a code of ``signature_rule``."""

_RULES: Final = {"head": frozenset((HEAD,)), "two": frozenset((HANDLER, HEAD))}


def wanted_by(rule: str | None) -> frozenset[str]:
    """The duties that a unit's rule asks for; of a rule that only a newer program knows, all of them."""
    return _RULES.get(rule, frozenset(DUTIES)) if rule else frozenset()


def signed_words(signers: Sequence[tuple[str, str]]) -> str:
    """Who has signed, duty and name as far as it is known, such as 经办人刘芳、负责人钱进."""
    return "、".join(f"{DUTIES.get(duty, duty)}{name}" for duty, name in signers)


def words(duties: frozenset[str]) -> str:
    """Duties for people, such as 经办人和负责人."""
    return "和".join(label for duty, label in DUTIES.items() if duty in duties)
