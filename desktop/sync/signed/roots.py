"""Root statements (rule 29): which root certificates count, numbered, each signed by a root that counted before.

Every downward bundle carries the chain of statements, so a station that missed some follows them all at once. What a
former root has issued counts on, so nobody has to be enrolled anew and those who have not heard yet go on as before;
but it signs nothing any more. A lost root cannot sign: then :func:`desktop.sync.enrolling.grants.read_grant` with
a new pin, after comparing words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.errors import BadCertificate
from desktop.sync.errors.enrolment import BadRootStatement, RootFork, RootGap
from desktop.sync.formats import dsse, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import DIGEST
from desktop.sync.formats.strictjson import Fields
from desktop.sync.signed import certificates, manifest, signed_files
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys

PAYLOAD_TYPE: Final = "application/vnd.xiaosanji.roots+json; suite=1"
MAX_STATEMENT: Final = manifest.MAX_FILE
MAX_ROOTS: Final = 8
MAX_CHANGES: Final = manifest.MAX_ROOTS
"""Statements that a bundle has room for, and so changes in the life of a tree."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The roots that count: DER, the number of the statement that says so, and its digest.

    The pinned roots of an enrolment are number 0 without a digest.
    """

    certificates: frozenset[bytes]
    number: int = 0
    digest: str | None = None


@dataclass(frozen=True)
class History:
    """The roots that a station has come to know: those pinned at first (DER), and the statements that followed.

    Statements are numbered from 1 without a gap and were verified when they came; whoever makes one of others verifies
    it with the first look at :attr:`stages`.
    """

    first: tuple[bytes, ...]
    statements: tuple[bytes, ...] = ()

    @cached_property
    def stages(self) -> tuple[Roots, ...]:
        """Which roots counted after each statement, those of the beginning first."""
        found = [Roots(frozenset(self.first))]
        for data in self.statements:
            found.append(_after(found[-1], _read(data)))
        return tuple(found)

    @property
    def now(self) -> Roots:
        """The roots that count."""
        return self.stages[-1]

    @property
    def known(self) -> tuple[bytes, ...]:
        """All roots that count or have counted, the newest first."""
        return tuple(
            dict.fromkeys(der for stage in reversed(self.stages) for der in sorted(stage.certificates))
        )

    @property
    def former(self) -> frozenset[bytes]:
        """The roots that have counted and sign nothing any more."""
        return frozenset(self.known) - self.now.certificates

    def followed(self, statements: Sequence[bytes]) -> History:
        """The history after these statements, in their order; those already followed change nothing.

        Raises :class:`BadRootStatement`, :class:`RootFork`, :class:`RootGap`, :class:`NewerFormat` or a kind of
        :class:`Damaged`.
        """
        held = self
        for data in statements:
            held = held._after_one(data)
        return held

    def written(self) -> dict[str, list[str]]:
        """As it stands in a grant."""
        said = {"first": self.first, "statements": self.statements}
        return {name: [strictjson.to_base64(data) for data in found] for name, found in said.items()}

    def _after_one(self, data: bytes) -> History:
        said = _read(data)
        if said.number > len(self.statements):
            _after(self.now, said)
            return History(self.first, (*self.statements, data))
        if said.signed.digest != self.stages[said.number].digest:
            # Which of two is right nobody can tell from what they say.
            if said.is_signed_by_one_of(self.stages[said.number - 1].certificates):
                raise RootFork(f"statement {said.number}")
            raise BadRootStatement(f"statement {said.number}")
        return self


def read_history(said: Fields) -> History:
    """The history that :meth:`History.written` wrote; raises :class:`NotStrict`, and nothing of it is judged yet.

    The roots of the beginning are by :func:`require_roots`, the statements with the first look at
    :attr:`History.stages`.
    """
    return History(said.binaries("first", 1, MAX_ROOTS), said.binaries("statements", 0, MAX_CHANGES))


def require_roots(first: Sequence[bytes]) -> None:
    """Raises :class:`BadCertificate` unless these (DER) stand by themselves; nobody else says that they are roots."""
    if not all(map(is_self_signed, first)):
        raise BadCertificate("the roots of the beginning")


def make_statement(
    before: Roots, roots: Sequence[bytes], signer: Certificate, keys: StationKeys
) -> tuple[bytes, Roots]:
    """The statement that after ``before`` these roots (DER) count, signed by a root of ``before``; and its Roots."""
    if signer.der not in before.certificates or signer.claims.public_key != keys.public_key:
        raise ValueError("a statement is signed by a root that counts")
    body = {
        "number": before.number + 1,
        "previous": before.digest,
        "roots": [strictjson.to_base64(der) for der in roots],
    }
    signed = signed_files.sign(PAYLOAD_TYPE, body, signer.digest, keys)
    return signed.encode(), Roots(frozenset(roots), before.number + 1, signed.digest)


def is_self_signed(der: bytes) -> bool:
    """Whether a certificate is a root by itself: it names itself, may issue, and carries its own signature."""
    certificate = certificates.parse(der)
    own = certificate.issuer_station == certificate.station and certificate.claims.may_issue
    return own and certificates.is_signed_by(der, certificate.claims.public_key)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a statement says; nothing of it is verified yet."""

    signed: Signed
    number: int
    previous: str | None
    roots: tuple[bytes, ...]

    def is_signed_by_one_of(self, roots: Collection[bytes]) -> bool:
        """Whether one of these root certificates (DER) has signed it."""
        return any(signed_files.is_signed_by(self.signed, certificates.parse(der)) for der in roots)


def _read(data: bytes) -> _Statement:
    """Raises :class:`BadRootStatement`, :class:`NewerFormat` and what reading an envelope raises."""
    signed = dsse.parse(data, MAX_STATEMENT)
    if not signed_files.is_of_type(signed, PAYLOAD_TYPE):
        raise BadRootStatement(signed.payload_type)
    with strictjson.refused_as(BadRootStatement):
        fields = signed_files.fields(signed, MAX_STATEMENT)
        return _Statement(
            signed,
            fields.integer("number", 1, MAX_NUMBER),
            fields.optional("previous", DIGEST),
            fields.binaries("roots", 1, MAX_ROOTS),
        )


def _after(held: Roots, said: _Statement) -> Roots:
    """The roots that count after a statement that follows; raises what the checks of roots raise, in their order."""
    if said.number != held.number + 1:
        raise RootGap(f"{held.number} to {said.number}")
    if said.previous != held.digest or not said.is_signed_by_one_of(held.certificates):
        raise BadRootStatement(f"statement {said.number}")
    if not all(map(is_self_signed, said.roots)):
        raise BadCertificate("a root statement names roots")
    return Roots(frozenset(said.roots), said.number, said.signed.digest)
