"""The indicators of the registers of the plan in plain Python: new trades, platforms, areas, volunteers, sites."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desktop.reference import working_day_table
from tests.plan.oracle import FIRST, Counted, Oracle, Row

GROUPS = ("truck_driver", "courier", "ride_hailing_driver", "food_delivery_rider")
OUTDOOR = ("love_station", "standard", "mini", "round_the_clock")
CLASSES = {
    "T05.organ": lambda f: f.get("sector") == "organ",
    "T05.institution": lambda f: f.get("sector") == "institution",
    "T05.state_owned": lambda f: f.get("sector") == "state_owned",
    "T06.above_scale_industry": lambda f: (
        f.get("above_scale") == "industry" and f.get("sector") in ("state_owned", "collective", "non_public")
    ),
    "T06.social_organisation": lambda f: f.get("sector") == "social_organisation",
}


class Registers:
    """Counts beside an :class:`Oracle`, over the same book; ``units`` are the units with superior and place."""

    def __init__(
        self, oracle: Oracle, units: Mapping[str, Mapping[str, Any]], unit_of: Mapping[str, str]
    ) -> None:
        self.oracle, self.book, self.day = oracle, oracle.book, oracle.day
        self.units, self.unit_of = units, unit_of
        self.year = oracle.today.year

    # Shares of employers

    def _firms(self) -> list[dict[str, Any]]:
        sectors: set[Any] = {f.get("sector") for f in self.book.of("enterprise")}
        return self.oracle._living(*sectors)

    def _members_of(self, firm: Row) -> int:
        roll = sum(map(self.oracle.member, self.book.of("member", enterprise=firm["id"])))
        unions = [u for u in self.book.of("union", enterprise=firm["id"]) if u.get("status") != "preparing"]
        return max([roll, *(u.get("member_count") or 0 for u in unions)])

    def classes(self) -> dict[str, Counted]:
        found = {}
        for code, belongs in CLASSES.items():
            whole = [f for f in self._firms() if belongs(f)]
            found[f"{code}.units"] = _share(whole, self.oracle.own)
            sized = [f for f in whole if (f.get("surveyed_staff") or 0) >= 1]
            found[f"{code}.members"] = Counted(
                {f["id"] for f in sized},
                {f["id"] for f in sized},
                (sum(map(self._members_of, sized)), sum(f["surveyed_staff"] for f in sized)),
            )
        return found

    def _roles(self, firm: Row) -> set[str]:
        registered = self.book.of("platform_affiliation", enterprise=firm["id"])
        now = {
            a["role"]
            for a in registered
            if (a.get("started") or "") <= self.day <= (a.get("ended") or self.day)
        }
        return now if registered else {firm.get("platform_role") or ""}

    def _local(self, firm: Row) -> bool:
        return any(
            a.get("belongs_locally") == 1 and a["role"] in ("subsidiary", "branch")
            for a in self.book.of("platform_affiliation", enterprise=firm["id"])
            if (a.get("started") or "") <= self.day <= (a.get("ended") or self.day)
        )

    def platforms(self) -> dict[str, Counted]:
        own = self.oracle.own

        def of(*roles: str) -> list[dict[str, Any]]:
            return [f for f in self._firms() if self._roles(f) & set(roles)]

        return {
            "T14": _share(of("headquarters"), own),
            "T15": _share(of("subsidiary", "branch"), lambda f: own(f) and self._local(f)),
            "T16": _share(
                of("affiliated", "franchisee", "partner"), lambda f: own(f) or self.oracle.covered(f)
            ),
        }

    # People of new trades

    def _scope(self, survey: Row) -> tuple[str, ...]:
        unit = self.unit_of[survey["id"]]
        chain: list[str] = []
        above: str | None = unit
        while above:
            chain.insert(0, above)
            above = self.units.get(above, {}).get("superior")
        town = survey.get("town")
        if town and self.units.get(unit, {}).get("place") != town:
            below = [k for k, u in self.units.items() if u["superior"] == unit and u["place"] == town]
            chain.append(below[0] if below else town)
        return (*chain, survey["site_name"]) if survey.get("site_name") else tuple(chain)

    def surveys(self) -> list[dict[str, Any]]:
        newest: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
        for survey in sorted(self.book.of("new_form_survey"), key=lambda s: s["id"], reverse=True):
            key = (survey["key_group"], self._scope(survey))
            if survey["as_of_date"] <= self.day and (
                key not in newest or survey["as_of_date"] >= newest[key]["as_of_date"]
            ):
                newest[key] = survey
        wholes = {key for key, survey in newest.items() if not survey.get("site_name")}
        return [
            survey
            for (group, scope), survey in newest.items()
            if not any((group, scope[:n]) in wholes for n in range(len(scope)))
        ]

    def people(self) -> dict[str, Counted]:
        asked: dict[str, tuple[tuple[str, ...], str]] = {"T07": (GROUPS, "workforce_count")}
        asked |= {f"T08.{g}": ((g,), "workforce_count") for g in GROUPS[:2]}
        asked |= {f"T09.{g}": ((g,), "daily_active_count") for g in GROUPS[2:]}
        found = {}
        for code, (groups, whole) in asked.items():
            counted = [s for s in self.surveys() if s["key_group"] in groups and (s.get(whole) or 0) >= 1]
            ids = {s["id"] for s in counted}
            amounts = (sum(s.get("member_count") or 0 for s in counted), sum(s[whole] for s in counted))
            found[code] = Counted(ids, ids, amounts)
        return found

    def growth(self) -> Counted:
        before = Oracle(self.book, datetime.date(self.year - 1, 12, 31))

        def persons(oracle: Oracle) -> set[str]:
            return {
                person
                for person, rows in oracle._persons("member").items()
                if any(oracle.member(r) and r.get("key_group") for r in rows)
            }

        now, then = persons(self.oracle), persons(before)
        return Counted(now, then, (len(now) - len(then), len(then)))

    # Unions, areas, models, volunteers, sites, towns

    def _towns(self) -> list[dict[str, Any]]:
        return [{"id": k, **u} for k, u in self.units.items() if u["level"] == "town"]

    def _standing_at(self, category: str, town: str) -> bool:
        unions = self.book.of("union", category=category, town=town)
        return any(map(self.oracle.standing, unions))

    def _sites(self) -> list[dict[str, Any]]:
        def running(site: Row) -> bool:
            return site.get("state") in (None, "running") or (site.get("state_date") or "") > self.day

        return [
            s
            for s in self.book.of("service_site")
            if s["kind"] in OUTDOOR and running(s) and (s.get("built_date") or "") <= self.day
        ]

    def _team(self, team: Row) -> bool:
        since = self.oracle.today.replace(year=self.year - 1).isoformat()
        roster = [
            v
            for v in self.book.of("volunteer", volunteer_team=team["id"])
            if v["started"] <= self.day and not (v.get("ended") and v["ended"] <= self.day)
        ]
        done = [
            a
            for a in self.book.of("volunteer_activity", volunteer_team=team["id"])
            if since < a["activity_date"] <= self.day
        ]
        registered = team["registered_date"] <= self.day and bool(team.get("registered_with"))
        return registered and len(roster) >= 1 and len(done) >= 1

    def _federated(self, area: Row) -> bool:
        union = area.get("federation")
        standing = not union or self.oracle.standing(self.book.one("union", union))
        return (
            area["union_state"] == "federation" and standing and (area.get("covered_since") or "") <= self.day
        )

    def _met(self, town: Row) -> bool:
        return any(
            f"{self.year}-01-01" <= m["started_date"] <= self.day
            and (
                self.unit_of[m["id"]] == town["id"]
                or any(
                    u.get("category") == "town_general" and u.get("town") == town["place"]
                    for u in self.book.of("union", id=m.get("union"))
                )
            )
            for m in self.book.of("meeting", kind="government_union")
        )

    def rest(self) -> dict[str, Counted]:
        standing = [u for u in self.book.of("union") if self.oracle.standing(u)]
        trades: dict[tuple[str, str], str] = {}
        for union in sorted(standing, key=lambda u: u["id"], reverse=True):
            if union.get("category") == "new_form_industry_union" and union.get("new_trade") == "express":
                trades[self.unit_of[union["id"]], union["new_trade"]] = union["id"]
        areas = [
            a for a in self.book.of("area") if a["kind"] in ("economic_zone", "industry_platform", "park")
        ]
        named: dict[tuple[str, int], str] = {}
        for one in sorted(self.book.of("nomination"), key=lambda n: n["id"], reverse=True):
            given = one["result"] == "named" and (one.get("naming_date") or "") <= self.day
            if given and one["kind"] == "new_form_city" and one["year"] == self.year:
                named[one["union_name"], one["year"]] = one["id"]
        sites, teams = self._sites(), self.book.of("volunteer_team")
        single = [u for u in standing if u.get("kind") in (None, "independent")]
        return {
            "T18.industry": Counted(set(trades.values())),
            "T18.town": _share(self._towns(), lambda t: self._standing_at("town_new_form_joint", t["place"])),
            "T19": _share(areas, self._federated),
            "T20": Counted(set(named.values())),
            "T23": Counted({t["id"] for t in teams if t.get("state") != "closed" and self._team(t)}),
            "T26.stations": Counted({s["id"] for s in sites}),
            "T26.round_the_clock": Counted(
                {s["id"] for s in sites if s.get("round_the_clock") or s["kind"] == "round_the_clock"}
            ),
            "T26.coverage": _share(self._towns(), lambda t: t["place"] in {s["town"] for s in sites}),
            "T27": _share(single, lambda u: u.get("has_account") == 1),
            "T29": _share(self._towns(), self._met),
        }

    def _replies(self, issued: Sequence[Row]) -> Counted:
        def first(letter: Row, **said: str) -> str:
            days = [e["event_date"] for e in self.book.of("case_event", document=letter["id"], **said)]
            return min((d for d in days if d <= self.day), default="")

        whole, hit = set(), set()
        for letter in issued:
            received = first(letter, kind="served", service_result="received")
            if letter["kind"] != "reminder_letter" or not received:
                continue
            due = _due(received, letter["reply_days"], letter.get("reply_day_kind") == "working")
            if due is None or due > self.day:
                continue
            whole.add(letter["id"])
            replied = first(letter, kind="replied")
            if replied and replied <= due:
                hit.add(letter["id"])
        return Counted(hit, whole)

    def letters(self) -> dict[str, Counted]:
        def done(letter: Row, kind: str) -> bool:
            return any(
                e["kind"] == kind and e["event_date"] <= self.day
                for e in self.book.of("case_event", document=letter["id"])
            )

        issued = [
            d
            for d in self.book.of("case_document")
            if FIRST <= (d.get("issue_date") or "") <= self.oracle.until
            and not (d.get("voided_date") and d["voided_date"] <= self.day)
        ]
        return {"T28.replies": self._replies(issued)} | {
            f"T28.{kind}": Counted(
                {
                    d["id"]
                    for d in issued
                    if d["kind"] == kind and (kind == "suggestion_letter" or done(d, "served"))
                }
            )
            for kind in ("reminder_letter", "opinion_letter", "suggestion_letter")
        }

    def all(self) -> dict[str, Counted]:
        """Every indicator of this module by the id of its measure."""
        return {
            **self.classes(),
            **self.platforms(),
            **self.people(),
            "T17": self.growth(),
            **self.rest(),
            **self.letters(),
        }


def _due(received: str, days: int, working: bool) -> str | None:
    """The last day of a period, found day by day; nothing where an arrangement of holidays is not known."""
    table, day = working_day_table(), datetime.date.fromisoformat(received)
    if not working:
        day += datetime.timedelta(days=days - 1)
        days = 1
    while days:
        day += datetime.timedelta(days=1)
        if day.year not in table.years:
            return None
        days -= table.is_working_day(day)
    return day.isoformat()


def _share(whole: Iterable[Row], hit: Any) -> Counted:
    firms = list(whole)
    return Counted({f["id"] for f in firms if hit(f)}, {f["id"] for f in firms})
