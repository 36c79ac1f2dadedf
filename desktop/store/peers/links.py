"""Links: what is known of each peer, the journal position it has received, and what was received from it (rule 21)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from desktop.errors import StateProblem
from desktop.store.tables.database import Database

_COLUMNS = (
    "peer, upward, unit, name, recipient, confirmed, acknowledged, peer_incarnation, sequence, previous,"
    " received_incarnation, received, received_sequence, receipt, answered"
)

_BEFORE = "before"
"""Under which a position is kept that a peer has confirmed before this station's present incarnation."""
_LEFT = -1
"""The date of an incarnation that a peer has left for certain."""


class NoLink(StateProblem):
    """There is nobody to send to."""

    exit_code = 22
    next_step = "请先办理入网：本机导出申请，上级批准后导入批准文件。"


@dataclass(frozen=True, slots=True)
class Link:
    """One peer, above (``upward``) or below. Positions are those of segments in the sender's journal.

    ``acknowledged`` is what the peer has of ours, ``received`` what we have of its journal in its incarnation
    ``received_incarnation``. ``sequence`` is the last bundle sent, ``received_sequence`` the last one received.
    """

    peer: str
    upward: bool
    unit: str
    name: str
    recipient: str
    confirmed: bool
    acknowledged: int
    peer_incarnation: str
    sequence: int
    previous: str | None
    received_incarnation: str
    received: int
    received_sequence: int
    receipt: int
    answered: int


def all_links(database: Database) -> list[Link]:
    """Every peer, those above first."""
    return [
        _link(row) for row in database.rows(f"SELECT {_COLUMNS} FROM link ORDER BY upward DESC, name, peer")
    ]


def link_to(database: Database, peer: str) -> Link | None:
    """The link with a station."""
    row = database.row(f"SELECT {_COLUMNS} FROM link WHERE peer = ?", (peer,))
    return None if row is None else _link(row)


def uplink(database: Database) -> Link:
    """The link with the level above; raises :class:`NoLink`."""
    row = database.row(f"SELECT {_COLUMNS} FROM link WHERE upward = 1 ORDER BY rowid DESC LIMIT 1")
    if row is None:
        raise NoLink("本单位还没有入网，不知道要把数据包发给谁。")
    return _link(row)


def connect(database: Database, peer: str, *, upward: bool, unit: str, name: str, recipient: str) -> None:
    """Begins a link, or brings names and keys of an existing one up to date; only one parent at a time."""
    if upward:
        # Who becomes the parent again counts on: a bundle or a receipt with a number of before would be no new one.
        # So does who was below: what is sent upward is something else, and begins anew.
        database.execute(
            "INSERT INTO meta (key, value) SELECT 'counted_' || peer, sequence || ' ' || receipt FROM link"
            " WHERE upward = (peer <> ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (peer,),
        )
        was_below = database.value("SELECT 1 FROM link WHERE upward = 0 AND peer = ?", (peer,))
        for note in ("looked", "went") if was_below else ():
            database.execute("DELETE FROM meta WHERE key = ?", (f"{note}_{peer}",))
        database.execute("DELETE FROM link WHERE upward = (peer <> ?)", (peer,))
    counted = database.value("SELECT value FROM meta WHERE key = ?", (f"counted_{peer}",))
    sequence, receipt = map(int, str(counted or "0 0").split())
    database.execute(
        "INSERT INTO link (peer, upward, unit, name, recipient, sequence, receipt) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (peer)"
        " DO UPDATE SET unit = excluded.unit, name = excluded.name, recipient = excluded.recipient",
        (peer, int(upward), unit, name, recipient, sequence, receipt),
    )


def was_above(database: Database, peer: str) -> bool:
    """Whether a station was the parent of this one and is so no more."""
    link = link_to(database, peer)
    counted = database.value("SELECT value FROM meta WHERE key = ?", (f"counted_{peer}",))
    return counted is not None and (link is None or not link.upward)


def confirm(database: Database, peer: str, incarnation: str) -> None:
    """The peer has accepted its certificate."""
    database.execute(
        "UPDATE link SET confirmed = 1, received_incarnation = CASE WHEN received_incarnation = ''"
        " THEN :incarnation ELSE received_incarnation END WHERE peer = :peer",
        {"peer": peer, "incarnation": incarnation},
    )


def reserve_sequence(database: Database, peer: str) -> int:
    """The number of the next bundle to a peer; committed before anything is written (rule 22)."""
    return int(
        database.value("UPDATE link SET sequence = sequence + 1 WHERE peer = ? RETURNING sequence", (peer,))
    )


def note_sent(database: Database, peer: str, digest: str) -> None:
    """The last bundle to a peer, which the next one names. What it carries once more waits for an answer."""
    database.execute("UPDATE link SET previous = ? WHERE peer = ?", (digest, peer))
    database.execute("DELETE FROM meta WHERE key = ?", (f"confirmed_{peer}",))


def note_received(
    database: Database,
    peer: str,
    incarnation: str,
    sequence: int,
    spans: list[tuple[int, int]],
    *,
    anew: bool = False,
) -> None:
    """Takes the journal positions of a bundle into what was received without a gap.

    A span is the position before a segment and the segment's own. A new incarnation begins again from 0. So does who
    begins ``anew``, with all that there is: of two computers that were one the journals differ, and the position in
    that of the other would never be one of its own.
    """
    link = link_to(database, peer)
    if link is None:
        return
    anew = anew and bool(spans) and min(spans)[0] == 0
    position = link.received if link.received_incarnation in ("", incarnation) and not anew else 0
    furthest = _furthest(database, link, incarnation)
    for before, at in sorted(spans):
        if before <= position < at:
            position = at
        if before <= furthest < at:
            furthest = at
    if furthest > position:
        _keep_numbers(database, f"furthest_{peer}", {incarnation: furthest})
    database.execute(
        "UPDATE link SET received = ?, received_incarnation = ?, received_sequence = max(?,"
        " CASE WHEN received_incarnation = ? THEN received_sequence ELSE 0 END) WHERE peer = ?",
        (position, incarnation, sequence, incarnation, peer),
    )


def go_back(database: Database, link: Link, position: int) -> Link:
    """The peer is to send its journal once more from a position; the link as it is then.

    What came after that is here all the same: a bundle that goes on from there has nothing missing before it.
    """
    of = link.received_incarnation
    _keep_numbers(database, f"furthest_{link.peer}", {of: _furthest(database, link, of)})
    received = min(link.received, position)
    database.execute("UPDATE link SET received = ? WHERE peer = ?", (received, link.peer))
    return replace(link, received=received)


def is_gap(database: Database, link: Link, incarnation: str, before: int) -> bool:
    """Whether something is missing before a position at which a bundle of a peer begins.

    Of two computers that were one each goes on in its own journal, of which all may have come as well.
    """
    if link.received_incarnation == incarnation and before <= link.received:
        return False
    return before > _furthest(database, link, incarnation)


def _furthest(database: Database, link: Link, incarnation: str) -> int:
    """The furthest position of any journal of an incarnation up to which all has come."""
    beside = _numbers(database, f"furthest_{link.peer}").get(incarnation, 0)
    return max(beside, link.received if link.received_incarnation == incarnation else 0)


def note_recipient(database: Database, peer: str, incarnation: str, sequence: int, recipient: str) -> None:
    """The key that the level above wants to be written to, by its certificate in the newest of its bundles."""
    database.execute(
        "UPDATE link SET recipient = ? WHERE peer = ? AND upward AND received_incarnation = ?"
        " AND received_sequence = ?",
        (recipient, peer, incarnation, sequence),
    )


def ask_again(database: Database) -> None:
    """The level above is to send its journal from the start: what it holds of this station may be missing here."""
    database.execute("UPDATE link SET received = 0 WHERE upward")


def send_all_again(database: Database) -> None:
    """No peer is known to hold anything of this station's present incarnation; what it confirmed before is remembered.

    That is for people alone: nobody has to wait for a receipt that he has got, nor for one that fits no more.
    """
    for link in all_links(database):
        said = confirmed(database, link.peer, link.acknowledged)
        _keep_numbers(database, f"confirmed_{link.peer}", {_BEFORE: said})
        _keep_numbers(database, f"exported_{link.peer}", {_BEFORE: link.sequence})
    database.execute("UPDATE link SET acknowledged = 0")


def confirmed(database: Database, peer: str, acknowledged: int) -> int:
    """Up to which journal position a peer has said to have it, in whichever incarnation of this station."""
    return max(acknowledged, _numbers(database, f"confirmed_{peer}").get(_BEFORE, 0))


def is_of_before(database: Database, peer: str, sequence: int) -> bool:
    """Whether a bundle was written in an incarnation that this station has left: no receipt to it says what is held."""
    return sequence <= _numbers(database, f"exported_{peer}").get(_BEFORE, 0)


def forget_all(database: Database) -> None:
    """A copy of a laptop has no peers, and what was written for them is the original's: it counts its own from one."""
    database.execute("DELETE FROM link")
    database.execute("DELETE FROM exported")
    for notes in ("looked", "went", "heard", "answered", "furthest", "confirmed", "passed", "exported"):
        database.execute("DELETE FROM meta WHERE key GLOB ?", (f"{notes}_*",))


def note_receipt(
    database: Database,
    peer: str,
    peer_incarnation: str,
    own_incarnation: bool,
    position: int,
    number: int,
    *,
    newest: bool = False,
    again: bool = False,
    made: int = 0,
    now: int = 0,
) -> bool:
    """What a peer says it has of ours. An older receipt than the last changes nothing (rule 25); says if it was new.

    So is that in the ``newest`` bundle, though its number be lower: a copy of that computer may have counted further.
    What that copy said comes to nothing when it is merged ``again``, or late, though its number be higher: its bundle
    was ``made`` before the one with the last receipt, ms since 1970. A date later than ``now`` proves nothing.

    ``own_incarnation`` is whether the receipt speaks of this station's present incarnation; else nothing of it is
    known to have arrived and all is sent again. A peer that begins a new incarnation counts its receipts anew and
    may state a lower position: it was restored (rule 21).
    """
    link = link_to(database, peer)
    counted = link is not None and link.peer_incarnation in ("", peer_incarnation)
    dates = _numbers(database, f"answered_{peer}")
    late = made < dates.get(peer_incarnation, _LEFT) <= now
    older = link is not None and (number <= link.answered or (again and link.peer_incarnation != "") or late)
    if link is None or (counted and older and not newest):
        return False
    _keep_numbers(database, f"answered_{peer}", {peer_incarnation: made})
    # Who was restored may have lost what it confirmed before.
    database.execute(
        "DELETE FROM meta WHERE key = ? AND ? NOT IN ('', ?)",
        (f"confirmed_{peer}", link.peer_incarnation, peer_incarnation),
    )
    database.execute(
        "UPDATE link SET acknowledged = ?, answered = ?, peer_incarnation = ? WHERE peer = ?",
        (position if own_incarnation else 0, number, peer_incarnation, peer),
    )
    return True


def hear(database: Database, peer: str, incarnation: str, made: int, older: Set[str]) -> bool:
    """A bundle was heard that a peer has made at this moment, ms since 1970; whether it speaks in this incarnation now.

    What an incarnation that it has left says of its journal and ours, and comes late, says nothing. Of two that are
    heard the one with the newest bundle is the present one: a bundle of the other may be late, and be the first of it.
    A clock that was ahead is believed until another bundle is newer, but segments of one incarnation in the journal of
    another say for certain that it is ``older``, until that one's own are among those.
    """
    if database.row("SELECT 1 FROM link WHERE peer = ?", (peer,)) is None:
        return False
    heard = _numbers(database, f"heard_{peer}")
    revived = _present(heard) in older
    heard |= dict.fromkeys(older, _LEFT)
    if heard.get(incarnation) != _LEFT or revived:
        heard[incarnation] = max(made, heard.get(incarnation, _LEFT))
    _keep_numbers(database, f"heard_{peer}", heard)
    return _present(heard) == incarnation


def is_newest(database: Database, peer: str, incarnation: str, created: int) -> bool:
    """Whether a bundle says that it was made later than all others that a peer has made in this incarnation.

    Where a clock was once far ahead none does until then; their numbers still tell.
    """
    dates = _numbers(database, f"dated_{peer}")
    if created <= dates.get(incarnation, _LEFT):
        return False
    _keep_numbers(database, f"dated_{peer}", dates | {incarnation: created})
    return True


def has_left(database: Database, peer: str, incarnation: str) -> bool:
    """Whether a peer speaks in this incarnation no more, for certain."""
    return _numbers(database, f"heard_{peer}").get(incarnation) == _LEFT


def speaks_in(database: Database, peer: str) -> str:
    """The incarnation in which a peer speaks now; the empty text where nothing of it was heard."""
    return _present(_numbers(database, f"heard_{peer}"))


def has_answered(database: Database, peer: str, peer_incarnation: str, number: int) -> bool:
    """Whether this is the receipt of a peer that was noted last."""
    link = link_to(database, peer)
    return link is not None and (link.peer_incarnation, link.answered) == (peer_incarnation, number)


def looked_through(database: Database, link: Link) -> int:
    """Up to which journal position there is nothing for a peer that it has not acknowledged.

    What was found so holds for the unit and the incarnation of the peer, and from the position that it had then.
    """
    value = database.value("SELECT value FROM meta WHERE key = ?", (f"looked_{link.peer}",))
    if value is not None:
        upto, since, *of = str(value).split()
        if int(since) <= link.acknowledged and of == _looked_of(link):
            return max(int(upto), link.acknowledged)
    return link.acknowledged


def note_looked_through(database: Database, link: Link, upto: int) -> None:
    """There is nothing for the peer between what it has acknowledged and this journal position."""
    if upto > link.acknowledged:
        database.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (f"looked_{link.peer}", " ".join([str(upto), str(link.acknowledged), *_looked_of(link)])),
        )


def went_on(database: Database, link: Link) -> tuple[int, int]:
    """The journal position from which the next bundle goes on, and that up to which the journal was known then.

    They are what the peer has acknowledged, or where the last bundle ended if it could not hold all. One that holds all
    that is left ends that: the next begins again with what is not acknowledged, in case that one of them was lost.
    """
    value = database.value("SELECT value FROM meta WHERE key = ?", (f"went_{link.peer}",))
    if value is not None:
        upto, end, since, *of = str(value).split()
        if int(since) <= link.acknowledged <= int(upto) and of == _looked_of(link):
            return int(upto), int(end)
    return link.acknowledged, link.acknowledged


def note_went(database: Database, link: Link, upto: int | None) -> None:
    """How far a bundle went that could not hold all; none if it could."""
    database.execute("DELETE FROM meta WHERE key = ?", (f"went_{link.peer}",))
    if upto is not None:
        database.execute(
            "INSERT INTO meta (key, value) SELECT ?, ? || ' ' || max(position) || ' ' || ? FROM segment",
            (f"went_{link.peer}", upto, " ".join([str(link.acknowledged), *_looked_of(link)])),
        )


def _looked_of(link: Link) -> list[str]:
    return [part for part in (link.unit, link.received_incarnation) if part]


def _numbers(database: Database, key: str) -> dict[str, int]:
    """A date or a position for each incarnation of a peer, in the order in which they were heard first."""
    value = database.value("SELECT value FROM meta WHERE key = ?", (key,))
    words = (word.split("=") for word in str(value or "").split())
    return {incarnation: int(number) for incarnation, number in words}


def _keep_numbers(database: Database, key: str, numbers: dict[str, int]) -> None:
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, " ".join(f"{name}={at}" for name, at in numbers.items())),
    )


def _present(heard: dict[str, int]) -> str:
    """That in which a peer speaks now; of two with bundles of one moment the one that was heard later."""
    return max(reversed(heard), key=heard.__getitem__, default="")


def next_receipt(database: Database, peer: str) -> int:
    """The number of the next receipt to a peer."""
    return int(
        database.value("UPDATE link SET receipt = receipt + 1 WHERE peer = ? RETURNING receipt", (peer,))
    )


def _link(row: tuple[object, ...]) -> Link:
    values = list(row)
    values[1], values[5] = bool(values[1]), bool(values[5])
    return Link(*values)  # type: ignore[arg-type]  # the columns are those of ``Link``, in its order
