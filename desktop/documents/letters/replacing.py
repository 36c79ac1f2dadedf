"""Whether a letter's template that a district worded may stand in place of the one that comes with the program.

What the law decides stays as it is: title, regulation, who signs. What it demands and forbids of the words is judged on
an invented case, by the same rules as in the finished letter.
"""

from __future__ import annotations

from functools import lru_cache

from desktop.documents.letters.example import example_letter
from desktop.documents.letters.printed import PrintedLetter
from desktop.documents.letters.templates import LetterIncomplete, LetterTemplate, parse_template, templates
from desktop.documents.placeholders import TemplateFaulty
from desktop.records.supervision import LetterKind
from desktop.records.supervision.wording import wording_faults


@lru_cache(maxsize=64)
def replacement(data: str, key: str) -> LetterTemplate:
    """The template from its JSON. Raises :class:`TemplateFaulty`, which names what is wrong."""
    shipped = templates()[key]
    template = parse_template(data, key)
    fixed = (
        ("编号", template.id, shipped.id),
        ("标题", template.title, shipped.title),
        ("所依据的条例", template.route, shipped.route),
        ("签署", template.signer, shipped.signer),
        ("是否官方", template.official, shipped.official),
    )
    for what, found, wanted in fixed:
        if found != wanted:
            raise TemplateFaulty(f"“{shipped.label}”的{what}由法律规定或者与样式绑定，不能改。")
    _lawful(template)
    return template


def _lawful(template: LetterTemplate) -> None:
    try:
        letter = example_letter(template)
    except LetterIncomplete as missing:
        raise TemplateFaulty(f"用例子试填“{template.label}”时，{missing.sentence}") from missing
    # Words around a quotation count as the template's own here, though they stand in a quoted paragraph on paper.
    around = "\n".join(
        t for p in template.parts for t in (p.text, p.more, p.long, p.long_more) if p.part == "quotes"
    )
    words = f"{letter.own_words}\n{around}"
    faults = list(wording_faults(LetterKind(letter.kind), template.title, words))
    shipped = example_letter(templates()[template.id])
    wanted, printed = _quoted(shipped), _quoted(letter)
    if any(line not in printed for line in wanted.splitlines()):
        raise TemplateFaulty(
            f"“{template.label}”里没有印出引用的条文原文。", "请保留“条文”那一行和其中的占位。"
        )
    for part in shipped.parts:
        if part.kind in ("recipient", "attachment") and all(p.kind != part.kind for p in letter.parts):
            raise TemplateFaulty(f"“{template.label}”缺少主送或者附件。", "请照原来的样式保留这一行。")
    if faults:
        raise TemplateFaulty(f"“{template.label}”不能这样写：{faults[0].text}。", faults[0].next_step)


def _quoted(letter: PrintedLetter) -> str:
    """The lines of statutes that a letter prints."""
    words = "\n".join(part.text for part in letter.parts)
    return "\n".join(line for quote in letter.quotes for line in quote.lines if line in words)
