"""What is put on paper is noted, without a personal value, and never written over something else."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from desktop.documents.lists import PaperColumn, PaperList
from desktop.operations import printing
from desktop.operations.audit import Act, recent
from desktop.operations.session import Session
from desktop.records.declaration import Level
from tests.operations.stations import station

PAPER = PaperList(
    "会员一览表", "径山村工会", "全部", datetime.date(2026, 11, 27), (PaperColumn("姓名"),), (("王犇",),),
    noted="member 1条 不含隐藏内容",
)  # fmt: skip


@pytest.fixture
def village(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("XIAOSANJI_FONTS", "bundle")
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


def noted(session: Session) -> list[str]:
    return [line.detail for line in recent(session) if line.action == Act.LIST_PRINTED]


def test_looking_at_it_is_not_noted_and_printing_is(village: Session) -> None:
    assert printing.preview(PAPER).startswith(b"%PDF")
    assert noted(village) == []
    assert printing.print_pages(village, PAPER) == printing.preview(PAPER)
    assert noted(village) == ["member 1条 不含隐藏内容"]


def test_a_second_file_stands_beside_the_first(village: Session, tmp_path: Path) -> None:
    first = printing.save(village, PAPER, tmp_path / "U盘")
    second = printing.save(village, PAPER, tmp_path / "U盘")
    assert (first.name, second.name) == ("会员一览表.pdf", "会员一览表（2）.pdf")
    assert first.read_bytes() == second.read_bytes()
    assert len(noted(village)) == 2


def test_names_that_no_file_can_have_are_put_right(village: Session, tmp_path: Path) -> None:
    bad = PaperList("第一/二组：名单?", "甲", "全部", PAPER.day, PAPER.columns, PAPER.rows)
    assert printing.save(village, bad, tmp_path).name == "第一_二组：名单_.pdf"
