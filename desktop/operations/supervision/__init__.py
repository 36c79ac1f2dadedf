"""What a user does in a supervision case: record steps, draft, issue, void and print letters, see what is overdue.

``cases`` reads cases and records steps, ``letters`` drafts, ``output`` prints, ``powers`` says who numbers letters,
``numbers`` keeps the register, ``issuing`` issues and ``voiding`` voids, ``batches`` does it for many employers at
once, ``runs`` prints many letters.
"""

from desktop.documents.letters.printed import Layout
from desktop.operations.supervision.batches import (
    admits_notices,
    chosen,
    class_notices,
    drafts_of,
    enterprises,
    named,
    numbers_for,
    ready,
    sample,
    words_for,
)
from desktop.operations.supervision.cases import (
    IllegalStep,
    Recorded,
    WorkItem,
    case_state,
    has_inspectors,
    load_case,
    overdue,
    record_about,
    record_event,
    state_in,
)
from desktop.operations.supervision.holidays import TYPE as HOLIDAYS
from desktop.operations.supervision.holidays import export_working_days, import_working_days, working_days
from desktop.operations.supervision.issuing import Issued, Signatory, issue, issue_many
from desktop.operations.supervision.letters import (
    Redrafted,
    compose_letter,
    draft,
    handed_as_issued,
    may_issue,
    redraft,
)
from desktop.operations.supervision.numbers import (
    NumberSettings,
    confirm_numbers,
    file_case,
    next_numbers,
    number_settings,
    set_number_settings,
    set_numbers,
)
from desktop.operations.supervision.output import preview, print_document, print_pages, prints, save_word
from desktop.operations.supervision.powers import kinds_here, kinds_of, may_number
from desktop.operations.supervision.register import case_register
from desktop.operations.supervision.runs import choice, print_each, print_many
from desktop.operations.supervision.voiding import void, void_many, voids

__all__ = [
    "HOLIDAYS",
    "IllegalStep",
    "Issued",
    "Layout",
    "NumberSettings",
    "Recorded",
    "Redrafted",
    "Signatory",
    "WorkItem",
    "admits_notices",
    "case_register",
    "case_state",
    "choice",
    "chosen",
    "class_notices",
    "compose_letter",
    "confirm_numbers",
    "draft",
    "drafts_of",
    "enterprises",
    "export_working_days",
    "file_case",
    "handed_as_issued",
    "has_inspectors",
    "import_working_days",
    "issue",
    "issue_many",
    "kinds_here",
    "kinds_of",
    "load_case",
    "may_issue",
    "may_number",
    "named",
    "next_numbers",
    "number_settings",
    "numbers_for",
    "overdue",
    "preview",
    "print_document",
    "print_each",
    "print_many",
    "print_pages",
    "prints",
    "ready",
    "record_about",
    "record_event",
    "redraft",
    "sample",
    "save_word",
    "set_number_settings",
    "set_numbers",
    "state_in",
    "void",
    "void_many",
    "voids",
    "words_for",
    "working_days",
]
