"""What is done with files that came, in the writer's thread: looked at, merged, answered with receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from desktop.operations.recording import conflicts
from desktop.operations.session import Here, Session
from desktop.operations.stations import decided, inbox, traffic, uncounted, unsettled
from desktop.operations.stations.decided import Told
from desktop.operations.stations.inbox import Aftermath
from desktop.operations.stations.listed import Listings
from desktop.operations.stations.traffic import RECEIPTS, MergeOutcome, Seen
from desktop.sync.merging.results import BundleResult
from desktop.ui.pages.sync.preview import Shown
from desktop.ui.worker import Cancelled, Ticket

RECEIPT = "回执"
"""Before the name of whom one is written for, in what a merge says of how far it is."""


Standing = tuple[tuple[int, int] | None, ...]
"""Size and time of files, of each in its turn; nothing of one that is not there."""


class Looked(NamedTuple):
    """The files in the order in which they are merged, and how they lay there when they were looked at."""

    files: list[Shown]
    standing: Standing


class Done(NamedTuple):
    """What merging did, the files as they are shown after it, what followed, and why own items came back with it.

    ``aside`` is why items of others that had counted here do so no longer, ``decided`` which own values were replaced;
    ``again`` how many own items and how many of others count again that had not. ``due`` is how many conflicts there
    are that this operator may decide.
    """

    outcome: MergeOutcome
    after: Sequence[Shown]
    afterwards: Aftermath
    back: Sequence[str]
    aside: Sequence[str]
    decided: Told
    again: tuple[int, int]
    due: int


def look(here: Here, paths: Sequence[Path], session: Session, ticket: Ticket) -> Looked | None:
    """What the files are; nothing where somebody has stopped it."""
    standing = lying(paths)
    try:
        listed = Listings(session.database, here)
        found = traffic.preview(session, here, inbox.in_order(paths), _say(ticket), listed)
        return Looked([_told(session, here, seen, seen.result, listed) for seen in found], standing)
    except Cancelled:
        return None


def lying(paths: Sequence[Path]) -> Standing:
    """How these files lie there now: who copies one anew changes its time."""
    return tuple(map(_lying, paths))


def _lying(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def merge(
    here: Here,
    paths: Sequence[Path],
    seen: Mapping[Path, Seen],
    receipts: Path | None,
    session: Session,
    ticket: Ticket,
) -> Done | None:
    """Merges files that were ``seen`` and writes receipts, where a folder is given; nothing where it was stopped."""
    downward = any(s.downward for s in seen.values())
    try:
        before = unsettled.refused(unsettled.unsettled(session.database, here) if downward else ())
        came = Listings(session.database, here)
        outcome = traffic.merge(session, paths, receipts, _say(ticket), _say_written(ticket), came)
    except Cancelled:
        return None
    if receipts is not None:
        traffic.remember_folder(session, RECEIPTS, receipts)
    bundles = outcome.report.bundles
    after = [_told(session, here, _now(seen.get(result.path), result), result, came) for result in bundles]
    listed = unsettled.unsettled(session.database, here) if downward else ()
    now = unsettled.refused(listed)
    back, aside = (
        [reason for item, reason in found.items() if item not in known]
        for found, known in zip(now, before, strict=True)
    )
    # Of a list that is cut nobody knows what has gone from it.
    whole = downward and not unsettled.unlisted(session.database)
    own, others = (unsettled.again(known, listed) if whole else 0 for known in before)
    replaced = decided.after_merge(session.database, here, bundles)
    due = conflicts.due_here(session)
    return Done(
        outcome, after, inbox.after_merge(session, bundles), back, aside, replaced, (own, others), due
    )


def answer(done: Done, folder: Path, session: Session, ticket: Ticket) -> Done:
    """Writes the receipts that could not be written before."""
    senders = [station for station, _ in done.outcome.failed]
    answered = traffic.answer(session, done.outcome, senders, folder, _say_written(ticket))
    return done._replace(outcome=answered)


def _say(ticket: Ticket) -> traffic.Progress:
    """Tells how far it is; between two files it can be stopped, and then nothing of the merge stands."""

    def say(done: int, total: int, words: str) -> None:
        ticket.check()
        ticket.progress(done, total, words)

    return say


def _say_written(ticket: Ticket) -> traffic.Progress:
    """Tells how far the receipts are, which nothing stops."""

    def say(done: int, total: int, name: str) -> None:
        ticket.written()
        ticket.progress(done, total, f"{RECEIPT}{name}")

    return say


def _now(before: Seen | None, result: BundleResult) -> Seen | None:
    """What the look before a merge found, with the numbers of after it."""
    return None if before is None else replace(before, result=result)


def _told(session: Session, here: Here, seen: Seen | None, result: BundleResult, listed: Listings) -> Shown:
    known = bool(result.total) and result.known == result.total
    return Shown(
        result.path,
        seen,
        unsettled.in_words(
            session.database, here, result.unapplied, seen.names if seen is not None else None
        ),
        known
        and uncounted.was_withdrawn(
            session.database, here, result.sender, result.incarnation, result.sequence
        ),
        listed.get(result.path, ()),
    )
