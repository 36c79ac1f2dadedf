"""A folder on the command line: what is new in it is merged in turn, what is known is left out, nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.calling import Places, answer, record, run


def send(places: Places, folder: Path, name: str) -> None:
    record(places.town, "enterprise", {"name": f"公司{name}"})
    answer("send", places.town, folder / name)


def test_a_folder_is_merged_in_turn_without_what_is_known(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "收件 文件夹"
    folder.mkdir()
    send(places, folder, "b.xsj")
    assert answer("merge", places.district, folder)["bundles"][0]["applied"] == 1
    send(places, folder, "z.xsj")
    send(places, folder, "a.xsj")
    shutil.copy(folder / "z.xsj", folder / "z 副本.xsj")
    (folder / "坏.xsj").write_bytes(b"PK")
    done = run("merge", places.district, folder, "--preview")
    assert "要合并的数据包3个，收过的和相同的2个没有再合并" in done.stderr
    done = run("merge", places.district, folder, "--receipts", folder / "回执")
    assert done.exit_code == 15
    merged = [line.partition("：")[0] for line in done.stdout.splitlines() if "第" in line]
    assert merged == ["z 副本.xsj", "a.xsj"]
    assert "本月还没有报送的下级" not in done.stdout
    assert answer("list", places.district, "enterprise")["total"] == 3
    (folder / "坏.xsj").rename(folder / "坏")
    assert "里的4个数据包都收过了" in run("merge", places.district, folder).stderr
    assert len(list((folder / "回执").iterdir())) == 1
    assert {p.name for p in folder.glob("*.xsj")} == {"a.xsj", "b.xsj", "z.xsj", "z 副本.xsj"}


def test_an_empty_folder_is_no_mistake_and_names_who_has_sent_nothing(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "空"
    folder.mkdir()
    done = run("merge", places.district, folder)
    assert done.exit_code == 0
    assert "文件夹“空”里没有数据包（.xsj）。请核对" in done.stderr
    assert "本月还没有报送的下级：北山街道总工会" in done.stdout
    assert answer("merge", places.district, folder)["bundles"] == []
    assert run("merge", places.district, tmp_path / "没有").exit_code == 2
