"""Rules on supervision cases and their letters (浙江省工会劳动法律监督条例)."""

from __future__ import annotations

from desktop.records.cells import is_empty
from desktop.records.checks.base import Asked, Failure, rule
from desktop.records.statutes import as_published, cited_lines, parse_articles
from desktop.records.supervision import posts
from desktop.records.supervision.complainant import complainant_faults

_OPINION = "opinion_letter"


@rule
def two_inspectors(asked: Asked) -> Failure | None:
    """An investigation (kind, first, second, others) is made by two inspectors or more (条例第二十条).

    Where there is only one, the union above lends another, whose name stands among the others.
    """
    kind, first, second, others = asked.cells()
    if kind != "investigated" or (first is not None and (second is not None or others is not None)):
        return None
    return {}


@rule
def title_fits_letter(asked: Asked) -> Failure | None:
    """The title is one of those that the arguments list for the kind of letter."""
    found = asked.filled()
    if found is None or found[0] in asked.arguments.get(found[1], [found[0]]):
        return None
    return {}


@rule
def opinion_term(asked: Asked) -> Failure | None:
    """An opinion letter (kind, days, kind of days) gives fifteen working days (条例第二十二条)."""
    found = asked.filled()
    if found is None or found[0] != _OPINION:
        return None
    return None if (found[1], found[2]) == (asked.arguments["days"], asked.arguments["day_kind"]) else {}


@rule
def signed_by_chair(asked: Asked) -> Failure | None:
    """An opinion letter (kind, post) is signed by the chair or a vice-chair (条例第二十一条)."""
    found = asked.filled()
    if found is None or found[0] != _OPINION or posts.signed_by_chair(str(found[1])):
        return None
    return {"post": found[1]}


@rule
def names_no_complainant(asked: Asked) -> Failure | None:
    """None of the fields says who complained (条例第十三条); they stand in the record itself, or in its ``case``."""
    case = asked.context.linked("case") if asked.arguments.get("linked") else asked.values
    texts = {
        name: str(value) for name, value in zip(asked.fields, asked.cells(), strict=True) if value is not None
    }
    return {} if case is not None and any(complainant_faults(case, texts)) else None


@rule
def linked_agrees(asked: Asked) -> Failure | None:
    """What the first field leads to says in its field ``linked`` what the second field says, as far as it is known."""
    held, said = asked.context.linked(asked.fields[0]), asked.values.get(asked.fields[1])
    if held is None or is_empty(said) or held.get(asked.arguments["linked"]) == said:
        return None
    return {"name": held.get("label") or ""}


@rule
def level_among(asked: Asked) -> Failure | None:
    """The unit that the field leads to is of one of the ``levels`` of the arguments, as far as it is known here."""
    unit = asked.context.linked(asked.fields[0])
    if unit is None or unit.get("level") is None or unit["level"] in asked.arguments["levels"]:
        return None
    return {"name": unit.get("name") or ""}


@rule
def has_articles(asked: Asked) -> Failure | None:
    """The text of a statute has articles that can be quoted."""
    found = asked.filled()
    return {} if found is not None and not parse_articles(as_published(str(found[0])))[1] else None


@rule
def cites_articles(asked: Asked) -> Failure | None:
    """Every line of the field says of which law it is, and which article; whether there is such a law is not asked."""
    found = asked.filled()
    lines = cited_lines(str(found[0])) if found is not None else ()
    return next(({"line": line[:30]} for line, cited in lines if not cited), None)
