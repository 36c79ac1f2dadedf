"""Several computers that seem to be ahead: which, how much of theirs would wait, and the question whether it is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set

from desktop.records.typed.dates import day_words
from desktop.records.versions.deciding import UNIT
from desktop.records.versions.item_outcomes import HELD_FUTURE
from desktop.store.ledger import Ledger
from desktop.store.peers import holdings
from desktop.store.queries import reading
from desktop.store.tables.clock import WrongClock
from desktop.sync.authority import enrolled

_MOST_NAMED = 5
_UNKNOWN = "别处的电脑"


class ClockInDoubt(WrongClock):
    """Several stations seem to be a day ahead: the clock here is more likely wrong than theirs."""

    next_step = "日期不对的，调对以后再合并；没有错的，确认日期后再合并，那几台电脑的内容先留着。"


def doubt(ledger: Ledger, stations: Set[str]) -> ClockInDoubt:
    """The question, asked when these stations are ahead and before what they brought is taken back."""
    day = ledger.environment.today()
    waiting = _waiting(ledger, stations)
    named = "、".join(f"{name}{items}项" for name, items in waiting.most_common(_MOST_NAMED))
    more = f"等{len(waiting)}个单位" if len(waiting) > _MOST_NAMED else ""
    asked = ClockInDoubt(
        f"有{len(stations)}台电脑的时间都比本机（{day_words(day)}）晚一天以上，很可能是本机的日期不对："
        f"{named}{more}。",
        day,
    )
    asked.if_right = (
        f"日期正确的话，这{waiting.total()}项先留着，到了那一天会自动合并，"
        "不用再收一次；其余内容照常合并。请那几台电脑核对日期。"
    )
    return asked


def _waiting(ledger: Ledger, stations: Set[str]) -> Counter[str]:
    """How much of these waits for its day, by the name of the unit whose computer has written it."""
    database = ledger.database
    units = dict(enrolled.stations(database))
    names = reading.titles(database, ledger.types[UNIT], sorted(set(units.values())))
    found: Counter[str] = Counter()
    for station, items in holdings.waiting(database, HELD_FUTURE).items():
        if station in stations:
            found[names.get(units.get(station, ""), _UNKNOWN)] += items
    return found
