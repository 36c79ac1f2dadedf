"""The language in which a record type is declared once: fields, groups, checks, links, rights and how it is shown.

A declaration is a frozen value that round-trips to JSON, so that it can come from a file of this program or from
data that a district sends down. A rule that needs code is a named function in :mod:`desktop.records.checks`.

Names of types and fields are their permanent ids: they stand in every stored and sent item and are never renamed;
only labels may change. A field never changes its kind.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

UNIT_SLOT = "unit"
"""The slot that says which unit a record belongs to; a birth asserts it by its ``as``."""
DELETED_SLOT = "_deleted"
"""The slot that a tombstone writes."""
RESERVED_LABELS: Mapping[str, str] = {UNIT_SLOT: "所属单位", DELETED_SLOT: "删除"}
"""What the slots are called that every type has."""
UNKNOWN_LABEL = "新版程序才有的项目"
"""What a slot is called that only a newer program declares; the log keeps what is said of it (rule 2)."""


LONGEST_TEXT = 4_000
"""How many characters a text has at most that its declaration says nothing of."""


class Kind(enum.StrEnum):
    """What a field holds. A stored value is text, an integer or nothing: no floats, decimals are text."""

    TEXT = "text"
    NOTE = "note"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    CODE = "code"
    CODES = "codes"
    LINK = "link"
    PLACE = "place"
    USCC = "uscc"
    ID_NUMBER = "id_number"
    PHONE = "phone"


class Mask(enum.StrEnum):
    """How a personal value is shown to those who have not asked for the whole."""

    NONE = "none"
    ID = "id"
    PHONE = "phone"
    NAME = "name"
    ACCOUNT = "account"
    BIRTH = "birth"
    NUMBERS = "numbers"
    HIDDEN = "hidden"


class Severity(enum.StrEnum):
    """An error keeps a record from being complete; a warning asks for a reason. Neither stops a save."""

    ERROR = "error"
    WARNING = "warning"


class Level(enum.StrEnum):
    """The kinds of unit, from the shop floor to the city."""

    ENTERPRISE = "enterprise"
    VILLAGE = "village"
    PARK = "park"
    TOWN = "town"
    DISTRICT = "district"
    INDUSTRY = "industry"
    CITY = "city"


class Role(enum.StrEnum):
    """What an operator may do in a workspace."""

    ADMIN = "admin"
    DESK = "desk"
    EDITOR = "editor"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Writers:
    """Who may write a type or field: any of ``levels`` and any of ``roles``; an empty tuple admits all."""

    levels: tuple[Level, ...] = ()
    roles: tuple[Role, ...] = ()

    def admits_level(self, level: Level) -> bool:
        """Whether a unit of this level may write; judged again by every receiver (rule 14)."""
        return not self.levels or level in self.levels

    def admits(self, level: Level, role: Role) -> bool:
        """Whether an operator with this role at a unit of this level may write."""
        return self.admits_level(level) and (not self.roles or role in self.roles)


EVERYBODY = Writers()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is recorded.

    ``codes`` names a code list (kinds CODE, CODES), ``link`` a record type (kind LINK). ``needed`` marks what a
    complete record has; it is asked for first and reported when missing, but nothing incomplete is refused.
    ``width`` is that of a list column in average characters; ``column`` its place in the list, 0 for none.
    ``first`` puts a field on the form's first screen. ``review`` marks what needs a person's eye when two stations
    disagree; other forks are still kept as conflict items but sorted below. ``index`` builds an index. A field that
    is not ``shown`` holds what the program itself keeps: no form, list, history, workbook or table of fields has it.
    A text that ``names_person`` is the name of one person, whose dots are of one form.
    A text that ``names_type`` is the name of a record type and is shown as its label.
    What ``learns`` starts in a new record with what this unit's last record of the type has: who comes again and again,
    where one always meets.
    ``summed`` says of a number that adding it up over a list means something: people and money do, years, rates,
    scores and votes on different things do not.
    What is ``reckoned`` the program has worked out of other records: a form shows it, and nobody types it there.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    codes: str | None = None
    link: str | None = None
    group: str | None = None
    section: str = ""
    needed: bool = False
    first: bool = False
    personal: bool = False
    mask: Mask = Mask.NONE
    search: bool = False
    index: bool = False
    column: int = 0
    width: int = 10
    unit: str = ""
    maximum: int | None = None
    minimum: int | None = None
    default: str | int | None = None
    review: bool = False
    help: str = ""
    example: str = ""
    written_by: Writers = EVERYBODY
    shown: bool = True
    names_type: bool = False
    names_person: bool = False
    summed: bool = False
    learns: bool = False
    reckoned: bool = False

    @property
    def longest(self) -> int:
        """How many characters of text are typed in here and shown: those that come from others may be millions."""
        worded = self.kind in (Kind.TEXT, Kind.NOTE)
        return self.maximum if worded and self.maximum is not None else LONGEST_TEXT

    @property
    def wire(self) -> str:
        """What its column is called in the births of a segment: ``slot``, or ``slot.member``."""
        return f"{self.group}.{self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that mean something only together: one unit of change, stamp, conflict and decision (rule B)."""

    name: str
    label: str
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on a record: ``rule`` names a function of :mod:`desktop.records.checks` that gets ``fields`` in order.

    ``message`` is the Chinese sentence shown; ``{values}`` in it may name results of the rule. ``source`` is the
    law or standard it follows.
    """

    rule: str
    fields: tuple[str, ...]
    message: str
    severity: Severity = Severity.ERROR
    arguments: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """How a record of this type follows from one of the type ``source``, so that nothing is typed twice.

    ``values`` says by field where its cell comes from: a path of fields of the source (``congress.started_date``),
    ``.`` for the source itself, ``=code`` for always this, ``*`` for one of the names that stand in the source's
    field ``each``, of which a record follows apiece. One follows apiece, too, of the records of type ``rows`` below
    the one that the source's field ``rows_of`` leads to: ``@`` is such a row, ``@.name`` a field of it. ``translate``
    maps codes of the source to those of the field, and ``papers`` names fields that take the name of a paper out of a
    title.

    It follows when the source's fields hold one of the values of ``when`` and what is decided there stands
    (``outcome``: a motion is ``carried``, or at least not ``lost``, a session is ``valid``).

    ``link`` is the field that leads to the source, ``back`` the field of the source that leads here. A record that
    agrees in the fields ``same`` is the one that was meant and is completed instead of doubled, and so is one that
    says nothing in the last of them and agrees in ``named``; of those with a day
    ``recent``, only from the day ``on`` (a path) for a year; of those with a period ``during``, only when it holds
    that day. With ``latest`` nothing new is made: records in force get this newer day and what else is in ``values``.
    The cells of ``agree`` are compared with the source for as long as both exist.
    """

    source: str
    values: Mapping[str, str]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outcome: str = ""
    translate: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    each: str = ""
    rows: str = ""
    rows_of: str = ""
    link: str = ""
    back: str = ""
    same: tuple[str, ...] = ()
    named: str = ""
    on: str = ""
    recent: str = ""
    during: tuple[str, ...] = ()
    latest: str = ""
    agree: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the record that it names; empty names among them."""
        several = (*self.values, *self.translate, *self.papers, *self.same, *self.during, *self.agree)
        return (*several, self.link, self.named, self.recent, self.latest)

    @property
    def apiece(self) -> bool:
        """Whether several records follow from one source."""
        return bool(self.each or self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form with a heading."""

    name: str
    label: str


@dataclass(frozen=True)
class Slot:
    """One unit of change: a single field, or the fields of a group in declared order."""

    name: str
    label: str
    fields: tuple[Field, ...]
    grouped: bool
    personal: bool

    @property
    def shown_fields(self) -> tuple[Field, ...]:
        """The fields that people see; none where the program itself keeps the slot."""
        return tuple(f for f in self.fields if f.shown)


@dataclass(frozen=True, slots=True)
class Attached:
    """Which fields hold the type and the id of the record, of any type, to which a record belongs."""

    kind: str
    record: str


def _check_kind(type_name: str, f: Field) -> None:
    """Raises ``ValueError`` where a field says of itself what does not go with its kind."""
    where = f"{type_name}.{f.name}"
    if f.learns and (f.personal or f.default is not None or f.kind is Kind.LINK):
        raise ValueError(f"{where}: what is personal, has a default or leads on learns nothing")
    if f.summed and f.kind not in (Kind.INTEGER, Kind.DECIMAL):
        raise ValueError(f"{where}: only a number can be added up")
    if (f.kind in (Kind.CODE, Kind.CODES)) != (f.codes is not None):
        raise ValueError(f"{where}: a code field names a list, and only a code field does")
    if (f.kind is Kind.LINK) != (f.link is not None):
        raise ValueError(f"{where}: a link names a type, and only a link does")


@dataclass(frozen=True)
class RecordType:
    """A record type: everything that table, form, list, check, workbook, bundle and print are derived from.

    ``parent`` names the LINK field through which the record belongs to another one; ``key`` the USCC field from
    which the record id is derived when its code is valid; ``title`` the fields that name a record to a person.
    ``menu`` is the heading under which the type is found. A record with a field of ``locked_by`` filled is changed by
    its own operations only, not by forms or imports; ``by_program`` says so of every record of the type.
    Its records go down to every unit below their own with ``goes_below``: reference data that those print or judge by.
    With ``excused_by`` filled a record is one of a register on paper, which has nothing to fill ``excused`` with. Where
    nothing else locks it, who may write that field corrects it, with a reason in ``corrected_with``.
    ``attached`` stands instead of ``parent`` where the other record may be of any type. ``follows`` says from which
    other records one of this type is filled in.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    title: tuple[str, ...]
    menu: str = ""
    groups: tuple[Group, ...] = ()
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
    follows: tuple[Follow, ...] = ()
    parent: str | None = None
    key: str | None = None
    locked_by: tuple[str, ...] = ()
    excused_by: str | None = None
    excused: tuple[str, ...] = ()
    corrected_with: str | None = None
    by_program: bool = False
    goes_below: bool = False
    attached: Attached | None = None
    written_by: Writers = EVERYBODY
    help: str = ""

    def __post_init__(self) -> None:
        known, groups = {f.name for f in self.fields}, {g.name for g in self.groups}
        if len(known) != len(self.fields):
            raise ValueError(f"{self.name}: a field name stands twice")
        if groups & known:
            raise ValueError(f"{self.name}: a group has the name of a field")
        for f in self.fields:
            if f.group is not None and f.group not in groups:
                raise ValueError(f"{self.name}.{f.name}: unknown group {f.group}")
            if f.name in {UNIT_SLOT, DELETED_SLOT} or f.name.startswith("_"):
                raise ValueError(f"{self.name}.{f.name}: the name is reserved")
            if not f.shown and (f.needed or f.first or f.column or f.search or f.name in self.title):
                raise ValueError(
                    f"{self.name}.{f.name}: what is not shown can be neither asked for nor listed"
                )
            _check_kind(self.name, f)
        for name in self._names_said():
            if name not in known:
                raise ValueError(f"{self.name}: unknown field {name}")
        self._check_groups()

    def _names_said(self) -> Iterator[str]:
        """The names of fields that something else in the declaration says."""
        yield from self.title
        for check in self.checks:
            yield from check.fields
        for follow in self.follows:
            yield from filter(None, follow.fields)
        yield from self.locked_by
        yield from self.excused
        attached = (self.attached.kind, self.attached.record) if self.attached is not None else ()
        special = (self.parent, self.key, self.excused_by, self.corrected_with, *attached)
        yield from filter(None, special)

    def _check_groups(self) -> None:
        if self.attached is not None:
            kind, record = self.attached.kind, self.attached.record
            if self.by_name[kind].group is None or self.slot_of[kind] != self.slot_of[record]:
                raise ValueError(f"{self.name}: type and id of what it is attached to are one group")
        for group in self.groups:
            members = [f for f in self.fields if f.group == group.name]
            if not members or any(m.personal != group.personal for m in members):
                raise ValueError(f"{self.name}.{group.name}: a group is personal as a whole, or not at all")

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their permanent names."""
        return {f.name: f for f in self.fields}

    @cached_property
    def shown_fields(self) -> tuple[Field, ...]:
        """The fields that people see, in declared order."""
        return tuple(f for f in self.fields if f.shown)

    @cached_property
    def found_whole(self) -> tuple[Field, ...]:
        """The names and telephone numbers of people that the search index does not hold: whoever types one as a whole
        finds the record by it. A part of one would tell, bit by bit, what a mask hides; what is hidden finds nothing.
        """
        return tuple(
            f
            for f in self.shown_fields
            if f.personal
            and not f.search
            and f.mask is not Mask.HIDDEN
            and (f.kind is Kind.PHONE or f.names_person or f.mask is Mask.NAME)
        )

    @cached_property
    def slots(self) -> Mapping[str, Slot]:
        """The units of change by name, in declared order; ``unit`` and ``_deleted`` are not among them."""
        slots: dict[str, Slot] = {}
        groups = {g.name: g for g in self.groups}
        for f in self.fields:
            if f.group is None:
                slots[f.name] = Slot(f.name, f.label, (f,), False, f.personal)
            elif f.group not in slots:
                g = groups[f.group]
                members = tuple(m for m in self.fields if m.group == f.group)
                slots[f.group] = Slot(f.group, g.label, members, True, g.personal)
        return slots

    def slot_label(self, name: str) -> str:
        """What a slot is called."""
        slot = self.slots.get(name)
        return slot.label if slot is not None else RESERVED_LABELS.get(name, UNKNOWN_LABEL)

    @cached_property
    def slot_of(self) -> Mapping[str, str]:
        """The slot that each field is changed by."""
        return {f.name: f.group or f.name for f in self.fields}

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that a list shows at first, in their order."""
        return tuple(sorted((f for f in self.fields if f.column), key=lambda f: f.column))

    def listed(self, *, of_one_parent: bool) -> list[str]:
        """The names of the fields that a list shows at first: what a record belongs to stands before, unless known."""
        names = [f.name for f in self.columns if f.name != self.parent]
        return names if self.parent is None or of_one_parent else [self.parent, *names]

    def is_locked(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values is changed by its own operations only."""
        return any(values.get(name) is not None for name in self.locked_by)

    def is_correctable(self, values: Mapping[str, Any]) -> bool:
        """Whether a locked record is one of a register on paper alone, in which a slip of the pen is corrected."""
        return self.corrected_with is not None and not any(
            values.get(name) is not None for name in self.locked_by if name != self.excused_by
        )

    def title_of(self, values: Mapping[str, Any]) -> str:
        """The words by which a person knows this record; empty parts are left out."""
        return " ".join(str(values[n]) for n in self.title if values.get(n) not in (None, ""))


def short_label(label: str) -> str:
    """A label without what stands in brackets behind it."""
    return label.partition("（")[0]


def to_json(record_type: RecordType) -> dict[str, Any]:
    """A declaration as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(_Declaration(record_type))
    result: dict[str, Any] = plain["type"]
    return result


def from_json(data: Mapping[str, Any]) -> RecordType:
    """The declaration that :func:`to_json` wrote, checked like any other.

    Raises ``msgspec.ValidationError`` or ``ValueError`` for one that does not hold together.
    """
    return msgspec.convert({"type": dict(data)}, _Declaration).type


class _Declaration(msgspec.Struct):
    type: RecordType
