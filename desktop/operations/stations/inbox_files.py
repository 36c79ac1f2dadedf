"""Looking at a folder in which files arrive: which are whole, which are still being copied, which cannot be read.

Nothing here knows a database, so that a window can look in a thread that a dead share may hold up.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import EnvironmentProblem, Problem, UsageProblem
from desktop.operations.stations.traffic import Progress
from desktop.operations.workspaces.recovery import REQUEST as RECOVERY
from desktop.operations.workspaces.wiping import ENDING
from desktop.sync.bundles import envelope
from desktop.sync.enrolling import acks, enrolment, grants, recovery, requests, wiped
from desktop.sync.errors import CutShort
from desktop.sync.errors.surroundings import ReadOnly, surroundings
from desktop.sync.formats.files import read_limited
from desktop.sync.signed.manifest import Manifest, Person
from desktop.sync.signed.persons import key_id

BUNDLE, REQUEST, GRANT, ACKNOWLEDGEMENT = ".xsj", ".xsq", ".xsg", ".xsa"
WIPED: Final = ENDING
SMALL_FILES: Final = (REQUEST, GRANT, ACKNOWLEDGEMENT, RECOVERY, WIPED)
"""Files that are no bundles: each has a part of the window that takes it."""
KNOWN_FILES: Final = (BUNDLE, *SMALL_FILES)

SETTLE_S: Final = 1.0
"""A file that was written to lately must keep size and time for so long before it is read."""
PATIENCE_S: Final = 30.0
"""So long a file that cannot be read may still be on its way; afterwards it is looked at again as seldom."""
_OLD_S: Final = 60.0
_LONG_AGO_S: Final = 600.0


class FolderGone(EnvironmentProblem):
    """The inbox cannot be opened."""

    next_step = "插好U盘或连上共享文件夹，会自动接着看；也可以换一个文件夹。已经登记和合并的内容都在。"


class BadFileName(UsageProblem):
    """The name of a file is not text."""

    next_step = "请把它改一个名字（结尾仍是 .xsj）。"


Identity = tuple[Path, int, int]
"""A file with this size and time: this content, as far as the disk tells."""


@dataclass(frozen=True, slots=True)
class Look:
    """One file as it was last looked at.

    ``digest`` is the identity of what was read after it had come to rest, empty for as long as it was not; then
    ``problem`` says why it cannot be read, or, without one, it is still being copied. ``said`` is what a bundle says
    of itself with nothing verified; of a request ``name`` is the unit and ``about`` the station, of an acknowledgement
    ``about`` is the digest of the certificate, of a request for recovery that of the request, and of the word of a
    wiped computer the station. ``signers`` are the persons of a bundle under whose names signatures stand, with nothing
    verified.
    """

    path: Path
    size: int
    modified: int
    digest: str = ""
    said: Manifest | None = None
    name: str = ""
    about: str = ""
    problem: Problem | None = None
    signers: frozenset[Person] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether it was read and had come to rest."""
        return self.digest != ""

    @property
    def kind(self) -> str:
        """The ending of its name, in small letters."""
        return self.path.suffix.lower()

    @property
    def shown_name(self) -> str:
        """Its name for people, whatever bytes it has."""
        return _shown(self.path.name)

    @property
    def identity(self) -> Identity:
        """What the disk tells of it; another content has another one."""
        return self.path, self.size, self.modified


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder, or why it could not be opened; ``unsettled`` when some are still being copied."""

    folder: Path
    looks: tuple[Look, ...] = ()
    problem: Problem | None = None

    @property
    def unsettled(self) -> bool:
        """Whether it is worth looking again soon."""
        return any(not look.whole and look.problem is None for look in self.looks)


@dataclass(slots=True)
class _Kept:
    """What is remembered of a file: since when it has this size and time, the look, and the last one in vain."""

    since: float
    look: Look
    tried: float = float("-inf")


class Watch:
    """Looks at a folder again and again; what has not changed is not read again. Used by one thread at a time."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, clock: Callable[[], float] = time.time
    ) -> None:
        self._now, self._clock = now, clock
        self._kept: dict[Path, _Kept] = {}

    def look(self, folder: Path, progress: Progress | None = None) -> Listing:
        """The folder's files by name; ``progress`` may raise to give up."""
        try:
            found = _candidates(folder)
        except OSError as error:
            self._kept = {}
            return Listing(folder, problem=_gone(folder, error))
        before, self._kept = self._kept, {}
        for number, (path, size, modified) in enumerate(found):
            if progress is not None:
                progress(number, len(found), _shown(path.name))
            kept = before.get(path)
            if kept is None or kept.look.identity != (path, size, modified):
                kept = _Kept(self._now(), Look(path, size, modified))
            self._take(kept)
            self._kept[path] = kept
        if any(not k.look.whole for k in self._kept.values()) and not folder.is_dir():
            return self.look(folder, progress)
        return Listing(folder, tuple(kept.look for kept in self._kept.values()))

    def _take(self, kept: _Kept) -> None:
        """Reads a file that may be whole; one that cannot be read may still be on its way for a while."""
        look, now = kept.look, self._now()
        quiet, age = now - kept.since, self._clock() - look.modified / 1e9
        coming = quiet < PATIENCE_S and age < _LONG_AGO_S
        if look.whole or (quiet < SETTLE_S and age < _OLD_S):
            return
        if not coming and now - kept.tried < PATIENCE_S:
            return
        found = tried(look)
        if found.problem is not None and coming:
            return
        kept.tried = now
        if not found.whole or _stamp(look.path) == (look.size, look.modified):
            kept.look = found


def look_once(folder: Path) -> Listing:
    """The folder's files as they are now, for who does not wait for them."""
    try:
        return Listing(folder, tuple(tried(Look(*found)) for found in _candidates(folder)))
    except OSError as error:
        return Listing(folder, problem=_gone(folder, error))


def tried(look: Look) -> Look:
    """The look after reading the file, with its problem where it cannot be read."""
    try:
        return read(look)
    except Problem as problem:
        return Look(*look.identity, problem=problem)


def read(look: Look) -> Look:
    """What a file says of itself; raises what reading it raises."""
    path = look.path
    if path.name != look.shown_name:
        raise BadFileName("文件名里有这台电脑不认识的字。")
    match look.kind:
        case suffix if suffix == BUNDLE:
            opened = envelope.read_bundle(path)
            bundle, signed = envelope.look(opened), {s.keyid for s in opened.signed.signatures[1:]}
            signers = frozenset(person for person in bundle.persons if key_id(person.key) in signed)
            return Look(*look.identity, opened.digest, bundle, signers=signers)
        case suffix if suffix == REQUEST:
            data = _small(path, enrolment.MAX_SMALL * 2)
            asked = requests.read_request(data)
            return Look(*look.identity, asked.digest, None, asked.wish.name, asked.keys.station)
        case suffix if suffix == ACKNOWLEDGEMENT:
            data = _small(path, enrolment.MAX_SMALL * 2)
            about = acks.acknowledged_certificate(data)
            return Look(*look.identity, hashlib.sha256(data).hexdigest(), about=about)
        case suffix if suffix == RECOVERY:
            forgotten = recovery.read_request(_small(path, recovery.MAX_FILE * 2))
            name, digest = forgotten.seal.holder.name, forgotten.digest
            return Look(*look.identity, digest, None, name, digest)
        case suffix if suffix == WIPED:
            data = _small(path, wiped.MAX_FILE * 2)
            said = wiped.look(data)
            return Look(*look.identity, hashlib.sha256(data).hexdigest(), None, said.name, said.station)
        case _:
            data = _small(path, grants.MAX_GRANT * 2)
            about = grants.granted_certificate(data)
            return Look(*look.identity, hashlib.sha256(data).hexdigest(), about=about)


def _small(path: Path, limit: int) -> bytes:
    """A small file, which is JSON; one without its end was not copied whole."""
    data = read_limited(path, limit)
    if not data.rstrip().endswith(b"}"):
        raise CutShort("the file ends early")
    return data


def _candidates(folder: Path) -> list[tuple[Path, int, int]]:
    """The files that a person means; what other systems leave on sticks beside them is left out."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~$")) or Path(entry.name).suffix.lower() not in KNOWN_FILES:
                continue
            # A file may be taken away between listing and looking; the next look shows what is there.
            with contextlib.suppress(FileNotFoundError):
                if entry.is_file():
                    about = entry.stat()
                    found.append((folder / entry.name, about.st_size, about.st_mtime_ns))
    return sorted(found)


def _shown(name: str) -> str:
    """A name whose bytes are no text, as text; other systems write such names to sticks."""
    return name.encode("utf-8", "replace").decode()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        # It is gone, so it is not what was read; the next look tells.
        return None
    return about.st_size, about.st_mtime_ns


def _gone(folder: Path, error: OSError) -> FolderGone:
    name = _shown(str(folder))
    if isinstance(surroundings(error), ReadOnly):
        return FolderGone(
            f"没有权限打开收件文件夹“{name}”。", "请换一个文件夹，或者请管理这台电脑的人开通权限。"
        )
    return FolderGone(f"收件文件夹“{name}”现在打不开，U盘可能已拔出，或者网络断了。")
