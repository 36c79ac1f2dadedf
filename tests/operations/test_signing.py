"""Signing by two: who may, what the district asks for, and that a refused bundle is taken when it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.stations import covers, exchange, inbox, roots, signing, verifying
from desktop.operations.stations.inbox_files import Look, tried
from desktop.operations.workspaces import operators, recovery
from desktop.records.declaration import Level, Role
from desktop.records.duties import HANDLER, HEAD
from desktop.store.ledger import SlotEdit
from desktop.store.workspaces import persons
from desktop.store.workspaces.keys import WrongPassword
from desktop.sync import errors
from desktop.sync.bundles import envelope
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors import persons as persons_errors
from desktop.sync.merging.results import BundleResult
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, station

CHEN, QIAN = "陈经办", "钱主席"


@dataclass
class Pair:
    """A district that asks for two signatures, and a town that knows it and has two who can sign."""

    folder: Path
    district: Session
    town: Session

    def ask_for(self, rule: str | None) -> None:
        unit = self.district.unit.id
        records.save(self.district, "unit", {"signatures": rule}, record=unit)
        down = exchange.send(self.district, self.folder / f"down-{rule}.xsj", to=self.town.ledger.station)
        assert exchange.receive(self.town, [down.path]).bundles[0].problem is None

    def export(self, name: str) -> Sent:
        records.save(self.town, "enterprise", {"name": name})
        return exchange.send(self.town, self.folder / f"{name}.xsj")

    def arrived(self, path: Path) -> tuple[str, str]:
        """What the inbox of the district says of a file, without having looked at it before merging."""
        looks = [tried(Look(path, 1, 1))]
        (found,) = inbox.sort_out(self.district.database, self.district.here, looks, {})
        return found.state.value, found.why

    def merge(self, path: Path, *, preview: bool = False) -> BundleResult:
        return exchange.merge(self.district, [path], preview=preview).bundles[0]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    district = station(tmp_path, "330106", "区", Level.DISTRICT)
    town = station(tmp_path, "330106002", "镇", Level.TOWN)
    enrol(town, district, tmp_path)
    report_up(town, district, tmp_path)
    operators.put(town, CHEN, Role.EDITOR, "chen-password", CHEAP, duty=HANDLER)
    operators.put(town, QIAN, Role.READER, "qian-password", CHEAP, duty=HEAD)
    made = Pair(tmp_path, district, town)
    made.ask_for("two")
    yield made
    for session in (made.district, made.town):
        session.workspace.close()


def test_the_sender_is_told_before_and_a_refused_bundle_is_taken_when_both_have_signed(pair: Pair) -> None:
    sent = pair.export("茶厂")
    asked = signing.look(pair.town, sent.path)
    assert asked.missing == {HANDLER, HEAD}
    assert list(asked.may.items()) == [(CHEN, HANDLER), (QIAN, HEAD)]
    assert (asked.cover.receiver, asked.cover.births, asked.cover.digest) == ("区", 1, sent.digest)

    assert isinstance(pair.merge(sent.path, preview=True).problem, persons_errors.NobodySigned)
    assert pair.arrived(sent.path) == ("不能合并", "这个数据包还缺经办人和负责人的签名，本单位要求签名后才收")
    assert isinstance(pair.merge(sent.path).problem, persons_errors.NobodySigned)
    assert signing.sign(pair.town, sent.path, CHEN, "chen-password").missing == {HEAD}
    assert isinstance(pair.merge(sent.path).problem, persons_errors.HeadNotSigned)
    assert pair.arrived(sent.path) == ("不能合并", "这个数据包还缺负责人的签名，本单位要求签名后才收")

    (early := pair.folder / "一人签.xsj").write_bytes(sent.path.read_bytes())
    done = signing.sign(pair.town, sent.path, QIAN, "qian-password")
    assert inbox.in_order([early, sent.path]) == inbox.in_order([sent.path, early]) == [sent.path]
    assert (done.missing, done.signed, done.may) == (frozenset(), {HANDLER: CHEN, HEAD: QIAN}, {})
    assert list(done.signed) == [HANDLER, HEAD]
    assert pair.arrived(sent.path) == ("新", "下级上报的数据包")
    assert pair.merge(sent.path, preview=True).signed == {HANDLER, HEAD}
    taken = pair.merge(sent.path)
    assert (taken.problem, taken.applied, taken.signed) == (None, 1, {HANDLER, HEAD})
    assert taken.signers == ((HANDLER, CHEN), (HEAD, QIAN))
    again = pair.merge(sent.path)
    assert (again.problem, again.known, again.applied) == (None, 1, 0)
    assert verifying.verify(sent.path, roots.own_roots(pair.district)).digest == sent.digest


def test_what_was_merged_before_somebody_signed_is_known_afterwards(pair: Pair) -> None:
    pair.ask_for(None)
    sent = pair.export("茶厂")
    assert signing.look(pair.town, sent.path).missing == frozenset()
    assert pair.merge(sent.path).applied == 1
    signing.sign(pair.town, sent.path, QIAN, "qian-password")
    again = pair.merge(sent.path)
    assert (again.problem, again.known, again.signed) == (None, 1, {HEAD})


def test_a_wrong_password_signs_nothing_and_is_noted(pair: Pair) -> None:
    sent = pair.export("茶厂")
    before = sent.path.read_bytes()
    with pytest.raises(WrongPassword):
        signing.sign(pair.town, sent.path, QIAN, "chen-password")
    assert sent.path.read_bytes() == before
    noted = pair.town.database.rows("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert noted[0][0] == "口令输错"


def test_nobody_signs_another_bundle_than_that_which_he_was_shown(pair: Pair) -> None:
    first, second = pair.export("茶厂"), pair.export("漆器厂")
    shown = signing.look(pair.town, first.path).cover.digest
    first.path.write_bytes(second.path.read_bytes())
    with pytest.raises(errors.Exchanged):
        signing.sign(pair.town, first.path, QIAN, "qian-password", seen=shown)
    assert signing.look(pair.town, first.path).signed == {}
    signing.sign(
        pair.town, second.path, QIAN, "qian-password", seen=signing.look(pair.town, second.path).cover.digest
    )


def test_the_same_person_does_not_sign_twice(pair: Pair) -> None:
    sent = pair.export("茶厂")
    signing.sign(pair.town, sent.path, CHEN, "chen-password")
    with pytest.raises(signing.AlreadySigned):
        signing.sign(pair.town, sent.path, CHEN, "chen-password")


def test_who_is_taken_out_signs_nothing_more_not_even_what_was_exported_before(pair: Pair) -> None:
    sent = pair.export("茶厂")
    operators.disable(pair.town, QIAN)
    with pytest.raises(signing.NoDuty):
        signing.sign(pair.town, sent.path, QIAN, "qian-password")
    later = pair.export("米厂")
    signing.sign(pair.town, later.path, CHEN, "chen-password")
    assert isinstance(pair.merge(later.path).problem, persons_errors.NoSignerNamed)


def test_another_password_is_another_key_for_the_next_bundle(pair: Pair) -> None:
    sent = pair.export("茶厂")
    operators.put(pair.town, QIAN, Role.READER, "other-password", CHEAP)
    with pytest.raises(signing.ExportedBefore):
        signing.sign(pair.town, sent.path, QIAN, "other-password")
    again = pair.export("米厂")
    signing.sign(pair.town, again.path, CHEN, "chen-password")
    signing.sign(pair.town, again.path, QIAN, "other-password")
    assert pair.merge(again.path).problem is None
    # What was signed before is still signed by somebody with a name.
    for password in ("third-password", "fourth-password"):
        operators.put(pair.town, QIAN, Role.READER, password, CHEAP)
    assert signing.look(pair.town, again.path).signed == {HANDLER: CHEN, HEAD: QIAN}


def test_who_changes_the_own_password_goes_on_signing(pair: Pair) -> None:
    pair.town.workspace.close()
    pair.town = open_session(pair.town.workspace.folder, QIAN, "qian-password", repeatable("own"))
    operators.change_own_password(pair.town, "qian-password", "new-password", CHEAP)
    pair.town.workspace.close()
    pair.town = open_session(pair.town.workspace.folder, CHEN, "chen-password", repeatable("later"))
    sent = pair.export("茶厂")
    assert signing.sign(pair.town, sent.path, QIAN, "new-password").missing == {HANDLER}


def test_who_got_in_again_with_the_recovery_code_signs_the_next_bundle(pair: Pair) -> None:
    before = pair.export("茶厂")
    code = recovery.new_code(pair.town)
    folder = pair.town.workspace.folder
    pair.town.workspace.close()
    back = recovery.open_by_code(folder, QIAN, code, "new-password", repeatable("forgot"), cost=CHEAP)
    back.workspace.close()
    pair.town = open_session(folder, CHEN, "chen-password", repeatable("later"))
    with pytest.raises(signing.ExportedBefore):
        signing.sign(pair.town, before.path, QIAN, "new-password")
    sent = pair.export("米厂")
    assert signing.sign(pair.town, sent.path, QIAN, "new-password").missing == {HANDLER}


def test_a_key_slot_that_was_put_in_by_hand_does_not_sign(pair: Pair) -> None:
    """Whoever can write beside the ledger cannot make himself the head: the ledger knows the key."""
    sent = pair.export("茶厂")
    slots = pair.town.workspace.slots
    slots.put_own(QIAN, "qian-password", b"\1" * 32, pair.town.environment, CHEAP)
    with pytest.raises(signing.NoPersonKey):
        signing.sign(pair.town, sent.path, QIAN, "qian-password")
    slots.put(QIAN, "qian-password", pair.town.workspace.key, pair.town.environment, CHEAP)
    with pytest.raises(signing.NoPersonKey):
        signing.sign(pair.town, sent.path, QIAN, "qian-password")


def test_a_duty_needs_a_password_once_and_can_be_taken_away(pair: Pair) -> None:
    with pytest.raises(operators.PasswordForKey):
        operators.put(pair.town, CHEN, Role.EDITOR, None, duty=HEAD)
    operators.put(pair.town, CHEN, Role.DESK, None)
    assert operators.duties(pair.town.database)[CHEN] == HANDLER
    operators.put(pair.town, CHEN, Role.DESK, None, duty="")
    assert operators.duties(pair.town.database) == {QIAN: HEAD}
    persons.drop(pair.town.ledger, CHEN)
    assert operators.duties(pair.town.database) == {QIAN: HEAD}


def test_only_the_computer_that_wrote_a_bundle_signs_it_and_only_whole(pair: Pair) -> None:
    sent = pair.export("茶厂")
    operators.put(pair.district, QIAN, Role.DESK, "qian-password", CHEAP, duty=HEAD)
    with pytest.raises(covers.NotOurBundle):
        signing.sign(pair.district, sent.path, QIAN, "qian-password")
    data = bytearray(sent.path.read_bytes())
    data[200] ^= 1
    sent.path.write_bytes(data)
    with pytest.raises(errors.Damaged):
        signing.sign(pair.town, sent.path, QIAN, "qian-password")


def test_no_more_signatures_than_an_envelope_holds(pair: Pair) -> None:
    for name in ("甲", "乙"):
        operators.put(pair.town, name, Role.EDITOR, f"password-{name}", CHEAP, duty=HANDLER)
    sent = pair.export("茶厂")
    signing.sign(pair.town, sent.path, CHEN, "chen-password")
    signing.sign(pair.town, sent.path, QIAN, "qian-password")
    signing.sign(pair.town, sent.path, "甲", "password-甲")
    with pytest.raises(signing.AlreadySigned):
        signing.sign(pair.town, sent.path, "乙", "password-乙")
    assert pair.merge(sent.path).problem is None


def test_no_more_may_sign_than_a_manifest_lists(pair: Pair) -> None:
    """One more, and no bundle could be written any longer."""
    for n in range(62):
        persons.keep(pair.town.ledger, persons.Signer(f"{n}", HANDLER, f"{n + 1:064x}"))
    with pytest.raises(operators.TooManySigners) as caught:
        operators.put(pair.town, "多一人", Role.EDITOR, "password-3", CHEAP, duty=HANDLER)
    assert "64" in caught.value.sentence
    assert "多一人" not in {name for name, _, _ in operators.listed(pair.town.database)}
    operators.put(pair.town, CHEN, Role.EDITOR, "liu-password", CHEAP, duty=HEAD)
    # As in a ledger in which an older program let in more.
    persons.keep(pair.town.ledger, persons.Signer("早先的", HANDLER, f"{99:064x}"))
    assert len(envelope.look(envelope.read_bundle(pair.export("茶厂").path)).persons) == 64


def test_no_name_stands_in_the_clear_part_of_the_file(pair: Pair) -> None:
    sent = pair.export("茶厂")
    signing.sign(pair.town, sent.path, CHEN, "chen-password")
    data = sent.path.read_bytes()
    assert CHEN.encode() not in data
    assert QIAN.encode() not in data


def test_what_a_town_writes_about_the_district_lifts_no_rule_there(pair: Pair) -> None:
    # Nobody here writes it; whoever does so with other means gains nothing.
    edit = SlotEdit("unit", pair.district.unit.id, "signatures", None)
    pair.town.ledger.write("改", "王芳", edits=[edit])
    sent = pair.export("茶厂")
    signing.sign(pair.town, sent.path, CHEN, "chen-password")
    signing.sign(pair.town, sent.path, QIAN, "qian-password")
    taken = pair.merge(sent.path)
    assert (taken.applied, taken.refused) == (1, 1)
    assert isinstance(pair.merge(pair.export("米厂").path).problem, persons_errors.NobodySigned)
