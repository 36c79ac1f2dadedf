"""The seal, the request and the answer of a recovery, and everything that may be wrong with them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.sync import errors
from desktop.sync.enrolling import recovery
from desktop.sync.enrolling.recovery import ANSWER_TYPE, REQUEST_TYPE, Answer, Asked, Holder, Request
from desktop.sync.errors import recovery as causes
from desktop.sync.formats import agefile, dsse
from desktop.sync.formats.strictjson import pretty, to_base64
from desktop.sync.signed import identity
from desktop.sync.signed.words import fingerprint
from desktop.sync.trust import NO_CUT
from tests.sync.world import (
    CITY,
    DISTRICT,
    DISTRICT_DESK,
    NOW,
    OTHER_VILLAGE_DESK,
    STRANGER,
    TOWN,
    TOWN_DESK,
    VILLAGE,
    VILLAGE_DESK,
    Station,
    claims,
    enrolled,
    issue,
    root,
    seeded,
    state_of,
)

KEY = bytes(range(32))
HOSTILE = "王芳”\n词语：苹果\u202e"
HOLDER = Holder("330110109222", "径山村工会", Level.VILLAGE)
OFFICE = "余杭区总工会"
DESK = DISTRICT_DESK.keys


def seal(station: Station = VILLAGE_DESK, key: bytes = KEY) -> bytes:
    return recovery.make_seal(key, HOLDER, OFFICE, station.ders, station.keys)


def ask(sealed: bytes | None = None, seed: int = 11) -> tuple[bytes, Asked, str]:
    return recovery.make_request(sealed or seal(), "王芳", NOW, seeded(seed))


SEAL = seal()
REQUEST, ASKED, SECRET = ask(SEAL)


def opened(
    data: bytes = REQUEST, desk: Station = DISTRICT_DESK, answered: tuple[str, ...] = (), **known: Any
) -> bytes:
    return recovery.open_request(recovery.read_request(data), state_of(desk, **known), desk.keys, answered)


def answer(data: bytes = REQUEST, office: Station = DISTRICT_DESK, key: bytes = KEY) -> bytes:
    return recovery.make_answer(recovery.read_request(data), key, office.certificate, office.keys, NOW)


ANSWER = answer()


def read(
    data: bytes = ANSWER,
    station: Station = VILLAGE_DESK,
    asked: Asked | None = ASKED,
    used: tuple[str, ...] = (),
) -> Answer:
    return recovery.read_answer(data, station.station, station.chain, asked, used)


def test_the_key_comes_back_and_both_sides_see_the_same_words() -> None:
    found = recovery.read_request(REQUEST)
    assert (found.operator, found.created, found.digest) == ("王芳", NOW, ASKED.digest)
    assert (found.seal.holder, found.seal.office) == (HOLDER, OFFICE)
    assert found.words == fingerprint(ASKED.public_key)
    assert opened() == KEY
    offered = read()
    assert offered.words == fingerprint(DESK.public_key)
    assert recovery.open_answer(offered, SECRET, found.seal.key_check) == KEY


def test_nothing_secret_can_be_read_out_of_any_of_the_three() -> None:
    for data in (SEAL, REQUEST, ANSWER):
        payload = dsse.parse(data, 1 << 20).payload
        assert to_base64(KEY).encode() not in payload
        assert b"AGE-SECRET" not in payload


# -- whose recipient it is ---------------------------------------------------------------------------------------------


def test_the_district_recovers_and_not_the_town_between() -> None:
    assert recovery.office_of(VILLAGE_DESK.chain) == DISTRICT_DESK.certificate
    assert recovery.recipient_for(VILLAGE_DESK.chain) == DESK.recipient
    assert recovery.recipient_below(TOWN_DESK.chain) == DESK.recipient
    assert recovery.office_of(DISTRICT_DESK.chain) is None
    assert recovery.recipient_for(DISTRICT_DESK.chain) is None
    with pytest.raises(ValueError, match="root"):
        seal(DISTRICT_DESK)


def test_under_a_city_it_is_the_district_and_of_the_district_the_city() -> None:
    city = root(301, [CITY], Level.CITY, 4)
    district = enrolled(city, 302, [DISTRICT], Level.DISTRICT, 3)
    town = enrolled(district, 303, [TOWN], Level.TOWN, 1)
    village = enrolled(town, 304, [VILLAGE], Level.VILLAGE)
    assert recovery.office_of(village.chain) == district.certificate
    assert recovery.office_of(district.chain) == city.certificate


def test_a_certificate_that_names_a_recipient_is_believed_and_one_without_still_verifies() -> None:
    """Certificates made before name none: the form is the same, and the office follows from the chain."""
    assert VILLAGE_DESK.certificate.claims.recovery is None
    named = replace(claims(VILLAGE_DESK.keys, [VILLAGE], Level.VILLAGE), recovery=TOWN_DESK.keys.recipient)
    chain = (issue(TOWN_DESK, named, 40), *TOWN_DESK.chain)
    assert recovery.recipient_for(chain) == TOWN_DESK.keys.recipient
    assert recovery.office_of(chain) == TOWN_DESK.certificate
    apart = agefile.recipient_of(agefile.identity_from_bytes(bytes([5]) * 32))
    chain = (issue(TOWN_DESK, replace(named, recovery=apart), 41), *TOWN_DESK.chain)
    assert recovery.recipient_for(chain) == apart
    assert recovery.office_of(chain) is None, "a key in a safe belongs to no station"


# -- what the level above refuses --------------------------------------------------------------------------------------


def resigned(data: bytes, station: Station, /, **members: Any) -> bytes:
    """The file with other members, signed by a station all the same."""
    signed = dsse.parse(data, 1 << 20)
    payload = json.dumps(json.loads(signed.payload) | members).encode()
    return dsse.sign(signed.payload_type, payload, station.certificate.digest, station.keys.sign).encode()


def by_the_requests_key(**members: Any) -> bytes:
    """The request with other members, signed by the key that it names, as its author can."""
    keys = identity.generate(seeded(11))
    signed = dsse.parse(REQUEST, 1 << 20)
    payload = json.dumps(json.loads(signed.payload) | members).encode()
    return dsse.sign(REQUEST_TYPE, payload, keys.station, keys.sign).encode()


def test_a_request_that_was_answered_is_not_answered_again() -> None:
    with pytest.raises(causes.AlreadyAnswered):
        opened(answered=("0" * 64, ASKED.digest))


def test_the_right_name_without_a_certificate_that_counts_here_is_nothing() -> None:
    fake = enrolled(enrolled(STRANGER, 2, [TOWN], Level.TOWN, 0), 4, [VILLAGE], Level.VILLAGE)
    with pytest.raises(causes.UnknownLaptop):
        opened(ask(seal(fake))[0])
    with pytest.raises(causes.UnknownLaptop):
        opened(grants=frozenset([DISTRICT_DESK.certificate.digest]))
    forged = issue(TOWN_DESK, claims(STRANGER.keys, [VILLAGE], Level.VILLAGE), 50, STRANGER.keys)
    pretender = Station(STRANGER.keys, (forged, *TOWN_DESK.chain))
    with pytest.raises(causes.UnknownLaptop):
        opened(ask(seal(pretender))[0])


def test_a_revoked_laptop_gets_no_answer_unless_it_was_enrolled_anew() -> None:
    station, incarnation = VILLAGE_DESK.station, VILLAGE_DESK.keys.incarnation
    for cuts in ({}, {incarnation: 10}, {"0" * 16: NO_CUT}):
        with pytest.raises(causes.LaptopRevoked) as told:
            opened(revocations={station: cuts})
        assert told.value.exit_code == 13
    assert opened(revocations={station: {incarnation: NO_CUT}}) == KEY
    assert opened(revocations={OTHER_VILLAGE_DESK.station: {}}) == KEY


def test_what_is_sealed_to_another_is_his_to_answer() -> None:
    with pytest.raises(causes.SealedToOther):
        opened(desk=TOWN_DESK)


def test_a_seal_around_another_stations_key_is_refused() -> None:
    """Whoever is enrolled can put what another sealed under the own signature."""
    theirs = json.loads(dsse.parse(SEAL, 1 << 20).payload)
    mine = seal(OTHER_VILLAGE_DESK)
    for taken in (("sealed",), ("sealed", "key_check")):
        stolen = resigned(mine, OTHER_VILLAGE_DESK, **{name: theirs[name] for name in taken})
        with pytest.raises(causes.RequestForged):
            opened(ask(stolen)[0])
    with pytest.raises(causes.RequestForged):
        opened(ask(resigned(SEAL, VILLAGE_DESK, key_check="0" * 64))[0])


def test_a_seal_that_cannot_be_opened_is_damaged() -> None:
    with pytest.raises(causes.BadRecoveryFile):
        opened(ask(resigned(SEAL, VILLAGE_DESK, sealed=to_base64(b"nothing")))[0])
    wrong = to_base64(agefile.encrypt(b"[]", DESK.recipient))
    with pytest.raises(causes.BadRecoveryFile):
        opened(ask(resigned(SEAL, VILLAGE_DESK, sealed=wrong))[0])


# -- what the laptop refuses -------------------------------------------------------------------------------------------


def test_an_answer_is_for_one_laptop_one_request_and_one_time() -> None:
    with pytest.raises(causes.AnswerForOtherLaptop):
        read(answer(ask(seal(OTHER_VILLAGE_DESK))[0]))
    with pytest.raises(causes.AnswerForOtherRequest):
        read(asked=ask(seed=12)[1])
    with pytest.raises(causes.AnswerForOtherRequest):
        read(asked=None)
    with pytest.raises(causes.AnswerForOtherRequest):
        read(asked=replace(ASKED, recipient=DESK.recipient))
    with pytest.raises(causes.AnswerUsed):
        read(used=(ASKED.digest,), asked=None)


def test_only_the_own_chain_answers() -> None:
    with pytest.raises(causes.UnknownOffice):
        read(answer(office=STRANGER))
    with pytest.raises(causes.UnknownOffice):
        read(answer(office=VILLAGE_DESK))
    signed = dsse.parse(ANSWER, 1 << 20)
    stolen = dsse.sign(ANSWER_TYPE, signed.payload, DISTRICT_DESK.certificate.digest, STRANGER.keys.sign)
    with pytest.raises(causes.AnswerForged):
        read(stolen.encode())


def test_a_wrong_key_is_never_taken_for_the_right_one() -> None:
    check = recovery.key_check(KEY)
    with pytest.raises(causes.WrongKeyInside):
        recovery.open_answer(read(answer(key=bytes(32))), SECRET, check)
    inner = pretty({"request": "0" * 64, "key": to_base64(KEY)})
    other = resigned(ANSWER, DISTRICT_DESK, sealed=to_base64(agefile.encrypt(inner, ASKED.recipient)))
    with pytest.raises(causes.WrongKeyInside):
        recovery.open_answer(read(other), SECRET, check)
    with pytest.raises(causes.BadRecoveryFile):
        recovery.open_answer(read(), ask(seed=12)[2], check)


# -- forms -------------------------------------------------------------------------------------------------------------

BAD_REQUESTS: dict[str, tuple[dict[str, Any], type[Problem]]] = {
    "a format of later": ({"format": 2}, errors.NewerFormat),
    "no format": ({"format": 0}, causes.BadRecoveryFile),
    "a short key": ({"key": to_base64(bytes(31))}, causes.BadRecoveryFile),
    "another key": ({"key": to_base64(DESK.public_key)}, causes.RequestForged),
    "a recipient that is none": ({"recipient": "age1" + "q" * 58}, causes.BadRecoveryFile),
    "no recipient": ({"recipient": None}, causes.BadRecoveryFile),
    "no name": ({"operator": ""}, causes.BadRecoveryFile),
    "a very long name": ({"operator": "王" * 101}, causes.BadRecoveryFile),
    "a day beyond all calendars": ({"created": 1 << 52}, causes.BadRecoveryFile),
    "a seal that is no envelope": ({"seal": to_base64(b"{}")}, errors.BadEnvelope),
    "a request for a seal": ({"seal": to_base64(REQUEST)}, causes.WrongKind),
    "a seal of another's hand": (
        {"seal": to_base64(resigned(SEAL, STRANGER))}, causes.RequestForged,
    ),
    "a seal that names another station": (
        {"seal": to_base64(resigned(SEAL, VILLAGE_DESK, station=STRANGER.station))}, causes.RequestForged,
    ),
    "a seal without a chain": (
        {"seal": to_base64(resigned(SEAL, VILLAGE_DESK, chain=[]))}, causes.BadRecoveryFile,
    ),
    "a seal with a chain of numbers": (
        {"seal": to_base64(resigned(SEAL, VILLAGE_DESK, chain=[1, 2]))}, causes.BadRecoveryFile,
    ),
    "a seal with no certificates": (
        {"seal": to_base64(resigned(SEAL, VILLAGE_DESK, chain=["AAAA", "AAAA"]))}, errors.BadCertificate,
    ),
    "a seal of a unit of no kind": (
        {"seal": to_base64(resigned(SEAL, VILLAGE_DESK, unit={"code": "1", "name": "x", "kind": "king"}))},
        causes.BadRecoveryFile,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_request_that_is_not_of_its_form_is_refused_by_name(name: str) -> None:
    members, cause = BAD_REQUESTS[name]
    with pytest.raises(cause) as told:
        recovery.read_request(by_the_requests_key(**members))
    assert type(told.value) is cause
    assert told.value.sentence
    assert told.value.next_step


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", errors.BadEnvelope),
        (REQUEST[:-30], errors.BadEnvelope),
        (REQUEST + b" " * 1_000_000, errors.BadEnvelope),
        (ANSWER, causes.WrongKind),
        (SEAL, causes.WrongKind),
        (REQUEST.replace(b"suite=1", b"suite=2"), errors.NewerFormat),
        (resigned(REQUEST, VILLAGE_DESK), causes.RequestForged),
    ],
)
def test_what_is_no_request_is_refused_by_name(data: bytes, cause: type[Problem]) -> None:
    with pytest.raises(cause):
        recovery.read_request(data)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (REQUEST, causes.WrongKind),
        (resigned(ANSWER, DISTRICT_DESK, sealed="*"), causes.BadRecoveryFile),
        (resigned(ANSWER, DISTRICT_DESK, sealed=to_base64(bytes(5_000))), causes.BadRecoveryFile),
        (resigned(ANSWER, DISTRICT_DESK, station="x"), causes.BadRecoveryFile),
        (resigned(ANSWER, DISTRICT_DESK, request=None), causes.BadRecoveryFile),
        (resigned(ANSWER, DISTRICT_DESK, created=-1), causes.BadRecoveryFile),
        (resigned(ANSWER, DISTRICT_DESK, format=9), errors.NewerFormat),
    ],
)
def test_what_is_no_answer_is_refused_by_name(data: bytes, cause: type[Problem]) -> None:
    with pytest.raises(cause):
        read(data)


def test_members_of_a_later_program_are_left_alone() -> None:
    assert recovery.read_request(by_the_requests_key(later={"a": 1})).operator == "王芳"


@given(st.sampled_from([REQUEST, ANSWER]), st.integers(0, 1 << 20), st.integers(1, 255))
def test_any_changed_byte_is_a_problem_or_changes_nothing(data: bytes, place: int, by: int) -> None:
    place %= len(data)
    harmed = data[:place] + bytes([data[place] ^ by]) + data[place + 1 :]

    def look(given: bytes) -> Request | Answer:
        return recovery.read_request(given) if data is REQUEST else read(given)

    try:
        found = look(harmed)
    except Problem:
        return
    assert found == look(data), "JSON has more than one spelling of one content"


def test_every_problem_has_a_sentence_and_a_next_step_of_its_own() -> None:
    own = [
        kind for kind in vars(causes).values()
        if isinstance(kind, type) and issubclass(kind, Problem) and kind.__module__ == causes.__name__
    ]  # fmt: skip
    assert len(own) == 14
    assert len({kind("").sentence for kind in own}) == len(own)
    assert all(kind("").next_step and kind.exit_code in range(10, 16) for kind in own)


def test_names_in_the_files_stand_in_one_line_and_move_nothing() -> None:
    """They are read out beside the words."""
    sealed = recovery.make_seal(
        KEY, replace(HOLDER, name=HOSTILE), HOSTILE, VILLAGE_DESK.ders, VILLAGE_DESK.keys
    )
    data, *_ = recovery.make_request(sealed, HOSTILE, NOW, seeded(7))
    made = recovery.read_request(data)
    assert {made.operator, made.seal.office, made.seal.holder.name} == {"王芳” 词语：苹果"}
