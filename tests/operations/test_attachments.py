"""Attachments: what is taken and what is not, what belongs to whom, and that nothing is left once it is erased."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktop.documents import pictures
from desktop.documents.pictures import BadPicture
from desktop.documents.recognising import NotAttachable, recognise
from desktop.operations import audit
from desktop.operations.file_names import entered_name, safe_name, size_words
from desktop.operations.recording import attachable, attachments, deciding, duplicates, records, steps
from desktop.operations.recording.attachable import TooLarge, prepare
from desktop.operations.recording.attachments import AlreadyThere, Attachment, Gone, Incomplete, Spoiled
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange, policy, withdrawals
from desktop.operations.workspaces import erasing
from desktop.records.declaration import Level, Role
from desktop.records.types.attachment_part import PART_BYTES
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, NewRecord, NotFound, SlotEdit
from desktop.store.queries import attached, reading
from tests.operations.files import PDF, jpeg, jpeg_bomb, office, png, png_bomb, written
from tests.operations.stations import enrol, report_up, station, texts

NAME = "犇㛃䶮的身份证"


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


@pytest.fixture
def town(tmp_path: Path, village: Session) -> Session:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    enrol(village, town, tmp_path)
    return town


def member(session: Session) -> str:
    return records.save(session, "member", {"name": "张三"}).record


def add(
    session: Session,
    record: str,
    path: Path,
    *,
    type_name: str = "member",
    shrink: bool = False,
    description: str = "",
) -> str:
    file = prepare(path, session.environment.today())
    added = attachments.add(session, type_name, record, [file], shrink=shrink, description=description)
    return added.ids[0]


def on(session: Session, record: str, type_name: str = "member") -> list[Attachment]:
    return attachments.of_record(session.database, session.types, type_name, record)


# -- what a file is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "media", "kept"),
    [
        ("照片.JPEG", jpeg(), "jpg", "照片.jpg"),
        ("图.png", png(), "png", "图.png"),
        ("扫描件.pdf", PDF, "pdf", "扫描件.pdf"),
        ("方案.docx", office("word/document.xml"), "docx", "方案.docx"),
        ("名册.xlsx", office("xl/workbook.xml"), "xlsx", "名册.xlsx"),
        ("其实是照片.pdf", jpeg(), "jpg", "其实是照片.jpg"),
        ("发票.exe", PDF, "pdf", "发票.exe.pdf"),
    ],
)
def test_a_file_is_what_its_bytes_say(
    village: Session, tmp_path: Path, name: str, data: bytes, media: str, kept: str
) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, name, data))
    (found,) = on(village, record)
    assert (found.id, found.media, found.name, found.size) == (made, media, kept, len(data))
    assert found.complete
    assert attachments.show(village, made) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00", "不是可以添加的文件"),
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "旧格式"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(99), "HEIC"),
        (office("word/document.xml", macro=True), "宏"),
        (office("readme.txt"), "压缩包"),
        (b"PK\x03\x04" + bytes(50), "损坏"),
        (b"<html>", "不是可以添加的文件"),
    ],
)
def test_other_files_are_refused_with_a_sentence_and_a_way_on(
    data: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(NotAttachable) as refused:
        prepare(written(tmp_path, "照片.jpg", data), day())
    assert words in str(refused.value)
    assert "“照片.jpg”" in str(refused.value)
    assert refused.value.next_step


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders there")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
    for name in ("a.jpg", "b.jpg"):
        with pytest.raises(NotAttachable, match="不是普通文件"):
            prepare(tmp_path / name, datetime.date(2026, 11, 28))


@pytest.mark.parametrize("data", [png_bomb(), jpeg_bomb(), jpeg()[:200], png()[:40], png(90, 90)[:-30]])
def test_bombs_and_broken_pictures_are_refused_before_they_are_unpacked(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadPicture):
        prepare(written(tmp_path, "x.jpg", data), day())


@given(st.binary(max_size=80), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"]))
def test_no_bytes_at_all_make_more_than_a_sentence(rest: bytes, beginning: bytes) -> None:
    data = beginning + rest
    try:
        media = recognise(data)
        if media in ("jpg", "png"):
            pictures.measure(data, media)
    except (NotAttachable, BadPicture):
        pass


def test_what_is_too_large_says_how_much_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = written(tmp_path, "大.pdf", PDF + bytes(attachable.MOST_BYTES))
    with pytest.raises(TooLarge, match="10 MB"):
        prepare(large, day())
    monkeypatch.setattr(attachable, "_MOST_READ", 1 << 20)
    with pytest.raises(TooLarge, match="1 MB"):
        prepare(large, day())
    with pytest.raises(TooLarge, match="请用看图软件把它缩小"):
        prepare(written(tmp_path, "大.PNG", png() + bytes(1 << 20)), day())
    with pytest.raises(BadPicture, match="像素，太大了，最多6000万像素。请用看图软件把它缩小"):
        prepare(written(tmp_path, "屏.png", png_bomb()), day())
    with pytest.raises(NotAttachable, match="文件夹"):
        prepare(tmp_path, day())


def test_a_smaller_photo_is_upright_and_tells_nothing_of_place_and_camera(tmp_path: Path) -> None:
    data = jpeg(2600, 400, turned=True, day="2026:11:20", place=True)
    assert b"SecretCameraMaker" in data
    file = prepare(written(tmp_path, "a.jpg", data), day())
    assert (file.picture.width, file.picture.height) == (400, 2600)  # type: ignore[union-attr]
    assert str(file.taken) == "2026-11-20"
    assert file.worth_it
    _, smaller, picture = file.chosen(shrink=True)
    opened = Image.open(io.BytesIO(smaller))
    assert opened.size == (picture.width, picture.height) == (308, 2000)  # type: ignore[union-attr]
    assert not dict(opened.getexif())
    assert b"SecretCameraMaker" not in smaller
    assert file.chosen(shrink=False) == ("jpg", data, file.picture)


def test_drawings_stay_png_and_what_is_transparent_stands_on_white(tmp_path: Path) -> None:
    drawing = prepare(written(tmp_path, "a.png", png(2400, 1200)), day())
    assert drawing.chosen(shrink=True)[0] == "png"
    clear = pictures.preview(png(4, 4, "RGBA"), "png", 100)
    assert clear.mode == "RGB"
    assert clear.getpixel((0, 0)) == (255, 255, 255)


def test_a_camera_whose_clock_was_never_set_gives_no_day(tmp_path: Path) -> None:
    for said in ("0000:00:00", "1980:01:01", "2026:13:40"):
        assert pictures.measure(jpeg(day=said), "jpg").taken is None


def day() -> datetime.date:
    return datetime.date(2026, 11, 28)


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "_.._etc_passwd.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1.backup.pdf", "_com1.backup.pdf"),
        ('a<b>:"|?*.pdf', "a_b_.pdf"),
        ("a\x00b\nc.pdf", "ab c.pdf"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        (" . ", "附件.pdf"),
        ("结尾有点. .pdf", "结尾有点.pdf"),
        ("照片.png", "照片.pdf"),
    ],
)
def test_hostile_names_become_names_that_every_system_can_keep(name: str, safe: str) -> None:
    assert safe_name(name, "pdf") == safe


@given(st.text(max_size=300))
def test_any_name_is_one_short_line_in_one_folder(name: str) -> None:
    for made in (
        entered_name(name, "jpg"),
        safe_name(name, "jpg"),
        safe_name(entered_name(name, "jpg"), "jpg"),
    ):
        assert made.endswith(".jpg")
        assert len(made) > 4
        assert "\n" not in made
        assert "/" not in made
        assert "\\" not in made
    assert len(entered_name(name, "jpg")) <= 120
    assert len(safe_name(name, "jpg").encode("utf-8", "replace")) <= 200


def test_saving_writes_over_nothing_and_can_leave_the_name_out(village: Session, tmp_path: Path) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, f"{NAME}.pdf", PDF))
    out = tmp_path / "out"
    out.mkdir()
    first = attachments.save(village, made, out)
    second = attachments.save(village, made, out)
    neutral = attachments.save(village, made, out, neutral=True)
    assert [p.name for p in (first, second)] == [f"{NAME}.pdf", f"{NAME}（2）.pdf"]
    assert "犇" not in neutral.name
    assert first.read_bytes() == neutral.read_bytes() == PDF
    numbered = add(village, record, written(tmp_path, "身份证330106199003074610.pdf", PDF + b" "))
    assert attachments.save(village, numbered, out).name == "身份证330106_4610.pdf"
    attachments.describe(village, numbered, {"description": "手机13705718842"})
    assert {a.shown_description for a in on(village, record)} == {"", "手机137****8842"}
    log = audit.recent(village)
    assert [line.action for line in log if line.action == audit.Act.EXPORTED] == [audit.Act.EXPORTED] * 4
    assert NAME not in repr(log)


# -- belonging to a record -----------------------------------------------------------------------------------------


def test_several_files_are_one_step_and_one_undo(village: Session, tmp_path: Path) -> None:
    record = member(village)
    paths = [written(tmp_path, f"{n}.pdf", PDF + bytes(n)) for n in (1, 2 * PART_BYTES)]
    wanted = [prepare(p, village.environment.today()) for p in paths]
    added = attachments.add(village, "member", record, [*wanted, wanted[0]])
    assert added.known == ("1.pdf",)
    assert [(a.name, a.parts) for a in on(village, record)] == [("1.pdf", 1), (f"{2 * PART_BYTES}.pdf", 3)]
    with pytest.raises(AlreadyThere):
        attachments.add(village, "member", record, wanted)
    assert [(s.records, s.files) for s in steps.recent(village.database, village.ledger.station, 1)] == [
        (0, 2)
    ]
    undone = steps.undo(village, added.changes.stamp)
    assert on(village, record) == []
    # One tombstone for each, though the parts are told with their attachment and by themselves.
    assert lines_of(village, undone) == 6
    records.undo(village, undone.stamp)
    assert all(a.complete for a in on(village, record))


def lines_of(session: Session, changes: ChangeSet) -> int:
    return int(
        session.database.value("SELECT last - first + 1 FROM operation WHERE stamp = ?", (changes.stamp,))
    )


def test_limits_of_a_record(village: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = member(village)
    two = [
        prepare(written(tmp_path, f"{n}.pdf", PDF + bytes(n)), village.environment.today()) for n in (1, 2)
    ]
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    with pytest.raises(TooLarge, match="最多1个"):
        attachments.add(village, "member", record, two)
    monkeypatch.setattr(attachments, "MOST_ON_RECORD", 100)
    with pytest.raises(TooLarge, match="一共最多100字节"):
        attachments.add(village, "member", record, two)
    monkeypatch.setattr(attachments, "MOST_BYTES", 50)
    with pytest.raises(TooLarge, match="一个文件最多50字节"):
        attachments.add(village, "member", record, two)
    assert on(village, record) == []


def test_only_on_records_that_are_there_and_may_be_written(village: Session, tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", PDF)
    with pytest.raises(NotFound):
        add(village, "0" * 32, path)
    with pytest.raises(NotAllowed):
        add(village, "0" * 32, path, type_name="erasure")
    gone = member(village)
    records.delete(village, "member", gone)
    with pytest.raises(NotFound, match="已经删除"):
        add(village, gone, path)


def test_a_reader_sees_names_and_no_content(village: Session, tmp_path: Path) -> None:
    made = add(village, member(village), written(tmp_path, "a.pdf", PDF))
    village.workspace.operator = village.operator.__class__(village.operator.name, Role.READER)
    for forbidden in (
        lambda: attachments.show(village, made),
        lambda: attachments.save(village, made, tmp_path),
        lambda: attachments.remove(village, [made]),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_name_and_words_are_changed_and_the_ending_is_not(village: Session, tmp_path: Path) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "IMG_0001.pdf", PDF))
    attachments.describe(village, made, {"name": "体检报告.exe", "description": " 第一页\u202e "})
    (found,) = on(village, record)
    assert (found.name, found.description) == ("体检报告.exe.pdf", "第一页")
    attachments.describe(village, made, {"name": "", "description": ""})
    assert (on(village, record)[0].name, on(village, record)[0].description) == ("体检报告.exe.pdf", "")
    # Another program may leave it out; what was erased is said of what was erased alone.
    without = records.slot_edits(village, village.types["attachment"], made, {"name": None})
    village.ledger.write("改", "王芳", edits=without)
    assert on(village, record)[0].name == "（没有文件名）"


def test_what_is_deleted_is_no_longer_there_and_comes_back_with_undo(
    village: Session, tmp_path: Path
) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    changes = attachments.remove(village, [made])
    assert on(village, record) == []
    with pytest.raises(NotFound):
        attachments.show(village, made)
    records.undo(village, changes.stamp)
    assert attachments.show(village, made) == PDF


def test_it_goes_with_its_record_and_comes_back_with_it(village: Session, tmp_path: Path) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    changes = records.delete(village, "member", record)
    assert {name: len(ids) for name, ids in changes.records.items()} == {
        "member": 1, "attachment": 1, "attachment_part": 1,
    }  # fmt: skip
    assert on(village, record) == []
    records.undo(village, changes.stamp)
    assert attachments.show(village, made) == PDF


# -- through a bundle ----------------------------------------------------------------------------------------------


def test_it_travels_with_its_record(village: Session, town: Session, tmp_path: Path) -> None:
    record = member(village)
    data = PDF + bytes(PART_BYTES)
    made = add(village, record, written(tmp_path, "a.pdf", data), description="说明")
    report_up(village, town, tmp_path)
    (found,) = on(town, record)
    assert (found.id, found.description, found.complete) == (made, "说明", True)
    assert attachments.show(town, made) == data
    assert exchange.digest(town, village.unit.id).sha256 == exchange.digest(village).sha256
    # The district writes on a record of the village, and it comes down.
    answered = add(town, record, written(tmp_path, "b.pdf", PDF))
    report_up(village, town, tmp_path)
    assert attachments.show(village, answered) == PDF
    # What belongs to the district is no business of the village.
    own = add(town, member(town), written(tmp_path, "c.pdf", PDF))
    report_up(village, town, tmp_path)
    with pytest.raises(NotFound):
        attachments.show(village, own)
    assert attached.parts_of(village.database, [own]) == []


def test_a_record_that_is_deleted_while_a_file_is_added_is_asked(
    village: Session, town: Session, tmp_path: Path
) -> None:
    record = member(village)
    report_up(village, town, tmp_path)
    records.delete(town, "member", record)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    for session in (village, town):
        held = records.load(session, "member", record)
        assert held is not None
        assert held.life is Life.DISPUTED
        assert attachments.show(session, made) == PDF
    # Once the file is gone as well nothing speaks against it.
    attachments.remove(village, [made])
    assert records.load(village, "member", record).life is Life.DELETED  # type: ignore[union-attr]


def test_a_file_that_is_put_on_a_deleted_record_by_another_is_asked_too(
    village: Session, town: Session, tmp_path: Path
) -> None:
    first, other = member(village), member(village)
    made = add(village, first, written(tmp_path, "a.pdf", PDF))
    records.delete(village, "member", other)
    group = {"kind": "member", "record": other}
    village.ledger.write("改", "王芳", edits=[SlotEdit("attachment", made, "target", group)])
    assert records.load(village, "member", other).life is Life.DISPUTED  # type: ignore[union-attr]
    assert [a.id for a in on(village, other)] == [made]
    village.ledger.write(
        "改", "王芳", edits=[SlotEdit("attachment", made, "target", {**group, "record": first})]
    )
    assert [a.id for a in on(village, first)] == [made]


def test_what_a_merge_brought_is_taken_back_and_lifted_with_its_files(
    village: Session, town: Session, tmp_path: Path
) -> None:
    record = member(village)
    report_up(village, town, tmp_path)
    made = add(village, record, written(tmp_path, "a.pdf", PDF + bytes(PART_BYTES)))
    report_up(village, town, tmp_path)
    withdrawals.withdraw(town, int(town.database.value("SELECT max(id) FROM merge")))
    report_up(village, town, tmp_path)
    assert on(town, record) == on(village, record) == []
    policy.lift(town, *(held.record for held in policy.excluded(town)))
    report_up(village, town, tmp_path)
    for session in (village, town):
        assert [(a.id, a.complete) for a in on(session, record)] == [(made, True)]


def test_two_names_for_one_file_are_a_conflict_that_a_third_name_decides(
    village: Session, town: Session, tmp_path: Path
) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    attachments.describe(village, made, {"name": "甲"})
    attachments.describe(town, made, {"name": "乙"})
    report_up(village, town, tmp_path)
    assert reading.conflicts(town.database) == [("attachment", made, "name")]
    attachments.describe(town, made, {"name": "丙"})
    report_up(village, town, tmp_path)
    assert reading.conflicts(village.database) == []
    assert on(village, record)[0].name == on(town, record)[0].name == "丙.pdf"


def test_a_file_that_is_deleted_and_renamed_is_kept_with_its_content_if_that_is_decided(
    village: Session, town: Session, tmp_path: Path
) -> None:
    made = add(village, member(village), written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    attachments.remove(village, [made])
    attachments.describe(town, made, {"name": "乙"})
    report_up(village, town, tmp_path)
    assert reading.conflicts(town.database) == [("attachment", made, "_deleted")]
    deciding.decide(town, "attachment", made, "_deleted", None)
    report_up(village, town, tmp_path)
    for session in (village, town):
        assert attachments.show(session, made) == PDF


# -- what others may write -----------------------------------------------------------------------------------------


def test_a_content_is_shown_only_when_it_is_what_was_said(village: Session, tmp_path: Path) -> None:
    record = member(village)
    for parts, said, problem in (
        ([b"%PDF-"], {"sha256": "0" * 64}, Spoiled),
        ([b"%PDF-", b"2"], {"parts": 3}, Incomplete),
        ([b"MZ\x90"], {}, Spoiled),
        ([b"\xff\xd8\xff"], {"media": "pdf"}, Spoiled),
        ([b"%PDF-"], {"size": 99 << 20}, Spoiled),
        ([b"%PDF-"], {"size": 4}, Spoiled),
        ([b"%PDF-"], {"sha256": None}, Gone),
        ([b"%PDF-", b"%PDF-"], {"parts": 1}, Spoiled),
        ([b"%PDF-" + bytes(PART_BYTES)], {}, Spoiled),
        ([b"%PDF-"], {"parts": -1}, Spoiled),
    ):
        made = forged(village, record, parts, said)
        with pytest.raises(problem):
            attachments.show(village, made)
    broken = forged(village, record, [b"%PDF-"], {}, encode=lambda data: "not base64!")
    with pytest.raises(Spoiled):
        attachments.save(village, broken, tmp_path)
    whole = forged(village, record, [b"%PDF-", b"2"], {})
    assert attachments.show(village, whole) == b"%PDF-2"


def test_parts_that_another_unit_wrote_do_not_spoil_a_file(
    village: Session, town: Session, tmp_path: Path
) -> None:
    other = station(tmp_path, "330110109201", "双溪村工会", Level.VILLAGE)
    enrol(other, town, tmp_path)
    record, data = member(village), PDF + bytes(PART_BYTES)
    made = add(village, record, written(tmp_path, "a.pdf", data))
    births = [
        NewRecord(
            "attachment_part", other.ledger.new_id(), other.unit.id,
            {"attachment": made, "number": number, "content": "eg=="},
        )
        for number in (1, 2, 3, 1 << 62)
    ]  # fmt: skip
    other.ledger.write("伪造", "王芳", births=births)
    report_up(other, town, tmp_path)
    report_up(village, town, tmp_path)
    assert attachments.show(town, made) == data
    assert on(town, record)[0].here == 2


def forged(
    session: Session, record: str, parts: list[bytes], said: Mapping[str, Any],
    encode: Callable[[bytes], str] = lambda data: base64.b64encode(data).decode(),
) -> str:  # fmt: skip
    """An attachment as somebody else may have written it."""
    data = b"".join(parts)
    made = session.ledger.new_id()
    cells: dict[str, Cell] = {
        "kind": "member", "record": record, "name": "../x.pdf", "media": "pdf", "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "parts": len(parts), **said,
    }  # fmt: skip
    births = [NewRecord("attachment", made, session.unit.id, cells)]
    births += [
        NewRecord(
            "attachment_part", session.ledger.new_id(), session.unit.id,
            {"attachment": made, "number": number, "content": encode(part)},
        )
        for number, part in enumerate(parts, start=1)
    ]  # fmt: skip
    session.ledger.write("伪造", "王芳", births=births)
    return made


def test_the_digest_tells_contents_apart(village: Session, tmp_path: Path) -> None:
    made = add(village, member(village), written(tmp_path, "a.pdf", PDF))
    (part,) = attached.parts_of(village.database, [made])
    digests = {exchange.digest(village).sha256}
    for content in ("A" * 30_000, "B" * 30_000):
        village.ledger.write("改", "王芳", edits=[SlotEdit("attachment_part", part, "content", content)])
        digests.add(exchange.digest(village).sha256)
    assert len(digests) == 3


@pytest.mark.parametrize("kind", ["attachment", "erasure", "no_such_type", None])
def test_nobody_makes_a_knot_of_attachments(village: Session, kind: str | None) -> None:
    made = forged(village, "0" * 32, [b"%PDF-"], {"kind": kind})
    village.ledger.write(
        "改", "王芳", edits=[SlotEdit("attachment", made, "target", {"kind": kind, "record": made})]
    )
    changes = attachments.remove(village, [made])
    assert changes.records["attachment"] == (made,)
    records.undo(village, changes.stamp)


# -- erasing -------------------------------------------------------------------------------------------------------


def test_erasing_a_person_leaves_nothing_of_the_files_at_any_level(
    village: Session, town: Session, tmp_path: Path
) -> None:
    record = member(village)
    data = PDF + b"8d6f5e8b6d" * 9000
    path = written(tmp_path, f"{NAME}.pdf", data)
    made, deleted = (
        add(village, record, path),
        add(village, record, written(tmp_path, "旧.pdf", PDF + b"old")),
    )
    attachments.describe(village, made, {"name": f"{NAME}正面", "description": NAME})
    attachments.remove(village, [deleted])
    report_up(village, town, tmp_path)
    encoded = base64.b64encode(data).decode()
    pieces = [NAME, encoded[90:150], encoded[-40:], base64.b64encode(PDF + b"old").decode()]
    pieces.append(hashlib.sha256(data).hexdigest())
    for session in (village, town):
        assert [piece in texts(session) for piece in pieces] == [True] * len(pieces)
    erasing.erase(village, "member", [record], basis="consent")
    report_up(village, town, tmp_path)
    for session in (village, town):
        assert [piece in texts(session) for piece in pieces] == [False] * len(pieces)
        (found,) = on(session, record)
        assert (found.erased, found.name, found.size) == (True, "（文件名已清除）", 0)
        with pytest.raises(Gone):
            attachments.show(session, made)
    assert exchange.digest(town, village.unit.id).sha256 == exchange.digest(village).sha256
    erased = [line.detail for line in audit.recent(village) if line.action == audit.Act.ERASED]
    assert len(erased) == 3


def put_by(
    other: Session, record: str, name: str, content: bytes = b"\x7a\x08 of somebody else" * 9
) -> tuple[str, str]:
    """What a changed program writes: a file on a record that is not its own; the file, and its content on the wire."""
    made, text = other.ledger.new_id(), base64.b64encode(content).decode()
    cells: dict[str, Cell] = {
        "kind": "member", "record": record, "name": name, "media": "pdf", "size": len(content), "parts": 1,
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    births = [
        NewRecord("attachment", made, other.unit.id, cells),
        NewRecord("attachment_part", other.ledger.new_id(), other.unit.id,
                  {"attachment": made, "number": 1, "content": text}),
    ]  # fmt: skip
    other.ledger.write("伪造", "王芳", births=births)
    return made, text


@pytest.fixture
def other(tmp_path: Path, town: Session) -> Session:
    """A second village of the town."""
    other = station(tmp_path, "330110109201", "双溪村工会", Level.VILLAGE)
    enrol(other, town, tmp_path)
    return other


def test_what_another_unit_puts_on_a_record_is_not_shown_there(
    village: Session, town: Session, other: Session, tmp_path: Path
) -> None:
    record = member(village)
    own = add(village, record, written(tmp_path, "a.pdf", PDF))
    put_by(other, record, NAME)
    report_up(other, town, tmp_path)
    report_up(village, town, tmp_path)
    assert [a.id for a in on(town, record)] == [own]
    # Who was claimed by both shows what both have.
    other.ledger.write("伪造", "王芳", births=[NewRecord("member", record, other.unit.id, {"name": "张三"})])
    report_up(other, town, tmp_path)
    assert len(on(town, record)) == 2


@pytest.mark.parametrize("late", [False, True])
def test_what_others_put_on_a_record_is_erased_above_with_it(
    village: Session, town: Session, other: Session, tmp_path: Path, late: bool
) -> None:
    record = member(village)
    own = add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    _, text = put_by(other, record, NAME)
    part = b"a part for a file that is not its own" * 4
    other.ledger.write("伪造", "王芳", births=[NewRecord(
        "attachment_part", other.ledger.new_id(), other.unit.id,
        {"attachment": own, "number": 2, "content": base64.b64encode(part).decode()})])  # fmt: skip
    pieces = (NAME, text, base64.b64encode(part).decode())
    if not late:
        report_up(other, town, tmp_path)
        assert all(piece in texts(town) for piece in pieces)
    village.ledger.clock.observe(other.database.value("SELECT max(_stamp) FROM r_attachment_part"))
    erasing.erase(village, "member", [record], basis="consent")
    report_up(village, town, tmp_path)
    report_up(other, town, tmp_path)
    for session in (town, other):
        assert not any(piece in texts(session) for piece in pieces)
    said = len(town.database.rows("SELECT 1 FROM r_erasure"))
    report_up(village, town, tmp_path)
    assert len(town.database.rows("SELECT 1 FROM r_erasure")) == said


def test_a_file_with_something_that_only_a_level_above_may_erase_stops_no_merge(
    village: Session, town: Session, other: Session, tmp_path: Path
) -> None:
    record = member(village)
    report_up(village, town, tmp_path)
    made, _ = put_by(other, record, NAME)
    report_up(other, town, tmp_path)
    cells = {"kind": "attachment", "record": made, "name": "附在附件上"}
    town.ledger.write("伪造", "王芳", births=[NewRecord("attachment", "aa" * 16, "bb" * 16, cells)])
    village.ledger.clock.observe(town.ledger.clock.next_stamp())
    erasing.erase(village, "member", [record], basis="consent")
    report_up(village, town, tmp_path)
    assert NAME in texts(town)


def test_files_go_with_a_record_that_another_unit_gets(
    village: Session, town: Session, other: Session, tmp_path: Path
) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    stranger, _ = put_by(other, record, NAME)
    report_up(other, town, tmp_path)
    moved = town.ledger.write("移交", "王芳", edits=[SlotEdit("member", record, "unit", other.unit.id)])
    report_up(other, town, tmp_path)
    report_up(village, town, tmp_path)
    assert attachments.show(other, made) == PDF
    attachments.describe(other, made, {"description": "接手的"})
    report_up(other, town, tmp_path)
    assert [a.description for a in on(town, record) if a.id == made] == ["接手的"]
    assert town.ledger.unit_of("attachment", stranger) == other.unit.id
    assert exchange.digest(town, other.unit.id).sha256 == exchange.digest(other).sha256
    steps.undo(town, moved.stamp or 0)
    assert {town.ledger.unit_of(a.type, a.id) for a in reading.records(
        town.database, town.types, reading.Query("attachment_part"))} == {village.unit.id, other.unit.id}  # fmt: skip


def test_who_got_a_record_erases_no_words_of_who_had_it_and_is_told_so(
    village: Session, town: Session, other: Session, tmp_path: Path
) -> None:
    record = records.save(village, "member", {"name": NAME}).record
    add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    town.ledger.write("移交", "王芳", edits=[SlotEdit("member", record, "unit", other.unit.id)])
    report_up(other, town, tmp_path)
    with pytest.raises(NotAllowed, match="请由上级清除"):
        erasing.erase(other, "member", [record], basis="consent")
    erasing.erase(town, "member", [record], basis="consent")
    report_up(other, town, tmp_path)
    report_up(village, town, tmp_path)
    encoded = base64.b64encode(PDF).decode()
    for session in (town, other, village):
        assert NAME not in texts(session)
        assert encoded not in texts(session)


def test_nobody_has_files_of_others_erased_by_naming_their_record(
    village: Session, town: Session, other: Session, tmp_path: Path
) -> None:
    record = member(village)
    add(village, record, written(tmp_path, "a.pdf", PDF))
    report_up(village, town, tmp_path)
    slots = " ".join(slot.name for slot in erasing.personal_slots(other, "member"))
    said = {"kind": "member", "target": record, "slots": slots, "basis": "consent", "upto": "7" * 16}
    other.ledger.write("伪造", "王芳", births=[NewRecord("erasure", "", other.unit.id, said)])
    report_up(other, town, tmp_path)
    assert attachments.show(town, on(town, record)[0].id) == PDF


def test_what_was_deleted_before_it_was_erased_stays_deleted(village: Session, tmp_path: Path) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    records.delete(village, "member", record)
    erasing.erase(village, "member", [record], basis="consent")
    for name, each in (("member", record), ("attachment", made)):
        held = records.load(village, name, each)
        assert held is not None
        assert (held.life, held.values["name"]) == (Life.DELETED, None)


def test_one_file_is_erased_and_the_others_stay(village: Session, tmp_path: Path) -> None:
    record = member(village)
    made = add(village, record, written(tmp_path, f"{NAME}.pdf", PDF))
    kept = add(village, record, written(tmp_path, "b.pdf", PDF + b"2"))
    erasing.erase(village, "attachment", [made], ["description"], basis="consent")
    assert attachments.show(village, made) == PDF
    erasing.erase(village, "attachment", [made], ["name", "content"], basis="consent")
    assert NAME not in texts(village)
    assert attachments.show(village, kept) == PDF + b"2"
    with pytest.raises(Gone):
        attachments.show(village, made)


def test_where_only_a_part_is_erased_the_files_stay(village: Session, tmp_path: Path) -> None:
    record = records.save(village, "member", {"name": "张三", "phone": "13812340000"}).record
    made = add(village, record, written(tmp_path, "a.pdf", PDF))
    erasing.erase(village, "member", [record], ["phone"], basis="consent")
    assert attachments.show(village, made) == PDF


# -- together ------------------------------------------------------------------------------------------------------


def test_files_of_records_that_are_one_are_shown_together(village: Session, tmp_path: Path) -> None:
    one, other = member(village), member(village)
    ids = {
        add(village, one, written(tmp_path, "a.pdf", PDF)),
        add(village, other, written(tmp_path, "b.pdf", PDF + b"2")),
    }
    duplicates.merge(village, "member", (one, other))
    assert {a.id for a in on(village, one)} == {a.id for a in on(village, other)} == ids
    third = add(village, other, written(tmp_path, "c.pdf", PDF + b"3"))
    assert len(on(village, one)) == 3
    records.delete(village, "member", one)
    assert on(village, other) == []
    with pytest.raises(NotFound):
        attachments.show(village, third)


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_words(n) for n in (0, 999, 1_000, 48_000, 1 << 20, 5 << 19)] == [
        "0字节", "999字节", "1 KB", "47 KB", "1 MB", "2.5 MB",
    ]  # fmt: skip
