"""The audit log: who did what when, chained so that taking a line out or changing one shows.

A line holds no personal value: what was shown is named by type, record and field. Its texts (who, and the detail)
hang on the chain by a salted digest, so that they can be erased later by rule: what is left proves the line without
telling it, and without the salt nobody can try which name gives the digest.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

START = "0" * 64
"""What the first line follows."""
SALT_BYTES = 16
LEAST_KEPT_MS = 3 * 366 * 86_400_000
"""How long texts are kept at least: 网络数据安全管理条例 第十二条 asks for three years."""


class Act(enum.StrEnum):
    """What is noted, in the words of the log; a word that stands in logs is never changed."""

    WRONG_PASSWORD = "口令输错"
    OPERATOR_ADDED = "添加操作员"
    OPERATOR_CHANGED = "修改操作员"
    OPERATOR_DISABLED = "停用操作员"
    PASSWORD_CHANGED = "修改口令"
    SHOWN = "查看完整信息"
    IMPORTED = "导入"
    RETURNED = "导出没有导入的行"
    EXPORTED = "导出"
    HOLIDAYS = "导入放假安排"
    DELETED = "删除记录"
    UNDELETED = "恢复记录"
    REQUESTED = "申请入网"
    GRANTED = "批准入网"
    ACCEPTED = "接受入网"
    CONFIRMED = "确认入网"
    ROOT_CHANGED = "更换根证书"
    ROOT_FOLLOWED = "采用新的根证书"
    KEYS_RENEWED = "更换本机密钥"
    SENT = "导出数据包"
    SIGNED = "复核签名"
    MERGED = "合并数据包"
    DECIDED = "处理分歧"
    JOINED = "合并重复的记录"
    SEPARATED = "撤销合并重复的记录"
    REVOKED = "吊销"
    WITHDRAWN = "撤回"
    LIFTED = "恢复计入"
    ERASED = "清除个人信息"
    RENUMBERED = "换新编号"
    FORK_DECIDED = "处理重号"
    MOVED = "调整隶属关系"
    REDATED = "更正日期"
    CASE_FILED = "立案编号"
    ISSUED = "签发文书"
    VOIDED = "作废文书"
    PRINTED = "打印文书"
    LIST_PRINTED = "打印名单"
    COVER_PRINTED = "打印报送单"
    NUMBERS_SET = "设置文号"
    TEMPLATE_SAVED = "修改文书模板"
    NUMBERS_CONFIRMED = "确认文号"
    KEY_EXPORTED = "导出解密密钥"
    CODE_MADE = "生成恢复码"
    RECOVERY_ASKED = "申请恢复口令"
    RECOVERY_ANSWERED = "答复恢复口令"
    RECOVERED = "恢复口令"
    BACKED_UP = "另存备份"
    RESTORED = "恢复备份"
    ORIGIN_TOLD = "说明来历"
    LOG_EXPORTED = "导出审计日志"
    LOG_ERASED = "清除日志文字"
    WIPED = "清除工作区"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that was done; ``at`` is milliseconds since 1970. An erased line has no operator, detail and salt.

    ``digest`` is that of salt and texts, ``hash`` that of the line before with number, time, action and digest. A
    line of the first version of the log has neither salt nor digest: its hash covers the texts themselves.
    """

    id: int
    at: int
    operator: str
    action: str
    detail: str
    salt: str
    digest: str
    hash: str

    @property
    def erased(self) -> bool:
        """Whether its texts were erased by rule."""
        return bool(self.digest) and not self.salt


def note(database: Database, environment: Environment, operator: str, action: Act, detail: str) -> None:
    """Appends a line to the chain, now."""
    at, salt = environment.now(), environment.random(SALT_BYTES).hex()
    with database.transaction():
        last = database.row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") or (0, START)
        number, digest = int(last[0]) + 1, digest_of(salt, operator, detail)
        database.execute(
            "INSERT INTO audit (id, at, operator, action, detail, salt, digest, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (number, at, operator, str(action), detail, salt, digest,
             hash_of(str(last[1]), number, at, str(action), digest)),
        )  # fmt: skip


def words(database: Database) -> tuple[list[str], list[str]]:
    """Whose lines and which acts stand in the log, each once."""
    return (
        [
            name
            for (name,) in database.rows(
                "SELECT DISTINCT operator FROM audit WHERE operator <> '' ORDER BY 1"
            )
        ],
        [act for (act,) in database.rows("SELECT DISTINCT action FROM audit ORDER BY 1")],
    )


def lines(database: Database) -> Iterator[AuditLine]:
    """The whole log, oldest first."""
    for row in database.execute(
        "SELECT id, at, operator, action, detail, salt, digest, hash FROM audit ORDER BY id"
    ):
        yield AuditLine(*row)


def erase(database: Database, before: int) -> int:
    """Erases the texts of all lines older than a moment; the chain holds. How many lines lost their texts."""
    with database.transaction():
        done: int = database.execute(
            "UPDATE audit SET operator = '', detail = '', salt = '' WHERE at < ? AND digest <> '' AND salt <> ''",
            (before,),
        ).rowcount
    return done


def broken_at(found: Iterable[AuditLine]) -> int | None:
    """The number of the first line that does not follow from those before; nothing when the chain is whole.

    Texts may be missing only where they were old enough when an erasure was noted: time and act of that note are
    part of the chain, so nobody can pass taking texts away for an erasure by rule.
    """
    lines = list(found)
    erased = max((line.at for line in lines if line.action == Act.LOG_ERASED), default=0) - LEAST_KEPT_MS
    before, expected, salted = START, 1, False
    for line in lines:
        salted = salted or bool(line.digest)
        follows = line.id == expected and line.hash == _expected(line, before, salted=salted)
        if not follows or not _told(line, erased):
            return expected
        before, expected = line.hash, expected + 1
    return None


def parts_at(found: Sequence[AuditLine], earlier: Iterable[AuditLine]) -> int | None:
    """The number of the first line of an earlier log that is missing here or another; nothing if it goes on from it.

    Only that shows lines taken away at the end, and a chain that somebody has made anew: each is whole in itself.
    Texts may have been erased since.
    """
    for place, line in enumerate(earlier):
        if place >= len(found) or found[place].hash != line.hash:
            return place + 1
    return None


def digest_of(salt: str, operator: str, detail: str) -> str:
    """The salted digest of the texts of a line."""
    return _sha256([salt, operator, detail])


def hash_of(before: str, number: int, at: int, action: str, digest: str) -> str:
    """What the next line follows."""
    return _sha256([before, number, at, action, digest])


def _expected(line: AuditLine, before: str, *, salted: bool) -> str:
    if salted:
        return hash_of(before, line.id, line.at, line.action, line.digest)
    return _sha256([before, line.id, line.at, line.operator, line.action, line.detail])


def _told(line: AuditLine, erased: int) -> bool:
    """Whether the texts are those of the digest, or were erased whole and by rule: before the moment ``erased``."""
    if line.erased:
        return not line.operator and not line.detail and line.at < erased
    return not line.digest or line.digest == digest_of(line.salt, line.operator, line.detail)


def _sha256(parts: list[object]) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
