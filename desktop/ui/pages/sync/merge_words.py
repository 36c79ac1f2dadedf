"""What is said of files that were looked at or merged: reasons, what was moved, who is silent, what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from desktop.operations.stations.inbox import MERGED_FOLDER, Aftermath
from desktop.operations.stations.unsettled import Unsettled
from desktop.records.versions.item_outcomes import CONFLICT, OUTCOMES, REFUSED
from desktop.sync.merging.results import UNWRITTEN, MergeReport
from desktop.ui.pages.sync.preview import Shown

FORKED = "有一台电脑重号：同一编号有两种内容。请打电话问清它是恢复过还是复制过，再由管它的上级在“重号”里定用哪一份。"
NOT_OURS = "这些分歧不由您来定：等上级或本单位有权限的人定好，会随回执带下来。"
_MOST_NAMES, _MOST_FILES = 6, 3
_REASONS, _REASONS_ALONE = 3, 8
"""So many reasons stand above the table beside files that can be merged, and where there is none."""


def reasons(bad: Sequence[Shown], all_files: int) -> list[str]:
    """Each reason once, with the files that it is true of."""
    files: dict[str, list[str]] = {}
    for shown in bad:
        if shown.result is not None:
            files.setdefault(str(shown.result.problem), []).append(shown.path.name)
    most = _REASONS if len(bad) < all_files else _REASONS_ALONE
    told = [f"{some_of(names)}：{problem}" for problem, names in list(files.items())[:most]]
    left = sum(map(len, list(files.values())[most:]))
    return [*told, *([f"……还有{left}个，原因见下表。"] if left else [])]


def some_of(names: Sequence[str]) -> str:
    """Few by name, of many the first and how many there are."""
    if len(names) <= _MOST_FILES:
        return "、".join(names)
    return f"{'、'.join(names[:_MOST_FILES])}等{len(names)}个"


def afterwards_words(afterwards: Aftermath, upward: bool) -> list[str]:
    """What was moved, and after bundles from below who has sent nothing yet."""
    lines = [f"{afterwards.moved}个文件已移到“{MERGED_FOLDER}”。"] if afterwards.moved else []
    if afterwards.problem is not None:
        lines.append(f"数据已经合并好，有文件没有移到“{MERGED_FOLDER}”：{afterwards.problem}")
    if upward and (silent := afterwards.silent):
        more = f"等{len(silent)}个单位" if len(silent) > _MOST_NAMES else ""
        lines.append(f"本月还没有报送的下级：{'、'.join(silent[:_MOST_NAMES])}{more}。")
    elif upward:
        lines.append("本月下级单位都报送过了。")
    return lines


def back_words(reasons: Sequence[str]) -> list[str]:
    """How many own items a level above has said not to take, and why; nothing where it took all."""
    return [f"本单位报的有{len(reasons)}条上级没有收下：{_why(reasons)}。"] if reasons else []


def aside_words(reasons: Sequence[str]) -> list[str]:
    """How many items of others count no longer by a word from above, and why; nothing where all do."""
    return [f"别处填的有{len(reasons)}条现在不计入：{_why(reasons)}。"] if reasons else []


def again_words(own: int, others: int) -> list[str]:
    """How many items count again that did not, as a word about them was taken back; nothing where none do."""
    lines = [f"上级以前没有收下的，又收下了{own}条。"] if own else []
    return [*lines, *([f"别处填的、以前不计入的，又计入{others}条。"] if others else [])]


def _why(reasons: Sequence[str]) -> str:
    counts = Counter(reasons).most_common(_REASONS)
    return counts[0][0] if len(set(reasons)) == 1 else "；".join(f"{r}（{n}条）" for r, n in counts)


def same_words(count: int) -> list[str]:
    """That files were given twice, which the table shows once; nothing where none was."""
    return [f"有{count}个文件和别的文件内容相同，只合并一次。"] if count else []


def withdrawn_words(files: Sequence[Shown]) -> list[str]:
    """That files whose merge was rolled back bring nothing back by being merged again, and what does."""
    names = [f.path.name for f in files if f.withdrawn]
    words = "以前合并过，那次合并已经撤回，再合并也不计入。要恢复，请到“不计入的”里。"
    return [f"{some_of(names)}：{words}"] if names else []


def waits(item: Unsettled) -> bool:
    """Whether an item of a merge is listed among what was not taken: a conflict waits on its own page."""
    return not item.settled and item.outcome != CONFLICT


def settled_words(after: Sequence[Shown]) -> list[str]:
    """What is refused and asks for nothing, so that nobody looks for it among what waits."""
    settled = [item for f in after for item in f.items if item.settled]
    return [f"其中{OUTCOMES[REFUSED]}的{len(settled)}项{settled[0].advice}"] if settled else []


def fork_words(report: MergeReport) -> list[str]:
    """What a word from above about this computer's own fork has done."""
    if report.copied:
        return [
            "上级认定这台电脑是从另一台复制来的。请重新办理入网；办好以前请不要在这台电脑上录入，录入的上级不收。"
        ]
    if report.renumbered:
        return [f"上级认定这台电脑恢复过备份：有{report.renumbered}项已换新编号，内容没有变，请再上报一次。"]
    return []


def unwritten_words(report: MergeReport) -> list[str]:
    """That somebody has received what this ledger has not written, and what to do."""
    names = dict.fromkeys(result.name for result in report.bundles if result.unwritten)
    return [f"{some_of([*names])}：{UNWRITTEN}。"] if names else []


def root_words(report: MergeReport) -> list[str]:
    """That a level above has changed the root, and the words of the new one."""
    return [
        f"上级换了根证书，本机已改用新的，核对词语是：{words}。想核对，可以打电话问最上面一级工会。"
        for result in report.bundles
        for words in result.new_roots
    ]
