"""Writes the vectors that are not there yet: ``python -m tests.vectors.make``, or all anew with ``--all``.

What ``age`` encrypts differs each time, so vectors are frozen on disk, and a change of the program that changes what
one says is a change of the format. Each maker says by hand what is expected; what the program makes of it must agree.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.vectors import (
    aside,
    borders,
    bundles,
    contents,
    deciding,
    files,
    items,
    persons,
    plain,
    player,
    same,
    tree,
)
from tests.vectors.scene import HERE, Scene
from tests.vectors.vector import Vector

MODULES = (bundles, contents, items, aside, deciding, files, plain, persons, same, tree, borders)
"""Each adds its vectors to one of four lists."""
MAKERS = {**bundles.MAKERS, **items.MAKERS, **files.MAKERS, **persons.MAKERS}


def main(arguments: list[str]) -> None:
    """Makes what is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        if "--all" in arguments or not player.STATIONS.exists():
            _clear(HERE)
            Scene(Path(scratch)).write_stations()
        for name, make in MAKERS.items():
            folder = HERE / name
            if not (folder / player.HEADER).exists():
                room = Path(scratch) / name
                room.mkdir()
                scene = Scene(room)
                scene.check_stations()
                _write(folder, make(scene))


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and ((path / player.HEADER).exists() or path == player.STATIONS):
            shutil.rmtree(path)


def _write(folder: Path, vector: Vector) -> None:
    """Writes one, if what comes of it is what its maker expects."""
    folder.mkdir(exist_ok=True)
    for name, data in vector.files.items():
        (folder / name).write_bytes(data)
    results = player.play(folder, vector.said)
    fault = vector.disagrees(results)
    if fault:
        shutil.rmtree(folder)
        raise SystemExit(f"{folder.name}: {fault}\n  " + "\n  ".join(results))
    if vector.is_readable:
        for path in sorted(folder.glob("*.xsj")):
            results += vector.read_out(path)
    head = {"expect": vector.expect, "shows": vector.shows} | vector.said
    text = "".join(f"{k}: {v}\n" for k, v in head.items()) + "\n" + "\n".join(results) + "\n"
    (folder / player.HEADER).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
