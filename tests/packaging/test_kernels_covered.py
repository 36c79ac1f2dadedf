"""Which kernels count as reached in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bootstrap import checks

ROOT = Path(__file__).resolve().parents[2]


def write_coverage(path: Path, files: Any) -> Path:
    path.write_text(json.dumps({"files": files}))
    return path


def test_a_kernel_with_a_gap_is_named_with_its_lines_and_branches(tmp_path: Path) -> None:
    report = write_coverage(
        tmp_path / "c.json",
        {
            "desktop/a.py": {"missing_lines": [], "missing_branches": []},
            "desktop/b.py": {"missing_lines": [3], "missing_branches": [[3, 4], [7, 9], [8, -1]]},
            "desktop\\d.py": {"missing_lines": [], "missing_branches": []},
        },
    )
    gaps = checks.uncovered(["desktop/a.py", "desktop/b.py", "desktop/c.py", "desktop/d.py"], report)
    assert sorted(gaps) == ["desktop/b.py", "desktop/c.py"]
    assert gaps["desktop/b.py"].endswith("3, 7->9, 8->exit")
    assert "no test imports it" in gaps["desktop/c.py"]


def test_without_a_measurement_every_kernel_fails(tmp_path: Path) -> None:
    assert list(checks.uncovered(["desktop/a.py"], tmp_path / "none.json")) == ["desktop/a.py"]


def test_kernels_not_written_yet_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "kernels.txt").write_text("# comment\n\na.py\nb.py\n")
    (tmp_path / "a.py").write_text("")
    assert checks.read_kernels(tmp_path) == (["a.py"], ["b.py"])


def test_the_name_of_a_kernel_is_that_of_its_import() -> None:
    assert checks.module_name("desktop/sync/trust.py") == "desktop.sync.trust"


def test_what_is_run_without_measuring_is_there_and_the_rest_of_its_floor_is_measured() -> None:
    """A file that was renamed would else be measured again, and one that is named nowhere run by nobody."""
    measured = checks.measured_files(ROOT)
    beside = {path.parent.as_posix() for path in map(Path, measured)}
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(measured) < tests
    assert set(checks.UNMEASURED_TESTS) == {
        name for name in tests - set(measured) if Path(name).parent.as_posix() in beside - {"tests/records"}
    }
