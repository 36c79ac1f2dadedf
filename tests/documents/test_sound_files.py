"""Printed files are sound for a reader that looks at each of their objects, where there is one (``qpdf --check``)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from desktop.documents.letters.joined import joined
from tests.documents.composed import letter_for
from tests.documents.golden_pages import PAGES

QPDF = shutil.which("qpdf")


@pytest.mark.skipif(QPDF is None, reason="qpdf is not installed here")
def test_each_kind_of_file_and_a_run_of_letters_are_sound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")
    files = {name: draw() for name, draw in PAGES.items()}
    letters = ["opinion_letter", "suggestion_letter"]
    files["run"] = joined([letter_for(n) for n in letters], [files[n] for n in letters], lambda: None)
    for name, data in files.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        found = subprocess.run([str(QPDF), "--check", path], capture_output=True, text=True, check=False)
        assert (found.returncode, found.stderr) == (0, ""), f"{name}: {found.stdout}{found.stderr}"
