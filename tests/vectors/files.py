"""Vectors of the other files: enrolment, roots, certificates, recovery, and the plain functions of the format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from desktop.records.declaration import Level, Role
from desktop.sync.authority import station
from desktop.sync.enrolling import acks, grants, recovery, requests
from desktop.sync.enrolling.recovery import Holder
from desktop.sync.enrolling.requests import Wish
from desktop.sync.formats import dsse, strictjson
from desktop.sync.signed import certificates, identity, roots
from desktop.sync.signed.roots import Roots
from tests.sync.desks import START, Desk
from tests.sync.world import seeded
from tests.vectors.bundles import Maker, honest
from tests.vectors.scene import NOW, Pack, Scene, signed_segment
from tests.vectors.vector import Vector

MAKERS: dict[str, Maker] = {}
KEY = bytes(range(32))


def vector(
    name: str, play: str, expect: str, shows: str, **said: str
) -> Callable[[Callable[[Scene], dict[str, bytes]]], None]:
    """A vector of one such file, or of those that it needs."""

    def add(story: Callable[[Scene], dict[str, bytes]]) -> None:
        MAKERS[name] = lambda scene: Vector(expect, shows, {"play": play, **said}, story(scene))

    return add


def resigned(data: bytes, keys: identity.StationKeys, **members: Any) -> bytes:
    """A file of one envelope with other members, signed all the same."""
    signed = dsse.parse(data, 1 << 26)
    payload = strictjson.pretty(json.loads(signed.payload) | members)
    return dsse.sign(signed.payload_type, payload, signed.signatures[0].keyid, keys.sign).encode()


def tampered(data: bytes) -> bytes:
    """A file whose payload has other bytes than were signed."""
    signed = dsse.parse(data, 1 << 26)
    return replace(signed, payload=signed.payload.replace(b'"format": 1', b'"format":  1')).encode()


# -- enrolment ---------------------------------------------------------------------------------------------------------

WISH = Wish("330110109222", "径山村工会", Level.VILLAGE)


def request(desk: Desk) -> bytes:
    return requests.make_request(desk.keys, WISH, START)


vector("request", "request", "accepted", "A village asks to be enrolled.")(
    lambda s: {"1.xsq": request(s.village)}
)
vector("request-renewed", "request", "accepted", "Renewed keys: the first key has signed for the new one.")(
    lambda s: {
        "1.xsq": requests.make_request(identity.renew(s.village.keys, seeded(7)), WISH, START, s.village.keys)
    }
)
vector("request-tampered", "request", "refused enrolment BadSignature 10", "Bytes other than were signed.")(
    lambda s: {"1.xsq": tampered(request(s.village))}
)
vector(
    "request-of-another",
    "request",
    "refused enrolment SenderUnequal 10",
    "New keys without the word of the first.",
)(
    lambda s: {
        "1.xsq": requests.make_request(
            identity.renew(s.village.keys, seeded(7)), WISH, START, s.village2.keys
        )
    }
)
vector("request-newer", "request", "refused enrolment NewerFormat 24", "Format 2.")(
    lambda s: {"1.xsq": resigned(request(s.village), s.village.keys, format=2)}
)
vector("request-level", "request", "refused enrolment BadEnrolmentFile 15", "A level that does not exist.")(
    lambda s: {
        "1.xsq": resigned(
            request(s.village),
            s.village.keys,
            unit={"code": "1", "name": "x", "kind": "moon", "role": "desk"},
        )
    }
)
vector(
    "request-no-request",
    "request",
    "refused enrolment BadEnrolmentFile 15",
    "A grant where a request belongs.",
)(lambda s: {"1.xsq": grant(s)})


def grant(scene: Scene, **changes: Any) -> bytes:
    return scene.enrolment_files(scene.village, scene.town, **{"reference": None} | changes)[1]


vector("grant", "grant", "accepted", "The town grants.", receiver="village")(lambda s: {"1.xsg": grant(s)})
vector(
    "grant-pinned",
    "grant",
    "accepted",
    "The root is the one that is trusted already.",
    receiver="village",
    pinned="city",
)(lambda s: {"1.xsg": grant(s)})
vector(
    "grant-other-root",
    "grant",
    "refused enrolment RootDiffers 11",
    "Another root is trusted already.",
    receiver="village",
    pinned="stranger",
)(lambda s: {"1.xsg": grant(s)})
vector(
    "grant-other-station",
    "grant",
    "refused enrolment GrantForOther 12",
    "A grant for the neighbour.",
    receiver="village2",
)(lambda s: {"1.xsg": grant(s)})
vector(
    "grant-other-request",
    "grant",
    "refused enrolment GrantForOtherRequest 12",
    "It answers another request.",
    receiver="village",
)(lambda s: {"1.xsg": grant(s, request="0" * 64)})
vector(
    "grant-tampered",
    "grant",
    "refused enrolment BadSignature 10",
    "Signed by another than the desk.",
    receiver="village",
)(lambda s: {"1.xsg": resigned(grant(s), s.village2.keys)})
vector(
    "grant-no-tree",
    "grant",
    "refused enrolment UnitNotKnown 20",
    "The tree does not hold the units.",
    receiver="village",
)(lambda s: {"1.xsg": grant(s, tree=[])})


def ack(scene: Scene, **changes: Any) -> bytes:
    asked = scene.enrolment_files(scene.village, scene.town, reference=None)
    keys = scene.village.keys
    found = grants.read_grant(asked[1], keys, requests.read_request(asked[0]).digest)
    return resigned(acks.make_ack(keys, found, 12, START), keys, **changes)


vector("ack", "ack", "accepted", "The village has taken its certificate.", about="village")(
    lambda s: {"1.xsa": ack(s)}
)
vector(
    "ack-of-another",
    "ack",
    "refused enrolment AckForOther 12",
    "It is about another certificate.",
    about="village2",
)(lambda s: {"1.xsa": ack(s)})
vector(
    "ack-tampered",
    "ack",
    "refused enrolment BadSignature 10",
    "Bytes other than were signed.",
    about="village",
)(lambda s: {"1.xsa": tampered(ack(s))})

# -- roots -------------------------------------------------------------------------------------------------------------


def chain_of_roots(scene: Scene) -> list[bytes]:
    """The city names a second root beside itself, which then stands alone."""
    city, new = scene.city, scene.stranger
    first, second = (station.own_chain(d.ledger)[-1] for d in (city, new))
    before = Roots(frozenset([first]))
    one, both = roots.make_statement(before, [first, second], certificates.parse(first), city.keys)
    two, _ = roots.make_statement(both, [second], certificates.parse(second), new.keys)
    return [one, two]


vector("roots", "roots", "accepted", "Two statements, one after the other.")(
    lambda s: {f"{n}.json": d for n, d in enumerate(chain_of_roots(s), 1)}
)
vector("roots-gap", "roots", "refused roots RootGap 11", "The first statement is missing.")(
    lambda s: {"2.json": chain_of_roots(s)[1]}
)
vector(
    "roots-forged", "roots", "refused roots BadRootStatement 10", "Signed by a root that does not count yet."
)(lambda s: {"1.json": resigned(chain_of_roots(s)[0], s.stranger.keys)})
vector("roots-other-previous", "roots", "refused roots BadRootStatement 10", "It follows another statement.")(
    lambda s: {"1.json": resigned(chain_of_roots(s)[0], s.city.keys, previous="0" * 64)}
)
vector("roots-no-root", "roots", "refused roots BadCertificate 15", "It names a town as root.")(
    lambda s: {
        "1.json": resigned(
            chain_of_roots(s)[0],
            s.city.keys,
            roots=[strictjson.to_base64(station.own_chain(s.town.ledger)[0])],
        )
    }
)

# -- certificates ------------------------------------------------------------------------------------------------------


def certificate(scene: Scene, **claims: Any) -> dict[str, bytes]:
    city = scene.city
    said = scene.claims(scene.office, claims.pop("path", None), **claims)
    issuer = certificates.parse(station.own_chain(city.ledger)[0])
    return {"1.der": certificates.issue(said, 255, city.keys, issuer).der}


vector("certificate", "certificate", "accepted", "A certificate of two units.")(lambda s: certificate(s))
vector(
    "certificate-issuer", "certificate", "accepted", "An issuer, with a recovery recipient and another role."
)(lambda s: certificate(s, path=2, recovery=s.district.keys.recipient, role=Role.EDITOR))
vector("certificate-cut", "certificate", "refused 3 BadCertificate 15", "The last byte is missing.")(
    lambda s: {"1.der": certificate(s)["1.der"][:-1]}
)
vector(
    "certificate-two-stations",
    "certificate",
    "refused 3 BadCertificate 15",
    "The names say another station than the subject.",
)(
    lambda s: {
        "1.der": certificate(s)["1.der"].replace(
            f"xsj:station:{s.office.station}".encode(), f"xsj:station:{s.town.station}".encode()
        )
    }
)
vector("certificate-level", "certificate", "refused 3 BadCertificate 15", "A level that does not exist.")(
    lambda s: {"1.der": certificate(s)["1.der"].replace(b"xsj:level:village", b"xsj:level:villain")}
)
vector("certificate-name", "certificate", "refused 3 BadCertificate 15", "The subject is no text.")(
    lambda s: {
        "1.der": certificate(s)["1.der"].replace(
            b"\x0c\x40" + s.office.station.encode(), b"\x04\x40" + s.office.station.encode()
        )
    }
)
vector("certificate-dates", "certificate", "refused 3 BadCertificate 15", "It begins in 2021.")(
    lambda s: {"1.der": certificate(s)["1.der"].replace(b"200101000000Z", b"210101000000Z")}
)
vector(
    "check-17",
    "segment",
    "refused 17 OriginUnequal 10",
    "The header names another station than the certificate.",
    certificate="village2",
)(lambda s: {"1.ndjson": honest(s).frames[-1]})
vector("segment", "segment", "accepted", "One segment as its origin signed it.", certificate="village")(
    lambda s: {"1.ndjson": honest(s).frames[-1]}
)
vector(
    "segment-forged",
    "segment",
    "refused 18 BadSegmentSignature 10",
    "The same header signed by a neighbour.",
    certificate="village",
)(lambda s: {"1.ndjson": _signed_by(s.village2, honest(s))})


def _signed_by(desk: Desk, pack: Pack) -> bytes:
    return signed_segment(desk, pack.header, pack.lines, key=pack.key)


# -- recovery ----------------------------------------------------------------------------------------------------------


def asking(scene: Scene, seed: int = 11, key: bytes = KEY) -> tuple[bytes, str]:
    """The village's request for recovery, and what opens the answer."""
    holder = Holder("330110109222", "径山村工会", Level.VILLAGE)
    seal = recovery.make_seal(
        key, holder, "余杭区总工会", station.own_chain(scene.village.ledger), scene.village.keys
    )
    data, _, secret = recovery.make_request(seal, "王芳", START, seeded(seed))
    return data, secret


def answering(scene: Scene, office: str = "district", key: bytes = KEY) -> dict[str, bytes]:
    data, secret = asking(scene)
    desk = scene.desks[office]
    own = certificates.parse(station.own_chain(desk.ledger)[0])
    answer = recovery.make_answer(recovery.read_request(data), key, own, desk.keys, START)
    return {"1.xsr": data, "1.xsk": answer, "identity.txt": f"{secret}\n".encode()}


AT = {"receiver": "district", "now": str(NOW)}
vector("recovery-request", "recovery request", "accepted", "The district may answer.", **AT)(
    lambda s: {"1.xsr": asking(s)[0]}
)
vector(
    "recovery-request-again",
    "recovery request",
    "refused R1 AlreadyAnswered 12",
    "It was answered before.",
    before="answered",
    **AT,
)(lambda s: {"1.xsr": asking(s)[0]})
vector(
    "recovery-request-unknown",
    "recovery request",
    "refused R2 UnknownLaptop 11",
    "A station that this district never enrolled.",
    **AT,
)(lambda s: {"1.xsr": _stranger(s)})
vector(
    "recovery-request-revoked",
    "recovery request",
    "refused R3 LaptopRevoked 13",
    "The laptop was revoked.",
    before="revoked",
    **AT,
)(lambda s: {"1.xsr": asking(s)[0]})
vector(
    "recovery-request-elsewhere",
    "recovery request",
    "refused R4 SealedToOther 12",
    "The town cannot open what is sealed to the district.",
    **AT | {"receiver": "town"},
)(lambda s: {"1.xsr": asking(s)[0]})
vector(
    "recovery-request-tampered",
    "recovery request",
    "refused recovery RequestForged 10",
    "Bytes other than were signed.",
    **AT,
)(lambda s: {"1.xsr": tampered(asking(s)[0])})
vector(
    "recovery-answer",
    "recovery answer",
    "accepted",
    "The answer opens with the request's key.",
    receiver="village",
)(lambda s: answering(s))
vector(
    "recovery-answer-office",
    "recovery answer",
    "refused A1 UnknownOffice 11",
    "The neighbour answers.",
    receiver="village",
)(lambda s: answering(s, "village2"))
vector(
    "recovery-answer-elsewhere",
    "recovery answer",
    "refused A2 AnswerForOtherLaptop 12",
    "For another laptop.",
    receiver="village2",
)(lambda s: answering(s))
vector(
    "recovery-answer-used",
    "recovery answer",
    "refused A3 AnswerUsed 12",
    "Taken in before.",
    receiver="village",
    before="used",
)(lambda s: answering(s))
vector(
    "recovery-answer-old",
    "recovery answer",
    "refused A4 AnswerForOtherRequest 12",
    "A newer request was written.",
    receiver="village",
    asked="0" * 64,
)(lambda s: answering(s))
vector(
    "recovery-answer-wrong-key",
    "recovery answer",
    "refused A5 WrongKeyInside 10",
    "Another key inside.",
    receiver="village",
)(lambda s: answering(s, key=bytes(32)))


def _stranger(scene: Scene) -> bytes:
    holder = Holder("330110109222", "径山村工会", Level.VILLAGE)
    keys = identity.generate(seeded(3))
    root = certificates.parse(station.own_chain(scene.stranger.ledger)[0])
    claims = scene.claims(
        scene.village, None, station=keys.station, public_key=keys.public_key, recipient=keys.recipient
    )
    own = certificates.issue(claims, 1, scene.stranger.keys, root)
    seal = recovery.make_seal(KEY, holder, "余杭区总工会", [own.der, root.der], keys)
    return recovery.make_request(seal, "王芳", START, seeded(12))[0]
