"""The indicators said once more in plain Python over plain records: what the SQL is compared with."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]

FIRST, LAST = "2024-01-01", "2026-12-31"
_TALKS = ("candid_talk", "deliberation", "manager_mailbox")
_POSTS = ("town_chair", "park_chair", "grassroots_chair", "social_worker")


@dataclass
class Book:
    """Everything that was recorded, each row with its ``id``, by type."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, type_name: str, key: str, **values: Any) -> str:
        """Keeps a row."""
        self.rows.setdefault(type_name, []).append({"id": key, **values})
        return key

    def of(self, type_name: str, **same: Any) -> list[dict[str, Any]]:
        """Rows of a type with these values."""
        rows = self.rows.get(type_name, [])
        return [r for r in rows if all(r.get(n) == v for n, v in same.items())]

    def one(self, type_name: str, key: str) -> dict[str, Any]:
        """A row by its id."""
        return self.of(type_name, id=key)[0]


@dataclass(frozen=True)
class Counted:
    """Whom an indicator counts, by the key of what is counted once; ``whole`` is nothing for a count.

    ``amounts`` are numerator and denominator where they are not the numbers of these records.
    """

    hits: set[str]
    whole: set[str] | None = None
    amounts: tuple[int, int] | None = None


class Oracle:
    """Counts as of a day."""

    def __init__(self, book: Book, day: datetime.date) -> None:
        self.book = book
        self.today = day
        self.day = day.isoformat()
        self.until = min(self.day, LAST)

    # Unions and enterprises

    def _ended(self, union: Row) -> bool:
        return (
            union.get("status") in ("revoked", "deregistered")
            and (union.get("status_date") or "") <= self.day
        )

    def standing(self, union: Row) -> bool:
        if union.get("status") == "preparing" or self._ended(union):
            return False
        return (union.get("approval_date") or union.get("established_date") or "") <= self.day

    def own(self, firm: Row) -> bool:
        unions = [u for u in self.book.of("union", enterprise=firm["id"]) if u.get("status") != "preparing"]
        if unions:
            return any(map(self.standing, unions))
        return firm.get("union_state") == "Y"

    def covered(self, firm: Row) -> bool:
        return any(
            c["started"] <= self.day <= (c.get("ended") or self.day)
            and self.standing(self.book.one("union", c["union"]))
            for c in self.book.of("coverage", enterprise=firm["id"])
        )

    def _living(self, *sectors: str) -> list[dict[str, Any]]:
        def active(firm: Row) -> bool:
            gone = firm.get("status") not in (None, "active")
            return not gone or (firm.get("status_date") or "") > self.day

        return [f for f in self.book.of("enterprise") if f.get("sector") in sectors and active(f)]

    def _share_of_firms(self, firms: Iterable[Row], hit: Callable[[Row], bool]) -> Counted:
        whole = list(firms)
        return Counted({f["id"] for f in whole if hit(f)}, {f["id"] for f in whole})

    def _sized(self, least: int, *sectors: str) -> list[dict[str, Any]]:
        return [f for f in self._living(*sectors) if (f.get("surveyed_staff") or 0) >= least]

    def t03(self) -> Counted:
        return self._share_of_firms(self._sized(25, "non_public"), self.own)

    def t04(self) -> Counted:
        small = [
            f
            for f in self._living("non_public")
            if f.get("surveyed_staff") is not None and f["surveyed_staff"] < 25
        ]
        return self._share_of_firms(small, lambda f: self.own(f) or self.covered(f))

    def t12(self) -> Counted:
        return self._share_of_firms(self._sized(100, "non_public", "state_owned", "collective"), self.own)

    def t13(self) -> Counted:
        firms = self._sized(50, "non_public", "state_owned", "collective")
        return self._share_of_firms([f for f in firms if f.get("in_park") == 1], self.own)

    def t01(self) -> Counted:
        return Counted(
            {
                u["id"]
                for u in self.book.of("union")
                if FIRST <= (u.get("approval_date") or "") <= self.until
                and u.get("founding_kind") in (None, "new", "split")
                and u.get("kind") not in ("general", "industrial")
            }
        )

    # Members

    def _persons(self, type_name: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.book.of(type_name):
            found.setdefault(row.get("id_number") or row["id"], []).append(row)
        return found

    def t02(self) -> Counted:
        new = set()
        for person, rows in self._persons("member").items():
            known = [r for r in rows if r.get("first_admission_date")]
            first = min((r["first_admission_date"] for r in known), default="")
            admitted = any(
                r["first_admission_date"] == first and r.get("admission_kind") != "transferred_in"
                for r in known
            )
            if FIRST <= first <= self.until and admitted:
                new.add(person)
        return Counted(new)

    def member(self, row: Row) -> bool:
        left = (
            row.get("membership_change") in ("4", "5", "6")
            and (row.get("membership_change_date") or "") <= self.day
        )
        return not left and (row.get("first_admission_date") or "") <= self.day

    def _entered(self, row: Row) -> bool:
        return bool(row.get("national_entry_date")) and row["national_entry_date"] <= self.day

    def t10_unions(self) -> Counted:
        whole = [u for u in self.book.of("union") if self.standing(u)]
        return Counted({u["id"] for u in whole if self._entered(u)}, {u["id"] for u in whole})

    def t10_members(self) -> Counted:
        persons = self._persons("member").items()
        return Counted(
            {p for p, rows in persons if any(self.member(r) and self._entered(r) for r in rows)},
            {p for p, rows in persons if any(map(self.member, rows))},
        )

    def t11(self) -> Counted:
        def wholly(union: Row) -> bool:
            members = [m for m in self.book.of("member", union=union["id"]) if self.member(m)]
            return self._entered(union) and bool(members) and all(map(self._entered, members))

        whole = self.t01().hits
        return Counted({u for u in whole if wholly(self.book.one("union", u))}, whole)

    # Democratic management

    def _since(self) -> str:
        return (self.today.replace(year=self.today.year - 1) + datetime.timedelta(days=1)).isoformat()

    def _congress(self, firm: Row) -> bool:
        return any(
            self._since() <= c["started_date"] <= self.day
            and c.get("kind") in (None, "congress", "assembly", "school")
            and c.get("level") in (None, "own")
            and c.get("expected_count")
            and c["expected_count"] * 2 <= (c.get("present_count") or 0) * 3
            and c["present_count"] <= c["expected_count"]
            for c in self.book.of("congress", enterprise=firm["id"])
        )

    def _answered(self, firm: Row) -> bool:
        letters = self.book.of("mailbox_letter", enterprise=firm["id"])
        return any(self._since() <= (m.get("answered_date") or "") <= self.day for m in letters)

    def _talk(self, firm: Row) -> bool:
        return any(
            self._since() <= m["started_date"] <= self.day and m.get("kind") in _TALKS
            for m in self.book.of("meeting", enterprise=firm["id"])
        )

    def t21(self) -> Counted:
        return self._share_of_firms(self._living("state_owned", "collective", "institution"), self._congress)

    def t22(self) -> Counted:
        firms = [f for f in self._sized(100, "non_public") if self.own(f)]
        return self._share_of_firms(firms, lambda f: self._congress(f) or self._talk(f) or self._answered(f))

    def _assembly(self, firm: Row) -> bool:
        held = [c for c in self.book.of("congress", enterprise=firm["id"]) if c.get("kind") == "assembly"]
        narrow = Oracle(Book({"congress": held}), self.today)
        return narrow._congress(firm)

    def t32_assembly(self) -> Counted:
        small = [f for f in self._living("non_public") if 0 <= (f.get("surveyed_staff") or -1) < 100]
        return self._share_of_firms([f for f in small if self.own(f)], self._assembly)

    def t32_forms(self) -> Counted:
        sectors: set[Any] = {f.get("sector") for f in self.book.of("enterprise")}
        return Counted({f["id"] for f in self._living(*sectors) if self._talk(f) or self._answered(f)})

    def t32_new_trade(self) -> Counted:
        def has(firm: Row) -> bool:
            return any(
                (s.get("established_date") or "9") <= self.day < (s.get("ended") or "9")
                for s in self.book.of("democratic_system", enterprise=firm["id"], form="new_form")
            )

        sectors: set[Any] = {f.get("sector") for f in self.book.of("enterprise")}
        return Counted({f["id"] for f in self._living(*sectors) if f.get("platform_role") and has(f)})

    # Training

    def _attended(self, officers: set[str], counts: Callable[[Row, Row], bool]) -> list[str]:
        """The last days of the courses that these roster lines attended and passed."""
        days = []
        for line in self.book.of("attendance"):
            course = self.book.one("course", line["course"])
            passed = line.get("result") == "passed" or (line.get("result") is None and line.get("half_days"))
            if line.get("officer") in officers and passed and counts(line, course):
                days.append(course.get("ended_date") or course["started_date"])
        return days

    def t24(self) -> Counted:
        def rotation(line: Row, course: Row) -> bool:
            said = line.get("counts_for_rotation")
            said = course.get("counts_for_rotation") if said is None else said
            last = course.get("ended_date") or course["started_date"]
            return said != 0 and course["started_date"] >= FIRST and last <= self.until

        def on_roster(officer: Row) -> bool:
            ended = officer.get("service_ended")
            return (officer.get("service_started") or "") <= self.day and (not ended or ended > self.day)

        whole = {p: rows for p, rows in self._persons("officer").items() if any(on_roster(r) for r in rows)}
        return Counted(
            {p for p, rows in whole.items() if self._attended({r["id"] for r in rows}, rotation)}, set(whole)
        )

    def t25(self) -> Counted:
        def initial(line: Row, course: Row) -> bool:
            said = line.get("counts_for_initial")
            by_course = bool(course.get("counts_for_initial")) or course.get("category") == "initial"
            return by_course if said is None else bool(said)

        people = list(self._persons("officer").values())
        hits, whole = set(), set()
        for post in self.book.of("appointment"):
            started = datetime.date.fromisoformat(post["started"])
            try:
                due = started.replace(year=started.year + 1).isoformat()
            except ValueError:
                due = f"{started.year + 1}-02-28"
            if (
                not FIRST <= post["started"] <= self.day
                or post.get("newly_appointed") == 0
                or post["category"] not in _POSTS
            ):
                continue
            lines = next(
                {r["id"] for r in rows} for rows in people if post["officer"] in {r["id"] for r in rows}
            )
            days = [d for d in self._attended(lines, initial) if post["started"] <= d <= self.day]
            in_time = any(d <= due for d in days)
            left_before = bool(post.get("ended")) and post["ended"] < due
            if in_time or (due < self.day and not left_before):
                whole.add(post["id"])
            if in_time:
                hits.add(post["id"])
        return Counted(hits, whole)

    def all(self) -> dict[str, Counted]:
        """Every indicator by the id of its measure."""
        return {
            "T01": self.t01(), "T02": self.t02(), "T03": self.t03(), "T04": self.t04(),
            "T10.unions": self.t10_unions(), "T10.members": self.t10_members(), "T11": self.t11(),
            "T12": self.t12(), "T13": self.t13(), "T21": self.t21(), "T22": self.t22(), "T24": self.t24(),
            "T25": self.t25(), "T32.assembly": self.t32_assembly(), "T32.forms": self.t32_forms(),
            "T32.new_trade": self.t32_new_trade(),
        }  # fmt: skip
