"""Signatures of persons under a bundle (rule 31): whether they stand, and whether the receiver's rule is met; pure.

The station certifies persons for itself: its signed manifest lists the key and the duty of everybody who may sign this
bundle, so whoever was taken off the list signs no later one, and no list of revocations has to travel. What signatures
prove is the station's word that each of these keys opens by a password of its own there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Final

from desktop.records.duties import HANDLER, HEAD
from desktop.sync.errors.persons import (
    BadPersonSignature,
    HandlerNotSigned,
    HeadNotSigned,
    NobodySigned,
    NoSignerNamed,
    SignedTwice,
)
from desktop.sync.formats.dsse import Signature, Signed
from desktop.sync.signed.identity import signature_stands
from desktop.sync.signed.manifest import Manifest, Person

_MISSING: Final = {
    frozenset((HANDLER,)): HandlerNotSigned,
    frozenset((HEAD,)): HeadNotSigned,
    frozenset((HANDLER, HEAD)): NobodySigned,
}


def key_id(key: str) -> str:
    """The key id under which a person signs: the SHA-256 of the raw public key, which is given in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()


def signers(signed: Signed, said: Manifest) -> tuple[Person, ...]:
    """Check 24: the persons of the manifest who have signed it, in the order of their signatures.

    Further signatures by keys that the manifest does not list are carried and say nothing. Raises
    :class:`BadPersonSignature` and, where all of them stand, :class:`SignedTwice`.
    """
    listed = {key_id(person.key): person for person in said.persons}
    found = [(listed[s.keyid], s) for s in signed.signatures[1:] if s.keyid in listed]
    for person, signature in found:
        if not stands(signed, person, signature):
            raise BadPersonSignature(signature.keyid)
    if len({person for person, _ in found}) < len(found):
        raise SignedTwice(said.sender)
    return tuple(person for person, _ in found)


def named(said: Manifest, found: Collection[Person], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Duty and name of those who have signed; ``names`` are those of all persons of the manifest, or nothing."""
    known = dict(zip(said.persons, names, strict=True)) if names else {}
    return tuple((person.duty, known.get(person, "")) for person in found)


def stands(signed: Signed, person: Person, signature: Signature) -> bool:
    """Whether this is the person's signature of type and payload."""
    return signature_stands(bytes.fromhex(person.key), signed.message(), signature.signature)


def require(said: Manifest, found: Collection[Person], wanted: Collection[str]) -> None:
    """Check 25: every duty that the receiver asks for has signed; one key has one duty, so two sign for two.

    Raises :class:`NoSignerNamed` where the sender has nobody who could, else what says who is missing.
    """
    missing = frozenset(wanted) - {person.duty for person in found}
    if not missing:
        return
    if missing - {person.duty for person in said.persons}:
        raise NoSignerNamed(" ".join(sorted(missing)))
    raise _MISSING[missing](" ".join(sorted(missing)))
