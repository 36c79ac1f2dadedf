"""What bundles say of themselves, and what a merge came to, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.cli.frame import problem_object
from desktop.cli.output import complain, json_line, say
from desktop.cli.steps import spoken
from desktop.operations.file_names import size_words
from desktop.operations.quantities import count
from desktop.operations.session import Session
from desktop.operations.stations import decided, traffic, unsettled
from desktop.operations.stations.decided import Decided, Told, decided_words
from desktop.operations.stations.forks import KINDS
from desktop.operations.stations.listed import Listed, Listings
from desktop.operations.stations.unsettled import Unsettled, unlisted_words
from desktop.records.declaration import short_label
from desktop.records.duties import DUTIES, signed_words
from desktop.records.typed.dates import time_words
from desktop.records.versions.item_outcomes import (
    CONFLICT,
    HELD,
    OUTCOMES,
    REFUSED,
    REFUSED_REGISTERED,
    reason_words,
)
from desktop.store.queries.attached import ATTACHMENT, PART
from desktop.sync.merging.results import EARLIER, UNWRITTEN, BundleResult, MergeReport, Unapplied
from desktop.sync.signed.manifest import DOWN, Manifest, Person

_MOST_SAID = 20
"""So many own values that were replaced are said; the rest is counted."""


def show_manifest(manifest: Manifest, signers: Sequence[Person] | None, as_json: bool) -> None:
    """What a bundle says of itself; ``signers`` have signed it too, and are nothing where no signature was checked."""
    verified = signers is not None
    made = time_words(manifest.created)
    if as_json:
        json_line(
            {
                "verified": verified,
                "signed": [p.duty for p in signers or ()],
                "kind": manifest.kind,
                "sender": manifest.sender,
                "incarnation": manifest.incarnation,
                "sequence": manifest.sequence,
                "unit": manifest.unit,
                "receiver": manifest.receiver,
                "created": made,
                "program": manifest.program,
                "format": manifest.format,
                "counts": dict(manifest.counts),
                "items": manifest.items,
                "files": [{"name": f.name, "sha256": f.sha256, "size": f.size} for f in manifest.files],
                "parts": [{"name": p.name, "sha256": p.sha256, "size": p.size} for p in manifest.parts],
            }
        )
        return
    say("签名、证书和完整性都核对无误。" if verified else "以下是数据包自己写的，签名没有核对。")
    if signers:
        say(f"另有签名：{'、'.join(DUTIES.get(p.duty, p.duty) for p in signers)}，核对无误。")
    say(
        f"{'下发' if manifest.kind == DOWN else '上报'}，第{manifest.sequence}个，{made}制作，程序{manifest.program}"
    )
    say(f"发送方：{manifest.sender[:16]}  单位 {manifest.unit}")
    say(f"接收方：{manifest.receiver[:16]}")
    say(
        f"内容：{manifest.items}项（{'，'.join(f'{KINDS.get(k, k)}{n}' for k, n in manifest.counts.items()) or '空'}）"
    )
    say(f"大小：{size_words(sum(p.size for p in manifest.parts))}，加密部分{len(manifest.parts)}个")


def show_report(
    session: Session,
    report: MergeReport,
    preview: bool,
    as_json: bool,
    *,
    listed: Listings | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """What became of each file of a merge, and what is to be done next; in a preview, what would.

    ``listed`` are the first of the records that each file brings, changes or deletes, ``names`` the units of the
    computers that would be known after a preview.
    """
    listed = listed or Listings(session.database, session.here)
    told = Told() if preview else decided.after_merge(session.database, session.here, report.bundles)
    if as_json:
        json_line(
            {
                "preview": preview,
                "bundles": [_bundle_object(b, listed.get(b.path, ())) for b in report.bundles],
                "decided": [_decided_object(one) for one in told.listed],
                "decided_unlisted": told.unlisted,
                "renumbered": report.renumbered,
                "copied": report.copied,
            }
        )
    else:
        settled = [_settled(session, bundle) for bundle in report.bundles]
        names = names or traffic.station_names(session.database, session.here)
        for bundle, joined in zip(report.bundles, settled, strict=True):
            _say_bundle(session, names, bundle, preview)
            _say_listed(listed.get(bundle.path, ()))
            if joined:
                say(f"    其中{OUTCOMES[REFUSED]}的{len(joined)}项{joined[0].advice}")
        if doubted := dict.fromkeys(bundle.name for bundle in report.bundles if bundle.unwritten):
            # Once for all that say so: ten towns that have received it make one restore necessary.
            say(f"{'、'.join(doubted)}：{UNWRITTEN}。")
        _say_decided(told)
        if not preview:
            _say_waiting(report, sum(map(len, settled)))
        if report.renumbered:
            say(f"上级定了重号：本机有{report.renumbered}项换了新编号，请再上报一次。")
        if report.copied:
            say("上级定了重号：这台是复制来的电脑，请用 recovery place --copied 换成单独的一台，再办理入网。")


def _settled(session: Session, bundle: BundleResult) -> list[Unsettled]:
    """What of a bundle is refused and asks for nothing of anybody: that a unit had registered itself."""
    registered = [u for u in bundle.unapplied if u.reason == REFUSED_REGISTERED]
    told = unsettled.in_words(session.database, session.here, registered) if registered else []
    return [one for one in told if one.settled]


def _say_decided(told: Told) -> None:
    """Which own values stand no more, by whose word; the first of them."""
    if told.count:
        say(f"{decided_words(told.count)}：")
    for one in told.listed[:_MOST_SAID]:
        place = f"{short_label(one.label)}“{one.title}”的“{one.slot_label}”"
        say(f"    {place}：原来是“{one.was}”，{one.when}，{one.who}{one.verb}“{one.now}”")
    if told.count > _MOST_SAID:
        say(f"    {unlisted_words(told.count - _MOST_SAID)}。")


def _say_waiting(report: MergeReport, settled: int) -> None:
    """How much of what was merged waits for somebody, and how to look at it; nothing where all is settled."""
    counts = {o: sum(getattr(b, o) for b in report.bundles) for o in (CONFLICT, HELD, REFUSED)}
    counts[REFUSED] -= settled
    if any(counts.values()):
        said = "，".join(f"{OUTCOMES[outcome]}{n}项" for outcome, n in counts.items() if n)
        say(f"还要处理的：{said}。用 conflicts 命令看是哪些、怎么办。")


def _say_bundle(session: Session, names: Mapping[str, str], bundle: BundleResult, preview: bool) -> None:
    if bundle.problem is not None:
        complain(f"{bundle.path.name}：{spoken(bundle.problem)}")
        return
    said = "，".join(f"{words}{getattr(bundle, name)}" for name, words in OUTCOMES.items())
    sender = f"“{bundle.name}”第{bundle.sequence}个，" if bundle.name else ""
    say(f"{bundle.path.name}：{sender}共{bundle.total}项，{'将会' if preview else ''}{said}。")
    told: Counter[tuple[str, str]] = Counter()
    for (result, cause), number in bundle.reasons.items():
        told[OUTCOMES[result], reason_words(result, cause)] += number
    for (outcome, reason), items in told.items():
        say(f"    {outcome}{items}项：{reason}")
    if done := _done_words(session, bundle):
        say(f"    {done}")
    writers = traffic.writers(bundle, names)
    if len(writers) > 1:
        shares = "，".join(f"{name}（{number}项）" for name, number in writers.items())
        say(f"    新来的由{len(writers)}个单位填写：{shares}")
    if files := bundle.births.get(ATTACHMENT, 0):
        say(f"    其中附件{files}个，内容占{bundle.births.get(PART, 0)}项。")
    if bundle.released:
        say(f"    以前先留着的{bundle.released}项现在收下了。")
    if bundle.signed:
        say(f"    {signed_words(bundle.signers)}已签名。")
    for words in bundle.new_roots:
        verb = "会改用" if preview else "已改用"
        say(f"    上级换了根证书，{verb}新的：{words}。想核对，可以打电话问最上面一级工会。")
    if bundle.gap:
        say("    前面的还没有收到：对方收到回执以后，下次导出会补上。")
    if bundle.earlier:
        say(f"    {EARLIER}。")
    more = bundle.released or bundle.gap or bundle.earlier or bundle.unwritten
    if bundle.total == bundle.known and not more:
        say("    没有新内容要收，不用处理。")
    if bundle.answered:
        say("    里面有对方的回执。" if preview else "    对方的回执已收到。")


def _done_words(session: Session, bundle: BundleResult) -> str:
    """“企业新增3条、修改1处；会员新增2条”; of files their number is said by itself."""
    done = (bundle.births, bundle.changes, bundle.deletions)
    names = [
        n for n in session.types if n not in (ATTACHMENT, PART) and any(n in by_type for by_type in done)
    ]
    counts = [count(session.types, name, *(by_type.get(name, 0) for by_type in done)) for name in names]
    return "；".join(c.words for c in counts if c.items)


def _say_listed(listed: Sequence[Listed]) -> None:
    """The first records that come or are changed, so that whoever looks knows which these are."""
    for one in listed[:_MOST_SAID]:
        place = f"的“{one.slot_labels}”" if one.slot_labels else ""
        say(f"    {one.words} {one.label}“{one.title}”{place}")
    if len(listed) > _MOST_SAID:
        say(f"    只列出前{_MOST_SAID}条；更多的在窗口“上报与合并”里核对时看。")


def _bundle_object(bundle: BundleResult, listed: Sequence[Listed]) -> dict[str, Any]:
    return {
        "file": str(bundle.path),
        "sender": bundle.sender,
        "name": bundle.name,
        "sequence": bundle.sequence,
        **{
            name: getattr(bundle, name)
            for name in (*OUTCOMES, "total", "released", "answered", "gap", "earlier", "unwritten")
        },
        "signed": [{"duty": duty, "name": name} for duty, name in bundle.signers],
        "new_roots": list(bundle.new_roots),
        "births": bundle.births,
        "changes": bundle.changes,
        "deletions": bundle.deletions,
        "listed": [
            {"done": one.done.value, "type": one.type, "record": one.record, "title": one.title}
            for one in listed
        ],
        "written": {station: n for station, n in bundle.written.items() if n},
        "unapplied": [_unapplied_object(u) for u in bundle.unapplied],
        "unlisted": bundle.unlisted,
        "reasons": [
            {"outcome": outcome, "reason": reason, "words": reason_words(outcome, reason), "count": count}
            for (outcome, reason), count in bundle.reasons.items()
        ],
        "problem": None if bundle.problem is None else problem_object(bundle.problem),
    }


def _decided_object(one: Decided) -> dict[str, Any]:
    return {
        "type": one.type,
        "record": one.record,
        "slot": one.slot,
        "title": one.title,
        "label": one.slot_label,
        "was": one.was,
        "now": one.now,
        "verb": one.verb,
        "operator": one.operator,
        "author": one.author,
        "at": one.when,
    }


def _unapplied_object(item: Unapplied) -> dict[str, Any]:
    return {
        "outcome": item.outcome,
        "reason": item.reason,
        "words": reason_words(item.outcome, item.reason),
        "station": item.station,
        "number": item.number,
        "count": item.count,
        "type": item.type,
        "record": item.record,
        "slot": item.slot,
    }
