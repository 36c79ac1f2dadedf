"""Nothing personal lies in clear: a whole story is played, then every file that was written anywhere is searched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.killing import ENDED
from tests.operations.at_rest import PERSONAL, Places, give

ROOT = Path(__file__).parents[2]
ASKED = {"会员.xlsx", "采集表.xlsx", "退回.xlsx"}
"""What the user asked for in clear. Beside them there is the letter as PDF, whose name says its number."""
PATIENCE_S = 120
CRASHED = 3 if sys.platform == "win32" else -signal.SIGSEGV
"""What is left of who crashes; on Windows the library of C says so."""


if sys.platform == "win32":
    LEAVE_CORES = None
else:
    import resource

    def LEAVE_CORES() -> None:
        """A machine on which a crash leaves the whole memory in a file."""
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@dataclass
class Story:
    """A story that was played: its folder, what the processes said, and what they opened for writing."""

    base: Path
    said: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    opened: set[Path] = field(default_factory=set)


def play(base: Path) -> Story:
    """Three processes with a home, a temporary folder and a working folder of their own."""
    story = Story(base)
    home = {name: base / name for name in ("home", "config", "data", "cache", "state", "run", "tmp", "here")}
    for folder in home.values():
        folder.mkdir()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("XIAOSANJI_", "XDG_"))}
    environment = {
        **clean, "HOME": str(home["home"]), "TMPDIR": str(home["tmp"]), "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(home["config"]), "XDG_DATA_HOME": str(home["data"]),
        "XDG_CACHE_HOME": str(home["cache"]), "XDG_STATE_HOME": str(home["state"]),
        "XDG_RUNTIME_DIR": str(home["run"]), "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(home["data"]),
        "TEMP": str(home["tmp"]), "TMP": str(home["tmp"]), "QT_QPA_PLATFORM": "offscreen",
        "XIAOSANJI_FONTS": "bundle", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    home["run"].chmod(0o700)
    give(Places(base))
    for act in ("work", "window", "crash"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.operations.at_rest", act, str(base)], cwd=home["here"], env=environment,
            capture_output=True, timeout=PATIENCE_S, check=False, preexec_fn=LEAVE_CORES,
        )  # fmt: skip
        story.codes[act] = done.returncode
        story.said += [done.stdout.decode("utf-8"), done.stderr.decode("utf-8")]
        lines = done.stdout.decode("utf-8").splitlines()
        story.opened |= {Path(line.removeprefix("opened ")) for line in lines if line.startswith("opened ")}
    return story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return play(tmp_path_factory.mktemp("at-rest"))


def writings(value: str) -> Iterator[bytes]:
    """A value in every way in which a file may hold it."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield value.encode(encoding)
    escapes = [f"{ord(c):04x}" for c in value]
    if not value.isascii():
        yield "".join(f"\\u{e}" for e in escapes).encode()
        yield "".join(f"\\u{e.upper()}" for e in escapes).encode()
        yield "".join(f"\\x{e}" for e in escapes).encode()  # QSettings
        yield "".join(f"%{b:02X}" for b in value.encode()).encode()
        yield "".join(f"%{b:02x}" for b in value.encode()).encode()


NEEDLES = {name: tuple(dict.fromkeys(writings(value))) for name, value in PERSONAL.items()}


def found_in(data: bytes) -> set[str]:
    """The names of the personal values that stand in some bytes."""
    return {name for name, ways in NEEDLES.items() if any(way in data for way in ways)}


def contents(path: Path) -> Iterator[bytes]:
    """The name of a file, what it holds, and what it holds packed."""
    yield str(path).encode()
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.namelist():
                yield entry.encode()
                yield packed.read(entry)


def files(story: Story) -> list[Path]:
    """Every file of the story but what was given to it."""
    given = story.base / "given"
    return [p for p in story.base.rglob("*") if p.is_file() and not p.is_relative_to(given)]


def test_the_story_was_played_to_its_three_ends(story: Story) -> None:
    assert story.codes == {"work": 0, "window": ENDED, "crash": CRASHED}, "\n".join(
        text[-3000:] for text in story.said
    )
    names = {p.name for p in files(story)}
    assert {"ledger.db", "ledger.db-wal", "drafts.db", "keys.json", "faults.txt", "crash.txt", "window.ini",
            "attempts.json"} <= names  # fmt: skip
    assert any(p.suffix == ".journal" for p in files(story))
    assert sum(p.suffix == ".xsj" for p in files(story)) >= 6


def test_nothing_personal_lies_in_clear_in_any_file_or_its_name(story: Story) -> None:
    asked = story.base / "asked"
    leaks = {
        str(path.relative_to(story.base)): names
        for path in files(story)
        if not path.is_relative_to(asked)
        and (names := set().union(*(found_in(data) for data in contents(path))))
    }
    assert leaks == {}


def test_only_what_the_user_asked_for_stands_in_clear(story: Story) -> None:
    asked = list((story.base / "asked").iterdir())
    assert {p.name for p in asked if p.suffix == ".xlsx"} <= ASKED | {"采集表-未填完整.xlsx"}
    (letter,) = (p for p in asked if p.suffix == ".pdf")
    assert found_in(letter.name.encode()) == set()
    # That the search finds what is there: masked rows are not, whole ones are.
    whole = set().union(*(found_in(data) for data in contents(story.base / "asked" / "会员.xlsx")))
    assert {"member", "member number", "member phone", "imported number"} <= whole
    returned = set().union(*(found_in(data) for data in contents(story.base / "asked" / "退回.xlsx")))
    assert "returned number" in returned


def test_no_process_says_anything_personal(story: Story) -> None:
    spoken = "\n".join(story.said)
    assert found_in(spoken.encode()) == set()
    assert "程序内部出错" in spoken
    assert "told 2" in spoken


def test_nothing_is_written_where_it_was_not_looked_for(story: Story) -> None:
    beyond = {p for p in story.opened if not p.is_relative_to(story.base) and not str(p).startswith("/dev/")}
    assert beyond == set()
    # What is written for a moment only could be left behind by a power cut: temporary folders are not used at all.
    assert not [p for p in story.opened if p.is_relative_to(story.base / "tmp")]
    assert list((story.base / "here").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX leaves one beside the program")
def test_a_crash_leaves_no_image_of_the_memory(story: Story) -> None:
    """Where the system puts one is its own affair, so that there may be none is asked of the process."""
    assert "core file of at most 0\n" in story.said[4]


@pytest.mark.parametrize("name", PERSONAL)
def test_the_search_would_find_each_value_in_each_writing(name: str) -> None:
    assert all(name in found_in(b"x" + way + b"y") for way in NEEDLES[name])
