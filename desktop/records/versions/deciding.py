"""The record types that say who is who and what counts of all the others; what a station knows of them differs."""

from __future__ import annotations

from typing import Final

UNIT, GRANT, REVOCATION, EXCLUSION, ERASURE = "unit", "grant", "revocation", "exclusion", "erasure"
SUPERIOR: Final = "superior"
"""The field of a unit that says where it belongs."""

SAME = "same"
"""That two records are one (rule 10); its id follows from what it says, and nothing but deleting changes it."""

TREE_TYPES: Final = (UNIT, GRANT)
"""Who is who: these go to everybody who has to judge by them."""

POLICY_TYPES: Final = (REVOCATION, EXCLUSION, ERASURE)
"""Which items count, and which values nobody keeps: these go to everybody who may hold what they name."""

OWN_TYPES: Final = (GRANT, *POLICY_TYPES)
"""Records that are their author's alone: the id follows from the item, and nothing but deleting changes them."""

DECIDING_TYPES: Final = (*TREE_TYPES, *POLICY_TYPES)

LONGEST_CERTIFICATE: Final = 22_000
"""Characters that no certificate, and no proof of renewed keys, takes in base64 (16 KiB of DER and two keys beside).

Whoever writes more of it says nothing, and all that was granted is in memory at once.
"""
