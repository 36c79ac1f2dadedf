"""Personal values are masked on every surface below the window until they are asked for: all fields, all surfaces."""

from __future__ import annotations

import contextlib
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from desktop.operations import queries
from desktop.operations.exports import exporting
from desktop.operations.imports import importing
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.operations.stations.unsettled import unsettled
from desktop.records.declaration import Field, Kind, Level, Mask, RecordType
from desktop.records.display import display
from desktop.records.types import catalogue
from desktop.store.queries.reading import Query
from tests.cli.calling import OPERATOR, PASSWORD, make, record, run
from tests.operations.stations import enrol, report_up, station

TYPES = catalogue()
MASKED = [
    (t, fields)
    for t in TYPES.values()
    # What a file is called is no value of a form, and shown as far as it is no number (test_attachments).
    if (fields := [f for f in t.fields if f.mask not in (Mask.NONE, Mask.NUMBERS)])
]
"""Each type with all its masked fields: one record, and one look at each surface, has them together."""
each_type = pytest.mark.parametrize(("record_type", "fields"), MASKED, ids=[t.name for t, _ in MASKED])
WHOLE = {Kind.ID_NUMBER: "330106199003074610", Kind.PHONE: "13705718842"}
BIRTH = "1990-03-01"
SEARCHED_BY_NAME = "独一无二的名称"

OPEN = {
    # Names, posts and what belongs to them: a ledger of people without their names could not be worked with.
    "name", "chair_name", "vice_chairs", "audit_chair", "audit_members", "women_committee_chair",
    "women_committee_members", "contact_name", "contact_post", "proposer", "seconders", "elected_directors",
    "elected_supervisors", "recipient_name",
    "recipient_post", "witness_1", "witness_2", "chair_post", "chair_appointed_date", "chair_working_time",
    "chair_social_worker", "chair_town_vice",
    # What the federation's own form asks for and its list shows.
    "sex", "chair_sex", "id_kind", "political_status", "chair_political_status",
    "chair_education", "ethnicity", "native_place", "household_kind", "household_place",
    # The union's own contact, and the text of a letter, which are printed.
    "contact_phone", "contact_address", "investigation", "snapshot",
    # What a file is, for whom it is attached to; its content is shown on asking only.
    "description", "taken", "media", "size", "width", "height",
}  # fmt: skip


@contextlib.contextmanager
def opened(workspace: Path) -> Iterator[Session]:
    """The workspace while no command works in it."""
    session = open_session(workspace, OPERATOR, PASSWORD)
    with session.workspace:
        yield session


def values_of(fields: Sequence[Field]) -> dict[str, str]:
    """Unmistakable values by field, that differ in what their mask hides."""
    values = {}
    for n, field in enumerate(fields):
        # Four characters of a number are what its mask shows.
        whole = WHOLE.get(field.kind, "慕容玥祎赫连" if field.mask is Mask.ACCOUNT else "慕容玥祎")
        if field.mask is Mask.BIRTH:
            whole = f"{BIRTH[:-1]}{n + 1}"
        elif field.kind is not Kind.ID_NUMBER:
            at = 4 if field.kind in WHOLE else 1
            whole = (
                whole[:at] + ("0123456789" if field.kind in WHOLE else "容白云青山江河")[n] + whole[at + 1 :]
            )
        values[field.name] = whole
    assert len({*values.values()}) == len(fields)
    return values


def none_of(values: Iterable[str], said: Iterable[str]) -> bool:
    """Whether none of the values stands in anything that was said."""
    return not [words for words in said if any(value in words for value in values)]


def hidden_in(said: str, fields: Sequence[Field], values: Mapping[str, str]) -> bool:
    """Whether the masks of all values stand there, as often as they are alike."""
    masks = Counter(display(f, values[f.name], codes={}, masked=True) for f in fields)
    return all(said.count(mask) >= often for mask, often in masks.items())


def test_every_number_of_a_person_is_masked_and_what_is_not_is_decided_by_name() -> None:
    unmasked = {
        (t.name, f.name)
        for t in TYPES.values()
        for f in t.fields
        if f.personal and f.shown and f.mask is Mask.NONE
    }
    assert {name for _, name in unmasked} <= OPEN
    numbers = {(t.name, f.name) for t in TYPES.values() for f in t.fields if f.kind in WHOLE}
    assert numbers & unmasked == {("case_document", "contact_phone")}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("masked") / "w", Level.DISTRICT, "330106", "西湖区总工会")


def made(workspace: Path, record_type: RecordType, values: Mapping[str, str]) -> str:
    """A record with personal values, and a name by which it is found."""
    title = record_type.by_name[record_type.title[0]]
    named = {title.name: SEARCHED_BY_NAME} if title.kind is Kind.TEXT else {}
    (told,) = record(workspace, record_type.name, {**named, **values})
    return str(told["id"])


@each_type
def test_the_command_line_masks_a_value_until_it_is_asked_for(
    workspace: Path, record_type: RecordType, fields: list[Field]
) -> None:
    values = values_of(fields)
    wholes, key = values.values(), made(workspace, record_type, values)
    for command in (
        ("show", record_type.name, key),
        ("list", record_type.name),
        ("history", record_type.name, key),
    ):
        for form in ((), ("--json",)):
            said = run(command[0], workspace, *command[1:], *form).output
            assert none_of(wholes, [said])
            assert hidden_in(said, fields, values) or command[0] == "list"
    for text in (SEARCHED_BY_NAME, *wholes):
        for form in ((), ("--json",)):
            found = run("search", workspace, text, *form).output
            assert none_of(wholes, [found.replace(f'"{text}"', "")])
    shown = run("show", workspace, record_type.name, key, "--reveal").output
    assert all(whole in shown for whole in wholes)
    told = run("history", workspace, record_type.name, key, "--reveal").output
    in_lines = json.dumps(json.loads(
        run("history", workspace, record_type.name, key, "--reveal", "--json").stdout.splitlines()[0]
    ), ensure_ascii=False)  # fmt: skip
    assert all(whole in in_lines or whole in told for whole in wholes)


@each_type
def test_titles_choices_and_workbooks_mask_a_value(
    tmp_path: Path, workspace: Path, record_type: RecordType, fields: list[Field]
) -> None:
    values = values_of(fields)
    key = made(workspace, record_type, values)
    with opened(workspace) as session:
        database, types, codes = session.database, session.types, session.codes
        said = [
            *queries.titles(database, types, codes, record_type.name, [key]).values(),
            *(f.message for f in records.check(session, record_type.name, key)),
        ]
        for typed in ("", *values.values()):
            said += [repr(c) for c in queries.choices(database, types, codes, record_type.name, typed)]
        out = tmp_path / "a.xlsx"
        exporting.export_list(session, out, Query(record_type.name), [f.name for f in record_type.fields])
        page = openpyxl.load_workbook(out).worksheets[0]
        said += [str(cell) for row in page.iter_rows(values_only=True) for cell in row]
    assert none_of(values.values(), said)
    assert hidden_in("\n".join(said), fields, values)


@each_type
def test_the_preview_of_an_import_says_no_value(
    tmp_path: Path, workspace: Path, record_type: RecordType, fields: list[Field]
) -> None:
    """Columns with their samples, notes on rows, changes and reasons, for good values and for damaged ones."""
    with opened(workspace) as session:
        fields = [f for f in fields if session.may_write(record_type, f)]
        if not fields:
            pytest.skip("not imported here")
        values = values_of(fields)
        wholes = values.values()
        title = record_type.by_name[record_type.title[0]]
        path = tmp_path / "a.csv"
        for damage in ("{0}", "{0}、{0}", "{0}x", "{1}"):
            told = [damage.format(whole, whole[:-1]) for whole in wholes]
            # A number in a column that nobody knows is masked by its length.
            others = [t if f.kind in WHOLE else "" for f, t in zip(fields, told, strict=True)]
            head = [title.label, *(f.label for f in fields), *(f"其他{n}" for n, _ in enumerate(fields))]
            row = ["甲", *told, *others]
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([head, row, row])
            shown = importing.preview(session, path, record_type.name)
            said = [repr(shown.columns), *(repr(row.notes) for row in shown.rows), str(shown.counts)]
            assert none_of([*told, *wholes], said)
    for form in (("--json",), ()):
        done = run("import", workspace, path, "--type", record_type.name, "--dry-run", *form)
        assert none_of([whole[:-1] for whole in wholes], [done.output])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Session, Path]:
    folder = tmp_path_factory.mktemp("pair")
    district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, folder)
    return district, village, folder


@each_type
def test_what_is_disputed_and_what_was_not_taken_is_told_without_the_value(
    pair: tuple[Session, Session, Path], record_type: RecordType, fields: list[Field]
) -> None:
    district, village, folder = pair
    fields = [f for f in fields if village.may_write(record_type, f)]
    if not fields:
        pytest.skip("not written below")
    wholes = values_of(fields)
    others, thirds = ({name: whole[:-1] + end for name, whole in wholes.items()} for end in "87")
    key = records.save(village, record_type.name, {**wholes}).record
    report_up(village, district, folder)
    records.save(district, record_type.name, {**others}, record=key)
    records.save(village, record_type.name, {**thirds}, record=key)
    report_up(village, district, folder)
    here = district.here
    told = [repr(item) for item in unsettled(district.database, here)]
    workspace, password = district.workspace.folder, "password1"
    district.workspace.close()
    for form in ((), ("--json",)):
        told.append(run("conflicts", workspace, *form, XIAOSANJI_PASSWORD=password).output)
    assert hidden_in("\n".join(told), fields, others)
    again = open_session(workspace, "王芳", password)
    pair_reopen(district, again)
    assert none_of([*others.values(), *thirds.values()], told)


def pair_reopen(district: Session, again: Session) -> None:
    """The pair goes on with the session that was opened again."""
    object.__setattr__(district, "workspace", again.workspace)


def test_only_who_may_sees_the_whole_and_that_is_noted_first(workspace: Path) -> None:
    from desktop.operations import audit
    from desktop.operations.session import NotAllowed
    from desktop.operations.workspaces import operators
    from desktop.records.declaration import Role

    with opened(workspace) as session:
        key = records.save(session, "member", {"name": "甲", "phone": WHOLE[Kind.PHONE]}).record
        told: list[Callable[[], object]] = [lambda: audit.reveal(session, "member", key, "phone")]
        for role in (Role.ADMIN, Role.DESK, Role.EDITOR):
            session.workspace.operator = type(session.operator)(OPERATOR, role)
            assert told[0]() == WHOLE[Kind.PHONE]
            assert audit.recent(session)[0].detail == f"member {key} phone"
        count = len(audit.recent(session, 10_000))
        session.workspace.operator = type(session.operator)(OPERATOR, Role.READER)
        with pytest.raises(NotAllowed):
            told[0]()
        assert len(audit.recent(session, 10_000)) == count
        assert operators.ROLES[Role.READER] == "只看不写"
