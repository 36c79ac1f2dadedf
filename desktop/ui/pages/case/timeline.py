"""The steps of a case one below the other, the newest first; what contradicts the order of the law says so itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from desktop.records.cells import Values, text
from desktop.records.codes import CodeList
from desktop.records.display import display
from desktop.records.supervision import CaseFile, Event, EventKind, Letter
from desktop.records.types import Catalogue
from desktop.ui import icons, theme
from desktop.ui.pages.case.reading import CASE, EVENT, CaseView, Moment, in_register, is_print, timeline
from desktop.ui.parts import empty_layout, heading, link, plain, scrolling

_ICONS = {
    EventKind.ACCEPTED: "check", EventKind.NOT_ACCEPTED: "x", EventKind.HEARD: "messages-square",
    EventKind.NEGOTIATED: "messages-square", EventKind.INVESTIGATED: "search", EventKind.SERVED: "file-output",
    EventKind.REPLIED: "file-input", EventKind.RECHECKED: "eye", EventKind.AUTHORITY_ACCEPTED: "landmark",
    EventKind.AUTHORITY_RESULT: "landmark", EventKind.CLOSED: "circle-check", EventKind.PRINTED: "printer",
}  # fmt: skip
_SAID = (
    "result",
    "service_result",
    "service_way",
    "refusal_ground",
    "rectification",
    "closing_way",
    "department",
)
"""The fields of a step whose words stand beside its name."""
_INSPECTORS = ("inspector_1", "inspector_2")
_FACTS = ("employer_name", "source", "matter", "people_count", "amount", "handler")
"""What a case is about, in one line."""


_WIDE_ENOUGH = 50
"""In characters; in less room the words of a step stand below its day."""


class _Line(QFrame):
    """One step: when it was, its words and the way to its record, side by side where there is room."""

    def __init__(self, when: QLayout, words: QLayout, way: QWidget) -> None:
        super().__init__()
        self.setObjectName("card")
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._parts.setContentsMargins(12, 6, 8, 6)
        self._parts.setSpacing(8)
        self._parts.addLayout(when)
        self._parts.addLayout(words, 1)
        self._parts.addWidget(way, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below one another in a narrow column, where the words would else break after each character."""
        super().resizeEvent(event)
        wide = self.width() >= theme.measures().average(_WIDE_ENOUGH)
        directions = QBoxLayout.Direction
        self._parts.setDirection(directions.LeftToRight if wide else directions.TopToBottom)


class Timeline(QWidget):
    """``opened`` carries the type and id of the record behind a line."""

    opened = Signal(str, str)
    list_wanted = Signal(str)

    def __init__(
        self, types: Catalogue, codes: Mapping[str, CodeList], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._case, self._type = types[CASE], types[EVENT]
        self._codes = codes
        self._inside = QWidget()
        self._lines = QVBoxLayout(self._inside)
        self._lines.setContentsMargins(0, 0, 8, 0)
        self._lines.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.facts = plain()
        column.addWidget(self.facts)
        column.addWidget(heading("办理经过"))
        self._area = scrolling(self._inside)
        self._told: tuple[str, ...] = ()
        column.addWidget(self._area, 1)

    def show_case(self, view: CaseView) -> None:
        """Shows the steps of a case, and above them what it is about; never who complained."""
        empty_layout(self._lines)
        self.facts.setText(self._facts(view.file.case))
        moments = timeline(view)
        if not moments:
            self._lines.addWidget(plain("还没有登记任何步骤。从右边选择要办的第一步。", muted=True))
        wrong = None
        for moment in moments:
            line = self._line(moment, view.file)
            self._lines.addWidget(line)
            wrong = line if wrong is None and moment.faults else wrong
        self._lines.addStretch(1)
        self._bring_into_view(wrong, tuple(reason.text for reason in view.state.contradictions))

    def _bring_into_view(self, wrong: QWidget | None, told: tuple[str, ...]) -> None:
        """Goes to the first line that is wrong, once for each new complaint; otherwise nothing moves by itself."""
        if wrong is not None and told != self._told:
            # Queued: the lines wrap by the width that they get, and only then have their height.
            QTimer.singleShot(0, wrong, lambda: self._go_to(wrong))
        self._told = told

    def _go_to(self, line: QWidget) -> None:
        self._lines.activate()
        height = max(self._inside.sizeHint().height(), self._area.viewport().height())
        self._inside.resize(self._inside.width(), height)
        self._area.ensureWidgetVisible(line)

    def _facts(self, case: Values) -> str:
        found = []
        for name in _FACTS:
            field = self._case.by_name[name]
            words = display(field, case.get(name), codes=self._codes, masked=True)
            if words:
                found.append(f"{field.label}：{words}{field.unit}")
        if case.get("complainant_name"):
            found.append("投诉人：依法保密，不显示")
        return "　".join(found)

    def _line(self, moment: Moment, file: CaseFile) -> QWidget:
        day = QLabel(moment.day.isoformat())
        day.setProperty("muted", True)
        day.setFixedWidth(theme.measures().average(12))
        sign = QLabel()
        sign.setPixmap(self._sign(moment))
        title, detail = self.words(moment, file)
        name = heading(title)
        name.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        if detail:
            words.addWidget(plain(detail, muted=True))
        for reason in moment.faults:
            fault = plain(f"{reason}。{reason.next_step}")
            fault.setProperty("tone", "error")
            words.addWidget(fault)
        top = Qt.AlignmentFlag.AlignTop
        when = QHBoxLayout()
        when.setSpacing(8)
        when.addWidget(day, 0, top)
        when.addWidget(sign, 0, top)
        when.addStretch(1)
        name_of, record = _record_of(moment)
        if moment.others:
            way = link("列出", lambda: self.list_wanted.emit(name_of))
        else:
            way = link("打开", lambda: self.opened.emit(name_of, record))
        way.setAccessibleName(f"{way.text()}{moment.day.isoformat()}的{title}")
        return _Line(when, words, way)

    @staticmethod
    def _sign(moment: Moment) -> QPixmap:
        if moment.faults:
            return icons.pixmap("circle-alert", theme.ERROR, 18)
        if isinstance(moment.what, Letter):
            return icons.pixmap("file-text", theme.RED, 18)
        return icons.pixmap(_ICONS.get(moment.what.kind, "pencil"), theme.FOCUS, 18)

    def words(self, moment: Moment, file: CaseFile) -> tuple[str, str]:
        """The name of a step with its result, and who did it and how."""
        what = moment.what
        if moment.others:
            return self._several(moment, file)
        if isinstance(what, Letter):
            signer = " ".join(filter(None, (text(what.values, "signer"), text(what.values, "signer_post"))))
            voided = f"，{what.voided.isoformat()}作废" if what.voided else ""
            body = text(what.values, "issuing_body") if what.own else ""
            told = (body, f"签发人：{signer}" if signer else "")
            return f"签发{what.name()}{voided}", "　".join(filter(None, told))
        return self._event_words(what, file)

    def _several(self, moment: Moment, file: CaseFile) -> tuple[str, str]:
        """What was done about many letters, with their first and last number."""
        whole = (moment.what, *moment.others)
        found = [each if isinstance(each, Letter) else file.by_id.get(each.letter or "") for each in whole]
        by_id = {letter.id: letter for letter in reversed(found) if letter is not None}
        letters = sorted(by_id.values(), key=in_register)
        if isinstance(moment.what, Letter):
            words, people = "签发", f"签发人：{text(moment.what.values, 'signer')}"
        else:
            words, people = self._event_words(replace(moment.what, values=_without_letter(moment.what)), file)
        if is_print(moment.what) and len(letters) < 2:
            named = letters[0].name() if letters else ""
            return "　".join(filter(None, (words, named, f"{len(whole)}次"))), people
        kinds = {letter.kind.label for letter in letters}
        # Each kind is numbered by itself: from one to another there is no range.
        span = [letters[0], letters[-1]] if len(kinds) == 1 else letters
        numbers = ("至" if len(kinds) == 1 else "、").join(letter.number for letter in span)
        what = kinds.pop() if len(kinds) == 1 else "文书"
        return f"{words}　{what}{len(letters) or len(whole)}份", "　".join(filter(None, (numbers, people)))

    def _event_words(self, event: Event, file: CaseFile) -> tuple[str, str]:
        label = self._codes["case_event_kind"].label_of(event.kind.value)
        if event.kind is EventKind.PRINTED:
            label = "打印文书"
        letter = file.by_id.get(event.letter or "")
        said = [display(self._type.by_name[n], event.values.get(n), codes=self._codes) for n in _SAID]
        parts = [label, letter.name() if letter is not None else "", *said]
        parts += ["单位认为意见不适当"] if event.values.get("objects") else []
        people = [text(file.inspectors.get(text(event.values, slot), {}), "name") for slot in _INSPECTORS]
        named = "、".join(filter(None, [*people, text(event.values, "other_inspectors")]))
        parts += [f"监督员：{named}"] if named else []
        handler, content = text(event.values, "handler"), " ".join(text(event.values, "content").split())
        return "　".join(filter(None, parts)), "　".join(filter(None, (handler, content)))


def _without_letter(event: Event) -> Values:
    """What is true of all: a printing says of each letter which it is."""
    gone = {"document", "content"} if event.kind is EventKind.PRINTED else {"document"}
    return {name: value for name, value in event.values.items() if name not in gone}


def _record_of(moment: Moment) -> tuple[str, str]:
    return ("case_document" if isinstance(moment.what, Letter) else "case_event"), moment.what.id
