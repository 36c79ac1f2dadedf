"""The root that counts here, its words to be compared, and what is changed on purpose: the root, or the own keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from desktop.operations.file_names import safe_name
from desktop.operations.session import Session
from desktop.operations.stations import applying, roots
from desktop.operations.stations.applying import Requested
from desktop.operations.stations.inbox_files import REQUEST
from desktop.operations.stations.roots import Root
from desktop.records.declaration import Role
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.sync.errors.surroundings import plain_problems
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.send import documents
from desktop.ui.pages.sync.words import refuse_in_view
from desktop.ui.parts import Card, Note, button, folder_link, link, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_ASK = (
    "换电脑、换人，或者怀疑密钥外泄时才更换。\n"
    "下级不用重新入网：声明随以后的回执送到各级，没有收到的照常往来。\n"
    "更换以前的备份不能再用来往来；换好以后程序会马上做一份新的备份。"
)


class RootCard(Card):
    """What everybody in the tree believes by."""

    done = Signal()
    receipts_wanted = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("核对词语和密钥")
        self.workbench = workbench
        self.hint = plain(
            "各级凭同一张根证书认数据包，根证书的词语和数字在各级屏幕上应当一样；上级刚换过的，收了回执以后一样。",
            muted=True,
        )
        # In small type: where a grant is compared, two large rows of words would be mistaken for one another.
        self.words, self.waiting, self.note = plain(), plain(), Note()
        self.change = button("更换根证书…", self.change_root, "refresh-cw")
        self.renew = button("更换本机密钥…", self.renew_keys, "file-output")
        self.column.addWidget(self.hint)
        self.column.addWidget(self.words)
        self.column.addLayout(row(self.change, self.renew, 1))
        self.column.addWidget(self.waiting)
        self.column.addWidget(self.note)
        self._asked = False
        self.waiting.hide()
        self.hide()

    def load(self) -> None:
        """Asks again which root counts."""
        station = self.workbench.facts.station

        def job(database: Database, _ticket: Ticket) -> Root:
            return roots.current(database, station)

        self.workbench.read(job, self._show, owner=self, key="root")

    def _show(self, found: Root) -> None:
        self.setVisible(bool(found.words))
        changed = f"更换过{found.changes}次" if found.changes else "没有更换过"
        told = f"根证书的核对词语：{'；'.join(map(str, found.words))}（{changed}）"
        if found.granting is not None:
            # Two are told apart by what they are for: below, nobody compares those of the root.
            told += f"\n本机的核对词语：{found.granting}（下级接受本机的批准或答复前打电话来，念这几个）"
        self.words.setText(told)
        if found.asked is None and self._asked:
            # The grant has come: what was said of the request is over.
            self.note.hide()
        self._asked = found.asked is not None
        self.waiting.setVisible(self._asked and self.note.isHidden())
        self.waiting.setText(
            f"已申请更换本机密钥，等上级的批准文件（.xsg）。上级打电话核对时，请念：{found.asked}\n"
            "申请文件丢了，再点一次“更换本机密钥…”导出，词语不变。"
        )
        role = self.workbench.role
        for made, shown, allowed, who in (
            (self.change, found.own, role is Role.ADMIN, "管理员"),
            (self.renew, not found.own, role in (Role.ADMIN, Role.DESK), "汇总员或管理员"),
        ):
            made.setVisible(shown)
            made.setEnabled(allowed)
            made.setToolTip("" if allowed else self.workbench.denied(f"由本单位的{who}来办。"))

    # -- the root --------------------------------------------------------------------------------------------------

    def change_root(self) -> None:
        """Asks, and changes the root."""
        if self.workbench.dialogs.ask("更换根证书", _ASK, yes="更换根证书") is not Answer.YES:
            return

        def job(session: Session, _ticket: Ticket) -> tuple[Root, ChangeSet]:
            return roots.change(session), ChangeSet(everything=True)

        self.workbench.write(
            "更换根证书",
            job,
            lambda made: self._changed(made[0]),
            owner=self,
            fail=self.tell_problem,
            step=False,
        )

    def _changed(self, made: Root) -> None:
        self._show(made)
        self.note.say(
            Tone.GOOD,
            "已更换根证书，新的核对词语在上面",
            "下一步：给各下级导出回执交去，他们导入时会看到新的词语。这次更换已经记入日志。",
        )
        receipts = link("给下级做回执", self.receipts_wanted.emit)
        self.note.offer(receipts)
        receipts.setFocus(Qt.FocusReason.OtherFocusReason)
        self.done.emit()

    # -- the own keys ----------------------------------------------------------------------------------------------

    def renew_keys(self) -> None:
        """Writes the request for new keys where the user says."""
        unit = self.workbench.facts.unit
        suggestion = documents() / f"{safe_name(unit.name)}_更换密钥{REQUEST}"
        out = self.workbench.dialogs.save_file("申请保存到哪里", suggestion, ("入网申请 (*.xsq)",))
        if out is None:
            return

        def job(session: Session, _ticket: Ticket) -> Requested:
            with plain_problems():
                return applying.request(session, out, renew=True)

        self.workbench.write(
            "申请更换密钥", job, self._requested, owner=self, fail=self.tell_problem, step=False
        )

    def _requested(self, made: Requested) -> None:
        self.note.say(
            Tone.GOOD,
            f"已导出：{made.path.name}。上级打电话核对时，请念：{made.words}",
            "下一步：交给上级批准，把拿回的批准文件（.xsg）拖到本页接受。接受以前照常登记和上报。",
        )
        where = folder_link(made.path)
        self.note.offer(where)
        where.setFocus(Qt.FocusReason.OtherFocusReason)
        self.done.emit()

    def tell_problem(self, error: Exception) -> bool:
        """Shows what the user can act on."""
        return refuse_in_view(self.note, error, "没有完成，本机没有任何改变")
