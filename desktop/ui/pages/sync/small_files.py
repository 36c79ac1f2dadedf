"""Files of enrolment and recovery, and words of wiped computers: each goes to the part of the page that takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.operations.stations.inbox_files import ACKNOWLEDGEMENT, REQUEST, WIPED
from desktop.operations.stations.traffic import Overview
from desktop.operations.workspaces.recovery import REQUEST as RECOVERY
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.enrol import EnrolCard
from desktop.ui.pages.sync.grant import GrantCard
from desktop.ui.pages.sync.recover import RecoverCard
from desktop.ui.pages.sync.stations import StationsTab
from desktop.ui.shell import Shell


@dataclass(frozen=True)
class Parts:
    """The parts of the page that take small files."""

    enrol: EnrolCard
    grant: GrantCard
    recover: RecoverCard
    stations: StationsTab


class SmallFiles:
    """Sorts small files by their endings; where no part may take one, the reason is said, and who can."""

    def __init__(
        self,
        shell: Shell,
        parts: Parts,
        show_enrolment: Callable[[], None],
        show_stations: Callable[[], None],
    ) -> None:
        self._shell = shell
        self._parts = parts
        self._show_enrolment, self._show_stations = show_enrolment, show_stations

    def take(self, paths: Sequence[Path], seen: Overview) -> None:
        """Hands the files on; ``seen`` is how far enrolment is."""
        kinds: dict[str, list[Path]] = {}
        for path in paths:
            kinds.setdefault(path.suffix.lower(), []).append(path)
        acknowledged, asked = kinds.pop(ACKNOWLEDGEMENT, []), kinds.pop(REQUEST, [])
        forgotten, destroyed = kinds.pop(RECOVERY, []), kinds.pop(WIPED, [])
        granted = [path for rest in kinds.values() for path in rest]
        if destroyed:
            self._take_wiped(destroyed)
        if (acknowledged or asked or forgotten) and not seen.standing.may_enrol:
            self._shell.tell(Tone.WARNING, _no_right_words(seen))
        elif granted and not seen.standing.has_superior:
            self._shell.tell(
                Tone.WARNING, "批准文件（.xsg）是给下级的：本单位是最上面一级，不用入网。请交给申请的单位。"
            )
        elif acknowledged or asked or forgotten or granted:
            self._show_enrolment()
            if acknowledged:
                self._parts.grant.confirm_all(acknowledged)
            if asked:
                self._parts.grant.look(asked)
            if granted:
                self._parts.enrol.look(granted[0])
            if forgotten:
                self._parts.recover.look(forgotten[0])

    def _take_wiped(self, paths: Sequence[Path]) -> None:
        """The word of a computer that was wiped goes where computers are put out of use."""
        self._show_stations()
        self._parts.stations.take_wiped(paths[0])
        if len(paths) > 1:
            words = f"清除确认一次看一个：先看第一个，其余{len(paths) - 1}个看完再拖来。"
            self._shell.tell(Tone.PLAIN, words)


def _no_right_words(seen: Overview) -> str:
    """Why files of stations below cannot be taken here, and who can."""
    if seen.upward is None:
        return "本单位还没有入网，办好以后才能为下级办理。请先到“入网”里办三步。"
    above = seen.upward.link.name
    return (
        f"本单位没有为下级办理入网的权限。请把这个文件交给“{above}”办理，"
        "或者请它重新批准本单位，并勾选“允许它再为自己的下级办理入网”。"
    )
