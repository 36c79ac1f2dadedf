"""Lists that have a name of their own on paper: a union's members, and the enterprises that should have a union."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from desktop.documents.lists import PaperColumn, PaperList
from desktop.errors import UsageProblem
from desktop.operations import queries
from desktop.operations.plan import plan
from desktop.operations.session import Session
from desktop.plan.indicators import plan_days
from desktop.plan.measures import among, yes
from desktop.plan.tree import Unit, UnitTree
from desktop.records.declaration import Kind, RecordType
from desktop.records.display import display
from desktop.records.versions.resolution import Life
from desktop.store.ledger import NotFound
from desktop.store.queries import aggregates, reading
from desktop.store.queries.aggregates import Selection, Tally
from desktop.store.queries.reading import Record

MASKED = "个人信息已部分隐藏。"
_MEDIUM = "T03"
"""The plan's measure of who should have a union: its missing ones are the list, so that both always agree."""
_MEMBER_COLUMNS = (
    ("name", 10), ("sex", 4), ("id_number", 18), ("phone", 12), ("workplace", 24), ("first_admission_date", 10),
    ("membership_change", 8), ("migrant", 6),
)  # fmt: skip
_COUNTED = {"survey": "surveyed", "insured": "insured", "tax": "taxed"}
"""The fields of a head-count by the reading of the plan that goes by it."""
_COUNT_HEADS = {"staff": "职工数", "source": "职工数来源", "date": "职工数日期"}
_HEADS = {
    **{f"{kind}_{part}": words for kind in _COUNTED.values() for part, words in _COUNT_HEADS.items()},
    "phone": "电话", "first_admission_date": "入会日期", "migrant": "农民工", "membership_change": "会籍",
}  # fmt: skip
"""Heads that are shorter on paper than the labels of forms."""


class UnionDeleted(UsageProblem):
    """A union that was deleted has no roster."""

    next_step = "还要用的，请先在“已删除”里恢复。"


def member_roster(session: Session, union: str) -> PaperList:
    """The members of a union today, as the plan counts who is one; numbers of documents and telephones are masked.

    Raises ``NotFound`` and :class:`UnionDeleted`.
    """
    held = reading.record(session.database, session.types, "union", union)
    if held is None:
        raise NotFound("没有找到这条工会。")
    if held.life is Life.DELETED:
        raise UnionDeleted("这家工会的记录已经删除，不能打印花名册。")
    days = plan_days(session.environment.today())
    own = Unit(session.unit.id, session.unit.name, session.unit.level)
    units = UnitTree.load(session.database, session.types, own).subtree(own.id)
    members = Tally("member", (yes("member"), among("of_union", held.id)))
    found = _held(session, Selection(members, units, days))
    name = queries.title_of(session.database, session.types, session.codes, held)
    return PaperList(
        "会员花名册",
        session.unit.name,
        f"{name}，{days.as_of}的会员",
        days.as_of,
        _columns(session.types["member"], _MEMBER_COLUMNS),
        _rows(session, found, _MEMBER_COLUMNS),
        _member_sums(found),
        MASKED if found else "",
        f"member roster {held.id} {len(found)}条 个人信息已部分隐藏",
        "这家工会还没有登记会员。",
    )


def _member_sums(found: Sequence[Record]) -> str:
    """How many men, women and migrant workers, and of how many that is not known."""
    sexes = [str(r.values.get("sex") or "") for r in found]
    migrants = [r.values.get("migrant") for r in found]
    men, women = sexes.count("1"), sexes.count("2")
    unknown, unsaid = len(found) - men - women, migrants.count(None)
    words = [f"男{men}人", f"女{women}人", f"农民工{sum(1 for m in migrants if m)}人"]
    words += [f"性别没有填的{unknown}人"] if unknown else []
    words += [f"是否农民工没有填的{unsaid}人"] if unsaid else []
    return "，".join(words)


def unorganised(session: Session) -> PaperList:
    """The enterprises that should have a union and have none, as T03 of the plan counts them, town by town."""
    (medium,) = plan.indicators(session, only=(_MEDIUM,))
    missing = medium.figure.missing
    found = _held(session, missing) if missing is not None else []
    found.sort(key=lambda record: [(not cell, cell) for cell in _place(record)])
    counted = _COUNTED[next(r.code for r in medium.readings if r.id == "staff_count_basis")]
    columns = (
        ("town", 12), ("village", 12), ("name", 28), ("uscc", 18), (f"{counted}_staff", 8),
        (f"{counted}_source", 14), (f"{counted}_date", 10), ("union_state", 8),
    )  # fmt: skip
    return PaperList(
        "应建未建单位名单",
        session.unit.name,
        "25人以上、没有建会的非公企业，按镇街、村社排列",
        medium.as_of,
        _columns(session.types["enterprise"], columns),
        _rows(session, found, columns),
        _firm_sums(session, found, f"{counted}_staff"),
        medium.basis,
        f"enterprise unorganised {len(found)}条 不含隐藏内容",
        "没有应建未建的单位。",
    )


def _place(record: Record) -> list[str]:
    return [str(record.values.get(name) or "") for name in ("town", "village")]


def _firm_sums(session: Session, found: Sequence[Record], staff: str) -> str:
    """How many people work there, and how many enterprises each town has."""
    town, codes = session.types["enterprise"].by_name["town"], session.codes
    counts = Counter(display(town, r.values.get("town"), codes=codes) or "没有填镇街的" for r in found)
    people = sum(int(str(r.values.get(staff) or 0)) for r in found)
    return "，".join([f"职工{people}人", *(f"{name}{count}家" for name, count in counts.items())])


def _held(session: Session, selection: Selection) -> list[Record]:
    """The records of a selection in the order of lists."""
    record_type = session.types[selection.type]
    numbers = aggregates.row_numbers(session.database, selection)
    held = reading.page(session.database, record_type, numbers) if numbers else {}
    return [held[n] for n in numbers if n in held]


def _columns(record_type: RecordType, chosen: Sequence[tuple[str, float]]) -> tuple[PaperColumn, ...]:
    fields = [(record_type.by_name[name], width) for name, width in chosen]
    return tuple(PaperColumn(_HEADS.get(f.name, f.label), w, f.kind is Kind.INTEGER) for f, w in fields)


def _rows(
    session: Session, found: Sequence[Record], chosen: Sequence[tuple[str, float]]
) -> tuple[tuple[str, ...], ...]:
    """The cells in words, with what the declaration hides hidden, and a name that was erased as lists have it."""
    codes = session.codes
    nameless = [r.id for r in found if r.values.get("name") is None]
    gone = queries.erased(session.database, session.types[found[0].type], nameless) if nameless else ()
    return tuple(
        tuple(
            queries.ERASED if name == "name" and r.id in gone
            else display(session.types[r.type].by_name[name], r.values.get(name), codes=codes, masked=True)
            for name, _ in chosen
        )
        for r in found
    )  # fmt: skip
