"""A bundle is verified and read without this program: `unzip`, `openssl`, `age`, `zstd` and a text editor.

The commands stand as they may be typed; the manual repeats them. They need ``root.pem`` (the root certificate,
handed over on paper or by telephone words) and, to read the content, ``identity.txt`` and ``key.pem`` from
``xiaosanji keys WORKSPACE export-identity``.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from desktop.sync import certificates, dsse, enrolment, envelope, trust
from tests.sync.test_enrolment import GRANT
from tests.sync.world import (
    DISTRICT_DESK,
    STRANGER,
    TOWN_DESK,
    VILLAGE_DESK,
    bundle_from_village,
    lines,
)

UNPACK = """
unzip -q bundle.xsj -d bundle
"""

CERTIFICATES = """
# The sender's certificate is the first of the file, its issuers follow.
openssl x509 -in bundle/certificates.pem -out sender.pem
openssl verify -no_check_time -CAfile root.pem -untrusted bundle/certificates.pem sender.pem
openssl x509 -in sender.pem -noout -ext subjectAltName
"""

MANIFEST = """
# payload, payloadType and sig each stand on a line of their own.
sed -n 's/^ "payload": "\\(.*\\)",$/\\1/p'     bundle/manifest.json | openssl base64 -d -A > payload.json
sed -n 's/^ "payloadType": "\\(.*\\)",$/\\1/p' bundle/manifest.json | tr -d '\\n'          > type.txt
sed -n 's/^ *"sig": "\\(.*\\)"$/\\1/p'         bundle/manifest.json | openssl base64 -d -A > payload.sig
"""

SIGNATURE = """
# What is signed: DSSEv1, then length and text of the type, then length and text of the payload.
printf 'DSSEv1 %d %s %d ' $(wc -c < type.txt) "$(cat type.txt)" $(wc -c < payload.json) > signed.bin
cat payload.json >> signed.bin
openssl x509 -in sender.pem -noout -pubkey > sender.pub
openssl pkeyutl -verify -pubin -inkey sender.pub -rawin -in signed.bin -sigfile payload.sig
"""

PARTS = """
# The manifest names each part by the SHA-256 of its ciphertext.
cd bundle
for part in parts/*; do
    sum=$(openssl dgst -sha256 -r "$part" | cut -c 1-64)
    grep -q "$sum" ../payload.json && echo "$part OK"
done
"""

CONTENT = """
age -d -i identity.txt bundle/parts/0001.ndjson.zst.age | zstd -dc > content.ndjson
"""

IDENTITY = """
# The identity of a bundle, as it stands on the printed cover sheet.
openssl dgst -sha256 -r payload.json | cut -c 1-64
"""

SEGMENT = """
# A segment's own signature, by the station that wrote it: a fixed first line, then its header.
{ printf 'xiaosanji segment v1\\n'; cat header.json; } > segment.bin
openssl pkeyutl -verify -pubin -inkey sender.pub -rawin -in segment.bin -sigfile header.sig
"""

ENROLMENT = """
sed -n 's/^ "payload": "\\(.*\\)",$/\\1/p' grant.xsg | openssl base64 -d -A
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with what an inspector has: a bundle, the root certificate, the receiver's keys."""
    bundle_from_village(tmp_path)
    (tmp_path / "root.pem").write_bytes(certificates.to_pem(DISTRICT_DESK.ders))
    (tmp_path / "identity.txt").write_text(TOWN_DESK.keys.identity_file(), encoding="ascii")
    return tmp_path


def run(folder: Path, *scripts: str, ok: bool = True) -> str:
    """What the commands print; the test is skipped where a program is not installed."""
    for program in ("sh", "sed", "unzip", "openssl", "age", "zstd"):
        if any(program in script for script in scripts) and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(scripts)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout


def test_unzip_finds_no_fault(desk: Path) -> None:
    assert "No errors detected" in run(desk, "unzip -t bundle.xsj")


def test_openssl_verifies_the_senders_certificate(desk: Path) -> None:
    shown = run(desk, UNPACK, CERTIFICATES)
    assert "sender.pem: OK" in shown
    assert f"URI:xsj:station:{VILLAGE_DESK.station}" in shown
    assert "URI:xsj:level:village" in shown


def test_openssl_refuses_another_root(desk: Path) -> None:
    (desk / "root.pem").write_bytes(certificates.to_pem(STRANGER.ders))
    run(desk, UNPACK, CERTIFICATES, ok=False)


def test_openssl_verifies_the_manifest(desk: Path) -> None:
    shown = run(desk, UNPACK, CERTIFICATES, MANIFEST, SIGNATURE)
    assert "Signature Verified Successfully" in shown


def test_openssl_refuses_a_changed_manifest(desk: Path) -> None:
    change = 'sed -i \'s/"sequence": 1/"sequence": 2/\' payload.json'
    run(desk, UNPACK, CERTIFICATES, MANIFEST, change, SIGNATURE, ok=False)


def test_the_payload_is_named_by_its_hash(desk: Path) -> None:
    shown = run(desk, UNPACK, MANIFEST, IDENTITY)
    assert shown.strip() == envelope.read_bundle(desk / "bundle.xsj").digest


def test_openssl_checks_the_parts(desk: Path) -> None:
    assert run(desk, UNPACK, MANIFEST, PARTS) == "parts/0001.ndjson.zst.age OK\n"


def test_age_and_zstd_read_the_content(desk: Path) -> None:
    """The first line repeats whose bundle it is; the items of all segments follow as one stream of lines."""
    run(desk, UNPACK, CONTENT)
    first, rest = (desk / "content.ndjson").read_bytes().split(b"\n", 1)
    assert VILLAGE_DESK.station.encode() in first
    assert rest == lines(1, 7)


def test_age_does_not_open_it_for_others(desk: Path) -> None:
    (desk / "identity.txt").write_text(STRANGER.keys.identity_file(), encoding="ascii")
    run(desk, UNPACK, "age -d -i identity.txt bundle/parts/0001.ndjson.zst.age", ok=False)


def test_openssl_verifies_a_segment(desk: Path) -> None:
    header = b'{"origin":"...","first":1,"last":3}'
    (desk / "header.json").write_bytes(header)
    (desk / "header.sig").write_bytes(VILLAGE_DESK.keys.sign(trust.segment_message(header)))
    shown = run(
        desk, UNPACK, CERTIFICATES, "openssl x509 -in sender.pem -noout -pubkey > sender.pub", SEGMENT
    )
    assert "Signature Verified Successfully" in shown


def test_a_grant_is_read_with_openssl(desk: Path) -> None:
    (desk / "grant.xsg").write_bytes(GRANT)
    shown = run(desk, ENROLMENT)
    assert shown.encode() == dsse.parse(GRANT, enrolment.MAX_GRANT).payload
