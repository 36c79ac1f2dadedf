"""Bundles looked at without merging: what they say, who signed them, and the key by which public tools read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop.operations import audit
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.renaming import write_whole
from desktop.sync.authority import station
from desktop.sync.bundles import envelope
from desktop.sync.signed.manifest import Manifest
from desktop.sync.trust import Authentic


def inspect(path: Path) -> Manifest:
    """What a bundle says of itself, nothing verified."""
    return envelope.look(envelope.read_bundle(path))


def verify(path: Path, roots: Sequence[bytes]) -> Authentic:
    """Whether a bundle stands under one of these root certificates (DER); needs no workspace and no key."""
    return envelope.authenticate(envelope.read_bundle(path), roots)


def verify_by_itself(path: Path) -> Authentic:
    """Whether a bundle is whole and signed by the certificates that lie in it; whose they are is not verified."""
    bundle = envelope.read_bundle(path)
    return envelope.authenticate(bundle, bundle.chain[-1:])


def export_identity(session: Session, out: Path) -> None:
    """Writes the age identity with which this station's bundles are read by public tools; it is noted first.

    Whoever has the file can read every bundle that was made for this station.
    """
    session.require(Role.DESK)
    audit.note(session, audit.Act.KEY_EXPORTED)
    write_whole(out, station.load_keys(session.ledger).identity_file().encode(), secret=True)
