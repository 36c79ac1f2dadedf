"""Writes the frozen catalogue: ``python -m tests.records.freeze`` adds what is new and refuses all else.

Names of types and fields, their kinds and their groups stand in every stored and sent item, so the catalogue on disk
only grows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from desktop.records.types import catalogue

CATALOGUE = Path(__file__).with_name("catalogue.json")

Frozen = Mapping[str, Mapping[str, list[str]]]


def declared() -> Frozen:
    """Every field of every type with its kind and, where it is in one, its group."""
    return {
        t.name: {f.name: [f.kind.value] + ([f.group] if f.group else []) for f in t.fields}
        for t in catalogue().values()
    }


def frozen() -> Frozen:
    """What the file holds."""
    found: Frozen = json.loads(CATALOGUE.read_text("utf-8")) if CATALOGUE.exists() else {}
    return found


def broken(before: Frozen, now: Frozen) -> list[str]:
    """What was removed or changed since the file was written."""
    return [
        f"{type_name}.{name}: {was} became {now.get(type_name, {}).get(name, 'nothing')}"
        for type_name, fields in before.items()
        for name, was in fields.items()
        if now.get(type_name, {}).get(name) != was
    ]


def main() -> None:
    """Add what is new to the file."""
    faults = broken(frozen(), declared())
    if faults:
        raise SystemExit("not written, names and kinds are permanent:\n" + "\n".join(faults))
    rows = []
    for type_name, fields in sorted(declared().items()):
        inner = ",\n".join(f"    {json.dumps(n)}: {json.dumps(kind)}" for n, kind in sorted(fields.items()))
        rows.append(f"  {json.dumps(type_name)}: {{\n{inner}\n  }}")
    CATALOGUE.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
