"""Personal values are masked on every surface below the window until they are asked for: all fields, all surfaces."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Callable, Iterator
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
    (t, f)
    for t in TYPES.values()
    for f in t.fields
    # What a file is called is no value of a form, and shown as far as it is no number (test_attachments).
    if f.mask not in (Mask.NONE, Mask.NUMBERS)
]
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


def value_of(field: Field) -> str:
    """An unmistakable value."""
    # Four characters of a number are what its mask shows.
    return WHOLE.get(
        field.kind,
        BIRTH if field.mask is Mask.BIRTH else "慕容玥祎赫连" if field.mask is Mask.ACCOUNT else "慕容玥祎",
    )


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


def made(workspace: Path, record_type: RecordType, field: Field) -> str:
    """A record with one personal value, and a name by which it is found."""
    values = {field.name: value_of(field)}
    title = record_type.by_name[record_type.title[0]]
    if title.kind is Kind.TEXT and title.name != field.name:
        values[title.name] = SEARCHED_BY_NAME
    (told,) = record(workspace, record_type.name, values)
    return str(told["id"])


@pytest.mark.parametrize(("record_type", "field"), MASKED, ids=lambda x: x.name)
def test_the_command_line_masks_a_value_until_it_is_asked_for(
    workspace: Path, record_type: RecordType, field: Field
) -> None:
    whole, key = value_of(field), made(workspace, record_type, field)
    hidden = display(field, whole, codes={}, masked=True)
    for command in (
        ("show", record_type.name, key),
        ("list", record_type.name),
        ("history", record_type.name, key),
    ):
        for form in ((), ("--json",)):
            said = run(command[0], workspace, *command[1:], *form).output
            assert whole not in said
            assert hidden in said or command[0] == "list"
    for text in (SEARCHED_BY_NAME, whole):
        for form in ((), ("--json",)):
            found = run("search", workspace, text, *form).output
            assert whole not in found.replace(f'"{text}"', "")
    assert whole in run("show", workspace, record_type.name, key, "--reveal").output
    assert whole in json.dumps(json.loads(
        run("history", workspace, record_type.name, key, "--reveal", "--json").stdout.splitlines()[0]
    ), ensure_ascii=False) or whole in run("history", workspace, record_type.name, key, "--reveal").output  # fmt: skip


@pytest.mark.parametrize(("record_type", "field"), MASKED, ids=lambda x: x.name)
def test_titles_choices_and_workbooks_mask_a_value(
    tmp_path: Path, workspace: Path, record_type: RecordType, field: Field
) -> None:
    whole, key = value_of(field), made(workspace, record_type, field)
    with opened(workspace) as session:
        database, types, codes = session.database, session.types, session.codes
        said = [
            *queries.titles(database, types, codes, record_type.name, [key]).values(),
            *(repr(c) for c in queries.choices(database, types, codes, record_type.name, whole)),
            *(repr(c) for c in queries.choices(database, types, codes, record_type.name, "")),
            *(f.message for f in records.check(session, record_type.name, key)),
        ]
        out = tmp_path / "a.xlsx"
        exporting.export_list(session, out, Query(record_type.name), [f.name for f in record_type.fields])
        page = openpyxl.load_workbook(out).worksheets[0]
        said += [str(cell) for row in page.iter_rows(values_only=True) for cell in row]
    assert not [words for words in said if whole in words]
    assert display(field, whole, codes={}, masked=True) in said


@pytest.mark.parametrize(("record_type", "field"), MASKED, ids=lambda x: x.name)
def test_the_preview_of_an_import_says_no_value(
    tmp_path: Path, workspace: Path, record_type: RecordType, field: Field
) -> None:
    """Columns with their samples, notes on rows, changes and reasons, for good values and for damaged ones."""
    whole = value_of(field)
    with opened(workspace) as session:
        if not session.may_write(record_type, field):
            pytest.skip("not imported here")
        for told in (whole, f"{whole}、{whole}", f"{whole}x", whole[:-1]):
            path = tmp_path / "a.csv"
            title = record_type.by_name[record_type.title[0]]
            # A number in a column that nobody knows is masked by its length.
            row = ["甲", told, told if field.kind in WHOLE else ""]
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([[title.label, field.label, "其他"], row, row])
            shown = importing.preview(session, path, record_type.name)
            said = [repr(shown.columns), *(repr(row.notes) for row in shown.rows), str(shown.counts)]
            assert not [words for words in said if told in words or whole in words]
    done = run("import", workspace, path, "--type", record_type.name, "--dry-run", "--json")
    assert whole[:-1] not in done.output
    assert whole[:-1] not in run("import", workspace, path, "--type", record_type.name, "--dry-run").output


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Session, Path]:
    folder = tmp_path_factory.mktemp("pair")
    district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, folder)
    return district, village, folder


@pytest.mark.parametrize(("record_type", "field"), MASKED, ids=lambda x: x.name)
def test_what_is_disputed_and_what_was_not_taken_is_told_without_the_value(
    pair: tuple[Session, Session, Path], record_type: RecordType, field: Field
) -> None:
    district, village, folder = pair
    if not village.may_write(record_type, field):
        pytest.skip("not written below")
    whole, other = value_of(field), value_of(field)[:-1] + "8"
    key = records.save(village, record_type.name, {field.name: whole}).record
    report_up(village, district, folder)
    records.save(district, record_type.name, {field.name: other}, record=key)
    records.save(village, record_type.name, {field.name: whole[:-1] + "7"}, record=key)
    report_up(village, district, folder)
    here = district.here
    told = [repr(item) for item in unsettled(district.database, here)]
    workspace, password = district.workspace.folder, "password1"
    district.workspace.close()
    for form in ((), ("--json",)):
        told.append(run("conflicts", workspace, *form, XIAOSANJI_PASSWORD=password).output)
    assert hidden_or(told, field, other)
    again = open_session(workspace, "王芳", password)
    pair_reopen(district, again)
    assert not [words for words in told if other in words or whole[:-1] + "7" in words]


def hidden_or(told: list[str], field: Field, value: str) -> bool:
    """Whether the masked value stands somewhere."""
    return any(display(field, value, codes={}, masked=True) in words for words in told)


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
