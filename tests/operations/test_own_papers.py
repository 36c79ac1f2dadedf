"""Papers that a district adds: worded in lines, checked, printed here and below, and never a letter of the law."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path

import docx
import msgspec
import pypdfium2 as pdfium
import pytest

from desktop.documents.papers.replacing import MARK
from desktop.documents.placeholders import TemplateFaulty
from desktop.operations.papers import papers
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.operations.templates import template_files, template_words, templates
from desktop.operations.templates.own_papers import added_papers
from desktop.operations.templates.templates import NoSuchTemplate
from desktop.records.declaration import Level
from tests.documents.paper import words_of
from tests.operations.cases import create
from tests.operations.stations import enrol, report_up, written_by_hand

pytestmark = pytest.mark.usefixtures("bundled_fonts")

LINES = (
    "标题：走访小结\n正文：{日期}，{走访人}走访了{单位.单位名称}。\n"
    "条目：同行｜[{对方人员}、]李明\n表格：\n表格行：【小结】｜{|20}\n落款：{本单位}\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Session]:
    session = create(tmp_path)
    yield session
    session.workspace.close()


def add(session: Session, about: str = "visit", label: str = "走访小结", lines: str = LINES) -> str:
    path = session.workspace.folder.parent / "小结.txt"
    path.write_text(lines, "utf-8")
    return template_files.add_file(session, about, label, path)


def visit(session: Session) -> str:
    firm = records.save(session, "enterprise", {"name": "犇㛃茶业有限公司"}).record
    return records.save(
        session, "visit", {"enterprise": firm, "visit_date": "2026-11-05", "visitors": "王芳"}
    ).record


def own(session: Session) -> list[str]:
    today = session.environment.today()
    return [t.id for t in templates.own_papers(session.database, session.types, session.unit.id, today)]


def test_a_paper_of_its_own_is_printed_offered_reworded_and_taken_away(desk: Session) -> None:
    key, record = add(desk), visit(desk)
    assert own(desk) == [key]
    words = words_of(papers.paper(desk, key, record).render())
    assert "2026年11月5日，王芳走访了犇㛃茶业有限公司。" in words
    assert "同行：李明" in words
    template = templates.here(desk, key).template
    assert template.notice.endswith("非官方")
    assert [t.id for t in papers.offered("visit", {}, [template])][-1] == key  # type: ignore[list-item]
    text = template_words.text_of(template, desk.types)
    templates.save(desk, key, text.replace("走访了", "上门走访了"))
    assert "上门走访了" in words_of(papers.paper(desk, key, record).render())
    assert template_words.example_pages(
        templates.here(desk, key).template, desk.types, desk.codes
    ).startswith(b"%PDF")
    templates.reset(desk, key)
    assert own(desk) == []
    with pytest.raises(NoSuchTemplate):
        papers.paper(desk, key, record)


def test_it_goes_down_and_out_as_a_file_and_in_elsewhere(desk: Session, tmp_path: Path) -> None:
    town = create(tmp_path, "三墩镇总工会", Level.TOWN, "330106109")
    enrol(town, desk, tmp_path)
    key = add(desk)
    exchange.receive(town, [exchange.send(desk, tmp_path / "d.xsj", to=town.ledger.station).path])
    assert own(town) == [key]
    assert "走访了" in words_of(papers.paper(town, key, visit(town)).render())
    with pytest.raises(NotAllowed):
        add(town)
    report_up(town, desk, tmp_path)
    town.workspace.close()
    file = tmp_path / "own.json"
    template_files.export(desk, key, file)
    other = create(tmp_path, "上城区总工会", Level.DISTRICT, "330102")
    label, _ = template_files.import_file(other, file)
    assert (label, own(other)) == ("走访小结", [key])
    other.workspace.close()


@pytest.mark.parametrize(
    ("about", "label", "lines", "words"),
    [
        ("case", "案件小结", "标题：案件小结\n正文：{案由}\n", "监督案件的文书由法律规定"),
        ("case_document", "意见", "标题：意见\n", "监督案件的文书由法律规定"),
        ("enterprise", "意见书", "标题：工会劳动法律监督意见书\n正文：请改正\n", "像一函两书"),
        ("enterprise", "函", "标题：关于限期整改的函\n主送：{单位名称}\n正文：请答复\n", "像一函两书"),
        ("enterprise", "劳动法律监督提示函", LINES, "不认识|像一函两书"),
        ("enterprise", "用工提醒函", "标题：关于工资支付\n正文：{单位名称}\n", "“提醒函”，像一函两书"),
        ("enterprise", "函件", "标题：意　见⏎书\n正文：{单位名称}\n", "“意见书”，像一函两书"),
        ("enterprise", "函件", "标题：函件\n一级标题：提 示 函\n正文：{单位名称}\n", "“提示函”，像一函两书"),
        ("enterprise", "函件", "标题：函件\n正文：工会劳动{|1}法律·监督\n", "“劳动法律监督”，像"),
        (
            "enterprise",
            "函件",
            "标题：函件\n正文：我会对你单位开展劳动法律监督员走访\n",
            "“劳动法律监督”，像",
        ),
        (
            "enterprise",
            "函件",
            "标题：函件\n主送：{单位名称}\n正文：违反劳动法第五十条，请改正\n",
            "违反……改正",
        ),
        (
            "enterprise",
            "函件",
            "标题：函件\n条目：主　送｜{单位名称}\n正文：违反劳动法第五十条，请改正\n",
            "违反……改正",
        ),
        ("enterprise", "函件", "标题：函件\n条目：提示函｜{单位名称}\n", "“提示函”，像一函两书"),
        ("visit", "小结", "标题：小结\n条目：走访人\n", "后面要写｜和内容"),
        ("visit", "小结", "标题：小结\n条目：｜{走访人}\n", "条目没有名称"),
        (
            "enterprise",
            "函件",
            "标题：函件\n正文：{单位名称}：\n正文：用工有风险，请于15日内反馈\n",
            "风险……15日内",
        ),
        (
            "visit",
            "函件",
            "标题：函件\n正文：你单位拖欠工资，请在十五个工作日内书面说明\n",
            "拖欠……书面说明|拖欠……十五",
        ),
        ("visit", "函件", "标题：函件\n正文：你们公司没发工资，赶紧补上，三日内回话\n", "没发……赶紧补"),
        ("visit", "函件", "标题：告知书\n正文：贵公司未与职工签合同，请尽快补签\n", "未与职工签……请尽快补"),
        ("visit", "函件", "标题：建议書\n正文：{单位.单位名称}\n", "“建议书”，像一函两书"),
        ("visit", "督促函", "标题：工资支付\n正文：{单位.单位名称}\n", "“督促函”，像一函两书"),
        ("visit", "小结", "标题：小结\n正文：{单位名秤}\n", "不认识占位"),
        ("visit", "小结", "标题：小结\n名单：成员\n", "名单"),
        ("visit", "小结", "随便写的一行\n", "开头看不懂"),
        ("visit", "小结", "正文：没有标题\n", "没有标题"),
        ("visit", "一种新的", "标题：小结\n正文：{日期，走访\n", "“一种新的”不能用：括号不成对"),
        ("visit", "走访记录", "标题：小结\n", "已经有一种文书叫“走访记录”"),
        ("mailbox_letter", "回复", "标题：回复\n正文：{写信人}写信说{来信内容}\n", "不能写写信人"),
        ("same", "同一个", "标题：同一个\n正文：{|4}\n", "这类记录不能自己加表单|不认识"),
        ("paper_template", "模板", "标题：模板\n", "不认识“paper_template”"),
    ],
)
def test_what_cannot_be_used_is_refused_when_it_is_added(
    desk: Session, about: str, label: str, lines: str, words: str
) -> None:
    with pytest.raises(TemplateFaulty, match=words):
        add(desk, about, label, lines)
    assert own(desk) == []


@pytest.mark.parametrize(
    "lines",
    [
        "标题：走访小结\n正文：发现的问题：{|20}\n正文：整改措施：{|20}\n",
        "标题：工会劳动法律监督员培训情况\n正文：本次走访中培训了劳动法律监督员{|4}人。\n",
        "标题：走访小结\n正文：本次走访结合开展劳动法律监督，有关情况已经记录，现报送区总工会研究，请阅示。\n",
        "标题：培训通知\n主送：{单位.单位名称}\n正文：请于3日内把名单报我会。\n",
        "标题：感谢信\n正文：感谢贵公司在高温季停止露天作业、消除安全隐患。\n",
        "标题：慰问信\n正文：贵公司全体职工：发现隐患及时反馈，注意防范中暑风险，停止户外作业。\n",
        "标题：走访小结\n正文：了解到贵公司存在住宿条件较差的问题，工会将在5个工作日内回访。\n",
        "标题：会议通知\n主送：{单位.单位名称}\n正文：请于3日前报送名单，违反会议纪律的予以通报。\n",
        "标题：合理化建议书\n正文：我的建议（书面）：{|20}\n",
        "标题：征求意见函\n正文：贵单位请于10日前书面反馈，意见 书记审阅。\n",
        "标题：集体协商要约书\n正文：贵公司：依据第三十二条，请在20日内书面答复。\n",
        "标题：普法单\n正文：用人单位拖欠工资的，由行政部门责令限期支付。\n",
        "标题：走访反馈\n正文：贵公司：走访没有发现困难，请及时反馈。\n",
        "标题：普法告知\n正文：《中华人民共和国劳动法》第五十条规定，工资按月支付。\n",
    ],
)
def test_what_is_no_letter_may_speak_of_law_problems_and_days(desk: Session, lines: str) -> None:
    assert papers.paper(desk, add(desk, lines=lines), visit(desk))


def test_every_page_of_an_own_paper_says_that_it_is_no_letter_of_the_law(desk: Session) -> None:
    many = "标题：走访小结\n" + "正文：{日期}走访。\n" * 30 + "落款：{本单位}\n"
    made = papers.paper(desk, add(desk, lines=many), visit(desk))
    pages = pdfium.PdfDocument(made.render())
    assert len(pages) > 1
    for page in pages:
        assert MARK in page.get_textpage().get_text_range()
    footer = docx.Document(io.BytesIO(made.word())).sections[0].footer
    assert footer.paragraphs[-1].text == MARK
    shipped = papers.paper(desk, "visit_record", visit(desk))
    assert MARK not in words_of(shipped.render())


def test_an_own_paper_that_a_record_turns_into_a_letter_is_not_printed(desk: Session) -> None:
    firm = records.save(desk, "enterprise", {"name": "某某茶业有限公司"}).record

    def told(situation: str) -> str:
        values = {"enterprise": firm, "visit_date": "2026-11-05", "visitors": "王芳", "situation": situation}
        return records.save(desk, "visit", values).record

    titled = add(desk, label="一种", lines="标题：{了解的情况}\n正文：{单位.单位名称}\n")
    addressed = add(desk, label="二种", lines="标题：走访告知\n主送：{单位.单位名称}\n正文：{了解的情况}\n")
    own_file = add(desk, label="三种", lines="标题：走访小结\n正文：{了解的情况}\n")
    with pytest.raises(papers.LikeALetter, match="意见书"):
        papers.paper(desk, titled, told("工会劳动法律监督意 见 书"))
    text = template_words.text_of(templates.here(desk, "visit_record").template, desk.types)
    templates.save(desk, "visit_record", "标题：{了解的情况}\n" + text.split("\n", 1)[1])
    assert papers.paper(desk, "visit_record", told("一切都好"))
    with pytest.raises(papers.LikeALetter, match="提示函"):
        papers.paper(desk, "visit_record", told("提示函"))
    breach = told("违反劳动合同法第十条，没有签合同，请改正")
    with pytest.raises(papers.LikeALetter, match="违反"):
        papers.paper(desk, addressed, breach)
    assert papers.paper(desk, addressed, told("一切都好"))
    assert papers.paper(desk, own_file, breach), "what was found is written down for the own file"
    with pytest.raises(papers.LikeALetter, match="违反"):
        papers.paper(desk, own_file, told("你单位违反劳动合同法第十条，请改正"))


def test_a_paper_of_the_program_is_not_reworded_into_a_letter(desk: Session) -> None:
    for key, before, after in (
        ("visit_record", "标题：", "标题：意见书⏎"),
        ("visit_record", "标题：", "正文：你单位违反第五十条，请改正\n标题："),
        ("service_return", "标题：送达回证", "标题：工会劳动法律监督提示函"),
    ):
        text = template_words.text_of(templates.here(desk, key).template, desk.types)
        assert before in text
        with pytest.raises(TemplateFaulty, match="像一函两书，不能这样改"):
            templates.save(desk, key, text.replace(before, after, 1))


def test_a_paper_no_version_of_which_can_be_used_is_told_with_what_to_do(desk: Session) -> None:
    key = add(desk)
    template = msgspec.to_builtins(templates.here(desk, key).template)
    templates.reset(desk, key)
    newer = json.dumps({**template, "id": "own_newer", "margin": 3}, ensure_ascii=False)
    written_by_hand(desk, "own_newer", newer, label="走访单")
    written_by_hand(desk, "own_broken", "{", label="坏的")
    today = desk.environment.today()
    found = templates.standing(desk.database, desk.types, desk.unit.id, today)
    assert [(s.label, s.usable, s.whose) for k, s in found.items() if template_words.is_own(k)] == [
        ("坏的", False, "本单位"), ("走访单", False, "本单位"),
    ]  # fmt: skip
    assert own(desk) == []
    added = added_papers(desk.database, desk.types, desk.unit.id, today)
    assert [(t.id, t.about) for t in added] == [("own_broken", ""), ("own_newer", "visit")]
    with pytest.raises(
        templates.TemplateUnusable, match=r"“走访单”现在用不了。本单位的外来不能用：.*margin"
    ) as told:
        papers.paper(desk, "own_newer", visit(desk))
    assert "文书模板" in str(told.value.next_step)
    with pytest.raises(templates.TemplateUnusable):
        template_files.export(desk, "own_newer", desk.workspace.folder / "x.json")
    for one in added:
        template_words.text_of(one, desk.types)
        template_words.placeholders(one, desk.types)
    with pytest.raises(TemplateFaulty, match="看不出"):
        templates.save(desk, "own_broken", "标题：新的\n")
    add(desk, label="走访单")
    templates.save(desk, "own_newer", "标题：走访单\n正文：{日期}\n")
    assert templates.here(desk, "own_newer").usable
    templates.reset(desk, "own_broken")
    with pytest.raises(NoSuchTemplate):
        templates.known_here(desk, "own_broken")


def test_what_comes_in_and_pretends_is_no_paper(desk: Session) -> None:
    key = add(desk)
    template = msgspec.to_builtins(templates.here(desk, key).template)
    for changes in (
        {"official": True},
        {"reader": "own"},
        {"notice": "法定样式"},
        {"about": "case"},
        {"id": "own_other"},
    ):
        content = json.dumps({**template, "id": "own_evil", **changes}, ensure_ascii=False)
        written_by_hand(desk, "own_evil", content)
    assert own(desk) == [key]
    with pytest.raises(templates.TemplateUnusable):
        papers.paper(desk, "own_evil", visit(desk))


def test_one_that_only_begins_later_is_known_and_not_offered(desk: Session) -> None:
    path = desk.workspace.folder.parent / "小结.txt"
    path.write_text(LINES, "utf-8")
    today = desk.environment.today()
    key = template_files.add_file(desk, "visit", "走访小结", path, started=today + datetime.timedelta(3))
    assert added_papers(desk.database, desk.types, desk.unit.id, today) == []
    with pytest.raises(templates.TemplateUnusable, match="2026-12-23起用"):
        papers.paper(desk, key, visit(desk))
    templates.reset(desk, key)
    with pytest.raises(NoSuchTemplate):
        templates.known_here(desk, key)


def test_one_that_begins_later_is_not_there_yet(desk: Session) -> None:
    key = add(desk)
    later = desk.environment.today() + datetime.timedelta(days=3)
    text = template_words.text_of(templates.here(desk, key).template, desk.types)
    templates.save(desk, key, text.replace("走访了", "到了"), started=later)
    assert "走访了" in words_of(papers.paper(desk, key, visit(desk)).render())
