"""What a user does with other stations: sending, merging, receipts, and comparing digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.file_names import free_path, safe_name
from desktop.operations.session import LEVELS_WITH_OWN_ROOT, Session
from desktop.operations.stations import renewal
from desktop.operations.stations.enrolling import NotEnrolled
from desktop.operations.workspaces import erasing
from desktop.records.declaration import Role
from desktop.store.peers import links
from desktop.store.peers.links import Link
from desktop.store.queries import digest as digests
from desktop.store.queries import indexing, reading
from desktop.store.queries.digest import Digest
from desktop.store.queries.units import subtree
from desktop.sync import trust
from desktop.sync.authority import enrolled, station
from desktop.sync.bundles import sending
from desktop.sync.bundles.sending import Sent
from desktop.sync.merging import receiving
from desktop.sync.merging.receiving import Look, Progress
from desktop.sync.merging.results import BundleResult, MergeReport


class PeerRevoked(StateProblem):
    """The receiver was put out of use and gets nothing any more."""

    exit_code = 13
    next_step = "如果是误停用，请先恢复它；换了新电脑的，请让对方重新办理入网。"


class NoSuperior(links.NoLink):
    """The root of a tree sends to those below alone."""

    next_step = "请选定发给下面哪个单位。"


def send(session: Session, out: Path, to: str | None = None) -> Sent:
    """Writes a bundle upward, or with ``to`` (a unit's code or name, or a station) down to a station below.

    ``out`` is a file, or a folder in which the file gets a name by unit, number and day.
    Raises ``NotAllowed``, :class:`NotEnrolled`, ``NoLink`` and, as the bundle would bear a wrong date, ``WrongClock``.
    """
    session.require(Role.EDITOR, Role.DESK)
    session.ledger.clock.check()
    keys = station.load_keys(session.ledger)
    if not station.own_chain(session.ledger):
        raise NotEnrolled("本单位还没有入网，不能导出数据包。")
    if to is None and session.unit.level in LEVELS_WITH_OWN_ROOT and not _has_superior(session):
        raise NoSuperior("本单位没有上级，只能发给下面的单位。")
    link = links.uplink(session.database) if to is None else find_link(session, to)
    target, name = _target(session, out, link), session.operator.name
    if link.upward:
        sent = sending.send_up(session.ledger, keys, target, name)
    else:
        state = station.knowledge(session.ledger, keys).state
        if trust.is_out(state, link.peer):
            raise PeerRevoked(f"“{link.name}”的这台工作电脑已经停用，不再给它导出数据包。")
        sent = sending.send_down(session.ledger, keys, link, target, name)
    audit.note(
        session, audit.Act.SENT, f"给{sent.peer} 第{sent.sequence}号 {sent.items}项 数据包{sent.digest[:16]}"
    )
    return sent


def _has_superior(session: Session) -> bool:
    return any(link.upward for link in links.all_links(session.database))


def more_words(sent: Sent) -> str:
    """That a bundle could not hold all, and what to do; nothing where it could."""
    if not sent.more:
        return ""
    return (
        "要发的内容太多，一个数据包装不下，这个只装了前面的一部分。"
        f"请马上再导出一次，装其余的；几个文件一起交给“{sent.name}”，按编号从小到大合并。"
    )


def find_link(session: Session, to: str) -> Link:
    """The peer that a person means by a unit's name or code, a unit id or a station id."""
    found: list[Link] = []
    for link in links.all_links(session.database):
        unit = reading.record(session.database, session.types, "unit", link.unit)
        code = unit.values.get("code") if unit is not None else None
        if to in (link.peer, link.unit, link.name, code):
            found.append(link)
    if len(found) > 1:
        # Whoever names a unit means the computer that it works with.
        out = enrolled.out_of_use(session.database)
        found.sort(key=lambda link: link.peer in out)
    if found:
        return found[0]
    raise links.NoLink(f"没有和“{to}”的往来。", _whose(session, to))


def _whose(session: Session, to: str) -> str:
    """Who exchanges bundles with a unit, where that is another one below; nothing where it is not known."""
    for unit in reading.records(session.database, session.types, reading.Query("unit")):
        superior = reading.record(
            session.database, session.types, "unit", str(unit.values.get("superior") or "")
        )
        named = to in (unit.id, unit.values.get("code"), unit.values.get("name"))
        if named and superior is not None and superior.id != session.unit.id:
            return f"它由“{superior.values['name']}”批准入网，请导出给“{superior.values['name']}”，再由它往下发。"
    return ""


def merge(
    session: Session,
    paths: Sequence[Path],
    *,
    preview: bool = False,
    progress: Progress | None = None,
    look: Look | None = None,
) -> MergeReport:
    """Merges bundles from below, receipts and bundles from above, or shows what merging would do.

    ``look`` is called with what each file brings while it stands there, as after a preview nothing does.
    Raises ``NotAllowed``, and ``WrongClock`` where the date here would make most of what comes seem to be from the
    future or the past.
    """
    if not preview:
        session.require(Role.DESK)
        session.ledger.clock.check()
    keys = station.load_keys(session.ledger)
    report = receiving.merge_bundles(
        session.ledger, keys, paths, session.operator.name, preview=preview, progress=progress, look=look
    )
    if not preview:
        audit.note(session, audit.Act.MERGED, "；".join(map(_result_words, report.bundles)))
        for result in report.bundles:
            if result.new_roots:
                audit.note(session, audit.Act.ROOT_FOLLOWED, "；".join(result.new_roots))
        indexing.refresh_stale(session.database, session.types)
        erasing.finish(session)
        erasing.follow(session)
        renewed = renewal.follow(session)
        if renewed is not None:
            report = replace(report, renumbered=renewed.rewritten, copied=renewed.copied)
    return report


def receive(session: Session, paths: Sequence[Path]) -> MergeReport:
    """Takes receipts and down-bundles; the same door as :func:`merge`."""
    return merge(session, paths)


def digest(session: Session, scope: str | None = None) -> Digest:
    """The content digest of the workspace, or of a unit (id, code or name) and all below it."""
    units = None
    if scope is not None:
        units = frozenset(subtree(session.database, session.find_unit(scope)))
    return digests.digest(session.database, session.types, units)


def _result_words(result: BundleResult) -> str:
    """What became of a file, for the log: whose and which, and the five outcomes or the kind of problem."""
    if result.problem is not None:
        return f"没有收：{type(result.problem).__name__}"
    counts = [result.applied, result.known, result.conflict, result.held, result.refused]
    said = (
        f"{words}{n}"
        for words, n in zip(("收下", "已有", "有分歧", "先留着", "不收"), counts, strict=True)
        if n
    )
    unwritten = " 收到过本机没有写过的数据包" if result.unwritten else ""
    return f"{result.sender}第{result.sequence}号 共{result.total}项 {' '.join(said)}".rstrip() + unwritten


def _target(session: Session, out: Path, link: Link) -> Path:
    """A file as given, or in a folder a name that says from whom, to whom, which number and when."""
    if not out.is_dir():
        return out
    day = session.environment.today().strftime("%Y%m%d")
    # Long names are cut before the number, by which bundles are told apart.
    path = out / f"{safe_name(f'{session.unit.name}_{link.name}')}_{link.sequence + 1:04d}_{day}.xsj"
    # Two computers of one unit, be they above or below, give their files the same names; own former tries have numbers
    # of their own (rule 22).
    return free_path(path)
