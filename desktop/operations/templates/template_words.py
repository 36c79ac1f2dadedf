"""One template by itself: of the program or of a file, its lines in Chinese, its page on example data."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.documents.letters import replacing as letters_replacing
from desktop.documents.letters import wording as letters_wording
from desktop.documents.letters.example import example_letter
from desktop.documents.letters.pages import print_letter
from desktop.documents.letters.templates import LetterTemplate
from desktop.documents.letters.templates import templates as shipped_letters
from desktop.documents.papers import replacing as papers_replacing
from desktop.documents.papers import wording as papers_wording
from desktop.documents.papers.example import example_paper
from desktop.documents.papers.templates import PaperTemplate
from desktop.documents.papers.templates import papers as shipped_papers
from desktop.documents.placeholders import TemplateFaulty
from desktop.records.codes import CodeList
from desktop.records.types import Catalogue

Template = PaperTemplate | LetterTemplate


def shipped_all() -> Mapping[str, Template]:
    """Those that come with the program, by key."""
    return {**shipped_papers(), **shipped_letters()}


def shipped(key: str) -> Template | None:
    """The one that comes with the program; nothing where a unit added it."""
    return shipped_all().get(key)


def is_own(key: str) -> bool:
    """Whether a key is that of a paper which a unit added."""
    return papers_replacing.OWN.fullmatch(key) is not None


def loaded(key: str, data: str) -> Template:
    """A version, checked. Raises ``TemplateFaulty``."""
    if key in shipped_letters():
        return letters_replacing.replacement(data, key)
    if is_own(key):
        return papers_replacing.own_paper(data, key)
    return papers_replacing.replacement(data, key)


def own_begun(about: str, label: str, key: str) -> PaperTemplate:
    """A paper that is being added, checked. Raises ``TemplateFaulty``."""
    return papers_replacing.own_paper(json_of(papers_replacing.own_begun(key, about, label)), key)


def text_of(template: Template, types: Catalogue) -> str:
    """A template as lines to be edited, with Chinese names for its placeholders; "" for one of no known record."""
    if isinstance(template, LetterTemplate):
        return letters_wording.text_of(template)
    if template.about not in types:
        return ""
    return papers_wording.text_of(template, types)


def placeholders(template: Template, types: Catalogue) -> list[str]:
    """What may be inserted into a template, in Chinese."""
    if isinstance(template, LetterTemplate):
        return letters_wording.placeholders()
    if template.about not in types:
        return []
    return papers_wording.placeholders(types, types[template.about], secret=template.secret)


def worded(base: Template, text: str, types: Catalogue) -> Template:
    """The template with the words of a text, checked. Raises ``TemplateFaulty``, which says what is wrong."""
    if isinstance(base, LetterTemplate):
        plain = letters_wording.reworded(base, text)
    elif base.about not in types:
        raise TemplateFaulty(f"看不出“{base.label}”是哪类记录的表单。", "请去掉它，另加一种。")
    else:
        plain = papers_wording.reworded(base, text, types)
    return loaded(base.id, json_of(plain))


def json_of(plain: Any) -> str:
    """A template as it is kept."""
    return msgspec.json.encode(plain).decode("utf-8")


def example_pages(template: Template, types: Catalogue, codes: Mapping[str, CodeList]) -> bytes:
    """The template filled with invented data, as PDF. Raises ``MissingGlyph``."""
    if isinstance(template, LetterTemplate):
        return print_letter(example_letter(template))
    return example_paper(template, types, codes).render()


def differences(base: Template, text: str, types: Catalogue) -> list[str]:
    """What a text says otherwise than a template: its lines with － for taken out and ＋ for put in."""
    before, after = text_of(base, types).splitlines(), [line for line in text.splitlines() if line.strip()]
    signs = {"- ": "－", "+ ": "＋"}
    return [signs[line[:2]] + line[2:] for line in difflib.ndiff(before, after) if line[:2] in signs]
