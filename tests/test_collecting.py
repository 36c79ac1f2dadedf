"""Python's look for cycles: held off by long runs of several threads, asked for where it does not come by itself."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from desktop.collecting import collect_what_is_due, without_collection


class Cycle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before(young_objects: None) -> Iterator[None]:
    enabled = gc.isenabled()
    yield
    gc.enable() if enabled else gc.disable()


@pytest.mark.parametrize("by_itself", [True, False])
def test_long_runs_that_overlap_leave_it_as_the_first_found_it(by_itself: bool) -> None:
    gc.enable() if by_itself else gc.disable()
    first, second = without_collection(), without_collection()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled() is by_itself


def test_what_is_due_is_collected() -> None:
    gc.collect()
    gc.disable()
    gone = weakref.ref(Cycle())
    collect_what_is_due()
    assert gone() is not None, "little was made since"
    many = [[number] for number in range(20_000)]
    collect_what_is_due()
    assert many
    assert gone() is None


def test_nothing_is_collected_during_a_long_run() -> None:
    with without_collection():
        kept = weakref.ref(Cycle())
        many = [[number] for number in range(20_000)]
        collect_what_is_due()
        assert many
        assert kept() is not None
