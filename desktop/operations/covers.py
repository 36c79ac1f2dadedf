"""The cover sheet of a bundle, printed by the station that wrote it, and comparing a sheet with a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desktop.documents.cover_sheet import Cover, render_cover
from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.session import Session
from desktop.records import items
from desktop.records.dates import china_time
from desktop.store import traffic
from desktop.store.keys import write_whole
from desktop.sync import envelope, links
from desktop.sync.envelope import OpenedBundle
from desktop.sync.manifest import UP, Manifest


class NotOurBundle(StateProblem):
    """A cover sheet was asked for a bundle that another computer wrote."""

    next_step = "请在导出这个数据包的电脑上打印报送单。"


def cover_of(session: Session, bundle: Path) -> Cover:
    """What the cover sheet of a bundle of this station says.

    Raises :class:`NotOurBundle`, and what reading the file raises.
    """
    opened = envelope.read_bundle(bundle)
    said = envelope.look(opened)
    if said.sender != session.ledger.station:
        raise NotOurBundle("这个数据包不是本机导出的。")
    link = links.link_to(session.database, said.receiver)
    kinds = dict(said.counts)
    births, changes, deletions = (kinds.pop(kind, 0) for kind in (items.BIRTH, items.CHANGE, items.TOMBSTONE))
    return Cover(
        sender=session.unit.name,
        receiver=link.name if link is not None else "（已不再往来的单位）",
        upward=said.kind == UP,
        sequence=said.sequence,
        made=china_time(said.created),
        since=_since(session, said),
        file=bundle.name,
        program=said.program,
        births=births,
        changes=changes,
        deletions=deletions,
        others=sum(kinds.values()),
        digest=opened.digest,
    )


def print_cover(session: Session, bundle: Path, out_dir: Path) -> Path:
    """Writes the cover sheet as PDF into a folder, named like the bundle; it is noted."""
    path = out_dir / f"{bundle.stem}_报送单.pdf"
    data = preview(session, bundle)
    out_dir.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    audit.note(session, "打印报送单", bundle.name)
    return path


def preview(session: Session, bundle: Path) -> bytes:
    """The sheet to look at; raises what :func:`cover_of` raises."""
    return render_cover(cover_of(session, bundle))


def print_pages(session: Session, bundle: Path) -> bytes:
    """The sheet to be printed at once; it is noted."""
    data = preview(session, bundle)
    audit.note(session, "打印报送单", bundle.name)
    return data


def fits(bundle: OpenedBundle | Path, typed: str) -> bool:
    """Whether what stands on a sheet, typed or scanned, names this very bundle: its digest, in any grouping."""
    opened = bundle if isinstance(bundle, OpenedBundle) else envelope.read_bundle(bundle)
    words = typed.lower().split()
    return "".join(words).endswith(opened.digest)


def _since(session: Session, said: Manifest) -> date | None:
    """The day of the bundle before this one to the same receiver that was written whole."""
    earlier = [
        sent for sent in traffic.exported(session.database)
        if sent.peer == said.receiver and sent.sequence < said.sequence
    ]  # fmt: skip
    return china_time(max(earlier, key=lambda sent: sent.sequence).at).date() if earlier else None
