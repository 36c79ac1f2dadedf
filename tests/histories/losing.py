"""The computer of the top of a random history is lost with all its backups, and another begins a tree of its own.

What the lost root had written, and what others had written that came from it alone, does not come back to the new one
(format document, known residue). What those below have written themselves does, and among them all is as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desktop.records.versions.deciding import SAME
from desktop.store.peers import received
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.store.queries.units import subtree
from desktop.sync.authority import station
from desktop.sync.errors import UnknownRoot
from desktop.sync.errors.enrolment import BadRootStatement
from desktop.sync.merging import orphaned
from tests.histories.comparing import heads_of, rows_of, with_children_elsewhere
from tests.histories.granting import Granting
from tests.histories.travelling import PASSING
from tests.sync.desks import Desk, begin_tree


class Losing(Granting):
    """A history in which the root may be lost, once."""

    acts = (*Granting.acts, "lose_root", "lose_root")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lost_root = ""
        """The station that was the root before another began anew."""
        self.before: set[str] = set()
        """The stations that had heard of it what they still hold."""
        self.then: dict[str, set[str]] = {}
        """And below or at which of them each unit was by then."""

    def lose_root(self, desk: Desk) -> object:
        """Another computer begins a tree for the unit of the top, and those below compare the words of its root.

        Who is above enrols who is below, the highest first; some of them later.
        """
        old = self.district
        if self.lost_root or self.doubtful or self.waiting or self.relapsed:
            return None
        if self._still_unsaid():
            # Who accepts the next root says that once more, and whom it shuts out is let in by nobody (known residue).
            return "a word is out"
        if any(
            d.keys.first.public_key != d.keys.public_key for d in self.desks if self.above.get(d.name) is old
        ):
            # Nobody knows of keys of before that only the lost root had granted (known residue).
            return None
        self._same_time(*self.desks)
        self._bring_back()
        self._down()
        for name in ("said", "lifted", "returned", "decided", "done"):
            setattr(self, name, [said for said in getattr(self, name) if said[0] is not old])
        below = sorted(self.below(old), key=lambda d: len(self.over(d)))
        for d in below:
            for unit in subtree(old.database, d.unit):
                self.then.setdefault(unit, set()).add(d.station)
        made = self._begun_anew(old, old, f"{old.name}新")
        begin_tree(made)
        self.before = {d.station for d in below}
        self.lost_root, self.district = old.station, made
        self.above = {name: made if above is old else above for name, above in self.above.items()}
        self.offers.clear()
        self.snapshots.clear()
        # Who has compared the words already does not take what others send under the former root, nor they from him.
        self.passing = (*PASSING, UnknownRoot, BadRootStatement)
        later = {d.name for d in below if self.rnd.random() < 0.3}
        for d in below:
            if later.isdisjoint(x.name for x in (d, *self.over(d))):
                self.put_under(d, made if self.above[d.name] is made else self.above[d.name])
                self._report(d)
            else:
                self.waiting.append(d)
        return old.name, sorted(later)

    def put_under(self, below: Desk, desk: Desk, incarnation: str | None = None) -> None:
        """Who accepts another root says once more what the lost one had let not count below him."""
        chain, heard = station.own_chain(below.ledger), station.history(desk.database).known
        before = None
        if self.lost_root and chain and chain[-1] not in heard:
            before = station.knowledge(below.ledger, below.keys).policy
        super().put_under(below, desk, incarnation)
        if before is not None:
            orphaned.say_again(below.ledger, below.keys, before, below.name)
            said = sorted(below.records("revocation") - {record for _, _, record in self.said})
            # It may be put into use again, as whatever was said.
            self.said += [
                (below, "revocation", record)
                for record in said
                if below.ledger.unit_of("revocation", record) == below.unit
            ]

    def holds_all(self, desk: Desk, unit: str) -> bool:
        """Whether a station holds all of a unit below it: both were there before the loss, and it lies alike."""
        return not self.lost_root or (
            self.has_heard(desk)
            and desk.station in self.then.get(unit, {desk.station})
            and _superior(desk, unit) == _superior(self.district, unit)
        )

    def has_heard(self, desk: Desk) -> bool:
        """Whether a station was there before the root was lost; who begins later has only what the new one has."""
        return not self.lost_root or desk.station in self.before

    def _compared(self, office: Desk, below: Desk) -> bytes | None:
        if not self.lost_root:
            return None
        # Who has given it may be gone by now; it lay under the same root.
        known = office if office in self.desks else self.district
        here, there = (station.own_chain(d.ledger)[-1] for d in (known, below))
        return None if there in station.history(known.database).known else here


def check_new_root(history: Losing, desk: Desk) -> None:
    """The new root has what a station below has written, and shows the same but for what hangs on the loss."""
    top = history.district
    # What the lost one had vouched for does not go up, and of two that are one station each has what the other has not.
    through = [desk, *history.over(desk)][-2]
    for station_id, incarnation, first, last in through.database.rows(
        "SELECT o.station, o.incarnation, s.first, s.last FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE s.vouched IS NULL"
    ):
        if (
            station_id == desk.station
            and station_id not in history.doubtful
            and desk.unit in top.records("unit")
        ):
            there = received.origins(top.database).get((station_id, incarnation))
            known = received.spans(top.database, there) if there is not None else []
            assert any(a <= first and last <= b for a, b in known), (
                desk.name,
                incarnation,
                first,
                last,
                known,
            )
    check_after_loss(history, desk, top)


def check_after_loss(history: Losing, desk: Desk, top: Desk) -> None:
    """Who has begun above a station since the loss shows the same but for what hangs on it."""
    # What the lost root had said of units stands below.
    everything = history.units_of(desk)
    units = {unit for unit in everything if _superior(desk, unit) == _superior(top, unit)}
    heads = {d.name: heads_of(d) for d in (desk, top)}
    differing = {record for *_, record in _unheard(desk, top)}
    for d in (desk, top):
        for edge, *ends in d.database.rows("SELECT lower(hex(id)), one, other FROM r_same"):
            differing |= {*ends} if edge in differing else set()
    lost = {near for record in differing for near in _with(record, heads.values())}
    elsewhere = with_children_elsewhere(top, units)
    for type_name in ("firm", "visit", "prize", ATTACHMENT, PART):
        here, there_ = (rows_of(d, type_name, units, elsewhere, heads[top.name]) for d in (desk, top))
        for record in here.keys() | there_.keys():
            if here.get(record) != there_.get(record):
                near = {record, *_links(desk, type_name, record), *_links(top, type_name, record)}
                assert not lost.isdisjoint(x for r in near for x in _with(r, heads.values())), (
                    desk.name,
                    record,
                )
    if not lost and units == {*everything}:
        assert desk.digest(desk.unit).sha256 == top.digest(desk.unit).sha256, desk.name


def _superior(desk: Desk, unit: str) -> object:
    return (desk.values(unit, "unit") or {}).get("superior")


def _unheard(desk: Desk, top: Desk) -> Iterator[tuple[str, str, int, str]]:
    """The items in which a station and the root differ: one has not come, or waits, or was taken back by what has not.

    What has come and waits for nothing is the same at both, or nothing excuses it.
    """
    here, there, known = _said(desk), _said(top), received.origins(top.database)
    for key in dict(here.items() ^ there.items()):
        station_id, incarnation, number, _ = key
        ref = known.get((station_id, incarnation), 0)
        has_come = any(a <= number <= b for a, b in received.spans(top.database, ref))
        if not has_come or here.get(key) in ("held", "refused") or there.get(key) == "held":
            yield key


def _said(desk: Desk) -> Mapping[tuple[str, str, int, str], str]:
    """Each item by station, incarnation, number and record, with what has become of it."""
    births = " UNION ALL ".join(
        f"SELECT _origin, _number AS number, id AS record, 'counts' AS outcome FROM r_{name}"
        for name in ("firm", "visit", ATTACHMENT, PART, SAME)
    )
    return {
        (station, incarnation, number, record): outcome
        for station, incarnation, number, record, outcome in desk.database.rows(
            f"SELECT o.station, o.incarnation, i.number, lower(hex(i.record)), i.outcome FROM ({births} UNION ALL"
            " SELECT origin, number, record, 'counts' FROM version UNION ALL"
            " SELECT origin, number, record, 'held' FROM held UNION ALL"
            " SELECT origin, number, record, 'refused' FROM refused) i JOIN origin o ON o.ref = i._origin"
        )
    }


def _with(record: str, heads: Iterable[Mapping[str, str]]) -> set[str]:
    """A record, and those that are one with it somewhere."""
    return {
        record,
        *(r for found in heads for r, head in found.items() if record in found and head == found[record]),
    }


def _links(desk: Desk, type_name: str, record: str) -> set[str]:
    """The records that one names."""
    values = desk.values(record, type_name) or {}
    return {str(values[name]) for name in ("firm", "partner", "record", "attachment") if values.get(name)}
