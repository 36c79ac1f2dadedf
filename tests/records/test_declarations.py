"""The declarations: they round-trip, hold together, name only what exists, and their names never go away."""

from __future__ import annotations

import ast
import datetime
import inspect
import json
import re
import unicodedata
from functools import cache

import pytest

from desktop import reference
from desktop.records import checks
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, Level, Mask, RecordType, from_json, to_json
from desktop.records.real_name_forms import FORMS, MEMBER_FORM, UNION_FORM, FormColumn, RealNameForm
from desktop.records.typed.values import Parsed, default_value, parse_cell
from desktop.records.types import catalogue
from tests.records import freeze

TYPES = list(catalogue().values())
TODAY = datetime.date(2026, 11, 23)
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"{(\w+)}")

every_type = pytest.mark.parametrize("record_type", TYPES, ids=lambda t: t.name)


@every_type
def test_a_declaration_survives_json(record_type: RecordType) -> None:
    assert from_json(json.loads(json.dumps(to_json(record_type)))) == record_type


def test_nothing_was_removed_or_changed_its_kind_or_group() -> None:
    assert freeze.broken(freeze.frozen(), freeze.declared()) == []


def test_everything_new_is_frozen() -> None:
    assert freeze.declared() == freeze.frozen(), "run: python -m tests.records.freeze"


def test_the_types_that_the_issue_names_are_there() -> None:
    assert set(catalogue()) >= {
        "enterprise", "union", "coverage", "member", "officer", "appointment", "meeting", "participant",
        "agenda_item", "resolution_item", "congress", "delegate", "motion", "proposal", "course", "attendance",
        "visit", "case", "case_event", "case_document", "handover_item", "inspector", "reported_figure",
        "plan_target", "area", "town_federation", "platform_affiliation", "new_form_survey",
        "membership_application", "cleaning_batch", "cleaning_item", "liaison_assignment", "activist",
        "volunteer_team", "volunteer", "volunteer_activity", "purchased_project", "service_site", "site_use",
        "pairing", "pairing_activity", "nomination", "assessment_template", "assessment_criterion", "assessment",
        "assessment_score", "collective_contract", "bargaining_representative", "staff_director",
        "democratic_system", "mailbox_letter", "dues_refund", "subsidy", "chair_allowance", "rights_claim",
        "training_plan", "party_organisation", "joint_plan", "local_rule", "accountability_notice",
    }  # fmt: skip


@every_type
def test_names_are_snake_case(record_type: RecordType) -> None:
    names = [record_type.name, *record_type.by_name, *(g.name for g in record_type.groups)]
    assert [n for n in names if not SNAKE_CASE.fullmatch(n)] == []


@every_type
def test_labels_tell_fields_apart(record_type: RecordType) -> None:
    labels = [f.label for f in record_type.fields]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


@every_type
def test_words_for_people_are_chinese(record_type: RecordType) -> None:
    words = [
        record_type.label,
        *(f.label for f in record_type.fields),
        *(g.label for g in record_type.groups),
    ]
    words += [s.label for s in record_type.sections] + [c.message for c in record_type.checks if c.message]
    words += [f.help for f in record_type.fields if f.help]
    plain = [w for w in words if not any(unicodedata.name(c, "").startswith("CJK UNIFIED") for c in w)]
    assert [w for w in plain if w != "{problem}"] == []


@every_type
def test_a_long_form_is_sectioned_and_shows_what_is_needed_first(record_type: RecordType) -> None:
    if len(record_type.fields) <= 14:
        return
    sections = {s.name for s in record_type.sections}
    assert [f.name for f in record_type.fields if f.section not in sections] == []
    assert sum(f.first for f in record_type.fields) <= 21


@every_type
def test_every_section_has_fields(record_type: RecordType) -> None:
    assert [
        s.name for s in record_type.sections if s.name not in {f.section for f in record_type.fields}
    ] == []


@every_type
def test_list_columns_have_places_of_their_own_and_fit_the_smallest_screen(record_type: RecordType) -> None:
    places = [f.column for f in record_type.fields if f.column]
    assert len(set(places)) == len(places)
    # The parts of a file are in no list.
    assert len(places) >= 3 or not all(f.shown for f in record_type.fields)
    assert sum(f.width for f in record_type.columns) <= 150


@every_type
def test_a_group_is_written_by_the_same_people(record_type: RecordType) -> None:
    for slot in record_type.slots.values():
        assert len({f.written_by for f in slot.fields}) == 1, slot.name


@every_type
def test_a_parent_is_a_needed_and_indexed_link(record_type: RecordType) -> None:
    if record_type.parent is not None:
        parent = record_type.by_name[record_type.parent]
        assert parent.kind is Kind.LINK
        assert parent.needed
        assert parent.index


@every_type
def test_a_code_list_exists_and_its_codes_can_be_joined_by_spaces(record_type: RecordType) -> None:
    for field in record_type.fields:
        if field.codes is not None:
            items = reference.code_list(field.codes).items
            assert [item.code for item in items if not item.code or " " in item.code] == []


@every_type
def test_a_default_is_a_value_of_its_field(record_type: RecordType) -> None:
    for field in record_type.fields:
        default = default_value(field, TODAY)
        if default is not None:
            parsed = parse_cell(field, default, codes=reference.code_lists(), today=TODAY)
            assert parsed == Parsed(default), field.name


@every_type
def test_an_example_can_be_typed(record_type: RecordType) -> None:
    for field in record_type.fields:
        if field.example:
            assert parse_cell(field, field.example, codes=reference.code_lists(), today=TODAY).ok, field.name


@every_type
def test_identity_numbers_and_personal_phones_are_masked(record_type: RecordType) -> None:
    for field in record_type.fields:
        if field.kind is Kind.ID_NUMBER:
            assert (field.personal, field.mask) == (True, Mask.ID)
        # The phone of the union's own contact is printed on a letter for the addressee to call.
        if field.kind is Kind.PHONE and record_type.name != "case_document":
            assert field.personal
            assert field.mask in (Mask.PHONE, Mask.HIDDEN)


def test_who_a_person_is_stands_in_one_personal_group() -> None:
    parts = ("name", "sex", "birth_date", "id_kind", "id_number")
    for name in ("member", "officer"):
        record_type = catalogue()[name]
        assert {record_type.slot_of[part] for part in parts} == {"identity"}
        assert record_type.slots["identity"].personal
        assert record_type.slot_of["phone"] == "phone"


def test_who_complained_is_hidden() -> None:
    complainant = catalogue()["case"].slots["complainant"]
    assert complainant.personal
    assert {f.mask for f in complainant.fields} == {Mask.HIDDEN}


@pytest.mark.parametrize(
    ("type_name", "slot"),
    [("case", "filing"), ("case", "archive"), ("case_document", "issue"), ("case_document", "voiding")],
)
def test_numbers_and_issue_are_for_who_holds_a_register(type_name: str, slot: str) -> None:
    for field in catalogue()[type_name].slots[slot].fields:
        assert field.written_by.levels == (Level.DISTRICT, Level.INDUSTRY, Level.CITY)


def test_targets_are_set_by_district_or_city() -> None:
    assert catalogue()["plan_target"].written_by.levels == (Level.DISTRICT, Level.CITY)


# Checks


@every_type
def test_every_rule_exists(record_type: RecordType) -> None:
    assert [c.rule for c in record_type.checks if c.rule not in checks.rules()] == []


def _words(function_name: str, module: ast.Module) -> set[str]:
    """The words that a rule can fill in: keys of its dictionaries, and those of the helpers it calls."""
    functions = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    node = functions[function_name]
    keys = {
        str(k.value)
        for d in ast.walk(node)
        if isinstance(d, ast.Dict)
        for k in d.keys
        if isinstance(k, ast.Constant)
    }
    called = {n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    return keys.union(*(_words(name, module) for name in called & functions.keys() - {function_name}))


@cache
def _words_of(rule: str) -> set[str]:
    module = inspect.getmodule(checks.rules()[rule])
    assert module is not None
    return _words(rule, ast.parse(inspect.getsource(module)))


@every_type
def test_a_message_uses_words_that_its_rule_gives(record_type: RecordType) -> None:
    for check in record_type.checks:
        assert set(PLACEHOLDER.findall(check.message)) <= _words_of(check.rule), check


@every_type
def test_arguments_name_what_exists(record_type: RecordType) -> None:
    for check in record_type.checks:
        arguments = check.arguments
        if "link" in arguments:
            target = record_type.by_name[arguments["link"]].link
            assert target is not None
            assert arguments["field"] in catalogue()[target].by_name
        if check.rule == "children_match":
            child = catalogue()[arguments["type"]]
            assert child in catalogue().children(record_type.name)
            assert ("field" in arguments) is ("values" in arguments)
            counted = {arguments["field"]: arguments["values"]} if "field" in arguments else {}
            for name, values in {**counted, **arguments.get("unless", {})}.items():
                assert set(values) <= _codes_of(child.by_name[name])
        if check.rule == "children_add_up":
            child = catalogue()[arguments["type"]]
            assert child in catalogue().children(record_type.name)
            assert child.by_name[arguments["field"]].kind in (Kind.INTEGER, Kind.DECIMAL)
        if check.rule == "bargaining_seats":
            assert {"side", "is_chief", "is_external"} <= set(catalogue()[arguments["type"]].by_name)
        if "blank" in arguments:
            assert arguments["blank"] in catalogue()[arguments["type"]].by_name
        if check.rule == "goes_with":
            value, condition = (record_type.by_name[name] for name in check.fields)
            assert arguments["values"].keys() <= _codes_of(condition)
            assert all(set(allowed) <= _codes_of(value) for allowed in arguments["values"].values())
        if check.rule in ("needs_when", "none_of", "empty_when"):
            condition = record_type.by_name[(check.fields[1:] or check.fields)[0]]
            allowed = {0, 1} if condition.kind is Kind.BOOLEAN else _codes_of(condition)
            assert set(arguments["values"]) <= allowed, check


def _codes_of(field: Field) -> set[str]:
    assert field.codes is not None
    return set(reference.code_list(field.codes).by_code)


# Code lists that repeat other reference data


def test_indicators_are_the_measures_of_the_plan() -> None:
    measures = [m.id for target in reference.plan_targets() for m in target.measures]
    assert [item.code for item in reference.code_list("indicator").items] == measures


def test_violations_are_the_categories_of_the_law_index() -> None:
    categories = [c.id for c in reference.violation_categories()]
    assert [item.code for item in reference.code_list("violation").items] == [*categories, "other"]


def test_unit_levels_are_those_of_declarations() -> None:
    assert set(reference.code_list("unit_level").by_code) == set(Level)


# The federation's forms


UNION_HEADERS = (
    "序号 单位名称 统一社会信用代码 单位地址 单位所在政区 单位性质类别 经济类型 单位所属行业 职工人数 "
    "工会名称 工会统一社会信用代码 上级工会名称 建会日期 基层工会类型 会员人数 工会负责人 联系电话"
)
MEMBER_HEADERS = (
    "序号 姓名 性别 出生日期 民族 就业状况 有效证件类别 证件号码 学历 技术等级 移动电话 户籍类型 户籍所在地 "
    "会籍变化类型 会籍变化日期 会籍变化原因 政治面貌 工作单位 籍贯 是否农民工会员"
)


@pytest.mark.parametrize(("form", "headers"), [(UNION_FORM, UNION_HEADERS), (MEMBER_FORM, MEMBER_HEADERS)])
def test_a_form_has_the_headers_of_the_federation_in_their_order(form: RealNameForm, headers: str) -> None:
    assert [c.header for c in form.columns] == headers.split()


def test_the_bands_of_a_form_cover_its_columns() -> None:
    assert sum(width for _, width in UNION_FORM.bands) == len(UNION_FORM.columns)


@pytest.mark.parametrize(
    ("form", "column"),
    [(form, c) for form in FORMS for c in form.columns[1:]],
    ids=lambda p: getattr(p, "header", ""),
)
def test_every_column_of_a_form_leads_to_a_field(form: RealNameForm, column: FormColumn) -> None:
    for path in filter(None, (column.path, column.otherwise)):
        record_type = catalogue()[form.record_type]
        for link in path[:-1]:
            target = record_type.by_name[link].link
            assert target is not None
            record_type = catalogue()[target]
        assert path[-1] in record_type.by_name
    assert column.path


@pytest.mark.parametrize(
    ("field", "labels"),
    [
        ("union.kind", "独立基层工会 联合基层工会 工会联合会 产业(系统)工会 总工会"),
        ("member.sex", "男 女"),
        ("member.education", "博士 硕士 本科 大专 中专 高中 初中 小学及以下"),
        ("member.employment", "在岗 待(下)岗 失业 退休 退职 退养(内退) 病休 其他"),
        ("member.membership_change", "入会 转入 保留 转出 除名 退会"),
        ("member.household_kind", "农业户口 非农业户口"),
    ],
)
def test_a_form_offers_the_words_of_the_federation(field: str, labels: str) -> None:
    type_name, name = field.split(".")
    codes = reference.code_list(catalogue()[type_name].by_name[name].codes or "")
    assert [item.label for item in codes.offered] == labels.split()


@pytest.mark.parametrize(
    ("field", "count"), [("enterprise.ownership", 20), ("enterprise.economy", 9), ("enterprise.industry", 21),
                         ("member.ethnicity", 56), ("member.political_status", 13), ("member.skill_level", 6),
                         ("member.membership_change_reason", 6)],
)  # fmt: skip
def test_a_form_offers_as_many_words_as_the_federation(field: str, count: int) -> None:
    type_name, name = field.split(".")
    codes: CodeList = reference.code_list(catalogue()[type_name].by_name[name].codes or "")
    assert len(codes.offered) == count


NEVER_SUMMED = frozenset({"", "届", "次", "年", "月", "天", "%", "元/月", "像素"})


@every_type
def test_years_rates_places_and_terms_are_never_added_up(record_type: RecordType) -> None:
    assert [f.name for f in record_type.fields if f.summed and f.unit in NEVER_SUMMED] == []


def test_only_a_number_can_be_added_up() -> None:
    with pytest.raises(ValueError, match="only a number"):
        RecordType("grant", "补助", (Field("name", "名称", summed=True),), ("name",))


@every_type
def test_what_follows_from_a_record_is_no_longer_than_may_be_typed(record_type: RecordType) -> None:
    """Else it would stand cut where it was carried over, and could not be saved once somebody types in it."""
    types = catalogue()
    for follow in record_type.follows:
        for name, path in follow.values.items():
            first, _, last = path.partition(".")
            source = types[follow.source]
            if first == "@" and last:
                source, first, last = types[follow.rows], last, ""
            if first not in source.by_name:
                continue
            taken = source.by_name[first]
            if last:
                taken = types[taken.link or ""].by_name[last]
            field = record_type.by_name[name]
            if field.kind in (Kind.TEXT, Kind.NOTE):
                assert taken.longest <= field.longest, (name, path)
