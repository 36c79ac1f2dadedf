"""Fuzzes one target, guided by coverage: ``packaging/dev.py fuzz [TARGET …] [--seconds N]`` calls this.

    python -m tests.fuzz TARGET [--seconds N] [--corpus DIR]

What is found is written beside the corpus as ``crash-…``, ``timeout-…`` or ``oom-…``; ``python -m tests.fuzz TARGET
--try FILE`` runs one such file again, without the fuzzer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLOWEST = 20
"""Seconds that no input may take, on a machine that does much else."""
MOST_MEMORY = 1024
"""Megabytes, instrumentation and libraries included."""


def main() -> int:
    """Runs until the time is over (0) or something was found (not 0)."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, default=ROOT / "build" / "fuzz-corpus")
    parser.add_argument("--try", dest="file", type=Path)
    options = parser.parse_args()
    if options.file is not None:
        from tests.fuzz.targets import TARGETS

        taken = TARGETS[options.target].try_out(options.file.read_bytes())
        print("taken" if taken else "answered")
        return 0
    import atheris

    with atheris.instrument_imports(include=["desktop"]):
        from tests.fuzz.targets import MOST, TARGETS, some
    target = TARGETS[options.target]
    corpus = options.corpus / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    for data in some(target, 400):
        (corpus / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)
    arguments = [
        sys.argv[0],
        f"-max_total_time={options.seconds}",
        f"-max_len={MOST}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MOST_MEMORY}",
        f"-artifact_prefix={options.corpus}/{options.target}-",
        str(corpus),
    ]
    atheris.Setup(arguments, lambda data: target.try_out(data) and None)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
