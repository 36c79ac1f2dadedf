"""What a user does in a supervision case: record steps, draft, issue, void and print letters, see what is overdue.

``cases`` reads cases and records steps, ``letters`` drafts and prints, ``numbers`` keeps the register, ``issuing``
issues and voids.
"""

from desktop.documents.letters.printed import Layout
from desktop.operations.supervision.cases import (
    IllegalStep,
    Recorded,
    WorkItem,
    case_state,
    has_inspectors,
    load_case,
    overdue,
    overdue_on,
    record_event,
)
from desktop.operations.supervision.cases import case_state as state
from desktop.operations.supervision.holidays import export_working_days, import_working_days
from desktop.operations.supervision.issuing import Issued, Signatory, issue, void
from desktop.operations.supervision.letters import (
    compose_letter,
    draft,
    may_issue,
    preview,
    print_document,
    print_pages,
    redraft,
)
from desktop.operations.supervision.numbers import (
    NumberSettings,
    confirm_numbers,
    file_case,
    next_numbers,
    number_settings,
    set_number_settings,
)

__all__ = [
    "IllegalStep",
    "Issued",
    "Layout",
    "NumberSettings",
    "Recorded",
    "Signatory",
    "WorkItem",
    "case_state",
    "compose_letter",
    "confirm_numbers",
    "draft",
    "export_working_days",
    "file_case",
    "has_inspectors",
    "import_working_days",
    "issue",
    "load_case",
    "may_issue",
    "next_numbers",
    "number_settings",
    "overdue",
    "overdue_on",
    "preview",
    "print_document",
    "print_pages",
    "record_event",
    "redraft",
    "set_number_settings",
    "state",
    "void",
]
