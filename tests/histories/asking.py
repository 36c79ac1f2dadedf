"""What offices ask and say in a random history: words for all below, records sent back, two signatures; and overreach.

Somebody writes what is not his to write, be it that his program does not know better, and finds it refused everywhere.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.records.declaration import Level
from desktop.records.duties import HANDLER, HEAD, RULE_FIELD
from desktop.records.identity import same_id
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import NewRecord
from desktop.store.workspaces import persons as kept
from desktop.sync.authority import excluding, exclusions
from desktop.sync.bundles import envelope, writing
from desktop.sync.bundles.sending import Sent
from desktop.sync.merging import withdrawing
from desktop.sync.signed.persons import key_id
from tests.histories.deciding import Deciding
from tests.histories.recording import SHARED
from tests.sync.desks import Desk

RULES: Final = ("two", "head", None)
"""Whose signatures an office may ask for, as codes of the rule."""


class Asking(Deciding):
    """A history in which offices speak to all below, send records back and ask for signatures, and some overreach."""

    acts = (
        *Deciding.acts, "announce", "announce", "check_up", "send_back", "send_back", "mend", "mend", "sign_or_not",
        "overreach", "overreach", "three_in_one", "three_in_one",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.returned: list[tuple[Desk, str, str]] = []
        """Who has sent a record back, which, and by which word."""
        self.unsigned = False
        """Whether what is delivered now is not signed."""
        self.forgotten = Counter[str]()
        """How often those at a desk have forgotten their passwords, and have other keys to sign with since."""

    # -- words for all below ---------------------------------------------------------------------------------------

    def announce(self, desk: Desk) -> object:
        """An office words something that goes to everybody below it, words it anew, or takes it back."""
        desk = self.rnd.choice([d for d in self.offices if d.level is Level.DISTRICT])
        mine = [r for r in sorted(desk.records("notice")) if desk.ledger.unit_of("notice", r) == desk.unit]
        if not mine or self.rnd.random() < 0.4:
            return desk.name, desk.birth("notice", {"title": f"n{self.rnd.random()}"})
        notice = self.rnd.choice(mine)
        if self.rnd.random() < 0.5:
            self.done.append((desk, desk.edit(notice, "title", f"n{self.rnd.random()}", "notice")))
        else:
            self.done.append((desk, desk.delete(notice, "notice", revive=self.rnd.random() < 0.3)))
        return desk.name, notice

    def check_up(self, desk: Desk) -> object:
        """A district marks a record as checked, which nobody else may."""
        desk = self.rnd.choice([d for d in self.offices if d.level is Level.DISTRICT])
        record = self.some(desk)
        if record is not None:
            value = self.rnd.choice(("已核对", "有疑问", None))
            self.done.append((desk, desk.edit(record, "checked", value)))
        return desk.name, record

    # -- what is not one's own to write ----------------------------------------------------------------------------

    def overreach(self, desk: Desk) -> object:
        """A town or village writes what only a district may, or what is another's, with a program that lets it."""
        desk = self.rnd.choice([d for d in self.desks if d.level not in (Level.CITY, Level.DISTRICT)])
        if desk.station in self.doubtful:
            return None
        found: dict[str, Callable[[], object]] = {
            "check": lambda: self._edit(desk, "checked", lambda: "自己核对"),
            "word": lambda: desk.birth("notice", {"title": "自己的通知"}),
            "claim": lambda: self._claim(desk),
            "older": lambda: self._older(desk),
            "value": lambda: self._strange(desk),
        }
        kind = self.rnd.choice(sorted(found))
        return desk.name, kind, found[kind]()

    def _claim(self, desk: Desk) -> object:
        """A record under a unit that is not the writer's."""
        mine = {unit for d in self.desks if d.unit == desk.unit for unit in self.units_of(d)}
        foreign = [d.unit for d in self.desks if d.unit not in mine and d is not self.district]
        if not foreign:
            return None
        record = self.rnd.choice((*SHARED, f"{self.rnd.getrandbits(128):032x}"))
        if record in desk.records():
            return None
        self.groups.add((None, None, None))
        return desk.birth("firm", {"name": "别人的"}, record=record, unit=self.rnd.choice(foreign))

    def _older(self, desk: Desk) -> object:
        """A change that is older than what it replaces."""
        record = self.some(desk)
        heads = desk.ledger.heads("firm", record, "name") if record is not None else ()
        if record is None or not heads:
            return None
        seen = tuple(stamp for stamp, _ in heads)
        return desk.forge_change(record, "name", "更早", stamp=min(seen) - 1, replaces=seen)

    def _strange(self, desk: Desk) -> object:
        """A value of another kind than its field has."""
        record = self.some(desk)
        return record and desk.forge_change(record, "in_park", "也许")

    # -- sent back -------------------------------------------------------------------------------------------------

    def send_back(self, desk: Desk) -> object:
        """An office sends one record back to those who have written it, as the program lets it."""
        offices = self.rnd.sample(self.offices, len(self.offices))
        may = ((d, self._returnable(d)) for d in offices)
        speaker, found = next(((d, f) for d, f in may if f), (desk, []))
        if not found:
            return None
        type_name, record, named = self.rnd.choice(found)
        for text in exclusions.write(named):
            said = speaker.say("exclusion", {"cause": excluding.WITHDRAWN, "note": "请核实", "items": text})
            self.said.append((speaker, "exclusion", said))
            self.returned.append((speaker, record, said))
        return speaker.name, type_name, record

    def _returnable(self, desk: Desk) -> list[tuple[str, str, Any]]:
        below = {d.station for d in self.below(desk)} - self.doubtful
        found = []
        for type_name in ("firm", "visit"):
            for record in self.writable(desk, type_name):
                said = withdrawing.said_of(desk.ledger, type_name, record)
                if said.named and not said.upon and {station for station, _ in said.named} <= below:
                    found.append((type_name, record, said.named))
        return found

    def mend(self, desk: Desk) -> object:
        """Who has had a record sent back fills it in once more, or the office takes that back."""
        if not self.returned:
            return self.send_back(desk)
        speaker, record, said = self.rnd.choice(self.returned)
        below = [d for d in self.below(speaker) if record not in d.records()]
        if below and self.rnd.random() < 0.7:
            writer = self.rnd.choice(below)
            again = record if record in SHARED and self.rnd.random() < 0.5 else ""
            self.groups.add((None, None, None))
            return writer.name, writer.birth("firm", {"name": self.word(writer)}, record=again)
        if speaker.shown(said, "exclusion") is None:
            return "it was lost"
        speaker.lift(said)
        return speaker.name, "lifted"

    # -- three that are one ----------------------------------------------------------------------------------------

    def three_in_one(self, desk: Desk) -> object:
        """Somebody joins three records, of whichever units, and perhaps parts two of them."""
        may = ((d, self.writable(d)) for d in self.rnd.sample(self.desks, len(self.desks)))
        desk, mine = next(((d, found) for d, found in may if len(found) > 2), (desk, []))
        if not mine:
            return None
        told = []
        one, two, three = sorted(self.rnd.sample(mine, 3))
        for pair in ((one, two), (two, three)):
            edge = same_id("firm", *pair)
            if edge in desk.records(SAME):
                self.done.append((desk, desk.delete(edge, SAME, revive=True)))
            else:
                cells: dict[str, Cell] = {"kind": "firm", "one": pair[0], "other": pair[1]}
                birth = NewRecord(SAME, edge, desk.unit, cells)
                self.done.append((desk, desk.ledger.write("合并", desk.name, births=[birth])))
            told.append(edge[:6])
        if self.rnd.random() < 0.3:
            record = self.rnd.choice((one, two, three))
            self.done.append((desk, desk.delete(record)))
        return desk.name, told

    # -- signatures ------------------------------------------------------------------------------------------------

    def sign_or_not(self, desk: Desk) -> object:
        """An office that is below another asks for signatures, or does no more; those below it have persons by then."""
        speaker, whom = self.district, self.rnd.choice([d for d in self.offices if d is not self.district])
        if whom.unit not in speaker.records("unit"):
            return None
        for below in self.below(whom):
            self._persons(below)
        rule = self.rnd.choice(RULES)
        self.done.append((speaker, speaker.edit(whom.unit, RULE_FIELD, rule, "unit")))
        return whom.name, rule

    def _persons(self, desk: Desk) -> None:
        for duty in (HANDLER, HEAD):
            key = self._key_of(desk, duty).public_key().public_bytes_raw().hex()
            kept.keep(desk.ledger, kept.Signer(f"{desk.name}{duty}", duty, key))

    def _sign(self, sent: Sent, desk: Desk) -> None:
        """Both sign the file, as far as it lists them."""
        opened = envelope.read_bundle(sent.path)
        listed = {p.key for p in envelope.look(opened).persons}
        here = {s.keyid for s in opened.signed.signatures}
        signed = opened.signed
        for duty in (HANDLER, HEAD):
            key = self._key_of(desk, duty)
            public = key.public_key().public_bytes_raw().hex()
            if public in listed and key_id(public) not in here:
                signed = signed.also_by(key_id(public), key.sign)
        if signed is not opened.signed:
            writing.write_signatures(opened, signed)

    def deliver(self, desk: Desk) -> object:
        """Some have not signed what they bring."""
        self.unsigned = self.rnd.random() < 0.3
        try:
            return super().deliver(desk)
        finally:
            self.unsigned = False

    def merge(self, to: Desk, several: list[Sent]) -> int:
        if not self.unsigned:
            for sent in several:
                name = sent.path.name.rpartition("-")[0]
                writer = next((d for d in self.desks if d.name == name), None)
                if writer is not None and self.above.get(name) is not None and sent.peer != writer.station:
                    self._sign(sent, writer)
        return super().merge(to, several)

    def bring(self, to: Desk, desk: Desk) -> int:
        """What has to arrive is signed by everybody."""
        if to is self.above.get(desk.name):
            self._persons(desk)
        return super().bring(to, desk)

    def _key_of(self, desk: Desk, duty: str) -> Ed25519PrivateKey:
        made = random.Random(f"{desk.name}{duty}{self.forgotten[desk.name] or ''}")
        return Ed25519PrivateKey.from_private_bytes(made.randbytes(32))
