"""What follows from a row without doubt: places from words and addresses, links from names, and a little more."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence, Set

from desktop.documents.workbooks.cells import shown
from desktop.operations.imports import words
from desktop.operations.imports.linking import Linker
from desktop.operations.imports.mapping import EMPLOYER
from desktop.operations.imports.matching import spellings
from desktop.operations.imports.model import Note, Part, RowResult, Weight
from desktop.operations.imports.own_place import ADDRESSES
from desktop.operations.imports.placing import Placed, PlaceFinder
from desktop.operations.imports.shown_titles import by_title
from desktop.operations.imports.together import SESSION, TERM, session_of
from desktop.operations.imports.units import HEADINGS, UNIT, UnitFinder
from desktop.operations.session import Session
from desktop.records import id_numbers, memberships
from desktop.records.declaration import Field, Kind
from desktop.records.id_numbers import BIRTH
from desktop.records.identity import is_id
from desktop.records.masking import mask_birth
from desktop.records.typed.texts import folded
from desktop.records.typed.uscc import normalise_uscc, uscc_kind
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup

_WORKPLACE = "workplace"
_NAMES_A_VILLAGE = re.compile("社区|村|居委会|居民委员会|生活区")
"""Without one of these words an address says no more than a town."""


class Deriver:
    """Completes the parts of rows; one for an import. ``codes_beside`` are columns of codes, by what they are of."""

    def __init__(
        self, session: Session, types: tuple[str, ...], codes_beside: Mapping[str, int] | None = None
    ) -> None:
        self._session = session
        self._codes_beside = codes_beside or {}
        self._types = types
        fields = [session.types[name].by_name.keys() for name in types]
        # What follows is asked of every row, so what a type has is looked up once.
        self._placed = [(at, "village" not in has) for at, has in enumerate(fields) if "town" in has]
        self._employers = [at for at, name in enumerate(types) if name == EMPLOYER]
        self._persons = [at for at, has in enumerate(fields) if "id_number" in has]
        self._employed = [at for at, has in enumerate(fields) if {"union", EMPLOYER, _WORKPLACE} <= has]
        self._members = [at for at, has in enumerate(fields) if memberships.FIRST in has]
        self._sessions = [at for at, has in enumerate(fields) if SESSION in has]
        self._places = PlaceFinder(session.reference, session.unit.code)
        self._units = UnitFinder(session, self._places) if types[0] in HEADINGS else None
        self._today = session.environment.today()

    def complete(self, row: RowResult) -> None:
        """Places and what else follows from the row alone; links are found for many rows at once."""
        if self._units is not None:
            self._belong(row, self._units)
        parts = row.parts
        for at, towns_only in self._placed:
            self._place(row, parts[at], towns_only=towns_only)
        for at in self._employers:
            values = parts[at].values
            if "sector" not in values:
                sector = words.sector_of(values.get("ownership"), values.get("uscc"))
                if sector is not None:
                    parts[at].weak["sector"] = sector
        for at in self._persons:
            if "id_number" in parts[at].values:
                self._person(row, parts[at])
        for at in self._members:
            _admission(row, parts[at])
        for at in self._sessions:
            _number_session(parts[at])

    def _belong(self, row: RowResult, units: UnitFinder) -> None:
        part = row.parts[0]
        words, column = (part.words or {}).pop(UNIT, ("", -1))
        if not words:
            return
        found = units.find(words)
        if found is None:
            sentence = f"没有找到下级单位“{words[:30]}”，请先登记这个单位或改成准确的名称"
            row.say(Note(sentence, Weight.PROBLEM, column, UNIT))
            return
        part.unit = found
        row.say(Note(f"属于“{units.names[found]}”", Weight.NOTE, column, UNIT))

    def _place(self, row: RowResult, part: Part, *, towns_only: bool) -> None:
        town_words = village_words = None
        if said := part.words:
            town_words, village_words = said.pop("town", None), said.pop("village", None)
        if town_words is not None:
            found = self._places.town(town_words[0])
            if towns_only and found.village is not None:
                found = Placed(reason=f"“{town_words[0][:20]}”是村社，这一列请填镇街")
            if found.town is None:
                row.say(Note(found.reason, Weight.PROBLEM, town_words[1], "town"))
                part.place_reason = found.reason
            else:
                part.values["town"] = found.town
                if found.village is not None:
                    part.weak["village"] = found.village
        town = part.values.get("town")
        if village_words is not None:
            found = self._places.village(village_words[0], str(town) if town else None)
            if found.village is None:
                row.say(Note(found.reason, Weight.PROBLEM, village_words[1], "village"))
            else:
                part.values["village"] = found.village
                if found.town is not None:
                    part.weak["town"] = found.town
        if "village" not in part.values and (town is None or "village" not in part.weak):
            self._from_address(part, town)
        if towns_only:
            part.weak.pop("village", None)

    def _from_address(self, part: Part, town: object) -> None:
        """The town of the first address that has one; the village only where it lies in the town of the row."""
        seen: object = None
        for name in ADDRESSES:
            address = part.values.get(name)
            if not isinstance(address, str) or address == seen:
                continue
            seen = address
            if town is not None and not _NAMES_A_VILLAGE.search(address):
                continue
            found = self._places.address(address)
            if found.town is None:
                part.place_reason = part.place_reason or found.reason
                continue
            if town is None:
                part.weak["town"] = found.town
            if found.village is not None and town in (None, found.town):
                part.weak["village"] = found.village
            return

    def _person(self, row: RowResult, part: Part) -> None:
        """A resident's number says sex and day of birth, of which a cell may say no more than year and month."""
        found = id_numbers.told(str(part.values["id_number"]), self._today, part.values.get(id_numbers.KIND))
        birth = found.get(BIRTH)
        if birth is not None and row.said and BIRTH not in part.values:
            row.said = [_completed(note, row, datetime.date.fromisoformat(str(birth))) for note in row.said]
        part.weak |= found

    def link(self, rows: Sequence[RowResult]) -> None:
        """Finds the records that words in link columns mean; where none or several are meant, the cell is left out."""
        for position, type_name in enumerate(self._types):
            for wanted in self._session.types[type_name].fields:
                if wanted.kind is not Kind.LINK:
                    continue
                said = [(row.parts[position].words or {}).get(wanted.name, ("", -1)) for row in rows]
                codes = self._codes(rows, wanted)
                words = {text for text, _ in said if text} | {code for code in codes if code}
                if words:
                    found = self.named(str(wanted.link), words)
                    Linker(self._session, wanted, self._codes_beside.get(wanted.name, -1)).link(
                        [(row, row.parts[position]) for row in rows], codes, found
                    )
        for at in self._employed:
            self._employ(rows, at)

    def _codes(self, rows: Sequence[RowResult], wanted: Field) -> list[str]:
        """What the column of codes beside a link's names says in each row."""
        column = self._codes_beside.get(wanted.name)
        if column is None:
            return [""] * len(rows)
        cells = (row.cells[column] if column < len(row.cells) else None for row in rows)
        return [code if uscc_kind(code := normalise_uscc(shown(cell))) else "" for cell in cells]

    def _employ(self, rows: Sequence[RowResult], position: int) -> None:
        """A person's employer is the one that has this name, and his union the one that this employer has."""
        parts = [(row, row.parts[position]) for row in rows]
        said = {str(words) for _, part in parts if (words := part.values.get(_WORKPLACE))}
        found = self.named(EMPLOYER, said) if said else {}
        for _, part in parts:
            records = found.get(str(part.values.get(_WORKPLACE)), [])
            if len(records) == 1:
                part.weak.setdefault(EMPLOYER, records[0])
        unions = self._unions_of({part.weak[EMPLOYER] for _, part in parts if EMPLOYER in part.weak})
        for row, part in parts:
            of_employer = unions.get(part.values.get(EMPLOYER, part.weak.get(EMPLOYER)), [])
            if "union" not in part.values and len(of_employer) == 1:
                part.weak["union"], name = of_employer[0]
                row.say(Note(f"所属工会按工作单位填为“{name}”", Weight.NOTE, -1, "union"))

    def _unions_of(self, employers: Set[Cell]) -> dict[Cell, list[tuple[str, str]]]:
        """The living unions of each employer, with their names."""
        unions: dict[Cell, list[tuple[str, str]]] = {}
        wanted = self._session.types["union"]
        for employer, union, life, (name,) in lookup.by_value(
            self._session.database, wanted, EMPLOYER, employers, ("name",)
        ):
            if life is not Life.DELETED:
                unions.setdefault(employer, []).append((union, str(name)))
        return unions

    def named(self, type_name: str, said: Iterable[str]) -> dict[str, list[str]]:
        """The living records that each text names: by id, by code, by name, by all that is shown of them."""
        target = self._session.types[type_name]
        database = self._session.database
        texts = list(said)
        found: dict[str, list[str]] = {t: [t] for t in texts if is_id(t)}
        if target.key is not None:
            codes = {normalise_uscc(t): t for t in texts}
            for value, record, life, _ in lookup.by_value(database, target, target.key, codes):
                if life is not Life.DELETED:
                    found.setdefault(codes[str(value)], []).append(record)
        title = target.by_name[target.title[0]]
        if title.kind is Kind.TEXT:
            names: dict[str, list[str]] = {}
            narrow = {text.replace("（", "(").replace("）", ")") for text in texts}
            spelled = narrow | {text.replace("(", "（").replace(")", "）") for text in narrow}
            spelled |= {t for text in texts for t in spellings(text)}
            for value, record, life, _ in lookup.by_value(database, target, title.name, spelled):
                if life is not Life.DELETED:
                    names.setdefault(folded(str(value)), []).append(record)
            for text in texts:
                if text not in found:
                    found[text] = names.get(folded(text), [])
        unknown = [text for text in texts if not found.get(text)]
        return found | by_title(self._session, type_name, unknown, self.named)


def _completed(note: Note, row: RowResult, birth: datetime.date) -> Note:
    """What is said of a cell that has not the whole day of birth: nobody has to mend what the number knows."""
    if note.field != BIRTH or note.weight is not Weight.PROBLEM or note.column < 0:
        return note
    text = shown(row.cells[note.column]).strip()
    said = "".join(number.zfill(2) for number in re.findall("[0-9]+", text))
    whole = f"{birth:%Y%m%d}"
    if len(said) < 4 or not (whole.startswith(said) or whole[2:].startswith(said)):
        return note
    # The day is what the mask of the number beside it hides.
    return Note(
        f"没有写到日，按证件号码补全为{mask_birth(birth.isoformat())}", Weight.NOTE, note.column, BIRTH
    )


def _admission(row: RowResult, part: Part) -> None:
    """The 实名制 form has the last change only; where that is the admission, it says when somebody became a member."""
    told = {n: v for n, v in memberships.implied(part.values).items() if n not in part.values}
    part.weak |= told
    if memberships.FIRST in told:
        sentence = f"首次入会日期按会籍变化日期填为{told[memberships.FIRST]}"
        row.say(Note(sentence, Weight.NOTE, -1, memberships.FIRST))


def _number_session(part: Part) -> None:
    """A title such as 三届二次职代会 says which session it is, where no column does."""
    name = part.values.get("name")
    known = {TERM, SESSION} & (part.values.keys() | part.weak.keys())
    numbers = session_of(name) if isinstance(name, str) and not known else None
    if numbers is not None:
        part.weak |= dict(zip((TERM, SESSION), numbers, strict=True))
