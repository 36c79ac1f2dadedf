"""Whether a paper's template that a district worded may stand in place of the one that comes with the program."""

from __future__ import annotations

from functools import lru_cache

from desktop import reference
from desktop.documents.papers.templates import PaperTemplate, papers, parse_paper
from desktop.documents.placeholders import TemplateFaulty
from desktop.records.types import catalogue


@lru_cache(maxsize=64)
def replacement(data: str, key: str) -> PaperTemplate:
    """The template from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong.

    What it is about, when it is offered and who reads it stay: by the reader is judged whom it may name.
    """
    shipped = papers()[key]
    template = parse_paper(data, key, catalogue(), reference.code_lists())
    fixed = (
        ("对应的记录", template.about, shipped.about),
        ("使用条件", dict(template.when), dict(shipped.when)),
        ("须已通过", template.carried, shipped.carried),
        ("给谁看", template.reader, shipped.reader),
        ("是否官方", template.official, shipped.official),
        ("顺序", template.order, shipped.order),
    )
    for what, found, wanted in fixed:
        if found != wanted:
            raise TemplateFaulty(f"“{shipped.label}”的“{what}”不能改，只能改文字和格子。")
    if not template.title.strip():
        raise TemplateFaulty(f"“{shipped.label}”没有标题。", "请保留“标题：”那一行。")
    return template
