"""Runs the benchmarks and prints every ratio beside its goal: ``packaging/dev.py bench [--json FILE] [NAME…]``."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import tempfile
from pathlib import Path
from typing import Any

GOALS = {
    "merge_against_plain": 1.5,
    "repeat_against_first": 0.05,
    "recut_against_first": 0.7,
    "edits_large_against_small": 1.5,
    "peak_mb": 300,
    "refused_peak_mb": 300,
    "held_peak_mb": 300,
    "released_peak_mb": 300,
    "import_against_bare_read": 0.6,
    "export_against_bare_write": 1.2,
    "first_page_large_against_small": 1.5,
    "jump_large_against_small": 1.5,
    "search_against_like": 0.1,
    "check_against_reading": 4,
    "save_large_against_small": 1.3,
    "new_record_large_against_small": 1.3,
    "start_against_bare_window": 4,
    "first_against_geodiff": 0.5,
    "first_against_session": 1,
    "hundredth_against_geodiff": 0.167,
    "tenth_against_bare_updates": 2.5,
    "preview_against_merge": 0.5,
    "bundle_against_xlsx": 0.5,
    "letters_against_bare": 2.5,
    "cold_letter_against_import": 4,
    "register_against_long_table": 1.5,
}
"""What each ratio should be at most; the other figures are there to be read."""
BENCHMARKS = ("merging", "against_peers", "import_register", "lists", "saving", "starting", "pages")


def main() -> None:
    """Prints one line a figure; the exit code says nothing about goals, machines are noisy."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHMARKS, []], help="which benchmarks; all by default"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--stations", type=int, default=200, help="stations of the synthetic district")
    arguments = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    for name in arguments.names or BENCHMARKS:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        options = {"stations": arguments.stations} if name in ("merging", "against_peers", "saving") else {}
        with tempfile.TemporaryDirectory() as folder:
            results[name] = module.run(Path(folder), **options)
        for figure, value in results[name].items():
            goal = f"   goal {GOALS[figure]}" if figure in GOALS else ""
            shown = f"{value:.3f}" if isinstance(value, float) else str(value)
            print(f"{name:16}{figure:34}{shown:>12}{goal}", flush=True)
    if arguments.json is not None:
        report = {"machine": platform.platform(), "python": platform.python_version(), "results": results}
        arguments.json.write_text(json.dumps(report, indent=1), "utf-8")


if __name__ == "__main__":
    main()
