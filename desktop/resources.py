"""Finds the files under ``resources/`` from a checkout, an installed wheel and a frozen folder alike."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources_root() -> Path:
    """The folder that holds the program's data files.

    A frozen program carries it beside its code, a wheel inside the package, a checkout beside the package.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    package = Path(__file__).resolve().parent
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [package / "_resources", package.parent / "resources"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"no resources folder in any of {', '.join(map(str, candidates))}")


def resource(*parts: str) -> Path:
    """The path of one data file, such as ``resource("codes", "sex.json")``; it is not checked to exist."""
    return resources_root().joinpath(*parts)
