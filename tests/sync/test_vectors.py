"""Every vector does what its header says, in this program and in a reader that shares nothing with it.

The files are frozen: if one of these fails, the format has changed, and other readers and stored bundles with it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vectors import player
from tests.vectors.make import MAKERS

VECTORS = sorted(p.parent for p in player.HERE.glob(f"*/{player.HEADER}"))
CHECKS = range(1, 24)
MOST_BYTES = 3_400_000
WRITTEN_OUT = ("line: ", "identity: ")
"""What a header tells other readers of the contents; :mod:`tests.vectors.reader` verifies it."""


@pytest.mark.parametrize("folder", VECTORS, ids=[v.name for v in VECTORS])
def test_what_comes_of_a_vector_is_what_its_header_says(folder: Path) -> None:
    header = player.Header.read(folder)
    expected = [line for line in header.results if not line.startswith(WRITTEN_OUT)]
    assert player.play(folder, header.said) == expected


def test_every_vector_that_is_made_is_there() -> None:
    """A folder without a header is played by nobody."""
    assert sorted(MAKERS) == [folder.name for folder in VECTORS]


def test_every_check_has_a_vector_of_its_own() -> None:
    names = {folder.name for folder in VECTORS}
    assert [n for n in CHECKS if not any(name.startswith(f"check-{n:02}") for name in names)] == []


def test_every_outcome_and_reason_of_items_occurs() -> None:
    from desktop.records.versions.item_outcomes import REASONS

    text = "\n".join((folder / player.HEADER).read_text(encoding="utf-8") for folder in VECTORS)
    assert [reason for reason in REASONS if f" {reason}\n" not in text] == []


def test_the_vectors_stay_small_enough_to_be_carried() -> None:
    files = [p for p in player.HERE.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    assert sum(p.stat().st_size for p in files) < MOST_BYTES


@pytest.mark.no_cover
def test_a_reader_that_shares_nothing_with_this_program_reads_the_good_ones() -> None:
    """It is started alone, so that nothing of this program is in its reach."""
    reader = player.HERE / "reader.py"
    assert "desktop" not in reader.read_text(encoding="utf-8").split('"""', 2)[2]
    done = subprocess.run(
        [sys.executable, "-I", str(reader), str(player.HERE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = [player.Header.read(v).results for v in VECTORS]
    readable = sum(any(line.startswith("identity: ") for line in lines) for lines in results)
    found = re.fullmatch(r"(\d+) vectors read, (\d+) digests reckoned\n", done.stdout)
    assert found is not None
    assert int(found[1]) == readable
    # Of a fork and of an erasure the digest is for a ledger to reckon.
    assert int(found[2]) > readable * 0.9
