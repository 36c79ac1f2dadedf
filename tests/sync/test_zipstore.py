"""Containers: `unzip` reads ours, and nothing that could be read in two ways is read at all."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from desktop.errors import Problem
from desktop.sync import errors
from desktop.sync.formats import zipstore

NAMES = re.compile(r"[a-c]\.txt|parts/[0-9]\.txt")
CONTENTS = {"a.txt": b"first", "parts/1.txt": b"second, a little longer", "c.txt": b"third"}


def written(contents: dict[str, bytes] = CONTENTS) -> bytes:
    stream = io.BytesIO()
    writer = zipstore.Writer(stream)
    for name, data in contents.items():
        writer.add(name, data)
    writer.finish()
    return stream.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    stream = io.BytesIO(data)
    entries = zipstore.list_entries(stream, NAMES, 5)
    return {name: zipstore.read_entry(stream, entry, 100) for name, entry in entries.items()}


def python_zip(*entries: tuple[str, bytes], **options: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **options) as archive:  # type: ignore[call-overload]
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, options.get("compression", zipfile.ZIP_STORED))
    return stream.getvalue()


def test_reads_what_it_writes() -> None:
    assert read(written()) == CONTENTS


def test_other_programs_read_what_it_writes() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == CONTENTS


def test_reads_a_plain_stored_zip_of_another_program() -> None:
    assert read(python_zip(*CONTENTS.items())) == CONTENTS


def test_equal_contents_make_equal_files() -> None:
    assert written() == written()


def test_central_record_is_the_one_of_the_entry() -> None:
    entry = zipstore.Entry("a.txt", 5, 1, 0)
    assert len(entry.central_header()) == 46 + 5


def patched(data: bytes, offset: int, new: bytes) -> bytes:
    return data[:offset] + new + data[offset + len(new) :]


def directory_start() -> int:
    return int(struct.unpack("<L", written()[-6:-2])[0])


def with_comment() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", b"x")
        archive.comment = b"hello"
    return stream.getvalue()


def with_extra() -> bytes:
    stream = io.BytesIO()
    info = zipfile.ZipInfo("a.txt")
    info.extra = struct.pack("<HH", 0x9999, 0)
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, b"x")
    return stream.getvalue()


def with_gap() -> bytes:
    """Something between the last entry and the directory, which the directory admits to."""
    data, start = written(), directory_start()
    moved = data[:start] + b"hidden" + data[start:]
    return patched(moved, len(moved) - 6, struct.pack("<L", start + 6))


def with_gap_between() -> bytes:
    """Something between two entries; the directory says where the second one begins."""
    first, content = zipstore.Entry("a.txt", 5, zlib.crc32(b"first"), 0), b"first"
    second = zipstore.Entry("b.txt", 5, first.crc, first.end + 6)
    data = first.local_header() + content + b"hidden" + second.local_header() + content
    directory = first.central_header() + second.central_header()
    return data + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(data), 0)


def with_overlap() -> bytes:
    """Two names for the bytes of one entry."""
    entry = zipstore.Entry("a.txt", 5, 0, 0)
    local = entry.local_header() + b"first"
    directory = entry.central_header() + zipstore.Entry("b.txt", 5, 0, 0).central_header()
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(local), 0)
    return local + directory + end


def with_local_name() -> bytes:
    return patched(written(), 30, b"b.txt")


def with_local_size() -> bytes:
    return patched(written(), 22, struct.pack("<L", 4))


def with_long_directory() -> bytes:
    """More directory than there are entries."""
    data, start = written(), directory_start()
    length = len(data) - 22 - start
    return data[:-22] + bytes(4) + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, length + 4, start, 0)


def with_short_directory() -> bytes:
    data, start = written(), directory_start()
    length = len(data) - 22 - start
    return data[:-22] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5, 5, length, start, 0)


def with_symlink() -> bytes:
    """A link is an entry like any other here: its name is on the list or not, and it is never extracted."""
    stream = io.BytesIO()
    info = zipfile.ZipInfo("../a.txt")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, b"/etc/passwd")
    return stream.getvalue()


ATTACKS: dict[str, tuple[Callable[[], bytes], type[Problem]]] = {
    "nothing": (lambda: b"", errors.CutShort),
    "the first two bytes": (lambda: b"PK", errors.CutShort),
    "the first header": (lambda: written()[:30], errors.CutShort),
    "without its last byte": (lambda: written()[:-1], errors.CutShort),
    "a short beginning": (lambda: b"PK\x03\x04", errors.CutShort),
    "another kind of file": (lambda: b"%PDF-1.7 ...", errors.NotABundle),
    "zeros, as after a power cut": (lambda: bytes(5000), errors.NotABundle),
    "an empty zip": (lambda: written({}), errors.NotABundle),
    "something before": (lambda: b"MZ" + written(), errors.NotABundle),
    "something behind": (lambda: written() + b"x", errors.CutShort),
    "a comment": (with_comment, errors.CutShort),
    "path upward": (lambda: python_zip(("../a.txt", b"x")), errors.BadEntryName),
    "path from the root": (lambda: python_zip(("/a.txt", b"x")), errors.BadEntryName),
    "path of Windows": (lambda: python_zip(("parts\\..\\a.txt", b"x")), errors.BadEntryName),
    "folder": (lambda: python_zip(("parts/", b"")), errors.BadEntryName),
    "name with a zero byte": (lambda: written().replace(b"c.txt", b"c\0txt"), errors.BadEntryName),
    "name with a line end": (lambda: python_zip(("a.txt\n", b"x")), errors.BadEntryName),
    "name in Chinese": (lambda: python_zip(("清单.txt", b"x")), errors.BadEntryName),
    "link": (with_symlink, errors.BadEntryName),
    "the same name twice": (lambda: written().replace(b"c.txt", b"a.txt"), errors.DoubledEntry),
    "compressed": (lambda: python_zip(("a.txt", b"x" * 99), compression=zipfile.ZIP_DEFLATED),
                   errors.HeadersUnequal),
    "encrypted": (lambda: patched(patched(written(), 6, b"\1"), directory_start() + 8, b"\1"),
                  errors.HeadersUnequal),
    "extra field": (with_extra, errors.HeadersUnequal),
    "gap": (with_gap, errors.HeadersUnequal),
    "gap between entries": (with_gap_between, errors.HeadersUnequal),
    "overlap": (with_overlap, errors.HeadersUnequal),
    "another name in the local header": (with_local_name, errors.HeadersUnequal),
    "another size in the local header": (with_local_size, errors.HeadersUnequal),
    "size beyond the directory": (lambda: patched(patched(written(), directory_start() + 20, b"\xff\xff\xff\x7f"),
                                                  directory_start() + 24, b"\xff\xff\xff\x7f"),
                                  errors.HeadersUnequal),
    "two different sizes": (lambda: patched(written(), directory_start() + 20, b"\1"), errors.HeadersUnequal),
    "directory too long": (with_long_directory, errors.HeadersUnequal),
    "directory too short": (with_short_directory, errors.HeadersUnequal),
    "counts that differ": (lambda: patched(written(), len(written()) - 14, b"\1"), errors.HeadersUnequal),
    "too many entries": (lambda: python_zip(*[(f"parts/{i}.txt", b"") for i in range(6)]), errors.TooBig),
    "too large an entry": (lambda: written({"a.txt": bytes(101)}), errors.TooBig),
    "content changed": (lambda: written().replace(b"third", b"THIRD"), errors.EntryChanged),
}  # fmt: skip


@pytest.mark.parametrize(("make", "error"), ATTACKS.values(), ids=[n.replace(" ", "-") for n in ATTACKS])
def test_refuses(make: Callable[[], bytes], error: type[Problem]) -> None:
    with pytest.raises(error) as caught:
        read(make())
    assert type(caught.value) is error


def test_refuses_every_truncation() -> None:
    whole = written()
    for length in range(len(whole)):
        with pytest.raises(errors.Damaged):
            read(whole[:length])


def test_a_file_that_shrinks_while_it_is_read_is_cut_short() -> None:
    stream = io.BytesIO(written())
    entries = zipstore.list_entries(stream, NAMES, 5)
    stream.truncate(entries["c.txt"].end - 1)
    with pytest.raises(errors.CutShort):
        zipstore.read_entry(stream, entries["c.txt"], 100)


class Sparse(io.BytesIO):
    """A stream that says it is 5 GB long."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return 5 << 30 if whence == 2 else super().seek(offset, whence)


def test_refuses_more_than_a_stick_holds() -> None:
    with pytest.raises(errors.TooBig):
        zipstore.list_entries(Sparse(written()), NAMES, 5)


def test_does_not_write_more_than_a_stick_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipstore, "MAX_FILE", 50)
    with pytest.raises(errors.TooBig):
        written()
