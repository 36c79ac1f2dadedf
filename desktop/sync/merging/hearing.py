"""Hears what a peer says that it has received, and what became of it there (rule 25)."""

from __future__ import annotations

from desktop.store.ledger import Ledger
from desktop.store.peers import exchanged, links, segment_log
from desktop.sync.formats.receipts import Receipt
from desktop.sync.signed.manifest import DOWN, Manifest


def is_unwritten(ledger: Ledger, said: Manifest, receipt: Receipt) -> bool:
    """Whether a peer has received a bundle that this very ledger has not written, in its present incarnation.

    Then it was set back to what it had been before and nobody has noticed, or a copy of it is in use. A bundle that was
    written when the power failed, before it was noted, ended in this journal as well.
    """
    if receipt.continues or receipt.incarnation != ledger.incarnation:
        return False
    return not (
        exchanged.ended_at(ledger.database, said.sender, receipt.position)
        or segment_log.stands_at(ledger.database, receipt.position)
    )


def hear(ledger: Ledger, said: Manifest, receipt: Receipt, *, made: int, newest: bool, again: bool) -> int:
    """Takes in a receipt of a bundle whose sender speaks in this incarnation now; how much of it was news.

    ``made`` is the date of the bundle as far as it is believed; it may be the ``newest`` of its incarnation, or one
    that is merged ``again``.
    """
    database = ledger.database
    link = links.link_to(database, said.sender)
    # Computers of one unit may send each other bundles in both directions, but only the level above answers.
    answers = said.kind == DOWN and link is not None and link.upward
    if receipt.continues:
        goes_on = links.has_answered(database, said.sender, said.incarnation, receipt.number)
        if goes_on and answers:
            exchanged.keep_answers(database, said.sender, receipt.answers, more=True)
            return receipt.count
        return 0
    # A copy of this computer hears of what the original has sent. Its own has yet to show the two contents.
    own = receipt.incarnation == ledger.incarnation and exchanged.ended_at(
        database, said.sender, receipt.position
    )
    fresh = links.note_receipt(
        database,
        said.sender,
        said.incarnation,
        own,
        receipt.position,
        receipt.number,
        newest=newest,
        again=again,
        made=made,
        now=ledger.environment.now(),
    )
    if fresh and answers:
        exchanged.keep_answers(database, said.sender, receipt.answers)
        return 1 + receipt.count
    return int(fresh)
