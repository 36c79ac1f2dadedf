"""Takes in one bundle of a merge: it is judged, then its receipt is heard and its segments are taken, part by part.

Order is that of ``trust`` (checks 1 to 16 and 24 to 26 for a bundle, 17 to 20 for its segments), then that of the rooms
for its items: ``forks`` tells what is known, ``judging`` what is refused or held, ``waiting`` puts it aside and tries
it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from operator import itemgetter

from desktop.errors import EnvironmentProblem, Problem, TrustProblem
from desktop.records.versions.deciding import UNIT
from desktop.records.versions.item_outcomes import HELD, HELD_CERTIFICATE, REFUSED, REFUSED_KEY
from desktop.store.ledger import Ledger
from desktop.store.peers import arrivals, links, passed, segment_log
from desktop.store.peers.links import Link
from desktop.store.queries import reading
from desktop.store.tables.database import Database
from desktop.sync import trust
from desktop.sync.authority import behind, speaking, station
from desktop.sync.bundles import envelope
from desktop.sync.bundles.envelope import OpenedBundle, Part
from desktop.sync.errors import BadSegment, BadSegmentSignature
from desktop.sync.formats import decoding, labels, receipts, segments
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.segments import Header
from desktop.sync.merging import hearing, returned, signers, waiting
from desktop.sync.merging.beside import Reader
from desktop.sync.merging.intake import Intake
from desktop.sync.merging.results import BundleResult, Taken
from desktop.sync.merging.verdicts import Verdicts
from desktop.sync.signed import certificates, persons
from desktop.sync.signed.identity import StationKeys, signature_stands
from desktop.sync.signed.manifest import DOWN, UP
from desktop.sync.trust import Verdict

_UNBELIEVED = TrustProblem, EnvironmentProblem
Ahead = tuple[str, Part]
"""The digest of a bundle, and its first part, which has been opened before its turn."""
_At = tuple[int, int]
"""Part and frame in which a segment of a bundle stands."""
_MOST_TURNS = 32
"""How often what was said of who is who is heard because somebody else speaks, before stations speak one by one."""


def take(
    ledger: Ledger,
    keys: StationKeys,
    intake: Intake,
    reader: Reader,
    result: BundleResult,
    *,
    merge: int,
    number: int,
    ahead: Ahead | None = None,
) -> Taken:
    """All of the bundle of which ``result`` tells, inside the caller's transaction.

    ``merge`` is its line in the ledger of merges, ``number`` that under which its items are told. What was opened
    ``ahead`` counts if the file is still that bundle, whose manifest names the bytes of its parts. Raises what the
    kernel refuses, :class:`BadSegment` and what the disk raises; the caller takes back what was written by then.
    """
    bundle = envelope.read_bundle(result.path)
    verdict = Verdicts(ledger, intake).verdict(bundle, result)
    said = verdict.manifest
    result.sender, result.incarnation, result.sequence = said.sender, said.incarnation, said.sequence
    result.total, result.merge = said.items, merge
    result.signed = frozenset(person.duty for person in verdict.signers)
    link = links.link_to(ledger.database, said.sender)
    if link is None and said.kind == UP:
        link = _begin_link(ledger, verdict)
    result.name = link.name if link is not None else ""
    intake.merge = merge
    first = ahead[1] if ahead is not None and ahead[0] == bundle.digest else None
    _Taking(ledger, keys, intake, reader, bundle, verdict, result).take(link, first)
    return Taken(result, said.incarnation, bundle.digest, merge, number)


def _begin_link(ledger: Ledger, verdict: Verdict) -> Link | None:
    """The link with a station that reports here by its own choice, and of which there is none (any more).

    It was enrolled after the backup from which this ledger was restored, and would wait for a receipt for ever.
    """
    said = verdict.manifest
    unit = reading.record(ledger.database, ledger.types, UNIT, said.unit)
    name = "" if unit is None else str(unit.values["name"] or "")
    recipient = verdict.sender.claims.recipient
    links.connect(ledger.database, said.sender, upward=False, unit=said.unit, name=name, recipient=recipient)
    links.confirm(ledger.database, said.sender, said.incarnation)
    return links.link_to(ledger.database, said.sender)


def unknown(database: Database, part: Part) -> Sequence[Frame]:
    """The segments of a part that are not here, so far as their labels tell."""
    found: list[Frame] = []
    for label, frame in zip(part.labels, part.frames, strict=True):
        with contextlib.suppress(BadSegment):  # a receipt, or a label that is refused when its turn comes
            labels.places(label)
            if segment_log.total_of(database, label[:5]) is None:
                found.append(frame)
    return found


class _Taking:
    """The parts of one bundle that is believed, taken one after the other."""

    def __init__(
        self,
        ledger: Ledger,
        keys: StationKeys,
        intake: Intake,
        reader: Reader,
        bundle: OpenedBundle,
        verdict: Verdict,
        result: BundleResult,
    ) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._keys = keys
        self._intake = intake
        self._reader = reader
        self._bundle = bundle
        self._verdict = verdict
        self._said = verdict.manifest
        self._made = min(self._said.created, ledger.environment.now())
        self._result = result
        self._seen = 0
        self._spans: list[tuple[int, int]] = []
        # Where each segment that nobody signs for yet is told to be held, and whose it is; and by which judge the first
        # was passed over.
        self._passed: dict[_At, tuple[int, str]] = {}
        self._unsigned: set[_At] = set()
        self._judge = intake.judge
        self._turns = 0
        # A bundle from above leaves out what the station has written itself, in the incarnation that its receipt names:
        # one that was made before a restore has not all that is missing here, so the journal goes on from where it was.
        self._complete = True
        self._speaks = self._newest = False
        # In which incarnation who reports here has heard this station; the root is told by trees as well.
        self._heard: str | None = None
        self._is_root = self._said.kind == UP and verdict.chain[-1].station == ledger.station

    def take(self, link: Link | None, first: Part | None) -> None:
        """All parts, of which the ``first`` may have been opened; ``link`` is that with the sender as it has been.

        Then once more what waited for a grant that has come after it, and what that says of the link.
        """
        said = self._said
        newest = links.is_newest(self._db, said.sender, said.incarnation, said.created)
        self._newest = newest
        again = not newest and self._bundle.digest in arrivals.merged_bundles(self._db, [self._bundle.digest])
        trees = self._intake.trees
        if self._is_root and behind.note_tree(self._ledger, said.sender, said.tree, trees, newest=newest):
            self._intake.judge_anew()
        for part in envelope.open_parts(self._bundle, self._verdict, self._keys, first):
            expected = unknown(self._db, part) if self._reader.in_advance else ()
            self._reader.expect(expected)
            self._take_part(part, newest=newest, again=again)
            self._reader.forget(expected)
            # Nothing of this part is in memory when the next one is opened.
            del part, expected
        if self._seen != self._result.total:
            raise BadSegment("the counts of the manifest are not those of its segments")
        self._take_passed()
        self._refuse_unsigned()
        self._intake.end()
        self._note_hearing(taken=True)
        if link is not None and self._spans:
            self._result.gap = links.is_gap(self._db, link, said.incarnation, self._spans[0][0])
        if self._passed or self._result.gap:
            self._intake.expect_more(self._take_late)
        if self._speaks:
            self._note_received(anew=newest)
        else:
            left = link is None or links.has_left(self._db, said.sender, said.incarnation)
            self._result.earlier = not left
        if said.kind == DOWN:
            recipient = self._verdict.sender.claims.recipient
            links.note_recipient(self._db, said.sender, said.incarnation, said.sequence, recipient)
        elif newest:
            speaking.note_chain(self._ledger, said.sender, self._bundle.chain)

    def _note_hearing(self, *, taken: bool) -> None:
        """Who has heard of a restore of this station gives back in this bundle what was lost with it."""
        said, heard = self._said, self._heard
        if heard is not None and behind.note_hearing(self._ledger, said.sender, heard, taken=taken):
            self._intake.judge_anew()

    def _note_received(self, *, anew: bool, past: bool = False) -> None:
        """Without what was passed over the journal of the sender does not go on, unless it may go ``past`` it."""
        said = self._said
        spans = self._spans if self._complete and (past or not self._passed) else []
        links.note_received(self._db, said.sender, said.incarnation, said.sequence, spans, anew=anew)

    def _take_late(self) -> bool:
        """What was passed over and somebody signs for, now that all of the merge is in; what came too early joins on.

        Whether anything came of it. The other files of the merge are in by now: whatever is wrong with this one must
        not undo them. It waits as was told, and the next bundle that brings it is refused for it.
        """
        before = len(self._passed), self._result.gap
        self._take_passed(_UNBELIEVED)
        if len(self._passed) < before[0]:
            self._intake.end()
        said, link = self._said, links.link_to(self._db, self._said.sender)
        # The sender may speak in another incarnation by now; and where more of its journal has come since, that does
        # not begin anew.
        if link is not None and link.received_incarnation == said.incarnation:
            past = self._may_go_past()
            self._result.gap &= links.is_gap(self._db, link, said.incarnation, self._spans[0][0])
            self._note_received(anew=self._newest and link.received_sequence == said.sequence, past=past)
        return (len(self._passed), self._result.gap) != before

    def _may_go_past(self) -> bool:
        """Whether all that was passed over is by stations whose units were moved away or are gone: it is noted whose.

        They may never be below this one again, and until then their segments would come with every bundle. Once they
        are, the sender is told to go back to where this bundle begins.
        """
        judge, stations = self._intake.judge, {name for _, name in self._passed.values()}
        why = {name: signers.why_nobody(self._db, judge, name) for name in stations}
        past = self._said.kind == UP and self._complete and bool(why) and HELD_CERTIFICATE not in why.values()
        if past:
            passed.note(self._db, self._said.sender, self._said.incarnation, self._spans[0][0], stations)
            for place, name in self._passed.values():
                # More has come since it was told.
                self._intake.give_reason(place, why[name])
        return past

    # -- parts -----------------------------------------------------------------------------------------------------

    def _take_part(self, part: Part, *, newest: bool, again: bool) -> None:
        said = self._said
        if len(part.labels) > 2 or len(said.parts) > 1:
            self._intake.set_alone()
        result = self._result
        result.signers = result.signers or persons.named(said, self._verdict.signers, part.names)
        spoke = links.speaks_in(self._db, said.sender) if said.kind == DOWN else ""
        former = labels.left(part.labels, said.sender, said.incarnation)
        self._speaks = links.hear(self._db, said.sender, said.incarnation, self._made, former)
        if spoke and spoke != (present := links.speaks_in(self._db, said.sender)):
            returned.bring_forward(self._ledger, said.sender, present)
        places: list[int] = []
        for place, (label, frame) in enumerate(zip(part.labels, part.frames, strict=True)):
            if label == receipts.LABEL:
                receipt = receipts.read(frame)
                if receipt.station != self._ledger.station:
                    raise BadSegment("the receipt is for another station")
                if said.kind == UP and self._newest and not receipt.continues:
                    self._heard = receipt.incarnation
                    self._note_hearing(taken=False)
                if self._speaks:
                    result.unwritten |= hearing.is_unwritten(self._ledger, said, receipt)
                    result.answered += hearing.hear(
                        self._ledger, said, receipt, made=self._made, newest=newest, again=again
                    )
                self._complete &= said.kind == UP or receipt.incarnation == self._ledger.incarnation
            else:
                total, before, position = labels.places(label)
                self._spans.append((before, position))
                self._seen += total
                places.append(place)
        for place in self._in_turn(places, part.labels):
            # The sender knows where its bundles ended, and goes on from there and from nowhere between.
            taken = self._take_labelled((part.number, place), part.labels[place], part.frames[place])
            self._complete &= taken or (part.number, place) in self._passed

    def _in_turn(self, places: Sequence[int], found: Sequence[object]) -> Iterator[int]:
        """The places in the order in which what stands there is taken: as it came, or station by station.

        Where two say who is who in turn, a thousand times, all that was ever said is gone through as often.
        """
        stations = [str(found[place][0]) for place in places]  # type: ignore[index]
        for at, station_id in enumerate(stations):
            self._turns += self._intake.hears_before(station_id)
            if self._turns > _MOST_TURNS:
                first = {name: n for n, name in reversed([*enumerate(stations)])}
                yield from sorted(places[at:], key=lambda place: first[str(found[place][0])])  # type: ignore[index]
                return
            yield places[at]

    # -- segments --------------------------------------------------------------------------------------------------

    def _take_labelled(self, at: _At, label: list[object], frame: Frame) -> bool:
        """One segment; whether the journal of the sender goes on. A known one is skipped undecoded (rule 20)."""
        total = segment_log.total_of(self._db, label[:5])
        if (
            total is not None
            and total == label[5]
            and not (
                self._said.kind == DOWN
                and signers.is_lacking(self._ledger, lambda: self._intake.judge, label)
            )
        ):
            self._result.known += total
            return True
        return self._take_segment(at, label, frame)

    def _take_segment(self, at: _At, label: list[object], frame: Frame) -> bool:
        """One segment that is not here."""
        arrived = self._reader.read(frame)
        header = arrived.header
        if header.label() != label[:6]:
            raise BadSegment("the label of a segment is not that of its header")
        if returned.is_own(self._ledger, header, self._said.kind):
            return self._take_returned(at, arrived)
        judge = self._intake.judge_of(header.station)
        signer = signers.signer(self._db, judge, self._verdict, header)
        if signer is None:
            # It is not taken into the journal, so the receipt asks for it again until the grant is here.
            self._pass(at, signers.why_nobody(self._db, judge, header.station), header, arrived.count)
            return False
        if signers.is_late(judge, self._verdict, signer, header):
            self._intake.pass_over(REFUSED, REFUSED_KEY, header, arrived.count)
            return True
        try:
            return self._intake.merge_segment(signer, arrived, self._result)
        except BadSegmentSignature:
            if not self._may_be_others(header):
                raise
            self._pass(at, HELD_CERTIFICATE, header, arrived.count)
            if header.station != self._said.sender:
                self._unsigned.add(at)
            return False

    def _take_returned(self, at: _At, arrived: Arrived) -> bool:
        """Own words that this ledger has lost, as a station below was told them."""
        header = arrived.header
        signer = returned.signer(self._ledger, self._intake.judge, header)
        if signer is None:
            self._pass(at, HELD_CERTIFICATE, header, arrived.count)
            return False
        if returned.may_be_stolen(self._intake.judge, signer, header):
            self._intake.pass_over(REFUSED, REFUSED_KEY, header, arrived.count)
            return True
        # It may become several segments, and none of them is counted together with another bundle's.
        self._intake.set_alone()
        goes_on = True
        own = certificates.parse(station.own_chain(self._ledger)[0])
        for part, is_here in returned.signed_anew(self._ledger, self._keys, arrived):
            if is_here and self._intake.holds(part):
                self._result.known += part.count
            elif self._intake.judge.is_former(own, part.header):
                # Only the keys of that incarnation sign in it, and they went with the laptop: nobody above believes it.
                self._intake.pass_over(REFUSED, REFUSED_KEY, part.header, part.count)
            else:
                goes_on &= self._intake.merge_segment(own, part, self._result, judged=True)
        return goes_on

    def _may_be_others(self, header: Header) -> bool:
        """Whether a signature that fits no key known here may be by one that the station had before, or has by now.

        New keys begin a new incarnation, and who was moved here was given the former ones by another superior, who may
        not have reported that yet. In the incarnation in which it speaks a station signs as it signs its bundle. For
        its parent nobody else signs.
        """
        if header.station == self._said.sender:
            return header.incarnation != self._said.incarnation
        return header.vouched is None

    def _refuse_unsigned(self) -> None:
        """When all of the bundle is in, a key of which no grant has come, in vain or too early, is nobody's.

        The headers are read once more: each may take megabytes, and a bundle of kilobytes may hold thousands.
        """
        left = sorted(self._unsigned & self._passed.keys())
        keys_of = cache(partial(waiting.keys_heard_of, self._db))
        for number, places in groupby(left, key=itemgetter(0)):
            part = envelope.open_part(self._bundle, self._verdict, number, self._keys)
            for _, place in places:
                header, _ = segments.read(part.frames[place])
                keys, said = keys_of(header.station), header.message()
                if not any(signature_stands(key, said, header.signature) for key in keys):
                    raise BadSegmentSignature(header.station)

    def _pass(self, at: _At, reason: str, header: Header, lines: int) -> None:
        """Nobody signs for a segment, unless what the rest of the bundle brings says who does."""
        if not self._passed:
            self._judge = self._intake.judge
        if at not in self._passed:
            place = self._intake.pass_over(HELD, reason, header, lines)
            self._passed[at] = place, header.station

    def _take_passed(self, forgiven: tuple[type[Problem], ...] = ()) -> None:
        """Opens again the parts of which segments were passed over, while somebody has come who may have signed them.

        Then the same items may have come a second time, cut otherwise, and would be told as held and as what they are.
        Where a problem is ``forgiven``, segments that would raise it are left as they are told.
        """
        while self._passed and self._intake.judge is not self._judge:
            self._judge = self._intake.judge
            for number, places in groupby(sorted(self._passed), key=itemgetter(0)):
                self._take_again(number, list(places), forgiven)

    def _take_again(self, number: int, places: Sequence[_At], forgiven: tuple[type[Problem], ...]) -> None:
        try:
            part = envelope.open_part(self._bundle, self._verdict, number, self._keys)
        except forgiven:
            return
        for place in self._in_turn([place for _, place in places], part.labels):
            at = number, place
            if forgiven and not self._is_sound(part.frames[place]):
                continue
            if self._take_labelled(at, part.labels[place], part.frames[place]):
                self._intake.take_back(self._passed.pop(at)[0])

    def _is_sound(self, frame: Frame) -> bool:
        """Whether somebody known here has signed a segment, and it can be read: then nothing more is raised of it."""
        try:
            header, lines = segments.read(frame)
            signer = signers.signer(self._db, self._intake.judge, self._verdict, header)
            if signer is not None and not signers.is_late(self._intake.judge, self._verdict, signer, header):
                trust.judge_segment(signer, header)
                decoding.decode(header, lines, self._ledger.types)
        except TrustProblem:
            return False
        return signer is not None
