"""Which other conflicts the choice in one would settle too, and what is asked before it does."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.ui.pages.conflicts.reading import Dispute, Side

_MOST_NAMED = 6


def alike(dispute: Dispute, side: Side, others: Sequence[Dispute]) -> tuple[list[tuple[Dispute, Side]], str]:
    """Conflicts about the same field, each with what it will say then, and the question whether they shall.

    First those between the same people; else those between the same values, as two ways of writing one thing; else
    those in which who was right here stands against other units, as a district does that has brought one table up to
    date for all of its towns.
    """
    if dispute.deletion:
        return [], ""
    who = dispute.called(side)
    same_people = [(d, d.said_by(side)) for d in others if d.authors == dispute.authors]
    same_values = [(d, d.saying(side)) for d in others if d.values == dispute.values]
    elsewhere = [(d, d.said_by(side)) for d in others]
    for candidates, words in (
        (same_people, f"也有一样的分歧，是不是都照这样定，采用{who}填的？"),
        (same_values, "也是这几种填法，是不是都照这样定？"),
        (elsewhere, f"，{who}和别的单位也填得不一样，是不是都采用{who}填的？"),
    ):
        found = [
            (other, same) for other, same in candidates if same is not None and other.same_field(dispute)
        ]
        if found:
            named = "\n".join(_told(*one) for one in found[:_MOST_NAMED])
            more = "\n……" if len(found) > _MOST_NAMED else ""
            return found, f"另外{len(found)}条记录的“{dispute.label}”{words}\n\n{named}{more}"
    return [], ""


def _told(dispute: Dispute, side: Side) -> str:
    """A conflict that is decided along with another, and what it will say then, as far as that is shown."""
    value = "、".join(side.texts[n] for n in sorted(dispute.differing))
    return f"· {dispute.title}" + (f"：{value}" if value else "")
