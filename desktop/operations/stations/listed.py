"""Which records files bring, change and delete, in words: what is looked through before they are merged, and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.operations import queries
from desktop.operations.session import Here
from desktop.operations.stations.traffic import station_names, unknown_station
from desktop.records.declaration import short_label
from desktop.store.queries.attached import PART
from desktop.store.tables.database import Database
from desktop.sync.merging.listing import Came, Done
from desktop.sync.merging.results import BundleResult

WORDS: Mapping[Done, str] = {Done.NEW: "新增", Done.CHANGED: "修改", Done.DELETED: "删除"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A record, what is done to it, by whom, and in what: the first of its slots, and what all of them are called."""

    done: Done
    type: str
    record: str
    slot: str
    label: str
    title: str
    slot_labels: str
    author: str

    @property
    def words(self) -> str:
        """What is done to it."""
        return WORDS[self.done]


class Listings(dict[Path, Sequence[Listed]]):
    """What is listed of each file; called inside a merge, as of a preview nothing stands afterwards."""

    def __init__(self, database: Database, here: Here) -> None:
        super().__init__()
        self._database = database
        self._here = here

    def __call__(self, results: Sequence[BundleResult]) -> None:
        self.clear()
        names = station_names(self._database, self._here)
        self.update((r.path, _in_words(self._database, self._here, names, r.came)) for r in results)


def _in_words(
    database: Database, here: Here, names: Mapping[str, str], came: Iterable[Came]
) -> Sequence[Listed]:
    """In the order of the types; all that is changed in a record by one is one line."""
    together: dict[tuple[Done, str, str, str], list[str]] = {}
    for one in came:
        # The parts of a file's content are told with the file.
        if one.type in here.types and one.type != PART:
            together.setdefault((one.done, one.type, one.record, one.station), []).append(one.slot)
    wanted: dict[str, set[str]] = {}
    for _, type_name, record, _ in together:
        wanted.setdefault(type_name, set()).add(record)
    found: list[Listed] = []
    for name, record_type in here.types.items():
        if name not in wanted:
            continue
        titles = queries.titles(database, here.types, here.codes, name, wanted[name])
        found += [
            Listed(
                done, name, record, slots[0], short_label(record_type.label), titles.get(record, record_type.label),
                "、".join(dict.fromkeys(map(record_type.slot_label, slots))) if done is Done.CHANGED else "",
                names.get(station) or unknown_station(station),
            )
            for (done, of, record, station), slots in together.items()
            if of == name
        ]  # fmt: skip
    return found
