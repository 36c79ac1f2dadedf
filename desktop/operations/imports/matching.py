"""Tells which record each row is about: one held here, one that an earlier row began, or a new one.

Organisations are known by their credit code, else by name; persons as :mod:`.persons` says, everything else as
:mod:`.others` does. The same record twice in one table is one entry, so
that it is written once (rule 6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from desktop.operations.imports.formerly import Formerly
from desktop.operations.imports.model import Candidate, Note, RowResult, Weight
from desktop.operations.imports.others import Others
from desktop.operations.imports.persons import Persons
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.identity import derived_id
from desktop.records.typed.texts import folded
from desktop.records.typed.uscc import is_anothers, is_slip_of
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import lookup
from desktop.store.queries.lookup import Held

_ADDRESSES = ("registered_address", "address")
_UNIQUE_NAME = re.compile(r"(?:公司|合伙企业|\(有限合伙\)|\(普通合伙\)|合作社|委员会|总工会|联合会|工会)$")
"""Names that registration keeps unique within a district; a small shop's name is not."""
_REGION = re.compile(r"^(?:中国)?(?:浙江省?)?(?:杭州市?)?")
_DISTRICT = re.compile(r"^[一-龥]{2,3}[区县市](?!场|块|域)")


class Entry(msgspec.Struct, eq=False):
    """One record as the table says it is; ``first`` is the row that began it, whose part it shares until one joins."""

    id: str
    first: RowResult
    strong: dict[str, Cell]
    weak: dict[str, Cell]
    place_reason: str = ""
    unit: str = ""
    held: Held | None = None
    joined: bool = False
    undone: dict[str, Cell] | None = None
    """What stands in the record, all of its fields, where it was made here and undone: it comes in as a new one."""


class _Known(msgspec.Struct, eq=False):
    """A record that a name may mean: held here, or begun by an earlier row; ``values`` have its addresses."""

    id: str
    code: Cell
    values: Mapping[str, Cell]
    life: Life = Life.LIVE
    held: bool = False


class Refused(Exception):
    """A row that cannot be told apart; its text goes to the row."""


class Matcher:
    """Matches the rows of one type. ``fields`` are needed of what is held."""

    def __init__(
        self, session: Session, record_type: RecordType, fields: Iterable[str], valid_codes: set[str]
    ) -> None:
        self._session = session
        self._database = session.database
        self._valid_codes = valid_codes
        self._type = record_type
        self._fields = list(dict.fromkeys(fields))
        self._vacant = lookup.is_empty(self._database, record_type)
        self.entries: dict[str, Entry] = {}

    def match(self, candidates: Sequence[Candidate]) -> Iterator[Entry | None]:
        """The entry of each candidate; nothing for those that were refused, with a note on the row."""
        found = self._identities().ids(candidates, self._session.ledger.new_id)
        held = {} if self._vacant else lookup.held(
            self._database, self._type, {i for i in found if i is not None}, self._fields
        )  # fmt: skip
        for candidate, record in zip(candidates, found, strict=True):
            if record is None:
                yield None
                continue
            entry = self.entries.get(record)
            if entry is None:
                part = candidate.part
                entry = Entry(
                    record, candidate.row, part.values, part.weak, part.place_reason, part.unit,
                    held.get(record),
                )  # fmt: skip
                self.entries[record] = entry
            yield entry

    def _identities(self) -> _Organisations | Persons | Others:
        vacant = self._vacant
        if self._type.key is not None:
            return _Organisations(self._session, self._type, self._valid_codes, vacant=vacant)
        others = Others(self._database, self._type, self._session.unit.id, vacant=vacant)
        if "id_number" in self._type.by_name:
            return Persons(self._session, self._type, others, vacant=vacant)
        return others


class _Organisations:
    """By credit code, then by name and address."""

    def __init__(
        self, session: Session, record_type: RecordType, valid_codes: set[str], *, vacant: bool
    ) -> None:
        self._database = session.database
        self._formerly = Formerly(session, record_type)
        self._valid_codes = valid_codes
        self._type = record_type
        self._vacant = vacant
        self._key = str(record_type.key)
        self._name = record_type.title[0]
        self._beside = [n for n in (self._key, *_ADDRESSES) if n in record_type.by_name]
        self._by_code: dict[str, str] = {}
        self._named: dict[str, Candidate] = {}
        self._by_name: dict[str, list[_Known]] = {}

    def ids(self, candidates: Sequence[Candidate], new_id: Callable[[], str]) -> list[str | None]:
        """Rows with a code first, so that a row without one can join them whatever their order."""
        self._look_up(candidates)
        found: list[str | None] = [None] * len(candidates)
        without: list[int] = []
        for position, candidate in enumerate(candidates):
            if not candidate.part.values.get(self._key):
                without.append(position)
                continue
            try:
                found[position] = self._with_code(candidate, new_id)
            except Refused as refused:
                candidate.row.refuse(str(refused))
        for position in without:
            try:
                found[position] = self._by_words(candidates[position], new_id)
            except Refused as refused:
                candidates[position].row.refuse(str(refused))
        return found

    def _look_up(self, candidates: Sequence[Candidate]) -> None:
        self._held_by_code: dict[str, list[tuple[str, Life]]] = {}
        self._taken: set[str] = set()
        if self._vacant:
            return
        codes = {str(c.values[self._key]) for c in candidates if c.values.get(self._key)}
        for value, record, life, _ in lookup.by_value(self._database, self._type, self._key, codes):
            self._held_by_code.setdefault(str(value), []).append((record, life))
        # What is held under a derived id may have lost its code since.
        derived = {found: code for code in codes if (found := self._derived(code)) is not None}
        for record, code in lookup.existing(self._database, self._type, derived, self._key).items():
            if is_anothers(code, derived[record]):
                self._taken.add(record)
                continue
            known = self._held_by_code.setdefault(derived[record], [])
            if record not in {r for r, _ in known}:
                known.append((record, Life.LIVE))
        names = {v for c in candidates if (n := c.values.get(self._name)) for v in spellings(str(n))}
        for value, record, life, beside in lookup.by_value(
            self._database, self._type, self._name, names, self._beside
        ):
            values = dict(zip(self._beside, beside, strict=True))
            self._by_name.setdefault(folded(str(value)), []).append(
                _Known(record, beside[0], values, life, held=True)
            )

    def _with_code(self, candidate: Candidate, new_id: Callable[[], str]) -> str:
        values = candidate.part.values
        code = str(values[self._key])
        name = folded(str(values.get(self._name) or ""))
        if name in self._by_name and (corrected := self._corrected(candidate, name, code)) is not None:
            self._remember(candidate, corrected.id, None, name)
            return corrected.id
        if code in self._by_code:
            self._require_same_name(code, name)
            return self._by_code[code]
        derived = self._derived(code)
        held = self._held_by_code.get(code)
        if held:
            record = min(held, key=lambda k: (k[1] is Life.DELETED, k[0] != derived, k[0]))[0]
        else:
            if not name:
                label = self._type.by_name[self._name].label
                raise Refused(f"没有“{label}”，这个代码在本机也没有登记过")
            # Hardly any name of a register was there before.
            same = self._namesake(candidate, name, code) if name in self._by_name else None
            record = same or (derived if derived not in self._taken else None) or new_id()
        self._remember(candidate, record, code, name)
        return record

    def _corrected(self, candidate: Candidate, name: str, code: str) -> _Known | None:
        """The record of this name whose code was this one, until somebody put it right here.

        It keeps what was put right, as the same table may come again; a namesake may be another shop.
        """
        living = [k for k in self._by_name[name] if k.life is not Life.DELETED]
        if any(k.code == code for k in living):
            return None
        for known in living:
            if not (known.held and known.code and self._formerly.said(known.id, {self._key: code})):
                continue
            if self._is_surely(candidate, name, known):
                candidate.row.tell(Note(f"这个代码在本机已改成{known.code}，没有改回去", Weight.WARNING))
                candidate.part = candidate.part.without(self._key)
                return known
            words = f"“{candidate.values[self._name]}”另有一条，代码原来也是这个，后来改成{known.code}"
            candidate.row.tell(Note(f"{words}，请核对是不是同一家", Weight.WARNING))
        return None

    def _is_surely(self, candidate: Candidate, name: str, known: _Known) -> bool:
        """Whether a namesake is the same: its name is unique, or its history says all that the row does."""
        if _UNIQUE_NAME.search(name):
            return True
        return self._formerly.said(known.id, candidate.values)

    def _namesake(self, candidate: Candidate, name: str, code: str) -> str | None:
        """The one record of this name that has no code yet, or this one mistyped.

        A name that registration keeps unique is doubted under two codes: one is wrong, or one firm has two records.
        """
        living = [k for k in self._by_name[name] if k.life is not Life.DELETED]
        slips = {k.id for k in living if k.code and is_slip_of(str(k.code), code)}
        others = [k for k in living if k.code and k.code != code and k.id not in slips]
        if others and _UNIQUE_NAME.search(name):
            words = f"“{candidate.values[self._name]}”另有一条，代码是{others[0].code}，请核对是不是同一家"
            candidate.row.tell(Note(words, Weight.WARNING))
        open_ones = [k for k in living if not k.code or k.id in slips]
        near = [k for k in open_ones if self._compatible(candidate, name, k)]
        if len(near) != 1:
            return None
        if near[0].code:
            candidate.row.tell(Note(f"原来的代码{near[0].code}校验不符，按这一行改正"))
        return near[0].id

    def _derived(self, code: str) -> str | None:
        """The id that a valid code gives its record (rule 4)."""
        return derived_id(self._type.name, code) if code in self._valid_codes else None

    def _require_same_name(self, code: str, name: str) -> None:
        first = self._named.get(self._by_code[code])
        if first is None or not name:
            return
        called = str(first.values[self._name])
        other = folded(called)
        if name != other and name not in other and other not in name:
            place = f"原表第{first.row.number}行“{called}”"
            raise Refused(f"统一社会信用代码与{place}相同，单位名称却不同，请核对哪一行有误")

    def _by_words(self, candidate: Candidate, new_id: Callable[[], str]) -> str:
        name = folded(str(candidate.values.get(self._name) or ""))
        if not name:
            raise Refused(f"没有“{self._type.by_name[self._name].label}”，也没有统一社会信用代码")
        known = self._by_name.get(name, ())
        near = [k for k in known if self._compatible(candidate, name, k)]
        live = [k for k in near if k.life is not Life.DELETED] or near[:1]
        if len(live) > 1:
            raise Refused("有几家同名的单位，无法判断是哪一家，请补上统一社会信用代码")
        if not live and known:
            candidate.row.tell(Note("有同名的单位，但地址不同，按另一家处理", Weight.WARNING))
        record = live[0].id if live else new_id()
        self._remember(candidate, record, None, name)
        return record

    def _remember(self, candidate: Candidate, record: str, code: str | None, name: str) -> None:
        if code is not None:
            self._by_code[code] = record
        if not name:
            return
        self._named.setdefault(record, candidate)
        known = self._by_name.get(name)
        if known is None:
            self._by_name[name] = [_Known(record, code, candidate.values)]
            return
        for position, one in enumerate(known):
            if one.id == record:
                # A record that has just been given a code is not there for a namesake with another one.
                known[position] = msgspec.structs.replace(one, code=code or one.code)
                return
        known.append(_Known(record, code, candidate.values))

    def _compatible(self, candidate: Candidate, name: str, known: _Known) -> bool:
        """Whether a namesake is the same: its name is unique by law, or no address contradicts."""
        if _UNIQUE_NAME.search(name):
            return True
        own, other = _plain_addresses(candidate.values), _plain_addresses(known.values)
        if not own or not other:
            return True
        return any(a.endswith(b) or b.endswith(a) for a in own for b in other)


def spellings(name: str) -> tuple[str, ...]:
    """The name with brackets of either width and without blanks, as any of them may be what is held."""
    narrow = "".join(name.split()).replace("（", "(").replace("）", ")")
    return (name, narrow, narrow.replace("(", "（").replace(")", "）"))


def _plain_addresses(values: Mapping[str, Cell]) -> list[str]:
    """Addresses from the town or street down, without blanks and marks."""
    addresses = (str(a) for n in _ADDRESSES if (a := values.get(n)))
    plain = (re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", a)) for a in addresses)
    return [_DISTRICT.sub("", _REGION.sub("", a)) for a in plain]
