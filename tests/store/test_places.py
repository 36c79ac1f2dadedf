"""Where a workspace may lie: not on a network, by whatever name the system gives it; and one program at a time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import pytest

from desktop.store.tables.database import ReadOnlyPlace
from desktop.store.workspaces import places
from desktop.store.workspaces.places import (
    InUse,
    NetworkPlace,
    file_system,
    refuse_network,
    service_of,
    synced_by,
    take_lock,
    take_lock_to_read,
)

MOUNTS = """/dev/sda1 / ext4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
nas:/home /home/nas nfs4 rw 0 0
/dev/sdb1 /mnt/my\\040disk ext4 rw 0 0
/dev/sdc1 /mnt/nas/inside ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/user/区", "ext4"),
        ("/mnt/nas", "cifs"),
        ("/mnt/nas/工会/台账", "cifs"),
        ("/mnt/nasty", "ext4"),
        ("/mnt/nas/inside/x", "ext4"),
        ("/home/nas/x", "nfs4"),
        ("/mnt/my disk/x", "ext4"),
    ],
)
def test_the_kind_of_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system(path, MOUNTS) == kind


@pytest.mark.parametrize("path", ["\\\\server\\share\\台账", "//server/share"])
def test_a_network_path_is_refused_by_its_name(path: str) -> None:
    with pytest.raises(NetworkPlace) as told:
        refuse_network(Path(path))
    assert told.value.exit_code == 31
    assert "本机硬盘" in str(told.value)


@pytest.mark.skipif(sys.platform == "win32", reason="drives are asked of the system there")
def test_a_mounted_share_is_refused_and_a_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mounts"
    monkeypatch.setattr(places, "_MOUNTS", table)
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\n//nas/x {tmp_path} cifs rw 0 0\n", "utf-8")
    with pytest.raises(NetworkPlace):
        refuse_network(tmp_path / "台账")
    table.write_text("/dev/sda1 / ext4 rw 0 0\n", "utf-8")
    refuse_network(tmp_path / "台账")


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (r"C:\Users\王芳\OneDrive\文档\小三级\径山村工会", "OneDrive"),
        (r"C:\Users\王芳\onedrive - 余杭区总工会\台账", "OneDrive"),
        (r"D:\我的云\台账", "OneDrive"),
        (r"C:\Users\王芳\WPSDrive\267329050\WPS云盘\台账", "WPS云盘"),
        (r"C:\Users\王芳\WPSDrive\267329050\WPS企业云盘\台账", "WPS云盘"),
        (r"C:\Users\王芳\Documents\WPS Cloud Files\105425\台账", "WPS云盘"),
        ("/home/wang/Nutstore Files/王芳的坚果云/台账", "坚果云"),
        (r"D:\我的坚果云\台账", "坚果云"),
        (r"E:\BaiduSyncdisk\台账", "百度网盘"),
        (r"E:\BaiduNetdiskWorkspace\台账", "百度网盘"),
        ("/home/wang/Dropbox/台账", "Dropbox"),
        (r"C:\Users\王芳\Documents\小三级\径山村工会", ""),
        (r"D:\我的云盘资料\台账", ""),
        (r"E:\BaiduNetdiskDownload\台账", ""),
        ("/home/wang/OneDrive的备份/台账", ""),
    ],
)
def test_a_folder_that_a_service_keeps_equal_with_the_net_is_known(path: str, service: str) -> None:
    environment = {
        "OneDrive": r"C:\Users\王芳\OneDrive",
        "OneDriveCommercial": "d:\\我的云\\",
        "OneDriveConsumer": "",
    }
    assert service_of(path, environment) == service


@pytest.mark.skipif(sys.platform == "win32", reason="only administrators make such links there")
def test_it_is_known_by_whatever_way_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "盘" / "文档").mkdir(parents=True)
    (tmp_path / "文档").symlink_to(tmp_path / "盘" / "文档")
    for said in (tmp_path / "文档", tmp_path / "盘" / "文档"):
        monkeypatch.setenv("OneDrive", str(said))
        assert synced_by(tmp_path / "文档" / "小三级") == "OneDrive"
        assert synced_by(tmp_path / "盘" / "文档") == "OneDrive"
        assert synced_by(tmp_path / "盘") == ""


def test_a_lock_is_held_by_one_and_given_back(tmp_path: Path) -> None:
    held = take_lock(tmp_path / "lock")
    with pytest.raises(InUse) as told:
        take_lock(tmp_path / "lock")
    assert told.value.exit_code == 23
    held.close()
    take_lock(tmp_path / "lock").close()


def test_where_nothing_can_be_written_the_lock_that_is_there_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may write in the folder holds it; who may not looks at the same file, and needs none where there is none."""
    holder = take_lock(tmp_path / "lock")

    def refused(_path: Path) -> NoReturn:
        raise ReadOnlyPlace("")

    monkeypatch.setattr(places, "take_lock", refused)
    with pytest.raises(InUse):
        take_lock_to_read(tmp_path / "lock")
    holder.close()
    reader = take_lock_to_read(tmp_path / "lock")
    assert not reader.writable()
    with pytest.raises(InUse):
        take_lock(tmp_path / "lock")
    reader.close()
    take_lock_to_read(tmp_path / "none").close()
    assert not (tmp_path / "none").exists()
