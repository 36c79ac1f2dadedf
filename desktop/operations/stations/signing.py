"""Signing a bundle as a person (rule 31): who may, what is signed, and whose signatures the level above asks for.

A person's key opens by the operator's password and signs here, on the computer that wrote the bundle, at once or later.
The file keeps its identity: what the level above has refused for want of a signature it takes when that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.documents.cover_sheet import Cover
from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit
from desktop.operations.quantities import Count
from desktop.operations.session import Session, note_wrong_passwords
from desktop.operations.stations import covers, roots
from desktop.records.duties import DUTIES, wanted_by
from desktop.store.peers import links
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.store.workspaces import persons as kept
from desktop.store.workspaces.attempts import open_slot
from desktop.store.workspaces.keys import WrongPassword
from desktop.sync.bundles import envelope, writing
from desktop.sync.errors import Exchanged
from desktop.sync.formats import dsse
from desktop.sync.signed.manifest import Manifest
from desktop.sync.signed.persons import key_id


class NoDuty(UsageProblem):
    """The operator may not sign."""

    next_step = "请管理员在“操作员”里给这个人设好签名职责（经办人或负责人），再导出一次数据包。"
    help_anchor = "operators"


class NoPersonKey(StateProblem):
    """The key is gone with the password that it opened by."""

    exit_code = 22
    next_step = "口令换过或恢复过的，请本人在“操作员”里再设一次口令，然后重新导出数据包再签名。"
    help_anchor = "operators"


class ExportedBefore(StateProblem):
    """The bundle was written before this person, or this key, could sign."""

    exit_code = 22
    next_step = "请再导出一次数据包，给新的文件签名；内容会自动再带上，不会重复。"
    help_anchor = "operators"


class AlreadySigned(StateProblem):
    """The same person does not sign twice."""

    exit_code = 22
    next_step = "还缺另一个人的签名的，请由另一个人输入自己的口令来签。"
    help_anchor = "operators"


_FORGOTTEN = (
    "请检查大小写和输入法后再试；忘了的，请管理员在“操作员”里让本人设一个新口令，再导出一次，在新文件上签。"
)


@dataclass(frozen=True, slots=True)
class Signing:
    """A bundle that can be signed: what is in it, who has signed (name by duty), who may, which duties are asked for.

    ``may`` are names with their duty, the handler first: those whom the bundle lists and who have not signed yet.
    ``late`` are those who sign here by now and whom the bundle does not list: set up, or with another password, since.
    ``counts`` tells by type what is in it, as long as the receiver has not confirmed any of it.
    """

    path: Path
    cover: Cover
    signed: Mapping[str, str]
    may: Mapping[str, str]
    wanted: frozenset[str]
    counts: tuple[Count, ...] = ()
    late: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> frozenset[str]:
        """The duties that the receiver asks for and that have not signed."""
        return self.wanted - frozenset(self.signed)


def wanted_above(database: Database, unit: str) -> frozenset[str]:
    """The duties whose signatures a unit asks for, as far as it is known here."""
    return wanted_by(governing.signature_rule(database, unit))


def look(session: Session, path: Path) -> Signing:
    """What a person sees before signing. Raises ``NotOurBundle``, and what a file raises that does not stand whole."""
    opened, said = _own_bundle(session, path)
    signers = sorted(kept.kept(session.database), key=lambda s: _turn(s.duty))
    names, listed = kept.names(session.database), {p.key for p in said.persons}
    here = {s.keyid for s in opened.signed.signatures[1:]}
    signed = {p.duty: names.get(p.key, "") for p in said.persons if key_id(p.key) in here}
    signed = {duty: signed[duty] for duty in sorted(signed, key=_turn)}
    may = {s.name: s.duty for s in signers if s.key in listed and key_id(s.key) not in here}
    late = {s.name: s.duty for s in signers if s.key not in listed}
    link = links.link_to(session.database, said.receiver)
    wanted = wanted_above(session.database, link.unit) if link is not None and link.upward else frozenset()
    counts = covers.contents_of(session, said)
    return Signing(path, covers.cover_of(session, path), signed, may, wanted, counts, late)


def _turn(duty: str) -> int:
    """When a duty signs; last, one that only a newer program knows."""
    return [*DUTIES, duty].index(duty)


def sign(session: Session, path: Path, name: str, password: str, *, seen: str = "") -> Signing:
    """Adds the signature of an operator, who types the own password, to a bundle of this station; it is noted.

    ``seen`` is the digest of the bundle whose content the operator was shown: in its place there may be another by now.
    Raises ``Exchanged``, :class:`NoDuty`, :class:`NoPersonKey`, :class:`ExportedBefore`, :class:`AlreadySigned`,
    ``WrongPassword``, ``NotOurBundle``, what reading the file raises, and what the disk raises: then it is as it was.
    """
    signer = next((s for s in kept.kept(session.database) if s.name == name), None)
    if signer is None:
        raise NoDuty(f"“{name}”没有签名职责，不能签名。")
    opened, said = _own_bundle(session, path)
    if seen not in ("", opened.digest):
        raise Exchanged(opened.digest)
    if signer.key not in {p.key for p in said.persons}:
        raise ExportedBefore(f"导出这个数据包的时候，“{name}”还不能签名，或者后来换过口令。")
    if key_id(signer.key) in {s.keyid for s in opened.signed.signatures}:
        raise AlreadySigned(f"“{name}”已经给这个数据包签过名。")
    if len(opened.signed.signatures) >= dsse.MAX_SIGNATURES:
        raise AlreadySigned("这个数据包的签名已经够多，不能再加。")
    key = _open_key(session, signer, password)
    writing.write_signatures(opened, opened.signed.also_by(key_id(signer.key), key.sign))
    audit.note(session, audit.Act.SIGNED, f"{name} {DUTIES[signer.duty]} 数据包{opened.digest[:16]}")
    return look(session, path)


def _own_bundle(session: Session, path: Path) -> tuple[envelope.OpenedBundle, Manifest]:
    """A bundle that this station wrote, every byte of it checked: nobody signs what is damaged."""
    opened = envelope.read_bundle(path)
    if envelope.look(opened).sender != session.ledger.station:
        raise covers.NotOurBundle("这个数据包不是本机导出的。", "请在导出这个数据包的电脑上签名。")
    authentic = envelope.authenticate(opened, roots.believed_roots(session.database))
    return opened, authentic.manifest


def _open_key(session: Session, signer: kept.Signer, password: str) -> Ed25519PrivateKey:
    slots = session.workspace.slots
    try:
        open_slot(session.workspace.folder, slots, signer.name, password, session.environment)
    except WrongPassword as error:
        raise WrongPassword(f"“{signer.name}”的口令不对。", _FORGOTTEN) from error
    finally:
        note_wrong_passwords(session)
    secret = slots.open_own(signer.name, password)
    key = None if secret is None else Ed25519PrivateKey.from_private_bytes(secret)
    if key is None or key.public_key().public_bytes_raw().hex() != signer.key:
        raise NoPersonKey(f"“{signer.name}”的签名密钥打不开了。")
    return key
