"""Bundles and grants are verified and read without this program, by the commands that the format document prints.

The commands are taken out of the document and run as they stand, one block after the other in one folder; both
languages print the same ones. The tables of checks are compared with the errors of the program.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from desktop.resources import resource
from desktop.sync import errors
from desktop.sync.bundles import envelope
from desktop.sync.errors import enrolment as enrolment_errors
from desktop.sync.errors import persons as persons_errors
from desktop.sync.errors import recovery as recovery_errors
from tests.vectors import player
from tests.vectors.scene import Scene

MANUAL = resource("manual")
ENGLISH, CHINESE = ((MANUAL / name).read_text(encoding="utf-8") for name in ("format.md", "format.zh.md"))
BLOCKS = re.findall(r"```sh\n(.*?)```", ENGLISH, re.DOTALL)
MANIFEST, CHAIN, SIGNATURE, ENTRIES, CONTENT, SEGMENT, DIGEST, VALUES, GRANT = BLOCKS
TOOLS = ("sh", "sed", "unzip", "openssl", "age", "zstd", "jq", "sha256sum", "base64", "basenc")
VERIFIED = "Signature Verified Successfully"
ERRORS = {
    name: found
    for module in (errors, enrolment_errors, persons_errors, recovery_errors)
    for name, found in vars(module).items()
}


def run(folder: Path, *blocks: str, ok: bool = True) -> str:
    """What the commands print; the test is skipped where a program is not installed."""
    printed = ""
    for block in blocks:
        for program in TOOLS:
            if re.search(rf"\b{program}\b", block) and shutil.which(program) is None:
                pytest.skip(f"{program} is not installed")
        done = subprocess.run(
            ["sh", "-e", "-c", block], cwd=folder, capture_output=True, text=True, check=False
        )
        printed += done.stdout
        last = block is blocks[-1]
        assert (done.returncode == 0) is (ok or not last), done.stdout + done.stderr
    return printed


def inspector(folder: Path, bundle: Path, grant: Path) -> Path:
    """What an inspector has: a bundle, the root certificate, the receiver's key and a grant."""
    shutil.copy(bundle, folder / "bundle.xsj")
    shutil.copy(player.STATIONS / "root.pem", folder / "root.pem")
    shutil.copy(player.STATIONS / "town/identity.txt", folder / "identity.txt")
    shutil.copy(grant, folder / "grant.xsg")
    return folder


PERSON = {"name": "李敏", "id_number": "330106199003078515", "political_status": "13", "native_place": "杭州"}
"""Several personal parts and an empty one between them: their salts come from more than one hash."""


@pytest.fixture(params=["items-all-kinds", "segment-erased", "items-rare-characters"])
def frozen(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A bundle of the vectors."""
    grant = player.STATIONS / "village/grant.xsg"
    return inspector(tmp_path, player.HERE / request.param / "1.xsj", grant)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that this program has just written."""
    scene = Scene(tmp_path_factory.mktemp("scene"))
    scene.village.birth("enterprise", {"name": "径山茶厂", "contact_name": "王芳"}, record="f1" * 16)
    scene.village.birth("member", PERSON, record="f2" * 16)
    scene.village.birth("proposal", {"number": "12", "subject": "降温"}, record="f3" * 16)
    return inspector(
        tmp_path_factory.mktemp("desk"), scene.village.send().path, player.STATIONS / "village/grant.xsg"
    )


@pytest.fixture
def desk(written: Path, tmp_path: Path) -> Path:
    """The same in a folder of its own."""
    return Path(shutil.copytree(written, tmp_path / "desk"))


def test_every_block_works_on_the_vectors_as_printed(frozen: Path) -> None:
    printed = run(frozen, *BLOCKS)
    assert printed.count(VERIFIED) == 3
    assert "sender.pem: OK" in printed
    assert "the digest stands" in printed


def test_every_block_works_on_what_is_written_now(desk: Path) -> None:
    shown = run(desk, *BLOCKS)
    assert shown.count(VERIFIED) == 3
    assert envelope.read_bundle(desk / "bundle.xsj").digest in shown
    assert "b/certificates.pem: OK" in shown
    assert "b/parts/0001.ndjson.zst.age: OK" in shown
    read = [json.loads(line) for line in shown.splitlines() if line.startswith('{"record":')]
    born = {line["record"]: line for line in read}
    firm, proposal = born["f1" * 16], born["f3" * 16]
    assert (firm["name"], firm["contact.contact_name"]) == ("径山茶厂", "王芳")
    assert (proposal["item"], proposal["number"]) == (firm["item"] + 2, "12")
    assert len((desk / "key.bin").read_bytes()) == 32
    sealed = [
        line.count(',\t["",') for line in (desk / "lines.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    assert max(sealed) > 2


def test_another_key_does_not_stand(desk: Path) -> None:
    run(desk, *BLOCKS[:6])
    (desk / "key.bin").write_bytes(bytes(32))
    run(desk, DIGEST, ok=False)


def test_the_hashes_of_lines_are_those_of_the_vectors(frozen: Path) -> None:
    run(frozen, *BLOCKS[:7])
    lines = (frozen / "hashes.txt").read_text(encoding="ascii").split()
    stated = {
        line.split()[-1] for folder in player.HERE.iterdir() if (folder / player.HEADER).exists()
        for line in player.Header.read(folder).results if line.startswith("line: ")
    }  # fmt: skip
    assert lines
    assert set(lines) <= stated


def test_unzip_finds_no_fault(desk: Path) -> None:
    assert "No errors detected" in run(desk, "unzip -t bundle.xsj")


def test_openssl_refuses_another_root(desk: Path) -> None:
    shutil.copy(player.STATIONS / "stranger/certificates.pem", desk / "root.pem")
    run(desk, MANIFEST, CHAIN, ok=False)


def test_openssl_refuses_a_changed_manifest(desk: Path) -> None:
    change = 'sed -i \'s/"sequence": /"sequence": 1/\' payload.json'
    run(desk, MANIFEST, CHAIN, change, SIGNATURE, ok=False)


def test_a_changed_part_is_seen(desk: Path) -> None:
    change = "printf x >> b/parts/0001.ndjson.zst.age"
    run(desk, MANIFEST, change, ENTRIES, ok=False)


def test_a_changed_line_is_seen(desk: Path) -> None:
    change = "sed -i 's/径山/经山/' lines.ndjson"
    run(desk, *BLOCKS[:6], change, DIGEST, ok=False)


def test_a_segment_by_somebody_else_is_seen(desk: Path) -> None:
    run(desk, *BLOCKS[:5])
    shutil.copy(player.STATIONS / "stranger/certificates.pem", desk / "other.pem")
    run(desk, "openssl x509 -in other.pem -noout -pubkey > sender.pub", SEGMENT, ok=False)


def test_age_does_not_open_it_for_others(desk: Path) -> None:
    shutil.copy(player.STATIONS / "village/identity.txt", desk / "identity.txt")
    run(desk, MANIFEST, CONTENT, ok=False)


def test_a_grant_by_somebody_else_is_seen(desk: Path) -> None:
    altered = GRANT.replace("jq -c '.tree[]' grant.json", "").replace("'.chain[1]'", "'.chain[2]'")
    run(desk, altered, ok=False)


# -- the document ------------------------------------------------------------------------------------------------------


def table_rows(text: str) -> list[list[str]]:
    """The rows of tables with five columns that name an error."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.split("\n")
        if line.startswith("|")
    ]
    return [row for row in rows if len(row) == 5 and row[2] in ERRORS]


def test_both_languages_print_the_same_commands_and_tables() -> None:
    assert re.findall(r"```sh\n(.*?)```", CHINESE, re.DOTALL) == BLOCKS
    english, chinese = table_rows(ENGLISH), table_rows(CHINESE)
    assert len(english) > 40
    assert [row[2:4] for row in english] == [row[2:4] for row in chinese]
    assert ENGLISH.count("\n## ") == CHINESE.count("\n## ")


def test_the_tables_of_checks_are_those_of_the_program() -> None:
    for row in table_rows(CHINESE):
        error = ERRORS[row[2]]
        assert row[3] == str(error.exit_code), row
        assert row[4] == error.next_step, row


def test_every_cause_that_a_vector_meets_stands_in_the_document() -> None:
    text = "\n".join(
        (p.parent / player.HEADER).read_text(encoding="utf-8") for p in player.HERE.glob("*/vector.txt")
    )
    met = set(re.findall(r"refused ([A-Z]\w+) \d\d$", text, re.MULTILINE))
    assert met
    assert sorted(name for name in met if name not in ENGLISH or name not in CHINESE) == []
