"""A random history over five stations in three levels, or six in four, with whatever may happen to them.

Records are born twice, edited, grouped, moved, deleted, revived and undone; items are withdrawn, revoked and let in
again; laptops are restored, set back unnoticed, copied, given new keys and clocks that are days or years wrong; one of
them has a newer program, which others get later. Bundles are lost, doubled, late, out of order, cut anew, and too small
for all that is due. Each of these has a room of its own, one on top of the other: ``stations``, ``travelling``,
``recording``, ``speaking``, ``restoring`` and ``renewing`` below this one, which draws what happens and ends it; above
it ``people``, ``offices``, ``deciding``, ``asking``, ``machines``, ``batching`` and ``replacing``. What seldom meets by
itself is brought together in ``combining``, ``crossing`` and ``unsaying``; in ``reordering`` what one has heard comes
to a copy of it in another order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from desktop.store.peers import links
from desktop.store.tables.clock import WrongClock
from tests.histories.renewing import Renewing
from tests.sync.desks import DAY, Desk

MOST_TURNS: Final = 12
"""So often somebody may have to be let in, or a fork to be decided, that was heard of only by what came before."""
OFTEN: Final = (
    "birth", "birth", "edit", "edit", "edit", "contact", "visit", "send", "send", "send", "deliver", "deliver",
    "deliver", "deliver",
)  # fmt: skip
ACTS: Final = (
    "count", "move", "delete", "undo", "novelty", "recut", "exclude", "revoke", "lift", "redate", "run_ahead",
    "fall_behind", "snapshot", "restore", "set_back", "copy", "renew", "change_root", "settle_fork",
    "contest", "contest", "contest", "contest", "join", "join", "part", "update", "relapse", "relapse",
)  # fmt: skip


class History(Renewing):
    """One history, repeatable by its seed."""

    acts: tuple[str, ...] = ACTS
    """What happens now and then."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.log: list[str] = []

    def step(self) -> None:
        """Something happens somewhere."""
        desk = self.rnd.choice(self.desks)
        desk.time.at += self.rnd.choice((0, 0, 5_000, 3_600_000))
        name = self.rnd.choice(OFTEN) if self.rnd.random() < 0.6 else self.rnd.choice(self.acts)
        act: Callable[[Desk], object] = getattr(self, name)
        typed = len(self.typed)
        try:
            told = act(desk)
        except WrongClock:
            del self.typed[typed:]
            desk.time.at = self.latest
            told = "its clock was put right"
        self.log.append(f"{desk.name} {name} {told}")

    def finish(self) -> None:
        """Clocks are put right, whoever was shut out is let in, forks are decided, and everything arrives."""
        # By then the day has come of what was dated ahead and nobody has said anything about.
        at = max(self.latest, self.furthest) + 2 * DAY
        for n, d in enumerate(self.desks):
            d.time.at = at + n * 60_000
        for d in self.desks:
            d.ledger.clock.confirm()
        self._let_in()
        # Two that go on from one state are told from each other by what they write, once all of it is heard.
        for desk, _ in self.pairs:
            if desk.station in self.doubtful:
                # Of some numbers the district may have said that they do not count, whatever they are.
                for _ in range(4):
                    desk.birth("firm", {"name": self.word(desk)})
                links.send_all_again(desk.database)
                self.bring(self.above[desk.name], desk)
        at_rest = self.settle()
        # What a desk had said before it was restored may only have come back now.
        for _ in range(MOST_TURNS):
            # Whoever has not followed what was decided of it says nothing that counts.
            if not self._let_in() | self._settle_forks():
                break
            at_rest = self.settle()
        else:
            raise AssertionError("somebody is let in, or a fork is decided, without end")
        assert at_rest or self.settle()

    def _let_in(self) -> bool:
        """Whether somebody was revoked; nobody is any more."""
        revoked = [
            (desk, record)
            for desk, name, record in (*self.said, *self.lifted)
            if name == "revocation" and (shown := desk.shown(record, name)) is not None and shown.life != 1
        ]
        for desk, record in revoked:
            desk.lift(record, "revocation")
        return bool(revoked)

    def _settle_forks(self) -> bool:
        """Whether something was decided, or followed by a computer."""
        decided = self._decide()
        followed = [self.follow(d) for d, _ in self.pairs]
        return bool(decided) or any(followed)
