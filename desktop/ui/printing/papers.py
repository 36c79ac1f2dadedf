"""What can be put on paper from one record: its papers, each opened in the preview, and the list in front."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from desktop.documents.brief import Brief
from desktop.documents.lists import PaperList
from desktop.documents.papers.compose import FilledPaper
from desktop.operations import printing, supervision
from desktop.operations.papers import briefs, papers, rosters
from desktop.operations.papers.papers import PaperTemplate
from desktop.operations.session import Session
from desktop.plan.tree import Unit
from desktop.records.cells import Values
from desktop.records.declaration import RecordType
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui.matching import matches
from desktop.ui.printing.jobs import list_job, paper_job
from desktop.ui.printing.printable import Periodical, PrintJob
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.overlay import anchor_at
from desktop.ui.workbench import Workbench

PaperChoice = tuple[str, Callable[[], None]]
"""What can be printed, and what opens it."""


def paper_choices(
    workbench: Workbench,
    record_type: RecordType,
    record: str,
    values: Values,
    added: Sequence[PaperTemplate] = (),
) -> list[PaperChoice]:
    """The papers of a record, by their labels; ``added`` are those that the program does not come with."""

    def chosen(template: PaperTemplate) -> PaperChoice:
        def make(session: Session) -> FilledPaper:
            return papers.paper(session, template.id, record)

        job = replace(
            paper_job(template.label, make),
            word=lambda session, folder: (printing.save_word(session, make(session), folder), ChangeSet()),
        )
        return template.label, lambda: workbench.shell.open_page("preview", job=job)

    found = [chosen(template) for template in papers.offered(record_type.name, values, added)]
    if record_type.name == "union":
        roster = _whole(workbench, "会员花名册", lambda session: rosters.member_roster(session, record))
        found.insert(0, roster)
    return found


def _whole(workbench: Workbench, label: str, make: Callable[[Session], PaperList]) -> PaperChoice:
    return label, lambda: workbench.shell.open_page("preview", job=list_job(label, make))


def whole_choices(workbench: Workbench) -> list[PaperChoice]:
    """What can be printed of the whole workspace."""
    return [
        brief_choice(workbench),
        unorganised_choice(workbench),
        *register_choices(workbench, "case"),
    ]


def brief_choice(workbench: Workbench) -> PaperChoice:
    """The work brief, at first of this quarter."""

    own, types, today = workbench.facts.unit, workbench.types, workbench.today()

    def job(first: datetime.date, last: datetime.date, unit: str) -> PrintJob:
        made: list[Brief] = []

        def make(session: Session) -> Brief:
            return made[0] if made else briefs.brief(session, first, last, unit or None)

        def look(database: Database) -> bytes:
            at = Unit(own.id, own.name, own.level)
            made[:] = [briefs.brief_of(database, types, at, today, first, last, unit or None)]
            return printing.preview(made[0])

        return replace(
            paper_job("工作简报", make),
            word=lambda session, folder: (printing.save_word(session, make(session), folder), ChangeSet()),
            look=look,
        )

    periodical = Periodical(*briefs.quarter_of(workbench.today()), job, units=True)
    return "工作简报", lambda: workbench.shell.open_page("preview", job=periodical)


def register_choices(workbench: Workbench, type_name: str) -> list[PaperChoice]:
    """The registers that a list can be printed as beside what it shows: of cases, at first those of this year."""
    if type_name != "case":
        return []

    def job(first: datetime.date, last: datetime.date, _unit: str) -> PrintJob:
        return list_job("监督案件台账", lambda session: supervision.case_register(session, first, last))

    today = workbench.today()
    periodical = Periodical(today.replace(month=1, day=1), today.replace(month=12, day=31), job)
    label = "监督案件台账（一段时间的案件，附统计）"
    return [(label, lambda: workbench.shell.open_page("preview", job=periodical))]


def unorganised_choice(workbench: Workbench) -> PaperChoice:
    """The enterprises that should have a union, by town and village."""
    return _whole(workbench, "应建未建单位名单（按镇街、村社）", rosters.unorganised)


def choose_paper(page: QWidget, choices: Sequence[PaperChoice]) -> None:
    """Opens the only one, or asks which one at the upper right, where the button is."""
    if len(choices) == 1:
        choices[0][1]()
        return
    anchor = anchor_at(page, QRect(page.width() - 1, 0, 1, 1))
    before = page.focusWidget() or page
    lines = [Choice(str(n), f"打印{label}") for n, (label, _) in enumerate(choices)]
    overlay = ChoiceOverlay(anchor, lines, [], single=True, matches=matches)
    overlay.chosen.connect(lambda keys: choices[int(keys[0])][1]())
    overlay.closed.connect(anchor.deleteLater)
    overlay.closed.connect(before.setFocus)
    overlay.open_below()
