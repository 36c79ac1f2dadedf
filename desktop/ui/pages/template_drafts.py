"""What was typed into templates and not saved, by template: kept as one types, and papers begun that nobody has yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.errors import Problem
from desktop.operations.templates import template_words, templates
from desktop.operations.templates.templates import Standing
from desktop.store.workspaces.drafts import Draft
from desktop.ui.workbench import Workbench


class KeptWords:
    """The drafts of the page, and the papers that were begun in them."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self.texts: dict[str, Mapping[str, str]] = {}
        self.begun: dict[str, Standing] = {}
        self.stranded: dict[str, Problem] = {}
        """Papers that were begun about records that bear none any more, and why; their drafts stay where they are."""

    @staticmethod
    def draft_key(key: str) -> str:
        """The key of a template's draft."""
        return f"{templates.TYPE}:{key}"

    @staticmethod
    def part(draft_key: str) -> str:
        """The template whose draft has this key."""
        return draft_key.removeprefix(f"{templates.TYPE}:")

    def take(self, drafts: Iterable[Draft], known: Mapping[str, Standing]) -> None:
        """The drafts as they lie in their file; papers that are nowhere but there are begun once more."""
        self.texts = {draft.record: draft.texts for draft in drafts if draft.type == templates.TYPE}
        for key, texts in self.texts.items():
            if not template_words.is_own(key) or key in known or not texts.get("about"):
                continue
            try:
                self.begun[key] = templates.begun(texts["about"], texts.get("label", ""), key)
            except Problem as problem:
                self.stranded[key] = problem

    def keep(self, standing: Standing, content: str, note: str) -> None:
        """Typed text outlives a kill, as in forms."""
        key = standing.key
        texts = {
            "key": key, "label": standing.label, "content": content, "note": note,
            "about": getattr(standing.template, "about", ""),
        }  # fmt: skip
        self.texts[key] = texts
        self._workbench.drafts.keep(self.draft_key(key), templates.TYPE, key, texts)

    def drop(self, key: str) -> None:
        """It was saved, or is not wanted."""
        if self.texts.pop(key, None) is not None:
            self._workbench.drafts.drop(self.draft_key(key))
