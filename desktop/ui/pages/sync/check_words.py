"""What is said of a cover sheet that is held against a file: whether they belong together, and else what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop.documents.cover_sheet import DIGITS, Sheet
from desktop.operations.stations import covers
from desktop.operations.stations.covers import ENOUGH_DIGITS, Examined, Fit, Slip
from desktop.operations.stations.inbox import Arrival
from desktop.records.typed.dates import time_words
from desktop.store.peers.arrivals import MergedBundle
from desktop.ui.notices import Tone

_FEW_GROUPS = 3
"""So many groups that differ are more likely typed wrongly than another file's."""


@dataclass(frozen=True)
class Found:
    """Everything that a verdict follows from: the sheet, the file, and where else its digest is known.

    ``near`` is the file of the inbox, ``near_merged`` the bundle of the ledger of merges, whose digest was perhaps
    mistyped, each with how. ``alike`` are files of the inbox that bear the numbers of a scanned sheet. Without
    ``watched`` no inbox was chosen, and none of it is spoken of.
    """

    sheet: Sheet
    file: Examined | None = None
    matches: Sequence[Arrival] = field(default_factory=tuple)
    merged: Sequence[MergedBundle] = field(default_factory=tuple)
    near: tuple[Arrival, Slip] | None = None
    near_merged: tuple[MergedBundle, Slip] | None = None
    alike: Sequence[Arrival] = field(default_factory=tuple)
    watched: bool = True


def verdict(found: Found) -> tuple[Tone, str, str]:
    """Whether sheet and file belong together, and what to do; no words as long as there is nothing to say."""
    sheet, file = found.sheet, found.file
    if sheet.cut:
        return Tone.WARNING, "二维码没有扫全。", "请把光标放在“报送单”这一格，切换到英文输入，再扫一次。"
    if sheet.wrong:
        return Tone.WARNING, f"“{sheet.wrong}”不是摘要里的字。", "摘要只有数字0到9和字母a到f，请看一眼再改。"
    if not sheet.digits:
        return Tone.PLAIN, "", ""
    if len(sheet.digits) > DIGITS:
        return (
            Tone.WARNING,
            f"输多了{len(sheet.digits) - DIGITS}位。",
            f"摘要正好{DIGITS}位，每4位一组，共16组。{_resembles(found)}",
        )
    if file is None:
        return _without_file(found)
    if not file.digest and file.problem is not None:
        return Tone.ERROR, f"这个文件读不出来：{file.problem.sentence}", file.problem.next_step
    return _with_file(found, file)


def _with_file(found: Found, file: Examined) -> tuple[Tone, str, str]:
    sheet, typed = found.sheet, len(found.sheet.digits)
    match covers.fit(file.digest, sheet):
        case Fit.WHOLE if file.problem is not None:
            return Tone.ERROR, f"摘要对得上，但是文件有问题：{file.problem.sentence}", file.problem.next_step
        case Fit.WHOLE if not _numbers_agree(sheet, file):
            return (
                Tone.ERROR,
                "摘要对得上，但二维码里的第几号或项数和文件不一样。",
                "请打电话给报送单位，重新打印报送单。",
            )
        case Fit.WHOLE:
            words = "对得上：这张报送单就是这个文件的。"
            return Tone.GOOD, words, "再把下面几行和纸上比一比；都一样，就可以在报送单上签收。"
        case Fit.PARTLY:
            return (
                Tone.PLAIN,
                f"输入的前{typed}位对得上，还有{DIGITS - typed}位没有输入。",
                "只输一部分可以找到文件，但不能证明就是它；请扫码，或者把16组输完。",
            )
        case Fit.TOO_FEW:
            return Tone.PLAIN, f"输入的前{typed}位对得上，至少要输{ENOUGH_DIGITS}位（3组）。", ""
    return _unequal(found, file)


def _unequal(found: Found, file: Examined) -> tuple[Tone, str, str]:
    groups = covers.unequal_groups(file.digest, found.sheet)
    named = "、".join(map(str, groups[:_FEW_GROUPS])) + ("等" if len(groups) > _FEW_GROUPS else "")
    others = [a.look.shown_name for a in found.matches if a.path != file.path]
    if others:
        return Tone.ERROR, "对不上：这张报送单不是这个文件的。", f"收件文件夹里的“{others[0]}”和它对得上。"
    slip = covers.slip(file.digest, found.sheet)
    if slip is not None and slip.shifted:
        return Tone.WARNING, f"对不上：{_slip_words(slip)}。", "请对着纸从这一组起再看一遍。"
    if len(groups) <= _FEW_GROUPS and len(found.sheet.groups) > 2 * _FEW_GROUPS:
        return (
            Tone.WARNING,
            f"对不上：第{named}组不一样。",
            "其他组都一样，多半是这一组输错了，请对着纸再看一眼。",
        )
    if found.sheet.sequence is not None and _numbers_agree(found.sheet, file):
        return Tone.ERROR, "对不上：第几号和项数一样，摘要不一样。", _ANOTHER_EXPORT
    return (
        Tone.ERROR,
        "对不上：这张报送单不是这个文件的。",
        _resembles(found)
        or f"第{named}组不一样。请换一个文件或换一张报送单再比；都不对，请打电话给报送单位。",
    )


def _without_file(found: Found) -> tuple[Tone, str, str]:
    typed = len(found.sheet.digits)
    if typed < ENOUGH_DIGITS:
        return Tone.PLAIN, f"已输入{typed}位，至少要输{ENOUGH_DIGITS}位（3组）才能找文件。", ""
    part = "" if typed == DIGITS else f"（只输了前{typed}位）"
    if len(found.matches) > 1:
        names = "、".join(f"“{a.look.shown_name}”" for a in found.matches[:_FEW_GROUPS])
        return (
            Tone.PLAIN,
            f"收件文件夹里有{len(found.matches)}个文件可能是{part}：{names}。",
            "请再多输几组。",
        )
    if found.merged:
        before = found.merged[0]
        when = time_words(before.at)
        return (
            Tone.GOOD if typed == DIGITS else Tone.PLAIN,
            f"这张报送单的数据包本机{when}已经合并过{part}：第{before.sequence}号，共{before.total}项。",
            f"当时的文件名是“{before.file}”{'，现在不在收件文件夹里' if found.watched else ''}。",
        )
    if not found.watched:
        return (
            Tone.WARNING,
            f"还没有选文件；本机也没有合并过和它对得上的{part}。",
            _resembles(found) or "请选择收到的文件，或者检查有没有输错。",
        )
    return (
        Tone.WARNING,
        f"收件文件夹里没有和它对得上的文件，本机也没有合并过{part}。",
        _resembles(found) or "请选择收到的文件，或者检查有没有输错。",
    )


_ANOTHER_EXPORT = "可能是后来重新导出过，也可能文件被改过。请打电话给报送单位，不要凭这张报送单签收。"


def _resembles(found: Found) -> str:
    """Which digest was perhaps mistyped, or which file bears the same numbers; none of it is a match."""
    if found.near is not None:
        arrival, slip = found.near
        return f"最像的是收件文件夹里的“{arrival.look.shown_name}”：{_slip_words(slip)}。请对着纸再看。"
    if found.near_merged is not None:
        before, slip = found.near_merged
        when = time_words(before.at)
        return f"最像的是本机{when}合并过的第{before.sequence}号“{before.file}”：{_slip_words(slip)}。请对着纸再看。"
    if len(found.alike) == 1:
        sheet, name = found.sheet, found.alike[0].look.shown_name
        return f"“{name}”也是第{sheet.sequence}号、共{sheet.total}项，但是摘要不一样。{_ANOTHER_EXPORT}"
    return ""


def _slip_words(slip: Slip) -> str:
    if slip.shifted:
        return f"从第{slip.groups[0]}组起错开了，像是多输或漏输了{slip.signs}位"
    return f"只有第{'、'.join(map(str, slip.groups))}组不一样，像是输错了{slip.signs}位"


def _numbers_agree(sheet: Sheet, file: Examined) -> bool:
    if file.said is None or sheet.sequence is None:
        return True
    return (sheet.sequence, sheet.total) == (file.said.sequence, file.said.items)
