"""Papers that a district adds: worded in lines, checked, printed here and below, and never a letter of the law."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.documents.placeholders import TemplateFaulty
from desktop.operations import exchange, papers, records, template_files, templates
from desktop.operations.session import NotAllowed, Session
from desktop.operations.templates import NoSuchTemplate
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up
from tests.operations.test_papers import words_of
from tests.operations.test_supervision import create
from tests.operations.test_templates import written_by_hand

LINES = (
    "标题：走访小结\n正文：{日期}，{走访人}走访了{单位.单位名称}。\n"
    "表格：\n表格行：【小结】｜{|20}\n落款：{本单位}\n"
)


@pytest.fixture(autouse=True)
def bundled_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")


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
    template = templates.here(desk, key).template
    assert template.notice.endswith("非官方")
    assert [t.id for t in papers.offered("visit", {}, [template])][-1] == key  # type: ignore[list-item]
    text = templates.text_of(template, desk.types)
    templates.save(desk, key, text.replace("走访了", "上门走访了"))
    assert "上门走访了" in words_of(papers.paper(desk, key, record).render())
    assert templates.example_pages(templates.here(desk, key).template, desk.types, desk.codes).startswith(
        b"%PDF"
    )
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
    with pytest.raises(NoSuchTemplate):
        papers.paper(desk, "own_evil", visit(desk))


def test_one_that_begins_later_is_not_there_yet(desk: Session) -> None:
    key = add(desk)
    later = desk.environment.today() + datetime.timedelta(days=3)
    text = templates.text_of(templates.here(desk, key).template, desk.types)
    templates.save(desk, key, text.replace("走访了", "到了"), started=later)
    assert "走访了" in words_of(papers.paper(desk, key, visit(desk)).render())
