"""``attach``: adding, listing, saving and deleting the files of a record."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.calling import answer, make, record, run
from tests.operations.files import PDF, jpeg, office, written


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return make(tmp_path / "镇")


def test_files_are_added_listed_saved_deleted_and_undone(town: Path, tmp_path: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    of = ("attach", town, "enterprise", made["id"])
    assert run(*of).stderr.endswith("没有附件。\n")
    photo = written(tmp_path, "门头.jpg", jpeg(2500, 1500, place=True))
    added = answer(*of, photo, written(tmp_path, "合同.pdf", PDF), "--description", "第一批")
    listed = answer(*of)["attachments"]
    assert [(a["name"], a["media"], a["width"], a["description"], a["complete"]) for a in listed] == [
        ("门头.jpg", "jpg", 2000, "第一批", True), ("合同.pdf", "pdf", 0, "第一批", True),
    ]  # fmt: skip
    assert added["added"] == [a["id"] for a in listed]
    told = run(*of)
    assert "合同.pdf" in told.stdout
    assert "附件2个，共" in told.stderr
    shown = run("show", town, "enterprise", made["id"])
    assert "附件：2个" in shown.stdout
    out = tmp_path / "存出"
    saved = answer(*of, "--save", out)
    assert [Path(p).name for p in saved["files"]] == ["门头.jpg", "合同.pdf"]
    with Image.open(out / "门头.jpg") as picture:
        assert not dict(picture.getexif())
    assert (out / "合同.pdf").read_bytes() == PDF
    neutral = run(*of, "--save", out, "--neutral")
    assert neutral.exit_code == 0
    assert "合同" not in neutral.stdout
    removed = answer(*of, "--remove", listed[1]["id"])
    assert [a["name"] for a in answer(*of)["attachments"]] == ["门头.jpg"]
    answer("undo", town, removed["operation"])
    assert len(answer(*of)["attachments"]) == 2
    more = answer(*of, written(tmp_path, "多.pdf", PDF + bytes(200_000)))
    assert "添加附件" in run("operations", town).stdout
    answer("undo", town, more["operation"])
    assert len(answer(*of)["attachments"]) == 2


def test_what_cannot_be_kept_is_named_and_the_rest_is_added(town: Path, tmp_path: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    of = ("attach", town, "enterprise", made["id"])
    data = jpeg(60, 40, place=True)
    told = run(*of, written(tmp_path, "a.jpg", data), written(tmp_path, "b.exe", b"MZ"), "--original")
    assert told.exit_code == 2
    assert told.stdout.startswith("已添加附件1个。操作")
    assert "“b.exe”：不是可以添加的文件。" in told.stderr
    again = run(*of, tmp_path / "a.jpg", "--original", written(tmp_path, "c.pdf", PDF))
    assert "“a.jpg”已经有了" in again.stderr
    saved = answer(*of, "--save", tmp_path / "out")
    assert (tmp_path / "out" / "a.jpg").read_bytes() == data == Path(saved["files"][0]).read_bytes()
    assert (
        "GPS" in repr(Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)) or b"SecretCameraMaker" in data
    )


def test_one_thing_at_a_time_and_only_what_is_there(town: Path, tmp_path: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    of = ("attach", town, "enterprise", made["id"])
    path = written(tmp_path, "a.docx", office("word/document.xml"))
    assert run(*of, path, "--save", tmp_path).exit_code == 2
    assert run(*of, "--remove", "0" * 32).exit_code == 22
    assert run("attach", town, "enterprise", "0" * 32, path).exit_code == 22
    (added,) = answer(*of, path)["added"]
    # Once it is erased it can neither be saved nor be told from what is gone.
    assert run("erase", town, "attachment", added, "--basis", "consent", "--yes").exit_code == 0
    assert "（内容已清除）" in run(*of).stdout
    told = run(*of, "--save", tmp_path / "out")
    assert told.exit_code == 22
    assert "已经清除" in told.stderr
    assert run("delete", town, "attachment", added).exit_code == 14


def test_no_list_and_no_workbook_has_a_content(town: Path, tmp_path: Path) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    answer("attach", town, "enterprise", made["id"], written(tmp_path, "a.pdf", PDF))
    for call in (
        ("list", town, "attachment_part", "--reveal", "--json"),
        ("list", town, "attachment_part", "--reveal"),
        ("search", town, "JVBER"),
        (
            "show",
            town,
            "attachment",
            answer("list", town, "attachment")["records"][0]["id"],
            "--reveal",
            "--json",
        ),
        (
            "history",
            town,
            "attachment_part",
            answer("list", town, "attachment_part")["records"][0]["id"],
            "--reveal",
        ),
    ):
        told = run(*call)
        assert told.exit_code == 0, told.stderr
        assert "JVBERi" not in told.stdout, call


def test_files_are_counted_as_files_and_numbers_of_people_in_their_names_are_masked(
    town: Path, tmp_path: Path
) -> None:
    (made,) = record(town, "enterprise", {"name": "甲公司"})
    of = ("attach", town, "enterprise", made["id"])
    large = PDF + bytes(200_000)
    names = ("330106198001012222 李四.pdf", "13812345678.pdf", "20261128.pdf")
    answer(*of, *(written(tmp_path, name, large + bytes([n])) for n, name in enumerate(names)))
    shown = ["330106********2222 李四.pdf", "138****5678.pdf", "20261128.pdf"]
    assert [a["name"] for a in answer(*of)["attachments"]] == shown
    (step, _) = answer("operations", town)["operations"]
    assert (step["records"], step["files"]) == (0, 3)
    told = run("operations", town).stdout
    assert "330106********2222 李四.pdf等  3个附件" in told
    assert "198001" not in told + run(*of).stdout
    assert "，涉及1条记录、3个附件。" in run("delete", town, "enterprise", made["id"]).stdout
    assert "1条、3个附件" in run("operations", town, "--limit", "1").stdout
    run("undo", town, answer("operations", town)["operations"][0]["operation"])
    more = answer(*of, written(tmp_path, "更多.pdf", large + b"4"))
    assert "，涉及1个附件。" in run("undo", town, more["operation"]).stdout
