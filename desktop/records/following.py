"""What follows from a record by the declarations: which cells another one is filled with, and whether they still agree.

Pure: values in, values out. A path is read as :class:`desktop.records.declaration.Follow` says.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping

from desktop.records.cells import Values
from desktop.records.declaration import Follow, Kind, RecordType
from desktop.records.reckoning.outcomes import Result, motion_outcome, session_outcome
from desktop.records.versions.canonical import Cell

Linked = Callable[[str], Values | None]
"""The values of the record that a link field leads to."""

ANY = "*"
"""Among the values of a condition: whatever is filled in."""
ROW = "@"
"""Under this name a source leads to the row of which a record follows apiece."""
_SELF, _NAME, _ALWAYS = ".", "*", "="
_BETWEEN_NAMES = re.compile(r"[、，,；;\s]+")
_QUOTED = re.compile(r"《([^》]+)》")
_DRAFT = re.compile(r"[（(]?草案[）)]?$")
_PASSING = re.compile(r"^(关于)?(审议通过|审议|表决通过|表决|通过)+")
_NUMBERS = (Kind.INTEGER, Kind.BOOLEAN)
_YEAR = datetime.timedelta(days=366)
_OUTCOMES = {
    "carried": (Result.CARRIED,),
    "heard": (Result.CARRIED, Result.NOT_VOTED),
    "valid": (Result.VALID,),
}


def resolve(path: str, source: str, values: Values, linked: Linked, name: str = "") -> Cell:
    """The cell that a path leads to; nothing where the way ends."""
    if path.startswith(_ALWAYS):
        return path[1:]
    if path == _SELF:
        return source
    if path == _NAME:
        return name
    first, _, rest = path.partition(".")
    if not rest:
        return values.get(first)
    further = linked(first) if values.get(first) else None
    return further.get(rest) if further is not None else None


def names(follow: Follow, values: Values) -> list[str]:
    """For whom a record follows apiece; one without a name where only one follows."""
    if not follow.each:
        return [""]
    found = _BETWEEN_NAMES.split(str(values.get(follow.each) or ""))
    return list(dict.fromkeys(filter(None, found)))


def cells(
    record_type: RecordType, follow: Follow, source: str, values: Values, linked: Linked, name: str = ""
) -> dict[str, Cell]:
    """What a record of this type is filled with; cells of which nothing is known are left out."""
    filled: dict[str, Cell] = {}
    for field, path in follow.values.items():
        cell = resolve(path, source, values, linked, name)
        if field in follow.translate:
            cell = follow.translate[field].get(str(cell))
        if field in follow.papers and isinstance(cell, str):
            cell = paper_name(cell)
        if path.startswith(_ALWAYS) and record_type.by_name[field].kind in _NUMBERS:
            cell = int(path[1:])
        if cell not in (None, ""):
            filled[field] = cell
    return filled


def paper_name(title: str) -> str:
    """The name of the paper that a motion is about: “审议《工资专项集体合同（草案）》” is about the contract."""
    quoted = _QUOTED.search(title)
    return _DRAFT.sub("", quoted.group(1) if quoted else _PASSING.sub("", title)).strip()


def stands(follow: Follow, values: Values, linked: Linked) -> bool:
    """Whether the source says what it has to say, and what it decided was decided."""
    for field, wanted in follow.when.items():
        cell = values.get(field)
        if cell in (None, "") or (ANY not in wanted and cell not in wanted):
            return False
    if not follow.outcome:
        return True
    valid = follow.outcome == "valid"
    outcome = session_outcome(values) if valid else motion_outcome(values, linked("congress") or {})
    return outcome.result in _OUTCOMES[follow.outcome]


def hindrance(follow: Follow, values: Values, linked: Linked) -> tuple[str, str]:
    """What the source does not say that it has to, as a field, or what became of the vote, in words; else nothing."""
    for field, wanted in follow.when.items():
        cell = values.get(field)
        if cell in (None, "") or (ANY not in wanted and cell not in wanted):
            return field, ""
    if stands(follow, values, linked):
        return "", ""
    valid = follow.outcome == "valid"
    return "", (session_outcome(values) if valid else motion_outcome(values, linked("congress") or {})).words


def coming(types: Iterable[RecordType], source: str, values: Values, linked: Linked) -> dict[str, bool]:
    """The types of which a record would follow from such a source, and whether it is known for whom.

    What is here already is not looked at.
    """
    found: dict[str, bool] = {}
    for record_type in types:
        for follow in record_type.follows:
            if follow.source == source and stands(follow, values, linked):
                found[record_type.name] = found.get(record_type.name, False) or bool(names(follow, values))
    return found


def is_meant(follow: Follow, candidate: Values, cells: Mapping[str, Cell], day: Cell) -> bool:
    """Whether a record that is here already is the one that would be filled in."""
    if any(cells.get(field) not in (None, candidate.get(field)) for field in follow.same):
        return False
    if follow.recent and (recent := candidate.get(follow.recent)):
        return isinstance(day, str) and day <= str(recent) <= _year_after(day)
    if follow.during:
        began, ended = (candidate.get(field) for field in follow.during)
        return isinstance(day, str) and bool(began) and str(began) <= day <= str(ended or day)
    return True


def is_named(follow: Follow, candidate: Values, cells: Mapping[str, Cell]) -> bool:
    """Whether a record that was written by hand is the one that would be filled in: it bears the name, but no link."""
    *rest, last = follow.same
    return (
        bool(follow.named)
        and candidate.get(last) in (None, "")
        and all(candidate.get(field) == cells.get(field) for field in (*rest, follow.named))
    )


def is_older(follow: Follow, candidate: Values, cells: Mapping[str, Cell]) -> bool:
    """Whether the day that a record in force has is older than the one that it would get."""
    return str(candidate.get(follow.latest) or "") < str(cells.get(follow.latest) or "")


def completed(follow: Follow, candidate: Values, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """What a record that is here already gets: cells that are empty, the link, a newer day."""
    if follow.latest:
        return {field: cell for field, cell in cells.items() if field not in follow.same}
    return {
        field: cell
        for field, cell in cells.items()
        if candidate.get(field) in (None, "") or field == follow.link
    }


def changed(record_type: RecordType, values: Values, linked: Linked) -> tuple[Follow, list[str]] | None:
    """The source that says something else by now, with the fields that differ; none named where nothing stands."""
    for follow in record_type.follows:
        source = values.get(follow.link) if follow.link and follow.agree else None
        held = linked(follow.link) if source else None
        if held is None or not _made_by(follow, values):
            continue
        if not stands(follow, held, linked):
            return follow, []
        if differing := _differing(follow, str(source), values, held, linked):
            return follow, differing
    return None


def _made_by(follow: Follow, values: Values) -> bool:
    """Of several ways from one source, the one that says always what stands in the record."""
    always = {f: follow.values[f][1:] for f in follow.same if follow.values.get(f, "").startswith(_ALWAYS)}
    return all(values.get(field) == cell for field, cell in always.items())


def _differing(follow: Follow, source: str, values: Values, held: Values, linked: Linked) -> list[str]:
    def further(field: str) -> Values | None:
        # What the source links to is known where the record links to the same.
        return linked(field) if values.get(field) == held.get(field) else None

    differing = []
    for field in follow.agree:
        path, cell = follow.values[field], values.get(field)
        if path == _NAME:
            if cell not in names(follow, held):
                differing.append(field)
            continue
        there = resolve(path, source, held, further)
        if field in follow.translate:
            there = follow.translate[field].get(str(there))
        if there not in (None, "", cell):
            differing.append(field)
    return differing


def _year_after(day: str) -> str:
    try:
        return (datetime.date.fromisoformat(day) + _YEAR).isoformat()
    except (ValueError, OverflowError):
        return day
