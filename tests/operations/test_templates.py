"""Templates as the district's data: worded in Chinese, checked when saved and when printed, sent down, taken back."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.documents.letters.templates import templates as shipped_letters
from desktop.documents.papers.templates import papers as shipped_papers
from desktop.documents.placeholders import TemplateFaulty
from desktop.operations import supervision
from desktop.operations.papers import papers
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import exchange
from desktop.operations.templates import template_files, template_words, templates
from desktop.operations.templates.templates import NoSuchTemplate, NothingChanged
from desktop.operations.workspaces import operators
from desktop.records.declaration import Level, Role
from desktop.records.types import catalogue
from tests.documents.paper import words_of
from tests.operations.cases import CaseAt, create
from tests.operations.stations import CHEAP, enrol, repeatable, report_up, written_by_hand

pytestmark = pytest.mark.usefixtures("bundled_fonts")

DAY = datetime.date(2026, 12, 20)
KEYS = sorted({**shipped_papers(), **shipped_letters()})


def text(session: Session, key: str) -> str:
    return template_words.text_of(templates.here(session, key).template, session.types)


def change(session: Session, key: str, before: str, after: str, **given: Any) -> None:
    words = text(session, key)
    assert before in words
    templates.save(session, key, words.replace(before, after, 1), **given)


def plain(key: str, **changes: Any) -> str:
    template = {**shipped_papers(), **shipped_letters()}[key]
    return json.dumps({**msgspec.to_builtins(template), **changes}, ensure_ascii=False)


@pytest.mark.parametrize("key", KEYS)
def test_every_template_is_the_same_after_being_written_as_lines_and_read_again(key: str) -> None:
    shipped = shipped_papers().get(key) or shipped_letters()[key]
    lines = template_words.text_of(shipped, catalogue())
    assert template_words.worded(shipped, lines, catalogue()) == shipped
    assert template_words.differences(shipped, lines, catalogue()) == []
    for word in template_words.placeholders(shipped, catalogue())[:60]:
        if key in shipped_papers():
            assert template_words.worded(shipped, f"{lines}正文：见{{{word}}}\n", catalogue())


def test_one_sentence_changed_at_the_district_stands_on_the_paper_and_in_new_drafts(desk: Session) -> None:
    case = CaseAt(desk)
    case.step("accepted", "10-09")
    issued = case.draft("reminder_letter")
    case.issue(issued, "10-15")
    change(desk, "case_approval", "标题：工会劳动法律监督立案审批表", "标题：西湖区工会监督立案审批表")
    assert "西湖区工会监督立案审批表" in words_of(papers.paper(desk, "case_approval", case.id).render())
    change(desk, "reminder_letter", "为预防和化解劳动关系矛盾", "为构建和谐劳动关系")
    draft = case.draft("reminder_letter")
    letter = supervision.compose_letter(desk, draft)
    assert "为构建和谐劳动关系" in letter.text
    assert letter.template_version == "2026-12-20-1"
    assert "为预防和化解劳动关系矛盾" in words_of(supervision.preview(desk, issued))
    assert [s.whose for k, s in standing(desk).items() if s.changed] == ["本单位", "本单位"]


def standing(session: Session) -> dict[str, templates.Standing]:
    return templates.standing(session.database, session.types, session.unit.id, DAY)


def test_it_begins_on_its_day_and_is_taken_back(desk: Session) -> None:
    change(desk, "visit_record", "标题：", "标题：新", started=DAY + datetime.timedelta(1))
    now = templates.here(desk, "visit_record")
    assert not now.changed
    assert now.coming == ("本单位的2026-12-20-1从2026-12-21起",)
    change(desk, "visit_record", "标题：", "标题：今")
    assert templates.here(desk, "visit_record").changed
    templates.reset(desk, "visit_record")
    assert not templates.here(desk, "visit_record").changed
    with pytest.raises(NothingChanged):
        templates.reset(desk, "visit_record")
    with pytest.raises(NothingChanged):
        templates.save(desk, "visit_record", text(desk, "visit_record"))
    with pytest.raises(NoSuchTemplate):
        templates.save(desk, "../keys", "")


FAULTS = {
    "an unknown placeholder": ("case_approval", "正文：{单位名秤}\n", ("{单位名秤}", "相近的有", "{单位名称}")),
    "an unknown placeholder of a letter": ("reminder_letter", "正文：{联系入}\n", ("{联系入}", "{联系人}")),
    "the complainant for the employer": ("service_record", "正文：{案件.投诉人}\n", ("投诉人",)),
    "the complainant in wide brackets": ("service_record", "正文：｛案件.投诉人｝\n", ("给用人单位看", "投诉人")),
    "the complainant by its name": ("service_return", "正文：{case.complainant_name}\n", ("投诉人",)),
    "no complainant in any letter": ("opinion_letter", "正文：{投诉人}\n", ("不认识占位{投诉人}",)),
    "article 22 in a reminder": ("reminder_letter", "正文：依据监督条例第二十二条。\n", ("第二十二条",)),
    "article 22 within a span": ("reminder_letter", "正文：依据监督条例第二十至二十四条。\n", ("第二十二条",)),
    "article 22 around a quotation": ("reminder_letter", "条文：a｜依条例第二十二条｜a｜a\n", ("不能",)),
    "fifteen working days in a reminder": ("reminder_letter", "正文：请在15个工作日内答复。\n", ("15个工作日",)),
    "dues in a suggestion": ("suggestion_letter", "正文：依照工会法第四十三条处理。\n", ("支付令",)),
    "a line without its kind": ("visit_record", "随便写的一行\n", ("开头看不懂",)),
    "a bracket alone": ("visit_record", "正文：[{日期}\n", ("括号不成对",)),
    "a new list": ("visit_record", "名单：成员\n", ("名单",)),
}  # fmt: skip


@pytest.mark.parametrize(("key", "line", "words"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_used_is_refused_when_it_is_saved(
    desk: Session, key: str, line: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateFaulty) as fault:
        templates.save(desk, key, text(desk, key) + line)
    for word in words:
        assert word in str(fault.value)
    assert fault.value.next_step
    assert not templates.here(desk, key).own


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("opinion_letter", "请书面说明理由"),
        ("opinion_letter", "义务条文"),
        ("suggestion_letter", "第二十三条{建议书情形}"),
        ("reminder_letter", "主送：{主送}"),
        ("handling_suggestion", "义务条文"),
    ],
)
def test_what_the_law_demands_cannot_be_left_out(desk: Session, key: str, sentence: str) -> None:
    lines = text(desk, key).splitlines(keepends=True)
    kept = [line for line in lines if sentence not in line and "第（" not in line]
    assert len(kept) < len(lines)
    with pytest.raises(TemplateFaulty):
        templates.save(desk, key, "".join(kept))


EVIL = (
    plain("case_approval", reader="employer"),  # read by others
    plain("service_return", reader="own"),  # read by the union only, though it is for the employer
    plain("reminder_letter", title="opinion"),  # another title
    plain("opinion_letter", signer=False),  # signed by nobody
    plain("visit_record", official=True),  # official
    plain("visit_record", about="case"),  # of other records
    plain("materials_list", when={}),  # always offered
    "{}",  # no template
    "",  # nothing
)


def test_what_arrives_and_cannot_be_used_is_passed_over_and_told(desk: Session) -> None:
    for content in EVIL:
        for key in ("case_approval", "service_return", "reminder_letter", "opinion_letter", "visit_record"):
            written_by_hand(desk, key, content)
    written_by_hand(desk, "unheard_of", EVIL[0])
    found = standing(desk)
    assert {s.template.id for s in found.values() if s.passed} == {
        "case_approval", "service_return", "reminder_letter", "opinion_letter", "visit_record",
    }  # fmt: skip
    for key, known in found.items():
        assert not known.changed
        assert known.template == {**shipped_papers(), **shipped_letters()}[key]
        assert all(p.reason for p in known.passed)


def test_who_is_no_district_and_whoever_is_no_desk_words_nothing(desk: Session, tmp_path: Path) -> None:
    town = create(tmp_path, "转塘街道总工会", Level.TOWN, "330106010")
    with pytest.raises(NotAllowed, match="区总工会"):
        change(town, "visit_record", "标题：", "标题：镇")
    town.workspace.close()
    operators.put(desk, "经办", Role.EDITOR, "password2", CHEAP)
    folder = desk.workspace.folder
    desk.workspace.close()
    editor = open_session(folder, "经办", "password2", repeatable("e"))
    with pytest.raises(NotAllowed):
        change(editor, "visit_record", "标题：", "标题：新")
    editor.workspace.close()


@pytest.mark.parametrize("key", ["visit_record", "reminder_letter"])
def test_a_file_that_is_misspelt_is_told_in_chinese_and_the_same_file_twice_is_one_version(
    desk: Session, tmp_path: Path, key: str
) -> None:
    file = tmp_path / "样式.json"
    template_files.export(desk, key, file)
    plain = json.loads(file.read_text("utf-8"))
    parts = plain["parts"]
    misspelt: dict[str, tuple[dict[str, Any], str]] = {
        "field": ({**plain, "titel": "x"}, "不认识“titel”这一项"),
        "missing": ({k: v for k, v in plain.items() if k != "parts"}, "缺少“parts”这一项"),
        "kind": ({**plain, "parts": "x"}, "“parts”里写法不对"),
        "part": ({**plain, "parts": [{**parts[0], "part": "fromm"}, *parts[1:]]}, "不能写“fromm”"),
    }
    for content, words in misspelt.values():
        file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        with pytest.raises(TemplateFaulty) as fault:
            template_files.import_file(desk, file)
        assert words in fault.value.sentence
        assert not any(word in fault.value.sentence for word in ("Object", "Expected", "nvalid", "$"))
    file.write_text(json.dumps({**plain, "source": "本区自拟"}, ensure_ascii=False), "utf-8")
    template_files.import_file(desk, file)
    with pytest.raises(NothingChanged):
        template_files.import_file(desk, file)
    assert templates.here(desk, key).own == 1


def test_a_file_goes_out_and_comes_in(desk: Session, tmp_path: Path) -> None:
    path = tmp_path / "走访.json"
    template_files.export(desk, "visit_record", path)
    with pytest.raises(NothingChanged):
        template_files.import_file(desk, path)
    path.write_text(path.read_text("utf-8").replace('"title": "', '"title": "新'), "utf-8")
    label, changes = template_files.import_file(desk, path)
    assert label == templates.here(desk, "visit_record").label
    assert not changes.empty
    assert text(desk, "visit_record").startswith("标题：新")
    for content in (b"\xff", b"{}", b"[" * 300_000):
        path.write_bytes(content)
        with pytest.raises(TemplateFaulty):
            template_files.import_file(desk, path)


def test_it_goes_down_to_everybody_below_and_the_nearest_counts(tmp_path: Path) -> None:
    district = create(tmp_path)
    town = create(tmp_path, "转塘街道总工会", Level.TOWN, "330106010")
    village = create(tmp_path, "上城埭村工会", Level.VILLAGE, "330106010201")
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    change(district, "visit_record", "标题：", "标题：区")
    report_up(town, district, tmp_path)
    report_up(village, town, tmp_path)
    assert templates.here(village, "visit_record").whose == "杭州市西湖区总工会"
    visit = records.save(village, "visit", {"visit_date": "2026-11-03"}).record
    assert papers.paper(village, "visit_record", visit).document.title.startswith("区")
    # A town that writes one by another way is not believed, neither above nor below.
    written_by_hand(town, "visit_record", plain("visit_record", title="镇"))
    report_up(town, district, tmp_path)
    report_up(village, town, tmp_path)
    assert templates.here(village, "visit_record").whose == "杭州市西湖区总工会"
    assert templates.here(district, "visit_record").template.title == text_title(district)
    report_up(village, town, tmp_path)
    assert exchange.digest(village).sha256 == exchange.digest(town, village.unit.id).sha256
    for session in (district, town, village):
        session.workspace.close()


def text_title(session: Session) -> str:
    return text(session, "visit_record").splitlines()[0].removeprefix("标题：")
