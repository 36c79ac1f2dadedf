"""What is changed at an indicator: the reading of the plan's words, and the year end that its growth begins with."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from desktop.operations.plan import plan, plan_readings, year_ends
from desktop.operations.recording.records import Saved
from desktop.plan.chosen import TYPE
from desktop.plan.results import Indicator, Reading
from desktop.records.declaration import Role
from desktop.store.ledger import ChangeSet
from desktop.ui.notices import Tone
from desktop.ui.parts import button
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.workbench import Workbench


class IndicatorActs(QWidget):
    """A button for each thing that may be done here about an indicator, in as many lines as they need."""

    def __init__(self, workbench: Workbench, indicator: Indicator, first: QPushButton) -> None:
        super().__init__()
        self.workbench = workbench
        self.indicator = indicator
        line = FlowLayout(self)
        line.addWidget(first)
        year = year_ends.year_to_keep(indicator)
        if year is not None and workbench.may_write(workbench.types[year_ends.FIGURE]):
            act = button(f"定格{year}年末数", partial(self._keep, year), "save")
            act.setToolTip("记入“上报数字”，以后补录会员不再改变它")
            line.addWidget(act)
        self.readings: list[QPushButton] = []
        for reading in indicator.readings if self._may_choose() else ():
            act = button(f"{reading.label}…", partial(self._ask, len(self.readings), reading), "chevron-down")
            act.setToolTip(f"现在按“{reading.words}”算；本单位和下级都按选定的算")
            self.readings.append(act)
            line.addWidget(act)

    def _may_choose(self) -> bool:
        """The program writes what was chosen, for whoever works at the desk of a level that may."""
        facts = self.workbench.facts
        admitted = facts.types[TYPE].written_by.admits_level(facts.unit.level)
        return admitted and self.workbench.role in (Role.DESK, Role.ADMIN)

    def _ask(self, place: int, reading: Reading) -> None:
        """Shows the options of a choice below its button."""
        options = next(c for c in plan.choices()[self.indicator.target_id] if c.id == reading.id).options
        choices = [Choice(o.code, o.label) for o in options]
        overlay = ChoiceOverlay(self.readings[place], choices, [reading.code], single=True)
        overlay.chosen.connect(lambda keys: self._choose(reading, keys[0]))
        overlay.open_below()

    def _choose(self, reading: Reading, option: str) -> None:
        if option == reading.code:
            return
        target, choice = self.indicator.target_id, reading.id

        def told(_changes: ChangeSet) -> None:
            self.workbench.shell.tell(
                Tone.GOOD, f"{target}的“{reading.label}”已经改定，下级收到数据包后也按它算。"
            )

        self.workbench.write(
            f"选定{target}的口径",
            lambda session, _ticket: plan_readings.choose(session, target, choice, option),
            told,
            owner=self,
        )

    def _keep(self, year: int) -> None:
        """Keeps the end of the year before; the home page then asks for its numbers anew."""

        def told(_saved: Saved) -> None:
            self.workbench.shell.tell(Tone.GOOD, f"{year}年末的新就业形态会员数已经定格，记在“上报数字”里。")

        self.workbench.write(
            f"定格{year}年末数", lambda session, _ticket: year_ends.keep(session, year), told, owner=self
        )
