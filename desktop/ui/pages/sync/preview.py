"""Files that are merged, as they are told before and after: one row each, the items that are not applied, a summary."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.operations.quantities import amount_words
from desktop.operations.stations.listed import Listed
from desktop.operations.stations.traffic import Seen
from desktop.operations.stations.unsettled import Unsettled
from desktop.records.declaration import short_label
from desktop.records.duties import signed_words
from desktop.records.versions.deciding import EXCLUSION, REVOCATION
from desktop.records.versions.item_outcomes import APPLIED, CONFLICT, HELD, KNOWN, OUTCOMES, REFUSED
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.sync.merging.results import EARLIER, BundleResult
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.parts import brief
from desktop.ui.workbench import Workbench

OUTCOME_TONES = {REFUSED: Tone.ERROR, HELD: Tone.PLAIN, CONFLICT: Tone.WARNING}
_OUTCOMES = 5
"""Where the numbers of the outcomes begin in the list of files."""
NOT_TAKEN = "没有收下的"
"""What those are called on every page."""


@dataclass(frozen=True)
class Shown:
    """One file with what became, or would become, of it; nothing yet while it is looked at.

    ``withdrawn``: all of it was merged before, and that was rolled back. ``listed`` are the first of the records that
    it brings, changes or deletes.
    """

    path: Path
    seen: Seen | None = None
    items: Sequence[Unsettled] = field(default_factory=tuple)
    withdrawn: bool = False
    listed: Sequence[Listed] = field(default_factory=tuple)

    @property
    def result(self) -> BundleResult | None:
        """What became of it."""
        return self.seen.result if self.seen is not None else None

    @property
    def good(self) -> bool:
        """Whether it can be merged."""
        return self.result is not None and self.result.problem is None


def verdict(shown: Shown) -> tuple[Tone | None, str]:
    """Whether a file can be trusted and what it is, in words."""
    seen, result = shown.seen, shown.result
    if seen is None or result is None:
        return None, "正在核对…"
    if result.problem is not None:
        return Tone.ERROR, result.problem.sentence
    stands = f"签名无误（{signed_words(result.signers)}已签）" if result.signed else "签名无误"
    if result.unwritten:
        return Tone.WARNING, f"{stands}；对方收到过本机没有写过的数据包，合并以后请看说明"
    if result.gap:
        return Tone.WARNING, f"{stands}；前面的还没有收到，可以先合并：对方收到回执以后，下次导出会补上"
    if result.earlier:
        return Tone.WARNING, f"{stands}；{EARLIER}"
    if seen.downward:
        return Tone.GOOD, "签名无误；上级的回执" + ("和下发内容" if result.total > result.known else "")
    if shown.withdrawn:
        return Tone.WARNING, f"{stands}；以前的合并已撤回，现在不计入"
    if result.total and result.known == result.total:
        released = f"以前{OUTCOMES[HELD]}的{result.released}项可以{OUTCOMES[APPLIED]}了"
        return Tone.GOOD, f"{stands}；全部{OUTCOMES[KNOWN]}，{released if result.released else '没有新内容'}"
    return Tone.GOOD, f"{stands}；下级上报的数据包"


def outcome_columns() -> list[Col]:
    """A column of numbers for each of the five outcomes."""
    return [Col(words, 4, numeric=True) for words in OUTCOMES.values()]


class FilesGrid(Grid):
    """One row a file."""

    def __init__(self) -> None:
        super().__init__(
            [
                Col("文件", 18, wide=True, most=48),
                Col("来自", 12, wide=True, most=30),
                Col("第几号", 4, numeric=True),
                Col("做于", 11),
                Col("共", 4, numeric=True),
                *outcome_columns(),
                Col("核对结果", 18, wide=True),
            ],
            "收到的文件",
            wrapping=True,
        )

    def show_files(self, files: Sequence[Shown], today: datetime.date, *, looking: bool) -> None:
        """Shows the files; above several of them a row for all, which stands for nothing in particular.

        ``looking``: those of which nothing is known yet are being looked at.
        """
        # Of files that all are bad nothing is counted: their room is for the reasons.
        counted = not files or any(f.good or f.result is None for f in files)
        for column, col in enumerate(self.rows.columns):
            self.setColumnHidden(column, col.numeric and not counted)
        # What comes to none of them leaves its room to names and reasons, as in the log.
        for column, name in enumerate(OUTCOMES, start=_OUTCOMES):
            come = [f for f in files if f.result is not None and f.good and getattr(f.result, name)]
            self.setColumnHidden(column, not counted or (name != APPLIED and not come))
        # Reasons are long, and of a bad file beside good ones there is nothing to count either.
        first = next(n for n, col in enumerate(self.rows.columns) if col.label == "共")
        lines = [self._line(f, today, looking) for f in files]
        if counted:
            bad = [f.result is not None and not f.good for f in files]
            lines = [replace(line, joined=first) if b else line for line, b in zip(lines, bad, strict=True)]
        self.show_lines([self._all(files), *lines] if len(files) > 1 else lines)

    @staticmethod
    def _all(files: Sequence[Shown]) -> Line:
        good = [f.result for f in files if f.result is not None and f.good]
        known = all(f.result is not None for f in files)
        numbers = [str(sum(getattr(r, n) for r in good)) if known else "" for n in ("total", *OUTCOMES)]
        bad = sum(f.result is not None and not f.good for f in files)
        words = f"{bad}个不能合并" if bad else ""
        return Line((f"全部{len(files)}个文件", "", "", "", *numbers, words))

    @staticmethod
    def _line(shown: Shown, today: datetime.date, looking: bool) -> Line:
        tone, words = verdict(shown)
        seen, result = shown.seen, shown.result
        if seen is None or result is None:
            return Line((shown.path.name, *[""] * 9, words if looking else "还没有核对"), None, shown.path)
        name = seen.name
        if result.problem is not None:
            # What a file says of itself before its signature stands is only its own word.
            name = f"自称“{name}”" if name else "不认识的电脑" if seen.created else ""
            return Line(
                (shown.path.name, name, "", brief(seen.created, today), *[""] * 6, words), tone, shown.path,
                str(result.problem),
            )  # fmt: skip
        numbers = [str(getattr(result, n)) for n in OUTCOMES]
        texts = (shown.path.name, name, str(result.sequence), brief(seen.created, today), str(result.total), *numbers,
                 words)  # fmt: skip
        return Line(texts, tone, shown.path)


def done_by(results: Iterable[BundleResult]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """What is new, changed and deleted, by type."""
    births, changes, deletions = Counter[str](), Counter[str](), Counter[str]()
    for result in results:
        births.update(result.births)
        changes.update(result.changes)
        deletions.update(result.deletions)
    return births, changes, deletions


def item_line(item: Unsettled) -> Line:
    """One item that is not applied, as a row."""
    title = item.title or "（新的，还没有收下）"
    named = f"{short_label(item.label)}：{title}" if item.type else item.label
    texts = (
        OUTCOMES.get(item.outcome, item.outcome),
        named,
        item.slot_label,
        item.author,
        item.advice if item.settled else item.reason,
    )
    tone = Tone.PLAIN if item.settled else OUTCOME_TONES.get(item.outcome)
    return Line(texts, tone, item, f"{item.reason}。{item.advice}")


def listed_line(one: Listed) -> Line:
    """A record that comes, or is changed or deleted, as a row beside those of :func:`item_line`."""
    texts = (one.words, f"{one.label}：{one.title}", one.slot_labels, one.author, "")
    return Line(texts, None, one)


def open_item(workbench: Workbench, item: Unsettled | None) -> None:
    """Shows the record of an item with the cursor in its field; one in conflict in the conflict page."""
    if item is None:
        return
    if not item.known:
        workbench.shell.tell(Tone.PLAIN, "这条内容没有收下，本机没有它的记录可以打开。")
    elif item.outcome == CONFLICT and not item.above:
        workbench.shell.open_page("conflicts", type_name=item.type, record=item.record)
    else:
        open_field(workbench, item.type, item.record, item.slot)


def open_field(workbench: Workbench, type_name: str, record: str, slot_name: str) -> None:
    """Shows a record with the cursor in the field of a slot."""
    slot = workbench.types[type_name].slots.get(slot_name)
    workbench.shell.open_record(type_name, record, slot.fields[0].name if slot is not None else "")


def left_name(items: Sequence[Unsettled]) -> str:
    """What these are called: a conflict is not refused, both values are kept."""
    disputed = sum(item.outcome == CONFLICT for item in items)
    return NOT_TAKEN if not disputed else "有分歧的" if disputed == len(items) else f"有分歧的和{NOT_TAKEN}"


def _done_words(good: Sequence[BundleResult], applied: int) -> str:
    """“新增30条、2个附件、修改1处、删除1条”; others of the applied are births of records that were here before."""
    births, changes, deletions = done_by(good)
    joined = applied - births.total() - changes.total() - deletions.total()
    attached = births.pop(ATTACHMENT, 0)
    # Taking back a word about what counts deletes a record, and nobody has lost anything by it.
    out, lifted = (sum(of.pop(name, 0) for name in (EXCLUSION, REVOCATION)) for of in (births, deletions))
    born, changed, deleted = (of.total() - of[PART] for of in (births, changes, deletions))
    parts = [
        f"新增{amount_words(born, attached, '条')}" if born or attached else "",
        f"修改{changed}处" if changed else "",
        f"删除{deleted}条" if deleted else "",
        f"定为不计入的{out}处" if out else "",
        f"恢复计入的{lifted}处" if lifted else "",
        f"并入已有的记录{joined}项" if joined > 0 else "",
    ]
    return "、".join(filter(None, parts))


def summary(files: Sequence[Shown]) -> str:
    """What became of all files, in one sentence."""
    good = [f.result for f in files if f.result is not None and f.good]
    if not good:
        return "一个文件也没有合并，什么都没有写入。"
    total = {name: sum(getattr(r, name) for r in good) for name in OUTCOMES}
    # What was held before and is released now was counted when it came.
    released = sum(r.released for r in good)
    inside = _done_words(good, total[APPLIED] + released)
    taken = [f"{OUTCOMES[APPLIED]}{total.pop(APPLIED)}项"] if total[APPLIED] else []
    taken += [f"以前{OUTCOMES[HELD]}的{released}项现在{OUTCOMES[APPLIED]}了"] if released else []
    if taken and inside:
        taken[-1] += f"（{inside}）"
    rest = [f"{OUTCOMES[name]}{count}项" for name, count in total.items() if count]
    said = "，".join([*taken, *rest]) or "没有新内容"
    answered = any(f.seen is not None and f.seen.downward and f.seen.result.answered for f in files)
    return f"已合并{len(good)}个文件：{said}{'，上级的回执已登记' if answered else ''}。"
