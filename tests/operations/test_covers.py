"""The cover sheet: what stands on paper is what the file says, and the two can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.cover_sheet import read_sheet, render_cover
from desktop.errors import Problem
from desktop.operations import quantities
from desktop.operations.recording import attachments, records
from desktop.operations.recording.attachable import prepare
from desktop.operations.session import Session
from desktop.operations.stations import covers, exchange, roots, traffic
from desktop.operations.stations.covers import Fit
from desktop.records.declaration import Level
from desktop.records.types.attachment_part import PART_BYTES
from tests.documents.paper import words_by_page, words_of
from tests.operations.files import PDF, written
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def two(tmp_path: Path) -> tuple[Session, Session]:
    """A district and a town below it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path)
    return district, town


def test_the_sheet_says_who_whom_which_and_how_much(two: tuple[Session, Session], tmp_path: Path) -> None:
    district, town = two
    report_up(town, district, tmp_path)
    saved = records.save(town, "enterprise", {"name": "径山茶业", "surveyed_staff": 30})
    records.save(town, "enterprise", {"name": "径山茶业有限公司"}, record=saved.record)
    gone = records.save(town, "enterprise", {"name": "误登"})
    records.delete(town, "enterprise", gone.record)
    sent = exchange.send(town, tmp_path / "报送 11月.xsj")
    (said,) = words_by_page(covers.print_cover(town, sent.path, tmp_path / "单子"))
    assert "数据包报送单" in said
    assert "径山镇总工会" in said
    assert "余杭区总工会" in said
    assert "第2号" in said
    assert "共4项：新增2项，修改1项，删除1项" in said
    assert "上次导出（2026年11月23日）以后，含以前还没有回执的" in said
    assert sent.digest in said
    assert "报送11月.xsj" in said


def test_nothing_stands_where_the_seal_goes(two: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = two
    sheet = covers.print_cover(town, exchange.send(town, tmp_path / "报送.xsj").path, tmp_path / "单子")
    page = pdfium.PdfDocument(sheet)[0]
    words = page.get_textpage()
    left, _, _, top = words.get_charbox(words.get_text_range().index("（盖章）"))
    high = int(page.get_height() - top)
    picture = page.render().to_pil().convert("L").crop((int(left), high - 75, int(left) + 60, high - 2))
    assert picture.getextrema() == (255, 255), "lines to write on are drawn across the seal"


def test_files_are_counted_as_files(two: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = two
    saved = records.save(town, "enterprise", {"name": "径山茶业"})
    path = written(tmp_path, "合同.pdf", PDF + bytes(2 * PART_BYTES))
    attachments.add(town, "enterprise", saved.record, [prepare(path, town.environment.today())])
    here = town.here
    words = [c.words for c in quantities.told(traffic.overview(town.database, here).own)]
    assert words == ["企业新增1条", "附件（约144 KB）新增1个"]
    sent = exchange.send(town, tmp_path)
    assert "共5项" in (said := words_of(covers.print_cover(town, sent.path, tmp_path)))
    assert "其中附件1个，内容占3项" in said


def test_the_first_bundle_says_so(two: tuple[Session, Session], tmp_path: Path) -> None:
    _, town = two
    sent = exchange.send(town, tmp_path / "a.xsj")
    assert "第一次导出" in words_of(covers.print_cover(town, sent.path, tmp_path))


def test_a_first_bundle_whose_number_is_not_the_first_does_not_say_so(
    two: tuple[Session, Session], tmp_path: Path
) -> None:
    _, town = two
    with pytest.raises(Problem):
        exchange.send(town, tmp_path / "none" / "a.xsj")
    sent = exchange.send(town, tmp_path / "a.xsj")
    said = words_of(covers.print_cover(town, sent.path, tmp_path))
    assert (sent.sequence, "第一次" in said, "含以前登记的全部内容" in said) == (2, False, True)


def test_a_sheet_for_what_goes_down_is_called_otherwise(two: tuple[Session, Session], tmp_path: Path) -> None:
    district, town = two
    sent = exchange.send(district, tmp_path / "down.xsj", to=town.unit.name)
    assert "数据包下发单" in words_of(covers.print_cover(district, sent.path, tmp_path))


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
    cover, other = (covers.cover_of(town, sent.path) for sent in (first, second))
    for typed in (
        cover.digest,
        cover.digest.upper(),
        " ".join(cover.groups),
        "\n".join(cover.groups),
        cover.code,
    ):
        assert covers.fit(cover.digest, read_sheet(typed)) is Fit.WHOLE
        assert covers.fit(other.digest, read_sheet(typed)) is Fit.OTHER
    assert covers.fit(cover.digest, read_sheet(cover.digest[:-1])) is Fit.PARTLY
    assert covers.fit(cover.digest, read_sheet("")) is Fit.NOTHING


def test_groups_capitals_full_width_and_letters_taken_for_digits_are_understood() -> None:
    digest = "01ab" * 16
    for typed in (
        "０１ＡＢ" * 16,
        "O1AB-" * 16,
        "0lab、" * 16,
        "文件摘要　" + "  ".join(["01ab"] * 8) + "\n" + "  ".join(["01Ab"] * 8),
        f"xsj1 3 12 {digest.upper()}\r\n",
        f"XSJ1 1 1 {'f' * 64}XSJ1 3 12 {digest}",
        f"01abXSJ1 3 12 {digest}",
    ):
        assert read_sheet(typed).digits == digest
        assert not read_sheet(typed).wrong
    assert (read_sheet(f"XSJ1 3 12 {digest}").sequence, read_sheet(f"XSJ1 3 12 {digest}").total) == (3, 12)
    assert read_sheet("XSJ1 3 12 01ab").cut
    assert read_sheet("01ag").wrong == "g"


@given(typed=st.text())
def test_nothing_that_is_typed_is_too_odd_to_be_read(typed: str) -> None:
    sheet = read_sheet(typed)
    assert set(sheet.digits) <= set("0123456789abcdef")
    assert read_sheet(sheet.digits).digits == sheet.digits


@given(digest=st.text("0123456789abcdef", min_size=64, max_size=64), count=st.integers(1, 63))
def test_a_part_of_a_digest_is_told_as_a_part_and_never_as_the_whole(digest: str, count: int) -> None:
    part = read_sheet(digest[:count])
    assert covers.fit(digest, part) is (Fit.PARTLY if count >= covers.ENOUGH_DIGITS else Fit.TOO_FEW)
    other = "0" if digest[count - 1] != "0" else "1"
    wrong = read_sheet(digest[: count - 1] + other)
    assert covers.fit(digest, wrong) is Fit.OTHER
    assert covers.unequal_groups(digest, wrong) == [(count + 3) // 4]
    assert covers.fit(digest, read_sheet(digest)) is Fit.WHOLE
    assert covers.fit(digest, read_sheet(digest + "0")) is Fit.TOO_MANY


HEX = "0123456789abcdef"


@given(
    seed=st.integers(0, 9999),
    count=st.integers(12, 64),
    slips=st.lists(st.tuples(st.sampled_from("rio"), st.integers(0, 63), st.sampled_from(HEX)), max_size=2),
)
def test_a_mistyped_digest_leads_to_its_file_and_never_fits_it(
    seed: int, count: int, slips: list[tuple[str, int, str]]
) -> None:
    """Signs replaced, inserted and omitted; of other files no digest is taken for it."""
    digest, other = (hashlib.sha256(f"{seed} {n}".encode()).hexdigest() for n in (0, 1))
    typed = list(digest[:count])
    for kind, place, sign in slips:
        at = place % len(typed)
        typed[at : at + (kind != "i")] = [] if kind == "o" else [sign]
    sheet = read_sheet("".join(typed))
    told = covers.nearest([other, digest], sheet)
    if covers.fit(digest, sheet) is Fit.OTHER and len(typed) >= covers.ENOUGH_DIGITS:
        assert told is not None
        assert told[0] == digest
        assert 0 < told[1].signs <= covers.NEAR
        assert told[1].shifted or set(told[1].groups) == set(covers.unequal_groups(digest, sheet))
    elif len(typed) <= 64:
        assert told is None
    assert covers.slip(other, sheet) is None


def test_what_a_file_says_stands_under_the_labels_of_the_sheet(
    two: tuple[Session, Session], tmp_path: Path
) -> None:
    district, town = two
    here = district.here
    saved = records.save(town, "enterprise", {"name": "一家"})
    first = exchange.send(town, tmp_path / "一.xsj").path
    records.save(town, "enterprise", {"name": "改名"}, record=saved.record)
    second = exchange.send(town, tmp_path / "二.xsj").path
    read = covers.examine(second, roots.believed_roots(district.database), "", ())
    assert read.stands
    assert read.said is not None
    told = covers.tell(district.database, here, second, read.said, {})
    assert told["导出单位"] == "径山镇总工会"
    assert told["内容"] == "共2项：新增1项，修改1项，删除0项"
    assert told["登记期间"] == "上次导出以后（上次的数据包本机没有收到过）"
    before = covers.examine(first, (), "", ())
    assert (before.stands, before.problem) == (False, None)
    assert before.said is not None
    told = covers.tell(district.database, here, second, read.said, {before.digest: before.said})
    assert told["登记期间"] == "上次导出（2026年11月23日）以后，含以前还没有回执的"
    exchange.merge(district, [first])
    told = covers.tell(district.database, here, second, read.said, {})
    assert "第1号本机11月23日合并过" in told["登记期间"]
    assert [m.sequence for m in covers.merged_like(district.database, read_sheet(before.digest[:12]))] == [1]
    assert covers.merged_like(district.database, read_sheet(before.digest[:11])) == []
