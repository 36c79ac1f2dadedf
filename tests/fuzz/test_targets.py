"""The targets of the fuzzer take what they begin with, and what differs from it by a byte is taken or answered."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.targets import TARGETS, some


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reads_its_seeds_and_answers_spoiled_ones(name: str) -> None:
    target, rnd = TARGETS[name], random.Random(name)
    seeds = some(target, 12)
    assert seeds
    assert any(target.try_out(data) for data in seeds)
    for data in seeds:
        at = rnd.randrange(len(data))
        target.try_out(data[:at] + bytes([data[at] ^ 1 << rnd.randrange(8)]) + data[at + 1 :])
        target.try_out(data[:at])
