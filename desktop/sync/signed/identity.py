"""The keys of a station: one to sign, one to be written to, and the names that follow from them.

A station id is the SHA-256 of the station's first raw public signing key, so nobody assigns it; it stays
when the keys are renewed. An incarnation is 64 random bits. All randomness comes from a function that the
caller passes in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from desktop.sync.errors import BadKeyFile
from desktop.sync.formats import agefile
from desktop.sync.formats.forms import INCARNATION, STATION

Randomness = Callable[[int], bytes]
"""Gives that many random bytes: ``os.urandom`` in use, a seeded source in tests and in the demo."""

KEY_BYTES = 32

_AGE_IDENTITY = re.compile(r"^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StationKeys:
    """A station's secrets with what they are for; the secrets never show in a representation.

    ``others`` are keys that it had before, or has asked a certificate for: bundles to them are on their way, and
    some who must believe it know only the former ones.
    """

    station: str
    incarnation: str
    signing_key: Ed25519PrivateKey = field(repr=False, compare=False)
    age_identity: str = field(repr=False)
    others: tuple[StationKeys, ...] = field(default=(), repr=False, compare=False)

    @property
    def public_key(self) -> bytes:
        """The raw public signing key, 32 bytes."""
        return self.signing_key.public_key().public_bytes_raw()

    @property
    def recipient(self) -> str:
        """The age recipient that others encrypt to."""
        return agefile.recipient_of(self.age_identity)

    @property
    def recipients(self) -> frozenset[str]:
        """All age recipients that this station can open."""
        return frozenset(keys.recipient for keys in (self, *self.others))

    @property
    def first(self) -> StationKeys:
        """The keys from which the station's id follows; these, where nobody has the first any more."""
        return next((k for k in (self, *self.others) if station_id(k.public_key) == self.station), self)

    def opening(self, recipient: str) -> str:
        """The age identity for what was encrypted to this recipient."""
        return next((k.age_identity for k in self.others if k.recipient == recipient), self.age_identity)

    def signing_for(self, public_key: bytes) -> StationKeys | None:
        """The keys of which this is the raw public key, if the station has them."""
        return next((k for k in (self, *self.others) if k.public_key == public_key), None)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes; Ed25519 is deterministic."""
        return self.signing_key.sign(message)

    def signing_pem(self, password: bytes | None = None) -> bytes:
        """The signing key as PKCS #8 PEM, as ``openssl`` reads it; encrypted if a password is given."""
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password is not None:
            protection = serialization.BestAvailableEncryption(password)
        return self.signing_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        )

    def identity_file(self) -> str:
        """The age identity as the ``age`` program reads it."""
        return f"# public key: {self.recipient}\n{self.age_identity}\n"


@dataclass(frozen=True, slots=True)
class Speaking:
    """As who a station signs a bundle: the keys, their chain (DER, its own certificate first), and the statements about
    roots that come with it.
    """

    keys: StationKeys
    chain: Sequence[bytes]
    statements: Sequence[bytes] = ()


def station_id(public_key: bytes) -> str:
    """The id of the station whose first raw public signing key this is."""
    return hashlib.sha256(public_key).hexdigest()


def new_incarnation(randomness: Randomness) -> str:
    """64 random bits as 16 hexadecimal digits."""
    return randomness(8).hex()


def generate(randomness: Randomness) -> StationKeys:
    """The keys of a new station in its first incarnation."""
    signing_key = Ed25519PrivateKey.from_private_bytes(randomness(KEY_BYTES))
    age_identity = agefile.identity_from_bytes(randomness(KEY_BYTES))
    public_key = signing_key.public_key().public_bytes_raw()
    return StationKeys(station_id(public_key), new_incarnation(randomness), signing_key, age_identity)


def renew(keys: StationKeys, randomness: Randomness) -> StationKeys:
    """The same station with new keys, in a new incarnation; it has to be enrolled again. It keeps those before."""
    before = (replace(keys, others=()), *keys.others)
    return replace(generate(randomness), station=keys.station, others=before)


def load(
    signing_pem: bytes,
    identity_file: str,
    incarnation: str,
    *,
    station: str | None = None,
    password: bytes | None = None,
) -> StationKeys:
    """The keys of a station from its PEM and age files; without ``station`` the key must be its first.

    Raises :class:`BadKeyFile`.
    """
    try:
        key = serialization.load_pem_private_key(signing_pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKeyFile("the signing key does not load") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile("the signing key is not Ed25519")
    found = _AGE_IDENTITY.findall(identity_file)
    if len(found) != 1:
        raise BadKeyFile("an identity file holds one age identity")
    try:
        agefile.recipient_of(found[0])
    except ValueError as error:
        raise BadKeyFile("the age identity has a wrong check sum") from error
    named = station or station_id(key.public_key().public_bytes_raw())
    if STATION.fullmatch(named) is None or INCARNATION.fullmatch(incarnation) is None:
        raise ValueError("station and incarnation are hexadecimal")
    return StationKeys(named, incarnation, key, found[0])


@lru_cache(maxsize=64)
def signature_stands(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the Ed25519 signature of the message by this raw public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
