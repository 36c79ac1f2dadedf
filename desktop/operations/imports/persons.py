"""Tells which person each row is about: by document number, then by name and telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from desktop.operations.imports.completing import Completing
from desktop.operations.imports.formerly import Formerly
from desktop.operations.imports.model import OF_ANOTHER, Candidate, Note, Weight
from desktop.operations.imports.others import Others
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.typed.id_number import check_id
from desktop.records.typed.person_names import fold_name
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup

_OF_NUMBER = ("id_kind", "sex", "birth_date")
"""What follows from a number, or was said with it."""
_MOST_MISTYPED = 4


class Persons:
    """By document number, then by name and telephone; a bare name tells nobody apart."""

    def __init__(self, session: Session, record_type: RecordType, others: Others, *, vacant: bool) -> None:
        self._database = session.database
        self._formerly = Formerly(session, record_type)
        self._type = record_type
        self._today = session.environment.today()
        self._vacant = vacant
        self._others = others
        self._completing = Completing(session.database, record_type)
        self._first: dict[str, Candidate] = {}
        self._numbers: dict[str, list[tuple[str, Life, str]]] = {}
        self._phones: dict[tuple[str, str], list[tuple[str, Cell, Life]]] = {}
        # The living with other numbers and what they say, by the names of those whose own is not here.
        self._namesakes: dict[str, list[tuple[str, Mapping[str, Cell]]]] = {}

    def ids(self, candidates: Sequence[Candidate], new_id: Callable[[], str]) -> list[str | None]:
        """Rows with a number first, so that a row without one can join them by name and telephone."""
        if not self._vacant:
            self._look_up(candidates)
        found: dict[int, str | None] = {}
        rest: list[int] = []
        for numbered in (True, False):
            for position, candidate in enumerate(candidates):
                if bool(candidate.values.get("id_number")) is not numbered:
                    continue
                if not candidate.values.get("name"):
                    candidate.row.refuse("没有姓名")
                    found[position] = None
                elif numbered or candidate.values.get("phone"):
                    found[position] = self._refusing(candidate, new_id)
                else:
                    rest.append(position)
        for position, record in zip(
            rest, self._others.ids([candidates[p] for p in rest], new_id), strict=True
        ):
            found[position] = record
            text = "没有证件号码和电话，无法判断是否重复，请补上"
            candidates[position].row.tell(Note(text, Weight.WARNING))
        return [found[position] for position in range(len(candidates))]

    def _look_up(self, candidates: Sequence[Candidate]) -> None:
        self._completing.look_up(candidates)
        numbers = {c.values.get("id_number") for c in candidates}
        here = set()
        for value, record, life, (name,) in lookup.by_value(
            self._database, self._type, "id_number", numbers, ("name",)
        ):
            self._numbers.setdefault(str(value), []).append((record, life, str(name or "")))
            here.add((value, name))
        names = {
            v["name"] for c in candidates if (v := c.values).get("id_number")
            and (v["id_number"], v.get("name")) not in here and v.get("name")
        }  # fmt: skip
        fields = sorted({n for c in candidates for n in c.values}) if names else ()
        for value, record, life, cells in lookup.by_value(self._database, self._type, "name", names, fields):
            held = dict(zip(fields, cells, strict=True))
            if held["id_number"] is not None and life is not Life.DELETED:
                self._namesakes.setdefault(str(value), []).append((record, held))
        if "phone" not in self._type.by_name:
            return
        phones = {c.values.get("phone") for c in candidates}
        for value, record, life, (name, number) in lookup.by_value(
            self._database, self._type, "phone", phones, ("name", "id_number")
        ):
            self._phones.setdefault((fold_name(str(name)), str(value)), []).append((record, number, life))

    def _refusing(self, candidate: Candidate, new_id: Callable[[], str]) -> str | None:
        """Two people cannot have one document number: one of the rows is wrong."""
        number, name = candidate.values.get("id_number"), str(candidate.values["name"])
        if number and (corrected := self._corrected(candidate, number, name)) is not None:
            return corrected
        first = self._first.setdefault(str(number), candidate) if number else candidate
        if fold_name(str(first.values["name"])) != fold_name(name):
            words = f"证件号码与原表第{first.row.number}行相同，姓名却不同，请核对哪一行有误"
            candidate.row.refuse(words)
            return None
        return self._one(candidate, number, name, new_id)

    def _corrected(self, candidate: Candidate, number: Cell, name: str) -> str | None:
        """The person whose history says all that the row does: its number was put right here, and stays so.

        Of two people of one name, one may have got the other's number by mistake, so less is only told.
        """
        once = [
            record
            for record, held in self._namesakes.get(name, ())
            if _may_be(candidate.values, held) and self._formerly.said(record, {"id_number": number})
        ]
        for record in once:
            if self._formerly.said(record, candidate.values):
                candidate.row.tell(Note("这个证件号码在本机改正过，没有改回去", Weight.WARNING))
                candidate.part = candidate.part.without("id_number", *_OF_NUMBER)
                return record
        if once:
            words = f"“{name}”另有一条，证件号码原来也是这个，后来改正了，请核对是不是同一人"
            candidate.row.tell(Note(words, Weight.WARNING))
        return None

    def _one(self, candidate: Candidate, number: Cell, name: str, new_id: Callable[[], str]) -> str:
        phone = candidate.values.get("phone")
        known = sorted(self._numbers.get(str(number), ()), key=lambda k: (k[1] is Life.DELETED, k[0]))
        record = known[0][0] if number and known else None
        if record is not None and fold_name(known[0][2]) not in ("", fold_name(name)):
            # People do change their names; more often a number was copied from another row.
            words = f"{OF_ANOTHER}“{known[0][2]}”的，请核对是不是同一人"
            candidate.row.tell(Note(words, Weight.WARNING))
        if record is None and phone:
            same = [
                k
                for k in self._phones.get((fold_name(name), str(phone)), ())
                if not (number and k[1] and k[1] != number and not self._corrects(k[1], number))
            ]
            same.sort(key=lambda k: (k[2] is Life.DELETED, k[0]))
            record = same[0][0] if same else None
            if same and number and same[0][1] not in (None, number):
                candidate.row.tell(Note("原来的证件号码校验不符，按这一行改正"))
        record = record or self._completing.find(candidate) or new_id()
        if number:
            self._numbers.setdefault(str(number), []).insert(0, (record, Life.LIVE, name))
        if phone:
            self._phones.setdefault((fold_name(name), str(phone)), []).insert(0, (record, number, Life.LIVE))
        return record

    def _corrects(self, held: Cell, number: Cell) -> bool:
        """Whether a number without a fault stands where one that fails its check did: it was mistyped."""
        return not check_id(str(held), self._today).ok and check_id(str(number), self._today).ok


def _may_be(said: Mapping[str, Cell], held: Mapping[str, Cell]) -> bool:
    """Whether it is worth a look into the history of a namesake: numbers are nearly one, or all else is the same.

    Of a common name there are hundreds, and a history costs more than all else of a row.
    """
    one, other = str(said["id_number"]), str(held["id_number"])
    if len(one) != len(other) or sum(map(str.__ne__, one, other)) <= _MOST_MISTYPED:
        return True
    beside = said.keys() - {"name", "id_number", *_OF_NUMBER}
    return bool(beside) and all(held[n] == said[n] for n in beside)
