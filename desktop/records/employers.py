"""Which class of employer follows from what is known of one: from its nature, else from the prefix of its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desktop.records.typed.uscc import UsccKind, uscc_kind

NATURE, CLASS = "ownership", "sector"
"""The fields that say them."""
CLASS_OF_NATURE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("state_owned", "wholly_state_owned", "state_controlled"), "state_owned"),
    **dict.fromkeys(("private", "hmt_invested", "foreign_invested"), "non_public"),
    **dict.fromkeys(("funded_institution", "other_institution"), "institution"),
    **dict.fromkeys(("social_organisation", "private_non_enterprise", "foundation"), "social_organisation"),
    "collective": "collective", "organ": "organ", "individual": "individual",
}  # fmt: skip
"""The classes by natures that leave no doubt; a limited company may be anybody's."""

_OF_CODE: Final[Mapping[UsccKind, tuple[str, str]]] = {
    UsccKind.ORGAN: ("organ", "organ"),
    UsccKind.INSTITUTION: ("", "institution"),
    UsccKind.SOCIAL_ORGANISATION: ("social_organisation", "social_organisation"),
    UsccKind.PRIVATE_NON_ENTERPRISE: ("private_non_enterprise", "social_organisation"),
    UsccKind.FOUNDATION: ("foundation", "social_organisation"),
    UsccKind.SELF_EMPLOYED: ("individual", "individual"),
}
"""Nature and class by whose code it is, where that says it."""


def implied(values: Mapping[str, Any]) -> dict[str, str]:
    """The nature and the class of an employer as far as its other values leave no doubt of them."""
    nature = str(values.get(NATURE) or "")
    if nature:
        return {CLASS: CLASS_OF_NATURE[nature]} if nature in CLASS_OF_NATURE else {}
    kind = uscc_kind(str(values.get("uscc") or ""))
    found = _OF_CODE.get(kind, ("", "")) if kind is not None else ("", "")
    return {name: code for name, code in zip((NATURE, CLASS), found, strict=True) if code}


def following(before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, str]:
    """What of nature and class follows a change of the other: where nothing stands, or what followed before it."""
    told, was = implied({**before, **changed}), implied(before)
    return {
        name: code
        for name, code in told.items()
        if name not in changed and before.get(name) != code and before.get(name) in (None, "", was.get(name))
    }
