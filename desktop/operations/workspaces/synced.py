"""A ledger in a folder that a service keeps equal with the net (OneDrive, 网盘): said once, with what to do.

Such a service copies the ledger while it is being written, may put an older half back, and carries it into the net.
"""

from __future__ import annotations

from pathlib import Path

from desktop.operations.session import Session
from desktop.store.workspaces.places import synced_by

_TOLD = "synced_told"


def tell(session: Session) -> str:
    """What is to be said of the place of a ledger that was opened or made; nothing where that is well or was said."""
    folder = session.workspace.folder
    service = synced_by(folder)
    told, place = session.ledger.meta(_TOLD) or "", str(folder) if service else ""
    if told == place:
        return ""
    if session.workspace.refusal is None:
        session.ledger.set_meta(_TOLD, place)
    return advice(service, folder) if service else ""


def advice(service: str, folder: Path) -> str:
    """The danger and the way out, for who has a ledger there already."""
    return (
        f"台账所在的文件夹由{service}自动同步：数据库写到一半就会被拿去上传，可能损坏，加密的台账也会传到网上。\n"
        f"请退出小三级，把整个文件夹“{folder.name}”移到不同步的地方（如D盘的“小三级”文件夹），再从那里打开。"
    )


def warning(folder: Path) -> str:
    """A sentence for who chooses the folder of a ledger that is still to be made; nothing where it is well."""
    service = synced_by(folder)
    return f"这个文件夹由{service}自动同步，台账放在里面可能损坏，也会传到网上，请换一个。" if service else ""


def backup_notice(target: Path) -> str:
    """What is to be known of a copy that is written to such a place, which does it no harm; else nothing."""
    service = synced_by(target.parent)
    return (
        f"这个位置由{service}自动同步，备份会传到网上；备份是加密的，不要把口令也放在那里。"
        if service
        else ""
    )
