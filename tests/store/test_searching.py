"""What a search finds, against what a reader finds who looks through every record; and what it costs."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Deletion, Ledger, NewRecord, SlotEdit
from desktop.store.queries import indexing, reading, searching
from desktop.store.queries.reading import NEWEST_ORDER, Compare, Filter, Query
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.tables.pinyin import all_initials, sort_key
from tests.conftest import examples
from tests.store.formerly import as_version

FIRM = RecordType(
    name="firm",
    label="单位",
    title=("name", "kind"),
    fields=(
        Field("name", "名称", search=True),
        Field("kind", "类别", Kind.CODE, codes="sector"),
        Field("remark", "备注", search=True),
        Field("staff", "人数", Kind.INTEGER),
    ),
)
TYPES = Catalogue({"firm": FIRM, "unit": catalogue()["unit"], "same": catalogue()["same"]})
UNIT = "cd" * 16
WORDS = st.text('杭州萧山长ahp B１1㈱·•.（"*-^:\u3000', max_size=5)
SMALL = st.integers(0, 3)
BIRTHS = st.tuples(st.just("birth"), WORDS, WORDS, SMALL)
CHANGES = (
    st.tuples(st.sampled_from(("name", "remark")), SMALL, WORDS)
    | st.tuples(st.just("staff"), SMALL, SMALL)
    | st.tuples(st.sampled_from(("delete", "revive", "undo")), SMALL)
)
STEPS = st.builds(
    list.__add__, st.lists(BIRTHS, min_size=1, max_size=3), st.lists(BIRTHS | CHANGES, max_size=9)
)


@dataclass(frozen=True)
class Seen:
    """A record as a reader knows it."""

    id: str
    row: int
    name: str
    remark: str
    staff: int
    deleted: bool = False

    def says(self, text: str) -> bool:
        """Whether every word stands in one of its fields, or in the initials of its name."""
        said = [plain(part) for part in (self.name, self.remark, *all_initials(self.name))]
        return all(any(plain(word) in part for part in said) for word in text.split())


def plain(text: str) -> str:
    dots = str.maketrans(dict.fromkeys("•.", "·"))  # a name's dot may have been typed in any form
    return "".join(unicodedata.normalize("NFKC", text).lower().split()).translate(dots)


def new_ledger(types: Catalogue = TYPES) -> Ledger:
    ticks = itertools.count(1_795_420_800_000, 1000)
    return Ledger(
        Database.open(None, bytes(32)), types, Environment(lambda: next(ticks), bytes), "ab" * 16, "cd" * 16
    )


def play(ledger: Ledger, steps: list[tuple[object, ...]]) -> list[Seen]:
    """Takes the steps in the ledger and in a reader's head."""
    seen: list[Seen] = []
    for what, *said in steps:
        if what == "birth":
            name, remark, staff = said
            one = Seen(f"{len(seen):032x}", len(seen) + 1, str(name), str(remark), int(str(staff)))
            cells: dict[str, Cell] = {
                "name": one.name,
                "kind": "public",
                "remark": one.remark,
                "staff": one.staff,
            }
            ledger.write("新增", "王芳", births=[NewRecord("firm", one.id, UNIT, cells)])
            seen.append(one)
            continue
        place = int(str(said[0]))
        if place >= len(seen):
            continue
        one = seen[place]
        if what in ("name", "remark"):
            if one.deleted:
                continue
            ledger.write("修改", "王芳", edits=[SlotEdit("firm", one.id, str(what), str(said[1]))])
            word = str(said[1])
            seen[place] = replace(one, name=word) if what == "name" else replace(one, remark=word)
        elif what == "staff" and not one.deleted:
            ledger.write("修改", "王芳", edits=[SlotEdit("firm", one.id, "staff", int(str(said[1])))])
            seen[place] = replace(one, staff=int(str(said[1])))
        elif what == "undo" and not one.deleted:
            done = ledger.write("删除", "王芳", deletions=[Deletion("firm", one.id)])
            ledger.undo(done.stamp, "王芳")
        elif what in ("delete", "revive"):
            ledger.write("删除", "王芳", deletions=[Deletion("firm", one.id, revive=what == "revive")])
            seen[place] = replace(one, deleted=what == "delete")
    return seen


@pytest.mark.parametrize("much", [1, 10**9], ids=["row by row", "picked out of the list"])
@settings(max_examples=examples(20))
@given(STEPS, st.lists(WORDS, max_size=3))
def test_a_search_finds_what_a_reader_finds(
    much: int, steps: list[tuple[object, ...]], texts: list[str]
) -> None:
    ledger = new_ledger()
    seen = play(ledger, steps)
    # What was written is looked for, what stands there no longer too.
    texts += sorted({said[-2:] for step in steps for said in step[1:] if isinstance(said, str)})
    named = sorted(seen, key=lambda s: (sort_key(f"{s.name}\npublic" if s.name else "public"), s.row))
    orders: list[tuple[Query, list[Seen], Callable[[Seen], bool]]] = [
        (Query("firm"), named, lambda s: not s.deleted),
        (Query("firm", descending=True), named[::-1], lambda s: not s.deleted),
        (Query("firm", order=NEWEST_ORDER), seen, lambda s: not s.deleted),
        (Query("firm", deleted=True), named, lambda s: s.deleted),
        (
            Query("firm", filters=(Filter("staff", Compare.AT_LEAST, 2),)),
            named,
            lambda s: not s.deleted and s.staff >= 2,
        ),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "MUCH", much)
        patch.setattr(searching, "MUCH_FOR_A_PAGE", much)
        for text, (query, order, shown) in itertools.product(texts, orders):
            asked = replace(query, text=text)
            expected = [s.row for s in order if shown(s) and s.says(text)]
            assert reading.row_numbers(ledger.database, TYPES, asked).tolist() == expected
            assert reading.count(ledger.database, TYPES, asked) == len(expected)
            first = reading.records(ledger.database, TYPES, asked, 3)
            assert [r.id for r in first] == [f"{row - 1:032x}" for row in expected[:3]]
            again, known = reading.first(ledger.database, TYPES, asked, 3)
            assert again == first
            assert known in (len(expected), None)
            assert known is not None or query != Query("firm") or not text.strip()
    ledger.database.close()


WHO_RINGS = {
    "茶厂": {"contact_name": "张丽丽", "contact_phone": "13812340001"},
    "食品厂": {"contact_name": "阿卜杜拉•买买提", "contact_phone": "0571-88886666-801"},
    "丽丽制衣厂": {"legal_person": "张丽丽", "contact_phone": "88886666"},
    "机械厂": {"staff_contact_name": "李四", "staff_contact_phone": "0572-88886666"},
    "王五面馆": {"contact_name": "赵六"},
    "五金店": {"contact_name": "王五"},
    "13812340001号店": {},
}
FOUND = {
    "13812340001": ["13812340001号店", "茶厂"],
    "+86 138-1234-0001": ["茶厂"],
    "88886666": ["丽丽制衣厂", "食品厂", "机械厂"],
    "0571 88886666": ["丽丽制衣厂", "食品厂"],
    "057188886666": ["丽丽制衣厂", "食品厂"],
    "张丽丽": ["丽丽制衣厂", "茶厂"],
    "阿卜杜拉.买买提": ["食品厂"],
    "李四": ["机械厂"],
    # Of what the index knows nobody reads all rows.
    "王五": ["王五面馆"],
    # A part of what is masked finds nothing, or typing on would tell the rest of it.
    "1381234000": ["13812340001号店"],
    "8888666": [],
    "四": [],
    "丽丽": ["丽丽制衣厂"],
    "138*": [],
}


@pytest.mark.parametrize("much", [1, 10**9], ids=["row by row", "picked out of the list"])
def test_who_rings_up_finds_the_enterprise_by_a_whole_number_or_name(
    monkeypatch: pytest.MonkeyPatch, much: int
) -> None:
    monkeypatch.setattr(searching, "MUCH", much)
    monkeypatch.setattr(searching, "MUCH_FOR_A_PAGE", much)
    ledger = known_enterprises()
    for text, names in FOUND.items():
        query = Query("enterprise", text=text)
        found = [str(r.values["name"]) for r in reading.records(ledger.database, ledger.types, query)]
        assert sorted(found) == sorted(names)
        assert reading.count(ledger.database, ledger.types, query) == len(names)
        assert len(reading.row_numbers(ledger.database, ledger.types, query)) == len(names)
        assert reading.first(ledger.database, ledger.types, query, 9)[1] == len(names)


def test_what_is_hidden_finds_nothing_and_what_was_emptied_neither() -> None:
    """Who complained is told to nobody, not even by whether a name finds a case; what was erased has left its row."""
    ledger = known_enterprises()
    case: dict[str, Cell] = {"complainant_name": "张丽丽", "complainant_phone": "13812340001"}
    ledger.write("新增", "王芳", births=[NewRecord("case", "", UNIT, case)])
    for text in ("张丽丽", "13812340001"):
        assert not reading.records(ledger.database, ledger.types, Query("case", text=text))
    (four,) = reading.records(ledger.database, ledger.types, Query("enterprise", text="李四"))
    ledger.write("清除", "王芳", edits=[SlotEdit("enterprise", four.id, "staff_contact", None)])
    assert not reading.records(ledger.database, ledger.types, Query("enterprise", text="李四"))
    assert reading.count(ledger.database, ledger.types, Query("enterprise", text="李四")) == 0


def known_enterprises() -> Ledger:
    ledger = new_ledger(catalogue())
    births = [NewRecord("enterprise", "", UNIT, {"name": name, **said}) for name, said in WHO_RINGS.items()]
    ledger.write("新增", "王芳", births=births)
    return ledger


def plans(database: Database, work: Callable[[], object]) -> list[str]:
    """How the engine reads the tables for what some work asks."""
    asked: list[str] = []
    database.connection.set_trace_callback(asked.append)
    work()
    database.connection.set_trace_callback(None)
    found = [
        step
        for sql in asked
        if sql.startswith("SELECT")
        for *_, step in database.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    return [step for step in found if step.startswith(("SCAN r", "SEARCH r"))]


@pytest.mark.parametrize("text", ["", "厂"])
@pytest.mark.parametrize("descending", [False, True])
def test_rows_in_their_order_and_their_count_are_read_from_indexes_alone(text: str, descending: bool) -> None:
    """The rows themselves are wide: to read some in every page of a large table is to read it whole."""
    ledger = new_ledger()
    play(ledger, [("birth", f"萧山{n}厂", "", 1) for n in range(4)])
    database, query = ledger.database, Query("firm", text=text, descending=descending)
    read = [
        *plans(database, lambda: reading.row_numbers(database, TYPES, query)),
        *plans(database, lambda: reading.count(database, TYPES, query)),
    ]
    assert len(read) >= 2
    # What has no index to it is the look at the greatest row number.
    assert all("COVERING INDEX i_firm_shown" in step or step == "SEARCH r_firm" for step in read)
    ledger.database.close()


COUNTED = (
    "径山镇第1工会",
    "径山镇第二工会",
    "径山镇第3工会",
    "径山镇第10工会",
    "径山镇第十一工会",
    "径山镇第２０工会",
)
NAMED = ("二分会", "三分会", "十分会", "百货公司", "七格社区", "三墩镇", "三墩镇9", "三墩镇10")
"""What counts stands first, all else by its sound."""


@pytest.mark.parametrize("names", [COUNTED, ("1号", "2号", "007号", "10号", "一二三号"), NAMED])
def test_numbers_stand_in_their_order_and_names_that_begin_like_one_by_their_sound(
    names: tuple[str, ...],
) -> None:
    ledger = new_ledger()
    play(ledger, [("birth", name, "", 1) for name in reversed(names)])
    ledger.write("修改", "王芳", edits=[SlotEdit("firm", f"{n:032x}", "name", names[-1 - n]) for n in (0, 2)])
    shown = tuple(str(r.values["name"]) for r in reading.records(ledger.database, TYPES, Query("firm")))
    assert shown == names
    ledger.database.close()


def test_a_ledger_of_an_earlier_program_is_listed_anew() -> None:
    ledger = new_ledger()
    play(ledger, [("birth", f"第{n}厂", "", 1) for n in (10, 2, 1)])
    ledger.database.execute("UPDATE r_firm SET _sort = 'di' || name")
    as_version(ledger.database, 4)
    schema.ensure(ledger.database, TYPES)
    found = reading.records(ledger.database, TYPES, Query("firm"))
    assert [r.values["name"] for r in found] == ["第1厂", "第2厂", "第10厂"]
    ledger.database.close()


@pytest.mark.parametrize(
    ("version", "name", "typed"),
    [(4, "长乐厂", "clc"), (4, "长乐厂", "zlc"), (8, "吉利（杭州）厂", "jlhzc")],
)
def test_a_ledger_of_an_earlier_program_is_searched_by_all_readings(
    version: int, name: str, typed: str
) -> None:
    ledger = new_ledger()
    play(ledger, [("birth", name, "", 1)])
    ledger.database.execute(f"DELETE FROM {indexing.index_of('firm')}")
    as_version(ledger.database, version)
    for found in (0, 1):
        assert reading.count(ledger.database, TYPES, Query("firm", text=typed)) == found
        schema.ensure(ledger.database, TYPES)
        indexing.refresh_stale(ledger.database, TYPES)
    ledger.database.close()


def test_an_index_of_an_earlier_program_is_taken_away() -> None:
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    database.execute("CREATE INDEX i_firm_sort ON r_firm (_sort, _life)")
    database.execute("CREATE TABLE r_later (id BLOB)")
    database.execute("CREATE INDEX i_later_id ON r_later (id)")
    schema.ensure(database, TYPES)
    names = {name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {"i_firm_shown", "i_later_id"} <= names
    assert "i_firm_sort" not in names
    database.close()
