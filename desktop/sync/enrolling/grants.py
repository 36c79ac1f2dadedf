"""The grant (`.xsg`): a certificate with its chain, the place in the tree, and what is to be known of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.identity import is_id
from desktop.records.typed.texts import name_of
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync import trust
from desktop.sync.enrolling.enrolment import GRANT_TYPE, LONGEST_NAME, check_signature, parse
from desktop.sync.errors import FormerRoot, TooBig
from desktop.sync.errors.enrolment import (
    BadEnrolmentFile,
    BadRootStatement,
    GrantForOther,
    GrantForOtherRequest,
    RootDiffers,
    RootGap,
)
from desktop.sync.formats import frames, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import CODE, DIGEST
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.signed import certificates, roots, signed_files
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import MAX_FRAMES, MAX_PART_PLAIN
from desktop.sync.signed.roots import History
from desktop.sync.signed.tree import Tree
from desktop.sync.signed.words import Fingerprint, fingerprint
from desktop.sync.trust import TrustState

MAX_GRANT: Final = 48 * 1024 * 1024
MAX_REFERENCE: Final = 16 * 1024 * 1024
MAX_TREE: Final = 100_000


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """What a desk puts into a grant. ``chain`` is DER from the new certificate through the desk's to the root.

    Each row of ``tree`` is an object with ``id`` and ``parent`` (a unit id, or None at the top); whatever else
    it holds is passed through, as is ``reference``. ``history`` tells of the roots, where they have changed.
    """

    request: str
    chain: tuple[bytes, ...]
    tree_version: int
    tree: Sequence[Mapping[str, Any]]
    created: int
    reference: bytes | None = None
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that stands and is for this station. ``history`` is to be pinned after comparing ``words``."""

    digest: str
    chain: tuple[Certificate, ...]
    tree_version: int
    tree: tuple[Mapping[str, Any], ...]
    created: int
    reference: bytes | None
    history: History

    @property
    def certificate(self) -> Certificate:
        """The certificate that was granted."""
        return self.chain[0]

    @property
    def desk(self) -> Certificate:
        """The certificate of the granting desk: its station and recipient are the receiver of bundles."""
        return self.chain[1]

    @property
    def root(self) -> Certificate:
        """The root of the chain."""
        return self.chain[-1]

    @property
    def words(self) -> Fingerprint:
        """The fingerprint of the granting desk's key, to be compared by telephone."""
        return fingerprint(self.desk.claims.public_key)


def fitting(reference: bytes) -> bytes | None:
    """The tree that goes with a grant, or nothing where that is more than one may hold.

    All of it comes with the first bundles from above as well; who has only these does not see the tree before.
    """
    try:
        frames.split(reference, MAX_FRAMES, MAX_PART_PLAIN)
    except TooBig:
        return None
    return reference if len(reference) <= MAX_REFERENCE else None


def make_grant(draft: GrantDraft, desk_keys: StationKeys) -> bytes:
    """The bytes of a grant, signed by the desk whose certificate stands second in the chain."""
    body = {
        "request": draft.request,
        "chain": [strictjson.to_base64(der) for der in draft.chain],
        "tree_version": draft.tree_version,
        "tree": [dict(row) for row in draft.tree],
        "created": draft.created,
        "reference": None if draft.reference is None else strictjson.to_base64(draft.reference),
    }
    if draft.history is not None and draft.history.statements:
        body["roots"] = draft.history.written()
    return signed_files.sign(GRANT_TYPE, body, certificates.parse(draft.chain[1]).digest, desk_keys).encode()


def read_grant(
    data: bytes,
    keys: StationKeys,
    request: str,
    pinned: Collection[bytes] = (),
    held: History | None = None,
) -> Grant:
    """The grant in these bytes, if it answers the ``request`` (digest) of the station with these ``keys``.

    A new superior that gives one unasked names the certificate that the station has; nobody else's fits then.

    ``pinned`` holds the DER of the roots that the station trusts already, or ``held`` what it knows of them: then the
    grant must lead to one of them, or one that its statements name. With none, the caller shows ``words`` and asks
    before pinning. Raises what reading raises, :class:`BadSignature`, what root statements raise, :class:`RootDiffers`,
    :class:`FormerRoot`, what the kernel raises for chains, :class:`GrantForOther` and :class:`GrantForOtherRequest`,
    in the order of the checks of grants in the format document.
    """
    signed = parse(data, GRANT_TYPE, MAX_GRANT)
    with strictjson.refused_as(BadEnrolmentFile):
        grant, answered = _grant(signed)
    check_signature(signed, grant.desk)
    roots.require_roots(grant.history.first)
    if grant.root.der not in grant.history.known:
        raise BadRootStatement("the chain leads to another root")
    if held is not None:
        grant = replace(grant, history=_followed(held, grant))
        pinned = grant.history.known
    if pinned and grant.root.der not in pinned:
        raise RootDiffers(grant.root.digest)
    if grant.desk.der in grant.history.former:
        raise FormerRoot(grant.desk.digest)
    trust.judge_chain([certificate.der for certificate in grant.chain], _grant_state(grant, keys))
    claims = grant.certificate.claims
    mine = (keys.station, keys.public_key, keys.recipient)
    if (claims.station, claims.public_key, claims.recipient) != mine:
        raise GrantForOther(claims.station)
    if answered != request:
        raise GrantForOtherRequest(answered)
    return grant


def require_grant(data: bytes) -> None:
    """Raises what :func:`read_grant` raises of bytes that are no grant at all; whose it is, is not judged."""
    parse(data, GRANT_TYPE, MAX_GRANT)


def root_of(data: bytes) -> bytes:
    """The root (DER) to which the chain of a grant leads, unverified: to be compared before it is pinned."""
    with strictjson.refused_as(BadEnrolmentFile):
        fields = signed_files.fields(parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT)
        return fields.binaries("chain", 2, trust.MAX_CHAIN)[-1]


def answered(data: bytes) -> str:
    """The digest of what a grant says that it answers, unverified: a request, or the certificate that a station has."""
    with strictjson.refused_as(BadEnrolmentFile):
        return signed_files.fields(parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT).matching("request", DIGEST)


def granted_certificate(data: bytes) -> str:
    """The certificate that a grant says it gives, in base64, unverified, to know whose it is where one lies about."""
    with strictjson.refused_as(BadEnrolmentFile):
        fields = signed_files.fields(parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT)
        return strictjson.to_base64(fields.binaries("chain", 2, trust.MAX_CHAIN)[0])


def _grant(signed: Signed) -> tuple[Grant, str]:
    """The grant, its chain and roots read but not judged, and the digest of the request that it answers."""
    fields = signed_files.fields(signed, MAX_GRANT)
    # From the new certificate through the desk's to the root.
    ders = fields.binaries("chain", 2, trust.MAX_CHAIN)
    rows = tuple(fields.items("tree", MAX_TREE))
    for row in rows:
        if not isinstance(row, dict) or not is_id(row.get("id")) or "parent" not in row:
            raise NotStrict("a unit has id and parent")
        if row["parent"] is not None and not is_id(row["parent"]):
            raise NotStrict("a parent is a unit id")
    if len({row["id"] for row in rows}) != len(rows):
        raise NotStrict("a unit stands twice in the tree")
    chain = tuple(map(certificates.parse, ders))
    own = chain[0].claims.units | chain[1].claims.units
    if not all(_is_told(row) for row in rows if row["id"] in own):
        raise NotStrict("the units of the station and of the desk have code, name and level")
    rows = tuple(_as_shown(row) for row in rows)
    history = roots.read_history(fields.object("roots")) if "roots" in fields else History(ders[-1:])
    grant = Grant(
        signed.digest,
        chain,
        fields.integer("tree_version", 0, MAX_NUMBER),
        rows,
        fields.integer("created", 0, MAX_NUMBER),
        None if fields.raw("reference") is None else fields.binary("reference", MAX_REFERENCE),
        history,
    )
    return grant, fields.matching("request", DIGEST)


def _is_told(row: Mapping[str, Any]) -> bool:
    """Whether a unit is told as somebody is shown it who takes his place in the tree."""
    code, name, level = (row.get(member) for member in ("code", "name", "level"))
    told = isinstance(name, str) and isinstance(level, str) and level in set(Level)
    return told and isinstance(code, str) and CODE.fullmatch(code) is not None


def _as_shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same unit with a name that may stand beside the words that people compare."""
    name = row.get("name")
    return dict(row) | {"name": name_of(name, LONGEST_NAME)} if isinstance(name, str) else row


def _followed(held: History, grant: Grant) -> History:
    """What the station knows of the roots after the statements of a grant; those of another tree are none of its."""
    try:
        return held.followed(grant.history.statements)
    except (BadRootStatement, RootGap) as error:
        raise RootDiffers(error.detail) from error


def _grant_state(grant: Grant, keys: StationKeys) -> TrustState:
    """What a station that knows nothing yet lets count: the root that it will pin, and the chain's own grants.

    Whether those grants really count it cannot know; that the desk at the other end of the telephone vouches
    for them is what comparing the words decides.
    """
    return TrustState(
        roots=frozenset([grant.root.der]),
        grants=frozenset(certificate.digest for certificate in grant.chain),
        revocations={},
        tree=Tree({row["id"]: row["parent"] for row in grant.tree}),
        tree_version=grant.tree_version,
        station=keys.station,
        recipients=frozenset([keys.recipient]),
        units=grant.certificate.claims.units,
    )
