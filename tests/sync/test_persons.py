"""Signatures of persons under a bundle: what stands, what is carried, what the receiver's rule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.records.duties import HANDLER, HEAD, wanted_by, words
from desktop.sync import errors, trust
from desktop.sync.bundles import envelope, writing
from desktop.sync.errors import persons as persons_errors
from desktop.sync.formats.dsse import Signature, Signed
from desktop.sync.signed import identity, manifest, persons
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.manifest import Person
from tests.sync.world import (
    DISTRICT_DESK,
    TOWN_DESK,
    VILLAGE_DESK,
    bundle_from_village,
    said_by,
    seeded,
    signed_by,
    state_of,
)

LIU, QIAN, STRANGER = (identity.generate(seeded(n)) for n in (501, 502, 503))
LISTED = (Person(LIU.public_key.hex(), HANDLER), Person(QIAN.public_key.hex(), HEAD))
BOTH = frozenset((HANDLER, HEAD))
TOWN_KEYS = TOWN_DESK.keys


def also(signed: Signed, *keys: StationKeys) -> Signed:
    for each in keys:
        signed = signed.also_by(persons.key_id(each.public_key.hex()), each.sign)
    return signed


def village(*keys: StationKeys, listed: Sequence[Person] = LISTED, **said: Any) -> Signed:
    """The village's manifest for the town, signed by these persons too."""
    payload = said_by(VILLAGE_DESK, TOWN_DESK, persons=tuple(listed), **said).encode()
    return also(signed_by(VILLAGE_DESK, payload), *keys)


def judged(signed: Signed, wanted: frozenset[str] = BOTH, **state: int) -> tuple[Person, ...]:
    return trust.judge_bundle(
        signed, VILLAGE_DESK.ders, state_of(TOWN_DESK, signatures=wanted, **state)
    ).signers


def test_both_duties_have_signed_in_any_order() -> None:
    assert judged(village(LIU, QIAN)) == LISTED
    assert judged(village(QIAN, LIU)) == LISTED[::-1]


def test_a_rule_for_the_head_alone_is_met_by_the_head() -> None:
    assert judged(village(QIAN), frozenset((HEAD,))) == (LISTED[1],)
    with pytest.raises(persons_errors.HeadNotSigned):
        judged(village(LIU), frozenset((HEAD,)))


def test_without_a_rule_nobody_has_to_sign_and_who_has_is_told() -> None:
    assert judged(village(), frozenset()) == ()
    assert judged(village(LIU), frozenset()) == (LISTED[0],)
    assert judged(village(listed=()), frozenset()) == ()


@pytest.mark.parametrize(
    ("signed", "problem"),
    [
        pytest.param(village(LIU), persons_errors.HeadNotSigned, id="one of two"),
        pytest.param(village(QIAN), persons_errors.HandlerNotSigned, id="the other of two"),
        pytest.param(village(), persons_errors.NobodySigned, id="none of two"),
        pytest.param(village(listed=()), persons_errors.NoSignerNamed, id="the sender has nobody"),
        pytest.param(
            village(LIU, listed=LISTED[:1]), persons_errors.NoSignerNamed, id="the sender has no head"
        ),
        pytest.param(
            village(LIU, STRANGER), persons_errors.HeadNotSigned, id="somebody whom the station does not list"
        ),
        pytest.param(village(LIU, TOWN_KEYS), persons_errors.HeadNotSigned, id="the receiver itself"),
    ],
)
def test_who_is_missing_is_said(signed: Signed, problem: type[persons_errors.NotSignedByPersons]) -> None:
    with pytest.raises(problem):
        judged(signed)


def test_two_of_one_duty_are_not_two_duties() -> None:
    second = Person(STRANGER.public_key.hex(), HANDLER)
    with pytest.raises(persons_errors.HeadNotSigned):
        judged(village(LIU, STRANGER, listed=(*LISTED, second)))


@pytest.mark.parametrize("wanted", [BOTH, frozenset()])
def test_one_person_who_signs_twice_is_refused_whatever_the_rule(wanted: frozenset[str]) -> None:
    with pytest.raises(persons_errors.SignedTwice):
        judged(village(LIU, LIU), wanted)


@pytest.mark.parametrize("wanted", [BOTH, frozenset()])
def test_a_listed_signature_that_does_not_stand_is_refused_whatever_the_rule(wanted: frozenset[str]) -> None:
    good = village(LIU, QIAN)
    forged = Signature(good.signatures[2].keyid, good.signatures[1].signature)
    with pytest.raises(persons_errors.BadPersonSignature):
        judged(replace(good, signatures=(*good.signatures[:2], forged)), wanted)
    # One that was made for another bundle, under the key id of the right person.
    other = village(QIAN, sequence=2).signatures[1]
    with pytest.raises(persons_errors.BadPersonSignature):
        judged(replace(good, signatures=(*good.signatures[:2], other)), wanted)


def test_a_person_does_not_take_the_place_of_the_station() -> None:
    good = village(LIU, QIAN)
    with pytest.raises(errors.BadSignature):
        judged(replace(good, signatures=good.signatures[1:]))
    with pytest.raises(errors.BadSignature):
        judged(replace(good, signatures=good.signatures[::-1]))


def test_who_was_taken_off_the_list_signs_no_later_bundle() -> None:
    with pytest.raises(persons_errors.NoSignerNamed):
        judged(village(LIU, QIAN, listed=LISTED[:1]))


def test_downward_nobody_has_to_sign() -> None:
    payload = said_by(DISTRICT_DESK, TOWN_DESK, kind=manifest.DOWN).encode()
    state = state_of(TOWN_DESK, signatures=BOTH)
    assert trust.judge_bundle(signed_by(DISTRICT_DESK, payload), DISTRICT_DESK.ders, state).signers == ()
    assert b"persons" not in payload, "a list of nobody is left out"


def test_a_bundle_that_waits_for_the_tree_is_asked_for_its_signatures_when_that_has_come() -> None:
    with pytest.raises(errors.UnitNotKnown):
        judged(village(tree=99))
    with pytest.raises(persons_errors.NobodySigned):
        judged(village(tree=99), tree_version=99)


def test_anybody_with_the_root_sees_who_has_signed() -> None:
    found = trust.authenticate(village(QIAN), VILLAGE_DESK.ders, [DISTRICT_DESK.certificate.der])
    assert found.signers == (LISTED[1],)


WEAK = "ed" + "ff" * 30 + "7f"


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param((LISTED[0], Person(LISTED[0].key, HEAD)), id="one key with two duties"),
        pytest.param((Person(WEAK, HEAD),), id="a key for which one signature fits all"),
        pytest.param((LISTED[0], Person(WEAK, HEAD)), id="one such key beside another"),
        pytest.param((Person(LISTED[0].key.upper(), HEAD),), id="capitals"),
        pytest.param((Person(LISTED[0].key, "Head"),), id="no word for a duty"),
        pytest.param(tuple(Person(f"{n:064x}", HEAD) for n in range(9, 74)), id="65 of them"),
    ],
)
def test_a_list_that_is_not_of_its_form_is_no_manifest(listed: Sequence[Person]) -> None:
    with pytest.raises(errors.BadManifest):
        judged(village(listed=listed), frozenset())


def test_a_duty_of_a_newer_program_meets_no_rule_of_ours() -> None:
    listed = (*LISTED, Person(STRANGER.public_key.hex(), "auditor"))
    assert judged(village(LIU, QIAN, STRANGER, listed=listed)) == listed
    with pytest.raises(persons_errors.HeadNotSigned):
        judged(village(LIU, STRANGER, listed=listed))


def test_signatures_are_added_in_place_and_the_bundle_stays_the_same(tmp_path: Path) -> None:
    opened = bundle_from_village(tmp_path, persons=LISTED)
    before = {name: entry.crc for name, entry in opened.entries.items() if name != envelope.MANIFEST}
    written = writing.write_signatures(opened, also(opened.signed, LIU))
    written = writing.write_signatures(written, also(written.signed, QIAN))
    assert written.digest == opened.digest
    assert {n: e.crc for n, e in written.entries.items() if n != envelope.MANIFEST} == before
    assert envelope.judge(written, state_of(TOWN_DESK, signatures=BOTH)).signers == LISTED
    assert list(tmp_path.iterdir()) == [opened.path]
    with pytest.raises(ValueError, match="another manifest"):
        writing.write_signatures(written, village(LIU))


def test_rules_in_words() -> None:
    assert [wanted_by(rule) for rule in (None, "", "head", "two")] == [frozenset(), frozenset(), {HEAD}, BOTH]
    assert wanted_by("three") == BOTH
    assert words(BOTH) == "经办人和负责人"
    assert words(frozenset((HEAD,))) == "负责人"


def opened_names(
    tmp_path: Path, names: tuple[str, ...], listed: Sequence[Person] = LISTED
) -> tuple[str, ...]:
    opened = bundle_from_village(tmp_path, persons=tuple(listed), names=names)
    state = state_of(TOWN_DESK)
    return envelope.open_part(opened, envelope.judge(opened, state), 1, TOWN_DESK.keys).names


def test_names_stand_inside_for_the_receiver_alone(tmp_path: Path) -> None:
    assert opened_names(tmp_path, ("刘经办", "钱主席")) == ("刘经办", "钱主席")
    assert "刘经办".encode() not in (tmp_path / "bundle.xsj").read_bytes()
    said = said_by(VILLAGE_DESK, TOWN_DESK, persons=LISTED)
    assert persons.named(said, LISTED[1:], ("刘经办", "钱主席")) == ((HEAD, "钱主席"),)
    assert persons.named(said, LISTED, ()) == ((HANDLER, ""), (HEAD, ""))


@pytest.mark.parametrize("names", [("刘经办",), ("刘经办", ""), ("刘", "钱", "孙"), ("刘经办", "钱" * 61)])
def test_names_that_are_not_those_of_the_listed_persons_are_no_repeat(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    with pytest.raises(errors.RepeatUnequal):
        opened_names(tmp_path, names)


def test_a_bundle_need_not_tell_names(tmp_path: Path) -> None:
    assert opened_names(tmp_path, ()) == ()
