"""The cover sheet: what stands on paper is what the file says, and the two can be compared."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from desktop.documents.cover_sheet import render_cover
from desktop.operations import covers, exchange, records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def two(tmp_path: Path) -> tuple[Session, Session]:
    """A district and a town below it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path)
    return district, town


def text_of(pdf: Path) -> str:
    """The words of a PDF without what separates them."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return "".join(document[0].get_textpage().get_text_range().split())


def test_the_sheet_says_who_whom_which_and_how_much(two: tuple[Session, Session], tmp_path: Path) -> None:
    district, town = two
    report_up(town, district, tmp_path)
    saved = records.save(town, "enterprise", {"name": "径山茶业", "surveyed_staff": 30})
    records.save(town, "enterprise", {"name": "径山茶业有限公司"}, record=saved.record)
    gone = records.save(town, "enterprise", {"name": "误登"})
    records.delete(town, "enterprise", gone.record)
    sent = exchange.send(town, tmp_path / "报送 11月.xsj")
    said = text_of(covers.print_cover(town, sent.path, tmp_path / "单子"))
    assert "数据包报送单" in said
    assert "径山镇总工会" in said
    assert "余杭区总工会" in said
    assert "第2号" in said
    assert "共4项：新增2项，修改1项，删除1项" in said
    assert "上次导出（2026年11月23日）以后" in said
    assert sent.digest in said
    assert "报送11月.xsj" in said


def test_the_first_bundle_says_so(two: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = two
    sent = exchange.send(town, tmp_path / "a.xsj")
    assert "第一次导出" in text_of(covers.print_cover(town, sent.path, tmp_path))


def test_a_sheet_for_what_goes_down_is_called_otherwise(two: tuple[Session, Session], tmp_path: Path) -> None:
    district, town = two
    sent = exchange.send(district, tmp_path / "down.xsj", to=town.unit.name)
    assert "数据包下发单" in text_of(covers.print_cover(district, sent.path, tmp_path))


def test_only_who_wrote_a_bundle_prints_its_sheet(two: tuple[Session, Session], tmp_path: Path) -> None:
    district, town = two
    sent = exchange.send(town, tmp_path / "a.xsj")
    with pytest.raises(covers.NotOurBundle):
        covers.print_cover(district, sent.path, tmp_path)


def test_the_same_bundle_gives_the_same_sheet(two: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = two
    sent = exchange.send(town, tmp_path / "a.xsj")
    cover = covers.cover_of(town, sent.path)
    assert render_cover(cover) == render_cover(cover)


def test_what_is_typed_or_scanned_from_a_sheet_fits_its_file_only(
    two: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = two
    first, second = (exchange.send(town, tmp_path / name) for name in ("a.xsj", "b.xsj"))
    cover = covers.cover_of(town, first.path)
    for typed in (
        cover.digest,
        cover.digest.upper(),
        " ".join(cover.groups),
        "\n".join(cover.groups),
        cover.code,
    ):
        assert covers.fits(first.path, typed)
        assert not covers.fits(second.path, typed)
    assert not covers.fits(first.path, cover.digest[:-1])
    assert not covers.fits(first.path, "")
