"""age files (https://age-encryption.org/v1) for X25519 recipients; no other module knows the library."""

from __future__ import annotations

import re

import pyrage

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
"""The form of a recipient; :func:`is_recipient` also checks its sum."""

_IDENTITY_PREFIX = "age-secret-key-"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_MAGIC = b"age-encryption.org/v1\n"
_SMALL_ORDER = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Keys (top bit clear) with which every key agreement gives zero: what is encrypted to them anybody reads, and the
library does not refuse to, but panics, which no handler of exceptions catches."""
_MAX_HEADER = 4096
_MAX_STANZAS = 8


class NotDecrypted(ValueError):
    """The file is no age file, is damaged, or is meant for another key."""


def identity_from_bytes(secret: bytes) -> str:
    """The age identity (``AGE-SECRET-KEY-1…``) of a 32-byte X25519 secret."""
    if len(secret) != 32:
        raise ValueError("an X25519 secret has 32 bytes")
    return _bech32(_IDENTITY_PREFIX, secret).upper()


def recipient_of(identity: str) -> str:
    """The recipient (``age1…``) that encrypts to an identity; ``ValueError`` if it is none."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError as error:
        raise ValueError("not an age identity") from error


def is_recipient(text: str) -> bool:
    """Whether this is an X25519 recipient with a right check sum, in its one written form, and not of small order."""
    if RECIPIENT.fullmatch(text) is None:
        return False
    try:
        written = str(pyrage.x25519.Recipient.from_str(text))
    except pyrage.RecipientError:
        return False
    raw = _raw(text)
    return written == text and raw[:-1] + bytes([raw[-1] & 0x7F]) not in _SMALL_ORDER


def encrypt(plain: bytes, recipient: str) -> bytes:
    """The plain bytes encrypted to one recipient."""
    return bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)]))


def decrypt(cipher: bytes, identity: str) -> bytes:
    """The plain bytes; raises :class:`NotDecrypted`.

    The header is bounded first: each of its stanzas costs a key agreement, and a file of thirty megabytes
    could hold three hundred thousand.
    """
    end = cipher.find(b"\n---", 0, _MAX_HEADER)
    if not cipher.startswith(_MAGIC) or end < 0 or cipher.count(b"\n-> ", 0, end) > _MAX_STANZAS:
        raise NotDecrypted("not an age file with a short header")
    try:
        return bytes(pyrage.decrypt(cipher, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as error:
        raise NotDecrypted(str(error)) from error


def _raw(recipient: str) -> bytes:
    """The 32 bytes of a key in a recipient: after ``age1`` five bits a sign, the last six signs being a check sum."""
    number = 0
    for sign in recipient[4:-6]:
        number = number << 5 | _ALPHABET.index(sign)
    return (number >> 4).to_bytes(32, "big")


def _bech32(prefix: str, data: bytes) -> str:
    """Bech32 (BIP 173), without its limit of 90 characters, as age uses it."""
    values = _five_bit_groups(data)
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    checksum = _polymod(expanded + values + [0] * 6) ^ 1
    values += [checksum >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_ALPHABET[v] for v in values)


def _five_bit_groups(data: bytes) -> list[int]:
    bits = len(data) * 8
    padding = -bits % 5
    number = int.from_bytes(data, "big") << padding
    return [number >> shift & 31 for shift in range(bits + padding - 5, -1, -5)]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> i & 1 else 0
    return checksum
